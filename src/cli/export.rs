//! `export [FILE]`: everything the store holds, as JSON Lines.

use std::io::{self, Write as _};

use super::{
    args::ExportArgs,
    catalog::{config, place},
    outcome::{Exit, Outcome, Stop, note},
    progress,
    terminal::Terminal,
};
use crate::service::{
    access::Access,
    export::export,
    ports::{Clock as _, SystemClock},
};

pub(super) async fn run(args: &ExportArgs, terminal: &mut Terminal) -> Outcome {
    let access = Access::look(&place(&config()?)).await.map_err(Stop::failed)?;
    let now = SystemClock.now();
    let spinner = progress::spinner("exporting");
    let told = |records| spinner.set_message(format!("exporting: {records} records"));
    let records = match args.file.as_deref() {
        None | Some("-") => export(access.desk(), now, io::BufWriter::new(io::stdout()), told).await,
        Some(path) => {
            // Whole or not at all: half an export must not take the place of an older, whole one.
            let folder = std::path::Path::new(path).parent().filter(|parent| !parent.as_os_str().is_empty());
            let folder = folder.unwrap_or(std::path::Path::new("."));
            let named = |error: io::Error| Stop::failed(format!("{path}: {error}"));
            let mut file = tempfile::Builder::new().prefix(".export").tempfile_in(folder).map_err(named)?;
            let records = export(access.desk(), now, io::BufWriter::new(&mut file), told).await;
            if records.is_ok() {
                file.flush().map_err(named)?;
                file.as_file().sync_all().map_err(named)?;
                file.persist(path).map_err(|error| named(error.error))?;
            }
            records
        }
    };
    spinner.finish_and_clear();
    let records = records.map_err(Stop::failed)?;
    access.close().await.map_err(Stop::failed)?;
    note(&terminal.texts.get("export-done", &[("records", records.into())]));
    Ok(Exit::Done)
}
