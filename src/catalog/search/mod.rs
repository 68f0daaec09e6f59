//! The search index: text in, tools out.
//!
//! ```text
//! "axlotl"        →  Match      Axolotl v0.16            (a slip of the keys)
//! "haiku"         →  Match      Claude Haiku Open Weights (some of its words)
//! "llama"         →  Ambiguous  Llama 3, Ollama, Code Llama
//! "margherita"    →  None       (closest: …)
//! ```
//!
//! | file | what |
//! | --- | --- |
//! | [`types`] | what goes in and what comes out |
//! | [`query`] | a text made ready for searching |
//! | [`labels`] | the names themselves, packed |
//! | [`lexicon`], [`grams`], [`near`] | three ways from a piece of a name to the names that hold it |
//! | [`segment`] | one immutable index of those; [`candidates`] asks it |
//! | [`words`], [`readings`], [`slips`], [`keys`] | how well one name answers the query, and in which way |
//! | [`ranking`] | from candidates to hits |
//! | [`decide`] | match, ask back, or nothing |
//! | [`live`] | additions and removals while readers read; a server's own catalog over the base |
//!
//! An index finds a few dozen candidates with bounded work; `strsim` checks which words are near enough to be among them. The
//! ranking counts the same distance (optimal string alignment) with code of our own, bit-parallel, which a property test holds
//! equal to `strsim`'s. Scores lie in 0..=1 and mean the same for every query and every catalog. Uses `fold`, nothing else of
//! ours.

mod candidates;
mod decide;
mod grams;
mod keys;
mod labels;
mod lexicon;
mod live;
mod near;
mod query;
mod ranking;
mod readings;
#[cfg(test)]
pub(crate) mod sample;
mod segment;
mod slips;
#[cfg(test)]
mod tests;
mod types;
mod words;

pub use decide::is_worth_showing;
pub use live::{Change, Index, Overlay, View};
pub use types::{Answer, Decision, Entry, Hit, How, Layer};
