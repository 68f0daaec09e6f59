//! Answers to a name that is not one tool: which one is meant, or none of them. Only the asker sees them.

use super::{
    Button, Card, Colour, Menu, MenuOption, Row, limits,
    rich::{Rich, Style},
    words::Frame,
};
use crate::domain::tool::Tool;

/// Longest part of what was typed that is repeated.
const TYPED: usize = 100;

/// A tool that might be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What comes back when it is picked.
    pub value: String,
    /// Its name.
    pub name: String,
    /// What tells it from others of a like name.
    pub hint: String,
}

impl Candidate {
    /// A tool by its id.
    #[must_use]
    pub fn of(tool: &Tool, frame: &Frame) -> Self {
        let category = frame.text.category(tool.category.as_str());
        let hint = if tool.vendor.is_empty() {
            category
        } else {
            frame
                .text
                .get("tool-made-by", &[("category", category.into()), ("vendor", (&tool.vendor).into())])
        };
        Self { value: tool.id.as_str().to_owned(), name: tool.name.clone(), hint }
    }
}

/// Several tools could be meant: asks which one, with a menu.
#[must_use]
pub fn unsure(typed: &str, candidates: &[Candidate], menu: &str, frame: &Frame) -> Card {
    Card {
        colour: Colour::Attention,
        title: Rich::plain(&said(typed, "find-unsure", frame)),
        body: listed(candidates),
        rows: vec![choices(candidates, menu, frame)],
        private: true,
        ..Card::default()
    }
}

/// No tool is meant: says what was typed and offers the closest, with a menu when there are any.
///
/// `remembered` says whether moderators of the server will find the name among the wanted ones.
#[must_use]
pub fn unknown(typed: &str, closest: &[Candidate], menu: &str, remembered: bool, frame: &Frame) -> Card {
    let mut body = Rich::default();
    if !closest.is_empty() {
        body.line(Rich::plain(&frame.say("find-closest")));
        body.line(listed(closest));
    }
    if remembered {
        body.paragraph(Rich::styled(&frame.say("find-remembered"), Style::Dim));
    }
    Card {
        colour: Colour::Attention,
        title: Rich::plain(&said(typed, "find-unknown", frame)),
        body,
        rows: if closest.is_empty() { Vec::new() } else { vec![choices(closest, menu, frame)] },
        private: true,
        ..Card::default()
    }
}

/// A row that offers to compare a tool with its nearest rivals; `id` makes the id of each button from the rival's value.
#[must_use]
pub fn rivals(rivals: &[Candidate], id: impl Fn(&str) -> String, frame: &Frame) -> Option<Row> {
    let button = |rival: &Candidate| {
        let label = frame.text.get("find-rival", &[("tool", (&rival.name).into())]);
        Button::new(&label, id(&rival.value))
    };
    let buttons: Vec<Button> = rivals.iter().take(limits::BUTTONS).map(button).collect();
    (!buttons.is_empty()).then_some(Row::Buttons(buttons))
}

fn said(typed: &str, key: &str, frame: &Frame) -> String {
    let typed = limits::cut(&super::escape::clean(typed), TYPED);
    let quoted = frame.text.get("format-quote", &[("text", typed.into())]);
    frame.text.get(key, &[("typed", quoted.into())])
}

/// The menu may be out of reach (a terminal, a screen reader): the names stand in the text too.
fn listed(candidates: &[Candidate]) -> Rich {
    let mut list = Rich::default();
    for candidate in candidates.iter().take(limits::OPTIONS) {
        let hint = if candidate.hint.is_empty() { String::new() } else { format!(" · {}", candidate.hint) };
        list.line(Rich::styled(&candidate.name, Style::Strong).then(&hint, Style::Dim));
    }
    list
}

fn choices(candidates: &[Candidate], menu: &str, frame: &Frame) -> Row {
    let options = candidates.iter().map(|it| MenuOption::new(&it.value, &it.name, &it.hint));
    Row::Menu(Menu::new(menu, &frame.say("find-pick"), options))
}
