//! Folding: what of a name is left when case, accents, punctuation and spacing no longer count.
//!
//! ```text
//! "Code‑LLaMA v0.16 (beta)"  →  text  codellamav016beta
//!                               words code · llama? no: code | llama  v016  beta
//! ```
//!
//! A folded name is one run of lower-case letters and digits ([`Folded::text`]) and the places where its words begin
//! and end. Words are cut twice: *coarse* words end at separators, *fine* words also where a small letter meets a capital
//! and where letters meet digits, because people write `GPT-4`, `GPT 4` and `gpt4`, `LangChain` and `lang chain`.
//! A dot between two digits separates nothing: `4.5` is one word.
//!
//! Uses nothing of ours.

use smallvec::SmallVec;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The most bytes of folded text that are kept. Longer names and queries are cut here, on a letter's border; what
/// lies behind takes no part in fuzzy matching (exact matches are always verified on the whole text).
pub const MAX_TEXT: usize = 120;

/// The most fine words that are kept of one name; the rest of the text belongs to the last of them.
pub const MAX_WORDS: usize = 24;

/// The most characters of raw input that are looked at, so that folding a pasted page costs no more than folding a name.
const MAX_INPUT: usize = 1_024;

/// One fine word of a folded name, as a range of bytes of [`Folded::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// First byte.
    pub start: u8,
    /// One past the last byte.
    pub end: u8,
    /// Whether a coarse word begins here too.
    pub coarse: bool,
}

/// A folded name: see the module's page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    text: String,
    words: SmallVec<[Word; 12]>,
    cut: bool,
}

impl Folded {
    /// The letters and digits, lower case, without marks, spaces and punctuation; at most [`MAX_TEXT`] bytes.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The fine words in order; they cover the text without gaps.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// The text of one word.
    #[must_use]
    pub fn word(&self, word: Word) -> &str {
        self.text.get(usize::from(word.start)..usize::from(word.end)).unwrap_or_default()
    }

    /// The coarse words in order: runs of fine words up to the next separator.
    pub fn coarse(&self) -> impl Iterator<Item = Word> + '_ {
        coarse_words(&self.words)
    }

    /// Whether something was left out because the input was too long.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether no letter and no digit was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Joins fine words to coarse ones.
pub(crate) fn coarse_words(words: &[Word]) -> impl Iterator<Item = Word> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut word = *words.get(at)?;
        at += 1;
        while let Some(next) = words.get(at).filter(|next| !next.coarse) {
            word.end = next.end;
            at += 1;
        }
        Some(Word { coarse: true, ..word })
    })
}

/// Folds `raw`. Never fails; costs at most a bounded amount of work whatever is given.
#[must_use]
pub fn fold(raw: &str) -> Folded {
    let mut folded = Folded::default();
    fold_into(raw, &mut folded);
    folded
}

/// Folds `raw` into `folded`, whose buffers are used again.
pub fn fold_into(raw: &str, folded: &mut Folded) {
    let mut cutter = Cutter::new(folded);
    if raw.is_ascii() {
        for byte in raw.bytes().take(MAX_INPUT) {
            if !cutter.push(char::from(byte)) {
                break;
            }
        }
        cutter.finish(raw.len() > MAX_INPUT);
    } else {
        let mut left = MAX_INPUT;
        for c in raw.nfkd() {
            left -= 1;
            if left == 0 || !cutter.push(c) {
                break;
            }
        }
        cutter.finish(left == 0);
    }
}

/// `raw` in the form in which two names count as the same but for case: compatibility forms unified, invisible
/// characters and outer spaces gone, runs of spaces made one, lower case.
#[must_use]
pub fn caseless(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut space = false;
    for c in raw.nfkc().take(MAX_INPUT) {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if !is_invisible(c) {
            if std::mem::take(&mut space) {
                out.push(' ');
            }
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// Characters that take no room on the screen: joiners, direction marks, variation selectors, soft hyphens, tags.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || (c.is_control() && !c.is_whitespace())
}

/// What the last character was; decides whether a word ends before the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A separator, or nothing yet.
    Gap,
    Small,
    Capital,
    Digit,
    /// A dot (or comma) behind a digit: a gap, unless a digit follows.
    Dot,
}

/// Collects the text and cuts it into words as the characters come.
struct Cutter<'a> {
    to: &'a mut Folded,
    last: Kind,
    /// Capitals in a row, to cut `GPTEngineer` before its `E`.
    capitals: u8,
    /// Where the last pushed character begins.
    before: usize,
    word: Word,
}

impl<'a> Cutter<'a> {
    fn new(to: &'a mut Folded) -> Self {
        to.text.clear();
        to.words.clear();
        to.cut = false;
        Self { to, last: Kind::Gap, capitals: 0, before: 0, word: Word { start: 0, end: 0, coarse: true } }
    }

