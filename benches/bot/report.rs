//! The table.

use std::fmt;

/// Over this many cores used by others, what missed its target is not judged.
const QUIET: f64 = 0.2;

/// What a row came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// The target is reached.
    Met,
    /// It is not.
    Missed,
    /// Others used so many cores meanwhile that a miss says nothing.
    Busy(f64),
    /// There is no target for it.
    Told,
}

impl Verdict {
    /// Of a figure that depends on the time it had.
    pub fn timed(met: bool, others: f64) -> Self {
        match (met, others > QUIET) {
            (true, _) => Self::Met,
            (false, true) => Self::Busy(others),
            (false, false) => Self::Missed,
        }
    }

    /// Of a promise, which holds on every machine.
    pub fn promised(met: bool) -> Self {
        if met { Self::Met } else { Self::Missed }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Met => f.write_str("met"),
            Self::Missed => f.write_str("**missed**"),
            Self::Busy(others) => write!(f, "not judged: others used {others:.1} cores"),
            Self::Told => f.write_str(""),
        }
    }
}

/// All rows, in the order in which they were measured.
#[derive(Default)]
pub struct Report {
    rows: Vec<[String; 5]>,
    missed: usize,
    notes: Vec<String>,
}

impl Report {
    /// Adds a row: what, the bot's figure, the echo bot's, the target, and how they compare.
    pub fn row(
        &mut self,
        what: impl Into<String>,
        ours: impl Into<String>,
        floor: impl Into<String>,
        target: impl Into<String>,
        verdict: Verdict,
    ) {
        self.missed += usize::from(verdict == Verdict::Missed);
        let row = [what.into(), ours.into(), floor.into(), target.into(), verdict.to_string()];
        eprintln!("  {}: {} ({})", row[0], row[1], row[4]);
        self.rows.push(row);
    }

    /// Adds a line below the table.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        eprintln!("  {note}");
        self.notes.push(note);
    }

    /// Prints everything. Returns how many targets were missed.
    pub fn print(&self) -> usize {
        let head = ["", "Tiebreaker", "echo bot", "target", ""].map(str::to_owned);
        let mut widths = [0; 5];
        for row in self.rows.iter().chain([&head]) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let print = |row: &[String; 5]| {
            let cells: Vec<String> =
                row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            println!("| {} |", cells.join(" | "));
        };
        print(&head);
        println!("| {} |", widths.map(|width| "-".repeat(width)).join(" | "));
        self.rows.iter().for_each(print);
        println!();
        self.notes.iter().for_each(|note| println!("- {note}"));
        self.missed
    }
}
