//! Forms ("modals"): what an application may open, and what a member may hand in.
//!
//! From Discord's pages on interactions and on components. Two layouts are in use: fields in a row each, which
//! is deprecated and still what many libraries send, and fields under a label.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::component::{MAX_CUSTOM_ID, Refusal, SELECTS, Walk, kind, kind_of};
use super::error::{FormErrors, Path};
use super::field::Fields;
use super::layout::text_display;
use super::select::{Home, check_picked, select};

/// Characters of a title, of the label over a field.
pub const MAX_TITLE: usize = 45;
/// Parts of a form. Discord's OpenAPI description says 40, its documentation 5.
pub const MAX_PARTS: usize = 5;
/// Characters that a field can hold.
pub const MAX_INPUT: usize = 4000;
/// Characters of the grey text in an empty field, and of the text under a label.
pub const MAX_PLACEHOLDER: usize = 100;
/// Choices of a group of buttons or boxes, files of an upload.
pub const MAX_GROUP: usize = 10;

/// A form that may be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Modal {
    /// The application's own mark.
    pub custom_id: String,
    /// The heading.
    pub title: String,
    /// The parts, each with its number.
    pub components: Vec<Value>,
}

/// Checks the `data` of the answer that opens a form.
pub fn check(data: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<Modal> {
    let custom_id = data.needed_text(errors, "custom_id", 1..=MAX_CUSTOM_ID);
    let title = data.needed_text(errors, "title", 1..=MAX_TITLE);
    if data.get("components").is_none() {
        data.missing(errors, "components");
    }
    let parts = data.list(errors, "components", 1..=MAX_PARTS)?;
    let path = data.path().key("components");
    let mut walk = Walk::over(parts);
    let mut components = Vec::with_capacity(parts.len());
    for (index, item) in parts.iter().enumerate() {
        let path = path.index(index);
        let Some(fields) = Fields::of(item, &path, errors) else { continue };
        components.extend(part(&fields, &mut walk, errors));
    }
    Some(Modal { custom_id: custom_id?.to_owned(), title: title?.to_owned(), components })
}

fn part(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    match kind_of(fields, &[kind::ACTION_ROW, kind::TEXT_DISPLAY, kind::LABEL], errors)? {
        kind::ACTION_ROW => row(fields, walk, errors),
        kind::TEXT_DISPLAY => text_display(fields, walk, errors),
        _ => label(fields, walk, errors),
    }
}

/// The old layout: a row with one field that carries its own label.
fn row(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::ACTION_ROW, errors);
    if fields.get("components").is_none() {
        fields.missing(errors, "components");
    }
    let [child] = fields.list(errors, "components", 1..=1)? else { return None };
    let list = fields.path().key("components");
    let path = list.index(0);
    let child = Fields::of(child, &path, errors)?;
    kind_of(&child, &[kind::TEXT_INPUT], errors)?;
    let label = child.needed_text(errors, "label", 1..=MAX_TITLE);
    let mut input = text_input(&child, walk, errors)?;
    input["label"] = json!(label);
    kept.insert("components".into(), json!([input]));
    Some(Value::Object(kept))
}

/// The new layout: a label over one part of any kind.
fn label(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::LABEL, errors);
    let label = fields.needed_text(errors, "label", 1..=MAX_TITLE);
    let description = fields.text(errors, "description", 1..=MAX_PLACEHOLDER);
    let Some(inner) = fields.get("component") else {
        fields.missing(errors, "component");
        return None;
    };
    let path = fields.path().key("component");
    let inner = Fields::of(inner, &path, errors)?;
    let allowed = [
        &SELECTS[..],
        &[kind::TEXT_INPUT, kind::FILE_UPLOAD, kind::RADIO_GROUP, kind::CHECKBOX_GROUP, kind::CHECKBOX],
    ]
    .concat();
    let component = match kind_of(&inner, &allowed, errors)? {
        kind::TEXT_INPUT => {
            if inner.get("label").is_some() {
                let message = "A text input inside a label has no label of its own";
                inner.complain(errors, "label", "TEXT_INPUT_COMPONENT_LABEL_NOT_ALLOWED", message);
            }
            text_input(&inner, walk, errors)
        }
        select_kind if SELECTS.contains(&select_kind) => {
            select(&inner, select_kind, Home::Form, walk, errors)
        }
        other => group(&inner, other, walk, errors),
    }?;
    kept.insert("label".into(), json!(label));
    if let Some(description) = description {
        kept.insert("description".into(), json!(description));
    }
    kept.insert("component".into(), component);
    Some(Value::Object(kept))
}

