//! Channels, threads, direct conversations and their overwrites.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::change::Change;
use super::super::gateway::event::{Scope, intent};
use super::super::ids::{ChannelId, MessageId, ServerId, UserId};
use super::super::rules::permission::Permissions;
use super::super::wire;
use super::World;

/// Discord's numbers for the kinds of channels that are simulated.
pub mod kind {
    /// A text channel of a server.
    pub const TEXT: u8 = 0;
    /// A direct conversation with the bot.
    pub const DIRECT: u8 = 1;
    /// A voice channel (it has a text chat too).
    pub const VOICE: u8 = 2;
    /// A heading that groups channels.
    pub const CATEGORY: u8 = 4;
    /// A channel whose messages other servers can follow.
    pub const NEWS: u8 = 5;
    /// A thread of a news channel.
    pub const NEWS_THREAD: u8 = 10;
    /// A thread that everybody who sees the channel can read.
    pub const PUBLIC_THREAD: u8 = 11;
    /// A thread for the invited.
    pub const PRIVATE_THREAD: u8 = 12;
    /// A channel that holds only threads.
    pub const FORUM: u8 = 15;
}

/// A channel, thread or direct conversation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Channel {
    /// The id.
    pub id: ChannelId,
    /// The kind, see [`kind`].
    pub kind: u8,
    /// The server; none for direct conversations.
    pub server: Option<ServerId>,
    /// The name; empty for direct conversations.
    pub name: String,
    /// The topic.
    pub topic: Option<String>,
    /// The category of a channel, the channel of a thread.
    pub parent: Option<ChannelId>,
    /// The place in the order.
    pub position: u16,
    /// Who may do more or less here than their roles say.
    pub overwrites: Vec<Overwrite>,
    /// Age-restricted.
    pub nsfw: bool,
    /// Seconds between two messages of one member.
    pub slowmode_s: u16,
    /// The newest message, even if it was deleted since.
    pub last_message: Option<MessageId>,
    /// What only threads have.
    pub thread: Option<Thread>,
    /// The two sides of a direct conversation.
    pub recipients: Vec<UserId>,
}

/// What only threads have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Thread {
    /// Who started it.
    pub owner: UserId,
    /// Who joined it.
    pub members: BTreeSet<UserId>,
    /// Put aside.
    pub archived: bool,
    /// Closed by a moderator.
    pub locked: bool,
    /// When it was made or last (un)archived, in Unix milliseconds.
    pub archive_changed_ms: u64,
    /// When it was made, in Unix milliseconds.
    pub made_at_ms: u64,
    /// Messages written in it (deleted ones counted).
    pub messages_sent: u64,
}

/// An exception to the roles in one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overwrite {
    /// A role's or a user's number.
    pub target: u64,
    /// 0 role, 1 member.
    pub kind: u8,
    /// Given.
    pub allow: Permissions,
    /// Taken away.
    pub deny: Permissions,
}

impl Channel {
    /// Whether this is a thread.
    pub fn is_thread(&self) -> bool {
        matches!(self.kind, kind::NEWS_THREAD | kind::PUBLIC_THREAD | kind::PRIVATE_THREAD)
    }

    /// Whether messages can be written here at all.
    pub fn holds_messages(&self) -> bool {
        !matches!(self.kind, kind::CATEGORY | kind::FORUM)
    }
}

impl World {
    /// Makes a channel of a server.
    pub fn make_channel(
        &mut self,
        server: ServerId,
        name: &str,
        kind: u8,
        parent: Option<ChannelId>,
    ) -> ChannelId {
        let id = ChannelId(self.next_id());
        let position = self.server(server).map_or(0, |found| found.channels.len() as u16);
        let channel = Channel {
            id,
            kind,
            server: Some(server),
            name: name.to_owned(),
            topic: None,
            parent,
            position,
            overwrites: Vec::new(),
            nsfw: false,
            slowmode_s: 0,
            last_message: None,
            thread: None,
            recipients: Vec::new(),
        };
        self.data.channels.insert(id, channel);
        if let Some(found) = self.data.servers.get_mut(&server) {
            found.channels.push(id);
        }
        self.tell_channel(id, "CHANNEL_CREATE");
        id
    }

    /// Starts a thread in a channel. A thread from a message carries that message's number.
    pub fn make_thread(
        &mut self,
        parent: ChannelId,
        name: &str,
        owner: UserId,
        kind: u8,
        from: Option<MessageId>,
    ) -> Option<ChannelId> {
        let server = self.channel(parent)?.server?;
        let now = self.clock.now_ms();
        let id = match from {
            Some(message) => ChannelId(message.0),
            None => ChannelId(self.next_id()),
        };
        if self.data.channels.contains_key(&id) {
            return None;
        }
        let channel = Channel {
            id,
            kind,
            server: Some(server),
            name: name.to_owned(),
            topic: None,
            parent: Some(parent),
            position: 0,
            overwrites: Vec::new(),
            nsfw: false,
            slowmode_s: 0,
            last_message: None,
            thread: Some(Thread {
                owner,
                members: BTreeSet::from([owner]),
                archived: false,
                locked: false,
                archive_changed_ms: now,
                made_at_ms: now,
                messages_sent: 0,
            }),
            recipients: Vec::new(),
        };
        self.data.channels.insert(id, channel);
        if let Some(mut body) = self.channel(id).map(|channel| wire::channel::channel(self, channel)) {
            body["newly_created"] = json!(true);
            self.emit(Scope::channel(server, id, intent::GUILDS), "THREAD_CREATE", &body);
        }
        if let Some(message) = from {
            if let Some(found) = self.message_mut(parent, message) {
                found.flags |= super::message::flag::HAS_THREAD;
            }
            self.tell_message(parent, message, "MESSAGE_UPDATE");
        }
        self.changes.tell(Change::Channel(id));
        Some(id)
    }

