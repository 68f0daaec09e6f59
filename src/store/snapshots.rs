//! Snapshots: exports of the store that it makes of itself, by time and by size, kept in generations for 30 days at most,
//! and the way back from one.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};

use super::{
    embedded::{Embedded, Identity, SCHEMA, Watched, random_id},
    error::{OpenError, Result, StoreError},
    export::{self, Exporter, Header},
    folder::{StoreFolder, Witness, sync_folder},
    kv::{Kv, disk::RealDisk, sled::SledKv},
    open::{self, OpenOptions, now},
    records::Meta,
};
use crate::domain::time::Timestamp;

/// Days after which every snapshot is deleted: what was erased must not live on in them.
pub const KEPT_DAYS: i64 = 30;

const SUFFIX: &str = ".jsonl.gz";

/// When snapshots are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotPlan {
    /// After this time, when something changed.
    pub every: Duration,
    /// After so many bytes were written, however little time it took.
    pub bytes: u64,
    /// After this time even when nothing changed, so that there always is one.
    pub at_least_every: Duration,
}

impl Default for SnapshotPlan {
    fn default() -> Self {
        const HOUR: u64 = 3_600;
        Self {
            every: Duration::from_secs(6 * HOUR),
            bytes: 256 * 1024 * 1024,
            at_least_every: Duration::from_secs(7 * 24 * HOUR),
        }
    }
}

impl SnapshotPlan {
    /// Whether one is due. `age`: milliseconds since the last; `None`: there is none.
    pub(crate) fn is_due(&self, age: Option<i64>, changed: bool, written: u64) -> bool {
        let Some(age) = age else { return changed };
        let older = |than: Duration| u64::try_from(age).is_ok_and(|age| u128::from(age) >= than.as_millis());
        (changed && (older(self.every) || written >= self.bytes)) || older(self.at_least_every)
    }
}

/// A snapshot file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The file.
    pub path: PathBuf,
    /// When it was taken.
    pub taken: Timestamp,
    /// The last commit that is surely in it.
    pub commit: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
}

fn name(taken: Timestamp, commit: u64) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp(taken.0.div_euclid(1_000)).ok();
    let format = time::macros::format_description!("[year]-[month]-[day]T[hour]-[minute]-[second]Z");
    let written = moment.and_then(|moment| moment.format(format).ok()).unwrap_or_default();
    format!("{written}.{}.{commit}{SUFFIX}", taken.0)
}

fn parse(path: PathBuf) -> Option<Snapshot> {
    let (_, rest) = path.file_name()?.to_str()?.strip_suffix(SUFFIX)?.split_once('.')?;
    let (taken, commit) = rest.split_once('.')?;
    let (taken, commit) = (Timestamp(taken.parse().ok()?), commit.parse().ok()?);
    let bytes = fs::metadata(&path).ok()?.len();
    Some(Snapshot { path, taken, commit, bytes })
}

/// The snapshots of a folder, oldest first.
///
/// # Errors
/// When the folder cannot be read; a missing one holds none.
pub fn list(folder: &StoreFolder) -> Result<Vec<Snapshot>, OpenError> {
    let path = folder.snapshots();
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(OpenError::Folder { what: "reading", path, why }),
    };
    let mut all: Vec<Snapshot> = entries.flatten().filter_map(|entry| parse(entry.path())).collect();
    all.sort_by_key(|snapshot| (snapshot.taken, snapshot.commit));
    Ok(all)
}

