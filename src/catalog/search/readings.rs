//! The ways to read a query as a label, and how well each fits. The best reading is the score.

use super::labels::Label;
use super::near;
use super::query::{Query, mask};
use super::types::How;
use super::words::{self, Alignment};
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

/// How well a label answers a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) score: f32,
    pub(super) how: How,
}

impl Reading {
    const NONE: Self = Self { score: 0.0, how: How::Words };

    fn or(self, other: Self) -> Self {
        if other.score > self.score { other } else { self }
    }
}

/// Reads `query` as `label`.
pub(super) fn read(query: &Query, label: &Label<'_>, maker: &str) -> Reading {
    if let Some(sure) = sure(query, label) {
        return sure;
    }
    if query.folded.is_empty() || label.text.is_empty() {
        return Reading::NONE;
    }
    let alignment = words::align(query, label, maker);
    let score = by_words(query, &alignment)
        .or(as_prefix(query, label))
        .or(as_initials(query, label))
        .or(as_whole(query, label));
    Reading { score: score.score.min(0.985), ..score }
}

/// The name itself, but for case, punctuation, spacing and accents.
fn sure(query: &Query, label: &Label<'_>) -> Option<Reading> {
    if query.raw == label.raw {
        return Some(Reading { score: 1.0, how: How::Exact });
    }
    if query.text() != label.text {
        return None;
    }
    if query.caseless == fold::caseless(label.raw) {
        return Some(Reading { score: 0.998, how: How::Case });
    }
    if query.folded.is_empty() || (query.folded.is_cut() && !same_beyond_cut(query, label)) {
        return None;
    }
    // Versions that differ in their dots only (4.5 and 45) are not the same.
    Some(Reading { score: 0.995, how: How::Punctuation })
}

/// Texts too long to be folded whole are compared by their letters and digits.
fn same_beyond_cut(query: &Query, label: &Label<'_>) -> bool {
    let letters = |s: &str| fold::caseless(s).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    letters(&query.raw) == letters(label.raw)
}

/// Word by word.
fn by_words(query: &Query, a: &Alignment) -> Reading {
    let _ = query;
    let mut score = a.query.powf(1.3) * (0.82 + 0.18 * a.label);
    if a.reordered {
        score -= 0.02;
    }
    if a.version_other {
        score -= 0.04;
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
    } else if a.label < 0.999 && !a.version_missing {
        How::Words
    } else if a.version_missing {
        How::VersionMissing
    } else if a.reordered {
        How::Reordered
    } else {
        How::ExtraWords
    };
    Reading { score, how }
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
    let base = if border { 0.86 } else { 0.80 };
    let base = if text.len() <= 3 { base + 0.05 } else { base };
    Reading { score: base + 0.1 * share, how: if border { How::Words } else { How::Prefix } }
}

/// The initials of the label's words.
fn as_initials(query: &Query, label: &Label<'_>) -> Reading {
    if query.coarse.len() != 1 || query.text().len() < 2 {
        return Reading::NONE;
    }
    let fits = |coarse: bool| {
        let mut letters = label
            .words
            .iter()
            .filter(|w| w.coarse || !coarse)
            .filter_map(|w| label.text.as_bytes().get(usize::from(w.start)));
        query.text().bytes().all(|b| letters.next() == Some(&b)) && letters.next().is_none()
    };
    if fits(true) || fits(false) {
        let score = if query.text().len() >= 3 { 0.88 } else { 0.7 };
        return Reading { score, how: How::Acronym };
    }
    Reading::NONE
}

/// Letter by letter, slips allowed; also by sound and by consonants.
fn as_whole(query: &Query, label: &Label<'_>) -> Reading {
    let (text, other) = (query.text(), label.text);
    let (short, long) =
        if text.len() < other.len() { (text.len(), other.len()) } else { (other.len(), text.len()) };
    if short * 2 < long || short < 2 {
        return Reading::NONE;
    }
    let theirs = mask(other);
    let differ = (query.mask & !theirs).count_ones().max((theirs & !query.mask).count_ones()) as usize;
    if differ.max(long - short) * 2 > long {
        return Reading::NONE;
    }
    let slips = strsim::osa_distance(text, other);
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let alike = 1.0 - slips as f32 / long as f32;
    let mut reading = Reading { score: alike, how: How::Typo };
    if digits(text).ne(digits(other)) {
        reading.score -= 0.15;
    }
    let mut sound = Vec::new();
    near::sound(other, &mut sound);
    if sound == query.sound && sound.len() >= 3 && alike >= 0.4 {
        let bonus = if query.consonants { 0.25 } else { 0.06 };
        if slips > 1 {
            reading.how = How::Sound;
        }
        reading.score = (reading.score + bonus).min(0.93);
    }
    reading
}

fn digits(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes().filter(u8::is_ascii_digit)
}
