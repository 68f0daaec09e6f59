//! What all formats have in common: a tree of values that know their lines.

use std::sync::Arc;

use crate::domain::time::Date;

/// A value and the line on which it begins, counted from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Line of the file.
    pub line: u32,
    /// The value.
    pub value: Value,
}

/// A value of any of the formats.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number, as it was written.
    Number(String),
    /// True or false.
    Flag(bool),
    /// A day, where the format has days of its own (TOML).
    Day(Date),
    /// A time, or a day with a time: never what a field wants.
    Time,
    /// A list.
    List(Vec<Node>),
    /// A table; fields in the order in which they were written.
    Table(Vec<Field>),
    /// JSON's null: the same as leaving the field out.
    Nothing,
}

impl Value {
    /// The word for this kind in the texts (`check-kind`).
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Number(_) => "number",
            Self::Flag(_) => "flag",
            Self::Day(_) => "day",
            Self::Time => "time",
            Self::List(_) => "list",
            Self::Table(_) => "table",
            Self::Nothing => "nothing",
        }
    }
}

/// A named value of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The line of the name.
    pub line: u32,
    /// Its value.
    pub node: Node,
}

/// One tool or reviewer as it was written, unchecked.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The file, as the person named it.
    pub file: Arc<str>,
    /// The line on which it begins.
    pub line: u32,
    /// The id, when the file's name says it (one tool a file).
    pub file_id: Option<String>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Whether the format has days of its own, so that a day in quotes is a mistake.
    pub native_days: bool,
}

/// Finds the line of a byte.
pub(super) struct Lines {
    /// Where each line after the first begins.
    starts: Vec<usize>,
    /// Number of the first line.
    first: u32,
}

impl Lines {
    pub(super) fn new(text: &str, first: u32) -> Self {
        let starts = text.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(at, _)| at + 1).collect();
        Self { starts, first }
    }

    pub(super) fn of(&self, byte: usize) -> u32 {
        let before = self.starts.partition_point(|&start| start <= byte);
        self.first.saturating_add(u32::try_from(before).unwrap_or(u32::MAX))
    }
}
