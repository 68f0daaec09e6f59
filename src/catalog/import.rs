//! From somebody's files to tools with ids: what an import, or `find --catalog`, makes of them.
//!
//! An import is more lenient than `data/`: only the name must be there. What a record leaves out keeps what the tool had
//! before, or is left empty: category `other`, entry unknown. A record without id gets one:
//!
//! 1. a tool that already has exactly this name keeps its id, then one that has it but for capitals;
//! 2. else the name as lower-case words with hyphens (`Llama 3.1` → `llama-3-1`), with `-2`, `-3`… when that is taken.
//!
//! So the same file gives the same ids again, also when its lines were shuffled in between. A **short line** says neither
//! `id` nor `entry`: it comes from a search catalog or a spreadsheet, so its texts are tidied instead of refused (spaces
//! and invisible characters taken out, long ones cut, any words as category), and the notes say how often.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    catalog::{
        file::{self, Draft, Rules},
        fold::{caseless, fold},
        formats::{
            Document, Source,
            node::{Record, Value},
        },
        limits::{IMPORT, Limits},
        problem::{Place, Problem},
        tidy,
    },
    domain::{ids::ToolId, review::Reviewer, time::Date, tool::CatalogEntry},
    error::UserError,
};

/// What is known before an import: the operator's tools over the starter's.
pub trait Known {
    /// A tool with its base reviews, by its id of today.
    fn entry(&self, id: &ToolId) -> Option<CatalogEntry>;

    /// Every id that was ever given, hidden tools and earlier ids included.
    fn is_taken(&self, id: &ToolId) -> bool;

    /// All tools as (id, name).
    fn names(&self) -> Vec<(ToolId, String)>;
}

/// Nothing is known: a file stands for itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Known for Nothing {
    fn entry(&self, _: &ToolId) -> Option<CatalogEntry> {
        None
    }

    fn is_taken(&self, _: &ToolId) -> bool {
        false
    }

    fn names(&self) -> Vec<(ToolId, String)> {
        Vec::new()
    }
}

/// Things that were mended or left out without refusing the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Fields that the format does not know, and in how many records they stood.
    pub left_out: Vec<(String, usize)>,
    /// Texts that were too long and were cut.
    pub cut: usize,
    /// Categories written as words that became ids.
    pub categories: usize,
    /// Names that read like the name of another tool of the same import.
    pub alike: usize,
}

/// A tool of an import.
#[derive(Debug, Clone)]
pub struct Item {
    /// Where its record stands.
    pub place: Place,
    /// The tool with its reviews, complete.
    pub entry: CatalogEntry,
    /// Whether the record speaks of reviews; otherwise they are those known before.
    pub has_reviews: bool,
    /// What was known before under this id.
    pub before: Option<CatalogEntry>,
}

/// What an import holds.
#[derive(Debug, Default)]
pub struct Import {
    /// The tools, in the order of the files.
    pub items: Vec<Item>,
    /// The reviewers.
    pub reviewers: Vec<Reviewer>,
    /// All mistakes, by file and line.
    pub problems: Vec<Problem>,
    /// Records with a mistake; they are not among the items.
    pub refused: usize,
    /// What was mended.
    pub notes: Notes,
}

/// Reads an import. `panel`: the reviewers that may speak beside those of the import.
#[must_use]
pub fn read(sources: &[Source], known: &dyn Known, panel: &[Reviewer], today: Date) -> Import {
    let mut document = Document::default();
    for source in sources {
        document.read(source);
    }
    let mut import = Import { refused: document.records_refused, ..Import::default() };
    import.problems = std::mem::take(&mut document.problems);
    for record in &document.reviewers {
        match file::reviewer(record, &IMPORT, &mut import.problems) {
            Some(reviewer) => import.reviewers.push(reviewer),
            None => import.refused += 1,
        }
    }
    let added = import.reviewers.iter().filter(|own| !panel.iter().any(|known| known.id == own.id));
    let speakers: Vec<Reviewer> = panel.iter().chain(added).cloned().collect();
    let rules = Rules { limits: &IMPORT, reviewers: &speakers, today };

    let mut left_out: FxHashMap<String, usize> = FxHashMap::default();
    let mut drafts: Vec<Draft> = Vec::with_capacity(document.tools.len());
    for mut record in document.tools {
        leave_out_unknown(&mut record, &mut left_out);
        if is_short(&record) {
            tidy_short(&mut record, &IMPORT, &mut import.notes);
        }
        match file::tool(&record, &rules, &mut import.problems) {
            Some(draft) => drafts.push(draft),
            None => import.refused += 1,
        }
    }
    import.notes.left_out = left_out.into_iter().collect();
    import.notes.left_out.sort_unstable();

    let ids = assign_ids(&drafts, known);
    let mut seen: FxHashMap<ToolId, Place> = FxHashMap::default();
    let mut names: FxHashSet<String> = FxHashSet::default();
    for (draft, id) in drafts.into_iter().zip(ids) {
        if let Some(first) = seen.get(&id) {
            let what =
                UserError::new("check-id-twice").with("id", id.as_str()).with("first", first.to_string());
            import.problems.push(Problem::new(Place { field: "id".to_owned(), ..draft.place }, what));
            import.refused += 1;
            continue;
        }
        let before = known.entry(&id);
        if before.is_none() && draft.name.is_none() {
            let what = UserError::new("check-missing");
            import.problems.push(Problem::new(Place { field: "name".to_owned(), ..draft.place }, what));
            import.refused += 1;
            continue;
        }
        seen.insert(id.clone(), draft.place.clone());
        let place = draft.place.clone();
        let has_reviews = draft.reviews.is_some();
        let entry = draft.complete(id, before.as_ref(), today);
        import.notes.alike += usize::from(!names.insert(fold(&entry.tool.name).text().to_owned()));
        import.items.push(Item { place, entry, has_reviews, before });
    }
    import.problems.sort_by(|a, b| a.place.cmp(&b.place));
    import
}

