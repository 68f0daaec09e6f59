//! The decision: match, ask back, or nothing. It would rather ask than be confidently wrong.

use super::labels::small;
use super::types::{Decision, Hit, How};

/// Below this nothing is meant.
const LEAST: f32 = 0.70;
/// From here on a hit is answered, when no other comes close.
const SURE: f32 = 0.75;
/// The same where only beginnings of words were typed, or perhaps only the maker.
const SURE_OF_LITTLE: f32 = 0.85;
/// From here on a name with a version too much stands in the query in full.
const IN_FULL: f32 = 0.8;
/// Hits this near to the best are offered when asking back.
const OFFERED: f32 = 0.1;
/// What scores less is like the query by chance.
const LIKE: f32 = 0.4;
/// What scores less than this share of the best hit is not what was meant.
const BESIDE_THE_BEST: f32 = 0.6;
/// The most tools to ask back about.
pub(super) const CHOICES: usize = 8;

/// How far the second must stay behind the best. A slip is measured to a letter; which of several names a word stands in
/// is a guess.
fn lead(how: How) -> f32 {
    match how {
        How::Exact | How::Case | How::Punctuation | How::Alias => f32::EPSILON,
        How::Typo | How::Sound => 0.012,
        _ => 0.025,
    }
}

/// Whether a hit is worth a place in a list that a person reads, beside the best hit. Of nine thousand generated queries over both
/// catalogs of `docs/matching.md`, none lost the tool that was meant.
#[must_use]
pub fn is_worth_showing(score: f32, best: f32) -> bool {
    score >= LIKE && score >= BESIDE_THE_BEST * best
}

/// Decides about hits that are ordered best first.
pub(super) fn decide(hits: &[Hit]) -> Decision {
    let Some(best) = hits.first().filter(|h| h.score >= LEAST) else { return Decision::None };
    let lead = lead(best.how);
    // What begins a longer name may as well be all of a shorter one and its version: `gpt 4` of GPT4All and of GPT.
    let begins = matches!(best.how, How::Words | How::Prefix);
    let in_full = |h: &Hit| h.how == How::VersionExtra && h.score >= IN_FULL;
    let rivals = hits.iter().skip(1).any(|h| best.score - h.score < lead || begins && in_full(h));
    let sure = if matches!(best.how, How::Abbreviation | How::VendorExtra) { SURE_OF_LITTLE } else { SURE };
    if best.score >= sure && !rivals {
        return Decision::Match;
    }
    let reach = if best.how.is_sure() { lead } else { OFFERED };
    let choices =
        hits.iter().take(CHOICES).take_while(|h| h.score >= LEAST && best.score - h.score < reach).count();
    Decision::Ambiguous(small(choices.max(1)))
}
