//! The bots that are measured, each in a process of its own: the real program, and the echo bot.

use std::{
    fs::File,
    io,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tiebreaker::simulator::Simulator;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

use crate::{echo, machine, names::Names};

/// The program under test, built together with this one.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tiebreaker");
/// How often a number of the bot is looked at while it is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What both bots can be asked.
pub enum Bot {
    /// The real one.
    Real(Tiebreaker),
    /// The floor.
    Echo(Echo),
}

impl Bot {
    /// Its process.
    pub fn id(&self) -> u32 {
        match self {
            Self::Real(bot) => bot.id,
            Self::Echo(bot) => bot.id,
        }
    }

    /// How many reaction events it has seen.
    pub async fn seen(&self) -> u64 {
        match self {
            Self::Real(bot) => bot.metric("reactions_seen_total").await,
            Self::Echo(bot) => bot.seen.load(Ordering::Relaxed),
        }
    }

    /// Waits until it has seen so many reaction events; returns how many it has then, and when that was.
    pub async fn wait_for_seen(&self, count: u64, patience: Duration) -> (u64, Instant) {
        let deadline = Instant::now() + patience;
        loop {
            let seen = self.seen().await;
            let now = Instant::now();
            if seen >= count || now >= deadline {
                return (seen, now);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// The echo bot.
pub struct Echo {
    id: u32,
    seen: Arc<AtomicU64>,
    _child: Child,
}

impl Echo {
    /// Starts it against a simulator.
    pub fn start(discord: &Simulator) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([echo::ARGUMENT, discord.base_url(), &discord.token()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let id = child.id().unwrap_or_default();
        let out = child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
        let seen = Arc::<AtomicU64>::default();
        let heard = Arc::clone(&seen);
        tokio::spawn(async move {
            let mut lines = BufReader::new(out).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                heard.store(line.parse().unwrap_or_default(), Ordering::Relaxed);
            }
        });
        Ok(Self { id, seen, _child: child })
    }
}

/// The real bot with a store of its own.
pub struct Tiebreaker {
    id: u32,
    folder: TempDir,
    metrics: SocketAddr,
    child: Child,
}

impl Tiebreaker {
    /// Starts `tiebreaker run` against a simulator, with a copy of the store in `template`.
    pub fn start(discord: &Simulator, template: &Path, settings: &[(&str, &str)]) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        copy(template, &folder.path().join("data"))?;
        // Free a moment ago; nobody else asks for one while this runs.
        let metrics = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(PROGRAM)
            .arg("run")
            .current_dir(folder.path())
            .env("DISCORD_TOKEN", discord.token())
            .env("DISCORD_API_URL", discord.base_url())
            .env("DATABASE_URL", format!("sled://{}", folder.path().join("data").display()))
            .env("METRICS_ADDR", metrics.to_string())
            .env_remove("RUST_LOG")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("log"))?)
            .kill_on_drop(true)
            .spawn()?;
        let id = child.id().unwrap_or_default();
        Ok(Self { id, folder, metrics, child })
    }

    /// One of its numbers, without the `tiebreaker_` in front; 0 when it cannot be read.
    pub async fn metric(&self, name: &str) -> u64 {
        let page = self.page().await.unwrap_or_default();
        let wanted = format!("tiebreaker_{name} ");
        page.lines()
            .find_map(|line| line.strip_prefix(wanted.as_str())?.trim().parse().ok())
            .unwrap_or_default()
    }

    async fn page(&self) -> io::Result<String> {
        let mut stream = TcpStream::connect(self.metrics).await?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await?;
        let mut page = String::new();
        stream.read_to_string(&mut page).await?;
        Ok(page)
    }

    /// Waits until a number is as wanted; returns the last one seen.
    pub async fn wait_for(&self, name: &str, patience: Duration, wanted: impl Fn(u64) -> bool) -> u64 {
        let deadline = Instant::now() + patience;
        loop {
            let value = self.metric(name).await;
            if wanted(value) || Instant::now() >= deadline {
                return value;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.id
    }

    /// Stops it with SIGTERM; returns whether it ended well, with its folder.
    pub async fn stop(mut self) -> io::Result<(bool, TempDir)> {
        Command::new("kill").args(["-TERM", &self.id.to_string()]).status().await?;
        let ended = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        let is_well = matches!(ended, Ok(Ok(status)) if status.success());
        Ok((is_well, self.folder))
    }

    /// The warnings and errors it logged: how many, and the first few.
    pub fn complaints(&self) -> (usize, Vec<String>) {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines = log.lines().filter(|line| line.contains(" WARN ") || line.contains("ERROR"));
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        (lines.len(), lines.into_iter().take(3).collect())
    }
}

/// A store with the whole catalog in it, to be copied for each start.
pub async fn template(names: &Names) -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("tools.jsonl");
    names.write(&file)?;
    let data = folder.path().join("data");
    let done = Command::new(PROGRAM)
        .arg("import")
        .arg(&file)
        .current_dir(folder.path())
        .env("DATABASE_URL", format!("sled://{}", data.display()))
        .output()
        .await?;
    anyhow::ensure!(
        done.status.success(),
        "the import failed: {}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(folder)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            copy(&path, &to.join(entry.file_name()))?;
        } else if kind.is_file() {
            std::fs::copy(&path, to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Resident memory of a bot now and the most it ever had, in MiB.
pub fn memory(bot: &Bot) -> (f64, f64) {
    machine::memory(bot.id())
}
