//! The leaderboard.

use rustc_hash::FxHashMap;

use crate::{
    catalog::view::{Listing, View},
    domain::{
        ids::{CategoryId, ToolId},
        score::{PanelScore, Score, leaderboard_order},
    },
};

/// By whose verdicts tools are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The ballots of members.
    Community,
    /// The reviews.
    Panel,
}

/// A row of the leaderboard.
#[derive(Debug, Clone)]
pub struct Row {
    /// The tool.
    pub listing: Listing,
    /// The score by which it stands here.
    pub score: Score,
}

/// The tools that have a score, best first. `ballots`: those of the server, or of all; needed by [`By::Community`] only.
/// A tool that stood under an earlier id is counted under the one of today.
#[must_use]
pub fn top(
    view: &View,
    by: By,
    ballots: &[(ToolId, Score)],
    category: Option<&CategoryId>,
    limit: usize,
) -> Vec<Row> {
    let fits = |listing: &Listing| {
        category.is_none_or(|category| listing.tool.categories().any(|listed| listed == category))
    };
    let mut rows: Vec<Row> = match by {
        By::Panel => view
            .tools()
            .map(|listing| {
                let score = PanelScore::of(&listing.base_reviews, &listing.server_reviews).here();
                Row { listing, score }
            })
            .collect(),
        By::Community => {
            let mut scores: FxHashMap<&ToolId, Score> = FxHashMap::default();
            for (id, score) in ballots {
                let sum = scores.entry(view.current(id)).or_default();
                *sum = sum.plus(*score);
            }
            let listed =
                scores.into_iter().filter_map(|(id, score)| Some(Row { listing: view.tool(id)?, score }));
            listed.collect()
        }
    };
    rows.retain(|row| row.score.total() > 0 && fits(&row.listing));
    rows.sort_by(|a, b| leaderboard_order((a.score, &a.listing.tool.name), (b.score, &b.listing.tool.name)));
    rows.truncate(limit);
    rows
}

/// The categories in use, with how many tools each holds (further categories count too), by id.
#[must_use]
pub fn categories(view: &View) -> Vec<(CategoryId, usize)> {
    let mut counts: std::collections::BTreeMap<CategoryId, usize> = std::collections::BTreeMap::new();
    for listing in view.tools() {
        for category in listing.tool.categories() {
            *counts.entry(category.clone()).or_default() += 1;
        }
    }
    counts.into_iter().collect()
}
