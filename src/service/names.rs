//! From what somebody typed to the tools that are meant.

use crate::catalog::{
    fold::fold,
    search::{Decision, How, is_worth_showing},
    typed,
    view::{Found, Resolved, View},
};

/// How many tools are offered when a name is not clear.
pub const OFFERED: usize = 5;
/// A typed name is not read further than this; the rest cannot belong to a name.
const NAME_READ: usize = 200;

/// What of a typed name is read: one line, without what nobody can see, and not without end. Empty when there is nothing.
#[must_use]
pub fn readable(typed: &str) -> String {
    typed::line(&typed.chars().take(NAME_READ).collect::<String>())
}

/// A name and the tool that is meant by it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// As it was typed.
    pub typed: String,
    /// The tool, and how it was found.
    pub found: Found,
}

/// A name that does not say which tool is meant.
#[derive(Debug, Clone)]
pub struct Unclear {
    /// As it was typed.
    pub typed: String,
    /// Whether some of `tools` could be meant; otherwise none is, and these are the closest.
    pub is_ambiguous: bool,
    /// Best first, at most [`OFFERED`]; may be empty when nothing is meant.
    pub tools: Vec<Found>,
}

/// What one name means here.
///
/// # Errors
/// The choices, or the closest tools, when no single tool is meant.
pub fn read_name(view: &View, typed: &str) -> Result<Asked, Unclear> {
    let Resolved { decision, mut found } = view.resolve(typed, OFFERED);
    let is_removed = decision == Decision::Match
        && found.first().is_some_and(|found| {
            !matches!(found.how, How::Exact | How::Case | How::Punctuation | How::Alias)
        })
        && names_a_removed_tool(view, typed);
    let typed = typed.to_owned();
    let choices = match decision {
        // Another tool that reads alike is offered, not taken for the one that is gone.
        Decision::Match if is_removed => None,
        Decision::Match => {
            let mut found = found.into_iter();
            return match found.next() {
                Some(found) => Ok(Asked { typed, found }),
                None => Err(Unclear { typed, is_ambiguous: false, tools: Vec::new() }),
            };
        }
        Decision::Ambiguous(choices) => Some(usize::from(choices)),
        Decision::None => None,
    };
    match choices {
        Some(choices) => found.truncate(choices.max(2)),
        None => {
            let best = found.first().map_or(0.0, |found| found.score);
            found.retain(|found| is_worth_showing(found.score, best));
        }
    }
    Err(Unclear { typed, is_ambiguous: choices.is_some(), tools: found })
}

/// Whether a name is that of a tool which moderators have removed here.
fn names_a_removed_tool(view: &View, typed: &str) -> bool {
    let typed = fold(typed);
    let mut hidden = view.hidden().filter_map(|id| view.name_of(id));
    !typed.is_empty() && hidden.any(|name| fold(name).text() == typed.text())
}

/// What several names mean, in their order.
///
/// # Errors
/// All names that are not clear, not only the first.
pub fn read_names(view: &View, typed: &[String]) -> Result<Vec<Asked>, Vec<Unclear>> {
    let mut unclear = Vec::new();
    let mut asked = Vec::with_capacity(typed.len());
    for name in typed {
        match read_name(view, name) {
            Ok(name) => asked.push(name),
            Err(name) => unclear.push(name),
        }
    }
    if unclear.is_empty() { Ok(asked) } else { Err(unclear) }
}
