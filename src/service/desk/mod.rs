//! What an operator asks of an installation: figures, import, export, check, recount, forget.
//!
//! The terminal speaks to a [`Desk`] and does not care where it stands: [`LocalDesk`] works on a store that this process
//! has open, [`super::remote`] hands everything to a running bot over the socket in the data folder. The bot serves its
//! own [`LocalDesk`] there.

mod local;

use async_trait::async_trait;

pub use self::local::{LocalDesk, RecountAll};
use crate::{
    domain::{
        change::{CatalogScope, State, Subject},
        ids::{ServerId, ToolId, UserId},
        score::Score,
    },
    service::compare::Community,
    store::StoreError,
};

/// Records of the store, as a desk hands them over.
pub use crate::store::{
    contract::{MOST_EDITS, Page},
    records::{CatalogRecord, Meta, Record},
};

/// Why the desk did not do what was asked. In words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Only a running bot can do this: it needs Discord.
    #[error(
        "this needs a running bot, because it reads Discord; start one with `tiebreaker run` and try again"
    )]
    NeedsBot,
    /// The running bot could not do it, or could not be spoken to.
    #[error("{0}")]
    Remote(String),
}

/// A change of the operator's catalog.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BaseEdit {
    /// What is changed.
    pub subject: Subject,
    /// What must stand before; the edit is refused when something else does.
    pub before: Option<State>,
    /// What stands after.
    pub after: Option<State>,
}

/// What a check of the store found.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Checked {
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
    /// Everything that is not as it should be, each in a sentence.
    pub faults: Vec<String>,
}

/// What forgetting a person removed.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Forgotten {
    /// Servers that were gone through.
    pub servers: u64,
    /// Marks that were removed.
    pub marks: u64,
    /// Subscriptions that were ended.
    pub subscriptions: u64,
    /// Entries of histories from which the id was removed.
    pub changes: u64,
}

/// What a recount found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Recounted {
    /// Cards that were compared with Discord's lists.
    pub cards: u64,
    /// Cards that were right.
    pub right: u64,
    /// Marks that were added or removed.
    pub marks: u64,
    /// Cards that could not be read, and were left as they are.
    pub skipped: u64,
}

/// See the module's page.
#[async_trait]
pub trait Desk: Send + Sync {
    /// The votes on tools, one item each: of one server (with the sum beside it), or the sum over all servers.
    async fn community(
        &self,
        server: Option<ServerId>,
        tools: Vec<ToolId>,
    ) -> Result<Vec<Community>, DeskError>;

    /// The ballots of all tools that have any: of one server, or of all together.
    async fn ballots(&self, server: Option<ServerId>) -> Result<Vec<(ToolId, Score)>, DeskError>;

    /// Everything that the operator or a server has in their catalog.
    async fn catalog(&self, scope: CatalogScope) -> Result<Vec<CatalogRecord>, DeskError>;

    /// Changes the operator's catalog, all edits or none. Returns how many were changes and not the same as before.
    /// At most [`MOST_EDITS`] at once.
    async fn edit_base(&self, edits: Vec<BaseEdit>) -> Result<usize, DeskError>;

    /// What the store knows of itself.
    async fn meta(&self) -> Result<Meta, DeskError>;

    /// One page of everything the store holds, for an export.
    async fn page(&self, from: Option<Vec<u8>>) -> Result<Page, DeskError>;

    /// Recounts everything kept and compares it.
    async fn check(&self) -> Result<Checked, DeskError>;

    /// Erases a person in all servers.
    async fn forget(&self, user: UserId) -> Result<Forgotten, DeskError>;

    /// Compares cards with Discord's own lists and repairs what differs.
    ///
    /// # Errors
    /// [`DeskError::NeedsBot`] where no bot runs.
    async fn recount(&self, server: Option<ServerId>) -> Result<Recounted, DeskError>;
}
