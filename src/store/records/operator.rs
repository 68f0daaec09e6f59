//! What belongs to the operator, and catalogs with their history.

use serde::{Deserialize, Serialize};

use crate::domain::{
    change::{CatalogScope, Change, State, Subject},
    ids::{ApplicationId, ServerId, ToolId},
    time::Timestamp,
};

/// The state of a subject in one catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogRecord {
    /// Whose catalog.
    pub scope: CatalogScope,
    /// Which tool, review or reviewer.
    pub subject: Subject,
    /// Its state.
    pub state: State,
}

/// One change, and of which catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryRecord {
    /// Whose catalog.
    pub scope: CatalogScope,
    /// The change.
    pub change: Change,
}

/// A job that was done and must not be done again ("digest of server S for week W").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobMark {
    /// Its key, at most 200 bytes.
    pub key: String,
    /// When it was marked.
    pub at: Timestamp,
}

impl JobMark {
    /// Days after which a mark is dropped: longer than any job may come late.
    pub const KEPT_DAYS: i64 = 60;
}

/// A tool's ballots were carried over from an earlier id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// The earlier id.
    pub from: ToolId,
    /// The id since then.
    pub to: ToolId,
}

/// The data of a server was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// The server.
    pub server: ServerId,
    /// When.
    pub at: Timestamp,
}

/// What the store knows of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Schema of the records.
    pub schema: u32,
    /// Made at random when the store was made; 32 hex digits.
    pub store: String,
    /// Number of the last commit.
    pub commit: u64,
    /// The application whose cards these are; `None` until a bot first opened the store.
    pub application: Option<ApplicationId>,
    /// Fingerprint of the key with which voters are hashed; `None` until a key was given.
    pub voter_key: Option<String>,
}
