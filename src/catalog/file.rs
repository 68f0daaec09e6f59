//! One record of a catalog, read and checked field by field.
//!
//! Every mistake is reported, not only the first, with file, line, field and what to write instead. The fields and their
//! limits stand in `data/README.md`.

use crate::{
    catalog::{
        fields::Fields,
        formats::node::{Field, Node, Record, Value},
        limits::{CATEGORIES, Limits},
        problem::{Place, Problem},
        tidy,
    },
    domain::{
        ids::{CategoryId, ReviewerId, ToolId},
        review::{Review, Reviewer, Verdict},
        time::Date,
        tool::{CatalogEntry, Entry, EntryKind, Tool},
    },
    error::UserError,
};

/// The fields of a tool.
pub const FIELDS: [&str; 13] = [
    "id",
    "name",
    "aliases",
    "formerly",
    "vendor",
    "category",
    "also",
    "tagline",
    "description",
    "link",
    "lang",
    "entry",
    "reviews",
];

/// What a record is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Lengths and counts.
    pub limits: &'a Limits,
    /// The reviewers that may speak.
    pub reviewers: &'a [Reviewer],
    /// Today: no date lies after it.
    pub today: Date,
}

/// What one record says about a tool. `None`: the record does not speak of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Where the record stands.
    pub place: Place,
    /// The lines on which the names stand: first the name, then each alias.
    pub name_lines: Vec<u32>,
    /// The lines of its earlier ids.
    pub formerly_lines: Vec<u32>,
    /// Its id.
    pub id: Option<ToolId>,
    /// [`Tool::name`].
    pub name: Option<String>,
    /// [`Tool::aliases`].
    pub aliases: Option<Vec<String>>,
    /// [`Tool::formerly`].
    pub formerly: Option<Vec<ToolId>>,
    /// [`Tool::vendor`].
    pub vendor: Option<String>,
    /// [`Tool::category`].
    pub category: Option<CategoryId>,
    /// [`Tool::also`].
    pub also: Option<Vec<CategoryId>>,
    /// [`Tool::tagline`].
    pub tagline: Option<String>,
    /// [`Tool::description`].
    pub description: Option<String>,
    /// [`Tool::link`].
    pub link: Option<String>,
    /// [`Tool::lang`].
    pub lang: Option<String>,
    /// [`Tool::entry`].
    pub entry: Option<Entry>,
    /// Its reviews.
    pub reviews: Option<Vec<Review>>,
}

impl Draft {
    /// The tool: what the record says, over what was known before, over the defaults of a tool of which little is known
    /// (category `other`, entry unknown as of `today`).
    #[must_use]
    pub fn complete(self, id: ToolId, before: Option<&CatalogEntry>, today: Date) -> CatalogEntry {
        let old = before.map(|entry| &entry.tool);
        let text =
            |new: Option<String>, old: Option<&String>| new.or_else(|| old.cloned()).unwrap_or_default();
        CatalogEntry {
            tool: Tool {
                name: text(self.name, old.map(|t| &t.name)),
                aliases: self.aliases.or_else(|| old.map(|t| t.aliases.clone())).unwrap_or_default(),
                formerly: self.formerly.or_else(|| old.map(|t| t.formerly.clone())).unwrap_or_default(),
                vendor: text(self.vendor, old.map(|t| &t.vendor)),
                category: self
                    .category
                    .or_else(|| old.map(|t| t.category.clone()))
                    .unwrap_or_else(|| CategoryId::trusted(super::limits::OTHER_CATEGORY)),
                also: self.also.or_else(|| old.map(|t| t.also.clone())).unwrap_or_default(),
                tagline: text(self.tagline, old.map(|t| &t.tagline)),
                description: text(self.description, old.map(|t| &t.description)),
                link: self.link.or_else(|| old.and_then(|t| t.link.clone())),
                lang: self.lang.or_else(|| old.map(|t| t.lang.clone())).unwrap_or_else(|| "en".to_owned()),
                entry: self.entry.or_else(|| old.map(|t| t.entry.clone())).unwrap_or_else(|| Entry {
                    kind: EntryKind::Unknown,
                    note: String::new(),
                    checked: today,
                    amount: None,
                    currency: None,
                    per: None,
                }),
                id,
            },
            reviews: self.reviews.or_else(|| before.map(|entry| entry.reviews.clone())).unwrap_or_default(),
        }
    }
}

