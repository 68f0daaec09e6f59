//! The terminal: one file a command. May use `service`, `catalog`, `card`, `text` and `app`.
//!
//! | file | command |
//! | --- | --- |
//! | [`args`] | the command line; help, man page and completions come from it |
//! | `compare`, `tool`, `top`, `find` | what people ask |
//! | `import`, `export`, `restore`, `upkeep`, `doctor` | what operators do |
//! | `check_data` | what contributors run |
//! | `run` | what talks to Discord |
//! | `play` | what talks to a Discord of its own |
//! | `manual` | completions and man pages |
//! | `names`, `catalog`, `problems` | what the commands share: names that are not clear, catalog and votes, mistakes in words |
//! | [`terminal`], `table`, `json`, `progress`, [`outcome`] | the ways out: styled text, columns, JSON, progress, exit codes |

pub mod args;
mod catalog;
mod check_data;
mod compare;
mod doctor;
mod export;
mod find;
mod import;
mod json;
mod manual;
mod names;
pub mod outcome;
mod play;
mod problems;
mod progress;
mod restore;
mod run;
mod table;
pub mod terminal;
mod tool;
mod top;
mod upkeep;

use std::process::ExitCode;

use clap::Parser as _;

use self::{
    args::{Cli, Command},
    outcome::{Outcome, Stop},
    terminal::Terminal,
};

/// How long the end of the process waits for what still runs in the background.
const LAST_WAIT: std::time::Duration = std::time::Duration::from_secs(1);
/// Threads for the bot's work at most. It waits far more than it computes, and each thread keeps memory of its own.
const MOST_WORKERS: usize = 4;

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    outcome::conclude(execute(Cli::parse()))
}

fn execute(Cli { command, width }: Cli) -> Outcome {
    let mut terminal = Terminal::standard(width);
    // A command of the terminal needs no more than this thread.
    let mut runtime = match command {
        Command::Run(_) | Command::Play(_) => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = runtime.worker_threads(cores.min(MOST_WORKERS)).enable_all().build()?;
    let outcome = runtime.block_on(run(command, &mut terminal));
    // Everything that matters has ended by now; what has not must not keep the process.
    runtime.shutdown_timeout(LAST_WAIT);
    // What was said before an error still counts.
    let flushed = terminal.flush();
    let exit = outcome?;
    flushed.map_err(Stop::from)?;
    Ok(exit)
}

async fn run(command: Command, terminal: &mut Terminal) -> Outcome {
    match command {
        Command::Compare(args) => compare::run(&args, terminal).await,
        Command::Tool(args) => tool::run(&args, terminal).await,
        Command::Top(args) => top::run(&args, terminal).await,
        Command::Find(args) => find::run(&args, terminal).await,
        Command::Import(args) => import::run(&args, terminal).await,
        Command::Export(args) => export::run(&args, terminal).await,
        Command::Check(args) => upkeep::check(args, terminal).await,
        Command::Recount(args) => upkeep::recount(&args, terminal).await,
        Command::Forget(args) => upkeep::forget(&args, terminal).await,
        Command::Doctor(args) => doctor::run(args, terminal).await,
        Command::Restore(args) => restore::run(&args, terminal).await,
        Command::Play(args) => play::run(args, terminal).await,
        Command::Run(args) => run::run(args).await,
        Command::Register(args) => run::register(args, terminal).await,
        Command::CheckData(args) => check_data::run(&args, terminal),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    }
}
