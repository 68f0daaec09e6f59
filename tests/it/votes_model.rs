//! The vote service against a model: standing marks and the order in which they were first seen, nothing else.
//!
//! Members react on a small Discord; its events come interleaved over the cards, repeated, or not at all; cards are
//! recounted with events arriving while their lists are read. After every step the tallies and marks of the store equal
//! the model's, and after a last recount of everything they equal Discord.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use proptest::prelude::*;
use tiebreaker::{
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId, UserId},
        marks::{Halves, ReactionKind},
        review::Verdict,
        score::Tally,
        time::Timestamp,
    },
    service::{
        cards::KnownCards,
        ports::{Clock, Counts, Place, Reactions, Reactor, ReadError},
        recount::{Outcome, Read, Recounter},
        servers::ServerLife,
        vote::{VoteEvent, Votes, Waiting},
        voters::Voters,
    },
    store::{
        Embedded, Store, VoterKey,
        records::{Card, CardKind},
    },
    telemetry::Metrics,
};

/// Server and tool of each card; the message id of a card is its place here, so later ones are newer.
const CARDS: [(u64, &str); 5] = [(1, "a"), (1, "a"), (1, "b"), (1, "a"), (2, "a")];
const MEMBERS: u64 = 4;
/// The last one is a bot.
const BOT: u64 = MEMBERS;

fn card_id(card: usize) -> MessageId {
    MessageId(card as u64)
}

fn server_of(card: usize) -> ServerId {
    ServerId(CARDS[card].0)
}

type Half = (Verdict, ReactionKind);

fn halves() -> impl Iterator<Item = Half> {
    Verdict::ALL
        .into_iter()
        .flat_map(|verdict| ReactionKind::ALL.into_iter().map(move |kind| (verdict, kind)))
}

// --- Discord ---

/// A reaction as Discord keeps it: the two spellings of an emoji are two reactions.
type Reaction = (u64, Verdict, ReactionKind, bool);

#[derive(Default)]
struct Discord {
    standing: Vec<BTreeSet<Reaction>>,
    deleted: Vec<bool>,
    unreadable: bool,
}

struct Lists(Arc<Mutex<Discord>>);

#[async_trait]
impl Reactions for Lists {
    async fn standing(&self, place: Place) -> Result<Vec<Reactor>, ReadError> {
        let discord = self.0.lock();
        let card = place.card.0 as usize;
        if discord.unreadable {
            return Err(ReadError::Unreadable("503".to_owned()));
        }
        if discord.deleted[card] {
            return Err(ReadError::Gone);
        }
        let reactor = |(user, verdict, kind, usual): &Reaction| Reactor {
            user: UserId(*user),
            is_bot: *user == BOT,
            verdict: *verdict,
            kind: *kind,
            usual: *usual,
        };
        Ok(discord.standing[card].iter().map(reactor).collect())
    }

    async fn counts(&self, place: Place) -> Result<Counts, ReadError> {
        let mut counts = Counts::default();
        for one in self.standing(place).await? {
            *counts.of(one.verdict, one.kind) += 1;
        }
        Ok(counts)
    }
}

// --- the model ---

#[derive(Clone, Debug, PartialEq)]
struct Mark {
    card: usize,
    verdict: Verdict,
    kinds: BTreeSet<ReactionKind>,
    seen: u64,
}

/// What should be known: marks of each member, in the order in which they were first seen.
#[derive(Default)]
struct Model {
    clock: u64,
    marks: BTreeMap<u64, Vec<Mark>>,
    frozen: BTreeSet<usize>,
}

impl Model {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    fn find(&mut self, user: u64, card: usize, verdict: Verdict) -> Option<&mut Mark> {
        self.marks.get_mut(&user)?.iter_mut().find(|mark| mark.card == card && mark.verdict == verdict)
    }

