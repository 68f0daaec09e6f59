//! The driver: what people do in this Discord, as a Rust API.
//!
//! | file | holds |
//! | --- | --- |
//! | [`server`] | making and changing servers, channels, roles, members |
//! | [`member`] | what a member says and does |
//! | [`slash`] | typing a command: options, autocomplete, sending |
//! | [`answer`] | waiting for what the application makes of it |
//! | [`view`] | a channel as one member sees it |
//! | [`wait`] | waiting until something has become true |
//! | [`fault`] | faults on demand |
//! | [`flood`] | prepared events in bulk |

pub mod answer;
pub mod fault;
pub mod flood;
pub mod member;
pub mod server;
pub mod slash;
pub mod view;
pub mod wait;

use super::rules::error::ApiError;

/// Why something cannot be done, in words for whoever tries.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DriverError {
    /// Discord would refuse it to this member.
    #[error("refused: {0}")]
    Refused(#[from] ApiError),
    /// The client of a member would not let it happen.
    #[error("not possible: {0}")]
    NotPossible(String),
    /// It did not become true in time.
    #[error("waited in vain for {0}")]
    TimedOut(String),
    /// The application did not answer in the time that Discord gives it.
    #[error("the application did not respond")]
    NoResponse,
}

/// The result of driving.
pub type Driven<T> = Result<T, DriverError>;

pub(super) fn not_possible<T>(why: impl Into<String>) -> Driven<T> {
    Err(DriverError::NotPossible(why.into()))
}
