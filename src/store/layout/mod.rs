//! How records lie under keys. Keys are big-endian and of fixed width up to their last word, so that ranges are in the
//! order of what they mean; the first byte is the kind. Every value begins with the version of its own form.

pub(crate) mod keys;
pub(crate) mod values;

mod pairs;

pub(crate) use pairs::{pair, record};
