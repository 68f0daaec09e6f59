//! TOML: one tool a file (its name is the id), or lists `[[tools]]` and `[[reviewers]]`.

use toml::de::{DeTable, DeValue};

use super::{
    Document, Source,
    node::{Field, Lines, Node, Value},
};
use crate::{
    catalog::problem::{Place, Problem},
    domain::time::Date,
    error::UserError,
};

/// More mistakes of one file than these only repeat the first.
const MAX_SYNTAX_ERRORS: usize = 10;

pub(super) fn read(source: &Source, to: &mut Document) {
    let lines = Lines::new(&source.text, 1);
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
        let mut place = Place::file(&source.file);
        place.line = error.span().map(|span| lines.of(span.start));
        let detail = error.message().trim().replace('\n', "; ");
        to.problems.push(Problem::new(
            place,
            UserError::new("check-syntax").with("format", "TOML").with("detail", detail),
        ));
    }
    if errors.is_empty() {
        let fields = fields(table.get_ref(), &lines);
        to.take(source, Node { line: 1, value: Value::Table(fields) }, true);
    }
}

fn fields(table: &DeTable<'_>, lines: &Lines) -> Vec<Field> {
    let mut fields: Vec<(usize, Field)> = table
        .iter()
        .map(|(key, value)| {
            let at = key.span().start;
            let node = node(value.get_ref(), lines.of(value.span().start), lines);
            (at, Field { name: key.get_ref().to_string(), line: lines.of(at), node })
        })
        .collect();
    // The parser sorts by name; people read from top to bottom.
    fields.sort_by_key(|(at, _)| *at);
    fields.into_iter().map(|(_, field)| field).collect()
}

fn node(value: &DeValue<'_>, line: u32, lines: &Lines) -> Node {
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Number(number.to_string()),
        DeValue::Float(number) => Value::Number(number.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(when) => match (when.date, when.time) {
            (Some(day), None) => time::Month::try_from(day.month)
                .and_then(|month| Date::from_calendar_date(i32::from(day.year), month, day.day))
                .map_or(Value::Time, Value::Day),
            _ => Value::Time,
        },
        DeValue::Array(items) => Value::List(
            items.iter().map(|item| node(item.get_ref(), lines.of(item.span().start), lines)).collect(),
        ),
        DeValue::Table(table) => Value::Table(fields(table, lines)),
    };
    Node { line, value }
}
