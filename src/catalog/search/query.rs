//! A text made ready for searching.

use smallvec::SmallVec;

use super::labels::Weighed;
use super::segment::Background;
use super::slips::Pattern;
use crate::catalog::fold::{self, Folded, Word};

/// The most words of a query that are looked at; a name has fewer, and what people paste has more.
pub(super) const MAX_QUERY_WORDS: usize = 12;

/// Words that people put around a name without meaning a different tool.
const FILLER: &[&str] = &[
    "a", "about", "an", "and", "any", "app", "by", "com", "discord", "download", "for", "from", "github",
    "https", "i", "in", "install", "is", "it", "latest", "like", "me", "my", "new", "of", "official", "on",
    "online", "or", "package", "please", "pls", "someone", "that", "the", "this", "to", "tool", "tools",
    "try", "use", "using", "version", "vs", "what", "whats", "with", "www", "you", "your",
];

/// Whether a folded word says nothing about which tool is meant.
pub(super) fn is_filler(word: &str) -> bool {
    FILLER.binary_search(&word).is_ok()
}

/// Whether a folded word is a version: digits, perhaps after a `v`.
pub(super) fn is_version(word: &str) -> bool {
    let digits = version_digits(word);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A version without its `v`.
pub(super) fn version_digits(word: &str) -> &str {
    word.strip_prefix('v').unwrap_or(word)
}

/// What a word weighs that `df` of `labels` names hold.
pub(super) fn weight(word: &str, df: usize, labels: usize) -> f32 {
    if is_version(word) {
        return 0.2;
    }
    if is_filler(word) {
        return 0.12;
    }
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let common = if df > 1 { (df as f32).ln() / ((labels + 2) as f32).ln() } else { 0.0 };
    let length = match word.len() {
        1 => 0.5,
        2 => 0.8,
        _ => 1.0,
    };
    (1.0 - 0.7 * common) * length
}

/// Which of the letters a–z, digits and other bytes occur: a quick lower bound for how many slips lie between two texts.
pub(super) fn mask(text: &str) -> u64 {
    text.bytes().fold(0, |m, b| {
        m | 1
            << match b {
                b'a'..=b'z' => b - b'a',
                b'0'..=b'9' => b - b'0' + 26,
                _ => 36 + b % 28,
            }
    })
}

/// What a word of a query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It tells tools apart.
    Says,
    /// See [`is_filler`].
    Filler,
    /// See [`is_version`].
    Version,
    /// How large a model is: it tells names with figures apart, and says nothing about others.
    Size,
}

impl Kind {
    fn of(word: &str) -> Self {
        if is_version(word) {
            Self::Version
        } else if is_filler(word) {
            Self::Filler
        } else {
            Self::Says
        }
    }
}

/// What the fine words of a query are.
fn kinds(folded: &Folded) -> SmallVec<[Kind; 12]> {
    let words = folded.words();
    let mut kinds: SmallVec<[Kind; 12]> = words.iter().map(|&w| Kind::of(folded.word(w))).collect();
    for (at, &word) in words.iter().enumerate() {
        // The `x` of `8x7b`.
        let times = folded.word(word) == "x"
            && !word.coarse
            && words.get(at + 1).is_some_and(|next| !next.coarse && is_size(folded.word(*next)));
        if times || is_size(folded.word(word)) {
            kinds[at] = Kind::Size;
        }
    }
    kinds
}

/// Whether a word is the size of a model: `70b`, `128k`.
fn is_size(word: &str) -> bool {
    let digits = word.trim_end_matches(['b', 'k', 'm']);
    digits.len() + 1 == word.len() && is_version(digits)
}

/// A part of a query that may be a misspelt word: a word, two words that were torn apart, or a part of a joined word.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) start: u8,
    pub(super) end: u8,
    pub(super) pattern: Pattern,
}

/// The pieces of a query in the order in which they are tried.
fn pieces(folded: &Folded, coarse: &[Word]) -> Vec<Piece> {
    let text = folded.text();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut add = |start: u8, end: u8| {
        let word = text.get(usize::from(start)..usize::from(end)).unwrap_or_default();
        if word.len() >= 3 && !is_version(word) && !pieces.iter().any(|p| (p.start, p.end) == (start, end)) {
            pieces.push(Piece { start, end, pattern: Pattern::new(word) });
        }
    };
    for word in coarse {
        add(word.start, word.end);
    }
    for pair in coarse.windows(2) {
        add(pair[0].start, pair[1].end);
    }
    for word in folded.words().iter().take(MAX_QUERY_WORDS) {
        add(word.start, word.end);
    }
    pieces
}

/// See the module's page.
#[derive(Debug)]
pub(super) struct Query {
    /// As typed, without outer spaces and invisible characters.
    pub(super) raw: String,
    pub(super) caseless: String,
    pub(super) folded: Folded,
    /// Its fine words with the weight that the base catalog gives them.
    pub(super) words: SmallVec<[Weighed; 12]>,
    /// What each of its fine words is.
    pub(super) kinds: SmallVec<[Kind; 12]>,
    /// Its coarse words.
    pub(super) coarse: SmallVec<[Word; 12]>,
    /// The whole of it, and its pieces, ready for counting slips.
    pub(super) pattern: Pattern,
    pub(super) pieces: Vec<Piece>,
    /// How it sounds.
    pub(super) sound: Vec<u8>,
    /// Whether some word of it is neither filler nor a version.
    pub(super) says: bool,
    /// Whether it has no vowel but at the start of words.
    pub(super) consonants: bool,
}

impl Query {
    /// Prepares `raw`; `background` tells how common a word is.
    pub(super) fn new(raw: &str, background: &dyn Background) -> Self {
        let labels = background.labels();
        let folded = fold::fold(raw);
        let words = folded
            .words()
            .iter()
            .map(|&w| {
                let text = folded.word(w);
                Weighed {
                    start: w.start,
                    end: w.end,
                    coarse: w.coarse,
                    weight: weight(text, background.df(text), labels),
                }
            })
            .collect();
        let kinds = kinds(&folded);
        let coarse: SmallVec<[Word; 12]> = folded.coarse().take(MAX_QUERY_WORDS).collect();
        let text = folded.text();
        let mut sound = Vec::new();
        super::near::sound(text, &mut sound);
        let vowel = |b: u8| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u');
        let consonants = coarse.iter().all(|&w| !folded.word(w).bytes().skip(1).any(vowel));
        let raw: String = raw
            .trim()
            .chars()
            .take(1_024)
            .filter(|&c| !fold::is_invisible(c))
            .collect::<String>()
            .trim()
            .to_owned();
        let pieces = pieces(&folded, &coarse);
        Self {
            pattern: Pattern::new(text),
            pieces,
            caseless: fold::caseless(&raw),
            raw,
            words,
            coarse,
            sound,
            says: kinds.iter().any(|kind| matches!(kind, Kind::Says | Kind::Size)),
            kinds,
            consonants,
            folded,
        }
    }

    pub(super) fn text(&self) -> &str {
        self.folded.text()
    }
}
