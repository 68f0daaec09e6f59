//! JSON: one tool, a list of tools, or `{"tools": […], "reviewers": […]}`; and JSON Lines: one tool a line.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    Document, Source,
    node::{Field, Lines, Node, Value},
};
use crate::{
    catalog::problem::{Place, Problem},
    error::UserError,
};

/// Deeper than any record needs; below serde_json's own limit.
const MAX_DEPTH: usize = 16;

pub(super) fn read(source: &Source, to: &mut Document) {
    match parse(&source.text, 1) {
        Ok(node) => to.take(source, node, false),
        Err(error) => to.problems.push(syntax(source, "JSON", 1, &error)),
    }
}

pub(super) fn read_lines(source: &Source, to: &mut Document) {
    for (number, line) in (1..).zip(source.text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        match parse(line, number) {
            Ok(node) => to.take_record(source, node, false, None),
            Err(error) => to.problems.push(syntax(source, "JSON", number, &error)),
        }
    }
}

fn syntax(source: &Source, format: &str, first_line: u32, error: &serde_json::Error) -> Problem {
    let line = u32::try_from(error.line().max(1) - 1).unwrap_or(0);
    // serde_json ends its message with the place; the place stands in front already.
    let detail = error.to_string();
    let detail = detail.split(" at line ").next().unwrap_or_default().to_owned();
    Problem::new(
        Place::line(&source.file, first_line.saturating_add(line)),
        UserError::new("check-syntax").with("format", format).with("detail", detail),
    )
}

/// Parses `text`, whose first line has the number `first_line`.
fn parse(text: &str, first_line: u32) -> Result<Node, serde_json::Error> {
    let raw: &RawValue = serde_json::from_str(text)?;
    let lines = Lines::new(text, first_line);
    node(raw, text, &lines, MAX_DEPTH)
}

/// A raw value is a slice of the text, so its address tells its line.
fn node(raw: &RawValue, text: &str, lines: &Lines, depth: usize) -> Result<Node, serde_json::Error> {
    let json = raw.get();
    let line = lines.of((json.as_ptr() as usize).saturating_sub(text.as_ptr() as usize));
    let value = match json.as_bytes().first() {
        _ if depth == 0 => return Err(serde::de::Error::custom("nested too deeply")),
        Some(b'{') => {
            let Fields(fields) = serde_json::from_str(json)?;
            Value::Table(
                fields
                    .into_iter()
                    .map(|(name, raw)| {
                        let node = node(raw, text, lines, depth - 1)?;
                        Ok(Field { name, line: node.line, node })
                    })
                    .collect::<Result<_, serde_json::Error>>()?,
            )
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json)?;
            Value::List(
                items.into_iter().map(|raw| node(raw, text, lines, depth - 1)).collect::<Result<_, _>>()?,
            )
        }
        Some(b'"') => Value::Text(serde_json::from_str(json)?),
        Some(b't') => Value::Flag(true),
        Some(b'f') => Value::Flag(false),
        Some(b'n') => Value::Nothing,
        _ => Value::Number(json.to_owned()),
    };
    Ok(Node { line, value })
}

/// An object's fields as they stand, doubles included: a map would keep the last one silently.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    fields.push(pair);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}
