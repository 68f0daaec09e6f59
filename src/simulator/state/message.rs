//! Messages, the reactions on them, and the events that tell of both.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::change::Change;
use super::super::gateway::event::{Scope, intent};
use super::super::ids::{ChannelId, InteractionId, MessageId, RoleId, ServerId, UserId};
use super::super::rules::emoji::Emoji;
use super::super::wire;
use super::World;

/// Bits of a message's flags.
pub mod flag {
    /// Embeds are hidden.
    pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
    /// A thread hangs on this message and has its number.
    pub const HAS_THREAD: u64 = 1 << 5;
    /// Only the person who caused it sees it.
    pub const EPHEMERAL: u64 = 1 << 6;
    /// The application is thinking.
    pub const LOADING: u64 = 1 << 7;
    /// No sound, no push.
    pub const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
    /// Built from the newer components only.
    pub const COMPONENTS_V2: u64 = 1 << 15;
}

/// Discord's numbers for the kinds of messages that are simulated.
pub mod kind {
    /// Ordinary.
    pub const DEFAULT: u8 = 0;
    /// A reply to another message.
    pub const REPLY: u8 = 19;
    /// The answer to a slash command.
    pub const SLASH_COMMAND: u8 = 20;
    /// The answer to a command from a menu.
    pub const MENU_COMMAND: u8 = 23;
}

/// A message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Message {
    /// The id.
    pub id: MessageId,
    /// Where it stands.
    pub channel: ChannelId,
    /// Who wrote it.
    pub author: UserId,
    /// The kind, see [`kind`].
    pub kind: u8,
    /// The text.
    pub content: String,
    /// The embeds.
    pub embeds: Vec<Value>,
    /// The files.
    pub attachments: Vec<Value>,
    /// Rows of buttons and menus.
    pub components: Vec<Value>,
    /// See [`flag`].
    pub flags: u64,
    /// Read aloud.
    pub tts: bool,
    /// When it was last edited, in Unix milliseconds.
    pub edited_at_ms: Option<u64>,
    /// Who was pinged.
    pub mentions: Vec<UserId>,
    /// Which roles were pinged.
    pub mention_roles: Vec<RoleId>,
    /// Whether everybody was pinged.
    pub mention_everyone: bool,
    /// The sender's own mark.
    pub nonce: Option<Value>,
    /// What it replies to.
    pub reply_to: Option<MessageId>,
    /// The interaction it answers.
    pub interaction: Option<Origin>,
    /// Reactions, in the order in which the first of each emoji came.
    pub reactions: Vec<Reaction>,
    /// Pinned.
    pub pinned: bool,
    /// For an ephemeral message: the only person who sees it.
    pub only_for: Option<UserId>,
}

/// Which interaction a message answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Origin {
    /// The interaction.
    pub id: InteractionId,
    /// 2 command, 3 component, 5 form.
    pub kind: u8,
    /// Who caused it.
    pub user: UserId,
    /// The full command name, for commands.
    pub command: Option<String>,
    /// 1 slash, 2 user menu, 3 message menu, for commands.
    pub command_kind: u8,
    /// The first answer, when this message is a follow-up.
    pub original: Option<MessageId>,
    /// The message that carried the component.
    pub component_of: Option<MessageId>,
    /// The target of a message menu.
    pub target: Option<MessageId>,
    /// What opened the form, when this came from one.
    pub opened_by: Option<Box<Origin>>,
}

/// Everybody who reacted to one message with one emoji.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reaction {
    /// The emoji, as the first who used it wrote it.
    #[serde(with = "emoji_json")]
    pub emoji: Emoji,
    /// Who stands here with a normal reaction.
    pub normal: BTreeSet<UserId>,
    /// Who stands here with a super reaction.
    pub burst: BTreeSet<UserId>,
}

impl Reaction {
    fn side(&mut self, burst: bool) -> &mut BTreeSet<UserId> {
        if burst { &mut self.burst } else { &mut self.normal }
    }
}

/// The colours of every super reaction here; Discord picks them from the emoji.
pub(crate) const BURST_COLORS: [&str; 1] = ["#f5c451"];

impl Message {
    /// An empty message, to be filled in.
    pub fn new(id: MessageId, channel: ChannelId, author: UserId) -> Self {
        Self {
            id,
            channel,
            author,
            kind: kind::DEFAULT,
            content: String::new(),
            embeds: Vec::new(),
            attachments: Vec::new(),
            components: Vec::new(),
            flags: 0,
            tts: false,
            edited_at_ms: None,
            mentions: Vec::new(),
            mention_roles: Vec::new(),
            mention_everyone: false,
            nonce: None,
            reply_to: None,
            interaction: None,
            reactions: Vec::new(),
            pinned: false,
            only_for: None,
        }
    }

