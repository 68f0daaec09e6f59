//! `play`: a Discord on this machine, the bot in it, and a page to use both.

use std::io;

use super::{
    args::PlayArgs,
    outcome::{Exit, Outcome, Stop},
    terminal::Terminal,
};
use crate::{
    app::{
        play::{self as playground, Opened, PlayOptions},
        signal,
    },
    config::Log,
    telemetry,
};

/// Opens the playground and keeps it open until Ctrl-C or SIGTERM.
pub(super) async fn run(args: PlayArgs, terminal: &mut Terminal) -> Outcome {
    let log = Log::from_environment("warn").map_err(|errors| Stop::Said(Exit::Failed, errors.0))?;
    telemetry::init(&log);
    let options = PlayOptions { port: args.port, data: args.data, fresh: args.fresh, page: args.page };
    let kept = options.data.clone();
    let opened = |opened: &Opened| tell(opened, terminal);
    playground::play(options, opened, signal::stop_requested()).await.map_err(Stop::failed)?;
    if terminal.is_terminal {
        // The terminal has written ^C.
        terminal.line("")?;
    }
    terminal.line(&match kept {
        None => "Stopped. Nothing was kept.".to_owned(),
        Some(folder) => format!("Stopped. {} keeps everything for the next time.", folder.display()),
    })?;
    Ok(Exit::Done)
}

fn tell(opened: &Opened, terminal: &mut Terminal) -> io::Result<()> {
    terminal.line(&format!("Open {} in a browser.", opened.address))?;
    terminal.line("")?;
    for line in [
        "Try:  /compare            two half-remembered names, such as cursr and cc", // typos:ignore
        "      🚢 or ⏭️ on a card  and watch its score",
        "      @Tiebreaker A vs B  in a message",
        "      the moderator       then /addreview; other tabs can be other people",
    ] {
        terminal.line(line)?;
    }
    terminal.line("")?;
    terminal.line(&match (&opened.data, opened.goes_on) {
        (None, _) => "Everything is forgotten at the end; --data DIR keeps it. Ctrl-C stops.".to_owned(),
        (Some(folder), false) => format!("Everything is kept in {}. Ctrl-C stops.", folder.display()),
        (Some(folder), true) => {
            format!("Going on with what {} holds; --fresh begins anew. Ctrl-C stops.", folder.display())
        }
    })?;
    terminal.flush()
}
