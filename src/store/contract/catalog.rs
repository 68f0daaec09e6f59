//! Catalogs and their history.

use async_trait::async_trait;

use crate::{
    domain::{
        change::{Actor, CatalogScope, Change, ChangeId, State, Subject},
        ids::ToolId,
        time::Timestamp,
    },
    store::{error::Result, records::CatalogRecord},
};

/// What an edit expects to find.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// Whatever stands.
    Anything,
    /// Exactly this state (`None`: nothing); otherwise the edit is refused with [`crate::store::StoreError::Changed`].
    State(Option<State>),
}

/// An edit of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Which tool, review or reviewer.
    pub subject: Subject,
    /// What must stand before.
    pub expected: Expected,
    /// What stands after; `None`: this catalog holds nothing of it any more.
    pub after: Option<State>,
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq)]
pub enum AppliedEdit {
    /// The state was the same before: nothing was written, the history says nothing.
    Same,
    /// A change of the history.
    Changed(ChangeId),
}

/// Which part of a history is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolHistory {
    /// All of it.
    All,
    /// Changes of one tool and of its reviews.
    Tool(ToolId),
}

/// Catalogs and their history.
#[async_trait]
pub trait Catalogs: Send + Sync {
    /// Everything one catalog holds: what a server's moderators added, or what the operator imported. By subject.
    async fn catalog(&self, scope: CatalogScope) -> Result<Vec<CatalogRecord>>;

    /// The state of one subject in one catalog.
    async fn catalog_state(&self, scope: CatalogScope, subject: &Subject) -> Result<Option<State>>;

    /// All servers that hold a catalog of their own.
    async fn catalog_scopes(&self) -> Result<Vec<CatalogScope>>;

    /// Applies edits to one catalog, all or none of them. Each change goes into the history. Up to
    /// [`MOST_EDITS`] edits a call. The same subject may come again: edits apply in order.
    async fn edit_catalog(
        &self,
        scope: CatalogScope,
        by: Actor,
        at: Timestamp,
        edits: Vec<Edit>,
    ) -> Result<Vec<AppliedEdit>>;

    /// Takes a change back (see [`crate::domain::change::undo`]). Returns the change that did it.
    ///
    /// # Errors
    /// [`crate::store::StoreError::UndoConflict`] when a field changed since, and
    /// [`crate::store::StoreError::NothingToUndo`].
    async fn undo_change(
        &self,
        scope: CatalogScope,
        change: ChangeId,
        by: Actor,
        at: Timestamp,
    ) -> Result<Change>;

    /// One change.
    async fn change(&self, scope: CatalogScope, change: ChangeId) -> Result<Option<Change>>;

    /// Changes of a catalog, newest first, older than `before`, at most `limit`.
    async fn history(
        &self,
        scope: CatalogScope,
        which: ToolHistory,
        before: Option<ChangeId>,
        limit: usize,
    ) -> Result<Vec<Change>>;

    /// Carries cards, marks, ballots and counts of all servers from an earlier id of a tool to its present one, once: a
    /// rename that was done before is remembered and changes nothing. One unit per server.
    /// Returns whether anything was to do.
    async fn rename_tool(&self, from: &ToolId, to: &ToolId) -> Result<bool>;
}

/// Most edits in one call of [`Catalogs::edit_catalog`].
pub const MOST_EDITS: usize = 1_000;
