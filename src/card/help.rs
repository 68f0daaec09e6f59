//! Help on two screens: what everybody can do, what moderators can do.

use super::{
    Card, Field, Row,
    parts::Button,
    rich::{Rich, Style},
    words::Frame,
};

/// What each screen lists: the commands of a line, and the text that says what they do.
const EVERYBODY: [(&[&str], &str); 7] = [
    (&["/compare"], "help-compare"),
    (&["/tool"], "help-tool"),
    (&["/top"], "help-top"),
    (&["/reviewer"], "help-reviewer"),
    (&["/privacy"], "help-privacy"),
    (&[MENTION], "help-mention"),
    (&["Compare tools mentioned"], "help-menu"),
];
const MODERATORS: [(&[&str], &str); 7] = [
    (&["/addreview", "/removereview"], "help-review"),
    (&["/addtool", "/edittool", "/removetool"], "help-tools"),
    (&["/history"], "help-history"),
    (&["/wanted"], "help-wanted"),
    (&["/digest"], "help-digest"),
    (&["/setup"], "help-setup"),
    (&["/recount"], "help-recount"),
];

/// Stands among the commands for a message that mentions the bot; see [`help`].
pub const MENTION: &str = "@Tiebreaker A vs B";

/// Number of screens.
pub const SCREENS: usize = 2;

/// One screen of help, for the asker only. Screens count from 0; `screen_id` makes the id of the button to a screen.
///
/// Only what `offers` says yes to is listed: slash commands as `/compare`, the message menu by its name, and [`MENTION`].
#[must_use]
pub fn help(
    screen: usize,
    offers: impl Fn(&str) -> bool,
    screen_id: impl Fn(usize) -> String,
    frame: &Frame,
) -> Card {
    let is_first = screen == 0;
    let (title, lines) =
        if is_first { ("help-title", EVERYBODY) } else { ("help-title-moderators", MODERATORS) };
    let mut list = Rich::default();
    for (commands, key) in lines {
        let offered: Vec<&str> = commands.iter().copied().filter(|command| offers(command)).collect();
        if !offered.is_empty() {
            let said = format!(" · {}", frame.say(key));
            list.line(Rich::styled(&offered.join(" "), Style::Strong).then(&said, Style::Plain));
        }
    }
    let mut fields = vec![Field {
        name: Rich::plain(&frame.say("help-commands")),
        value: list,
        inline: false,
        drop_order: 0,
    }];
    let mut body = Rich::plain(&frame.say(if is_first { "help-intro" } else { "help-intro-moderators" }));
    if is_first {
        body.paragraph(Rich::plain(&frame.say("help-vote")));
        let value = Rich::plain(&frame.say("help-scores-text"));
        fields.push(Field {
            name: Rich::plain(&frame.say("help-scores")),
            value,
            inline: false,
            drop_order: 1,
        });
    }
    let (label, other) = if is_first { ("help-to-moderators", 1) } else { ("help-to-everybody", 0) };
    Card {
        title: Rich::plain(&frame.say(title)),
        body,
        fields,
        rows: vec![Row::Buttons(vec![Button::new(&frame.say(label), screen_id(other))])],
        private: true,
        ..Card::default()
    }
}

/// One quiet line for a message that mentions the bot and asks nothing it understands.
#[must_use]
pub fn hint(frame: &Frame) -> Card {
    super::notice::notice("help-hint", &[], frame)
}
