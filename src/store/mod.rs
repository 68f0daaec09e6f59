//! What is kept, and the promise with which it is kept. May use `domain`.
//!
//! [`contract`] says what every store does; [`records`] what is kept, whose it is and when it goes.

pub mod contract;
pub mod error;
pub mod records;

pub use self::{
    contract::Store,
    error::{OpenError, StoreError},
};
