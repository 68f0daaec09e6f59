//! Scores, prices and names as they stand on every card.

use super::rich::{Rich, Style};
use crate::{
    domain::{
        compare::SpokenReview,
        review::{Reviewer, Verdict},
        score::{Everywhere, PanelScore, Score, Tally},
        tool::{Entry, EntryKind},
    },
    text::Texts,
};

/// Stands where nothing is known.
pub const NOTHING: &str = "—";

/// The reaction, button or mark of a verdict.
#[must_use]
pub const fn emoji(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ship => "🚢",
        Verdict::Skip => "⏭️",
    }
}

/// Where a card will stand: decides its language and what it says about votes.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// The texts.
    pub text: &'static Texts,
    /// Whose votes it shows.
    pub votes: Votes,
    /// Whether people can vote on it, or on cards below it.
    pub voting: Voting,
}

/// Whose votes a card shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Votes {
    /// Those of the server in which it stands, or which was asked for.
    Known,
    /// Those of all servers together, and it says so.
    AllServers,
    /// Nobody's. The key of the text that says why, such as `votes-no-store`.
    Unknown(&'static str),
}

/// Whether people can vote where a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voting {
    /// With reactions on the cards.
    Open,
    /// They could, if the bot had the permission Add Reactions here.
    LacksPermission,
    /// Not here: a terminal, a preview, an answer for the asker only.
    Closed,
}

impl Frame {
    /// In a server whose members can vote on it.
    #[must_use]
    pub const fn server(text: &'static Texts) -> Self {
        Self { text, votes: Votes::Known, voting: Voting::Open }
    }

    /// Where nobody can vote: a terminal, a preview.
    #[must_use]
    pub const fn quiet(text: &'static Texts, votes: Votes) -> Self {
        Self { text, votes, voting: Voting::Closed }
    }

    /// The same place with another answer to whether people can vote.
    #[must_use]
    pub const fn voting(self, voting: Voting) -> Self {
        Self { voting, ..self }
    }

    /// What stands before a community score.
    pub(super) fn community_label(&self) -> String {
        self.say(if self.votes == Votes::AllServers { "label-community-all" } else { "label-community" })
    }

    /// A text without arguments.
    pub(super) fn say(&self, key: &str) -> String {
        self.text.get(key, &[])
    }
}

/// Ship and skip as a bar: one segment for each of up to five, else five segments. It is full only when all say ship, and
/// empty only when none does.
#[must_use]
pub fn bar(score: Score) -> Rich {
    const SEGMENTS: u64 = 5;
    let (ship, total) = (score.ship, score.total());
    if total == 0 {
        return Rich::default();
    }
    let (filled, segments) = if total <= SEGMENTS {
        (ship, total)
    } else {
        // Half up in 128 bits, so that no count overflows.
        let total = u128::from(ship) + u128::from(score.skip);
        let near = (u128::from(ship) * u128::from(SEGMENTS) * 2 + total) / (total * 2);
        let near = u64::try_from(near).unwrap_or(SEGMENTS);
        let inner = near.clamp(1, SEGMENTS - 1);
        (if ship == 0 || score.skip == 0 { near } else { inner }, SEGMENTS)
    };
    let repeat = |mark: &str, times: u64| mark.repeat(usize::try_from(times).unwrap_or_default());
    Rich::styled(&repeat("▰", filled), Style::Ship).then(&repeat("▱", segments - filled), Style::Dim)
}

/// `▰▰▱▱ 50% ship · 2 of 4`, or `—`.
#[must_use]
pub fn panel_score(text: &Texts, panel: PanelScore) -> Rich {
    let here = panel.here();
    let Some(percent) = here.percent() else { return Rich::styled(NOTHING, Style::Dim) };
    let args = [
        ("percent", text.percent(percent).into()),
        ("ship", here.ship.into()),
        ("total", here.total().into()),
    ];
    bar(here).then(&format!(" {}", text.get("score-panel", &args)), Style::Plain)
}

/// `1 of 2 from this server`; empty when this server has no reviews of its own.
#[must_use]
pub fn panel_of_server(text: &Texts, panel: PanelScore) -> Rich {
    let score = panel.server;
    if score.total() == 0 {
        return Rich::default();
    }
    Rich::styled(
        &text.get("score-panel-server", &[("ship", score.ship.into()), ("total", score.total().into())]),
        Style::Dim,
    )
}

