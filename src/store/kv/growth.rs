//! Room at the end of the engine's file, made before the engine needs it.
//!
//! A file that grows with every write costs each sync a commit of the file system's journal: the new length has to be
//! durable too. When length and blocks are there already, a sync takes the data alone. Measured on ext4 with writes as the
//! engine makes them for one vote, without the engine: 1.4 to 2.5 times as many a second.
//!
//! The engine does not mind: it reads what follows the end of its log as unused room (it meets the same after its own
//! segments were freed), and gives back what lies unused at the end when it opens. Room is added with `fallocate`, which
//! neither touches a written byte nor shortens the file, whatever the engine writes meanwhile.

use std::{
    fs::File,
    sync::atomic::{AtomicU64, Ordering},
};

/// The engine's unit of growth, in bytes.
const SEGMENT: u64 = 512 * 1024;
/// At least so much is added at once.
const AHEAD: u64 = 1024 * 1024;
/// A length that no file has: nothing is tried any more.
const NEVER: u64 = u64::MAX;

/// Keeps room at the end of a file. Only a help: when there is none to be had, the file grows as it would without.
#[derive(Debug, Default)]
pub(super) struct Growth {
    /// Length of the file when room was made last.
    length: AtomicU64,
}

impl Growth {
    /// Makes room when the file's length has changed since the last time: the engine has used up what there was, or has
    /// cut the file. Call it before a sync, which makes the new length durable with the data.
    pub(super) fn follow(&self, file: &File) {
        let known = self.length.load(Ordering::Relaxed);
        if known == NEVER {
            return;
        }
        let Ok(length) = file.metadata().map(|data| data.len()) else { return };
        if length == known {
            return;
        }
        let wanted = (length + AHEAD).next_multiple_of(SEGMENT);
        let reached = match allocate(file, length, wanted - length) {
            Ok(()) => wanted,
            // A full disk, a limit, a file system that cannot: the engine's own writes will tell what matters.
            Err(error) => {
                tracing::debug!(%error, "no room is made ahead in the store's file");
                NEVER
            }
        };
        self.length.store(reached, Ordering::Relaxed);
    }
}

#[cfg(target_os = "linux")]
fn allocate(file: &File, from: u64, bytes: u64) -> std::io::Result<()> {
    rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), from, bytes)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn allocate(_file: &File, _from: u64, _bytes: u64) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

    use super::*;

    #[test]
    fn what_is_written_stays_and_room_follows_the_length() {
        let mut file = tempfile::tempfile().unwrap();
        let length = |file: &File| file.metadata().unwrap().len();
        let growth = Growth::default();
        file.write_all(b"votes").unwrap();
        growth.follow(&file);
        assert_eq!(length(&file), 3 * SEGMENT);
        // Within the room nothing happens.
        file.write_all(b", and more of them").unwrap();
        growth.follow(&file);
        assert_eq!(length(&file), 3 * SEGMENT);
        // The engine has used it up.
        file.seek(SeekFrom::Start(3 * SEGMENT)).unwrap();
        file.write_all(&[7; 10]).unwrap();
        growth.follow(&file);
        assert_eq!(length(&file), 6 * SEGMENT);
        // The engine has cut the file.
        file.set_len(SEGMENT).unwrap();
        growth.follow(&file);
        assert_eq!(length(&file), 3 * SEGMENT);
        let mut all = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut all).unwrap();
        assert_eq!(&all[..23], b"votes, and more of them");
        assert!(all[23..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn a_file_that_cannot_be_given_room_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, b"votes").unwrap();
        let growth = Growth::default();
        // Opened for reading: the system refuses.
        growth.follow(&File::open(&path).unwrap());
        assert_eq!(growth.length.load(Ordering::Relaxed), NEVER);
        assert_eq!(std::fs::read(&path).unwrap(), b"votes");
    }
}
