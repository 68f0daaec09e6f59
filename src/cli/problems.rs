//! Mistakes in data files, in words.

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
