//! Discord's rate limits, kept by ourselves.
//!
//! serenity's own limiter holds a bucket's lock through whole-second sleeps, knows neither methods nor bucket hashes, and
//! never forgets an entry. This one does three things (source: Discord's topic "Rate Limits"):
//!
//! - **Buckets.** A bucket is the hash that Discord names in `X-RateLimit-Bucket`, together with the channel, server or
//!   webhook the call is about. Calls of one bucket go one after the other, in the order they came; when none remain, the
//!   next waits exactly until the bucket resets. Until Discord has named the hash, the kind of call stands in for it.
//! - **The global limit.** At most [`GLOBAL_PER_SECOND`] calls a second; calls that answer interactions are exempt.
//!   Recount reads share half of it.
//! - **Forgetting.** Idle buckets are dropped when the table has grown, so its size follows the traffic of the last
//!   minutes, not of the bot's life.

use std::{hash::Hash, sync::Arc, time::Duration};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::{
    sync::{Mutex as FairMutex, OwnedMutexGuard},
    time::Instant,
};

/// Discord allows a bot 50 calls in a second of its clock. Calls that leave evenly may arrive bunched, and a window of ours
/// may lie across two of Discord's: so they are spread, and fewer.
pub const GLOBAL_PER_SECOND: u32 = 42;
/// So many calls may go at once after a pause; with these, 46 at most leave in any second.
const BURST: u32 = 4;
/// A table with fewer buckets than this is never swept.
const SWEEP_FROM: usize = 512;

/// What a call is about, as far as limits go: its kind and the id that Discord counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lane {
    /// Kind of call: method and path with the ids left out.
    pub kind: &'static str,
    /// Channel, server, application or webhook id.
    pub major: u64,
}

/// The limits of one process.
#[derive(Debug)]
pub struct Limiter {
    /// Kind of call → bucket hash, as Discord named it. As many entries as there are kinds.
    names: Mutex<FxHashMap<&'static str, Arc<str>>>,
    buckets: Mutex<Table>,
    global: FairMutex<Tokens>,
    recount: FairMutex<Tokens>,
    /// A global 429 stops everything until then.
    stopped_until: Mutex<Option<Instant>>,
}

type Key = (Arc<str>, u64);

#[derive(Debug)]
struct Table {
    by_key: FxHashMap<Key, Arc<FairMutex<Bucket>>>,
    sweep_at: usize,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    remaining: u32,
    reset_at: Instant,
}

/// The right to make one call now. Dropping it lets the next call of the bucket go.
#[derive(Debug)]
pub struct Permit {
    bucket: OwnedMutexGuard<Bucket>,
    lane: Lane,
    /// The name under which the bucket was found.
    name: Arc<str>,
}

/// What Discord's answer said about the bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Headers {
    /// `X-RateLimit-Bucket`.
    pub bucket: Option<Arc<str>>,
    /// `X-RateLimit-Remaining`.
    pub remaining: u32,
    /// `X-RateLimit-Reset-After`, or `retry_after` of a 429.
    pub reset_after: Duration,
}

/// Which share of the global limit a call takes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Answers to interactions: Discord does not count them.
    Exempt,
    /// Everything else.
    Common,
    /// Recount reads: at most half of the global limit.
    Recount,
}

impl Default for Limiter {
    fn default() -> Self {
        Self {
            names: Mutex::default(),
            buckets: Mutex::new(Table { by_key: FxHashMap::default(), sweep_at: SWEEP_FROM }),
            global: FairMutex::new(Tokens::new(GLOBAL_PER_SECOND)),
            recount: FairMutex::new(Tokens::new(GLOBAL_PER_SECOND / 2)),
            stopped_until: Mutex::new(None),
        }
    }
}

