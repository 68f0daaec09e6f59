//! Which messages are cards of ours.
//!
//! Nearly all reactions of a server are on other people's messages. They are told apart here, from memory: one look-up
//! in a set of message ids, no store. A reaction on a message of our own that is no card *yet* is let through, because
//! its card may just be on the way; so are further events on that message, for as long as it is awaited.

use parking_lot::RwLock;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    domain::{ids::MessageId, time::Timestamp},
    store::{
        Store, StoreError,
        contract::{CardPlace, Registered},
        records::Card,
    },
};

/// At most so many of our messages are awaited at a time; reactions on further ones are left to the reading of the lists
/// that follows every registration.
const MOST_AWAITED: usize = 4_096;
/// At most so many messages of ours are remembered to be none.
const MOST_NO_CARDS: usize = 4_096;
/// At most so many cards are remembered to carry an emoji in two spellings.
const MOST_TWO_SPELLINGS: usize = 4_096;
/// Cards read from the store at a time.
const PAGE: usize = 1_000;

/// What a message is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acquaintance {
    /// A card.
    Known,
    /// A message of ours that may become one.
    Awaited,
    /// Nothing to us.
    Foreign,
}

/// The ids of all cards that are not frozen. 8 bytes each and their share of a hash table.
#[derive(Debug, Default)]
pub struct KnownCards(RwLock<Ids>);

#[derive(Debug, Default)]
struct Ids {
    known: FxHashSet<MessageId>,
    awaited: FxHashMap<MessageId, Timestamp>,
    /// Messages of ours that were looked at and are no cards.
    no_cards: FxHashSet<MessageId>,
    two_spellings: FxHashSet<MessageId>,
}

/// What came of waiting for a message of ours to become a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaiting {
    /// It is not awaited: it is a card already, or known to be none, or too many are awaited.
    No,
    /// It has been awaited since before.
    Already,
    /// It is awaited from now on.
    Begun,
}

