//! What can go wrong with the store, in words for the operator.

use std::{io, path::PathBuf, sync::Arc};

use crate::domain::change::UndoConflict;

/// Result of a store call.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why a call of the store failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A write or its sync failed. The store takes no more writes until it is opened again; reads go on.
    #[error(
        "the store takes no more writes since one failed ({0}); free some space or mend the disk, then start again"
    )]
    WritesStopped(Arc<str>),
    /// The engine could not read.
    #[error("the store could not be read: {0}")]
    Read(Arc<str>),
    /// A record cannot be understood.
    #[error("the store is damaged: {0}; take a snapshot back with `tiebreaker restore`")]
    Damaged(Arc<str>),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// A record is larger than the store takes.
    #[error("{what} is too large to be stored ({bytes} bytes, at most {most})")]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The largest size.
        most: usize,
    },
    /// A catalog edit carries a state that does not belong to its subject.
    #[error("the state of {0} is not one of its kind")]
    WrongState(Arc<str>),
    /// A catalog edit expected another state than the one that stands.
    #[error("{subject} changed in the meantime")]
    Changed {
        /// What was to be edited.
        subject: Arc<str>,
        /// Its state now.
        now: Option<Box<crate::domain::change::State>>,
    },
    /// A change cannot be taken back because a field changed since.
    #[error("the change cannot be taken back: {} changed since", .0.fields.join(", "))]
    UndoConflict(Box<UndoConflict>),
    /// There is no such change, or it was taken back before.
    #[error("there is no such change to take back")]
    NothingToUndo,
    /// The data of this server is being deleted; it can be written again when that is done.
    #[error("the data of this server is being deleted")]
    Purging,
    /// A reading that this store does not know (any more): read the card again.
    #[error("the reading of this card is not known any more")]
    UnknownReading,
    /// What an import reads is not what an export writes.
    #[error("line {line} of the import: {why}")]
    Import {
        /// Counted from 1; 0: the file as a whole.
        line: u64,
        /// What is wrong.
        why: Arc<str>,
    },
    /// Reading or writing a file failed.
    #[error("{what}: {why}")]
    File {
        /// What was tried, with the path.
        what: Arc<str>,
        /// The system's answer.
        why: Arc<str>,
    },
}

impl StoreError {
    /// A file operation that failed.
    pub(crate) fn file(what: &str, path: &std::path::Path, error: &io::Error) -> Self {
        Self::File { what: format!("{what} {}", path.display()).into(), why: error.to_string().into() }
    }
}

/// Why a store was not opened. Each says the way back.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is none of ours.
    #[error("DATABASE_URL must be sled://PATH, not {0:?}")]
    Url(String),
    /// Another process has it open.
    #[error("another process has the store {} open; stop it, or let it do the work (commands reach a running bot by themselves)", .0.display())]
    Locked(PathBuf),
    /// The folder cannot be used.
    #[error("{what} {}: {why}", path.display())]
    Folder {
        /// What was tried.
        what: &'static str,
        /// The folder or file.
        path: PathBuf,
        /// The system's answer.
        why: io::Error,
    },
    /// A later version wrote it.
    #[error(
        "the store has schema {found}, this version knows up to {known}: use the version that wrote it, or a newer one"
    )]
    Newer {
        /// Schema of the store.
        found: u32,
        /// Schema of this program.
        known: u32,
    },
    /// It belongs to another application.
    #[error(
        "the store belongs to the Discord application {found}, but the token belongs to {given}: choose the other token or another store"
    )]
    OtherApplication {
        /// Application of the store.
        found: u64,
        /// Application of the token.
        given: u64,
    },
    /// Its voters were hashed with another key.
    #[error(
        "the voters of this store were hashed with the key {found}, but the key at hand is {given}: put the right key file back (it belongs in every backup) or set VOTER_KEY"
    )]
    OtherKey {
        /// Fingerprint of the key that the store knows.
        found: String,
        /// Fingerprint of the key at hand.
        given: String,
    },
    /// The store that opens is not the one that was here.
    #[error("the store in {} is not the one that was here: {why}. Take a snapshot back with `tiebreaker restore`, or accept the loss with `--accept-loss` and recount", path.display())]
    Lost {
        /// Folder of the store.
        path: PathBuf,
        /// What was found and what was expected.
        why: String,
    },
    /// The engine refuses its files.
    #[error("the store in {} is damaged: {why}. Take a snapshot back with `tiebreaker restore`, or set the folder aside and start anew with `--accept-loss` and a recount", path.display())]
    Damaged {
        /// Folder of the store.
        path: PathBuf,
        /// What the engine says.
        why: String,
    },
    /// A step of opening failed as a call of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
