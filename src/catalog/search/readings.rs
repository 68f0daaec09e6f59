//! The ways to read a query as a label, and how well each fits. The best reading is the score.

use super::labels::Label;
use super::near;
use super::query::{Query, is_version, version_digits};
use super::types::How;
use super::words::{self, Alignment, Whose};
use crate::catalog::fold;

/// How many slips a word of so many letters may have and still be the same word.
pub(super) fn slips_allowed(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=5 => 1,
        6..=9 => 2,
        _ => 3,
    }
}

/// Up to so many letters are rather the beginning of a name than a whole word of it.
const SHORT: usize = 3;

/// The score of every tool of a maker of whom the query is the whole name: near enough that no chance likeness goes before
/// them, and too little to be answered.
const ONLY_THE_MAKER: f32 = 0.84;

/// How well a label answers a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) score: f32,
    pub(super) how: How,
    /// The slips between the whole texts, when that is how it was read.
    pub(super) slips: u8,
}

impl Reading {
    const NONE: Self = Self { score: 0.0, how: How::Words, slips: 0 };

    fn or(self, other: Self) -> Self {
        if other.score > self.score { other } else { self }
    }
}

/// Reads `query` as `label`.
pub(super) fn read(query: &Query, label: &Label<'_>, whose: &Whose<'_>) -> Reading {
    if let Some(sure) = sure(query, label) {
        return sure;
    }
    if query.folded.is_empty() || label.text.is_empty() {
        return Reading::NONE;
    }
    if whose.maker.is_some_and(|maker| maker.text() == query.text()) {
        return Reading { score: ONLY_THE_MAKER, how: How::VendorExtra, slips: 0 };
    }
    let alignment = words::align(query, label, whose);
    let score = by_words(query, &alignment)
        .or(as_prefix(query, label))
        .or(as_initials(query, label))
        .or(as_whole(query, label));
    let most = if !query.says {
        // A version or filler alone says nothing about which tool is meant.
        0.73
    } else if alignment.nameless {
        // Nor does what an alias adds to the name: "studio", "python".
        0.72
    } else {
        0.985
    };
    Reading { score: score.score.min(most), ..score }
}

/// The name itself, but for case, punctuation, spacing and accents.
fn sure(query: &Query, label: &Label<'_>) -> Option<Reading> {
    if query.raw == label.raw {
        return Some(Reading { score: 1.0, how: How::Exact, slips: 0 });
    }
    if query.text() != label.text {
        return same_versions(query, label).then_some(Reading {
            score: 0.993,
            how: How::Punctuation,
            slips: 0,
        });
    }
    if query.caseless == fold::caseless(label.raw) {
        return Some(Reading { score: 0.998, how: How::Case, slips: 0 });
    }
    if query.folded.is_empty() || (query.folded.is_cut() && !same_beyond_cut(query, label)) {
        return None;
    }
    // `C++` and `C#` are not `C`, though a name may be typed without its signs.
    match (signs(&query.raw), signs(label.raw)) {
        (0, 0) => {}
        (typed, meant) if typed == meant => {}
        (0, _) => return Some(Reading { score: 0.93, how: How::Words, slips: 0 }),
        _ => return Some(Reading { score: 0.74, how: How::ExtraWords, slips: 0 }),
    }
    Some(Reading { score: 0.995, how: How::Punctuation, slips: 0 })
}

/// Whether the texts are the same but for the `v` of a version.
fn same_versions(query: &Query, label: &Label<'_>) -> bool {
    let (text, other) = (query.text(), label.text);
    let (apart, first) = (text.len().abs_diff(other.len()), text.as_bytes().first());
    if apart == 0 || apart > 2 || first != other.as_bytes().first() {
        return false;
    }
    let typed = query.words.iter().filter_map(|w| text.get(usize::from(w.start)..usize::from(w.end)));
    let meant = label.words.iter().map(|&w| label.word(w));
    let bytes = |word| version(word).bytes();
    typed.flat_map(bytes).eq(meant.flat_map(bytes))
}

/// A word, or the digits of a version.
fn version(word: &str) -> &str {
    if is_version(word) { version_digits(word) } else { word }
}

/// How many signs of a name are neither letters nor mere punctuation.
fn signs(raw: &str) -> usize {
    raw.chars().filter(|c| matches!(c, '+' | '#')).count()
}

/// Texts too long to be folded whole are compared by their letters and digits.
fn same_beyond_cut(query: &Query, label: &Label<'_>) -> bool {
    let letters = |s: &str| fold::caseless(s).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    letters(&query.raw) == letters(label.raw)
}

