//! The catalog: reading and checking data files, normalising names, the search index, the decision, questions.
//! May use `domain`.
//!
//! | file | what lives there |
//! | --- | --- |
//! | [`formats`] | TOML, JSON, JSON Lines and CSV become one kind of tree |
//! | [`file`](mod@file), [`limits`], [`problem`] | one record, checked field by field; what may stand in it; what is wrong with it |
//! | [`check`] | a whole catalog, each tool beside the others |
//! | [`starter`] | the catalog that is built into the binary |
//! | [`import`] | somebody's files become tools with ids |
//! | [`typed`] | what a person typed into a form, checked like a record of a file |
//! | [`tidy`] | characters that texts must not hold, near misses, ids out of names |
//! | [`layer`], [`layered`], [`view`] | starter, import and servers over each other; what everybody asks |
//! | [`fold`] | names without case, accents, punctuation and spacing |
//! | [`search`] | text in, tools out |
//! | [`question`] | what a chat message asks to compare |

pub mod check;
mod fields;
pub mod file;
pub mod fold;
pub mod formats;
pub mod import;
pub mod layer;
pub mod layered;
pub mod limits;
pub mod problem;
pub mod question;
pub mod search;
pub mod starter;
pub mod tidy;
pub mod typed;
pub mod view;
