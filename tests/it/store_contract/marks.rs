//! Marks, ballots and tallies.

use std::sync::Arc;

use Verdict::{Ship, Skip};
use tiebreaker::{
    domain::{
        marks::{
            Halves,
            ReactionKind::{Normal, Super},
        },
        review::Verdict,
        score::Everywhere,
        time::Timestamp,
    },
    store::{
        Store,
        contract::{Applied, MarkChange, Release, Standing},
    },
};

use super::{OTHER, SERVER, add, apply, card, register, remove, tally, tool, voter};

pub(crate) async fn the_newest_standing_mark_counts(store: &dyn Store) {
    let (a, b) = (register(store, 1, "x").await, register(store, 2, "x").await);
    assert_eq!(apply(store, add(a, 1, Ship)).await, tally(1, 0, 0));
    assert_eq!(apply(store, add(b, 1, Ship)).await, tally(1, 0, 0), "a second card does not double a vote");
    assert_eq!(apply(store, add(a, 1, Skip)).await, tally(0, 1, 0));
    assert_eq!(apply(store, remove(a, 1, Skip)).await, tally(1, 0, 0));
    assert_eq!(apply(store, remove(b, 1, Ship)).await, tally(1, 0, 0));
    assert_eq!(apply(store, remove(a, 1, Ship)).await, tally(0, 0, 0));
    assert_eq!(store.tallies(SERVER).await.unwrap(), []);
}

pub(crate) async fn a_repeated_event_changes_nothing(store: &dyn Store) {
    let a = register(store, 1, "x").await;
    apply(store, add(a, 1, Ship)).await;
    apply(store, add(a, 1, Skip)).await;
    let again = store.apply(vec![add(a, 1, Ship), remove(a, 2, Ship)]).await.unwrap();
    for applied in again {
        let Applied::Done { tally: change, members } = applied else { panic!("{applied:?}") };
        assert_eq!((members, change.before, change.after), (0, tally(0, 1, 0), tally(0, 1, 0)));
    }
    let half = MarkChange::Add { card: a, voter: voter(1), verdict: Ship, kind: Super, held_until: None };
    assert_eq!(apply(store, half).await, tally(0, 1, 0), "a super reaction is no further mark");
    assert_eq!(apply(store, remove(a, 1, Ship)).await, tally(0, 1, 0));
    assert_eq!(apply(store, remove(a, 1, Skip)).await, tally(1, 0, 0), "its super half still stands");
    assert_eq!(store.counts_on(a).await.unwrap(), [0, 1, 0, 0]);
}

pub(crate) async fn unknown_cards_take_nothing(store: &dyn Store) {
    let applied = store.apply(vec![add(super::message(9), 1, Ship)]).await.unwrap();
    assert_eq!(applied, [Applied::UnknownCard]);
    assert!(store.is_empty().await.unwrap());
}

pub(crate) async fn clearing_takes_marks_away(store: &dyn Store) {
    let (a, b) = (register(store, 1, "x").await, register(store, 2, "x").await);
    for who in 1..=3 {
        apply(store, add(a, who, Ship)).await;
        apply(store, add(a, who, Skip)).await;
    }
    apply(store, add(b, 1, Ship)).await;
    assert_eq!(apply(store, MarkChange::ClearEmoji { card: a, verdict: Skip }).await, tally(3, 0, 0));
    assert_eq!(apply(store, MarkChange::ClearAll { card: a }).await, tally(1, 0, 0));
    assert_eq!(store.marks_on(a).await.unwrap(), []);
}

pub(crate) async fn a_deleted_card_freezes_its_marks(store: &dyn Store) {
    let (a, b) = (register(store, 1, "x").await, register(store, 2, "x").await);
    apply(store, add(a, 1, Ship)).await;
    apply(store, add(a, 2, Ship)).await;
    let freeze = MarkChange::Freeze { card: a, at: Timestamp(5) };
    assert_eq!(apply(store, freeze.clone()).await, tally(2, 0, 0));
    let late = vec![remove(a, 1, Ship), MarkChange::ClearAll { card: a }, add(a, 3, Ship), freeze];
    assert_eq!(store.apply(late).await.unwrap(), vec![Applied::FrozenCard; 4]);
    assert_eq!(apply(store, add(b, 1, Skip)).await, tally(1, 1, 0));
    assert_eq!(
        apply(store, remove(b, 1, Skip)).await,
        tally(1, 0, 0),
        "the frozen mark was dropped for good"
    );
}

async fn recount(store: &dyn Store, n: u64, standing: &[(u8, Halves)]) -> Applied {
    let run = store.begin_recount().await.unwrap();
    let id = super::message(n);
    let reading = store.begin_reading(id).await.unwrap();
    let standing = standing_list(standing);
    let change = MarkChange::Reconcile { card: id, recount: run, reading, standing };
    store.apply(vec![change]).await.unwrap().remove(0)
}

