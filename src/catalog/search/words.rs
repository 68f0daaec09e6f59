//! Word by word: which words of the query answer which words of a label, in any order, also misspelt, cut short, joined or
//! split, and how much of either side is left over.

use smallvec::SmallVec;

use super::labels::{Label, Weighed};
use super::query::{Kind, Query, is_version, mask, version_digits};
use super::readings::slips_allowed;
use super::slips::Pattern;
use crate::catalog::fold::{Folded, Word, coarse_words};

/// The outcome of laying a query's words on a label's words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Alignment {
    /// How much of the query is answered, by weight, 0..=1.
    pub(super) query: f32,
    /// How much of the label is named, by weight, 0..=1.
    pub(super) label: f32,
    /// The words stand in another order.
    pub(super) reordered: bool,
    /// Some word was misspelt.
    pub(super) slips: bool,
    /// Some word was cut short.
    pub(super) cut: bool,
    /// A version of the query contradicts the label's.
    pub(super) version_other: bool,
    /// The query has a version and the label has none.
    pub(super) version_extra: bool,
    /// The label has a version and the query has none.
    pub(super) version_missing: bool,
    /// Some word of the query that is answered is neither filler nor a version.
    pub(super) says: bool,
    /// Words of the query besides filler and versions that answer nothing.
    pub(super) unanswered: bool,
    /// Words that say nothing stand around the name.
    pub(super) filler: bool,
    /// All words are answered by whole or cut words, two or more, and no word of the label is left out.
    pub(super) shorthand: bool,
    /// The label begins with what answers the first word of the query.
    pub(super) first: bool,
    /// The label names its maker and the query does not.
    pub(super) maker_missing: bool,
    /// Words of the label besides its version and its maker that the query does not name.
    pub(super) unnamed: bool,
    /// Words of the query were the maker's.
    pub(super) maker: bool,
    /// The query has several figures that the label has not.
    pub(super) figures: bool,
    /// Words of another script than the label's stand around the name.
    pub(super) foreign: bool,
    /// The label is an alias that holds something of the tool's name, and the query has none of it.
    pub(super) nameless: bool,
}

/// What is known of the tool that a label belongs to.
#[derive(Debug, Default)]
pub(super) struct Whose<'a> {
    /// Who makes it.
    pub(super) maker: Option<&'a Folded>,
    /// Its name, when the label is an alias.
    pub(super) name: Option<Label<'a>>,
}

impl Whose<'_> {
    /// Whether a word of an alias stands in the name of the tool too; without such words the rest of the alias says nothing.
    fn is_in_name(&self, word: &str) -> bool {
        let Some(name) = &self.name else { return false };
        name.text == word
            || name.words.iter().any(|&w| name.word(w) == word)
            || coarse_weighed(&name.words).any(|w| name.text.get(w.start.into()..w.end.into()) == Some(word))
    }
}

/// Bytes that are spoken for.
#[derive(Clone, Copy, Default)]
struct Taken(u128);

impl Taken {
    fn bits(start: u8, end: u8) -> u128 {
        let length = u32::from(end.saturating_sub(start)).min(127);
        ((1_u128 << length) - 1) << start.min(127)
    }

    fn free(self, start: u8, end: u8) -> bool {
        self.0 & Self::bits(start, end) == 0
    }

    fn take(&mut self, start: u8, end: u8) {
        self.0 |= Self::bits(start, end);
    }

