//! Registering commands: only when they differ from what Discord holds.
//!
//! Discord allows 200 new commands a day and server and shows a changed set at once, so nothing is written that is there
//! already. Commands are global; where an earlier version registered some in a server, people would see them twice, so a
//! server's own set is emptied by `tiebreaker register --clear-server ID`.
//! Source: Discord's page "Application Commands".

use serde_json::{Map, Value, json};

use super::rest::{Patience, Rest, RestError, calls};
use crate::domain::ids::{ApplicationId, ServerId};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// Discord held exactly these.
    Unchanged(usize),
    /// They were replaced; the names that were new, changed or dropped.
    Replaced(Vec<String>),
}

/// Makes Discord's global commands equal to `ours`.
///
/// # Errors
/// When Discord cannot be reached or refuses a definition.
pub async fn register(
    rest: &Rest,
    application: ApplicationId,
    ours: &[Value],
) -> Result<Registered, RestError> {
    make_equal(rest, application, None, ours).await
}

/// Takes away the commands that are registered in one server only.
///
/// # Errors
/// When Discord cannot be reached or does not know the server.
pub async fn clear_server(
    rest: &Rest,
    application: ApplicationId,
    server: ServerId,
) -> Result<Registered, RestError> {
    make_equal(rest, application, Some(server), &[]).await
}

async fn make_equal(
    rest: &Rest,
    application: ApplicationId,
    server: Option<ServerId>,
    ours: &[Value],
) -> Result<Registered, RestError> {
    let held = rest.call(calls::get_commands(application, server)).await?;
    let held = held.as_array().cloned().unwrap_or_default();
    let different = differences(ours, &held);
    if different.is_empty() {
        return Ok(Registered::Unchanged(ours.len()));
    }
    let call = calls::put_commands(application, server, Value::Array(ours.to_vec()));
    rest.call(call.patience(Patience::START)).await?;
    Ok(Registered::Replaced(different))
}

/// Names of the commands that are not the same on both sides.
#[must_use]
pub fn differences(ours: &[Value], held: &[Value]) -> Vec<String> {
    let canonical = |commands: &[Value]| -> Map<String, Value> {
        commands.iter().map(|command| (key(command), canonical_command(command))).collect()
    };
    let (ours, held) = (canonical(ours), canonical(held));
    let mut names: Vec<String> =
        ours.keys().chain(held.keys()).filter(|k| ours.get(*k) != held.get(*k)).cloned().collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn key(command: &Value) -> String {
    let name = command.get("name").and_then(Value::as_str).unwrap_or_default();
    match command.get("type").and_then(Value::as_u64).unwrap_or(1) {
        1 => format!("/{name}"),
        _ => name.to_owned(),
    }
}

/// A definition with every default written out, so that what Discord adds makes no difference.
fn canonical_command(command: &Value) -> Value {
    json!({
        "type": command.get("type").filter(|v| !v.is_null()).cloned().unwrap_or(json!(1)),
        "description": text(command, "description"),
        "name_localizations": localizations(command, "name_localizations"),
        "description_localizations": localizations(command, "description_localizations"),
        "default_member_permissions": permissions(command),
        "nsfw": flag(command, "nsfw"),
        "contexts": numbers(command, "contexts", &[]),
        "integration_types": numbers(command, "integration_types", &[0]),
        "options": options(command),
    })
}

fn options(value: &Value) -> Value {
    let given = value.get("options").and_then(Value::as_array).into_iter().flatten();
    Value::Array(
        given
            .map(|option| {
                json!({
                    "type": option.get("type"),
                    "name": text(option, "name"),
                    "description": text(option, "description"),
                    "name_localizations": localizations(option, "name_localizations"),
                    "description_localizations": localizations(option, "description_localizations"),
                    "required": flag(option, "required"),
                    "autocomplete": flag(option, "autocomplete"),
                    "choices": choices(option),
                    "channel_types": numbers(option, "channel_types", &[]),
                    "min_value": option.get("min_value").and_then(Value::as_f64),
                    "max_value": option.get("max_value").and_then(Value::as_f64),
                    "min_length": option.get("min_length").and_then(Value::as_u64),
                    "max_length": option.get("max_length").and_then(Value::as_u64),
                    "options": options(option),
                })
            })
            .collect(),
    )
}

fn choices(option: &Value) -> Value {
    let choices = option.get("choices").and_then(Value::as_array).into_iter().flatten();
    choices
        .map(|choice| {
            json!({
                "name": text(choice, "name"),
                "value": choice.get("value"),
                "name_localizations": localizations(choice, "name_localizations"),
            })
        })
        .collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn localizations(value: &Value, key: &str) -> Value {
    value.get(key).filter(|v| v.is_object()).cloned().unwrap_or_else(|| json!({}))
}

/// Discord sends a string of digits; its own description also allows a number.
fn permissions(command: &Value) -> Option<String> {
    match command.get("default_member_permissions")? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn numbers(value: &Value, key: &str, default: &[u64]) -> Vec<u64> {
    let given: Option<Vec<u64>> =
        value.get(key).and_then(Value::as_array).map(|list| list.iter().filter_map(Value::as_u64).collect());
    let mut numbers = given.unwrap_or_else(|| default.to_vec());
    numbers.sort_unstable();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Value {
        json!({"name": "compare", "description": "d", "options": [
            {"type": 3, "name": "a", "description": "x", "required": true, "autocomplete": true, "max_length": 100}
        ]})
    }

    #[test]
    fn what_discord_adds_is_no_difference() {
        let held = json!({
            "id": "1", "application_id": "2", "version": "3", "type": 1, "name": "compare", "description": "d",
            "name_localizations": null, "default_member_permissions": null, "dm_permission": true, "nsfw": false,
            "contexts": null, "integration_types": [0],
            "options": [{"type": 3, "name": "a", "description": "x", "name_localizations": null, "required": true,
                         "autocomplete": true, "max_length": 100}]
        });
        assert_eq!(differences(&[ours()], &[held]), Vec::<String>::new());
    }

    #[test]
    fn what_differs_is_named() {
        let mut changed = ours();
        changed["options"][0]["max_length"] = json!(99);
        let menu = json!({"name": "compare", "type": 3});
        assert_eq!(differences(&[ours()], &[changed]), ["/compare"]);
        assert_eq!(differences(&[ours()], &[ours(), menu]), ["compare"]);
        assert_eq!(differences(&[], &[ours()]), ["/compare"]);
        let mut restricted = ours();
        restricted["default_member_permissions"] = json!("32");
        assert_eq!(differences(&[ours()], &[restricted]), ["/compare"]);
    }
}
