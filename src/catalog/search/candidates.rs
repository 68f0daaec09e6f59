//! From a query to the few dozen labels worth ranking. Every source has a budget; together they bound the work of a query
//! whatever the query and however large the catalog.

use smallvec::SmallVec;

use super::grams::{self, GramSet};
use super::labels::LabelId;
use super::lexicon::WordId;
use super::near::{self, Key, Near};
use super::query::Query;
use super::readings::slips_allowed;
use super::segment::{CROWD, Segment, Tables};

/// Labels kept of those that share most trigrams with the query.
const BY_GRAMS: usize = 40;
/// Labels kept of those that hold most of the query's words.
const BY_WORDS: usize = 32;
/// Labels kept of those that begin with the query.
const BY_PREFIX: usize = 28;
/// Bytes of trigram lists read for one query, rarest trigrams first.
const GRAM_BUDGET: usize = 24_000;
/// Labels read from word lists for one query, rarest words first.
const WORD_BUDGET: usize = 8_000;
/// Words of the lexicon looked at that begin with a word of the query.
const PREFIX_WORDS: usize = 96;
/// Beginnings looked at that are one slip away from the query's.
const HEADS: usize = 96;
/// Labels looked at that sound alike, or that have the query for initials.
const BY_KEY: usize = 48;

/// Buffers that one thread uses for all its queries.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    counts: Vec<u16>,
    touched: Vec<LabelId>,
    grams: GramSet,
    top: Top,
    /// What was found.
    pub(super) found: Vec<LabelId>,
}

/// The best few of many.
#[derive(Debug, Default)]
struct Top {
    kept: Vec<(f32, LabelId)>,
    least: f32,
    size: usize,
}

impl Top {
    fn reset(&mut self, size: usize) {
        self.kept.clear();
        self.least = 0.0;
        self.size = size;
    }

    fn offer(&mut self, score: f32, id: LabelId) {
        if score > self.least {
            self.kept.push((score, id));
            if self.kept.len() >= 2 * self.size {
                self.trim();
            }
        }
    }