fn text_input(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::TEXT_INPUT, errors);
    let custom_id = walk.custom_id(fields, errors);
    if fields.get("style").is_none() {
        fields.missing(errors, "style");
    }
    let style = fields.choice(errors, "style", &[1, 2]);
    let most = MAX_INPUT as i64;
    let least_length = fields.integer(errors, "min_length", 0..=most);
    let most_length = fields.integer(errors, "max_length", 1..=most);
    if let (Some(least), Some(most)) = (least_length, most_length)
        && least > most
    {
        let message = format!("min_length must be equal to or less than {most}.");
        fields.complain(errors, "min_length", "TEXT_INPUT_COMPONENT_INVALID_MIN_LENGTH", message);
    }
    let value = fields.text(errors, "value", 0..=MAX_INPUT);
    let placeholder = fields.text(errors, "placeholder", 0..=MAX_PLACEHOLDER);
    let required = fields.boolean(errors, "required").unwrap_or(true);
    kept.insert("custom_id".into(), custom_id?);
    kept.insert("style".into(), json!(style?));
    kept.insert("required".into(), json!(required));
    for (key, part) in
        [("min_length", least_length.map(Value::from)), ("max_length", most_length.map(Value::from))]
    {
        if let Some(part) = part {
            kept.insert(key.into(), part);
        }
    }
    for (key, part) in [("value", value), ("placeholder", placeholder)] {
        if let Some(part) = part {
            kept.insert(key.into(), json!(part));
        }
    }
    Some(Value::Object(kept))
}

/// Uploads, buttons of which one is pressed, boxes, a box.
fn group(fields: &Fields<'_, '_>, kind: i64, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind, errors);
    let custom_id = walk.custom_id(fields, errors);
    if kind == kind::CHECKBOX {
        kept.insert("default".into(), json!(fields.boolean(errors, "default").unwrap_or(false)));
    } else {
        kept.insert("required".into(), json!(fields.boolean(errors, "required").unwrap_or(true)));
    }
    let mut offered = 1;
    if matches!(kind, kind::RADIO_GROUP | kind::CHECKBOX_GROUP) {
        if fields.get("options").is_none() {
            fields.missing(errors, "options");
        }
        let least = if kind == kind::RADIO_GROUP { 2 } else { 1 };
        let options = fields.list(errors, "options", least..=MAX_GROUP)?;
        let path = fields.path().key("options");
        for (index, option) in options.iter().enumerate() {
            let path = path.index(index);
            let Some(option) = Fields::of(option, &path, errors) else { continue };
            option.needed_text(errors, "label", 1..=100);
            option.needed_text(errors, "value", 1..=100);
            option.text(errors, "description", 0..=100);
        }
        offered = options.len() as i64;
        kept.insert("options".into(), json!(options));
    }
    if matches!(kind, kind::FILE_UPLOAD | kind::CHECKBOX_GROUP) {
        let most = MAX_GROUP as i64;
        let least = fields.integer(errors, "min_values", 0..=most).unwrap_or(1);
        let most = fields.integer(errors, "max_values", 1..=most).unwrap_or(offered);
        kept.insert("min_values".into(), json!(least));
        kept.insert("max_values".into(), json!(most));
    }
    kept.insert("custom_id".into(), custom_id?);
    Some(Value::Object(kept))
}

