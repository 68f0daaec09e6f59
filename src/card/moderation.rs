//! What moderators see: what is wrong with what they typed, what was done, and what is asked before something goes.
//! Only whoever typed it sees it.

use super::{
    Button, ButtonStyle, Card, Colour, Field, Menu, MenuOption, Row, history, limits,
    parts::label_text,
    rich::{self, Rich, Style},
    words::{self, Frame},
};
use crate::{
    domain::{
        change::{ChangeId, State},
        review::{Review, Reviewer},
        tool::Tool,
    },
    error::UserError,
};

/// Longest quote on a confirmation; all of it stands among the reviews.
const QUOTE: usize = 600;
/// Length at which a message of typed texts is full; with titles it stays below what Discord takes.
const MESSAGE_UNITS: usize = 4_800;

/// What was typed into one box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Key of the name of the box.
    pub label: &'static str,
    /// The text, as it was typed.
    pub text: String,
}

/// What is wrong in one box.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// Key of the name of the box.
    pub label: &'static str,
    /// What is wrong, and how to mend it.
    pub what: UserError,
}

/// What is wrong with what was typed, and all that was typed. More than one card when it is long: one message each.
///
/// `buttons` lead back to the form.
#[must_use]
pub fn mistakes(mistakes: &[Mistake], typed: &[Typed], buttons: Vec<Button>, frame: &Frame) -> Vec<Card> {
    let mut body =
        Rich::plain(&frame.text.get("moderation-mistakes-text", &[("count", mistakes.len().into())]));
    let mut list = Rich::default();
    for mistake in mistakes {
        let label = Rich::styled(&frame.say(mistake.label), Style::Strong);
        list.line(label.then(&format!(": {}", frame.text.error(&mistake.what)), Style::Plain));
    }
    body.paragraph(list);
    let first = Card {
        colour: Colour::Trouble,
        title: Rich::plain(&frame.say("moderation-mistakes")),
        body,
        private: true,
        ..Card::default()
    };
    with_typed(first, typed, buttons, frame)
}

/// Gives back what was typed, under a sentence that says why it was not used.
#[must_use]
pub fn given_back(why: &str, typed: &[Typed], frame: &Frame) -> Vec<Card> {
    let first = Card {
        colour: Colour::Trouble,
        title: Rich::plain(&frame.say("notice-error")),
        body: Rich::plain(&frame.say(why)),
        private: true,
        ..Card::default()
    };
    with_typed(first, typed, Vec::new(), frame)
}

/// A card that says why something was not done, with what was typed and the way back to the form. More than one card when
/// that is long: one message each.
#[must_use]
pub fn with_typed(first: Card, typed: &[Typed], buttons: Vec<Button>, frame: &Frame) -> Vec<Card> {
    let mut cards = vec![first];
    let mut used = 0;
    for one in typed.iter().filter(|one| !one.text.trim().is_empty()) {
        for (number, part) in rich::split_to_fit(&one.text, limits::FIELD_VALUE).into_iter().enumerate() {
            let name = if number == 0 { frame.say(one.label) } else { limits::ELLIPSIS.to_owned() };
            let length = limits::units(&Rich::plain(&part).markdown(usize::MAX)) + limits::units(&name);
            let is_full = cards.last().is_some_and(|card| card.fields.len() >= limits::FIELDS);
            if used + length > MESSAGE_UNITS || is_full {
                cards.push(Card {
                    title: Rich::plain(&frame.say("moderation-typed-more")),
                    private: true,
                    ..Card::default()
                });
                used = 0;
            }
            used += length;
            if let Some(card) = cards.last_mut() {
                let value = Rich::plain(&part);
                card.fields.push(Field { name: Rich::plain(&name), value, inline: false, drop_order: 0 });
            }
        }
    }
    if let Some(first) = cards.first_mut()
        && !buttons.is_empty()
    {
        first.rows.push(Row::Buttons(buttons));
    }
    cards
}

/// A button that leads back to a form.
#[must_use]
pub fn back_to_form(key: &str, id: &str, frame: &Frame) -> Button {
    Button::new(&frame.say(key), id).styled(ButtonStyle::Main)
}

