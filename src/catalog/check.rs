//! A whole catalog, read and checked: each file by itself ([`super::file`]), then all of them beside each other.
//!
//! A folder with a `reviewers.toml` is a catalog like `data/`: complete and checked in full. A folder without one holds
//! tools for `import`: its reviews are by the starter's reviewers and its categories may be new ones.

use std::{fs, io, path::Path, sync::Arc};

use rustc_hash::FxHashMap;

use crate::{
    catalog::{
        file::{self, Draft, Rules},
        fold::fold,
        formats::{Document, Source},
        limits::{CURATED, IMPORT, Limits},
        problem::{Place, Problem},
    },
    domain::{ids::ToolId, review::Reviewer, time::Date, tool::CatalogEntry},
    error::UserError,
};

/// What a catalog holds, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Checked {
    /// The tools without mistakes of their own, by id.
    pub tools: Vec<CatalogEntry>,
    /// The reviewers without mistakes.
    pub reviewers: Vec<Reviewer>,
    /// All mistakes, by file and line.
    pub problems: Vec<Problem>,
    /// How many files were read.
    pub files: usize,
}

/// Reads the files of a catalog folder: its `reviewers.toml`, and the files of `tools/` or, without such a folder, its own.
/// Files of unknown endings are left out. Sorted by name.
///
/// # Errors
/// When the folder or a file cannot be read; the error names it.
pub fn read_folder(folder: &Path) -> io::Result<Vec<Source>> {
    let tools = folder.join("tools");
    let inner = if tools.is_dir() { tools } else { folder.to_owned() };
    let mut paths = Vec::new();
    for item in fs::read_dir(&inner).map_err(|error| named(&inner, &error))? {
        let path = item.map_err(|error| named(&inner, &error))?.path();
        let is_known = path.to_str().and_then(super::formats::Format::of_name).is_some();
        let is_schema = path.to_str().is_some_and(|name| name.ends_with(".schema.json"));
        if is_known && !is_schema && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let reviewers = folder.join("reviewers.toml");
    if reviewers.is_file() && !paths.contains(&reviewers) {
        paths.insert(0, reviewers);
    }
    paths.iter().map(|path| read_file(path)).collect()
}

/// Reads one file.
///
/// # Errors
/// When it cannot be read or is not UTF-8; the error names it.
pub fn read_file(path: &Path) -> io::Result<Source> {
    let text = fs::read_to_string(path).map_err(|error| named(path, &error))?;
    Ok(Source::new(&path.to_string_lossy(), text))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    let detail = match error.kind() {
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    };
    io::Error::new(error.kind(), format!("{}: {detail}", path.display()))
}

/// Checks a catalog. `panel`: the reviewers that may speak when the sources hold none.
#[must_use]
pub fn check(sources: &[Source], panel: &[Reviewer], today: Date) -> Checked {
    let mut document = Document::default();
    for source in sources {
        document.read(source);
    }
    let mut checked = Checked { files: sources.len(), ..Checked::default() };
    let is_curated = !document.reviewers.is_empty()
        || sources.iter().any(|source| source.file.rsplit(['/', '\\']).next() == Some("reviewers.toml"));
    let limits = if is_curated { &CURATED } else { &IMPORT };
    checked.problems = std::mem::take(&mut document.problems);
    checked.reviewers = reviewers(&document, limits, &mut checked.problems);

    let panel = if is_curated { checked.reviewers.as_slice() } else { panel };
    let rules = Rules { limits, reviewers: panel, today };
    let mut drafts: Vec<Draft> = Vec::with_capacity(document.tools.len());
    for record in &document.tools {
        drafts.extend(file::tool(record, &rules, &mut checked.problems));
    }
    beside_each_other(&drafts, &mut checked.problems);
    for draft in drafts {
        let fallback = || {
            ToolId::trusted(&super::tidy::kebab(draft.name.as_deref().unwrap_or("tool"), ToolId::MAX_BYTES))
        };
        let id = draft.id.clone().unwrap_or_else(fallback);
        checked.tools.push(draft.complete(id, None, today));
    }
    checked.tools.sort_by(|a, b| a.tool.id.cmp(&b.tool.id));
    checked.problems.sort_by(|a, b| a.place.cmp(&b.place));
    checked
}

fn reviewers(document: &Document, limits: &Limits, problems: &mut Vec<Problem>) -> Vec<Reviewer> {
    let mut reviewers: Vec<Reviewer> = Vec::new();
    for record in &document.reviewers {
        let Some(reviewer) = file::reviewer(record, limits, problems) else { continue };
        if reviewers.iter().any(|known| known.id == reviewer.id) {
            let mut place = Place::line(&record.file, record.line);
            place.field = "id".to_owned();
            let what = UserError::new("check-reviewer-id-twice").with("id", reviewer.id.as_str());
            problems.push(Problem::new(place, what));
        } else {
            reviewers.push(reviewer);
        }
    }
    reviewers
}

/// What only shows when all tools are known: ids used twice, ids of today among the earlier ones, names that read the same.
fn beside_each_other(drafts: &[Draft], problems: &mut Vec<Problem>) {
    let mut ids: FxHashMap<&ToolId, &Draft> = FxHashMap::default();
    for draft in drafts {
        let Some(id) = &draft.id else { continue };
        if let Some(first) = ids.get(id) {
            let what = UserError::new("check-id-twice")
                .with("id", id.as_str())
                .with("first", first.place.to_string());
            problems.push(at(draft, draft.place.line, "id", what));
        } else {
            ids.insert(id, draft);
        }
    }
    let mut former: FxHashMap<&ToolId, &Draft> = FxHashMap::default();
    for draft in drafts {
        for ((number, id), line) in (1..).zip(draft.formerly.iter().flatten()).zip(&draft.formerly_lines) {
            let line = Some(*line);
            let field = format!("formerly[{number}]");
            if let Some(now) = ids.get(id) {
                let what = UserError::new("check-formerly-now").with("id", id.as_str());
                problems.push(at(draft, line, &field, what.with("now", now.place.file.as_ref())));
            }
            if let Some(first) = former.insert(id, draft) {
                let what = UserError::new("check-formerly-twice").with("id", id.as_str());
                problems.push(at(
                    draft,
                    draft.place.line,
                    &field,
                    what.with("first", first.place.file.as_ref()),
                ));
            }
        }
    }
    let mut names: FxHashMap<String, (&Draft, &str)> = FxHashMap::default();
    for draft in drafts {
        let name = draft.name.iter().map(|name| ("name".to_owned(), name));
        let aliases =
            (1..).zip(draft.aliases.iter().flatten()).map(|(n, alias)| (format!("aliases[{n}]"), alias));
        for ((field, name), line) in name.chain(aliases).zip(&draft.name_lines) {
            let folded = fold(name);
            if folded.is_empty() {
                problems.push(at(
                    draft,
                    Some(*line),
                    &field,
                    UserError::new("check-no-letters").with("name", name),
                ));
                continue;
            }
            let first = names.get(folded.text()).copied();
            if let Some((other, first)) = first {
                let key = if std::ptr::eq(other, draft) { "check-name-twice" } else { "check-name-taken" };
                let what = UserError::new(key).with("name", name).with("other", first);
                let what = what.with("folded", folded.text()).with("file", other.place.file.as_ref());
                problems.push(at(draft, Some(*line), &field, what));
            } else {
                names.insert(folded.text().to_owned(), (draft, name));
            }
        }
    }
}

fn at(draft: &Draft, line: Option<u32>, field: &str, what: UserError) -> Problem {
    Problem::new(Place { file: Arc::clone(&draft.place.file), line, field: field.to_owned() }, what)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn problems(sources: &[(&str, &str)]) -> String {
        let sources: Vec<Source> = sources.iter().map(|(file, text)| Source::new(file, *text)).collect();
        let checked = check(&sources, &[], date!(2026 - 11 - 24));
        checked.problems.iter().map(|problem| format!("{problem}\n")).collect()
    }

    const REVIEWERS: &str =
        "[[reviewers]]\nid = \"builder\"\nname = \"The Builder\"\nrole = \"builder\"\nmotto = \"Show me.\"\n";

    const GOOD: &str = r#"
name = "Example DB"
aliases = ["exdb"]
vendor = "Example Labs"
category = "vector-databases"
tagline = "Vector search in one file"
description = "Stores vectors in a single file."
link = "https://example.com/"
[entry]
kind = "free"
note = "Open source"
checked = 2026-11-20
[[reviews]]
reviewer = "builder"
verdict = "ship"
quote = "One dependency, one file, and my tests no longer start a container."
date = 2026-11-02
"#;

    #[test]
    fn a_good_catalog_has_no_problems() {
        assert_eq!(problems(&[("reviewers.toml", REVIEWERS), ("tools/example-db.toml", GOOD)]), "");
    }

    #[test]
    fn a_file_that_says_nothing_is_a_mistake_and_one_that_amends_is_none() {
        assert_eq!(
            problems(&[("tools/example-db.toml", "")]),
            "tools/example-db.toml:1: name: check-missing\n"
        );
        assert_eq!(problems(&[("tools/example-db.toml", "vendor = \"Example\"\n")]), "");
    }

    #[test]
    fn every_mistake_of_a_file_is_told_with_its_line() {
        let bad = r#"
name = " Example\u202e DB"
aliases = ["exdb", "exdb", 3]
vendro = "Example Labs"
category = "vector-database"
also = ["Bad Form"]
tagline = ""
link = "http://example.com/"
lang = "english please"
formerly = ["srv-1"]
[entry]
kind = "gratis"
checked = "2026-11-20"
amount = 20
currency = "usd"
[[reviews]]
reviewer = "bilder"
verdict = "maybe"
quote = "Too short."
date = 2027-01-01
[[reviews]]
reviewer = "builder"
verdict = "ship"
quote = "One dependency, one file, and my tests no longer start a container."
date = 2026-11-02T10:00:00Z
[[reviews]]
reviewer = "builder"
verdict = "ship"
"#;
        insta::assert_snapshot!(problems(&[("reviewers.toml", REVIEWERS), ("tools/Example.toml", bad)]));
    }

    #[test]
    fn what_only_shows_beside_each_other_is_told_too() {
        let other = GOOD.replace("Example DB", "ex-DB").replace(
            "aliases = [\"exdb\"]",
            "aliases = [\"Example_DB\", \"exampledb\", \"!!!\"]\nformerly = [\"example-db\", \"old\"]",
        );
        let third = GOOD
            .replace("Example DB", "Third")
            .replace("\"exdb\"", "")
            .replace("vendor", "formerly = [\"old\"]\nvendor");
        insta::assert_snapshot!(problems(&[
            ("reviewers.toml", REVIEWERS),
            ("tools/example-db.toml", GOOD),
            ("tools/other.toml", &other),
            ("tools/third.toml", &third),
        ]));
    }

    #[test]
    fn a_file_that_is_not_toml_is_told_by_its_lines() {
        let broken = "name = \"A\nvendor = 3 3\n[entry\n";
        insta::assert_snapshot!(problems(&[("reviewers.toml", REVIEWERS), ("tools/a.toml", broken)]));
    }

    #[test]
    fn the_same_mistakes_are_told_for_json_and_csv() {
        let json = "[\n {\"name\": \"A\", \"entry\": {\"kind\": \"free\", \"checked\": \"2026-13-01\"}},\n {\"name\": \"B\",\n  \"tagline\": 7,\n  \"name\": \"C\"}\n]";
        let csv = "name,tagline,entry_kind,entry_checked\nA,ok,free,2027-01-01\n\"B\nC\",x,y,2026-01-01\nD,too,many,cells,here\n";
        insta::assert_snapshot!(problems(&[
            ("own/a.json", json),
            ("own/b.csv", csv),
            ("own/c.jsonl", "{\"name\": \"X\"}\n{\"name\": \n")
        ]));
    }
}
