//! The name nearest to a joint: every run of a few words there is shown to the resolver, and the best is taken.

use std::collections::HashMap;

use super::tokens::{Joint, Kind, Part};
use super::words::{is_lead, is_never, is_ordinary, says_what_for};
use super::{Asked, MAX_LOOKUPS};
use crate::catalog::search::{Answer, Decision, How};

/// The most words a name may have.
const MAX_WORDS: usize = 6;
/// How many words that are no part of the name may stand between it and the joint.
const MAX_SKIPPED: usize = 3;

/// How well a run of words is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// Nothing is meant.
    Unknown,
    /// A match, or a few that could be meant.
    Likely,
    /// A name in full.
    Sure,
}

/// A name beside a joint.
pub(super) struct Span {
    pub(super) asked: Asked,
    pub(super) grade: Grade,
    /// Whether nothing else stands in its segment, but for words that lead in.
    pub(super) whole: bool,
    /// Whether a word stands before it that makes it the purpose of a choice: "better for RAG, A or B?".
    pub(super) is_purpose: bool,
}

/// Asks the resolver, each text once.
pub(super) struct Spans<'a> {
    resolve: &'a dyn Fn(&str) -> Answer,
    known: HashMap<String, Answer>,
    left: usize,
}

/// Which end of a segment the joint is at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

impl<'a> Spans<'a> {
    pub(super) fn new(resolve: &'a dyn Fn(&str) -> Answer) -> Self {
        Self { resolve, known: HashMap::new(), left: MAX_LOOKUPS }
    }

    fn ask(&mut self, text: &str) -> Answer {
        if let Some(answer) = self.known.get(text) {
            return answer.clone();
        }
        if self.left == 0 {
            return Answer { decision: Decision::None, hits: Vec::new() };
        }
        self.left -= 1;
        let answer = (self.resolve)(text);
        self.known.insert(text.to_owned(), answer.clone());
        answer
    }

    /// How much a run of words is worth as a name, and how well it is known.
    fn value(&mut self, words: &[&str]) -> (f32, Grade, Answer) {
        let text = words.join(" ");
        let answer = self.ask(&text);
        let Some(best) = answer.hits.first() else { return (0.0, Grade::Unknown, answer) };
        // One letter is a name only where it is the whole name.
        if text.chars().count() == 1 && !best.how.is_sure() {
            return (0.0, Grade::Unknown, answer);
        }
        let lone = words.len() == 1;
        let ordinary = lone && is_ordinary(words[0]);
        let as_a_name = words[0].chars().any(char::is_uppercase);
        let (value, grade) = match answer.decision {
            Decision::Match if best.how.is_sure() && (!ordinary || as_a_name) => (3.0, Grade::Sure),
            Decision::Match if best.how.is_sure() => (1.2, Grade::Likely),
            _ if ordinary => (0.0, Grade::Unknown),
            Decision::Match => match best.how {
                How::VersionExtra | How::VersionMissing | How::VendorExtra => {
                    (2.0 + best.score, Grade::Likely)
                }
                // In a sentence a short word that is nearly a name, or begins one, is mostly just a word.
                How::Prefix if best.score < 0.93 => (0.0, Grade::Unknown),
                How::Typo | How::Sound if lone && words[0].chars().count() < 5 => (0.0, Grade::Unknown),
                _ => (1.0 + best.score, Grade::Likely),
            },
            Decision::Ambiguous(_) if best.how == How::VersionOther => {
                (2.0 + 0.5 * best.score, Grade::Likely)
            }
            Decision::Ambiguous(_) if best.score >= 0.8 && best.how != How::Prefix => {
                (0.9 * best.score, Grade::Likely)
            }
            Decision::Ambiguous(_) | Decision::None => (0.0, Grade::Unknown),
        };
        (value, grade, answer)
    }

    /// The name at the end of a segment, before a joint.
    pub(super) fn before(&mut self, segment: &[Part], joint: &Joint) -> Option<Span> {
        self.nearest(segment, Side::Before, joint)
    }

    /// The name at the beginning of a segment, behind a joint.
    pub(super) fn after(&mut self, segment: &[Part], joint: &Joint) -> Option<Span> {
        self.nearest(segment, Side::After, joint)
    }

    fn nearest(&mut self, segment: &[Part], side: Side, joint: &Joint) -> Option<Span> {
        let words: Vec<&str> = segment.iter().filter_map(Part::word).collect();
        let count = words.len();
        let mut best: Option<(f32, Grade, Answer, usize, usize)> = None;
        for skipped in 0..=MAX_SKIPPED.min(count.saturating_sub(1)) {
            for length in 1..=MAX_WORDS.min(count - skipped) {
                let (start, end) = match side {
                    Side::Before => (count - skipped - length, count - skipped),
                    Side::After => (skipped, skipped + length),
                };
                let run = &words[start..end];
                if is_loose(run) {
                    continue;
                }
                // A version behind a name belongs to it.
                if words.get(end).is_some_and(|next| is_version(next)) {
                    continue;
                }
                let (mut value, grade, answer) = self.value(run);
                if grade == Grade::Unknown || (grade < Grade::Sure && has_loose_end(run)) {
                    continue;
                }
                let between = match side {
                    Side::Before => &words[end..],
                    Side::After => &words[..start],
                };
                let strangers = between.iter().filter(|w| !is_never(w)).count();
                // Over words that say something only a name in full is reached.
                if strangers > 0 && grade < Grade::Sure {
                    continue;
                }
                #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
                let (skips, words_named) = (strangers as f32, length as f32);
                value += if grade == Grade::Sure { 0.1 * words_named } else { 0.0 };
                value -= 0.4 * skips;
                if best.as_ref().is_none_or(|b| value > b.0) {
                    best = Some((value, grade, answer, start, end));
                }
            }
        }
        if let Some((_, grade, answer, start, end)) = best {
            let whole = match side {
                // What leads in may stand before a name that begins a list.
                Side::Before => start == 0,
                Side::After => end == count,
            };
            let is_purpose = start.checked_sub(1).is_some_and(|before| says_what_for(words[before]));
            let asked = Asked { text: words[start..end].join(" "), answer };
            return Some(Span { asked, grade, whole, is_purpose });
        }
        self.unknown(&words, joint)
    }

