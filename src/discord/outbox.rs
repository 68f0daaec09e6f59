//! Background work towards Discord: everything that is not the answer itself.
//!
//! Each channel has a *lane*: one piece of work at a time, the most urgent first, the newest of equals first. Lanes run
//! side by side, so a slow channel delays nobody else. Work with the same key is merged: while one piece waits, another of
//! that key replaces it; while one runs, at most one more waits behind it and so carries the newest state.
//!
//! Bounded: [`Outbox::new`] sets how many pieces may wait in all; beyond that the least urgent arrivals are refused and
//! counted, and what they were for is repaired later (a card by its next refresh or recount).
//! A channel that refused us (403, 404) is left alone for a while; see [`Outbox::channel_refused`].

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, time::Duration};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};

use crate::{
    domain::ids::{ChannelId, MessageId},
    telemetry::Metrics,
};

/// So many lanes work at the same time; the rest wait their turn.
const BUSY_LANES: usize = 64;
/// A channel that refused us is left alone for this long.
const REFUSED_FOR: Duration = Duration::from_secs(3_600);
/// So many refusing channels are remembered at most.
const REFUSED_LIMIT: usize = 10_000;

/// How urgent a piece of work is; the first is done first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// What follows an answer that a person is looking at: cards, notes.
    Post,
    /// 🚢 and ⏭️ under a fresh card.
    Seed,
    /// The score on a card that people vote on now.
    Refresh,
    /// Reading who reacted.
    Recount,
    /// Everything that nobody waits for.
    Quiet,
}

/// What a piece of work is about; equal keys are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// Seeding this card.
    Seed(MessageId),
    /// Showing this card's newest score.
    Refresh(MessageId),
    /// Recounting this card.
    Recount(MessageId),
    /// Not merged with anything.
    Single(u64),
}

type Work = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// The queue. Cheap to clone.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    lanes: Mutex<Lanes>,
    limit: usize,
    busy: Semaphore,
    /// Rung when work was done or came in, for [`Outbox::drain`].
    progress: Notify,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct Lanes {
    by_channel: FxHashMap<ChannelId, Lane>,
    waiting: usize,
    running: usize,
    next_number: u64,
    refused: HashMap<ChannelId, Instant>,
    /// Channels that take no message of ours, but reactions and edits.
    mute: HashMap<ChannelId, Instant>,
    stage: Stage,
}

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Stage {
    #[default]
    Open,
    /// Only what follows from work that was begun: a card that is posted is seeded, too.
    Draining,
    Closed,
}

impl Stage {
    fn takes(self, urgency: Urgency) -> bool {
        match self {
            Self::Open => true,
            Self::Draining => urgency <= Urgency::Seed,
            Self::Closed => false,
        }
    }
}

#[derive(Default)]
struct Lane {
    waiting: Vec<Piece>,
    /// A task works on this lane.
    has_worker: bool,
    /// Wakes that task when more work came in while it waits for a `not_before`.
    bell: Arc<Notify>,
}

struct Piece {
    key: Key,
    urgency: Urgency,
    not_before: Instant,
    /// Order of arrival.
    number: u64,
    work: Work,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl Outbox {
    /// An empty outbox in which at most `limit` pieces may wait.
    #[must_use]
    pub fn new(limit: usize, metrics: Arc<Metrics>) -> Self {
        Self(Arc::new(Inner {
            lanes: Mutex::default(),
            limit,
            busy: Semaphore::new(BUSY_LANES),
            progress: Notify::new(),
            metrics,
        }))
    }

    /// A key for work that is merged with nothing.
    #[must_use]
    pub fn single(&self) -> Key {
        let mut lanes = self.0.lanes.lock();
        lanes.next_number += 1;
        Key::Single(lanes.next_number)
    }

    /// Puts work into a channel's lane, to be done not before `delay` from now. Must be called inside a tokio runtime.
    ///
    /// Waiting work of the same key is replaced; it keeps the earlier of both times. Returns whether the work was taken:
    /// not when the outbox is closed, the channel refused us lately, or too much waits that is at least as urgent.
    pub fn push<F>(
        &self,
        channel: ChannelId,
        urgency: Urgency,
        key: Key,
        delay: Duration,
        work: impl FnOnce() -> F + Send + 'static,
    ) -> bool
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let work: Work = Box::new(move || Box::pin(work()));
        let not_before = Instant::now() + delay;
        let mut lanes = self.0.lanes.lock();
        if !lanes.stage.takes(urgency) || lanes.is_refused(channel) {
            return false;
        }
        lanes.next_number += 1;
        let piece = Piece { key, urgency, not_before, number: lanes.next_number, work };
        let full = lanes.waiting >= self.0.limit;
        let lane = lanes.by_channel.entry(channel).or_default();
        let added = match lane.waiting.iter_mut().find(|waiting| waiting.key == key) {
            Some(waiting) => {
                let not_before = waiting.not_before.min(piece.not_before);
                *waiting = Piece { not_before, ..piece };
                0
            }
            // Full: a person who waits goes before work that can be repaired later, at most twice the limit in all.
            None if full && urgency > Urgency::Post => {
                if lane.waiting.is_empty() && !lane.has_worker {
                    lanes.by_channel.remove(&channel);
                }
                self.0.metrics.outbox_dropped.increment();
                return false;
            }
            None => {
                lane.waiting.push(piece);
                1
            }
        };
        if lane.has_worker {
            lane.bell.notify_one();
        } else {
            lane.has_worker = true;
            tokio::spawn(self.clone().work_lane(channel, Arc::clone(&lane.bell)));
        }
        lanes.waiting += added;
        self.0.metrics.outbox_waiting.set(lanes.waiting as u64);
        true
    }

