//! Who may do what where: roles, channel overwrites and what follows from them.
//!
//! The order of the steps is Discord's documented one: everyone's role, the member's roles, then in a channel
//! the overwrite of everyone, the overwrites of the member's roles together, the member's own. An
//! administrator and the owner stand above all of it.

use std::collections::HashMap;
use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign, Not};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::snowflake::Snowflake;

/// A set of permissions. A decimal string in JSON, as Discord sends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Permissions(pub u64);

/// Names the bits, once, for constants and for the list of all of them.
macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        impl Permissions {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*

            /// Every permission that Discord documents.
            pub const ALL: Self = Self(0 $(| (1 << $bit))*);

            /// Each permission with its name in Discord's documentation.
            pub const NAMES: &'static [(&'static str, Permissions)] = &[$((stringify!($name), Permissions::$name)),*];
        }
    };
}

permissions! {
    /// Make invitations.
    CREATE_INSTANT_INVITE = 0;
    /// Remove members.
    KICK_MEMBERS = 1;
    /// Ban members.
    BAN_MEMBERS = 2;
    /// Everything, past every overwrite.
    ADMINISTRATOR = 3;
    /// Make, change and delete channels.
    MANAGE_CHANNELS = 4;
    /// Change the server ("Manage Server").
    MANAGE_GUILD = 5;
    /// Put an emoji on a message that does not carry it yet.
    ADD_REACTIONS = 6;
    /// Read the audit log.
    VIEW_AUDIT_LOG = 7;
    /// Be louder than others.
    PRIORITY_SPEAKER = 8;
    /// Share the screen.
    STREAM = 9;
    /// See a channel and what is said in it.
    VIEW_CHANNEL = 10;
    /// Write (not in threads).
    SEND_MESSAGES = 11;
    /// Have messages read aloud.
    SEND_TTS_MESSAGES = 12;
    /// Delete what others wrote, clear reactions.
    MANAGE_MESSAGES = 13;
    /// Show embeds.
    EMBED_LINKS = 14;
    /// Send files.
    ATTACH_FILES = 15;
    /// Read what was said before; needed for reactions and replies.
    READ_MESSAGE_HISTORY = 16;
    /// Ping everyone and any role.
    MENTION_EVERYONE = 17;
    /// Use custom emoji of other servers.
    USE_EXTERNAL_EMOJIS = 18;
    /// See the server's statistics.
    VIEW_GUILD_INSIGHTS = 19;
    /// Join a voice channel.
    CONNECT = 20;
    /// Speak.
    SPEAK = 21;
    /// Mute others.
    MUTE_MEMBERS = 22;
    /// Deafen others.
    DEAFEN_MEMBERS = 23;
    /// Move others between voice channels.
    MOVE_MEMBERS = 24;
    /// Speak without a key held down.
    USE_VAD = 25;
    /// Change the own nickname.
    CHANGE_NICKNAME = 26;
    /// Change nicknames of others.
    MANAGE_NICKNAMES = 27;
    /// Make and change lower roles; change a channel's overwrites.
    MANAGE_ROLES = 28;
    /// Make and change webhooks.
    MANAGE_WEBHOOKS = 29;
    /// Change emoji, stickers and sounds.
    MANAGE_GUILD_EXPRESSIONS = 30;
    /// Use commands of applications.
    USE_APPLICATION_COMMANDS = 31;
    /// Ask to speak on a stage.
    REQUEST_TO_SPEAK = 32;
    /// Make and change scheduled events.
    MANAGE_EVENTS = 33;
    /// Change and delete threads, see private ones.
    MANAGE_THREADS = 34;
    /// Make public threads.
    CREATE_PUBLIC_THREADS = 35;
    /// Make private threads.
    CREATE_PRIVATE_THREADS = 36;
    /// Use stickers of other servers.
    USE_EXTERNAL_STICKERS = 37;
    /// Write in threads.
    SEND_MESSAGES_IN_THREADS = 38;
    /// Use activities.
    USE_EMBEDDED_ACTIVITIES = 39;
    /// Time members out.
    MODERATE_MEMBERS = 40;
    /// See what role subscriptions earn.
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 41;
    /// Use the soundboard.
    USE_SOUNDBOARD = 42;
    /// Add emoji, stickers and sounds.
    CREATE_GUILD_EXPRESSIONS = 43;
    /// Make scheduled events.
    CREATE_EVENTS = 44;
    /// Use sounds of other servers.
    USE_EXTERNAL_SOUNDS = 45;
    /// Send voice messages.
    SEND_VOICE_MESSAGES = 46;
    /// Set the status of a voice channel.
    SET_VOICE_CHANNEL_STATUS = 48;
    /// Send polls.
    SEND_POLLS = 49;
    /// Let user-installed applications answer in public.
    USE_EXTERNAL_APPS = 50;
    /// Pin messages.
    PIN_MESSAGES = 51;
    /// Write in spite of slow mode.
    BYPASS_SLOWMODE = 52;
}

