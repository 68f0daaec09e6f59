//! The history of a server's catalog: who changed what, with undo.

use super::{
    Button, Card, Colour, Field, Row, limits,
    list::ON_A_PAGE,
    reviews::{page_buttons, turned},
    rich::{self, Rich, Style},
    words::{self, Frame},
};
use crate::domain::{
    change::{Actor, Change, ChangeId, State, ToolEntry, UndoConflict},
    review::Review,
};

/// Changes on a page: as many as there are undo buttons in a row.
pub const CHANGES: usize = if limits::BUTTONS < ON_A_PAGE { limits::BUTTONS } else { ON_A_PAGE };

/// Longest value of a field that is shown.
const VALUE: usize = 80;

/// One change with the names that its ids stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedChange {
    /// The change.
    pub change: Change,
    /// The tool or reviewer it is about, as shown.
    pub subject: String,
}

/// How many pages so many changes take.
#[must_use]
pub fn pages_of(changes: usize) -> usize {
    changes.div_ceil(CHANGES)
}

/// The changes of a page, for moderators only; newest first, pages count from 0.
///
/// `changes` are the changes of this page, at most five; `undo_id` makes the id of an undo button.
#[must_use]
pub fn history(
    changes: &[NamedChange],
    page: usize,
    pages: usize,
    page_id: impl Fn(usize) -> String,
    undo_id: impl Fn(ChangeId) -> String,
    frame: &Frame,
) -> Card {
    let last = pages.saturating_sub(1);
    let page = page.min(last);
    let shown = changes.iter().take(CHANGES);
    let fields = shown.clone().map(|named| entry(named, frame)).collect();
    let undo = |named: &NamedChange| {
        let label = frame.text.get("history-undo", &[("number", named.change.id.0.into())]);
        Button::new(&label, undo_id(named.change.id)).enabled(named.change.undone.is_none())
    };
    let buttons: Vec<Button> = shown.map(undo).collect();
    let mut rows = if buttons.is_empty() { Vec::new() } else { vec![Row::Buttons(buttons)] };
    rows.extend(page_buttons(page, last, page_id, frame));
    Card {
        title: Rich::plain(&frame.say("history-title")),
        body: if changes.is_empty() { Rich::plain(&frame.say("history-empty")) } else { Rich::default() },
        fields,
        footer: turned(Rich::default(), page, last, frame),
        rows,
        private: true,
        ..Card::default()
    }
}

/// Undo is refused because the fields changed again since: shows both versions.
#[must_use]
pub fn undo_refused(subject: &str, conflict: &UndoConflict, frame: &Frame) -> Card {
    let version = |key: &str, state: Option<&State>| {
        let value = match state {
            Some(state) if conflict.fields.is_empty() => described(state, frame),
            Some(state) => stated(state, &conflict.fields, frame),
            None => Rich::plain(words::NOTHING),
        };
        Field { name: Rich::plain(&frame.say(key)), value, inline: true, drop_order: 0 }
    };
    let mut body =
        Rich::sentence(&frame.text.get("history-refused-text", &[("subject", rich::name(subject))]));
    if !conflict.fields.is_empty() {
        let fields: Vec<String> = conflict.fields.iter().map(|field| field_name(field, frame)).collect();
        let fields = frame.text.list(&fields);
        body.line(Rich::plain(&frame.text.get("history-refused-fields", &[("fields", fields.into())])));
    }
    Card {
        colour: Colour::Attention,
        title: Rich::plain(&frame.say("history-refused")),
        body,
        fields: vec![
            version("history-version-undo", conflict.before.as_ref()),
            version("history-version-now", conflict.now.as_ref()),
        ],
        private: true,
        ..Card::default()
    }
}

fn entry(named: &NamedChange, frame: &Frame) -> Field {
    let text = frame.text;
    let change = &named.change;
    let args = [("number", change.id.0.into()), ("subject", (&named.subject).into())];
    let name = text.get(what(change), &args);
    let mut value = Rich::default();
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if is_hidden(Some(before)) == is_hidden(Some(after)) => {
            value = alterations(before, after, frame);
        }
        // It went or came back: what it is, not what became of each field.
        (Some(before), Some(after)) => {
            value.line(described(if is_hidden(Some(after)) { before } else { after }, frame));
        }
        (None, Some(state)) | (Some(state), None) => value.line(described(state, frame)),
        (None, None) => {}
    }
    value.line(by(change, frame));
    if let Some(undoes) = change.undoes {
        value.line(Rich::styled(&text.get("history-undoes", &[("number", undoes.0.into())]), Style::Dim));
    }
    if change.undone.is_some() {
        value.line(Rich::styled(&frame.say("history-undone"), Style::Dim));
    }
    Field { name: Rich::plain(&name), value, inline: false, drop_order: 0 }
}

/// Who made a change, and when. A member is named by Discord itself: no name is stored, and a new nickname shows.
fn by(change: &Change, frame: &Frame) -> Rich {
    /// Stands where the member's name goes, in a sentence of ours that holds nothing from outside.
    const HERE: char = '\u{e002}';
    let (who, member) = match change.by {
        Actor::Member(user) => (HERE.to_string(), Some(user)),
        Actor::Operator => (frame.say("history-by-operator"), None),
        Actor::Erased => (frame.say("history-by-erased"), None),
    };
    let when = frame.text.date(change.at.date());
    let line = frame.text.get("history-by", &[("by", who.into()), ("date", when.into())]);
    match (line.split_once(HERE), member) {
        (Some((before, after)), Some(user)) => {
            Rich::styled(before, Style::Dim).then_member(user).then(after, Style::Dim)
        }
        _ => Rich::styled(&line, Style::Dim),
    }
}

