//! Telling watchers inside this process that something happened: the wait helpers of the driver and the event
//! streams of the control interface.

use tokio::sync::{broadcast, watch};

use super::ids::{ChannelId, InteractionId, MessageId, ServerId, UserId};

/// How many changes a slow watcher may lag behind before it has to look at everything anew.
const BACKLOG: usize = 4096;

/// Something that happened. It says where to look, not what is there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another state was loaded.
    Everything,
    /// A server, its roles or its members.
    Server(ServerId),
    /// A channel or thread was made, changed or deleted.
    Channel(ChannelId),
    /// A message was written, edited, deleted or reacted to.
    Message {
        /// Where.
        channel: ChannelId,
        /// Which.
        message: MessageId,
        /// For an ephemeral message: the only person who may know.
        only_for: Option<UserId>,
    },
    /// An interaction began, was answered, or got choices or a form.
    Interaction {
        /// Which.
        interaction: InteractionId,
        /// Whose.
        user: UserId,
    },
    /// Somebody writes.
    Typing {
        /// Where.
        channel: ChannelId,
        /// Who.
        user: UserId,
    },
    /// The application registered or removed commands.
    Commands,
    /// Somebody connected to the gateway, became ready, or left.
    Gateway,
    /// A request was answered and recorded.
    Request,
}

/// Where changes are told and heard.
#[derive(Clone, Debug)]
pub struct Changes {
    stream: broadcast::Sender<Change>,
    version: watch::Sender<u64>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { stream: broadcast::Sender::new(BACKLOG), version: watch::Sender::new(0) }
    }
}

impl Changes {
    /// Tells a change.
    pub fn tell(&self, change: Change) {
        if self.stream.receiver_count() > 0 {
            // An error only means that the last listener has just gone.
            let _ = self.stream.send(change);
        }
        if self.version.receiver_count() > 0 {
            self.version.send_modify(|version| *version += 1);
        }
    }

    /// Every change from now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.stream.subscribe()
    }

    /// A counter that rises with every change: for waiting until something has become true.
    pub fn version(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }
}