/// Reads a tool. `None` when something is wrong with it; the reasons are then among `problems`.
pub fn tool(record: &Record, rules: &Rules<'_>, problems: &mut Vec<Problem>) -> Option<Draft> {
    let before = problems.len();
    let limits = rules.limits;
    let mut fields = Fields::new(record, &record.fields, String::new(), record.line, problems);

    let written_id = fields.text("id", 1..=ToolId::MAX_BYTES, false).map(|id| (fields.line_of("id"), id));
    let id = match (&record.file_id, written_id) {
        (Some(file), Some((line, id))) if *file != id => {
            fields.report_at(
                line,
                "id",
                UserError::new("check-id-differs").with("id", id).with("file", file),
            );
            None
        }
        (Some(id), _) => fields.tool_id(record.line, "", id),
        (None, Some((line, id))) => fields.tool_id(line, "id", &id),
        (None, None) => None,
    };
    // A record that names no id may describe a new tool only; one that does may also amend a known one, if it says anything.
    let says_nothing = record.fields.iter().all(|field| field.name == "id");
    let name = fields.text("name", limits.name.clone(), limits.complete || id.is_none() || says_nothing);
    let mut name_lines = vec![fields.line_of("name")];
    let aliases = fields.texts("aliases", limits.aliases, limits.name.clone());
    name_lines.extend(aliases.iter().flatten().map(|(line, _)| *line));
    let formerly = fields.texts("formerly", limits.formerly, 1..=ToolId::MAX_BYTES);
    let formerly_lines = formerly.iter().flatten().map(|(line, _)| *line).collect();
    let formerly = formerly.map(|ids| {
        (1..)
            .zip(ids)
            .filter_map(|(n, (line, id))| fields.tool_id(line, &format!("formerly[{n}]"), &id))
            .collect()
    });
    let vendor = fields.text("vendor", limits.name.clone(), limits.complete);
    let category = fields.text("category", 1..=40, limits.complete);
    let category = category.and_then(|id| self::category(&mut fields, "category", "category", &id, limits));
    let also = fields.texts("also", limits.also, 1..=40).map(|ids| {
        (1..)
            .zip(ids)
            .filter_map(|(n, (_, id))| {
                self::category(&mut fields, "also", &format!("also[{n}]"), &id, limits)
            })
            .collect::<Vec<_>>()
    });
    if let (Some(category), Some(also)) = (&category, &also)
        && also.contains(category)
    {
        fields.report("also", UserError::new("check-also-category").with("category", category.as_str()));
    }
    let tagline = fields.text("tagline", limits.tagline.clone(), limits.complete);
    let description = fields.text("description", limits.description.clone(), limits.complete);
    let link = fields.text("link", 1..=limits.link, limits.complete);
    if let Some(link) = link.as_deref().filter(|link| !is_https(link)) {
        fields.report("link", UserError::new("check-link").with("link", link));
    }
    let lang = fields.text("lang", 2..=35, false);
    if let Some(lang) =
        lang.as_deref().filter(|lang| lang.parse::<unic_langid::LanguageIdentifier>().is_err())
    {
        fields.report("lang", UserError::new("check-lang").with("lang", lang));
    }
    let entry = fields.table("entry", limits.complete);
    let entry = entry.and_then(|(line, node)| self::entry(record, node, line, rules, fields.problems()));
    let reviews = fields.list("reviews", limits.reviews);
    let reviews = reviews.map(|items| self::reviews(record, items, rules, fields.problems()));
    fields.finish();

    (problems.len() == before).then(|| Draft {
        place: Place::line(&record.file, record.line),
        name_lines,
        formerly_lines,
        id,
        name,
        aliases: aliases.map(|aliases| aliases.into_iter().map(|(_, text)| text).collect()),
        formerly,
        vendor,
        category,
        also,
        tagline,
        description,
        link,
        lang,
        entry,
        reviews,
    })
}

fn category(
    fields: &mut Fields<'_, '_>,
    field: &str,
    path: &str,
    id: &str,
    limits: &Limits,
) -> Option<CategoryId> {
    let line = fields.line_of(field);
    if CategoryId::parse(id).is_err() {
        fields.report_at(line, path, UserError::new("check-category-form").with("id", id));
        return None;
    }
    if limits.curated && !CATEGORIES.contains(&id) {
        let what = match tidy::closest(id, CATEGORIES) {
            Some(guess) => UserError::new("check-category-near").with("guess", guess),
            None => UserError::new("check-category").with("known", CATEGORIES.join(", ")),
        };
        fields.report_at(line, path, what.with("id", id));
        return None;
    }
    Some(CategoryId::trusted(id))
}

