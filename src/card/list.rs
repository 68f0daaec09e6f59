//! Lists over several pages: the leaderboard, wanted names, and whatever else stands line by line.

use super::{
    Card,
    reviews::{page_buttons, turned},
    rich::{Rich, Style},
    words::{self, Frame},
};
use crate::domain::{ids::CategoryId, score::Score};

/// Lines on a page.
pub const ON_A_PAGE: usize = 10;

/// One page of a list.
#[derive(Debug, Clone, Default)]
pub struct ListPage {
    /// Headline.
    pub title: Rich,
    /// What the list is, in a sentence; may be empty.
    pub intro: Rich,
    /// The lines of this page, at most [`ON_A_PAGE`].
    pub lines: Vec<Rich>,
    /// Key of the text that stands there when there are no lines.
    pub when_empty: &'static str,
    /// This page, from 0.
    pub page: usize,
    /// Number of pages; 0 and 1 give no buttons.
    pub pages: usize,
    /// Whether only the asker sees it.
    pub private: bool,
}

/// Which score orders a leaderboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Ballots.
    Community,
    /// Reviews.
    Panel,
}

/// One row of a leaderboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// The tool's name.
    pub name: String,
    /// The score that orders the list.
    pub score: Score,
}

/// How many pages so many lines take.
#[must_use]
pub fn pages_of(lines: usize) -> usize {
    lines.div_ceil(ON_A_PAGE)
}

/// A page of a list; `page_id` makes the id of the button that leads to a page.
#[must_use]
pub fn list(page: ListPage, page_id: impl Fn(usize) -> String, frame: &Frame) -> Card {
    let mut body = page.intro;
    if page.lines.is_empty() && !page.when_empty.is_empty() {
        body.paragraph(Rich::plain(&frame.say(page.when_empty)));
    }
    let mut lines = Rich::default();
    for line in page.lines {
        lines.line(line);
    }
    body.paragraph(lines);
    let last = page.pages.saturating_sub(1);
    let number = page.page.min(last);
    Card {
        title: page.title,
        body,
        footer: turned(Rich::default(), number, last, frame),
        rows: page_buttons(number, last, page_id, frame),
        private: page.private,
        ..Card::default()
    }
}

/// A page of the leaderboard. `rows` are all rows, best first; pages count from 0, a page past the last is the last.
#[must_use]
pub fn leaderboard(
    rows: &[Ranked],
    by: By,
    category: Option<&CategoryId>,
    page: usize,
    page_id: impl Fn(usize) -> String,
    frame: &Frame,
) -> Card {
    let text = frame.text;
    let pages = pages_of(rows.len());
    let page = page.min(pages.saturating_sub(1));
    let title = match category {
        Some(category) => {
            text.get("top-title-category", &[("category", text.category(category.as_str()).into())])
        }
        None => frame.say("top-title"),
    };
    let intro = frame.say(if by == By::Community { "top-by-community" } else { "top-by-panel" });
    let begin = page * ON_A_PAGE;
    let line = |(place, row): (usize, &Ranked)| {
        let place = text.number(u64::try_from(begin + place + 1).unwrap_or(u64::MAX));
        let mut line = Rich::plain(&text.get("top-line", &[("place", place.into())]))
            .then(" ", Style::Plain)
            .then(&row.name, Style::Strong)
            .then(" ", Style::Plain);
        line.append(ranked_score(row.score, by, frame));
        line
    };
    let lines = rows.iter().skip(begin).take(ON_A_PAGE).enumerate().map(line).collect();
    let page = ListPage {
        title: Rich::plain(&title),
        intro: Rich::styled(&intro, Style::Dim),
        lines,
        when_empty: if by == By::Community { "top-empty" } else { "top-empty-panel" },
        page,
        pages,
        private: false,
    };
    list(page, page_id, frame)
}

fn ranked_score(score: Score, by: By, frame: &Frame) -> Rich {
    let Some(percent) = score.percent() else { return Rich::styled(words::NOTHING, Style::Dim) };
    let percent = frame.text.percent(percent);
    let said = match by {
        By::Community => {
            frame.text.get("score-community", &[("percent", percent.into()), ("votes", score.total().into())])
        }
        By::Panel => {
            let args =
                [("percent", percent.into()), ("ship", score.ship.into()), ("total", score.total().into())];
            frame.text.get("score-panel", &args)
        }
    };
    words::bar(score).then(&format!(" {said}"), Style::Plain)
}
