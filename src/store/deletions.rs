//! Erasures and server purges are kept beside the snapshots, so that they can be applied again to a store that was taken
//! back from one, or to an import. The file names nobody: hashes, server ids and times.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::error::{Result, StoreError};
use crate::domain::{
    ids::{ServerId, VoterHash},
    time::Timestamp,
};

/// Something that was deleted on somebody's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deleted", rename_all = "snake_case")]
pub(crate) enum Deletion {
    /// Everything of a member in a server.
    Member {
        /// The server.
        server: ServerId,
        /// The member there.
        voter: VoterHash,
        /// When they asked.
        at: Timestamp,
    },
    /// Everything of a server.
    Server {
        /// The server.
        server: ServerId,
        /// When.
        at: Timestamp,
    },
}

/// Where deletions are kept.
pub(crate) trait Deletions: Send + Sync {
    /// Keeps one; it survives loss of power when this returns.
    fn add(&self, deletion: Deletion) -> Result<()>;

    /// All of them, in the order in which they came.
    fn all(&self) -> Result<Vec<Deletion>>;
}

/// Keeps none: a store in memory has no snapshots.
pub(crate) struct Forgotten;

impl Deletions for Forgotten {
    fn add(&self, _: Deletion) -> Result<()> {
        Ok(())
    }

    fn all(&self) -> Result<Vec<Deletion>> {
        Ok(Vec::new())
    }
}

/// A file of JSON Lines that only grows.
pub(crate) struct DeletionsFile {
    path: PathBuf,
    /// One append at a time.
    appending: Mutex<()>,
}

impl DeletionsFile {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, appending: Mutex::new(()) }
    }

    fn failed(&self, error: &std::io::Error) -> StoreError {
        StoreError::file("writing", &self.path, error)
    }
}

impl Deletions for DeletionsFile {
    fn add(&self, deletion: Deletion) -> Result<()> {
        let _one = self.appending.lock();
        // A line that a crash cut short is ended, so that it cannot spoil this one.
        let line = format!("\n{}\n", serde_json::to_string(&deletion).map_err(|e| self.failed(&e.into()))?);
        let made = !self.path.exists();
        let mut file =
            File::options().create(true).append(true).open(&self.path).map_err(|e| self.failed(&e))?;
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(|e| self.failed(&e))?;
        if made && let Some(folder) = self.path.parent() {
            super::folder::sync_folder(folder).map_err(|e| self.failed(&e))?;
        }
        Ok(())
    }

    fn all(&self) -> Result<Vec<Deletion>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::file("reading", &self.path, &error)),
        };
        let mut all = Vec::new();
        for line in BufReader::new(file).lines() {
            let line = line.map_err(|error| StoreError::file("reading", &self.path, &error))?;
            if line.is_empty() {
                continue;
            }
            match serde_json::from_str(&line) {
                Ok(deletion) => all.push(deletion),
                // Only a crash during an append leaves such a line, and then its deletion was not acknowledged.
                Err(error) => {
                    tracing::warn!(file = %self.path.display(), %error, "a line of the deletions was skipped")
                }
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_short_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = DeletionsFile::at(folder.path().join("deletions.jsonl"));
        assert_eq!(file.all().unwrap(), []);
        let one = Deletion::Server { server: ServerId(1), at: Timestamp(2) };
        let two = Deletion::Member { server: ServerId(1), voter: VoterHash([7; 16]), at: Timestamp(3) };
        file.add(one).unwrap();
        let mut raw = File::options().append(true).open(&file.path).unwrap();
        raw.write_all(b"{\"deleted\":\"mem").unwrap();
        file.add(two).unwrap();
        assert_eq!(file.all().unwrap(), [one, two]);
    }
}
