//! Channels and threads.

use serde_json::{Value, json};

use super::super::ids::{ChannelId, MessageId};
use super::super::rules::error::{ApiError, Path};
use super::super::rules::permission::Permissions;
use super::super::state::Overwrite;
use super::super::state::channel::kind;
use super::super::wire;
use super::call::Call;
use super::route::{Answer, Method, Reply, Route, bot, ok};

pub(super) const ROUTES: &[Route] = &[
    bot(Method::Get, "/channels/{channel_id}", get),
    bot(Method::Patch, "/channels/{channel_id}", edit),
    bot(Method::Delete, "/channels/{channel_id}", delete),
    bot(Method::Post, "/channels/{channel_id}/typing", typing),
    bot(Method::Put, "/channels/{channel_id}/permissions/{overwrite_id}", put_overwrite),
    bot(Method::Delete, "/channels/{channel_id}/permissions/{overwrite_id}", delete_overwrite),
    bot(Method::Post, "/channels/{channel_id}/threads", start_thread),
    bot(Method::Post, "/channels/{channel_id}/messages/{message_id}/threads", start_thread_from),
    bot(Method::Put, "/channels/{channel_id}/thread-members/@me", join_thread),
    bot(Method::Delete, "/channels/{channel_id}/thread-members/@me", leave_thread),
];

fn get(call: &mut Call<'_>) -> Answer {
    let id = call.channel_with(Permissions::VIEW_CHANNEL)?;
    answer(call, id, 200)
}

fn answer(call: &Call<'_>, id: ChannelId, status: u16) -> Answer {
    let found = call.world.channel(id).ok_or_else(ApiError::unknown_channel)?;
    Ok(Reply::Json(status, wire::channel::channel(&call.world, found)))
}

fn edit(call: &mut Call<'_>) -> Answer {
    let id: ChannelId = call.id("channel_id")?;
    let is_thread = call.world.channel(id).is_some_and(super::super::state::Channel::is_thread);
    let needed = if is_thread { Permissions::MANAGE_THREADS } else { Permissions::MANAGE_CHANNELS };
    call.channel_with(needed)?;
    let name = text(&call.body, "name", 1..=100)?;
    let topic = text(&call.body, "topic", 0..=1024)?;
    let before = call.world.bot_sees(id);
    let now = call.core.clock.now_ms();
    let body = call.body.clone();
    if let Some(found) = call.world.data.channels.get_mut(&id) {
        if let Some(name) = name {
            found.name = name;
        }
        if body.get("topic").is_some() {
            found.topic = topic;
        }
        if let Some(seconds) = body.get("rate_limit_per_user").and_then(Value::as_u64) {
            found.slowmode_s = seconds.min(21_600) as u16;
        }
        if let Some(nsfw) = body.get("nsfw").and_then(Value::as_bool) {
            found.nsfw = nsfw;
        }
        if let Some(thread) = &mut found.thread {
            if let Some(archived) = body.get("archived").and_then(Value::as_bool) {
                thread.archived = archived;
                thread.archive_changed_ms = now;
            }
            if let Some(locked) = body.get("locked").and_then(Value::as_bool) {
                thread.locked = locked;
            }
        }
    }
    call.world.tell_channel_update(id, before);
    answer(call, id, 200)
}

/// A text of the body within a length; none when it is missing or null.
fn text(
    body: &Value,
    key: &str,
    length: std::ops::RangeInclusive<usize>,
) -> Result<Option<String>, ApiError> {
    let Some(value) = body.get(key).filter(|value| !value.is_null()) else { return Ok(None) };
    let root = Path::ROOT;
    let path = root.key(key);
    let Some(text) = value.as_str() else {
        return Err(ApiError::form(&path, "BASE_TYPE_STRING", "Could not interpret as string."));
    };
    if length.contains(&text.chars().count()) {
        return Ok(Some(text.to_owned()));
    }
    let message = format!("Must be between {} and {} in length.", length.start(), length.end());
    Err(ApiError::form(&path, "BASE_TYPE_BAD_LENGTH", message))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let id: ChannelId = call.id("channel_id")?;
    let is_thread = call.world.channel(id).is_some_and(super::super::state::Channel::is_thread);
    let needed = if is_thread { Permissions::MANAGE_THREADS } else { Permissions::MANAGE_CHANNELS };
    call.channel_with(needed)?;
    let gone = answer(call, id, 200)?;
    call.world.delete_channel(id);
    Ok(gone)
}

