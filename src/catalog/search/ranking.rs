//! From candidates to hits: every candidate is read, each tool keeps its best reading, and the best few have their slips
//! weighed.

use std::cell::RefCell;

use rustc_hash::FxHashSet;

use super::candidates::{self, Scratch};
use super::decide::{decide, is_worth_showing};
use super::keys;
use super::labels::small;
use super::query::Query;
use super::readings;
use super::segment::{Background, Segment};
use super::types::{Answer, Hit, How, Layer};
use super::words::Whose;

/// So many of the best hits have their slips weighed.
const FINALISTS: usize = 12;
/// Only hits this near to the best have.
const NEAR_BEST: f32 = 0.12;
/// How much a likely slip counts less than an unlikely one.
const LIKELY: f32 = 0.35;
/// What a slip costs on average.
const USUAL: f32 = 0.8;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A segment to look at.
pub(super) struct Source<'a> {
    pub(super) segment: &'a Segment,
    pub(super) layer: Layer,
    /// Keys that were changed or removed since the segment was built.
    pub(super) gone: Option<&'a FxHashSet<u32>>,
    /// Keys that the asking server does not see, in rising order.
    pub(super) hidden: &'a [u32],
}

impl Source<'_> {
    fn skips(&self, key: u32) -> bool {
        self.gone.is_some_and(|gone| gone.contains(&key)) || self.hidden.binary_search(&key).is_ok()
    }
}

/// A hit and what orders it among its equals.
struct Ranked<'a> {
    hit: Hit,
    /// The folded text that was read.
    text: &'a str,
    slips: u8,
}

impl Ranked<'_> {
    /// Best first; among equals the shorter name, then the base, then the lower key.
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let (a, b) = (&self.hit, &other.hit);
        b.score
            .total_cmp(&a.score)
            .then(self.text.len().cmp(&other.text.len()))
            .then(a.layer.cmp(&b.layer))
            .then(a.key.cmp(&b.key))
    }
}

/// Answers a query. `background` says how common words are.
pub(super) fn answer(raw: &str, limit: usize, background: &dyn Background, sources: &[Source<'_>]) -> Answer {
    let query = Query::new(raw, background);
    let ranked = rank(&query, sources);
    let mut hits: Vec<Hit> = ranked.into_iter().map(|r| r.hit).collect();
    let decision = decide(&hits);
    hits.truncate(limit);
    Answer { decision, hits }
}

/// Completes a name that is being typed.
pub(super) fn complete(
    raw: &str,
    limit: usize,
    background: &dyn Background,
    sources: &[Source<'_>],
) -> Vec<Hit> {
    let query = Query::new(raw, background);
    if query.raw.is_empty() {
        return Vec::new();
    }
    let mut ranked = rank(&query, sources);
    let begins = |r: &Ranked<'_>| r.hit.how.is_sure() || r.text.starts_with(query.text());
    let best = ranked.first().map_or(0.0, |r| r.hit.score);
    ranked.retain(|r| begins(r) || is_worth_showing(r.hit.score, best));
    // Stable: within each half the better hit stays first.
    ranked.sort_by_key(|r| !begins(r));
    ranked.into_iter().map(|r| r.hit).take(limit).collect()
}

fn rank<'a>(query: &Query, sources: &[Source<'a>]) -> Vec<Ranked<'a>> {
    let mut hits = Vec::new();
    SCRATCH.with_borrow_mut(|scratch| {
        for source in sources {
            read_all(source, query, scratch, &mut hits);
        }
    });
    hits.sort_unstable_by(Ranked::order);
    if weigh_slips(query, &mut hits) {
        hits.sort_unstable_by(Ranked::order);
    }
    hits
}

/// Reads the candidates of one segment.
fn read_all<'a>(source: &Source<'a>, query: &Query, scratch: &mut Scratch, into: &mut Vec<Ranked<'a>>) {
    let segment = source.segment;
    candidates::gather(segment, query, scratch);
    let from = into.len();
    for &id in &scratch.found {
        let entry = segment.entry_of(id);
        let key = segment.key(entry);
        if source.skips(key) {
            continue;
        }
        let label = segment.labels.get(id);
        let alias = segment.alias_of(id);
        let whose = Whose {
            maker: segment.maker(entry).map(|m| &m.folded),
            name: alias.map(|_| segment.labels.get(segment.labels_of(entry).start)),
        };
        let reading = readings::read(query, &label, &whose);
        if reading.score <= 0.0 {
            continue;
        }
        let mut hit = Hit { layer: source.layer, key, score: reading.score, how: reading.how, alias };
        if alias.is_some() && hit.how.is_sure() {
            hit.how = How::Alias;
            // A name goes before the same alias of another tool.
            hit.score -= 0.002;
        }
        let ranked = Ranked { hit, text: label.text, slips: reading.slips };
        // Labels of one entry come one after the other.
        match into.get_mut(from..).and_then(<[_]>::last_mut) {
            Some(last) if last.hit.key == key => {
                if ranked.hit.score > last.hit.score {
                    *last = ranked;
                }
            }
            _ => into.push(ranked),
        }
    }
}

/// Lets likely slips count less among the hits that could be meant. Whether anything changed.
fn weigh_slips(query: &Query, hits: &mut [Ranked<'_>]) -> bool {
    let Some(best) = hits.first().map(|h| h.hit.score) else { return false };
    let mut changed = false;
    for ranked in hits.iter_mut().take(FINALISTS).filter(|r| r.slips > 0 && best - r.hit.score < NEAR_BEST) {
        let text = query.text();
        let saved = USUAL * f32::from(ranked.slips) - keys::cost(text, ranked.text);
        let length = f32::from(small(text.len().max(ranked.text.len())));
        ranked.hit.score = (ranked.hit.score + LIKELY * saved / length).clamp(0.0, 0.985);
        changed = true;
    }
    changed
}
