//! The contract of every store: what its calls mean and promise. One trait a subject; [`Store`] is all of them.
//!
//! - Every writing method is one atomic unit, unless it says that it works in bounded steps. When it returns, what it
//!   wrote survives the death of the process and of the machine.
//! - Reads see everything that was acknowledged before they began, are cheap, and never wait for a sync.
//! - No method asks a clock: `at` and `now` come in.

mod cards;
mod catalog;
mod counts;
mod marks;
mod members;
mod servers;
mod upkeep;

pub use self::{
    cards::{CardPlace, Cards, Registered},
    catalog::{AppliedEdit, Catalogs, Edit, Expected, MOST_EDITS, ToolHistory},
    counts::Counts,
    marks::{
        Applied, MarkChange, MarkStore, MarksOnCard, ReadingId, Recount, Release, Standing, TallyChange,
    },
    members::{ErasureReceipt, Members, Person},
    servers::Servers,
    upkeep::{CheckReport, Difference, MOST_LOADED, Page, PurgeReport, Upkeep},
};

/// Everything a store does. Use it as `Arc<dyn Store>`.
pub trait Store: MarkStore + Cards + Catalogs + Servers + Members + Counts + Upkeep {}

impl<T: MarkStore + Cards + Catalogs + Servers + Members + Counts + Upkeep> Store for T {}
