//! Buttons, menus and forms: from the verb in a custom id to the command whose file knows what to do.

use std::sync::Arc;

use serenity::all::{ComponentInteraction, ComponentInteractionDataKind, ModalInteraction};

use super::{
    asker::Asker,
    bot::Bot,
    card_mark,
    commands::{compare, help, tool},
    custom_id, mentions,
};
use crate::{
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

async fn submit(_bot: &Arc<Bot>, _asker: &Asker, _form: &ModalInteraction) -> Result<(), Failure> {
    Err(outdated())
}

/// A message of an earlier version, or one whose tool is gone.
fn outdated() -> Failure {
    UserError::new("error-menu-outdated").into()
}
