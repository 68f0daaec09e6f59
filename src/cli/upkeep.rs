//! `check`, `recount` and `forget`: what an operator does to the store.

use super::{
    args::{ForgetArgs, OutputArgs, RecountArgs},
    catalog::{config, place},
    outcome::{Exit, Outcome, Stop},
    progress,
    terminal::Terminal,
};
use crate::service::access::Access;

pub(super) async fn check(args: OutputArgs, terminal: &mut Terminal) -> Outcome {
    let access = Access::look(&place(&config()?)).await.map_err(Stop::failed)?;
    let spinner = progress::spinner("checking the store");
    let checked = access.desk().check().await;
    spinner.finish_and_clear();
    let checked = checked.map_err(Stop::failed)?;
    access.close().await.map_err(Stop::failed)?;
    let exit = if checked.faults.is_empty() { Exit::Done } else { Exit::Failed };
    if args.json {
        terminal.json(&checked)?;
        return Ok(exit);
    }
    for fault in &checked.faults {
        terminal.line(fault)?;
    }
    let key = if checked.faults.is_empty() { "upkeep-good" } else { "upkeep-bad" };
    terminal.line(&terminal.texts.get(
        key,
        &[
            ("faults", checked.faults.len().into()),
            ("marks", checked.marks.into()),
            ("tallies", checked.tallies.into()),
            ("cards", checked.cards.into()),
            ("others", checked.others.into()),
        ],
    ))?;
    Ok(exit)
}

pub(super) async fn recount(args: &RecountArgs, terminal: &mut Terminal) -> Outcome {
    let access = Access::look(&place(&config()?)).await.map_err(Stop::failed)?;
    let spinner = progress::spinner("comparing cards with Discord");
    let recounted = access.desk().recount(args.server).await;
    spinner.finish_and_clear();
    let recounted = recounted.map_err(Stop::failed)?;
    if args.output.json {
        terminal.json(&recounted)?;
        return Ok(Exit::Done);
    }
    terminal.line(&terminal.texts.get(
        "recount-done",
        &[
            ("cards", recounted.cards.into()),
            ("right", recounted.right.into()),
            ("marks", recounted.marks.into()),
            ("skipped", recounted.skipped.into()),
        ],
    ))?;
    Ok(Exit::Done)
}

pub(super) async fn forget(args: &ForgetArgs, terminal: &mut Terminal) -> Outcome {
    let access = Access::look(&place(&config()?)).await.map_err(Stop::failed)?;
    let forgotten = access.desk().forget(args.user).await.map_err(Stop::failed)?;
    access.close().await.map_err(Stop::failed)?;
    if args.output.json {
        terminal.json(&forgotten)?;
        return Ok(Exit::Done);
    }
    terminal.line(&terminal.texts.get(
        "forget-done",
        &[
            ("servers", forgotten.servers.into()),
            ("marks", forgotten.marks.into()),
            ("subscriptions", forgotten.subscriptions.into()),
            ("changes", forgotten.changes.into()),
        ],
    ))?;
    Ok(Exit::Done)
}
