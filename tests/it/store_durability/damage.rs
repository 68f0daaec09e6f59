//! Damaged files: the store opens whole, or it says so. Never an empty store, never a part of one without a word.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use tiebreaker::store::{
    OpenError, OpenOptions, Store, StoreFolder, open,
    snapshots::{self, restore},
};

use super::{assert_nothing_lost, copy_folder, open_at, quiet, register_cards, standing_in, vote};

const MEMBERS: u64 = 300;
const CHANGES: u64 = 6;

type Damage = Box<dyn Fn(&Path)>;

fn in_file(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut file = fs::File::options().read(true).write(true).open(path).unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    // The zeros that the engine leaves at the end when it opens hold nothing that could be damaged.
    bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
    change(&mut bytes);
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(&bytes).unwrap();
    file.set_len(bytes.len() as u64).unwrap();
}

fn damages() -> Vec<(String, Damage)> {
    let mut all: Vec<(String, Damage)> = Vec::new();
    for percent in [0, 30, 60, 90, 99] {
        let cut = move |folder: &Path| {
            in_file(&folder.join("sled/db"), |bytes| bytes.truncate(bytes.len() * percent / 100));
        };
        all.push((format!("cut to {percent} %"), Box::new(cut)));
    }
    for seed in 0..6_u64 {
        let flip = move |folder: &Path| {
            in_file(&folder.join("sled/db"), |bytes| {
                let mut at = seed.wrapping_add(1);
                for _ in 0..20 {
                    at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let place = usize::try_from(at >> 33).unwrap() % bytes.len();
                    bytes[place] ^= 1 << (at % 8);
                }
            });
        };
        all.push((format!("20 bits flipped, seed {seed}"), Box::new(flip)));
    }
    for (name, from, length) in
        [("last 4 KiB", 1.0, 4_096), ("64 KiB in the middle", 0.5, 65_536), ("first 4 KiB", 0.0, 4_096)]
    {
        let zero = move |folder: &Path| {
            in_file(&folder.join("sled/db"), |bytes| {
                #[expect(
                    clippy::cast_precision_loss,
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss
                )]
                let at = ((bytes.len() as f64 * from) as usize).min(bytes.len().saturating_sub(length));
                let end = (at + length).min(bytes.len());
                bytes[at..end].fill(0);
            });
        };
        all.push((format!("{name} zeroed"), Box::new(zero)));
    }
    all.push((
        "engine's folder deleted".to_owned(),
        Box::new(|f| fs::remove_dir_all(f.join("sled")).unwrap()),
    ));
    all.push(("db deleted".to_owned(), Box::new(|f| fs::remove_file(f.join("sled/db")).unwrap())));
    all.push(("conf deleted".to_owned(), Box::new(|f| fs::remove_file(f.join("sled/conf")).unwrap())));
    let without_witness = |f: &Path| {
        fs::remove_dir_all(f.join("sled")).unwrap();
        fs::remove_file(f.join("witness.json")).unwrap();
    };
    all.push(("engine's folder and witness deleted".to_owned(), Box::new(without_witness)));
    all.push(("witness garbled".to_owned(), Box::new(|f| fs::write(f.join("witness.json"), "{").unwrap())));
    all
}

#[tokio::test]
async fn damage_is_never_silent_and_a_snapshot_leads_back() {
    let whole = tempfile::tempdir().unwrap();
    let folder = StoreFolder::at(whole.path().to_owned());
    {
        let store = open_at(whole.path()).await.unwrap();
        register_cards(&*store).await;
        let voting = (0..MEMBERS).map(|who| vote(&*store, who, 0..CHANGES));
        futures_util::future::join_all(voting).await;
        store.take_snapshot(&folder).unwrap();
        (&*store as &dyn Store).close().await.unwrap();
    }
    let acknowledged: BTreeMap<u64, u64> = (0..MEMBERS).map(|who| (who, CHANGES)).collect();
    let mut outcomes = BTreeMap::new();
    for (name, damage) in damages() {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(whole.path(), copy.path());
        damage(copy.path());
        let outcome = match open_at(copy.path()).await {
            Ok(store) => {
                // It says that it is whole: then it is, or reading tells.
                let dynamic: &dyn Store = &*store;
                match dynamic.check().await {
                    Ok(report) if report.is_clean() => {
                        assert_eq!(standing_in(dynamic).await.len() as u64 + absent(), MEMBERS, "{name}");
                        assert_nothing_lost(dynamic, &acknowledged).await;
                        "opens whole"
                    }
                    Ok(_) => "opens, and the check tells",
                    Err(_) => "opens, and reading tells",
                }
            }
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains("restore") && text.contains("--accept-loss"), "{name}: {text}");
                assert!(
                    matches!(error, OpenError::Lost { .. } | OpenError::Damaged { .. }),
                    "{name}: {text}"
                );
                "is refused"
            }
        };
        outcomes.insert(name.clone(), outcome);
        let here = StoreFolder::at(copy.path().to_owned());
        let snapshot = snapshots::list(&here).unwrap().pop().expect("the snapshot lies beside the engine");
        let store =
            restore(&here, &snapshot.path, quiet()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_nothing_lost(&*store, &acknowledged).await;
        (&*store as &dyn Store).close().await.unwrap();
        drop(store);
        open_at(copy.path()).await.unwrap_or_else(|error| panic!("{name}, after the restore: {error}"));
    }
    for (name, outcome) in &outcomes {
        println!("{name}: {outcome}");
    }
}

/// Members of whom nothing stands after their changes.
fn absent() -> u64 {
    (0..MEMBERS).filter(|who| super::standing_after(*who, CHANGES).is_empty()).count() as u64
}

#[tokio::test]
async fn the_loss_may_be_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let here = StoreFolder::at(folder.path().to_owned());
    {
        let store = open_at(folder.path()).await.unwrap();
        register_cards(&*store).await;
        vote(&*store, 1, 0..CHANGES).await;
        (&*store as &dyn Store).close().await.unwrap();
    }
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    assert!(open_at(folder.path()).await.is_err());
    let store = open(&here, OpenOptions { accept_loss: true, ..quiet() }).await.unwrap();
    assert!((&*store as &dyn Store).is_empty().await.unwrap());
    (&*store as &dyn Store).close().await.unwrap();
    drop(store);
    open_at(folder.path()).await.expect("accepted once, it is the store from now on");
}
