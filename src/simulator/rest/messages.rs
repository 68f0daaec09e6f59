//! Messages of channels, and the files on them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path as UrlPath;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::core::Core;
use super::super::ids::{AttachmentId, ChannelId, MessageId};
use super::super::rules::error::{ApiError, Path};
use super::super::rules::message::{self as rule, Context, Endpoint};
use super::super::rules::permission::Permissions;
use super::super::rules::snowflake::Snowflake;
use super::super::state::Message;
use super::super::state::message::{flag, kind};
use super::super::wire;
use super::call::Call;
use super::compose;
use super::route::{Answer, Method, Reply, Route, bot, ok};

pub(super) const ROUTES: &[Route] = &[
    bot(Method::Get, "/channels/{channel_id}/messages", list),
    bot(Method::Post, "/channels/{channel_id}/messages", create),
    bot(Method::Post, "/channels/{channel_id}/messages/bulk-delete", bulk_delete),
    bot(Method::Get, "/channels/{channel_id}/messages/{message_id}", get),
    bot(Method::Patch, "/channels/{channel_id}/messages/{message_id}", edit),
    bot(Method::Delete, "/channels/{channel_id}/messages/{message_id}", delete),
];

/// Bulk delete leaves messages older than this alone.
const BULK_DELETE_MS: u64 = 14 * 86_400_000;

fn list(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::VIEW_CHANNEL)?;
    let limit = call.query_number("limit", 1..=100, 50)? as usize;
    let (before, after, around) = (
        call.query_id::<MessageId>("before")?,
        call.query_id::<MessageId>("after")?,
        call.query_id::<MessageId>("around")?,
    );
    let world = &call.world;
    // Without the right to the history there is simply nothing to see.
    if !world.permissions_in(channel, world.bot_id()).contains(Permissions::READ_MESSAGE_HISTORY) {
        return ok(json!([]));
    }
    let Some(held) = world.data.messages.get(&channel) else { return ok(json!([])) };
    let seen = || held.values().filter(|message| !message.is_ephemeral());
    let mut page: Vec<&Message> = if let Some(around) = around {
        let half = limit / 2;
        let older = seen().rev().filter(|message| message.id < around).take(half);
        let newer = seen().filter(|message| message.id >= around).take(limit - half);
        older.chain(newer).collect()
    } else if let Some(after) = after {
        seen().filter(|message| message.id > after).take(limit).collect()
    } else {
        seen().rev().filter(|message| before.is_none_or(|before| message.id < before)).take(limit).collect()
    };
    page.sort_by_key(|message| std::cmp::Reverse(message.id));
    ok(page.into_iter().map(|message| wire::message::for_application(world, message)).collect())
}

fn get(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::READ_MESSAGE_HISTORY)?;
    let id = call.message_in(channel)?;
    let found = call.world.message(channel, id).ok_or_else(ApiError::unknown_message)?;
    ok(wire::message::for_application(&call.world, found))
}

fn create(call: &mut Call<'_>) -> Answer {
    let channel: ChannelId = call.id("channel_id")?;
    let found = call.world.channel(channel).ok_or_else(ApiError::unknown_channel)?;
    let (holds, in_thread) = (found.holds_messages(), found.is_thread());
    let archived = found.thread.as_ref().is_some_and(|thread| thread.archived && thread.locked);
    let needed = if in_thread { Permissions::SEND_MESSAGES_IN_THREADS } else { Permissions::SEND_MESSAGES };
    call.channel_with(needed)?;
    if !call.world.shares_server(channel) {
        return Err(ApiError::cannot_message_user());
    }
    if !holds {
        return Err(ApiError::not_a_text_channel());
    }
    if archived {
        return Err(ApiError::archived_thread());
    }
    let bot = call.world.bot_id();
    let has = call.world.permissions_in(channel, bot);
    if !call.files.is_empty() && !has.contains(Permissions::ATTACH_FILES) {
        return Err(ApiError::missing_permissions());
    }
    let uploads = compose::uploads(&call.files);
    let draft =
        rule::check(&call.body, &Context { endpoint: Endpoint::Create, uploads: &uploads, edited: None })?;
    if let Some(first) =
        draft.nonce.as_ref().filter(|_| draft.enforce_nonce).and_then(|nonce| repeat_of(call, channel, nonce))
    {
        return ok(first);
    }
    let mut message = Message::new(MessageId(call.world.next_id()), channel, bot);
    message.reply_to = compose::reply_target(&call.world, channel, draft.reference.as_ref())?;
    if message.reply_to.is_some() {
        if !has.contains(Permissions::READ_MESSAGE_HISTORY) {
            return Err(ApiError::reply_without_history());
        }
        message.kind = kind::REPLY;
    }
    message.nonce.clone_from(&draft.nonce);
    message.tts = draft.tts && has.contains(Permissions::SEND_TTS_MESSAGES);
    let files = std::mem::take(&mut call.files);
    compose::apply(&mut call.world, Endpoint::Create, draft, &files, &mut message);
    if !has.contains(Permissions::EMBED_LINKS) {
        // Discord takes the message and drops the embeds.
        message.embeds.clear();
        if message.content.is_empty() && message.attachments.is_empty() && message.components.is_empty() {
            return Err(ApiError::empty_message());
        }
    }
    let id = message.id;
    call.world.post(message);
    let posted = call.world.message(channel, id).ok_or_else(ApiError::unknown_message)?;
    ok(wire::message::message(&call.world, posted))
}

