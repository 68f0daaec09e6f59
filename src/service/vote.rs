//! From reactions in their order to marks that are durable.
//!
//! [`Votes::apply`] takes what happened on one shard, in the order in which it arrived, and brings it into the store in
//! as few commits as that order allows. What it says back ([`Effects`]) is for those who show scores and compare lists.
//!
//! - Bots and our own seeds never count; they are left out here.
//! - A reaction on a message of our own that is no card yet waits up to [`WAIT_MS`] for its card, together with all later
//!   events on that message, so that their order stays.
//! - A repeated event changes nothing; the store sees to that.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId, UserId},
        marks::ReactionKind,
        review::Verdict,
        time::Timestamp,
    },
    service::{
        cards::{Acquaintance, KnownCards},
        ports::{Clock, Place},
        servers::{ServerLife, Session},
        voters::Voters,
    },
    store::{
        Store, StoreError,
        contract::{Applied, CardPlace, MarkChange},
        records::Card,
    },
    telemetry::Metrics,
};

/// How long events on a message of ours wait for it to become a card, in milliseconds.
pub const WAIT_MS: i64 = 10_000;
/// At most so many events of one shard wait; later ones are left to the reading of the card's lists.
const MOST_WAITING: usize = 10_000;
/// Changes in one call of the store: enough to share a sync, few enough to keep a transaction small.
const MOST_CHANGES: usize = 512;
/// Cards of a deleted channel that are frozen in one call.
const FREEZE_PAGE: usize = 500;

/// Something that happened on Discord and matters to votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoteEvent {
    /// A reaction was added.
    Added {
        /// The message.
        card: MessageId,
        /// Its server.
        server: ServerId,
        /// Who reacted.
        user: UserId,
        /// An application reacted.
        is_bot: bool,
        /// When the member joined the server, where the event tells it.
        joined: Option<Timestamp>,
        /// Which emoji.
        verdict: Verdict,
        /// Ordinary or super.
        kind: ReactionKind,
        /// The emoji is spelled as our seed is.
        usual: bool,
    },
    /// A reaction was taken back.
    Removed {
        /// The message.
        card: MessageId,
        /// Its server.
        server: ServerId,
        /// Whose reaction it was.
        user: UserId,
        /// Which emoji.
        verdict: Verdict,
        /// Ordinary or super.
        kind: ReactionKind,
        /// The emoji is spelled as our seed is.
        usual: bool,
    },
    /// All reactions of one emoji were cleared.
    ClearedEmoji {
        /// The message.
        card: MessageId,
        /// Which emoji.
        verdict: Verdict,
        /// The emoji is spelled as our seed is.
        usual: bool,
    },
    /// All reactions were cleared.
    ClearedAll {
        /// The message.
        card: MessageId,
    },
    /// A card of ours appeared: our own message, which names its tool.
    Posted(Box<Card>),
    /// A card's message was deleted.
    CardDeleted {
        /// The message.
        card: MessageId,
    },
    /// A channel or thread was deleted, and everything in it.
    ChannelDeleted {
        /// Its server.
        server: ServerId,
        /// The channel or thread.
        channel: ChannelId,
    },
    /// A server has the bot: newly, again, or after an outage.
    ServerHere(ServerId),
    /// A server cannot be reached because of an outage.
    ServerAway(ServerId),
    /// A server removed the bot.
    ServerGone(ServerId),
    /// A gateway session began anew: what happened before it may have been missed.
    SessionBegan(Box<Session>),
}

impl VoteEvent {
    /// The message to which it happened, for events that wait for their card.
    #[must_use]
    pub const fn card(&self) -> Option<MessageId> {
        match self {
            Self::Added { card, .. }
            | Self::Removed { card, .. }
            | Self::ClearedEmoji { card, .. }
            | Self::ClearedAll { card }
            | Self::CardDeleted { card } => Some(*card),
            _ => None,
        }
    }

    /// Whether losing it can be mended by reading the lists of one card.
    #[must_use]
    pub const fn is_mendable(&self) -> bool {
        self.card().is_some()
    }
}

/// A tally that changed, and the card on which it happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Changed {
    /// The card.
    pub card: MessageId,
    /// Its server.
    pub server: ServerId,
    /// Its tool.
    pub tool: ToolId,
}

/// What came of some events.
#[derive(Debug, Default)]
pub struct Effects {
    /// Cards whose tool has another tally now; show it.
    pub changed: Vec<Changed>,
    /// Cards on which something happened; look at their counts when they have gone quiet.
    pub touched: Vec<MessageId>,
    /// Cards that were just registered; read their lists once.
    pub registered: Vec<Place>,
    /// Cards on which a reaction went whose other spelling may still stand; compare them.
    pub doubtful: Vec<MessageId>,
    /// Servers that came back; compare their cards.
    pub returned: Vec<ServerId>,
    /// Sessions that began; compare the cards of their servers.
    pub sessions: Vec<Session>,
    /// Cards whose events the store did not take; compare them when it takes writes again.
    pub failed: Vec<MessageId>,
    /// Why it did not.
    pub error: Option<StoreError>,
}

