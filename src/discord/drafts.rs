//! What moderators typed and could not be used yet: kept for a while, so that a form can be opened again filled in.
//!
//! A form cannot answer a form, so a mistake is told in a private message, and its button opens the form anew. Ids have
//! 100 characters; what was typed stands here until then. It is a convenience and may be lost: by a restart, after
//! [`KEPT`], or when too much is kept. The private message shows everything that was typed, so nothing is lost with it.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::{
    card::form::{DetailsDraft, ToolDraft},
    catalog::typed::TypedTool,
    domain::{
        ids::{MessageId, ServerId, ToolId, UserId},
        review::Verdict,
        tool::EntryKind,
    },
};

/// How long a draft is kept.
pub const KEPT: Duration = Duration::from_secs(3_600);
/// Drafts that are kept at most; the oldest goes first.
const MOST: usize = 2_000;
/// Bytes of text that are kept at most.
const MOST_BYTES: usize = 4 << 20;

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draft {
    /// A review of a tool.
    Review(ReviewDraft),
    /// A tool that is to be added.
    NewTool(TypedTool),
    /// New texts of a tool.
    Texts {
        /// The tool.
        tool: ToolId,
        /// What stands in the boxes.
        typed: ToolDraft,
    },
    /// New maker, category or price of a tool.
    Details {
        /// The tool.
        tool: ToolId,
        /// What is to be changed.
        wish: DetailsWish,
    },
    /// A command that waits for which tool is meant.
    Waiting(Waiting),
    /// Cards that a recount found to differ.
    Recount(Vec<MessageId>),
}

/// A review as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewDraft {
    /// The tool.
    pub tool: ToolId,
    /// Ship or skip.
    pub verdict: Verdict,
    /// Who says so.
    pub reviewer: String,
    /// What is said; empty: nothing yet.
    pub quote: String,
}

/// What shall change of a tool's maker, category and price; `None`: it stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DetailsWish {
    /// Id of the category.
    pub category: Option<String>,
    /// Who makes it.
    pub vendor: Option<String>,
    /// Whether one can start without paying.
    pub kind: Option<EntryKind>,
    /// A note on the price.
    pub note: Option<String>,
    /// The price.
    pub amount: Option<String>,
    /// Its currency.
    pub currency: Option<String>,
    /// What it buys.
    pub per: Option<String>,
}

impl DetailsWish {
    /// Everything that stands in the form for maker and price; an emptied box takes its field out.
    #[must_use]
    pub fn all(details: DetailsDraft) -> Self {
        let DetailsDraft { vendor, note, amount, currency, per } = details;
        Self {
            category: None,
            vendor: Some(vendor),
            kind: None,
            note: Some(note),
            amount: Some(amount),
            currency: Some(currency),
            per: Some(per),
        }
    }

    /// Changes a tool as wished. A hyphen takes a field out: an option of a command cannot be empty. Without a price there
    /// is no currency and nothing that the price buys.
    pub fn apply(&self, tool: &mut TypedTool) {
        let given = |wish: &Option<String>| {
            wish.as_ref()
                .map(|text| if matches!(text.trim(), "-" | "–" | "—") { String::new() } else { text.clone() })
        };
        if let Some(category) = &self.category {
            tool.category.clone_from(category);
        }
        if let Some(kind) = self.kind {
            tool.kind = kind;
        }
        let had_price = !tool.amount.is_empty();
        for (field, wish) in [
            (&mut tool.vendor, &self.vendor),
            (&mut tool.note, &self.note),
            (&mut tool.amount, &self.amount),
            (&mut tool.currency, &self.currency),
            (&mut tool.per, &self.per),
        ] {
            if let Some(text) = given(wish) {
                *field = text;
            }
        }
        if had_price && tool.amount.trim().is_empty() {
            tool.currency.clear();
            tool.per.clear();
        }
    }
}

/// A command whose tool is not clear yet, with everything else that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// `/addreview`
    Review {
        /// Ship or skip.
        verdict: Verdict,
        /// Who says so.
        reviewer: String,
        /// What is said, when it was given with the command.
        quote: Option<String>,
    },
    /// `/edittool`
    Edit(DetailsWish),
    /// `/removetool`
    Remove,
    /// `/removereview`
    RemoveReview {
        /// Whose review, as it was typed.
        reviewer: String,
    },
    /// `/history`
    History,
}

