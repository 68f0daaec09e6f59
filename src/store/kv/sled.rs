//! sled 0.34.7 as an engine.
//!
//! Measured facts that shape this file: its `flush` ends in `sync_file_range`, which survives neither a lost power supply
//! nor a grown file, so an own `sync_data` of the file follows; a damaged file may open as an empty store or panic, so
//! opening is caught and [`open`](super::super::open()) compares identity and commit number; `flush_async` may deadlock, merge
//! operators are gone in its successor, values above 128 KiB go to files that are never synced: none of these is used.

use std::{
    fs::File,
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::{Batch, Kv, Pair, Range, disk::Disk};
use crate::store::error::{Result, StoreError};

/// Memory for pages, in bytes. With 8 MiB, a store of a few million marks takes a fifth fewer votes a second.
const CACHE: u64 = 64 * 1024 * 1024;
/// sled's own background flush, in milliseconds. Our promise does not rest on it.
const FLUSH_EVERY_MS: u64 = 500;
/// The lock of a store that was closed a moment ago in this process may still be held by sled's threads.
const LOCK_TRIES: u32 = 40;
const LOCK_PAUSE: Duration = Duration::from_millis(25);

/// Why sled did not open.
#[derive(Debug)]
pub(crate) enum SledOpenError {
    /// Another process holds the file.
    Locked,
    /// The folder cannot be read or written.
    Io(std::io::Error),
    /// The files make no sense to sled.
    Damaged(String),
}

/// An open sled folder.
pub(crate) struct SledKv {
    tree: sled::Tree,
    db: sled::Db,
    /// A handle of our own on the file that sled writes: syncing is per inode, not per handle.
    file: File,
    path: PathBuf,
    disk: Arc<dyn Disk>,
}

impl SledKv {
    /// Opens or makes the folder. Never panics.
    pub(crate) fn open(folder: &Path, disk: Arc<dyn Disk>) -> Result<Self, SledOpenError> {
        let mut tries = 0;
        let db = loop {
            match Self::open_db(folder) {
                Err(SledOpenError::Locked) if tries < LOCK_TRIES => {
                    tries += 1;
                    std::thread::sleep(LOCK_PAUSE);
                }
                other => break other?,
            }
        };
        let path = folder.join("db");
        let file = File::options().read(true).write(true).open(&path).map_err(SledOpenError::Io)?;
        let tree = (*db).clone();
        Ok(Self { tree, db, file, path, disk })
    }

    fn open_db(folder: &Path) -> Result<sled::Db, SledOpenError> {
        let open = || {
            sled::Config::new()
                .path(folder)
                .cache_capacity(CACHE)
                .mode(sled::Mode::LowSpace)
                .flush_every_ms(Some(FLUSH_EVERY_MS))
                .open()
        };
        match catch_unwind(AssertUnwindSafe(open)) {
            Ok(Ok(db)) => Ok(db),
            Ok(Err(sled::Error::Io(error))) => {
                // sled wraps the lock's answer in an error of its own kind; only the words are left of it.
                if error.to_string().contains("could not acquire lock") {
                    Err(SledOpenError::Locked)
                } else {
                    Err(SledOpenError::Io(error))
                }
            }
            Ok(Err(error)) => Err(SledOpenError::Damaged(error.to_string())),
            Err(panic) => Err(SledOpenError::Damaged(panic_text(&*panic))),
        }
    }
}

/// The text of a panic.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic".to_owned())
}

/// Turns sled's errors, and its panics on damaged pages, into ours.
fn guarded<T>(work: impl FnOnce() -> sled::Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Corruption { .. })) => {
            Err(StoreError::Damaged("a page does not match its checksum".into()))
        }
        Ok(Err(error)) => Err(StoreError::Read(error.to_string().into())),
        Err(panic) => Err(StoreError::Damaged(panic_text(&*panic).into())),
    }
}

impl Kv for SledKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        guarded(|| self.tree.get(key)).map(|value| value.map(|value| value.to_vec()))
    }

    fn scan(&self, range: &Range, backwards: bool) -> Box<dyn Iterator<Item = Result<Pair>> + '_> {
        if range.is_void() {
            return Box::new(std::iter::empty());
        }
        let bounds: (Bound<Vec<u8>>, Bound<Vec<u8>>) = (range.from.clone(), range.to.clone());
        let mut walk = self.tree.range(bounds);
        let mut failed = false;
        Box::new(std::iter::from_fn(move || {
            if failed {
                return None;
            }
            let step = guarded(|| if backwards { walk.next_back() } else { walk.next() }.transpose());
            let pair = step.transpose()?.map(|(key, value)| (key.to_vec(), value.to_vec()));
            failed = pair.is_err();
            Some(pair)
        }))
    }

    fn commit(&self, batch: &Batch) -> Result<()> {
        let stopped = |why: String| StoreError::WritesStopped(why.into());
        guarded(|| {
            let mut writes = sled::Batch::default();
            for (key, value) in batch {
                match value {
                    Some(value) => writes.insert(key.as_slice(), value.as_slice()),
                    None => writes.remove(key.as_slice()),
                }
            }
            self.tree.apply_batch(writes)?;
            self.db.flush()
        })
        .map_err(|error| stopped(error.to_string()))?;
        // Only this makes it durable; see the head of this file.
        self.disk.sync(&self.file, &self.path).map_err(|error| stopped(error.to_string()))
    }
}
