//! What a chat message asks: which tools it wants compared, or the one it is about.
//!
//! ```text
//! "hey, is Cursor better than roo code?"   →  Compare  Cursor · roo code
//! "vs Cursor?"                             →  One      Cursor
//! "works on linux or mac?"                 →  Nothing
//! ```
//!
//! A message is cut into words and *joints*: what stands between two names (`vs`, `or`, `/`, `better than`, `还是`). Around
//! a joint the names are found by asking the resolver about every run of a few words, for people put their names into
//! sentences. A strong joint (`vs`) is a question by itself; a weak one (`or`, a comma) counts only between two names that
//! are known, where the rest of the message asks for a choice and not for help. It would rather miss a question than
//! compare what nobody asked about.
//!
//! | file | what |
//! | --- | --- |
//! | [`tokens`] | a message without its markup, as words and joints |
//! | [`words`] | the words that make a question, in the languages people mix with Latin names |
//! | [`spans`] | the name nearest to a joint |
//!
//! Pure: what is known is asked of the resolver, at most [`MAX_LOOKUPS`] times a message. Uses `search`'s types only.

mod spans;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use serde::Serialize;

use self::spans::{Grade, Spans};
use self::tokens::{Joint, Kind, Part, Strength};
use super::search::{Answer, How};

/// The most names that are found in one message; more than four cannot be compared, and the caller says so.
pub const MAX_NAMES: usize = 6;

/// The most times the resolver is asked about one message.
pub const MAX_LOOKUPS: usize = 120;

/// A name as it was typed, and what it means.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// The words of the message.
    pub text: String,
    /// What the resolver says to them. [`super::search::Decision::None`] beside a known name: tell that it is unknown.
    pub answer: Answer,
}

/// What a message asks.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Two names or more, in the order in which they stand. At least one of them is known; some may have to be asked back.
    Compare(Vec<Asked>),
    /// One name.
    One(Asked),
    /// No names, or no question.
    Nothing,
}

impl Question {
    /// The names, in order.
    #[must_use]
    pub fn names(&self) -> &[Asked] {
        match self {
            Self::Compare(names) => names,
            Self::One(name) => std::slice::from_ref(name),
            Self::Nothing => &[],
        }
    }
}

/// Reads a message that is meant for the bot. `resolve` says what a name means.
#[must_use]
pub fn question(text: &str, resolve: impl Fn(&str) -> Answer) -> Question {
    let message = tokens::read(text);
    let mut spans = Spans::new(&resolve);
    let parts = spans.open_slashes(message.parts);
    let parts = spans.close_ands(parts);
    let mut weak = None;
    for clause in parts.split(|part| matches!(part, Part::End)) {
        match set_against(clause, &message.words, &mut spans) {
            Some((Strength::Strong, names)) => return Question::Compare(names),
            Some((Strength::Weak, names)) => weak = weak.or(Some(names)),
            None => {}
        }
    }
    if let Some(names) = weak {
        return Question::Compare(names);
    }
    one(&message.words, &parts, &mut spans).map_or(Question::Nothing, Question::One)
}

/// The tools that a message names, whatever it says about them: for the menu "compare the tools mentioned". Only names
/// that are typed in full count, each tool once, in the order in which they stand; at most [`MAX_NAMES`].
#[must_use]
pub fn mentioned(text: &str, resolve: impl Fn(&str) -> Answer) -> Vec<Asked> {
    let message = tokens::read(text);
    let mut spans = Spans::new(&resolve);
    let parts = spans.open_slashes(message.parts);
    let parts = spans.close_ands(parts);
    let mut found: Vec<Asked> = Vec::new();
    for segment in parts.split(|part| !matches!(part, Part::Word(_))) {
        let mut at = 0;
        while at < segment.len() && found.len() < MAX_NAMES {
            let (asked, length) = spans.sure_at(&segment[at..]);
            if let Some(asked) = asked
                && !found.iter().any(|f| same_tool(&f.answer, &asked.answer))
            {
                found.push(asked);
            }
            at += length;
        }
    }
    found
}

fn same_tool(a: &Answer, b: &Answer) -> bool {
    match (a.hits.first(), b.hits.first()) {
        (Some(a), Some(b)) => (a.layer, a.key) == (b.layer, b.key),
        _ => false,
    }
}

/// The names that a clause sets against each other, and how clearly it does.
fn set_against(clause: &[Part], all: &[String], spans: &mut Spans<'_>) -> Option<(Strength, Vec<Asked>)> {
    let joints = words::joints(clause);
    // The clearest joint first; of equals the first.
    for strength in [Strength::Strong, Strength::Weak] {
        for (nth, joint) in joints.iter().enumerate().filter(|(_, j)| j.strength == strength) {
            if let Some(names) = around(clause, &joints, nth, spans)
                && is_question(clause, all, joint, &names)
            {
                return Some((strength, names.into_iter().map(|n| n.0).collect()));
            }
        }
    }
    None
}