impl Draft {
    /// Its share of [`MOST_BYTES`], roughly.
    fn bytes(&self) -> usize {
        let wish = |wish: &DetailsWish| {
            [&wish.category, &wish.vendor, &wish.note, &wish.amount, &wish.currency, &wish.per]
                .into_iter()
                .flatten()
                .map(String::len)
                .sum()
        };
        let texts: usize = match self {
            Self::Review(review) => review.reviewer.len() + review.quote.len(),
            Self::NewTool(tool) => {
                let lists: usize = tool.aliases.iter().map(String::len).sum();
                let texts =
                    [&tool.name, &tool.vendor, &tool.tagline, &tool.description, &tool.link, &tool.note];
                lists + texts.into_iter().map(String::len).sum::<usize>()
            }
            Self::Texts { typed, .. } => {
                [&typed.name, &typed.aliases, &typed.tagline, &typed.description, &typed.link]
                    .into_iter()
                    .map(String::len)
                    .sum()
            }
            Self::Details { wish: given, .. } | Self::Waiting(Waiting::Edit(given)) => wish(given),
            Self::Waiting(Waiting::Review { reviewer, quote, .. }) => {
                reviewer.len() + quote.as_ref().map_or(0, String::len)
            }
            Self::Waiting(Waiting::RemoveReview { reviewer }) => reviewer.len(),
            Self::Waiting(Waiting::Remove | Waiting::History) => 0,
            Self::Recount(cards) => cards.len() * std::mem::size_of::<MessageId>(),
        };
        texts + std::mem::size_of::<Kept>()
    }
}

struct Kept {
    key: u64,
    server: ServerId,
    user: UserId,
    at: Instant,
    bytes: usize,
    draft: Draft,
}

/// The drafts of this process.
#[derive(Default)]
pub struct Drafts(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    /// Oldest first.
    kept: VecDeque<Kept>,
    bytes: usize,
}

impl std::fmt::Debug for Drafts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drafts").field("kept", &self.0.lock().kept.len()).finish()
    }
}

impl Drafts {
    /// Keeps a draft of a member; returns the key under which it is found.
    pub fn keep(&self, server: ServerId, user: UserId, draft: Draft) -> String {
        self.keep_at(Instant::now(), server, user, draft)
    }

    /// The draft of this member under this key, if it is still there. It stays there: a form may be opened twice.
    #[must_use]
    pub fn find(&self, server: ServerId, user: UserId, key: &str) -> Option<Draft> {
        self.find_at(Instant::now(), server, user, key)
    }

    fn keep_at(&self, now: Instant, server: ServerId, user: UserId, draft: Draft) -> String {
        let mut key = [0; 8];
        // Without randomness the key is still one that only this member can use.
        let _ = getrandom::fill(&mut key);
        let key = u64::from_le_bytes(key);
        let bytes = draft.bytes();
        let mut shelf = self.0.lock();
        shelf.bytes += bytes;
        shelf.kept.push_back(Kept { key, server, user, at: now, bytes, draft });
        shelf.tidy(now);
        format!("{key:x}")
    }

    fn find_at(&self, now: Instant, server: ServerId, user: UserId, key: &str) -> Option<Draft> {
        let key = u64::from_str_radix(key, 16).ok()?;
        let mut shelf = self.0.lock();
        shelf.tidy(now);
        let is_it = |kept: &&Kept| kept.key == key && kept.server == server && kept.user == user;
        shelf.kept.iter().rev().find(is_it).map(|kept| kept.draft.clone())
    }
}

impl Shelf {
    fn tidy(&mut self, now: Instant) {
        while let Some(oldest) = self.kept.front()
            && (self.kept.len() > MOST || self.bytes > MOST_BYTES || now - oldest.at >= KEPT)
        {
            self.bytes -= oldest.bytes;
            self.kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: ServerId = ServerId(1);
    const ADA: UserId = UserId(1);

    fn review(quote: &str) -> Draft {
        Draft::Review(ReviewDraft {
            tool: ToolId::trusted("axolotl"),
            verdict: Verdict::Ship,
            reviewer: "Ada".to_owned(),
            quote: quote.to_owned(),
        })
    }

    #[test]
    fn a_draft_is_its_authors_alone() {
        let drafts = Drafts::default();
        let key = drafts.keep(HERE, ADA, review("so far"));
        assert_eq!(drafts.find(HERE, ADA, &key), Some(review("so far")));
        assert_eq!(drafts.find(HERE, UserId(2), &key), None);
        assert_eq!(drafts.find(ServerId(2), ADA, &key), None);
        assert_eq!(drafts.find(HERE, ADA, "no key"), None);
    }

    #[test]
    fn drafts_go_after_a_while_and_when_there_are_too_many() {
        let (drafts, now) = (Drafts::default(), Instant::now());
        let old = drafts.keep_at(now, HERE, ADA, review("old"));
        assert!(drafts.find_at(now + KEPT - Duration::from_secs(1), HERE, ADA, &old).is_some());
        assert!(drafts.find_at(now + KEPT, HERE, ADA, &old).is_none());

        let first = drafts.keep_at(now, HERE, ADA, review("first"));
        for _ in 0..MOST {
            drafts.keep_at(now, HERE, ADA, review("x"));
        }
        assert!(drafts.find_at(now, HERE, ADA, &first).is_none());
        for _ in 0..MOST {
            drafts.keep_at(now, HERE, ADA, review(&"x".repeat(8_000)));
        }
        let shelf = drafts.0.lock();
        assert!(shelf.bytes <= MOST_BYTES && shelf.kept.len() > 100);
        assert_eq!(shelf.bytes, shelf.kept.iter().map(|kept| kept.bytes).sum::<usize>());
    }
}