    /// The share of `start..end` that is taken.
    fn share(self, start: u8, end: u8) -> f32 {
        let bits = Self::bits(start, end);
        if bits == 0 { 0.0 } else { ratio((self.0 & bits).count_ones(), bits.count_ones()) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn ratio(a: u32, b: u32) -> f32 {
    a as f32 / b as f32
}

/// A pairing that was made.
struct Pair {
    query: (u8, u8),
    label: (u8, u8),
    alike: f32,
}

struct Board<'a> {
    query: &'a Query,
    label: &'a Label<'a>,
    query_taken: Taken,
    label_taken: Taken,
    pairs: SmallVec<[Pair; 12]>,
    out: Alignment,
}

/// Lays `query` on `label`, which belongs to `whose`.
pub(super) fn align(query: &Query, label: &Label<'_>, whose: &Whose<'_>) -> Alignment {
    let mut board = Board {
        query,
        label,
        query_taken: Taken::default(),
        label_taken: Taken::default(),
        pairs: SmallVec::new(),
        out: Alignment::default(),
    };
    board.whole_words();
    board.joined_words();
    board.versions();
    board.cut_words();
    board.misspelt_words();
    board.finish(whose)
}

impl<'a> Board<'a> {
    fn query_text(&self, start: u8, end: u8) -> &'a str {
        self.query.text().get(usize::from(start)..usize::from(end)).unwrap_or_default()
    }

    fn label_text(&self, start: u8, end: u8) -> &'a str {
        self.label.text.get(usize::from(start)..usize::from(end)).unwrap_or_default()
    }

    fn pair(&mut self, query: (u8, u8), label: (u8, u8), alike: f32) {
        self.query_taken.take(query.0, query.1);
        self.label_taken.take(label.0, label.1);
        self.pairs.push(Pair { query, label, alike });
    }

    /// A free place in the label where `text` stands between the borders of words.
    fn stands_in_label(&self, text: &str) -> Option<(u8, u8)> {
        let length = u8::try_from(text.len()).ok()?;
        let words = &self.label.words;
        words.iter().enumerate().find_map(|(at, word)| {
            let end = word.start.checked_add(length)?;
            let fits = self.label.text.get(usize::from(word.start)..)?.starts_with(text)
                && words.iter().skip(at).any(|w| w.end == end)
                && self.label_taken.free(word.start, end);
            fits.then_some((word.start, end))
        })
    }

    /// Words of the query that stand in the label as they are, in the label possibly as several.
    fn whole_words(&mut self) {
        for word in &self.query.coarse {
            if let Some(place) = self.stands_in_label(self.query_text(word.start, word.end)) {
                self.pair((word.start, word.end), place, 1.0);
            }
        }
    }

    /// Several words of the query that are one of the label, and parts of a joined word.
    fn joined_words(&mut self) {
        let label = self.label;
        for word in coarse_weighed(&label.words) {
            if !self.label_taken.free(word.start, word.end) {
                continue;
            }
            let text = self.label_text(word.start, word.end);
            let words = &self.query.words;
            let place = words.iter().enumerate().find_map(|(at, q)| {
                let end = q.start.checked_add(word.end - word.start)?;
                let fits = self.query.text().get(usize::from(q.start)..)?.starts_with(text)
                    && words.iter().skip(at).any(|w| w.end == end)
                    && self.query_taken.free(q.start, end);
                fits.then_some((q.start, end))
            });
            if let Some(place) = place {
                self.pair(place, (word.start, word.end), 1.0);
            }
        }
        for at in 0..self.query.words.len() {
            let word = self.query.words[at];
            if self.query_taken.free(word.start, word.end)
                && let Some(place) = self.stands_in_label(self.query_text(word.start, word.end))
            {
                self.pair((word.start, word.end), place, 1.0);
            }
        }
    }

    /// Versions are the same, continue each other (`4` and `4.5`), or contradict each other.
    fn versions(&mut self) {
        for at in 0..self.query.words.len() {
            let word = self.query.words[at];
            let text = self.query_text(word.start, word.end);
            if self.query.kinds[at] != Kind::Version || !self.query_taken.free(word.start, word.end) {
                continue;
            }
            let mut found = false;
            for at in 0..self.label.words.len() {
                let other = self.label.words[at];
                let version = self.label.word(other);
                if !is_version(version) || !self.label_taken.free(other.start, other.end) {
                    continue;
                }
                let (a, b) = (version_digits(text), version_digits(version));
                if a == b {
                    self.pair((word.start, word.end), (other.start, other.end), 1.0);
                    found = true;
                    break;
                }
                self.out.version_other = true;
            }
            if !found {
                self.out.version_extra = true;
            }
        }
    }

