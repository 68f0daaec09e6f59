//! *Quiet*: a bot that floods a channel is removed.
//!
//! Counts comparisons by member and by channel over the last minute. Above a limit the answer is for the asker only and
//! brings no new cards. Memory is bounded: only keys seen within the last minute are kept, and at most [`MOST_KEYS`] of
//! each sort; when a table is full of fresh keys, new ones are let through uncounted rather than refused.

use std::{collections::VecDeque, hash::Hash};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::domain::{
    ids::{ChannelId, ServerId, UserId},
    time::Timestamp,
};

/// Keys of each sort that are remembered at most.
pub const MOST_KEYS: usize = 50_000;
const MINUTE: i64 = 60 * Timestamp::SECOND;

/// How many comparisons a minute; 0 switches a limit off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// By one member in one server.
    pub member_per_minute: u32,
    /// In one channel.
    pub channel_per_minute: u32,
}

/// How loud an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loudness {
    /// For everyone, with cards.
    Public,
    /// For the asker only: this member has asked often.
    QuietForMember,
    /// For the asker only: this channel has had many.
    QuietForChannel,
}

/// The counts of one process.
#[derive(Debug, Default)]
pub struct Quiet {
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    members: Table<(ServerId, UserId)>,
    channels: Table<ChannelId>,
    /// Where it was said that there was too much.
    told: Table<ChannelId>,
}

impl Quiet {
    /// Counts one comparison and says how loud its answer may be. One that must be quiet does not count for the channel:
    /// nobody there saw it.
    pub fn admit(
        &self,
        (server, user): (ServerId, UserId),
        channel: ChannelId,
        limits: Limits,
        now: Timestamp,
    ) -> Loudness {
        let mut tables = self.tables.lock();
        if !tables.members.count((server, user), limits.member_per_minute, now) {
            Loudness::QuietForMember
        } else if !tables.channels.count(channel, limits.channel_per_minute, now) {
            Loudness::QuietForChannel
        } else {
            Loudness::Public
        }
    }

    /// Whether it may be said in a channel that there was too much: once a minute.
    pub fn may_say_so(&self, channel: ChannelId, now: Timestamp) -> bool {
        self.tables.lock().told.count(channel, 1, now)
    }
}

#[derive(Debug)]
struct Table<K> {
    /// Times within the last minute, oldest first; never more than the limit.
    times: FxHashMap<K, VecDeque<Timestamp>>,
    sweep_at: usize,
    last_sweep: Timestamp,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self { times: FxHashMap::default(), sweep_at: 64, last_sweep: Timestamp(i64::MIN) }
    }
}

impl<K: Hash + Eq> Table<K> {
    /// Whether this one is within the limit; if so it is counted.
    fn count(&mut self, key: K, limit: u32, now: Timestamp) -> bool {
        if limit == 0 {
            return true;
        }
        // A full table of fresh keys would be swept in vain at every call: once a second is enough.
        if self.times.len() >= self.sweep_at && now.since(self.last_sweep) >= Timestamp::SECOND {
            self.last_sweep = now;
            self.times.retain(|_, times| times.back().is_some_and(|last| now.since(*last) < MINUTE));
            self.sweep_at = 64.max(self.times.len() * 2).min(MOST_KEYS);
        }
        if self.times.len() >= MOST_KEYS && !self.times.contains_key(&key) {
            return true;
        }
        let times = self.times.entry(key).or_default();
        while times.front().is_some_and(|first| now.since(*first) >= MINUTE) {
            times.pop_front();
        }
        let within = times.len() < limit as usize;
        if within {
            times.push_back(now);
        }
        within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { member_per_minute: 2, channel_per_minute: 3 };
    const SERVER: ServerId = ServerId(1);

    fn ask(quiet: &Quiet, user: u64, channel: u64, second: i64) -> Loudness {
        quiet.admit((SERVER, UserId(user)), ChannelId(channel), LIMITS, Timestamp(second * Timestamp::SECOND))
    }

    #[test]
    fn a_member_who_asks_often_is_answered_quietly_for_a_while() {
        let quiet = Quiet::default();
        assert_eq!(ask(&quiet, 1, 1, 0), Loudness::Public);
        assert_eq!(ask(&quiet, 1, 2, 10), Loudness::Public);
        assert_eq!(ask(&quiet, 1, 3, 59), Loudness::QuietForMember);
        assert_eq!(ask(&quiet, 2, 3, 59), Loudness::Public, "others are not concerned");
        assert_eq!(ask(&quiet, 1, 3, 60), Loudness::Public, "the first is a minute ago");
    }

    #[test]
    fn a_busy_channel_is_quiet_for_everyone() {
        let quiet = Quiet::default();
        for user in 0..3 {
            assert_eq!(ask(&quiet, user, 1, 0), Loudness::Public);
        }
        assert_eq!(ask(&quiet, 9, 1, 1), Loudness::QuietForChannel);
        assert_eq!(ask(&quiet, 9, 2, 1), Loudness::Public);
    }

    #[test]
    fn it_is_said_once_a_minute_that_there_was_too_much() {
        let quiet = Quiet::default();
        let said = |channel, second: i64| {
            quiet.may_say_so(ChannelId(channel), Timestamp(second * Timestamp::SECOND))
        };
        assert!(said(1, 0) && !said(1, 1) && said(2, 1) && !said(1, 59) && said(1, 60));
    }

    #[test]
    fn zero_switches_a_limit_off() {
        let quiet = Quiet::default();
        let off = Limits { member_per_minute: 0, channel_per_minute: 0 };
        for _ in 0..1_000 {
            let loud = quiet.admit((SERVER, UserId(1)), ChannelId(1), off, Timestamp(0));
            assert_eq!(loud, Loudness::Public);
        }
    }

    #[test]
    fn tables_stay_bounded() {
        let quiet = Quiet::default();
        for n in 0..MOST_KEYS as u64 + 5_000 {
            let now = Timestamp(i64::try_from(n / 60).unwrap());
            quiet.admit((SERVER, UserId(n)), ChannelId(n), LIMITS, now);
        }
        let tables = quiet.tables.lock();
        assert!(tables.members.times.len() <= MOST_KEYS && tables.channels.times.len() <= MOST_KEYS);
    }
}
