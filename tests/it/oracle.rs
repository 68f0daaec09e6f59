//! A second opinion on what a bot sends: `twilight-validate`, an independent implementation of Discord's limits.
//!
//! It knows what the OpenAPI description cannot say: the sum over all embeds, the shape of names, the length of
//! values of choices. Bodies are written as Discord's JSON and read as twilight's types, so a body that twilight
//! cannot read is a complaint too.

use serde_json::{Value, json};
use tiebreaker::simulator::Exchange;
use twilight_model::application::command::{Command, CommandOptionChoice};
use twilight_model::channel::message::{Component, Embed};
use twilight_validate::{command, message};

/// Every complaint about a request that the simulator let through.
pub(crate) fn judge(exchange: &Exchange) -> Vec<String> {
    if exchange.status == 0 || exchange.status >= 400 || exchange.request.is_null() {
        return Vec::new();
    }
    let path = exchange.path.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let body = &exchange.request;
    let complaints = match (exchange.method.as_str(), segments.as_slice()) {
        ("POST", ["channels", _, "messages"]) | ("PATCH", ["channels", _, "messages", _]) => {
            judge_message(body)
        }
        ("POST", ["webhooks", _, _]) | ("PATCH", ["webhooks", _, _, "messages", _]) => judge_message(body),
        ("POST", ["interactions", _, _, "callback"]) => judge_callback(body),
        ("PUT" | "POST", ["applications", _, .., "commands"]) => {
            let list = body.as_array().map_or(std::slice::from_ref(body), Vec::as_slice);
            list.iter().flat_map(judge_command).collect()
        }
        _ => Vec::new(),
    };
    complaints
        .into_iter()
        .map(|complaint| format!("{} {path}: twilight: {complaint}", exchange.method))
        .collect()
}

fn judge_callback(body: &Value) -> Vec<String> {
    let data = &body["data"];
    match body["type"].as_i64() {
        Some(4 | 7) => judge_message(data),
        Some(8) => judge_choices(data),
        // Twilight counts labels among the newer components.
        Some(9) => {
            let labelled = data["components"].as_array().into_iter().flatten().any(|part| part["type"] == 18);
            judge_components(data, labelled)
        }
        _ => Vec::new(),
    }
}

fn judge_message(body: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    if let Some(content) = body["content"].as_str() {
        complaints.extend(message::content(content).err().map(|error| error.to_string()));
    }
    let embeds: Vec<Value> = body["embeds"].as_array().into_iter().flatten().map(as_received).collect();
    match serde_json::from_value::<Vec<Embed>>(Value::Array(embeds)) {
        Ok(embeds) => complaints.extend(message::embeds(&embeds).err().map(|error| error.to_string())),
        Err(error) => complaints.push(format!("cannot read the embeds: {error}")),
    }
    let v2 = body["flags"].as_u64().unwrap_or(0) & (1 << 15) != 0;
    complaints.extend(judge_components(body, v2));
    complaints
}

fn judge_components(body: &Value, v2: bool) -> Vec<String> {
    let components = if body["components"].is_null() { json!([]) } else { body["components"].clone() };
    match serde_json::from_value::<Vec<Component>>(components) {
        Ok(components) => {
            message::components(&components, v2).err().map(|error| error.to_string()).into_iter().collect()
        }
        Err(error) => vec![format!("cannot read the components: {error}")],
    }
}

fn judge_choices(data: &Value) -> Vec<String> {
    let choices = data["choices"].as_array().cloned().unwrap_or_default();
    let mut complaints = Vec::new();
    if choices.len() > command::CHOICES_LIMIT {
        complaints.push(format!("{} choices", choices.len()));
    }
    for choice in choices {
        match serde_json::from_value::<CommandOptionChoice>(choice) {
            Ok(choice) => complaints.extend(command::choice(&choice).err().map(|error| error.to_string())),
            Err(error) => complaints.push(format!("cannot read a choice: {error}")),
        }
    }
    complaints
}

fn judge_command(body: &Value) -> Vec<String> {
    let mut received = body.clone();
    let Some(members) = received.as_object_mut() else { return vec!["a command is no object".into()] };
    // What Discord adds to a definition.
    for (key, value) in [("type", json!(1)), ("version", json!("1")), ("description", json!(""))] {
        members.entry(key).or_insert(value);
    }
    if members.get("default_member_permissions").is_none_or(Value::is_null) {
        members.insert("default_member_permissions".into(), Value::Null);
    }
    let definition = match serde_json::from_value::<Command>(received) {
        Ok(definition) => definition,
        Err(error) => return vec![format!("cannot read the command {}: {error}", body["name"])],
    };
    let name = definition.name.clone();
    let mut complaints = Vec::new();
    complaints.extend(command::command(&definition).err().map(|error| format!("{name}: {error}")));
    complaints.extend(command::options(&definition.options).err().map(|error| format!("{name}: {error}")));
    for choice in definition.options.iter().flat_map(|option| option.choices.iter().flatten()) {
        complaints.extend(command::choice(choice).err().map(|error| format!("{name}: {error}")));
    }
    complaints
}

/// An embed as Discord would give it back: no member is null, and those that a sender may leave out are there.
fn as_received(embed: &Value) -> Value {
    let mut embed = embed.clone();
    if let Some(members) = embed.as_object_mut() {
        members.retain(|_, value| !value.is_null());
        members.entry("type").or_insert(json!("rich"));
        // Twilight reads times in the form in which Discord writes them only; the description judges them.
        members.remove("timestamp");
    }
    for field in embed.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
        if field.get("inline").is_none_or(Value::is_null) {
            field["inline"] = json!(false);
        }
    }
    embed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oracle_tells_right_from_wrong() {
        let embed =
            |n: usize| json!({ "description": "x".repeat(n), "fields": [{ "name": "n", "value": "v" }] });
        assert_eq!(
            judge_message(&json!({ "content": "a", "embeds": [embed(2990), embed(2990)] })),
            Vec::<String>::new()
        );
        assert_eq!(judge_message(&json!({ "embeds": [embed(3000), embed(3000)] })).len(), 1);
        assert_eq!(judge_message(&json!({ "content": "x".repeat(2001) })).len(), 1);
        let row = |id: usize| json!([{ "type": 1, "components": [{ "type": 2, "style": 1, "label": "l", "custom_id": "x".repeat(id) }] }]);
        assert_eq!(judge_message(&json!({ "components": row(100) })), Vec::<String>::new());
        assert_eq!(judge_message(&json!({ "components": row(101) })).len(), 1);
        assert_eq!(
            judge_callback(
                &json!({ "type": 8, "data": { "choices": [{ "name": "n", "value": "x".repeat(101) }] } })
            )
            .len(),
            1
        );
        assert_eq!(judge_command(&json!({ "name": "compare", "description": "d" })), Vec::<String>::new());
        assert_eq!(judge_command(&json!({ "name": "Compare", "description": "d" })).len(), 1);
    }
}
