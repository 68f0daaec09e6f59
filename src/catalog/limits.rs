//! What a catalog file may hold: lengths, counts, known categories.
//!
//! Lengths are counted in characters (Unicode scalar values). `data/README.md` and `data/tool.schema.json` state the same
//! numbers for people and editors; `tests/it/catalog_data.rs` keeps the three equal.

use std::ops::RangeInclusive;

/// The limits of one kind of catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Length of a name, an alias, a vendor.
    pub name: RangeInclusive<usize>,
    /// How many aliases.
    pub aliases: usize,
    /// How many earlier ids.
    pub formerly: usize,
    /// How many further categories.
    pub also: usize,
    /// Length of the tagline.
    pub tagline: RangeInclusive<usize>,
    /// Length of the description.
    pub description: RangeInclusive<usize>,
    /// Length of the link.
    pub link: usize,
    /// Length of the entry's note.
    pub note: RangeInclusive<usize>,
    /// Length of what the amount buys.
    pub per: RangeInclusive<usize>,
    /// How many reviews.
    pub reviews: usize,
    /// Length of a quote.
    pub quote: RangeInclusive<usize>,
    /// Length of a reviewer's motto.
    pub motto: RangeInclusive<usize>,
    /// Whether vendor, category, tagline, description, link and entry must be there.
    pub complete: bool,
    /// Whether categories must be among [`CATEGORIES`] and entry prices known.
    pub curated: bool,
}

/// Limits of a catalog like the one in `data/`: written by hand, complete, checked in full.
pub const CURATED: Limits = Limits { reviews: 20, quote: 40..=240, complete: true, curated: true, ..IMPORT };

/// Limits of an import: whatever cards can show. Only the name must be there.
pub const IMPORT: Limits = Limits {
    name: 1..=80,
    aliases: 30,
    formerly: 10,
    also: 4,
    tagline: 1..=100,
    description: 1..=600,
    link: 200,
    note: 1..=120,
    per: 1..=30,
    reviews: 30,
    quote: 1..=1000,
    motto: 1..=150,
    complete: false,
    curated: false,
};

/// The categories of the starter catalog, in alphabetical order. Their names on the screen are texts.
pub const CATEGORIES: [&str; 25] = [
    "agent-frameworks",
    "app-builders",
    "automation",
    "browser-automation",
    "code-review",
    "coding-agents",
    "coding-assistants",
    "developer-tools",
    "document-parsing",
    "evaluation",
    "fine-tuning",
    "gateways",
    "gpu-clouds",
    "image-generation",
    "inference-servers",
    "local-runners",
    "mcp-tools",
    "memory",
    "models",
    "rag",
    "sandboxes",
    "speech",
    "tracing",
    "vector-databases",
    "video-generation",
];

/// Where a tool is listed that came without a category.
pub const OTHER_CATEGORY: &str = "other";
