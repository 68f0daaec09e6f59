//! Tiebreaker's own index, asked as the bot asks it.

use tiebreaker::catalog::search::{Decision, Entry, Index, View};

use super::{Engine, LIMIT, Reply};

/// The index and a reader's hold on it.
pub struct Ours {
    index: Index,
    view: View,
}

/// The entries of a catalog of bare names.
pub fn entries(names: &[String]) -> impl Iterator<Item = Entry<'_>> {
    (0..).zip(names).map(|(key, name)| Entry { key, name, aliases: &[], vendor: "" })
}

impl Ours {
    /// The index, for what only it can do.
    pub fn index(&self) -> &Index {
        &self.index
    }
}

impl Engine for Ours {
    const NAME: &'static str = "tiebreaker";

    fn build(names: &[String]) -> Self {
        let index = Index::build(entries(names));
        let view = index.view();
        Self { index, view }
    }

    fn ask(&mut self, query: &str) -> Reply {
        let answer = self.view.answer(query, LIMIT);
        Reply {
            hits: answer.hits.iter().map(|hit| (hit.key, hit.score)).collect(),
            answered: Some(answer.decision == Decision::Match),
        }
    }

    fn own_count(&self) -> Option<usize> {
        Some(self.index.memory())
    }
}
