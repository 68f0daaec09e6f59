//! What an IDENTIFY or RESUME must look like, and the READY that answers.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::super::core::Core;
use super::super::gateway::event::{Dispatch, intent};
use super::super::ids::ServerId;
use super::super::state::World;
use super::super::wire;
use super::hub::IdentifyLeave;
use super::session::{Out, Refusal, Session};

/// A shard may not hold more servers than this.
const SERVERS_PER_SHARD: usize = 2_500;

/// How the gateway answers an IDENTIFY or RESUME.
pub enum Verdict {
    /// The session carries on with this connection.
    Session {
        /// The session.
        session: Arc<Session>,
        /// Whether the client asked for compressed payloads.
        compress: bool,
        /// Events to send first.
        replay: Vec<(u64, Arc<Dispatch>)>,
    },
    /// Close with this code.
    Close(u16, &'static str),
    /// Opcode 9: identify anew.
    Invalid,
}

/// Checks an IDENTIFY and begins a session.
pub fn identify(core: &Core, data: &Value, connection: u64, out: mpsc::UnboundedSender<Out>) -> Verdict {
    let mut world = core.world();
    let Some(token) = data.get("token").and_then(Value::as_str) else {
        return Verdict::Close(4002, "Error while decoding payload.");
    };
    if !is_token(&world, token) {
        return Verdict::Close(4004, "Authentication failed.");
    }
    if data.get("properties").is_none_or(|properties| !properties.is_object()) {
        return Verdict::Close(4002, "Error while decoding payload.");
    }
    let Some(intents) = data.get("intents").and_then(Value::as_u64).filter(|bits| bits & !intent::KNOWN == 0)
    else {
        return Verdict::Close(4013, "Invalid intent(s).");
    };
    if intents & intent::PRIVILEGED & !world.data.application.privileged_intents != 0 {
        return Verdict::Close(4014, "Disallowed intent(s).");
    }
    let Some(shard) = shard_of(data.get("shard")) else {
        return Verdict::Close(4010, "Invalid shard.");
    };
    let bot = world.bot_id();
    let servers: Vec<ServerId> = world
        .data
        .servers
        .values()
        .filter(|server| server.members.contains_key(&bot) && server.id.shard(shard.1) == shard.0)
        .map(|server| server.id)
        .collect();
    if servers.len() > SERVERS_PER_SHARD {
        return Verdict::Close(4011, "Sharding required.");
    }
    let now = core.clock.now_ms();
    match core.hub.identify_leave(shard.0, now) {
        IdentifyLeave::Granted => {}
        IdentifyLeave::TooSoon => return Verdict::Invalid,
        IdentifyLeave::UsedUp => {
            // Documented: every session ends and the token is replaced. Its owner gets the new one by mail.
            world.data.application.token = format!("reset-{}", world.next_id());
            core.hub.end(None);
            core.hub.say(None, || Out::Close(4004, "Authentication failed."));
            tracing::warn!("the session starts of the day are used up: the token was reset");
            return Verdict::Close(4004, "Authentication failed.");
        }
    }
    let id = format!("{:032x}", u128::from(world.next_id()) << 48 | u128::from(connection));
    let session = Arc::new(Session::new(id, shard, intents, connection, out));
    // Under the world's lock nothing can happen between this picture of the servers and the first event.
    session.push(&Dispatch::new("READY", &ready(core, &world, &session, &servers)), false);
    if intents & intent::GUILDS != 0 {
        for body in servers.iter().filter_map(|server| wire::server::create(&world, *server)) {
            session.push(&Dispatch::new("GUILD_CREATE", &body), false);
        }
    }
    core.hub.add(Arc::clone(&session), now);
    let compress = data.get("compress").and_then(Value::as_bool).unwrap_or(false);
    Verdict::Session { session, compress, replay: Vec::new() }
}

/// Checks a RESUME and hands the session over to this connection.
pub fn resume(core: &Core, data: &Value, connection: u64, out: mpsc::UnboundedSender<Out>) -> Verdict {
    // Under the world's lock: no event may slip between the replay and what follows it.
    let world = core.world();
    let (Some(token), Some(id), Some(seen)) = (
        data.get("token").and_then(Value::as_str),
        data.get("session_id").and_then(Value::as_str),
        data.get("seq").and_then(Value::as_u64),
    ) else {
        return Verdict::Close(4002, "Error while decoding payload.");
    };
    if !is_token(&world, token) {
        return Verdict::Close(4004, "Authentication failed.");
    }
    if core.hub.take_resume_refusal() {
        if let Some(session) = core.hub.find(id) {
            session.end();
        }
        return Verdict::Invalid;
    }
    let Some(session) = core.hub.find(id) else { return Verdict::Invalid };
    let window = core.hub.settings.resume_window_ms;
    match session.resume(seen, connection, out, window, core.clock.now_ms()) {
        Ok(replay) => {
            // Queued now, so that it comes after the replay and before whatever happens next.
            session.push(&Dispatch::new("RESUMED", &json!({ "_trace": ["simulator"] })), false);
            Verdict::Session { session, compress: false, replay }
        }
        Err(Refusal::BadSequence) => Verdict::Close(4007, "Invalid seq."),
        Err(Refusal::Ended) => Verdict::Invalid,
    }
}

fn is_token(world: &World, given: &str) -> bool {
    given.strip_prefix("Bot ").unwrap_or(given) == world.data.application.token
}

/// Reads `[shard, shards]`; nothing said means the only one.
fn shard_of(value: Option<&Value>) -> Option<(u32, u32)> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Some((0, 1)) };
    let pair: [u32; 2] = serde_json::from_value(value.clone()).ok()?;
    (pair[0] < pair[1]).then_some((pair[0], pair[1]))
}

fn ready(core: &Core, world: &World, session: &Session, servers: &[ServerId]) -> Value {
    let application = &world.data.application;
    json!({
        "v": 10,
        "user": wire::user::current(world),
        "guilds": servers.iter().map(|id| json!({ "id": id, "unavailable": true })).collect::<Vec<_>>(),
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": core.gateway_url,
        "shard": [session.shard.0, session.shard.1],
        "application": {
            "id": application.bot,
            "flags": wire::user::application_flags(application.privileged_intents),
        },
        "user_settings": {},
        "relationships": [],
        "private_channels": [],
        "presences": [],
        "guild_join_requests": [],
        "geo_ordered_rtc_regions": [],
        "auth": {},
        "_trace": ["simulator"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_below_the_number_of_shards() {
        assert_eq!(shard_of(None), Some((0, 1)));
        assert_eq!(shard_of(Some(&json!([3, 4]))), Some((3, 4)));
        for bad in [json!([4, 4]), json!([0, 0]), json!([1]), json!("0"), json!([-1, 2]), json!([0.5, 2])] {
            assert_eq!(shard_of(Some(&bad)), None, "{bad}");
        }
    }
}
