//! What belongs to members. Only [`Subscriber`] holds a raw user id.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{ServerId, ToolId, UserId, VoterHash},
    marks::{Marks, Seq},
    time::Timestamp,
};

/// All standing marks of one member for one tool in one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarksRecord {
    /// The server.
    pub server: ServerId,
    /// The member, in this server.
    pub voter: VoterHash,
    /// The tool.
    pub tool: ToolId,
    /// The marks.
    pub marks: Marks,
}

/// A member had everything of theirs in a server erased: a recount never brings back their marks on cards older than this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The server.
    pub server: ServerId,
    /// The member, in this server.
    pub voter: VoterHash,
    /// When they asked.
    pub at: Timestamp,
    /// Marks up to this number are erased; later ones count.
    pub seq: Seq,
}

/// A member whose marks are held for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// The server.
    pub server: ServerId,
    /// The member, in this server.
    pub voter: VoterHash,
    /// Since when.
    pub at: Timestamp,
}

/// A member who wants the digest of a server sent to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subscriber {
    /// The server.
    pub server: ServerId,
    /// The member: the raw id, since a hash cannot be written to.
    pub user: UserId,
    /// Since when.
    pub since: Timestamp,
}
