//! The card of one tool, on which people vote.

use super::{
    Button, Card, Colour, Field, Row,
    rich::{Rich, Style},
    words::{self, Frame, Voting},
};
use crate::domain::{compare::ToolView, review::Verdict, score::Score};

/// Longest quote on a card; all of it stands among the reviews.
const QUOTE: usize = 300;

/// The card of a tool: what it is, panel, community and entry, the strongest quote for and against it.
///
/// `reviews` is the id of the button that opens all reviews; there is no button without it, or without a review.
#[must_use]
pub fn tool_card(view: &ToolView, reviews: Option<&str>, frame: &Frame) -> Card {
    let text = frame.text;
    let mut fields = vec![panel(view, frame), community(view, frame), entry(view, frame)];
    for (verdict, key) in [(Verdict::Ship, "tool-for"), (Verdict::Skip, "tool-against")] {
        if let Some(review) = view.strongest(verdict) {
            let value = words::spoken(text, review, QUOTE);
            fields.push(Field { name: Rich::plain(&frame.say(key)), value, inline: false, drop_order: 1 });
        }
    }
    let mut rows = Vec::new();
    if let Some(id) = reviews.filter(|_| !view.reviews.is_empty()) {
        let label = text.get("tool-all-reviews", &[("count", view.reviews.len().into())]);
        rows.push(Row::Buttons(vec![Button::new(&label, id)]));
    }
    Card {
        colour: colour(view),
        title: Rich::plain(&view.tool.name),
        link: view.tool.link.clone(),
        body: body(view, frame),
        fields,
        footer: footer(view, frame),
        rows,
        private: false,
    }
}

/// What the card of a tool shows that is not listed here any more: its name if that is still known, and that reactions are
/// not lost.
#[must_use]
pub fn hidden_card(name: Option<&str>, frame: &Frame) -> Card {
    Card {
        colour: Colour::Skip,
        title: name.map_or_else(|| Rich::plain(&frame.say("tool-hidden-name")), Rich::plain),
        body: Rich::styled(&frame.say("tool-hidden"), Style::Dim),
        ..Card::default()
    }
}

fn body(view: &ToolView, frame: &Frame) -> Rich {
    let tool = &view.tool;
    let category = frame.text.category(tool.category.as_str());
    let origin = if tool.vendor.is_empty() {
        category
    } else {
        frame.text.get("tool-made-by", &[("category", category.into()), ("vendor", (&tool.vendor).into())])
    };
    let mut body = Rich::styled(&tool.tagline, Style::Strong);
    body.line(Rich::styled(&origin, Style::Dim));
    body.paragraph(Rich::plain(&tool.description));
    body
}

fn panel(view: &ToolView, frame: &Frame) -> Field {
    let mut value = words::panel_score(frame.text, view.panel);
    value.line(words::panel_of_server(frame.text, view.panel));
    if view.reviews.is_empty() {
        value = Rich::styled(&frame.say("tool-no-reviews"), Style::Dim);
    }
    Field { name: Rich::plain(&frame.say("label-panel")), value, inline: true, drop_order: 0 }
}

fn community(view: &ToolView, frame: &Frame) -> Field {
    let mut value = words::community_score(frame, view.here);
    if let Some(everywhere) = view.everywhere {
        value.line(words::everywhere_score(frame.text, everywhere));
    }
    Field { name: Rich::plain(&frame.community_label()), value, inline: true, drop_order: 0 }
}

fn entry(view: &ToolView, frame: &Frame) -> Field {
    let entry = &view.tool.entry;
    let mut value = Rich::plain(&words::entry_short(frame.text, entry));
    value.line(Rich::plain(&entry.note));
    value.line(Rich::styled(&words::entry_checked(frame.text, entry, view.is_price_stale), Style::Dim));
    Field { name: Rich::plain(&frame.say("label-entry")), value, inline: true, drop_order: 0 }
}

fn footer(view: &ToolView, frame: &Frame) -> Rich {
    let mut footer = Rich::default();
    match frame.voting {
        Voting::Open => footer.line(Rich::plain(&frame.say("tool-vote"))),
        Voting::LacksPermission => footer.line(Rich::plain(&frame.say("tool-vote-lacks-permission"))),
        Voting::Closed => {}
    }
    if view.tool.id.is_server_made() {
        footer.line(Rich::plain(&frame.say("tool-server-made")));
    }
    if view.panel.base.total() > 0 {
        footer.line(Rich::plain(&frame.say("panel-note")));
    }
    footer
}

/// By the votes, once they are more than early ones; else by the panel.
fn colour(view: &ToolView) -> Colour {
    let votes = view.here.filter(|tally| tally.ballots() > 0 && !tally.is_early());
    let Score { ship, skip } = votes.map_or_else(|| view.panel.here(), crate::domain::score::Tally::score);
    match ship.cmp(&skip) {
        std::cmp::Ordering::Greater => Colour::Ship,
        std::cmp::Ordering::Less => Colour::Skip,
        std::cmp::Ordering::Equal => Colour::Neutral,
    }
}
