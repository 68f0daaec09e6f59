//! Loss of power: only what was synced survives. A disk of our own copies the engine's files at every sync; the copy is
//! what a machine would find after the cut.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::{Condvar, Mutex};
use tiebreaker::{
    domain::score::Tally,
    store::{
        Disk, OpenError, OpenOptions, Store, StoreFolder,
        contract::{MarkStore as _, Upkeep as _},
        open,
    },
};

use super::{
    SERVER, assert_nothing_lost, change_of, copy_folder, open_at, quiet, register_cards, tool, vote,
};

/// Keeps what was synced. `lies`: says that it synced, and does not; the control that shows that these tests see a loss.
struct Survivor {
    folder: PathBuf,
    lies: AtomicBool,
    /// While it copies, nobody may look.
    copying: Mutex<()>,
}

impl Disk for Survivor {
    fn sync(&self, _file: &File, path: &Path) -> io::Result<()> {
        if !self.lies.load(Ordering::SeqCst) {
            let _copying = self.copying.lock();
            copy_folder(path.parent().unwrap(), &self.folder);
        }
        Ok(())
    }
}

fn survivor(at: &Path) -> Arc<Survivor> {
    Arc::new(Survivor { folder: at.join("sled"), lies: AtomicBool::new(false), copying: Mutex::new(()) })
}

fn with(disk: Arc<dyn Disk>) -> OpenOptions {
    OpenOptions { disk, ..quiet() }
}

