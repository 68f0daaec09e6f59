//! What a member may ask.

use tiebreaker::{
    domain::{
        change::{Actor, CatalogScope},
        ids::{MessageId, UserId, VoterHash},
        marks::{Halves, ReactionKind::Normal},
        review::Verdict,
        time::Timestamp,
    },
    store::{
        Store,
        contract::{Applied, ErasureReceipt, MarkChange, Standing, ToolHistory},
    },
};

use super::{OTHER, SERVER, apply, card, catalog, message, register, tally, tool};

const ME: UserId = UserId(4_242);

fn mine(store: &dyn Store, card: MessageId, verdict: Verdict) -> MarkChange {
    let voter = store.voter_hash(SERVER, ME);
    MarkChange::Add { card, voter, verdict, kind: Normal, held_until: None }
}

pub(crate) async fn a_person_sees_and_erases(store: &dyn Store) {
    let (a, b) = (register(store, 1, "x").await, register(store, 2, "y").await);
    let mut there = card(3, "x");
    there.server = OTHER;
    store.register_card(there).await.unwrap();
    apply(store, mine(store, a, Verdict::Ship)).await;
    apply(store, mine(store, b, Verdict::Skip)).await;
    apply(store, super::add(a, 1, Verdict::Ship)).await;
    let other = store.voter_hash(OTHER, ME);
    assert_ne!(other, store.voter_hash(SERVER, ME), "nobody is followed across servers");
    let elsewhere = MarkChange::Add {
        card: message(3),
        voter: other,
        verdict: Verdict::Ship,
        kind: Normal,
        held_until: None,
    };
    apply(store, elsewhere).await;
    store.set_subscribed(SERVER, ME, true, Timestamp(1)).await.unwrap();
    let by = |user| Actor::Member(user);
    let here = CatalogScope::Server(SERVER);
    store.edit_catalog(here, by(ME), Timestamp(1), vec![catalog::tool_edit("x", "X")]).await.unwrap();
    store.edit_catalog(here, by(UserId(5)), Timestamp(1), vec![catalog::tool_edit("y", "Y")]).await.unwrap();

    let person = store.person(SERVER, ME).await.unwrap();
    assert_eq!((person.marks.len(), person.changes.len(), person.blocked), (2, 1, false));
    assert!(person.subscriber.is_some() && person.erasure.is_none());

    let receipt = store.erase_person(SERVER, ME, message(9).created_at()).await.unwrap();
    let ErasureReceipt { marks, tallies, subscription, changes } = receipt;
    assert_eq!((marks, tallies.len(), subscription, changes), (2, 2, true, 1));
    let person = store.person(SERVER, ME).await.unwrap();
    assert_eq!((person.marks.len(), person.changes.len(), person.subscriber), (0, 0, None));
    assert_eq!(person.erasure.unwrap().at, message(9).created_at());
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(1, 0, 0));
    assert_eq!(store.tally(OTHER, &tool("x")).await.unwrap(), tally(1, 0, 0), "only here");
    let history = store.history(here, ToolHistory::All, None, 9).await.unwrap();
    assert_eq!(history.iter().map(|change| change.by).collect::<Vec<_>>(), [by(UserId(5)), Actor::Erased]);
}

async fn recount(store: &dyn Store, card: MessageId, voter: VoterHash) {
    let recount = store.begin_recount().await.unwrap();
    let reading = store.begin_reading(card).await.unwrap();
    let halves = Halves::NONE.with(Verdict::Ship, Normal);
    let standing = vec![Standing { voter, halves, held_until: None }];
    let applied =
        store.apply(vec![MarkChange::Reconcile { card, recount, reading, standing }]).await.unwrap();
    assert!(matches!(applied.as_slice(), [Applied::Done { .. }]), "{applied:?}");
}

pub(crate) async fn an_erasure_outlasts_recounts(store: &dyn Store) {
    let (old, new) = (register(store, 1, "x").await, register(store, 9, "x").await);
    let voter = store.voter_hash(SERVER, ME);
    apply(store, mine(store, old, Verdict::Ship)).await;
    store.erase_person(SERVER, ME, message(5).created_at()).await.unwrap();
    recount(store, old, voter).await;
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(0, 0, 0), "never brought back");
    recount(store, new, voter).await;
    assert_eq!(
        store.tally(SERVER, &tool("x")).await.unwrap(),
        tally(1, 0, 0),
        "a card after the erasure counts"
    );
    let skip = mine(store, old, Verdict::Skip);
    assert_eq!(apply(store, skip).await, tally(0, 1, 0), "and so does a new reaction on an old card");
    let twice = store.erase_person(SERVER, ME, message(10).created_at()).await.unwrap();
    assert_eq!(twice.marks, 2);
    recount(store, new, voter).await;
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(0, 0, 0));
}

pub(crate) async fn blocks_outlast_erasure(store: &dyn Store) {
    let a = register(store, 1, "x").await;
    let voter = store.voter_hash(SERVER, ME);
    store.set_blocked(SERVER, voter, true, Timestamp(1)).await.unwrap();
    assert_eq!(apply(store, mine(store, a, Verdict::Ship)).await, tally(0, 0, 1));
    store.erase_person(SERVER, ME, Timestamp(2)).await.unwrap();
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(0, 0, 0));
    assert_eq!(apply(store, mine(store, a, Verdict::Skip)).await, tally(0, 0, 1));
}
