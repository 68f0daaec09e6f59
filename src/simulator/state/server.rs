//! Servers, roles and members.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::change::Change;
use super::super::gateway::event::{Scope, intent};
use super::super::ids::{ChannelId, RoleId, ServerId, UserId};
use super::super::rules::permission::Permissions;
use super::super::wire;
use super::World;
use serde_json::json;

/// What the bot's own role may do when it is invited and nothing else is said.
pub const BOT_PERMISSIONS: Permissions = Permissions(
    Permissions::VIEW_CHANNEL.0
        | Permissions::SEND_MESSAGES.0
        | Permissions::EMBED_LINKS.0
        | Permissions::ATTACH_FILES.0
        | Permissions::READ_MESSAGE_HISTORY.0
        | Permissions::ADD_REACTIONS.0
        | Permissions::USE_EXTERNAL_EMOJIS.0
        | Permissions::SEND_MESSAGES_IN_THREADS.0,
);

/// A server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Server {
    /// The id.
    pub id: ServerId,
    /// The name.
    pub name: String,
    /// The owner, who may do everything.
    pub owner: UserId,
    /// The server's language.
    pub locale: String,
    /// The roles, everyone included.
    pub roles: BTreeMap<RoleId, Role>,
    /// The members, bots included.
    pub members: BTreeMap<UserId, Member>,
    /// The channels of the server in their order (threads are not in this list).
    pub channels: Vec<ChannelId>,
    /// False during an outage.
    pub available: bool,
    /// Which users, roles or channels may use a command, where an administrator changed that: by command number.
    #[serde(default)]
    pub command_overrides: BTreeMap<u64, Vec<CommandOverride>>,
}

/// One line of what administrators set under Integrations for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandOverride {
    /// The role, user or channel (server number minus one: all channels).
    pub target: u64,
    /// 1 role, 2 user, 3 channel.
    pub kind: u8,
    /// Allowed or denied.
    pub allowed: bool,
}

/// A role.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Role {
    /// The id.
    pub id: RoleId,
    /// The name.
    pub name: String,
    /// The permission bits.
    pub permissions: Permissions,
    /// The place in the order; everyone has 0.
    pub position: u16,
    /// 24-bit colour; 0 is none.
    pub color: u32,
    /// Shown apart in the member list.
    pub hoist: bool,
    /// May be mentioned by everybody.
    pub mentionable: bool,
    /// The bot this role belongs to, if it is a bot's own role.
    pub bot: Option<UserId>,
}

/// A member of a server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Member {
    /// The person.
    pub user: UserId,
    /// The name in this server.
    pub nick: Option<String>,
    /// The roles, everyone left out.
    pub roles: Vec<RoleId>,
    /// Since when, in Unix milliseconds.
    pub joined_at_ms: u64,
    /// Timed out until, in Unix milliseconds.
    pub timed_out_until_ms: Option<u64>,
}

impl World {
    /// Makes a server with its everyone role and its owner as the only member. The bot is not in it yet.
    pub fn make_server(&mut self, name: &str, owner: UserId) -> ServerId {
        let id = self.next_server_id();
        let now = self.clock.now_ms();
        let everyone = Role {
            id: id.everyone(),
            name: "@everyone".to_owned(),
            permissions: Permissions::DEFAULT,
            position: 0,
            color: 0,
            hoist: false,
            mentionable: false,
            bot: None,
        };
        let server = Server {
            id,
            name: name.to_owned(),
            owner,
            locale: "en-US".to_owned(),
            roles: BTreeMap::from([(everyone.id, everyone)]),
            members: BTreeMap::new(),
            channels: Vec::new(),
            available: true,
            command_overrides: BTreeMap::new(),
        };
        self.data.servers.insert(id, server);
        self.put_member(id, owner, now);
        self.changes.tell(Change::Server(id));
        id
    }

    fn put_member(&mut self, server: ServerId, user: UserId, joined_at_ms: u64) {
        if let Some(server) = self.data.servers.get_mut(&server) {
            server.members.entry(user).or_insert(Member {
                user,
                nick: None,
                roles: Vec::new(),
                joined_at_ms,
                timed_out_until_ms: None,
            });
        }
    }

    /// A person joins.
    pub fn join(&mut self, server: ServerId, user: UserId, joined_at_ms: u64) {
        if user == self.bot_id() {
            self.invite_bot(server, BOT_PERMISSIONS);
            return;
        }
        if self.member(server, user).is_some() {
            return;
        }
        self.put_member(server, user, joined_at_ms);
        if let Some(body) = wire::server::member_event(self, server, user) {
            self.emit(Scope::server(server, intent::GUILD_MEMBERS), "GUILD_MEMBER_ADD", &body);
        }
        self.changes.tell(Change::Server(server));
    }

    /// A member leaves, is kicked or banned. For the bot this is its removal from the server.
    pub fn leave(&mut self, server: ServerId, user: UserId) {
        let bot = self.bot_id();
        if user == bot {
            self.emit(Scope::server(server, intent::GUILDS), "GUILD_DELETE", &json!({ "id": server }));
        } else {
            let body = json!({ "guild_id": server, "user": wire::user::partial(self, user) });
            self.emit(Scope::server(server, intent::GUILD_MEMBERS), "GUILD_MEMBER_REMOVE", &body);
        }
        if let Some(found) = self.data.servers.get_mut(&server) {
            found.members.remove(&user);
            if user == bot {
                found.roles.retain(|_, role| role.bot != Some(bot));
            }
        }
        if user == bot {
            self.data.commands.retain(|_, command| command.server != Some(server));
        }
        self.changes.tell(Change::Server(server));
    }

