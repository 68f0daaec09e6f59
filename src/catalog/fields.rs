//! Takes fields out of a record one by one, reports what is wrong with each, and at the end what nobody asked for.

use std::{ops::RangeInclusive, sync::Arc};

use crate::{
    catalog::{
        formats::node::{Field, Node, Record, Value},
        problem::{Place, Problem},
        tidy,
    },
    domain::{
        ids::ToolId,
        time::{Date, parse_date},
    },
    error::UserError,
};

/// The fields of one table of a record.
pub(super) struct Fields<'a, 'p> {
    record: &'a Record,
    fields: &'a [Field],
    /// What stands before a field's name in reports: `entry.`
    path: String,
    /// Where the table begins; for fields that are missing.
    line: u32,
    /// The fields that the format knows, in the order in which they were asked for.
    known: Vec<&'static str>,
    problems: &'p mut Vec<Problem>,
}

impl<'a, 'p> Fields<'a, 'p> {
    pub(super) fn new(
        record: &'a Record,
        fields: &'a [Field],
        path: String,
        line: u32,
        problems: &'p mut Vec<Problem>,
    ) -> Self {
        Self { record, fields, path, line, known: Vec::new(), problems }
    }

    pub(super) fn problems(&mut self) -> &mut Vec<Problem> {
        self.problems
    }

    /// The line of a field, or of its table when it is not there.
    pub(super) fn line_of(&self, name: &str) -> u32 {
        self.fields.iter().find(|field| field.name == name).map_or(self.line, |field| field.line)
    }

    /// Whether the field was written at all, right or wrong.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// Reports a mistake of a field.
    pub(super) fn report(&mut self, name: &str, what: UserError) {
        self.report_at(self.line_of(name), name, what);
    }

    /// Reports a mistake on a line.
    pub(super) fn report_at(&mut self, line: u32, name: &str, what: UserError) {
        let field = format!("{}{name}", self.path);
        self.problems
            .push(Problem::new(Place { file: Arc::clone(&self.record.file), line: Some(line), field }, what));
    }

    fn wrong_kind(&mut self, line: u32, name: &str, wanted: &str, got: &Value) {
        self.report_at(
            line,
            name,
            UserError::new("check-kind").with("wanted", wanted).with("got", got.kind()),
        );
    }

    /// Finds a field; reports it when it is missing and must not be.
    fn find(&mut self, name: &'static str, must: bool) -> Option<&'a Node> {
        self.known.push(name);
        let fields = self.fields;
        let mut found = fields.iter().filter(|field| field.name == name);
        let first = found.next();
        if let Some(again) = found.next() {
            self.report_at(again.line, name, UserError::new("check-field-twice"));
        }
        let node = first.map(|field| &field.node).filter(|node| node.value != Value::Nothing);
        if node.is_none() && must {
            self.report_at(self.line, name, UserError::new("check-missing"));
        }
        node
    }

    /// A text.
    pub(super) fn text(
        &mut self,
        name: &'static str,
        length: RangeInclusive<usize>,
        must: bool,
    ) -> Option<String> {
        let node = self.find(name, must)?;
        self.one_text(node, name, length)
    }

    /// A text, or in formats that write numbers without thought (JSON) a number.
    pub(super) fn text_or_number(
        &mut self,
        name: &'static str,
        length: RangeInclusive<usize>,
    ) -> Option<String> {
        let node = self.find(name, false)?;
        match &node.value {
            Value::Number(number) if !self.record.native_days => Some(number.clone()),
            _ => self.one_text(node, name, length),
        }
    }

    fn one_text(&mut self, node: &Node, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        let Value::Text(text) = &node.value else {
            self.wrong_kind(node.line, name, "text", &node.value);
            return None;
        };
        let count = text.chars().count();
        let what = if let Some((at, hostile)) = tidy::hostile(text) {
            UserError::new("check-hostile")
                .with("code", format!("U+{:04X}", u32::from(hostile)))
                .with("at", at)
        } else if text.trim().len() != text.len() && !text.trim().is_empty() {
            UserError::new("check-spaces")
        } else if count < *length.start() || text.trim().is_empty() {
            UserError::new("check-short").with("count", count).with("min", *length.start())
        } else if count > *length.end() {
            let over = count - *length.end();
            UserError::new("check-long").with("count", count).with("max", *length.end()).with("over", over)
        } else {
            return Some(text.clone());
        };
        self.report_at(node.line, name, what);
        None
    }

    /// A list of texts with their lines; double ones are reported.
    pub(super) fn texts(
        &mut self,
        name: &'static str,
        most: usize,
        length: RangeInclusive<usize>,
    ) -> Option<Vec<(u32, String)>> {
        let items = self.list(name, most)?;
        let mut texts: Vec<(u32, String)> = Vec::with_capacity(items.len());
        for (number, item) in (1..).zip(items) {
            let path = format!("{name}[{number}]");
            if let Some(text) = self.one_text(item, &path, length.clone()) {
                if texts.iter().any(|(_, known)| *known == text) {
                    self.report_at(item.line, &path, UserError::new("check-item-twice").with("text", text));
                } else {
                    texts.push((item.line, text));
                }
            }
        }
        Some(texts)
    }

    /// A list.
    pub(super) fn list(&mut self, name: &'static str, most: usize) -> Option<&'a [Node]> {
        let node = self.find(name, false)?;
        let Value::List(items) = &node.value else {
            self.wrong_kind(node.line, name, "list", &node.value);
            return None;
        };
        if items.len() > most {
            self.report(name, UserError::new("check-many").with("count", items.len()).with("max", most));
        }
        Some(items)
    }

    /// A table, and its line.
    pub(super) fn table(&mut self, name: &'static str, must: bool) -> Option<(u32, &'a [Field])> {
        let node = self.find(name, must)?;
        match &node.value {
            Value::Table(fields) => Some((self.line_of(name), fields)),
            other => {
                self.wrong_kind(node.line, name, "table", other);
                None
            }
        }
    }

    /// A day that must be there and does not lie in the future.
    pub(super) fn day(&mut self, name: &'static str, today: Date) -> Option<Date> {
        let node = self.find(name, true)?;
        let day = match &node.value {
            Value::Day(day) => Some(*day),
            Value::Text(text) if !self.record.native_days => parse_date(text),
            Value::Text(text) if parse_date(text).is_some() => {
                self.report_at(node.line, name, UserError::new("check-day-quoted").with("day", text));
                return None;
            }
            _ => None,
        };
        match day {
            None => {
                self.report_at(node.line, name, UserError::new("check-day").with("today", today.to_string()))
            }
            Some(day) if day > today => {
                let what = UserError::new("check-future").with("day", day.to_string());
                self.report_at(node.line, name, what.with("today", today.to_string()));
            }
            Some(day) => return Some(day),
        }
        None
    }

    /// A well-formed id of the base catalog.
    pub(super) fn tool_id(&mut self, line: u32, name: &str, id: &str) -> Option<ToolId> {
        let checked = ToolId::base(id).ok();
        if checked.is_none() {
            self.report_at(line, name, UserError::new("check-id").with("id", id));
        }
        checked
    }

    /// Reports the fields that nobody asked for.
    pub(super) fn finish(&mut self) {
        for field in self.fields {
            if !self.known.contains(&field.name.as_str()) {
                let what = match tidy::closest(&field.name, self.known.iter().copied()) {
                    Some(guess) => UserError::new("check-unknown-field-near").with("guess", guess),
                    None => UserError::new("check-unknown-field").with("known", self.known.join(", ")),
                };
                self.report_at(field.line, &field.name, what);
            }
        }
    }
}