    fn trim(&mut self) {
        if self.kept.len() > self.size {
            self.kept.select_nth_unstable_by(self.size - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.kept.truncate(self.size);
            self.least = self.kept.iter().map(|k| k.0).fold(f32::INFINITY, f32::min).next_down();
        }
    }
}

/// Fills `scratch.found` with the labels of `segment` worth ranking, each once, in rising order.
pub(super) fn gather(segment: &Segment, query: &Query, scratch: &mut Scratch) {
    scratch.found.clear();
    let count = segment.labels.len();
    let Some(tables) = segment.tables.as_deref() else {
        scratch.found.extend(0..super::labels::whole(count));
        return;
    };
    if query.folded.is_empty() || query.folded.is_cut() {
        let key = near::hash(Key::Raw, [query.caseless.as_bytes(), &[]]);
        scratch.found.extend(tables.near.get(key).take(CROWD).filter_map(Near::label));
    }
    if query.folded.is_empty() {
        return;
    }
    if scratch.counts.len() < count {
        scratch.counts.resize(count, 0);
    }
    by_prefix(segment, tables, query, scratch);
    by_keys(tables, query, scratch);
    by_words(tables, query, scratch);
    by_grams(tables, query, scratch);
    scratch.found.sort_unstable();
    scratch.found.dedup();
}

/// The labels that begin with the query: the exact ones, then the shortest.
fn by_prefix(segment: &Segment, tables: &Tables, query: &Query, scratch: &mut Scratch) {
    let range = tables.starting(&segment.labels, query.text());
    if range.is_empty() {
        by_misspelt_prefix(segment, tables, query, scratch);
    } else {
        shortest(tables, range, query.text(), scratch);
    }
}

/// The labels whose beginning is one slip away from the query.
fn by_misspelt_prefix(segment: &Segment, tables: &Tables, query: &Query, scratch: &mut Scratch) {
    let text = query.text();
    let mut heads: SmallVec<[u32; 32]> = SmallVec::new();
    near::heads(text, |hash| {
        for near in tables.near.get(hash).take(BY_KEY) {
            if let Near::Head(at) = near
                && heads.len() < HEADS
                && !heads.contains(&at)
            {
                heads.push(at);
            }
        }
    });
    let mut beginning = String::with_capacity(text.len() + 8);
    let mut seen: SmallVec<[usize; 32]> = SmallVec::new();
    for at in heads {
        let Some(&id) = tables.sorted.get(at as usize) else { continue };
        let label = segment.labels.folded(id);
        let head = label.get(..near::HEAD_LENGTH).unwrap_or(label);
        // The rest of the query as it is, or moved by the letter that is missing or too much.
        for rest in [near::HEAD_LENGTH, near::HEAD_LENGTH - 1, near::HEAD_LENGTH + 1] {
            let Some(rest) = text.get(rest.min(text.len())..) else { continue };
            beginning.clear();
            beginning.push_str(head);
            beginning.push_str(rest);
            let range = tables.starting_behind(&segment.labels, &beginning, at as usize);
            if !range.is_empty() && !seen.contains(&range.start) {
                seen.push(range.start);
                shortest(tables, range, &beginning, scratch);
            }
        }
    }
}

/// Takes the labels of a range that begin with `text`: the shortest of them.
fn shortest(tables: &Tables, range: std::ops::Range<usize>, text: &str, scratch: &mut Scratch) {
    if range.len() > CROWD
        && let Some(shortest) = tables.crowd(text)
    {
        scratch.found.extend_from_slice(shortest);
        // Those that are the text itself come first in order.
        scratch.found.extend(tables.sorted.get(range).unwrap_or_default().iter().take(BY_PREFIX));
        return;
    }
    let labels = tables.sorted.get(range).unwrap_or_default();
    scratch.top.reset(BY_PREFIX);
    for &id in labels.iter().take(CROWD) {
        let length = tables.lengths.get(id as usize).copied().unwrap_or(u8::MAX);
        scratch.top.offer(1.0 / (1.0 + f32::from(length)), id);
    }
    take_top(scratch);
}

fn take_top(scratch: &mut Scratch) {
    scratch.top.trim();
    scratch.found.extend(scratch.top.kept.iter().map(|&(_, id)| id));
}

/// The labels that sound like the query, have it for initials, or are one slip away from it.
fn by_keys(tables: &Tables, query: &Query, scratch: &mut Scratch) {
    let text = query.text();
    let mut take = |hash: u64, limit: usize| {
        scratch.found.extend(tables.near.get(hash).take(limit).filter_map(Near::label));
    };
    if query.sound.len() >= 3 {
        take(near::hash(Key::Sound, [&query.sound, &[]]), BY_KEY);
    }
    if (2..=10).contains(&text.len()) && query.coarse.len() == 1 {
        take(near::hash(Key::Initials, [text.as_bytes(), &[]]), BY_KEY);
    }
    near::deletions(text, |hash| take(hash, BY_KEY));
}

/// A word of the query in one of its forms.
struct Term<'a> {
    text: &'a str,
}

