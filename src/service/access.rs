//! How a command reaches the votes: through the running bot, through the store itself, or not at all.

use std::{path::PathBuf, sync::Arc};

use super::{
    desk::{Desk, LocalDesk},
    ports::SystemClock,
    remote::RemoteDesk,
};
use crate::store::{OpenError, OpenOptions, Store, StoreError, StoreFolder, VoterKey, open};

/// Where a store is, and what is needed to open it.
#[derive(Clone)]
pub struct Place {
    /// The data folder.
    pub folder: PathBuf,
    /// The key of `VOTER_KEY`; `None`: the key file of the folder.
    pub voter_key: Option<String>,
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

impl Place {
    /// How the store is opened by a command: no snapshots on the way.
    pub(super) fn options(&self, create: bool) -> OpenOptions {
        let voter_key = self.voter_key.as_deref().map(VoterKey::of_setting);
        OpenOptions { voter_key, create, snapshots: None, ..OpenOptions::default() }
    }

    /// Opens the store in this process.
    pub(super) async fn open(&self, create: bool) -> Result<Arc<dyn Store>, Absent> {
        let folder = StoreFolder::at(self.folder.clone());
        if !create && !folder.exists() {
            return Err(Absent::NoStore(self.folder.clone()));
        }
        match open(&folder, self.options(create)).await {
            Ok(store) => Ok(store),
            Err(OpenError::Locked(path)) => Err(Absent::Busy(path)),
            Err(error) => Err(Absent::Refused(error.to_string())),
        }
    }
}

/// A way to the store.
pub struct Access {
    desk: Arc<dyn Desk>,
    /// The store, when this process has it open.
    store: Option<Arc<dyn Store>>,
}

impl Access {
    /// A way to a store that exists. Never makes one.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn look(place: &Place) -> Result<Self, Absent> {
        Self::way(place, false).await
    }

    /// A way to a store, which is made when there is none.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn open(place: &Place) -> Result<Self, Absent> {
        Self::way(place, true).await
    }

    async fn way(place: &Place, create: bool) -> Result<Self, Absent> {
        match RemoteDesk::connect(&place.folder).await {
            Ok(Some(desk)) => return Ok(Self { desk: Arc::new(desk), store: None }),
            Ok(None) => {}
            Err(error) => return Err(Absent::Refused(error.to_string())),
        }
        let store = place.open(create).await?;
        let desk = LocalDesk::new(Arc::clone(&store), Arc::new(SystemClock));
        Ok(Self { desk: Arc::new(desk), store: Some(store) })
    }

    /// What can be asked.
    #[must_use]
    pub fn desk(&self) -> &dyn Desk {
        &*self.desk
    }

    /// Whether a running bot does the work.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.store.is_none()
    }

    /// Finishes what was written.
    ///
    /// # Errors
    /// When the store cannot be closed.
    pub async fn close(self) -> Result<(), StoreError> {
        match self.store {
            Some(store) => store.close().await,
            None => Ok(()),
        }
    }
}