/// The details are good; a button leads to the form for the rest.
#[must_use]
pub fn details_good(id: &str, frame: &Frame) -> Card {
    Card {
        title: Rich::plain(&frame.say("moderation-details-good")),
        body: Rich::plain(&frame.say("moderation-details-good-text")),
        rows: vec![Row::Buttons(vec![back_to_form("moderation-go-on", id, frame)])],
        private: true,
        ..Card::default()
    }
}

/// How a review came to be what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewChange<'a> {
    /// It is the reviewer's first of this tool.
    Added,
    /// It stands in place of this one.
    Replaced(&'a Review),
    /// It stood before, word for word.
    Same,
    /// It is gone.
    Removed,
}

/// A change as it is confirmed: what can be said of it, and how to take it back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// The id of the button that takes it back.
    pub undo: Option<String>,
    /// The name as it was typed, when it was not the tool's own.
    pub read_as: Option<String>,
    /// Invisible characters were taken out.
    pub tidied: bool,
    /// The tool is a shared one.
    pub shared: bool,
    /// It is seen in this server only, also on cards that stand there already, or not on them; `None`: not to be said.
    pub on_cards: Option<bool>,
}

/// A review was added, replaced or removed.
#[must_use]
pub fn review_saved(
    tool: &str,
    reviewer: &Reviewer,
    review: &Review,
    change: ReviewChange<'_>,
    notes: &Notes,
    frame: &Frame,
) -> Card {
    let title = match change {
        ReviewChange::Added => "moderation-review-added",
        ReviewChange::Replaced(_) => "moderation-review-replaced",
        ReviewChange::Same => "moderation-review-same",
        ReviewChange::Removed => "moderation-review-removed",
    };
    let mut fields = Vec::new();
    if let ReviewChange::Replaced(before) = change {
        let name = Rich::plain(&frame.say("moderation-review-before"));
        fields.push(Field { name, value: said(before, None, frame), inline: false, drop_order: 1 });
    }
    let mut body = Rich::styled(tool, Style::Strong);
    body.line(said(review, Some(reviewer), frame));
    confirmed(
        Card { colour: Colour::Ship, title: Rich::plain(&frame.say(title)), body, fields, ..Card::default() },
        tool,
        notes,
        frame,
    )
}

/// What became of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolChange {
    /// It is new here.
    Added,
    /// It says something else now.
    Changed,
    /// It said that before.
    Same,
    /// It is hidden.
    Removed,
}

/// A tool was added, changed or hidden; of a change, every field before and after.
#[must_use]
pub fn tool_saved(
    before: Option<&Tool>,
    tool: &Tool,
    change: ToolChange,
    notes: &Notes,
    frame: &Frame,
) -> Card {
    let key = match change {
        ToolChange::Added => "moderation-tool-added",
        ToolChange::Changed => "moderation-tool-changed",
        ToolChange::Same => "moderation-tool-same",
        ToolChange::Removed => "moderation-tool-removed",
    };
    let name = before.filter(|_| change == ToolChange::Changed).unwrap_or(tool).name.as_str();
    let title = frame.text.get(key, &[("tool", name.into())]);
    let body = match change {
        ToolChange::Removed => Rich::plain(&frame.say("moderation-tool-removed-text")),
        ToolChange::Changed => before.map(|before| altered(before, tool, frame)).unwrap_or_default(),
        ToolChange::Added | ToolChange::Same => Rich::default(),
    };
    confirmed(
        Card { colour: Colour::Ship, title: Rich::plain(&title), body, ..Card::default() },
        &tool.name,
        notes,
        frame,
    )
}

/// A change was taken back: what stands now.
#[must_use]
pub fn undone(subject: &str, change: ChangeId, now: Option<&State>, notes: &Notes, frame: &Frame) -> Card {
    let title = frame.text.get("moderation-undone", &[("number", change.0.into())]);
    let mut body = Rich::styled(subject, Style::Strong);
    if let Some(state) = now {
        body.line(history::described(state, frame));
    }
    confirmed(
        Card { colour: Colour::Ship, title: Rich::plain(&title), body, ..Card::default() },
        subject,
        notes,
        frame,
    )
}