/// Gives every draft an id.
fn assign_ids(drafts: &[Draft], known: &dyn Known) -> Vec<ToolId> {
    let mut given: FxHashSet<ToolId> = drafts.iter().filter_map(|draft| draft.id.clone()).collect();
    let mut ids: Vec<Option<ToolId>> = drafts.iter().map(|draft| draft.id.clone()).collect();
    // Namesakes in the order in which their ids were given: `llama`, `llama-2`, …, `llama-10`.
    let mut names = known.names();
    names.sort_unstable_by(|(a, _), (b, _)| (a.as_str().len(), a).cmp(&(b.as_str().len(), b)));
    // First everybody who has exactly the same name, then those who have it but for capitals: so a tool does not lose its
    // id to a namesake that stands before it.
    let passes: [fn(&str) -> String; 2] = [str::to_owned, caseless];
    for read in passes {
        let mut by_name: FxHashMap<String, VecDeque<&ToolId>> = FxHashMap::default();
        for (id, name) in &names {
            by_name.entry(read(name)).or_default().push_back(id);
        }
        for (draft, id) in drafts.iter().zip(&mut ids).filter(|(_, id)| id.is_none()) {
            let Some(same) = draft.name.as_deref().and_then(|name| by_name.get_mut(&read(name))) else {
                continue;
            };
            while let Some(first) = same.pop_front() {
                if given.insert(first.clone()) {
                    *id = Some(first.clone());
                    break;
                }
            }
        }
    }
    let mut next: FxHashMap<String, u32> = FxHashMap::default();
    drafts
        .iter()
        .zip(ids)
        .map(|(draft, id)| {
            id.unwrap_or_else(|| {
                let id = free_id(draft.name.as_deref().unwrap_or_default(), &mut next, |id| {
                    given.contains(id) || known.is_taken(id)
                });
                given.insert(id.clone());
                id
            })
        })
        .collect()
}

/// The first free of `name`, `name-2`, `name-3`…
fn free_id(name: &str, next: &mut FxHashMap<String, u32>, is_taken: impl Fn(&ToolId) -> bool) -> ToolId {
    let mut stem = tidy::kebab(name, ToolId::MAX_BYTES);
    if stem.is_empty() {
        // No Latin letter and no digit: the name's checksum is as good an id as any, and always the same.
        stem = format!("tool-{:08x}", crc32fast::hash(name.as_bytes()));
    } else if stem.starts_with(ToolId::SERVER_PREFIX) {
        stem = tidy::kebab(&format!("the-{stem}"), ToolId::MAX_BYTES);
    }
    let number = next.entry(stem.clone()).or_insert(1);
    loop {
        let id = if *number == 1 {
            ToolId::trusted(&stem)
        } else {
            let ending = format!("-{number}");
            let room = ToolId::MAX_BYTES - ending.len();
            let cut = stem.get(..room).unwrap_or(&stem).trim_end_matches('-');
            ToolId::trusted(&format!("{cut}{ending}"))
        };
        *number += 1;
        if !is_taken(&id) {
            return id;
        }
    }
}

fn is_short(record: &Record) -> bool {
    record.file_id.is_none()
        && !record.fields.iter().any(|field| matches!(field.name.as_str(), "id" | "entry"))
}

/// Takes out the fields that mean nothing here. One that looks like a slip of the pen stays, and is refused later.
fn leave_out_unknown(record: &mut Record, left_out: &mut FxHashMap<String, usize>) {
    record.fields.retain(|field| {
        let name = field.name.as_str();
        let stays = file::FIELDS.contains(&name) || tidy::closest(name, file::FIELDS).is_some();
        if !stays {
            *left_out.entry(name.to_owned()).or_default() += 1;
        }
        stays
    });
}

fn tidy_short(record: &mut Record, limits: &Limits, notes: &mut Notes) {
    let max = |name: &str| match name {
        "name" | "vendor" => *limits.name.end(),
        "tagline" => *limits.tagline.end(),
        "description" => *limits.description.end(),
        _ => usize::MAX,
    };
    for field in &mut record.fields {
        let Value::Text(text) = &mut field.node.value else { continue };
        if field.name == "category" {
            let id = tidy::kebab(text, 40);
            notes.categories += usize::from(!text.is_empty() && id != *text);
            *text = id;
            continue;
        }
        let (line, was_cut) = tidy::one_line(text, max(&field.name));
        notes.cut += usize::from(was_cut);
        *text = line;
    }
    // An empty text says nothing, which is what leaving the field out says.
    record.fields.retain(|field| !matches!(&field.node.value, Value::Text(text) if text.is_empty()));
}
