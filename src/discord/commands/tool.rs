//! `/tool name`: the card of one tool, to vote on; its button opens all reviews, page by page, for whoever pressed it.

use std::sync::Arc;

use super::{Ctx, asker, compare, extras};
use crate::{
    card::reviews::reviews,
    discord::{
        asker::Asker,
        bot::Bot,
        card_mark::CardMark,
        custom_id,
        post::{Posting, Target, look},
    },
    domain::ids::ToolId,
    error::{Failure, UserError},
    service::{
        names::{Unclear, read_name, readable},
        quiet::Loudness,
    },
    store::records::CardKind,
};

/// Verb of the buttons that turn the pages of reviews: `reviews:<tool>:<page>`.
pub const REVIEWS: &str = "reviews";
/// Verb of the menu for an unclear name.
pub const PICK: &str = "pick-tool";

/// Look at one tool: what it is, what the panel says, and vote on it.
#[poise::command(slash_command, guild_only, install_context = "Guild", interaction_context = "Guild")]
pub(super) async fn tool(
    ctx: Ctx<'_>,
    #[description = "A tool; a half-remembered name is enough"]
    #[autocomplete = "compare::complete"]
    #[max_length = 100]
    name: String,
) -> Result<(), Failure> {
    let asker = asker(&ctx)?;
    find(ctx.data(), &asker, &name).await
}

/// Shows the tool that a name means, or asks back.
pub(in crate::discord) async fn find(bot: &Arc<Bot>, asker: &Asker, name: &str) -> Result<(), Failure> {
    let typed = readable(name);
    if typed.is_empty() {
        return Err(UserError::new("error-name-empty").into());
    }
    match read_name(&bot.questions.view(asker.server), &typed) {
        Ok(asked) => show(bot, asker, &asked.found.listing.tool.id).await,
        Err(unclear) => {
            bot.questions.remember(asker.server, &unclear);
            ask_back(bot, asker, &unclear).await
        }
    }
}

/// Shows a tool's card: a new one to vote on, a link to the one that stands here, or a quiet look.
pub(in crate::discord) async fn show(bot: &Arc<Bot>, asker: &Asker, tool: &ToolId) -> Result<(), Failure> {
    let place = asker.place();
    let view = bot.questions.tool(asker.server, tool).await?;
    let view = view.ok_or_else(|| UserError::new("error-menu-outdated"))?;
    if let Some(card) = bot.questions.card_here(place, &view.tool.id).await? {
        let text = bot.private_texts(asker);
        let mut look = look(&view, text);
        extras::link_cards(&mut look, [(view.tool.name.as_str(), &card)], text);
        look.private = true;
        return bot.answer(asker, &[look]).await.map(drop);
    }
    if bot.questions.admit(place).await? != Loudness::Public || !asker.abilities.can_see() {
        let text = bot.private_texts(asker);
        let mut look = look(&view, text);
        look.private = true;
        let mut cards = vec![look];
        cards.extend(extras::missing(bot, asker));
        return bot.answer(asker, &cards).await.map(drop);
    }
    let text = bot.public_texts(asker).await;
    let posting = Posting {
        // The card is the answer itself.
        target: Target::FollowUp(asker.key.clone()),
        server: asker.server,
        channel: asker.channel,
        tool: view.tool.id.clone(),
        kind: CardKind::Single,
        lang: text.language(),
        can_embed: asker.abilities.can_embed(),
        can_seed: asker.abilities.can_collect_votes(),
    };
    bot.answer_with_card(asker, &view, posting).await?;
    extras::tell_missing(bot, asker).await;
    Ok(())
}

async fn ask_back(bot: &Arc<Bot>, asker: &Asker, unclear: &Unclear) -> Result<(), Failure> {
    let card = extras::unclear(unclear, PICK, true, bot.private_texts(asker));
    bot.answer(asker, &[card]).await.map(drop)
}

/// The button under a card, or one that turns pages: all reviews, only for whoever pressed it.
pub(in crate::discord) async fn open_reviews(
    bot: &Arc<Bot>,
    asker: &Asker,
    tool: &ToolId,
    page: usize,
    turns: bool,
) -> Result<(), Failure> {
    let view = bot.questions.tool(asker.server, tool).await?;
    let view = view.ok_or_else(|| UserError::new("error-menu-outdated"))?;
    let page_id = |page: usize| {
        let page = page.to_string();
        custom_id::encode(REVIEWS, &[view.tool.id.as_str(), page.as_str()]).unwrap_or_default()
    };
    let card = reviews(&view, page, page_id, &bot.private_frame(asker));
    if turns { bot.update(asker, &[card]).await } else { bot.answer(asker, &[card]).await.map(drop) }
}

/// The button under a card.
pub(in crate::discord) async fn card_button(bot: &Arc<Bot>, asker: &Asker, id: &str) -> Result<(), Failure> {
    let mark = CardMark::read(id).ok_or_else(|| UserError::new("error-menu-outdated"))?;
    open_reviews(bot, asker, &mark.tool, 0, false).await
}
