//! The catalog: reading and checking data files, normalising names, the search index, the decision, questions.
//! May use `domain`.

pub mod fold;
pub mod search;
