//! What the documents point to is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn links_between_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut broken = Vec::new();
    let mut followed = 0;
    for document in documents(root) {
        let text = fs::read_to_string(&document).unwrap();
        for target in links(&text) {
            followed += 1;
            if !document.with_file_name(target).exists() {
                broken.push(format!("{} → {target}", document.strip_prefix(root).unwrap().display()));
            }
        }
    }
    assert!(followed > 0, "no link was found at all");
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn a_link_is_read_without_its_anchor_and_its_neighbours() {
    let text = "See [a](docs/a.md), ![b](b.png) and [c](c.md#part).\n\
                [web](https://example.org/x) [here](#part)\n\
                ```text\n[no](code.md)\n```\n[d](d.md)";
    assert_eq!(links(text), ["docs/a.md", "b.png", "c.md", "d.md"]);
}

/// All Markdown of the repository, but nothing that was installed or built.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if entry.file_type().unwrap().is_dir() {
            if !name.starts_with('.') && !matches!(&*name, "node_modules" | "target") {
                found.extend(documents(&entry.path()));
            }
        } else if name.ends_with(".md") {
            found.push(entry.path());
        }
    }
    found
}

/// The targets of Markdown links into the repository, outside code.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        if code {
            continue;
        }
        for part in line.split("](").skip(1) {
            let Some((target, _)) = part.split_once(')') else { continue };
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains("://") {
                found.push(path);
            }
        }
    }
    found
}
