//! `export [FILE]`: everything the store holds, as JSON Lines.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

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
    let mut has_enough = false;
    let records = match args.file.as_deref() {
        None | Some("-") => {
            let stdout = Pipe { inner: io::BufWriter::new(io::stdout()), has_enough: &mut has_enough };
            export(access.desk(), now, stdout, told).await
        }
        Some(path) => {
            let named = |error: io::Error| Stop::failed(format!("{path}: {error}"));
            match Target::of(Path::new(path)).map_err(named)? {
                Target::Stream => {
                    let stream = fs::OpenOptions::new().write(true).open(path).map_err(named)?;
                    let stream = Pipe { inner: io::BufWriter::new(stream), has_enough: &mut has_enough };
                    export(access.desk(), now, stream, told).await
                }
                Target::File(path) => {
                    // Whole or not at all: half an export must not take the place of an older, whole one.
                    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                    let folder = folder.unwrap_or(Path::new("."));
                    let mut file =
                        tempfile::Builder::new().prefix(".export").tempfile_in(folder).map_err(named)?;
                    let records = export(access.desk(), now, io::BufWriter::new(&mut file), told).await;
                    if records.is_ok() {
                        file.flush().map_err(named)?;
                        file.as_file().sync_all().map_err(named)?;
                        file.persist(&path).map_err(|error| named(error.error))?;
                    }
                    records
                }
            }
        }
    };
    spinner.finish_and_clear();
    access.close().await.map_err(Stop::failed)?;
    if has_enough {
        return Err(Stop::BrokenPipe);
    }
    let records = records.map_err(Stop::failed)?;
    note(&terminal.texts.get("export-done", &[("records", records.into())]));
    Ok(Exit::Done)
}

/// Where a path leads.
enum Target {
    /// A file, there or not: it is replaced in one step.
    File(PathBuf),
    /// A device or a named pipe: to be written into and never replaced.
    Stream,
}

impl Target {
    fn of(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            // What a link leads to is replaced, and the link stays.
            Ok(found) if found.is_file() => fs::canonicalize(path).map(Self::File),
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => Ok(Self::Stream),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::File(path.to_owned())),
            Err(error) => Err(error),
        }
    }
}

/// A stream whose reader may leave when it has read enough, which is no fault.
struct Pipe<'a, W> {
    inner: W,
    has_enough: &'a mut bool,
}

impl<W: Write> Pipe<'_, W> {
    fn see<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &done {
            *self.has_enough |= error.kind() == io::ErrorKind::BrokenPipe;
        }
        done
    }
}

impl<W: Write> Write for Pipe<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.inner.write(bytes);
        self.see(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.inner.flush();
        self.see(done)
    }
}