/// With `enforce_nonce`, the message that this one repeats within a few minutes.
fn repeat_of(call: &Call<'_>, channel: ChannelId, nonce: &Value) -> Option<Value> {
    const A_FEW_MINUTES_MS: u64 = 5 * 60_000;
    let since = Snowflake::at_ms(call.core.clock.now_ms().saturating_sub(A_FEW_MINUTES_MS));
    let held = call.world.data.messages.get(&channel)?;
    let first = held
        .range(MessageId::from(since)..)
        .map(|(_, message)| message)
        .find(|message| message.author == call.world.bot_id() && message.nonce.as_ref() == Some(nonce))?;
    Some(wire::message::message(&call.world, first))
}

fn edit(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::VIEW_CHANNEL)?;
    let id = call.message_in(channel)?;
    let found = call.world.message(channel, id).ok_or_else(ApiError::unknown_message)?;
    let mut changed = found.clone();
    if changed.author != call.world.bot_id() {
        // Of other people's messages only the embeds can be hidden, with Manage Messages.
        let only_flags = call.body.as_object().is_some_and(|body| body.keys().all(|key| key == "flags"));
        if !only_flags {
            return Err(ApiError::not_the_author());
        }
        call.channel_with(Permissions::MANAGE_MESSAGES)?;
        if let Some(flags) = call.body.get("flags").and_then(Value::as_u64) {
            changed.flags = (changed.flags & !flag::SUPPRESS_EMBEDS) | (flags & flag::SUPPRESS_EMBEDS);
        }
    } else {
        let files = std::mem::take(&mut call.files);
        let draft = compose::check_edit(&call.body, &files, Endpoint::Edit, &changed)?;
        compose::apply(&mut call.world, Endpoint::Edit, draft, &files, &mut changed);
        changed.edited_at_ms = Some(call.core.clock.now_ms());
    }
    put_back(call, changed)
}

/// Stores an edited message, tells of it and answers with it.
fn put_back(call: &mut Call<'_>, message: Message) -> Answer {
    let (channel, id) = (message.channel, message.id);
    if let Some(place) = call.world.message_mut(channel, id) {
        *place = message;
    }
    call.world.tell_message(channel, id, "MESSAGE_UPDATE");
    let found = call.world.message(channel, id).ok_or_else(ApiError::unknown_message)?;
    ok(wire::message::for_application(&call.world, found))
}

fn delete(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::VIEW_CHANNEL)?;
    let id = call.message_in(channel)?;
    let own = call.world.message(channel, id).is_some_and(|found| found.author == call.world.bot_id());
    if !own {
        call.channel_with(Permissions::MANAGE_MESSAGES)?;
    }
    call.world.delete_message(channel, id);
    Ok(Reply::Nothing)
}

fn bulk_delete(call: &mut Call<'_>) -> Answer {
    let channel = call.channel_with(Permissions::MANAGE_MESSAGES)?;
    let root = Path::ROOT;
    let path = root.key("messages");
    let listed = call.body.get("messages").cloned().unwrap_or(Value::Null);
    let ids: Vec<MessageId> = serde_json::from_value(listed)
        .map_err(|_| ApiError::form(&path, "BASE_TYPE_REQUIRED", "This field is required"))?;
    if !(2..=100).contains(&ids.len()) {
        return Err(ApiError::bulk_delete_count());
    }
    let oldest = call.core.clock.now_ms().saturating_sub(BULK_DELETE_MS);
    if ids.iter().any(|id| id.made_at_ms() < oldest) {
        return Err(ApiError::message_too_old());
    }
    call.world.delete_messages(channel, &ids);
    Ok(Reply::Nothing)
}

/// A file, at the address that its message names.
pub(super) async fn file(
    core: Arc<Core>,
    UrlPath((_, id, _)): UrlPath<(String, String, String)>,
) -> Response {
    let stored = id.parse::<AttachmentId>().ok().and_then(|id| core.world().data.files.get(&id).cloned());
    match stored {
        Some(file) => ([(header::CONTENT_TYPE, file.content_type)], Body::from(file.bytes)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
