//! Catalogs and queries: from files, or made.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::generate;

/// The folder or file with catalogs; unset: they are made.
pub const VARIABLE: &str = "TIEBREAKER_NAMES";

/// One query with what is right.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is typed; odd spaces and invisible characters are meant.
    pub query: String,
    /// `A|B`: either; `^abc`: any name that folds to `abc…`; empty: nothing may be answered.
    pub expected: String,
    /// Which kind of slip.
    pub class: String,
}

impl Question {
    /// Nothing in the catalog is meant.
    pub fn is_negative(&self) -> bool {
        self.expected.is_empty()
    }

    /// The name is still being typed.
    pub fn is_prefix(&self) -> bool {
        self.class.starts_with("prefix") || self.class == "token_prefix"
    }
}

/// A catalog of names with the queries about it.
pub struct Catalog {
    /// What the table calls it.
    pub title: String,
    /// The names, in order.
    pub names: Vec<String>,
    /// The queries.
    pub questions: Vec<Question>,
}

/// How many queries of each class are made.
const EACH: usize = 300;

/// Reads or makes the catalogs, small ones first; the first text says where they come from.
pub fn catalogs() -> io::Result<(String, Vec<Catalog>)> {
    let Some(at) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
        let made = [("made, 7k", 7_000), ("made, 63k", 63_000)].map(|(title, count)| {
            let names = generate::names(count, 1);
            let questions = generate::questions(&names, EACH, 2);
            Catalog { title: title.to_owned(), names, questions }
        });
        return Ok((
            format!("{VARIABLE} is not set: catalogs and queries are made from a seed"),
            made.into(),
        ));
    };
    if at.is_file() {
        let names = names(&at)?;
        let questions = generate::questions(&names, EACH, 2);
        let title = stem(&at);
        let origin = format!("names from {}; queries are made from a seed", file_name(&at));
        return Ok((origin, vec![Catalog { title, names, questions }]));
    }
    let mut files = std::fs::read_dir(&at)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    let mut found: Vec<Catalog> = Vec::new();
    let mut sets = Vec::new();
    for file in &files {
        let name = file_name(file);
        let Some(kind) = name.strip_prefix("corpus_").filter(|n| n.contains(".jsonl")) else { continue };
        let kind = kind.split('.').next().unwrap_or(kind).to_owned();
        if found.iter().any(|c| c.title == kind) {
            continue;
        }
        let names = names(file)?;
        let mut questions = Vec::new();
        for set in files.iter().filter(|f| f.extension().is_some_and(|e| e == "tsv")) {
            if stem(set).strip_prefix(&kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')) {
                questions.extend(read_questions(set)?);
                sets.push(file_name(set));
            }
        }
        if questions.is_empty() {
            questions = generate::questions(&names, EACH, 2);
            sets.push(format!("queries about {kind} made from a seed"));
        }
        found.push(Catalog { title: kind, names, questions });
    }
    if found.is_empty() {
        return Err(io::Error::other(format!("{VARIABLE}: no corpus_*.jsonl or .jsonl.gz in that folder")));
    }
    found.sort_by_key(|c| c.names.len());
    Ok((format!("catalogs from {VARIABLE}; query sets: {}", sets.join(", ")), found))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn stem(path: &Path) -> String {
    let name = file_name(path);
    name.split('.').next().unwrap_or_default().to_owned()
}

/// The `name` of each line.
fn names(path: &Path) -> io::Result<Vec<String>> {
    let file = File::open(path)?;
    let reader: Box<dyn Read> = if path.extension().is_some_and(|e| e == "gz") {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut names = Vec::new();
    for line in BufReader::new(reader).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let name = line["name"].as_str().ok_or_else(|| io::Error::other("a line has no name"))?;
        names.push(name.to_owned());
    }
    Ok(names)
}

/// `query<TAB>expected<TAB>class` a line; a line that begins with `#<TAB>` says something about the file.
fn read_questions(path: &Path) -> io::Result<Vec<Question>> {
    let text = std::fs::read_to_string(path)?;
    let lines = text.split('\n').filter(|line| !line.is_empty() && !line.starts_with("#\t"));
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [query, expected, class] => {
                Ok(Question { query: query.into(), expected: expected.into(), class: class.into() })
            }
            _ => Err(io::Error::other(format!("{}: not query, expected, class: {line:?}", file_name(path)))),
        })
        .collect()
}
