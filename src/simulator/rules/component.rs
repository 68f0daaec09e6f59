//! Components of messages: rows of buttons and menus, and the newer layout components.
//!
//! From Discord's component reference. Components of forms are in [`super::modal`]; both share the walk that
//! numbers components and keeps their ids apart.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::emoji::Emoji;
use super::error::{FormErrors, Path};
use super::field::{Fields, whole};
use super::layout;
use super::select::{Home, check_picked, select};

/// Discord's numbers for the kinds of components.
pub mod kind {
    /// A row of up to five buttons or one menu.
    pub const ACTION_ROW: i64 = 1;
    /// A button.
    pub const BUTTON: i64 = 2;
    /// A menu of texts.
    pub const STRING_SELECT: i64 = 3;
    /// A field to type in; forms only.
    pub const TEXT_INPUT: i64 = 4;
    /// A menu of members.
    pub const USER_SELECT: i64 = 5;
    /// A menu of roles.
    pub const ROLE_SELECT: i64 = 6;
    /// A menu of members and roles.
    pub const MENTIONABLE_SELECT: i64 = 7;
    /// A menu of channels.
    pub const CHANNEL_SELECT: i64 = 8;
    /// Texts with something beside them.
    pub const SECTION: i64 = 9;
    /// A text.
    pub const TEXT_DISPLAY: i64 = 10;
    /// A small picture.
    pub const THUMBNAIL: i64 = 11;
    /// Pictures.
    pub const MEDIA_GALLERY: i64 = 12;
    /// A file of the message.
    pub const FILE: i64 = 13;
    /// A line or a gap.
    pub const SEPARATOR: i64 = 14;
    /// A frame around others.
    pub const CONTAINER: i64 = 17;
    /// A label over one part of a form.
    pub const LABEL: i64 = 18;
    /// Files that a member hands in; forms only.
    pub const FILE_UPLOAD: i64 = 19;
    /// One of a few; forms only.
    pub const RADIO_GROUP: i64 = 21;
    /// Some of a few; forms only.
    pub const CHECKBOX_GROUP: i64 = 22;
    /// Yes or no; forms only.
    pub const CHECKBOX: i64 = 23;
}

/// Characters of a `custom_id`.
pub const MAX_CUSTOM_ID: usize = 100;
/// Rows of a message without the newer components.
pub const MAX_ROWS: usize = 5;
/// Buttons of a row.
pub const MAX_BUTTONS: usize = 5;
/// Characters of a button's label.
pub const MAX_BUTTON_LABEL: usize = 80;
/// Characters of a button's address.
pub const MAX_BUTTON_URL: usize = 512;
/// Options of a menu.
pub const MAX_OPTIONS: usize = 25;
/// Characters of an option's label, value and description.
pub const MAX_OPTION_TEXT: usize = 100;
/// Characters of a menu's placeholder.
pub const MAX_SELECT_PLACEHOLDER: usize = 150;
/// Components of a message built from the newer ones, nested ones counted.
pub const MAX_V2: usize = 40;
/// Characters of all texts of a message built from the newer components.
pub const MAX_V2_TEXT: usize = 4000;

/// The menus.
pub const SELECTS: [i64; 5] = [
    kind::STRING_SELECT,
    kind::USER_SELECT,
    kind::ROLE_SELECT,
    kind::MENTIONABLE_SELECT,
    kind::CHANNEL_SELECT,
];

/// What a member cannot do, because no client would let them. For people and tests, not a form of Discord's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// One walk over all components of a message or form: gives numbers, keeps ids apart, counts.
#[derive(Debug, Default)]
pub(super) struct Walk {
    custom_ids: HashSet<String>,
    taken: HashSet<i64>,
    given: HashSet<i64>,
    next: i64,
    /// Components seen.
    pub(super) count: usize,
    /// Characters of texts seen.
    pub(super) text: usize,
}

impl Walk {
    /// A walk over these components; numbers that they bring are not given to others.
    pub(super) fn over(components: &[Value]) -> Self {
        let mut walk = Self::default();
        collect_numbers(components, &mut walk.taken, 0);
        walk
    }

    /// Begins the kept form of a component: its kind and its number.
    pub(super) fn begin(
        &mut self,
        fields: &Fields<'_, '_>,
        kind: i64,
        errors: &mut FormErrors,
    ) -> Map<String, Value> {
        self.count += 1;
        let id = match fields.integer(errors, "id", 0..=i64::from(i32::MAX)) {
            // Zero asks for a number, as if there were none.
            None | Some(0) => {
                self.next += 1;
                while self.taken.contains(&self.next) {
                    self.next += 1;
                }
                self.next
            }
            Some(id) => {
                if !self.given.insert(id) {
                    fields.complain(
                        errors,
                        "id",
                        "COMPONENT_ID_DUPLICATED",
                        "Component id cannot be duplicated",
                    );
                }
                id
            }
        };
        Map::from_iter([("type".to_owned(), json!(kind)), ("id".to_owned(), json!(id))])
    }

