//! A tool and its entry price.

use serde::{Deserialize, Serialize};

use super::{
    ids::{CategoryId, ToolId},
    review::Review,
    time::{Date, iso_date},
};

/// One entry of the catalog, without its reviews.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Never reused; carries the ballots.
    pub id: ToolId,
    /// Shown name; a version is part of it. At most 80 characters.
    pub name: String,
    /// What else people type. At most 30, each at most 80 characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Earlier ids of this tool: their ballots count for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formerly: Vec<ToolId>,
    /// Who makes it. At most 80 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vendor: String,
    /// The category under which it is listed.
    pub category: CategoryId,
    /// Further categories in which it is a fair substitute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<CategoryId>,
    /// One line. At most 100 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tagline: String,
    /// Two or three sentences. At most 600 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The official page, `https://…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Language of the texts (BCP 47).
    #[serde(default = "english", skip_serializing_if = "is_english")]
    pub lang: String,
    /// What it costs to start.
    pub entry: Entry,
}

fn english() -> String {
    "en".to_owned()
}

fn is_english(lang: &str) -> bool {
    lang == "en"
}

impl Tool {
    /// Whether the two serve one purpose: some category is shared.
    #[must_use]
    pub fn is_substitute_for(&self, other: &Self) -> bool {
        self.categories().any(|mine| other.categories().any(|theirs| mine == theirs))
    }

    /// Its category and the further ones.
    pub fn categories(&self) -> impl Iterator<Item = &CategoryId> {
        std::iter::once(&self.category).chain(&self.also)
    }
}

/// What it costs to start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Free or paid.
    pub kind: EntryKind,
    /// A short note ("research licence"). At most 120 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The day this was last checked; of an unknown kind, the day on which nothing was known.
    #[serde(with = "iso_date")]
    pub checked: Date,
    /// The price as a decimal number in plain digits ("20", "0.50").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// ISO 4217 code of `amount`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What `amount` buys ("month", "seat and month", "hour").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
}

/// Whether one can start without paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A free tier, or open source that one runs oneself.
    Free,
    /// One pays to start.
    Paid,
    /// Nobody said: a short line of an import, which holds a name and little else. Never in the starter catalog.
    Unknown,
}

impl EntryKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Free, Self::Paid, Self::Unknown];

    /// The word for it in files and in the ids of forms; as serde writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Paid => "paid",
            Self::Unknown => "unknown",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A tool together with its reviews of one scope, as a data file or an import holds them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogEntry {
    /// The tool.
    #[serde(flatten)]
    pub tool: Tool,
    /// One review per reviewer.
    #[serde(default)]
    pub reviews: Vec<Review>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::review::Verdict;

    #[test]
    fn words_are_those_of_the_files_and_come_back() {
        for kind in EntryKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
            assert_eq!(EntryKind::of_word(kind.word()), Some(kind));
        }
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.word());
            assert_eq!(Verdict::of_word(verdict.word()), Some(verdict));
        }
        assert_eq!((EntryKind::of_word("Free"), Verdict::of_word("")), (None, None));
    }
}
