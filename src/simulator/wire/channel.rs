//! Channels and threads.

use serde_json::{Value, json};

use super::super::clock::iso;
use super::super::state::channel::kind;
use super::super::state::{Channel, Overwrite, World};
use super::user;

/// An overwrite.
fn overwrite(overwrite: &Overwrite) -> Value {
    json!({
        "id": overwrite.target.to_string(),
        "type": overwrite.kind,
        "allow": overwrite.allow,
        "deny": overwrite.deny,
    })
}

/// A channel, thread or direct conversation as REST and gateway show it.
pub fn channel(world: &World, channel: &Channel) -> Value {
    let mut body = json!({
        "id": channel.id,
        "type": channel.kind,
        "last_message_id": channel.last_message,
        "flags": 0,
    });
    let Some(server) = channel.server else {
        let others = channel.recipients.iter().filter(|user| **user != world.bot_id());
        body["recipients"] = others.map(|id| user::partial(world, *id)).collect();
        body["last_pin_timestamp"] = Value::Null;
        return body;
    };
    body["guild_id"] = json!(server);
    body["name"] = json!(channel.name);
    body["parent_id"] = json!(channel.parent);
    body["rate_limit_per_user"] = json!(channel.slowmode_s);
    if let Some(thread) = &channel.thread {
        let messages = world.data.messages.get(&channel.id).map_or(0, std::collections::BTreeMap::len);
        body["owner_id"] = json!(thread.owner);
        body["message_count"] = json!(messages);
        body["member_count"] = json!(thread.members.len().min(50));
        body["total_message_sent"] = json!(thread.messages_sent);
        body["applied_tags"] = json!([]);
        body["thread_metadata"] = json!({
            "archived": thread.archived,
            "archive_timestamp": iso(thread.archive_changed_ms),
            "auto_archive_duration": 4320,
            "locked": thread.locked,
            "create_timestamp": iso(thread.made_at_ms),
        });
        if channel.kind == kind::PRIVATE_THREAD {
            body["thread_metadata"]["invitable"] = json!(true);
        }
        return body;
    }
    body["position"] = json!(channel.position);
    body["permission_overwrites"] = channel.overwrites.iter().map(overwrite).collect();
    body["nsfw"] = json!(channel.nsfw);
    if channel.kind == kind::VOICE {
        body["bitrate"] = json!(64_000);
        body["user_limit"] = json!(0);
        body["rtc_region"] = Value::Null;
    }
    if channel.kind != kind::CATEGORY {
        body["topic"] = json!(channel.topic);
    }
    body
}

/// A channel inside of an interaction, with what the member may do in it.
pub fn in_interaction(world: &World, found: &Channel, permissions: impl serde::Serialize) -> Value {
    let mut body = channel(world, found);
    body["permissions"] = json!(permissions);
    body
}
