//! Catalogs and their history.

use tiebreaker::{
    domain::{
        change::{Actor, CatalogScope, ChangeId, State, Subject, ToolEntry},
        ids::{CategoryId, ReviewerId, ToolId, UserId},
        marks::{Halves, ReactionKind},
        review::{Review, Verdict},
        time::Timestamp,
        tool::{Entry, EntryKind, Tool},
    },
    store::{
        Store, StoreError,
        contract::{AppliedEdit, CardPlace, Edit, Expected, ToolHistory},
        records::{ComparisonCount, Week},
    },
};

use super::{OTHER, SERVER, add, apply, register, tally, tool, voter};

const HERE: CatalogScope = CatalogScope::Server(SERVER);
const BY: Actor = Actor::Member(UserId(77));

pub(crate) fn entry(id: &str, name: &str) -> Tool {
    Tool {
        id: tool(id),
        name: name.to_owned(),
        aliases: Vec::new(),
        formerly: Vec::new(),
        vendor: String::new(),
        category: CategoryId::trusted("models"),
        also: Vec::new(),
        tagline: "A line".to_owned(),
        description: String::new(),
        link: None,
        lang: "en".to_owned(),
        entry: Entry {
            kind: EntryKind::Free,
            note: String::new(),
            checked: time::macros::date!(2026 - 11 - 24),
            amount: None,
            currency: None,
            per: None,
        },
    }
}

pub(crate) fn shown(id: &str, name: &str) -> State {
    State::shown(entry(id, name))
}

pub(crate) fn edit(subject: Subject, after: Option<State>) -> Edit {
    Edit { subject, expected: Expected::Anything, after }
}

pub(crate) fn tool_edit(id: &str, name: &str) -> Edit {
    edit(Subject::Tool(tool(id)), Some(shown(id, name)))
}

fn review(who: &str, verdict: Verdict) -> State {
    State::Review(Review {
        reviewer: ReviewerId::for_server(who),
        verdict,
        quote: "It holds.".to_owned(),
        date: time::macros::date!(2026 - 11 - 24),
    })
}

fn review_edit(id: &str, who: &str, verdict: Verdict) -> Edit {
    edit(Subject::Review(tool(id), ReviewerId::for_server(who)), Some(review(who, verdict)))
}

async fn edits(store: &dyn Store, scope: CatalogScope, edits: Vec<Edit>) -> Vec<AppliedEdit> {
    store.edit_catalog(scope, BY, Timestamp(5), edits).await.unwrap()
}

pub(crate) async fn edits_make_history(store: &dyn Store) {
    let done = edits(
        store,
        HERE,
        vec![
            tool_edit("x", "X"),
            tool_edit("x", "X"),
            review_edit("x", "ann", Verdict::Ship),
            review_edit("x", "ann", Verdict::Skip),
            tool_edit("y", "Y"),
        ],
    )
    .await;
    let changed = |n| AppliedEdit::Changed(ChangeId(n));
    assert_eq!(done, [changed(1), AppliedEdit::Same, changed(2), changed(3), changed(4)]);
    let catalog = store.catalog(HERE).await.unwrap();
    assert_eq!(catalog.len(), 3, "one review per tool and reviewer");
    let subject = Subject::Review(tool("x"), ReviewerId::for_server("ann"));
    assert_eq!(store.catalog_state(HERE, &subject).await.unwrap(), Some(review("ann", Verdict::Skip)));
    let ids = async |which, before, limit| -> Vec<u64> {
        let history = store.history(HERE, which, before, limit).await.unwrap();
        history.iter().map(|change| change.id.0).collect()
    };
    assert_eq!(ids(ToolHistory::All, None, 9).await, [4, 3, 2, 1]);
    assert_eq!(ids(ToolHistory::Tool(tool("x")), None, 2).await, [3, 2]);
    assert_eq!(ids(ToolHistory::Tool(tool("x")), Some(ChangeId(3)), 9).await, [2, 1]);
    let third = store.change(HERE, ChangeId(3)).await.unwrap().unwrap();
    assert_eq!((third.by, third.at, third.subject), (BY, Timestamp(5), subject));
    assert_eq!(
        (third.before, third.after),
        (Some(review("ann", Verdict::Ship)), Some(review("ann", Verdict::Skip)))
    );
}

