//! What goes into the index and what comes out.

use serde::Serialize;

/// One tool as the index sees it. The index copies what it needs.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The caller's number for this tool; comes back in [`Hit::key`]. Unique within its layer.
    pub key: u32,
    /// The name that is shown.
    pub name: &'a str,
    /// Other names people type for it.
    pub aliases: &'a [String],
    /// Who makes it; may be empty. People put it before a name or leave it out.
    pub vendor: &'a str,
}

/// Which catalog a hit lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The base catalog, seen everywhere.
    Base,
    /// The overlay that was given with the query: one server's own catalog.
    Server,
}

/// In which way a name was found, in the order in which a reader should be told: the first ones need no telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Letter by letter.
    Exact,
    /// But for capitals.
    Case,
    /// But for punctuation, spacing, accents or invisible characters.
    Punctuation,
    /// One of the other names of the tool, typed in any of the ways above.
    Alias,
    /// The words in another order.
    Reordered,
    /// The maker's name was left out.
    VendorMissing,
    /// The maker's name was put in.
    VendorExtra,
    /// No version was typed, the name has one.
    VersionMissing,
    /// A version was typed, the name has none.
    VersionExtra,
    /// A different version was typed.
    VersionOther,
    /// Some of its words.
    Words,
    /// All of its words and others around them.
    ExtraWords,
    /// Its first letters.
    Prefix,
    /// The first letters of each of its words, or its consonants.
    Abbreviation,
    /// Its initials.
    Acronym,
    /// It sounds alike.
    Sound,
    /// A slip of the keys.
    Typo,
}

impl How {
    /// Whether the name, or one of its other names, was typed in full: nothing fuzzy about it.
    #[must_use]
    pub fn is_sure(self) -> bool {
        matches!(self, Self::Exact | Self::Case | Self::Punctuation | Self::Alias)
    }

    /// The stable word for logs, JSON and message keys.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Case => "case",
            Self::Punctuation => "punctuation",
            Self::Alias => "alias",
            Self::Reordered => "reordered",
            Self::VendorMissing => "vendor_missing",
            Self::VendorExtra => "vendor_extra",
            Self::VersionMissing => "version_missing",
            Self::VersionExtra => "version_extra",
            Self::VersionOther => "version_other",
            Self::Words => "words",
            Self::ExtraWords => "extra_words",
            Self::Prefix => "prefix",
            Self::Abbreviation => "abbreviation",
            Self::Acronym => "acronym",
            Self::Sound => "sound",
            Self::Typo => "typo",
        }
    }
}

impl std::fmt::Display for How {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One tool that was found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// The catalog it lies in.
    pub layer: Layer,
    /// The number its entry was given.
    pub key: u32,
    /// 0..=1, comparable between queries and catalogs; 1 is the name itself.
    pub score: f32,
    /// In which way it was found.
    pub how: How,
    /// The alias that was found, as its place in [`Entry::aliases`]; `None`: the name itself.
    pub alias: Option<u16>,
}

/// What to do with the best hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The first hit is meant.
    Match,
    /// The first so many hits could be meant (at least one): ask back.
    Ambiguous(u8),
    /// None is meant; the hits are the closest there is.
    None,
}

/// Everything there is to say about one query.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// What to do.
    pub decision: Decision,
    /// The best hits, best first, each tool once; filled also when nothing is meant.
    pub hits: Vec<Hit>,
}

impl Answer {
    /// The tool that is meant, when the query can be answered without asking back.
    #[must_use]
    pub fn matched(&self) -> Option<&Hit> {
        self.hits.first().filter(|_| self.decision == Decision::Match)
    }

    /// The tools to offer when asking back; empty unless the decision is [`Decision::Ambiguous`].
    #[must_use]
    pub fn choices(&self) -> &[Hit] {
        match self.decision {
            Decision::Ambiguous(n) => self.hits.get(..usize::from(n)).unwrap_or(&self.hits),
            Decision::Match | Decision::None => &[],
        }
    }
}
