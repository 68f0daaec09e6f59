//! Making the marks of a card equal to Discord's lists.
//!
//! Events are missed while the bot is away, and Discord promises none of them. A recount reads who stands on a card and
//! makes our marks equal to that, in both directions. It is two steps, so that a difference can be shown before it is
//! written: [`Recounter::read`], then [`Recounter::write`] or [`Recounter::discard`].
//!
//! What arrives while a card is read is newer than what is read; the store keeps account of it from the beginning of the
//! reading and lets it stand. A card that is gone (404) is frozen. A card that cannot be read is skipped: never taken as
//! empty.

mod difference;

use std::{collections::VecDeque, sync::Arc};

use rustc_hash::FxHashMap;

pub use self::difference::Difference;
use crate::{
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId, VoterHash},
        marks::Halves,
        score::Tally,
    },
    service::{
        cards::KnownCards,
        ports::{Clock, Counts, Place, Reactions, ReadError},
        voters::Voters,
    },
    store::{
        Store, StoreError,
        contract::{Applied, MarkChange, ReadingId, Recount, Standing},
        records::Card,
    },
    telemetry::Metrics,
};

/// A reading that the store has forgotten is begun again at most so often.
const READ_AGAIN: usize = 3;

/// The lists of one card, read but not written yet.
#[derive(Debug)]
pub struct Reading {
    /// The card.
    pub card: Card,
    /// What will change when this is written.
    pub difference: Difference,
    recount: Recount,
    id: ReadingId,
    standing: Vec<Standing>,
}

/// What reading a card led to.
#[derive(Debug)]
pub enum Read {
    /// The lists are here.
    Lists(Box<Reading>),
    /// The card is gone: its marks were frozen.
    Gone,
    /// It could not be read; nothing was changed.
    Skipped(ReadError),
    /// It is no card of ours, or was frozen before.
    NoCard,
}

/// What a recount did to one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Our marks were right.
    Same,
    /// They differed and were made equal.
    Repaired(Repair),
    /// They differ, and nothing was written: the card was only looked at.
    Differs(Finding),
    /// The card is gone: its marks were frozen.
    Gone,
    /// It could not be read; nothing was changed.
    Skipped(ReadError),
    /// It is no card of ours, or was frozen before.
    NoCard,
}

/// A card that was made equal to Discord's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The card.
    pub place: Place,
    /// Its server.
    pub server: ServerId,
    /// Its tool.
    pub tool: ToolId,
    /// What was unknown.
    pub difference: Difference,
    /// The tally of its tool before.
    pub before: Tally,
    /// The tally of its tool after.
    pub after: Tally,
}

/// A card that is not equal to Discord's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The card.
    pub place: Place,
    /// Its tool.
    pub tool: ToolId,
    /// What a repair would change.
    pub difference: Difference,
}

/// Compares cards with Discord's lists.
pub struct Recounter {
    store: Arc<dyn Store>,
    reactions: Arc<dyn Reactions>,
    voters: Arc<Voters>,
    cards: Arc<KnownCards>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
}

impl std::fmt::Debug for Recounter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recounter").finish_non_exhaustive()
    }
}

