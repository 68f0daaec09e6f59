//! One immutable index over a list of entries.

use rustc_hash::FxHashMap;

use super::grams::{self, GramSet, Grams};
use super::labels::{LabelId, Labels, small, whole};
use super::lexicon::{Lexicon, head};
use super::near::{self, Key, Near, NearTable};
use super::query;
use super::types::Entry;
use crate::catalog::fold::{self, Folded, Word, coarse_words};

/// Up to so many labels a segment has no tables: looking at all of them is as quick, and a server's own catalog stays small.
const SMALL: usize = 48;

/// From so many labels on the tables are built by two threads.
const LARGE: usize = 20_000;

/// Prefixes shared by more labels than this have a list of their shortest labels.
pub(super) const CROWD: usize = 192;
/// How long those lists are.
pub(super) const SHORTEST: usize = 24;
/// The longest prefix that has such a list.
pub(super) const MAX_CROWD_PREFIX: usize = 16;

/// What is known about words: how many labels hold each.
pub(super) trait Background {
    fn labels(&self) -> usize;
    fn df(&self, word: &str) -> usize;
}

/// See the module's page.
#[derive(Debug, Default)]
pub(super) struct Segment {
    pub(super) labels: Labels,
    /// The entry of each label; empty when no entry has an alias, for then they are the same.
    entry_of: Vec<u32>,
    keys: Vec<u32>,
    /// The first label of each entry; empty when no entry has an alias.
    first: Vec<u32>,
    /// Distinct makers as given, and the maker of each entry (0: none); empty when no entry has one.
    makers: Vec<Maker>,
    maker_of: Vec<u32>,
    pub(super) tables: Option<Box<Tables>>,
}

/// A maker of tools.
#[derive(Debug)]
pub(super) struct Maker {
    pub(super) raw: Box<str>,
    pub(super) folded: Folded,
}

/// The tables of a segment that is not small.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) lexicon: Lexicon,
    pub(super) grams: Grams,
    pub(super) near: NearTable,
    /// Labels in the order of their folded text.
    pub(super) sorted: Vec<LabelId>,
    /// The length of each label's folded text.
    pub(super) lengths: Vec<u8>,
    crowds: FxHashMap<Box<str>, u32>,
    shortest: Vec<LabelId>,
}

impl Background for Segment {
    fn labels(&self) -> usize {
        self.labels.len()
    }

    fn df(&self, word: &str) -> usize {
        let Some(tables) = &self.tables else { return 0 };
        tables.lexicon.find(word).map_or(0, |id| tables.lexicon.labels(id).len())
    }
}

