//! A naive model of standing marks and first-seen order, and a Discord that delivers badly: events of different cards
//! interleave, some come twice, some never, cards are deleted, lists are read while events arrive. The store must agree
//! with the model after every step, and with Discord's own lists after a recount.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use tiebreaker::{
    domain::{
        ids::{MessageId, ToolId, UserId, VoterHash},
        marks::{Halves, ReactionKind},
        review::Verdict,
        score::Tally,
        time::Timestamp,
    },
    store::{
        Embedded, Store,
        contract::{MarkChange, Standing},
    },
};

use super::{SERVER, card, message, tool};

const CARDS: u64 = 5;
const VOTERS: u8 = 4;

fn tool_of(n: u64) -> ToolId {
    tool(if n.is_multiple_of(3) { "y" } else { "x" })
}

/// One reaction as Discord keeps it.
type Reaction = (u64, u8, Verdict, ReactionKind);

#[derive(Debug, Clone)]
enum Event {
    Add(Reaction),
    Remove(Reaction),
    ClearEmoji(u64, Verdict),
    ClearAll(u64),
    Delete(u64),
}

impl Event {
    fn card(&self) -> u64 {
        match self {
            Self::Add((card, ..)) | Self::Remove((card, ..)) => *card,
            Self::ClearEmoji(card, _) | Self::ClearAll(card) | Self::Delete(card) => *card,
        }
    }

