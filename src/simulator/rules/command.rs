//! Commands: what an application may register.
//!
//! From Discord's page on application commands. What a member may submit to a command is in [`super::option`].

mod options;

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use unicode_normalization::char::is_combining_mark;

use super::error::{ApiError, FormErrors, Path};
use super::field::{Fields, check_length};
use super::permission::Permissions;

/// Discord's numbers for the kinds of commands.
pub mod kind {
    /// Typed after a slash.
    pub const CHAT_INPUT: i64 = 1;
    /// In the menu of a member.
    pub const USER: i64 = 2;
    /// In the menu of a message.
    pub const MESSAGE: i64 = 3;
}

/// Discord's numbers for the kinds of options.
pub mod option_kind {
    /// A command inside a command.
    pub const SUB_COMMAND: i64 = 1;
    /// A group of those.
    pub const SUB_COMMAND_GROUP: i64 = 2;
    /// A text.
    pub const STRING: i64 = 3;
    /// A whole number.
    pub const INTEGER: i64 = 4;
    /// Yes or no.
    pub const BOOLEAN: i64 = 5;
    /// A member.
    pub const USER: i64 = 6;
    /// A channel.
    pub const CHANNEL: i64 = 7;
    /// A role.
    pub const ROLE: i64 = 8;
    /// A member or a role.
    pub const MENTIONABLE: i64 = 9;
    /// A number.
    pub const NUMBER: i64 = 10;
    /// A file.
    pub const ATTACHMENT: i64 = 11;
}

/// Characters of a name.
pub const MAX_NAME: usize = 32;
/// Characters of a description.
pub const MAX_DESCRIPTION: usize = 100;
/// Options of a command.
pub const MAX_OPTIONS: usize = 25;
/// Characters of a text option, at most, whatever the definition says.
pub const MAX_STRING: i64 = 6000;
/// Characters of names, descriptions and values of a whole command, the longest language counted.
pub const MAX_TOTAL: usize = 8000;
/// Commands of one kind in one scope: typed ones, and each kind of menu.
pub const MAX_CHAT_INPUT: usize = 100;
/// See [`MAX_CHAT_INPUT`].
pub const MAX_MENU: usize = 15;
/// New commands in one scope per day; changes of existing ones do not count. Error 30034 beyond.
pub const MAX_CREATES_PER_DAY: usize = 200;

/// The languages of localised names and descriptions.
pub const LOCALES: &[&str] = &[
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk",
    "vi", "zh-CN", "zh-TW",
];

/// Where commands are registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// For every server.
    Global,
    /// For one server; `contexts` and `integration_types` have no meaning there.
    Guild,
}

/// Checks one command and returns it as Discord keeps it, without `id`, `application_id`, `version` and
/// `guild_id`, which are the caller's to give.
pub fn check(body: &Value, scope: Scope) -> Result<Value, ApiError> {
    let mut errors = FormErrors::default();
    let kept = check_at(body, &Path::ROOT, scope, &mut errors);
    errors.into_result()?;
    kept.ok_or_else(ApiError::internal)
}

/// Checks a change of an existing command: members that the body names replace the old ones.
pub fn check_patch(body: &Value, existing: &Value, scope: Scope) -> Result<Value, ApiError> {
    let mut errors = FormErrors::default();
    let changes = Fields::of(body, &Path::ROOT, &mut errors).is_some();
    errors.into_result()?;
    let mut merged = existing.clone();
    if let (true, Some(changes), Some(merged)) = (changes, body.as_object(), merged.as_object_mut()) {
        // The kind of a command is fixed when it is made.
        for (key, value) in changes.iter().filter(|(key, _)| *key != "type") {
            merged.insert(key.clone(), value.clone());
        }
    }
    check(&merged, scope)
}

