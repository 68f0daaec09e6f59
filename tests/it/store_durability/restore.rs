//! The way back: snapshots, and what must not come back with them.

use tiebreaker::{
    domain::{
        change::{Actor, CatalogScope, Subject},
        ids::{ServerId, UserId},
        marks::ReactionKind,
        review::{Reviewer, Verdict},
        time::Timestamp,
    },
    store::{
        OpenError, OpenOptions, Store, StoreFolder, VoterKey,
        contract::{Edit, Expected, MarkChange, ToolHistory},
        records::Card,
        snapshots::{self, SnapshotPlan, restore},
    },
};

use super::{SERVER, message, open_at, quiet, register_cards, tool};

const ME: UserId = UserId(77);
const GONE: ServerId = ServerId(2_000);

async fn mine(store: &dyn Store, card: u64, verdict: Verdict) {
    let change = MarkChange::Add {
        card: message(card),
        voter: store.voter_hash(SERVER, ME),
        verdict,
        kind: ReactionKind::Normal,
        held_until: None,
    };
    store.apply(vec![change]).await.unwrap();
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back_with_a_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let here = StoreFolder::at(folder.path().to_owned());
    let kept = open_at(folder.path()).await.unwrap();
    let store: &dyn Store = &*kept;
    register_cards(store).await;
    let there = Card { id: message(50), server: GONE, ..store.card(message(0)).await.unwrap().unwrap() };
    store.register_card(there).await.unwrap();
    mine(store, 0, Verdict::Ship).await;
    super::vote(store, 1, 0..3).await;
    store.set_subscribed(SERVER, ME, true, Timestamp(1)).await.unwrap();
    let reviewer = Reviewer {
        id: tiebreaker::domain::ids::ReviewerId::for_server("ann"),
        name: "Ann".to_owned(),
        role: String::new(),
        motto: String::new(),
    };
    let edit = Edit {
        subject: Subject::Reviewer(reviewer.id.clone()),
        expected: Expected::Anything,
        after: Some(tiebreaker::domain::change::State::Reviewer(reviewer)),
    };
    let scope = CatalogScope::Server(SERVER);
    store.edit_catalog(scope, Actor::Member(ME), Timestamp(1), vec![edit]).await.unwrap();
    let before = kept.take_snapshot(&here).unwrap();

    let erased_at = message(1_000).created_at();
    store.erase_person(SERVER, ME, erased_at).await.unwrap();
    store.purge_server(GONE, erased_at).await.unwrap();
    mine(store, 1, Verdict::Skip).await;
    let after = kept.take_snapshot(&here).unwrap();
    store.close().await.unwrap();
    drop(kept);

    let kept = restore(&here, &before.path, quiet()).await.unwrap();
    let store: &dyn Store = &*kept;
    let person = store.person(SERVER, ME).await.unwrap();
    assert_eq!((person.marks.len(), person.subscriber, person.changes.len()), (0, None, 0));
    assert_eq!(person.erasure.unwrap().at, erased_at);
    let history = store.history(scope, ToolHistory::All, None, 9).await.unwrap();
    assert_eq!(history[0].by, Actor::Erased);
    assert_eq!((store.server(GONE).await.unwrap(), store.card(message(50)).await.unwrap()), (None, None));
    assert!(store.card(message(0)).await.unwrap().is_some(), "the rest is back");
    assert!(store.check().await.unwrap().is_clean());
    store.close().await.unwrap();
    drop(kept);

    let kept = restore(&here, &after.path, quiet()).await.unwrap();
    let store: &dyn Store = &*kept;
    let person = store.person(SERVER, ME).await.unwrap();
    assert_eq!(person.marks.len(), 1, "what came after the erasure stays");
    assert_eq!(store.tally(SERVER, &tool(1)).await.unwrap().skip, 1);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_restore_takes_only_a_whole_snapshot_and_leaves_the_store_alone_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let here = StoreFolder::at(folder.path().to_owned());
    let kept = open_at(folder.path()).await.unwrap();
    register_cards(&*kept).await;
    let snapshot = kept.take_snapshot(&here).unwrap();
    let busy = restore(&here, &snapshot.path, quiet()).await.err().expect("the store is open");
    assert!(matches!(busy, OpenError::Locked(_)), "{busy}");
    (&*kept as &dyn Store).close().await.unwrap();
    drop(kept);
    let bytes = std::fs::read(&snapshot.path).unwrap();
    for damaged in [&bytes[..bytes.len() - 20], b"hello\n".as_slice(), b""] {
        let path = folder.path().join("damaged.jsonl.gz");
        std::fs::write(&path, damaged).unwrap();
        assert!(restore(&here, &path, quiet()).await.is_err());
    }
    let other = VoterKey::random().unwrap();
    let refused = restore(&here, &snapshot.path, OpenOptions { voter_key: Some(other), ..quiet() }).await;
    assert!(matches!(refused, Err(OpenError::OtherKey { .. })), "before anything is replaced");
    let kept = open_at(folder.path()).await.expect("untouched");
    assert!((&*kept as &dyn Store).card(message(0)).await.unwrap().is_some());
}

#[tokio::test]
async fn snapshots_are_made_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let here = StoreFolder::at(folder.path().to_owned());
    let options = OpenOptions { snapshots: Some(SnapshotPlan::default()), ..OpenOptions::default() };
    let store = tiebreaker::store::open(&here, options).await.unwrap();
    register_cards(&*store).await;
    // The housekeeper looks once a second; the first change makes the first snapshot.
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while snapshots::list(&here).unwrap().is_empty() {
        assert!(std::time::Instant::now() < until, "no snapshot was made");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(snapshots::newest_age(&here).unwrap().unwrap() < 30_000);
}
