//! The options of a command: nesting, order, bounds, choices.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::super::callback::{ChoiceKind, MAX_CHOICES, MAX_INTEGER, choice_value};
use super::super::error::FormErrors;
use super::super::field::Fields;
use super::{MAX_OPTIONS, MAX_STRING, Naming, localized, option_kind};

/// How deep in a command an option stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Top,
    Group,
    SubCommand,
}

/// Checks the options below `parent` and returns them as Discord keeps them; adds their characters to `size`.
pub(super) fn check(
    parent: &Fields<'_, '_>,
    level: Level,
    size: &mut usize,
    errors: &mut FormErrors,
) -> Vec<Value> {
    use option_kind::{ATTACHMENT, STRING, SUB_COMMAND, SUB_COMMAND_GROUP};
    let Some(list) = parent.list(errors, "options", 0..=MAX_OPTIONS) else { return Vec::new() };
    let path = parent.path().key("options");
    let allowed: Vec<i64> = match level {
        Level::Top => (SUB_COMMAND..=ATTACHMENT).collect(),
        Level::Group => vec![SUB_COMMAND],
        Level::SubCommand => (STRING..=ATTACHMENT).collect(),
    };
    let (mut nested, mut plain, mut optional) = (false, false, false);
    let mut names = HashSet::new();
    let mut kept = Vec::with_capacity(list.len());
    for (index, item) in list.iter().enumerate() {
        let path = path.index(index);
        let Some(option) = Fields::of(item, &path, errors) else { continue };
        if option.get("type").is_none() {
            option.missing(errors, "type");
        }
        let Some(kind) = option.choice(errors, "type", &allowed) else { continue };
        let is_nested = kind == SUB_COMMAND || kind == SUB_COMMAND_GROUP;
        nested |= is_nested;
        plain |= !is_nested;
        if nested && plain {
            let message =
                "Sub-command and sub-command group option types are mutually exclusive to all other types";
            errors.add(&path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
        }
        let mut one = Map::from_iter([("type".to_owned(), json!(kind))]);
        *size += localized(&option, "name", Naming::Typed, &mut one, errors);
        *size += localized(&option, "description", Naming::Description, &mut one, errors);
        if let Some(name) = option.get("name").and_then(Value::as_str)
            && !names.insert(name)
        {
            let message = "Option names must be unique";
            option.complain(errors, "name", "APPLICATION_COMMAND_OPTIONS_NAME_NOT_UNIQUE", message);
        }
        if is_nested {
            let below = if kind == SUB_COMMAND { Level::SubCommand } else { Level::Group };
            let inner = check(&option, below, size, errors);
            if kind == SUB_COMMAND_GROUP
                && inner.is_empty()
                && option.get("options").is_none_or(|list| *list == json!([]))
            {
                option.missing(errors, "options");
            }
            one.insert("options".into(), Value::Array(inner));
        } else {
            let required = option.boolean(errors, "required").unwrap_or(false);
            if required && optional {
                let message = "Required options must be placed before non-required options";
                errors.add(&path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
            }
            optional |= !required;
            one.insert("required".into(), json!(required));
            bounds(&option, kind, &mut one, size, errors);
        }
        kept.push(Value::Object(one));
    }
    kept
}

/// What limits the values of a plain option.
fn bounds(
    option: &Fields<'_, '_>,
    kind: i64,
    one: &mut Map<String, Value>,
    size: &mut usize,
    errors: &mut FormErrors,
) {
    let choice_kind = ChoiceKind::of_option(kind);
    let foreign = |errors: &mut FormErrors, key: &str| {
        let given = option.get(key).is_some_and(|value| *value != json!([]) && *value != json!(false));
        if given {
            let message = format!("{key} is not available for this option type");
            option.complain(errors, key, "APPLICATION_COMMAND_OPTIONS_FIELD_INVALID", message);
        }
        given
    };
    let autocomplete = if choice_kind.is_none() {
        foreign(errors, "autocomplete");
        false
    } else {
        option.boolean(errors, "autocomplete").unwrap_or(false)
    };
    if autocomplete {
        one.insert("autocomplete".into(), json!(true));
    }
    match choice_kind {
        None => {
            foreign(errors, "choices");
        }
        Some(choice_kind) => {
            let choices = choices(option, choice_kind, size, errors);
            if autocomplete && !choices.is_empty() {
                let message = "Autocomplete cannot be set when choices are present";
                option.complain(
                    errors,
                    "autocomplete",
                    "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
                    message,
                );
            }
            if !choices.is_empty() {
                one.insert("choices".into(), Value::Array(choices));
            }
        }
    }
    if matches!(choice_kind, Some(ChoiceKind::Integer | ChoiceKind::Number)) {
        let read = |errors: &mut FormErrors, key: &str| {
            if choice_kind == Some(ChoiceKind::Integer) {
                option.integer(errors, key, -MAX_INTEGER..=MAX_INTEGER).map(Value::from)
            } else {
                option.number(errors, key).map(Value::from)
            }
        };
        ordered(option, "min_value", "max_value", read, one, errors);
    } else {
        foreign(errors, "min_value");
        foreign(errors, "max_value");
    }
    if kind == option_kind::STRING {
        let read = |errors: &mut FormErrors, key: &str| {
            let least = i64::from(key == "max_length");
            option.integer(errors, key, least..=MAX_STRING).map(Value::from)
        };
        ordered(option, "min_length", "max_length", read, one, errors);
    } else {
        foreign(errors, "min_length");
        foreign(errors, "max_length");
    }
    if kind == option_kind::CHANNEL {
        if let Some(types) = option.list(errors, "channel_types", 0..=MAX_OPTIONS) {
            one.insert("channel_types".into(), json!(types));
        }
    } else {
        foreign(errors, "channel_types");
    }
}

/// A smallest and a largest value, in that order.
fn ordered(
    option: &Fields<'_, '_>,
    least_key: &str,
    most_key: &str,
    read: impl Fn(&mut FormErrors, &str) -> Option<Value>,
    one: &mut Map<String, Value>,
    errors: &mut FormErrors,
) {
    let (least, most) = (read(errors, least_key), read(errors, most_key));
    if let (Some(least), Some(most)) =
        (least.as_ref().and_then(Value::as_f64), most.as_ref().and_then(Value::as_f64))
        && least > most
    {
        let message = format!("{least_key} must be equal to or less than {most_key}.");
        option.complain(errors, least_key, "APPLICATION_COMMAND_OPTIONS_MIN_MAX_INVALID", message);
    }
    for (key, value) in [(least_key, least), (most_key, most)] {
        if let Some(value) = value {
            one.insert(key.to_owned(), value);
        }
    }
}

fn choices(
    option: &Fields<'_, '_>,
    kind: ChoiceKind,
    size: &mut usize,
    errors: &mut FormErrors,
) -> Vec<Value> {
    let Some(list) = option.list(errors, "choices", 0..=MAX_CHOICES) else { return Vec::new() };
    let path = option.path().key("choices");
    let mut names = HashSet::new();
    let mut kept = Vec::with_capacity(list.len());
    for (index, item) in list.iter().enumerate() {
        let path = path.index(index);
        let Some(choice) = Fields::of(item, &path, errors) else { continue };
        let mut one = Map::new();
        *size += localized(&choice, "name", Naming::Choice, &mut one, errors);
        if choice.get("value").is_none() {
            choice.missing(errors, "value");
        }
        if let Some(value) = choice_value(&choice, kind, errors) {
            *size += value.as_str().map_or(0, |text| text.chars().count());
            one.insert("value".into(), value);
        }
        if let Some(name) = choice.get("name").and_then(Value::as_str)
            && !names.insert(name)
        {
            let message = "Choice names must be unique";
            choice.complain(errors, "name", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_NOT_UNIQUE", message);
        }
        kept.push(Value::Object(one));
    }
    kept
}