fn standing_list(standing: &[(u8, Halves)]) -> Vec<Standing> {
    standing
        .iter()
        .map(|(who, halves)| Standing { voter: voter(*who), halves: *halves, held_until: None })
        .collect()
}

const SHIP: Halves = Halves::NONE.with(Ship, Normal);
const SKIP: Halves = Halves::NONE.with(Skip, Normal);

pub(crate) async fn a_recount_makes_a_card_equal(store: &dyn Store) {
    let (a, _) = (register(store, 1, "x").await, register(store, 2, "x").await);
    apply(store, add(a, 1, Ship)).await;
    apply(store, add(a, 2, Ship)).await;
    // 1 took it back, 2 changed, 3 is new, 4 stands twice.
    let done = recount(store, 1, &[(2, SHIP.union(SKIP)), (3, SHIP), (4, SHIP.union(SKIP))]).await;
    assert!(matches!(done, Applied::Done { members: 4, .. }), "{done:?}");
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(1, 1, 0), "4 counts as neither");
    assert_eq!(apply(store, remove(a, 4, Skip)).await, tally(2, 1, 0));
    // Two cards of one recount: the newer card wins, whatever the order of reading.
    let run = store.begin_recount().await.unwrap();
    for (n, halves) in [(2, SKIP), (1, SHIP)] {
        let card = super::message(n);
        let reading = store.begin_reading(card).await.unwrap();
        let mut standing = standing_list(&[(5, halves)]);
        if n == 1 {
            standing.extend(standing_list(&[(2, SHIP.union(SKIP)), (3, SHIP), (4, SHIP)]));
        }
        store.apply(vec![MarkChange::Reconcile { card, recount: run, reading, standing }]).await.unwrap();
    }
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(2, 2, 0));
}

pub(crate) async fn a_recount_does_not_override_later_events(store: &dyn Store) {
    let a = register(store, 1, "x").await;
    apply(store, add(a, 1, Ship)).await;
    apply(store, add(a, 4, Ship)).await;
    let run = store.begin_recount().await.unwrap();
    let reading = store.begin_reading(a).await.unwrap();
    // While the lists are read: 1 takes back, 2 adds, 3 adds and takes back; then the lists as they were before.
    let meanwhile = vec![remove(a, 1, Ship), add(a, 2, Skip), add(a, 3, Ship), remove(a, 3, Ship)];
    store.apply(meanwhile).await.unwrap();
    let standing = standing_list(&[(1, SHIP), (3, SHIP)]);
    let change = MarkChange::Reconcile { card: a, recount: run, reading, standing };
    store.apply(vec![change]).await.unwrap();
    assert_eq!(
        store.tally(SERVER, &tool("x")).await.unwrap(),
        tally(0, 1, 0),
        "4 was not touched and is not listed"
    );
    // Cleared while it was read: nothing of that emoji is believed.
    let run = store.begin_recount().await.unwrap();
    let reading = store.begin_reading(a).await.unwrap();
    store.apply(vec![MarkChange::ClearEmoji { card: a, verdict: Ship }, add(a, 6, Ship)]).await.unwrap();
    let standing = standing_list(&[(2, SKIP), (5, SHIP)]);
    store.apply(vec![MarkChange::Reconcile { card: a, recount: run, reading, standing }]).await.unwrap();
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(1, 1, 0));
}

pub(crate) async fn a_reading_is_good_for_one_recount(store: &dyn Store) {
    let (a, b) = (register(store, 1, "x").await, register(store, 2, "x").await);
    apply(store, add(a, 1, Ship)).await;
    let recount = store.begin_recount().await.unwrap();
    let reading = store.begin_reading(a).await.unwrap();
    let change =
        |card| MarkChange::Reconcile { card, recount, reading, standing: standing_list(&[(1, SHIP)]) };
    assert_eq!(store.apply(vec![change(b)]).await.unwrap(), [Applied::UnknownReading], "of another card");
    assert_eq!(store.apply(vec![change(a)]).await.unwrap(), [Applied::UnknownReading], "it ended");
    let reading = store.begin_reading(a).await.unwrap();
    store.end_reading(reading).await;
    let change = MarkChange::Reconcile { card: a, recount, reading, standing: Vec::new() };
    assert_eq!(store.apply(vec![change]).await.unwrap(), [Applied::UnknownReading]);
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(1, 0, 0));
}

