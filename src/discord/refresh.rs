//! Showing the newest score on cards.
//!
//! However many votes arrive, a card is edited at most once in [`PACE`], one edit at a time, and the last edit shows the
//! last state. Discord limits edits of messages older than an hour much harder (code 30046), so those are edited rarely,
//! and one at a time in a channel.

use std::{
    hash::{Hash as _, Hasher as _},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHasher};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    discord::{
        outbox::{Key, Outbox, Urgency},
        rest::{Patience, Rest, RestError, calls},
    },
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId},
        time::Timestamp,
    },
    service::{cards::KnownCards, ports::Clock},
    store::{
        Store, StoreError,
        contract::{CardPlace, MarkChange},
        records::Card,
    },
};

/// The first vote after a pause is shown after this time; those that come meanwhile are shown with it.
const FIRST: Duration = Duration::from_millis(400);
/// Least time between two edits of one card.
const PACE: Duration = Duration::from_secs(3);
/// A card is old from this age on, in milliseconds (Discord's own border).
const OLD_AFTER: i64 = Timestamp::HOUR;
/// Least time between two edits of one old card.
const OLD_PACE: Duration = Duration::from_secs(300);
/// Least time between edits of old cards in one channel.
const OLD_CHANNEL_PACE: Duration = Duration::from_secs(20);
/// Further young cards of the same tool that are refreshed along with the one that was voted on.
const COMPANIONS: usize = 5;
/// Cards that are refreshed when a moderator changed their tool.
const EDITED: usize = 20;
/// Cards whose last edit is remembered; beyond that those of long ago are forgotten.
const REMEMBERED: usize = 2_048;
/// A card whose edit failed for a passing reason is edited again after [`PACE`], then after twice that and so on, up to
/// this; so often at most, which is more than an hour in all.
const LONGEST_AGAIN: Duration = Duration::from_secs(600);
const AGAIN: u32 = 14;
/// Discord's code for too many edits of old messages.
const TOO_MANY_OLD_EDITS: u32 = 30_046;

/// How a card looks now.
#[async_trait]
pub trait CardView: Send + Sync {
    /// The body of the edit that shows it. `None`: there is nothing to show (its tool is hidden here).
    ///
    /// # Errors
    /// When the card cannot be built.
    async fn body(&self, card: &Card) -> anyhow::Result<Option<Value>>;

    /// The data of a server was deleted: what is kept of it in memory to build its cards goes too.
    fn server_forgotten(&self, _server: ServerId) {}
}

/// Brings scores onto cards. Cheap to clone.
#[derive(Clone)]
pub struct Refresher(Arc<Inner>);

struct Inner {
    outbox: Outbox,
    rest: Rest,
    store: Arc<dyn Store>,
    cards: Arc<KnownCards>,
    view: Arc<dyn CardView>,
    clock: Arc<dyn Clock>,
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    /// When a card was last edited and what it shows (a hash of it).
    by_card: FxHashMap<MessageId, (Instant, u64)>,
    /// From when on the next old card of a channel may be edited.
    old_free: FxHashMap<ChannelId, Instant>,
    /// How often the edit of a card failed since it last worked.
    failed: FxHashMap<MessageId, u32>,
}

impl std::fmt::Debug for Refresher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refresher").finish_non_exhaustive()
    }
}

