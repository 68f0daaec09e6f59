//! How a command ends: the exit codes, and what is said when it did not work.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use anstyle::{AnsiColor, Effects, Style};

use crate::{
    error::UserError,
    text::{DEFAULT_LANGUAGE, Texts},
};

/// The exit codes of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0
    Done,
    /// 1
    Failed,
    /// 2; clap uses it too.
    WrongUse,
    /// 3: not found, or ambiguous.
    NotFound,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::WrongUse => 2,
            Exit::NotFound => 3,
        })
    }
}

/// Why a command stopped.
#[derive(Debug)]
pub enum Stop {
    /// Something to tell, and the exit code. Each text names the thing and the way out.
    Said(Exit, Vec<String>),
    /// Whoever read our output has read enough.
    BrokenPipe,
}

impl Stop {
    /// Something went wrong.
    pub fn failed(text: impl ToString) -> Self {
        Self::Said(Exit::Failed, vec![text.to_string()])
    }

    /// A user error in words.
    pub fn user(exit: Exit, error: &UserError) -> Self {
        Self::Said(exit, vec![Texts::for_language(DEFAULT_LANGUAGE).error(error)])
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::BrokenPipe } else { Self::failed(error) }
    }
}

/// What a command returns.
pub type Outcome = Result<Exit, Stop>;

/// Tells why a command stopped, and gives the exit code.
pub fn conclude(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(exit) => exit.into(),
        // A pager that was closed or `head` that has its lines: nothing went wrong.
        Err(Stop::BrokenPipe) => Exit::Done.into(),
        Err(Stop::Said(exit, texts)) => {
            for text in texts {
                say("error", AnsiColor::Red, &text);
            }
            exit.into()
        }
    }
}

/// Something worth knowing that stops nothing.
pub fn note(text: &str) {
    say("note", AnsiColor::Cyan, text);
}

fn say(what: &str, colour: AnsiColor, text: &str) {
    let style = Style::new().fg_color(Some(colour.into())).effects(Effects::BOLD);
    // Standard error may be closed too; there is nobody left to tell.
    let _ = writeln!(anstream::stderr(), "{style}{what}:{style:#} {text}");
}
