//! Nothing acknowledged is lost, and nothing that was lost goes unnoticed: kills, power cuts, damage, full and failing
//! disks, second processes, other schemas, other keys, and the way back.

mod child;
mod damage;
mod faults;
mod kill;
mod opening;
mod power;
mod restore;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use tiebreaker::{
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId, VoterHash},
        marks::ReactionKind,
        review::Verdict,
    },
    store::{
        Embedded, OpenError, OpenOptions, Store, StoreFolder,
        contract::MarkChange,
        open,
        records::{Card, CardKind},
    },
};

const SERVER: ServerId = ServerId(1_000);
const CARDS: u64 = 5;

fn tool(card: u64) -> ToolId {
    ToolId::trusted(if card.is_multiple_of(2) { "even" } else { "odd" })
}

fn message(card: u64) -> MessageId {
    MessageId((1_000_000 + card) << 22)
}

fn voter(n: u64) -> VoterHash {
    VoterHash(u128::from(n).to_be_bytes())
}

async fn register_cards(store: &dyn Store) {
    for n in 0..CARDS {
        let card = Card {
            id: message(n),
            server: SERVER,
            channel: ChannelId(1),
            tool: tool(n),
            card: CardKind::Comparison,
            lang: "en-US".to_owned(),
            frozen: None,
            plain: false,
        };
        store.register_card(card).await.unwrap();
    }
}

/// What stands of a member: cards and verdicts.
type Standing = BTreeSet<(u64, Verdict)>;

/// The `n`th thing that a member does, always the same: a scatter of additions and removals.
fn nth_change(who: u64, n: u64) -> (u64, Verdict, bool) {
    let mixed = (who << 32 | n).wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = mixed ^ (mixed >> 29);
    let verdict = if mixed & 1 == 0 { Verdict::Ship } else { Verdict::Skip };
    ((mixed >> 8) % CARDS, verdict, !(mixed >> 20).is_multiple_of(3))
}

fn change_of(who: u64, n: u64) -> MarkChange {
    let (card, verdict, is_added) = nth_change(who, n);
    let (card, voter, kind) = (message(card), voter(who), ReactionKind::Normal);
    if is_added {
        MarkChange::Add { card, voter, verdict, kind, held_until: None }
    } else {
        MarkChange::Remove { card, voter, verdict, kind }
    }
}

/// What stands of a member after so many changes.
fn standing_after(who: u64, changes: u64) -> Standing {
    let mut standing = Standing::new();
    for n in 0..changes {
        let (card, verdict, is_added) = nth_change(who, n);
        if is_added {
            standing.insert((card, verdict));
        } else {
            standing.remove(&(card, verdict));
        }
    }
    standing
}

/// What stands in the store, by member.
async fn standing_in(store: &dyn Store) -> BTreeMap<VoterHash, Standing> {
    let mut all: BTreeMap<VoterHash, Standing> = BTreeMap::new();
    for n in 0..CARDS {
        for (voter, halves) in store.marks_on(message(n)).await.unwrap() {
            for verdict in Verdict::ALL.into_iter().filter(|verdict| halves.marks(*verdict)) {
                all.entry(voter).or_default().insert((n, verdict));
            }
        }
    }
    all
}

/// Every member stands as after their last acknowledged change, or as after the one that was under way.
async fn assert_nothing_lost(store: &dyn Store, acknowledged: &BTreeMap<u64, u64>) {
    let standing = standing_in(store).await;
    for (who, changes) in acknowledged {
        let stands = standing.get(&voter(*who)).cloned().unwrap_or_default();
        let allowed = [standing_after(*who, *changes), standing_after(*who, *changes + 1)];
        assert!(
            allowed.contains(&stands),
            "member {who} after {changes} changes: {stands:?}, not {allowed:?}"
        );
    }
    let report = store.check().await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}

fn quiet() -> OpenOptions {
    OpenOptions { snapshots: None, ..OpenOptions::default() }
}

async fn open_at(path: &Path) -> Result<Arc<Embedded>, OpenError> {
    open(&StoreFolder::at(path.to_owned()), quiet()).await
}

/// Lets a member make changes `from..to`, one after the other.
async fn vote(store: &dyn Store, who: u64, changes: std::ops::Range<u64>) {
    for n in changes {
        store.apply(vec![change_of(who, n)]).await.unwrap();
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
