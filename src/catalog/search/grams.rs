//! From three letters in a row to the labels that hold them: the way that survives most slips, in long names above all.
//! Postings are the gaps between rising label numbers, seven bits to a byte.

use smallvec::SmallVec;

use super::labels::{LabelId, range};
use crate::catalog::fold::Word;

/// The distinct grams of one text.
pub(super) type GramSet = SmallVec<[u32; 64]>;

/// The letter that stands before the first and behind the last letter of a word.
const EDGE: u32 = 0;

/// See the module's page.
#[derive(Debug, Default)]
pub(super) struct Grams {
    at: Vec<u32>,
    data: Vec<u8>,
    bits: u32,
}

fn code(byte: u8) -> u32 {
    match byte {
        b'a'..=b'z' => u32::from(byte - b'a') + 1,
        b'0'..=b'9' => u32::from(byte - b'0') + 27,
        _ => 37 + u32::from(byte) % 27,
    }
}

/// Collects the grams of a folded text: every three letters in a row, and the two at either edge of each word.
pub(super) fn collect(text: &str, words: impl Iterator<Item = (u8, u8)>, into: &mut GramSet) {
    into.clear();
    let bytes = text.as_bytes();
    let mut add = |a: u32, b: u32, c: u32| into.push(a << 12 | b << 6 | c);
    for three in bytes.windows(3) {
        add(code(three[0]), code(three[1]), code(three[2]));
    }
    for (start, end) in words {
        let word = bytes.get(usize::from(start)..usize::from(end)).unwrap_or_default();
        if let [a, b, ..] = word {
            add(EDGE, code(*a), code(*b));
        }
        if let [.., a, b] = word {
            add(code(*a), code(*b), EDGE);
        }
    }
    into.sort_unstable();
    into.dedup();
}

impl Grams {
    /// Builds from the gram sets of all labels. `each` is run twice and must give the same both times, labels rising.
    pub(super) fn build(labels: usize, each: impl Fn(&mut dyn FnMut(LabelId, &[u32]))) -> Self {
        let bits = (labels * 2).next_power_of_two().trailing_zeros().clamp(6, 17);
        let mut at = vec![0_u32; (1 << bits) + 1];
        let mut last = vec![0_u32; 1 << bits];
        each(&mut |label, grams| {
            for &gram in grams {
                let b = bucket(gram, bits);
                if let Some(gap) = gap(&mut last[b], label) {
                    at[b + 1] += width(gap);
                }
            }
        });
        for i in 1..at.len() {
            at[i] += at[i - 1];
        }
        let mut data = vec![0_u8; at.last().map_or(0, |&n| n as usize)];
        let mut next = at.clone();
        last.fill(0);
        each(&mut |label, grams| {
            for &gram in grams {
                let b = bucket(gram, bits);
                if let Some(mut gap) = gap(&mut last[b], label) {
                    let to = &mut next[b];
                    while gap >= 0x80 {
                        data[*to as usize] = (gap & 0x7f) as u8 | 0x80;
                        gap >>= 7;
                        *to += 1;
                    }
                    data[*to as usize] = gap as u8;
                    *to += 1;
                }
            }
        });
        Self { at, data, bits }
    }

    /// The bytes of a gram's list: about as many as the labels that hold it.
    pub(super) fn bytes(&self, gram: u32) -> &[u8] {
        if self.at.is_empty() {
            return &[];
        }
        range(&self.at, bucket(gram, self.bits)).and_then(|r| self.data.get(r)).unwrap_or_default()
    }

    pub(super) fn memory(&self) -> usize {
        4 * self.at.capacity() + self.data.capacity()
    }
}

/// Reads a list of gaps.
pub(super) fn decode(bytes: &[u8], mut each: impl FnMut(LabelId)) {
    let mut label = u32::MAX;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let mut gap = u32::from(byte & 0x7f);
        let mut shift = 7;
        let mut more = byte & 0x80 != 0;
        while more {
            let Some(&byte) = bytes.get(at) else { return };
            at += 1;
            gap |= u32::from(byte & 0x7f) << shift;
            shift += 7;
            more = byte & 0x80 != 0;
        }
        label = label.wrapping_add(gap);
        each(label);
    }
}

/// The gap from the last label in this list to `label` (both counted from one); `None` when it is there already.
fn gap(last: &mut u32, label: LabelId) -> Option<u32> {
    let next = label + 1;
    let gap = next - std::mem::replace(last, next);
    (gap > 0).then_some(gap)
}

fn width(gap: u32) -> u32 {
    (32 - gap.leading_zeros()).div_ceil(7).max(1)
}

fn bucket(gram: u32, bits: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - bits)) as usize
}

/// The words of a folded text as the pairs [`collect`] takes: coarse and fine.
pub(super) fn edges(words: &[Word]) -> impl Iterator<Item = (u8, u8)> + '_ {
    words.iter().map(|w| (w.start, w.end))
}