    /// Whether only one person sees it.
    pub fn is_ephemeral(&self) -> bool {
        self.flags & flag::EPHEMERAL != 0
    }

    /// The reactions with this emoji.
    pub fn reaction(&self, emoji: &Emoji) -> Option<&Reaction> {
        self.reactions.iter().find(|reaction| reaction.emoji.same(emoji))
    }
}

impl World {
    /// Puts a message into its channel and tells everybody who may know.
    pub fn post(&mut self, message: Message) {
        let (channel, id, ephemeral) = (message.channel, message.id, message.is_ephemeral());
        if let Some(found) = self.data.channels.get_mut(&channel).filter(|_| !ephemeral) {
            found.last_message = Some(id);
            if let Some(thread) = &mut found.thread {
                thread.messages_sent += 1;
                thread.members.insert(message.author);
            }
        }
        self.data.messages.entry(channel).or_default().insert(id, message);
        self.tell_message(channel, id, "MESSAGE_CREATE");
    }

    /// Tells of a message that is new or was changed.
    pub fn tell_message(&mut self, channel: ChannelId, id: MessageId, event: &'static str) {
        let Some(message) = self.message(channel, id) else { return };
        let only_for = message.only_for;
        let server = self.channel(channel).and_then(|found| found.server);
        let full = wire::message::event(self, message);
        let withheld = (!wire::message::content_is_open(self, message)).then(|| {
            let mut body = full.clone();
            wire::message::withhold(&mut body);
            body
        });
        match server {
            Some(server) if only_for.is_none() => {
                let scope = Scope::channel(server, channel, intent::GUILD_MESSAGES);
                self.emit_content(scope, event, &full, withheld.as_ref());
            }
            _ => self.emit_content(Scope::direct(intent::DIRECT_MESSAGES), event, &full, withheld.as_ref()),
        }
        self.changes.tell(Change::Message { channel, message: id, only_for });
    }

    /// The scope of events about reactions and deletions in a channel.
    fn scope_in(&self, channel: ChannelId, in_server: u64, direct: u64) -> (Scope, Option<ServerId>) {
        match self.channel(channel).and_then(|found| found.server) {
            Some(server) => (Scope::channel(server, channel, in_server), Some(server)),
            None => (Scope::direct(direct), None),
        }
    }

    /// Deletes one message. Returns false when there was none.
    pub fn delete_message(&mut self, channel: ChannelId, id: MessageId) -> bool {
        let Some(gone) = self.data.messages.get_mut(&channel).and_then(|held| held.remove(&id)) else {
            return false;
        };
        let (mut scope, server) = self.scope_in(channel, intent::GUILD_MESSAGES, intent::DIRECT_MESSAGES);
        let mut body = json!({ "id": id, "channel_id": channel });
        if gone.is_ephemeral() {
            scope = Scope::direct(intent::DIRECT_MESSAGES);
        } else if let Some(server) = server {
            body["guild_id"] = json!(server);
        }
        self.emit(scope, "MESSAGE_DELETE", &body);
        self.changes.tell(Change::Message { channel, message: id, only_for: gone.only_for });
        true
    }

    /// Deletes many messages with one event. Unknown ones are left out.
    pub fn delete_messages(&mut self, channel: ChannelId, ids: &[MessageId]) {
        let mut gone = Vec::new();
        if let Some(held) = self.data.messages.get_mut(&channel) {
            gone.extend(ids.iter().copied().filter(|id| held.remove(id).is_some()));
        }
        if gone.is_empty() {
            return;
        }
        let (scope, server) = self.scope_in(channel, intent::GUILD_MESSAGES, intent::DIRECT_MESSAGES);
        let mut body = json!({ "ids": gone, "channel_id": channel });
        if let Some(server) = server {
            body["guild_id"] = json!(server);
        }
        self.emit(scope, "MESSAGE_DELETE_BULK", &body);
        for message in gone {
            self.changes.tell(Change::Message { channel, message, only_for: None });
        }
    }

