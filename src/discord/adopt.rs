//! Cards that nobody registered.
//!
//! A bot that is killed between posting a card and registering it leaves a message behind that it does not know of. When
//! somebody reacts to such a message, its own button still says which tool it is for ([`super::card_mark`]): it is read once,
//! registered, seeded, and its lists are compared like those of any fresh card, so that earlier votes on it count too.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use serenity::all::Message;

use super::{
    card_mark,
    outbox::{Key, Outbox, Urgency},
    post::seed_later,
    recount::Recounts,
    rest::{Patience, Rest, calls},
};
use crate::{
    domain::ids::{ServerId, UserId},
    service::{cards::KnownCards, ports::Place},
    store::Store,
};

/// So long a card may take to become known in the usual ways.
const USUAL_WAY: Duration = Duration::from_secs(2);
/// Nobody waits for it, and the next reaction asks again.
const READ: Patience = Patience { tries: 3, within: Duration::from_secs(8) };

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
        let Some(card) = self.card(server, message) else {
            self.cards.is_no_card(place.card);
            return;
        };
        match self.cards.register(self.store.as_ref(), card).await {
            Ok(true) => {
                tracing::info!(
                    guild.id = server.0,
                    message.id = place.card.0,
                    "a card that was posted but not registered counts from now on"
                );
                self.recounts.fresh_card(place.card);
                seed_later(&self.outbox, &self.rest, place.channel, place.card);
            }
            Ok(false) => {}
            Err(error) => {
                tracing::error!(message.id = place.card.0, %error, "a card could not be registered");
            }
        }
    }

    fn card(&self, server: ServerId, message: Value) -> Option<crate::store::records::Card> {
        let message: Message = serde_json::from_value(message).ok()?;
        (message.author.id.get() == self.us.0).then(|| card_mark::card_in(server, &message))?
    }
}
