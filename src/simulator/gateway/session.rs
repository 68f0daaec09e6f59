//! A gateway session: its number sequence, what can be replayed, and the connection that carries it.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::mpsc;

use super::super::ids::ServerId;
use super::event::Dispatch;

/// How many events a session keeps for a resume.
const REPLAY: usize = 50_000;

/// How much may wait for a client that does not read before it is cut off.
const BACKLOG: usize = 2_000_000;

/// What goes to the connection of a session.
#[derive(Debug)]
pub enum Out {
    /// One event.
    Event {
        /// Its number.
        sequence: u64,
        /// The event.
        dispatch: Arc<Dispatch>,
    },
    /// Many prepared events with rising numbers.
    Flood {
        /// The number of the first.
        first: u64,
        /// The events.
        dispatches: Arc<[Arc<Dispatch>]>,
    },
    /// A payload without a number.
    Raw(String),
    /// Close with this code.
    Close(u16, &'static str),
    /// Cut the connection without a word.
    Cut,
}

/// A session.
#[derive(Debug)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Its shard, and of how many.
    pub shard: (u32, u32),
    /// Which events it asked for.
    pub intents: u64,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    sequence: u64,
    replay: VecDeque<(u64, Arc<Dispatch>)>,
    link: Option<Link>,
    /// Why a resume is refused from now on.
    ended: bool,
    /// When the connection was lost, in Unix milliseconds.
    lost_at_ms: u64,
}

#[derive(Debug)]
struct Link {
    /// Tells one connection of a session from the next.
    number: u64,
    out: mpsc::UnboundedSender<Out>,
}

/// A session as people see it.
#[derive(Clone, Debug, Serialize)]
pub struct SessionView {
    /// Its id.
    pub id: String,
    /// Its shard.
    pub shard: u32,
    /// The number of shards.
    pub shards: u32,
    /// Which events it asked for.
    pub intents: u64,
    /// Whether a client is connected.
    pub connected: bool,
    /// The number of the last event.
    pub sequence: u64,
}

impl Session {
    /// A fresh session, carried by this connection.
    pub fn new(
        id: String,
        shard: (u32, u32),
        intents: u64,
        connection: u64,
        out: mpsc::UnboundedSender<Out>,
    ) -> Self {
        Self {
            id,
            shard,
            intents,
            inner: Mutex::new(Inner {
                sequence: 0,
                replay: VecDeque::new(),
                link: Some(Link { number: connection, out }),
                ended: false,
                lost_at_ms: 0,
            }),
        }
    }

    /// Whether events of this server (none: direct conversations) belong here.
    pub fn owns(&self, server: Option<ServerId>) -> bool {
        match server {
            Some(server) => server.shard(self.shard.1) == self.shard.0,
            None => self.shard.0 == 0,
        }
    }

    /// Sends an event, or keeps it for a resume. With `lose`, an event that finds nobody is gone.
    pub fn push(&self, dispatch: &Arc<Dispatch>, lose: bool) {
        let mut inner = self.inner.lock();
        if inner.ended || (lose && inner.link.is_none()) {
            return;
        }
        inner.sequence += 1;
        let sequence = inner.sequence;
        inner.keep(sequence, dispatch);
        inner.send(Out::Event { sequence, dispatch: Arc::clone(dispatch) });
    }

    /// Sends many prepared events at once. Returns how many were sent: none without a connection.
    pub fn push_many(&self, dispatches: &Arc<[Arc<Dispatch>]>) -> usize {
        let mut inner = self.inner.lock();
        if inner.ended || inner.link.is_none() {
            return 0;
        }
        let first = inner.sequence + 1;
        inner.sequence += dispatches.len() as u64;
        let skip = dispatches.len().saturating_sub(REPLAY);
        for (place, dispatch) in dispatches.iter().enumerate().skip(skip) {
            inner.keep(first + place as u64, dispatch);
        }
        inner.send(Out::Flood { first, dispatches: Arc::clone(dispatches) });
        dispatches.len()
    }

    /// Sends a payload that has no number.
    pub fn send(&self, out: Out) {
        self.inner.lock().send(out);
    }

    /// Cuts the connection. From this moment on the session has none, whatever the client still thinks.
    pub fn cut(&self, now_ms: u64) {
        let mut inner = self.inner.lock();
        if let Some(link) = inner.link.take() {
            inner.lost_at_ms = now_ms;
            // The receiver is gone when the connection broke by itself just now.
            let _ = link.out.send(Out::Cut);
        }
    }

    /// Whether a client is connected.
    pub fn is_connected(&self) -> bool {
        self.inner.lock().link.is_some()
    }

    /// A new connection takes the session over, from the event after `seen`. Returns the events to replay, or
    /// why not.
    pub fn resume(
        &self,
        seen: u64,
        connection: u64,
        out: mpsc::UnboundedSender<Out>,
        window_ms: u64,
        now_ms: u64,
    ) -> Result<Vec<(u64, Arc<Dispatch>)>, Refusal> {
        let mut inner = self.inner.lock();
        if inner.ended || (inner.link.is_none() && now_ms > inner.lost_at_ms + window_ms) {
            return Err(Refusal::Ended);
        }
        if seen > inner.sequence {
            return Err(Refusal::BadSequence);
        }
        let first_kept = inner.replay.front().map_or(inner.sequence + 1, |(sequence, _)| *sequence);
        if seen + 1 < first_kept {
            return Err(Refusal::Ended);
        }
        if let Some(old) = inner.link.replace(Link { number: connection, out }) {
            let _ = old.out.send(Out::Close(4000, "Session resumed elsewhere."));
        }
        Ok(inner.replay.iter().filter(|(sequence, _)| *sequence > seen).cloned().collect())
    }

    /// The connection of this number is gone. `ended`: the client closed in a way that ends the session.
    pub fn lost(&self, connection: u64, ended: bool, now_ms: u64) {
        let mut inner = self.inner.lock();
        if inner.link.as_ref().is_some_and(|link| link.number == connection) {
            inner.link = None;
            inner.lost_at_ms = now_ms;
            inner.ended |= ended;
        }
    }

    /// From now on this session cannot be resumed.
    pub fn end(&self) {
        self.inner.lock().ended = true;
    }

    /// Whether nothing will ever come of this session again.
    pub fn is_over(&self, window_ms: u64, now_ms: u64) -> bool {
        let inner = self.inner.lock();
        inner.link.is_none() && (inner.ended || now_ms > inner.lost_at_ms + window_ms)
    }

    /// The session as people see it.
    pub fn view(&self) -> SessionView {
        let inner = self.inner.lock();
        SessionView {
            id: self.id.clone(),
            shard: self.shard.0,
            shards: self.shard.1,
            intents: self.intents,
            connected: inner.link.is_some(),
            sequence: inner.sequence,
        }
    }
}

/// Why a session cannot be resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is over, or what was missed is no longer kept.
    Ended,
    /// The client claims events that were never sent.
    BadSequence,
}

impl Inner {
    fn keep(&mut self, sequence: u64, dispatch: &Arc<Dispatch>) {
        if self.replay.len() >= REPLAY {
            self.replay.pop_front();
        }
        self.replay.push_back((sequence, Arc::clone(dispatch)));
    }

    fn send(&mut self, out: Out) {
        let Some(link) = &self.link else { return };
        // The receiver is gone when the connection is just being torn down; `lost` follows.
        let _ = link.out.send(out);
    }
}

/// How much may wait for one client.
pub(crate) const fn backlog() -> usize {
    BACKLOG
}