    /// Whether work of this key waits.
    #[must_use]
    pub fn is_waiting(&self, channel: ChannelId, key: Key) -> bool {
        let lanes = self.0.lanes.lock();
        lanes.by_channel.get(&channel).is_some_and(|lane| lane.waiting.iter().any(|piece| piece.key == key))
    }

    /// How many pieces wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.lanes.lock().waiting
    }

    /// The channel answered 403 or 404: what waits for it is dropped, and more is refused for an hour.
    pub fn channel_refused(&self, channel: ChannelId) {
        let mut lanes = self.0.lanes.lock();
        remember(&mut lanes.refused, channel);
        if let Some(lane) = lanes.by_channel.get_mut(&channel) {
            let dropped = std::mem::take(&mut lane.waiting).len();
            lane.bell.notify_one();
            lanes.waiting -= dropped;
        }
        self.0.metrics.outbox_waiting.set(lanes.waiting as u64);
    }

    /// The channel does not take messages of ours. Nothing is dropped: what stands there is still ours to look after.
    pub fn posts_refused(&self, channel: ChannelId) {
        remember(&mut self.0.lanes.lock().mute, channel);
    }

    /// Whether the channel refused us within the last hour.
    #[must_use]
    pub fn is_refused(&self, channel: ChannelId) -> bool {
        self.0.lanes.lock().is_refused(channel)
    }

    /// Whether the channel refused us, or a message of ours, within the last hour.
    #[must_use]
    pub fn is_mute(&self, channel: ChannelId) -> bool {
        let lanes = self.0.lanes.lock();
        lanes.is_refused(channel) || is_fresh(&lanes.mute, channel)
    }

    /// The channel is open to us (again): somebody used a command there, or permissions changed.
    pub fn channel_open(&self, channel: ChannelId) {
        let mut lanes = self.0.lanes.lock();
        lanes.refused.remove(&channel);
        lanes.mute.remove(&channel);
    }

    /// Takes no more work but what follows from posting, does what waits without its pauses, and returns when all is done or
    /// `within` has passed. Returns how many pieces were left.
    pub async fn drain(&self, within: Duration) -> usize {
        let deadline = Instant::now() + within;
        {
            let mut lanes = self.0.lanes.lock();
            lanes.stage = Stage::Draining;
            for lane in lanes.by_channel.values_mut() {
                for piece in &mut lane.waiting {
                    piece.not_before = Instant::now();
                }
                lane.bell.notify_one();
            }
        }
        loop {
            let progress = self.0.progress.notified();
            let left = {
                let lanes = self.0.lanes.lock();
                lanes.waiting + lanes.running
            };
            if left == 0 || tokio::time::timeout_at(deadline, progress).await.is_err() {
                self.0.lanes.lock().stage = Stage::Closed;
                return left;
            }
        }
    }

    /// Works on one lane until it is empty.
    async fn work_lane(self, channel: ChannelId, bell: Arc<Notify>) {
        loop {
            let next = {
                let mut lanes = self.0.lanes.lock();
                let Some(lane) = lanes.by_channel.get_mut(&channel) else { return };
                match lane.take_next(Instant::now()) {
                    Next::Piece(piece) => {
                        lanes.waiting -= 1;
                        lanes.running += 1;
                        self.0.metrics.outbox_waiting.set(lanes.waiting as u64);
                        Ok(piece)
                    }
                    Next::At(when) => Err(when),
                    Next::Nothing => {
                        lanes.by_channel.remove(&channel);
                        return;
                    }
                }
            };
            match next {
                Ok(piece) => {
                    let _permit = self.0.busy.acquire().await;
                    // A panic in one piece must not leave the lane without a worker.
                    let outcome = tokio::spawn((piece.work)()).await;
                    if let Err(error) = outcome {
                        tracing::error!(channel.id = channel.0, %error, "a piece of background work panicked");
                    }
                    self.0.lanes.lock().running -= 1;
                    self.0.progress.notify_one();
                }
                Err(when) => {
                    let _ = tokio::time::timeout_at(when, bell.notified()).await;
                }
            }
        }
    }
}

