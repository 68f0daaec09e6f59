//! Every text that the sources name is there.

use std::{collections::BTreeSet, fs, path::Path};

use tiebreaker::text::Texts;

/// What stands before a key in the sources.
const NAMED_BY: [&str; 4] = ["UserError::new(\"", ".get(\"", ".say(\"", ".find(\""];

fn keys(folder: &Path, to: &mut BTreeSet<(String, String)>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            keys(&path, to);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let file = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
            for before in NAMED_BY {
                for rest in source.split(before).skip(1) {
                    let key = rest.split('"').next().unwrap_or_default();
                    // Texts have a family and a name; anything else is a key of another map.
                    let is_key = key.contains('-')
                        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                    if is_key && !key.ends_with('-') {
                        to.insert((key.to_owned(), file.clone()));
                    }
                }
            }
        }
    }
}

#[test]
fn every_text_that_is_named_is_there() {
    let mut named = BTreeSet::new();
    for room in ["card", "catalog", "cli", "discord", "domain", "service", "text"] {
        keys(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room), &mut named);
    }
    assert!(named.len() > 50, "the keys were not found: {}", named.len());
    let texts = Texts::for_language("en-US");
    // A test of the text room asks for a text that is not there.
    named.retain(|(key, _)| key != "no-such-key");
    let missing: Vec<_> = named.iter().filter(|(key, _)| texts.find(key, &[]).is_none()).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