/// `▰▰▰▰▱ 82% ship · 34 votes · early · 3 held back`; `—` without ballots, with the reason when votes are not known.
#[must_use]
pub fn community_score(frame: &Frame, here: Option<Tally>) -> Rich {
    let text = frame.text;
    let (tally, key) = match (here, frame.votes) {
        (_, Votes::Unknown(key)) => (None, key),
        (tally, Votes::Known | Votes::AllServers) => (tally, "votes-unknown"),
    };
    let Some(tally) = tally else {
        return Rich::styled(&format!("{NOTHING} {}", frame.say(key)), Style::Dim);
    };
    let mut rich = match tally.score().percent() {
        Some(percent) => {
            let args = [("percent", text.percent(percent).into()), ("votes", tally.ballots().into())];
            bar(tally.score()).then(&format!(" {}", text.get("score-community", &args)), Style::Plain)
        }
        None => Rich::styled(NOTHING, Style::Dim),
    };
    if tally.is_early() {
        rich = rich.then(&format!(" · {}", frame.say("score-early")), Style::Dim);
    }
    if tally.held > 0 {
        let held = text.get("score-held", &[("held", tally.held.into())]);
        rich = rich.then(&format!(" · {held}"), Style::Dim);
    }
    rich
}

/// `Everywhere 79% · 1,204 votes in 12 servers`; empty without ballots.
#[must_use]
pub fn everywhere_score(text: &Texts, everywhere: Everywhere) -> Rich {
    let score = everywhere.score();
    let Some(percent) = score.percent() else { return Rich::default() };
    let args = [
        ("percent", text.percent(percent).into()),
        ("votes", score.total().into()),
        ("servers", everywhere.servers.into()),
    ];
    Rich::styled(&text.get("score-everywhere", &args), Style::Dim)
}

/// `free`, or `paid, from $20 per month`.
#[must_use]
pub fn entry_short(text: &Texts, entry: &Entry) -> String {
    let kind = match entry.kind {
        EntryKind::Free => text.get("entry-free", &[]),
        EntryKind::Paid => text.get("entry-paid", &[]),
        EntryKind::Unknown => text.get("entry-unknown", &[]),
    };
    let (Some(amount), Some(currency)) = (&entry.amount, &entry.currency) else { return kind };
    let price = text.money(amount, currency);
    let from = match &entry.per {
        Some(per) => text.get("entry-from-per", &[("price", price.into()), ("per", per.into())]),
        None => text.get("entry-from", &[("price", price.into())]),
    };
    format!("{kind}, {from}")
}

/// `checked Nov 12, 2026`, with a warning when that is long ago; empty when there was nothing to check.
#[must_use]
pub fn entry_checked(text: &Texts, entry: &Entry, is_stale: bool) -> String {
    if entry.kind == EntryKind::Unknown {
        return String::new();
    }
    let key = if is_stale { "entry-stale" } else { "entry-checked" };
    text.get(key, &[("date", text.date(entry.checked).into())])
}

/// A reviewer in few letters: the role of the panel's own, else the name.
#[must_use]
pub fn short_name(text: &Texts, reviewer: &Reviewer) -> String {
    if reviewer.role.is_empty() { reviewer.name.clone() } else { text.role(&reviewer.role) }
}

/// `🚢 “It does what it says.” Builder`, the quote cut to so many units.
#[must_use]
pub fn spoken(text: &Texts, spoken: &SpokenReview, max: usize) -> Rich {
    let quote = super::limits::cut(&super::escape::clean(&spoken.review.quote), max);
    Rich::plain(emoji(spoken.review.verdict))
        .then(" ", Style::Plain)
        .then(&text.get("format-quote", &[("text", quote.into())]), Style::Quote)
        .then(&format!(" {}", short_name(text, &spoken.reviewer)), Style::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_full_or_empty_only_when_it_is_true() {
        for (ship, skip, bar_text) in [
            (0, 0, ""),
            (2, 2, "▰▰▱▱"),
            (3, 1, "▰▰▰▱"),
            (0, 3, "▱▱▱"),
            (9, 1, "▰▰▰▰▱"),
            (1, 99, "▰▱▱▱▱"),
            (9_999, 1, "▰▰▰▰▱"),
            (50, 0, "▰▰▰▰▰"),
            (0, 50, "▱▱▱▱▱"),
            (50, 50, "▰▰▰▱▱"),
            (u64::MAX, u64::MAX, "▰▰▰▱▱"),
        ] {
            assert_eq!(bar(Score::new(ship, skip)).text(), bar_text, "{ship} {skip}");
        }
    }
}
