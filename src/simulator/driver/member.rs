//! What a member says and does.

use std::sync::Arc;

use parking_lot::MutexGuard;
use serde_json::Value;

use super::super::change::Change;
use super::super::core::Core;
use super::super::ids::{ChannelId, MessageId, ServerId, UserId};
use super::super::rest::call::may;
use super::super::rest::compose::ping as ping_people;
use super::super::rest::reactions::may_react;
use super::super::rules::emoji::Emoji;
use super::super::rules::error::ApiError;
use super::super::rules::mention::AllowedMentions;
use super::super::rules::permission::Permissions;
use super::super::state::channel::kind as channel_kind;
use super::super::state::message::kind;
use super::super::state::{Message, User, World};
use super::view::{self, MessageView};
use super::{Driven, not_possible};

/// The longest message a member can write.
const CONTENT_LIMIT: usize = 2_000;

/// A person in a server (or in a direct conversation with the bot), to act as.
#[derive(Clone)]
pub struct MemberHandle {
    pub(super) core: Arc<Core>,
    /// The server; none for a direct conversation.
    pub server: Option<ServerId>,
    /// The person.
    pub user: UserId,
}

impl MemberHandle {
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.core.world()
    }

    /// The name shown to others.
    pub fn name(&self) -> String {
        self.world().user(self.user).map(|user| user.shown_name().to_owned()).unwrap_or_default()
    }

    /// Sets the language of this person's client, such as `de`.
    pub fn set_locale(&self, locale: &str) {
        self.change_user(|user| locale.clone_into(&mut user.locale));
    }

    fn change_user(&self, change: impl FnOnce(&mut User)) {
        let mut world = self.world();
        if let Some(user) = world.data.users.get_mut(&self.user) {
            change(user);
        }
    }

    /// The direct conversation between this person and the bot, and this person in it.
    pub fn direct(&self) -> (Self, ChannelId) {
        let channel = self.world().direct_channel(self.user);
        (Self { server: None, ..self.clone() }, channel)
    }

    /// What this person may do in a channel.
    pub fn permissions(&self, channel: ChannelId) -> Permissions {
        self.world().permissions_in(channel, self.user)
    }

    /// The channel as this person sees it, oldest message first (at most the newest hundred).
    pub fn look(&self, channel: ChannelId) -> Vec<MessageView> {
        view::channel(&self.world(), channel, self.user, 100)
    }

    /// The newest message that this person sees.
    pub fn newest(&self, channel: ChannelId) -> Option<MessageView> {
        view::channel(&self.world(), channel, self.user, 1).pop()
    }

    /// One message as this person sees it.
    pub fn see(&self, channel: ChannelId, message: MessageId) -> Option<MessageView> {
        let world = self.world();
        let found = world.message(channel, message)?;
        view::sees(&world, found, self.user).then(|| view::message(&world, found, self.user))
    }

    /// Waits until this person sees a message in the channel that `fits`, and returns the newest such.
    pub async fn wait_for_message(
        &self,
        channel: ChannelId,
        what: &str,
        fits: impl Fn(&MessageView) -> bool,
    ) -> Driven<MessageView> {
        let user = self.user;
        super::wait::until(&self.core, what, super::wait::PATIENCE, |world| {
            view::channel(world, channel, user, 100).into_iter().rev().find(|message| fits(message))
        })
        .await
    }

    /// Begins to write, or goes on: others see it for some seconds.
    pub fn typing(&self, channel: ChannelId) -> Driven<()> {
        let world = self.world();
        let found = world.channel(channel).ok_or_else(ApiError::unknown_channel)?;
        if !found.holds_messages() {
            return Err(ApiError::not_a_text_channel().into());
        }
        let needed = if found.is_thread() {
            Permissions::SEND_MESSAGES_IN_THREADS
        } else {
            Permissions::SEND_MESSAGES
        };
        may(&world, channel, self.user, needed)?;
        world.tell_typing(channel, self.user);
        Ok(())
    }

    /// Writes a message.
    pub fn say(&self, channel: ChannelId, text: &str) -> Driven<MessageId> {
        self.write(channel, text, None, false)
    }

    /// Replies to a message, pinging its author or not.
    pub fn reply(&self, channel: ChannelId, to: MessageId, text: &str, ping: bool) -> Driven<MessageId> {
        self.write(channel, text, Some(to), ping)
    }

    fn write(&self, channel: ChannelId, text: &str, to: Option<MessageId>, ping: bool) -> Driven<MessageId> {
        let text = text.trim();
        if text.is_empty() {
            return not_possible("an empty message is not sent");
        }
        if text.chars().count() > CONTENT_LIMIT {
            return not_possible("the message is longer than 2000 characters");
        }
        let mut world = self.world();
        let found = world.channel(channel).ok_or_else(ApiError::unknown_channel)?;
        if !found.holds_messages() {
            return Err(ApiError::not_a_text_channel().into());
        }
        let (in_thread, slowmode_s) = (found.is_thread(), found.slowmode_s);
        let locked = found.thread.as_ref().is_some_and(|thread| thread.locked);
        let needed =
            if in_thread { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
        may(&world, channel, self.user, needed)?;
        let has = world.permissions_in(channel, self.user);
        if locked && !has.contains(Permissions::MANAGE_THREADS) {
            return Err(ApiError::archived_thread().into());
        }
        self.mind_slowmode(&world, channel, slowmode_s, has)?;
        if to.is_some() {
            may(&world, channel, self.user, Permissions::READ_MESSAGE_HISTORY)?;
        }
        let id = MessageId(world.next_id());
        let mut message = Message::new(id, channel, self.user);
        text.clone_into(&mut message.content);
        if let Some(to) = to {
            let target = world.message(channel, to).ok_or_else(ApiError::unknown_message)?;
            if target.is_ephemeral() {
                return not_possible("an ephemeral message cannot be replied to");
            }
            message.kind = kind::REPLY;
            message.reply_to = Some(to);
        }
        let allowed = AllowedMentions { replied_user: ping, ..AllowedMentions::message_default() };
        ping_people(&world, &allowed, &mut message);
        world.post(message);
        Ok(id)
    }

    /// Slow mode holds people without the right to manage messages or the channel.
    fn mind_slowmode(&self, world: &World, channel: ChannelId, seconds: u16, has: Permissions) -> Driven<()> {
        let free = Permissions::MANAGE_MESSAGES | Permissions::MANAGE_CHANNELS | Permissions::BYPASS_SLOWMODE;
        if seconds == 0 || has & free != Permissions::NONE {
            return Ok(());
        }
        let held = world.data.messages.get(&channel);
        let last =
            held.into_iter().flat_map(|held| held.values().rev()).find(|message| message.author == self.user);
        let until = last.map_or(0, |message| message.id.made_at_ms() + u64::from(seconds) * 1_000);
        if world.clock.now_ms() < until {
            return Err(ApiError::slowmode().into());
        }
        Ok(())
    }

    /// Edits an own message.
    pub fn edit(&self, channel: ChannelId, message: MessageId, text: &str) -> Driven<()> {
        let mut world = self.world();
        let now = world.clock.now_ms();
        let found = world.message_mut(channel, message).ok_or_else(ApiError::unknown_message)?;
        if found.author != self.user {
            return Err(ApiError::not_the_author().into());
        }
        text.clone_into(&mut found.content);
        found.edited_at_ms = Some(now);
        world.tell_message(channel, message, "MESSAGE_UPDATE");
        Ok(())
    }

    /// Deletes a message: an own one, or any with the right to manage messages. An ephemeral one is dismissed,
    /// of which nobody hears.
    pub fn delete_message(&self, channel: ChannelId, message: MessageId) -> Driven<()> {
        let mut world = self.world();
        let found = world.message(channel, message).ok_or_else(ApiError::unknown_message)?;
        if let Some(only) = found.only_for {
            if only != self.user {
                return Err(ApiError::unknown_message().into());
            }
            if let Some(held) = world.data.messages.get_mut(&channel) {
                held.remove(&message);
            }
            world.changes.tell(Change::Message { channel, message, only_for: Some(only) });
            return Ok(());
        }
        if found.author != self.user {
            may(&world, channel, self.user, Permissions::MANAGE_MESSAGES)?;
        }
        world.delete_message(channel, message);
        Ok(())
    }

    /// Deletes many messages at once.
    pub fn delete_messages(&self, channel: ChannelId, messages: &[MessageId]) -> Driven<()> {
        let mut world = self.world();
        may(&world, channel, self.user, Permissions::MANAGE_MESSAGES)?;
        world.delete_messages(channel, messages);
        Ok(())
    }

    /// Deletes a channel or thread.
    pub fn delete_channel(&self, channel: ChannelId) -> Driven<()> {
        let mut world = self.world();
        let is_thread = world.channel(channel).is_some_and(super::super::state::Channel::is_thread);
        let needed = if is_thread { Permissions::MANAGE_THREADS } else { Permissions::MANAGE_CHANNELS };
        may(&world, channel, self.user, needed)?;
        world.delete_channel(channel);
        Ok(())
    }

    /// Starts a public thread.
    pub fn start_thread(&self, parent: ChannelId, from: Option<MessageId>, name: &str) -> Driven<ChannelId> {
        let mut world = self.world();
        may(&world, parent, self.user, Permissions::CREATE_PUBLIC_THREADS)?;
        let made = world.make_thread(parent, name, self.user, channel_kind::PUBLIC_THREAD, from);
        made.map_or_else(|| not_possible("a thread hangs on this message already"), Ok)
    }

    /// Reacts with an emoji. Reacting twice changes nothing.
    pub fn react(&self, channel: ChannelId, message: MessageId, emoji: &str) -> Driven<()> {
        self.set_reaction(channel, message, emoji, false, true)
    }

    /// Takes a reaction back.
    pub fn take_back(&self, channel: ChannelId, message: MessageId, emoji: &str) -> Driven<()> {
        self.set_reaction(channel, message, emoji, false, false)
    }

    /// Reacts with a super reaction.
    pub fn super_react(&self, channel: ChannelId, message: MessageId, emoji: &str) -> Driven<()> {
        self.set_reaction(channel, message, emoji, true, true)
    }

    /// Takes a super reaction back.
    pub fn take_super_back(&self, channel: ChannelId, message: MessageId, emoji: &str) -> Driven<()> {
        self.set_reaction(channel, message, emoji, true, false)
    }

    fn set_reaction(
        &self,
        channel: ChannelId,
        message: MessageId,
        emoji: &str,
        burst: bool,
        stands: bool,
    ) -> Driven<()> {
        let emoji = Emoji::from_text(emoji)?;
        let mut world = self.world();
        if stands {
            may_react(&world, channel, message, self.user, &emoji)?;
            world.add_reaction(channel, message, self.user, &emoji, burst);
        } else {
            may(&world, channel, self.user, Permissions::VIEW_CHANNEL)?;
            world.remove_reaction(channel, message, self.user, &emoji, burst);
        }
        Ok(())
    }

    /// Takes another's reaction away (both kinds).
    pub fn remove_reaction_of(
        &self,
        channel: ChannelId,
        message: MessageId,
        user: UserId,
        emoji: &str,
    ) -> Driven<()> {
        let emoji = Emoji::from_text(emoji)?;
        let mut world = self.world();
        may(&world, channel, self.user, Permissions::MANAGE_MESSAGES)?;
        for burst in [false, true] {
            world.remove_reaction(channel, message, user, &emoji, burst);
        }
        Ok(())
    }

    /// Takes all reactions of a message away.
    pub fn clear_reactions(&self, channel: ChannelId, message: MessageId) -> Driven<()> {
        let mut world = self.world();
        may(&world, channel, self.user, Permissions::MANAGE_MESSAGES)?;
        world.clear_reactions(channel, message, None);
        Ok(())
    }

    /// Takes all reactions with one emoji away.
    pub fn clear_emoji(&self, channel: ChannelId, message: MessageId, emoji: &str) -> Driven<()> {
        let emoji = Emoji::from_text(emoji)?;
        let mut world = self.world();
        may(&world, channel, self.user, Permissions::MANAGE_MESSAGES)?;
        world.clear_reactions(channel, message, Some(&emoji));
        Ok(())
    }

    /// The names of the commands this person is offered in a channel: slash (1), user menu (2), message menu (3).
    pub fn commands(&self, channel: ChannelId, kind: u8) -> Vec<String> {
        let world = self.world();
        let mut names: Vec<String> = world
            .data
            .commands
            .values()
            .filter(|command| command.kind == kind)
            .filter(|command| super::slash::offered(&world, command, channel, self.user).is_ok())
            .map(|command| command.name.clone())
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Opens the definition of a command, as a client does to offer its options.
    pub fn command_definition(&self, channel: ChannelId, kind: u8, name: &str) -> Option<Value> {
        let world = self.world();
        let command = super::slash::find(&world, channel, kind, name)?;
        super::slash::offered(&world, command, channel, self.user).ok()?;
        Some(command.definition.clone())
    }
}
