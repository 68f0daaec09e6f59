//! Making and changing servers, channels, roles and members.

use std::sync::Arc;
use std::time::Duration;

use super::super::Driver;
use super::super::core::Core;
use super::super::ids::{ChannelId, MessageId, RoleId, ServerId, UserId};
use super::super::rules::permission::Permissions;
use super::super::state::channel::kind;
use super::super::state::server::{BOT_PERMISSIONS, CommandOverride};
use super::super::state::{Overwrite, World};
use super::member::MemberHandle;

/// A server, to be changed from outside.
#[derive(Clone)]
pub struct ServerHandle {
    pub(super) core: Arc<Core>,
    /// Which.
    pub id: ServerId,
}

/// A role or a member, for an overwrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The members of a role.
    Role(RoleId),
    /// One member.
    Member(UserId),
}

impl Driver {
    /// Makes a server with an owner of its own, one text channel `general`, and the bot in it with the
    /// permissions an invitation usually gives.
    pub fn server(&self, name: &str) -> ServerHandle {
        let server = self.server_without_bot(name);
        server.invite_bot(BOT_PERMISSIONS);
        server
    }

    /// Makes a server with an owner and one text channel `general`, without the bot.
    pub fn server_without_bot(&self, name: &str) -> ServerHandle {
        let mut world = self.core.world();
        let now = world.clock.now_ms();
        let owner = world.make_user(&format!("{name} owner"), false, now - 365 * 86_400_000);
        let id = world.make_server(name, owner);
        world.make_channel(id, "general", kind::TEXT, None);
        drop(world);
        ServerHandle { core: Arc::clone(&self.core), id }
    }

    /// A server that exists, by id.
    pub fn server_by_id(&self, id: ServerId) -> Option<ServerHandle> {
        self.core.world().server(id)?;
        Some(ServerHandle { core: Arc::clone(&self.core), id })
    }

    /// All servers, in the order in which they were made.
    pub fn servers(&self) -> Vec<ServerHandle> {
        let ids: Vec<ServerId> = self.core.world().data.servers.keys().copied().collect();
        ids.into_iter().map(|id| ServerHandle { core: Arc::clone(&self.core), id }).collect()
    }
}