impl Permissions {
    /// No permission at all.
    pub const NONE: Self = Self(0);

    /// What a new server gives to everyone.
    pub const DEFAULT: Self = Self(
        Self::CREATE_INSTANT_INVITE.0
            | Self::ADD_REACTIONS.0
            | Self::STREAM.0
            | Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::EMBED_LINKS.0
            | Self::ATTACH_FILES.0
            | Self::READ_MESSAGE_HISTORY.0
            | Self::MENTION_EVERYONE.0
            | Self::USE_EXTERNAL_EMOJIS.0
            | Self::CONNECT.0
            | Self::SPEAK.0
            | Self::USE_VAD.0
            | Self::CHANGE_NICKNAME.0
            | Self::USE_APPLICATION_COMMANDS.0
            | Self::REQUEST_TO_SPEAK.0
            | Self::CREATE_PUBLIC_THREADS.0
            | Self::CREATE_PRIVATE_THREADS.0
            | Self::USE_EXTERNAL_STICKERS.0
            | Self::SEND_MESSAGES_IN_THREADS.0
            | Self::USE_EMBEDDED_ACTIVITIES.0
            | Self::USE_SOUNDBOARD.0
            | Self::USE_EXTERNAL_SOUNDS.0
            | Self::SEND_VOICE_MESSAGES.0
            | Self::SEND_POLLS.0
            | Self::USE_EXTERNAL_APPS.0,
    );

    /// What is left to a member who is timed out.
    const TIMED_OUT: Self = Self(Self::VIEW_CHANNEL.0 | Self::READ_MESSAGE_HISTORY.0);

    /// What falls away with the permission to write.
    const NEED_SEND: Self = Self(
        Self::MENTION_EVERYONE.0 | Self::SEND_TTS_MESSAGES.0 | Self::ATTACH_FILES.0 | Self::EMBED_LINKS.0,
    );

    /// Whether every permission of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// This set without `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Reads a set from a decimal string or a whole number.
    pub fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().ok().map(Self)
            }
            Value::Number(number) => number.as_u64().map(Self),
            _ => None,
        }
    }

    /// The names of what is in the set, for people.
    pub fn names(self) -> Vec<&'static str> {
        Self::NAMES.iter().filter(|(_, bit)| self.contains(*bit)).map(|(name, _)| *name).collect()
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Permissions {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for Permissions {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Permissions {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_value(&value).ok_or_else(|| serde::de::Error::custom("not a set of permissions"))
    }
}

/// For whom an overwrite stands. Numbered as in Discord's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// `0`: the members of a role (everyone's role has the id of the server).
    Role(Snowflake),
    /// `1`: one member.
    Member(Snowflake),
}

/// A channel's exception for a role or a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overwrite {
    /// For whom.
    pub target: Target,
    /// Given, whatever the roles say.
    pub allow: Permissions,
    /// Taken away.
    pub deny: Permissions,
}

/// The member that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The server; also the id of everyone's role.
    pub guild: Snowflake,
    /// Whether the member owns the server.
    pub owner: bool,
    /// The member.
    pub user: Snowflake,
    /// The member's roles, without everyone's.
    pub roles: &'a [Snowflake],
    /// Whether the member is timed out at the moment.
    pub timed_out: bool,
}

