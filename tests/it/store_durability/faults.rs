//! Disks that fail, are full, or may not be written.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tiebreaker::store::{Disk, OpenOptions, Store, StoreError, StoreFolder, contract::MarkStore as _, open};

use super::{SERVER, assert_nothing_lost, change_of, child, open_at, quiet, register_cards, tool, vote};

/// Fails from the `n`th sync on.
struct Failing {
    left: AtomicU64,
}

impl Disk for Failing {
    fn sync(&self, file: &File, _path: &Path) -> io::Result<()> {
        let had = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if had.is_ok() { file.sync_data() } else { Err(io::ErrorKind::StorageFull.into()) }
    }
}

#[tokio::test]
async fn a_failed_sync_stops_writes_at_once_and_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let here = StoreFolder::at(folder.path().to_owned());
    let disk = Arc::new(Failing { left: AtomicU64::new(u64::MAX) });
    let options = OpenOptions { disk: Arc::clone(&disk) as Arc<dyn Disk>, ..quiet() };
    let store = open(&here, options).await.unwrap();
    register_cards(&*store).await;
    vote(&*store, 1, 0..10).await;
    let shown = (&*store as &dyn Store).tallies(SERVER).await.unwrap();
    disk.left.store(0, Ordering::SeqCst);
    let begun = Instant::now();
    // A member of whom nothing stands yet: their first addition would change a tally.
    for n in 0..3 {
        let failed = store.apply(vec![change_of(2, n)]).await;
        assert!(matches!(failed, Err(StoreError::WritesStopped(_))), "{failed:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(1));
    let dynamic: &dyn Store = &*store;
    assert!(matches!(dynamic.write_error(), Some(StoreError::WritesStopped(_))));
    disk.left.store(100, Ordering::SeqCst);
    let failed = store.apply(vec![change_of(2, 0)]).await;
    assert!(failed.is_err(), "a disk that failed once is not believed again");
    assert_eq!(dynamic.tallies(SERVER).await.unwrap(), shown, "reads go on, and show what is durable");
    assert!(dynamic.tally(SERVER, &tool(0)).await.is_ok());
    dynamic.close().await.unwrap();
    assert!(matches!(
        store.apply(vec![change_of(2, 0)]).await,
        Err(StoreError::WritesStopped(_) | StoreError::Closed)
    ));
    drop(store);
    let store = open_at(folder.path()).await.unwrap();
    assert_nothing_lost(&*store, &BTreeMap::from([(1, 10)])).await;
}

/// A file may not grow beyond a limit: for the store the disk is full.
#[tokio::test]
async fn a_full_disk_stops_writes_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // `ulimit -f` counts blocks of 512 bytes (dash) or 1,024 (bash): 3 or 6 MiB.
    let shell = "trap '' XFSZ; ulimit -f 6144 && {}";
    let mut process = child::start("vote and fill", folder.path(), 1, Some(shell));
    let mut acknowledged = BTreeMap::new();
    let mut stopped = None;
    for words in child::lines(&mut process) {
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["ack", who, n] => {
                acknowledged.insert(who.parse().unwrap(), n.parse().unwrap());
            }
            ["stopped", rest @ ..] => stopped = Some(rest.join(" ")),
            other => panic!("{other:?}"),
        }
    }
    process.wait().unwrap();
    let stopped = stopped.expect("the child told how it ended");
    let [longest, after, refused, reads] = stopped.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{stopped}")
    };
    assert!(longest.parse::<u64>().unwrap() < 5_000, "the failing write took {longest} ms");
    assert!(after.parse::<u64>().unwrap() < 1_000, "the refusal took {after} ms");
    assert_eq!((refused, reads), ("true", "true"), "writes are refused, reads go on");
    assert!(!acknowledged.is_empty());
    let store = open_at(folder.path()).await.unwrap();
    assert_nothing_lost(&*store, &acknowledged).await;
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_is_an_error() {
    // Nobody, not even root, may make folders there.
    let refused = open_at("/proc/tiebreaker-test".as_ref()).await.err().expect("refused");
    assert!(refused.to_string().contains("/proc/tiebreaker-test"), "{refused}");

    let folder = tempfile::tempdir().unwrap();
    let store = open_at(folder.path()).await.unwrap();
    register_cards(&*store).await;
    vote(&*store, 1, 0..5).await;
    (&*store as &dyn Store).close().await.unwrap();
    drop(store);
    // Permissions do not bind root: a read-only mount does.
    let shell = format!(
        "unshare --mount sh -c \"mount --bind '{0}' '{0}' && mount -o remount,ro,bind '{0}' && {{}}\"",
        folder.path().display()
    );
    let mut process = child::start("open", folder.path(), 1, Some(&shell));
    let said: Vec<_> = child::lines(&mut process).collect();
    process.wait().unwrap();
    match said.first().map(|words| words.join(" ")) {
        Some(words) => assert!(words.starts_with("refused ") && words.contains("os error 30"), "{words}"),
        None => eprintln!("SKIPPED: a read-only mount needs root and `unshare`"),
    }
    let store = open_at(folder.path()).await.unwrap();
    assert_nothing_lost(&*store, &BTreeMap::from([(1, 5)])).await;
}
