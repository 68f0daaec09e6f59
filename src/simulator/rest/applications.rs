//! The application and its user.

use serde_json::{Value, json};

use super::super::clock::iso;
use super::super::ids::{ServerId, UserId};
use super::super::rules::error::ApiError;
use super::super::wire;
use super::call::Call;
use super::route::{Answer, Method, Reply, Route, bot, ok};

pub(super) const ROUTES: &[Route] = &[
    bot(Method::Get, "/users/@me", me),
    bot(Method::Get, "/users/@me/guilds", my_servers),
    bot(Method::Delete, "/users/@me/guilds/{guild_id}", leave),
    bot(Method::Post, "/users/@me/channels", open_direct),
    bot(Method::Get, "/users/{user_id}", user),
    bot(Method::Get, "/applications/@me", application),
    bot(Method::Get, "/oauth2/applications/@me", application),
    bot(Method::Get, "/oauth2/@me", authorization),
];

fn me(call: &mut Call<'_>) -> Answer {
    ok(wire::user::current(&call.world))
}

fn user(call: &mut Call<'_>) -> Answer {
    let id: UserId = call.id("user_id")?;
    let found = call.world.user(id).ok_or_else(ApiError::unknown_user)?;
    ok(wire::user::user(found))
}

fn application(call: &mut Call<'_>) -> Answer {
    ok(wire::user::application(&call.world))
}

fn authorization(call: &mut Call<'_>) -> Answer {
    let expires = iso(call.core.clock.now_ms() + 7 * 86_400_000);
    ok(json!({
        "application": wire::user::application(&call.world),
        "expires": expires,
        "scopes": ["bot", "applications.commands"],
        "user": wire::user::current(&call.world),
    }))
}

fn my_servers(call: &mut Call<'_>) -> Answer {
    let limit = call.query_number("limit", 1..=200, 200)? as usize;
    let after: ServerId = call.query_id("after")?.unwrap_or_default();
    let before: Option<ServerId> = call.query_id("before")?;
    let bot = call.world.bot_id();
    let servers: Vec<Value> = call
        .world
        .data
        .servers
        .values()
        .filter(|server| server.members.contains_key(&bot))
        .filter(|server| server.id > after && before.is_none_or(|before| server.id < before))
        .take(limit)
        .map(|server| wire::server::mine(&call.world, server))
        .collect();
    ok(Value::Array(servers))
}

fn leave(call: &mut Call<'_>) -> Answer {
    let server = call.own_server()?;
    let bot = call.world.bot_id();
    call.world.leave(server, bot);
    Ok(Reply::Nothing)
}

fn open_direct(call: &mut Call<'_>) -> Answer {
    let recipient = call.body.get("recipient_id").cloned().unwrap_or(Value::Null);
    let user = serde_json::from_value::<UserId>(recipient)
        .ok()
        .filter(|user| call.world.user(*user).is_some())
        .ok_or_else(ApiError::unknown_user)?;
    let channel = call.world.direct_channel(user);
    let found = call.world.channel(channel).ok_or_else(ApiError::unknown_channel)?;
    ok(wire::channel::channel(&call.world, found))
}
