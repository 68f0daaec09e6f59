//! Styled text: what is said, and how. Never Markdown.

use unicode_segmentation::UnicodeSegmentation;

use super::{
    escape,
    limits::{self, ELLIPSIS, units},
};
use crate::{domain::ids::UserId, error::Arg};

/// Around a name inside a sentence of the texts, so that its place can be found again. Private characters, which
/// [`escape::clean`] takes out of everything that comes from outside.
const NAME_BEGINS: char = '\u{e000}';
const NAME_ENDS: char = '\u{e001}';

/// How a piece of text looks. A terminal gives each a colour; Discord knows only bold and italic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// As it is.
    #[default]
    Plain,
    /// A name or a heading: bold.
    Strong,
    /// What somebody said: italic.
    Quote,
    /// Speaks for ship, such as the filled part of a bar.
    Ship,
    /// Speaks for skip.
    Skip,
    /// Less important, such as the empty part of a bar.
    Dim,
    /// A card's title. Made by [`super::plain`] only.
    Title,
    /// A member of a server; the text is `@` and the id. Discord shows the name. Only private answers name members, and nothing we
    /// send pings anybody.
    Member,
}

/// A piece of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Harmless on a terminal; not yet escaped for Discord. `\n` is the only control character.
    pub text: String,
    /// How it looks.
    pub style: Style,
}

/// Text in pieces of one style each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rich {
    spans: Vec<Span>,
}

impl Rich {
    /// Text as it is. Like every way in, it cleans the text (see [`escape::clean`]); line breaks become spaces.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self::styled(text, Style::Plain)
    }

    /// Text in a style.
    #[must_use]
    pub fn styled(text: &str, style: Style) -> Self {
        let mut rich = Self::default();
        rich.add(escape::clean(text), style);
        rich
    }

    /// A sentence of the texts, in which names that went in by [`name`] are strong.
    #[must_use]
    pub fn sentence(text: &str) -> Self {
        let mut rich = Self::default();
        for (place, part) in text.split(NAME_BEGINS).enumerate() {
            let (strong, rest) =
                if place == 0 { ("", part) } else { part.split_once(NAME_ENDS).unwrap_or((part, "")) };
            rich.add_keeping_edges(strong, Style::Strong);
            rich.add_keeping_edges(rest, Style::Plain);
        }
        rich
    }

    /// Adds more text of a style at the end, with a space before it when it begins with one.
    #[must_use]
    pub fn then(mut self, text: &str, style: Style) -> Self {
        self.add_keeping_edges(text, style);
        self
    }

    /// Adds a member at the end, by id.
    #[must_use]
    pub fn then_member(mut self, member: UserId) -> Self {
        self.spans.push(Span { text: format!("@{member}"), style: Style::Member });
        self
    }

    /// Adds more at the end.
    pub fn append(&mut self, more: Self) {
        for span in more.spans {
            self.add(span.text, span.style);
        }
    }

    /// Adds one more sentence to the paragraph.
    pub fn next(&mut self, more: Self) {
        if more.is_empty() {
            return;
        }
        if !self.is_empty() {
            self.add(" ".to_owned(), Style::Plain);
        }
        self.append(more);
    }

    /// Adds more on a line of its own.
    pub fn line(&mut self, more: Self) {
        if more.is_empty() {
            return;
        }
        if !self.is_empty() {
            self.add("\n".to_owned(), Style::Plain);
        }
        self.append(more);
    }

    /// Adds more after an empty line.
    pub fn paragraph(&mut self, more: Self) {
        if more.is_empty() {
            return;
        }
        if !self.is_empty() {
            self.add("\n\n".to_owned(), Style::Plain);
        }
        self.append(more);
    }

    /// The same words and lines, all in one style.
    #[must_use]
    pub fn restyled(&self, style: Style) -> Self {
        let mut rich = Self::default();
        rich.add(self.text(), style);
        rich
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The pieces.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// What is said, without styles.
    #[must_use]
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// As Markdown of at most `max` units, escaped, cut between graphemes.
    #[must_use]
    pub fn markdown(&self, max: usize) -> String {
        let (whole, is_whole) = self.write_markdown(max);
        if is_whole {
            return whole;
        }
        let (mut cut, _) = self.write_markdown(max.saturating_sub(units(ELLIPSIS)));
        cut.truncate(cut.trim_end().len());
        if max > 0 {
            cut.push_str(ELLIPSIS);
        }
        cut
    }

    /// As text of at most `max` units for a place that shows no Markdown.
    #[must_use]
    pub fn bare(&self, max: usize) -> String {
        limits::cut(&escape::bare(&self.text()), max)
    }

    /// Markdown up to the last grapheme that fits, and whether that is all of it.
    fn write_markdown(&self, max: usize) -> (String, bool) {
        let mut out = String::new();
        let mut used = 0;
        for span in &self.spans {
            if span.style == Style::Member {
                let mention = format!("<{}>", span.text);
                if used + units(&mention) > max {
                    return (out, false);
                }
                used += units(&mention);
                out.push_str(&mention);
                continue;
            }
            let mark = match span.style {
                Style::Strong | Style::Title => "**",
                Style::Quote => "*",
                Style::Plain | Style::Ship | Style::Skip | Style::Dim | Style::Member => "",
            };
            let start = out.len();
            let room = max.saturating_sub(used).saturating_sub(2 * units(mark));
            let is_whole = write_escaped(&mut out, &span.text, room);
            out.truncate(if is_whole { out.len() } else { out.trim_end().len().max(start) });
            if out.len() > start && !mark.is_empty() {
                out.insert_str(start, mark);
                out.push_str(mark);
            }
            used += units(&out[start..]);
            if !is_whole {
                return (out, false);
            }
        }
        (out, true)
    }

    fn add_keeping_edges(&mut self, text: &str, style: Style) {
        let cleaned = escape::clean(text);
        let is_space = |edge: Option<char>| edge.is_some_and(|edge| edge == ' ');
        if cleaned.is_empty() {
            let gap = if text.contains(' ') { " " } else { "" };
            return self.add(gap.to_owned(), Style::Plain);
        }
        if is_space(text.chars().next()) {
            self.add(" ".to_owned(), Style::Plain);
        }
        self.add(cleaned, style);
        if is_space(text.chars().next_back()) {
            self.add(" ".to_owned(), Style::Plain);
        }
    }

    /// Pieces of one style that meet become one: what is escaped is seen together with its neighbours.
    fn add(&mut self, text: String, style: Style) {
        if text.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if last.style == style => last.text.push_str(&text),
            _ => self.spans.push(Span { text, style }),
        }
    }
}

