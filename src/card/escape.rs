//! What makes foreign text harmless: text that people typed or that a catalog holds.
//!
//! Two steps. [`clean`] takes away what nobody can see (and what a terminal would obey); it is applied to everything. Then
//! [`Markdown`] or [`bare`] writes it for the place where it will stand.

use std::fmt::Write as _;

use unicode_normalization::char::is_combining_mark;

/// Most combining marks on one letter; no language stacks more, and piles of them run over the neighbouring lines.
const MARKS_ON_A_LETTER: usize = 4;

/// Parts two characters that would mean something side by side, without being seen.
const GAP: char = '\u{200b}';

/// Takes away control characters, invisible characters, direction overrides and piles of combining marks, and writes every
/// run of spaces and line breaks as one space. The joiners that emoji and some scripts need stay where they do their work.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    let mut gap = false;
    // A joiner is written with the letter that it joins, when one comes.
    let mut joiner = None;
    let joins = |letter: char| !letter.is_ascii() && !is_invisible(letter);
    for letter in text.chars() {
        if letter.is_whitespace() || letter == '\u{2800}' {
            (gap, joiner) = (true, None);
            continue;
        }
        let last = if gap { None } else { out.chars().next_back() };
        if matches!(letter, '\u{200c}' | '\u{200d}') {
            joiner = joiner.or(last.is_some_and(joins).then_some(letter));
            continue;
        }
        let is_kept = match letter {
            '\u{fe0e}' | '\u{fe0f}' => last.is_some_and(|last| !matches!(last, '\u{fe0e}' | '\u{fe0f}')),
            _ => !is_invisible(letter),
        };
        if !is_kept {
            continue;
        }
        marks = if is_combining_mark(letter) && !matches!(letter, '\u{fe0e}' | '\u{fe0f}') {
            marks + 1
        } else {
            0
        };
        if marks > MARKS_ON_A_LETTER || (marks > 0 && last.is_none()) {
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        out.extend(joiner.take().filter(|_| joins(letter)));
        out.push(letter);
    }
    out
}

/// Characters that show nothing or turn the direction of what follows, and the three that this room uses as marks.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e000}'..='\u{e002}' | '\u{e0000}'..='\u{e0fff}')
}

/// Writes text for a place that shows Markdown: every character that could mean something there is escaped. Remembers what
/// stands on the line so far, since some characters mean something only where a line begins.
pub(super) struct Markdown {
    is_line_start: bool,
    only_digits: bool,
}

impl Markdown {
    /// At the start of a line, or within one.
    pub(super) const fn new(is_line_start: bool) -> Self {
        Self { is_line_start, only_digits: false }
    }

    /// Writes one character; `rest` is the text after it.
    pub(super) fn write(&mut self, out: &mut String, letter: char, rest: &str) {
        let is_escaped = match letter {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '<' | '>' => true,
            '#' | '-' | '+' => self.is_line_start,
            '.' | ')' => self.only_digits,
            _ => false,
        };
        if is_escaped {
            out.push('\\');
        }
        out.push(letter);
        if starts_a_mention(letter, rest) {
            out.push(GAP);
        }
        self.only_digits = letter.is_ascii_digit() && (self.is_line_start || self.only_digits);
        self.is_line_start = letter == '\n' || (self.is_line_start && letter == ' ');
    }
}

/// Writes text for a place that shows it as it is (footers, labels, placeholders): only mentions are broken.
#[must_use]
pub fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (place, letter) in text.char_indices() {
        out.push(letter);
        if starts_a_mention(letter, &text[place + letter.len_utf8()..]) {
            out.push(GAP);
        }
    }
    out
}

/// Whether the character and what follows it would be read as a mention, an emoji, a time or a link into the server.
/// Messages are sent with mentions turned off as well; this holds also where somebody forgets that.
fn starts_a_mention(letter: char, rest: &str) -> bool {
    let begins = |word: &str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    match letter {
        '@' => begins("everyone") || begins("here"),
        '<' => ["@", "#", ":", "/", "a:", "t:", "id:"].into_iter().any(begins),
        _ => false,
    }
}