impl Effects {
    fn fail(&mut self, card: Option<MessageId>, error: StoreError) {
        self.failed.extend(card);
        self.error = Some(error);
    }
}

/// What one shard's stream keeps between calls: events that wait for their card.
#[derive(Debug, Default)]
pub struct Waiting {
    by_message: FxHashMap<MessageId, (Timestamp, Vec<VoteEvent>)>,
    events: usize,
}

impl Waiting {
    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_message.is_empty()
    }
}

/// Turns reactions into marks.
pub struct Votes {
    store: Arc<dyn Store>,
    cards: Arc<KnownCards>,
    voters: Arc<Voters>,
    servers: Arc<ServerLife>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
}

impl std::fmt::Debug for Votes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Votes").field("cards", &self.cards.len()).finish_non_exhaustive()
    }
}

impl Votes {
    /// Votes on these cards, kept in that store.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        cards: Arc<KnownCards>,
        voters: Arc<Voters>,
        servers: Arc<ServerLife>,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { store, cards, voters, servers, clock, metrics }
    }

    /// Applies events of one shard in this order. When it returns, what is in [`Effects::changed`] is durable.
    pub async fn apply(
        &self,
        waiting: &mut Waiting,
        events: impl IntoIterator<Item = VoteEvent, IntoIter: Send>,
    ) -> Effects {
        let mut batch = Batch::default();
        for event in events.into_iter() {
            match event.card() {
                Some(card) => self.on_card(waiting, &mut batch, card, event),
                None => {
                    self.flush(&mut batch).await;
                    self.beside_cards(waiting, &mut batch, event).await;
                }
            }
            if batch.changes.len() >= MOST_CHANGES {
                self.flush(&mut batch).await;
            }
        }
        self.flush(&mut batch).await;
        batch.effects
    }

    /// Applies events whose card has become known, and drops those that waited too long. Call it now and then while
    /// something waits.
    pub async fn settle(&self, waiting: &mut Waiting) -> Effects {
        let too_old = self.clock.now().plus(-WAIT_MS);
        let mut batch = Batch::default();
        let messages: Vec<MessageId> = waiting.by_message.keys().copied().collect();
        for message in messages {
            if self.cards.contains(message) {
                self.take_waiting(waiting, &mut batch, message);
            } else if waiting.by_message.get(&message).is_some_and(|(since, _)| *since < too_old) {
                self.cards.give_up(message);
                if let Some((_, events)) = waiting.by_message.remove(&message) {
                    waiting.events -= events.len();
                }
            }
            if batch.changes.len() >= MOST_CHANGES {
                self.flush(&mut batch).await;
            }
        }
        self.cards.give_up_older(too_old.plus(-WAIT_MS));
        self.flush(&mut batch).await;
        batch.effects
    }

    /// An event on a message: applied when it is a card, kept when it may become one.
    fn on_card(&self, waiting: &mut Waiting, batch: &mut Batch, card: MessageId, event: VoteEvent) {
        match self.cards.look_up(card) {
            Acquaintance::Known => {
                if !waiting.by_message.is_empty() {
                    self.take_waiting(waiting, batch, card);
                }
                self.translate(batch, event);
            }
            Acquaintance::Awaited => {
                if waiting.events < MOST_WAITING {
                    let now = self.clock.now();
                    let (_, events) = waiting.by_message.entry(card).or_insert((now, Vec::new()));
                    events.push(event);
                    waiting.events += 1;
                }
            }
            Acquaintance::Foreign => {}
        }
    }

    fn take_waiting(&self, waiting: &mut Waiting, batch: &mut Batch, card: MessageId) {
        if let Some((_, events)) = waiting.by_message.remove(&card) {
            waiting.events -= events.len();
            for event in events {
                self.translate(batch, event);
            }
        }
    }

    /// An event on a card as a change of its marks.
    fn translate(&self, batch: &mut Batch, event: VoteEvent) {
        let change = match event {
            VoteEvent::Added { is_bot: true, .. } => return,
            VoteEvent::Added { card, server, user, joined, verdict, kind, usual, is_bot: false } => {
                if !usual {
                    self.cards.has_two_spellings(card);
                }
                let held_until = self.voters.held_until(server, user, joined, self.clock.now());
                MarkChange::Add { card, voter: self.voters.hash(server, user), verdict, kind, held_until }
            }
            VoteEvent::Removed { card, server, user, verdict, kind, usual } => {
                self.doubt(batch, card, usual);
                MarkChange::Remove { card, voter: self.voters.hash(server, user), verdict, kind }
            }
            VoteEvent::ClearedEmoji { card, verdict, usual } => {
                self.doubt(batch, card, usual);
                MarkChange::ClearEmoji { card, verdict }
            }
            VoteEvent::ClearedAll { card } => MarkChange::ClearAll { card },
            VoteEvent::CardDeleted { card } => MarkChange::Freeze { card, at: self.clock.now() },
            _ => return,
        };
        batch.changes.push(change);
    }

    /// A reaction went; when the card carries its emoji in two spellings, only the lists tell what still stands.
    fn doubt(&self, batch: &mut Batch, card: MessageId, usual: bool) {
        if (!usual || self.cards.may_have_two_spellings(card)) && !batch.effects.doubtful.contains(&card) {
            batch.effects.doubtful.push(card);
        }
    }

    /// An event that is not about one card's marks. Everything before it has been applied.
    async fn beside_cards(&self, waiting: &mut Waiting, batch: &mut Batch, event: VoteEvent) {
        let result = match event {
            VoteEvent::Posted(card) => {
                let place = Place { channel: card.channel, card: card.id };
                match self.cards.register(self.store.as_ref(), *card).await {
                    Ok(first) => {
                        if first {
                            batch.effects.registered.push(place);
                        }
                        self.take_waiting(waiting, batch, place.card);
                        Ok(())
                    }
                    Err(error) => Err(error),
                }
            }
            VoteEvent::ChannelDeleted { server, channel } => {
                self.freeze_channel(batch, server, channel).await
            }
            VoteEvent::ServerHere(server) => self.servers.here(server).await.map(|is_news| {
                if is_news {
                    batch.effects.returned.push(server);
                }
            }),
            VoteEvent::ServerAway(server) => {
                self.servers.away(server);
                Ok(())
            }
            VoteEvent::ServerGone(server) => self.servers.gone(server).await,
            VoteEvent::SessionBegan(session) => {
                let result = self.servers.session_began(&session).await;
                batch.effects.sessions.push(*session);
                result.map(|missing| {
                    if !missing.is_empty() {
                        tracing::info!(
                            servers = missing.len(),
                            "servers removed the bot while it was away; their data is kept for 14 days"
                        );
                    }
                })
            }
            _ => Ok(()),
        };
        if let Err(error) = result {
            batch.effects.fail(None, error);
        }
    }

    async fn freeze_channel(
        &self,
        batch: &mut Batch,
        server: ServerId,
        channel: ChannelId,
    ) -> Result<(), StoreError> {
        let place = CardPlace::Channel(server, channel);
        let mut before = None;
        loop {
            let page = self.store.cards(place.clone(), Timestamp(i64::MIN), before, FREEZE_PAGE).await?;
            let at = self.clock.now();
            batch.changes.extend(page.iter().map(|card| MarkChange::Freeze { card: card.id, at }));
            before = page.last().map(|card| card.id);
            self.flush(batch).await;
            if page.len() < FREEZE_PAGE {
                return Ok(());
            }
        }
    }

    /// Brings the collected changes into the store.
    async fn flush(&self, batch: &mut Batch) {
        if batch.changes.is_empty() {
            return;
        }
        let changes = std::mem::take(&mut batch.changes);
        let cards: Vec<(MessageId, bool)> = changes
            .iter()
            .map(|change| (change.card(), matches!(change, MarkChange::Freeze { .. })))
            .collect();
        match self.store.apply(changes.clone()).await {
            Ok(applied) => self.note(&mut batch.effects, &cards, applied),
            // The reason may lie with one card (its server is being purged): the others must not suffer from it.
            Err(StoreError::Purging | StoreError::Damaged(_) | StoreError::TooLarge { .. })
                if changes.len() > 1 =>
            {
                for (change, card) in changes.into_iter().zip(cards) {
                    match self.store.apply(vec![change]).await {
                        Ok(applied) => self.note(&mut batch.effects, &[card], applied),
                        Err(error) => batch.effects.fail(Some(card.0), error),
                    }
                }
            }
            Err(error) => {
                for (card, _) in cards {
                    batch.effects.fail(Some(card), error.clone());
                }
            }
        }
    }

    fn note(&self, effects: &mut Effects, cards: &[(MessageId, bool)], applied: Vec<Applied>) {
        let mut votes = 0;
        for ((card, froze), applied) in cards.iter().zip(applied) {
            match applied {
                Applied::Done { tally, members } => {
                    votes += u64::from(members > 0);
                    if *froze {
                        self.cards.remove(*card);
                        continue;
                    }
                    effects.touched.push(*card);
                    if tally.before != tally.after {
                        effects.changed.push(Changed { card: *card, server: tally.server, tool: tally.tool });
                    }
                }
                Applied::UnknownCard | Applied::FrozenCard => self.cards.remove(*card),
                Applied::UnknownReading => {}
            }
        }
        self.metrics.votes_applied.add(votes);
    }
}

/// What is collected while events are gone through.
#[derive(Default)]
struct Batch {
    changes: Vec<MarkChange>,
    effects: Effects,
}

impl Effects {
    /// Each card once, in the order of first mention.
    #[must_use]
    pub fn touched_once(&self) -> Vec<MessageId> {
        let mut seen = FxHashSet::default();
        self.touched.iter().copied().filter(|card| seen.insert(*card)).collect()
    }

    /// Each changed card once.
    #[must_use]
    pub fn changed_once(&self) -> Vec<&Changed> {
        let mut seen = FxHashSet::default();
        self.changed.iter().filter(|changed| seen.insert(changed.card)).collect()
    }
}
