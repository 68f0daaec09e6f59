//! The decision: match, ask back, or nothing. It would rather ask than be confidently wrong.

use super::labels::small;
use super::types::{Decision, Hit, How};

/// Below this nothing is meant.
const LEAST: f32 = 0.70;
/// From here on a hit is answered, when no other comes close.
const SURE: f32 = 0.75;
/// The same for a name of which only beginnings of words were typed.
const SURE_OF_CUT: f32 = 0.85;
/// Hits this near to the best are offered when asking back.
const OFFERED: f32 = 0.1;
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

/// Decides about hits that are ordered best first.
pub(super) fn decide(hits: &[Hit]) -> Decision {
    let Some(best) = hits.first().filter(|h| h.score >= LEAST) else { return Decision::None };
    let lead = lead(best.how);
    let rivals = hits.iter().skip(1).any(|h| best.score - h.score < lead);
    let sure = if best.how == How::Abbreviation { SURE_OF_CUT } else { SURE };
    if best.score >= sure && !rivals {
        return Decision::Match;
    }
    let reach = if best.how.is_sure() { lead } else { OFFERED };
    let choices =
        hits.iter().take(CHOICES).take_while(|h| h.score >= LEAST && best.score - h.score < reach).count();
    Decision::Ambiguous(small(choices.max(1)))
}