impl Limiter {
    /// Waits until a call of this lane may be made. Calls of one bucket are let through in the order they came.
    pub async fn acquire(&self, lane: Lane, share: Share) -> Permit {
        let (name, bucket) = self.bucket(lane);
        let mut bucket = bucket.lock_owned().await;
        let now = Instant::now();
        if bucket.remaining == 0 && bucket.reset_at > now {
            tokio::time::sleep(bucket.reset_at - now).await;
            // One call may go; its answer says how many more.
            bucket.remaining = 1;
        }
        if share == Share::Recount {
            self.recount.lock().await.take().await;
        }
        if share != Share::Exempt {
            self.global.lock().await.take().await;
        }
        loop {
            let until = *self.stopped_until.lock();
            match until {
                Some(until) if until > Instant::now() => tokio::time::sleep_until(until).await,
                _ => break,
            }
        }
        Permit { bucket, lane, name }
    }

    /// Records what the answer said and lets the next call go.
    pub fn complete(&self, mut permit: Permit, headers: Option<Headers>) {
        let Some(headers) = headers else { return };
        permit.bucket.remaining = headers.remaining;
        permit.bucket.reset_at = Instant::now() + headers.reset_after;
        let Some(name) = headers.bucket else { return };
        self.names.lock().insert(permit.lane.kind, Arc::clone(&name));
        if permit.name == name {
            return;
        }
        // The bucket has a (new) name: what was learned goes to the place where later calls will look.
        let state = *permit.bucket;
        let place = Arc::clone(
            self.buckets
                .lock()
                .by_key
                .entry((name, permit.lane.major))
                .or_insert_with(|| Arc::new(FairMutex::new(state))),
        );
        // A call that is under way there will tell more than this one did.
        if let Ok(mut bucket) = place.try_lock() {
            *bucket = state;
        }
    }

    /// A 429 with `global: true`: nothing goes out until then.
    pub fn stop_all(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut stopped = self.stopped_until.lock();
        *stopped = Some(stopped.map_or(until, |earlier| earlier.max(until)));
    }

    /// How many buckets are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.lock().by_key.len()
    }

    /// Whether no bucket is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn bucket(&self, lane: Lane) -> (Arc<str>, Arc<FairMutex<Bucket>>) {
        let name = self.names.lock().get(lane.kind).cloned().unwrap_or_else(|| lane.kind.into());
        let mut table = self.buckets.lock();
        if table.by_key.len() >= table.sweep_at {
            table.sweep();
        }
        let fresh = || Arc::new(FairMutex::new(Bucket { remaining: 1, reset_at: Instant::now() }));
        let bucket = Arc::clone(table.by_key.entry((Arc::clone(&name), lane.major)).or_insert_with(fresh));
        (name, bucket)
    }
}

impl Table {
    /// Drops buckets that nobody uses and whose window is over; what they knew is worth nothing any more.
    fn sweep(&mut self) {
        let now = Instant::now();
        self.by_key.retain(|_, bucket| {
            Arc::strong_count(bucket) > 1 || bucket.try_lock().is_ok_and(|bucket| bucket.reset_at > now)
        });
        self.sweep_at = SWEEP_FROM.max(self.by_key.len() * 2);
    }
}

/// So many in a second, evenly, and a few at once after a pause.
#[derive(Debug)]
struct Tokens {
    every: Duration,
    /// When the next call would go if all went evenly.
    next: Instant,
}

impl Tokens {
    fn new(per_second: u32) -> Self {
        Self { every: Duration::from_secs(1) / per_second.max(1), next: Instant::now() }
    }

