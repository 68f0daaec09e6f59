//! The writer: one thread that takes what waits, plans it in order, commits it as one group, and acknowledges it after
//! the group is durable. One sync carries many votes; nobody is told before it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::sync::{
    mpsc::{self, error::TryRecvError},
    oneshot,
};

use super::{
    shared::SharedRef,
    txn::{Group, Txn, merge},
};
use crate::store::{
    error::{Result, StoreError},
    kv::{Kv, sled::panic_text},
    layout::{keys, values},
};

/// Most units in one group.
const GROUP: usize = 512;
/// Units that may wait; beyond that callers wait to hand theirs in.
const WAITING: usize = 8_192;
/// How long the writer looks out for a next unit before it sleeps.
const LOOK_OUT: Duration = Duration::from_micros(50);

/// Tells the caller how it went: the error of the commit, or nothing.
type Acknowledge = Box<dyn FnOnce(Option<&StoreError>) + Send>;
/// Plans a unit. `Ok`: it has writes, acknowledge after the commit. `Err`: acknowledge now, drop the writes.
type Plan = Box<dyn FnOnce(&mut Txn<'_>) -> Planned + Send>;

enum Planned {
    Writes(Acknowledge),
    Refused(Acknowledge),
}

/// The way to the writer.
pub(super) struct Writer {
    sender: Mutex<Option<mpsc::Sender<Plan>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    shared: SharedRef,
}

impl Writer {
    pub(super) fn start(kv: Arc<dyn Kv>, shared: SharedRef) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(&*kv, &for_thread, receiver))?;
        Ok(Self { sender: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)), shared })
    }

    /// Hands in a unit and waits until it is durable.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        plan: impl FnOnce(&mut Txn<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if let Some(error) = self.shared.stopped() {
            return Err(error);
        }
        let (answer, answered) = oneshot::channel();
        let plan: Plan = Box::new(move |txn| match plan(txn) {
            Ok(value) => Planned::Writes(Box::new(move |failed| {
                // Nobody may be waiting any more: the caller's future was dropped.
                let _ = answer.send(failed.cloned().map_or(Ok(value), Err));
            })),
            Err(error) => Planned::Refused(Box::new(move |_| {
                let _ = answer.send(Err(error));
            })),
        });
        let sender = self.sender.lock().clone().ok_or(StoreError::Closed)?;
        sender.send(plan).await.map_err(|_| StoreError::Closed)?;
        drop(sender);
        answered.await.map_err(|_| self.shared.stopped().unwrap_or(StoreError::Closed))?
    }

    /// Takes no more, and waits until what was handed in is done. Blocks.
    pub(super) fn stop(&self) {
        drop(self.sender.lock().take());
        if let Some(thread) = self.thread.lock().take() {
            // A writer that panicked has nothing left to say: its units were answered with `Closed`.
            let _ = thread.join();
        }
    }
}

/// The next unit. Who heard just now that a unit is durable often hands in another one: looking out for it a moment longer
/// spares both sides the kernel's wake-up, which costs as much as the rest of a small commit.
fn next_unit(receiver: &mut mpsc::Receiver<Plan>) -> Option<Plan> {
    let until = Instant::now() + LOOK_OUT;
    while Instant::now() < until {
        match receiver.try_recv() {
            Ok(plan) => return Some(plan),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => std::thread::yield_now(),
        }
    }
    receiver.blocking_recv()
}

fn run(kv: &dyn Kv, shared: &SharedRef, mut receiver: mpsc::Receiver<Plan>) {
    while let Some(first) = next_unit(&mut receiver) {
        let mut group = Group::default();
        let mut acknowledgements = Vec::new();
        let mut next = Some(first);
        while let Some(plan) = next {
            let mut txn = Txn::new(kv, shared, &group);
            match catch_unwind(AssertUnwindSafe(|| plan(&mut txn))) {
                Ok(Planned::Writes(acknowledge)) => {
                    let writes = txn.into_writes();
                    merge(&mut group, writes);
                    acknowledgements.push(acknowledge);
                }
                Ok(Planned::Refused(acknowledge)) => acknowledge(None),
                // A fault of one plan costs that one only: its answer was dropped with it, so its caller hears `Closed`.
                Err(panic) => {
                    tracing::error!(
                        error = panic_text(&*panic),
                        "a unit of the store panicked and was dropped"
                    );
                }
            }
            next = if acknowledgements.len() < GROUP { receiver.try_recv().ok() } else { None };
        }
        let failed = match shared.stopped() {
            Some(error) => Some(error),
            None => commit(kv, shared, group).err(),
        };
        if let Some(error) = &failed {
            if shared.stopped().is_none() {
                tracing::error!(error = %error, "the store stops taking writes");
            }
            shared.stop(error.clone());
        }
        for acknowledge in acknowledgements {
            acknowledge(failed.as_ref());
        }
    }
}

fn commit(kv: &dyn Kv, shared: &SharedRef, mut group: Group) -> Result<()> {
    if group.batch.is_empty() {
        return Ok(());
    }
    // Numbers given out and not used (a recount that found nothing) may be written: they only must not come again.
    let head = values::Head { commit: shared.last_commit() + 1, seq: shared.seq.load(Ordering::SeqCst) };
    group.batch.insert(keys::HEAD.to_vec(), Some(values::head(head)));
    shared.begin_flight(std::mem::take(&mut group.old_tallies));
    kv.commit(&group.batch)?;
    let bytes: usize =
        group.batch.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum();
    shared.written.fetch_add(bytes as u64, Ordering::Relaxed);
    shared.commit.store(head.commit, Ordering::SeqCst);
    shared.end_flight(&group.batch);
    Ok(())
}
