//! What writer and readers share in memory.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    domain::{
        ids::{MessageId, ServerId, ToolId, VoterHash},
        marks::{Halves, ReactionKind},
        review::Verdict,
        score::{Everywhere, Tally},
    },
    store::{
        contract::ReadingId,
        error::{Result, StoreError},
        kv::{Kv, Range},
        layout::{keys, keys::Parts, values},
        records::Rename,
    },
};

/// Readings that may be open at once; the oldest gives way, and its card has to be read again.
const MOST_READINGS: usize = 4_096;

/// What happened on a card while its lists were being read.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Halves of members that came or went.
    pub(super) halves: FxHashMap<VoterHash, Halves>,
    /// Emojis that were cleared: nothing the lists say of them is sure.
    pub(super) cleared: Halves,
}

impl Touched {
    /// What of a member's marks must stay as it is known.
    pub(super) fn of(&self, voter: VoterHash) -> Halves {
        self.halves.get(&voter).copied().unwrap_or_default().union(self.cleared)
    }
}

#[derive(Default)]
struct Readings {
    next: u64,
    open: FxHashMap<u64, (MessageId, Touched)>,
    by_card: FxHashMap<MessageId, Vec<u64>>,
    order: VecDeque<u64>,
}

impl Readings {
    fn end(&mut self, id: u64) -> Option<(MessageId, Touched)> {
        let (card, touched) = self.open.remove(&id)?;
        if let Some(ids) = self.by_card.get_mut(&card) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.by_card.remove(&card);
            }
        }
        Some((card, touched))
    }
}

/// What writer and readers share.
pub(crate) struct Shared {
    /// Highest sequence number given out.
    pub(super) seq: AtomicU64,
    /// Number of the last durable commit.
    pub(super) commit: AtomicU64,
    /// Bytes handed to the engine since it was opened.
    pub(super) written: AtomicU64,
    /// The first write error.
    stopped: RwLock<Option<StoreError>>,
    /// While a commit is under way: tallies as they stood before it, so that no vote is shown before it is durable.
    in_flight: RwLock<BTreeMap<Vec<u8>, Tally>>,
    /// Sums over all servers, durable.
    everywhere: RwLock<FxHashMap<ToolId, Everywhere>>,
    /// Blocked members.
    pub(super) blocked: RwLock<FxHashSet<(ServerId, VoterHash)>>,
    /// Servers whose data is being deleted.
    pub(super) purging: RwLock<FxHashSet<ServerId>>,
    /// Earlier ids of tools.
    pub(super) renames: RwLock<FxHashMap<ToolId, ToolId>>,
    readings: Mutex<Readings>,
}

impl Shared {
    /// Reads what is kept in memory.
    pub(super) fn load(kv: &dyn Kv) -> Result<Self> {
        let head =
            kv.get(keys::HEAD)?.map_or(Ok(values::Head::default()), |value| values::to_head(&value))?;
        let shared = Self {
            seq: AtomicU64::new(head.seq),
            commit: AtomicU64::new(head.commit),
            written: AtomicU64::new(0),
            stopped: RwLock::new(None),
            in_flight: RwLock::default(),
            everywhere: RwLock::default(),
            blocked: RwLock::default(),
            purging: RwLock::default(),
            renames: RwLock::default(),
            readings: Mutex::default(),
        };
        let all = |kind| kv.scan(&Range::prefix(&keys::kind(kind)), false);
        for pair in all(keys::TALLY) {
            let (key, value) = pair?;
            shared.count_everywhere(&key, Tally::default(), values::to_tally(&value)?);
        }
        for pair in all(keys::BLOCKED) {
            let (key, _) = pair?;
            let (_, mut parts) = Parts::of(&key).ok_or_else(|| values::damaged("blocked"))?;
            if let (Some(server), Some(voter)) = (parts.server(), parts.voter()) {
                shared.blocked.write().insert((server, voter));
            }
        }
        for pair in all(keys::SERVER) {
            let server: crate::store::records::Server = values::from_json(&pair?.1, "server")?;
            if server.purging {
                shared.purging.write().insert(server.id);
            }
        }
        for pair in all(keys::RENAME) {
            let rename: Rename = values::from_json(&pair?.1, "rename")?;
            shared.renames.write().insert(rename.from, rename.to);
        }
        Ok(shared)
    }

    pub(super) fn stop(&self, error: StoreError) {
        self.stopped.write().get_or_insert(error);
    }

    pub(super) fn stopped(&self) -> Option<StoreError> {
        self.stopped.read().clone()
    }

    /// The id under which a tool is kept at present.
    pub(super) fn present_id(&self, tool: &ToolId) -> ToolId {
        let renames = self.renames.read();
        let mut id = tool;
        // A chain of renames is followed; a circle, which no catalog should hold, ends after a round.
        for _ in 0..=renames.len() {
            match renames.get(id) {
                Some(next) => id = next,
                None => break,
            }
        }
        id.clone()
    }

