//! Servers, roles, members.

use serde_json::{Map, Value, json};

use super::super::clock::iso;
use super::super::ids::{ServerId, UserId};
use super::super::state::{Member, Role, Server, World};
use super::{channel, user};

/// A role.
pub fn role(role: &Role) -> Value {
    let mut body = json!({
        "id": role.id,
        "name": role.name,
        "description": null,
        "permissions": role.permissions,
        "position": role.position,
        "color": role.color,
        "colors": { "primary_color": role.color, "secondary_color": null, "tertiary_color": null },
        "hoist": role.hoist,
        "managed": role.bot.is_some(),
        "mentionable": role.mentionable,
        "icon": null,
        "unicode_emoji": null,
        "flags": 0,
    });
    if let Some(bot) = role.bot {
        body["tags"] = json!({ "bot_id": bot });
    }
    body
}

/// A member without the user: the form inside of messages.
pub fn member_part(member: &Member) -> Value {
    json!({
        "nick": member.nick,
        "avatar": null,
        "banner": null,
        "avatar_decoration_data": null,
        "collectibles": null,
        "roles": member.roles,
        "joined_at": iso(member.joined_at_ms),
        "premium_since": null,
        "communication_disabled_until": member.timed_out_until_ms.map(iso),
        "deaf": false,
        "mute": false,
        "pending": false,
        "flags": 0,
    })
}

/// A member with the user.
pub fn member(world: &World, member: &Member) -> Value {
    let mut body = member_part(member);
    body["user"] = user::partial(world, member.user);
    body
}

/// A member with the user, by ids.
pub fn member_by_id(world: &World, server: ServerId, user: UserId) -> Option<Value> {
    world.member(server, user).map(|found| member(world, found))
}

/// A member as events about members carry it: with the server's number.
pub fn member_event(world: &World, server: ServerId, user: UserId) -> Option<Value> {
    let mut body = member_by_id(world, server, user)?;
    body["guild_id"] = json!(server);
    Some(body)
}

/// A server as REST returns it.
pub fn server(server: &Server) -> Value {
    json!({
        "id": server.id,
        "name": server.name,
        "icon": null,
        "icon_hash": null,
        "description": null,
        "home_header": null,
        "splash": null,
        "discovery_splash": null,
        "features": [],
        "banner": null,
        "owner_id": server.owner,
        "application_id": null,
        "region": "deprecated",
        "afk_channel_id": null,
        "afk_timeout": 300,
        "system_channel_id": null,
        "system_channel_flags": 0,
        "widget_enabled": false,
        "widget_channel_id": null,
        "verification_level": 0,
        "roles": server.roles.values().map(role).collect::<Vec<_>>(),
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": null,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": null,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": server.locale,
        "rules_channel_id": null,
        "safety_alerts_channel_id": null,
        "public_updates_channel_id": null,
        "premium_progress_bar_enabled": false,
        "nsfw": false,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": null,
    })
}

/// A server as GUILD_CREATE brings it: with channels, threads and the members a bot without the members intent
/// gets to see (itself). None while the server is down or unknown.
pub fn create(world: &World, id: ServerId) -> Option<Value> {
    let found = world.server(id)?;
    let bot = world.bot_id();
    let me = found.members.get(&bot)?;
    if !found.available {
        return None;
    }
    let mut body = server(found);
    // What the bot cannot see is listed too: Discord sends every channel with its overwrites.
    let channels = found
        .channels
        .iter()
        .filter_map(|channel| world.channel(*channel))
        .map(|found| without_server(channel::channel(world, found)));
    let threads = world
        .data
        .channels
        .values()
        .filter(|channel| channel.is_thread() && channel.server == Some(id))
        .filter(|channel| channel.thread.as_ref().is_some_and(|thread| !thread.archived))
        .filter(|channel| world.bot_sees(channel.id))
        .map(|found| channel::channel(world, found));
    let extra = json!({
        "joined_at": iso(me.joined_at_ms),
        "large": found.members.len() > 50,
        "unavailable": false,
        "member_count": found.members.len(),
        "voice_states": [],
        "members": [member(world, me)],
        "channels": channels.collect::<Vec<_>>(),
        "threads": threads.collect::<Vec<_>>(),
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    });
    merge(&mut body, extra);
    Some(body)
}

/// A server in the list of the bot's servers.
pub fn mine(world: &World, server: &Server) -> Value {
    json!({
        "id": server.id,
        "name": server.name,
        "icon": null,
        "banner": null,
        "owner": server.owner == world.bot_id(),
        "permissions": world.permissions_at_large(server.id, world.bot_id()),
        "features": [],
    })
}

fn without_server(mut body: Value) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.remove("guild_id");
    }
    body
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        let _: () = into.extend::<Map<String, Value>>(from);
    }
}
