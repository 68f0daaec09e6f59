//! The decision: match, ask back, or nothing. It would rather ask than be confidently wrong.

use super::types::{Decision, Hit};

/// Below this nothing is meant.
const LEAST: f32 = 0.70;
/// From here on a hit is answered, when no other comes close.
const SURE: f32 = 0.74;
/// How far the second must stay behind.
const LEAD: f32 = 0.01;
/// The most tools to ask back about.
const CHOICES: usize = 5;

/// Decides about hits that are ordered best first.
pub(super) fn decide(hits: &[Hit]) -> Decision {
    let Some(best) = hits.first().filter(|h| h.score >= LEAST) else { return Decision::None };
    let close = hits.iter().take_while(|h| best.score - h.score < LEAD).count();
    if best.score < SURE || (close > 1 && !best.how.is_sure()) {
        let n =
            hits.iter().take(CHOICES).take_while(|h| h.score >= LEAST && best.score - h.score < 0.1).count();
        return Decision::Ambiguous(super::labels::small(n.max(1)));
    }
    Decision::Match
}
