//! Reading typed fields out of a form, with Discord's complaint where one does not fit.
//!
//! Everywhere, `null` means the same as a missing field. A whole number may come as a string of digits, as
//! Discord's OpenAPI description says of all its integers.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::error::{FormErrors, Path};
use super::snowflake::Snowflake;

/// One object of a form: its members, where it stands, and where complaints go.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'v, 'p> {
    map: &'v Map<String, Value>,
    path: &'p Path<'p>,
}

impl<'v, 'p> Fields<'v, 'p> {
    /// The object at `path`, or a complaint that it is none.
    pub fn of(value: &'v Value, path: &'p Path<'p>, errors: &mut FormErrors) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Self { map, path }),
            _ => {
                errors.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
                None
            }
        }
    }

    /// Where the object stands.
    pub fn path(&self) -> &'p Path<'p> {
        self.path
    }

    /// The member, unless it is missing or null.
    pub fn get(&self, key: &str) -> Option<&'v Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// Whether the member is there at all, be it null.
    pub fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// A complaint about the member.
    pub fn complain(
        &self,
        errors: &mut FormErrors,
        key: &str,
        code: &'static str,
        message: impl Into<String>,
    ) {
        errors.add(&self.path.key(key), code, message.into());
    }

    /// The complaint that the member is missing.
    pub fn missing(&self, errors: &mut FormErrors, key: &str) {
        self.complain(errors, key, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A text of `length` characters, as it is.
    pub fn text(&self, errors: &mut FormErrors, key: &str, length: RangeInclusive<usize>) -> Option<&'v str> {
        match self.get(key)? {
            Value::String(text) => {
                if check_length(errors, &self.path.key(key), text.chars().count(), &length) {
                    Some(text)
                } else {
                    None
                }
            }
            other => {
                let message = format!("Could not interpret \"{}\" as string.", shorten(other));
                self.complain(errors, key, "STRING_TYPE_CONVERT", message);
                None
            }
        }
    }

    /// A text that must be there and not be empty.
    pub fn needed_text(
        &self,
        errors: &mut FormErrors,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<&'v str> {
        if self.get(key).is_none() {
            self.missing(errors, key);
        }
        self.text(errors, key, length)
    }

    /// A text without the blanks around it, counted after they are gone. An empty one counts as missing.
    pub fn trimmed(&self, errors: &mut FormErrors, key: &str, most: usize) -> Option<&'v str> {
        let text = self.text(errors, key, 0..=usize::MAX)?.trim();
        let fits = check_length(errors, &self.path.key(key), text.chars().count(), &(0..=most));
        (fits && !text.is_empty()).then_some(text)
    }

    /// A list of `length` items.
    pub fn list(
        &self,
        errors: &mut FormErrors,
        key: &str,
        length: RangeInclusive<usize>,
    ) -> Option<&'v [Value]> {
        match self.get(key)? {
            Value::Array(items) => {
                check_length(errors, &self.path.key(key), items.len(), &length).then_some(items)
            }
            _ => {
                self.complain(errors, key, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
                None
            }
        }
    }

    /// A whole number within `range`.
    pub fn integer(&self, errors: &mut FormErrors, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.get(key)?;
        let Some(number) = whole(value) else {
            self.complain(
                errors,
                key,
                "NUMBER_TYPE_COERCE",
                format!("Value \"{}\" is not int.", shorten(value)),
            );
            return None;
        };
        if number < *range.start() {
            let message = format!("int value should be greater than or equal to {}.", range.start());
            self.complain(errors, key, "NUMBER_TYPE_MIN", message);
            return None;
        }
        if number > *range.end() {
            let message = format!("int value should be less than or equal to {}.", range.end());
            self.complain(errors, key, "NUMBER_TYPE_MAX", message);
            return None;
        }
        Some(number)
    }

    /// A number, whole or not.
    pub fn number(&self, errors: &mut FormErrors, key: &str) -> Option<f64> {
        let value = self.get(key)?;
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        if number.is_none_or(|number| !number.is_finite()) {
            self.complain(
                errors,
                key,
                "NUMBER_TYPE_COERCE",
                format!("Value \"{}\" is not float.", shorten(value)),
            );
            return None;
        }
        number
    }

    /// One of a few whole numbers.
    pub fn choice(&self, errors: &mut FormErrors, key: &str, choices: &[i64]) -> Option<i64> {
        let number = self.integer(errors, key, i64::MIN..=i64::MAX)?;
        if choices.contains(&number) {
            return Some(number);
        }
        let listed: Vec<String> = choices.iter().map(i64::to_string).collect();
        let message = format!("Value must be one of {{{}}}.", listed.join(", "));
        self.complain(errors, key, "BASE_TYPE_CHOICES", message);
        None
    }

    /// Yes or no.
    pub fn boolean(&self, errors: &mut FormErrors, key: &str) -> Option<bool> {
        match self.get(key)? {
            Value::Bool(value) => Some(*value),
            _ => {
                self.complain(errors, key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
                None
            }
        }
    }

    /// An id.
    pub fn snowflake(&self, errors: &mut FormErrors, key: &str) -> Option<Snowflake> {
        let value = self.get(key)?;
        let id = Snowflake::from_value(value);
        if id.is_none() {
            let message = format!("Value \"{}\" is not snowflake.", shorten(value));
            self.complain(errors, key, "NUMBER_TYPE_COERCE", message);
        }
        id
    }

    /// A list of at most `most` ids. One that is none is complained about and left out.
    pub fn snowflakes(&self, errors: &mut FormErrors, key: &str, most: usize) -> Option<Vec<Snowflake>> {
        let items = self.list(errors, key, 0..=most)?;
        let path = self.path.key(key);
        let mut ids = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
            match Snowflake::from_value(item) {
                Some(id) => ids.push(id),
                None => {
                    let message = format!("Value \"{}\" is not snowflake.", shorten(item));
                    errors.add(&path.index(index), "NUMBER_TYPE_COERCE", message);
                }
            }
        }
        Some(ids)
    }

    /// A web address of at most `most` characters with one of `schemes`.
    pub fn url(&self, errors: &mut FormErrors, key: &str, most: usize, schemes: &[&str]) -> Option<&'v str> {
        let text = self.trimmed(errors, key, most)?;
        match check_url(text, schemes) {
            Ok(()) => Some(text),
            Err((code, message)) => {
                self.complain(errors, key, code, message);
                None
            }
        }
    }
}