    /// Words of the query that begin a word of the label.
    fn cut_words(&mut self) {
        for at in 0..self.query.coarse.len() {
            let word = self.query.coarse[at];
            let text = self.query_text(word.start, word.end);
            if !self.query_taken.free(word.start, word.end) || is_version(text) {
                continue;
            }
            let mut best: Option<(f32, u8)> = None;
            for (at, other) in self.label.words.iter().enumerate() {
                let fits = self
                    .label
                    .text
                    .get(usize::from(other.start)..)
                    .is_some_and(|rest| rest.starts_with(text));
                let Some(end) = other.start.checked_add(word.end - word.start) else { continue };
                if !fits || !self.label_taken.free(other.start, end) {
                    continue;
                }
                let last = self.label.words.iter().skip(at).find(|w| w.end >= end).map_or(end, |w| w.end);
                let share = f32::from(word.end - word.start) / f32::from((last - other.start).max(1));
                if best.is_none_or(|b| share > b.0) {
                    best = Some((share, other.start));
                }
            }
            if let Some((share, start)) = best {
                self.out.cut = true;
                self.pair(
                    (word.start, word.end),
                    (start, start + (word.end - word.start)),
                    0.8 + 0.15 * share,
                );
            }
        }
    }

    /// Words of the query that are words of the label but for a slip or two.
    fn misspelt_words(&mut self) {
        let query = self.query;
        for piece in &query.pieces {
            if self.query_taken.free(piece.start, piece.end) {
                self.misspelt(piece.start, piece.end, &piece.pattern);
            }
        }
    }

    fn misspelt(&mut self, start: u8, end: u8, pattern: &Pattern) {
        let text = self.query_text(start, end);
        let letters = mask(text);
        // A short word may have a slip only when another word vouches for the label.
        let vouched = self.pairs.iter().any(|p| p.alike == 1.0 && p.query.1 - p.query.0 >= 3);
        let mut best: Option<(f32, (u8, u8))> = None;
        let mut consider = |from: u8, to: u8| {
            if !self.label_taken.free(from, to) {
                return;
            }
            let other = self.label_text(from, to);
            let longest = text.len().max(other.len());
            let allowed = if longest <= 4 { usize::from(vouched) } else { slips_allowed(longest) };
            if longest - text.len().min(other.len()) > allowed {
                return;
            }
            let theirs = mask(other);
            if (letters & !theirs).count_ones().max((theirs & !letters).count_ones()) as usize > allowed {
                return;
            }
            let slips = pattern.slips(other).whole as usize;
            if slips > allowed {
                return;
            }
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let mut alike = 1.0 - slips as f32 / longest as f32;
            if text.as_bytes().first() != other.as_bytes().first() {
                alike -= 0.05;
            }
            if best.is_none_or(|b| alike > b.0) {
                best = Some((alike, (from, to)));
            }
        };
        let words = &self.label.words;
        for (at, word) in words.iter().enumerate() {
            consider(word.start, word.end);
            // Joined with the next ones, to the end of the coarse word and one further.
            for next in words.iter().skip(at + 1).take(2) {
                consider(word.start, next.end);
            }
        }
        if let Some((alike, place)) = best {
            self.out.slips = true;
            self.pair((start, end), place, alike);
        }
    }

