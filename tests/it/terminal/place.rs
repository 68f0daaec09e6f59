//! Where the built program is run.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// A place of its own: no settings of this machine, no store.
pub(super) struct Place(TempDir);

/// What a run gave.
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Place {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The data folder; missing at first.
    pub(super) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiebreaker"));
        command
            .args(args)
            .env_clear()
            .env("DATABASE_URL", format!("sled://{}", self.data().display()))
            .current_dir(self.path());
        command
    }

    pub(super) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).stdin(Stdio::null()).output().unwrap())
    }

    pub(super) fn feed(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        let _ = writer.join();
        Ran::of(output)
    }
}

impl Ran {
    pub(super) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(super) fn shown(&self) -> String {
        format!(
            "{}{}--\n{}exit {}\n",
            self.out,
            if self.out.ends_with('\n') { "" } else { "\n" },
            self.err,
            self.code
        )
    }
}
