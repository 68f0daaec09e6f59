//! A mistake in a data file: where it stands, what it is, and how to mend it.

use std::{fmt, sync::Arc};

use crate::error::UserError;

/// Where in which file something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as the person named it; `-` for standard input.
    pub file: Arc<str>,
    /// Line, counted from 1; `None` when the mistake concerns the file as a whole.
    pub line: Option<u32>,
    /// The field, dotted, list items counted from 1 (`reviews[2].quote`). Empty when no field is meant.
    pub field: String,
}

impl Place {
    /// A whole file.
    #[must_use]
    pub fn file(file: &Arc<str>) -> Self {
        Self { file: Arc::clone(file), line: None, field: String::new() }
    }

    /// A line of a file.
    #[must_use]
    pub fn line(file: &Arc<str>, line: u32) -> Self {
        Self { file: Arc::clone(file), line: Some(line), field: String::new() }
    }
}

impl fmt::Display for Place {
    /// `tools/axolotl.toml:12: entry.kind`, the form on which editors and terminals jump to the line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        Ok(())
    }
}

/// One mistake. The text of its key (`check-…`) says what is wrong and what to write instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub what: UserError,
}

impl Problem {
    /// A mistake at a place.
    #[must_use]
    pub fn new(place: Place, what: UserError) -> Self {
        Self { place, what }
    }
}

impl fmt::Display for Problem {
    /// For tests and logs; people see the text of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}
