//! What every store must do. One function a promise; a store joins by giving a factory and one line below.

mod cards;
mod catalog;
mod counts;
mod marks;
mod members;
mod model;
mod servers;
mod upkeep;

use std::sync::Arc;

use tiebreaker::{
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId, VoterHash},
        marks::ReactionKind,
        review::Verdict,
        score::Tally,
    },
    store::{
        Embedded, OpenOptions, Store, StoreFolder,
        contract::{Applied, MarkChange, Registered},
        open,
        records::{Card, CardKind},
    },
};

/// A store, and what must outlive it.
pub(crate) struct Fixture {
    pub(crate) store: Arc<dyn Store>,
    _folder: Option<tempfile::TempDir>,
}

pub(crate) async fn memory() -> Fixture {
    Fixture { store: Arc::new(Embedded::in_memory().unwrap()), _folder: None }
}

pub(crate) async fn sled() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions { snapshots: None, ..OpenOptions::default() };
    let store = open(&StoreFolder::at(folder.path().to_owned()), options).await.unwrap();
    Fixture { store, _folder: Some(folder) }
}

macro_rules! contract {
    ($($module:ident: $($case:ident),+ $(,)?;)+) => {
        contract!(@store memory $($module: $($case),+;)+);
        contract!(@store sled $($module: $($case),+;)+);
    };
    (@store $factory:ident $($module:ident: $($case:ident),+;)+) => {
        mod $factory {
            $(mod $module {
                $(#[tokio::test]
                async fn $case() {
                    let fixture = super::super::$factory().await;
                    super::super::$module::$case(&*fixture.store).await;
                    let report = fixture.store.check().await.unwrap();
                    assert!(report.is_clean(), "{report:?}");
                })+
            })+
        }
    };
}

contract! {
    marks: the_newest_standing_mark_counts, a_repeated_event_changes_nothing, unknown_cards_take_nothing,
        clearing_takes_marks_away, a_deleted_card_freezes_its_marks, a_recount_makes_a_card_equal,
        a_recount_does_not_override_later_events, a_reading_is_good_for_one_recount, blocked_members_are_held,
        held_marks_mature_and_are_released, sums_over_all_servers, a_unit_is_all_or_nothing_in_order,
        many_tasks_vote_at_once;
    cards: a_card_is_registered_once, cards_are_found_newest_first, a_spent_card_goes;
    catalog: edits_make_history, an_edit_may_expect_a_state, undo_and_undo_of_undo, undo_refuses_a_later_change,
        catalogs_are_apart, a_rename_carries_everything, too_large_is_refused;
    servers: settings_are_kept, coming_and_going, purging_deletes_everything, subscribers_come_and_go,
        refused_channels_are_remembered;
    members: a_person_sees_and_erases, an_erasure_outlasts_recounts, blocks_outlast_erasure;
    counts: job_marks_are_written_once, days_are_kept_when_they_differ, pairs_are_counted, names_are_wanted;
    upkeep: what_is_due_is_purged, old_counts_go, export_and_import_are_complete, import_refuses_what_is_not_whole,
        a_mark_to_which_no_card_leads_is_a_fault, a_store_is_copied, the_application_is_bound;
}

pub(crate) const SERVER: ServerId = ServerId(1_000);
pub(crate) const OTHER: ServerId = ServerId(2_000);

pub(crate) fn tool(name: &str) -> ToolId {
    ToolId::trusted(name)
}

pub(crate) fn voter(n: u8) -> VoterHash {
    VoterHash([n; 16])
}

/// A message of the `n`th second of a day in 2026.
pub(crate) fn message(n: u64) -> MessageId {
    MessageId(((1_780_000_000_000 - 1_420_070_400_000 + n * 1_000) << 22) + n)
}

pub(crate) fn card(n: u64, name: &str) -> Card {
    Card {
        id: message(n),
        server: SERVER,
        channel: ChannelId(70 + n % 2),
        tool: tool(name),
        card: CardKind::Comparison,
        lang: "en-US".to_owned(),
        frozen: None,
        plain: false,
    }
}

pub(crate) async fn register(store: &dyn Store, n: u64, name: &str) -> MessageId {
    assert_eq!(store.register_card(card(n, name)).await.unwrap(), Registered::New);
    message(n)
}

pub(crate) fn add(card: MessageId, who: u8, verdict: Verdict) -> MarkChange {
    MarkChange::Add { card, voter: voter(who), verdict, kind: ReactionKind::Normal, held_until: None }
}

pub(crate) fn remove(card: MessageId, who: u8, verdict: Verdict) -> MarkChange {
    MarkChange::Remove { card, voter: voter(who), verdict, kind: ReactionKind::Normal }
}

/// Applies one change that must be done, and tells the tally after it.
pub(crate) async fn apply(store: &dyn Store, change: MarkChange) -> Tally {
    let applied = store.apply(vec![change]).await.unwrap();
    match applied.as_slice() {
        [Applied::Done { tally, .. }] => {
            assert_eq!(store.tally(tally.server, &tally.tool).await.unwrap(), tally.after);
            tally.after
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) fn tally(ship: u64, skip: u64, held: u64) -> Tally {
    Tally { ship, skip, held }
}