impl ServerHandle {
    fn world(&self) -> parking_lot::MutexGuard<'_, World> {
        self.core.world()
    }

    /// The first text channel.
    pub fn general(&self) -> ChannelId {
        let world = self.world();
        let found = world.server(self.id).and_then(|server| server.channels.first().copied());
        found.unwrap_or_default()
    }

    /// A channel of this name, if there is one.
    pub fn channel_named(&self, name: &str) -> Option<ChannelId> {
        let world = self.world();
        let server = world.server(self.id)?;
        server.channels.iter().copied().find(|id| world.channel(*id).is_some_and(|found| found.name == name))
    }

    /// Makes a text channel.
    pub fn channel(&self, name: &str) -> ChannelId {
        self.channel_of(name, kind::TEXT, None)
    }

    /// Makes a channel of a kind (see [`kind`]), perhaps in a category.
    pub fn channel_of(&self, name: &str, kind: u8, category: Option<ChannelId>) -> ChannelId {
        self.world().make_channel(self.id, name, kind, category)
    }

    /// Makes a public thread in a channel, started by the server's owner.
    pub fn thread(&self, parent: ChannelId, name: &str) -> Option<ChannelId> {
        let owner = self.owner_id();
        self.world().make_thread(parent, name, owner, kind::PUBLIC_THREAD, None)
    }

    /// Makes a public thread that hangs on a message.
    pub fn thread_from(&self, parent: ChannelId, message: MessageId, name: &str) -> Option<ChannelId> {
        let owner = self.owner_id();
        self.world().make_thread(parent, name, owner, kind::PUBLIC_THREAD, Some(message))
    }

    /// Archives a thread or takes it back; locked threads are closed by a moderator.
    pub fn set_archived(&self, thread: ChannelId, archived: bool, locked: bool) {
        let mut world = self.world();
        let now = world.clock.now_ms();
        if let Some(found) = world.data.channels.get_mut(&thread).and_then(|found| found.thread.as_mut()) {
            found.archived = archived;
            found.locked = locked;
            found.archive_changed_ms = now;
        }
        let seen = world.bot_sees(thread);
        world.tell_channel_update(thread, seen);
    }

    /// Deletes a channel or thread.
    pub fn delete_channel(&self, channel: ChannelId) {
        self.world().delete_channel(channel);
    }

    /// A new person joins, whose account is a year old.
    pub fn member(&self, name: &str) -> MemberHandle {
        self.member_aged(name, Duration::from_secs(365 * 86_400), Duration::ZERO)
    }

    /// A new person whose account is as old as `account`, and who joined `joined` ago.
    pub fn member_aged(&self, name: &str, account: Duration, joined: Duration) -> MemberHandle {
        let mut world = self.world();
        let now = world.clock.now_ms();
        let user = world.make_user(name, false, now.saturating_sub(account.as_millis() as u64));
        world.join(self.id, user, now.saturating_sub(joined.as_millis() as u64));
        drop(world);
        self.as_member(user)
    }

    /// A bot of somebody else joins.
    pub fn other_bot(&self, name: &str) -> MemberHandle {
        let mut world = self.world();
        let now = world.clock.now_ms();
        let user = world.make_user(name, true, now);
        world.join(self.id, user, now);
        drop(world);
        self.as_member(user)
    }

    /// Somebody who exists already joins this server too.
    pub fn admit(&self, user: UserId) -> MemberHandle {
        let mut world = self.world();
        let now = world.clock.now_ms();
        world.join(self.id, user, now);
        drop(world);
        self.as_member(user)
    }

    /// Acts as this user in this server.
    pub fn as_member(&self, user: UserId) -> MemberHandle {
        MemberHandle { core: Arc::clone(&self.core), server: Some(self.id), user }
    }

    /// A member by name (as shown or as account), if there is one.
    pub fn member_named(&self, name: &str) -> Option<MemberHandle> {
        let world = self.world();
        let found = world.server(self.id)?.members.keys().copied().find(|user| {
            world.user(*user).is_some_and(|user| user.shown_name() == name || user.name == name)
        })?;
        drop(world);
        Some(self.as_member(found))
    }

    /// The owner's number.
    pub fn owner_id(&self) -> UserId {
        self.world().server(self.id).map(|server| server.owner).unwrap_or_default()
    }

    /// Acts as the owner.
    pub fn owner(&self) -> MemberHandle {
        self.as_member(self.owner_id())
    }

    /// A member leaves or is thrown out.
    pub fn remove_member(&self, user: UserId) {
        self.world().leave(self.id, user);
    }

    /// Makes a role.
    pub fn role(&self, name: &str, permissions: Permissions) -> RoleId {
        self.world().make_role(self.id, name, permissions)
    }

    /// Changes what a role may do. The everyone role is `server.id.everyone()`.
    pub fn set_role(&self, role: RoleId, permissions: Permissions) {
        self.world().set_role_permissions(self.id, role, permissions);
    }

    /// Deletes a role.
    pub fn delete_role(&self, role: RoleId) {
        self.world().delete_role(self.id, role);
    }

    /// Gives a role to a member, or takes it.
    pub fn set_member_role(&self, user: UserId, role: RoleId, has: bool) {
        self.world().set_member_role(self.id, user, role, has);
    }

    /// Times a member out for this long; zero ends it.
    pub fn time_out(&self, user: UserId, how_long: Duration) {
        let mut world = self.world();
        let until = world.clock.now_ms() + how_long.as_millis() as u64;
        if let Some(member) =
            world.data.servers.get_mut(&self.id).and_then(|server| server.members.get_mut(&user))
        {
            member.timed_out_until_ms = (!how_long.is_zero()).then_some(until);
        }
        world.tell_member(self.id, user);
    }

    /// Adds, changes or (with nothing given and nothing taken) removes an exception in a channel.
    pub fn overwrite(&self, channel: ChannelId, whom: Whom, allow: Permissions, deny: Permissions) {
        let (target, kind) = match whom {
            Whom::Role(role) => (role.0, 0),
            Whom::Member(user) => (user.0, 1),
        };
        self.world().set_overwrite(channel, Overwrite { target, kind, allow, deny });
    }

    /// Sets the server's language, such as `de`.
    pub fn set_locale(&self, locale: &str) {
        if let Some(server) = self.world().data.servers.get_mut(&self.id) {
            server.locale = locale.to_owned();
        }
    }

    /// Under Integrations: opens or closes a command for a role or a member, whatever its default says.
    pub fn override_command(&self, command: &str, whom: Whom, allowed: bool) -> bool {
        let mut world = self.world();
        let found = world.data.commands.values().find(|known| known.name == command).map(|known| known.id);
        let Some(id) = found else { return false };
        let (target, kind) = match whom {
            Whom::Role(role) => (role.0, 1),
            Whom::Member(user) => (user.0, 2),
        };
        let Some(server) = world.data.servers.get_mut(&self.id) else { return false };
        let lines = server.command_overrides.entry(id.0).or_default();
        lines.retain(|line| line.target != target);
        lines.push(CommandOverride { target, kind, allowed });
        true
    }

    /// The bot joins, with a role of its own.
    pub fn invite_bot(&self, permissions: Permissions) {
        self.world().invite_bot(self.id, permissions);
    }

    /// The bot is thrown out.
    pub fn remove_bot(&self) {
        let mut world = self.world();
        let bot = world.bot_id();
        world.leave(self.id, bot);
    }

    /// The role that belongs to the bot here.
    pub fn bot_role(&self) -> Option<RoleId> {
        let world = self.world();
        let bot = world.bot_id();
        world.server(self.id)?.roles.values().find(|role| role.bot == Some(bot)).map(|role| role.id)
    }

    /// What the bot may do in a channel.
    pub fn bot_permissions(&self, channel: ChannelId) -> Permissions {
        let world = self.world();
        world.permissions_in(channel, world.bot_id())
    }

    /// Changes what the bot's own role may do.
    pub fn set_bot_permissions(&self, permissions: Permissions) {
        if let Some(role) = self.bot_role() {
            self.set_role(role, permissions);
        }
    }

    /// The server is down, as in an outage, or up again.
    pub fn set_available(&self, available: bool) {
        self.world().set_available(self.id, available);
    }

    /// Deletes the server.
    pub fn delete(&self) {
        self.world().delete_server(self.id);
    }
}