impl Segment {
    /// Indexes `entries`. Words weigh what `background` says, or without one what these entries say themselves.
    pub(super) fn build<'a>(
        entries: impl IntoIterator<Item = Entry<'a>>,
        background: Option<&dyn Background>,
    ) -> Self {
        let mut segment = Self::default();
        let mut makers: FxHashMap<String, u32> = FxHashMap::default();
        let mut folded = Folded::default();
        for entry in entries {
            let id = whole(segment.keys.len());
            let first = whole(segment.labels.len());
            segment.keys.push(entry.key);
            segment.add_label(entry.name, &mut folded);
            for alias in entry.aliases {
                segment.add_label(alias, &mut folded);
            }
            let count = segment.labels.len() - first as usize;
            if count > 1 && segment.first.is_empty() {
                segment.first.extend(0..id);
                segment.entry_of.extend(0..first);
            }
            if !segment.first.is_empty() || count > 1 {
                segment.first.push(first);
                segment.entry_of.extend(std::iter::repeat_n(id, count));
            }
            segment.add_maker(id, entry.vendor, &mut makers);
        }
        segment.keys.shrink_to_fit();
        segment.first.shrink_to_fit();
        segment.entry_of.shrink_to_fit();
        segment.maker_of.shrink_to_fit();
        segment.labels.shrink();
        if segment.labels.len() > SMALL && near::fits(segment.labels.len(), segment.labels.len()) {
            segment.index(background);
        } else {
            segment.weigh_alone(background);
        }
        segment
    }

    fn add_label(&mut self, raw: &str, folded: &mut Folded) {
        fold::fold_into(raw, folded);
        self.labels.push(raw, folded);
    }

    fn add_maker(&mut self, entry: u32, vendor: &str, known: &mut FxHashMap<String, u32>) {
        let mut id = 0;
        if !vendor.is_empty() {
            id = *known.entry(vendor.to_owned()).or_insert_with(|| {
                self.makers.push(Maker { raw: vendor.into(), folded: fold::fold(vendor) });
                whole(self.makers.len())
            });
            if self.maker_of.is_empty() {
                self.maker_of.resize(entry as usize, 0);
            }
        }
        if id > 0 || !self.maker_of.is_empty() {
            self.maker_of.push(id);
        }
    }

    /// The number of entries.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn key(&self, entry: u32) -> u32 {
        self.keys.get(entry as usize).copied().unwrap_or_default()
    }

    /// The entry of a label.
    pub(super) fn entry_of(&self, label: LabelId) -> u32 {
        self.entry_of.get(label as usize).copied().unwrap_or(label)
    }

    /// Which alias of its entry a label is; `None`: the name.
    pub(super) fn alias_of(&self, label: LabelId) -> Option<u16> {
        let first = self.first.get(self.entry_of(label) as usize).copied().unwrap_or(label);
        u16::try_from(label.saturating_sub(first)).ok()?.checked_sub(1)
    }

    pub(super) fn maker(&self, entry: u32) -> Option<&Maker> {
        let id = self.maker_of.get(entry as usize)?.checked_sub(1)?;
        self.makers.get(id as usize)
    }

    /// The labels of an entry, its name first.
    pub(super) fn labels_of(&self, entry: u32) -> std::ops::Range<LabelId> {
        if self.first.is_empty() {
            return entry..entry + 1;
        }
        let at = entry as usize;
        let end = self.first.get(at + 1).copied().unwrap_or_else(|| whole(self.labels.len()));
        self.first.get(at).copied().unwrap_or(end)..end
    }

    /// Weighs the words of a segment without tables.
    fn weigh_alone(&mut self, background: Option<&dyn Background>) {
        let mut counts: FxHashMap<String, usize> = FxHashMap::default();
        if background.is_none() {
            for id in 0..whole(self.labels.len()) {
                let label = self.labels.get(id);
                for word in &label.words {
                    *counts.entry(label.word(*word).to_owned()).or_default() += 1;
                }
            }
        }
        let labels = background.map_or(self.labels.len(), Background::labels);
        for id in 0..whole(self.labels.len()) {
            let label = self.labels.get(id);
            let weights: Vec<f32> = label
                .words
                .iter()
                .map(|&w| {
                    let word = label.word(w);
                    let df =
                        background.map_or_else(|| counts.get(word).copied().unwrap_or(0), |b| b.df(word));
                    query::weight(word, df, labels)
                })
                .collect();
            self.labels.weigh(id, &weights);
        }
    }

    /// Builds the tables and weighs the words.
    fn index(&mut self, background: Option<&dyn Background>) {
        let count = whole(self.labels.len());
        let labels = &self.labels;
        let makers = |label: LabelId| {
            let entry = self.entry_of(label);
            if self.labels_of(entry).start == label { self.maker(entry) } else { None }
        };
        // Every distinct word gets a number; the fine words of all labels are remembered in order, to be weighed.
        let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
        let mut words: Vec<&str> = Vec::new();
        let mut pairs: Vec<(u32, LabelId)> = Vec::with_capacity(labels.len() * 3);
        let mut fine: Vec<u32> = Vec::with_capacity(labels.len() * 3);
        let mut own: Vec<u32> = Vec::new();
        let mut shape: Vec<Word> = Vec::new();
        for id in 0..count {
            let text = labels.folded(id);
            labels.words(id, &mut shape);
            own.clear();
            let mut number = |word: Word| {
                let word = text.get(usize::from(word.start)..usize::from(word.end)).unwrap_or_default();
                number_of(word, &mut numbers, &mut words)
            };
            for &word in &shape {
                let n = number(word);
                fine.push(n);
                own.push(n);
            }
            for word in coarse_words(&shape) {
                own.push(number(word));
            }
            // Who makes it leads to its name, not to every alias.
            if let Some(maker) = makers(id) {
                for word in maker.folded.coarse() {
                    own.push(number_of(maker.folded.word(word), &mut numbers, &mut words));
                }
            }
            own.sort_unstable();
            own.dedup();
            pairs.extend(own.iter().map(|&w| (w, id)));
        }
        drop(numbers);
        let mut df = vec![0_usize; words.len()];
        for &(word, _) in &pairs {
            df[word as usize] += 1;
        }
        let total = background.map_or(labels.len(), Background::labels);
        let weights: Vec<f32> = words
            .iter()
            .zip(&df)
            .map(|(word, &own)| query::weight(word, background.map_or(own, |b| b.df(word)), total))
            .collect();
        let lexicon = Lexicon::build(&words, &pairs);
        drop((words, pairs));
        let (grams, rest) = beside(
            labels.len() > LARGE,
            || grams_of(labels),
            || {
                let sorted = sorted(labels);
                let near = near_table(labels, &lexicon, &sorted);
                let lengths: Vec<u8> = (0..count).map(|id| small(labels.folded(id).len())).collect();
                let crowds = crowds(labels, &sorted, &lengths);
                (sorted, near, lengths, crowds)
            },
        );
        let (sorted, near, lengths, (crowds, shortest)) = rest;
        let mut next = 0;
        for id in 0..count {
            let n = self.labels.word_count(id);
            let own: Vec<f32> = fine.iter().skip(next).take(n).map(|&w| weights[w as usize]).collect();
            self.labels.weigh(id, &own);
            next += n;
        }
        self.tables = Some(Box::new(Tables { lexicon, grams, near, sorted, lengths, crowds, shortest }));
    }

    /// The bytes this segment holds on the heap.
    pub(super) fn memory(&self) -> usize {
        let makers: usize = self.makers.iter().map(|m| m.raw.len() + m.folded.text().len() + 16).sum();
        self.labels.memory()
            + 4 * (self.entry_of.capacity()
                + self.keys.capacity()
                + self.first.capacity()
                + self.maker_of.capacity())
            + self.makers.capacity() * size_of::<Maker>()
            + makers
            + self.tables.as_ref().map_or(0, |t| size_of::<Tables>() + t.memory())
    }
}

