//! What a member may submit to a command: the `options` of an interaction.
//!
//! A client lets a member only send what fits the command's definition; the simulated member is held to the
//! same, so that a test cannot send what no person could.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::callback::MAX_INTEGER;
use super::command::{MAX_STRING, option_kind};
use super::component::Refusal;
use super::field::whole;
use super::snowflake::Snowflake;

/// What a member has typed into one option.
pub type Typed = (String, Value);

/// Builds the `options` of a command that is sent.
///
/// `path` names the sub-command (group first), empty for a plain command. Every required option must be there,
/// each once, with a value of the right kind within the definition's bounds; a list of choices is the only
/// source of values, completions are not. Whether members, roles, channels and files exist is the caller's to
/// know: for those, `value` is the id.
pub fn submit(command: &Value, path: &[&str], typed: &[Typed]) -> Result<Vec<Value>, Refusal> {
    let defined = defined(command, path)?;
    let mut filled = Vec::with_capacity(typed.len());
    let mut seen = HashSet::new();
    for (name, value) in typed {
        let option = find(defined, name)?;
        if !seen.insert(name.as_str()) {
            return Err(Refusal(format!("the option {name:?} was given twice")));
        }
        let value =
            check_value(option, value).map_err(|why| Refusal(format!("the option {name:?} {why}")))?;
        filled.push(json!({ "name": name, "type": option["type"], "value": value }));
    }
    let missing = defined.iter().find(|option| {
        option["required"] == true && !seen.contains(option["name"].as_str().unwrap_or_default())
    });
    if let Some(option) = missing {
        return Err(Refusal(format!("the option {} must be given", option["name"])));
    }
    nest(command, path, filled)
}

/// Builds the `options` of a command that is still being typed: whatever is there so far, the text of the
/// option `focused` as it stands. That option must offer completions.
pub fn typing(command: &Value, path: &[&str], typed: &[Typed], focused: &str) -> Result<Vec<Value>, Refusal> {
    let defined = defined(command, path)?;
    let mut filled = Vec::with_capacity(typed.len());
    let mut found = false;
    for (name, value) in typed {
        let option = find(defined, name)?;
        let mut one = json!({ "name": name, "type": option["type"], "value": value });
        if name == focused {
            if option["autocomplete"] != true {
                return Err(Refusal(format!("the option {name:?} offers no completions")));
            }
            found = true;
            // Half a number is still a text.
            one["value"] = json!(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            one["focused"] = json!(true);
        }
        filled.push(one);
    }
    if !found {
        return Err(Refusal(format!("nothing was typed into {focused:?}")));
    }
    nest(command, path, filled)
}

/// The options that are defined at the end of the path.
fn defined<'v>(command: &'v Value, path: &[&str]) -> Result<&'v [Value], Refusal> {
    let mut at = command;
    for step in path {
        let inside = at["options"].as_array().map_or(&[][..], Vec::as_slice);
        at = find(inside, step)?;
        if !is_nested(at) {
            return Err(Refusal(format!("{step:?} is not a sub-command")));
        }
    }
    let options = at["options"].as_array().map_or(&[][..], Vec::as_slice);
    if at["type"] == option_kind::SUB_COMMAND_GROUP && !path.is_empty() || options.iter().any(is_nested) {
        return Err(Refusal("a sub-command must be chosen".into()));
    }
    Ok(options)
}

fn is_nested(option: &Value) -> bool {
    matches!(option["type"].as_i64(), Some(option_kind::SUB_COMMAND | option_kind::SUB_COMMAND_GROUP))
}

fn find<'v>(options: &'v [Value], name: &str) -> Result<&'v Value, Refusal> {
    options
        .iter()
        .find(|option| option["name"] == name)
        .ok_or_else(|| Refusal(format!("the command has no option {name:?}")))
}

/// Wraps the filled options into the sub-command and group that they belong to.
fn nest(command: &Value, path: &[&str], mut filled: Vec<Value>) -> Result<Vec<Value>, Refusal> {
    let mut kinds = Vec::with_capacity(path.len());
    let mut at = command;
    for step in path {
        at = find(at["options"].as_array().map_or(&[][..], Vec::as_slice), step)?;
        kinds.push(at["type"].clone());
    }
    for (step, kind) in path.iter().zip(kinds).rev() {
        filled = vec![json!({ "name": step, "type": kind, "options": filled })];
    }
    Ok(filled)
}

/// The value as it is sent, or why it cannot be.
fn check_value(option: &Value, value: &Value) -> Result<Value, String> {
    let kind = option["type"].as_i64().unwrap_or_default();
    let value = match kind {
        option_kind::STRING => {
            let text = value.as_str().ok_or("is a text")?;
            let length = text.chars().count();
            let bound = |key: &str, or: i64| usize::try_from(option[key].as_i64().unwrap_or(or)).unwrap_or(0);
            // An empty text is no value at all: the client leaves the option out.
            let (least, most) = (bound("min_length", 0).max(1), bound("max_length", MAX_STRING));
            if !(least..=most).contains(&length) {
                return Err(format!("takes {least} to {most} characters, not {length}"));
            }
            json!(text)
        }
        option_kind::INTEGER => {
            let number =
                whole(value).filter(|number| number.abs() <= MAX_INTEGER).ok_or("is a whole number")?;
            within(option, number as f64)?;
            json!(number)
        }
        option_kind::NUMBER => {
            let number = value
                .as_f64()
                .filter(|number| number.abs() <= 9_007_199_254_740_992.0)
                .ok_or("is a number")?;
            within(option, number)?;
            value.clone()
        }
        option_kind::BOOLEAN => json!(value.as_bool().ok_or("is true or false")?),
        option_kind::USER
        | option_kind::CHANNEL
        | option_kind::ROLE
        | option_kind::MENTIONABLE
        | option_kind::ATTACHMENT => json!(Snowflake::from_value(value).ok_or("is an id")?),
        _ => return Err("takes no value".into()),
    };
    match option["choices"].as_array() {
        Some(choices)
            if !choices.is_empty() && !choices.iter().any(|choice| same(&choice["value"], &value)) =>
        {
            Err(format!("does not offer {value}"))
        }
        _ => Ok(value),
    }
}

