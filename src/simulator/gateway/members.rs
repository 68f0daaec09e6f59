//! Opcode 8: a client asks for members, and gets them in chunks.

use serde_json::{Value, json};

use super::super::core::Core;
use super::super::ids::{ServerId, UserId};
use super::super::state::Member;
use super::super::wire;
use super::event::{Dispatch, intent};
use super::session::Session;

/// How many members a chunk holds.
const CHUNK: usize = 1_000;
/// How many members can be asked for by number.
const BY_ID: usize = 100;

/// Answers a request for members. Requests that are not allowed get no answer, as on Discord.
pub fn answer(core: &Core, session: &Session, data: &Value) {
    let world = core.world();
    let Some(server) = data
        .get("guild_id")
        .and_then(|id| serde_json::from_value::<ServerId>(id.clone()).ok())
        .filter(|server| session.owns(Some(*server)))
        .and_then(|server| world.server(server))
        .filter(|server| server.members.contains_key(&world.bot_id()))
    else {
        return;
    };
    let limit = data.get("limit").and_then(Value::as_u64).unwrap_or(0) as usize;
    let query = data.get("query").and_then(Value::as_str);
    let ids: Option<Vec<UserId>> = data.get("user_ids").map(|ids| match ids {
        Value::Array(ids) => {
            ids.iter().filter_map(|id| serde_json::from_value(id.clone()).ok()).take(BY_ID).collect()
        }
        one => serde_json::from_value(one.clone()).into_iter().collect(),
    });
    let everybody = ids.is_none() && limit == 0;
    if everybody && session.intents & intent::GUILD_MEMBERS == 0 {
        return;
    }
    let begins = |member: &&Member| {
        let prefix = query.unwrap_or("").to_lowercase();
        let name = world.user(member.user).map(|user| user.name.to_lowercase()).unwrap_or_default();
        name.starts_with(&prefix)
            || member.nick.as_ref().is_some_and(|nick| nick.to_lowercase().starts_with(&prefix))
    };
    let (found, missing): (Vec<&Member>, Vec<UserId>) = match &ids {
        Some(ids) => (
            ids.iter().filter_map(|id| server.members.get(id)).collect(),
            ids.iter().filter(|id| !server.members.contains_key(id)).copied().collect(),
        ),
        None => {
            let most = if limit == 0 { usize::MAX } else { limit.min(100) };
            (server.members.values().filter(begins).take(most).collect(), Vec::new())
        }
    };
    let chunks: Vec<&[&Member]> = if found.is_empty() { vec![&[]] } else { found.chunks(CHUNK).collect() };
    for (index, chunk) in chunks.iter().enumerate() {
        let mut body = json!({
            "guild_id": server.id,
            "members": chunk.iter().map(|member| wire::server::member(&world, member)).collect::<Vec<_>>(),
            "chunk_index": index,
            "chunk_count": chunks.len(),
        });
        if !missing.is_empty() {
            body["not_found"] = json!(missing);
        }
        if let Some(nonce) = data.get("nonce").filter(|nonce| nonce.is_string()) {
            body["nonce"] = nonce.clone();
        }
        session.push(&Dispatch::new("GUILD_MEMBERS_CHUNK", &body), false);
    }
}