impl Tables {
    /// The labels that begin with `text`, as a range of [`Tables::sorted`].
    pub(super) fn starting(&self, labels: &Labels, text: &str) -> std::ops::Range<usize> {
        let low = self.sorted.partition_point(|&id| labels.folded(id) < text);
        low..low
            + gallop(self.sorted.get(low..).unwrap_or_default(), |id| labels.folded(id).starts_with(text))
    }

    /// The same, for a text that is known not to lie before the place `from`, and likely close behind it.
    pub(super) fn starting_behind(&self, labels: &Labels, text: &str, from: usize) -> std::ops::Range<usize> {
        let low = from + gallop(self.sorted.get(from..).unwrap_or_default(), |id| labels.folded(id) < text);
        low..low
            + gallop(self.sorted.get(low..).unwrap_or_default(), |id| labels.folded(id).starts_with(text))
    }

    /// The shortest labels that begin with `text`, when very many do.
    pub(super) fn crowd(&self, text: &str) -> Option<&[LabelId]> {
        let &at = self.crowds.get(text)?;
        self.shortest.get(at as usize..at as usize + SHORTEST)
    }

    fn memory(&self) -> usize {
        let crowds: usize = self.crowds.keys().map(|k| k.len().next_multiple_of(16)).sum();
        self.lexicon.memory()
            + self.grams.memory()
            + self.near.memory()
            + 4 * (self.sorted.capacity() + self.shortest.capacity())
            + self.lengths.capacity()
            + self.crowds.capacity() * (size_of::<(Box<str>, u32)>() + 1) * 8 / 7
            + crowds
    }
}

/// Runs both, the first on a thread of its own when that is worth it.
fn beside<A: Send, B>(worth: bool, first: impl FnOnce() -> A + Send, second: impl FnOnce() -> B) -> (A, B) {
    if !worth {
        return (first(), second());
    }
    std::thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        match first.join() {
            Ok(first) => (first, second),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn grams_of(labels: &Labels) -> Grams {
    Grams::build(labels.len(), |each| {
        let mut set = GramSet::new();
        let mut shape = Vec::new();
        for id in 0..whole(labels.len()) {
            labels.words(id, &mut shape);
            grams::collect(labels.folded(id), grams::edges(&shape), &mut set);
            each(id, &set);
        }
    })
}

/// All labels in the order of their folded text.
fn sorted(labels: &Labels) -> Vec<LabelId> {
    let mut order: Vec<(u64, LabelId)> =
        (0..whole(labels.len())).map(|id| (head(labels.folded(id)), id)).collect();
    order.sort_unstable_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| labels.folded(a.1).cmp(labels.folded(b.1))).then(a.1.cmp(&b.1))
    });
    order.into_iter().map(|(_, id)| id).collect()
}

