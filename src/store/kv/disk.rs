//! The one seam between the store and the disk's cache. Tests put a disk of their own here, which forgets what was not
//! synced, or which fails.

use std::{fs::File, io, path::Path};

/// Makes the bytes of a file survive loss of power.
pub trait Disk: Send + Sync {
    /// Returns when everything written to `file` so far is on the medium. `path` is the file's, `folder` the engine's.
    ///
    /// # Errors
    /// The system's. What of the file is on the medium is then unknown; trying again would not tell (the kernel drops the
    /// failed pages), so nobody does.
    fn sync(&self, file: &File, path: &Path) -> io::Result<()>;
}

/// The real one.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn sync(&self, file: &File, _path: &Path) -> io::Result<()> {
        file.sync_data()
    }
}
