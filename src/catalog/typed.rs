//! What a person typed into a form, checked like a record of a file: the same rules, the same limits, the same words.
//!
//! Before the check it is tidied, because a form is no file: line ends and doubled spaces become one space, and characters
//! that nobody can see are taken out instead of being complained of (see [`tidy::hides`] to tell the person so).

use std::sync::Arc;

use super::{
    file::{self, Draft, Rules},
    formats::node::{Field, Node, Record, Value},
    limits::IMPORT,
    problem::Problem,
    tidy,
};
use crate::domain::{
    ids::ReviewerId,
    review::{Review, Reviewer, Verdict},
    time::Date,
    tool::EntryKind,
};

/// A tool as it was typed. An empty text is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedTool {
    /// Its name.
    pub name: String,
    /// Other names, each by itself.
    pub aliases: Vec<String>,
    /// Who makes it.
    pub vendor: String,
    /// Id of its category.
    pub category: String,
    /// One line.
    pub tagline: String,
    /// Two or three sentences.
    pub description: String,
    /// The official page.
    pub link: String,
    /// Whether one can start without paying.
    pub kind: EntryKind,
    /// A note on the price.
    pub note: String,
    /// The price.
    pub amount: String,
    /// Its currency.
    pub currency: String,
    /// What the price buys.
    pub per: String,
}

/// One line as it is kept: without line ends, doubled spaces and hidden characters.
#[must_use]
pub fn line(text: &str) -> String {
    tidy::one_line(text, usize::MAX).0
}

/// Checks a tool that was typed today.
///
/// # Errors
/// Everything that is wrong, each with its field as in a data file (`aliases[2]`, `entry.amount`).
pub fn tool(typed: &TypedTool, today: Date) -> Result<Draft, Vec<Problem>> {
    let mut entry = vec![text("kind", typed.kind.word()), field("checked", Value::Day(today))];
    for (name, value) in
        [("note", &typed.note), ("amount", &typed.amount), ("currency", &typed.currency), ("per", &typed.per)]
    {
        entry.extend(given(name, value));
    }
    let mut fields = vec![text("name", &line(&typed.name)), text("category", &typed.category)];
    for (name, value) in [
        ("vendor", &typed.vendor),
        ("tagline", &typed.tagline),
        ("description", &typed.description),
        ("link", &typed.link),
    ] {
        fields.extend(given(name, value));
    }
    let aliases = typed.aliases.iter().map(|alias| line(alias)).filter(|alias| !alias.is_empty());
    let aliases: Vec<Node> = aliases.map(|alias| node(Value::Text(alias))).collect();
    if !aliases.is_empty() {
        fields.push(field("aliases", Value::List(aliases)));
    }
    fields.push(field("entry", Value::Table(entry)));
    let mut problems = Vec::new();
    let rules = Rules { limits: &IMPORT, reviewers: &[], today };
    let draft = file::tool(&record(fields), &rules, &mut problems);
    draft.ok_or(problems)
}

/// Checks a verdict with its quote, given today.
///
/// # Errors
/// What is wrong with the quote.
pub fn review(
    reviewer: &ReviewerId,
    verdict: Verdict,
    quote: &str,
    today: Date,
) -> Result<Review, Vec<Problem>> {
    // The reviewer is somebody else's business: here a stand-in speaks.
    let stand_in = Reviewer {
        id: ReviewerId::trusted("somebody"),
        name: String::new(),
        role: String::new(),
        motto: String::new(),
    };
    let spoken = vec![
        text("reviewer", stand_in.id.as_str()),
        text("verdict", verdict.word()),
        text("quote", &line(quote)),
        field("date", Value::Day(today)),
    ];
    let fields = vec![text("name", "a"), field("reviews", Value::List(vec![node(Value::Table(spoken))]))];
    let mut problems = Vec::new();
    let rules = Rules { limits: &IMPORT, reviewers: std::slice::from_ref(&stand_in), today };
    let draft = file::tool(&record(fields), &rules, &mut problems);
    let review = draft.and_then(|draft| draft.reviews.unwrap_or_default().pop());
    review.map(|review| Review { reviewer: reviewer.clone(), ..review }).ok_or(problems)
}

