//! Reactions on messages.

use serde_json::Value;

use super::super::ids::{ChannelId, MessageId, UserId};
use super::super::rules::emoji::Emoji;
use super::super::rules::error::ApiError;
use super::super::rules::permission::Permissions;
use super::super::state::World;
use super::super::wire;
use super::call::{Call, may};
use super::route::{Answer, Method, Reply, Route, bot, ok};

pub(super) const ROUTES: &[Route] = &[
    bot(Method::Put, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me", add),
    bot(Method::Delete, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me", remove_own),
    bot(
        Method::Delete,
        "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/{user_id}",
        remove_other,
    ),
    bot(Method::Get, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}", list),
    bot(Method::Delete, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}", clear_emoji),
    bot(Method::Delete, "/channels/{channel_id}/messages/{message_id}/reactions", clear),
];

/// How many different emoji a message carries at most.
const EMOJI_PER_MESSAGE: usize = 20;

/// Whether this user may add this reaction; the same rule for the bot and for members.
pub(in super::super) fn may_react(
    world: &World,
    channel: ChannelId,
    message: MessageId,
    user: UserId,
    emoji: &Emoji,
) -> Result<(), ApiError> {
    may(world, channel, user, Permissions::READ_MESSAGE_HISTORY)?;
    let found = world
        .message(channel, message)
        .filter(|found| !found.is_ephemeral())
        .ok_or_else(ApiError::unknown_message)?;
    if found.reaction(emoji).is_none() {
        // The right to react is only needed for an emoji that nobody used yet.
        may(world, channel, user, Permissions::ADD_REACTIONS)?;
        if found.reactions.len() >= EMOJI_PER_MESSAGE {
            return Err(ApiError::too_many_reactions());
        }
    }
    if world.channel(channel).and_then(|found| found.thread.as_ref()).is_some_and(|thread| thread.archived) {
        return Err(ApiError::archived_thread());
    }
    Ok(())
}

/// The emoji of the path. Discord takes a custom one only where the application can see it; none exist here.
fn emoji_of(call: &Call<'_>) -> Result<Emoji, ApiError> {
    match Emoji::from_text(call.param("emoji"))? {
        Emoji::Custom { .. } => Err(ApiError::unknown_emoji()),
        unicode => Ok(unicode),
    }
}

fn add(call: &mut Call<'_>) -> Answer {
    let channel: ChannelId = call.id("channel_id")?;
    call.channel_with(Permissions::VIEW_CHANNEL)?;
    let emoji = emoji_of(call)?;
    let id = call.message_in(channel)?;
    let bot = call.world.bot_id();
    may_react(&call.world, channel, id, bot, &emoji)?;
    call.world.add_reaction(channel, id, bot, &emoji, false);
    Ok(Reply::Nothing)
}

fn remove_own(call: &mut Call<'_>) -> Answer {
    let bot = call.world.bot_id();
    remove(call, bot)
}

fn remove_other(call: &mut Call<'_>) -> Answer {
    let user: UserId = call.id("user_id")?;
    if user != call.world.bot_id() {
        call.channel_with(Permissions::MANAGE_MESSAGES)?;
    }
    remove(call, user)
}

fn remove(call: &mut Call<'_>, user: UserId) -> Answer {
    let channel = call.channel_with(Permissions::READ_MESSAGE_HISTORY)?;
    let emoji = emoji_of(call)?;
    let id = call.message_in(channel)?;
    // One call takes both kinds away.
    for burst in [false, true] {
        call.world.remove_reaction(channel, id, user, &emoji, burst);
    }
    Ok(Reply::Nothing)
}

fn list(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::READ_MESSAGE_HISTORY)?;
    let emoji = emoji_of(call)?;
    let id = call.message_in(channel)?;
    let limit = call.query_number("limit", 1..=100, 25)? as usize;
    let after: UserId = call.query_id("after")?.unwrap_or_default();
    let burst = call.query_number("type", 0..=1, 0)? == 1;
    let world = &call.world;
    let found = world.message(channel, id).ok_or_else(ApiError::unknown_message)?;
    let users: Vec<Value> = found.reaction(&emoji).map_or_else(Vec::new, |reaction| {
        let side = if burst { &reaction.burst } else { &reaction.normal };
        side.range((std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded))
            .take(limit)
            .map(|user| wire::user::partial(world, *user))
            .collect()
    });
    ok(Value::Array(users))
}

fn clear(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::MANAGE_MESSAGES)?;
    let id = call.message_in(channel)?;
    call.world.clear_reactions(channel, id, None);
    Ok(Reply::Nothing)
}

fn clear_emoji(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::MANAGE_MESSAGES)?;
    let emoji = emoji_of(call)?;
    let id = call.message_in(channel)?;
    call.world.clear_reactions(channel, id, Some(&emoji));
    Ok(Reply::Nothing)
}
