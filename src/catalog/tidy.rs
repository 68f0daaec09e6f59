//! Characters that texts must not hold, near misses of known words, and the mending of short lines.

use unicode_segmentation::UnicodeSegmentation;

/// A field name or id that differs by at most this many letters is taken for a slip.
const NEAR: usize = 2;

/// The first character that has no business in a text, and its place counted from 1: control characters, line ends, and
/// those that turn the direction of the text, hide in it, or carry hidden text.
///
/// Joiners and variation selectors stay allowed: emoji and some scripts need them.
#[must_use]
pub fn hostile(text: &str) -> Option<(usize, char)> {
    if text.is_ascii() && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return None;
    }
    (1..).zip(text.chars()).find(|&(_, c)| is_hostile(c))
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a text holds characters that nobody can see and that [`one_line`] takes out; line ends and tabs are none.
#[must_use]
pub fn hides(text: &str) -> bool {
    text.chars().any(|c| is_hostile(c) && !c.is_whitespace() && !matches!(c, '\n' | '\r' | '\t'))
}

/// The known word that was probably meant.
#[must_use]
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&lower, known), known))
        .filter(|&(distance, known)| distance <= NEAR && distance * 2 < known.len().max(2))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, known)| known)
}

/// One line without hostile characters and without doubled or outer spaces, cut to `max` characters at the end of a
/// word, and whether it had to be cut.
#[must_use]
pub fn one_line(text: &str, max: usize) -> (String, bool) {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let mut word = word.chars().filter(|&c| !is_hostile(c)).peekable();
        if word.peek().is_some() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.extend(word);
        }
    }
    if line.chars().count() <= max {
        return (line, false);
    }
    let mut cut = String::new();
    let mut room = max.saturating_sub(1);
    for grapheme in line.graphemes(true) {
        let size = grapheme.chars().count();
        if size > room {
            break;
        }
        room -= size;
        cut.push_str(grapheme);
    }
    // A cut in the middle of a word reads badly; one in the middle of a very long word cannot be helped.
    if let Some((whole, _)) = cut.rsplit_once(' ').filter(|(whole, _)| whole.len() * 2 > cut.len()) {
        cut.truncate(whole.len());
    }
    cut.truncate(cut.trim_end_matches([' ', ',', ';', ':', '-']).len());
    cut.push('…');
    (cut, true)
}

/// `text` as an id: lower-case words of `a-z0-9` with single hyphens between them, at most `max` bytes. Empty when the text
/// holds no Latin letter and no digit.
///
/// Ids are kept for ever, so this rule must never change, whatever becomes of name matching.
#[must_use]
pub fn kebab(text: &str, max: usize) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let mut id = String::with_capacity(text.len().min(max));
    let mut gap = false;
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            if gap && !id.is_empty() {
                id.push('-');
            }
            gap = false;
            id.push(c);
        } else if !unicode_normalization::char::is_combining_mark(c) && c != '\'' && c != '’' {
            gap = true;
        }
    }
    id.truncate(max);
    id.truncate(id.trim_end_matches('-').len());
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn near_misses_are_told() {
        assert_eq!(closest("alias", ["name", "aliases"]), Some("aliases"));
        assert_eq!(closest("Tagline", ["name", "tagline"]), Some("tagline"));
        assert_eq!(closest("source", ["name", "aliases", "category", "tagline"]), None);
        assert_eq!(closest("id", ["per"]), None);
    }

    #[test]
    fn hostile_characters_are_found() {
        assert_eq!(hostile("plain, naïve and 🧑‍💻 ⏭️"), None);
        assert_eq!(hostile("a\u{202e}b"), Some((2, '\u{202e}')));
        assert_eq!(hostile("line\nbreak"), Some((5, '\n')));
        assert_eq!(hostile("zero\u{200b}width"), Some((5, '\u{200b}')));
    }

    #[test]
    fn ids_come_from_names() {
        assert_eq!(kebab("Llama 3.1 (8B)", 40), "llama-3-1-8b");
        assert_eq!(kebab("  Crème—Brûlée's ", 40), "creme-brulees");
        assert_eq!(kebab("工具", 40), "");
        assert_eq!(kebab("a bc", 2), "a");
    }

    proptest! {
        #[test]
        fn a_tidy_line_is_one_line_within_its_room(text in "\\PC{0,60}|[ \\n\\ta-z\u{200b}é🧑‍💻,-]{0,80}", max in 1usize..40) {
            let (line, cut) = one_line(&text, max);
            prop_assert!(line.chars().count() <= max);
            prop_assert_eq!(hostile(&line), None);
            prop_assert_eq!(line.trim(), &line);
            if !cut {
                let again = one_line(&line, max);
                prop_assert_eq!(again, (line, false));
            }
        }

        #[test]
        fn an_id_is_well_formed_or_empty(text in "\\PC{0,60}") {
            let id = kebab(&text, 40);
            prop_assert!(id.is_empty() || (super::super::file::is_id(&id) && id.len() <= 40), "{}", id);
        }
    }
}
