//! CSV and TSV: a first line of field names, then one tool a line.
//!
//! Fields of the entry are written `entry.kind` or `entry_kind`; lists in one cell are parted by `;`; an empty cell leaves
//! the field out. A table holds no reviews.

use super::{
    Document, Source,
    node::{Field, Node, Value},
};
use crate::{
    catalog::problem::{Place, Problem},
    error::UserError,
};

/// Columns whose cells hold lists.
const LISTS: [&str; 3] = ["aliases", "formerly", "also"];

pub(super) fn read(source: &Source, delimiter: u8, to: &mut Document) {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::Headers)
        .from_reader(source.text.as_bytes());
    let mut headers = match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_owned).collect::<Vec<_>>(),
        Err(error) => return to.problems.push(syntax(source, 1, error.to_string())),
    };
    for header in &mut headers {
        *header = header.to_ascii_lowercase().replace("entry_", "entry.");
    }
    if !headers.iter().any(|header| header == "name" || header == "id") {
        let found = headers.join(", ");
        to.problems.push(Problem::new(
            Place::line(&source.file, 1),
            UserError::new("check-csv-header").with("found", found),
        ));
        return;
    }
    let mut row = csv::StringRecord::new();
    loop {
        let line = line(reader.position());
        match reader.read_record(&mut row) {
            Ok(false) => break,
            Ok(true) => {
                // Blank lines before the row are skipped by the reader, so the row knows its line better.
                let line = row.position().map_or(line, |at| line_of(at.line()));
                if row.len() > headers.len() {
                    let what = UserError::new("check-csv-cells")
                        .with("count", row.len())
                        .with("columns", headers.len());
                    to.problems.push(Problem::new(Place::line(&source.file, line), what));
                    to.records_refused += 1;
                    continue;
                }
                let node = Node { line, value: Value::Table(fields(&headers, &row, line)) };
                to.take_record(source, node, false, None);
            }
            Err(error) => {
                let line = error.position().map_or(line, |at| line_of(at.line()));
                to.problems.push(syntax(source, line, error.to_string()));
                to.records_refused += 1;
            }
        }
    }
}

fn line(position: &csv::Position) -> u32 {
    line_of(position.line())
}

fn line_of(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

fn syntax(source: &Source, line: u32, detail: String) -> Problem {
    Problem::new(
        Place::line(&source.file, line),
        UserError::new("check-syntax").with("format", "CSV").with("detail", detail),
    )
}

fn fields(headers: &[String], row: &csv::StringRecord, line: u32) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::with_capacity(headers.len());
    let mut entry: Vec<Field> = Vec::new();
    for (header, cell) in headers.iter().zip(row) {
        if cell.trim().is_empty() {
            continue;
        }
        let value = if LISTS.contains(&header.as_str()) {
            let item = |item: &str| Node { line, value: Value::Text(item.trim().to_owned()) };
            Value::List(cell.split(';').filter(|item| !item.trim().is_empty()).map(item).collect())
        } else {
            Value::Text(cell.to_owned())
        };
        let node = Node { line, value };
        match header.strip_prefix("entry.") {
            Some(name) => entry.push(Field { name: name.to_owned(), line, node }),
            None => fields.push(Field { name: header.clone(), line, node }),
        }
    }
    if !entry.is_empty() {
        let node = Node { line, value: Value::Table(entry) };
        fields.push(Field { name: "entry".to_owned(), line, node });
    }
    fields
}
