//! Messages and what is in them.

use serde_json::{Value, json};

use super::super::clock::iso;
use super::super::ids::{ChannelId, UserId};
use super::super::state::message::{BURST_COLORS, Origin, flag, kind};
use super::super::state::{Message, Reaction, World};
use super::{channel, server, user};

/// A message as REST returns it to the application.
pub fn message(world: &World, message: &Message) -> Value {
    body(world, message, true)
}

fn body(world: &World, message: &Message, with_reference: bool) -> Value {
    let mut body = json!({
        "id": message.id,
        "channel_id": message.channel,
        "type": message.kind,
        "content": message.content,
        "author": user::partial(world, message.author),
        "timestamp": iso(message.id.made_at_ms()),
        "edited_timestamp": message.edited_at_ms.map(iso),
        "tts": message.tts,
        "mention_everyone": message.mention_everyone,
        "mentions": message.mentions.iter().map(|id| user::partial(world, *id)).collect::<Vec<_>>(),
        "mention_roles": message.mention_roles,
        "attachments": message.attachments,
        "embeds": if message.flags & flag::SUPPRESS_EMBEDS == 0 { &message.embeds[..] } else { &[] },
        "components": message.components,
        "pinned": message.pinned,
        "flags": message.flags,
    });
    if !message.reactions.is_empty() {
        let me = world.bot_id();
        body["reactions"] = message.reactions.iter().map(|held| reaction(held, me)).collect();
    }
    if let Some(nonce) = &message.nonce {
        body["nonce"] = nonce.clone();
    }
    if let Some(origin) = &message.interaction {
        body["webhook_id"] = json!(world.bot_id());
        body["application_id"] = json!(world.bot_id());
        body["interaction_metadata"] = metadata(world, origin);
        if let Some(name) = &origin.command {
            body["interaction"] = json!({
                "id": origin.id,
                "type": origin.kind,
                "name": name,
                "user": user::partial(world, origin.user),
            });
        }
    }
    let thread = Some(ChannelId(message.id.0)).filter(|_| message.flags & flag::HAS_THREAD != 0);
    if let Some(thread) = thread.and_then(|id| world.channel(id)) {
        body["thread"] = channel::channel(world, thread);
    }
    if let Some(target) = message.reply_to.filter(|_| with_reference) {
        body["message_reference"] = json!({
            "type": 0,
            "message_id": target,
            "channel_id": message.channel,
        });
        if let Some(server) = world.channel(message.channel).and_then(|found| found.server) {
            body["message_reference"]["guild_id"] = json!(server);
        }
        body["referenced_message"] = match world.message(message.channel, target) {
            Some(target) => self::body(world, target, false),
            None => Value::Null,
        };
    }
    body
}

/// A message as an event carries it: with the server and the author's membership, except for ephemeral ones.
pub fn event(world: &World, message: &Message) -> Value {
    let mut body = self::message(world, message);
    let server_id = world.channel(message.channel).and_then(|found| found.server);
    if let (Some(server_id), None) = (server_id, message.only_for) {
        body["guild_id"] = json!(server_id);
        // Messages of webhooks (answers to interactions are such) carry the bot's membership all the same.
        if let Some(member) = world.member(server_id, message.author) {
            body["member"] = server::member_part(member);
        }
        if let Some(mentions) = body.get_mut("mentions").and_then(Value::as_array_mut) {
            for (mention, id) in mentions.iter_mut().zip(&message.mentions) {
                if let Some(member) = world.member(server_id, *id) {
                    mention["member"] = server::member_part(member);
                }
            }
        }
    }
    body["channel_type"] = json!(world.channel(message.channel).map_or(0, |found| found.kind));
    body
}

/// A reaction on a message, as this user sees it.
pub fn reaction(reaction: &Reaction, me: UserId) -> Value {
    let (normal, burst) = (reaction.normal.len(), reaction.burst.len());
    json!({
        "emoji": reaction.emoji.to_value(),
        "count": normal + burst,
        "count_details": { "normal": normal, "burst": burst },
        "burst_colors": if burst > 0 { &BURST_COLORS[..] } else { &[] },
        "me": reaction.normal.contains(&me),
        "me_burst": reaction.burst.contains(&me),
        "burst_me": reaction.burst.contains(&me),
        "burst_count": burst,
    })
}

/// Where a message came from.
fn metadata(world: &World, origin: &Origin) -> Value {
    let mut body = json!({
        "id": origin.id,
        "type": origin.kind,
        "user": user::partial(world, origin.user),
        "authorizing_integration_owners": {},
    });
    if let Some(name) = &origin.command {
        body["name"] = json!(name);
        body["command_type"] = json!(origin.command_kind);
    }
    if let Some(original) = origin.original {
        body["original_response_message_id"] = json!(original);
    }
    if let Some(message) = origin.component_of {
        body["interacted_message_id"] = json!(message);
    }
    if let Some(message) = origin.target {
        body["target_message_id"] = json!(message);
    }
    if let Some(opener) = &origin.opened_by {
        body["triggering_interaction_metadata"] = metadata(world, opener);
    }
    body
}

/// Whether the application may read this message's content without the privileged right to all of it: its own
/// messages, direct conversations, messages that mention it, and replies that ping it for an ordinary message.
pub fn content_is_open(world: &World, message: &Message) -> bool {
    let me = world.bot_id();
    if message.author == me || world.channel(message.channel).is_none_or(|found| found.server.is_none()) {
        return true;
    }
    if !message.mentions.contains(&me) {
        return false;
    }
    let in_text =
        message.content.contains(&format!("<@{me}>")) || message.content.contains(&format!("<@!{me}>"));
    let replied = message.kind == kind::REPLY
        && message
            .reply_to
            .and_then(|target| world.message(message.channel, target))
            .is_some_and(|target| target.author == me && target.interaction.is_none());
    in_text || replied
}

/// Blanks what the application may not read.
pub fn withhold(body: &mut Value) {
    body["content"] = json!("");
    body["embeds"] = json!([]);
    body["attachments"] = json!([]);
    body["components"] = json!([]);
    if let Some(members) = body.as_object_mut() {
        members.remove("poll");
    }
}

/// A message as the application's right to content allows it, for REST answers.
pub fn for_application(world: &World, found: &Message) -> Value {
    let mut body = message(world, found);
    let all =
        world.data.application.privileged_intents & super::super::gateway::event::intent::MESSAGE_CONTENT;
    if all == 0 && !content_is_open(world, found) {
        withhold(&mut body);
    }
    body
}
