//! The writer: one thread that takes what waits, plans it in order, commits it as one group, and acknowledges it after
//! the group is durable. One sync carries many votes; nobody is told before it.

use std::{
    cell::RefCell,
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
    recent::Recent,
    shared::SharedRef,
    txn::{Group, Txn},
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
/// How long it looks out for another unit of a group that is smaller than the one before.
const STRAGGLER: Duration = Duration::from_micros(25);

/// Tells the caller how it went: the error of the commit, or nothing. The caller tells the `Untold`.
type Acknowledge = Box<dyn FnOnce(Option<&StoreError>, Option<Untold>) + Send>;
/// Plans a unit. `Ok`: it has writes, acknowledge after the commit. `Err`: acknowledge now, drop the writes.
type Plan = Box<dyn FnOnce(&mut Txn<'_>) -> Planned + Send>;

enum Planned {
    Writes(Acknowledge),
    Refused(Acknowledge),
}

/// Who is still to be told how their group went; they are told when it is dropped. Waking a task costs the writer a call of
/// the system, and a thread of the runtime next to nothing: so the writer wakes one, which wakes the others.
struct Untold {
    acknowledgements: Vec<Acknowledge>,
    failed: Option<StoreError>,
}

impl Drop for Untold {
    fn drop(&mut self) {
        for acknowledge in self.acknowledgements.drain(..) {
            acknowledge(self.failed.as_ref(), None);
        }
    }
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
            Ok(value) => Planned::Writes(Box::new(move |failed, untold| {
                // Nobody may be waiting any more: the caller's future was dropped. Then the others are told here.
                let _ = answer.send((failed.cloned().map_or(Ok(value), Err), untold));
            })),
            Err(error) => Planned::Refused(Box::new(move |_, untold| {
                let _ = answer.send((Err(error), untold));
            })),
        });
        let sender = self.sender.lock().clone().ok_or(StoreError::Closed)?;
        sender.send(plan).await.map_err(|_| StoreError::Closed)?;
        drop(sender);
        let (result, untold) =
            answered.await.map_err(|_| self.shared.stopped().unwrap_or(StoreError::Closed))?;
        drop(untold);
        result
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

/// A unit that comes within this time.
fn look_out(receiver: &mut mpsc::Receiver<Plan>, at_most: Duration) -> Result<Plan, TryRecvError> {
    let until = Instant::now() + at_most;
    loop {
        match receiver.try_recv() {
            Err(TryRecvError::Empty) if Instant::now() < until => std::thread::yield_now(),
            found => return found,
        }
    }
}

/// The next unit. Who heard just now that a unit is durable often hands in another one: looking out for it a moment longer
/// spares both sides the kernel's wake-up, which costs as much as the rest of a small commit.
fn next_unit(receiver: &mut mpsc::Receiver<Plan>) -> Option<Plan> {
    match look_out(receiver, LOOK_OUT) {
        Ok(plan) => Some(plan),
        Err(TryRecvError::Disconnected) => None,
        Err(TryRecvError::Empty) => receiver.blocking_recv(),
    }
}

fn run(kv: &dyn Kv, shared: &SharedRef, mut receiver: mpsc::Receiver<Plan>) {
    let recent = RefCell::new(Recent::default());
    // Units in the group before.
    let mut before = 0;
    while let Some(first) = next_unit(&mut receiver) {
        let mut group = Group::default();
        let mut acknowledgements = Vec::new();
        let mut next = Some(first);
        while let Some(plan) = next {
            let mut txn = Txn::new(kv, shared, &recent, &mut group);
            match catch_unwind(AssertUnwindSafe(|| plan(&mut txn))) {
                Ok(Planned::Writes(acknowledge)) => acknowledgements.push(acknowledge),
                Ok(Planned::Refused(acknowledge)) => {
                    txn.undo();
                    acknowledge(None, None);
                }
                // A fault of one plan costs that one only: its answer was dropped with it, so its caller hears `Closed`.
                Err(panic) => {
                    txn.undo();
                    tracing::error!(
                        error = panic_text(&*panic),
                        "a unit of the store panicked and was dropped"
                    );
                }
            }
            next = match acknowledgements.len() {
                GROUP.. => None,
                // Those of the group before, who were told a moment ago, are on their way: a sync for all of them is
                // worth more than the wait.
                some if some < before => look_out(&mut receiver, STRAGGLER).ok(),
                _ => receiver.try_recv().ok(),
            };
        }
        before = acknowledgements.len();
        let failed = match shared.stopped() {
            Some(error) => Some(error),
            None => commit(kv, shared, &recent, group).err(),
        };
        if let Some(error) = &failed {
            if shared.stopped().is_none() {
                tracing::error!(error = %error, "the store stops taking writes");
            }
            shared.stop(error.clone());
        }
        if let Some(first) = acknowledgements.pop() {
            let untold =
                (!acknowledgements.is_empty()).then(|| Untold { acknowledgements, failed: failed.clone() });
            first(failed.as_ref(), untold);
        }
    }
}

fn commit(kv: &dyn Kv, shared: &SharedRef, recent: &RefCell<Recent>, group: Group) -> Result<()> {
    let Group { mut batch, old_tallies } = group;
    if batch.is_empty() {
        return Ok(());
    }
    // Numbers given out and not used (a recount that found nothing) may be written: they only must not come again.
    let head = values::Head { commit: shared.last_commit() + 1, seq: shared.seq.load(Ordering::SeqCst) };
    batch.insert(keys::HEAD.to_vec(), Some(values::head(head)));
    shared.begin_flight(old_tallies);
    kv.commit(&batch)?;
    let bytes: usize = batch.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum();
    shared.written.fetch_add(bytes as u64, Ordering::Relaxed);
    shared.commit.store(head.commit, Ordering::SeqCst);
    shared.end_flight(&batch);
    recent.borrow_mut().committed(batch);
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::store::{embedded::shared::Shared, kv::memory::MemoryKv};

    /// A writer that stands still until `go` is dropped, so that what is handed in meanwhile makes one group.
    fn held_up() -> (Arc<Writer>, std::sync::mpsc::Sender<()>, std::thread::JoinHandle<Result<()>>) {
        let kv: Arc<dyn Kv> = Arc::new(MemoryKv::default());
        let shared = Arc::new(Shared::load(&*kv).unwrap());
        let writer = Arc::new(Writer::start(kv, shared).unwrap());
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let (begun, is_begun) = std::sync::mpsc::channel::<()>();
        let holding = Arc::clone(&writer);
        let holder = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(holding.write(move |_| {
                begun.send(()).unwrap();
                let _ = wait.recv();
                Ok(())
            }))
        });
        is_begun.recv().unwrap();
        (writer, go, holder)
    }

    #[tokio::test]
    async fn all_of_a_group_hear_of_it_also_when_some_no_longer_wait() {
        let (writer, go, holder) = held_up();
        let mut waiting: Vec<_> = (0..20u8)
            .map(|n| {
                let writer = Arc::clone(&writer);
                Box::pin(async move {
                    writer
                        .write(move |txn| {
                            txn.put(vec![b'x', n], vec![n]);
                            if n % 7 == 3 { Err(StoreError::Purging) } else { Ok(n) }
                        })
                        .await
                })
            })
            .collect();
        // Each hands in its unit; then every third, among them the last, is let go before it is answered.
        for one in &mut waiting {
            assert!(one.as_mut().now_or_never().is_none());
        }
        let mut n = 0;
        waiting.retain(|_| {
            n += 1;
            n % 3 != 2
        });
        drop(go);
        for one in waiting {
            match one.await {
                Ok(n) => assert_ne!(n % 7, 3),
                Err(error) => assert!(matches!(error, StoreError::Purging), "{error}"),
            }
        }
        holder.join().unwrap().unwrap();
        let written =
            writer.write(|txn| Ok((0..20).filter(|n| txn.has(&[b'x', *n]).unwrap()).collect::<Vec<u8>>()));
        let expected: Vec<u8> = (0..20).filter(|n| n % 7 != 3).collect();
        assert_eq!(
            written.await.unwrap(),
            expected,
            "a unit that failed leaves nothing, the others are whole"
        );
    }

    #[tokio::test]
    async fn a_unit_that_panics_leaves_nothing_and_harms_no_other() {
        let (writer, go, holder) = held_up();
        let mut bad = Box::pin(writer.write(|txn| -> Result<()> {
            txn.put(b"x".to_vec(), vec![1]);
            panic!("a fault");
        }));
        let mut good = Box::pin(writer.write(|txn| {
            txn.put(b"y".to_vec(), vec![2]);
            txn.has(b"x")
        }));
        assert!(bad.as_mut().now_or_never().is_none() && good.as_mut().now_or_never().is_none());
        drop(go);
        assert!(matches!(bad.await, Err(StoreError::Closed)));
        assert!(!good.await.unwrap());
        holder.join().unwrap().unwrap();
    }
}