impl Refresher {
    /// Edits through `outbox` and `rest` what `view` makes of a card.
    #[must_use]
    pub fn new(
        outbox: Outbox,
        rest: Rest,
        store: Arc<dyn Store>,
        cards: Arc<KnownCards>,
        view: Arc<dyn CardView>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Inner { outbox, rest, store, cards, view, clock, shown: Mutex::default() }))
    }

    /// The tally behind a card changed: the card is shown anew, and young cards of the same tool in its server with it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn card_changed(
        &self,
        card: MessageId,
        server: ServerId,
        tool: &ToolId,
    ) -> Result<(), StoreError> {
        if let Some(card) = self.0.store.card(card).await?.filter(|card| card.frozen.is_none()) {
            self.show(&card);
        }
        self.tool_changed(server, tool, Some(card)).await
    }

    /// The tally of a tool changed: its young cards in that server are shown anew, all but `except`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn tool_changed(
        &self,
        server: ServerId,
        tool: &ToolId,
        except: Option<MessageId>,
    ) -> Result<(), StoreError> {
        let since = self.0.clock.now().plus(-OLD_AFTER);
        let place = CardPlace::Tool(server, tool.clone());
        for card in self.0.store.cards(place, since, None, COMPANIONS).await? {
            if Some(card.id) != except {
                self.show(&card);
            }
        }
        Ok(())
    }

    /// What a tool is was changed in a server: its newest cards there are shown anew, old ones slowly.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn tool_edited(&self, server: ServerId, tool: &ToolId) -> Result<(), StoreError> {
        let place = CardPlace::Tool(server, tool.clone());
        for card in self.0.store.cards(place, Timestamp(i64::MIN), None, EDITED).await? {
            if card.frozen.is_none() {
                self.show(&card);
            }
        }
        Ok(())
    }

    /// A card was read. It is shown anew when it does not show its newest state: a process may end between a vote and the
    /// edit that shows it. What this process has edited itself needs no look.
    pub fn saw(&self, channel: ChannelId, card: MessageId, message: &Value) {
        if self.0.shown.lock().by_card.contains_key(&card) {
            return;
        }
        let (this, seen) = (self.clone(), words(message));
        let outbox = &self.0.outbox;
        // Not merged with an edit that waits, which would be lost. A refusal is no loss: the next read asks again.
        let _ = outbox
            .push(channel, Urgency::Quiet, outbox.single(), Duration::ZERO, move || this.mend(card, seen));
    }

    async fn mend(self, card: MessageId, seen: Vec<String>) {
        let card = match self.0.store.card(card).await {
            Ok(Some(card)) if card.frozen.is_none() => card,
            _ => return,
        };
        if let Ok(Some(body)) = self.0.view.body(&card).await
            && words(&body) != seen
        {
            self.show(&card);
        }
    }

    /// Shows a card's newest state as soon as its pace allows. Repeats are merged.
    pub fn show(&self, card: &Card) {
        let delay = self.delay(card, Instant::now());
        self.push(card.clone(), delay);
    }

    fn push(&self, card: Card, delay: Duration) {
        let (this, channel, id) = (self.clone(), card.channel, card.id);
        // A refusal is no loss: the next vote or recount of the card asks again.
        let _ =
            self.0.outbox.push(channel, Urgency::Refresh, Key::Refresh(id), delay, move || this.edit(card));
    }

    fn is_old(&self, card: &Card) -> bool {
        self.0.clock.now().since(card.created()) >= OLD_AFTER
    }

    /// How long to wait before this card may be edited.
    fn delay(&self, card: &Card, now: Instant) -> Duration {
        let shown = self.0.shown.lock();
        let pace = if self.is_old(card) { OLD_PACE } else { PACE };
        let mut at = now + FIRST;
        if let Some((last, _)) = shown.by_card.get(&card.id) {
            at = at.max(*last + pace);
        }
        if pace == OLD_PACE {
            at = at.max(now + OLD_CHANNEL_PACE);
            if let Some(free) = shown.old_free.get(&card.channel) {
                at = at.max(*free);
            }
        }
        at - now
    }

    async fn edit(self, card: Card) {
        let old = self.is_old(&card);
        let now = Instant::now();
        if old {
            let mut shown = self.0.shown.lock();
            if let Some(free) = shown.old_free.get(&card.channel).copied().filter(|free| *free > now) {
                // Another old card of the channel was edited in the meantime.
                drop(shown);
                self.push(card, free - now);
                return;
            }
            shown.old_free.insert(card.channel, now + OLD_CHANNEL_PACE);
        }
        let body = match self.0.view.body(&card).await {
            Ok(Some(body)) => body,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(
                    message.id = card.id.0,
                    error = format!("{error:#}"),
                    "a card could not be built"
                );
                return;
            }
        };
        let hash = hash_of(&body);
        if !self.0.shown.lock().note(card.id, now, hash) {
            return;
        }
        let patience = if old { Patience { tries: 1, ..Patience::BACKGROUND } } else { Patience::BACKGROUND };
        let call = calls::edit_message(card.channel, card.id, body).patience(patience);
        match self.0.rest.call(call).await {
            Ok(_) => {
                self.0.shown.lock().failed.remove(&card.id);
            }
            Err(error) => {
                self.0.shown.lock().by_card.remove(&card.id);
                self.failed(card, &error).await;
            }
        }
    }

    async fn failed(&self, card: Card, error: &RestError) {
        match error {
            RestError::RateLimited { retry_after, code } => {
                let wait = if *code == TOO_MANY_OLD_EDITS { OLD_PACE } else { PACE }.max(*retry_after);
                self.0.shown.lock().old_free.insert(card.channel, Instant::now() + wait);
                self.push(card, wait);
            }
            error if error.is_gone() => {
                let gone = MarkChange::Freeze { card: card.id, at: self.0.clock.now() };
                if is_message_gone(error) && self.0.store.apply(vec![gone]).await.is_ok() {
                    self.0.cards.remove(card.id);
                }
            }
            error if error.is_forbidden() => self.0.outbox.channel_refused(card.channel),
            RestError::Unreachable { .. } if self.again(&card) => {}
            error => {
                tracing::info!(message.id = card.id.0, channel.id = card.channel.0, %error, "a card was not refreshed");
            }
        }
    }

    /// Edits a card once more later: the next vote on it may be far away. Returns false when it was tried often enough.
    fn again(&self, card: &Card) -> bool {
        let Some(wait) = self.0.shown.lock().again(card.id) else { return false };
        self.push(card.clone(), wait);
        true
    }
}

