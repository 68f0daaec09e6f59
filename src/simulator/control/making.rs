//! Commands that make and change servers, channels, roles and members.

use serde::Deserialize;

use super::super::ids::{ChannelId, RoleId, ServerId, UserId};
use super::command::{PermissionSet, yes};

/// Making and changing.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Making {
    /// Gives `{server, general, owner}`.
    MakeServer {
        /// Its name.
        name: String,
        /// Whether the bot is in it from the start.
        #[serde(default = "yes")]
        with_bot: bool,
    },
    /// The server is gone.
    DeleteServer {
        /// Which.
        server: ServerId,
    },
    /// An outage begins or ends.
    SetAvailable {
        /// Which.
        server: ServerId,
        /// Up or down.
        available: bool,
    },
    /// The bot joins.
    InviteBot {
        /// Where.
        server: ServerId,
        /// What its role may do; nothing said: the usual.
        permissions: Option<PermissionSet>,
    },
    /// The bot is thrown out.
    RemoveBot {
        /// Where.
        server: ServerId,
    },
    /// What the bot's own role may do from now on.
    SetBotPermissions {
        /// Where.
        server: ServerId,
        /// The set.
        permissions: PermissionSet,
    },
    /// Gives `{channel}`.
    MakeChannel {
        /// Where.
        server: ServerId,
        /// Its name.
        name: String,
        /// Discord's number: 0 text, 2 voice, 4 category, 5 news, 15 forum.
        #[serde(default)]
        kind: u8,
        /// The category it is in.
        category: Option<ChannelId>,
    },
    /// Archives a thread or takes it back.
    SetArchived {
        /// Which.
        thread: ChannelId,
        /// Put aside.
        archived: bool,
        /// Closed.
        #[serde(default)]
        locked: bool,
    },
    /// Gives `{user}`: a new person joins.
    MakeMember {
        /// Where.
        server: ServerId,
        /// The name.
        name: String,
        /// How old the account is, in days.
        #[serde(default = "a_year")]
        account_days: f64,
        /// How long ago the person joined, in days.
        #[serde(default)]
        joined_days: f64,
        /// Whether it is another bot.
        #[serde(default)]
        bot: bool,
    },
    /// Somebody who exists joins another server.
    Admit {
        /// Where.
        server: ServerId,
        /// Who.
        user: UserId,
    },
    /// Somebody leaves.
    RemoveMember {
        /// Where.
        server: ServerId,
        /// Who.
        user: UserId,
    },
    /// Times somebody out; 0 ends it.
    TimeOut {
        /// Where.
        server: ServerId,
        /// Who.
        user: UserId,
        /// How long.
        seconds: u64,
    },
    /// Gives `{role}`.
    MakeRole {
        /// Where.
        server: ServerId,
        /// Its name.
        name: String,
        /// What it may do.
        #[serde(default)]
        permissions: PermissionSet,
    },
    /// Changes what a role may do; the everyone role has the server's number.
    SetRole {
        /// Where.
        server: ServerId,
        /// Which.
        role: RoleId,
        /// The set.
        permissions: PermissionSet,
    },
    /// Deletes a role.
    DeleteRole {
        /// Where.
        server: ServerId,
        /// Which.
        role: RoleId,
    },
    /// Gives a role to somebody, or takes it.
    SetMemberRole {
        /// Where.
        server: ServerId,
        /// Who.
        user: UserId,
        /// Which.
        role: RoleId,
        /// Has it from now on.
        has: bool,
    },
    /// An exception in a channel for a role or a member.
    Overwrite {
        /// Where.
        channel: ChannelId,
        /// For the members of a role.
        role: Option<RoleId>,
        /// For one member.
        member: Option<UserId>,
        /// Given.
        #[serde(default)]
        allow: PermissionSet,
        /// Taken.
        #[serde(default)]
        deny: PermissionSet,
    },
    /// Opens or closes a command for a role or member, as administrators do under Integrations.
    OverrideCommand {
        /// Where.
        server: ServerId,
        /// The command's name.
        command: String,
        /// For the members of a role.
        role: Option<RoleId>,
        /// For one member.
        member: Option<UserId>,
        /// Open or closed.
        allowed: bool,
    },
    /// The language of a server or of a person's client.
    SetLocale {
        /// Of a server.
        server: Option<ServerId>,
        /// Of a person.
        user: Option<UserId>,
        /// Such as `de`.
        locale: String,
    },
}

fn a_year() -> f64 {
    365.0
}
