//! Which questions were taken on already.
//!
//! Discord may deliver an event more than once, and while shards are moved it arrives on an old and a new session. A second
//! answer to one question is refused by Discord, but what follows an answer, its cards, would be posted twice.
//! Source: Discord's reference, section "Consistency".

use std::collections::VecDeque;

use parking_lot::Mutex;
use rustc_hash::FxHashSet;

/// So many questions are remembered, the newest: minutes of a very busy bot.
const REMEMBERED: usize = 4_096;

/// Ids of interactions and messages, each let through once.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    ids: FxHashSet<u64>,
    /// Oldest first.
    order: VecDeque<u64>,
}

impl Seen {
    /// Whether this is the first time that this id comes along.
    pub(super) fn is_first(&self, id: u64) -> bool {
        let mut inner = self.0.lock();
        if !inner.ids.insert(id) {
            return false;
        }
        inner.order.push_back(id);
        if inner.order.len() > REMEMBERED
            && let Some(oldest) = inner.order.pop_front()
        {
            inner.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_through_once_and_memory_stays_bounded() {
        let seen = Seen::default();
        assert!(seen.is_first(0) && seen.is_first(1) && !seen.is_first(0));
        for id in 2..10 * REMEMBERED as u64 {
            assert!(seen.is_first(id));
        }
        let inner = seen.0.lock();
        assert_eq!((inner.ids.len(), inner.order.len()), (REMEMBERED, REMEMBERED));
    }
}