/// Whether these names with this joint between them are a question, in this clause of a message with these words.
fn is_question(clause: &[Part], all: &[String], joint: &Joint, names: &[(Asked, Grade)]) -> bool {
    let all_known = names.iter().all(|n| n.1 >= Grade::Likely);
    let sure = names.iter().any(|n| n.1 == Grade::Sure);
    if joint.strength == Strength::Strong {
        let clear = |n: &(Asked, Grade)| {
            n.1 == Grade::Sure
                || n.0.answer.matched().is_some_and(|h| n.1 == Grade::Likely && names_in_full(&n.0, h.how))
        };
        return if all_known {
            sure || names.iter().all(is_distinct)
        } else {
            joint.kind == Kind::Versus && names.iter().any(clear)
        };
    }
    if !all_known {
        return false;
    }
    let (before, around) = words::strangers(clause, names.iter().map(|n| n.0.text.as_str()));
    match joint.kind {
        Kind::Or | Kind::Slash | Kind::Greater => {
            words::allows_choice(all)
                && (before == 0 || words::asks_for_choice(all))
                && (sure || around == 0 && names.iter().all(is_distinct))
        }
        _ => around == 0 && words::only_names(clause, names.iter().map(|n| n.0.text.as_str())),
    }
}

/// Whether a name was typed in full, but for a slip, its maker or its version.
fn names_in_full(asked: &Asked, how: How) -> bool {
    match how {
        How::VersionExtra | How::VersionMissing | How::VendorExtra | How::VendorMissing | How::Reordered => {
            true
        }
        How::Typo | How::Sound => asked.text.chars().count() >= 5,
        _ => false,
    }
}

/// Whether a name that is not typed in full cannot well be anything else: several words, or one that only one tool has.
fn is_distinct((asked, grade): &(Asked, Grade)) -> bool {
    *grade == Grade::Sure
        || asked.answer.matched().is_some_and(|hit| {
            let long = asked.text.contains(' ') || asked.text.chars().count() >= 5;
            names_in_full(asked, hit.how) || hit.how == How::Words && long || asked.text.contains(' ')
        })
}

/// The names around one joint, and those that a list adds on either side.
fn around(
    clause: &[Part],
    joints: &[Joint],
    nth: usize,
    spans: &mut Spans<'_>,
) -> Option<Vec<(Asked, Grade)>> {
    let segment = |nth: usize| -> &[Part] {
        let start = if nth == 0 { 0 } else { joints[nth - 1].end };
        let end = joints.get(nth).map_or(clause.len(), |j| j.start);
        clause.get(start..end).unwrap_or_default()
    };
    let core = &joints[nth];
    let left = spans.before(segment(nth), core)?;
    let right = spans.after(segment(nth + 1), core)?;
    let (mut first_whole, mut last_whole) = (left.whole, right.whole);
    let mut names = vec![(left.asked, left.grade), (right.asked, right.grade)];
    let mut before = nth;
    while first_whole && before > 0 && joints[before - 1].lists() && names.len() < MAX_NAMES {
        before -= 1;
        let next = spans.before(segment(before), &joints[before]);
        let Some(next) = next.filter(|n| n.grade >= Grade::Likely && !n.is_purpose) else { break };
        first_whole = next.whole;
        names.insert(0, (next.asked, next.grade));
    }
    let mut after = nth + 1;
    // "A vs B for this and that vs C": what is set against a list belongs to it, whatever was said in between.
    let goes_on =
        |nth: usize| joints.get(nth).is_some_and(|j| j.kind == Kind::Versus && core.kind == Kind::Versus);
    while (last_whole || goes_on(after))
        && after < joints.len()
        && joints[after].lists()
        && names.len() < MAX_NAMES
    {
        let next = spans.after(segment(after + 1), &joints[after]);
        let Some(next) = next.filter(|n| n.grade >= Grade::Likely) else { break };
        after += 1;
        last_whole = next.whole;
        names.push((next.asked, next.grade));
    }
    Some(names)
}

/// The only name of a message, when the message is about it.
fn one(all: &[String], parts: &[Part], spans: &mut Spans<'_>) -> Option<Asked> {
    if all.len() > 16 || !words::allows_choice(all) {
        return None;
    }
    let said = all.iter().filter(|w| !words::is_lead(w)).count();
    let mut found: Option<(Asked, Grade)> = None;
    for clause in parts.split(|part| matches!(part, Part::End)) {
        let about = words::is_about_one(clause);
        let joints = words::joints(clause);
        let mut start = 0;
        for end in joints.iter().map(|j| j.start).chain([clause.len()]) {
            let segment = clause.get(start..end).unwrap_or_default();
            start = joints.iter().find(|j| j.start == end).map_or(end, |j| j.end);
            let Some((asked, grade)) = spans.within(segment, said, about) else { continue };
            match &found {
                // Two tools in full, and no question about them.
                Some((other, Grade::Sure))
                    if grade == Grade::Sure && !same_tool(&other.answer, &asked.answer) =>
                {
                    return None;
                }
                Some((_, best)) if *best >= grade => {}
                _ => found = Some((asked, grade)),
            }
        }
    }
    found.map(|(asked, _)| asked)
}