/// Takes a snapshot: whole and durable under its name, or not there.
pub(crate) fn take(folder: &StoreFolder, meta: &Meta, watched: &Watched, at: Timestamp) -> Result<Snapshot> {
    let path = folder.snapshots();
    let failed = |error: io::Error| StoreError::file("writing a snapshot to", &path, &error);
    fs::create_dir_all(&path).map_err(failed)?;
    let file = tempfile::Builder::new().prefix(".new-").tempfile_in(&path).map_err(failed)?;
    let packed = GzEncoder::new(BufWriter::with_capacity(1 << 16, file), Compression::fast());
    let mut exporter = Exporter::begin(packed, &Header::of(meta, at)).map_err(failed)?;
    let mut from = None;
    loop {
        let page = watched.records(from)?;
        for record in &page.records {
            exporter.record(record).map_err(failed)?;
        }
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    let (packed, _) = exporter.end().map_err(failed)?;
    let mut writer = packed.finish().map_err(failed)?;
    writer.flush().map_err(failed)?;
    let file = writer.into_inner().map_err(|error| failed(error.into_error()))?;
    file.as_file().sync_all().map_err(failed)?;
    let bytes = file.as_file().metadata().map_err(failed)?.len();
    let target = path.join(name(at, meta.commit));
    file.persist(&target).map_err(|error| failed(error.error))?;
    sync_folder(&path).map_err(failed)?;
    Ok(Snapshot { path: target, taken: at, commit: meta.commit, bytes })
}

/// Which of these (oldest first) are kept: the four newest, the newest of each of the last 7 days, of each of the last
/// 4 weeks, and none older than [`KEPT_DAYS`].
fn kept(all: &[Snapshot], now: Timestamp) -> Vec<bool> {
    let mut kept = vec![false; all.len()];
    let mut periods = std::collections::BTreeSet::new();
    for (at, snapshot) in all.iter().enumerate().rev() {
        let age = now.since(snapshot.taken);
        if age > KEPT_DAYS * Timestamp::DAY {
            continue;
        }
        let newest = all.len() - at <= 4;
        let day =
            age < 7 * Timestamp::DAY && periods.insert(("day", snapshot.taken.0.div_euclid(Timestamp::DAY)));
        let week = periods.insert(("week", snapshot.taken.0.div_euclid(7 * Timestamp::DAY)));
        if let Some(keep) = kept.get_mut(at) {
            *keep = newest || day || week;
        }
    }
    kept
}

/// What a snapshot that was cut short by a crash left behind.
fn sweep_unfinished(folder: &StoreFolder) {
    const SURELY_DEAD: Duration = Duration::from_secs(24 * 3_600);
    for entry in fs::read_dir(folder.snapshots()).into_iter().flatten().flatten() {
        let changed = entry.metadata().and_then(|data| data.modified()).ok();
        let age = changed.and_then(|at| at.elapsed().ok()).unwrap_or_default();
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(".new-"))
            && age > SURELY_DEAD
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::warn!(file = %entry.path().display(), %error, "an unfinished snapshot could not be deleted");
        }
    }
}

/// Deletes the snapshots that are not to be kept. What cannot be deleted is told in the log and tried again later.
pub(crate) fn thin(folder: &StoreFolder, now: Timestamp) {
    sweep_unfinished(folder);
    let all = match list(folder) {
        Ok(all) => all,
        Err(error) => {
            tracing::warn!(%error, "the snapshots could not be listed");
            return;
        }
    };
    for (snapshot, _) in all.iter().zip(kept(&all, now)).filter(|(_, kept)| !kept) {
        if let Err(error) = fs::remove_file(&snapshot.path) {
            tracing::warn!(file = %snapshot.path.display(), %error, "an old snapshot could not be deleted");
        }
    }
}

/// Makes the store of a folder anew from a snapshot or another export. What was there is set aside (and deleted 30 days
/// later); erasures and purges since then are applied again. Returns the open store.
///
/// # Errors
/// When another process has the store open, the file is no whole export of a schema we know, or the disk refuses.
pub async fn restore(
    folder: &StoreFolder,
    snapshot: &Path,
    options: OpenOptions,
) -> Result<Arc<Embedded>, OpenError> {
    folder.make()?;
    let lock = folder.lock()?;
    let opened = |why| OpenError::Folder { what: "opening", path: snapshot.to_owned(), why };
    let mut source = File::open(snapshot).map_err(opened)?;
    let (header, _) = export::verify(&mut source)?;
    // A new id: the commits of the new store are not those of the old one.
    let store = random_id().map_err(|why| OpenError::Damaged { path: folder.path().to_owned(), why })?;
    let Header { application, voter_key, .. } = header;
    let identity = Identity { schema: SCHEMA, store: store.clone(), application, voter_key };
    open::admits(folder, &options, &identity)?;
    let fresh = tempfile::Builder::new().prefix("sled.new-").tempdir_in(folder.path()).map_err(|why| {
        OpenError::Folder { what: "making a folder in", path: folder.path().to_owned(), why }
    })?;
    build(fresh.path(), &identity, &mut source).await?;
    if folder.engine().exists() {
        let aside = open::set_aside(folder)?;
        tracing::info!(aside = %aside.display(), "set the former store aside");
    }
    let moved = |why| OpenError::Folder { what: "putting in place", path: folder.engine(), why };
    fs::rename(fresh.keep(), folder.engine()).map_err(moved)?;
    Witness { store, commit: 0 }.write(&folder.witness()).map_err(moved)?;
    sync_folder(folder.path()).map_err(moved)?;
    drop(lock);
    open::open(folder, options).await
}

