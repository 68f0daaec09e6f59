//! Arrows point down: no room of `src/` names a room that stands above it, and what belongs to one room is named there
//! only.
//!
//! The sources are read as tokens, so comments, links in docs and words in strings do not count, and a path is found
//! however it is written: `use crate::{card, domain::ids}`, `crate::card::Card::new`, `super::super::card`.

mod paths;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Each room and the rooms it may name. This is the picture at the head of `src/lib.rs`; whoever changes one changes the
/// other, and ARCHITECTURE.md.
const ROOMS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("text", &["error"]),
    ("domain", &["error"]),
    ("catalog", &["domain", "error"]),
    ("store", &["domain", "error"]),
    ("service", &["catalog", "domain", "error", "store", "telemetry"]),
    ("card", &["domain", "error", "text"]),
    ("simulator", &[]),
    ("playground", &["simulator"]),
    ("jobs", &["domain", "error", "service", "telemetry"]),
    ("discord", &["card", "catalog", "config", "domain", "error", "service", "store", "telemetry", "text"]),
    ("config", &["error"]),
    ("telemetry", &["config"]),
    (
        "app",
        &[
            "card",
            "catalog",
            "config",
            "discord",
            "domain",
            "error",
            "jobs",
            "playground",
            "service",
            "simulator",
            "store",
            "telemetry",
            "text",
        ],
    ),
    ("cli", &["app", "card", "catalog", "config", "domain", "error", "service", "telemetry", "text"]),
    ("main", &["app", "cli", "config", "telemetry"]),
];

/// Leaves that several floors use although `lib.rs` lists them high: whoever does the work counts it, and who talks to the
/// outside takes its part of the settings as a value.
const LEAVES: &[&str] = &["config", "telemetry"];

/// What only some places may name: the path, who may (a room, or one file of it), and why nobody else.
const RESERVED: &[(&[&str], &[&str], &str)] = &[
    (&["serenity"], &["discord", "app"], "Discord's library stops at the discord room"),
    (&["poise"], &["discord", "app"], "Discord's library stops at the discord room"),
    (&["sled"], &["store"], "the contract of the store hides which store it is"),
    (
        &["crate", "store", "embedded"],
        &["store", "app", "cli"],
        "the contract of the store hides which store it is",
    ),
    (
        &["std", "env"],
        &[
            "config",
            // NO_COLOR is a convention of terminals, not a setting of ours.
            "telemetry",
        ],
        "settings are read once, in config, and handed down as values",
    ),
];

/// What the rules must never name: they get the time, ids and everything else as arguments.
const IMPURE: &[&[&str]] = &[
    &["std", "fs"],
    &["std", "io"],
    &["std", "net"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
    &["getrandom"],
    &["reqwest"],
    &["tokio"],
    &["tracing"],
];

#[test]
fn no_room_names_a_room_above_it() {
    let mut faults = Vec::new();
    for (file, source) in sources() {
        faults.extend(faults_of(&file, &source));
    }
    assert!(faults.is_empty(), "imports that point the wrong way:\n{}", faults.join("\n"));
}

#[test]
fn every_room_is_in_the_table() {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    let declared: BTreeSet<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let known: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).filter(|room| *room != "main").collect();
    assert_eq!(declared, known, "lib.rs and the table of rooms differ");
}

#[test]
fn the_table_agrees_with_the_picture_in_lib_rs() {
    let lib = fs::read_to_string(src().join("lib.rs")).unwrap();
    // A row of the picture is `//! | [`room`], [`room`] | what lives there |`; its number is the floor, counted from the top.
    let mut floors = BTreeMap::new();
    for (floor, row) in lib.lines().filter_map(|line| line.strip_prefix("//! | [`")).enumerate() {
        let rooms = row.split('|').next().unwrap_or_default();
        for room in rooms.split(['[', ']', '`', ',', ' ']).filter(|word| !word.is_empty()) {
            floors.insert(room, floor);
        }
    }
    for (room, uses) in ROOMS.iter().filter(|(room, _)| *room != "main") {
        let floor = floors.get(room).unwrap_or_else(|| panic!("lib.rs shows no `{room}`"));
        for used in uses.iter().filter(|used| !LEAVES.contains(used)) {
            assert!(floors[used] > *floor, "`{room}` may use `{used}`, which lib.rs shows above it");
        }
    }
}

#[test]
fn every_room_says_what_it_is() {
    for (file, source) in sources() {
        let is_door = file.ends_with("/mod.rs") || !file.contains('/');
        assert!(!is_door || source.starts_with("//! "), "src/{file} does not begin with what it is");
    }
}