impl KnownCards {
    /// Reads all cards of the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let cards = Self::default();
        let mut before = None;
        loop {
            let page = store.cards(CardPlace::All, Timestamp(i64::MIN), before, PAGE).await?;
            let mut ids = cards.0.write();
            ids.known.extend(page.iter().map(|card| card.id));
            match page.last() {
                Some(last) if page.len() == PAGE => before = Some(last.id),
                _ => break,
            }
        }
        Ok(cards)
    }

    /// What a message is to us.
    #[must_use]
    pub fn look_up(&self, message: MessageId) -> Acquaintance {
        let ids = self.0.read();
        if ids.known.contains(&message) {
            Acquaintance::Known
        } else if !ids.awaited.is_empty() && ids.awaited.contains_key(&message) {
            Acquaintance::Awaited
        } else {
            Acquaintance::Foreign
        }
    }

    /// Whether a message is a card.
    #[must_use]
    pub fn contains(&self, message: MessageId) -> bool {
        self.look_up(message) == Acquaintance::Known
    }

    /// A reaction on a message of our own arrived and the message is no card (yet): its events are let through from now
    /// on.
    pub fn await_card(&self, message: MessageId, now: Timestamp) -> Awaiting {
        let mut ids = self.0.write();
        if ids.known.contains(&message) || ids.no_cards.contains(&message) {
            return Awaiting::No;
        }
        if ids.awaited.contains_key(&message) {
            return Awaiting::Already;
        }
        if ids.awaited.len() >= MOST_AWAITED {
            return Awaiting::No;
        }
        ids.awaited.insert(message, now);
        Awaiting::Begun
    }

    /// A message of ours was looked at and is no card: reactions on it are foreign from now on.
    pub fn is_no_card(&self, message: MessageId) {
        let mut ids = self.0.write();
        ids.awaited.remove(&message);
        if ids.no_cards.len() >= MOST_NO_CARDS {
            ids.no_cards.clear();
        }
        ids.no_cards.insert(message);
    }

    /// A message did not turn out to be a card in time.
    pub fn give_up(&self, message: MessageId) {
        let mut ids = self.0.write();
        ids.awaited.remove(&message);
    }

    /// Drops messages that have been awaited since before `since`, whoever awaited them.
    pub fn give_up_older(&self, since: Timestamp) {
        let mut ids = self.0.write();
        if !ids.awaited.is_empty() {
            ids.awaited.retain(|_, began| *began >= since);
        }
    }

    /// Whether any message is awaited.
    #[must_use]
    pub fn awaits_any(&self) -> bool {
        !self.0.read().awaited.is_empty()
    }

    /// A card is in the store: its events count from now on.
    pub fn add(&self, card: MessageId) {
        let mut ids = self.0.write();
        ids.awaited.remove(&card);
        ids.known.insert(card);
    }

    /// Somebody used another spelling of an emoji than our seed. Discord keeps the two spellings as two reactions; to us
    /// they are one mark, so when one of them goes only a reading of the lists tells whether the other still stands.
    pub fn has_two_spellings(&self, card: MessageId) {
        let mut ids = self.0.write();
        if ids.two_spellings.len() < MOST_TWO_SPELLINGS {
            ids.two_spellings.insert(card);
        }
    }

    /// Whether an emoji was seen on a card in another spelling than our seed.
    #[must_use]
    pub fn may_have_two_spellings(&self, card: MessageId) -> bool {
        let ids = self.0.read();
        !ids.two_spellings.is_empty() && ids.two_spellings.contains(&card)
    }

    /// A card is frozen or its server purged: its events count no more.
    pub fn remove(&self, card: MessageId) {
        let mut ids = self.0.write();
        ids.known.remove(&card);
        ids.two_spellings.remove(&card);
        // After a server with many cards left, the table gives its memory back.
        if ids.known.capacity() > 1_024 && ids.known.len() * 8 < ids.known.capacity() {
            ids.known.shrink_to_fit();
        }
    }

    /// How many cards are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.read().known.len()
    }

    /// Whether no card is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Registers a card, durable when this returns. Both the REST answer and our own MESSAGE_CREATE do this; the first
    /// counts. Returns whether this was the first: then the card's lists are to be read once.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn register(&self, store: &dyn Store, card: Card) -> Result<bool, StoreError> {
        let id = card.id;
        let registered = store.register_card(card).await?;
        if registered == Registered::New {
            self.add(id);
        }
        Ok(registered == Registered::New)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: MessageId = MessageId(7);
    const NOW: Timestamp = Timestamp(1_000);

    #[test]
    fn a_message_is_foreign_then_awaited_then_known() {
        let cards = KnownCards::default();
        assert_eq!(cards.look_up(CARD), Acquaintance::Foreign);
        assert_eq!(cards.await_card(CARD, NOW), Awaiting::Begun);
        assert_eq!(cards.await_card(CARD, NOW), Awaiting::Already);
        assert_eq!(cards.look_up(CARD), Acquaintance::Awaited);
        cards.add(CARD);
        assert_eq!(cards.look_up(CARD), Acquaintance::Known);
        assert_eq!(cards.await_card(CARD, NOW), Awaiting::No, "a card need not be awaited");
        cards.remove(CARD);
        assert_eq!(cards.look_up(CARD), Acquaintance::Foreign);
    }

    #[test]
    fn what_is_known_to_be_no_card_is_awaited_no_more() {
        let cards = KnownCards::default();
        cards.await_card(CARD, NOW);
        cards.is_no_card(CARD);
        assert_eq!(cards.look_up(CARD), Acquaintance::Foreign);
        assert_eq!(cards.await_card(CARD, NOW), Awaiting::No);
        (0..2 * MOST_NO_CARDS as u64).for_each(|id| cards.is_no_card(MessageId(id)));
        assert!(cards.0.read().no_cards.len() <= MOST_NO_CARDS);
    }

    #[test]
    fn awaiting_ends_and_is_bounded() {
        let cards = KnownCards::default();
        for id in 0..MOST_AWAITED as u64 {
            assert_eq!(cards.await_card(MessageId(id), NOW), Awaiting::Begun);
        }
        assert_eq!(cards.await_card(MessageId(u64::MAX), NOW), Awaiting::No);
        assert_eq!(cards.await_card(MessageId(0), NOW.plus(50)), Awaiting::Already);
        cards.give_up_older(NOW.plus(1));
        assert!(!cards.awaits_any(), "the first reaction counts, not the last");
    }

    #[test]
    fn the_set_gives_memory_back() {
        let cards = KnownCards::default();
        (0..100_000).for_each(|id| cards.add(MessageId(id)));
        (0..99_990).for_each(|id| cards.remove(MessageId(id)));
        assert_eq!(cards.len(), 10);
        assert!(cards.0.read().known.capacity() < 10_000);
    }
}