    async fn take(&mut self) {
        let ahead = self.every * BURST;
        let now = Instant::now();
        let at = self.next.checked_sub(ahead).unwrap_or(now);
        if at > now {
            tokio::time::sleep_until(at).await;
        }
        self.next = self.next.max(Instant::now()) + self.every;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(bucket: &str, remaining: u32, ms: u64) -> Option<Headers> {
        Some(Headers { bucket: Some(bucket.into()), remaining, reset_after: Duration::from_millis(ms) })
    }

    const EDIT: &str = "PATCH message";
    const REACT: &str = "PUT reaction";

    #[tokio::test(start_paused = true)]
    async fn an_empty_bucket_waits_for_its_reset_and_others_do_not() {
        let limiter = Limiter::default();
        let one = Lane { kind: REACT, major: 1 };
        let permit = limiter.acquire(one, Share::Common).await;
        limiter.complete(permit, headers("b", 0, 80));
        let start = Instant::now();
        let other = limiter.acquire(Lane { kind: REACT, major: 2 }, Share::Common).await;
        assert!(start.elapsed() < Duration::from_millis(60), "another channel waited");
        drop(other);
        drop(limiter.acquire(one, Share::Common).await);
        assert!(start.elapsed() >= Duration::from_millis(70), "the bucket did not wait");
    }

    #[tokio::test(start_paused = true)]
    async fn kinds_that_discord_puts_in_one_bucket_share_it() {
        let limiter = Limiter::default();
        for kind in [EDIT, REACT] {
            let permit = limiter.acquire(Lane { kind, major: 1 }, Share::Common).await;
            limiter.complete(permit, headers("same", 5, 10));
        }
        let permit = limiter.acquire(Lane { kind: EDIT, major: 1 }, Share::Common).await;
        limiter.complete(permit, headers("same", 0, 60));
        let start = Instant::now();
        drop(limiter.acquire(Lane { kind: REACT, major: 1 }, Share::Common).await);
        assert!(start.elapsed() >= Duration::from_millis(50));
    }

    #[tokio::test(start_paused = true)]
    async fn calls_of_one_bucket_keep_their_order() {
        let limiter = Arc::new(Limiter::default());
        let order = Arc::new(Mutex::new(Vec::new()));
        let first = limiter.acquire(Lane { kind: EDIT, major: 1 }, Share::Common).await;
        let mut tasks = Vec::new();
        for n in 0..20 {
            let (limiter, order) = (Arc::clone(&limiter), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let permit = limiter.acquire(Lane { kind: EDIT, major: 1 }, Share::Common).await;
                order.lock().push(n);
                limiter.complete(permit, None);
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock(), (0..20).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn the_table_follows_the_traffic() {
        let limiter = Limiter::default();
        for major in 0..20_000 {
            let permit = limiter.acquire(Lane { kind: EDIT, major }, Share::Exempt).await;
            limiter.complete(permit, headers("b", 4, 0));
        }
        assert!(limiter.len() <= 2 * SWEEP_FROM, "{} buckets", limiter.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_global_stop_holds_everything() {
        let limiter = Limiter::default();
        limiter.stop_all(Duration::from_millis(60));
        let start = Instant::now();
        drop(limiter.acquire(Lane { kind: EDIT, major: 9 }, Share::Common).await);
        assert!(start.elapsed() >= Duration::from_millis(55));
    }

    #[tokio::test(start_paused = true)]
    async fn at_most_the_global_limit_in_a_second() {
        let limiter = Limiter::default();
        let start = Instant::now();
        let mut left = Vec::new();
        for major in 0..200 {
            drop(limiter.acquire(Lane { kind: EDIT, major }, Share::Common).await);
            left.push(start.elapsed());
        }
        for second in left.windows(50) {
            let (first, last) = (second[0], second[49]);
            assert!(last - first >= Duration::from_secs(1), "50 calls within {:?}", last - first);
        }
        assert!(start.elapsed() < Duration::from_secs(6), "the limit is used");
    }

    #[tokio::test(start_paused = true)]
    async fn channels_whose_first_calls_ran_side_by_side_wait_for_their_buckets() {
        let limiter = Limiter::default();
        let lanes = [1, 2, 3].map(|major| Lane { kind: REACT, major });
        let mut first = Vec::new();
        for lane in lanes {
            first.push(limiter.acquire(lane, Share::Exempt).await);
        }
        for permit in first {
            limiter.complete(permit, headers("b", 0, 250));
        }
        let (start, limiter) = (Instant::now(), &limiter);
        let waits = lanes.map(|lane| async move {
            drop(limiter.acquire(lane, Share::Exempt).await);
            start.elapsed()
        });
        for waited in futures_util::future::join_all(waits).await {
            assert!(waited >= Duration::from_millis(200), "a bucket was not waited for: {waited:?}");
        }
    }
}