    /// A side of "A vs B" that is not known, when it can only be a name.
    fn unknown(&mut self, words: &[&str], joint: &Joint) -> Option<Span> {
        let names = |w: &&str| !is_never(w) && !is_ordinary(w) && w.chars().any(char::is_alphabetic);
        if joint.kind != Kind::Versus || words.is_empty() || words.len() > 3 || !words.iter().all(names) {
            return None;
        }
        let text = words.join(" ");
        let answer = self.ask(&text);
        Some(Span { asked: Asked { text, answer }, grade: Grade::Unknown, whole: true, is_purpose: false })
    }

    /// The best name anywhere in a segment. `said` is how many words of the whole message say something; `about`: the
    /// message says that it is about one tool.
    pub(super) fn within(&mut self, segment: &[Part], said: usize, about: bool) -> Option<(Asked, Grade)> {
        let words: Vec<&str> = segment.iter().filter_map(Part::word).collect();
        let mut best: Option<(f32, Asked, Grade)> = None;
        for start in 0..words.len() {
            for end in start + 1..=words.len().min(start + MAX_WORDS) {
                let run = &words[start..end];
                if is_loose(run) || words.get(end).is_some_and(|w| is_version(w)) {
                    continue;
                }
                let (mut value, grade, answer) = self.value(run);
                let others = said.saturating_sub(run.iter().filter(|w| !is_lead(w)).count());
                let enough = match grade {
                    Grade::Unknown => false,
                    Grade::Likely => others == 0 && !is_ordinary(run[0]) && !has_loose_end(run),
                    Grade::Sure => others <= 1 || about,
                };
                #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
                if grade == Grade::Sure {
                    value += 0.1 * run.len() as f32;
                }
                if enough && best.as_ref().is_none_or(|b| value > b.0) {
                    best = Some((value, Asked { text: run.join(" "), answer }, grade));
                }
            }
        }
        best.map(|(_, asked, grade)| (asked, grade))
    }

    /// The longest name in full that these words begin with, and how many words to go on by.
    pub(super) fn sure_at(&mut self, words: &[Part]) -> (Option<Asked>, usize) {
        let words: Vec<&str> = words.iter().map_while(Part::word).take(MAX_WORDS).collect();
        for length in (1..=words.len()).rev() {
            let run = &words[..length];
            if is_loose(run) {
                continue;
            }
            let (_, grade, answer) = self.value(run);
            if grade == Grade::Sure {
                return (Some(Asked { text: run.join(" "), answer }), length);
            }
        }
        (None, 1)
    }

    /// Makes one word of `A & B` where that is a name in full.
    pub(super) fn close_ands(&mut self, parts: Vec<Part>) -> Vec<Part> {
        let mut out: Vec<Part> = Vec::with_capacity(parts.len());
        let mut parts = parts.into_iter().peekable();
        while let Some(part) = parts.next() {
            if part == Part::Sign(Kind::And)
                && let Some(Part::Word(left)) = out.last()
                && let Some(Part::Word(right)) = parts.peek()
                && self.value(&[left, right]).1 == Grade::Sure
            {
                let whole = format!("{left} & {right}");
                out.pop();
                out.push(Part::Word(whole));
                parts.next();
            } else {
                out.push(part);
            }
        }
        out
    }

    /// Cuts `A/B` where both sides are names in full and the whole is none.
    pub(super) fn open_slashes(&mut self, parts: Vec<Part>) -> Vec<Part> {
        let mut out = Vec::with_capacity(parts.len());
        for part in parts {
            match &part {
                Part::Word(word) if word.contains('/') && word.matches('/').count() <= 3 => {
                    let sides: Vec<&str> = word.split('/').map(str::trim).collect();
                    let whole = self.value(&[word.as_str()]).1 == Grade::Sure;
                    let open =
                        !whole && sides.iter().all(|s| !s.is_empty() && self.value(&[s]).1 >= Grade::Likely);
                    if open {
                        for (nth, side) in sides.iter().enumerate() {
                            if nth > 0 {
                                out.push(Part::Sign(Kind::Slash));
                            }
                            out.push(Part::Word((*side).to_owned()));
                        }
                        continue;
                    }
                }
                _ => {}
            }
            out.push(part);
        }
        out
    }
}

/// Whether a run begins or ends with a word that names rarely begin or end with: it has to be a name in full.
fn has_loose_end(run: &[&str]) -> bool {
    run.first().is_some_and(|w| is_never(w)) || run.last().is_some_and(|w| is_never(w))
}

/// Whether a run cannot be a name: both its ends, or its only word, are no part of one.
fn is_loose(run: &[&str]) -> bool {
    run.first().is_some_and(|w| is_never(w)) && run.last().is_some_and(|w| is_never(w))
}

/// Whether a word is a version: digits and dots, perhaps behind a `v`.
fn is_version(word: &str) -> bool {
    let digits = word.trim_start_matches(['v', 'V', '@']);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}