    fn add(&mut self, user: u64, card: usize, (verdict, kind): Half, seen: Option<u64>) {
        if let Some(mark) = self.find(user, card, verdict) {
            mark.kinds.insert(kind);
            return;
        }
        let seen = seen.unwrap_or_else(|| self.tick());
        let frozen = self.frozen.clone();
        let marks = self.marks.entry(user).or_default();
        // A new mark drops those on deleted cards of the same tool here.
        marks.retain(|mark| CARDS[mark.card] != CARDS[card] || !frozen.contains(&mark.card));
        marks.push(Mark { card, verdict, kinds: BTreeSet::from([kind]), seen });
    }

    fn remove(&mut self, user: u64, card: usize, (verdict, kind): Half) {
        if let Some(mark) = self.find(user, card, verdict) {
            mark.kinds.remove(&kind);
        }
        self.marks.entry(user).or_default().retain(|mark| !mark.kinds.is_empty());
    }

    fn event(&mut self, event: &VoteEvent) {
        let card = event.card().unwrap().0 as usize;
        if self.frozen.contains(&card) {
            return;
        }
        match event {
            VoteEvent::Added { is_bot: true, .. } => {}
            VoteEvent::Added { user, verdict, kind, .. } => self.add(user.0, card, (*verdict, *kind), None),
            VoteEvent::Removed { user, verdict, kind, .. } => self.remove(user.0, card, (*verdict, *kind)),
            VoteEvent::ClearedEmoji { verdict, .. } => {
                for marks in self.marks.values_mut() {
                    marks.retain(|mark| mark.card != card || mark.verdict != *verdict);
                }
            }
            VoteEvent::ClearedAll { .. } => {
                self.marks.values_mut().for_each(|marks| marks.retain(|mark| mark.card != card));
            }
            VoteEvent::CardDeleted { .. } => {
                self.frozen.insert(card);
            }
            _ => unreachable!(),
        }
    }

    /// The lists said `lists`; what `touched` names happened since they were begun to be read.
    fn recount(
        &mut self,
        card: usize,
        lists: &BTreeSet<(u64, Verdict, ReactionKind)>,
        touched: &BTreeSet<(u64, Verdict, ReactionKind)>,
        seen: u64,
    ) {
        if self.frozen.contains(&card) {
            return;
        }
        for user in 0..MEMBERS {
            let untouched = halves().filter(|half| !touched.contains(&(user, half.0, half.1)));
            let (come, go): (Vec<Half>, Vec<Half>) =
                untouched.partition(|half| lists.contains(&(user, half.0, half.1)));
            come.into_iter().for_each(|half| self.add(user, card, half, Some(seen)));
            go.into_iter().for_each(|half| self.remove(user, card, half));
        }
    }

    /// The newest mark that stands; of those seen in one recount the one on the newer card; none of two on one card.
    fn ballot(&self, user: u64, server: u64, tool: &str) -> Option<Verdict> {
        let marks = self.marks.get(&user)?.iter().filter(|mark| CARDS[mark.card] == (server, tool));
        let mut newest_first: Vec<&Mark> = marks.collect();
        newest_first.sort_by_key(|mark| std::cmp::Reverse((mark.seen, mark.card)));
        let tied = |mark: &&&Mark| {
            newest_first.iter().filter(|other| (other.seen, other.card) == (mark.seen, mark.card)).count() > 1
        };
        newest_first.iter().find(|mark| !tied(mark)).map(|mark| mark.verdict)
    }

    fn tally(&self, server: u64, tool: &str) -> Tally {
        let ballots: Vec<Verdict> = (0..MEMBERS).filter_map(|user| self.ballot(user, server, tool)).collect();
        let count = |verdict| ballots.iter().filter(|one| **one == verdict).count() as u64;
        Tally { ship: count(Verdict::Ship), skip: count(Verdict::Skip), held: 0 }
    }

