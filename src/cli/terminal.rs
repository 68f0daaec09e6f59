//! What is written to the person in front of the screen, or to the pipe behind it.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Effects, Style as Ansi};
use serde::Serialize;

use crate::{
    card::{
        Card, Rich, Span, Style,
        plain::{Plain, plain, wrap},
    },
    text::{DEFAULT_LANGUAGE, Texts},
};

/// Columns of a page when nobody says how wide it is.
const PIPE_WIDTH: usize = 80;

/// Longer lines than this are hard to read, however wide the window.
const WIDEST: usize = 100;

/// Standard output: styled and as wide as the window on a terminal, plain text in a pipe.
pub struct Terminal {
    out: Box<dyn Write>,
    is_coloured: bool,
    /// Columns to fill.
    pub width: usize,
    /// Whether a person reads along.
    pub is_terminal: bool,
    /// The words.
    pub texts: &'static Texts,
}

impl Terminal {
    /// Standard output of this process, so many columns wide when that is given. Colour follows `NO_COLOR`, `CLICOLOR`
    /// and `CLICOLOR_FORCE`.
    #[must_use]
    pub fn standard(width: Option<u16>) -> Self {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        let width = match (width, terminal_size::terminal_size()) {
            (Some(columns), _) => usize::from(columns),
            (None, Some((terminal_size::Width(columns), _))) if is_terminal => {
                usize::from(columns).min(WIDEST)
            }
            (None, _) => PIPE_WIDTH,
        };
        let is_coloured = AutoStream::choice(&stdout) != ColorChoice::Never;
        let out: Box<dyn Write> = if is_terminal {
            Box::new(AutoStream::auto(stdout.lock()))
        } else {
            // Standard output hands on every line by itself, which is slow for a page of a million.
            Box::new(BufWriter::new(stdout.lock()))
        };
        Self { out, is_coloured, width, is_terminal, texts: Texts::for_language(DEFAULT_LANGUAGE) }
    }

    /// One line of text.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// A line in pieces of a style each.
    pub fn spans(&mut self, spans: &[Span]) -> io::Result<()> {
        // Spaces at the end of a line are invisible on a screen and a nuisance in a file.
        let length =
            spans.iter().rposition(|span| !span.text.trim_end().is_empty()).map_or(0, |last| last + 1);
        for (place, span) in spans.iter().take(length).enumerate() {
            let text = if place + 1 == length { span.text.trim_end() } else { &span.text };
            let style = if self.is_coloured { ansi(span.style) } else { Ansi::new() };
            write!(self.out, "{style}{text}{style:#}")?;
        }
        writeln!(self.out)
    }

    /// Styled text, wrapped.
    pub fn rich(&mut self, text: &Rich) -> io::Result<()> {
        wrap(text, self.width).iter().try_for_each(|line| self.spans(line))
    }

    /// A card.
    pub fn card(&mut self, card: &Card) -> io::Result<()> {
        let Plain { lines } = plain(card, self.width);
        lines.iter().try_for_each(|line| self.spans(line))
    }

    /// One JSON value; on several lines for people, on one in a pipe.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        if self.is_terminal {
            serde_json::to_writer_pretty(&mut self.out, value)?;
        } else {
            serde_json::to_writer(&mut self.out, value)?;
        }
        writeln!(self.out)
    }

    /// One JSON value on one line, also for people: a row of many.
    pub fn json_row(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        writeln!(self.out)
    }

    /// Hands on what waits.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The colour of a style. Basic colours only: they follow the theme of the terminal.
fn ansi(style: Style) -> Ansi {
    let colour = |colour: AnsiColor| Ansi::new().fg_color(Some(colour.into()));
    match style {
        Style::Plain | Style::Member => Ansi::new(),
        Style::Strong => Ansi::new().effects(Effects::BOLD),
        Style::Title => Ansi::new().effects(Effects::BOLD | Effects::UNDERLINE),
        Style::Quote => Ansi::new().effects(Effects::ITALIC),
        Style::Ship => colour(AnsiColor::Green),
        Style::Skip => colour(AnsiColor::Yellow),
        Style::Dim => Ansi::new().effects(Effects::DIMMED),
    }
}
