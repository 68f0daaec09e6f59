//! The starter catalog keeps the JSON Schemas that editors check it with.
//!
//! `check-data` says more and says it better; this test keeps the schemas true, so that an editor neither accepts what the
//! bot refuses nor underlines what the bot reads.

use std::{fs, path::Path};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

/// One schema of `data/`, compiled.
struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn load(name: &str) -> Self {
        let path = data().join(name);
        let text = fs::read_to_string(&path).unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        let id = schema["$id"].as_str().unwrap().to_owned();
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.add_resource(&id, schema).unwrap();
        let mut schemas = Schemas::new();
        let index = compiler.compile(&id, &mut schemas).unwrap();
        Self { schemas, index }
    }

    /// What is wrong with a TOML text, or nothing.
    fn fault(&self, text: &str) -> Option<String> {
        let document: toml::Table = match text.parse() {
            Ok(document) => document,
            Err(error) => return Some(error.to_string()),
        };
        let value = json(toml::Value::Table(document));
        self.schemas.validate(&value, self.index).err().map(|error| format!("{error:#}"))
    }
}

fn data() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// A TOML value as the JSON that the schemas speak of: dates count as strings.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}

#[test]
fn every_tool_keeps_the_schema() {
    let schema = Schema::load("tool.schema.json");
    let mut faults = Vec::new();
    let mut read = 0;
    for entry in fs::read_dir(data().join("tools")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        read += 1;
        if let Some(fault) = schema.fault(&text) {
            faults.push(format!("{}: {fault}", path.display()));
        }
    }
    assert!(read >= 122, "only {read} tools in data/tools");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_panel_keeps_the_schema() {
    let text = fs::read_to_string(data().join("reviewers.toml")).unwrap();
    assert_eq!(Schema::load("reviewers.schema.json").fault(&text), None);
}

/// The test of the test: each of these mistakes must be found.
#[test]
fn the_schema_finds_mistakes() {
    let schema = Schema::load("tool.schema.json");
    let good = fs::read_to_string(data().join("tools/axolotl.toml")).unwrap();
    assert_eq!(schema.fault(&good), None);
    for (from, to) in [
        ("name = \"Axolotl v0.16\"", "title = \"Axolotl v0.16\""),
        ("category = \"developer-tools\"", "category = \"Developer Tools\""),
        ("kind = \"paid\"", "kind = \"cheap\""),
        ("verdict = \"ship\"", "verdict = \"shipp\""),
        ("link = \"https://", "link = \"ftp://"),
        ("checked = 2026-11-10", "checked = \"soon\""),
    ] {
        assert!(good.contains(from), "the entry no longer has {from}");
        assert!(schema.fault(&good.replace(from, to)).is_some(), "the schema takes {to}");
    }
}
