//! Cards that nobody registered.
//!
//! A bot that is killed between posting a card and registering it leaves a message behind that it does not know of. Its own
//! button still says which tool it is for ([`super::card_mark`]): it is registered, seeded, and its lists are compared like
//! those of any fresh card, so that earlier votes on it count too. Such a message is found
//!
//! - when somebody reacts to it: it is read once;
//! - after a start, in the channels where the last cards before the end were posted. Cards there that were registered and
//!   not seeded yet are seeded.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::Value;
use serenity::all::{Message, ReactionType};

use super::{
    card_mark, emoji,
    outbox::{Key, Outbox, Urgency},
    post::seed_later,
    recount::Recounts,
    rest::{Patience, Rest, calls},
};
use crate::{
    domain::{
        ids::{ChannelId, ServerId, UserId},
        review::Verdict,
        time::Timestamp,
    },
    service::{cards::KnownCards, ports::Place},
    store::{Store, StoreError, contract::CardPlace, records::Card},
};

/// So long a card may take to become known in the usual ways.
const USUAL_WAY: Duration = Duration::from_secs(2);
/// Nobody waits for it, and the next reaction asks again.
const READ: Patience = Patience { tries: 3, within: Duration::from_secs(8) };

/// Cards of so long before the newest one, in milliseconds, are the last before the end.
const LATELY: i64 = Timestamp::HOUR / 6;
/// An end of longer ago, in milliseconds, is nobody's concern any more.
const LONG_AGO: i64 = Timestamp::DAY;
/// So many of the last cards, and so many channels, are looked at.
const LAST_CARDS: usize = 100;
const LAST_CHANNELS: usize = 20;
/// So many of a channel's newest messages are looked at.
const NEWEST: usize = 50;

/// What an adoption needs. Cheap to clone.
#[derive(Clone)]
pub(super) struct Adoption {
    pub(super) us: UserId,
    pub(super) store: Arc<dyn Store>,
    pub(super) cards: Arc<KnownCards>,
    pub(super) rest: Rest,
    pub(super) outbox: Outbox,
    pub(super) recounts: Recounts,
}

impl Adoption {
    /// Looks at a message of ours that is no card we know of, unless it becomes one in the usual way. Never waits.
    pub(super) fn look_at(&self, server: ServerId, place: Place) {
        let this = self.clone();
        // A refusal is no loss: the next reaction asks again.
        let _ = self.outbox.push(
            place.channel,
            Urgency::Recount,
            Key::Recount(place.card),
            USUAL_WAY,
            move || async move {
                if !this.cards.contains(place.card) {
                    this.adopt(server, place).await;
                }
            },
        );
    }

    /// Looks through the channels where cards were posted last. For the first session after a start.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) async fn look_around(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut last = self.store.cards(CardPlace::All, now.plus(-LONG_AGO), None, LAST_CARDS).await?;
        let Some(since) = last.first().map(|newest| newest.created().plus(-LATELY)) else { return Ok(()) };
        last.retain(|card| card.created() >= since);
        let channels: BTreeMap<_, _> = last.iter().map(|card| (card.channel, card.server)).collect();
        for (channel, server) in channels.into_iter().take(LAST_CHANNELS) {
            let (this, key) = (self.clone(), self.outbox.single());
            let _ = self.outbox.push(channel, Urgency::Recount, key, Duration::ZERO, move || async move {
                this.look_through(server, channel, since).await;
            });
        }
        Ok(())
    }

    async fn look_through(self, server: ServerId, channel: ChannelId, since: Timestamp) {
        let call = calls::newest_messages(channel, NEWEST).for_recount().patience(READ);
        let messages = match self.rest.call(call).await {
            Ok(messages) => messages,
            Err(error) => {
                tracing::debug!(channel.id = channel.0, %error, "the last cards were not looked for");
                return;
            }
        };
        for message in messages.as_array().into_iter().flatten() {
            let Some((message, card)) = self.card(server, message.clone()) else { continue };
            if !self.cards.contains(card.id) {
                self.register(card).await;
            } else if card.created() >= since && !is_seeded(&message) {
                seed_later(&self.outbox, &self.rest, channel, card.id);
            }
        }
    }

    async fn adopt(self, server: ServerId, place: Place) {
        let call = calls::get_message(place.channel, place.card).for_recount().patience(READ);
        let message = match self.rest.call(call).await {
            Ok(message) => message,
            Err(error) => {
                if !error.is_transient() {
                    self.cards.is_no_card(place.card);
                }
                tracing::debug!(message.id = place.card.0, %error, "a message of ours could not be read");
                return;
            }
        };
        match self.card(server, message) {
            Some((_, card)) => self.register(card).await,
            None => self.cards.is_no_card(place.card),
        }
    }

    async fn register(&self, card: Card) {
        let (server, channel, id) = (card.server, card.channel, card.id);
        match self.cards.register(self.store.as_ref(), card).await {
            Ok(true) => {
                tracing::info!(
                    guild.id = server.0,
                    message.id = id.0,
                    "a card that was posted but not registered counts from now on"
                );
                self.recounts.fresh_card(id);
                seed_later(&self.outbox, &self.rest, channel, id);
            }
            Ok(false) => {}
            Err(error) => tracing::error!(message.id = id.0, %error, "a card could not be registered"),
        }
    }

    fn card(&self, server: ServerId, message: Value) -> Option<(Message, Card)> {
        let message: Message = serde_json::from_value(message).ok()?;
        if message.author.id.get() != self.us.0 {
            return None;
        }
        let card = card_mark::card_in(server, &message)?;
        Some((message, card))
    }
}

/// Whether both reactions of ours stand on a message.
fn is_seeded(message: &Message) -> bool {
    Verdict::ALL.iter().all(|wanted| {
        message.reactions.iter().any(|one| match &one.reaction_type {
            ReactionType::Unicode(name) => one.me && emoji::verdict(name) == Some(*wanted),
            _ => false,
        })
    })
}
