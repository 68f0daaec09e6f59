//! Keeping the state on disk while it changes, so that it is there again after whatever ends the process.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Driver;
use super::change::Change;

/// How long changes are gathered before they are saved together.
const GATHER: Duration = Duration::from_millis(20);

/// A save takes at most one part in so many of the time.
const REST: u32 = 5;

/// Saves the state after every change, until it is stopped. What happened within the last few hundredths of a second before
/// a `kill -9` may be missing in the file; the file itself is always whole.
pub struct Keeper {
    driver: Driver,
    path: PathBuf,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Saves now, and from now on after every change.
    ///
    /// # Errors
    /// When the first save does not work.
    pub async fn start(driver: Driver, path: PathBuf) -> anyhow::Result<Self> {
        let changes = driver.listen();
        save(&driver, &path).await?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(keep(driver.clone(), path.clone(), changes, stopped));
        Ok(Self { driver, path, stop, task })
    }

    /// Saves for the last time.
    ///
    /// # Errors
    /// When that does not work.
    pub async fn stop(self) -> anyhow::Result<()> {
        // It may have ended already, with the simulator.
        let _ = self.stop.send(());
        self.task.await.context("saving the state has ended early")?;
        save(&self.driver, &self.path).await
    }
}

async fn keep(
    driver: Driver,
    path: PathBuf,
    mut changes: Receiver<Change>,
    mut stopped: oneshot::Receiver<()>,
) {
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
        if let Err(error) = save(&driver, &path).await {
            tracing::error!(error = format!("{error:#}"), "the simulator's state could not be saved");
        }
        tokio::time::sleep(began.elapsed() * (REST - 1)).await;
    }
}

async fn save(driver: &Driver, path: &Path) -> anyhow::Result<()> {
    let (driver, path) = (driver.clone(), path.to_owned());
    tokio::task::spawn_blocking(move || driver.save(&path)).await.context("saving the state was cut short")?
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
        keeper.stop().await.unwrap();
        assert!(std::fs::read_to_string(&file).unwrap().contains("the last word"));
    }
}