    fn on_card(&self, card: usize) -> BTreeMap<u64, Halves> {
        let mut all = BTreeMap::new();
        for (user, marks) in &self.marks {
            for mark in marks.iter().filter(|mark| mark.card == card) {
                for kind in &mark.kinds {
                    let halves = all.entry(*user).or_insert(Halves::NONE);
                    *halves = halves.with(mark.verdict, *kind);
                }
            }
        }
        all
    }
}

// --- what happens ---

#[derive(Clone, Debug)]
enum Step {
    /// A member reacts, or takes the reaction back when it stands.
    React {
        user: u64,
        card: usize,
        verdict: Verdict,
        kind: ReactionKind,
        usual: bool,
    },
    ClearEmoji {
        card: usize,
        verdict: Verdict,
    },
    ClearAll {
        card: usize,
    },
    Delete {
        card: usize,
    },
    /// The next event of a card arrives; `twice`: and again.
    Arrive {
        card: usize,
        twice: bool,
    },
    /// All events of all cards arrive in one batch, the cards in turn.
    ArriveAll,
    /// The next event of a card is lost.
    Lose {
        card: usize,
    },
    /// These cards are recounted; while each is read, one more of its events arrives.
    Recount {
        cards: BTreeSet<usize>,
        meanwhile: bool,
    },
    /// Discord answers 5xx from now on, or no more.
    Trouble(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let card = 0..CARDS.len();
    let verdict = prop_oneof![Just(Verdict::Ship), Just(Verdict::Skip)];
    let kind = prop_oneof![3 => Just(ReactionKind::Normal), 1 => Just(ReactionKind::Super)];
    let usual = prop_oneof![4 => Just(true), 1 => Just(false)];
    let react = (0..=BOT, card.clone(), verdict.clone(), kind, usual)
        .prop_map(|(user, card, verdict, kind, usual)| Step::React { user, card, verdict, kind, usual });
    let step = prop_oneof![
        24 => react,
        1 => (card.clone(), verdict).prop_map(|(card, verdict)| Step::ClearEmoji { card, verdict }),
        1 => card.clone().prop_map(|card| Step::ClearAll { card }),
        1 => card.clone().prop_map(|card| Step::Delete { card }),
        12 => (card.clone(), any::<bool>()).prop_map(|(card, twice)| Step::Arrive { card, twice }),
        2 => Just(Step::ArriveAll),
        3 => card.clone().prop_map(|card| Step::Lose { card }),
        3 => (proptest::collection::btree_set(card, 1..4), any::<bool>())
            .prop_map(|(cards, meanwhile)| Step::Recount { cards, meanwhile }),
        1 => prop_oneof![1 => Just(true), 2 => Just(false)].prop_map(Step::Trouble),
    ];
    proptest::collection::vec(step, 1..90)
}

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(1_800_000_000_000)
    }
}

/// The service, the model beside it, and Discord in front of both.
struct World {
    discord: Arc<Mutex<Discord>>,
    store: Arc<dyn Store>,
    votes: Votes,
    waiting: Waiting,
    recounter: Recounter,
    voters: Arc<Voters>,
    model: Model,
    /// Events of each card that have not arrived yet.
    under_way: Vec<VecDeque<VoteEvent>>,
}

