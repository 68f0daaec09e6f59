//! `restore [SNAPSHOT]`: lists the snapshots of the store, or puts one back.

use serde::Serialize;

use super::{
    args::RestoreArgs,
    catalog::{config, place},
    outcome::{Exit, Outcome, Stop},
    progress,
    table::{Cell, lay_out},
    terminal::Terminal,
};
use crate::{card::Style, service::restore};

#[derive(Serialize)]
struct Json {
    snapshots: Vec<restore::Snapshot>,
}

pub(super) async fn run(args: &RestoreArgs, terminal: &mut Terminal) -> Outcome {
    let place = place(&config()?);
    let snapshots = restore::snapshots(&place).map_err(Stop::failed)?;
    let texts = terminal.texts;
    if let Some(wanted) = &args.snapshot {
        let Some(path) = restore::find(&snapshots, wanted) else {
            let error = crate::error::UserError::new("restore-unknown").with("snapshot", wanted);
            return Err(Stop::user(Exit::NotFound, &error));
        };
        let spinner = progress::spinner("restoring");
        let records = restore::restore(&place, &path).await;
        spinner.finish_and_clear();
        let records = records.map_err(Stop::failed)?;
        if args.output.json {
            terminal.json(&serde_json::json!({ "snapshot": path, "records": records }))?;
        } else {
            let path = path.display().to_string();
            terminal.line(
                &texts.get("restore-done", &[("snapshot", path.into()), ("records", records.into())]),
            )?;
        }
        return Ok(Exit::Done);
    }
    if args.output.json {
        terminal.json(&Json { snapshots })?;
        return Ok(Exit::Done);
    }
    if snapshots.is_empty() {
        let folder = place.folder.display().to_string();
        terminal.line(&texts.get("restore-none", &[("folder", folder.into())]))?;
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<Cell>> = snapshots
        .iter()
        .map(|snapshot| {
            vec![
                Cell::new(snapshot.name.clone(), Style::Strong),
                Cell::new(snapshot.taken.clone(), Style::Plain),
                Cell::number(
                    texts.get("restore-size", &[("kilobytes", snapshot.bytes.div_ceil(1000).into())]),
                ),
            ]
        })
        .collect();
    for line in lay_out(&rows, terminal.width, 0, 20) {
        terminal.spans(&line)?;
    }
    terminal.line(&texts.get("restore-how", &[]))?;
    Ok(Exit::Done)
}
