//! Mistakes in data files, in words.

use serde::Serialize;

use crate::{catalog::problem::Problem, text::Texts};

/// More lines than this help nobody; the rest is counted.
const SHOWN: usize = 50;

/// `tools/axolotl.toml:12: entry.kind: “cheap” is neither free nor paid…`, one line each.
pub(super) fn lines(problems: &[Problem], texts: &Texts) -> Vec<String> {
    let mut lines: Vec<String> = problems.iter().take(SHOWN).map(|problem| line(problem, texts)).collect();
    if problems.len() > SHOWN {
        lines.push(texts.get("check-more", &[("count", (problems.len() - SHOWN).into())]));
    }
    lines
}

/// One mistake.
pub(super) fn line(problem: &Problem, texts: &Texts) -> String {
    // A file's name and whatever it holds may carry escape sequences for the terminal.
    let place = crate::card::escape::clean(&problem.place.to_string());
    let what = crate::card::escape::clean(&texts.error(&problem.what));
    format!("{place}: {what}")
}

/// A mistake as JSON.
#[derive(Serialize)]
pub(super) struct Json {
    file: String,
    line: Option<u32>,
    field: String,
    /// What is wrong, for programs.
    code: &'static str,
    /// What is wrong and how to mend it, for people.
    text: String,
}

/// All mistakes.
pub(super) fn json(problems: &[Problem], texts: &Texts) -> Vec<Json> {
    let one = |problem: &Problem| Json {
        file: problem.place.file.to_string(),
        line: problem.place.line,
        field: problem.place.field.clone(),
        code: problem.what.key,
        text: texts.error(&problem.what),
    };
    problems.iter().map(one).collect()
}
