//! `completions SHELL` and `man [COMMAND]`: made from the command line itself.

use std::io::{self, Write as _};

use clap::CommandFactory as _;

use super::{
    args::{Cli, CompletionsArgs, ManArgs},
    outcome::{Exit, Outcome, Stop},
};

pub(super) fn completions(args: &CompletionsArgs) -> Outcome {
    let mut page = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tiebreaker", &mut page);
    write(&page)
}

pub(super) fn man(args: &ManArgs) -> Outcome {
    let mut whole = Cli::command();
    whole.build();
    let command = match &args.of {
        None => whole,
        Some(name) => {
            let found = whole.get_subcommands().find(|command| command.get_name() == name);
            let found = found.cloned().ok_or_else(|| {
                let names: Vec<&str> = whole.get_subcommands().map(clap::Command::get_name).collect();
                Stop::Said(
                    Exit::WrongUse,
                    vec![format!("there is no command {name:?}; there are {}", names.join(", "))],
                )
            })?;
            found.display_name(format!("tiebreaker-{name}"))
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    write(&page)
}

fn write(page: &[u8]) -> Outcome {
    io::stdout().lock().write_all(page)?;
    Ok(Exit::Done)
}
