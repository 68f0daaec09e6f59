//! Rows in columns, cut to the width of the page.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::card::{Span, Style};

/// Spaces between columns.
const GAP: usize = 2;

/// A cell.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    text: String,
    style: Style,
    is_number: bool,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style, is_number: false }
    }

    /// A cell that stands at the right of its column.
    pub(super) fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::Plain, is_number: true }
    }
}

/// Lays rows out in columns. The column `flexible` gives room when the page is narrow, at least `least` columns; the last
/// column is left out of lines that still do not fit.
pub(super) fn lay_out(rows: &[Vec<Cell>], width: usize, flexible: usize, least: usize) -> Vec<Vec<Span>> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..count)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.width()).max().unwrap_or(0)
        })
        .collect();
    let total = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    let over = total(&widths).saturating_sub(width);
    if let Some(flexible) = widths.get_mut(flexible) {
        *flexible = flexible.saturating_sub(over).max(least.min(*flexible));
    }
    while widths.len() > 2 && total(&widths) > width {
        widths.pop();
    }
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn line(row: &[Cell], widths: &[usize]) -> Vec<Span> {
    let mut spans = Vec::with_capacity(row.len() * 2);
    let plain = |text: String| Span { text, style: Style::Plain };
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        if column > 0 {
            spans.push(plain(" ".repeat(GAP)));
        }
        let text = cut(&cell.text, *width);
        let fill = " ".repeat(width.saturating_sub(text.width()));
        let span = Span { text, style: cell.style };
        if cell.is_number {
            spans.extend([plain(fill), span]);
        } else {
            spans.extend([span, plain(fill)]);
        }
    }
    spans
}

/// The text, or as much of it as fits and an ellipsis.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for grapheme in text.graphemes(true) {
        if kept.width() + grapheme.width() + 1 > width {
            break;
        }
        kept.push_str(grapheme);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rows: &[Vec<Cell>], width: usize) -> Vec<String> {
        let lines = lay_out(rows, width, 1, 4);
        lines
            .iter()
            .map(|line| line.iter().map(|span| span.text.as_str()).collect::<String>().trim_end().to_owned())
            .collect()
    }

    #[test]
    fn columns_line_up_and_give_room() {
        let row = |n: &str, name: &str, how: &str| {
            vec![Cell::number(n), Cell::new(name, Style::Plain), Cell::new(how, Style::Dim)]
        };
        let rows = [row("1", "Axolotl v0.16", "typo"), row("10", "Olla", "prefix")];
        assert_eq!(text(&rows, 40), [" 1  Axolotl v0.16  typo", "10  Olla           prefix"]);
        assert_eq!(text(&rows, 20), [" 1  Axolotl…  typo", "10  Olla      prefix"]);
        assert_eq!(text(&rows, 10), [" 1  Axo…", "10  Olla"]);
    }
}