/// The labels that hold words of the query, also misspelt or cut short.
fn by_words(tables: &Tables, query: &Query, scratch: &mut Scratch) {
    let text = query.text();
    let mut terms: SmallVec<[Term<'_>; 32]> = SmallVec::new();
    let mut add = |start: u8, end: u8| {
        let term = text.get(usize::from(start)..usize::from(end)).unwrap_or_default();
        if !term.is_empty() && terms.len() < 32 && !terms.iter().any(|t| t.text == term) {
            terms.push(Term { text: term });
        }
    };
    for word in &query.coarse {
        add(word.start, word.end);
    }
    for pair in query.coarse.windows(2) {
        add(pair[0].start, pair[1].end);
    }
    for word in &query.words {
        add(word.start, word.end);
    }
    let mut matched: SmallVec<[(WordId, f32); 64]> = SmallVec::new();
    for term in &terms {
        matching(tables, term.text, &mut matched);
    }
    matched.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    matched.dedup_by_key(|m| m.0);
    matched.sort_by_key(|m| tables.lexicon.labels(m.0).len());
    let mut budget = WORD_BUDGET;
    let labels = f32::from(u16::try_from(tables.lengths.len().ilog2()).unwrap_or(1)) + 1.0;
    for &(word, alike) in &matched {
        let list = tables.lexicon.labels(word);
        if list.len() > budget {
            break;
        }
        budget -= list.len();
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let rare = 1.0 - 0.8 * (list.len() as f32).log2() / labels;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=100")]
        let weight = (100.0 * alike * rare) as u16;
        for &id in list {
            if let Some(count) = scratch.counts.get_mut(id as usize) {
                if *count == 0 {
                    scratch.touched.push(id);
                }
                *count = count.saturating_add(weight.max(1));
            }
        }
    }
    scratch.top.reset(BY_WORDS);
    for &id in &scratch.touched {
        let Some(count) = scratch.counts.get_mut(id as usize) else { continue };
        let length = tables.lengths.get(id as usize).copied().unwrap_or(0);
        scratch.top.offer(f32::from(std::mem::take(count)) - 0.25 * f32::from(length.min(120)), id);
    }
    scratch.touched.clear();
    take_top(scratch);
}

/// The words of the lexicon that `term` may mean, and how alike they are.
fn matching(tables: &Tables, term: &str, into: &mut SmallVec<[(WordId, f32); 64]>) {
    let lexicon = &tables.lexicon;
    if let Some(id) = lexicon.find(term) {
        into.push((id, 1.0));
    }
    if term.len() >= 2 {
        for id in lexicon.starting(term, PREFIX_WORDS) {
            let length = lexicon.word(id).len();
            if length > term.len() {
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                into.push((id, 0.5 + 0.4 * term.len() as f32 / length as f32));
            }
        }
    }
    near::deletions(term, |hash| {
        for near in tables.near.get(hash).take(BY_KEY) {
            if let Near::Word(id) = near
                && !into.iter().any(|m| m.0 == id)
            {
                let word = lexicon.word(id);
                let longest = word.len().max(term.len());
                let slips = strsim::osa_distance(term, word);
                if slips <= slips_allowed(longest) {
                    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                    into.push((id, 0.95 - slips as f32 / longest as f32));
                }
            }
        }
    });
}

/// The labels that share most trigrams with the query.
fn by_grams(tables: &Tables, query: &Query, scratch: &mut Scratch) {
    let mut set = std::mem::take(&mut scratch.grams);
    grams::collect(query.text(), query.words.iter().map(|w| (w.start, w.end)), &mut set);
    let mut lists: SmallVec<[&[u8]; 64]> = set.iter().map(|&gram| tables.grams.bytes(gram)).collect();
    scratch.grams = set;
    lists.sort_unstable_by_key(|list| list.len());
    let labels = f32::from(u16::try_from(tables.lengths.len().ilog2()).unwrap_or(1)) + 1.0;
    let mut budget = GRAM_BUDGET;
    let mut total = 0.0;
    for list in &lists {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let rare = 1.0 - 0.85 * ((list.len() + 1) as f32).log2() / labels;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1..=20")]
        let weight = (20.0 * rare).clamp(1.0, 20.0) as u16;
        total += f32::from(weight);
        if list.len() > budget {
            continue;
        }
        budget -= list.len();
        let (counts, touched) = (&mut scratch.counts, &mut scratch.touched);
        grams::decode(list, |id| {
            if let Some(count) = counts.get_mut(id as usize) {
                if *count == 0 {
                    touched.push(id);
                }
                *count += weight;
            }
        });
    }
    scratch.top.reset(BY_GRAMS);
    for &id in &scratch.touched {
        let Some(count) = scratch.counts.get_mut(id as usize) else { continue };
        let length = tables.lengths.get(id as usize).copied().unwrap_or(0);
        let count = f32::from(std::mem::take(count));
        scratch.top.offer(count / (total + 3.0 * f32::from(length)), id);
    }
    scratch.touched.clear();
    take_top(scratch);
}
