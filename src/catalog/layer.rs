//! One layer of the catalog: what the starter, the operator or a server says, each by itself.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::domain::{
    change::{State, Subject, ToolEntry},
    ids::{ReviewerId, ToolId},
    review::{Review, Reviewer},
    tool::CatalogEntry,
};

/// Tools, reviews and reviewers of one catalog, as the store keeps them.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    tools: FxHashMap<ToolId, ToolEntry>,
    reviews: FxHashMap<ToolId, Arc<[Review]>>,
    reviewers: Vec<Reviewer>,
}

impl Layer {
    /// A layer of whole entries: the starter catalog.
    #[must_use]
    pub fn of(tools: Vec<CatalogEntry>, reviewers: Vec<Reviewer>) -> Self {
        let mut layer = Self { reviewers, ..Self::default() };
        for CatalogEntry { tool, reviews } in tools {
            if !reviews.is_empty() {
                layer.reviews.insert(tool.id.clone(), reviews.into());
            }
            layer.tools.insert(tool.id.clone(), ToolEntry { tool: Some(Arc::new(tool)), hidden: None });
        }
        layer
    }

    /// A layer of the records that a store holds.
    #[must_use]
    pub fn of_records(records: impl IntoIterator<Item = (Subject, State)>) -> Self {
        let mut layer = Self::default();
        for (subject, state) in records {
            layer.set(&subject, Some(state));
        }
        layer
    }

    /// Puts a subject into a state, or takes it away. A state that does not fit its subject is ignored: the store refuses those.
    pub fn set(&mut self, subject: &Subject, state: Option<State>) {
        match (subject, state) {
            (Subject::Tool(id), Some(State::Tool(entry))) => {
                self.tools.insert(id.clone(), entry);
            }
            (Subject::Tool(id), None) => {
                self.tools.remove(id);
            }
            (Subject::Review(tool, reviewer), state) => {
                let others = self.reviews(tool).iter().filter(|review| review.reviewer != *reviewer).cloned();
                let own = match state {
                    Some(State::Review(review)) => Some(review),
                    _ => None,
                };
                let reviews: Arc<[Review]> = others.chain(own).collect();
                if reviews.is_empty() {
                    self.reviews.remove(tool);
                } else {
                    self.reviews.insert(tool.clone(), reviews);
                }
            }
            (Subject::Reviewer(id), state) => {
                self.reviewers.retain(|reviewer| reviewer.id != *id);
                if let Some(State::Reviewer(reviewer)) = state {
                    self.reviewers.push(reviewer);
                }
            }
            (Subject::Tool(_), Some(_)) => {}
        }
    }

    /// What this layer holds of a subject.
    #[must_use]
    pub fn state(&self, subject: &Subject) -> Option<State> {
        match subject {
            Subject::Tool(id) => self.tools.get(id).cloned().map(State::Tool),
            Subject::Review(tool, reviewer) => self
                .reviews(tool)
                .iter()
                .find(|review| review.reviewer == *reviewer)
                .cloned()
                .map(State::Review),
            Subject::Reviewer(id) => self.reviewer(id).cloned().map(State::Reviewer),
        }
    }

    /// What this layer says of a tool: its own entry, that it is hidden, or nothing.
    #[must_use]
    pub fn tool(&self, id: &ToolId) -> Option<&ToolEntry> {
        self.tools.get(id)
    }

    /// The tools of which this layer says something.
    pub fn tools(&self) -> impl Iterator<Item = (&ToolId, &ToolEntry)> {
        self.tools.iter()
    }

    /// The reviews of a tool in this layer.
    #[must_use]
    pub fn reviews(&self, id: &ToolId) -> &[Review] {
        self.reviews.get(id).map_or(&[], AsRef::as_ref)
    }

    /// The same to keep.
    #[must_use]
    pub fn shared_reviews(&self, id: &ToolId) -> Arc<[Review]> {
        self.reviews.get(id).cloned().unwrap_or_default()
    }

    /// The tools that have reviews in this layer.
    pub fn reviewed(&self) -> impl Iterator<Item = &ToolId> {
        self.reviews.keys()
    }

    /// The reviewers of this layer, in their order.
    #[must_use]
    pub fn reviewers(&self) -> &[Reviewer] {
        &self.reviewers
    }

    /// A reviewer of this layer.
    #[must_use]
    pub fn reviewer(&self, id: &ReviewerId) -> Option<&Reviewer> {
        self.reviewers.iter().find(|reviewer| reviewer.id == *id)
    }
}