/// Every field in which two states differ, before and after.
pub(super) fn alterations(before: &State, after: &State, frame: &Frame) -> Rich {
    let mut list = Rich::default();
    for (field, was, is) in altered(before, after) {
        let args = [
            ("field", field_name(&field, frame).into()),
            ("before", limits::cut(&was, VALUE).into()),
            ("after", limits::cut(&is, VALUE).into()),
        ];
        list.line(Rich::plain(&frame.text.get("history-altered", &args)));
    }
    list
}

fn is_hidden(state: Option<&State>) -> bool {
    matches!(state, Some(State::Tool(ToolEntry { hidden: Some(_), .. })))
}

/// The key of the text that says what happened.
fn what(change: &Change) -> &'static str {
    let (was_hidden, hidden) = (is_hidden(change.before.as_ref()), is_hidden(change.after.as_ref()));
    match (&change.before, &change.after) {
        (_, Some(State::Tool(_))) if hidden && !was_hidden => "history-tool-removed",
        (_, Some(State::Tool(_))) if was_hidden && !hidden => "history-tool-back",
        (Some(State::Tool(_)), None) if was_hidden => "history-tool-back",
        (None, Some(State::Tool(_))) => "history-tool-added",
        (Some(State::Tool(_)), Some(_)) => "history-tool-changed",
        (Some(State::Tool(_)), None) => "history-tool-removed",
        (None, Some(State::Review(_))) => "history-review-added",
        (Some(State::Review(_)), Some(_)) => "history-review-changed",
        (Some(State::Review(_)), None) => "history-review-removed",
        (None, Some(State::Reviewer(_))) => "history-reviewer-added",
        (Some(State::Reviewer(_)), None) => "history-reviewer-removed",
        (Some(State::Reviewer(_)), Some(_)) | (None, None) => "history-reviewer-changed",
    }
}

/// A state in one or two lines.
pub(super) fn described(state: &State, frame: &Frame) -> Rich {
    match state {
        State::Tool(entry) => match &entry.tool {
            Some(tool) => {
                Rich::styled(&tool.name, Style::Strong).then(&format!(" {}", tool.tagline), Style::Plain)
            }
            None => Rich::plain(words::NOTHING),
        },
        State::Review(Review { verdict, quote, .. }) => {
            let quote = limits::cut(&super::escape::clean(quote), 3 * VALUE);
            let quote = frame.text.get("format-quote", &[("text", quote.into())]);
            Rich::plain(words::emoji(*verdict)).then(&format!(" {quote}"), Style::Plain)
        }
        State::Reviewer(reviewer) => {
            Rich::styled(&reviewer.name, Style::Strong).then(&format!(" {}", reviewer.motto), Style::Plain)
        }
    }
}

/// What a state says in these fields, and in those below them (`entry` is the price, its note and so on).
fn stated(state: &State, fields: &[String], frame: &Frame) -> Rich {
    let mut list = Rich::default();
    let flat = flat(state);
    for field in fields {
        let below = format!("{field}.");
        let mut said = flat.iter().filter(|(name, _)| name == field || name.starts_with(&below)).peekable();
        if said.peek().is_none() {
            let nothing = format!(": {}", words::NOTHING);
            list.line(Rich::plain(&field_name(field, frame)).then(&nothing, Style::Plain));
        }
        for (name, value) in said {
            let value = format!(": {}", limits::cut(value, 3 * VALUE));
            list.line(Rich::plain(&field_name(name, frame)).then(&value, Style::Plain));
        }
    }
    list
}

/// A field of a data file in words.
fn field_name(field: &str, frame: &Frame) -> String {
    let name = field.replace('.', "-");
    frame.text.find(&format!("field-{name}"), &[]).unwrap_or_else(|| field.to_owned())
}

/// The fields in which two states differ, with both values as they would stand in a data file.
fn altered(before: &State, after: &State) -> Vec<(String, String, String)> {
    let (before, after) = (flat(before), flat(after));
    let value = |fields: &[(String, String)], name: &str| {
        fields
            .iter()
            .find(|(other, _)| other == name)
            .map_or_else(|| words::NOTHING.to_owned(), |(_, value)| value.clone())
    };
    let mut names: Vec<&String> = before.iter().chain(&after).map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| (name.clone(), value(&before, name), value(&after, name)))
        .filter(|(_, was, is)| was != is)
        .collect()
}

/// A state as field names and values; `entry.note` for what lies deeper.
fn flat(state: &State) -> Vec<(String, String)> {
    let value = match state {
        State::Tool(entry) => serde_json::to_value(&entry.tool),
        State::Review(review) => serde_json::to_value(review),
        State::Reviewer(reviewer) => serde_json::to_value(reviewer),
    };
    let mut fields = Vec::new();
    flatten("", &value.unwrap_or_default(), &mut fields);
    fields
}

fn flatten(path: &str, value: &serde_json::Value, fields: &mut Vec<(String, String)>) {
    use serde_json::Value;

    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(&path, value, fields);
            }
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(said).collect();
            fields.push((path.to_owned(), items.join(", ")));
        }
        Value::Null => {}
        other => fields.push((path.to_owned(), said(other))),
    }
}

fn said(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
