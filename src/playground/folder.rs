//! Where both sides of a playground keep what they know.
//!
//! ```text
//! DIR/
//!   playground.json   says that this is a playground; server and people, once they are made
//!   discord.json      the simulator's state
//!   bot/              the bot's store
//!   lock              held while a playground runs
//! ```

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::roster::Roster;

/// The format of the folder.
const FORMAT: u32 = 1;

const MARK: &str = "playground.json";
const DISCORD: &str = "discord.json";
const BOT: &str = "bot";
const LOCK: &str = "lock";

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Something else is in it.
    #[error("{} is not empty and holds no playground: nothing in it was touched; choose another folder for --data", .0.display())]
    Foreign(PathBuf),
    /// Another process has it.
    #[error("another `tiebreaker play` runs on {}: stop it first, or choose another folder for --data", .0.display())]
    InUse(PathBuf),
    /// Not from this version.
    #[error("the playground in {} was made by another version of tiebreaker; `--fresh` empties it", .0.display())]
    OtherVersion(PathBuf),
    /// The system refuses.
    #[error("{what} {} failed: {why}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
}

/// The folder of one playground, held by this process.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    roster: Option<Roster>,
    /// Released when it is closed.
    _lock: File,
    temporary: Option<TempDir>,
}

/// The mark that a folder carries. `roster` is missing until everything is made.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    playground: u32,
    roster: Option<Roster>,
}

impl Folder {
    /// A folder that goes with this run.
    ///
    /// # Errors
    /// When the system gives no such folder.
    pub fn temporary() -> Result<Self, FolderError> {
        let made = tempfile::Builder::new().prefix("tiebreaker-play-").tempdir();
        let made =
            made.map_err(|why| failed("making a folder in", Path::new("the temporary folder"), why))?;
        let folder = Self::at(made.path(), false)?;
        Ok(Self { temporary: Some(made), ..folder })
    }

    /// A folder that stays. A missing one is made; one that holds a playground goes on, unless it shall be emptied.
    ///
    /// # Errors
    /// When it holds something else, is in use, or cannot be read or written.
    pub fn at(path: &Path, empty_it: bool) -> Result<Self, FolderError> {
        fs::create_dir_all(path).map_err(|why| failed("making", path, why))?;
        // Relative paths would lead elsewhere when somebody changes the working folder.
        let path = path.canonicalize().map_err(|why| failed("opening", path, why))?;
        let mark = read_mark(&path)?;
        let lock = lock(&path)?;
        let roster = match mark {
            Some(Mark { playground: FORMAT, roster: Some(roster) }) if !empty_it => Some(roster),
            // Whoever made it was ended before there was anything to see.
            None | Some(Mark { playground: FORMAT, .. }) => None,
            Some(_) if empty_it => None,
            Some(_) => return Err(FolderError::OtherVersion(path)),
        };
        let folder = Self { path, roster, _lock: lock, temporary: None };
        if folder.roster.is_none() {
            folder.empty()?;
            folder.write_mark(None)?;
        }
        Ok(folder)
    }

    /// The server and its people, if they were made in an earlier run.
    #[must_use]
    pub fn roster(&self) -> Option<&Roster> {
        self.roster.as_ref()
    }

