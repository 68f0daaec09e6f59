//! What moderators do with their server's catalog: tools and reviews of its own, changes to shared ones, all of it with a
//! history and undo. Whatever is done here is seen in that server only.
//!
//! | file | what |
//! | --- | --- |
//! | [`typed`] | what was typed, checked by the catalog's rules; which field is wrong, and why |
//! | [`review`] | adding and removing a review, reviewers of the server |
//! | [`tool`] | adding, editing, removing a tool |
//! | [`history`] | who changed what, and undo |
//!
//! Whether the actor is a moderator is for the caller to know: Discord says so with every interaction. A change is in the
//! store first, then in the catalog that everybody asks; both happen in one turn of the server, so that no two changes pass
//! each other on the way.

pub mod history;
pub mod review;
pub mod tool;
pub mod typed;

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};

use self::typed::{Fault, Field};
use crate::{
    catalog::{
        layered::Catalog,
        view::{Listing, View},
    },
    domain::{
        change::{Actor, CatalogScope, ChangeId, State, Subject, UndoConflict},
        ids::{ServerId, ToolId, UserId},
        tool::Tool,
    },
    error::{Failure, UserError},
    service::ports::Clock,
    store::{
        Store, StoreError,
        contract::{AppliedEdit, Edit, Expected},
    },
};

/// Tools of which one server may say something of its own.
pub const MOST_TOOLS: usize = 1_000;
/// Reviews one server may hold.
pub const MOST_REVIEWS: usize = 5_000;
/// Servers share so many turns; two that share one wait for each other for the length of a write.
const TURNS: usize = 64;

/// Who changes something, and where. Checked by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moderator {
    /// The server.
    pub server: ServerId,
    /// The member.
    pub user: UserId,
}

impl Moderator {
    const fn scope(self) -> CatalogScope {
        CatalogScope::Server(self.server)
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The change in the history; `None`: it was so already.
    pub change: Option<ChangeId>,
    /// The tool it is about, as this server saw it before; `None`: it is new here.
    pub tool_before: Option<Tool>,
    /// The tool it is about, as this server sees it now, or saw it last.
    pub tool: Tool,
    /// What it was about.
    pub subject: Subject,
    /// What the server's catalog held before.
    pub before: Option<State>,
    /// What it holds now.
    pub after: Option<State>,
    /// Characters that nobody can see were taken out of what was typed.
    pub tidied: bool,
}

/// Why something was not done.
#[derive(Debug)]
pub enum Refusal {
    /// What was typed has mistakes; never empty.
    Faults(Vec<Fault>),
    /// A change cannot be taken back because a field changed since.
    Conflict {
        /// What it is about, in words.
        subject: String,
        /// Both versions.
        conflict: Box<UndoConflict>,
    },
    /// Anything else.
    Other(Failure),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Faults(vec![fault])
    }
}

impl From<UserError> for Refusal {
    fn from(error: UserError) -> Self {
        Self::Other(error.into())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Other(match error {
            StoreError::Changed { .. } => UserError::new("moderation-changed-meanwhile").into(),
            StoreError::NothingToUndo => UserError::new("moderation-nothing-to-undo").into(),
            StoreError::Purging => UserError::new("moderation-purging").into(),
            other => Failure::Internal(anyhow::Error::new(other).context("a catalog was not changed")),
        })
    }
}

/// See the module's page. Cheap to share.
pub struct Moderation {
    catalog: Arc<Catalog>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    turns: [Mutex<()>; TURNS],
}

impl std::fmt::Debug for Moderation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Moderation").finish_non_exhaustive()
    }
}

/// One subject, from what must stand to what shall stand.
struct Step {
    subject: Subject,
    before: Option<State>,
    after: Option<State>,
}

impl Moderation {
    /// Changes `store` and, with it, `catalog`.
    #[must_use]
    pub fn new(catalog: Arc<Catalog>, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { catalog, store, clock, turns: std::array::from_fn(|_| Mutex::new(())) }
    }

    /// The catalog as a server sees it now.
    #[must_use]
    pub fn view(&self, server: ServerId) -> View {
        self.catalog.view(Some(server))
    }

    /// The server's turn: whoever holds it is the only one who changes its catalog.
    async fn turn(&self, server: ServerId) -> MutexGuard<'_, ()> {
        // The low bits of an id count what was made within one millisecond; these change from server to server.
        let place = usize::try_from((server.0 >> 22) % TURNS as u64).unwrap_or_default();
        self.turns.get(place).unwrap_or(&self.turns[0]).lock().await
    }

    /// Writes steps, all or none, then shows them. Returns the change of the last one. Call it within a turn.
    async fn commit(&self, by: Moderator, steps: Vec<Step>) -> Result<Option<ChangeId>, Refusal> {
        let shown: Vec<_> = steps.iter().map(|step| (step.subject.clone(), step.after.clone())).collect();
        let edits = steps
            .into_iter()
            .map(|Step { subject, before, after }| Edit { subject, expected: Expected::State(before), after })
            .collect();
        let applied =
            self.store.edit_catalog(by.scope(), Actor::Member(by.user), self.clock.now(), edits).await?;
        let change = match applied.last() {
            Some(AppliedEdit::Changed(id)) => Some(*id),
            Some(AppliedEdit::Same) | None => None,
        };
        self.catalog.apply(by.scope(), shown);
        tracing::info!(
            guild.id = by.server.0,
            change.id = change.map(|change| change.0),
            "a server's catalog was changed"
        );
        Ok(change)
    }

    async fn state(&self, by: Moderator, subject: &Subject) -> Result<Option<State>, Refusal> {
        Ok(self.store.catalog_state(by.scope(), subject).await?)
    }
}

/// A tool that is seen here.
fn listed(view: &View, tool: &ToolId) -> Result<Listing, Refusal> {
    view.tool(tool).ok_or_else(|| UserError::new("moderation-tool-gone").into())
}

/// A tool that says something of its own must leave room for others.
fn room_for_tool(view: &View) -> Result<(), Refusal> {
    let (tools, _) = view.own_len();
    if tools < MOST_TOOLS {
        return Ok(());
    }
    let what = UserError::new("moderation-many-tools").with("max", MOST_TOOLS);
    Err(Fault { field: Field::Name, what }.into())
}
