//! Snapshots, and taking an export back into a store.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::access::{Absent, Place};
use crate::store::{
    StoreError, StoreFolder, VoterKey, contract::Upkeep as _, export, snapshots, voter_key::VOTER_KEY_FILE,
};

/// A snapshot of the store.
#[derive(Debug, Clone, Serialize)]
pub struct Snapshot {
    /// Its file name; `restore` takes it.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// When it was taken, as `YYYY-MM-DD HH:MM UTC`.
    pub taken: String,
    /// Size of the file.
    pub bytes: u64,
}

/// Why a store was not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is no way to the store.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder or file refused.
    #[error(transparent)]
    Open(#[from] crate::store::OpenError),
    /// A bot has the store open.
    #[error("a bot is running on this store; stop it first, then restore")]
    BotRuns,
    /// The store into which an export should go is not empty.
    #[error(
        "the store in {} holds something already, and an export goes into an empty one; to put it in the place of what is there: tiebreaker restore FILE", .0.display()
    )]
    NotEmpty(PathBuf),
    /// Marks hashed with one key mean nothing under another.
    #[error(
        "the voters of this export were hashed with the key {theirs}, and {}: put the voter.key that belongs to it into {} before there is a store, or set VOTER_KEY",
        .ours.as_ref().map_or_else(|| "there is no key here yet".to_owned(), |ours| format!("the key here is {ours}")),
        .folder.display()
    )]
    OtherKey {
        /// Fingerprint of the export's key.
        theirs: String,
        /// Fingerprint of the key at hand.
        ours: Option<String>,
        /// Where the key belongs.
        folder: PathBuf,
    },
}

/// The snapshots of a store, newest first.
///
/// # Errors
/// When the folder cannot be read.
pub fn snapshots(place: &Place) -> Result<Vec<Snapshot>, RestoreError> {
    let mut all = snapshots::list(&StoreFolder::at(place.folder.clone()))?;
    all.reverse();
    Ok(all
        .into_iter()
        .map(|snapshot| Snapshot {
            name: snapshot
                .path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            taken: minute(snapshot.taken.0),
            bytes: snapshot.bytes,
            path: snapshot.path,
        })
        .collect())
}

/// The snapshot of that name, or the file of that path.
#[must_use]
pub fn find(snapshots: &[Snapshot], wanted: &str) -> Option<PathBuf> {
    let listed = match wanted {
        "latest" => snapshots.first(),
        name => snapshots.iter().find(|snapshot| snapshot.name == name),
    };
    let file = || Some(PathBuf::from(wanted)).filter(|path| path.is_file());
    listed.map(|snapshot| snapshot.path.clone()).or_else(file)
}

/// Puts a snapshot in the place of the store; what was there is set aside. Returns the number of records.
///
/// # Errors
/// When a process has the store open, the file is damaged, or the disk refuses.
pub async fn restore(place: &Place, snapshot: &Path) -> Result<u64, RestoreError> {
    if super::remote::RemoteDesk::connect(&place.folder).await.is_ok_and(|bot| bot.is_some()) {
        return Err(RestoreError::BotRuns);
    }
    let mut file = File::open(snapshot).map_err(|error| StoreError::File {
        what: format!("opening {}", snapshot.display()).into(),
        why: error.to_string().into(),
    })?;
    let records = verify(&mut file)?;
    let store =
        snapshots::restore(&StoreFolder::at(place.folder.clone()), snapshot, place.options(true)).await?;
    store.close().await?;
    Ok(records)
}

/// Reads an export from end to end. Returns the number of records.
///
/// # Errors
/// When it is damaged or of a schema we do not know; with the line.
pub fn verify(file: &mut File) -> Result<u64, StoreError> {
    export::verify(file).map(|(_, records)| records)
}

/// Puts an export into a store that holds nothing. Returns the number of records.
///
/// # Errors
/// When the store holds something, another process has it open, or the export is damaged.
pub async fn take_back(
    place: &Place,
    file: &mut File,
    progress: impl FnMut(u64) + Send,
) -> Result<u64, RestoreError> {
    if super::remote::RemoteDesk::connect(&place.folder).await.is_ok_and(|bot| bot.is_some()) {
        return Err(RestoreError::BotRuns);
    }
    // Asked before a store is made: a new one would come with a key of its own, which is in the way of the right one.
    let (header, _) = export::verify(file)?;
    let ours = key_at_hand(place)?.map(|key| key.fingerprint());
    if let Some(theirs) = header.voter_key.filter(|theirs| ours.as_ref() != Some(theirs)) {
        return Err(RestoreError::OtherKey { theirs, ours, folder: place.folder.clone() });
    }
    let store = place.open(true).await?;
    if !store.is_empty().await? {
        store.close().await?;
        return Err(RestoreError::NotEmpty(place.folder.clone()));
    }
    let records = export::import(&*store, file, false, progress).await?;
    store.close().await?;
    Ok(records)
}

/// The key that a store here would have; `None`: one would be made.
fn key_at_hand(place: &Place) -> Result<Option<VoterKey>, RestoreError> {
    if let Some(setting) = &place.voter_key {
        return Ok(Some(VoterKey::of_setting(setting)));
    }
    if !place.folder.join(VOTER_KEY_FILE).exists() {
        return Ok(None);
    }
    Ok(Some(VoterKey::load_or_create(&place.folder)?))
}

fn minute(ms: i64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    time::OffsetDateTime::from_unix_timestamp(ms.div_euclid(1_000))
        .ok()
        .and_then(|at| at.format(format).ok())
        .unwrap_or_default()
}