/// Checks a whole list that replaces the commands of a scope.
pub fn check_list(body: &Value, scope: Scope) -> Result<Vec<Value>, ApiError> {
    let mut errors = FormErrors::default();
    let root = Path::ROOT;
    let Some(list) = body.as_array() else {
        return Err(ApiError::form(&root, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"));
    };
    let mut kept: Vec<Value> = Vec::with_capacity(list.len().min(MAX_CHAT_INPUT));
    let mut names = HashSet::new();
    for (index, command) in list.iter().enumerate().take(MAX_CHAT_INPUT + 2 * MAX_MENU + 1) {
        let path = root.index(index);
        let Some(command) = check_at(command, &path, scope, &mut errors) else { continue };
        if !names.insert((command["type"].clone(), command["name"].clone())) {
            errors.add(
                &path,
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            );
        }
        kept.push(command);
    }
    errors.into_result()?;
    for kind in [kind::CHAT_INPUT, kind::USER, kind::MESSAGE] {
        let most = limit(kind);
        if kept.iter().filter(|command| command["type"] == kind).count() > most {
            return Err(ApiError::too_many_commands(most));
        }
    }
    if kept.len() < list.len() {
        return Err(ApiError::too_many_commands(MAX_CHAT_INPUT));
    }
    Ok(kept)
}

/// Whether a scope that holds `existing` has room for one more command of this kind; 30032 when not.
pub fn check_room(existing: &[Value], kind: i64) -> Result<(), ApiError> {
    let held = existing.iter().filter(|command| command["type"] == kind).count();
    if held < limit(kind) { Ok(()) } else { Err(ApiError::too_many_commands(limit(kind))) }
}

fn limit(kind: i64) -> usize {
    if kind == kind::CHAT_INPUT { MAX_CHAT_INPUT } else { MAX_MENU }
}

fn check_at(body: &Value, path: &Path<'_>, scope: Scope, errors: &mut FormErrors) -> Option<Value> {
    let command = Fields::of(body, path, errors)?;
    let kind = match command.get("type") {
        None => kind::CHAT_INPUT,
        Some(_) => command.choice(errors, "type", &[kind::CHAT_INPUT, kind::USER, kind::MESSAGE])?,
    };
    let mut kept = Map::from_iter([("type".to_owned(), json!(kind))]);
    let mut size = 0;
    let names = if kind == kind::CHAT_INPUT { Naming::Typed } else { Naming::Menu };
    size += localized(&command, "name", names, &mut kept, errors);
    if kind == kind::CHAT_INPUT {
        size += localized(&command, "description", Naming::Description, &mut kept, errors);
    } else {
        for key in ["description", "options"] {
            let given = command.get(key).is_some_and(|value| *value != json!("") && *value != json!([]));
            if given {
                let message = format!("Context menu commands cannot have {key}");
                command.complain(errors, key, "APPLICATION_COMMAND_CONTEXT_MENU_FIELD_INVALID", message);
            }
        }
        kept.insert("description".into(), json!(""));
    }
    if kind == kind::CHAT_INPUT {
        let options = options::check(&command, options::Level::Top, &mut size, errors);
        if !options.is_empty() {
            kept.insert("options".into(), Value::Array(options));
        }
    }
    let permissions =
        command.get("default_member_permissions").map(|value| (value, Permissions::from_value(value)));
    if let Some((value, None)) = permissions {
        let message = format!("Value \"{value}\" is not int.");
        command.complain(errors, "default_member_permissions", "NUMBER_TYPE_COERCE", message);
    }
    kept.insert("default_member_permissions".into(), json!(permissions.and_then(|(_, set)| set)));
    kept.insert("nsfw".into(), json!(command.boolean(errors, "nsfw").unwrap_or(false)));
    let dm = command.boolean(errors, "dm_permission");
    let contexts = few(&command, "contexts", 0..=2, errors);
    let types = few(&command, "integration_types", 0..=1, errors);
    if scope == Scope::Global {
        // A command that says neither is usable wherever the application is installed.
        let in_dm = contexts.as_ref().map_or(dm.unwrap_or(true), |list| list.contains(&1));
        kept.insert("dm_permission".into(), json!(in_dm));
        kept.insert("contexts".into(), json!(contexts));
        kept.insert("integration_types".into(), json!(types.unwrap_or_else(|| vec![0])));
    }
    if size > MAX_TOTAL {
        let message = format!("Command exceeds maximum size ({MAX_TOTAL})");
        errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", message);
    }
    Some(Value::Object(kept))
}

/// A short list of distinct whole numbers, at least one.
fn few(
    command: &Fields<'_, '_>,
    key: &str,
    range: std::ops::RangeInclusive<i64>,
    errors: &mut FormErrors,
) -> Option<Vec<i64>> {
    let list = command.list(errors, key, 1..=10)?;
    let path = command.path().key(key);
    let mut kept = Vec::new();
    for (index, item) in list.iter().enumerate() {
        match super::field::whole(item).filter(|number| range.contains(number)) {
            Some(number) if !kept.contains(&number) => kept.push(number),
            Some(_) => {
                errors.add(&path, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
            }
            None => {
                let listed: Vec<String> = range.clone().map(|number| number.to_string()).collect();
                let message = format!("Value must be one of {{{}}}.", listed.join(", "));
                errors.add(&path.index(index), "BASE_TYPE_CHOICES", message);
            }
        }
    }
    Some(kept)
}

/// What a text must look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// The name of a typed command or an option.
    Typed,
    /// The name of a menu command.
    Menu,
    /// A description.
    Description,
    /// The name of a choice.
    Choice,
}

impl Naming {
    fn most(self) -> usize {
        match self {
            Self::Typed | Self::Menu => MAX_NAME,
            Self::Description => MAX_DESCRIPTION,
            Self::Choice => super::callback::MAX_CHOICE_TEXT,
        }
    }

    fn check(self, path: &Path<'_>, text: &str, errors: &mut FormErrors) {
        if !check_length(errors, path, text.chars().count(), &(1..=self.most())) {
            return;
        }
        match self {
            Self::Typed if !text.chars().all(is_name_char) => {
                errors.add(path, "STRING_TYPE_REGEX", "String value did not match validation regex.");
            }
            Self::Typed if text.to_lowercase() != text => {
                errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
            }
            Self::Menu if text.trim().is_empty() => {
                errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
            }
            _ => {}
        }
    }
}

/// Whether the text may be the name of a typed command or of an option.
pub fn is_name(text: &str) -> bool {
    let mut errors = FormErrors::default();
    Naming::Typed.check(&Path::ROOT, text, &mut errors);
    errors.is_empty()
}

/// `[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]`.
fn is_name_char(c: char) -> bool {
    if c == '-' || c == '_' || c == '\'' {
        return true;
    }
    // These two scripts may use their marks; the punctuation that they share with others is not theirs.
    let devanagari = ('\u{0900}'..='\u{097F}').contains(&c) && !('\u{0951}'..='\u{0954}').contains(&c)
        || ('\u{A8E0}'..='\u{A8FF}').contains(&c) && c != '\u{A8F1}'
        || ('\u{11B00}'..='\u{11B09}').contains(&c);
    let thai = ('\u{0E01}'..='\u{0E3A}').contains(&c) || ('\u{0E40}'..='\u{0E5B}').contains(&c);
    if devanagari && c != '\u{0964}' && c != '\u{0965}' || thai {
        return true;
    }
    // "Alphabetic" is letters, marks and a few circled and squared letters that are symbols.
    let symbol = ('\u{24B6}'..='\u{24E9}').contains(&c) || ('\u{1F130}'..='\u{1F189}').contains(&c);
    c.is_numeric() || c.is_alphabetic() && !is_combining_mark(c) && !symbol
}

/// Reads a text and its translations; returns how many characters the longest has.
fn localized(
    fields: &Fields<'_, '_>,
    key: &'static str,
    naming: Naming,
    kept: &mut Map<String, Value>,
    errors: &mut FormErrors,
) -> usize {
    let mut longest = 0;
    if fields.get(key).is_none() {
        fields.missing(errors, key);
    } else if let Some(text) = fields.text(errors, key, 0..=usize::MAX) {
        naming.check(&fields.path().key(key), text, errors);
        longest = text.chars().count();
        kept.insert(key.into(), json!(text));
    }
    let plural = format!("{key}_localizations");
    kept.insert(plural.clone(), Value::Null);
    let Some(translations) = fields.get(&plural) else { return longest };
    let path = fields.path().key(&plural);
    let Some(translations) = Fields::of(translations, &path, errors) else { return longest };
    let Value::Object(map) = fields.get(&plural).unwrap_or(&Value::Null) else { return longest };
    for locale in map.keys() {
        if !LOCALES.contains(&locale.as_str()) {
            let message = format!("Value \"{locale}\" is not a valid locale.");
            translations.complain(errors, locale, "BASE_TYPE_CHOICES", message);
        } else if let Some(text) = translations.text(errors, locale, 0..=usize::MAX) {
            naming.check(&path.key(locale), text, errors);
            longest = longest.max(text.chars().count());
        }
    }
    kept.insert(plural, Value::Object(map.clone()));
    longest
}

#[cfg(test)]
mod tests;