/// A name as an argument of a sentence; [`Rich::sentence`] makes it strong.
#[must_use]
pub fn name(name: &str) -> Arg {
    Arg::Text(format!("{NAME_BEGINS}{}{NAME_ENDS}", escape::clean(name)))
}

/// Text in parts whose escaped form has at most `max` units, parted between words where there are any.
pub(super) fn split_to_fit(text: &str, max: usize) -> Vec<String> {
    // Escaped as at the start of a line, which is never shorter than anywhere else.
    let escaped =
        |text: &str| units(&Rich::plain(text).markdown(usize::MAX)) + usize::from(text.ends_with(' '));
    let mut parts: Vec<String> = Vec::new();
    let (mut part, mut used) = (String::new(), 0);
    let mut add = |piece: &str, length: usize| {
        if used + length > max && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            used = 0;
        }
        part.push_str(piece);
        used += length;
    };
    for word in text.split_inclusive(' ') {
        let length = escaped(word);
        if length <= max {
            add(word, length);
        } else {
            word.graphemes(true).for_each(|grapheme| add(grapheme, escaped(grapheme)));
        }
    }
    parts.push(part);
    parts
}

/// Writes text escaped as far as `room` reaches; says whether all of it fitted.
fn write_escaped(out: &mut String, text: &str, mut room: usize) -> bool {
    let mut markdown = escape::Markdown::new(out.is_empty() || out.ends_with('\n'));
    for (place, grapheme) in text.grapheme_indices(true) {
        let before = out.len();
        for (inner, letter) in grapheme.char_indices() {
            markdown.write(out, letter, &text[place + inner + letter.len_utf8()..]);
        }
        match room.checked_sub(units(&out[before..])) {
            Some(left) => room = left,
            None => {
                out.truncate(before);
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_in_a_sentence_are_strong() {
        let sentence = format!("The panel leans to {}, 75% to 50%.", text_of(name("Axolotl *v0.16*")));
        assert_eq!(
            Rich::sentence(&sentence).markdown(200),
            r"The panel leans to **Axolotl \*v0.16\***, 75% to 50%."
        );
        assert_eq!(Rich::sentence("no name").markdown(200), "no name");
    }

    fn text_of(arg: Arg) -> String {
        match arg {
            Arg::Text(text) => text,
            Arg::Number(_) => unreachable!("a name is text"),
        }
    }

    #[test]
    fn a_cut_closes_what_it_opened() {
        let rich = Rich::plain("By ").then(" Axolotl v0.16", Style::Strong);
        assert_eq!(rich.markdown(100), "By **Axolotl v0.16**");
        assert_eq!(rich.markdown(15), "By **Axolotl**…");
        assert_eq!(rich.markdown(8), "By…");
        assert_eq!(rich.markdown(1), "…");
        assert_eq!(rich.markdown(0), "");
    }

    #[test]
    fn escapes_count_and_are_never_parted() {
        let rich = Rich::plain("*****");
        assert_eq!(rich.markdown(10), r"\*\*\*\*\*");
        assert_eq!(rich.markdown(9), r"\*\*\*\*…");
        assert_eq!(rich.markdown(8), r"\*\*\*…");
    }

    #[test]
    fn a_mention_over_two_pieces_is_none() {
        let rich = Rich::plain("@").then("everyone", Style::Plain);
        assert_eq!(rich.markdown(100), "@\u{200b}everyone");
    }

    #[test]
    fn lines_and_paragraphs() {
        let mut rich = Rich::default();
        rich.line(Rich::plain("# one"));
        rich.line(Rich::default());
        rich.line(Rich::plain("two"));
        rich.paragraph(Rich::plain("- three"));
        assert_eq!(rich.markdown(100), "\\# one\ntwo\n\n\\- three");
    }

    #[test]
    fn long_quotes_lose_nothing() {
        let words = "say * this ".repeat(150);
        let parts = split_to_fit(&words, 200);
        assert_eq!(parts.concat(), words);
        assert!(parts.iter().all(|part| units(&Rich::plain(part).markdown(usize::MAX)) <= 200));
        let one_word = "*".repeat(500);
        assert_eq!(split_to_fit(&one_word, 200).concat(), one_word);
    }

    proptest! {
        #[test]
        fn markdown_fits(parts in prop::collection::vec(("\\PC{0,12}|[*_@<> 👩💻]{0,12}", 0_u8..3), 0..6), max in 0_usize..80) {
            let mut rich = Rich::default();
            for (text, style) in parts {
                let style = [Style::Plain, Style::Strong, Style::Quote][usize::from(style)];
                rich = rich.then(&text, style);
            }
            prop_assert!(units(&rich.markdown(max)) <= max);
            prop_assert!(units(&rich.bare(max)) <= max);
        }
    }
}
