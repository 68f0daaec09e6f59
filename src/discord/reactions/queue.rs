//! The bounded queue of one shard. The shard's loop pushes and never waits; one task takes.

use std::collections::VecDeque;

use parking_lot::Mutex;
use rustc_hash::FxHashSet;
use tokio::sync::Notify;

use crate::{domain::ids::MessageId, service::vote::VoteEvent};

/// Events in their order of arrival.
#[derive(Debug)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    bell: Notify,
    limit: usize,
}

#[derive(Debug, Default)]
struct Inner {
    events: VecDeque<VoteEvent>,
    /// Cards whose events did not fit.
    missed: FxHashSet<MessageId>,
    closed: bool,
}

/// What became of a pushed event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It is in the queue.
    Taken,
    /// It did not fit; its card will be recounted.
    Missed,
    /// It did not fit and no reading of one card's lists can mend that; the next session will.
    Lost,
}

/// What is taken out at a time.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// All events that waited.
    pub(super) events: VecDeque<VoteEvent>,
    /// Cards whose events did not fit in the meantime.
    pub(super) missed: Vec<MessageId>,
}

impl Queue {
    /// A queue in which at most `limit` reactions wait. What no recount of one card can mend (a deleted channel, a server
    /// that left, a new session) may take up as much again.
    pub(super) fn new(limit: usize) -> Self {
        Self { inner: Mutex::default(), bell: Notify::new(), limit }
    }

    /// Adds an event. Never waits.
    pub(super) fn push(&self, event: VoteEvent) -> Pushed {
        let mut inner = self.inner.lock();
        let pushed = if inner.events.len() < self.limit
            || (!event.is_mendable() && inner.events.len() < self.limit * 2)
        {
            inner.events.push_back(event);
            Pushed::Taken
        } else if let Some(card) = event.card() {
            inner.missed.insert(card);
            Pushed::Missed
        } else {
            Pushed::Lost
        };
        drop(inner);
        self.bell.notify_one();
        pushed
    }

    /// Waits until something is there and takes all of it. `None`: closed and empty.
    pub(super) async fn take(&self) -> Option<Taken> {
        loop {
            let bell = self.bell.notified();
            {
                let mut inner = self.inner.lock();
                if !inner.events.is_empty() || !inner.missed.is_empty() {
                    return Some(Taken {
                        events: std::mem::take(&mut inner.events),
                        missed: std::mem::take(&mut inner.missed).into_iter().collect(),
                    });
                }
                if inner.closed {
                    return None;
                }
            }
            bell.await;
        }
    }

    /// No more waiting in [`Queue::take`] once it is empty.
    pub(super) fn close(&self) {
        self.inner.lock().closed = true;
        self.bell.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{ChannelId, ServerId};

    fn cleared(card: u64) -> VoteEvent {
        VoteEvent::ClearedAll { card: MessageId(card) }
    }

    #[tokio::test]
    async fn what_does_not_fit_is_remembered_by_its_card() {
        let queue = Queue::new(2);
        assert_eq!([1, 2, 3, 3].map(|card| queue.push(cleared(card))), {
            use Pushed::{Missed, Taken};
            [Taken, Taken, Missed, Missed]
        });
        let channel = VoteEvent::ChannelDeleted { server: ServerId(1), channel: ChannelId(2) };
        assert_eq!(queue.push(channel.clone()), Pushed::Taken, "cannot be mended, so it has room of its own");
        queue.push(channel.clone());
        assert_eq!(queue.push(channel.clone()), Pushed::Lost);
        let taken = queue.take().await.unwrap();
        assert_eq!(taken.events, [cleared(1), cleared(2), channel.clone(), channel]);
        assert_eq!(taken.missed, [MessageId(3)]);
        assert_eq!(queue.push(cleared(4)), Pushed::Taken);
    }

    #[tokio::test]
    async fn a_closed_queue_is_emptied_first() {
        let queue = Queue::new(2);
        queue.push(cleared(1));
        queue.close();
        assert_eq!(queue.take().await.unwrap().events.len(), 1);
        assert!(queue.take().await.is_none());
    }
}
