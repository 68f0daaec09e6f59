//! `run` and `register`: what talks to Discord.

use crate::{
    app::{
        run::{self as bot, RunOptions},
        signal,
    },
    cli::{
        args::{RegisterArgs, RunArgs},
        outcome::{Exit, Outcome, Stop},
    },
    config::Config,
    discord::register::Registered,
    telemetry,
};

/// Runs the bot until Ctrl-C or SIGTERM. Whatever ends it otherwise is one clear line and exit code 1.
pub(super) fn run(args: RunArgs) -> Outcome {
    let config = Config::from_environment().map_err(|errors| Stop::Said(Exit::Failed, errors.0))?;
    telemetry::init(&config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let options = RunOptions { accept_loss: args.accept_loss };
    runtime.block_on(bot::run(&config, options, signal::stop_requested())).map_err(Stop::failed)?;
    Ok(Exit::Done)
}

/// Registers the commands, or takes those of one server away, and says what was done.
pub(super) fn register(args: RegisterArgs) -> Outcome {
    let config = Config::from_environment().map_err(|errors| Stop::Said(Exit::Failed, errors.0))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(bot::register_commands(&config, args.clear_server)).map_err(Stop::failed)?;
    let mut out = anstream::stdout();
    use std::io::Write as _;
    match done {
        Registered::Unchanged(count) => {
            writeln!(out, "nothing to do: Discord holds these {count} commands already")?
        }
        Registered::Replaced(names) => writeln!(out, "done: {}", names.join(" "))?,
    }
    Ok(Exit::Done)
}