impl Recounter {
    /// Reads by `reactions`, writes to `store`.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        reactions: Arc<dyn Reactions>,
        voters: Arc<Voters>,
        cards: Arc<KnownCards>,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { store, reactions, voters, cards, clock, metrics }
    }

    /// Begins a recount of one card or many: the marks it finds are newer than those known now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin(&self) -> Result<Recount, StoreError> {
        self.store.begin_recount().await
    }

    /// Reads the lists of a card.
    ///
    /// # Errors
    /// When the store fails. What Discord answers is no error; see [`Read`].
    pub async fn read(&self, recount: Recount, card: MessageId) -> Result<Read, StoreError> {
        let Some(card) = self.store.card(card).await?.filter(|card| card.frozen.is_none()) else {
            self.cards.remove(card);
            return Ok(Read::NoCard);
        };
        let id = self.store.begin_reading(card.id).await?;
        let reactors = match self.reactions.standing(Place { channel: card.channel, card: card.id }).await {
            Ok(reactors) => reactors,
            Err(error) => {
                self.store.end_reading(id).await;
                if error != ReadError::Gone {
                    return Ok(Read::Skipped(error));
                }
                self.store.apply(vec![MarkChange::Freeze { card: card.id, at: self.clock.now() }]).await?;
                self.cards.remove(card.id);
                return Ok(Read::Gone);
            }
        };
        if reactors.iter().any(|reactor| !reactor.usual) {
            self.cards.has_two_spellings(card.id);
        }
        let now = self.clock.now();
        let mut by_voter: FxHashMap<VoterHash, Standing> = FxHashMap::default();
        for reactor in reactors.iter().filter(|reactor| !reactor.is_bot) {
            let voter = self.voters.hash(card.server, reactor.user);
            let one = by_voter.entry(voter).or_insert_with(|| Standing {
                voter,
                halves: Halves::NONE,
                held_until: self.voters.held_until(card.server, reactor.user, None, now),
            });
            one.halves = one.halves.with(reactor.verdict, reactor.kind);
        }
        let standing: Vec<Standing> = by_voter.into_values().collect();
        let known = self.store.marks_on(card.id).await?;
        let difference = Difference::between(&known, &standing);
        Ok(Read::Lists(Box::new(Reading { card, difference, recount, id, standing })))
    }

    /// Makes the marks equal to what was read. `None`: the reading took so long that the store has forgotten it; read
    /// again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn write(&self, reading: Reading) -> Result<Option<Outcome>, StoreError> {
        let Reading { card, difference, recount, id, standing } = reading;
        let change = MarkChange::Reconcile { card: card.id, recount, reading: id, standing };
        let applied = self.store.apply(vec![change]).await?.pop();
        self.metrics.cards_recounted.increment();
        Ok(match applied {
            Some(Applied::Done { members: 0, .. }) => Some(Outcome::Same),
            Some(Applied::Done { tally, .. }) => {
                self.metrics.marks_repaired.add(difference.marks());
                Some(Outcome::Repaired(Repair {
                    place: Place { channel: card.channel, card: card.id },
                    server: tally.server,
                    tool: tally.tool,
                    difference,
                    before: tally.before,
                    after: tally.after,
                }))
            }
            Some(Applied::UnknownReading) => None,
            Some(Applied::UnknownCard | Applied::FrozenCard) | None => {
                self.cards.remove(card.id);
                Some(Outcome::NoCard)
            }
        })
    }

    /// Lets a reading go without writing it.
    pub async fn discard(&self, reading: Reading) {
        self.store.end_reading(reading.id).await;
    }

    /// Reads a card and makes its marks equal to that.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn card(&self, recount: Recount, card: MessageId) -> Result<Outcome, StoreError> {
        for _ in 0..READ_AGAIN {
            match self.read(recount, card).await? {
                Read::Lists(reading) => {
                    if let Some(outcome) = self.write(*reading).await? {
                        return Ok(outcome);
                    }
                }
                Read::Gone => return Ok(Outcome::Gone),
                Read::Skipped(error) => return Ok(Outcome::Skipped(error)),
                Read::NoCard => return Ok(Outcome::NoCard),
            }
        }
        Ok(Outcome::Skipped(ReadError::Unreadable("reading it took too long".to_owned())))
    }

    /// Reads a card and says what differs; nothing is written.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn look(&self, recount: Recount, card: MessageId) -> Result<Outcome, StoreError> {
        Ok(match self.read(recount, card).await? {
            Read::Lists(reading) => {
                let Card { channel, id, ref tool, .. } = reading.card;
                let (place, tool) = (Place { channel, card: id }, tool.clone());
                let difference = reading.difference;
                self.discard(*reading).await;
                if difference.is_none() {
                    Outcome::Same
                } else {
                    Outcome::Differs(Finding { place, tool, difference })
                }
            }
            Read::Gone => Outcome::Gone,
            Read::Skipped(error) => Outcome::Skipped(error),
            Read::NoCard => Outcome::NoCard,
        })
    }

    /// Reads a card that was just registered. While nobody but us has reacted there and we know of nobody, its lists are
    /// empty and need not be read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn fresh_card(&self, recount: Recount, card: MessageId) -> Result<Outcome, StoreError> {
        if let Some(place) =
            self.store.card(card).await?.map(|card| Place { channel: card.channel, card: card.id })
            && self.reactions.counts(place).await.is_ok_and(|counts| counts == Counts::default())
            && self.store.counts_on(card).await? == Counts::default().in_order()
        {
            return Ok(Outcome::Same);
        }
        self.card(recount, card).await
    }

    /// Whether the number of reactions on a card is what our marks say. A cheap look at a card that has gone quiet: equal
    /// counts can hide an exchange, so a recount after a session never relies on this. `true` when that cannot be told.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn counts_agree(&self, card: MessageId) -> Result<bool, StoreError> {
        let Some(card) = self.store.card(card).await?.filter(|card| card.frozen.is_none()) else {
            return Ok(true);
        };
        match self.reactions.counts(Place { channel: card.channel, card: card.id }).await {
            Ok(counts) => Ok(self.store.counts_on(card.id).await? == counts.in_order()),
            // Gone is for a recount to find out: it freezes.
            Err(ReadError::Gone) => Ok(false),
            Err(_) => Ok(true),
        }
    }
}

/// The order in which cards are compared. `cards` come newest first; they stay so within their channel, and channels take
/// turns, the one with the newest card first: Discord limits a channel, not the bot, long before the bot's own limit.
#[must_use]
pub fn spread<T>(cards: Vec<T>, channel: impl Fn(&T) -> ChannelId) -> Vec<T> {
    let mut turns: VecDeque<VecDeque<T>> = VecDeque::new();
    let mut place: FxHashMap<ChannelId, usize> = FxHashMap::default();
    let count = cards.len();
    for card in cards {
        let at = *place.entry(channel(&card)).or_insert_with(|| {
            turns.push_back(VecDeque::new());
            turns.len() - 1
        });
        if let Some(lane) = turns.get_mut(at) {
            lane.push_back(card);
        }
    }
    let mut order = Vec::with_capacity(count);
    while let Some(mut lane) = turns.pop_front() {
        order.extend(lane.pop_front());
        if !lane.is_empty() {
            turns.push_back(lane);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_take_turns_and_the_newest_comes_first() {
        let cards = vec![(9, 'a'), (8, 'a'), (7, 'b'), (6, 'a'), (5, 'c'), (4, 'b')];
        let order = spread(cards, |(_, channel)| ChannelId(u64::from(u32::from(*channel))));
        assert_eq!(order, [(9, 'a'), (7, 'b'), (5, 'c'), (8, 'a'), (4, 'b'), (6, 'a')]);
    }
}
