//! A message without its markup, as words and what stands between them.

use unicode_normalization::UnicodeNormalization;

use super::words::{self, Unspaced};

/// The most characters of a message that are read.
const MAX_CHARS: usize = 4_000;
/// The most parts of a message that are read.
const MAX_PARTS: usize = 400;

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Word(String),
    /// What stands between two names by itself: a sign, or a word of a script without spaces.
    Sign(Kind),
    Comma,
    /// A new line within a sentence.
    Line,
    /// The end of a sentence.
    End,
}

impl Part {
    pub(super) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

/// What joins two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `vs`, `versus`.
    Versus,
    /// `better than`, `instead of`, `compared to`.
    Than,
    /// `or`.
    Or,
    /// `and`, `with`.
    And,
    /// `switch from … to`.
    To,
    /// `/`.
    Slash,
    /// `>`.
    Greater,
    Comma,
}

/// How clearly a joint makes a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    Weak,
    Strong,
}

/// A joint within a clause: the parts `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Joint {
    pub(super) kind: Kind,
    pub(super) strength: Strength,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Joint {
    /// Whether a list goes on over this joint.
    pub(super) fn lists(&self) -> bool {
        matches!(self.kind, Kind::Comma | Kind::Or | Kind::And | Kind::Versus | Kind::Slash | Kind::Greater)
    }
}

/// A message as parts, and all its words in lower case.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) parts: Vec<Part>,
    pub(super) words: Vec<String>,
}

/// Reads a message.
pub(super) fn read(text: &str) -> Message {
    let text: String = text.chars().take(MAX_CHARS).collect();
    let text: String = without_markup(&text).nfkc().take(2 * MAX_CHARS).collect();
    let mut message = Message::default();
    for (nth, line) in text.lines().enumerate() {
        // A line that is quoted is not what is asked; a lone `>` between names is.
        if line.starts_with("> ") && (nth > 0 || text.lines().count() > 1) {
            continue;
        }
        if !message.parts.is_empty() {
            push(&mut message, Part::Line);
        }
        for chunk in line.split_whitespace() {
            if message.parts.len() < MAX_PARTS {
                read_chunk(chunk, &mut message);
            }
        }
    }
    message
}

fn push(message: &mut Message, part: Part) {
    if let Part::Word(word) = &part {
        message.words.push(word.to_lowercase());
    }
    message.parts.push(part);
}

/// Takes out code blocks, mentions of members, channels and roles, own emoji, and links.
fn without_markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (nth, piece) in text.split("```").enumerate() {
        if nth % 2 == 1 {
            out.push('\n');
            continue;
        }
        let mut rest = piece;
        while let Some(open) = rest.find('<') {
            let (before, tail) = rest.split_at(open);
            out.push_str(before);
            let marks = tail
                .as_bytes()
                .get(1)
                .is_some_and(|b| matches!(b, b'@' | b'#' | b':' | b'a' | b't' | b'/' | b'h' | b'i'));
            match tail
                .find('>')
                .filter(|&close| marks && close < 90 && !tail[..close].contains(char::is_whitespace))
            {
                Some(close) => {
                    out.push(' ');
                    rest = &tail[close + 1..];
                }
                None => {
                    out.push('<');
                    rest = &tail[1..];
                }
            }
        }
        out.push_str(rest);
    }
    out
}

const OPENING: &[char] = &[
    '(', '[', '{', '"', '\'', '“', '‘', '„', '«', '»', '¿', '¡', '*', '_', '~', '`', '|', '-', '「', '『',
    '《', '【', '…', ',', ':', ';', '#',
];
const CLOSING: &[char] = &[
    ')', ']', '}', '"', '\'', '”', '’', '“', '‘', '»', '«', '*', '_', '~', '`', '|', '.', ',', '!', '?', ';',
    ':', '…', '。', '、', '！', '？', '，', '；', '：', '」', '』', '》', '】', '-',
];

/// Reads what stands between two spaces.
fn read_chunk(chunk: &str, message: &mut Message) {
    let lower = chunk.to_lowercase();
    if let Some(kind) = words::sign(&lower) {
        push(message, Part::Sign(kind));
        return;
    }
    if lower.contains("://") || lower.starts_with("www.") || (chunk.starts_with('@') && chunk.len() > 1) {
        return;
    }
    for piece in pieces(chunk) {
        match piece {
            Piece::Sign(kind) => push(message, Part::Sign(kind)),
            // It stands for itself in the list of words, and ends no name.
            Piece::Ask => {
                message.words.push(words::ASK.to_owned());
                push(message, Part::Word(words::ASK.to_owned()));
            }
            Piece::Text(text) => read_word(&text, message),
        }
    }
}

/// A stretch of one script.
enum Piece {
    Text(String),
    Sign(Kind),
    /// A word that asks for a choice, in a script without spaces.
    Ask,
}

/// Cuts a chunk where a script without spaces begins or ends, and at the joints within that script.
fn pieces(chunk: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut text = String::new();
    let mut rest = chunk;
    while let Some(c) = rest.chars().next() {
        if let Some((length, found)) = words::unspaced(rest) {
            if !text.is_empty() {
                out.push(Piece::Text(std::mem::take(&mut text)));
            }
            match found {
                Unspaced::Joint(kind) => out.push(Piece::Sign(*kind)),
                Unspaced::Ask => out.push(Piece::Ask),
                Unspaced::Filler => {}
            }
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        let cut = text.chars().last().is_some_and(|last| {
            is_unspaced(last) != is_unspaced(c) && last.is_alphanumeric() && c.is_alphanumeric()
        });
        if cut {
            out.push(Piece::Text(std::mem::take(&mut text)));
        }
        text.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    if !text.is_empty() {
        out.push(Piece::Text(text));
    }
    out
}

/// Whether a letter belongs to a script that is written without spaces, or glues its particles to words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ac00}'..='\u{d7af}')
}

fn read_word(chunk: &str, message: &mut Message) {
    let lead: String = chunk.chars().take_while(|c| OPENING.contains(c)).collect();
    if lead.contains([',', ';', ':']) {
        push(message, Part::Comma);
    }
    let word = chunk.trim_start_matches(OPENING);
    let mut body = word.trim_end_matches(CLOSING);
    // What was cut off may belong to a name (`C#` keeps its sign) but for the marks that end a sentence.
    let tail = word.get(body.len()..).unwrap_or_default();
    if let Some(plain) = body.strip_suffix("'s").or_else(|| body.strip_suffix("’s")) {
        body = plain;
    }
    // `Cursor,Cline`
    for (nth, piece) in body.split([',', '，', '、', ';']).enumerate() {
        if nth > 0 {
            push(message, Part::Comma);
        }
        let lower = piece.to_lowercase();
        if let Some(kind) = words::sign(&lower) {
            push(message, Part::Sign(kind));
        } else if lower.contains("-vs-") {
            for (nth, side) in lower.split("-vs-").enumerate() {
                if nth > 0 {
                    push(message, Part::Sign(Kind::Versus));
                }
                push(message, Part::Word(side.to_owned()));
            }
        } else if piece.chars().any(char::is_alphanumeric) {
            push(message, Part::Word(piece.to_owned()));
        }
    }
    // The dot of `vs.` ends no sentence, nor does that of an initial.
    let joint = matches!(message.parts.last(), Some(Part::Sign(_)));
    let ends = tail.contains(['?', '？', '!', '！', '。', '；', ';', '…']);
    if ends || (tail.contains('.') && !joint && body.chars().count() > 1) {
        push(message, Part::End);
    } else if tail.contains([',', '、', '，', ':', '：']) {
        push(message, Part::Comma);
    }
}
