//! What a member may ask: what is stored of me, and erase it.

use async_trait::async_trait;

use crate::{
    domain::{
        change::Change,
        ids::{ServerId, UserId, VoterHash},
        time::Timestamp,
    },
    store::{
        error::Result,
        records::{Erasure, MarksRecord, Subscriber},
    },
};

use super::TallyChange;

/// Everything a server's part of the store holds of one member.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Person {
    /// Their standing marks.
    pub marks: Vec<MarksRecord>,
    /// Their last erasure.
    pub erasure: Option<Erasure>,
    /// A moderator blocked them.
    pub blocked: bool,
    /// Their subscription to the digest.
    pub subscriber: Option<Subscriber>,
    /// Changes of the catalog that they made as a moderator.
    pub changes: Vec<Change>,
}

/// What an erasure removed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErasureReceipt {
    /// Marks that were removed.
    pub marks: u64,
    /// Tallies that changed.
    pub tallies: Vec<TallyChange>,
    /// Whether a subscription was ended.
    pub subscription: bool,
    /// Entries of the history from which their id was removed.
    pub changes: u64,
}

/// Members.
#[async_trait]
pub trait Members: Send + Sync {
    /// Under which name a member's marks are kept in a server; see [`crate::store::VoterKey`].
    fn voter_hash(&self, server: ServerId, user: UserId) -> VoterHash;

    /// What is stored of a member in a server.
    async fn person(&self, server: ServerId, user: UserId) -> Result<Person>;

    /// Erases a member in a server, in bounded steps, and leaves an erasure record, which is also kept beside the
    /// snapshots. A block by a moderator stays: it is the server's, and names nobody.
    /// An erasure that was interrupted is finished when the store is opened next.
    async fn erase_person(&self, server: ServerId, user: UserId, at: Timestamp) -> Result<ErasureReceipt>;
}