/// What kind of place a channel is, as far as permissions care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A channel with text in it.
    Text,
    /// A thread; `overwrites` are its parent's.
    Thread,
    /// A voice or stage channel.
    Voice,
}

/// What the member may do in the server at large. Roles that `roles` does not know count as empty.
pub fn in_guild(subject: &Subject<'_>, roles: &HashMap<Snowflake, Permissions>) -> Permissions {
    in_guild_by(subject, |role| roles.get(&role).copied())
}

/// [`in_guild`] with any way to look a role up.
pub fn in_guild_by(subject: &Subject<'_>, role: impl Fn(Snowflake) -> Option<Permissions>) -> Permissions {
    if subject.owner {
        return Permissions::ALL;
    }
    let mut permissions = role(subject.guild).unwrap_or_default();
    for id in subject.roles {
        permissions |= role(*id).unwrap_or_default();
    }
    if permissions.contains(Permissions::ADMINISTRATOR) {
        return Permissions::ALL;
    }
    if subject.timed_out { permissions & Permissions::TIMED_OUT } else { permissions }
}

/// What the member may do in a channel, with what follows by implication.
///
/// A set without VIEW_CHANNEL comes out empty: nothing can be done where one cannot look. Who cannot write
/// cannot ping everyone, embed or attach either.
pub fn in_channel(
    subject: &Subject<'_>,
    role: impl Fn(Snowflake) -> Option<Permissions>,
    overwrites: &[Overwrite],
    place: Place,
) -> Permissions {
    implied(explicit_in_channel(subject, role, overwrites), place)
}

/// What roles and overwrites say, before anything is concluded from it. This is the set that an interaction
/// carries as `member.permissions` and `app_permissions`.
pub fn explicit_in_channel(
    subject: &Subject<'_>,
    role: impl Fn(Snowflake) -> Option<Permissions>,
    overwrites: &[Overwrite],
) -> Permissions {
    let base = in_guild_by(subject, role);
    if base.contains(Permissions::ADMINISTRATOR) {
        return Permissions::ALL;
    }
    let of = |wanted: Target| overwrites.iter().filter(move |overwrite| overwrite.target == wanted);
    let mut permissions = base;
    let mut apply = |deny: Permissions, allow: Permissions| permissions = permissions.without(deny) | allow;

    for overwrite in of(Target::Role(subject.guild)) {
        apply(overwrite.deny, overwrite.allow);
    }
    let (mut deny, mut allow) = (Permissions::NONE, Permissions::NONE);
    for overwrite in
        subject.roles.iter().filter(|id| **id != subject.guild).flat_map(|id| of(Target::Role(*id)))
    {
        deny |= overwrite.deny;
        allow |= overwrite.allow;
    }
    apply(deny, allow);
    for overwrite in of(Target::Member(subject.user)) {
        apply(overwrite.deny, overwrite.allow);
    }
    if subject.timed_out { permissions & Permissions::TIMED_OUT } else { permissions }
}

/// What really can be done with a set in such a place.
fn implied(permissions: Permissions, place: Place) -> Permissions {
    if !permissions.contains(Permissions::VIEW_CHANNEL) {
        return Permissions::NONE;
    }
    let write = match place {
        Place::Thread => Permissions::SEND_MESSAGES_IN_THREADS,
        Place::Text | Place::Voice => Permissions::SEND_MESSAGES,
    };
    // A thread has no SEND_MESSAGES of its own; whoever asks for it there means writing in the thread.
    let mut real = match place {
        Place::Thread if permissions.contains(write) => permissions | Permissions::SEND_MESSAGES,
        Place::Thread => permissions.without(Permissions::SEND_MESSAGES),
        Place::Text | Place::Voice => permissions,
    };
    if !permissions.contains(write) {
        real = real.without(Permissions::NEED_SEND);
    }
    if place == Place::Voice && !permissions.contains(Permissions::CONNECT) {
        real = real.without(Permissions::MANAGE_CHANNELS | Permissions::MOVE_MEMBERS | Permissions::SPEAK);
    }
    real
}

#[cfg(test)]
mod tests;