/// The number of a word, a new one if it is new.
fn number_of<'a>(word: &'a str, numbers: &mut FxHashMap<&'a str, u32>, words: &mut Vec<&'a str>) -> u32 {
    *numbers.entry(word).or_insert_with(|| {
        words.push(word);
        whole(words.len() - 1)
    })
}

/// How many of `ids` come before the first for which `before` is false: quick when they are few.
fn gallop(ids: &[LabelId], before: impl Fn(LabelId) -> bool) -> usize {
    let (mut low, mut step) = (0, 1);
    while ids.get(low + step - 1).is_some_and(|&id| before(id)) {
        low += step;
        step *= 2;
    }
    let high = (low + step - 1).min(ids.len());
    low + ids.get(low..high).unwrap_or_default().partition_point(|&id| before(id))
}

/// All keys of labels and words, see [`Key`].
fn near_table(labels: &Labels, lexicon: &Lexicon, sorted: &[LabelId]) -> NearTable {
    NearTable::build(|each| {
        let mut sound = Vec::new();
        let mut initials = Vec::new();
        let mut shape = Vec::new();
        for id in 0..whole(lexicon.len()) {
            let word = lexicon.word(id);
            if word.bytes().any(|b| !b.is_ascii_digit()) {
                near::deletions(word, |hash| each(hash, Near::Word(id)));
            }
        }
        for id in 0..whole(labels.len()) {
            let text = labels.folded(id);
            labels.words(id, &mut shape);
            if shape.len() > 1 {
                near::deletions(text, |hash| each(hash, Near::Label(id)));
            }
            // A text that fills its room may have been cut.
            if text.is_empty() || text.len() + 4 > fold::MAX_TEXT {
                let raw = fold::caseless(labels.raw(id));
                each(near::hash(Key::Raw, [raw.as_bytes(), &[]]), Near::Label(id));
            }
            near::sound(text, &mut sound);
            if sound.len() >= 3 {
                each(near::hash(Key::Sound, [&sound, &[]]), Near::Label(id));
            }
            near::initials(labels.raw(id), &mut initials);
            if initials.len() >= 2 {
                each(near::hash(Key::Initials, [&initials, &[]]), Near::Label(id));
            }
            if shape.iter().any(|w| !w.coarse) {
                initials.clear();
                initials
                    .extend(shape.iter().filter_map(|w| text.as_bytes().get(usize::from(w.start)).copied()));
                each(near::hash(Key::Initials, [&initials, &[]]), Near::Label(id));
            }
        }
        let mut before: &[u8] = &[];
        for (&id, at) in sorted.iter().zip(0..) {
            let text = labels.folded(id);
            let head = text.as_bytes();
            let head = head.get(..near::HEAD_LENGTH).unwrap_or(head);
            if head != before {
                near::heads(text, |hash| each(hash, Near::Head(at)));
                before = head;
            }
        }
    })
}

/// For every prefix that more than [`CROWD`] labels share, the [`SHORTEST`] of them.
fn crowds(labels: &Labels, sorted: &[LabelId], lengths: &[u8]) -> (FxHashMap<Box<str>, u32>, Vec<LabelId>) {
    let mut crowds = FxHashMap::default();
    let mut shortest = Vec::new();
    let mut members: Vec<(u8, usize)> = Vec::new();
    // Depth first: a range of labels with one prefix is cut by the next letter.
    let mut open: Vec<(usize, usize, usize)> = vec![(0, sorted.len(), 0)];
    while let Some((low, high, depth)) = open.pop() {
        if depth > 0 {
            let prefix = labels.folded(sorted[low]);
            if let Some(prefix) = prefix.get(..depth) {
                members.clear();
                members.extend((low..high).map(|at| (lengths[sorted[at] as usize], at)));
                members.select_nth_unstable(SHORTEST - 1);
                members.truncate(SHORTEST);
                members.sort_unstable();
                crowds.insert(prefix.into(), whole(shortest.len()));
                shortest.extend(members.iter().map(|&(_, at)| sorted[at]));
            }
        }
        if depth == MAX_CROWD_PREFIX {
            continue;
        }
        let mut from = low;
        while from < high {
            let byte = labels.folded(sorted[from]).as_bytes().get(depth).copied();
            let run = sorted[from..high]
                .partition_point(|&id| labels.folded(id).as_bytes().get(depth).copied() <= byte);
            if byte.is_some() && run > CROWD {
                open.push((from, from + run, depth + 1));
            }
            from += run.max(1);
        }
    }
    crowds.shrink_to_fit();
    shortest.shrink_to_fit();
    (crowds, shortest)
}