/// Makes an engine's folder from an export.
async fn build(folder: &Path, identity: &Identity, source: &mut File) -> Result<(), OpenError> {
    let damaged = |why: String| OpenError::Damaged { path: folder.to_owned(), why };
    let kv = SledKv::open(folder, Arc::new(RealDisk)).map_err(|error| damaged(format!("{error:?}")))?;
    let kv: Arc<dyn Kv> = Arc::new(kv);
    open::put_identity(&*kv, identity)?;
    let building = Embedded::building(Arc::clone(&kv))?;
    export::load_all(&building, source, |_| ()).await?;
    building.shut();
    drop((building, kv));
    Ok(())
}

/// Age of the newest snapshot in milliseconds, for `doctor` and metrics.
///
/// # Errors
/// When the folder cannot be read.
pub fn newest_age(folder: &StoreFolder) -> Result<Option<i64>, OpenError> {
    Ok(list(folder)?.last().map(|last| now().since(last.taken)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: f64) -> Snapshot {
        #[expect(clippy::cast_possible_truncation, reason = "small numbers of a test")]
        let taken = Timestamp((day * Timestamp::DAY as f64) as i64);
        Snapshot { path: PathBuf::from(name(taken, 1)), taken, commit: 1, bytes: 0 }
    }

    #[test]
    fn names_tell_time_and_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name(Timestamp(1_764_000_000_123), 42));
        assert!(
            path.to_str().unwrap().ends_with("2025-11-24T16-00-00Z.1764000000123.42.jsonl.gz"),
            "{path:?}"
        );
        fs::write(&path, "").unwrap();
        let read = parse(path).unwrap();
        assert_eq!((read.taken, read.commit), (Timestamp(1_764_000_000_123), 42));
    }

    #[test]
    fn generations_thin_out_and_end_after_30_days() {
        // One every six hours for 60 days.
        let all: Vec<Snapshot> = (0..240).map(|n| at(1_000.0 + f64::from(n) / 4.0)).collect();
        let now = all.last().unwrap().taken;
        let keep = kept(&all, now);
        let left: Vec<&Snapshot> =
            all.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(one, _)| one).collect();
        assert!(left.iter().all(|one| now.since(one.taken) <= 30 * Timestamp::DAY));
        assert!(keep[236..].iter().all(|keep| *keep), "the four newest");
        let within =
            |days: i64| left.iter().filter(|one| now.since(one.taken) < days * Timestamp::DAY).count();
        assert!((7..=12).contains(&within(7)), "{}", within(7));
        assert!((10..=18).contains(&left.len()), "{}", left.len());
    }

    #[test]
    fn due_by_time_by_size_and_at_the_latest_after_a_week() {
        let plan = SnapshotPlan::default();
        let hours = |hours: i64| Some(hours * Timestamp::HOUR);
        assert!(plan.is_due(None, true, 0) && !plan.is_due(None, false, 0));
        assert!(!plan.is_due(hours(5), true, 0) && plan.is_due(hours(6), true, 0));
        assert!(!plan.is_due(hours(6), false, 0) && plan.is_due(hours(7 * 24), false, 0));
        assert!(plan.is_due(hours(0), true, plan.bytes));
    }
}
