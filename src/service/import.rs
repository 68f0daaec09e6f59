//! Import: what somebody's files change in the operator's catalog.
//!
//! Nothing is written here: [`plan`] compares the files with what is known and gives the edits, which a
//! [`super::desk::Desk`] applies. So the same import can be looked at first, and can be done by a running bot.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read, Seek as _, SeekFrom},
    path::Path,
};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    catalog::{
        check,
        formats::Source,
        import::{self, Import, Known, Notes},
        layer::Layer,
        problem::Problem,
    },
    domain::{
        change::{State, Subject},
        ids::ToolId,
        review::{Review, Reviewer},
        time::Date,
        tool::CatalogEntry,
    },
    service::desk::BaseEdit,
};

/// What an import would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// Tools that nobody knew.
    pub new: usize,
    /// Tools that were known and say something else now.
    pub changed: usize,
    /// Tools that say what was known already.
    pub same: usize,
    /// Records that were refused.
    pub refused: usize,
    /// Reviewers that are new or changed.
    pub reviewers: usize,
    /// Why, by file and line.
    pub problems: Vec<Problem>,
    /// What was mended or left out without refusing.
    pub notes: Notes,
    /// The edits, in an order in which they can be applied piece by piece.
    pub edits: Vec<BaseEdit>,
}

/// What was given to an import.
#[derive(Debug)]
pub enum Given {
    /// Files of a catalog.
    Catalog(Vec<Source>),
    /// An export of a store; see [`super::restore::take_back`].
    Export(File),
}

/// Reads a file, a folder, or standard input (`-`).
///
/// # Errors
/// When something cannot be read; the error names it.
pub fn read(path: &str, stdin: &mut dyn Read) -> io::Result<Given> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{path}: {error}"));
    if Path::new(path).is_dir() {
        return Ok(Given::Catalog(check::read_folder(Path::new(path))?));
    }
    let file = if path == "-" {
        // An export is read twice, once to see that it is whole, and a pipe cannot be.
        let mut file = tempfile::tempfile().map_err(named)?;
        io::copy(stdin, &mut file)
            .map_err(|error| io::Error::new(error.kind(), format!("standard input: {error}")))?;
        file.seek(SeekFrom::Start(0)).map_err(named)?;
        file
    } else {
        File::open(path).map_err(named)?
    };
    let mut file = BufReader::new(file);
    let first = file.fill_buf().map_err(named)?;
    if first.starts_with(&GZIP) || first.starts_with(EXPORT) {
        return Ok(Given::Export(file.into_inner()));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => named(io::Error::new(error.kind(), "it is not UTF-8 text")),
        _ => named(error),
    })?;
    Ok(Given::Catalog(vec![Source::new(path, text)]))
}

/// How a packed export begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How an export begins.
const EXPORT: &[u8] = br#"{"format":"tiebreaker-store""#;

/// Compares an import with the starter and the operator's catalog.
#[must_use]
pub fn plan(sources: &[Source], starter: &Layer, base: &Layer, today: Date) -> Plan {
    let known = Both::new(starter, base);
    let panel: Vec<Reviewer> = starter.reviewers().iter().chain(base.reviewers()).cloned().collect();
    let Import { items, reviewers, problems, refused, notes } = import::read(sources, &known, &panel, today);
    let mut plan = Plan { refused, problems, notes, ..Plan::default() };
    for reviewer in reviewers {
        let subject = Subject::Reviewer(reviewer.id.clone());
        let stands = base.reviewer(&reviewer.id).or_else(|| starter.reviewer(&reviewer.id));
        if stands != Some(&reviewer) {
            plan.reviewers += 1;
            plan.edit(base, subject, Some(State::Reviewer(reviewer)));
        }
    }
    for item in items {
        let id = item.entry.tool.id.clone();
        let edits = plan.edits.len();
        if item.before.as_ref().map(|before| &before.tool) != Some(&item.entry.tool) {
            let state = State::shown(item.entry.tool.clone());
            plan.edit(base, Subject::Tool(id.clone()), Some(state));
        }
        if item.has_reviews {
            plan.edit_reviews(starter, base, &item.entry);
        }
        match (&item.before, plan.edits.len() > edits) {
            (None, _) => plan.new += 1,
            (Some(_), true) => plan.changed += 1,
            (Some(_), false) => plan.same += 1,
        }
    }
    plan
}

