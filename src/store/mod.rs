//! What is kept, and the promise with which it is kept. May use `domain`.
//!
//! [`contract`] says what every store does; [`records`] what is kept, whose it is and when it goes.
//! [`embedded`] is the store in one process, over an engine of keys and values ([`kv`]).

pub mod contract;
pub mod embedded;
pub mod error;
pub mod export;
pub mod folder;
pub mod open;
pub mod records;
pub mod snapshots;
pub mod voter_key;

mod deletions;
mod housekeeper;
mod kv;
mod layout;
mod migrate;

pub use self::{
    contract::Store,
    embedded::{Embedded, SCHEMA},
    error::{OpenError, StoreError},
    folder::StoreFolder,
    kv::disk::{Disk, RealDisk},
    open::{OpenOptions, open},
    voter_key::VoterKey,
};
