//! From a key (a word with one letter left out, the sound of a name, its initials) to the labels and words that have the
//! same key. One table of numbers in buckets; what is found there is a guess and is always verified.

use super::labels::{range, whole};

/// What a number in the table stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Near {
    Label(u32),
    Word(u32),
    /// A place in the order of all labels where a new beginning starts.
    Head(u32),
}

impl Near {
    /// The label, if it is one.
    pub(super) fn label(self) -> Option<u32> {
        match self {
            Self::Label(id) => Some(id),
            Self::Word(_) | Self::Head(_) => None,
        }
    }
}

/// The kinds of keys; each has its own space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A text, or a text without one of its letters: two texts one slip apart share such a key.
    Deletion,
    /// The consonants as they sound.
    Sound,
    /// The initials of the words.
    Initials,
    /// The first letters of a text without one of them.
    Head,
    /// The raw text but for case: for names without letters, and for very long ones.
    Raw,
}

/// Texts longer than this (in bytes) have no deletion keys: they share enough trigrams with what was meant.
pub(super) const MAX_DELETION: usize = 14;

const WORD: u32 = 1 << 31;
const HEAD: u32 = 1 << 30;

/// How many parts the keys are sorted in by, a power of two.
const PARTS: usize = 256;

/// See the module's page.
#[derive(Debug, Default)]
pub(super) struct NearTable {
    at: Vec<u32>,
    ids: Vec<u32>,
    shift: u32,
}

impl NearTable {
    /// Builds the table from the keys that `each` calls its argument with.
    pub(super) fn build(each: impl Fn(&mut dyn FnMut(u64, Near))) -> Self {
        // The keys go into parts by their upper bits first: the counters of one part fit the processor's cache, where counting
        // over the whole table would miss it with every key.
        let mut parts: Vec<Vec<(u32, u32)>> = vec![Vec::new(); PARTS];
        each(&mut |hash, near| {
            let id = match near {
                Near::Label(id) => id,
                Near::Word(id) => id | WORD,
                Near::Head(id) => id | HEAD,
            };
            let upper = (hash >> 32) as u32;
            parts[(upper / (u32::MAX / PARTS as u32 + 1)) as usize].push((upper, id));
        });
        let total: usize = parts.iter().map(Vec::len).sum();
        let buckets = (total / 2).next_power_of_two().max(2);
        let shift = 32 - buckets.trailing_zeros();
        let mut at = vec![0_u32; buckets + 1];
        for (upper, _) in parts.iter().flatten() {
            at[(upper >> shift) as usize + 1] += 1;
        }
        for i in 1..at.len() {
            at[i] += at[i - 1];
        }
        let mut ids = vec![0; total];
        let mut next = at.clone();
        for part in parts {
            for (upper, id) in part {
                let slot = &mut next[(upper >> shift) as usize];
                ids[*slot as usize] = id;
                *slot += 1;
            }
        }
        Self { at, ids, shift }
    }

    /// Everything that may have this key.
    pub(super) fn get(&self, hash: u64) -> impl Iterator<Item = Near> + '_ {
        let bucket =
            if self.at.is_empty() { usize::MAX - 1 } else { ((hash >> 32) as u32 >> self.shift) as usize };
        let ids = range(&self.at, bucket).and_then(|r| self.ids.get(r)).unwrap_or_default();
        ids.iter().map(|&id| match id & (WORD | HEAD) {
            WORD => Near::Word(id & !WORD),
            HEAD => Near::Head(id & !HEAD),
            _ => Near::Label(id),
        })
    }

    pub(super) fn memory(&self) -> usize {
        4 * (self.at.capacity() + self.ids.capacity())
    }
}

/// Mixes bytes to a well-spread number.
pub(super) fn hash(kind: Key, parts: [&[u8]; 2]) -> u64 {
    let mut h = 0x9e37_79b9_7f4a_7c15_u64 ^ ((kind as u64) << 56);
    for byte in parts.into_iter().flatten() {
        h = (h ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    h ^= h >> 32;
    h = h.wrapping_mul(0xd6e8_feb8_6659_fd93);
    h ^ (h >> 32)
}

/// Calls `each` with the deletion keys of `text`: itself, and itself without each of its letters.
pub(super) fn deletions(text: &str, mut each: impl FnMut(u64)) {
    if text.len() > MAX_DELETION || text.len() < 3 {
        return;
    }
    let bytes = text.as_bytes();
    each(hash(Key::Deletion, [bytes, &[]]));
    let mut last = None;
    for (at, c) in text.char_indices() {
        // Leaving out either of two equal neighbours gives the same text.
        if last.replace(c) != Some(c) {
            each(hash(Key::Deletion, [&bytes[..at], &bytes[at + c.len_utf8()..]]));
        }
    }
}

/// How many letters the head of a text has.
pub(super) const HEAD_LENGTH: usize = 5;

/// Calls `each` with the head keys of `text`: its first five letters without each one of them. Two texts whose beginnings
/// are one slip apart share such a key wherever the slip is: if it lies behind, the last of the five is what is left out.
pub(super) fn heads(text: &str, mut each: impl FnMut(u64)) {
    let Some(head) =
        text.as_bytes().get(..HEAD_LENGTH.min(text.len())).filter(|h| h.len() + 1 >= HEAD_LENGTH)
    else {
        return;
    };
    let mut last = None;
    for (at, byte) in head.iter().enumerate() {
        if last.replace(byte) != Some(byte) {
            each(hash(Key::Head, [&head[..at], &head[at + 1..]]));
        }
    }
    if head.len() + 1 == HEAD_LENGTH {
        each(hash(Key::Head, [head, &[]]));
    }
}

/// Collects the initials of a raw name: the first letter or digit behind every separator, dots among them.
pub(super) fn initials(raw: &str, into: &mut Vec<u8>) {
    into.clear();
    let mut inside = false;
    for c in raw.chars() {
        let letter = c.is_alphanumeric() || (c == '\'' && inside);
        if letter && !inside {
            let mut bytes = [0; 4];
            into.extend_from_slice(c.to_ascii_lowercase().encode_utf8(&mut bytes).as_bytes());
        }
        inside = letter;
    }
}

/// The consonants of `text` as they sound, doubled ones once, the first letter kept even if it is a vowel: `phoenix` and
/// `fenicks` give the same. Empty for texts too short to say anything.
pub(super) fn sound(text: &str, into: &mut Vec<u8>) {
    into.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        at += 1;
        let out: &[u8] = match byte {
            b'p' if next == b'h' => {
                at += 1;
                b"f"
            }
            b't' if bytes.get(at..at + 3) == Some(b"ion") => {
                at += 3;
                b"sn"
            }
            b's' if next == b'h' => {
                at += 1;
                b"s"
            }
            // `right`, `rite`
            b'g' if at > 1 && next == b'h' && bytes.get(at + 1) == Some(&b't') => b"",
            // A soft c sounds like s; people confuse the two either way, so before e, i, y it is written s.
            b'c' if matches!(next, b'e' | b'i' | b'y') => b"s",
            b'c' | b'q' | b'k' => b"k",
            b'x' => b"ks",
            b'z' => b"s",
            b'j' => b"g",
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' | b'w' => {
                if at > 1 {
                    b""
                } else {
                    b"a"
                }
            }
            _ => std::slice::from_ref(&bytes[at - 1]),
        };
        for &b in out {
            if into.last() != Some(&b) {
                into.push(b);
            }
        }
    }
}

/// A table's size must fit its 30-bit numbers.
pub(super) fn fits(labels: usize, words: usize) -> bool {
    whole(labels) < HEAD && whole(words) < HEAD
}
