//! What moderators type, field by field, and what is wrong with it.

use crate::{
    catalog::{
        fold::fold,
        problem::Problem,
        tidy,
        typed::{self, TypedTool},
        view::{Listing, View},
    },
    domain::{
        ids::ToolId,
        time::Date,
        tool::{Entry, EntryKind, Tool},
    },
    error::UserError,
};

/// How many tools of a like name are looked at.
const ALIKE: usize = 10;

/// Something that is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Who reviews.
    Reviewer,
    /// What the reviewer says.
    Quote,
    /// A tool's name.
    Name,
    /// Its other names.
    Aliases,
    /// Its one line.
    Tagline,
    /// Its two or three sentences.
    Description,
    /// Its official page.
    Link,
    /// Its category.
    Category,
    /// Who makes it.
    Vendor,
    /// A note on its price.
    Note,
    /// Its price.
    Amount,
    /// The currency of its price.
    Currency,
    /// What its price buys.
    Per,
}

/// A mistake in a field. The text of its key says what is wrong, the limit, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Where.
    pub field: Field,
    /// What.
    pub what: UserError,
}

impl Fault {
    /// From what a check of the catalog found.
    pub(super) fn of(problem: Problem) -> Self {
        let path = problem.place.field.split('[').next().unwrap_or_default();
        let field = match path {
            "aliases" => Field::Aliases,
            "vendor" => Field::Vendor,
            "category" => Field::Category,
            "tagline" => Field::Tagline,
            "description" => Field::Description,
            "link" => Field::Link,
            "reviews" => Field::Quote,
            "entry.note" => Field::Note,
            "entry.amount" => Field::Amount,
            "entry.currency" => Field::Currency,
            "entry.per" => Field::Per,
            _ => Field::Name,
        };
        // The catalog names the other field as it stands in a file.
        let what = match (problem.what.key, field) {
            ("check-needs", Field::Amount) => UserError::new("moderation-needs-currency"),
            ("check-needs", _) => UserError::new("moderation-needs-amount"),
            _ => problem.what,
        };
        Self { field, what }
    }
}

pub(super) fn faults(problems: Vec<Problem>) -> Vec<Fault> {
    problems.into_iter().map(Fault::of).collect()
}

/// A tool as it stands in the boxes of a form.
#[must_use]
pub fn as_typed(tool: &Tool) -> TypedTool {
    let entry = &tool.entry;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    TypedTool {
        name: tool.name.clone(),
        aliases: tool.aliases.clone(),
        vendor: tool.vendor.clone(),
        category: tool.category.as_str().to_owned(),
        tagline: tool.tagline.clone(),
        description: tool.description.clone(),
        link: text(&tool.link),
        kind: entry.kind,
        note: entry.note.clone(),
        amount: text(&entry.amount),
        currency: text(&entry.currency),
        per: text(&entry.per),
    }
}

/// Several names in one box: separated by commas, semicolons or line ends.
#[must_use]
pub fn names(text: &str) -> Vec<String> {
    text.split([',', ';', '\n', '、', '，']).map(typed::line).filter(|name| !name.is_empty()).collect()
}

/// A category from words: an id, or what becomes one (`Paper trails` is `paper-trails`).
#[must_use]
pub fn category(text: &str) -> String {
    let id = tidy::kebab(text, 40);
    if id.is_empty() { typed::line(text) } else { id }
}

/// Whether characters that nobody can see were typed.
#[must_use]
pub fn is_tidied(tool: &TypedTool) -> bool {
    let texts = [
        &tool.name,
        &tool.vendor,
        &tool.tagline,
        &tool.description,
        &tool.link,
        &tool.note,
        &tool.amount,
        &tool.currency,
        &tool.per,
    ];
    texts.into_iter().chain(&tool.aliases).any(|text| tidy::hides(text))
}

/// Checks a tool by itself and beside the tools of its server. `before`: the tool that is edited.
///
/// # Errors
/// Everything that is wrong.
pub fn check(view: &View, typed: &TypedTool, before: Option<&Tool>, today: Date) -> Result<Tool, Vec<Fault>> {
    let id = before.map_or_else(|| ToolId::for_server(0), |tool| tool.id.clone());
    let draft = typed::tool(typed, today).map_err(faults);
    let mut faults = draft.as_ref().err().cloned().unwrap_or_default();
    faults.extend(beside_others(view, typed, &id, before));
    faults.sort_by_key(|fault| fault.field);
    let draft = match draft {
        Ok(draft) if faults.is_empty() => draft,
        _ => return Err(faults),
    };
    let mut tool = draft.complete(id, None, today).tool;
    if let Some(before) = before {
        tool.formerly.clone_from(&before.formerly);
        tool.lang.clone_from(&before.lang);
        tool.also = before.also.iter().filter(|also| **also != tool.category).cloned().collect();
        let untouched = Entry { checked: before.entry.checked, ..tool.entry.clone() };
        if untouched == before.entry || tool.entry.kind == EntryKind::Unknown {
            // Nobody looked at the price today.
            tool.entry = untouched;
        }
    }
    Ok(tool)
}

/// Names that nobody could type, that read the same, or that are taken here. Names that stood before are not looked at, and
/// what the catalog finds wrong with a name by itself is not told twice.
fn beside_others(view: &View, tool: &TypedTool, id: &ToolId, before: Option<&Tool>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen: Vec<(String, String)> = Vec::new();
    let aliases = tool.aliases.iter().map(|alias| (Field::Aliases, alias));
    for (field, name) in std::iter::once((Field::Name, &tool.name)).chain(aliases) {
        let name = typed::line(name);
        let folded = fold(&name);
        let mut fault = |what| faults.push(Fault { field, what });
        if name.is_empty() || seen.iter().any(|(_, other)| *other == name) {
            continue;
        }
        if folded.is_empty() {
            fault(UserError::new("check-no-letters").with("name", &name));
            continue;
        }
        if let Some((_, other)) = seen.iter().find(|(text, _)| text == folded.text()) {
            let what = UserError::new("check-name-twice").with("name", &name).with("other", other);
            fault(what.with("folded", folded.text()));
            continue;
        }
        let stood = before.is_some_and(|before| before.name == name || before.aliases.contains(&name));
        if !stood && let Some(other) = reads_like(view, &name, id) {
            let what = UserError::new("moderation-name-taken").with("name", &name);
            fault(what.with("other", &other.tool.name));
        }
        seen.push((folded.text().to_owned(), name));
    }
    faults
}

/// A tool of the server, other than `this`, that has a name which nobody could tell from `name`.
pub(super) fn reads_like(view: &View, name: &str, this: &ToolId) -> Option<Listing> {
    let folded = fold(name);
    let is_same = |other: &str| fold(other).text() == folded.text();
    let found = view.resolve(name, ALIKE).found.into_iter().map(|found| found.listing);
    found.filter(|listing| listing.tool.id != *this).find(|listing| {
        is_same(&listing.tool.name) || listing.tool.aliases.iter().any(|alias| is_same(alias))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted_however_people_part_them() {
        assert_eq!(
            names("pt, paper-trail;\n trail ,, 工具、工"),
            ["pt", "paper-trail", "trail", "工具", "工"]
        );
        assert!(names(" \n").is_empty());
    }

    #[test]
    fn categories_come_from_words() {
        assert_eq!(category("Paper Trails"), "paper-trails");
        assert_eq!(category("gpu-clouds"), "gpu-clouds");
        assert_eq!(category(" 工具 "), "工具", "left as it is, for the check to complain of");
    }
}