impl World {
    async fn new() -> Self {
        let store: Arc<dyn Store> = Arc::new(Embedded::in_memory().unwrap());
        for (card, (server, tool)) in CARDS.iter().enumerate() {
            let card = Card {
                id: card_id(card),
                server: ServerId(*server),
                channel: ChannelId(card as u64 / 2),
                tool: ToolId::base(tool).unwrap(),
                card: CardKind::Comparison,
                lang: "en-US".to_owned(),
                frozen: None,
                plain: false,
            };
            store.register_card(card).await.unwrap();
        }
        let cards = Arc::new(KnownCards::load(store.as_ref()).await.unwrap());
        let (clock, metrics): (Arc<dyn Clock>, _) = (Arc::new(FixedClock), Arc::<Metrics>::default());
        let voters = Arc::new(Voters::new(VoterKey::random().unwrap(), []));
        let servers = Arc::new(ServerLife::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&metrics)));
        let discord = Arc::new(Mutex::new(Discord {
            standing: vec![BTreeSet::new(); CARDS.len()],
            deleted: vec![false; CARDS.len()],
            unreadable: false,
        }));
        let votes = Votes::new(
            Arc::clone(&store),
            Arc::clone(&cards),
            Arc::clone(&voters),
            servers,
            Arc::clone(&clock),
            Arc::clone(&metrics),
        );
        let lists = Arc::new(Lists(Arc::clone(&discord)));
        let recounter = Recounter::new(Arc::clone(&store), lists, Arc::clone(&voters), cards, clock, metrics);
        Self {
            discord,
            store,
            votes,
            waiting: Waiting::default(),
            recounter,
            voters,
            model: Model::default(),
            under_way: vec![VecDeque::new(); CARDS.len()],
        }
    }

    /// Changes Discord and sends the event on its way.
    fn happen(&mut self, step: &Step) {
        let mut discord = self.discord.lock();
        let (card, event) = match step {
            Step::React { user, card, verdict, kind, usual } => {
                let (server, id, member) = (server_of(*card), card_id(*card), UserId(*user));
                let (verdict, kind, usual, is_bot) = (*verdict, *kind, *usual, *user == BOT);
                let standing = &mut discord.standing[*card];
                let reaction = (*user, verdict, kind, usual);
                if standing.remove(&reaction) {
                    (card, VoteEvent::Removed { card: id, server, user: member, verdict, kind, usual })
                } else {
                    standing.insert(reaction);
                    let joined = None;
                    let event = VoteEvent::Added {
                        card: id,
                        server,
                        user: member,
                        is_bot,
                        joined,
                        verdict,
                        kind,
                        usual,
                    };
                    (card, event)
                }
            }
            Step::ClearEmoji { card, verdict } => {
                discord.standing[*card].retain(|(_, v, _, usual)| v != verdict || !usual);
                (card, VoteEvent::ClearedEmoji { card: card_id(*card), verdict: *verdict, usual: true })
            }
            Step::ClearAll { card } => {
                discord.standing[*card].clear();
                (card, VoteEvent::ClearedAll { card: card_id(*card) })
            }
            Step::Delete { card } => (card, VoteEvent::CardDeleted { card: card_id(*card) }),
            _ => unreachable!(),
        };
        // Nobody reacts on what is deleted.
        if !discord.deleted[*card] {
            discord.deleted[*card] = matches!(step, Step::Delete { .. });
            self.under_way[*card].push_back(event);
        }
    }

    async fn arrive(&mut self, events: Vec<VoteEvent>) {
        events.iter().for_each(|event| self.model.event(event));
        let effects = self.votes.apply(&mut self.waiting, events).await;
        assert!(effects.error.is_none(), "{:?}", effects.error);
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::React { .. } | Step::ClearEmoji { .. } | Step::ClearAll { .. } | Step::Delete { .. } => {
                self.happen(&step);
            }
            Step::Arrive { card, twice } => {
                if let Some(event) = self.under_way[card].pop_front() {
                    let again = twice.then(|| event.clone());
                    self.arrive(std::iter::once(event).chain(again).collect()).await;
                }
            }
            Step::ArriveAll => {
                let mut events = Vec::new();
                while self.under_way.iter().any(|queue| !queue.is_empty()) {
                    events.extend(self.under_way.iter_mut().filter_map(VecDeque::pop_front));
                }
                self.arrive(events).await;
            }
            Step::Lose { card } => {
                self.under_way[card].pop_front();
            }
            Step::Recount { cards, meanwhile } => {
                let recount = self.recounter.begin().await.unwrap();
                let seen = self.model.tick();
                for card in cards {
                    self.recount(recount, seen, card, meanwhile).await;
                }
            }
            Step::Trouble(trouble) => self.discord.lock().unreadable = trouble,
        }
    }

    async fn recount(
        &mut self,
        recount: tiebreaker::store::contract::Recount,
        seen: u64,
        card: usize,
        meanwhile: bool,
    ) {
        let read = self.recounter.read(recount, card_id(card)).await.unwrap();
        let lists: BTreeSet<(u64, Verdict, ReactionKind)> =
            self.discord.lock().standing[card].iter().map(|(user, v, kind, _)| (*user, *v, *kind)).collect();
        let reading = match read {
            Read::Lists(reading) => reading,
            Read::Gone => {
                self.model.frozen.insert(card);
                return;
            }
            Read::Skipped(_) => return assert!(self.discord.lock().unreadable),
            Read::NoCard => return assert!(self.model.frozen.contains(&card)),
        };
        let mut touched = BTreeSet::new();
        if meanwhile && let Some(event) = self.under_way[card].pop_front() {
            let of = |half: Half| (0..MEMBERS).map(move |user| (user, half.0, half.1));
            match &event {
                VoteEvent::Added { user, verdict, kind, .. }
                | VoteEvent::Removed { user, verdict, kind, .. } => {
                    touched.insert((user.0, *verdict, *kind));
                }
                VoteEvent::ClearedEmoji { verdict, .. } => {
                    touched.extend(halves().filter(|half| half.0 == *verdict).flat_map(of));
                }
                VoteEvent::ClearedAll { .. } => touched.extend(halves().flat_map(of)),
                _ => {}
            }
            self.arrive(vec![event]).await;
        }
        let outcome = self.recounter.write(*reading).await.unwrap().expect("the reading is known");
        let frozen = self.model.frozen.contains(&card);
        assert_eq!(outcome == Outcome::NoCard, frozen, "{outcome:?}");
        self.model.recount(card, &lists, &touched, seen);
    }

    async fn compare(&self) {
        for (server, tool) in BTreeSet::from(CARDS) {
            let tally = self.store.tally(ServerId(server), &ToolId::base(tool).unwrap()).await.unwrap();
            assert_eq!(tally, self.model.tally(server, tool), "tool {tool} in server {server}");
        }
        for card in 0..CARDS.len() {
            let expected: BTreeMap<_, _> = self
                .model
                .on_card(card)
                .into_iter()
                .map(|(user, halves)| (self.voters.hash(server_of(card), UserId(user)), halves))
                .collect();
            let stored: BTreeMap<_, _> =
                self.store.marks_on(card_id(card)).await.unwrap().into_iter().collect();
            assert_eq!(stored, expected, "card {card}");
        }
    }

    /// After a recount of everything, what is known is what stands.
    async fn compare_with_discord(&mut self) {
        self.step(Step::Trouble(false)).await;
        self.step(Step::Recount { cards: (0..CARDS.len()).collect(), meanwhile: false }).await;
        self.compare().await;
        let discord = self.discord.lock();
        for card in (0..CARDS.len()).filter(|card| !discord.deleted[*card]) {
            let mut standing: BTreeMap<u64, Halves> = BTreeMap::new();
            for (user, verdict, kind, _) in discord.standing[card].iter().filter(|one| one.0 != BOT) {
                let halves = standing.entry(*user).or_insert(Halves::NONE);
                *halves = halves.with(*verdict, *kind);
            }
            assert_eq!(self.model.on_card(card), standing, "card {card} after a recount");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64), ..ProptestConfig::default() })]

    #[test]
    fn marks_are_what_stands_and_ballots_what_was_seen_last(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for step in steps {
                world.step(step).await;
                world.compare().await;
            }
            world.compare_with_discord().await;
            assert!(world.store.check().await.unwrap().is_clean());
        });
    }
}
