//! Where the gateway is.

use serde_json::json;

use super::call::Call;
use super::route::{Answer, Method, Route, bot, by_path, ok};

pub(super) const ROUTES: &[Route] =
    &[by_path(Method::Get, "/gateway", gateway), bot(Method::Get, "/gateway/bot", gateway_bot)];

/// How many servers Discord wants on one shard.
const SERVERS_PER_SHARD: usize = 1_000;

fn gateway(call: &mut Call<'_>) -> Answer {
    ok(json!({ "url": call.core.gateway_url }))
}

fn gateway_bot(call: &mut Call<'_>) -> Answer {
    let settings = &call.core.hub.settings;
    let (remaining, reset_after) = call.core.hub.starts_left(call.core.clock.now_ms());
    let bot = call.world.bot_id();
    let servers = call.world.data.servers.values().filter(|server| server.members.contains_key(&bot)).count();
    ok(json!({
        "url": call.core.gateway_url,
        "shards": servers.div_ceil(SERVERS_PER_SHARD).max(1),
        "session_start_limit": {
            "total": settings.identifies_per_day,
            "remaining": remaining,
            "reset_after": reset_after,
            "max_concurrency": settings.max_concurrency,
        },
    }))
}
