//! The catalog that is imported: names from `TIEBREAKER_NAMES`, or invented ones; everything beside them is invented.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Write as _},
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};
use tiebreaker::catalog::fold::fold;

/// A file with `name` in each line (JSON Lines, `.gz` or not), or a folder of `corpus_*.jsonl` files; the smallest is taken.
pub const VARIABLE: &str = "TIEBREAKER_NAMES";
/// So many names are invented when none are given.
const INVENTED: usize = 7_332;
/// One tool in so many has reviews, and commands ask for these.
const REVIEWED: usize = 10;
/// Names that are asked for are at least so long, so that one can type a beginning of them.
const SHORTEST: usize = 4;

/// A catalog.
pub struct Names {
    /// Where they come from.
    pub origin: String,
    /// How many the catalog holds.
    pub count: usize,
    /// Those that are typed: nobody else's name when case and punctuation are left out.
    pub typed: Vec<String>,
    /// Those of them that commands ask for: with reviews.
    pub asked: Vec<String>,
    all: Vec<String>,
}

impl Names {
    /// Reads or invents them.
    pub fn get() -> io::Result<Self> {
        let (origin, all) = match std::env::var_os(VARIABLE).map(PathBuf::from) {
            Some(given) => {
                let file = if given.is_dir() { smallest(&given)? } else { given };
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (format!("names from {name}"), read(&file)?)
            }
            None => (format!("{VARIABLE} is not set: invented names"), invent(INVENTED)),
        };
        let mut times: HashMap<String, usize> = HashMap::new();
        for name in &all {
            *times.entry(fold(name).text().to_owned()).or_default() += 1;
        }
        let is_plain = |name: &String| {
            let folded = fold(name);
            let length = name.chars().count();
            (SHORTEST..=80).contains(&length) && name.is_ascii() && times.get(folded.text()) == Some(&1)
        };
        let plain: Vec<(usize, &String)> =
            all.iter().enumerate().filter(|(_, name)| is_plain(name)).collect();
        let typed = plain.iter().map(|(_, name)| (*name).clone()).collect();
        let reviewed = plain.iter().filter(|(n, _)| n % REVIEWED == 0);
        let asked: Vec<String> = reviewed.map(|(_, name)| (*name).clone()).collect();
        if asked.len() < 40 {
            return Err(io::Error::other(format!("{origin}: too few names that can be asked for")));
        }
        Ok(Self { origin, count: all.len(), typed, asked, all })
    }

    /// Writes the catalog as `tiebreaker import` reads it: each tool with category and tagline, some with four reviews.
    pub fn write(&self, to: &Path) -> io::Result<()> {
        const CATEGORIES: [&str; 5] = ["developer-tools", "coding-agents", "models", "rag", "speech"];
        const REVIEWERS: [&str; 4] = ["builder", "skeptic", "futurist", "founder"];
        let mut out = BufWriter::new(File::create(to)?);
        for (n, name) in self.all.iter().enumerate() {
            let mut line = json!({
                "name": name, "category": CATEGORIES[n % CATEGORIES.len()],
                "tagline": format!("Entry {n} of a catalog made for measuring"),
            });
            if n % REVIEWED == 0 {
                let reviews = REVIEWERS.iter().enumerate().map(|(who, reviewer)| {
                    let verdict = if (n / REVIEWED) >> who & 1 == 0 { "ship" } else { "skip" };
                    let quote =
                        format!("It does what it says on most days, and the rest is known by number {n}.");
                    json!({ "reviewer": reviewer, "verdict": verdict, "quote": quote, "date": "2026-11-01" })
                });
                line["reviews"] = reviews.collect();
            }
            writeln!(out, "{line}")?;
        }
        out.flush()
    }
}

fn smallest(folder: &Path) -> io::Result<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("corpus_") && name.contains(".jsonl") {
            files.push((entry.metadata()?.len(), entry.path()));
        }
    }
    let found = files.into_iter().min().map(|(_, path)| path);
    found
        .ok_or_else(|| io::Error::other(format!("{VARIABLE}: no corpus_*.jsonl or .jsonl.gz in that folder")))
}

fn read(file: &Path) -> io::Result<Vec<String>> {
    let packed = file.extension().is_some_and(|extension| extension == "gz");
    let file = File::open(file)?;
    let reader: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut names = Vec::new();
    for line in BufReader::new(reader).lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let name = line["name"].as_str().ok_or_else(|| io::Error::other("a line has no name"))?;
        names.push(name.to_owned());
    }
    Ok(names)
}

/// Names of one or two words that nobody has, some with a version; always the same.
fn invent(count: usize) -> Vec<String> {
    let mut dice = Dice::new(1);
    let words: Vec<String> = (0..count / 2).map(|_| word(&mut dice)).collect();
    let mut seen = std::collections::HashSet::new();
    let mut names = Vec::with_capacity(count);
    while names.len() < count {
        let parts: Vec<&str> = (0..=dice.below(2)).map(|_| words[dice.below(words.len())].as_str()).collect();
        let mut name = parts.join(" ");
        if dice.below(6) == 0 {
            name.push_str(&format!(" {}.{}", 1 + dice.below(9), dice.below(10)));
        }
        if seen.insert(fold(&name).text().to_owned()) {
            names.push(name);
        }
    }
    names
}

fn word(dice: &mut Dice) -> String {
    let mut word = String::new();
    for _ in 0..3 + dice.below(2) {
        word.push(char::from(b"bdfgklmnprstvz"[dice.below(14)]));
        word.push(char::from(b"aeiou"[dice.below(5)]));
    }
    word[..1].to_uppercase() + &word[1..]
}

/// A small generator of numbers (xorshift), the same on every machine.
pub struct Dice(u64);

impl Dice {
    /// Starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    /// A number below `n`, which must not be 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// A number between 0 and 1.
    pub fn share(&mut self) -> f64 {
        self.next() as f64 / (1_u64 << 53) as f64
    }

    /// One of them.
    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
