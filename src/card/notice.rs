//! Short answers: it is done, it did not work, it is not allowed. Only the asker sees them.

use super::{
    Card, Colour,
    rich::{Rich, Style},
    words::Frame,
};
use crate::error::{Arg, UserError};

/// A plain notice: the text of a key.
#[must_use]
pub fn notice(key: &str, args: &[(&str, Arg)], frame: &Frame) -> Card {
    Card { title: Rich::sentence(&frame.text.get(key, args)), private: true, ..Card::default() }
}

/// Something the asker can mend.
#[must_use]
pub fn error(error: &UserError, frame: &Frame) -> Card {
    Card {
        colour: Colour::Trouble,
        title: Rich::plain(&frame.say("notice-error")),
        body: Rich::sentence(&frame.text.error(error)),
        private: true,
        ..Card::default()
    }
}

/// Several things the asker can mend, each on its own line.
#[must_use]
pub fn errors(errors: &[UserError], frame: &Frame) -> Card {
    let mut body = Rich::default();
    for error in errors {
        body.line(Rich::sentence(&frame.text.error(error)));
    }
    Card {
        colour: Colour::Trouble,
        title: Rich::plain(&frame.say("notice-error")),
        body,
        private: true,
        ..Card::default()
    }
}

/// A fault of ours, logged under this id.
#[must_use]
pub fn fault(id: &str, frame: &Frame) -> Card {
    Card {
        colour: Colour::Trouble,
        title: Rich::plain(&frame.say("notice-fault")),
        body: Rich::sentence(&frame.text.get("notice-fault-id", &[("id", super::rich::name(id))])),
        private: true,
        ..Card::default()
    }
}

/// The bot lacks permissions in this channel: names each, and what does not work without them.
///
/// `missing` holds the keys of their names, such as `permission-add-reactions`; each has a text `…-why`.
#[must_use]
pub fn missing_permissions(missing: &[&str], frame: &Frame) -> Card {
    let mut body = Rich::default();
    for key in missing {
        let why = frame.say(&format!("{key}-why"));
        body.line(Rich::styled(&frame.say(key), Style::Strong).then(&format!(": {why}"), Style::Plain));
    }
    body.paragraph(Rich::plain(&frame.say("notice-permissions-fix")));
    Card {
        colour: Colour::Trouble,
        title: Rich::plain(&frame.say("notice-permissions")),
        body,
        private: true,
        ..Card::default()
    }
}
