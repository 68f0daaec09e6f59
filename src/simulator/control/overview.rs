//! The world at a glance, for a page that shows servers, channels and people to choose from.

use serde_json::{Value, json};

use super::super::state::{Channel, World};

/// Servers with their channels, threads, roles and members; direct conversations; the application.
pub(super) fn world(world: &World) -> Value {
    let servers: Vec<Value> = world
        .data
        .servers
        .values()
        .map(|server| {
            let channels: Vec<Value> = server
                .channels
                .iter()
                .filter_map(|id| world.channel(*id))
                .map(|found| channel(world, found))
                .collect();
            let mut threads: Vec<&Channel> = world
                .data
                .channels
                .values()
                .filter(|found| found.is_thread() && found.server == Some(server.id))
                .collect();
            threads.sort_by_key(|found| found.id);
            let members: Vec<Value> = server
                .members
                .values()
                .map(|member| {
                    let user = world.user(member.user);
                    json!({
                        "user": member.user,
                        "name": user.map_or("deleted user", |user| user.shown_name()),
                        "bot": user.is_some_and(|user| user.bot),
                        "locale": user.map_or("en-US", |user| user.locale.as_str()),
                        "owner": member.user == server.owner,
                        "roles": member.roles,
                    })
                })
                .collect();
            let roles: Vec<Value> = server
                .roles
                .values()
                .map(|role| {
                    json!({
                        "role": role.id,
                        "name": role.name,
                        "permissions": role.permissions,
                        "permission_names": role.permissions.names(),
                        "bot": role.bot,
                    })
                })
                .collect();
            json!({
                "server": server.id,
                "name": server.name,
                "owner": server.owner,
                "locale": server.locale,
                "available": server.available,
                "with_bot": server.members.contains_key(&world.bot_id()),
                "channels": channels,
                "threads": threads.into_iter().map(|found| channel(world, found)).collect::<Vec<_>>(),
                "roles": roles,
                "members": members,
            })
        })
        .collect();
    let direct: Vec<Value> = world
        .data
        .channels
        .values()
        .filter(|found| found.server.is_none())
        .map(|found| {
            let user = found.recipients.iter().find(|user| **user != world.bot_id());
            json!({ "channel": found.id, "user": user })
        })
        .collect();
    json!({
        "now_ms": world.clock.now_ms(),
        "application": { "user": world.bot_id(), "name": world.data.application.name },
        "sessions": world.hub.views(),
        "servers": servers,
        "direct": direct,
    })
}

fn channel(world: &World, found: &Channel) -> Value {
    json!({
        "channel": found.id,
        "name": found.name,
        "kind": found.kind,
        "parent": found.parent,
        "topic": found.topic,
        "archived": found.thread.as_ref().is_some_and(|thread| thread.archived),
        "locked": found.thread.as_ref().is_some_and(|thread| thread.locked),
        "bot_permissions": world.permissions_in(found.id, world.bot_id()).names(),
        "overwrites": found.overwrites.iter().map(|overwrite| json!({
            "target": overwrite.target.to_string(),
            "kind": if overwrite.kind == 0 { "role" } else { "member" },
            "allow": overwrite.allow.names(),
            "deny": overwrite.deny.names(),
        })).collect::<Vec<_>>(),
    })
}