/// 10003 and 10008: the channel or the message does not exist. Other 404s may come from something on the way.
#[must_use]
pub(super) fn is_message_gone(error: &RestError) -> bool {
    error.is_gone() && matches!(error.code(), Some(10_003 | 10_008))
}

impl Shown {
    /// An edit failed: when to try again, if at all.
    fn again(&mut self, card: MessageId) -> Option<Duration> {
        if self.failed.len() >= REMEMBERED {
            self.failed.clear();
        }
        let times = self.failed.entry(card).or_default();
        if *times >= AGAIN {
            self.failed.remove(&card);
            return None;
        }
        *times += 1;
        Some((PACE * 2_u32.saturating_pow(*times - 1)).min(LONGEST_AGAIN))
    }

    /// Notes that a card is about to show something. Returns whether that differs from what it shows.
    fn note(&mut self, card: MessageId, now: Instant, hash: u64) -> bool {
        if self.by_card.len() >= REMEMBERED {
            self.by_card.retain(|_, (at, _)| now - *at < PACE * 20);
            if self.by_card.len() >= REMEMBERED {
                self.by_card.clear();
            }
        }
        if self.old_free.len() >= REMEMBERED {
            self.old_free.retain(|_, free| *free > now);
        }
        match self.by_card.get(&card) {
            Some((_, known)) if *known == hash => false,
            _ => {
                self.by_card.insert(card, (now, hash));
                true
            }
        }
    }
}

