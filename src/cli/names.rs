//! What was typed and what is meant by it; when that is not clear, what to type instead.

use serde::Serialize;

use super::{
    json,
    outcome::{Exit, Stop},
    terminal::Terminal,
};
use crate::{
    card::{escape, head_to_head::ReadAs, limits},
    catalog::view::{Found, View},
    error::{Arg, UserError},
    service::names::{Asked, Unclear, read_names},
};

#[derive(Serialize)]
struct Json<'a> {
    unclear: Vec<JsonUnclear<'a>>,
}

#[derive(Serialize)]
struct JsonUnclear<'a> {
    query: &'a str,
    decision: &'static str,
    matches: Vec<json::Match<'a>>,
}

/// Reads names. The outer error is one of writing; the inner one says which names were not clear.
pub(super) fn read(
    view: &View,
    typed: &[String],
    command: &str,
    as_json: bool,
    terminal: &mut Terminal,
) -> Result<Result<Vec<Asked>, Stop>, Stop> {
    if typed.iter().any(|name| name.trim().is_empty()) {
        let command = if command == "compare" { "compare axolotl" } else { command };
        return Ok(Err(Stop::user(
            Exit::WrongUse,
            &UserError::new("terminal-empty").with("command", command),
        )));
    }
    let unclear = match read_names(view, typed) {
        Ok(asked) => return Ok(Ok(asked)),
        Err(unclear) => unclear,
    };
    if as_json {
        terminal.json(&Json { unclear: unclear.iter().map(JsonUnclear::new).collect() })?;
    }
    let said = unclear.iter().map(|name| terminal.texts.error(&complaint(name, typed, command))).collect();
    Ok(Err(Stop::Said(Exit::NotFound, said)))
}

impl<'a> JsonUnclear<'a> {
    fn new(name: &'a Unclear) -> Self {
        Self {
            query: &name.typed,
            decision: if name.is_ambiguous { "ambiguous" } else { "none" },
            matches: name.tools.iter().map(json::Match::new).collect(),
        }
    }
}

/// How the names of a card were read.
pub(super) fn read_as(asked: &Asked) -> ReadAs {
    ReadAs {
        typed: asked.typed.clone(),
        tool: asked.found.listing.tool.name.clone(),
        how: asked.found.how.as_str().to_owned(),
    }
}

/// Below this score a tool has little in common with what was typed; proposing it as an example would be silly.
const LIKELY: f32 = 0.5;

/// How many of the closest are named when nothing fits.
const CLOSEST: usize = 3;

/// "“llama” could be Ollama, LlamaIndex or llama.cpp. Say which, for example: tiebreaker compare ollama axolotl".
fn complaint(name: &Unclear, typed: &[String], command: &str) -> UserError {
    let near = name.tools.first().is_some_and(|first| first.score >= LIKELY);
    let key = match (name.is_ambiguous, name.tools.is_empty()) {
        (true, _) => "terminal-ambiguous",
        (false, true) => "terminal-unknown-nothing-near",
        (false, false) if near => "terminal-unknown",
        (false, false) => "terminal-unknown-far",
    };
    let tools = if name.is_ambiguous {
        name.tools.as_slice()
    } else {
        name.tools.get(..CLOSEST).unwrap_or(&name.tools)
    };
    UserError::new(key)
        .with("typed", shown(&name.typed))
        .with("tools", Arg::Text(either(tools)))
        .with("example", example(name, typed, command))
}

/// A name as it is repeated to the person who typed it: on one line, and no longer than a name can be.
pub(super) fn shown(typed: &str) -> String {
    limits::cut(&escape::clean(typed), LONGEST)
}

/// The longest name that is repeated, in UTF-16 units.
const LONGEST: usize = 80;

fn either(tools: &[Found]) -> String {
    let names: Vec<&str> = tools.iter().map(|found| found.listing.tool.name.as_str()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.join(""),
    }
}

/// The command with the unclear name replaced by the first tool that it could be.
fn example(name: &Unclear, typed: &[String], command: &str) -> String {
    let Some(first) = name.tools.first() else { return String::new() };
    let words = typed.iter().map(|other| {
        if *other == name.typed { shell_word(&first.listing.tool.name) } else { shell_word(&shown(other)) }
    });
    format!("tiebreaker {command} {}", words.collect::<Vec<_>>().join(" "))
}

/// A word as a shell takes it back.
fn shell_word(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':'));
    if is_plain { word.to_owned() } else { format!("\"{}\"", word.replace(['"', '\\', '$', '`'], "")) }
}
