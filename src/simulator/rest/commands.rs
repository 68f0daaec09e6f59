//! The application's commands, for everywhere and per server.

use serde_json::{Value, json};

use super::super::change::Change;
use super::super::ids::{CommandId, ServerId};
use super::super::rules::command::{self as rule, Scope};
use super::super::rules::error::{ApiError, Path};
use super::super::state::Command;
use super::call::Call;
use super::route::{Answer, Method, Reply, Route, bot, ok};

pub(super) const ROUTES: &[Route] = &[
    bot(Method::Get, "/applications/{application_id}/commands", list),
    bot(Method::Post, "/applications/{application_id}/commands", create),
    bot(Method::Put, "/applications/{application_id}/commands", overwrite),
    bot(Method::Get, "/applications/{application_id}/commands/{command_id}", get),
    bot(Method::Patch, "/applications/{application_id}/commands/{command_id}", edit),
    bot(Method::Delete, "/applications/{application_id}/commands/{command_id}", delete),
    bot(Method::Get, "/applications/{application_id}/guilds/{guild_id}/commands", list),
    bot(Method::Post, "/applications/{application_id}/guilds/{guild_id}/commands", create),
    bot(Method::Put, "/applications/{application_id}/guilds/{guild_id}/commands", overwrite),
    bot(Method::Get, "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", get),
    bot(Method::Patch, "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", edit),
    bot(Method::Delete, "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", delete),
];

/// The scope of the path: a server the application is in, or everywhere.
fn scope(call: &Call<'_>) -> Result<Option<ServerId>, ApiError> {
    call.own_application()?;
    if call.param("guild_id").is_empty() { Ok(None) } else { call.own_server().map(Some) }
}

/// A command as the API returns it.
fn body(call: &Call<'_>, command: &Command, localised: bool) -> Value {
    let mut body = command.definition.clone();
    body["id"] = json!(command.id);
    body["application_id"] = json!(call.world.bot_id());
    body["version"] = json!(command.version.to_string());
    if let Some(server) = command.server {
        body["guild_id"] = json!(server);
    }
    if !localised && let Some(members) = body.as_object_mut() {
        members.remove("name_localizations");
        members.remove("description_localizations");
    }
    body
}

fn list(call: &mut Call<'_>) -> Answer {
    let scope = scope(call)?;
    let localised = call.query_flag("with_localizations");
    ok(call.world.commands_of(scope).map(|command| body(call, command, localised)).collect())
}

fn known(call: &Call<'_>) -> Result<Command, ApiError> {
    let scope = scope(call)?;
    let id: CommandId = call.id("command_id")?;
    let found = call.world.data.commands.get(&id).filter(|command| command.server == scope);
    found.cloned().ok_or_else(ApiError::unknown_application_command)
}

fn get(call: &mut Call<'_>) -> Answer {
    let command = known(call)?;
    ok(body(call, &command, true))
}

fn create(call: &mut Call<'_>) -> Answer {
    let scope = scope(call)?;
    let definition = rule::check(&call.body, rule_scope(scope))?;
    let (kind, name) = key(&definition);
    if call.world.find_command(scope, kind, &name).is_none() {
        let existing: Vec<Value> =
            call.world.commands_of(scope).map(|command| command.definition.clone()).collect();
        rule::check_room(&existing, i64::from(kind))?;
        if let Some(refused) = count_creates(call, scope, 1) {
            return Ok(refused);
        }
    }
    let (id, is_new) = call.world.put_command(scope, kind, &name, definition);
    let command = &call.world.data.commands[&id];
    Ok(Reply::Json(if is_new { 201 } else { 200 }, body(call, command, true)))
}

fn overwrite(call: &mut Call<'_>) -> Answer {
    let scope = scope(call)?;
    let definitions = rule::check_list(&call.body, rule_scope(scope))?;
    let kept: Vec<(u8, String)> = definitions.iter().map(key).collect();
    let new =
        kept.iter().filter(|(kind, name)| call.world.find_command(scope, *kind, name).is_none()).count();
    if let Some(refused) = count_creates(call, scope, new) {
        return Ok(refused);
    }
    call.world.data.commands.retain(|_, command| {
        command.server != scope
            || kept.iter().any(|(kind, name)| *kind == command.kind && *name == command.name)
    });
    call.world.changes.tell(Change::Commands);
    let mut ids = Vec::new();
    for definition in definitions {
        let (kind, name) = key(&definition);
        // What did not change keeps its version.
        let same = call.world.find_command(scope, kind, &name).filter(|known| known.definition == definition);
        match same.map(|known| known.id) {
            Some(id) => ids.push(id),
            None => ids.push(call.world.put_command(scope, kind, &name, definition).0),
        }
    }
    ok(ids.iter().map(|id| body(call, &call.world.data.commands[id], true)).collect())
}

fn edit(call: &mut Call<'_>) -> Answer {
    let command = known(call)?;
    let definition = rule::check_patch(&call.body, &command.definition, rule_scope(command.server))?;
    let (kind, name) = key(&definition);
    if call.world.find_command(command.server, kind, &name).is_some_and(|other| other.id != command.id) {
        let root = Path::ROOT;
        let message = "Application command names must be unique";
        return Err(ApiError::form(&root.key("name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message));
    }
    let version = call.world.next_id();
    let changed = Command { kind, name, definition, version, ..command };
    let answer = body(call, &changed, true);
    call.world.data.commands.insert(changed.id, changed);
    call.world.changes.tell(Change::Commands);
    ok(answer)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let command = known(call)?;
    call.world.data.commands.remove(&command.id);
    call.world.changes.tell(Change::Commands);
    Ok(Reply::Nothing)
}

/// Counts new commands against the two hundred of a day; the refusal if they do not fit.
fn count_creates(call: &Call<'_>, scope: Option<ServerId>, count: usize) -> Option<Reply> {
    if count == 0 {
        return None;
    }
    let token = &call.world.data.application.token;
    let mut limits = call.core.limits.lock();
    let counted = limits.check_creates(token, scope.map(|server| server.0), count, call.core.clock.now_ms());
    counted.err().map(Reply::Refused)
}

fn rule_scope(scope: Option<ServerId>) -> Scope {
    if scope.is_some() { Scope::Guild } else { Scope::Global }
}

fn key(definition: &Value) -> (u8, String) {
    let kind = definition.get("type").and_then(Value::as_u64).unwrap_or(1) as u8;
    (kind, definition.get("name").and_then(Value::as_str).unwrap_or("").to_owned())
}
