//! `run` and `register`: what talks to Discord.

use super::{
    args::{RegisterArgs, RunArgs},
    outcome::{Exit, Outcome, Stop},
    terminal::Terminal,
};
use crate::{
    app::{
        run::{self as bot, Registered, RunOptions},
        signal,
    },
    config::Config,
    telemetry,
};

/// Runs the bot until Ctrl-C or SIGTERM. Whatever ends it otherwise is one clear line and exit code 1.
pub(super) async fn run(args: RunArgs) -> Outcome {
    let config = config()?;
    telemetry::init(&config.log);
    telemetry::log_panics();
    let options = RunOptions { accept_loss: args.accept_loss };
    bot::run(&config, options, signal::stop_requested()).await.map_err(Stop::failed)?;
    Ok(Exit::Done)
}

/// Registers the commands, or takes those of one server away, and says what was done.
pub(super) async fn register(args: RegisterArgs, terminal: &mut Terminal) -> Outcome {
    let done = bot::register_commands(&config()?, args.clear_server).await.map_err(Stop::failed)?;
    let said = match done {
        Registered::Unchanged(count) => {
            format!("nothing to do: Discord holds these {count} commands already")
        }
        Registered::Replaced(names) => format!("registered anew: {}", names.join(" ")),
    };
    terminal.line(&said)?;
    Ok(Exit::Done)
}

/// The settings, or all mistakes in them.
fn config() -> Result<Config, Stop> {
    Config::from_environment().map_err(|errors| Stop::Said(Exit::Failed, errors.0))
}
