//! Reads the paths (`crate::card::Card`) out of a Rust source, without a parser: words and marks are enough for that.

/// One path as it stands in a source, with `self` and `super` worked out.
pub(super) struct Found {
    /// The words, `crate` first where the path leads into our own rooms.
    pub(super) path: Vec<String>,
    /// The line of the source, from 1.
    pub(super) line: usize,
    /// Whether it stands in a `use` or `extern crate`, where one word alone is an import.
    pub(super) import: bool,
}

/// Finds every path in a source file that holds `module` (its names from the crate's root down).
pub(super) fn paths(source: &str, mut module: Vec<String>) -> Vec<Found> {
    let tokens = &tokens(source);
    let mut found = Vec::new();
    let mut at = 0;
    let mut import = false;
    // How many braces are open, and how many were when each `mod name {` began.
    let mut depth = 0;
    let mut inner = Vec::new();
    while let Some(token) = tokens.get(at) {
        match &token.kind {
            Kind::Word(word) if word == "use" || word == "extern" => import = true,
            Kind::Word(word) if word == "mod" => {
                if let (Some(Kind::Word(name)), true) = (kind(tokens, at + 1), mark(tokens, at + 2, '{')) {
                    module.push(name.clone());
                    inner.push(depth);
                    depth += 1;
                    at += 2;
                }
            }
            Kind::Word(_) => {
                at = path_at(tokens, at, &module, &[], import, &mut found);
                continue;
            }
            Kind::Mark('{') => depth += 1,
            Kind::Mark('}') => {
                depth -= 1;
                if inner.pop_if(|before| *before == depth).is_some() {
                    module.pop();
                }
            }
            Kind::Mark(';') => import = false,
            Kind::Mark(_) => {}
        }
        at += 1;
    }
    found
}

/// Reads the path that begins at `at`, below `prefix`, and returns where it ends. The braces of a `use` give several.
fn path_at(
    tokens: &[Token],
    mut at: usize,
    module: &[String],
    prefix: &[String],
    import: bool,
    into: &mut Vec<Found>,
) -> usize {
    let mut path = prefix.to_vec();
    let line = tokens[at].line;
    loop {
        match kind(tokens, at) {
            Some(Kind::Word(word)) => path.push(word.clone()),
            Some(Kind::Mark('*')) if import => path.push("*".to_owned()),
            Some(Kind::Mark('{')) if !path.is_empty() => {
                at += 1;
                while at < tokens.len() && !mark(tokens, at, '}') {
                    if mark(tokens, at, ',') {
                        at += 1;
                    } else {
                        at = path_at(tokens, at, module, &path, import, into);
                    }
                }
                return at + 1;
            }
            _ => break,
        }
        at += 1;
        if !(mark(tokens, at, ':') && mark(tokens, at + 1, ':')) {
            break;
        }
        at += 2;
    }
    into.push(Found { path: resolve(module, path), line, import });
    // A name given by `as` is not a path.
    if import && matches!(kind(tokens, at), Some(Kind::Word(word)) if word == "as") { at + 2 } else { at }
}

/// Works out `self` and `super` against the module the path stands in; other paths stay as they are.
fn resolve(module: &[String], path: Vec<String>) -> Vec<String> {
    let steps = path.iter().take_while(|part| *part == "self" || *part == "super").count();
    if steps == 0 {
        return path;
    }
    let up = path[..steps].iter().filter(|part| *part == "super").count();
    let kept = module.len().saturating_sub(up);
    let mut whole = vec!["crate".to_owned()];
    whole.extend_from_slice(&module[..kept]);
    whole.extend_from_slice(&path[steps..]);
    whole
}

/// A word or a mark of a source; comments, texts, characters and lifetimes are left out.
struct Token {
    kind: Kind,
    line: usize,
}

enum Kind {
    Word(String),
    Mark(char),
}

fn kind(tokens: &[Token], at: usize) -> Option<&Kind> {
    tokens.get(at).map(|token| &token.kind)
}

fn mark(tokens: &[Token], at: usize, wanted: char) -> bool {
    matches!(kind(tokens, at), Some(Kind::Mark(found)) if *found == wanted)
}

fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let is = |at: usize, wanted: char| chars.get(at) == Some(&wanted);
    let word = |at: usize| chars.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let mut found = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while at < chars.len() {
        let start = at;
        match chars[at] {
            '/' if is(at + 1, '/') => {
                while at < chars.len() && !is(at, '\n') {
                    at += 1;
                }
            }
            '/' if is(at + 1, '*') => {
                let mut open = 0;
                loop {
                    if is(at, '/') && is(at + 1, '*') {
                        open += 1;
                        at += 2;
                    } else if is(at, '*') && is(at + 1, '/') {
                        open -= 1;
                        at += 2;
                    } else {
                        at += 1;
                    }
                    if open == 0 || at >= chars.len() {
                        break;
                    }
                }
            }
            '"' => at = after_text(&chars, at),
            // A character ends with a quote; a lifetime is a word without one.
            '\'' => {
                at += if is(at + 1, '\\') { 3 } else { 2 };
                if is(at, '\'') || chars[start + 1] == '\\' {
                    while at < chars.len() && !is(at, '\'') {
                        at += 1;
                    }
                    at += 1;
                } else {
                    while word(at) {
                        at += 1;
                    }
                }
            }
            first if first.is_alphanumeric() || first == '_' => {
                while word(at) {
                    at += 1;
                }
                let text: String = chars[start..at].iter().collect();
                let mut hashes = 0;
                while is(at + hashes, '#') {
                    hashes += 1;
                }
                let raw = matches!(text.as_str(), "r" | "br" | "cr") && is(at + hashes, '"');
                if raw {
                    at = after_raw_text(&chars, at + hashes + 1, hashes);
                } else if matches!(text.as_str(), "b" | "c") && is(at, '"') {
                    at = after_text(&chars, at);
                } else {
                    found.push(Token { kind: Kind::Word(text), line });
                }
            }
            other => {
                at += 1;
                if !other.is_whitespace() {
                    found.push(Token { kind: Kind::Mark(other), line });
                }
            }
        }
        line += chars[start..at.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    found
}

/// Where the text whose opening quote stands at `at` is over.
fn after_text(chars: &[char], mut at: usize) -> usize {
    at += 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Where the raw text that begins at `at`, and ends with a quote and so many hashes, is over.
fn after_raw_text(chars: &[char], mut at: usize, hashes: usize) -> usize {
    while at < chars.len() {
        let closes = chars[at] == '"' && chars[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes;
        at += 1;
        if closes {
            return at + hashes;
        }
    }
    at
}
