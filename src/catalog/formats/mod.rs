//! The formats in which catalogs are written: TOML, JSON, JSON Lines, CSV.
//!
//! All of them become the same tree ([`node`]), so that one checker ([`super::file`]) serves all and names file, line and
//! field the same way for all.

mod csv;
mod json;
pub mod node;
mod toml;

use std::sync::Arc;

use self::node::{Node, Record, Value};
use super::problem::{Place, Problem};
use crate::error::UserError;

/// Windows editors write it in front of the first line; it belongs to no field.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `.toml`
    Toml,
    /// `.json`
    Json,
    /// `.jsonl`, `.ndjson`
    JsonLines,
    /// `.csv`
    Csv,
    /// `.tsv`
    Tsv,
}

impl Format {
    /// The format that a file name's ending tells.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "toml" => Self::Toml,
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::JsonLines,
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            _ => return None,
        })
    }

    /// The format that the text itself tells; for standard input and files without an ending.
    #[must_use]
    pub fn sniff(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let first = text.lines().next().unwrap_or_default().trim_end();
        match text.as_bytes().first() {
            // An object that ends on its line, with more behind it: a line of many. One object alone reads the same as both.
            Some(b'{') if serde_json::from_str::<serde::de::IgnoredAny>(first).is_ok() => Self::JsonLines,
            Some(b'{') => Self::Json,
            // `[[tools]]` and `[entry]` are TOML, `[` before anything else is a JSON list.
            Some(b'[') if !first[1..].trim_start().starts_with(|c: char| c == '[' || c.is_alphabetic()) => {
                Self::Json
            }
            Some(b'[' | b'#') => Self::Toml,
            _ if first.split_once('=').is_some_and(|(key, _)| is_bare_key(key.trim())) => Self::Toml,
            _ if first.contains('\t') => Self::Tsv,
            _ => Self::Csv,
        }
    }
}

fn is_bare_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// A text and where it came from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file, as the person named it; `-` for standard input.
    pub file: Arc<str>,
    /// What it holds.
    pub text: String,
}

impl Source {
    /// A text from `file`.
    #[must_use]
    pub fn new(file: &str, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with(BYTE_ORDER_MARK) {
            text.drain(..BYTE_ORDER_MARK.len_utf8());
        }
        Self { file: file.into(), text }
    }

    /// The format, by the ending or, without one, by the text.
    #[must_use]
    pub fn format(&self) -> Format {
        Format::of_name(&self.file).unwrap_or_else(|| Format::sniff(&self.text))
    }

    /// The file name without folder and ending: the id of a tool that has a file of its own.
    fn stem(&self) -> Option<&str> {
        let name = self.file.rsplit(['/', '\\']).next()?;
        name.rsplit_once('.').map(|(stem, _)| stem).filter(|stem| !stem.is_empty())
    }
}

/// Everything that sources hold, unchecked, and what could not be read at all.
#[derive(Debug, Default)]
pub struct Document {
    /// The tools, in the order in which they were written.
    pub tools: Vec<Record>,
    /// The reviewers.
    pub reviewers: Vec<Record>,
    /// Mistakes of the format itself.
    pub problems: Vec<Problem>,
    /// Records that could not be read, each with a problem.
    pub records_refused: usize,
}

impl Document {
    /// Reads one source into this document.
    pub fn read(&mut self, source: &Source) {
        let problems = self.problems.len();
        let refused = self.records_refused;
        match source.format() {
            Format::Toml => toml::read(source, self),
            Format::Json => json::read(source, self),
            Format::JsonLines => json::read_lines(source, self),
            Format::Csv => csv::read(source, b',', self),
            Format::Tsv => csv::read(source, b'\t', self),
        }
        // Where a format did not count, every mistake stands for one record that is missing.
        if self.records_refused == refused {
            self.records_refused += self.problems.len() - problems;
        }
    }

    /// Takes a whole file: a list of tools, a table with lists, or one tool.
    fn take(&mut self, source: &Source, node: Node, native_days: bool) {
        match node.value {
            Value::List(items) => {
                for item in items {
                    self.take_record(source, item, native_days, None);
                }
            }
            Value::Table(fields)
                if fields.iter().any(|f| matches!(f.name.as_str(), "tools" | "reviewers")) =>
            {
                for field in fields {
                    let is_tools = field.name == "tools";
                    match field.node.value {
                        Value::List(items) if is_tools => {
                            for item in items {
                                self.take_record(source, item, native_days, None);
                            }
                        }
                        Value::List(items) if field.name == "reviewers" => {
                            for item in items {
                                self.take_reviewer(source, item, native_days);
                            }
                        }
                        _ => {
                            let mut place = Place::line(&source.file, field.line);
                            place.field = field.name;
                            self.problems.push(Problem::new(place, UserError::new("check-top-field")));
                        }
                    }
                }
            }
            value => {
                let id = source.stem().map(str::to_owned);
                let id = if native_days { id } else { None };
                self.take_record(source, Node { line: node.line, value }, native_days, id);
            }
        }
    }

    fn take_record(&mut self, source: &Source, node: Node, native_days: bool, file_id: Option<String>) {
        let file = Arc::clone(&source.file);
        match node.value {
            Value::Table(fields) => {
                self.tools.push(Record { file, line: node.line, file_id, fields, native_days });
            }
            other => self.not_a_table(&file, node.line, &other),
        }
    }

    fn take_reviewer(&mut self, source: &Source, node: Node, native_days: bool) {
        let file = Arc::clone(&source.file);
        match node.value {
            Value::Table(fields) => {
                self.reviewers.push(Record { file, line: node.line, file_id: None, fields, native_days });
            }
            other => self.not_a_table(&file, node.line, &other),
        }
    }

    fn not_a_table(&mut self, file: &Arc<str>, line: u32, value: &Value) {
        let what = UserError::new("check-kind").with("wanted", "table").with("got", value.kind());
        self.problems.push(Problem::new(Place::line(file, line), what));
        self.records_refused += 1;
    }
}
