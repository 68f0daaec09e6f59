//! Who may do what where: the state's side of [`rules::permission`](super::super::rules::permission).

use super::super::ids::{ChannelId, RoleId, ServerId, UserId};
use super::super::rules::permission::{
    self, Overwrite as RuleOverwrite, Permissions, Place, Subject, Target, explicit_in_channel, in_channel,
};
use super::super::rules::snowflake::Snowflake;
use super::channel::kind;
use super::{Channel, World};

/// What both sides of a direct conversation may do in it.
const DIRECT: Permissions = Permissions(
    Permissions::VIEW_CHANNEL.0
        | Permissions::SEND_MESSAGES.0
        | Permissions::READ_MESSAGE_HISTORY.0
        | Permissions::ADD_REACTIONS.0
        | Permissions::EMBED_LINKS.0
        | Permissions::ATTACH_FILES.0
        | Permissions::USE_EXTERNAL_EMOJIS.0
        | Permissions::USE_APPLICATION_COMMANDS.0,
);

impl World {
    /// What a user may do in a channel, with everything that follows by implication. Nothing for strangers.
    pub fn permissions_in(&self, channel: ChannelId, user: UserId) -> Permissions {
        self.compute(channel, user, |subject, role, overwrites, place| {
            in_channel(subject, role, overwrites, place)
        })
    }

    /// What roles and overwrites say, before anything is concluded: the set an interaction carries.
    pub fn explicit_permissions_in(&self, channel: ChannelId, user: UserId) -> Permissions {
        self.compute(channel, user, |subject, role, overwrites, _| {
            explicit_in_channel(subject, role, overwrites)
        })
    }

    /// What a member may do in the server at large.
    pub fn permissions_at_large(&self, server: ServerId, user: UserId) -> Permissions {
        self.with_subject(server, user, |subject, role| permission::in_guild_by(subject, role))
            .unwrap_or(Permissions::NONE)
    }

    fn compute(
        &self,
        channel: ChannelId,
        user: UserId,
        rule: impl Fn(
            &Subject<'_>,
            &dyn Fn(Snowflake) -> Option<Permissions>,
            &[RuleOverwrite],
            Place,
        ) -> Permissions,
    ) -> Permissions {
        let Some(found) = self.channel(channel) else { return Permissions::NONE };
        let Some(server) = found.server else {
            return if found.recipients.contains(&user) { DIRECT } else { Permissions::NONE };
        };
        // A thread has no overwrites of its own: its parent's hold.
        let parent = found.parent.filter(|_| found.is_thread()).and_then(|parent| self.channel(parent));
        if found.kind == kind::PRIVATE_THREAD && !self.is_in_private_thread(found, server, user) {
            return Permissions::NONE;
        }
        let overwrites: smallvec::SmallVec<[RuleOverwrite; 4]> = parent
            .unwrap_or(found)
            .overwrites
            .iter()
            .map(|overwrite| RuleOverwrite {
                target: match overwrite.kind {
                    0 => Target::Role(Snowflake(overwrite.target)),
                    _ => Target::Member(Snowflake(overwrite.target)),
                },
                allow: overwrite.allow,
                deny: overwrite.deny,
            })
            .collect();
        let place = match found.kind {
            _ if found.is_thread() => Place::Thread,
            kind::VOICE => Place::Voice,
            _ => Place::Text,
        };
        self.with_subject(server, user, |subject, role| rule(subject, role, &overwrites, place))
            .unwrap_or(Permissions::NONE)
    }

    fn is_in_private_thread(&self, channel: &Channel, server: ServerId, user: UserId) -> bool {
        channel.thread.as_ref().is_some_and(|thread| thread.members.contains(&user))
            || self.permissions_at_large(server, user).contains(Permissions::MANAGE_THREADS)
    }

    /// Calls `then` with the member as the rules want it; none when the user is no member.
    fn with_subject<T>(
        &self,
        server: ServerId,
        user: UserId,
        then: impl FnOnce(&Subject<'_>, &dyn Fn(Snowflake) -> Option<Permissions>) -> T,
    ) -> Option<T> {
        let found = self.server(server)?;
        let member = found.members.get(&user)?;
        let roles: smallvec::SmallVec<[Snowflake; 8]> =
            member.roles.iter().map(|role| Snowflake(role.0)).collect();
        let subject = Subject {
            guild: Snowflake(server.0),
            owner: found.owner == user,
            user: Snowflake(user.0),
            roles: &roles,
            timed_out: member.timed_out_until_ms.is_some_and(|until| until > self.clock.now_ms()),
        };
        let role = |id: Snowflake| found.roles.get(&RoleId(id.0)).map(|role| role.permissions);
        Some(then(&subject, &role))
    }
}
