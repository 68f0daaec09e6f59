//! Every text that the program asks for exists, and every text that exists is asked for.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|it| it == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The messages of a language: key, text as it stands in the file.
fn messages(language: &str) -> Vec<(String, String)> {
    let mut messages: Vec<(String, String)> = Vec::new();
    for file in files(&root().join("data/locales").join(language), "ftl") {
        for line in fs::read_to_string(file).unwrap().lines() {
            let key = line.split_once(" =").map(|(key, _)| key).filter(|key| is_key(key));
            match (key, messages.last_mut()) {
                (Some(key), _) => messages.push((key.to_owned(), line[key.len() + 2..].trim().to_owned())),
                (None, Some((_, text))) if line.starts_with(' ') || line.starts_with('}') => {
                    text.push('\n');
                    text.push_str(line);
                }
                _ => assert!(line.is_empty() || line.starts_with('#'), "not a message: {line}"),
            }
        }
    }
    messages
}

fn is_key(text: &str) -> bool {
    let mut parts = text.split('-');
    let word =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.contains('-') && text.starts_with(|c: char| c.is_ascii_lowercase()) && parts.all(word)
}

/// The string literals of a source file, without those of its tests and comments.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for line in source.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
        let mut rest = line;
        while let Some(begin) = rest.find('"') {
            // A quotation mark as a character literal opens nothing.
            if rest[..begin].ends_with('\'') && rest[begin + 1..].starts_with('\'') {
                rest = &rest[begin + 2..];
                continue;
            }
            let body = &rest[begin + 1..];
            let mut is_escaped = false;
            let end = body.char_indices().find(|(_, letter)| {
                let ends = *letter == '"' && !is_escaped;
                is_escaped = *letter == '\\' && !is_escaped;
                ends
            });
            let Some((end, _)) = end else { break };
            found.push(body[..end].to_owned());
            rest = &body[end + 1..];
        }
    }
    found
}

fn asked_for() -> BTreeMap<String, String> {
    let mut asked = BTreeMap::new();
    // The simulator and the page on it know nothing of the bot and none of its texts.
    let sources = files(&root().join("src"), "rs").into_iter();
    let is_ours = |file: &PathBuf| {
        let apart = ["src/simulator", "src/playground"];
        !file.ends_with("tests.rs") && !apart.iter().any(|room| file.starts_with(root().join(room)))
    };
    for file in sources.filter(is_ours) {
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        for literal in literals(&fs::read_to_string(&file).unwrap()) {
            asked.entry(literal).or_insert_with(|| name.clone());
        }
    }
    asked
}

/// Names of threads, which look like keys and are none.
const NOT_TEXTS: [&str; 2] = ["store-keeper", "store-writer"];

#[test]
fn every_text_asked_for_exists() {
    let keys: BTreeSet<String> = messages("en-US").into_iter().map(|(key, _)| key).collect();
    // What begins like a key of some file is meant as a key: "error-…", "call-…".
    let families: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('-').next()).collect();
    let missing: Vec<String> = asked_for()
        .into_iter()
        .filter(|(literal, _)| is_key(literal) && !keys.contains(literal))
        .filter(|(literal, _)| !NOT_TEXTS.contains(&literal.as_str()))
        .filter(|(literal, _)| literal.split('-').next().is_some_and(|family| families.contains(family)))
        .map(|(literal, file)| format!("{literal} in {file}"))
        .collect();
    assert!(missing.is_empty(), "no such text in data/locales/en-US: {missing:#?}");
}

#[test]
fn every_text_is_asked_for() {
    let asked = asked_for();
    // "category-" and "{key}-why" stand for families of keys.
    let families: Vec<(&str, &str)> = asked
        .keys()
        .filter_map(|literal| match literal.split_once('{') {
            // A name in braces, nothing about how it is written: `{:08x}` makes no keys.
            Some((begin, rest)) => {
                rest.split_once('}').filter(|(name, _)| !name.contains(':')).map(|(_, end)| (begin, end))
            }
            None => literal.ends_with('-').then_some((literal.as_str(), "")),
        })
        .filter(|(begin, end)| {
            (is_key(begin.trim_end_matches('-')) || begin.len() > 2 || end.len() > 2) && !end.contains('{')
        })
        .filter(|(begin, end)| {
            (begin.ends_with('-') && !begin.contains(' ')) || (begin.is_empty() && end.starts_with('-'))
        })
        .collect();
    let all = messages("en-US");
    // A text may stand inside another: `{ import-counts }`.
    let stands_in_another = |key: &str| all.iter().any(|(_, text)| text.contains(&format!("{{ {key} }}")));
    let unused: Vec<&str> = all
        .iter()
        .map(|(key, _)| key.as_str())
        .filter(|key| !asked.contains_key(*key) && !stands_in_another(key))
        .filter(|key| !families.iter().any(|(begin, end)| key.starts_with(begin) && key.ends_with(end)))
        .collect();
    assert!(unused.is_empty(), "nobody asks for these texts: {unused:#?}");
}

#[test]
fn no_key_stands_twice() {
    let mut seen = BTreeSet::new();
    for (key, _) in messages("en-US") {
        assert!(seen.insert(key.clone()), "{key}");
    }
}

#[test]
fn other_languages_have_no_keys_of_their_own() {
    let english: BTreeSet<String> = messages("en-US").into_iter().map(|(key, _)| key).collect();
    for entry in fs::read_dir(root().join("data/locales")).unwrap() {
        let language = entry.unwrap().file_name().into_string().unwrap();
        for (key, _) in messages(&language) {
            assert!(english.contains(&key) || key.starts_with("format-"), "{language}: {key}");
        }
    }
}

#[test]
fn texts_are_calm_and_hold_no_markdown() {
    for (key, text) in messages("en-US") {
        assert!(!text.contains('!'), "{key} shouts: {text}");
        for mark in ["**", "__", "~~", "||", "](", "\u{2066}", "\u{2068}"] {
            assert!(!text.contains(mark), "{key} holds {mark}: {text}");
        }
    }
}

#[test]
fn labels_and_hints_of_forms_are_short_enough() {
    for (key, text) in messages("en-US").into_iter().filter(|(key, _)| key.starts_with("form-")) {
        // A title has room for a name beside its own words.
        let (max, what) = match &key {
            key if key.ends_with("-hint") => (100, "hint"),
            key if key.ends_with("-title") => (30, "title"),
            _ => (45, "label"),
        };
        assert!(text.encode_utf16().count() <= max, "{key} is too long for a {what}: {text}");
    }
}