fn confirmed(mut card: Card, tool: &str, notes: &Notes, frame: &Frame) -> Card {
    card.private = true;
    if let Some(typed) = &notes.read_as {
        let args = [("typed", typed.as_str().into()), ("tool", tool.into())];
        card.footer.line(Rich::plain(&frame.text.get("moderation-read-as", &args)));
    }
    if notes.tidied {
        card.footer.line(Rich::plain(&frame.say("moderation-tidied")));
    }
    if notes.shared {
        card.footer.line(Rich::plain(&frame.say("moderation-shared")));
    }
    if let (Some(_), Some(on_cards)) = (&notes.undo, notes.on_cards) {
        let key = if on_cards { "moderation-only-here" } else { "moderation-only-here-new" };
        card.footer.line(Rich::plain(&frame.say(key)));
    }
    // One change, one button: its number, which the history needs, would only puzzle here.
    if let Some(id) = &notes.undo {
        card.rows.push(Row::Buttons(vec![Button::new(&frame.say("moderation-undo"), id.as_str())]));
    }
    card
}

fn altered(before: &Tool, after: &Tool, frame: &Frame) -> Rich {
    history::alterations(&State::shown(before.clone()), &State::shown(after.clone()), frame)
}

fn said(review: &Review, reviewer: Option<&Reviewer>, frame: &Frame) -> Rich {
    let quote = limits::cut(&super::escape::clean(&review.quote), QUOTE);
    let rich = Rich::plain(words::emoji(review.verdict))
        .then(" ", Style::Plain)
        .then(&frame.text.get("format-quote", &[("text", quote.into())]), Style::Quote);
    match reviewer {
        Some(reviewer) => rich.then(&format!(" {}", reviewer.name), Style::Plain),
        None => rich,
    }
}

/// Asks before a tool is hidden: what goes, and how it comes back.
#[must_use]
pub fn ask_tool(tool: &Tool, votes: u64, shared: bool, yes: &str, no: &str, frame: &Frame) -> Card {
    let title = frame.text.get("moderation-ask-tool", &[("tool", (&tool.name).into())]);
    let mut body = Rich::plain(&frame.text.get("moderation-ask-tool-text", &[("votes", votes.into())]));
    if shared {
        body.paragraph(Rich::styled(&frame.say("moderation-shared"), Style::Dim));
    }
    asked(&title, body, yes, no, frame)
}

/// Asks before a review is removed.
#[must_use]
pub fn ask_review(
    tool: &str,
    reviewer: &Reviewer,
    review: &Review,
    yes: &str,
    no: &str,
    frame: &Frame,
) -> Card {
    let title = frame.text.get("moderation-ask-review", &[("tool", tool.into())]);
    let mut body = said(review, Some(reviewer), frame);
    body.paragraph(Rich::plain(&frame.say("moderation-ask-review-text")));
    asked(&title, body, yes, no, frame)
}

fn asked(title: &str, body: Rich, yes: &str, no: &str, frame: &Frame) -> Card {
    let buttons = vec![
        Button::new(&frame.say("moderation-remove"), yes).styled(ButtonStyle::Danger),
        Button::new(&frame.say("moderation-keep"), no),
    ];
    Card {
        colour: Colour::Attention,
        title: Rich::plain(title),
        body,
        rows: vec![Row::Buttons(buttons)],
        private: true,
        ..Card::default()
    }
}

/// Asks whose review is meant, with a menu of those that stand; `value` names each.
#[must_use]
pub fn which_review(
    tool: &str,
    typed: &str,
    reviews: &[(Reviewer, Review)],
    menu: &str,
    value: impl Fn(&Reviewer) -> String,
    frame: &Frame,
) -> Card {
    let title = frame.text.get("moderation-which-review", &[("tool", tool.into())]);
    let body = if typed.trim().is_empty() {
        Rich::default()
    } else {
        let typed = limits::cut(&super::escape::clean(typed), limits::OPTION_TEXT);
        Rich::plain(&frame.text.get("moderation-which-review-text", &[("typed", typed.into())]))
    };
    let options = reviews.iter().map(|(reviewer, review)| {
        let label = format!("{} {}", words::emoji(review.verdict), reviewer.name);
        MenuOption::new(value(reviewer), &label_text(&label, limits::OPTION_TEXT), &review.quote)
    });
    Card {
        colour: Colour::Attention,
        title: Rich::plain(&title),
        body,
        rows: vec![Row::Menu(Menu::new(menu, &frame.say("moderation-pick-review"), options))],
        private: true,
        ..Card::default()
    }
}
