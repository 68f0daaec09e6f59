//! What a recount found and what it made right. Only the moderator who asked sees it.

use super::{
    Button, ButtonStyle, Card, Colour, Row,
    rich::{Rich, Style},
    words::{self, Frame},
};
use crate::domain::{review::Verdict, score::Tally};

/// Tools that are named one by one.
const TOOLS: usize = 12;

/// How a recount went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Cards that were compared.
    pub cards: usize,
    /// Cards that were not equal to Discord's lists.
    pub differing: usize,
    /// Cards that do not exist any more.
    pub gone: usize,
    /// Cards that could not be read.
    pub unreadable: usize,
    /// Cards for which there was no time.
    pub left: usize,
}

/// What differs on the cards of one tool, in marks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Name of the tool.
    pub tool: String,
    /// On so many cards.
    pub cards: usize,
    /// 🚢 that stand and were not counted.
    pub ship_added: u64,
    /// 🚢 that were counted and do not stand.
    pub ship_removed: u64,
    /// ⏭️ that stand and were not counted.
    pub skip_added: u64,
    /// ⏭️ that were counted and do not stand.
    pub skip_removed: u64,
}

impl Line {
    /// All of them.
    #[must_use]
    pub const fn marks(&self) -> u64 {
        self.ship_added + self.ship_removed + self.skip_added + self.skip_removed
    }
}

/// The score of one tool before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// Name of the tool.
    pub tool: String,
    /// Before.
    pub before: Tally,
    /// After.
    pub after: Tally,
}

/// Says how far a recount is.
#[must_use]
pub fn working(done: usize, total: usize, frame: &Frame) -> Card {
    let args = [("done", done.into()), ("total", total.into())];
    let key = if total == 0 { "recount-begins" } else { "recount-goes-on" };
    Card { title: Rich::plain(&frame.text.get(key, &args)), private: true, ..Card::default() }
}

/// What differs, before anything is written. `apply` is the id of the button that writes it.
#[must_use]
pub fn found(summary: &Summary, lines: &[Line], apply: Option<&str>, frame: &Frame) -> Card {
    let text = frame.text;
    let title = if summary.differing == 0 {
        frame.say("recount-right")
    } else {
        text.get("recount-differs", &[("count", summary.differing.into())])
    };
    let mut list = Rich::default();
    for line in lines.iter().take(TOOLS) {
        let mut changes: Vec<String> = Vec::new();
        for (count, sign, verdict) in [
            (line.ship_added, "+", Verdict::Ship),
            (line.ship_removed, "−", Verdict::Ship),
            (line.skip_added, "+", Verdict::Skip),
            (line.skip_removed, "−", Verdict::Skip),
        ] {
            if count > 0 {
                changes.push(format!("{sign}{} {}", text.number(count), words::emoji(verdict)));
            }
        }
        if changes.is_empty() {
            changes.push(frame.say("recount-kinds"));
        }
        let cards = text.get("recount-on-cards", &[("count", line.cards.into())]);
        list.line(
            Rich::styled(&line.tool, Style::Strong)
                .then(&format!(" {}", changes.join(" · ")), Style::Plain)
                .then(&format!(" · {cards}"), Style::Dim),
        );
    }
    list.line(more(lines.len(), frame));
    let rows = apply.map(|id| {
        let button = Button::new(&frame.say("recount-apply"), id).styled(ButtonStyle::Main);
        vec![Row::Buttons(vec![button])]
    });
    let mut card = summed(&title, summary, list, frame);
    card.rows = rows.unwrap_or_default();
    if summary.differing > 0 {
        card.colour = Colour::Attention;
        card.footer.line(Rich::plain(&frame.say("recount-not-yet")));
    }
    card
}

/// What was made right.
#[must_use]
pub fn repaired(summary: &Summary, lines: &[Repaired], frame: &Frame) -> Card {
    let text = frame.text;
    let title = text.get("recount-repaired", &[("count", summary.differing.into())]);
    let score = |tally: Tally| {
        format!(
            "{} {} · {} {}",
            text.number(tally.ship),
            words::emoji(Verdict::Ship),
            text.number(tally.skip),
            words::emoji(Verdict::Skip)
        )
    };
    let mut list = Rich::default();
    for line in lines.iter().take(TOOLS) {
        let change = format!(" {} → {}", score(line.before), score(line.after));
        list.line(Rich::styled(&line.tool, Style::Strong).then(&change, Style::Plain));
    }
    list.line(more(lines.len(), frame));
    let mut card = summed(&title, summary, list, frame);
    card.colour = Colour::Ship;
    card
}

fn more(tools: usize, frame: &Frame) -> Rich {
    match tools.saturating_sub(TOOLS) {
        0 => Rich::default(),
        rest => Rich::styled(&frame.text.get("recount-more", &[("count", rest.into())]), Style::Dim),
    }
}

fn summed(title: &str, summary: &Summary, list: Rich, frame: &Frame) -> Card {
    let text = frame.text;
    let mut body = Rich::plain(&text.get("recount-compared", &[("count", summary.cards.into())]));
    for (count, key) in [
        (summary.gone, "recount-gone"),
        (summary.unreadable, "recount-unreadable"),
        (summary.left, "recount-left"),
    ] {
        if count > 0 {
            body.next(Rich::plain(&text.get(key, &[("count", count.into())])));
        }
    }
    body.paragraph(list);
    Card { title: Rich::plain(title), body, private: true, ..Card::default() }
}
