//! The store's folder: what lies where, the lock, and the witness.
//!
//! ```text
//! PATH/
//!   sled/             the engine's files
//!   witness.json      store id and last commit, written beside the engine: a store that lost something is not taken for whole
//!   snapshots/        exports, in generations
//!   deletions.jsonl   erasures and purges, applied again after a restore
//!   voter.key         the key of the voters' hashes
//!   lock              held while a process has the store open
//! ```

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::error::OpenError;

/// Paths of a store's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreFolder(PathBuf);

impl StoreFolder {
    /// The folder of `DATABASE_URL`, which must be `sled://PATH`.
    ///
    /// # Errors
    /// [`OpenError::Url`].
    pub fn of_url(url: &str) -> Result<Self, OpenError> {
        match url.strip_prefix("sled://") {
            Some(path) if !path.is_empty() => Ok(Self(PathBuf::from(path))),
            _ => Err(OpenError::Url(without_secrets(url))),
        }
    }

    /// This folder.
    #[must_use]
    pub const fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The engine's files.
    #[must_use]
    pub fn engine(&self) -> PathBuf {
        self.0.join("sled")
    }

    /// Exports, in generations.
    #[must_use]
    pub fn snapshots(&self) -> PathBuf {
        self.0.join("snapshots")
    }

    /// Erasures and purges.
    #[must_use]
    pub fn deletions(&self) -> PathBuf {
        self.0.join("deletions.jsonl")
    }

    /// Store id and last commit.
    #[must_use]
    pub fn witness(&self) -> PathBuf {
        self.0.join("witness.json")
    }

    /// Whether a store was ever made here.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.engine().exists() || self.witness().exists()
    }

    /// Makes the folder (owner only) when it is missing.
    pub(crate) fn make(&self) -> Result<(), OpenError> {
        let made = !self.0.exists();
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let failed = |why| OpenError::Folder { what: "making the folder", path: self.0.clone(), why };
        builder.create(&self.0).map_err(failed)?;
        if made && let Some(parent) = self.0.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent).map_err(failed)?;
        }
        Ok(())
    }

    /// Takes the lock; it is held as long as the file lives.
    pub(crate) fn lock(&self) -> Result<File, OpenError> {
        let path = self.0.join("lock");
        let failed = |why| OpenError::Folder { what: "opening", path: path.clone(), why };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked(self.0.clone())),
            Err(TryLockError::Error(why)) => Err(failed(why)),
        }
    }
}

/// A URL for an error text: whatever stands before an `@` may be a password.
fn without_secrets(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    }
}

/// Makes the names in a folder survive loss of power.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows has no such call; its file systems keep names with the file.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Writes a file as a whole: it is there with these bytes, or as it was.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// What was last seen of the store: it must open with this id and at least this commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Witness {
    /// Store id.
    pub(crate) store: String,
    /// A commit that was durable.
    pub(crate) commit: u64,
}

impl Witness {
    pub(crate) fn read(path: &Path) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        write_whole(path, &serde_json::to_vec(self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sled_urls_are_taken_and_no_password_is_shown() {
        assert_eq!(StoreFolder::of_url("sled:///var/lib/x").unwrap().path(), Path::new("/var/lib/x"));
        assert_eq!(StoreFolder::of_url("sled://data").unwrap().path(), Path::new("data"));
        for bad in ["", "sled://", "data", "mysql://bot:secret@host/db"] {
            let error = StoreFolder::of_url(bad).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