    pub(super) fn is_blocked(&self, server: ServerId, voter: VoterHash) -> bool {
        self.blocked.read().contains(&(server, voter))
    }

    pub(super) fn refuse_purging(&self, server: ServerId) -> Result<()> {
        if self.purging.read().contains(&server) { Err(StoreError::Purging) } else { Ok(()) }
    }

    // --- tallies ---

    pub(super) fn begin_flight(&self, old: BTreeMap<Vec<u8>, Tally>) {
        *self.in_flight.write() = old;
    }

    /// The group is durable: its tallies may be shown.
    pub(super) fn end_flight(&self, batch: &crate::store::kv::Batch) {
        let old = std::mem::take(&mut *self.in_flight.write());
        for (key, old) in old {
            let new = batch.get(&key).cloned().flatten();
            let new = new.and_then(|value| values::to_tally(&value).ok()).unwrap_or_default();
            self.count_everywhere(&key, old, new);
        }
    }

    /// Must be asked after the engine: what was read there may belong to a commit that is not durable yet.
    pub(super) fn durable_tally(&self, key: &[u8], read: Tally) -> Tally {
        self.in_flight.read().get(key).copied().unwrap_or(read)
    }

    /// Tallies under a prefix that a commit under way touches, as they stood before it.
    pub(super) fn in_flight_under(&self, prefix: &[u8]) -> Vec<(Vec<u8>, Tally)> {
        let in_flight = self.in_flight.read();
        in_flight
            .range(prefix.to_vec()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, tally)| (key.clone(), *tally))
            .collect()
    }

    fn count_everywhere(&self, key: &[u8], old: Tally, new: Tally) {
        let Some(tool) = Parts::of(key).and_then(|(_, mut parts)| parts.server().and(parts.tool())) else {
            return;
        };
        // A server's own tool is seen in that server only.
        if tool.is_server_made() || (old.ship, old.skip) == (new.ship, new.skip) {
            return;
        }
        let mut everywhere = self.everywhere.write();
        let sum = everywhere.entry(tool.clone()).or_default();
        sum.ship = sum.ship.saturating_sub(old.ship).saturating_add(new.ship);
        sum.skip = sum.skip.saturating_sub(old.skip).saturating_add(new.skip);
        let voted = |tally: Tally| u64::from(tally.ballots() > 0);
        sum.servers = sum.servers.saturating_sub(voted(old)).saturating_add(voted(new));
        if *sum == Everywhere::default() {
            everywhere.remove(&tool);
        }
    }

    pub(super) fn everywhere(&self, tool: &ToolId) -> Everywhere {
        self.everywhere.read().get(tool).copied().unwrap_or_default()
    }

    pub(super) fn everywhere_all(&self) -> Vec<(ToolId, Everywhere)> {
        let mut all: Vec<_> = self.everywhere.read().iter().map(|(tool, sum)| (tool.clone(), *sum)).collect();
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        all
    }

    // --- readings ---

    pub(super) fn begin_reading(&self, card: MessageId) -> ReadingId {
        let mut readings = self.readings.lock();
        readings.next += 1;
        let id = readings.next;
        readings.open.insert(id, (card, Touched::default()));
        readings.by_card.entry(card).or_default().push(id);
        readings.order.push_back(id);
        while readings.order.len() > MOST_READINGS {
            if let Some(oldest) = readings.order.pop_front() {
                readings.end(oldest);
            }
        }
        ReadingId(id)
    }

    pub(super) fn end_reading(&self, reading: ReadingId) -> Option<(MessageId, Touched)> {
        let mut readings = self.readings.lock();
        let ended = readings.end(reading.0);
        while readings.order.front().is_some_and(|id| !readings.open.contains_key(id)) {
            readings.order.pop_front();
        }
        ended
    }

    fn on_readings(&self, card: MessageId, note: impl Fn(&mut Touched)) {
        let mut guard = self.readings.lock();
        let Readings { open, by_card, .. } = &mut *guard;
        for id in by_card.get(&card).into_iter().flatten() {
            if let Some((_, touched)) = open.get_mut(id) {
                note(touched);
            }
        }
    }

    /// A member's half came or went while the card may be being read.
    pub(super) fn touch(&self, card: MessageId, voter: VoterHash, verdict: Verdict, kind: ReactionKind) {
        self.on_readings(card, |touched| {
            let halves = touched.halves.entry(voter).or_default();
            *halves = halves.with(verdict, kind);
        });
    }

    /// An emoji, or both, were cleared while the card may be being read.
    pub(super) fn touch_all(&self, card: MessageId, verdict: Option<Verdict>) {
        let cleared = verdict.map_or(Halves::of(Verdict::Ship).union(Halves::of(Verdict::Skip)), Halves::of);
        self.on_readings(card, |touched| touched.cleared = touched.cleared.union(cleared));
    }

    pub(super) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    pub(super) fn last_commit(&self) -> u64 {
        self.commit.load(Ordering::SeqCst)
    }
}

/// Shared and behind an `Arc`.
pub(super) type SharedRef = Arc<Shared>;
