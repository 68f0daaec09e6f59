//! How a command reaches the votes: through the running bot, through the store itself, or not at all.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    desk::{Desk, DeskError},
    remote::RemoteDesk,
};

/// A way to the store.
pub struct Access {
    desk: Arc<dyn Desk>,
    /// Whether a running bot does the work.
    pub is_remote: bool,
}

/// Why there is no way to the store.
#[derive(Debug, thiserror::Error)]
pub enum Absent {
    /// No bot has run here yet, and nothing was imported.
    #[error("there is no store in {} yet; `tiebreaker run` or `tiebreaker import` makes one", .0.display())]
    NoStore(PathBuf),
    /// A process has it open and does not answer.
    #[error("another process has the store {} open and does not answer; stop it and try again", .0.display())]
    Busy(PathBuf),
    /// It does not open.
    #[error("{0}")]
    Refused(String),
}

impl Access {
    /// A way to a store that exists. Never makes one.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn look(folder: &Path) -> Result<Self, Absent> {
        match RemoteDesk::connect(folder).await {
            Ok(Some(desk)) => return Ok(Self { desk: Arc::new(desk), is_remote: true }),
            Ok(None) => {}
            Err(error) => return Err(refused(error)),
        }
        Err(Absent::NoStore(folder.to_owned()))
    }

    /// What can be asked.
    #[must_use]
    pub fn desk(&self) -> &dyn Desk {
        &*self.desk
    }
}

fn refused(error: DeskError) -> Absent {
    Absent::Refused(error.to_string())
}