/// Whether two values are one: `5` and `5.0` are.
fn same(one: &Value, two: &Value) -> bool {
    one == two || one.as_f64().is_some_and(|number| Some(number) == two.as_f64())
}

fn within(option: &Value, number: f64) -> Result<(), String> {
    if option["min_value"].as_f64().is_some_and(|least| number < least) {
        return Err(format!("is at least {}", option["min_value"]));
    }
    if option["max_value"].as_f64().is_some_and(|most| number > most) {
        return Err(format!("is at most {}", option["max_value"]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::command::{Scope, check};
    use super::super::field::tests::any_json;
    use super::*;

    fn plain() -> Value {
        check(
            &json!({ "name": "compare", "description": "d", "options": [
                { "type": 3, "name": "a", "description": "d", "required": true, "autocomplete": true, "max_length": 5 },
                { "type": 4, "name": "n", "description": "d", "min_value": 1, "max_value": 3 },
                { "type": 3, "name": "pick", "description": "d", "choices": [{ "name": "One", "value": "1" }] },
                { "type": 5, "name": "flag", "description": "d" },
                { "type": 6, "name": "who", "description": "d" },
            ] }),
            Scope::Global,
        )
        .unwrap()
    }

    fn nested() -> Value {
        check(
            &json!({ "name": "privacy", "description": "d", "options": [
                { "type": 1, "name": "show", "description": "d" },
                { "type": 2, "name": "more", "description": "d", "options": [
                    { "type": 1, "name": "go", "description": "d", "options": [{ "type": 3, "name": "a", "description": "d" }] },
                ] },
            ] }),
            Scope::Global,
        )
        .unwrap()
    }

    fn typed(list: &[(&str, Value)]) -> Vec<Typed> {
        list.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn a_whole_command_is_sent() {
        let sent =
            submit(&plain(), &[], &typed(&[("a", json!("abc")), ("n", json!(2)), ("who", json!("77"))]))
                .unwrap();
        assert_eq!(
            Value::Array(sent),
            json!([
                { "name": "a", "type": 3, "value": "abc" },
                { "name": "n", "type": 4, "value": 2 },
                { "name": "who", "type": 6, "value": "77" },
            ])
        );
    }

    #[test]
    fn what_no_client_sends_is_refused() {
        let a = ("a", json!("abc"));
        let cases: &[&[(&str, Value)]] = &[
            &[],
            &[("a", json!("toolong"))],
            &[("a", json!(""))],
            &[("a", json!(5))],
            &[a.clone(), a.clone()],
            &[a.clone(), ("n", json!(0))],
            &[a.clone(), ("n", json!(4))],
            &[a.clone(), ("n", json!("two"))],
            &[a.clone(), ("pick", json!("2"))],
            &[a.clone(), ("flag", json!("true"))],
            &[a.clone(), ("who", json!("somebody"))],
            &[a.clone(), ("stranger", json!("x"))],
        ];
        for case in cases {
            assert!(submit(&plain(), &[], &typed(case)).is_err(), "{case:?}");
        }
        assert!(submit(&plain(), &[], &typed(&[a, ("pick", json!("1"))])).is_ok());
    }

    #[test]
    fn sub_commands_are_named_by_their_path() {
        assert_eq!(
            Value::Array(submit(&nested(), &["show"], &[]).unwrap()),
            json!([{ "name": "show", "type": 1, "options": [] }])
        );
        assert_eq!(
            Value::Array(submit(&nested(), &["more", "go"], &typed(&[("a", json!("x"))])).unwrap()),
            json!([{ "name": "more", "type": 2, "options": [
                { "name": "go", "type": 1, "options": [{ "name": "a", "type": 3, "value": "x" }] },
            ] }])
        );
        for path in [&[][..], &["more"], &["nothing"], &["show", "more"]] {
            assert!(submit(&nested(), path, &[]).is_err(), "{path:?}");
        }
    }

    #[test]
    fn typing_sends_what_is_there_so_far() {
        let sent = typing(&plain(), &[], &typed(&[("a", json!("ax"))]), "a").unwrap();
        assert_eq!(Value::Array(sent), json!([{ "name": "a", "type": 3, "value": "ax", "focused": true }]));
        assert!(typing(&plain(), &[], &typed(&[("n", json!(1))]), "n").is_err(), "offers no completions");
        assert!(typing(&plain(), &[], &[], "a").is_err());
        assert!(
            typing(&plain(), &[], &typed(&[("a", json!(""))]), "a").is_ok(),
            "the empty text is typed too"
        );
    }

    proptest! {
        #[test]
        fn any_json_is_answered(
            command in any_json(&["type", "name", "options", "choices", "value", "required", "autocomplete"]),
            value in any_json(&["x"]),
            name in "[a-z]{0,3}",
        ) {
            let typed = [(name.clone(), value.clone())];
            let _ = submit(&command, &[&name], &typed);
            let _ = typing(&command, &[], &typed, &name);
            for option in ["a", "n", "pick", "flag", "who"] {
                let _ = submit(&plain(), &[], &[(option.to_owned(), value.clone())]);
            }
        }
    }
}
