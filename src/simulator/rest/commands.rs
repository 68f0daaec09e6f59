//! The application's commands, for everywhere and per server.

use serde_json::{Value, json};

use super::super::ids::{CommandId, ServerId};
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
    let localised = call.query("with_localizations") == Some("true");
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
    let definition = checked(&call.body)?;
    let (kind, name) = key(&definition);
    let (id, is_new) = call.world.put_command(scope, kind, &name, definition);
    let command = &call.world.data.commands[&id];
    Ok(Reply::Json(if is_new { 201 } else { 200 }, body(call, command, true)))
}

fn overwrite(call: &mut Call<'_>) -> Answer {
    let scope = scope(call)?;
    let Some(wanted) = call.body.as_array() else {
        return Err(ApiError::form(
            &Path::ROOT,
            "LIST_TYPE_CONVERT",
            "Only iterables may be used in a ListType",
        ));
    };
    let definitions = wanted.iter().map(checked).collect::<Result<Vec<_>, _>>()?;
    let kept: Vec<(u8, String)> = definitions.iter().map(key).collect();
    call.world.data.commands.retain(|_, command| {
        command.server != scope
            || kept.iter().any(|(kind, name)| *kind == command.kind && *name == command.name)
    });
    let mut ids = Vec::new();
    for definition in definitions {
        let (kind, name) = key(&definition);
        ids.push(call.world.put_command(scope, kind, &name, definition).0);
    }
    ok(ids.iter().map(|id| body(call, &call.world.data.commands[id], true)).collect())
}

fn edit(call: &mut Call<'_>) -> Answer {
    let command = known(call)?;
    let mut definition = command.definition.clone();
    if let (Some(into), Some(from)) = (definition.as_object_mut(), call.body.as_object()) {
        into.extend(from.clone());
    }
    let definition = checked(&definition)?;
    let (kind, name) = key(&definition);
    call.world.data.commands.remove(&command.id);
    let version = call.world.next_id();
    let changed = Command { kind, name, definition, version, ..command };
    let answer = body(call, &changed, true);
    call.world.data.commands.insert(changed.id, changed);
    call.world.changes.tell(super::super::change::Change::Commands);
    ok(answer)
}

fn delete(call: &mut Call<'_>) -> Answer {
    let command = known(call)?;
    call.world.data.commands.remove(&command.id);
    call.world.changes.tell(super::super::change::Change::Commands);
    Ok(Reply::Nothing)
}

/// Checks a definition and fills in what it left out.
fn checked(given: &Value) -> Result<Value, ApiError> {
    let root = Path::ROOT;
    let Some(members) = given.as_object() else {
        return Err(ApiError::form(
            &root,
            "DICT_TYPE_CONVERT",
            "Only dictionaries may be used in a DictType",
        ));
    };
    if members.get("name").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(ApiError::form(&root.key("name"), "BASE_TYPE_REQUIRED", "This field is required"));
    }
    let mut definition = json!({
        "type": 1, "description": "", "default_member_permissions": null, "nsfw": false, "dm_permission": true,
        "contexts": null, "integration_types": [0], "name_localizations": null, "description_localizations": null,
    });
    if let Some(into) = definition.as_object_mut() {
        into.extend(members.clone().into_iter().filter(|(_, value)| !value.is_null()));
    }
    Ok(definition)
}

fn key(definition: &Value) -> (u8, String) {
    let kind = definition.get("type").and_then(Value::as_u64).unwrap_or(1) as u8;
    (kind, definition.get("name").and_then(Value::as_str).unwrap_or("").to_owned())
}
