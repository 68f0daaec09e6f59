//! What a run is asked for, how far it is, and what it found.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use crate::{
    domain::{ids::ServerId, time::Timestamp},
    service::{
        ports::Place,
        recount::{Finding, Outcome, Repair},
    },
};

/// Repairs that a report lists one by one.
const REPAIRS_LISTED: usize = 500;

/// Which cards a recount on command compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All cards of a server, or those posted at a time or later.
    Server(ServerId, Option<Timestamp>),
    /// All cards, or those posted at a time or later.
    All(Option<Timestamp>),
}

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Cards that were to be compared.
    pub cards: usize,
    /// Cards that were right.
    pub same: usize,
    /// Cards that were made equal.
    pub repaired: usize,
    /// The first of them, one by one.
    pub repairs: Vec<Repair>,
    /// Marks that were added or removed in all.
    pub marks: u64,
    /// Cards that are gone; their marks are frozen.
    pub gone: usize,
    /// Cards that were only looked at and are not right, one by one.
    pub findings: Vec<Finding>,
    /// Cards that could not be read and were left as they are.
    pub skipped: Vec<(Place, String)>,
    /// Cards for which there was no time.
    pub left: usize,
    /// How long it took.
    pub took: Duration,
}

impl Report {
    pub(super) fn note(&mut self, place: Place, outcome: Outcome) {
        match outcome {
            Outcome::Same | Outcome::NoCard => self.same += 1,
            Outcome::Differs(finding) => {
                self.marks += finding.difference.marks();
                self.findings.push(finding);
            }
            Outcome::Gone => self.gone += 1,
            Outcome::Skipped(why) => self.skipped.push((place, why.to_string())),
            Outcome::Repaired(repair) => {
                self.repaired += 1;
                self.marks += repair.difference.marks();
                if self.repairs.len() < REPAIRS_LISTED {
                    self.repairs.push(repair);
                }
            }
        }
    }
}

/// How far a run on command is: shared with whoever asked.
#[derive(Debug, Default)]
pub struct Progress {
    pub(super) done: AtomicUsize,
    pub(super) total: AtomicUsize,
}

impl Progress {
    /// Cards done, and cards in all (0 until that is known).
    #[must_use]
    pub fn get(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}
