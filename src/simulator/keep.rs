//! Keeping the state on disk while it changes, so that it is there again after whatever ends the process.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use parking_lot::Mutex;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use super::Driver;
use super::change::Change;

/// How long changes are gathered before they are saved together.
const GATHER: Duration = Duration::from_millis(20);

/// Saving by itself takes at most one part in so many of the time.
const REST: u32 = 5;

/// Saves the state after every change, until it is stopped. What happened within the last few hundredths of a second before
/// a `kill -9` may be missing in the file, unless [`Saver::save`] was awaited; the file itself is always whole.
pub struct Keeper {
    saver: Saver,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Saves on request. Clones save the same file, one at a time.
#[derive(Clone)]
pub struct Saver {
    driver: Driver,
    path: PathBuf,
    /// Held while a save is made; knows which changes are saved.
    seen: Arc<Mutex<watch::Receiver<u64>>>,
}

impl Keeper {
    /// Saves now, and from now on after every change.
    ///
    /// # Errors
    /// When the first save does not work.
    pub async fn start(driver: Driver, path: PathBuf) -> anyhow::Result<Self> {
        let changes = driver.listen();
        let mut seen = driver.version();
        seen.mark_changed();
        let saver = Saver { driver, path, seen: Arc::new(Mutex::new(seen)) };
        saver.save().await?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(keep(saver.clone(), changes, stopped));
        Ok(Self { saver, stop, task })
    }

    /// For saving at once what must not be lost.
    pub fn saver(&self) -> Saver {
        self.saver.clone()
    }

    /// Saves for the last time.
    ///
    /// # Errors
    /// When that does not work.
    pub async fn stop(self) -> anyhow::Result<()> {
        // It may have ended already, with the simulator.
        let _ = self.stop.send(());
        self.task.await.context("saving the state has ended early")?;
        self.saver.save().await
    }
}

impl Saver {
    /// Comes back when everything that has happened until now is on the disk.
    ///
    /// # Errors
    /// When it cannot be written; it is tried again with the next save.
    pub async fn save(&self) -> anyhow::Result<()> {
        let this = self.clone();
        let saved = tokio::task::spawn_blocking(move || {
            let mut seen = this.seen.lock();
            if !seen.has_changed().unwrap_or(true) {
                return Ok(());
            }
            seen.mark_unchanged();
            this.driver.save(&this.path).inspect_err(|_| seen.mark_changed())
        });
        saved.await.context("saving the state was cut short")?
    }
}

async fn keep(saver: Saver, mut changes: Receiver<Change>, mut stopped: oneshot::Receiver<()>) {
    loop {
        let heard = tokio::select! {
            _ = &mut stopped => return,
            heard = changes.recv() => heard,
        };
        match heard {
            Ok(Change::Gateway | Change::Request | Change::Typing { .. }) => continue,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        tokio::time::sleep(GATHER).await;
        // What came meanwhile is in this save.
        changes = changes.resubscribe();
        let began = Instant::now();
        if let Err(error) = saver.save().await {
            tracing::error!(error = format!("{error:#}"), "the simulator's state could not be saved");
        }
        tokio::time::sleep(began.elapsed() * (REST - 1)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Settings, Simulator};
    use super::*;

    #[tokio::test]
    async fn what_happens_is_on_disk_soon_and_all_of_it_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("world.json");
        let discord = Simulator::start(Settings::unlimited()).await.unwrap();
        let keeper = Keeper::start(discord.driver(), file.clone()).await.unwrap();
        let server = discord.server("Makers");
        let alice = server.member("Alice");
        let said = alice.say(server.general(), "kept without being asked to").unwrap();
        let soon = async {
            while !std::fs::read_to_string(&file).unwrap().contains("kept without being asked to") {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), soon).await.expect("it is saved by itself");
        alice.edit(server.general(), said, "the last word").unwrap();
        keeper.saver().save().await.unwrap();
        assert!(
            std::fs::read_to_string(&file).unwrap().contains("the last word"),
            "it is saved at once when asked"
        );
        keeper.stop().await.unwrap();
        assert!(std::fs::read_to_string(&file).unwrap().contains("the last word"));
    }
}