enum Next {
    Piece(Piece),
    At(Instant),
    Nothing,
}

impl Lane {
    /// The most urgent piece whose time has come, the newest of equals; else when the next one's time comes.
    fn take_next(&mut self, now: Instant) -> Next {
        let ready = self
            .waiting
            .iter()
            .enumerate()
            .filter(|(_, piece)| piece.not_before <= now)
            .min_by_key(|(_, piece)| (piece.urgency, order(piece)))
            .map(|(place, _)| place);
        match ready {
            Some(place) => Next::Piece(self.waiting.swap_remove(place)),
            None => self.waiting.iter().map(|piece| piece.not_before).min().map_or(Next::Nothing, Next::At),
        }
    }
}

/// Posts and seeds keep their order of arrival; of the rest the newest goes first.
fn order(piece: &Piece) -> u64 {
    if piece.urgency <= Urgency::Seed { piece.number } else { u64::MAX - piece.number }
}

impl Lanes {
    fn is_refused(&self, channel: ChannelId) -> bool {
        is_fresh(&self.refused, channel)
    }
}

/// Remembers that a channel refused something, for [`REFUSED_FOR`].
fn remember(refused: &mut HashMap<ChannelId, Instant>, channel: ChannelId) {
    let now = Instant::now();
    if refused.len() >= REFUSED_LIMIT {
        refused.retain(|_, until| *until > now);
    }
    if refused.len() < REFUSED_LIMIT {
        refused.insert(channel, now + REFUSED_FOR);
    }
}

