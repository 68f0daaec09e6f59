//! Menus: of texts, members, roles and channels, on messages and in forms.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::component::{
    MAX_OPTION_TEXT, MAX_OPTIONS, MAX_SELECT_PLACEHOLDER, Refusal, Walk, component_emoji, kind,
};
use super::error::FormErrors;
use super::field::Fields;

/// Where a menu stands; a few rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// On a message.
    Message,
    /// In a form.
    Form,
}

/// A menu of any kind.
pub(super) fn select(
    fields: &Fields<'_, '_>,
    kind: i64,
    home: Home,
    walk: &mut Walk,
    errors: &mut FormErrors,
) -> Option<Value> {
    let mut kept = walk.begin(fields, kind, errors);
    let custom_id = walk.custom_id(fields, errors);
    let most = MAX_OPTIONS as i64;
    let least_values = fields.integer(errors, "min_values", 0..=most).unwrap_or(1);
    let most_values = fields.integer(errors, "max_values", 1..=most).unwrap_or(1);
    if least_values > most_values {
        let message = format!("min_values must be equal to or less than {most_values}.");
        fields.complain(errors, "min_values", "SELECT_COMPONENT_INVALID_MIN_VALUES", message);
    }
    kept.insert("min_values".into(), json!(least_values));
    kept.insert("max_values".into(), json!(most_values));
    if let Some(placeholder) = fields.text(errors, "placeholder", 0..=MAX_SELECT_PLACEHOLDER) {
        kept.insert("placeholder".into(), json!(placeholder));
    }
    let disabled = fields.boolean(errors, "disabled").unwrap_or(false);
    let required = fields.boolean(errors, "required");
    match home {
        Home::Message => {
            kept.insert("disabled".into(), json!(disabled));
        }
        Home::Form => {
            let required = required.unwrap_or(true);
            if disabled {
                fields.complain(
                    errors,
                    "disabled",
                    "COMPONENT_DISABLED_IN_MODAL",
                    "A modal has no disabled components",
                );
            }
            if required && fields.get("min_values").is_some() && least_values == 0 {
                let message = "min_values must be at least 1 for a required component.";
                fields.complain(errors, "min_values", "SELECT_COMPONENT_INVALID_MIN_VALUES", message);
            }
            kept.insert("required".into(), json!(required));
        }
    }
    if kind == kind::STRING_SELECT {
        kept.insert("options".into(), options(fields, most_values, errors)?);
    } else if let Some(defaults) = fields.list(errors, "default_values", 0..=MAX_OPTIONS) {
        kept.insert("default_values".into(), json!(defaults));
    }
    if kind == kind::CHANNEL_SELECT
        && let Some(types) = fields.list(errors, "channel_types", 0..=MAX_OPTIONS)
    {
        kept.insert("channel_types".into(), json!(types));
    }
    kept.insert("custom_id".into(), custom_id?);
    Some(Value::Object(kept))
}

/// The options of a menu of texts.
fn options(fields: &Fields<'_, '_>, most_values: i64, errors: &mut FormErrors) -> Option<Value> {
    if fields.get("options").is_none() {
        fields.missing(errors, "options");
    }
    // As many must be there as may be picked.
    let least = usize::try_from(most_values).unwrap_or(1).max(1);
    let options = fields.list(errors, "options", least..=MAX_OPTIONS)?;
    let path = fields.path().key("options");
    let mut values = HashSet::new();
    let mut defaults = 0;
    let mut kept = Vec::with_capacity(options.len());
    for (index, option) in options.iter().enumerate() {
        let path = path.index(index);
        let Some(option) = Fields::of(option, &path, errors) else { continue };
        let label = option.needed_text(errors, "label", 1..=MAX_OPTION_TEXT);
        let value = option.needed_text(errors, "value", 1..=MAX_OPTION_TEXT);
        let description = option.text(errors, "description", 0..=MAX_OPTION_TEXT);
        let emoji = component_emoji(&option, errors);
        let default = option.boolean(errors, "default").unwrap_or(false);
        defaults += i64::from(default);
        if value.is_some_and(|value| !values.insert(value)) {
            let message = "The specified option value is already used";
            option.complain(errors, "value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
        }
        let mut one = json!({ "label": label, "value": value });
        let parts = [
            ("description", description.filter(|text| !text.is_empty()).map(|text| json!(text))),
            ("emoji", emoji),
        ];
        for (key, part) in parts {
            if let Some(part) = part {
                one[key] = part;
            }
        }
        if default {
            one["default"] = json!(true);
        }
        kept.push(one);
    }
    if defaults > most_values {
        let message = format!("At most {most_values} options may be selected by default");
        fields.complain(errors, "options", "SELECT_COMPONENT_TOO_MANY_DEFAULTS", message);
    }
    Some(Value::Array(kept))
}

/// Whether these values may be picked from this menu.
pub(super) fn check_picked(component: &Value, values: &[String]) -> Result<(), Refusal> {
    let bound = |key: &str| component[key].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
    let (least, most) = (bound("min_values"), bound("max_values"));
    if !(least..=most).contains(&values.len()) {
        return Err(Refusal(format!("{least} to {most} values can be picked, not {}", values.len())));
    }
    let distinct: HashSet<_> = values.iter().collect();
    if distinct.len() != values.len() {
        return Err(Refusal("a value was picked twice".into()));
    }
    if let Some(options) = component["options"].as_array() {
        let offered =
            |value: &String| options.iter().any(|option| option["value"] == Value::String(value.clone()));
        if let Some(stranger) = values.iter().find(|value| !offered(value)) {
            return Err(Refusal(format!("the menu has no value {stranger:?}")));
        }
    }
    Ok(())
}
