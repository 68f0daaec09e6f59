//! The buttons under a private message that tells of mistakes: each opens a form filled in with what was typed.

use std::sync::Arc;

use super::{addreview, addtool, edittool};
use crate::{
    card::moderation::given_back,
    discord::{asker::Asker, bot::Bot, custom_id, drafts::Draft, forms::Sent},
    error::{Failure, UserError},
};

/// Verb of the buttons: `draft:<key>:<which form>`.
pub const OPEN: &str = "draft";
/// The form for texts: of a review, or of a tool.
pub(super) const TEXTS: &str = "texts";
/// The form for maker and price.
pub(super) const DETAILS: &str = "details";

/// The id of a button.
pub(super) fn id(key: &str, which: &str) -> String {
    custom_id::encode(OPEN, &[key, which]).unwrap_or_default()
}

/// A button was pressed.
pub(in crate::discord) async fn open(
    bot: &Arc<Bot>,
    asker: &Asker,
    key: &str,
    which: &str,
) -> Result<(), Failure> {
    bot.moderator(asker).await?;
    match (bot.draft(asker, key)?, which) {
        (Draft::Review(review), _) => addreview::open(bot, asker, &review).await,
        (Draft::NewTool(tool), DETAILS) => addtool::open_details(bot, asker, &tool).await,
        (Draft::NewTool(tool), _) => addtool::open(bot, asker, &tool).await,
        (Draft::Texts { tool, typed }, _) => edittool::open(bot, asker, &tool, Some(typed)).await,
        (Draft::Details { tool, wish }, _) => edittool::open_details(bot, asker, &tool, wish).await,
        (Draft::Waiting(_) | Draft::Recount(_), _) => Err(UserError::new("error-menu-outdated").into()),
    }
}

/// The form for maker and price was sent. It belongs to a draft, which says what they are of.
pub(in crate::discord) async fn sent_details(
    bot: &Arc<Bot>,
    asker: &Asker,
    key: &str,
    sent: &Sent,
) -> Result<(), Failure> {
    let given = addtool::sent_details_texts(sent);
    let typed = addtool::typed_details(&given);
    let Some(by) = bot.moderator_of_form(asker, &typed).await? else { return Ok(()) };
    match bot.draft(asker, key) {
        Ok(Draft::NewTool(tool)) => addtool::sent_details(bot, asker, by, tool, given).await,
        Ok(Draft::Details { tool, wish }) => edittool::sent_details(bot, asker, by, tool, wish, given).await,
        Ok(_) | Err(_) => {
            let frame = bot.private_frame(asker);
            bot.answer_each(asker, given_back("moderation-draft-gone", &typed, &frame)).await
        }
    }
}
