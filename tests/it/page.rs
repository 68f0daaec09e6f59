//! The scripts of the playground's page that need no browser: `tests/page/*.test.mjs`, run by Node where it is there.
//! And what holds for every file of the page.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::openapi;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_of_the_page() -> Vec<(PathBuf, String)> {
    let folder = repository().join("src/playground/page");
    let mut files: Vec<(PathBuf, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn the_scripts_do_what_they_should() {
    let works = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !works.is_ok_and(|status| status.success()) {
        return openapi::say_skipped("the page's scripts: Node is missing");
    }
    let files =
        std::fs::read_dir(repository().join("tests/page")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    assert!(files.len() >= 3, "{files:?}");
    let run = Command::new("node").arg("--test").args(files).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    assert!(!said.contains("# pass 0\n"), "nothing was tested: {said}");
}

#[test]
fn nothing_in_the_page_makes_markup_of_a_text_or_runs_one() {
    let forbidden = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "createContextualFragment",
        "DOMParser",
        "srcdoc",
        "eval(",
        "new Function",
        " style=\"",
        " onclick=",
    ];
    for (path, text) in files_of_the_page() {
        for word in forbidden {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    for (path, text) in files_of_the_page() {
        for (at, _) in text.match_indices("://") {
            let before = text[..at].rsplit(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or("");
            let after = text[at + 3..].chars().next().unwrap_or(' ');
            // The name of SVG's vocabulary is no address that anybody asks.
            let is_name = text[at + 3..].starts_with("www.w3.org/2000/svg");
            // What is left are patterns of addresses and the word that marks files of the same message.
            let is_address = after.is_ascii_alphanumeric() && before != "attachment";
            assert!(
                is_name || !is_address,
                "{} names an address: {}",
                path.display(),
                text[at..].chars().take(20).collect::<String>()
            );
        }
    }
}

#[test]
fn every_file_that_the_page_asks_for_is_there() {
    let files = files_of_the_page();
    let names: Vec<&str> = files.iter().filter_map(|(path, _)| path.file_name()?.to_str()).collect();
    let mut asked = 0;
    for (path, text) in &files {
        for start in ["\"/page/", "from \"./", "import \"./"] {
            for piece in text.split(start).skip(1) {
                let name = piece.split('"').next().unwrap_or("");
                assert!(names.contains(&name), "{} asks for {name}", path.display());
                asked += 1;
            }
        }
    }
    assert!(asked > 40, "only {asked} files are asked for");
}
