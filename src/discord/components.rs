//! Buttons, menus and forms: from the verb in a custom id to the command whose file knows what to do.

use std::sync::Arc;

use serenity::all::{ComponentInteraction, ComponentInteractionDataKind, ModalInteraction};

use super::{
    asker::Asker,
    bot::Bot,
    card_mark,
    commands::{
        addreview, addtool, compare, draft, edittool, help, history, named, recount, removereview,
        removetool, tool,
    },
    custom_id,
    forms::Sent,
    mentions, moderators,
};
use crate::{
    card::{
        Card, Rich,
        moderation::{given_back, with_typed},
    },
    domain::ids::ToolId,
    error::{Failure, UserError},
};

/// A button was pressed or something picked from a menu.
pub async fn pressed(bot: &Arc<Bot>, component: &ComponentInteraction) {
    let Some(asker) = Asker::of_component(component) else { return };
    if let Err(failure) = press(bot, &asker, component).await {
        bot.fail(&asker, failure).await;
    }
}

async fn press(bot: &Arc<Bot>, asker: &Asker, component: &ComponentInteraction) -> Result<(), Failure> {
    let (verb, args) = custom_id::decode(&component.data.custom_id);
    let chosen: &[String] = match &component.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values,
        _ => &[],
    };
    match (verb.as_str(), args.as_slice()) {
        (card_mark::VERB, _) => tool::card_button(bot, asker, &component.data.custom_id).await,
        (tool::REVIEWS, [id, page]) => {
            let page = page.parse().unwrap_or_default();
            tool::open_reviews(bot, asker, &ToolId::trusted(id), page, true).await
        }
        (tool::PICK, _) => match chosen {
            [id] => tool::show(bot, asker, &ToolId::trusted(id)).await,
            _ => Err(outdated()),
        },
        (help::TURN, [screen]) => help::turn(bot, asker, screen.parse().unwrap_or_default()).await,
        (compare::PICK, args) => compare::picked(bot, asker, component, args, chosen).await,
        (mentions::ASK_BACK, _) => mentions::pressed_ask_back(bot, asker, component).await,
        (compare::VERSUS, args) => compare::versus(bot, asker, args).await,
        (draft::OPEN, [key, which]) => draft::open(bot, asker, key, which).await,
        (named::PICK, [key]) => match chosen {
            [tool] => named::picked(bot, asker, key, tool).await,
            _ => Err(outdated()),
        },
        (moderators::KEEP, _) => removetool::kept(bot, asker).await,
        (moderators::UNDO, [change]) => history::undo(bot, asker, change).await,
        (history::TURN, [page, of]) => history::turned(bot, asker, page, of).await,
        (history::UNDO, [change, page, of]) => history::undo_in_list(bot, asker, change, page, of).await,
        (recount::APPLY, [key, days]) => recount::apply(bot, asker, key, days).await,
        (removetool::REMOVE, [id]) => removetool::pressed(bot, asker, id).await,
        (removereview::REMOVE, [id, by]) => removereview::pressed(bot, asker, id, by).await,
        (removereview::PICK, [id]) => match chosen {
            [by] => removereview::picked(bot, asker, id, by).await,
            _ => Err(outdated()),
        },
        _ => Err(outdated()),
    }
}

/// A form was sent.
pub async fn submitted(bot: &Arc<Bot>, form: &ModalInteraction) {
    let Some(asker) = Asker::of_form(form) else { return };
    if let Err(failure) = submit(bot, &asker, form).await {
        bot.fail(&asker, failure).await;
    }
}

async fn submit(bot: &Arc<Bot>, asker: &Asker, form: &ModalInteraction) -> Result<(), Failure> {
    let (verb, args) = custom_id::decode(&form.data.custom_id);
    let sent = Sent::read(form);
    match (verb.as_str(), args.as_slice()) {
        (addreview::FORM, [id, verdict]) => addreview::sent(bot, asker, id, verdict, &sent).await,
        (addtool::FORM, [category, price]) => addtool::sent(bot, asker, category, price, &sent).await,
        (addtool::DETAILS_FORM, [key]) => draft::sent_details(bot, asker, key, &sent).await,
        (edittool::FORM, [id, opened]) => edittool::sent(bot, asker, id, opened, &sent).await,
        // A form of an earlier version. What was typed into it is given back all the same.
        _ => {
            let frame = bot.private_frame(asker);
            bot.answer_each(asker, given_back("error-menu-outdated", &sent.typed(), &frame)).await
        }
    }
}

/// Gives back what was typed into a form that is not used, and says why.
pub async fn give_back(bot: &Bot, asker: &Asker, form: &ModalInteraction, why: &'static str) {
    let frame = bot.private_frame(asker);
    let cards = given_back(why, &Sent::read(form).typed(), &frame);
    if let Err(error) = bot.answer_each(asker, cards).await {
        tracing::warn!(guild.id = asker.server.0, %error, "a form could not be given back");
    }
}

/// Gives back what was typed into a form, below an answer that has been given already.
pub async fn give_back_below(bot: &Bot, asker: &Asker, form: &ModalInteraction) {
    let frame = bot.private_frame(asker);
    let title = Rich::plain(&frame.text.get("form-other", &[]));
    let first = Card { title, private: true, ..Card::default() };
    let cards = with_typed(first, &Sent::read(form).typed(), Vec::new(), &frame);
    bot.follow_each(asker, cards.into_iter()).await;
}

/// A message of an earlier version, or one whose tool is gone.
fn outdated() -> Failure {
    UserError::new("error-menu-outdated").into()
}
