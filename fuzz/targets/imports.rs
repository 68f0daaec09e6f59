//! An import in any format: no panic, and every tool has an id of its own.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use tiebreaker::catalog::{
    formats::Source,
    import::{Nothing, read},
    limits::IMPORT,
};
use time::macros::date;

fuzz_target!(|input: (u8, &str)| {
    let (format, text) = input;
    let name = ["-", "a.toml", "a.json", "a.jsonl", "a.csv", "a.tsv"][usize::from(format) % 6];
    let import = read(&[Source::new(name, text)], &Nothing, &[], date!(2026 - 11 - 24));
    let mut ids = HashSet::new();
    for item in &import.items {
        let tool = &item.entry.tool;
        assert!(ids.insert(tool.id.clone()));
        assert!(!tool.id.as_str().is_empty() && tool.id.as_str().len() <= 40);
        assert!(IMPORT.name.contains(&tool.name.chars().count()));
        assert!(tool.tagline.chars().count() <= *IMPORT.tagline.end());
    }
});