fn entry(
    record: &Record,
    node: &[Field],
    line: u32,
    rules: &Rules<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Entry> {
    let limits = rules.limits;
    let mut fields = Fields::new(record, node, "entry.".to_owned(), line, problems);
    let kind = fields.text("kind", 1..=20, true);
    let kind = kind.and_then(|kind| {
        // What `export` writes of a tool of which nothing was stated must come back.
        let known = EntryKind::of_word(&kind).filter(|kind| *kind != EntryKind::Unknown || !limits.curated);
        if known.is_none() {
            fields.report("kind", UserError::new("check-entry-kind").with("got", kind));
        }
        known
    });
    let note = fields.text("note", limits.note.clone(), limits.complete);
    let checked = fields.day("checked", rules.today);
    let amount = fields.text_or_number("amount", 1..=14);
    if let Some(amount) = amount.as_deref().filter(|amount| !is_amount(amount)) {
        fields.report("amount", UserError::new("check-amount").with("got", amount));
    }
    let currency = fields.text("currency", 1..=20, false);
    if let Some(currency) =
        currency.as_deref().filter(|c| c.len() != 3 || !c.bytes().all(|b| b.is_ascii_uppercase()))
    {
        fields.report("currency", UserError::new("check-currency").with("got", currency));
    }
    let per = fields.text("per", limits.per.clone(), false);
    for (field, there, needs, needed) in [
        ("amount", amount.is_some(), "currency", fields.has("currency")),
        ("currency", currency.is_some(), "amount", fields.has("amount")),
        ("per", per.is_some(), "amount", fields.has("amount")),
    ] {
        if there && !needed {
            fields.report(field, UserError::new("check-needs").with("other", format!("entry.{needs}")));
        }
    }
    fields.finish();
    Some(Entry { kind: kind?, note: note.unwrap_or_default(), checked: checked?, amount, currency, per })
}

fn reviews(record: &Record, items: &[Node], rules: &Rules<'_>, problems: &mut Vec<Problem>) -> Vec<Review> {
    let mut reviews: Vec<Review> = Vec::with_capacity(items.len());
    let mut spoken: Vec<ReviewerId> = Vec::with_capacity(items.len());
    for (number, item) in (1..).zip(items) {
        let path = format!("reviews[{number}]");
        let Value::Table(node) = &item.value else {
            let mut place = Place::line(&record.file, item.line);
            place.field = path;
            let what = UserError::new("check-kind").with("wanted", "table").with("got", item.value.kind());
            problems.push(Problem::new(place, what));
            continue;
        };
        let mut fields = Fields::new(record, node, format!("{path}."), item.line, problems);
        let reviewer = fields.text("reviewer", 1..=40, true);
        let reviewer = reviewer.and_then(|id| {
            if rules.reviewers.iter().any(|known| known.id.as_str() == id) {
                return Some(ReviewerId::trusted(&id));
            }
            let known: Vec<&str> = rules.reviewers.iter().map(|known| known.id.as_str()).collect();
            let what = match tidy::closest(&id, known.iter().copied()) {
                Some(guess) => UserError::new("check-reviewer-near").with("guess", guess),
                None => UserError::new("check-reviewer").with("known", known.join(", ")),
            };
            fields.report("reviewer", what.with("id", id));
            None
        });
        if let Some(reviewer) = &reviewer {
            if spoken.contains(reviewer) {
                fields
                    .report("reviewer", UserError::new("check-reviewer-twice").with("id", reviewer.as_str()));
            }
            spoken.push(reviewer.clone());
        }
        let verdict = fields.text("verdict", 1..=20, true);
        let verdict = verdict.and_then(|verdict| {
            let known = Verdict::of_word(&verdict);
            if known.is_none() {
                fields.report("verdict", UserError::new("check-verdict").with("got", verdict));
            }
            known
        });
        let quote = fields.text("quote", rules.limits.quote.clone(), true);
        let date = fields.day("date", rules.today);
        fields.finish();
        if let (Some(reviewer), Some(verdict), Some(quote), Some(date)) = (reviewer, verdict, quote, date) {
            reviews.push(Review { reviewer, verdict, quote, date });
        }
    }
    reviews
}

/// Reads a reviewer. `None` when something is wrong; the reasons are then among `problems`.
pub fn reviewer(record: &Record, limits: &Limits, problems: &mut Vec<Problem>) -> Option<Reviewer> {
    let before = problems.len();
    let mut fields = Fields::new(record, &record.fields, String::new(), record.line, problems);
    let id = fields.text("id", 1..=40, true);
    if let Some(id) = id.as_deref().filter(|id| !is_id(id)) {
        fields.report("id", UserError::new("check-id").with("id", id));
    }
    let name = fields.text("name", 1..=60, true);
    let role = fields.text("role", 1..=40, limits.complete);
    if let Some(role) = role.as_deref().filter(|role| !is_id(role)) {
        fields.report("role", UserError::new("check-id").with("id", role));
    }
    let motto = fields.text("motto", limits.motto.clone(), limits.complete);
    fields.finish();
    if problems.len() > before {
        return None;
    }
    Some(Reviewer {
        id: ReviewerId::trusted(&id?),
        name: name?,
        role: role.unwrap_or_default(),
        motto: motto.unwrap_or_default(),
    })
}

/// `a-z`, `0-9` and hyphens.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// `https://`, a host with a dot in it, and no spaces.
fn is_https(link: &str) -> bool {
    link.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !rest.contains(char::is_whitespace)
            && !host.contains('@')
            && host.split('.').count() >= 2
            && host.split('.').all(|label| !label.is_empty())
    })
}

/// A decimal number in plain digits, at most nine before the point and four behind it.
fn is_amount(text: &str) -> bool {
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    digits(whole, 9) && (whole == "0" || !whole.starts_with('0')) && part.is_none_or(|part| digits(part, 4))
}