fn typing(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::SEND_MESSAGES)?;
    call.world.tell_typing(channel, call.world.bot_id());
    Ok(Reply::Nothing)
}

fn put_overwrite(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::MANAGE_ROLES)?;
    let target: MessageId = call.id("overwrite_id")?;
    let bits = |key: &str| call.body.get(key).and_then(Permissions::from_value).unwrap_or(Permissions::NONE);
    let kind = call.body.get("type").and_then(Value::as_u64).unwrap_or(0).min(1) as u8;
    let overwrite = Overwrite { target: target.0, kind, allow: bits("allow"), deny: bits("deny") };
    call.world.set_overwrite(channel, overwrite);
    Ok(Reply::Nothing)
}

fn delete_overwrite(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::MANAGE_ROLES)?;
    let target: MessageId = call.id("overwrite_id")?;
    let nothing = Overwrite { target: target.0, kind: 0, allow: Permissions::NONE, deny: Permissions::NONE };
    call.world.set_overwrite(channel, nothing);
    Ok(Reply::Nothing)
}

fn start_thread(call: &mut Call<'_>) -> Answer {
    let kind = match call.body.get("type").and_then(Value::as_u64) {
        Some(11) => kind::PUBLIC_THREAD,
        Some(10) => kind::NEWS_THREAD,
        _ => kind::PRIVATE_THREAD,
    };
    let needed = if kind == kind::PRIVATE_THREAD {
        Permissions::CREATE_PRIVATE_THREADS
    } else {
        Permissions::CREATE_PUBLIC_THREADS
    };
    let parent = call.channel_with(needed)?;
    thread(call, parent, kind, None)
}

fn start_thread_from(call: &mut Call<'_>) -> Answer {
    let parent = call.channel_with(Permissions::CREATE_PUBLIC_THREADS)?;
    let message = call.message_in(parent)?;
    thread(call, parent, kind::PUBLIC_THREAD, Some(message))
}

fn thread(call: &mut Call<'_>, parent: ChannelId, kind: u8, from: Option<MessageId>) -> Answer {
    let root = Path::ROOT;
    let name = text(&call.body, "name", 1..=100)?
        .ok_or_else(|| ApiError::form(&root.key("name"), "BASE_TYPE_REQUIRED", "This field is required"))?;
    let bot = call.world.bot_id();
    let id = call
        .world
        .make_thread(parent, &name, bot, kind, from)
        .ok_or_else(|| ApiError::new(400, 160_004, "A thread has already been created for this message"))?;
    answer(call, id, 201)
}

fn join_thread(call: &mut Call<'_>) -> Answer {
    let id = call.channel_with(Permissions::VIEW_CHANNEL)?;
    let bot = call.world.bot_id();
    if let Some(thread) = call.world.data.channels.get_mut(&id).and_then(|found| found.thread.as_mut()) {
        thread.members.insert(bot);
        return Ok(Reply::Nothing);
    }
    Err(ApiError::wrong_channel_type())
}

fn leave_thread(call: &mut Call<'_>) -> Answer {
    let id = call.channel_with(Permissions::VIEW_CHANNEL)?;
    let bot = call.world.bot_id();
    if let Some(thread) = call.world.data.channels.get_mut(&id).and_then(|found| found.thread.as_mut()) {
        thread.members.remove(&bot);
        return Ok(Reply::Nothing);
    }
    Err(ApiError::wrong_channel_type())
}

/// Active threads of a server, with the application's own membership.
pub(super) fn active_threads(call: &mut Call<'_>) -> Answer {
    let server = call.own_server()?;
    let world = &call.world;
    let threads = world
        .data
        .channels
        .values()
        .filter(|channel| channel.server == Some(server))
        .filter(|channel| channel.thread.as_ref().is_some_and(|thread| !thread.archived))
        .filter(|channel| world.bot_sees(channel.id))
        .map(|channel| wire::channel::channel(world, channel))
        .collect::<Vec<Value>>();
    ok(json!({ "threads": threads, "members": [], "has_more": false }))
}