/// What a person reads in a message, without what Discord adds to it or trims off.
fn words(message: &Value) -> Vec<String> {
    fn collect(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
            Value::Object(members) => {
                let read = ["title", "description", "fields", "name", "value", "footer", "text"];
                read.iter().filter_map(|name| members.get(*name)).for_each(|inner| collect(inner, into));
            }
            Value::String(text) if !text.trim().is_empty() => into.push(text.trim().to_owned()),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for part in ["content", "embeds"] {
        if let Some(value) = message.get(part) {
            collect(value, &mut found);
        }
    }
    found
}

fn hash_of(body: &Value) -> u64 {
    let mut hasher = FxHasher::default();
    body.to_string().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Secret,
        service::ports::SystemClock,
        store::{Embedded, records::CardKind},
        telemetry::Metrics,
    };

    struct Nothing;

    #[async_trait]
    impl CardView for Nothing {
        async fn body(&self, _: &Card) -> anyhow::Result<Option<Value>> {
            Ok(None)
        }
    }

    fn refresher() -> Refresher {
        let metrics = Arc::<Metrics>::default();
        let rest = Rest::new(&Secret::from("x"), None, Arc::clone(&metrics)).unwrap();
        Refresher::new(
            Outbox::new(10, metrics),
            rest,
            Arc::new(Embedded::in_memory().unwrap()),
            Arc::default(),
            Arc::new(Nothing),
            Arc::new(SystemClock),
        )
    }

    /// A card posted so many milliseconds ago; `n` tells cards of one moment apart.
    fn card(age: i64, n: u64) -> Card {
        let since_epoch = SystemClock.now().plus(-age).since(MessageId(0).created_at());
        Card {
            id: MessageId((u64::try_from(since_epoch).unwrap() << 22) + n),
            server: ServerId(1),
            channel: ChannelId(1),
            tool: ToolId::trusted("axolotl"),
            card: CardKind::Single,
            lang: "en".to_owned(),
            frozen: None,
            plain: false,
        }
    }

    #[test]
    fn the_first_vote_is_shown_at_once_and_further_ones_at_the_pace() {
        let (refresher, card, now) = (refresher(), card(1_000, 1), Instant::now());
        assert_eq!(refresher.delay(&card, now), FIRST);
        refresher.0.shown.lock().note(card.id, now, 1);
        assert_eq!(refresher.delay(&card, now), PACE);
        assert_eq!(refresher.delay(&card, now + PACE), FIRST);
    }

    #[test]
    fn old_cards_are_edited_rarely_and_one_at_a_time_in_a_channel() {
        let (refresher, now) = (refresher(), Instant::now());
        let (one, other) = (card(2 * OLD_AFTER, 1), card(2 * OLD_AFTER, 2));
        assert_eq!(refresher.delay(&one, now), OLD_CHANNEL_PACE);
        refresher.0.shown.lock().note(one.id, now, 1);
        assert_eq!(refresher.delay(&one, now), OLD_PACE);
        let free = now + OLD_CHANNEL_PACE * 3;
        refresher.0.shown.lock().old_free.insert(ChannelId(1), free);
        assert_eq!(refresher.delay(&other, now), OLD_CHANNEL_PACE * 3);
    }

    #[test]
    fn a_message_that_came_back_reads_like_the_one_that_was_sent() {
        use serde_json::json;
        let sent = json!({ "embeds": [{
            "title": "Axolotl ", "color": 1, "fields": [{ "name": "Community", "value": "83%", "inline": true }],
            "footer": { "text": "React" },
        }] });
        let mut read = json!({ "id": "1", "content": "", "embeds": [{
            "type": "rich", "title": "Axolotl", "color": 1, "content_scan_version": 0,
            "fields": [{ "name": "Community", "value": "83%", "inline": true }],
            "footer": { "text": "React", "proxy_icon_url": "x" },
        }] });
        assert_eq!(words(&sent), words(&read));
        read["embeds"][0]["fields"][0]["value"] = json!("40%");
        assert_ne!(words(&sent), words(&read));
    }

    #[test]
    fn what_a_card_shows_already_is_not_sent_again() {
        let (mut shown, now) = (Shown::default(), Instant::now());
        assert!(shown.note(MessageId(1), now, 7));
        assert!(!shown.note(MessageId(1), now, 7));
        assert!(shown.note(MessageId(1), now, 8));
    }

    #[test]
    fn an_edit_that_fails_is_tried_again_for_more_than_an_hour_and_not_for_ever() {
        let mut shown = Shown::default();
        let waits: Vec<Duration> = std::iter::from_fn(|| shown.again(MessageId(1))).take(100).collect();
        assert_eq!(waits[..3], [PACE, PACE * 2, PACE * 4]);
        assert!(waits.len() < 100 && waits.iter().sum::<Duration>() > Duration::from_secs(3_600));
        assert!(shown.failed.is_empty());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut shown, now) = (Shown::default(), Instant::now());
        for id in 0..10 * REMEMBERED as u64 {
            shown.note(MessageId(id), now, id);
            shown.again(MessageId(id));
        }
        assert!(shown.by_card.len() <= REMEMBERED && shown.failed.len() <= REMEMBERED);
    }
}
