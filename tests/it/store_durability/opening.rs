//! Which stores open, and what is said of the others.

use std::time::{Duration, Instant};

use tiebreaker::{
    domain::{ids::ApplicationId, score::Tally},
    store::{OpenError, OpenOptions, SCHEMA, Store, StoreFolder, VoterKey, open, voter_key::VOTER_KEY_FILE},
};

use super::{SERVER, child, open_at, quiet, register_cards, tool, vote};

async fn small_store(folder: &std::path::Path) {
    let store = open_at(folder).await.unwrap();
    register_cards(&*store).await;
    vote(&*store, 1, 0..6).await;
    (&*store as &dyn Store).close().await.unwrap();
}

/// Writes into the engine behind the store's back.
fn write_raw(folder: &std::path::Path, pairs: &[(&[u8], &[u8])]) {
    let db = sled::open(folder.join("sled")).unwrap();
    for (key, value) in pairs {
        db.insert(key, *value).unwrap();
    }
    db.flush().unwrap();
}

#[tokio::test]
async fn a_second_process_gets_a_clear_error_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_at(folder.path()).await.unwrap();
    let begun = Instant::now();
    let here = open_at(folder.path()).await.err().expect("refused within the process too");
    assert!(matches!(here, OpenError::Locked(_)), "{here}");
    assert!(begun.elapsed() < Duration::from_secs(1));
    let mut process = child::start("open", folder.path(), 1, None);
    let said: Vec<_> = child::lines(&mut process).map(|words| words.join(" ")).collect();
    process.wait().unwrap();
    assert!(said[0].starts_with("refused another process has the store"), "{said:?}");
    (&*store as &dyn Store).close().await.unwrap();
    open_at(folder.path()).await.expect("free again");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    small_store(folder.path()).await;
    let newer = format!("\u{1}{{\"schema\":{},\"store\":\"x\"}}", SCHEMA + 1);
    write_raw(folder.path(), &[(b"\0meta", newer.as_bytes())]);
    let refused = open_at(folder.path()).await.err().expect("refused");
    assert!(
        matches!(refused, OpenError::Newer { found, known } if (found, known) == (SCHEMA + 1, SCHEMA)),
        "{refused}"
    );
}

#[tokio::test]
async fn an_older_schema_is_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    // A store of schema 0: one member's mark, and a tally of two 32-bit numbers.
    let (server, card) = (SERVER.0.to_be_bytes(), super::message(0).0.to_be_bytes());
    let voter = super::voter(1).0;
    let seq = 7_u64.to_be_bytes();
    let marks = [&[1, 2][..], &card, &seq].concat();
    let card_value =
        [&[1][..], &server, &1_u64.to_be_bytes(), &i64::MIN.to_be_bytes(), &[0, 2], b"en", b"even"].concat();
    write_raw(
        folder.path(),
        &[
            (b"\0meta", b"\x01{\"schema\":0,\"store\":\"00112233445566778899aabbccddeeff\"}"),
            (b"\0head", &[&[1][..], &3_u64.to_be_bytes(), &seq].concat()),
            (&[b"M", &server[..], &voter, b"even"].concat(), &marks),
            (&[b"k", &card[..], &voter].concat(), &[1, 1]),
            (&[b"c", &card[..]].concat(), &card_value),
            (&[b"l", &server[..], &card].concat(), &[&[1][..], &1_u64.to_be_bytes()].concat()),
            (&[b"s", &server[..], b"even\0", &card].concat(), &[1]),
            (&[b"t", &server[..], b"even"].concat(), &[1, 0, 0, 0, 1, 0, 0, 0, 0]),
        ],
    );
    let store = open_at(folder.path()).await.unwrap();
    let dynamic: &dyn Store = &*store;
    let meta = dynamic.meta().await.unwrap();
    assert_eq!(
        (meta.schema, meta.store.as_str(), meta.commit),
        (SCHEMA, "00112233445566778899aabbccddeeff", 3)
    );
    assert_eq!(dynamic.tally(SERVER, &tool(0)).await.unwrap(), Tally { ship: 1, skip: 0, held: 0 });
    let report = dynamic.check().await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    // What is seen from now on is newer than what stood.
    vote(dynamic, 1, 0..6).await;
    assert!(dynamic.check().await.unwrap().is_clean());
}

#[tokio::test]
async fn another_application_is_refused_naming_both() {
    let folder = tempfile::tempdir().unwrap();
    let as_application = |id| OpenOptions { application: Some(ApplicationId(id)), ..quiet() };
    let here = StoreFolder::at(folder.path().to_owned());
    let store = open(&here, as_application(11)).await.unwrap();
    (&*store as &dyn Store).close().await.unwrap();
    let looking = open_at(folder.path()).await.expect("a command that knows no application may look");
    (&*looking as &dyn Store).close().await.unwrap();
    let refused = open(&here, as_application(12)).await.err().expect("refused").to_string();
    assert!(refused.contains("11") && refused.contains("12"), "{refused}");
    open(&here, as_application(11)).await.expect("the right one opens it");
}

#[tokio::test]
async fn another_key_is_refused_naming_both_and_a_lost_key_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    small_store(folder.path()).await;
    let here = StoreFolder::at(folder.path().to_owned());
    let file = folder.path().join(VOTER_KEY_FILE);
    let key = VoterKey::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let other = VoterKey::random().unwrap();
    let with = |key: &VoterKey| OpenOptions { voter_key: Some(key.clone()), ..quiet() };
    let refused = open(&here, with(&other)).await.err().expect("refused").to_string();
    assert!(refused.contains(&key.fingerprint()) && refused.contains(&other.fingerprint()), "{refused}");
    std::fs::remove_file(&file).unwrap();
    let refused = open_at(folder.path()).await.err().expect("refused");
    assert!(matches!(refused, OpenError::OtherKey { .. }), "{refused}");
    assert!(!file.exists(), "no new key was made in its place");
    open(&here, with(&key)).await.expect("the setting stands in for the file");
}

#[tokio::test]
async fn a_missing_store_is_made_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let here = StoreFolder::at(folder.path().join("none"));
    let refused = open(&here, OpenOptions { create: false, ..quiet() }).await.err().expect("refused");
    assert!(matches!(refused, OpenError::Folder { .. }), "{refused}");
    assert!(!here.path().exists());
}