    /// The bot joins, with a role of its own that carries `permissions`.
    pub fn invite_bot(&mut self, server: ServerId, permissions: Permissions) {
        let bot = self.bot_id();
        if self.member(server, bot).is_some() {
            return;
        }
        let now = self.clock.now_ms();
        self.put_member(server, bot, now);
        let name = self.data.application.name.clone();
        let role = self.make_role(server, &name, permissions);
        if let Some(found) = self.data.servers.get_mut(&server) {
            if let Some(role) = found.roles.get_mut(&role) {
                role.bot = Some(bot);
            }
            if let Some(member) = found.members.get_mut(&bot) {
                member.roles.push(role);
            }
        }
        if let Some(body) = wire::server::create(self, server) {
            self.emit(Scope::server(server, intent::GUILDS), "GUILD_CREATE", &body);
        }
        self.changes.tell(Change::Server(server));
    }

    /// Makes a role at the top of the order.
    pub fn make_role(&mut self, server: ServerId, name: &str, permissions: Permissions) -> RoleId {
        let id = RoleId(self.next_id());
        if let Some(found) = self.data.servers.get_mut(&server) {
            let position = found.roles.values().map(|role| role.position).max().unwrap_or(0) + 1;
            let role = Role {
                id,
                name: name.to_owned(),
                permissions,
                position,
                color: 0,
                hoist: false,
                mentionable: false,
                bot: None,
            };
            found.roles.insert(id, role);
        }
        self.tell_role(server, id, "GUILD_ROLE_CREATE");
        id
    }

    /// Changes what a role may do.
    pub fn set_role_permissions(&mut self, server: ServerId, role: RoleId, permissions: Permissions) {
        if let Some(found) = self.data.servers.get_mut(&server).and_then(|server| server.roles.get_mut(&role))
        {
            found.permissions = permissions;
        }
        self.tell_role(server, role, "GUILD_ROLE_UPDATE");
    }

    /// Removes a role from the server and from everybody.
    pub fn delete_role(&mut self, server: ServerId, role: RoleId) {
        if let Some(found) = self.data.servers.get_mut(&server) {
            found.roles.remove(&role);
            for member in found.members.values_mut() {
                member.roles.retain(|held| *held != role);
            }
        }
        let body = json!({ "guild_id": server, "role_id": role });
        self.emit(Scope::server(server, intent::GUILDS), "GUILD_ROLE_DELETE", &body);
        self.changes.tell(Change::Server(server));
    }

    fn tell_role(&mut self, server: ServerId, role: RoleId, event: &'static str) {
        let Some(found) = self.server(server).and_then(|server| server.roles.get(&role)) else { return };
        let body = json!({ "guild_id": server, "role": wire::server::role(found) });
        self.emit(Scope::server(server, intent::GUILDS), event, &body);
        self.changes.tell(Change::Server(server));
    }

    /// Gives a member a role, or takes it away.
    pub fn set_member_role(&mut self, server: ServerId, user: UserId, role: RoleId, has: bool) {
        let Some(member) = self.data.servers.get_mut(&server).and_then(|found| found.members.get_mut(&user))
        else {
            return;
        };
        member.roles.retain(|held| *held != role);
        if has {
            member.roles.push(role);
        }
        self.tell_member(server, user);
    }

    /// Tells that a member changed (roles, nick, time-out).
    pub fn tell_member(&mut self, server: ServerId, user: UserId) {
        if let Some(body) = wire::server::member_event(self, server, user) {
            // A bot hears of its own changes without the members intent.
            let intents = if user == self.bot_id() {
                intent::GUILDS | intent::GUILD_MEMBERS
            } else {
                intent::GUILD_MEMBERS
            };
            self.emit(Scope::server(server, intents), "GUILD_MEMBER_UPDATE", &body);
        }
        self.changes.tell(Change::Server(server));
    }

    /// Takes a server offline, or brings it back. The bot hears of both as Discord tells them.
    pub fn set_available(&mut self, server: ServerId, available: bool) {
        let Some(found) = self.data.servers.get_mut(&server) else { return };
        if found.available == available {
            return;
        }
        found.available = available;
        let in_it = found.members.contains_key(&self.data.application.bot);
        // Events of a server stop with its outage; GUILD_DELETE itself still goes out.
        if in_it && available {
            if let Some(body) = wire::server::create(self, server) {
                self.emit(Scope::server(server, intent::GUILDS), "GUILD_CREATE", &body);
            }
        } else if in_it {
            let body = json!({ "id": server, "unavailable": true });
            self.emit(Scope::server(server, intent::GUILDS), "GUILD_DELETE", &body);
        }
        self.changes.tell(Change::Server(server));
    }

    /// Deletes a whole server with everything in it.
    pub fn delete_server(&mut self, server: ServerId) {
        if self.member(server, self.bot_id()).is_some() {
            self.emit(Scope::server(server, intent::GUILDS), "GUILD_DELETE", &json!({ "id": server }));
        }
        self.data.servers.remove(&server);
        let gone: Vec<ChannelId> = self
            .data
            .channels
            .values()
            .filter(|channel| channel.server == Some(server))
            .map(|channel| channel.id)
            .collect();
        for channel in gone {
            self.data.channels.remove(&channel);
            self.data.messages.remove(&channel);
        }
        self.data.commands.retain(|_, command| command.server != Some(server));
        self.changes.tell(Change::Server(server));
    }
}
