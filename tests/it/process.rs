//! The built program as an operator runs it: a process of its own against a simulator in this one. How it starts, what
//! refuses it, how it ends, and what it still knows after it was killed.

mod dying;
mod refusals;
mod stopping;
mod telling;

use std::{
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use tempfile::TempDir;
use tiebreaker::simulator::{ServerHandle, Settings, Simulator};
use tokio::{
    io::AsyncReadExt as _,
    process::{Child, Command},
    task::JoinHandle,
};

/// Longest wait for anything in these tests; reached only when something is broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// A data folder, and the Discord that its bot is pointed to.
struct Installation {
    discord: Arc<Simulator>,
    server: ServerHandle,
    folder: TempDir,
}

/// How a process ended and what it said.
struct Ended {
    status: ExitStatus,
    out: String,
    err: String,
}

/// A running process. It is killed when this is dropped.
struct Running {
    child: Child,
    out: JoinHandle<String>,
    err: JoinHandle<String>,
}

impl Installation {
    /// A server named Makers; no bot runs yet.
    async fn new() -> Self {
        let discord = Arc::new(Simulator::start(Settings::unlimited()).await.unwrap());
        let server = discord.server("Makers");
        Self { discord, server, folder: tempfile::tempdir().unwrap() }
    }

    /// The program with these arguments, settings for this place, and nothing of this machine's environment.
    fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiebreaker"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("DATABASE_URL", format!("sled://{}", self.folder.path().join("data").display()))
            .env("DISCORD_API_URL", self.discord.base_url())
            .env("DISCORD_TOKEN", self.discord.token())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs it to its end.
    async fn ran(&self, args: &[&str]) -> Ended {
        Running::start(self.program(args)).ended().await
    }

    /// Starts the bot and waits until it is there.
    async fn start(&self) -> Running {
        let running = Running::start(self.program(&["run"]));
        self.discord.wait_for_bot().await.unwrap();
        self.discord.wait_for_command("compare").await.unwrap();
        running
    }

    /// Ship and skip votes on a tool here, as the terminal tells them.
    async fn votes(&self, tool: &str) -> Option<(u64, u64)> {
        let server = self.server.id.to_string();
        let ended = self.ran(&["tool", tool, "--server", &server, "--json"]).await;
        let told: serde_json::Value = serde_json::from_str(&ended.out).ok()?;
        let community = &told["community"];
        let ship = community["ship"].as_u64()?;
        Some((ship, community["total"].as_u64()? - ship))
    }

    /// Waits until the votes on a tool are these.
    async fn wait_for_votes(&self, tool: &str, wanted: (u64, u64)) {
        let mut last = None;
        let waiting = async {
            while last != Some(wanted) {
                last = self.votes(tool).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(came.is_ok(), "{tool}: {wanted:?} awaited, but it is {last:?}");
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            crate::openapi::check_traffic(&self.discord.requests());
        }
    }
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let read_out = async move {
            let mut all = Vec::new();
            out.read_to_end(&mut all).await.unwrap();
            String::from_utf8_lossy(&all).into_owned()
        };
        let read_err = async move {
            let mut all = Vec::new();
            err.read_to_end(&mut all).await.unwrap();
            String::from_utf8_lossy(&all).into_owned()
        };
        Self { child, out: tokio::spawn(read_out), err: tokio::spawn(read_err) }
    }

    /// Sends a signal by its name, such as TERM.
    async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        // Sending signals is unsafe code in Rust; every Unix has a program for it.
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Waits for its end.
    async fn ended(mut self) -> Ended {
        let status = match tokio::time::timeout(PATIENCE, self.child.wait()).await {
            Ok(status) => status.unwrap(),
            Err(_) => {
                self.child.kill().await.unwrap();
                panic!("it does not end; it said {}", self.err.await.unwrap());
            }
        };
        Ended { status, out: self.out.await.unwrap(), err: self.err.await.unwrap() }
    }

    /// kill -9.
    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

impl Ended {
    /// The lines for people; log lines begin with a time.
    fn errors(&self) -> Vec<&str> {
        self.err.lines().filter(|line| line.starts_with("error:")).collect()
    }

    /// Asserts that it stopped in good order.
    fn assert_good(&self) {
        assert_eq!(self.status.code(), Some(0), "{}", self.err);
        assert!(self.errors().is_empty(), "{}", self.err);
        assert!(self.err.contains("stopped"), "{}", self.err);
        for trouble in [" WARN ", " ERROR "] {
            assert!(!self.err.contains(trouble), "{}", self.err);
        }
    }
}
