//! Servers, their channels, members and roles.

use serde_json::{Value, json};

use super::super::ids::{RoleId, UserId};
use super::super::rules::error::ApiError;
use super::super::rules::permission::Permissions;
use super::super::state::channel::kind;
use super::super::wire;
use super::call::Call;
use super::channels::active_threads;
use super::route::{Answer, Method, Reply, Route, bot, ok};

pub(super) const ROUTES: &[Route] = &[
    bot(Method::Get, "/guilds/{guild_id}", get),
    bot(Method::Get, "/guilds/{guild_id}/channels", channels),
    bot(Method::Post, "/guilds/{guild_id}/channels", make_channel),
    bot(Method::Get, "/guilds/{guild_id}/threads/active", active_threads),
    bot(Method::Get, "/guilds/{guild_id}/members", members),
    bot(Method::Get, "/guilds/{guild_id}/members/{user_id}", member),
    bot(Method::Get, "/guilds/{guild_id}/roles", roles),
    bot(Method::Get, "/guilds/{guild_id}/roles/{role_id}", role),
    bot(Method::Put, "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", give_role),
    bot(Method::Delete, "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", take_role),
];

fn get(call: &mut Call<'_>) -> Answer {
    let id = call.own_server()?;
    let found = call.world.server(id).ok_or_else(ApiError::unknown_guild)?;
    let mut body = wire::server::server(found);
    if call.query_flag("with_counts") {
        body["approximate_member_count"] = json!(found.members.len());
        body["approximate_presence_count"] = json!(found.members.len());
    }
    ok(body)
}

fn channels(call: &mut Call<'_>) -> Answer {
    let id = call.own_server()?;
    let found = call.world.server(id).ok_or_else(ApiError::unknown_guild)?;
    let listed = found.channels.iter().filter_map(|channel| call.world.channel(*channel));
    ok(listed.map(|channel| wire::channel::channel(&call.world, channel)).collect())
}

fn make_channel(call: &mut Call<'_>) -> Answer {
    let id = call.own_server()?;
    if !call.world.permissions_at_large(id, call.world.bot_id()).contains(Permissions::MANAGE_CHANNELS) {
        return Err(ApiError::missing_permissions());
    }
    let root = super::super::rules::error::Path::ROOT;
    let name = call
        .body
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| (1..=100).contains(&name.chars().count()))
        .ok_or_else(|| {
            ApiError::form(&root.key("name"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        })?
        .to_owned();
    let kind = match call.body.get("type").and_then(Value::as_u64) {
        None | Some(0) => kind::TEXT,
        Some(2) => kind::VOICE,
        Some(4) => kind::CATEGORY,
        Some(5) => kind::NEWS,
        Some(15) => kind::FORUM,
        Some(_) => return Err(ApiError::wrong_channel_type()),
    };
    let parent = call.body.get("parent_id").and_then(|id| serde_json::from_value(id.clone()).ok());
    let made = call.world.make_channel(id, &name, kind, parent);
    let found = call.world.channel(made).ok_or_else(ApiError::unknown_channel)?;
    Ok(Reply::Json(201, wire::channel::channel(&call.world, found)))
}

fn members(call: &mut Call<'_>) -> Answer {
    use super::super::gateway::event::intent;
    let id = call.own_server()?;
    if call.world.data.application.privileged_intents & intent::GUILD_MEMBERS == 0 {
        return Err(ApiError::missing_access());
    }
    let limit = call.query_number("limit", 1..=1000, 1)? as usize;
    let after: UserId = call.query_id("after")?.unwrap_or_default();
    let found = call.world.server(id).ok_or_else(ApiError::unknown_guild)?;
    let page = found.members.values().filter(|member| member.user > after).take(limit);
    ok(page.map(|member| wire::server::member(&call.world, member)).collect())
}

fn member(call: &mut Call<'_>) -> Answer {
    let id = call.own_server()?;
    let user: UserId = call.id("user_id")?;
    call.world.user(user).ok_or_else(ApiError::unknown_user)?;
    ok(wire::server::member_by_id(&call.world, id, user).ok_or_else(ApiError::unknown_member)?)
}

fn roles(call: &mut Call<'_>) -> Answer {
    let id = call.own_server()?;
    let found = call.world.server(id).ok_or_else(ApiError::unknown_guild)?;
    ok(found.roles.values().map(wire::server::role).collect())
}

fn role(call: &mut Call<'_>) -> Answer {
    let id = call.own_server()?;
    let role: RoleId = call.id("role_id")?;
    let found = call.world.server(id).and_then(|server| server.roles.get(&role));
    ok(wire::server::role(found.ok_or_else(ApiError::unknown_role)?))
}

fn give_role(call: &mut Call<'_>) -> Answer {
    set_role(call, true)
}

fn take_role(call: &mut Call<'_>) -> Answer {
    set_role(call, false)
}

fn set_role(call: &mut Call<'_>, has: bool) -> Answer {
    let id = call.own_server()?;
    let (user, role): (UserId, RoleId) = (call.id("user_id")?, call.id("role_id")?);
    let bot = call.world.bot_id();
    if !call.world.permissions_at_large(id, bot).contains(Permissions::MANAGE_ROLES) {
        return Err(ApiError::missing_permissions());
    }
    call.world.member(id, user).ok_or_else(ApiError::unknown_member)?;
    let server = call.world.server(id).ok_or_else(ApiError::unknown_guild)?;
    let wanted = server.roles.get(&role).ok_or_else(ApiError::unknown_role)?;
    let highest = |user: UserId| {
        let held = server.members.get(&user).map(|member| &member.roles);
        held.into_iter()
            .flatten()
            .filter_map(|role| server.roles.get(role))
            .map(|role| role.position)
            .max()
            .unwrap_or(0)
    };
    // Nobody hands out roles as high as their own highest.
    if server.owner != bot && wanted.position >= highest(bot) {
        return Err(ApiError::missing_permissions());
    }
    call.world.set_member_role(id, user, role, has);
    Ok(Reply::Nothing)
}