/// A whole number, perhaps written as a string or as `5.0`.
pub fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            // 2^53: up to here a float holds every whole number exactly.
            number
                .as_f64()
                .filter(|f| f.fract() == 0.0 && f.abs() <= 9_007_199_254_740_992.0)
                .map(|f| f as i64)
        }),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Complains unless a length lies within the range.
pub fn check_length(
    errors: &mut FormErrors,
    path: &Path<'_>,
    length: usize,
    range: &RangeInclusive<usize>,
) -> bool {
    let (least, most) = (*range.start(), *range.end());
    if range.contains(&length) {
        return true;
    }
    if length == 0 {
        errors.add(path, "BASE_TYPE_REQUIRED", "This field is required");
    } else if least == 0 {
        errors.add(path, "BASE_TYPE_MAX_LENGTH", format!("Must be {most} or fewer in length."));
    } else {
        errors.add(path, "BASE_TYPE_BAD_LENGTH", format!("Must be between {least} and {most} in length."));
    }
    false
}

/// Whether the text is a web address that Discord would take.
fn check_url(text: &str, schemes: &[&str]) -> Result<(), (&'static str, String)> {
    let malformed = || ("URL_TYPE_INVALID_URL", "Not a well formed URL.".to_owned());
    let (scheme, rest) = text.split_once(':').ok_or_else(malformed)?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    {
        return Err(malformed());
    }
    if !schemes.contains(&scheme.as_str()) {
        let listed: Vec<String> = schemes.iter().map(|scheme| format!("'{scheme}'")).collect();
        let listed = listed.join(", ");
        let message = format!("Scheme \"{scheme}\" is not supported. Scheme must be one of ({listed}).");
        return Err(("URL_TYPE_INVALID_SCHEME", message));
    }
    let rest = rest.strip_prefix("//").ok_or_else(malformed)?;
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c)) {
        return Err(malformed());
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if scheme != "http" && scheme != "https" {
        return if authority.is_empty() { Err(malformed()) } else { Ok(()) };
    }
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host_and_port.split_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        Some(_) => return Err(malformed()),
        None => host_and_port,
    };
    let labels = host.strip_suffix('.').unwrap_or(host).split('.');
    let good = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if labels.clone().count() < 2 || !labels.clone().all(good) {
        return Err(malformed());
    }
    Ok(())
}

/// A value as it may stand in a complaint: never long.
fn shorten(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().take(80).collect()
}

#[cfg(test)]
pub(super) mod tests;