    /// Reads a `custom_id` that must be there and be the only one of its kind.
    pub(super) fn custom_id(&mut self, fields: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<Value> {
        let id = fields.needed_text(errors, "custom_id", 1..=MAX_CUSTOM_ID)?;
        if !self.custom_ids.insert(id.to_owned()) {
            fields.complain(
                errors,
                "custom_id",
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            );
        }
        Some(json!(id))
    }
}

/// The numbers that components bring along, however deep.
fn collect_numbers(components: &[Value], taken: &mut HashSet<i64>, depth: usize) {
    // Nothing valid is nested deeper: container, section, button.
    if depth > 4 {
        return;
    }
    for component in components {
        taken.extend(component.get("id").and_then(whole));
        for key in ["accessory", "component"] {
            if let Some(child) = component.get(key) {
                collect_numbers(std::slice::from_ref(child), taken, depth + 1);
            }
        }
        if let Some(children) = component.get("components").and_then(Value::as_array) {
            collect_numbers(children, taken, depth + 1);
        }
    }
}

/// Reads the kind of a component and complains unless it is one of `allowed`.
pub(super) fn kind_of(fields: &Fields<'_, '_>, allowed: &[i64], errors: &mut FormErrors) -> Option<i64> {
    if fields.get("type").is_none() {
        fields.missing(errors, "type");
        return None;
    }
    let kind = fields.integer(errors, "type", i64::MIN..=i64::MAX)?;
    if allowed.contains(&kind) {
        return Some(kind);
    }
    let listed: Vec<String> = allowed.iter().map(i64::to_string).collect();
    // Discord writes a list of one like a tuple of one.
    let listed = if let [only] = listed.as_slice() { format!("{only},") } else { listed.join(", ") };
    let message = format!("Value of field \"type\" must be one of ({listed}).");
    fields.complain(errors, "type", "UNION_TYPE_CHOICES", message);
    None
}

/// Checks the components of a message and returns them as Discord keeps them, each with its number.
///
/// `v2` says that the message is built from the newer components (flag `IS_COMPONENTS_V2`); without it only
/// rows may stand at the top.
pub fn check(components: &[Value], path: &Path<'_>, v2: bool, errors: &mut FormErrors) -> Vec<Value> {
    if !v2 && components.len() > MAX_ROWS {
        errors.add(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {MAX_ROWS} or fewer in length."));
        return Vec::new();
    }
    let mut walk = Walk::over(components);
    let mut kept = Vec::with_capacity(components.len());
    for (index, component) in components.iter().enumerate().take(MAX_V2 + 1) {
        let path = path.index(index);
        let Some(fields) = Fields::of(component, &path, errors) else { continue };
        kept.extend(if v2 {
            layout::check(&fields, layout::TOP, &mut walk, errors)
        } else {
            row(&fields, &mut walk, errors)
        });
    }
    if walk.count.max(components.len()) > MAX_V2 {
        let message = format!("Must be {MAX_V2} or fewer in total.");
        errors.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message);
    }
    if walk.text > MAX_V2_TEXT {
        let message =
            format!("The total length of the displayable text exceeds the maximum size of {MAX_V2_TEXT}.");
        errors.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message);
    }
    kept
}

/// A row with up to five buttons or one menu.
pub(super) fn row(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    kind_of(fields, &[kind::ACTION_ROW], errors)?;
    let mut kept = walk.begin(fields, kind::ACTION_ROW, errors);
    if fields.get("components").is_none() {
        fields.missing(errors, "components");
    }
    let children = fields.list(errors, "components", 1..=MAX_BUTTONS)?;
    let path = fields.path().key("components");
    let mut parts = Vec::with_capacity(children.len());
    let mut width = 0;
    for (index, child) in children.iter().enumerate() {
        let path = path.index(index);
        let Some(child) = Fields::of(child, &path, errors) else { continue };
        let allowed = [kind::BUTTON, SELECTS[0], SELECTS[1], SELECTS[2], SELECTS[3], SELECTS[4]];
        let Some(kind) = kind_of(&child, &allowed, errors) else { continue };
        // A menu is as wide as five buttons.
        width += if kind == kind::BUTTON { 1 } else { MAX_BUTTONS };
        if width > MAX_BUTTONS {
            let message = "The specified component exceeds the maximum width";
            errors.add(child.path(), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message);
        }
        parts.extend(if kind == kind::BUTTON {
            button(&child, walk, errors)
        } else {
            select(&child, kind, Home::Message, walk, errors)
        });
    }
    kept.insert("components".into(), Value::Array(parts));
    Some(Value::Object(kept))
}