pub(crate) async fn an_edit_may_expect_a_state(store: &dyn Store) {
    let expecting =
        |state: Option<State>, name: &str| Edit { expected: Expected::State(state), ..tool_edit("x", name) };
    edits(store, HERE, vec![expecting(None, "X")]).await;
    let stale = vec![tool_edit("y", "Y"), expecting(None, "Z")];
    let refused = store.edit_catalog(HERE, BY, Timestamp(5), stale).await;
    let Err(StoreError::Changed { now, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(now.as_deref(), Some(&shown("x", "X")));
    assert_eq!(store.catalog(HERE).await.unwrap().len(), 1, "all or none");
    edits(store, HERE, vec![expecting(Some(shown("x", "X")), "Z")]).await;
}

pub(crate) async fn undo_and_undo_of_undo(store: &dyn Store) {
    edits(store, HERE, vec![tool_edit("x", "X"), tool_edit("x", "Z")]).await;
    let undone = store.undo_change(HERE, ChangeId(2), BY, Timestamp(6)).await.unwrap();
    assert_eq!(
        (undone.id, undone.undoes, undone.after),
        (ChangeId(3), Some(ChangeId(2)), Some(shown("x", "X")))
    );
    let again = store.undo_change(HERE, ChangeId(2), BY, Timestamp(6)).await;
    assert!(matches!(again, Err(StoreError::NothingToUndo)), "{again:?}");
    assert!(matches!(
        store.undo_change(HERE, ChangeId(9), BY, Timestamp(6)).await,
        Err(StoreError::NothingToUndo)
    ));
    let redone = store.undo_change(HERE, ChangeId(3), BY, Timestamp(7)).await.unwrap();
    assert_eq!(redone.after, Some(shown("x", "Z")));
    assert_eq!(store.change(HERE, ChangeId(2)).await.unwrap().unwrap().undone, None, "it stands again");
    store.undo_change(HERE, ChangeId(2), BY, Timestamp(8)).await.unwrap();
    store.undo_change(HERE, ChangeId(1), BY, Timestamp(9)).await.unwrap();
    assert_eq!(store.catalog(HERE).await.unwrap(), []);
}

pub(crate) async fn undo_refuses_a_later_change(store: &dyn Store) {
    edits(store, HERE, vec![tool_edit("x", "X"), tool_edit("x", "Y"), tool_edit("x", "Z")]).await;
    let refused = store.undo_change(HERE, ChangeId(2), BY, Timestamp(6)).await;
    let Err(StoreError::UndoConflict(conflict)) = refused else { panic!("{refused:?}") };
    assert_eq!(conflict.fields, ["name"]);
    assert_eq!((conflict.before, conflict.now), (Some(shown("x", "X")), Some(shown("x", "Z"))));
    // Another field may have changed: only the field of the change is taken back.
    let mut other = entry("x", "Z");
    other.tagline = "Another".to_owned();
    let state = State::shown(other);
    edits(store, HERE, vec![edit(Subject::Tool(tool("x")), Some(state))]).await;
    let undone = store.undo_change(HERE, ChangeId(3), BY, Timestamp(6)).await.unwrap();
    let Some(State::Tool(ToolEntry { tool: Some(after), .. })) = undone.after else { panic!() };
    assert_eq!((after.name.as_str(), after.tagline.as_str()), ("Y", "Another"));
}

pub(crate) async fn catalogs_are_apart(store: &dyn Store) {
    let there = CatalogScope::Server(OTHER);
    edits(store, HERE, vec![tool_edit("x", "here")]).await;
    edits(store, there, vec![tool_edit("x", "there")]).await;
    store
        .edit_catalog(CatalogScope::Base, Actor::Operator, Timestamp(1), vec![tool_edit("x", "base")])
        .await
        .unwrap();
    assert_eq!(store.catalog_scopes().await.unwrap(), [CatalogScope::Base, HERE, there]);
    for (scope, name) in [(CatalogScope::Base, "base"), (HERE, "here"), (there, "there")] {
        let state = store.catalog_state(scope, &Subject::Tool(tool("x"))).await.unwrap();
        assert_eq!(state, Some(shown("x", name)));
        assert_eq!(store.history(scope, ToolHistory::All, None, 9).await.unwrap().len(), 1);
    }
    let wrong = edit(Subject::Tool(tool("x")), Some(review("ann", Verdict::Ship)));
    let refused = store.edit_catalog(HERE, BY, Timestamp(1), vec![wrong]).await;
    assert!(matches!(refused, Err(StoreError::WrongState(_))), "{refused:?}");
}

pub(crate) async fn a_rename_carries_everything(store: &dyn Store) {
    let (old, new): (ToolId, ToolId) = (tool("old"), tool("new"));
    let (a, b) = (register(store, 1, "old").await, register(store, 2, "new").await);
    apply(store, add(a, 1, Verdict::Ship)).await;
    apply(store, add(a, 2, Verdict::Ship)).await;
    apply(store, add(b, 2, Verdict::Skip)).await;
    store.set_blocked(SERVER, voter(3), true, Timestamp(1)).await.unwrap();
    apply(store, add(a, 3, Verdict::Ship)).await;
    edits(store, HERE, vec![tool_edit("old", "Old"), review_edit("old", "ann", Verdict::Ship)]).await;
    let week = Week::of(time::macros::date!(2026 - 11 - 24));
    store.count_comparison(SERVER, week, &[old.clone(), tool("z")]).await.unwrap();
    store.count_comparison(SERVER, week, &[new.clone(), tool("z")]).await.unwrap();
    store.keep_day(SERVER, time::macros::date!(2026 - 11 - 23)).await.unwrap();

    assert!(store.rename_tool(&old, &new).await.unwrap());
    assert!(!store.rename_tool(&old, &new).await.unwrap(), "once");
    assert_eq!(store.tally(SERVER, &old).await.unwrap(), tally(0, 0, 0));
    assert_eq!(store.tally(SERVER, &new).await.unwrap(), tally(1, 1, 1), "one ballot a member");
    assert_eq!(store.everywhere(&old).await.unwrap().servers, 0);
    assert_eq!(store.card(a).await.unwrap().unwrap().tool, new);
    let cards = store.cards(CardPlace::Tool(SERVER, new.clone()), Timestamp(0), None, 9).await.unwrap();
    assert_eq!(cards.len(), 2);
    assert_eq!(store.marks_on(a).await.unwrap()[0].1, Halves::NONE.with(Verdict::Ship, ReactionKind::Normal));
    let subjects: Vec<_> = store.catalog(HERE).await.unwrap().into_iter().map(|r| r.subject).collect();
    assert_eq!(
        subjects,
        [Subject::Review(new.clone(), ReviewerId::for_server("ann")), Subject::Tool(new.clone())]
    );
    assert_eq!(
        store.comparisons(SERVER, week).await.unwrap(),
        [ComparisonCount { server: SERVER, week, pair: (new.clone(), tool("z")), count: 2 }]
    );
    let day = store.day_tallies(SERVER, time::macros::date!(2026 - 11 - 23)).await.unwrap().unwrap();
    assert!(day.iter().all(|(id, _)| *id == new));
    // A card that was posted under the old id and registered only now.
    register(store, 3, "old").await;
    assert_eq!(store.card(super::message(3)).await.unwrap().unwrap().tool, new);
    // The carried mark can still be taken back.
    assert_eq!(apply(store, super::remove(a, 1, Verdict::Ship)).await, tally(0, 1, 1));
}

pub(crate) async fn too_large_is_refused(store: &dyn Store) {
    let mut huge = entry("x", "X");
    huge.description = "a".repeat(70_000);
    let state = State::shown(huge);
    let refused =
        store.edit_catalog(HERE, BY, Timestamp(1), vec![edit(Subject::Tool(tool("x")), Some(state))]).await;
    assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "{refused:?}");
    assert_eq!(edits(store, HERE, vec![tool_edit("x", "X")]).await, [AppliedEdit::Changed(ChangeId(1))]);
}
