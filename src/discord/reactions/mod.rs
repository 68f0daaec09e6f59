//! The ordered stream of reactions.
//!
//! serenity hands every event to handlers in a task of its own, so that two events of one member can change places. So
//! events are looked at inside the shard's loop ([`super::shards`]), one after the other, before any of that: what is
//! foreign is dropped, the rest goes into the shard's queue; that never waits and never stores. One task per shard takes
//! from the queue, in order, as much as has gathered, and applies it in one go.
//!
//! ```text
//! shard loop ── look ──► queue (bounded) ──► task of the shard ──► Votes::apply ──► show, recount
//! ```

mod extract;
mod queue;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use serenity::all::{Event, Ready};
use tokio::task::JoinHandle;

use self::{
    extract::{Extract, Unreadable},
    queue::{Pushed, Queue, Taken},
};
use crate::{
    discord::guilds,
    domain::ids::{MessageId, ServerId, UserId},
    service::{
        cards::KnownCards,
        ports::{Clock, Place},
        vote::{Effects, VoteEvent, Votes, Waiting},
    },
    telemetry::Metrics,
};

/// Reactions on cards that may wait in one shard's queue; more are dropped and their cards recounted.
const QUEUE_LIMIT: usize = 20_000;
/// How often waiting events are looked through for cards that have become known.
const SETTLE_EVERY: Duration = Duration::from_millis(250);
/// So many kinds of unreadable events are named in the log; later ones are only counted.
const KINDS_NAMED: usize = 64;

/// What follows from applied events: showing scores, comparing lists.
#[async_trait]
pub trait Follow: Send + Sync {
    /// Events were applied; what they changed is durable.
    async fn applied(&self, effects: Effects);

    /// Somebody reacted to a message of our own that is no card we know of. Called inside the shard's loop: must not wait.
    fn strange(&self, server: ServerId, place: Place);

    /// Events on these cards were dropped because a queue was full.
    async fn missed(&self, cards: Vec<MessageId>);
}

/// The streams of all shards of this process. Cheap to clone.
#[derive(Clone)]
pub struct Streams(Arc<Inner>);

struct Inner {
    votes: Arc<Votes>,
    cards: Arc<KnownCards>,
    clock: Arc<dyn Clock>,
    follow: Arc<dyn Follow>,
    metrics: Arc<Metrics>,
    us: UserId,
    shards: Mutex<FxHashMap<u32, Shard>>,
    unreadable: Mutex<FxHashSet<String>>,
}

struct Shard {
    queue: Arc<Queue>,
    /// The session that was last begun.
    session: String,
    task: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streams").field("shards", &self.0.shards.lock().len()).finish_non_exhaustive()
    }
}

impl Streams {
    /// No shard is listened to yet. `us`: our own account.
    #[must_use]
    pub fn new(
        us: UserId,
        votes: Arc<Votes>,
        cards: Arc<KnownCards>,
        clock: Arc<dyn Clock>,
        follow: Arc<dyn Follow>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self(Arc::new(Inner {
            votes,
            cards,
            clock,
            follow,
            metrics,
            us,
            shards: Mutex::default(),
            unreadable: Mutex::default(),
        }))
    }

    /// Looks at an event of a shard: what matters to votes goes into the shard's queue. For the shard's loop, in order;
    /// never waits. A READY that passes here begins its session.
    pub fn look(&self, shard: u32, event: &Event) {
        let inner = &self.0;
        let extract = Extract {
            us: inner.us,
            cards: &inner.cards,
            clock: inner.clock.as_ref(),
            metrics: &inner.metrics,
            strange: &|server, place| inner.follow.strange(server, place),
        };
        let looked = extract.event(event, |event| self.push(shard, event));
        match (looked, event) {
            (Err(Unreadable(kind)), _) => self.note_unreadable(kind),
            (Ok(()), Event::Ready(event)) => self.session_began(&event.ready),
            _ => {}
        }
    }

    /// A session began anew: it goes into the queue, behind everything that arrived before it. Told twice of the same
    /// session, this changes nothing.
    fn session_began(&self, ready: &Ready) {
        let session = guilds::session(ready);
        let shard = session.shard;
        let is_new = self.shard(shard, |entry| {
            let is_new = entry.session != ready.session_id;
            entry.session.clone_from(&ready.session_id);
            is_new
        });
        if is_new {
            self.push(shard, VoteEvent::SessionBegan(Box::new(session)));
        }
    }

    /// What is kept of a shard; starts the shard's task when this is the first time.
    fn shard<T>(&self, id: u32, use_it: impl FnOnce(&mut Shard) -> T) -> T {
        let mut shards = self.0.shards.lock();
        use_it(shards.entry(id).or_insert_with(|| {
            let queue = Arc::new(Queue::new(QUEUE_LIMIT));
            let task = Some(tokio::spawn(self.clone().keep_applying(id, Arc::clone(&queue))));
            Shard { queue, session: String::new(), task }
        }))
    }

    /// Puts an event into a shard's queue.
    pub fn push(&self, shard: u32, event: VoteEvent) {
        let queue = self.shard(shard, |entry| Arc::clone(&entry.queue));
        self.note(shard, queue.push(event));
    }

    fn note(&self, shard: u32, pushed: Pushed) {
        match pushed {
            Pushed::Taken => {}
            Pushed::Missed => self.0.metrics.reactions_dropped.increment(),
            Pushed::Lost => {
                self.0.metrics.reactions_dropped.increment();
                tracing::warn!(
                    shard.id = shard,
                    "an event about a server or channel was lost: the queue is full"
                );
            }
        }
    }

    fn note_unreadable(&self, kind: &str) {
        self.0.metrics.events_unreadable.increment();
        let mut named = self.0.unreadable.lock();
        if named.len() < KINDS_NAMED && !named.contains(kind) {
            named.insert(kind.to_owned());
            drop(named);
            tracing::warn!(
                event.kind = kind,
                "a gateway event could not be read; further ones are only counted"
            );
        }
    }

    /// Applies what comes, for as long as the queue is open. A panic costs the events at hand, not the stream.
    async fn keep_applying(self, shard: u32, queue: Arc<Queue>) {
        loop {
            match tokio::spawn(self.clone().apply_until_closed(Arc::clone(&queue))).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(shard.id = shard, %error, "applying votes panicked; it goes on with what comes next");
                }
            }
        }
    }

    async fn apply_until_closed(self, queue: Arc<Queue>) {
        let mut waiting = Waiting::default();
        loop {
            let taken = if waiting.is_empty() {
                queue.take().await
            } else {
                tokio::time::timeout(SETTLE_EVERY, queue.take()).await.unwrap_or(Some(Taken::default()))
            };
            let Some(Taken { events, missed }) = taken else { return };
            let effects = if events.is_empty() {
                self.0.votes.settle(&mut waiting).await
            } else {
                self.0.votes.apply(&mut waiting, events).await
            };
            self.0.follow.applied(effects).await;
            if !missed.is_empty() {
                self.0.follow.missed(missed).await;
            }
        }
    }

    /// Applies what is in the queues, then stops. Returns whether all of it was applied `within` that time.
    pub async fn close(&self, within: Duration) -> bool {
        let tasks: Vec<JoinHandle<()>> = {
            let mut shards = self.0.shards.lock();
            shards.values().for_each(|shard| shard.queue.close());
            shards.values_mut().filter_map(|shard| shard.task.take()).collect()
        };
        let all = async {
            for task in tasks {
                let _ = task.await;
            }
        };
        tokio::time::timeout(within, all).await.is_ok()
    }
}