    /// Puts a reaction on a message. Returns false when it stood there already. Permissions and the limit of
    /// twenty emoji are the caller's to check.
    pub fn add_reaction(
        &mut self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &Emoji,
        burst: bool,
    ) -> bool {
        let Some(message) = self.message_mut(channel, id) else { return false };
        let author = message.author;
        let place = match message.reactions.iter().position(|reaction| reaction.emoji.same(emoji)) {
            Some(place) => place,
            None => {
                message.reactions.push(Reaction {
                    emoji: emoji.clone(),
                    normal: BTreeSet::new(),
                    burst: BTreeSet::new(),
                });
                message.reactions.len() - 1
            }
        };
        let reaction = &mut message.reactions[place];
        if !reaction.side(burst).insert(user) {
            return false;
        }
        let emoji = reaction.emoji.clone();
        let mut body = self.reaction_event(channel, id, user, &emoji, burst);
        body["message_author_id"] = json!(author);
        let (scope, server) =
            self.scope_in(channel, intent::GUILD_MESSAGE_REACTIONS, intent::DIRECT_MESSAGE_REACTIONS);
        if let Some(member) = server.and_then(|server| wire::server::member_by_id(self, server, user)) {
            body["member"] = member;
        }
        if burst {
            body["burst_colors"] = json!(BURST_COLORS);
        }
        self.emit(scope, "MESSAGE_REACTION_ADD", &body);
        self.changes.tell(Change::Message { channel, message: id, only_for: None });
        true
    }

    /// Takes a reaction away. Returns false when there was none.
    pub fn remove_reaction(
        &mut self,
        channel: ChannelId,
        id: MessageId,
        user: UserId,
        emoji: &Emoji,
        burst: bool,
    ) -> bool {
        let Some(message) = self.message_mut(channel, id) else { return false };
        let Some(place) = message.reactions.iter().position(|reaction| reaction.emoji.same(emoji)) else {
            return false;
        };
        let reaction = &mut message.reactions[place];
        if !reaction.side(burst).remove(&user) {
            return false;
        }
        let emoji = reaction.emoji.clone();
        if reaction.normal.is_empty() && reaction.burst.is_empty() {
            message.reactions.remove(place);
        }
        let body = self.reaction_event(channel, id, user, &emoji, burst);
        let (scope, _) =
            self.scope_in(channel, intent::GUILD_MESSAGE_REACTIONS, intent::DIRECT_MESSAGE_REACTIONS);
        self.emit(scope, "MESSAGE_REACTION_REMOVE", &body);
        self.changes.tell(Change::Message { channel, message: id, only_for: None });
        true
    }

    /// Takes all reactions of a message away, or all of one emoji.
    pub fn clear_reactions(&mut self, channel: ChannelId, id: MessageId, emoji: Option<&Emoji>) -> bool {
        let with_kind = self.hub.settings.kind_in_remove_emoji;
        let Some(message) = self.message_mut(channel, id) else { return false };
        let before = message.reactions.len();
        let (event, mut body) = match emoji {
            None => {
                message.reactions.clear();
                ("MESSAGE_REACTION_REMOVE_ALL", json!({ "channel_id": channel, "message_id": id }))
            }
            Some(emoji) => {
                let Some(place) = message.reactions.iter().position(|held| held.emoji.same(emoji)) else {
                    return false;
                };
                let gone = message.reactions.remove(place);
                let mut body = json!({
                    "channel_id": channel, "message_id": id, "emoji": gone.emoji.to_value(),
                });
                if with_kind {
                    body["burst"] = json!(false);
                    body["type"] = json!(0);
                }
                ("MESSAGE_REACTION_REMOVE_EMOJI", body)
            }
        };
        if before == 0 {
            return false;
        }
        let (scope, server) =
            self.scope_in(channel, intent::GUILD_MESSAGE_REACTIONS, intent::DIRECT_MESSAGE_REACTIONS);
        if let Some(server) = server {
            body["guild_id"] = json!(server);
        }
        self.emit(scope, event, &body);
        self.changes.tell(Change::Message { channel, message: id, only_for: None });
        true
    }

    /// What ADD and REMOVE have in common.
    fn reaction_event(
        &self,
        channel: ChannelId,
        message: MessageId,
        user: UserId,
        emoji: &Emoji,
        burst: bool,
    ) -> Value {
        let mut body = json!({
            "user_id": user,
            "channel_id": channel,
            "message_id": message,
            "emoji": emoji.to_value(),
            "burst": burst,
            "type": u8::from(burst),
        });
        if let Some(server) = self.channel(channel).and_then(|found| found.server) {
            body["guild_id"] = json!(server);
        }
        body
    }
}

/// The object form of an emoji, in a saved state.
mod emoji_json {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
    use serde_json::Value;

    use super::Emoji;

    pub(super) fn serialize<S: Serializer>(emoji: &Emoji, serializer: S) -> Result<S::Ok, S::Error> {
        emoji.to_value().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Emoji, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Emoji::from_value(&value).ok_or_else(|| de::Error::custom("not an emoji"))
    }
}
