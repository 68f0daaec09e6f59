//! `/history [tool]`: who changed what in this server's catalog, with a button for each change that takes it back.

use std::sync::Arc;

use super::{Ctx, asker, compare, named};
use crate::{
    card::{
        history::{CHANGES, NamedChange, history as card, pages_of},
        moderation::{self, Notes},
    },
    discord::{asker::Asker, bot::Bot, custom_id, drafts::Waiting, moderators::undo_button},
    domain::{
        change::{ChangeId, Subject},
        ids::ToolId,
    },
    error::{Failure, UserError},
    service::moderate::{Moderator, Refusal, history::Page},
};

/// Verb of the buttons that turn pages: `history:<page>:<tool, or nothing>`.
pub const TURN: &str = "history";
/// Verb of the buttons that take a change of the list back: `history-undo:<change>:<page>:<tool, or nothing>`.
pub const UNDO: &str = "history-undo";

/// Moderators: who changed what in this server's catalog, with undo.
#[poise::command(
    slash_command,
    guild_only,
    install_context = "Guild",
    interaction_context = "Guild",
    default_member_permissions = "MANAGE_GUILD"
)]
pub(super) async fn history(
    ctx: Ctx<'_>,
    #[description = "Only the changes of this tool and of its reviews"]
    #[autocomplete = "compare::complete"]
    #[max_length = 100]
    tool: Option<String>,
) -> Result<(), Failure> {
    let (bot, asker) = (ctx.data(), asker(&ctx)?);
    let by = bot.moderator(&asker).await?;
    let tool = match tool.as_deref().map(str::trim).filter(|typed| !typed.is_empty()) {
        None => None,
        Some(typed) => match bot.desk.moderation.once_listed(asker.server, typed).await {
            Ok(tool) => Some(tool),
            Err(unclear) => return named::ask(bot, &asker, &unclear, Waiting::History).await,
        },
    };
    show(bot, &asker, by, 0, tool).await
}

/// Answers with a page.
pub(super) async fn show(
    bot: &Arc<Bot>,
    asker: &Asker,
    by: Moderator,
    number: usize,
    tool: Option<ToolId>,
) -> Result<(), Failure> {
    let card = page(bot, asker, by, number, tool).await?;
    bot.answer(asker, &[card]).await.map(drop)
}

/// A button turned to another page.
pub(in crate::discord) async fn turned(
    bot: &Arc<Bot>,
    asker: &Asker,
    number: &str,
    tool: &str,
) -> Result<(), Failure> {
    let by = bot.moderator(asker).await?;
    let card = page(bot, asker, by, number.parse().unwrap_or_default(), tool_of(tool)).await?;
    bot.update(asker, &[card]).await
}

/// A change of the list is to be taken back: the list shows what became of it.
pub(in crate::discord) async fn undo_in_list(
    bot: &Arc<Bot>,
    asker: &Asker,
    change: &str,
    number: &str,
    tool: &str,
) -> Result<(), Failure> {
    let by = bot.moderator(asker).await?;
    match bot.desk.moderation.undo(by, change_of(change)?).await {
        Ok(done) => {
            bot.show_cards_of(by, done.tool.id.clone());
            let card = page(bot, asker, by, number.parse().unwrap_or_default(), tool_of(tool)).await?;
            bot.update(asker, &[card]).await
        }
        Err(refusal) => bot.refuse_press(asker, refusal).await,
    }
}

/// The button under a confirmation: the change is taken back, and that can be taken back too.
pub(in crate::discord) async fn undo(bot: &Arc<Bot>, asker: &Asker, change: &str) -> Result<(), Failure> {
    let by = bot.moderator(asker).await?;
    let number = change_of(change)?;
    match bot.desk.moderation.undo(by, number).await {
        Ok(done) => {
            bot.show_cards_of(by, done.tool.id.clone());
            let notes = Notes { undo: undo_button(done.change), on_cards: Some(true), ..Notes::default() };
            let frame = bot.private_frame(asker);
            let subject = match &done.subject {
                Subject::Review(_, by) => {
                    let view = bot.questions.view(asker.server);
                    let by = view.reviewer(by).map_or_else(String::new, |by| format!(" · {}", by.name));
                    format!("{}{by}", done.tool.name)
                }
                _ => done.tool.name.clone(),
            };
            let card = moderation::undone(&subject, number, done.after.as_ref(), &notes, &frame);
            bot.update(asker, &[card]).await
        }
        Err(refusal) => bot.refuse_press(asker, refusal).await,
    }
}

async fn page(
    bot: &Bot,
    asker: &Asker,
    by: Moderator,
    number: usize,
    tool: Option<ToolId>,
) -> Result<crate::card::Card, Failure> {
    let Page { entries, number, total } =
        bot.desk.moderation.history(by, tool.as_ref(), number, CHANGES).await.map_err(
            |refusal| match refusal {
                Refusal::Other(failure) => failure,
                other => Failure::Internal(anyhow::anyhow!("a history could not be read: {other:?}")),
            },
        )?;
    let changes: Vec<NamedChange> = entries
        .into_iter()
        .map(|entry| NamedChange { change: entry.change, subject: entry.subject })
        .collect();
    let of = tool.as_ref().map_or("", |tool| tool.as_str());
    let page_id = |page: usize| custom_id::encode(TURN, &[&page.to_string(), of]).unwrap_or_default();
    let undo_id = |change: ChangeId| {
        custom_id::encode(UNDO, &[&change.0.to_string(), &number.to_string(), of]).unwrap_or_default()
    };
    let frame = bot.private_frame(asker);
    Ok(card(&changes, number, pages_of(total), page_id, undo_id, &frame))
}

fn change_of(text: &str) -> Result<ChangeId, Failure> {
    text.parse().map(ChangeId).map_err(|_| UserError::new("error-menu-outdated").into())
}

fn tool_of(text: &str) -> Option<ToolId> {
    (!text.is_empty()).then(|| ToolId::trusted(text))
}
