//! Judges replies: the same rules for all engines.

use std::collections::{BTreeMap, HashSet};

use tiebreaker::catalog::fold::fold;

use crate::engines::{LIMIT, Reply};
use crate::input::Question;

/// Shares in 0..=1; `NaN` where nothing was asked that tells.
#[derive(Clone, Copy, Debug)]
pub struct Quality {
    /// Names typed whole, well or badly (all positive classes but the prefix ones): the right one first.
    pub resolve: f64,
    /// The same over all positive classes, each class weighing alike.
    pub macro_top1: f64,
    /// The right one among the first 25, all positive classes.
    pub recall: f64,
    /// Beginnings of names: a right one first.
    pub prefix: f64,
    /// Of the resolve queries: a wrong name given as the answer.
    pub wrong: f64,
    /// Of the queries that mean nothing in the catalog: answered all the same.
    pub negatives: f64,
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { f64::NAN } else { part as f64 / whole as f64 }
}

/// The place of the first right name.
fn rank(question: &Question, reply: &Reply, names: &[String]) -> Option<usize> {
    let right: HashSet<&str> = question.expected.split('|').collect();
    let beginning = question.expected.strip_prefix('^');
    reply.hits.iter().take(LIMIT).position(|&(at, _)| {
        let name = names[at as usize].as_str();
        beginning.map_or_else(|| right.contains(name), |b| fold(name).text().starts_with(b))
    })
}

/// Judges `replies`, one a question. An engine that does not decide answers from the score at which it does best: the mean of
/// resolve queries answered right and negatives refused, found on these very questions.
pub fn judge(questions: &[&Question], replies: &[Reply], names: &[String]) -> Quality {
    let mut classes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut resolve, mut prefix, mut recall) = ((0, 0), (0, 0), (0, 0));
    let mut judged = Vec::new();
    for (question, reply) in questions.iter().zip(replies) {
        let score = reply.hits.first().map_or(f32::NEG_INFINITY, |hit| hit.1);
        if question.is_negative() {
            judged.push((None, score, reply.answered));
            continue;
        }
        let rank = rank(question, reply, names);
        let first = rank == Some(0);
        let count = |(right, all): &mut (usize, usize), yes: bool| {
            *right += usize::from(yes);
            *all += 1;
        };
        count(classes.entry(&question.class).or_default(), first);
        count(&mut recall, rank.is_some());
        if question.is_prefix() {
            count(&mut prefix, first);
        } else {
            count(&mut resolve, first);
            judged.push((Some(first), score, reply.answered));
        }
    }
    let threshold = best_threshold(&judged);
    let gives = |&&(_, score, answered): &&Judged| answered.unwrap_or(score >= threshold);
    let wrong = judged.iter().filter(|j| j.0 == Some(false)).filter(gives).count();
    let negative = || judged.iter().filter(|j| j.0.is_none());
    let macro_sum: f64 = classes.values().map(|&(right, all)| share(right, all)).sum();
    Quality {
        resolve: share(resolve.0, resolve.1),
        macro_top1: macro_sum / classes.len() as f64,
        recall: share(recall.0, recall.1),
        prefix: share(prefix.0, prefix.1),
        wrong: share(wrong, resolve.1),
        negatives: share(negative().filter(gives).count(), negative().count()),
    }
}

/// Whether the first hit was right (`None`: nothing would have been), its score, and what the engine decided.
type Judged = (Option<bool>, f32, Option<bool>);

fn best_threshold(judged: &[Judged]) -> f32 {
    let positives = judged.iter().filter(|j| j.0.is_some()).count().max(1) as f64;
    let negatives = judged.iter().filter(|j| j.0.is_none()).count().max(1) as f64;
    let mut scores: Vec<f32> = judged.iter().map(|j| j.1).filter(|s| s.is_finite()).collect();
    scores.sort_unstable_by(f32::total_cmp);
    scores.dedup();
    let step = (scores.len() / 800).max(1);
    let value = |t: f32| {
        let right = judged.iter().filter(|j| j.0 == Some(true) && j.1 >= t).count() as f64;
        let refused = judged.iter().filter(|j| j.0.is_none() && j.1 < t).count() as f64;
        right / positives + refused / negatives
    };
    scores.into_iter().step_by(step).max_by(|&a, &b| value(a).total_cmp(&value(b))).unwrap_or(f32::INFINITY)
}
