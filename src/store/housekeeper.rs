//! What happens beside the writer, on a thread of its own: the witness, snapshots, and the removal of old files.

use std::{
    fs::{self, File},
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};

use super::{
    embedded::{Embedded, Identity, Watched},
    error::{OpenError, StoreError},
    folder::{StoreFolder, Witness},
    open::now,
    snapshots::{self, SnapshotPlan},
};
use crate::domain::time::Timestamp;

/// The witness is written at most this often.
const TICK: Duration = Duration::from_secs(1);
/// Old files are looked for this often.
const SWEEP: Duration = Duration::from_secs(3_600);
/// After a snapshot that failed, the next is tried so much later.
const AFTER_FAILURE: Duration = Duration::from_secs(600);

/// What the housekeeper takes care of. Holds the folder's lock.
pub(super) struct Housekeeping {
    pub(super) folder: StoreFolder,
    pub(super) identity: Identity,
    pub(super) plan: Option<SnapshotPlan>,
    pub(super) lock: File,
}

/// The running housekeeper; stops when told or dropped.
pub(super) struct Housekeeper {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Housekeeper {
    /// Writes the witness a last time, lets go of the lock, and ends. Blocks.
    fn end(&mut self) {
        *self.stop.0.lock() = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            // A housekeeper that panicked has left an older witness behind, which is allowed.
            let _ = thread.join();
        }
    }
}

impl Drop for Housekeeper {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts the housekeeper of a store.
pub(super) fn start(store: &Embedded, keeping: Housekeeping) -> Result<(), OpenError> {
    let stop = Arc::new((Mutex::new(false), Condvar::new()));
    let (for_thread, watched) = (Arc::clone(&stop), store.watched()?);
    let path = keeping.folder.path().to_owned();
    let thread = std::thread::Builder::new()
        .name("store-keeper".to_owned())
        .spawn(move || run(&keeping, &watched, &for_thread))
        .map_err(|why| OpenError::Folder { what: "starting a thread for", path, why })?;
    store.keep(Housekeeper { stop, thread: Some(thread) });
    Ok(())
}

fn run(keeping: &Housekeeping, watched: &Watched, stop: &(Mutex<bool>, Condvar)) {
    // The lock is let go with `keeping`, after the last witness.
    let _locked = &keeping.lock;
    let mut witness = Keeper { written: watched.commit(), warned: false };
    let mut sweep_at = Instant::now();
    let mut snapshots = Snapshots::begin(keeping, watched);
    loop {
        let stopping = {
            let mut stopped = stop.0.lock();
            if !*stopped {
                stop.1.wait_for(&mut stopped, TICK);
            }
            *stopped
        };
        witness.write(keeping, watched.commit());
        if stopping {
            return;
        }
        snapshots.make_if_due(keeping, watched);
        if Instant::now() >= sweep_at {
            sweep_at = Instant::now() + SWEEP;
            sweep(&keeping.folder);
        }
    }
}

struct Keeper {
    written: u64,
    warned: bool,
}

impl Keeper {
    fn write(&mut self, keeping: &Housekeeping, commit: u64) {
        if commit == self.written {
            return;
        }
        let witness = Witness { store: keeping.identity.store.clone(), commit };
        match witness.write(&keeping.folder.witness()) {
            Ok(()) => (self.written, self.warned) = (commit, false),
            // An older witness is true too, only weaker; the disk that refuses it will refuse the writer soon.
            Err(error) if !self.warned => {
                self.warned = true;
                tracing::warn!(file = %keeping.folder.witness().display(), %error, "the witness could not be written");
            }
            Err(_) => {}
        }
    }
}

/// When the last snapshot was made, and of what.
struct Snapshots {
    taken: Option<Timestamp>,
    commit: u64,
    written: u64,
    not_before: Instant,
}

impl Snapshots {
    fn begin(keeping: &Housekeeping, watched: &Watched) -> Self {
        let last = snapshots::list(&keeping.folder).ok().and_then(|all| all.into_iter().next_back());
        Self {
            taken: last.as_ref().map(|last| last.taken),
            commit: last.as_ref().map_or(0, |last| last.commit),
            written: watched.written(),
            not_before: Instant::now(),
        }
    }

    fn make_if_due(&mut self, keeping: &Housekeeping, watched: &Watched) {
        let Some(plan) = &keeping.plan else { return };
        let (commit, written) = (watched.commit(), watched.written());
        let age = self.taken.map(|taken| now().since(taken));
        if Instant::now() < self.not_before
            || !plan.is_due(age, commit != self.commit, written - self.written)
        {
            return;
        }
        match snapshots::take(&keeping.folder, &watched.meta(&keeping.identity), watched, now()) {
            Ok(snapshot) => {
                tracing::info!(file = %snapshot.path.display(), commit, "took a snapshot");
                (self.taken, self.commit, self.written) = (Some(snapshot.taken), commit, written);
                snapshots::thin(&keeping.folder, now());
            }
            Err(error) => {
                self.not_before = Instant::now() + AFTER_FAILURE;
                tracing::error!(%error, "a snapshot could not be taken");
            }
        }
    }
}

/// Deletes snapshots and files set aside that are too old: they hold what was erased since.
fn sweep(folder: &StoreFolder) {
    snapshots::thin(folder, now());
    let Ok(entries) = fs::read_dir(folder.path()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let aside = name.strip_prefix("sled.replaced-").and_then(|at| at.parse().ok()).map(Timestamp);
        let is_old = aside.is_some_and(|at| now().since(at) > snapshots::KEPT_DAYS * Timestamp::DAY);
        // A restore that a crash cut short; none is under way, since this thread holds the folder's lock.
        let is_unfinished = name.starts_with("sled.new-");
        if (is_old || is_unfinished)
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            let error = StoreError::file("deleting", &entry.path(), &error);
            tracing::warn!(%error, "files set aside could not be deleted");
        }
    }
}
