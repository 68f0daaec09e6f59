//! `/removetool tool`: hides a tool in this server, after asking. Its votes come back with undo, for 30 days.

use std::sync::Arc;

use super::{
    Ctx, asker, compare,
    named::{Named, named},
};
use crate::{
    card::moderation::{self, Notes, ToolChange},
    discord::{
        asker::Asker,
        bot::Bot,
        custom_id,
        drafts::Waiting,
        moderators::{KEEP, undo_button},
    },
    domain::ids::ToolId,
    error::{Failure, UserError},
};

/// Verb of the button that does it: `remove-tool:<tool>`.
pub const REMOVE: &str = "remove-tool";

/// Moderators: hide a tool in this server; its votes come back with undo.
#[poise::command(
    slash_command,
    guild_only,
    install_context = "Guild",
    interaction_context = "Guild",
    default_member_permissions = "MANAGE_GUILD"
)]
pub(super) async fn removetool(
    ctx: Ctx<'_>,
    #[description = "The tool to hide"]
    #[autocomplete = "compare::complete"]
    #[max_length = 100]
    tool: String,
) -> Result<(), Failure> {
    let (bot, asker) = (ctx.data(), asker(&ctx)?);
    bot.moderator(&asker).await?;
    match named(bot, &asker, &tool, Waiting::Remove).await? {
        Some(named) => go_on(bot, &asker, named).await,
        None => Ok(()),
    }
}

/// Asks first.
pub(super) async fn go_on(bot: &Arc<Bot>, asker: &Asker, named: Named) -> Result<(), Failure> {
    let view = bot.questions.tool(asker.server, &named.tool).await?;
    let view = view.ok_or_else(|| UserError::new("moderation-tool-gone"))?;
    let yes = custom_id::encode(REMOVE, &[view.tool.id.as_str()]).unwrap_or_default();
    let votes = view.here.map_or(0, |tally| tally.ballots() + tally.held);
    let frame = bot.private_frame(asker);
    let shared = !view.tool.id.is_server_made();
    let card = moderation::ask_tool(&view.tool, votes, shared, &yes, KEEP, &frame);
    bot.answer(asker, &[card]).await.map(drop)
}

/// The button was pressed.
pub(in crate::discord) async fn pressed(bot: &Arc<Bot>, asker: &Asker, tool: &str) -> Result<(), Failure> {
    let by = bot.moderator(asker).await?;
    match bot.desk.moderation.remove_tool(by, &ToolId::trusted(tool)).await {
        Ok(done) => {
            bot.show_cards_of(by, done.tool.id.clone());
            let shared = !done.tool.id.is_server_made();
            let notes = Notes { undo: undo_button(done.change), shared, ..Notes::default() };
            let frame = bot.private_frame(asker);
            let card = moderation::tool_saved(None, &done.tool, ToolChange::Removed, &notes, &frame);
            bot.update(asker, &[card]).await
        }
        Err(refusal) => bot.refuse_press(asker, refusal).await,
    }
}

/// The other button: everything stays.
pub(in crate::discord) async fn kept(bot: &Arc<Bot>, asker: &Asker) -> Result<(), Failure> {
    let frame = bot.private_frame(asker);
    bot.update(asker, &[crate::card::notice::notice("moderation-kept", &[], &frame)]).await
}
