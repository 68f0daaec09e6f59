//! The names themselves, packed: every name and alias is a *label*. A label keeps its raw text, its folded text and its
//! words with a weight each, in two long buffers, so that a million of them cost no million allocations.

use smallvec::SmallVec;

use crate::catalog::fold::{Folded, Word};

/// The number of one label within its segment.
pub(super) type LabelId = u32;

/// A word of a label and how much it says about the tool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weighed {
    pub(super) start: u8,
    pub(super) end: u8,
    pub(super) coarse: bool,
    /// 0..=1: near 1 for a word that few names hold, near 0 for filler.
    pub(super) weight: f32,
}

/// The words of a label, unpacked.
pub(super) type Words = SmallVec<[Weighed; 12]>;

/// One label, unpacked for ranking.
#[derive(Debug)]
pub(super) struct Label<'a> {
    /// As it was given.
    pub(super) raw: &'a str,
    /// Folded.
    pub(super) text: &'a str,
    /// Its fine words in order.
    pub(super) words: Words,
}

impl<'a> Label<'a> {
    /// The text of one word.
    pub(super) fn word(&self, word: Weighed) -> &'a str {
        self.text.get(usize::from(word.start)..usize::from(word.end)).unwrap_or_default()
    }
}

/// All labels of a segment.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// For each label its folded text and then its raw text.
    text: String,
    text_at: Vec<u32>,
    /// For each label the length of the folded text, then two bytes a word: its length, and coarse bit with weight.
    shape: Vec<u8>,
    shape_at: Vec<u32>,
}

const COARSE: u8 = 0x80;
const WEIGHTS: f32 = 127.0;

impl Labels {
    pub(super) fn len(&self) -> usize {
        self.text_at.len().saturating_sub(1)
    }

    /// Appends a label; its words weigh nothing yet.
    pub(super) fn push(&mut self, raw: &str, folded: &Folded) {
        if self.text_at.is_empty() {
            self.text_at.push(0);
            self.shape_at.push(0);
        }
        self.text.push_str(folded.text());
        self.text.push_str(raw);
        self.shape.push(small(folded.text().len()));
        for &word in folded.words() {
            self.shape.push(word.end - word.start);
            self.shape.push(if word.coarse { COARSE } else { 0 });
        }
        self.text_at.push(whole(self.text.len()));
        self.shape_at.push(whole(self.shape.len()));
    }

    /// Says what the fine words of a label weigh, in order.
    pub(super) fn weigh(&mut self, id: LabelId, weights: &[f32]) {
        let Some(shape) = range(&self.shape_at, id as usize).and_then(|r| self.shape.get_mut(r)) else {
            return;
        };
        for (pair, weight) in shape.get_mut(1..).unwrap_or_default().chunks_exact_mut(2).zip(weights) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=127")]
            let weight = (weight.clamp(0.0, 1.0) * WEIGHTS).round() as u8;
            pair[1] = pair[1] & COARSE | weight;
        }
    }

    /// How many fine words a label has.
    pub(super) fn word_count(&self, id: LabelId) -> usize {
        self.parts(id).1.len() / 2
    }

    /// The fine words of a label.
    pub(super) fn words(&self, id: LabelId, into: &mut Vec<Word>) {
        into.clear();
        let mut start = 0;
        for pair in self.parts(id).1.get(1..).unwrap_or_default().chunks_exact(2) {
            into.push(Word { start, end: start + pair[0], coarse: pair[1] & COARSE != 0 });
            start += pair[0];
        }
    }

    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.text_at.shrink_to_fit();
        self.shape.shrink_to_fit();
        self.shape_at.shrink_to_fit();
    }

    fn parts(&self, id: LabelId) -> (&str, &[u8]) {
        let at = id as usize;
        let text = range(&self.text_at, at).and_then(|r| self.text.get(r)).unwrap_or_default();
        let shape = range(&self.shape_at, at).and_then(|r| self.shape.get(r)).unwrap_or_default();
        (text, shape)
    }

    /// The folded text of a label.
    pub(super) fn folded(&self, id: LabelId) -> &str {
        let (text, shape) = self.parts(id);
        let cut = usize::from(shape.first().copied().unwrap_or(0));
        text.get(..cut).unwrap_or_default()
    }

    /// A label as it was given.
    pub(super) fn raw(&self, id: LabelId) -> &str {
        let (text, shape) = self.parts(id);
        let cut = usize::from(shape.first().copied().unwrap_or(0));
        text.get(cut..).unwrap_or_default()
    }

    /// A whole label.
    pub(super) fn get(&self, id: LabelId) -> Label<'_> {
        let (text, shape) = self.parts(id);
        let (&cut, shape) = shape.split_first().unwrap_or((&0, &[]));
        let (text, raw) = text.split_at_checked(usize::from(cut)).unwrap_or_default();
        let mut words = Words::new();
        let mut start = 0;
        for pair in shape.chunks_exact(2) {
            let end = start + pair[0];
            let weight = f32::from(pair[1] & !COARSE) / WEIGHTS;
            words.push(Weighed { start, end, coarse: pair[1] & COARSE != 0, weight });
            start = end;
        }
        Label { raw, text, words }
    }

    pub(super) fn memory(&self) -> usize {
        self.text.capacity()
            + self.shape.capacity()
            + 4 * (self.text_at.capacity() + self.shape_at.capacity())
    }
}

/// The range between the `at`-th bound and the next.
pub(super) fn range(bounds: &[u32], at: usize) -> Option<std::ops::Range<usize>> {
    Some(*bounds.get(at)? as usize..*bounds.get(at + 1)? as usize)
}

/// A length as a byte; lengths of folded texts are bounded far below.
pub(super) fn small(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

/// A position as 32 bits. A segment that would not fit is refused before it is built.
pub(super) fn whole(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