    fn change(&self, store: &dyn Store) -> MarkChange {
        let voter = |who| member(store, who);
        let card = message(self.card());
        match *self {
            Self::Add((_, who, verdict, kind)) => {
                MarkChange::Add { card, voter: voter(who), verdict, kind, held_until: None }
            }
            Self::Remove((_, who, verdict, kind)) => {
                MarkChange::Remove { card, voter: voter(who), verdict, kind }
            }
            Self::ClearEmoji(_, verdict) => MarkChange::ClearEmoji { card, verdict },
            Self::ClearAll(_) => MarkChange::ClearAll { card },
            Self::Delete(_) => MarkChange::Freeze { card, at: Timestamp(1) },
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// Something happens at Discord; its event waits behind those of its card.
    Happens(Event),
    /// Something happens and its event is lost.
    Lost(Event),
    /// The next waiting event of a card arrives; so many times.
    Arrives(u64, u8),
    /// These cards are recounted in this order, in one run.
    Recount(Vec<u64>),
    /// A card's lists are read; then, before they are applied, waiting events of the card arrive.
    SlowRecount(u64, u8),
    /// A member is erased.
    Erase(u8),
}

fn event() -> impl Strategy<Value = Event> {
    let verdict = prop_oneof![Just(Verdict::Ship), Just(Verdict::Skip)];
    let kind = prop_oneof![4 => Just(ReactionKind::Normal), 1 => Just(ReactionKind::Super)];
    let reaction = (1..=CARDS, 1..=VOTERS, verdict.clone(), kind);
    prop_oneof![
        12 => reaction.clone().prop_map(Event::Add),
        8 => reaction.prop_map(Event::Remove),
        1 => (1..=CARDS, verdict).prop_map(|(card, verdict)| Event::ClearEmoji(card, verdict)),
        1 => (1..=CARDS).prop_map(Event::ClearAll),
        1 => (1..=CARDS).prop_map(Event::Delete),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => event().prop_map(Step::Happens),
        2 => event().prop_map(Step::Lost),
        12 => (1..=CARDS, 1..=2_u8).prop_map(|(card, times)| Step::Arrives(card, times)),
        2 => Just((1..=CARDS).collect::<Vec<_>>()).prop_shuffle().prop_map(Step::Recount),
        2 => (1..=CARDS, 0..=3_u8).prop_map(|(card, events)| Step::SlowRecount(card, events)),
        1 => (1..=VOTERS).prop_map(Step::Erase),
    ]
}

/// A standing mark, and when it was first seen.
#[derive(Debug, Clone)]
struct Seen {
    card: u64,
    who: u8,
    verdict: Verdict,
    halves: BTreeSet<ReactionKind>,
    first_seen: u64,
}

/// Standing marks in a list; everything is found by looking through it.
#[derive(Default)]
struct Model {
    clock: u64,
    marks: Vec<Seen>,
    deleted: BTreeSet<u64>,
    /// Members who were erased: no recount brings marks on older cards back. All cards of the test are older.
    erased: BTreeSet<u8>,
}

impl Model {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn see(&mut self, (card, who, verdict, kind): Reaction, first_seen: u64) {
        let known = self.marks.iter_mut().find(|m| (m.card, m.who, m.verdict) == (card, who, verdict));
        if let Some(known) = known {
            known.halves.insert(kind);
            return;
        }
        let (deleted, of) = (self.deleted.clone(), tool_of(card));
        self.marks.retain(|m| !(m.who == who && deleted.contains(&m.card) && tool_of(m.card) == of));
        self.marks.push(Seen { card, who, verdict, halves: [kind].into(), first_seen });
    }

    fn lose(&mut self, (card, who, verdict, kind): Reaction) {
        for mark in &mut self.marks {
            if (mark.card, mark.who, mark.verdict) == (card, who, verdict) {
                mark.halves.remove(&kind);
            }
        }
        self.marks.retain(|mark| !mark.halves.is_empty());
    }

    fn apply(&mut self, event: &Event) {
        if self.deleted.contains(&event.card()) {
            return;
        }
        match event {
            Event::Add(reaction) => {
                let now = self.tick();
                self.see(*reaction, now);
            }
            Event::Remove(reaction) => self.lose(*reaction),
            Event::ClearEmoji(card, verdict) => {
                self.marks.retain(|mark| mark.card != *card || mark.verdict != *verdict);
            }
            Event::ClearAll(card) => self.marks.retain(|mark| mark.card != *card),
            Event::Delete(card) => {
                self.deleted.insert(*card);
            }
        }
    }

    fn halves(&self, card: u64, who: u8, verdict: Verdict, kind: ReactionKind) -> bool {
        self.marks
            .iter()
            .any(|m| (m.card, m.who, m.verdict) == (card, who, verdict) && m.halves.contains(&kind))
    }

    /// `untouched`: what the reading may speak of.
    fn reconcile(
        &mut self,
        card: u64,
        run: u64,
        listed: &BTreeSet<Reaction>,
        untouched: impl Fn(&Reaction) -> bool,
    ) {
        if self.deleted.contains(&card) {
            return;
        }
        let known: Vec<(u8, Verdict)> =
            self.marks.iter().filter(|m| m.card == card).map(|m| (m.who, m.verdict)).collect();
        for reaction in all_reactions(card).filter(|reaction| untouched(reaction)) {
            let (_, who, verdict, kind) = reaction;
            let is_new = !known.contains(&(who, verdict));
            if listed.contains(&reaction)
                && !self.halves(card, who, verdict, kind)
                && !(is_new && self.erased.contains(&who))
            {
                self.see(reaction, run);
            }
        }
        for reaction in all_reactions(card).filter(|reaction| untouched(reaction)) {
            if !listed.contains(&reaction) {
                self.lose(reaction);
            }
        }
    }

    fn ballot(&self, who: u8, of: &ToolId) -> Option<Verdict> {
        let mut marks: Vec<_> =
            self.marks.iter().filter(|m| m.who == who && tool_of(m.card) == *of).collect();
        marks.sort_by_key(|mark| std::cmp::Reverse((mark.first_seen, mark.card)));
        let alone = |mark: &&&Seen| {
            marks
                .iter()
                .filter(|other| (other.first_seen, other.card) == (mark.first_seen, mark.card))
                .count()
                == 1
        };
        marks.iter().find(alone).map(|mark| mark.verdict)
    }

    fn tally(&self, of: &ToolId) -> Tally {
        let ballots: Vec<_> = (1..=VOTERS).filter_map(|who| self.ballot(who, of)).collect();
        let count = |verdict| ballots.iter().filter(|ballot| **ballot == verdict).count() as u64;
        Tally { ship: count(Verdict::Ship), skip: count(Verdict::Skip), held: 0 }
    }
}

fn all_reactions(card: u64) -> impl Iterator<Item = Reaction> {
    (1..=VOTERS).flat_map(move |who| {
        Verdict::ALL.into_iter().flat_map(move |verdict| {
            ReactionKind::ALL.into_iter().map(move |kind| (card, who, verdict, kind))
        })
    })
}

/// Discord, the events under way, the store and the model.
struct World {
    store: Embedded,
    model: Model,
    discord: BTreeSet<Reaction>,
    gone: BTreeSet<u64>,
    waiting: BTreeMap<u64, VecDeque<Event>>,
}

impl World {
    async fn new() -> Self {
        let store = Embedded::in_memory().unwrap();
        for n in 1..=CARDS {
            store_of(&store).register_card(super::Card { tool: tool_of(n), ..card(n, "") }).await.unwrap();
        }
        Self {
            store,
            model: Model::default(),
            discord: BTreeSet::new(),
            gone: BTreeSet::new(),
            waiting: BTreeMap::new(),
        }
    }

    fn happens(&mut self, event: &Event) -> bool {
        if self.gone.contains(&event.card()) {
            return false;
        }
        match event {
            Event::Add(reaction) => self.discord.insert(*reaction),
            Event::Remove(reaction) => self.discord.remove(reaction),
            Event::ClearEmoji(card, verdict) => {
                self.discord.retain(|reaction| reaction.0 != *card || reaction.2 != *verdict);
                true
            }
            Event::ClearAll(card) => {
                self.discord.retain(|reaction| reaction.0 != *card);
                true
            }
            Event::Delete(card) => self.gone.insert(*card),
        }
    }

    async fn arrives(&mut self, card: u64, times: u8) -> Option<Event> {
        let event = self.waiting.get_mut(&card)?.pop_front()?;
        for _ in 0..times {
            store_of(&self.store).apply(vec![event.change(store_of(&self.store))]).await.unwrap();
            self.model.apply(&event);
        }
        Some(event)
    }

    fn listed(&self, card: u64) -> BTreeSet<Reaction> {
        self.discord.iter().filter(|reaction| reaction.0 == card).copied().collect()
    }

    async fn reconcile(&mut self, cards: &[u64], events_meanwhile: u8) {
        let store = store_of(&self.store);
        let recount = store.begin_recount().await.unwrap();
        let run = self.model.tick();
        for card in cards {
            if self.gone.contains(card) {
                // Found gone by 404.
                let event = Event::Delete(*card);
                store_of(&self.store).apply(vec![event.change(store_of(&self.store))]).await.unwrap();
                self.model.apply(&event);
                continue;
            }
            let reading = store_of(&self.store).begin_reading(message(*card)).await.unwrap();
            let listed = self.listed(*card);
            let mut meanwhile = Vec::new();
            for _ in 0..events_meanwhile {
                meanwhile.extend(self.arrives(*card, 1).await);
            }
            let mut standing: BTreeMap<u8, Halves> = BTreeMap::new();
            for (_, who, verdict, kind) in &listed {
                let halves = standing.entry(*who).or_default();
                *halves = halves.with(*verdict, *kind);
            }
            let standing = standing
                .into_iter()
                .map(|(who, halves)| Standing {
                    voter: member(store_of(&self.store), who),
                    halves,
                    held_until: None,
                })
                .collect();
            let change = MarkChange::Reconcile { card: message(*card), recount, reading, standing };
            store_of(&self.store).apply(vec![change]).await.unwrap();
            let untouched = |reaction: &Reaction| {
                !meanwhile.iter().any(|event| match event {
                    Event::Add(other) | Event::Remove(other) => other == reaction,
                    Event::ClearEmoji(_, verdict) => reaction.2 == *verdict,
                    Event::ClearAll(_) => true,
                    Event::Delete(_) => false,
                })
            };
            self.model.reconcile(*card, run, &listed, untouched);
        }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Happens(event) => {
                if self.happens(&event) {
                    self.waiting.entry(event.card()).or_default().push_back(event);
                }
            }
            Step::Lost(event) => {
                self.happens(&event);
            }
            Step::Arrives(card, times) => {
                self.arrives(card, times).await;
            }
            Step::Recount(cards) => self.reconcile(&cards, 0).await,
            Step::SlowRecount(card, events) => self.reconcile(&[card], events).await,
            Step::Erase(who) => {
                // All cards of this test are older than the erasure.
                store_of(&self.store)
                    .erase_person(SERVER, UserId(who.into()), message(1_000).created_at())
                    .await
                    .unwrap();
                self.model.marks.retain(|mark| mark.who != who);
                self.model.erased.insert(who);
            }
        }
    }

    async fn compare(&self, when: &str) {
        for of in [tool("x"), tool("y")] {
            let (kept, model) =
                (store_of(&self.store).tally(SERVER, &of).await.unwrap(), self.model.tally(&of));
            assert_eq!(kept, model, "{when}: tally of {of}; marks: {:?}", self.model.marks);
        }
    }

    /// What the store says of a card equals Discord's lists, but for members who were erased.
    async fn compare_with_discord(&self, card: u64) {
        let marks: BTreeMap<VoterHash, Halves> =
            store_of(&self.store).marks_on(message(card)).await.unwrap().into_iter().collect();
        for (_, who, verdict, kind) in all_reactions(card).filter(|r| !self.model.erased.contains(&r.1)) {
            let stands = marks
                .get(&member(store_of(&self.store), who))
                .is_some_and(|halves| halves.has(verdict, kind));
            assert_eq!(
                stands,
                self.discord.contains(&(card, who, verdict, kind)),
                "card {card}, member {who}"
            );
        }
    }
}

fn member(store: &dyn Store, who: u8) -> VoterHash {
    store.voter_hash(SERVER, UserId(who.into()))
}

fn store_of(store: &Embedded) -> &dyn Store {
    store
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_agrees_with_the_model_and_with_discord(steps in prop::collection::vec(step(), 1..80)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for (n, step) in steps.into_iter().enumerate() {
                let when = format!("step {n}, {step:?}");
                world.take(step).await;
                world.compare(&when).await;
            }
            let all: Vec<u64> = (1..=CARDS).collect();
            // Whatever was late arrives, then everything is recounted.
            for card in &all {
                while world.arrives(*card, 1).await.is_some() {}
            }
            world.reconcile(&all, 0).await;
            world.compare("at the end").await;
            for card in all.iter().filter(|card| !world.gone.contains(card)) {
                world.compare_with_discord(*card).await;
            }
            let report = store_of(&world.store).check().await.unwrap();
            assert!(report.is_clean(), "{report:?}");
        });
    }
}

#[test]
fn message_ids_grow_with_their_number() {
    assert!((1..CARDS).all(|n| message(n) < message(n + 1)));
    assert_ne!(MessageId(0), message(0));
}
