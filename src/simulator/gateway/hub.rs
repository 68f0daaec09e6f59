//! All sessions, and the way of an event to those it concerns.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use parking_lot::{Mutex, RwLock};
use rustc_hash::FxHashMap;

use super::super::change::{Change, Changes};
use super::super::faults::EventFaults;
use super::super::ids::ServerId;
use super::super::settings::Settings;
use super::event::{Dispatch, intent};
use super::session::{Out, Session, SessionView};

/// One identify per bucket of shards in this time.
const IDENTIFY_EVERY_MS: u64 = 5_000;
/// The day over which session starts are counted.
const DAY_MS: u64 = 86_400_000;

/// All sessions of the application.
#[derive(Debug)]
pub struct Hub {
    /// How this simulator is set up.
    pub settings: Settings,
    /// What goes wrong with events on purpose.
    pub faults: EventFaults,
    sessions: RwLock<Vec<Arc<Session>>>,
    count: AtomicUsize,
    connections: AtomicU64,
    identifies: Mutex<Identifies>,
    refuse_resumes: AtomicUsize,
    mute_heartbeats: AtomicBool,
    keep_out: AtomicBool,
    changes: Changes,
}

#[derive(Debug, Default)]
struct Identifies {
    last_of_bucket: FxHashMap<u32, u64>,
    day_began_ms: u64,
    today: u32,
}

/// Whether an identify may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifyLeave {
    /// Yes.
    Granted,
    /// Another shard of the same bucket identified less than five seconds ago.
    TooSoon,
    /// The starts of the day are used up.
    UsedUp,
}

impl Hub {
    /// A hub without sessions.
    pub fn new(settings: Settings, changes: Changes) -> Self {
        Self {
            settings,
            faults: EventFaults::default(),
            sessions: RwLock::new(Vec::new()),
            count: AtomicUsize::new(0),
            connections: AtomicU64::new(0),
            identifies: Mutex::new(Identifies::default()),
            refuse_resumes: AtomicUsize::new(0),
            mute_heartbeats: AtomicBool::new(false),
            keep_out: AtomicBool::new(false),
            changes,
        }
    }

    /// A number for a new connection.
    pub fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether there is no session at all, so that events need not even be written.
    pub fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Adds a session; those that are over are forgotten.
    pub fn add(&self, session: Arc<Session>, now_ms: u64) {
        let window = self.settings.resume_window_ms;
        let mut sessions = self.sessions.write();
        sessions.retain(|known| !known.is_over(window, now_ms));
        sessions.push(session);
        self.count.store(sessions.len(), Ordering::Release);
        drop(sessions);
        self.changes.tell(Change::Gateway);
    }

    /// The session of this id.
    pub fn find(&self, id: &str) -> Option<Arc<Session>> {
        self.sessions.read().iter().find(|session| session.id == id).cloned()
    }

    /// All sessions.
    pub fn sessions(&self) -> Vec<Arc<Session>> {
        self.sessions.read().clone()
    }

    /// All sessions as people see them.
    pub fn views(&self) -> Vec<SessionView> {
        self.sessions.read().iter().map(|session| session.view()).collect()
    }

    /// Something about a connection changed.
    pub fn tell(&self) {
        self.changes.tell(Change::Gateway);
    }

    /// Hands an event to every session it concerns, through whatever fault is set.
    pub fn deliver(
        self: &Arc<Self>,
        server: Option<ServerId>,
        intents: u64,
        full: &Arc<Dispatch>,
        withheld: Option<&Arc<Dispatch>>,
    ) {
        for session in self.sessions.read().iter() {
            if !session.owns(server) || (intents != 0 && session.intents & intents == 0) {
                continue;
            }
            let dispatch = match withheld {
                Some(withheld) if session.intents & intent::MESSAGE_CONTENT == 0 => withheld,
                _ => full,
            };
            self.faults.pass(session, dispatch);
        }
    }

    /// Asks for an identify of this shard now.
    pub fn identify_leave(&self, shard: u32, now_ms: u64) -> IdentifyLeave {
        let mut identifies = self.identifies.lock();
        if now_ms >= identifies.day_began_ms + DAY_MS {
            identifies.day_began_ms = now_ms;
            identifies.today = 0;
        }
        let bucket = shard % self.settings.max_concurrency.max(1);
        let last = identifies.last_of_bucket.get(&bucket).copied();
        if self.settings.limits && last.is_some_and(|last| now_ms < last + IDENTIFY_EVERY_MS) {
            return IdentifyLeave::TooSoon;
        }
        if identifies.today >= self.settings.identifies_per_day {
            return IdentifyLeave::UsedUp;
        }
        identifies.today += 1;
        identifies.last_of_bucket.insert(bucket, now_ms);
        IdentifyLeave::Granted
    }

    /// How many starts are left today, and in how many milliseconds they are new.
    pub fn starts_left(&self, now_ms: u64) -> (u32, u64) {
        let identifies = self.identifies.lock();
        let day_ends = identifies.day_began_ms + DAY_MS;
        if now_ms >= day_ends {
            return (self.settings.identifies_per_day, DAY_MS);
        }
        (self.settings.identifies_per_day.saturating_sub(identifies.today), day_ends - now_ms)
    }

    /// Says something to every connected session, or to those of one shard.
    pub fn say(&self, shard: Option<u32>, mut out: impl FnMut() -> Out) {
        for session in self.sessions.read().iter() {
            if shard.is_none_or(|shard| shard == session.shard.0) {
                session.send(out());
            }
        }
    }

    /// Cuts every connection of a session, or those of one shard.
    pub fn cut(&self, shard: Option<u32>, now_ms: u64) {
        for session in self.sessions.read().iter() {
            if shard.is_none_or(|shard| shard == session.shard.0) {
                session.cut(now_ms);
            }
        }
        self.tell();
    }

    /// From now on, whether new connections are cut before the handshake.
    pub fn keep_out(&self, out: bool) {
        self.keep_out.store(out, Ordering::Release);
        self.tell();
    }

    /// Whether new connections are cut.
    pub(super) fn keeps_out(&self) -> bool {
        self.keep_out.load(Ordering::Acquire)
    }

    /// Ends every session (or those of one shard): nothing can be resumed.
    pub fn end(&self, shard: Option<u32>) {
        for session in self.sessions.read().iter() {
            if shard.is_none_or(|shard| shard == session.shard.0) {
                session.end();
            }
        }
    }

    /// The next `times` RESUMEs are answered with INVALID_SESSION.
    pub fn refuse_resumes(&self, times: usize) {
        self.refuse_resumes.store(times, Ordering::Release);
    }

    /// Whether this RESUME is to be refused on purpose.
    pub(super) fn take_resume_refusal(&self) -> bool {
        self.refuse_resumes
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(1))
            .is_ok()
    }

    /// From now on, whether heartbeats stay without an answer.
    pub fn mute_heartbeats(&self, mute: bool) {
        self.mute_heartbeats.store(mute, Ordering::Release);
    }

    /// Whether heartbeats stay without an answer.
    pub(super) fn mutes_heartbeats(&self) -> bool {
        self.mute_heartbeats.load(Ordering::Acquire)
    }
}