fn is_fresh(refused: &HashMap<ChannelId, Instant>, channel: ChannelId) -> bool {
    refused.get(&channel).is_some_and(|until| *until > Instant::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Log = Arc<Mutex<Vec<&'static str>>>;

    fn outbox(limit: usize) -> (Outbox, Log) {
        (Outbox::new(limit, Arc::default()), Log::default())
    }

    fn note(log: &Log, word: &'static str) -> impl FnOnce() -> std::future::Ready<()> + Send + 'static {
        let log = Arc::clone(log);
        move || {
            log.lock().push(word);
            std::future::ready(())
        }
    }

    const HERE: ChannelId = ChannelId(1);
    const NOW: Duration = Duration::ZERO;

    #[tokio::test(start_paused = true)]
    async fn urgent_work_goes_first_and_keeps_its_order() {
        let (outbox, log) = outbox(100);
        outbox.push(HERE, Urgency::Recount, Key::Recount(MessageId(1)), NOW, note(&log, "recount older"));
        outbox.push(HERE, Urgency::Recount, Key::Recount(MessageId(2)), NOW, note(&log, "recount newer"));
        outbox.push(HERE, Urgency::Seed, Key::Seed(MessageId(1)), NOW, note(&log, "seed"));
        outbox.push(HERE, Urgency::Post, outbox.single(), NOW, note(&log, "post 1"));
        outbox.push(HERE, Urgency::Post, outbox.single(), NOW, note(&log, "post 2"));
        assert_eq!(outbox.drain(Duration::from_secs(5)).await, 0);
        assert_eq!(*log.lock(), ["post 1", "post 2", "seed", "recount newer", "recount older"]);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_work_of_one_key_is_merged_and_the_newest_is_done() {
        let (outbox, log) = outbox(100);
        let key = Key::Refresh(MessageId(1));
        for word in ["a", "b", "c"] {
            outbox.push(HERE, Urgency::Refresh, key, Duration::from_secs(3), note(&log, word));
        }
        assert_eq!(outbox.waiting(), 1);
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert_eq!(*log.lock(), ["c"]);
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_comes_while_the_same_runs_is_done_after_it() {
        let (outbox, log) = outbox(100);
        let key = Key::Refresh(MessageId(1));
        let slow = {
            let log = Arc::clone(&log);
            move || async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                log.lock().push("old state");
            }
        };
        outbox.push(HERE, Urgency::Refresh, key, NOW, slow);
        tokio::time::sleep(Duration::from_millis(500)).await;
        outbox.push(HERE, Urgency::Refresh, key, NOW, note(&log, "newest state"));
        outbox.drain(Duration::from_secs(5)).await;
        assert_eq!(*log.lock(), ["old state", "newest state"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_outbox_refuses_what_can_be_repaired_later() {
        let (outbox, log) = outbox(1);
        let later = Duration::from_secs(60);
        assert!(outbox.push(HERE, Urgency::Refresh, Key::Refresh(MessageId(1)), later, note(&log, "1")));
        assert!(!outbox.push(HERE, Urgency::Refresh, Key::Refresh(MessageId(2)), later, note(&log, "2")));
        assert!(outbox.push(HERE, Urgency::Post, outbox.single(), NOW, note(&log, "post")));
        assert_eq!(outbox.0.metrics.outbox_dropped.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_channel_that_refused_is_left_alone() {
        let (outbox, log) = outbox(10);
        outbox.push(
            HERE,
            Urgency::Seed,
            Key::Seed(MessageId(1)),
            Duration::from_secs(9),
            note(&log, "never"),
        );
        outbox.channel_refused(HERE);
        assert_eq!(outbox.waiting(), 0);
        assert!(!outbox.push(HERE, Urgency::Seed, Key::Seed(MessageId(2)), NOW, note(&log, "never")));
        assert!(outbox.push(
            ChannelId(2),
            Urgency::Seed,
            Key::Seed(MessageId(3)),
            NOW,
            note(&log, "elsewhere")
        ));
        tokio::time::sleep(REFUSED_FOR).await;
        assert!(outbox.push(HERE, Urgency::Seed, Key::Seed(MessageId(2)), NOW, note(&log, "again")));
        outbox.drain(Duration::from_secs(1)).await;
        assert_eq!(*log.lock(), ["elsewhere", "again"]);
    }

    #[tokio::test(start_paused = true)]
    async fn where_posting_is_not_allowed_cards_are_still_looked_after() {
        let (outbox, log) = outbox(10);
        outbox.push(HERE, Urgency::Seed, Key::Seed(MessageId(1)), NOW, note(&log, "seed"));
        outbox.posts_refused(HERE);
        assert!(outbox.is_mute(HERE) && !outbox.is_refused(HERE));
        assert!(outbox.push(HERE, Urgency::Refresh, Key::Refresh(MessageId(1)), NOW, note(&log, "refresh")));
        outbox.channel_open(HERE);
        assert!(!outbox.is_mute(HERE));
        outbox.drain(Duration::from_secs(1)).await;
        assert_eq!(*log.lock(), ["seed", "refresh"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_costs_one_piece() {
        let (outbox, log) = outbox(10);
        outbox.push(HERE, Urgency::Post, outbox.single(), NOW, || async { panic!("a bug") });
        outbox.push(HERE, Urgency::Post, outbox.single(), NOW, note(&log, "next"));
        assert_eq!(outbox.drain(Duration::from_secs(1)).await, 0);
        assert_eq!(*log.lock(), ["next"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_follows_from_posting_is_done_while_draining() {
        let (outbox, log) = outbox(10);
        let (follows, seeded) = (outbox.clone(), note(&log, "seeded"));
        outbox.push(HERE, Urgency::Post, outbox.single(), NOW, move || async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert!(follows.push(HERE, Urgency::Seed, Key::Seed(MessageId(1)), NOW, seeded));
            let refresh = || std::future::ready(());
            assert!(!follows.push(HERE, Urgency::Refresh, Key::Refresh(MessageId(1)), NOW, refresh));
        });
        assert_eq!(outbox.drain(Duration::from_secs(5)).await, 0);
        assert_eq!(*log.lock(), ["seeded"]);
        assert!(!outbox.push(HERE, Urgency::Post, outbox.single(), NOW, || async {}));
    }

    #[tokio::test(start_paused = true)]
    async fn draining_ends_in_time_and_tells_what_is_left() {
        let (outbox, _) = outbox(10);
        outbox
            .push(HERE, Urgency::Post, outbox.single(), NOW, || tokio::time::sleep(Duration::from_secs(60)));
        tokio::task::yield_now().await;
        let start = Instant::now();
        assert_eq!(outbox.drain(Duration::from_secs(10)).await, 1);
        assert_eq!(start.elapsed(), Duration::from_secs(10));
        assert!(!outbox.push(HERE, Urgency::Post, outbox.single(), NOW, || async {}));
    }
}
