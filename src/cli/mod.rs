//! The terminal: one file a command. May use `service`, `catalog`, `card`, `text` and `app`.
//!
//! | file | command |
//! | --- | --- |
//! | [`args`] | the command line; help, man page and completions come from it |
//! | `compare`, `tool`, `top`, `find` | what people ask |
//! | `import`, `export`, `check`, `restore`, `recount`, `forget` | what operators do |
//! | `check_data` | what contributors run |
//! | `manual` | completions and man pages |
//! | `names`, `catalog`, `problems` | what the commands share: names that are not clear, catalog and votes, mistakes in words |
//! | [`terminal`], `table`, `json`, `progress`, [`outcome`] | the ways out: styled text, columns, JSON, progress, exit codes |

pub mod args;
mod catalog;
mod check_data;
mod compare;
mod find;
mod json;
mod manual;
mod names;
pub mod outcome;
mod problems;
mod progress;
mod table;
pub mod terminal;
mod tool;
mod top;

use std::process::ExitCode;

use clap::Parser as _;

use self::{
    args::{Cli, Command},
    outcome::{Outcome, Stop},
    terminal::Terminal,
};

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    outcome::conclude(execute(Cli::parse().command))
}

fn execute(command: Command) -> Outcome {
    let mut terminal = Terminal::standard();
    let outcome = match command {
        Command::CheckData(args) => check_data::run(&args, &mut terminal),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
        command => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(talk(command, &mut terminal))
        }
    };
    // What was said before an error still counts.
    let flushed = terminal.flush();
    let exit = outcome?;
    flushed.map_err(Stop::from)?;
    Ok(exit)
}

/// Commands that may reach a store.
async fn talk(command: Command, terminal: &mut Terminal) -> Outcome {
    match command {
        Command::Compare(args) => compare::run(&args, terminal).await,
        Command::Tool(args) => tool::run(&args, terminal).await,
        Command::Top(args) => top::run(&args, terminal).await,
        Command::Find(args) => find::run(&args, terminal).await,
        other => Err(Stop::failed(format!("{other:?}"))),
    }
}