    /// Notes that everything is made. The simulator's state must be saved by then.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn made(&mut self, roster: Roster) -> Result<(), FolderError> {
        self.write_mark(Some(&roster))?;
        self.roster = Some(roster);
        Ok(())
    }

    /// The folder itself, unless it goes with this run.
    #[must_use]
    pub fn kept(&self) -> Option<&Path> {
        self.temporary.is_none().then_some(self.path.as_path())
    }

    /// The simulator's state.
    #[must_use]
    pub fn discord(&self) -> PathBuf {
        self.path.join(DISCORD)
    }

    /// The bot's store.
    #[must_use]
    pub fn bot(&self) -> PathBuf {
        self.path.join(BOT)
    }

    /// Gives the folder back; a temporary one is removed.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn close(self) -> Result<(), FolderError> {
        match self.temporary {
            Some(made) => made.close().map_err(|why| failed("removing", &self.path, why)),
            None => Ok(()),
        }
    }

    /// Removes what a playground has made here, and nothing else.
    fn empty(&self) -> Result<(), FolderError> {
        // The mark goes last: until then the folder is one that may be emptied.
        for name in [BOT, DISCORD, "discord.json.new", MARK] {
            let path = self.path.join(name);
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            match removed {
                Err(why) if why.kind() != io::ErrorKind::NotFound => {
                    return Err(failed("removing", &path, why));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn write_mark(&self, roster: Option<&Roster>) -> Result<(), FolderError> {
        let path = self.path.join(MARK);
        let mark = Mark { playground: FORMAT, roster: roster.cloned() };
        let write = || {
            let mut beside = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.path)?;
            serde_json::to_writer_pretty(&mut beside, &mark)?;
            beside.write_all(b"\n")?;
            beside.as_file().sync_all()?;
            beside.persist(&path).map_err(|error| error.error)
        };
        write().map(drop).map_err(|why: io::Error| failed("writing", &path, why))
    }
}

/// The mark; none in an empty folder.
fn read_mark(folder: &Path) -> Result<Option<Mark>, FolderError> {
    let path = folder.join(MARK);
    match fs::read(&path) {
        Ok(text) => match serde_json::from_slice(&text) {
            Ok(mark) => Ok(Some(mark)),
            Err(_) => Err(FolderError::Foreign(folder.to_owned())),
        },
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let mut entries = fs::read_dir(folder).map_err(|why| failed("reading", folder, why))?;
            // A lock alone is what a process leaves that was ended right after it began.
            let foreign = entries.any(|entry| !entry.is_ok_and(|entry| entry.file_name() == LOCK));
            if foreign { Err(FolderError::Foreign(folder.to_owned())) } else { Ok(None) }
        }
        Err(why) => Err(failed("reading", &path, why)),
    }
}

fn lock(folder: &Path) -> Result<File, FolderError> {
    let path = folder.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|why| failed("opening", &path, why))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FolderError::InUse(folder.to_owned())),
        Err(TryLockError::Error(why)) => Err(failed("locking", &path, why)),
    }
}

fn failed(what: &'static str, path: &Path, why: io::Error) -> FolderError {
    FolderError::Io { what, path: path.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::ServerId;

    fn roster() -> Roster {
        Roster { server: ServerId(7), people: Vec::new() }
    }

    #[test]
    fn a_kept_folder_goes_on_and_fresh_empties_it() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("deep/play");
        let mut folder = Folder::at(&path, false).unwrap();
        assert_eq!((folder.roster(), folder.kept()), (None, Some(path.canonicalize().unwrap().as_path())));
        fs::write(folder.discord(), "{}").unwrap();
        folder.made(roster()).unwrap();
        drop(folder);

        let folder = Folder::at(&path, false).unwrap();
        assert_eq!(folder.roster(), Some(&roster()));
        assert!(matches!(Folder::at(&path, false), Err(FolderError::InUse(_))));
        drop(folder);

        fs::create_dir_all(path.join("bot/db")).unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        let folder = Folder::at(&path, true).unwrap();
        assert_eq!(folder.roster(), None);
        assert!(!folder.discord().exists() && !folder.bot().exists());
        assert!(path.join("notes.txt").exists(), "only what a playground made is removed");
    }

    #[test]
    fn what_was_not_finished_begins_anew() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(place.path(), false).unwrap();
        fs::write(folder.discord(), "half").unwrap();
        drop(folder);
        let folder = Folder::at(place.path(), false).unwrap();
        assert!(folder.roster().is_none() && !folder.discord().exists());
    }

    #[test]
    fn a_folder_of_somebody_else_is_left_alone() {
        for (name, text) in [("thesis.txt", "years of work"), (MARK, "no JSON"), (MARK, "[1]")] {
            let place = tempfile::tempdir().unwrap();
            let file = place.path().join(name);
            fs::write(&file, text).unwrap();
            for fresh in [false, true] {
                assert!(matches!(Folder::at(place.path(), fresh), Err(FolderError::Foreign(_))), "{name}");
                assert_eq!(fs::read_to_string(&file).unwrap(), text);
                assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
            }
        }
    }

    #[test]
    fn another_format_is_only_emptied_on_request() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(MARK), r#"{"playground": 9, "roster": null}"#).unwrap();
        assert!(matches!(Folder::at(place.path(), false), Err(FolderError::OtherVersion(_))));
        assert!(Folder::at(place.path(), true).is_ok());
    }

    #[test]
    fn a_temporary_folder_goes_when_it_is_closed() {
        let folder = Folder::temporary().unwrap();
        let path = folder.path.clone();
        assert!(folder.kept().is_none() && path.exists());
        folder.close().unwrap();
        assert!(!path.exists());
    }
}