/// The test of the test: what it must find, and what it must leave alone.
#[test]
fn a_forbidden_import_is_found_however_it_is_written() {
    let found = |file: &str, source: &str| !faults_of(file, source).is_empty();

    for (file, source) in [
        ("service/vote.rs", "use crate::card::Card;"),
        ("service/vote.rs", "use crate::{domain::ids, card};"),
        ("service/vote.rs", "use crate::{domain::{ids, score}, store::{self, Store}, discord::{rest}};"),
        ("service/vote.rs", "fn f() { g(&[crate::card::Card::new()]) }"),
        ("service/vote.rs", "macro_rules! m { () => { $crate::card::Card } }"),
        ("service/vote.rs", "use super::super::card;"),
        ("service/mod.rs", "use super::card;"),
        ("service/vote.rs", "mod tests { use super::super::super::card::Card; }"),
        ("service/vote.rs", "use crate::*;"),
        ("service/vote.rs", "use crate as house;"),
        ("service/vote.rs", "use crate::{self as house};"),
        ("service/vote.rs", "pub(in crate::card) fn f() {}"),
        ("service/vote.rs", "const Q: char = '\"'; use crate::card::Card; const R: char = '\"';"),
        ("service/vote.rs", "const Q: &str = \"\\\\\"; use crate::card::Card;"),
        ("service/vote.rs", "fn f<'a>(a: &'a str) -> crate::card::Card<'a> {}"),
        ("service/vote.rs", "mod tests { use super::*; } use super::super::card;"),
        ("simulator/core.rs", "use crate::domain::ids::ToolId;"),
        ("playground/mod.rs", "use crate::app::App;"),
        ("error.rs", "use crate::text::Texts;"),
        ("main.rs", "use tiebreaker::store::Store;"),
        ("card/embed.rs", "use serenity::all::CreateEmbed;"),
        ("cli/run.rs", "fn f(c: &poise::Context) {}"),
        ("service/vote.rs", "use ::sled;"),
        ("discord/refresh.rs", "use crate::store::{Store, embedded::EmbeddedStore};"),
        ("service/vote.rs", "extern crate sled as s;"),
        ("service/vote.rs", "use std::{env::var, fmt};"),
        ("service/vote.rs", "fn f() { std::env::var(\"A\"); }"),
        ("domain/score.rs", "use std::time::{Duration, SystemTime};"),
        ("domain/score.rs", "use tokio::sync::Mutex;"),
    ] {
        assert!(found(file, source), "not found in src/{file}: {source}");
    }

    for (file, source) in [
        ("service/vote.rs", "use crate::{domain::ids, store::Store};"),
        (
            "service/vote.rs",
            "//! See [`crate::card`].\n/// [`crate::discord::rest`]\nfn f() {} // crate::card",
        ),
        (
            "service/vote.rs",
            "/* crate::card /* crate::card */ crate::card */ const S: &str = \"\\\"use crate::card::Card;\";",
        ),
        (
            "service/vote.rs",
            "const S: &str = r#\"a \" crate::card::Card\"#; const B: &[u8] = b\"crate::card::C\";",
        ),
        ("service/vote.rs", "fn f<'a>(c: &'a char) { g('\"', crate::store::S, '\"', '\\'', '\\u{1F6A2}') }"),
        ("service/vote.rs", "pub(crate) fn f() { let sled = 1; g(sled, self.serenity) }"),
        ("service/vote/late.rs", "use super::super::recount;"),
        ("service/vote.rs", "mod tests { use super::*; use super::super::recount; }"),
        ("service/vote.rs", "use crate::service::recount;"),
        ("service/vote.rs", "use std::collections::BTreeMap as sled;"),
        ("store/sled/mod.rs", "use sled::Db;"),
        ("store/mod.rs", "pub mod sled; pub use self::sled::SledStore;"),
        ("discord/rest/mod.rs", "use serenity::http::Http; use crate::card::Card;"),
        ("config.rs", "fn f() { std::env::var(\"A\"); }"),
        ("domain/score.rs", "use std::time::Duration;"),
        ("main.rs", "use tiebreaker::{cli, app};"),
    ] {
        assert_eq!(faults_of(file, source), Vec::<String>::new(), "in src/{file}: {source}");
    }
}

fn src() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file: its path below `src/`, with `/`, and its text.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, under: &str, into: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if under.is_empty() { name.clone() } else { format!("{under}/{name}") };
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &path, into);
            } else if name.ends_with(".rs") {
                into.push((path, fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
    let mut all = Vec::new();
    walk(&src(), "", &mut all);
    assert!(all.len() >= ROOMS.len(), "found only {} sources", all.len());
    all
}

/// What is wrong with one source file, a line for each fault.
fn faults_of(file: &str, source: &str) -> Vec<String> {
    let module: Vec<String> = file
        .trim_end_matches(".rs")
        .split('/')
        .filter(|part| !matches!(*part, "mod" | "lib"))
        .map(str::to_owned)
        .collect();
    let room = module.first().map_or("lib", String::as_str).to_owned();
    let mut faults = Vec::new();
    for found in paths::paths(source, module) {
        let path: Vec<&str> = found.path.iter().map(String::as_str).collect();
        if let Some(why) = fault(&room, &path, found.import) {
            faults.push(format!("src/{file}:{}: {} ({why})", found.line, path.join("::")));
        }
    }
    faults
}

/// Why `room` must not name `path`, if it must not.
fn fault(room: &str, path: &[&str], import: bool) -> Option<String> {
    let within = |what: &[&str]| path.starts_with(what) && (import || path.len() > 1);
    if let Some((_, who, why)) = RESERVED.iter().find(|(what, _, _)| within(what))
        && !who.contains(&room)
    {
        return Some((*why).to_owned());
    }
    if let ["crate" | "tiebreaker", rest @ ..] = path {
        let Some(named) = rest.first() else {
            return import.then(|| "name the room, not the whole house".to_owned());
        };
        if matches!(*named, "*" | "self") {
            return Some("name the room, not the whole house".to_owned());
        }
        if room == "lib" || *named == room {
            return None;
        }
        let (_, uses) = ROOMS.iter().find(|(name, _)| *name == room)?;
        let is_room = ROOMS.iter().any(|(name, _)| name == named);
        return (is_room && !uses.contains(named)).then(|| format!("`{room}` may use: {}", list(uses)));
    }
    (room == "domain" && IMPURE.iter().any(|what| within(what)))
        .then(|| "rules are pure: no clock, no I/O, nothing to wait for".to_owned())
}

fn list(rooms: &[&str]) -> String {
    if rooms.is_empty() { "nothing of ours".to_owned() } else { rooms.join(", ") }
}