    /// Takes one character of the decomposed input. `false`: the text is full.
    fn push(&mut self, c: char) -> bool {
        if c.is_ascii_lowercase() {
            self.letter(c, Kind::Small)
        } else if c.is_ascii_digit() {
            self.letter(c, Kind::Digit)
        } else if c.is_ascii_uppercase() {
            self.letter(c.to_ascii_lowercase(), Kind::Capital)
        } else if c == '.' && self.last == Kind::Digit {
            self.last = Kind::Dot;
            true
        } else if c.is_ascii() {
            // An apostrophe glues: "Resemble's" is one word.
            if c != '\'' {
                self.last = Kind::Gap;
            }
            true
        } else {
            self.rare(c)
        }
    }

    fn rare(&mut self, c: char) -> bool {
        if is_combining_mark(c) || is_invisible(c) || matches!(c, '\u{2019}' | '\u{2bc}') {
            return true;
        }
        // Letters that have no decomposition, yet are typed as one or two plain ones.
        let plain = match c {
            'ø' | 'Ø' => "o",
            'ł' | 'Ł' => "l",
            'đ' | 'Đ' | 'ð' | 'Ð' => "d",
            'ħ' | 'Ħ' => "h",
            'ŧ' | 'Ŧ' => "t",
            'ı' => "i",
            'ŋ' | 'Ŋ' => "n",
            'ß' | 'ẞ' => "ss",
            'æ' | 'Æ' => "ae",
            'œ' | 'Œ' => "oe",
            'þ' | 'Þ' => "th",
            _ => "",
        };
        if !plain.is_empty() {
            let kind = if c.is_uppercase() { Kind::Capital } else { Kind::Small };
            return plain.chars().all(|p| self.letter(p, kind));
        }
        if !c.is_alphanumeric() {
            self.last = Kind::Gap;
            return true;
        }
        let kind = if c.is_numeric() {
            Kind::Digit
        } else if c.is_uppercase() {
            Kind::Capital
        } else {
            Kind::Small
        };
        // Lower case may bring marks of its own (İ); those fold away like all others.
        c.to_lowercase().filter(|&l| !is_combining_mark(l)).all(|l| self.letter(l, kind))
    }

    fn letter(&mut self, c: char, kind: Kind) -> bool {
        let at = self.to.text.len();
        if at + c.len_utf8() > MAX_TEXT {
            self.to.cut = true;
            return false;
        }
        if at > 0 {
            match (self.last, kind) {
                (Kind::Gap, _) => self.cut_at(at, true),
                (Kind::Dot, Kind::Digit) => {}
                (Kind::Dot, _) => self.cut_at(at, true),
                (Kind::Digit, Kind::Small | Kind::Capital) | (Kind::Small | Kind::Capital, Kind::Digit) => {
                    self.cut_at(at, false);
                }
                // `HTTPServer`: the capital that a small letter follows begins the word, when two or more stand before it.
                (Kind::Capital, Kind::Small) if self.capitals > 2 => {
                    let before = self.before;
                    self.cut_at(before, false);
                }
                // `LangChain`, but not the last letter of `LLaMA`: that is decided when the next one is known.
                (Kind::Capital, Kind::Small)
                    if self.capitals == 1 && self.before > usize::from(self.word.start) =>
                {
                    let before = self.before;
                    self.cut_at(before, false);
                }
                _ => {}
            }
        }
        self.capitals = if kind == Kind::Capital { self.capitals.saturating_add(1) } else { 0 };
        self.before = at;
        self.last = kind;
        self.to.text.push(c);
        true
    }

    /// Ends the word that is being read at `at`.
    fn cut_at(&mut self, at: usize, coarse: bool) {
        let Ok(at) = u8::try_from(at) else { return };
        if at == self.word.start || self.to.words.len() + 1 >= MAX_WORDS {
            return;
        }
        self.to.words.push(Word { end: at, ..self.word });
        self.word = Word { start: at, end: at, coarse };
    }

    fn finish(mut self, cut: bool) {
        self.to.cut |= cut;
        let Ok(end) = u8::try_from(self.to.text.len()) else { return };
        if end > self.word.start {
            self.word.end = end;
            self.to.words.push(self.word);
        }
        glue_single_letters(self.to);
    }
}

/// A lone letter behind digits belongs to them (`34b`, `3d`), and a `v` before digits is part of the version (`v2`).
fn glue_single_letters(folded: &mut Folded) {
    let mut at = 1;
    while at < folded.words.len() {
        let (left, right) = (folded.words[at - 1], folded.words[at]);
        if !right.coarse {
            let (a, b) = (folded.word(left), folded.word(right));
            let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
            let ends_here = folded.words.get(at + 1).is_none_or(|next| next.coarse);
            if (digits(a) && b.len() == 1 && ends_here) || (a == "v" && digits(b)) {
                folded.words[at - 1].end = right.end;
                folded.words.remove(at);
                continue;
            }
        }
        at += 1;
    }
}