impl Plan {
    /// Whether no record was found at all, neither right nor wrong.
    #[must_use]
    pub fn holds_nothing(&self) -> bool {
        self.new + self.changed + self.same + self.refused + self.reviewers == 0 && self.problems.is_empty()
    }

    fn edit(&mut self, base: &Layer, subject: Subject, after: Option<State>) {
        let before = base.state(&subject);
        if before != after {
            self.edits.push(BaseEdit { subject, before, after });
        }
    }

    /// The operator's reviews become those of the import. Reviews of the starter stay beside them, except where the same
    /// reviewer speaks.
    fn edit_reviews(&mut self, starter: &Layer, base: &Layer, entry: &CatalogEntry) {
        let id = &entry.tool.id;
        for review in &entry.reviews {
            let is_starters = starter.reviews(id).contains(review);
            let has_own = base.reviews(id).iter().any(|own| own.reviewer == review.reviewer);
            if !is_starters || has_own {
                let subject = Subject::Review(id.clone(), review.reviewer.clone());
                self.edit(base, subject, Some(State::Review(review.clone())));
            }
        }
        for own in base.reviews(id) {
            if !entry.reviews.iter().any(|review| review.reviewer == own.reviewer) {
                self.edit(base, Subject::Review(id.clone(), own.reviewer.clone()), None);
            }
        }
    }
}

/// The operator's catalog over the starter's, as an import sees it.
struct Both<'a> {
    starter: &'a Layer,
    base: &'a Layer,
    /// All earlier ids.
    formerly: FxHashSet<&'a ToolId>,
}

impl<'a> Both<'a> {
    fn new(starter: &'a Layer, base: &'a Layer) -> Self {
        let tools = starter.tools().chain(base.tools()).filter_map(|(_, entry)| entry.tool.as_ref());
        Self { starter, base, formerly: tools.flat_map(|tool| &tool.formerly).collect() }
    }

    fn reviews(&self, id: &ToolId) -> Vec<Review> {
        let upper = self.base.reviews(id);
        let lower = self.starter.reviews(id).iter();
        lower
            .filter(|low| !upper.iter().any(|up| up.reviewer == low.reviewer))
            .chain(upper)
            .cloned()
            .collect()
    }
}

impl Known for Both<'_> {
    fn entry(&self, id: &ToolId) -> Option<CatalogEntry> {
        let ours = self.base.tool(id);
        // A hidden tool comes back as new when it is imported again.
        if ours.is_some_and(|entry| entry.hidden.is_some()) {
            return None;
        }
        let tool =
            ours.and_then(|entry| entry.tool.as_ref()).or_else(|| self.starter.tool(id)?.tool.as_ref())?;
        Some(CatalogEntry { tool: tool.as_ref().clone(), reviews: self.reviews(id) })
    }

    fn is_taken(&self, id: &ToolId) -> bool {
        self.base.tool(id).is_some() || self.starter.tool(id).is_some() || self.formerly.contains(id)
    }

    fn names(&self) -> Vec<(ToolId, String)> {
        let mut names: FxHashMap<&ToolId, &str> = FxHashMap::default();
        for (id, entry) in self.starter.tools().chain(self.base.tools()) {
            if let Some(tool) = &entry.tool {
                names.insert(id, &tool.name);
            }
        }
        let hidden: FxHashSet<&ToolId> =
            self.base.tools().filter(|(_, entry)| entry.hidden.is_some()).map(|(id, _)| id).collect();
        let mut names: Vec<(ToolId, String)> = names
            .into_iter()
            .filter(|(id, _)| !hidden.contains(id))
            .map(|(id, name)| (id.clone(), name.to_owned()))
            .collect();
        names.sort_unstable();
        names
    }
}