/// Fills a form in as a member would and returns the `components` of the submission, in the layout of the form.
///
/// `entries` holds the values by `custom_id`: one text for a field, the picked values for a menu, `"true"` for
/// a box. A field without an entry keeps the text it was opened with. What a client would not let through is
/// refused: a required field left empty, too short, too long, a value that is not offered.
pub fn submit(components: &[Value], entries: &BTreeMap<String, Vec<String>>) -> Result<Vec<Value>, Refusal> {
    let mut used = 0;
    let mut parts = Vec::with_capacity(components.len());
    for part in components {
        let number = part.get("id").cloned().unwrap_or(json!(0));
        parts.push(match part["type"].as_i64() {
            Some(kind::LABEL) => {
                let filled = fill(&part["component"], entries, &mut used)?;
                json!({ "type": kind::LABEL, "id": number, "component": filled })
            }
            Some(kind::ACTION_ROW) => {
                let filled = fill(&part["components"][0], entries, &mut used)?;
                json!({ "type": kind::ACTION_ROW, "id": number, "components": [filled] })
            }
            _ => json!({ "type": kind::TEXT_DISPLAY, "id": number }),
        });
    }
    if used < entries.len() {
        let known = |id: &&String| super::component::find(components, id).is_some();
        let stranger = entries.keys().find(|id| !known(id)).map_or("", String::as_str);
        return Err(Refusal(format!("the form has no field {stranger:?}")));
    }
    Ok(parts)
}

fn fill(field: &Value, entries: &BTreeMap<String, Vec<String>>, used: &mut usize) -> Result<Value, Refusal> {
    let id = field["custom_id"].as_str().unwrap_or_default();
    let entry = entries.get(id);
    *used += usize::from(entry.is_some());
    let kind = field["type"].as_i64().unwrap_or_default();
    let mut filled =
        json!({ "type": kind, "id": field.get("id").cloned().unwrap_or(json!(0)), "custom_id": id });
    let values = entry.cloned().unwrap_or_default();
    // Every kind but a box may be left alone when it is not required.
    let required = field["required"] != false;
    match kind {
        kind::TEXT_INPUT => {
            let opened_with = field["value"].as_str().unwrap_or_default().to_owned();
            let text = values.into_iter().next().unwrap_or(opened_with);
            let length = text.chars().count() as u64;
            if text.is_empty() && required {
                return Err(Refusal(format!("the field {id:?} must be filled in")));
            }
            if field["max_length"].as_u64().unwrap_or(MAX_INPUT as u64) < length {
                return Err(Refusal(format!("the field {id:?} holds less than {length} characters")));
            }
            if !text.is_empty() && field["min_length"].as_u64().unwrap_or(0) > length {
                return Err(Refusal(format!("the field {id:?} needs more than {length} characters")));
            }
            filled["value"] = json!(text);
        }
        kind::CHECKBOX => {
            let default = field["default"] == true;
            filled["value"] = json!(values.first().map_or(default, |value| value == "true"));
        }
        kind::RADIO_GROUP => {
            let one =
                json!({ "min_values": u8::from(required), "max_values": 1, "options": field["options"] });
            check_picked(&one, &values)?;
            filled["value"] = json!(values.first());
        }
        _ => {
            if required || !values.is_empty() {
                check_picked(field, &values)?;
            }
            filled["values"] = json!(values);
        }
    }
    Ok(filled)
}

/// Checks a whole answer of type 9 on its own; for tests and tools.
pub fn check_data(data: &Value) -> Result<Modal, super::error::ApiError> {
    let mut errors = FormErrors::default();
    let root = Path::ROOT;
    let path = root.key("data");
    let modal = Fields::of(data, &path, &mut errors).and_then(|data| check(&data, &mut errors));
    errors.into_result()?;
    modal.ok_or_else(super::error::ApiError::internal)
}

#[cfg(test)]
mod tests;