/// An address that may stand behind a link: `https://` or `http://`, without spaces, brackets or control characters.
#[must_use]
pub fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    if host.is_empty() || host.starts_with('/') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '(' | ')' | '<' | '>' | '"' | '\\' | '`' | '|' => {
                let _ = write!(out, "%{:02X}", u32::from(letter));
            }
            _ if letter.is_whitespace() || is_invisible(letter) => return None,
            _ => out.push(letter),
        }
    }
    (super::limits::units(&out) <= super::limits::URL).then_some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        written_at(&clean(text), true)
    }

    fn written_at(text: &str, is_line_start: bool) -> String {
        let (mut out, mut markdown) = (String::new(), Markdown::new(is_line_start));
        for (place, letter) in text.char_indices() {
            markdown.write(&mut out, letter, &text[place + letter.len_utf8()..]);
        }
        out
    }

    #[test]
    fn nobody_is_pinged() {
        assert_eq!(written("@everyone"), "@\u{200b}everyone");
        assert_eq!(written("@HERE you"), "@\u{200b}HERE you");
        assert_eq!(
            written("<@1> <@!1> <@&2> <#3>"),
            "\\<\u{200b}@1\\> \\<\u{200b}@!1\\> \\<\u{200b}@&2\\> \\<\u{200b}#3\\>"
        );
        // Taking zero-width characters away must not put a mention together.
        assert_eq!(written("@\u{200b}every\u{200d}one"), "@\u{200b}everyone");
        assert_eq!(written("<\u{2060}@1>"), "\\<\u{200b}@1\\>");
        assert_eq!(bare("@everyone <@1>"), "@\u{200b}everyone <\u{200b}@1>");
        // A scoped package is no mention.
        assert_eq!(written("@openai/codex"), "@openai/codex");
    }

    #[test]
    fn markdown_is_text() {
        assert_eq!(
            written("**bold** __u__ ~~s~~ ||spoiler||"),
            r"\*\*bold\*\* \_\_u\_\_ \~\~s\~\~ \|\|spoiler\|\|"
        );
        assert_eq!(written("[x](javascript:alert(1))"), r"\[x\](javascript:alert(1))");
        assert_eq!(written("```rm -rf```"), r"\`\`\`rm -rf\`\`\`");
        assert_eq!(written(r"back\slash"), r"back\\slash");
        assert_eq!(
            written("<:emoji:1> <t:0:R> <a:x:1> <id:guide>"),
            "\\<\u{200b}:emoji:1\\> \\<\u{200b}t:0:R\\> \\<\u{200b}a:x:1\\> \\<\u{200b}id:guide\\>"
        );
    }

    #[test]
    fn blocks_begin_at_the_start_of_a_line_only() {
        assert_eq!(written("# big"), r"\# big");
        assert_eq!(written("-# small"), r"\-# small");
        assert_eq!(written("> said"), r"\> said");
        assert_eq!(written("- item"), r"\- item");
        assert_eq!(written("12. item"), r"12\. item");
        assert_eq!(written("C# is v1.2 - fine"), "C# is v1.2 - fine");
        assert_eq!(written_at("a\n- b", false), "a\n\\- b");
    }

    #[test]
    fn invisible_characters_go_and_joiners_that_work_stay() {
        assert_eq!(clean("A\u{200b}xo\u{ad}lotl\u{feff}"), "Axolotl");
        assert_eq!(clean("\u{202e}txt.exe"), "txt.exe");
        assert_eq!(clean("  two\r\n\n  lines\t"), "two lines");
        assert_eq!(clean("\u{1b}[31mred\u{7}"), "[31mred");
        assert_eq!(clean("👩\u{200d}💻 ⏭\u{fe0f}"), "👩\u{200d}💻 ⏭\u{fe0f}");
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(clean("\u{3164}\u{2800}\u{200d}"), "");
        // What stands between a joiner and the letter may go: the joiner then joins, or goes too.
        assert_eq!(clean("‶\u{200d}\u{84}@"), "‶@");
        assert_eq!(clean("👩\u{200d}\u{200d}\u{7}💻"), "👩\u{200d}💻");
        let pile = format!("a{}", "\u{301}".repeat(50));
        assert_eq!(clean(&pile).chars().count(), 1 + MARKS_ON_A_LETTER);
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(address("https://example.com/a_(b)").unwrap(), "https://example.com/a_%28b%29");
        let long = format!("https://example.com/{}", "a".repeat(600));
        for bad in
            ["javascript:alert(1)", "ftp://x", "https://", "https:///x", "https://a b", "", long.as_str()]
        {
            assert_eq!(address(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in "\\PC{0,20}|[\u{200b}-\u{200f}\u{80}-\u{84}a@<\u{300}-\u{310}👩💻 \n]{0,20}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
        }

        #[test]
        fn what_is_written_mentions_nobody(text in "(@|<|>|!|&|#|everyone|here|1|\u{200b}|\u{200d}|\\\\|\\*| |\n){0,12}") {
            for out in [written(&text), bare(&clean(&text))] {
                for mention in ["@everyone", "@here", "<@", "<#", "<:", "</"] {
                    prop_assert!(!out.to_lowercase().contains(mention), "{out:?}");
                }
            }
        }
    }
}
