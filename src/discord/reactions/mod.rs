//! The ordered stream of reactions.
//!
//! serenity hands every event to handlers in a task of its own, so that two events of one member can change places. A
//! *collector* is called inside the shard's loop, one event after the other, before any of that. Ours looks at the event,
//! drops what is foreign and puts the rest into the shard's queue; it never waits and never stores. One task per shard
//! takes from the queue, in order, as much as has gathered, and applies it in one go.
//!
//! ```text
//! shard loop ── collector ── extract ──► queue (bounded) ──► task of the shard ──► Votes::apply ──► show, recount
//! ```
//!
//! A collector lives as long as its shard runner: it survives a resume and dies with a new session, so it is attached
//! on every READY. What arrives between READY and that moment is made good by the recount of the session.

mod extract;
mod queue;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use serenity::{
    all::{Event, Ready, ShardMessenger},
    gateway::CollectorCallback,
};
use tokio::task::JoinHandle;

use self::{
    extract::{Extract, Unreadable},
    queue::{Pushed, Queue, Taken},
};
use crate::{
    discord::guilds,
    domain::ids::{MessageId, UserId},
    service::{
        cards::KnownCards,
        ports::Clock,
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
    shards: Mutex<FxHashMap<u32, Shard>>,
    unreadable: Mutex<FxHashSet<String>>,
}

struct Shard {
    queue: Arc<Queue>,
    /// Counts sessions: a collector of an earlier one takes itself off.
    session: Arc<AtomicU64>,
    task: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streams").field("shards", &self.0.shards.lock().len()).finish_non_exhaustive()
    }
}

impl Streams {
    /// No shard is attached yet.
    #[must_use]
    pub fn new(
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
            shards: Mutex::default(),
            unreadable: Mutex::default(),
        }))
    }

    /// A session began anew on a shard: listens there from now on, and puts the session itself into the queue, behind
    /// everything that arrived before it. Call it on every READY.
    pub fn attach(&self, shard: &ShardMessenger, ready: &Ready) {
        let session = guilds::session(ready);
        let extractor = self.extractor(session.shard, UserId(ready.user.id.get()));
        shard.add_collector(CollectorCallback(Box::new(move |event| extractor.look(event))));
        self.push(session.shard, VoteEvent::SessionBegan(Box::new(session)));
    }

    /// What is called for every event of a shard. Separate from [`Streams::attach`] for those who run shards themselves.
    fn extractor(&self, shard: u32, us: UserId) -> Extractor {
        let (queue, session) = self.shard(shard);
        let number = session.fetch_add(1, Ordering::Relaxed) + 1;
        Extractor { streams: self.clone(), us, queue, session, number, shard }
    }

    /// The queue of a shard and its count of sessions; starts the shard's task when this is the first time.
    fn shard(&self, id: u32) -> (Arc<Queue>, Arc<AtomicU64>) {
        let mut shards = self.0.shards.lock();
        let shard = shards.entry(id).or_insert_with(|| {
            let queue = Arc::new(Queue::new(QUEUE_LIMIT));
            let task = tokio::spawn(self.clone().keep_applying(id, Arc::clone(&queue)));
            Shard { queue, session: Arc::default(), task: Some(task) }
        });
        (Arc::clone(&shard.queue), Arc::clone(&shard.session))
    }

    /// Puts an event into a shard's queue.
    pub fn push(&self, shard: u32, event: VoteEvent) {
        let (queue, _) = self.shard(shard);
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

/// Called for every event of one session.
struct Extractor {
    streams: Streams,
    us: UserId,
    queue: Arc<Queue>,
    session: Arc<AtomicU64>,
    number: u64,
    shard: u32,
}

impl Extractor {
    /// Looks at an event. Returns whether to go on: not when a later session has its own.
    fn look(&self, event: &Event) -> bool {
        if self.session.load(Ordering::Relaxed) != self.number {
            return false;
        }
        let inner = &self.streams.0;
        let extract = Extract {
            us: self.us,
            cards: &inner.cards,
            clock: inner.clock.as_ref(),
            metrics: &inner.metrics,
        };
        let looked = extract.event(event, |event| self.streams.note(self.shard, self.queue.push(event)));
        if let Err(Unreadable(kind)) = looked {
            self.streams.note_unreadable(kind);
        }
        true
    }
}
