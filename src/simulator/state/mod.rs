//! What the simulated Discord knows: people, servers, channels, messages, commands, interactions.
//!
//! Everything lives in one [`World`] behind one lock. A change is made and its gateway events are handed out
//! under that lock, so every observer sees events in the order in which things happened. The data itself
//! ([`Data`]) is plain and serialisable; the files beside this one hold one subject each.

pub mod channel;
pub mod command;
pub mod interaction;
pub mod message;
pub mod permission;
pub mod server;
pub mod user;

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::change::{Change, Changes};
use super::clock::Clock;
use super::gateway::hub::Hub;
use super::ids::{
    AttachmentId, ChannelId, CommandId, IdMaker, InteractionId, MessageId, RoleId, ServerId, UserId,
};
pub use channel::{Channel, Overwrite, Thread};
pub use command::Command;
pub use interaction::{Choice, Form, Interaction, Standing};
pub use message::{Message, Reaction};
pub use server::{Member, Role, Server};
pub use user::{Application, User};

/// Everything that is saved and loaded.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Data {
    /// The one application (bot) this Discord hosts.
    pub application: Application,
    /// Everybody, bots included.
    pub users: FxHashMap<UserId, User>,
    /// Every server, in the order in which they were made.
    pub servers: BTreeMap<ServerId, Server>,
    /// Every channel, thread and direct conversation.
    pub channels: FxHashMap<ChannelId, Channel>,
    /// The messages of each channel, oldest first. Ephemeral ones are here too.
    pub messages: FxHashMap<ChannelId, BTreeMap<MessageId, Message>>,
    /// The application's commands, global and per server.
    pub commands: BTreeMap<CommandId, Command>,
    /// Interactions whose tokens may still be alive.
    pub interactions: BTreeMap<InteractionId, Interaction>,
    /// Uploaded files, by id.
    pub files: BTreeMap<AttachmentId, StoredFile>,
    /// The greatest id handed out.
    pub last_id: u64,
    /// The time of the save, in Unix milliseconds.
    pub saved_at_ms: u64,
}

/// A file that came with a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredFile {
    /// Its name as uploaded.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes, as base64 in the saved state.
    #[serde(with = "super::persist::base64_bytes")]
    pub bytes: Vec<u8>,
}

/// The data, and where its changes are told.
pub struct World {
    /// What is saved.
    pub data: Data,
    /// Time.
    pub clock: Clock,
    /// The gateway: whoever is connected hears of changes through it.
    pub hub: Arc<Hub>,
    /// Watchers inside this process: wait helpers and views.
    pub changes: Changes,
    ids: IdMaker,
    /// The base of file addresses, such as `http://127.0.0.1:8080`.
    pub(crate) base_url: String,
}

impl World {
    /// A world over this data.
    pub fn new(data: Data, clock: Clock, hub: Arc<Hub>, changes: Changes) -> Self {
        let ids = IdMaker::after(data.last_id);
        Self { data, clock, hub, changes, ids, base_url: String::new() }
    }

    /// A fresh id, greater than all before it.
    pub fn next_id(&mut self) -> u64 {
        self.next_id_at(self.clock.now_ms())
    }

    /// A fresh id that carries this time (for accounts that are younger or older than now).
    pub fn next_id_at(&mut self, ms: u64) -> u64 {
        let id = self.ids.next(ms);
        self.data.last_id = id;
        id
    }

    /// A fresh id for a server; servers fall on shards in turn.
    pub fn next_server_id(&mut self) -> ServerId {
        let place = self.data.servers.len() as u64;
        let id = self.ids.next_server(self.clock.now_ms(), place);
        self.data.last_id = id;
        ServerId(id)
    }

    /// Puts other data in place of the present one (after loading a file).
    pub fn replace(&mut self, data: Data) {
        self.ids = IdMaker::after(data.last_id.max(self.ids.last()));
        self.clock.not_before(data.saved_at_ms);
        self.data = data;
        self.changes.tell(Change::Everything);
    }

    /// The application's own user.
    pub fn bot_id(&self) -> UserId {
        self.data.application.bot
    }

    /// A user by id.
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.data.users.get(&id)
    }

    /// A server by id.
    pub fn server(&self, id: ServerId) -> Option<&Server> {
        self.data.servers.get(&id)
    }

    /// A channel by id.
    pub fn channel(&self, id: ChannelId) -> Option<&Channel> {
        self.data.channels.get(&id)
    }

    /// A message by channel and id.
    pub fn message(&self, channel: ChannelId, id: MessageId) -> Option<&Message> {
        self.data.messages.get(&channel)?.get(&id)
    }

    /// A message to change.
    pub fn message_mut(&mut self, channel: ChannelId, id: MessageId) -> Option<&mut Message> {
        self.data.messages.get_mut(&channel)?.get_mut(&id)
    }

    /// A member of a server.
    pub fn member(&self, server: ServerId, user: UserId) -> Option<&Member> {
        self.data.servers.get(&server)?.members.get(&user)
    }

    /// The everyone role's number and all others a member has.
    pub fn role_ids_of(&self, server: ServerId, user: UserId) -> Vec<RoleId> {
        let mut roles = vec![server.everyone()];
        if let Some(member) = self.member(server, user) {
            roles.extend(member.roles.iter().copied());
        }
        roles
    }
}
