//! Catalog files of any format: read, checked and imported.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tiebreaker::catalog::{
    check,
    formats::Source,
    import::{self, Nothing},
};
use time::macros::date;

/// The first byte chooses the file's name, and so its format; the last two leave that to the text.
const FILES: [&str; 8] =
    ["tools/a-b.toml", "reviewers.toml", "a.json", "a.jsonl", "a.csv", "a.tsv", "-", "no-ending"];

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    let sources = [Source::new(FILES[usize::from(choice) % FILES.len()], text)];
    let today = date!(2026 - 11 - 24);

    let checked = check::check(&sources, &[], today);
    assert_eq!(checked.files, 1);
    // A file named after a tool may amend it and leave its name as it is; one that says nothing is a mistake.
    let says_nothing = text.trim().is_empty() && FILES[usize::from(choice) % FILES.len()].starts_with("tools/");
    assert!(!says_nothing || !checked.problems.is_empty(), "a file that says nothing was taken");

    let import = import::read(&sources, &Nothing, &[], today);
    assert!(import.refused == 0 || !import.problems.is_empty(), "refused without a reason");
    for item in &import.items {
        assert!(!item.entry.tool.name.trim().is_empty(), "a tool without a name was taken");
    }
});