pub(crate) async fn blocked_members_are_held(store: &dyn Store) {
    let (a, y) = (register(store, 1, "x").await, register(store, 2, "y").await);
    apply(store, add(a, 1, Ship)).await;
    apply(store, add(a, 2, Ship)).await;
    apply(store, add(y, 1, Skip)).await;
    let changed = store.set_blocked(SERVER, voter(1), true, Timestamp(1)).await.unwrap();
    assert_eq!(changed.len(), 2);
    assert!(store.is_blocked(SERVER, voter(1)).await.unwrap());
    assert!(!store.is_blocked(OTHER, voter(1)).await.unwrap());
    assert_eq!(store.blocked_count(SERVER).await.unwrap(), 1);
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(1, 0, 1));
    assert_eq!(apply(store, add(a, 1, Skip)).await, tally(1, 0, 2));
    assert_eq!(store.set_blocked(SERVER, voter(1), true, Timestamp(2)).await.unwrap(), []);
    store.release(SERVER, Release::All).await.unwrap();
    assert_eq!(
        store.tally(SERVER, &tool("x")).await.unwrap(),
        tally(1, 0, 2),
        "a block is lifted, not released"
    );
    store.set_blocked(SERVER, voter(1), false, Timestamp(3)).await.unwrap();
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(1, 1, 0));
    assert_eq!(store.tally(SERVER, &tool("y")).await.unwrap(), tally(0, 1, 0));
}

pub(crate) async fn held_marks_mature_and_are_released(store: &dyn Store) {
    let a = register(store, 1, "x").await;
    let held = |who, until| MarkChange::Add {
        card: a,
        voter: voter(who),
        verdict: Ship,
        kind: Normal,
        held_until: Some(Timestamp(until)),
    };
    for (who, until) in [(1, 100), (2, 200), (3, 300), (4, 400)] {
        apply(store, held(who, until)).await;
    }
    assert_eq!(store.mature(Timestamp(99)).await.unwrap(), []);
    let changed = store.mature(Timestamp(200)).await.unwrap();
    assert_eq!((changed[0].before, changed[0].after), (tally(0, 0, 4), tally(2, 0, 2)));
    assert_eq!(store.release(OTHER, Release::All).await.unwrap(), []);
    assert_eq!(store.release(SERVER, Release::Tool(tool("y"))).await.unwrap(), []);
    assert_eq!(store.release(SERVER, Release::Voter(voter(4))).await.unwrap()[0].after, tally(3, 0, 1));
    apply(store, remove(a, 3, Ship)).await;
    assert_eq!(store.mature(Timestamp(1_000)).await.unwrap(), [], "what was taken back does not mature");
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(3, 0, 0));
}

pub(crate) async fn sums_over_all_servers(store: &dyn Store) {
    let a = register(store, 1, "x").await;
    let mut there = card(2, "x");
    there.server = OTHER;
    let b = there.id;
    store.register_card(there).await.unwrap();
    let own = register(store, 3, "srv-0000000000000001").await;
    apply(store, add(a, 1, Ship)).await;
    apply(store, add(b, 1, Skip)).await;
    apply(store, add(b, 2, Ship)).await;
    apply(store, add(own, 2, Ship)).await;
    let sum = Everywhere { ship: 2, skip: 1, servers: 2 };
    assert_eq!(store.everywhere(&tool("x")).await.unwrap(), sum);
    assert_eq!(
        store.everywhere_all().await.unwrap(),
        [(tool("x"), sum)],
        "a server's own tool is nobody else's"
    );
    apply(store, remove(a, 1, Ship)).await;
    assert_eq!(store.everywhere(&tool("x")).await.unwrap(), Everywhere { ship: 1, skip: 1, servers: 1 });
}

pub(crate) async fn a_unit_is_all_or_nothing_in_order(store: &dyn Store) {
    let a = register(store, 1, "x").await;
    let changes = vec![add(a, 1, Ship), add(a, 1, Skip), remove(a, 1, Skip), add(a, 2, Skip)];
    let applied = store.apply(changes).await.unwrap();
    let after: Vec<_> = applied
        .iter()
        .map(|applied| match applied {
            Applied::Done { tally, .. } => (tally.after.ship, tally.after.skip),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(after, [(1, 0), (0, 1), (1, 0), (1, 1)]);
}

pub(crate) async fn many_tasks_vote_at_once(store: &dyn Store) {
    const TASKS: u8 = 32;
    let mut cards = Vec::new();
    for n in 1..=4 {
        cards.push(register(store, n, "x").await);
    }
    let cards = Arc::new(cards);
    let votes = (1..=TASKS).map(|who| {
        let cards = Arc::clone(&cards);
        async move {
            for card in cards.iter() {
                store.apply(vec![add(*card, who, Ship), add(*card, who, Skip)]).await.unwrap();
                store.apply(vec![remove(*card, who, Skip)]).await.unwrap();
            }
        }
    });
    futures_util::future::join_all(votes).await;
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(TASKS.into(), 0, 0));
}
