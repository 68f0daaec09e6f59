//! A card as lines of text, for a terminal.
//!
//! Lines are made of the same spans as a card; whoever prints them gives each [`Style`] a colour, or none. Widths are
//! columns, in which an emoji takes two.

use std::fmt;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{
    Card, Field,
    rich::{Rich, Span, Style},
};

/// Narrowest terminal that is written for; narrower ones wrap by themselves.
const NARROWEST: usize = 20;

/// Inline sections stand side by side when each gets so many columns.
const NARROWEST_COLUMN: usize = 28;

/// Columns between sections that stand side by side.
const GUTTER: usize = 3;

/// The lines of a card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plain {
    /// Each line as its spans, without line breaks. Never wider than asked, except below 20 columns.
    pub lines: Vec<Vec<Span>>,
}

impl fmt::Display for Plain {
    /// The lines without styles, each ended by a line break, without spaces at its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let text: String = line.iter().map(|span| span.text.as_str()).collect();
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

/// Writes a card in lines of at most `width` columns. Buttons and menus are left out.
#[must_use]
pub fn plain(card: &Card, width: usize) -> Plain {
    let width = width.max(NARROWEST);
    let mut lines = wrap(&card.title.restyled(Style::Title), width);
    let mut block = |more: Vec<Vec<Span>>| {
        if !more.is_empty() {
            if !lines.is_empty() {
                lines.push(Vec::new());
            }
            lines.extend(more);
        }
    };
    block(wrap(&card.body, width));
    for group in card.fields.chunk_by(|a, b| a.inline && b.inline) {
        let columns = (width + GUTTER) / group.len();
        if group.len() > 1 && columns >= NARROWEST_COLUMN + GUTTER {
            block(side_by_side(group, columns - GUTTER));
        } else {
            for field in group {
                block(section(field, width));
            }
        }
    }
    let footer = card.footer.restyled(Style::Dim);
    block(wrap(&footer, width));
    Plain { lines }
}

/// A heading and what stands below it.
fn section(field: &Field, width: usize) -> Vec<Vec<Span>> {
    let mut lines = wrap(&field.name.restyled(Style::Strong), width);
    lines.extend(wrap(&field.value, width));
    lines
}

/// Sections in columns of one width.
fn side_by_side(fields: &[Field], column: usize) -> Vec<Vec<Span>> {
    let columns: Vec<Vec<Vec<Span>>> = fields.iter().map(|field| section(field, column)).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    (0..height)
        .map(|row| {
            let mut line: Vec<Span> = Vec::new();
            for (place, lines) in columns.iter().enumerate() {
                let begin = place * (column + GUTTER);
                let gap = begin.saturating_sub(line_width(&line));
                if gap > 0 {
                    line.push(Span { text: " ".repeat(gap), style: Style::Plain });
                }
                line.extend(lines.get(row).cloned().unwrap_or_default());
            }
            line
        })
        .collect()
}

fn line_width(line: &[Span]) -> usize {
    line.iter().map(|span| span.text.width()).sum()
}

/// Breaks text into lines between words; words wider than a line are broken between graphemes.
#[must_use]
pub fn wrap(text: &Rich, width: usize) -> Vec<Vec<Span>> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut lines = Lines { width, done: Vec::new(), line: Vec::new(), used: 0 };
    let mut word: Vec<Span> = Vec::new();
    for span in text.spans() {
        // A word may run over several spans: "Axolotl" and the comma after it.
        for (place, part) in span.text.split_inclusive([' ', '\n']).enumerate() {
            if place > 0 {
                lines.word(&mut word);
            }
            let (letters, end) = match part.char_indices().next_back() {
                Some((at, end @ (' ' | '\n'))) => (&part[..at], Some(end)),
                _ => (part, None),
            };
            if !letters.is_empty() {
                word.push(Span { text: letters.to_owned(), style: span.style });
            }
            if let Some(end) = end {
                lines.word(&mut word);
                if end == '\n' {
                    lines.end();
                } else {
                    lines.space(span.style);
                }
            }
        }
    }
    lines.word(&mut word);
    lines.end();
    lines.done
}

/// Lines while they are filled.
struct Lines {
    width: usize,
    done: Vec<Vec<Span>>,
    line: Vec<Span>,
    used: usize,
}

impl Lines {
    fn word(&mut self, word: &mut Vec<Span>) {
        let width = line_width(word);
        if self.used > 0 && self.used + width > self.width {
            self.end();
        }
        for span in word.drain(..) {
            if self.used + span.text.width() <= self.width {
                self.push(&span.text, span.style);
                continue;
            }
            for grapheme in span.text.graphemes(true) {
                if self.used > 0 && self.used + grapheme.width() > self.width {
                    self.end();
                }
                self.push(grapheme, span.style);
            }
        }
    }

    fn space(&mut self, style: Style) {
        if self.used > 0 && self.used < self.width {
            self.push(" ", style);
        }
    }

    fn push(&mut self, text: &str, style: Style) {
        self.used += text.width();
        match self.line.last_mut() {
            Some(last) if last.style == style => last.text.push_str(text),
            _ => self.line.push(Span { text: text.to_owned(), style }),
        }
    }

    fn end(&mut self) {
        self.used = 0;
        self.done.push(std::mem::take(&mut self.line));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(text: &Rich, width: usize) -> Vec<String> {
        let lines = wrap(text, width);
        lines
            .iter()
            .map(|line| line.iter().map(|span| span.text.as_str()).collect::<String>().trim_end().to_owned())
            .collect()
    }

    #[test]
    fn words_wrap_whole() {
        let text = Rich::plain("leans to").then(" Axolotl", Style::Strong).then(", 75% to 50%", Style::Plain);
        assert_eq!(lines(&text, 17), ["leans to Axolotl,", "75% to 50%"]);
        assert_eq!(lines(&text, 16), ["leans to", "Axolotl, 75% to", "50%"]);
        assert_eq!(lines(&Rich::plain("abcdefgh ij"), 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(lines(&Rich::plain("🚢🚢🚢"), 5), ["🚢🚢", "🚢"]);
    }

    #[test]
    fn inline_sections_stand_side_by_side_where_there_is_room() {
        let field = |name: &str| Field {
            name: Rich::plain(name),
            value: Rich::plain("Panel 50%"),
            inline: true,
            drop_order: 0,
        };
        let card =
            Card { title: Rich::plain("A vs B"), fields: vec![field("A"), field("B")], ..Card::default() };
        let wide = plain(&card, 60).to_string();
        assert_eq!(
            wide,
            "A vs B\n\nA                              B\nPanel 50%                      Panel 50%\n"
        );
        assert_eq!(plain(&card, 40).to_string(), "A vs B\n\nA\nPanel 50%\n\nB\nPanel 50%\n");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text in "[a-z 🚢é]{0,60}", more in "[a-z 🚢]{0,60}", width in 2_usize..40) {
            let rich = Rich::plain(&text).then(&more, Style::Strong);
            for line in wrap(&rich, width) {
                prop_assert!(line_width(&line) <= width);
            }
        }
    }
}
