//! `/help`: what the bot does, on two screens.

use std::sync::Arc;

use super::{Ctx, asker};
use crate::{
    card::help::{MENTION, help as screen},
    discord::{asker::Asker, bot::Bot, custom_id},
    error::Failure,
};

/// Verb of the buttons that turn the screens: `help:<screen>`.
pub const TURN: &str = "help";

/// What this bot does and how to ask it.
#[poise::command(slash_command, guild_only, install_context = "Guild", interaction_context = "Guild")]
pub(super) async fn help(ctx: Ctx<'_>) -> Result<(), Failure> {
    let asker = asker(&ctx)?;
    let card = build(ctx.data(), &asker, 0).await;
    ctx.data().answer(&asker, &[card]).await.map(drop)
}

/// A button turned to another screen.
pub(in crate::discord) async fn turn(bot: &Arc<Bot>, asker: &Asker, to: usize) -> Result<(), Failure> {
    let card = build(bot, asker, to).await;
    bot.update(asker, &[card]).await
}

async fn build(bot: &Bot, asker: &Asker, number: usize) -> crate::card::Card {
    let id = |number: usize| custom_id::encode(TURN, &[&number.to_string()]).unwrap_or_default();
    let commands = super::all();
    let mentions = bot.answers_mentions(asker.server).await;
    let offers = |name: &str| match name {
        MENTION => mentions,
        name => commands.iter().any(|command| command.name == name.trim_start_matches('/')),
    };
    screen(number, offers, id, &bot.private_frame(asker))
}
