//! What keeps the store in order, and moves it.

use async_trait::async_trait;

use crate::{
    domain::{
        ids::{ApplicationId, ServerId, ToolId},
        score::Tally,
        time::Timestamp,
    },
    store::{
        error::{OpenError, Result},
        records::{Meta, Record},
    },
};

use super::TallyChange;

/// One page of a walk over all records.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The records.
    pub records: Vec<Record>,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<Vec<u8>>,
}

/// A tally that is not what its marks say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The server.
    pub server: ServerId,
    /// The tool.
    pub tool: ToolId,
    /// The kept tally.
    pub kept: Tally,
    /// What a recount of the marks gives.
    pub counted: Tally,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Marks that were read.
    pub marks: u64,
    /// Members by tool and server.
    pub members: u64,
    /// Tallies that were compared.
    pub tallies: u64,
    /// Cards that were read.
    pub cards: u64,
    /// Other records that were read.
    pub others: u64,
    /// Tallies that differ.
    pub differences: Vec<Difference>,
    /// Other faults, each in a sentence: a record that cannot be read, an index entry that leads nowhere or is missing.
    pub faults: Vec<String>,
}

impl CheckReport {
    /// Whether nothing was found.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.differences.is_empty() && self.faults.is_empty()
    }
}

/// What a purge removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PurgeReport {
    /// Servers whose data was deleted.
    pub servers: Vec<ServerId>,
    /// Tools whose ballots were deleted 30 days after their removal.
    pub tools: u64,
    /// Old day tallies, comparisons, job marks and refusals.
    pub others: u64,
    /// Tallies that changed.
    pub tallies: Vec<TallyChange>,
}

/// Upkeep.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// What the store knows of itself.
    async fn meta(&self) -> Result<Meta>;

    /// Binds the store to the application of the bot, or checks that it is bound to it.
    ///
    /// # Errors
    /// [`OpenError::OtherApplication`], naming both.
    async fn bind_application(&self, application: ApplicationId) -> Result<(), OpenError>;

    /// Deletes what is due: servers 14 days after they removed the bot, ballots of tools 30 days after their removal,
    /// old counts, job marks and refusals. In bounded steps.
    async fn purge_due(&self, now: Timestamp) -> Result<PurgeReport>;

    /// Recounts everything and compares it with what is kept. Nothing is changed. While votes come in, a tally that
    /// seems to differ is read again before it is reported.
    async fn check(&self) -> Result<CheckReport>;

    /// Walks over all records, from the beginning (`None`) or from [`Page::next`]. Marks come before cards, so that a
    /// mark is never met whose card was not yet there. A walk of a store that is written to is not one moment's.
    async fn records(&self, from: Option<Vec<u8>>) -> Result<Page>;

    /// Writes records, replacing those with the same key, and makes tallies and indexes anew for them. One unit.
    /// Takes at most [`MOST_LOADED`] records a call.
    async fn load(&self, records: Vec<Record>) -> Result<()>;

    /// Whether the store holds no record.
    async fn is_empty(&self) -> Result<bool>;

    /// Applies the erasures and purges that are kept beside the snapshots and that the records do not know of: after an
    /// import, or after a crash. Returns how many were applied.
    async fn redo_deletions(&self) -> Result<u64>;

    /// The first write error; since then the store takes no writes.
    fn write_error(&self) -> Option<crate::store::StoreError>;

    /// Takes no more writes, finishes those that wait, and closes the files. Further calls fail.
    async fn close(&self) -> Result<()>;
}

/// Most records in one call of [`Upkeep::load`].
pub const MOST_LOADED: usize = 2_000;
