//! Reviewers and their verdicts.

use serde::{Deserialize, Serialize};

use super::{
    ids::ReviewerId,
    time::{Date, iso_date},
};

/// Ship it, or skip it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// 🚢
    Ship,
    /// ⏭️
    Skip,
}

impl Verdict {
    /// Both verdicts, ship first.
    pub const ALL: [Self; 2] = [Self::Ship, Self::Skip];

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Ship => Self::Skip,
            Self::Skip => Self::Ship,
        }
    }

    /// The word for it in files and in the ids of forms; as serde writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ship => "ship",
            Self::Skip => "skip",
        }
    }

    /// The verdict of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }
}

/// A member of the panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    /// Stable id.
    pub id: ReviewerId,
    /// Shown name ("The Builder"). At most 60 characters.
    pub name: String,
    /// Id of the role; its name in a language is a text. Empty for a server's own reviewers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// One line. At most 150 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub motto: String,
}

impl Reviewer {
    /// A reviewer whom nobody lists any more: known by the id, without role and motto.
    #[must_use]
    pub fn unseated(id: &ReviewerId) -> Self {
        let name = id.as_str().trim_start_matches('@').to_owned();
        Self { id: id.clone(), name, role: String::new(), motto: String::new() }
    }
}

/// One reviewer's verdict on one tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who says so; one review per reviewer, tool and scope.
    pub reviewer: ReviewerId,
    /// Ship or skip.
    pub verdict: Verdict,
    /// In the reviewer's words. 1 to 1,000 characters (the starter catalog: 40 to 240).
    pub quote: String,
    /// The day it was given.
    #[serde(with = "iso_date")]
    pub date: Date,
}

/// Whose catalog or review this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The operator's: seen everywhere.
    Base,
    /// A server's own: seen only there.
    Server,
}