/// What a machine finds after the cut: the engine's files as they were synced; the small files beside them are synced
/// when they are written.
fn after_cut(disk: &Survivor, folder: &Path, to: &Path) {
    {
        let _copying = disk.copying.lock();
        copy_folder(&disk.folder, &to.join("sled"));
    }
    for name in ["witness.json", "voter.key", "deletions.jsonl"] {
        if folder.join(name).exists() {
            std::fs::copy(folder.join(name), to.join(name)).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_power_goes() {
    const MEMBERS: u64 = 8;
    let (folder, synced) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let disk = survivor(synced.path());
    let here = StoreFolder::at(folder.path().to_owned());
    let store = open(&here, with(Arc::clone(&disk) as Arc<dyn Disk>)).await.unwrap();
    register_cards(&*store).await;
    let done: Arc<Vec<AtomicU64>> = Arc::new((0..MEMBERS).map(|_| AtomicU64::new(0)).collect());
    let stop = Arc::new(AtomicBool::new(false));
    let voting: Vec<_> = (0..MEMBERS)
        .map(|who| {
            let (store, done, stop) = (Arc::clone(&store), Arc::clone(&done), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut n = 0;
                while !stop.load(Ordering::SeqCst) {
                    store.apply(vec![change_of(who, n)]).await.unwrap();
                    n += 1;
                    done[usize::try_from(who).unwrap()].store(n, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let mut total = 0;
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(40)).await;
        // First what was acknowledged, then what survives: the second must hold the first.
        let acknowledged: Vec<u64> = done.iter().map(|n| n.load(Ordering::SeqCst)).collect();
        let found = tempfile::tempdir().unwrap();
        after_cut(&disk, folder.path(), found.path());
        let store = open_at(found.path()).await.unwrap();
        let report = store.check().await.unwrap();
        assert!(report.is_clean(), "{report:?}");
        // Votes went on between the two looks, so a member may be further than acknowledged, never behind.
        let standing = super::standing_in(&*store).await;
        for (who, least) in (0..).zip(&acknowledged) {
            let stands = standing.get(&super::voter(who)).cloned().unwrap_or_default();
            let most = done[usize::try_from(who).unwrap()].load(Ordering::SeqCst) + 1;
            let reached = (*least..=most).any(|n| super::standing_after(who, n) == stands);
            assert!(reached, "member {who}: {least} changes were acknowledged, found {stands:?}");
        }
        total = acknowledged.iter().sum();
    }
    stop.store(true, Ordering::SeqCst);
    for task in voting {
        task.await.unwrap();
    }
    assert!(total > 50, "{total} votes were acknowledged");
}

/// The control: with a disk that only says that it synced, the same look finds a loss, and opening refuses it.
#[tokio::test]
async fn a_missing_sync_is_seen_and_refused() {
    let (folder, synced, found) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let disk = survivor(synced.path());
    let here = StoreFolder::at(folder.path().to_owned());
    let store = open(&here, with(Arc::clone(&disk) as Arc<dyn Disk>)).await.unwrap();
    register_cards(&*store).await;
    vote(&*store, 1, 0..20).await;
    disk.lies.store(true, Ordering::SeqCst);
    vote(&*store, 1, 20..60).await;
    (&*store as &dyn Store).close().await.unwrap();
    after_cut(&disk, folder.path(), found.path());
    let refused = open_at(found.path()).await.err().expect("a loss is refused");
    assert!(matches!(refused, OpenError::Lost { .. }), "{refused}");
    assert!(
        refused.to_string().contains("restore") && refused.to_string().contains("--accept-loss"),
        "{refused}"
    );
    let options = OpenOptions { accept_loss: true, ..quiet() };
    let store = open(&StoreFolder::at(found.path().to_owned()), options).await.unwrap();
    assert_nothing_lost(&*store, &BTreeMap::from([(1, 20)])).await;
}

/// Holds every sync until it is let go.
#[derive(Default)]
struct Gate {
    state: Mutex<(u64, bool)>,
    changed: Condvar,
}

impl Disk for Gate {
    fn sync(&self, file: &File, _path: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        state.0 += 1;
        self.changed.notify_all();
        while !state.1 {
            self.changed.wait(&mut state);
        }
        drop(state);
        file.sync_data()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_or_shown_before_the_sync() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Arc::new(Gate::default());
    gate.state.lock().1 = true;
    let here = StoreFolder::at(folder.path().to_owned());
    let store = open(&here, with(Arc::clone(&gate) as Arc<dyn Disk>)).await.unwrap();
    register_cards(&*store).await;
    vote(&*store, 1, 0..1).await;
    let (card, verdict, is_added) = super::nth_change(1, 0);
    assert!(is_added, "the first change of this member is an addition: {verdict:?}");
    let before = (&*store as &dyn Store).tally(SERVER, &tool(card)).await.unwrap();
    assert_eq!(before.ballots(), 1);

    let syncs = {
        let mut state = gate.state.lock();
        state.1 = false;
        state.0
    };
    let other = Arc::clone(&store);
    // Another member does the same as the first.
    let change = match change_of(1, 0) {
        tiebreaker::store::contract::MarkChange::Add { card, verdict, kind, held_until, .. } => {
            let voter = super::voter(2);
            tiebreaker::store::contract::MarkChange::Add { card, voter, verdict, kind, held_until }
        }
        other => panic!("{other:?}"),
    };
    let voting = tokio::spawn(async move { other.apply(vec![change]).await });
    let waiting = Arc::clone(&gate);
    tokio::task::spawn_blocking(move || {
        let mut state = waiting.state.lock();
        while state.0 == syncs {
            waiting.changed.wait(&mut state);
        }
    })
    .await
    .unwrap();
    // The engine has the vote; the disk has not. Nobody may hear of it.
    let now = |store: Arc<tiebreaker::store::Embedded>| async move {
        let store: &dyn Store = &*store;
        let tallies = store.tallies(SERVER).await.unwrap();
        let sum = store.everywhere(&tool(card)).await.unwrap();
        (store.tally(SERVER, &tool(card)).await.unwrap(), tallies.len(), sum.ship + sum.skip)
    };
    assert_eq!(now(Arc::clone(&store)).await, (before, 1, 1));
    assert!(!voting.is_finished(), "acknowledged before the sync");
    {
        gate.state.lock().1 = true;
        gate.changed.notify_all();
    }
    voting.await.unwrap().unwrap();
    let (after, _, sum) = now(Arc::clone(&store)).await;
    assert_eq!((after.ballots(), sum), (2, 2));
    assert_ne!(after, Tally::default());
}
