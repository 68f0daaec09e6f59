//! Counts for digest, movers and `/wanted`; job marks.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{ServerId, ToolId},
        score::Tally,
        time::{Date, Timestamp},
    },
    store::{
        error::Result,
        records::{ComparisonCount, Wanted, Week},
    },
};

/// Counts and job marks.
#[async_trait]
pub trait Counts: Send + Sync {
    /// Marks a job as done. Returns whether this was the first time: only then may the job go on.
    async fn mark_job(&self, key: &str, at: Timestamp) -> Result<bool>;

    /// Whether a job is marked.
    async fn job_marked(&self, key: &str) -> Result<bool>;

    /// Keeps the present tallies of a server as those of a day; a second call on a day replaces the first.
    async fn keep_day(&self, server: ServerId, day: Date) -> Result<()>;

    /// The tallies of a server as they stood at the end of a day: those kept for it or for the last day before it.
    /// `None` when nothing that old is kept.
    async fn day_tallies(&self, server: ServerId, day: Date) -> Result<Option<Vec<(ToolId, Tally)>>>;

    /// Counts a comparison: every pair of these two to four tools.
    async fn count_comparison(&self, server: ServerId, week: Week, tools: &[ToolId]) -> Result<()>;

    /// Pairs compared in a server in a week, most compared first.
    async fn comparisons(&self, server: ServerId, week: Week) -> Result<Vec<ComparisonCount>>;

    /// Counts a name that the catalog lacks. `folded` is the name as the catalog folds it, `name` as it was typed; both
    /// are cut to what [`Wanted`] holds.
    async fn want(&self, server: ServerId, folded: &str, name: &str, at: Timestamp) -> Result<()>;

    /// Wanted names of a server, most wanted first.
    async fn wanted(&self, server: ServerId) -> Result<Vec<Wanted>>;

    /// Drops a wanted name. Returns whether there was one.
    async fn dismiss_wanted(&self, server: ServerId, folded: &str) -> Result<bool>;
}