/// Word by word.
fn by_words(query: &Query, a: &Alignment) -> Reading {
    let mut score = a.query.powf(1.3) * (0.82 + 0.18 * a.label);
    if a.version_other {
        // Another version may be another tool: ask.
        score *= 0.78;
        if a.says && !a.unanswered && !a.slips && !a.cut {
            score = score.max(0.705 + 0.03 * a.label);
        }
    } else if (a.unanswered || a.filler || a.version_extra) && a.label < 0.9 {
        // Something is left over on either side: likely another tool of the same family.
        score *= 0.9;
    }
    if a.reordered {
        score -= 0.02;
    }
    if !a.first {
        score -= 0.01;
        // Few letters are more often the beginning of a name than a word within one.
        if query.coarse.len() == 1 && query.text().len() <= SHORT {
            score = score.min(0.89);
        }
    }
    if a.foreign || a.figures {
        score = score.min(0.72);
    }
    // Only the maker was named.
    if a.maker && a.label == 0.0 {
        score = score.min(0.72);
    }
    // The beginning of a word within the name, while it is being typed.
    if a.cut && query.coarse.len() == 1 && query.text().len() >= 4 && !a.slips {
        score = score.max(0.79 + 0.05 * a.label);
    }
    if a.shorthand && !a.reordered {
        score = score.max(0.86 + 0.1 * a.label);
    }
    let how = if a.slips {
        How::Typo
    } else if a.cut {
        How::Abbreviation
    } else if a.version_other {
        How::VersionOther
    } else if a.unanswered {
        How::ExtraWords
    } else if a.maker {
        How::VendorExtra
    } else if a.version_extra {
        How::VersionExtra
    } else if a.unnamed {
        How::Words
    } else if a.version_missing {
        How::VersionMissing
    } else if a.maker_missing {
        How::VendorMissing
    } else if a.reordered {
        How::Reordered
    } else {
        How::ExtraWords
    };
    Reading { score, how, slips: 0 }
}

/// The first letters of the label.
fn as_prefix(query: &Query, label: &Label<'_>) -> Reading {
    let text = query.text();
    if !label.text.starts_with(text) {
        return Reading::NONE;
    }
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let share = text.len() as f32 / label.text.len() as f32;
    let border = label.words.iter().any(|w| usize::from(w.end) == text.len());
    let base = if border || text.len() <= SHORT { 0.90 } else { 0.87 };
    Reading { score: base + 0.08 * share, how: if border { How::Words } else { How::Prefix }, slips: 0 }
}

/// The initials of the label's words.
fn as_initials(query: &Query, label: &Label<'_>) -> Reading {
    let text = query.text();
    if query.coarse.len() != 1 || text.len() < 2 || text.len() > 10 {
        return Reading::NONE;
    }
    let base = match text.len() {
        2 => 0.70,
        _ => 0.88,
    };
    let mut initials = Vec::new();
    near::initials(label.raw, &mut initials);
    if initials == text.as_bytes() {
        return Reading { score: base, how: How::Acronym, slips: 0 };
    }
    let fine = label.words.iter().filter_map(|w| label.text.as_bytes().get(usize::from(w.start)));
    if fine.eq(text.as_bytes()) {
        return Reading { score: base - 0.02, how: How::Acronym, slips: 0 };
    }
    Reading::NONE
}

/// Letter by letter, slips allowed; also by sound and by consonants; also when the rest is still to be typed.
fn as_whole(query: &Query, label: &Label<'_>) -> Reading {
    let (text, other) = (query.text(), label.text);
    let slips = query.pattern.slips(other);
    let long = text.len().max(other.len());
    let share = |slips: u32, of: usize| 1.0 - small(slips as usize) / small(of);
    let mut reading = Reading {
        score: share(slips.whole, long),
        how: How::Typo,
        slips: u8::try_from(slips.whole).unwrap_or(u8::MAX),
    };
    // In a short word one slip changes a lot.
    if long <= 5 {
        reading.score -= match long {
            0..=3 => 0.2,
            4 => 0.1,
            _ => 0.03,
        };
    }
    if digits(text).ne(digits(other)) {
        reading.score -= 0.15;
    }
    if slips.whole > 0 && reading.score >= 0.4 {
        let mut sound = Vec::new();
        near::sound(other, &mut sound);
        if sound == query.sound && sound.len() >= 3 && text.len() >= 4 {
            let bonus = if query.consonants && text.len() >= 5 { 0.25 } else { 0.06 };
            if slips.whole > 1 {
                reading.how = How::Sound;
            }
            reading.score = (reading.score + bonus).min(0.93);
        }
    }
    let allowed = if text.len() < 9 { 1 } else { 2 };
    if text.len() >= 4 && slips.beginning > 0 && slips.beginning <= allowed && other.len() > text.len() {
        let mut score =
            0.9 * share(slips.beginning, text.len()) + 0.02 * small(text.len()) / small(other.len());
        // A wrong figure is another version rather than a slip.
        let mut theirs = digits(other);
        if digits(text).any(|digit| theirs.next() != Some(digit)) {
            score -= 0.15;
        }
        reading = reading.or(Reading { score, how: How::Prefix, slips: 0 });
    }
    reading
}

#[expect(clippy::cast_precision_loss, reason = "lengths of names")]
fn small(n: usize) -> f32 {
    n as f32
}

fn digits(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes().filter(u8::is_ascii_digit)
}