/// Checks the name of a reviewer; returns it as it is kept.
///
/// # Errors
/// What is wrong with it.
pub fn reviewer_name(name: &str) -> Result<String, Vec<Problem>> {
    let mut problems = Vec::new();
    let fields = vec![text("id", "somebody"), text("name", &line(name))];
    let reviewer = file::reviewer(&record(fields), &IMPORT, &mut problems);
    reviewer.map(|reviewer| reviewer.name).ok_or(problems)
}

fn record(fields: Vec<Field>) -> Record {
    Record { file: Arc::from("-"), line: 1, file_id: None, fields, native_days: true }
}

fn node(value: Value) -> Node {
    Node { line: 1, value }
}

fn field(name: &str, value: Value) -> Field {
    Field { name: name.to_owned(), line: 1, node: node(value) }
}

fn text(name: &str, value: &str) -> Field {
    field(name, Value::Text(value.to_owned()))
}

/// A field that is there only when something was typed.
fn given(name: &str, value: &str) -> Option<Field> {
    let value = line(value);
    (!value.is_empty()).then(|| field(name, Value::Text(value)))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn typed() -> TypedTool {
        TypedTool {
            name: " Paper\u{200b}  Trail ".to_owned(),
            aliases: vec!["pt".to_owned(), " ".to_owned()],
            vendor: String::new(),
            category: "tracing".to_owned(),
            tagline: "Follows\na request".to_owned(),
            description: String::new(),
            link: "https://paper.example".to_owned(),
            kind: EntryKind::Unknown,
            note: String::new(),
            amount: String::new(),
            currency: String::new(),
            per: String::new(),
        }
    }

    fn faults(typed: &TypedTool) -> Vec<String> {
        let problems = tool(typed, date!(2026 - 11 - 24)).unwrap_err();
        problems.iter().map(|problem| format!("{} {}", problem.place.field, problem.what)).collect()
    }

    #[test]
    fn what_was_typed_is_tidied_before_it_is_checked() {
        let draft = tool(&typed(), date!(2026 - 11 - 24)).unwrap();
        assert_eq!(draft.name.as_deref(), Some("Paper Trail"));
        assert_eq!(draft.aliases, Some(vec!["pt".to_owned()]));
        assert_eq!(draft.tagline.as_deref(), Some("Follows a request"));
        assert_eq!(draft.vendor, None);
    }

    #[test]
    fn every_mistake_is_told_with_its_field_and_limit() {
        let bad = TypedTool {
            name: "\u{200b}".to_owned(),
            aliases: vec!["pt".to_owned(), "pt".to_owned()],
            tagline: "x".repeat(101),
            link: "http://paper.example".to_owned(),
            amount: "20".to_owned(),
            ..typed()
        };
        insta::assert_snapshot!(faults(&bad).join("\n"));
    }

    #[test]
    fn a_quote_has_its_limits() {
        let reviewer = ReviewerId::for_server("ada");
        let today = date!(2026 - 11 - 24);
        let said = review(&reviewer, Verdict::Skip, "Slow\non two machines.", today).unwrap();
        assert_eq!((said.reviewer, said.quote.as_str()), (reviewer.clone(), "Slow on two machines."));
        let long = review(&reviewer, Verdict::Skip, &"x".repeat(1_001), today).unwrap_err();
        assert_eq!(long[0].what.to_string(), "check-long count=1001 max=1000 over=1");
        assert!(review(&reviewer, Verdict::Ship, "\u{200b}\n", today).is_err());
    }

    #[test]
    fn a_reviewer_needs_a_name() {
        assert_eq!(reviewer_name(" Ada  L. ").unwrap(), "Ada L.");
        assert!(reviewer_name("\u{202e}").is_err());
        assert!(reviewer_name(&"x".repeat(61)).is_err());
    }
}