    /// The direct conversation between the bot and a person; made when there is none yet.
    pub fn direct_channel(&mut self, user: UserId) -> ChannelId {
        let bot = self.bot_id();
        let known = self
            .data
            .channels
            .values()
            .find(|channel| channel.kind == kind::DIRECT && channel.recipients.contains(&user));
        if let Some(channel) = known {
            return channel.id;
        }
        let id = ChannelId(self.next_id());
        let channel = Channel {
            id,
            kind: kind::DIRECT,
            server: None,
            name: String::new(),
            topic: None,
            parent: None,
            position: 0,
            overwrites: Vec::new(),
            nsfw: false,
            slowmode_s: 0,
            last_message: None,
            thread: None,
            recipients: vec![bot, user],
        };
        self.data.channels.insert(id, channel);
        self.changes.tell(Change::Channel(id));
        id
    }

    /// Whether the person of a direct conversation shares a server with the bot; else Discord delivers nothing.
    /// True for channels of servers.
    pub fn shares_server(&self, channel: ChannelId) -> bool {
        let Some(found) = self.channel(channel).filter(|found| found.server.is_none()) else { return true };
        let bot = self.bot_id();
        self.data.servers.values().any(|server| {
            found.recipients.iter().all(|user| server.members.contains_key(user))
                && server.members.contains_key(&bot)
        })
    }

    /// Adds, changes or (with nothing allowed and nothing denied) removes an overwrite.
    pub fn set_overwrite(&mut self, channel: ChannelId, overwrite: Overwrite) {
        let before = self.bot_sees(channel);
        let Some(found) = self.data.channels.get_mut(&channel) else { return };
        found.overwrites.retain(|held| held.target != overwrite.target);
        if overwrite.allow != Permissions::NONE || overwrite.deny != Permissions::NONE {
            found.overwrites.push(overwrite);
        }
        self.tell_channel_update(channel, before);
    }

    /// Tells of a changed channel: whoever saw it before, or sees it now.
    pub fn tell_channel_update(&mut self, channel: ChannelId, seen_before: bool) {
        let Some(found) = self.channel(channel) else { return };
        let Some(server) = found.server else { return };
        if seen_before || self.bot_sees(channel) {
            let body = wire::channel::channel(self, found);
            let event = if found.is_thread() { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" };
            self.emit(Scope::server(server, intent::GUILDS), event, &body);
        }
        self.changes.tell(Change::Channel(channel));
    }

    /// Tells that somebody writes.
    pub fn tell_typing(&self, channel: ChannelId, user: UserId) {
        let server = self.channel(channel).and_then(|found| found.server);
        let mut body = json!({
            "channel_id": channel, "user_id": user, "timestamp": self.clock.now_ms() / 1_000,
        });
        let scope = match server {
            Some(server) => {
                body["guild_id"] = json!(server);
                body["member"] = json!(wire::server::member_by_id(self, server, user));
                Scope::channel(server, channel, intent::GUILD_MESSAGE_TYPING)
            }
            None => Scope::direct(intent::DIRECT_MESSAGE_TYPING),
        };
        self.emit(scope, "TYPING_START", &body);
        self.changes.tell(Change::Typing { channel, user });
    }

    fn tell_channel(&mut self, id: ChannelId, event: &'static str) {
        let Some(channel) = self.channel(id) else { return };
        if let Some(server) = channel.server {
            let body = wire::channel::channel(self, channel);
            self.emit(Scope::channel(server, id, intent::GUILDS), event, &body);
        }
        self.changes.tell(Change::Channel(id));
    }

    /// Deletes a channel or thread; its messages go without an event of their own.
    pub fn delete_channel(&mut self, id: ChannelId) {
        let Some(channel) = self.channel(id).cloned() else { return };
        if let Some(server) = channel.server {
            let (event, body) = if channel.is_thread() {
                let body = json!({
                    "id": id, "guild_id": server, "parent_id": channel.parent, "type": channel.kind,
                });
                ("THREAD_DELETE", body)
            } else {
                ("CHANNEL_DELETE", wire::channel::channel(self, &channel))
            };
            self.emit(Scope::channel(server, id, intent::GUILDS), event, &body);
            if let Some(found) = self.data.servers.get_mut(&server) {
                found.channels.retain(|held| *held != id);
            }
        }
        let threads: Vec<ChannelId> = self
            .data
            .channels
            .values()
            .filter(|other| other.is_thread() && other.parent == Some(id))
            .map(|other| other.id)
            .collect();
        for gone in threads.into_iter().chain([id]) {
            self.data.channels.remove(&gone);
            self.data.messages.remove(&gone);
            self.changes.tell(Change::Channel(gone));
        }
        for other in self.data.channels.values_mut().filter(|other| other.parent == Some(id)) {
            other.parent = None;
        }
    }
}