/// A button of any style.
pub(super) fn button(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::BUTTON, errors);
    if fields.get("style").is_none() {
        fields.missing(errors, "style");
    }
    let style = fields.choice(errors, "style", &[1, 2, 3, 4, 5, 6])?;
    let label = fields.text(errors, "label", 0..=MAX_BUTTON_LABEL).filter(|label| !label.is_empty());
    let emoji = component_emoji(fields, errors);
    let disabled = fields.boolean(errors, "disabled").unwrap_or(false);
    kept.insert("style".into(), json!(style));
    let not_beside = |errors: &mut FormErrors, what: &str| {
        if fields.get(what).is_some() {
            let (code, message) = match what {
                "url" | "custom_id" => (
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified".to_owned(),
                ),
                _ => ("BUTTON_COMPONENT_INVALID_FIELD", format!("{what} cannot be specified for this style")),
            };
            fields.complain(errors, what, code, message);
        }
    };
    match style {
        5 => {
            not_beside(errors, "custom_id");
            not_beside(errors, "sku_id");
            if fields.get("url").is_none() {
                fields.complain(errors, "url", "BUTTON_COMPONENT_URL_REQUIRED", "A url is required");
            }
            let url = fields.url(errors, "url", MAX_BUTTON_URL, &["http", "https", "discord"])?;
            kept.insert("url".into(), json!(url));
        }
        6 => {
            for what in ["custom_id", "url", "label", "emoji"] {
                not_beside(errors, what);
            }
            if fields.get("sku_id").is_none() {
                fields.missing(errors, "sku_id");
            }
            kept.insert("sku_id".into(), json!(fields.snowflake(errors, "sku_id")?));
        }
        _ => {
            not_beside(errors, "url");
            not_beside(errors, "sku_id");
            kept.insert("custom_id".into(), walk.custom_id(fields, errors)?);
        }
    }
    if style != 6 && label.is_none() && fields.get("emoji").is_none() {
        let message = "A label or emoji must be specified";
        fields.complain(errors, "label", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", message);
    }
    if let Some(label) = label {
        kept.insert("label".into(), json!(label));
    }
    if let Some(emoji) = emoji {
        kept.insert("emoji".into(), emoji);
    }
    if disabled {
        kept.insert("disabled".into(), json!(true));
    }
    Some(Value::Object(kept))
}

/// The emoji of a button or an option, as Discord keeps it.
pub(super) fn component_emoji(fields: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<Value> {
    let emoji = fields.get("emoji")?;
    match Emoji::from_value(emoji) {
        Some(Emoji::Unicode(name)) => Some(json!({ "name": name })),
        Some(custom @ Emoji::Custom { .. }) => {
            let mut kept = custom.to_value();
            if kept["name"].is_null() {
                kept["name"] = json!("_");
            }
            Some(kept)
        }
        None => {
            fields.complain(errors, "emoji", "COMPONENT_INVALID_EMOJI", "Invalid emoji");
            None
        }
    }
}

/// Finds the component with this `custom_id`, however deep.
pub fn find<'v>(components: &'v [Value], custom_id: &str) -> Option<&'v Value> {
    components.iter().find_map(|component| {
        if component.get("custom_id").and_then(Value::as_str) == Some(custom_id) {
            return Some(component);
        }
        let inside = ["accessory", "component"].into_iter().filter_map(|key| component.get(key));
        inside
            .map(std::slice::from_ref)
            .chain(component.get("components").and_then(Value::as_array).map(Vec::as_slice))
            .find_map(|children| find(children, custom_id))
    })
}

/// Whether a member may click this component (a button) or pick these values from it (a menu). For menus other
/// than those of texts, whether the ids exist is the caller's to know.
pub fn check_use(component: &Value, values: &[String]) -> Result<(), Refusal> {
    if component["disabled"] == true {
        return Err(Refusal("the component is disabled".into()));
    }
    match component["type"].as_i64() {
        Some(kind::BUTTON) if matches!(component["style"].as_i64(), Some(5 | 6)) => {
            Err(Refusal("this button sends no interaction".into()))
        }
        Some(kind::BUTTON) if values.is_empty() => Ok(()),
        Some(kind::BUTTON) => Err(Refusal("a button has no values".into())),
        Some(select) if SELECTS.contains(&select) => check_picked(component, values),
        _ => Err(Refusal("not a component that can be used".into())),
    }
}

#[cfg(test)]
mod tests;
