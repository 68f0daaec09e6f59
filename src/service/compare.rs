//! Two to four tools side by side, and one tool by itself.

use crate::{
    catalog::view::{Listing, View},
    domain::{
        compare::{Comparison, ToolInput, ToolView},
        score::{Everywhere, Tally},
        time::Date,
    },
    error::UserError,
};

/// What the community says of one tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Community {
    /// The ballots that count where the question was asked: one server's, or those of all servers together.
    pub here: Tally,
    /// The sum over all servers, beside those of one.
    pub everywhere: Option<Everywhere>,
}

/// Compares tools. `votes` holds one item per tool; `None` when votes are not known (there is no store).
///
/// # Errors
/// Those of [`Comparison::new`]: not two to four tools, or one of them twice.
pub fn compare(
    view: &View,
    tools: &[Listing],
    votes: Option<&[Community]>,
    today: Date,
) -> Result<Comparison, UserError> {
    let inputs = tools.iter().enumerate().map(|(place, listing)| {
        input(listing, votes.map(|votes| votes.get(place).copied().unwrap_or_default()))
    });
    Comparison::new(inputs.collect(), &view.reviewers(), today)
}

/// One tool as its card shows it.
#[must_use]
pub fn tool(view: &View, listing: &Listing, votes: Option<Community>, today: Date) -> ToolView {
    ToolView::new(input(listing, votes), &view.reviewers(), today)
}

fn input(listing: &Listing, votes: Option<Community>) -> ToolInput {
    ToolInput {
        tool: listing.tool.as_ref().clone(),
        base_reviews: listing.base_reviews.to_vec(),
        server_reviews: listing.server_reviews.to_vec(),
        here: votes.map(|votes| votes.here),
        everywhere: votes.and_then(|votes| votes.everywhere).filter(|_| listing.is_known_everywhere()),
    }
}
