//! Prepared events in bulk, for floods: written once, sent as often as one likes, past the state.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::super::Driver;
use super::super::gateway::event::Dispatch;

/// Events that are written already.
#[derive(Clone)]
pub struct Flood {
    dispatches: Arc<[Arc<Dispatch>]>,
}

impl Flood {
    /// Writes events: a name and a body each.
    pub fn prepare(events: impl IntoIterator<Item = (impl Into<Cow<'static, str>>, Value)>) -> Self {
        Self { dispatches: events.into_iter().map(|(name, body)| Dispatch::new(name, &body)).collect() }
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.dispatches.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.dispatches.is_empty()
    }
}

impl Driver {
    /// Sends prepared events to every session of a shard. The state does not change and no intent is asked for.
    /// Returns how many were queued (times the sessions that got them).
    pub fn flood(&self, shard: u32, flood: &Flood) -> usize {
        self.core
            .hub
            .sessions()
            .iter()
            .filter(|session| session.shard.0 == shard)
            .map(|session| session.push_many(&flood.dispatches))
            .sum()
    }
}
