//! The tool that a moderator's command is about: when its name is not clear, the command waits behind a menu.

use std::sync::Arc;

use super::{addreview, edittool, history, removereview, removetool};
use crate::{
    card::{Card, Field, Rich, find, moderation::Typed},
    discord::{
        asker::Asker,
        bot::Bot,
        custom_id,
        drafts::{Draft, Waiting},
        moderators::typed,
    },
    domain::{ids::ToolId, tool::Tool},
    error::{Failure, UserError},
    service::{
        moderate::typed::Field as TypedField,
        names::{Unclear, read_name, readable},
    },
};

/// Verb of the menu: `which-tool:<draft>`.
pub const PICK: &str = "which-tool";

/// A tool, and how its name was typed when that was not quite its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The tool.
    pub(super) tool: ToolId,
    /// Its name.
    pub(super) name: String,
    /// What was typed instead.
    pub(super) read_as: Option<String>,
}

/// The tool that is meant; `None` after the asker was asked which one it is.
pub(super) async fn named(
    bot: &Arc<Bot>,
    asker: &Asker,
    text: &str,
    waiting: Waiting,
) -> Result<Option<Named>, Failure> {
    let text = readable(text);
    if text.is_empty() {
        return Err(UserError::new("error-name-empty").into());
    }
    match read_name(&bot.questions.view(asker.server), &text) {
        Ok(asked) => {
            let tool = &asked.found.listing.tool;
            let read_as = (tool.name != text).then_some(text);
            Ok(Some(Named { tool: tool.id.clone(), name: tool.name.clone(), read_as }))
        }
        Err(unclear) => {
            ask(bot, asker, &unclear, waiting).await?;
            Ok(None)
        }
    }
}

/// A tool that is listed here.
pub(super) fn listed(bot: &Bot, asker: &Asker, tool: &ToolId) -> Result<Arc<Tool>, Failure> {
    let listing = bot.questions.view(asker.server).tool(tool);
    Ok(listing.ok_or_else(|| UserError::new("moderation-tool-gone"))?.tool)
}

/// Asks which tool is meant. What else was given with the command is shown, so that it is there whatever happens.
pub(super) async fn ask(
    bot: &Arc<Bot>,
    asker: &Asker,
    unclear: &Unclear,
    waiting: Waiting,
) -> Result<(), Failure> {
    let frame = bot.private_frame(asker);
    let given = given(&waiting);
    let may_be_new = !unclear.is_ambiguous && matches!(waiting, Waiting::Review { .. } | Waiting::Edit(_));
    let key = bot.keep(asker, Draft::Waiting(waiting));
    let menu = custom_id::encode(PICK, &[&key]).unwrap_or_default();
    let candidates: Vec<find::Candidate> =
        unclear.tools.iter().map(|found| find::Candidate::of(&found.listing.tool, &frame)).collect();
    let mut card: Card = if unclear.is_ambiguous {
        find::unsure(&unclear.typed, &candidates, &menu, &frame)
    } else {
        find::unknown(&unclear.typed, &candidates, &menu, false, &frame)
    };
    for Typed { label, text } in given.into_iter().filter(|typed| !typed.text.is_empty()) {
        let name = Rich::plain(&frame.text.get(label, &[]));
        card.fields.push(Field { name, value: Rich::plain(&text), inline: false, drop_order: 0 });
    }
    if may_be_new {
        card.footer.line(Rich::plain(&frame.text.get("moderation-add-it", &[])));
    }
    bot.answer(asker, &[card]).await.map(drop)
}

fn given(waiting: &Waiting) -> Vec<Typed> {
    match waiting {
        Waiting::Review { quote: Some(quote), .. } => vec![typed(TypedField::Quote, quote)],
        Waiting::Edit(wish) => edittool::typed_details(wish),
        _ => Vec::new(),
    }
}

/// A tool was picked from the menu: the command goes on.
pub(in crate::discord) async fn picked(
    bot: &Arc<Bot>,
    asker: &Asker,
    key: &str,
    tool: &str,
) -> Result<(), Failure> {
    let by = bot.moderator(asker).await?;
    let Draft::Waiting(waiting) = bot.draft(asker, key)? else {
        return Err(UserError::new("error-menu-outdated").into());
    };
    let tool = ToolId::trusted(tool);
    let name = listed(bot, asker, &tool)?.name.clone();
    let named = Named { tool, name, read_as: None };
    match waiting {
        Waiting::Review { verdict, reviewer, quote } => {
            addreview::go_on(bot, asker, by, named, verdict, reviewer, quote).await
        }
        Waiting::Edit(wish) => edittool::go_on(bot, asker, by, named, wish).await,
        Waiting::Remove => removetool::go_on(bot, asker, named).await,
        Waiting::RemoveReview { reviewer } => removereview::go_on(bot, asker, named, &reviewer).await,
        Waiting::History => history::show(bot, asker, by, 0, Some(named.tool)).await,
    }
}