    fn finish(mut self, whose: &Whose<'_>) -> Alignment {
        let maker = whose.maker;
        let mut total = 0.0;
        let mut answered = 0.0;
        let mut figures = 0;
        let has_figures = self.label.text.bytes().any(|b| b.is_ascii_digit());
        for (word, &kind) in self.query.words.iter().zip(&self.query.kinds) {
            let text = self.query_text(word.start, word.end);
            let pair = self.pairs.iter().find(|p| p.query.0 <= word.start && word.end <= p.query.1);
            match pair {
                Some(pair) => {
                    self.out.says |= matches!(kind, Kind::Says | Kind::Size);
                    // What is answered weighs what the label's word weighs: a misspelt word is in no list.
                    let weight =
                        if pair.alike < 1.0 { self.weight_of(pair.label).max(0.3) } else { word.weight };
                    total += weight;
                    answered += weight * pair.alike;
                }
                None if maker.is_some_and(|m| says(m, text)) => {
                    self.out.maker = true;
                    total += word.weight;
                    answered += word.weight;
                }
                None if kind == Kind::Version || kind == Kind::Size && !has_figures => {
                    self.out.version_extra |= kind == Kind::Size;
                    // One figure more or less makes little difference: `llama 3.1 70b`.
                    total += if figures == 0 { 0.1 } else { 0.04 };
                    figures += 1;
                }
                // A label in Latin letters cannot hold a word of another script: people write one language around names of
                // another. What it says remains unknown, so this is asked about.
                None if !text.is_ascii() && self.label.text.is_ascii() => {
                    self.out.foreign = true;
                    self.out.unanswered = true;
                    total += 0.08;
                }
                None => {
                    let filler = kind == Kind::Filler;
                    self.out.unanswered |= !filler;
                    self.out.filler |= filler;
                    let weight = if filler { 0.08 } else { word.weight };
                    total += weight;
                }
            }
        }
        self.out.figures = figures > 1;
        let touched = |w: &Weighed| self.label_taken.share(w.start, w.end) > 0.0;
        self.out.shorthand = self.out.cut
            && !self.out.slips
            && self.query.coarse.len() >= 2
            && self.query.words.iter().all(|w| !self.query_taken.free(w.start, w.end))
            && coarse_weighed(&self.label.words).all(|w| self.label_taken.share(w.start, w.end) > 0.0);
        self.out.first = self.label.words.first().is_some_and(touched)
            && self.pairs.iter().any(|p| p.query.0 == 0 && p.label.0 == 0);
        let is_name = |w: &Weighed| whose.is_in_name(self.label.word(*w));
        let mut touched_words = self.label.words.iter().filter(|w| touched(w)).peekable();
        self.out.nameless = touched_words.peek().is_some()
            && !touched_words.any(is_name)
            && self.label.words.iter().any(is_name);
        let mut named = 0.0;
        let mut whole = 0.0;
        for word in &self.label.words {
            let share = self.label_taken.share(word.start, word.end);
            let text = self.label.word(*word);
            let mut weight = word.weight;
            if share == 0.0 {
                if is_name(word) {
                    self.out.unnamed = true;
                } else if is_version(text) {
                    self.out.version_missing = true;
                } else if maker.is_some_and(|m| says(m, text)) {
                    // Who makes it often goes without saying.
                    self.out.maker_missing = true;
                    weight *= 0.2;
                } else {
                    self.out.unnamed = true;
                }
            }
            named += weight * share;
            whole += weight;
        }
        self.out.version_missing &= !self.out.version_extra;
        self.out.version_extra &= !self.out.version_other;
        self.out.query = if total > 0.0 { answered / total } else { 0.0 };
        self.out.label = if whole > 0.0 { named / whole } else { 0.0 };
        self.pairs.sort_unstable_by_key(|p| p.query.0);
        self.out.reordered = self.pairs.windows(2).any(|p| p[0].label.0 > p[1].label.0);
        self.out
    }

    fn weight_of(&self, place: (u8, u8)) -> f32 {
        self.label
            .words
            .iter()
            .filter(|w| w.start < place.1 && place.0 < w.end)
            .map(|w| w.weight)
            .fold(0.0, f32::max)
    }
}

/// Whether a word is one of the maker's name.
fn says(maker: &Folded, word: &str) -> bool {
    maker.text() == word
        || maker.words().iter().any(|&w| maker.word(w) == word)
        || maker.coarse().any(|w| maker.word(w) == word)
}

/// The coarse words of a label.
fn coarse_weighed(words: &[Weighed]) -> impl Iterator<Item = Word> + '_ {
    let plain: SmallVec<[Word; 12]> =
        words.iter().map(|w| Word { start: w.start, end: w.end, coarse: w.coarse }).collect();
    let coarse: SmallVec<[Word; 12]> = coarse_words(&plain).collect();
    coarse.into_iter()
}
