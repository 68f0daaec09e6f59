//! Who changed what in a server's catalog, and taking it back.

use std::sync::Arc;

use super::{Done, Moderation, Moderator, Refusal, typed::reads_like};
use crate::{
    catalog::{fold::fold, search::Decision, view::View},
    domain::{
        change::{self, CatalogScope, Change, ChangeId, State, Subject, ToolEntry},
        ids::{ReviewerId, ServerId, ToolId},
        review::Reviewer,
        tool::Tool,
    },
    error::UserError,
    service::names::{Unclear, read_name},
    store::{StoreError, contract::ToolHistory},
};

/// Changes that are looked through, the newest; older ones stay in the store and in its exports.
const MOST_CHANGES: usize = 500;

/// One entry of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The change. Where a server's own version of a shared tool begins or ends, the shared tool stands in for nothing.
    pub change: Change,
    /// The tool or reviewer it is about, in words.
    pub subject: String,
}

/// One page of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its entries, newest first.
    pub entries: Vec<Entry>,
    /// Its number, counted from 0.
    pub number: usize,
    /// How many entries there are in all.
    pub total: usize,
}

impl Moderation {
    /// One page of the changes of a server's catalog, or of those of one tool and its reviews. A page past the last is the
    /// last.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn history(
        &self,
        by: Moderator,
        tool: Option<&ToolId>,
        number: usize,
        length: usize,
    ) -> Result<Page, Refusal> {
        let which = tool.map_or(ToolHistory::All, |tool| ToolHistory::Tool(tool.clone()));
        let mut changes = self.store.history(by.scope(), which, None, MOST_CHANGES).await?;
        changes.retain(is_shown);
        let total = changes.len();
        let number = number.min(total.saturating_sub(1) / length.max(1));
        let view = self.view(by.server);
        let page = changes.into_iter().skip(number * length).take(length);
        Ok(Page { entries: page.map(|change| entry(&view, change)).collect(), number, total })
    }

    /// The tool that a name means in a history: also one that was removed here.
    ///
    /// # Errors
    /// The choices, or the closest tools, when no single tool is meant.
    pub async fn once_listed(&self, server: ServerId, name: &str) -> Result<ToolId, Unclear> {
        let view = self.view(server);
        let unclear = match read_name(&view, name) {
            Ok(asked) => return Ok(asked.found.listing.tool.id.clone()),
            Err(unclear) => unclear,
        };
        let hidden: Vec<&ToolId> = view.hidden().collect();
        let shared = self.catalog.view(None).resolve(name, 1);
        if shared.decision == Decision::Match
            && let Some(found) = shared.found.first()
            && hidden.contains(&&found.listing.tool.id)
        {
            return Ok(found.listing.tool.id.clone());
        }
        let scope = CatalogScope::Server(server);
        let folded = fold(name);
        for id in hidden {
            if let Some(State::Tool(ToolEntry { tool: Some(tool), .. })) =
                self.catalog.state(scope, &Subject::Tool(id.clone()))
                && fold(&tool.name).text() == folded.text()
            {
                return Ok(tool.id.clone());
            }
        }
        Err(unclear)
    }

    /// Takes a change back. Only the fields that it altered are touched.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when one of them was altered again since, a user error when there is nothing to take back or
    /// the name has been given away, or a fault of the store.
    pub async fn undo(&self, by: Moderator, id: ChangeId) -> Result<Done, Refusal> {
        let _turn = self.turn(by.server).await;
        let view = self.view(by.server);
        let old = self.store.change(by.scope(), id).await?.ok_or(StoreError::NothingToUndo)?;
        if old.undone.is_none() {
            self.look_ahead(by, &view, &old).await?;
        }
        let done = match self.store.undo_change(by.scope(), id, by.into(), self.clock.now()).await {
            Ok(done) => done,
            Err(StoreError::UndoConflict(conflict)) => {
                return Err(Refusal::Conflict { subject: name(&view, &old), conflict });
            }
            Err(other) => return Err(other.into()),
        };
        self.catalog.apply(by.scope(), [(done.subject.clone(), done.after.clone())]);
        tracing::info!(guild.id = by.server.0, change.id = id.0, "a change was taken back");
        let after = self.view(by.server);
        let tool = tool_of(&after, &done).or_else(|| tool_of(&view, &done));
        let tool = tool.ok_or_else(|| UserError::new("moderation-nothing-to-undo"))?;
        Ok(Done {
            change: Some(done.id),
            tool_before: tool_of(&view, &old).map(Arc::unwrap_or_clone),
            tool: Arc::unwrap_or_clone(tool),
            subject: done.subject,
            before: done.before,
            after: done.after,
            tidied: false,
        })
    }

    /// Undo must not bring back a tool whose name another tool has by now.
    async fn look_ahead(&self, by: Moderator, view: &View, old: &Change) -> Result<(), Refusal> {
        let Subject::Tool(id) = &old.subject else { return Ok(()) };
        let now = self.state(by, &old.subject).await?;
        let Ok(result) = change::undo(old.before.as_ref(), old.after.as_ref(), now.as_ref()) else {
            return Ok(());
        };
        let back = match result {
            Some(State::Tool(entry)) if entry.hidden.is_some() => return Ok(()),
            Some(State::Tool(ToolEntry { tool: Some(tool), .. })) => tool,
            _ => match view.base_tool(id) {
                Some(shared) => Arc::clone(shared),
                None => return Ok(()),
            },
        };
        match reads_like(view, &back.name, id) {
            Some(other) => Err(UserError::new("moderation-undo-name-taken")
                .with("name", &back.name)
                .with("other", &other.tool.name)
                .into()),
            None => Ok(()),
        }
    }
}

/// Not shown: what only prepares another change. A reviewer comes with the first review, and a server's own version of a
/// shared tool begins as a copy of it.
fn is_shown(change: &Change) -> bool {
    match (&change.subject, &change.before, &change.after) {
        (Subject::Reviewer(_), ..) => false,
        (Subject::Tool(id), None, Some(State::Tool(entry))) => id.is_server_made() || entry.hidden.is_some(),
        _ => true,
    }
}

fn entry(view: &View, mut change: Change) -> Entry {
    let subject = name(view, &change);
    if let Subject::Tool(id) = &change.subject
        && let Some(shared) = view.base_tool(id)
    {
        let shared = || Some(State::shown(Arc::clone(shared)));
        change.before = change.before.or_else(shared);
        change.after = change.after.or_else(shared);
    }
    Entry { change, subject }
}

/// What a change is about, in words: the tool, and who reviewed it.
fn name(view: &View, change: &Change) -> String {
    let tool =
        |id: &ToolId| tool_of(view, change).map_or_else(|| id.as_str().to_owned(), |tool| tool.name.clone());
    match &change.subject {
        Subject::Tool(id) => tool(id),
        Subject::Review(id, by) => format!("{} · {}", tool(id), reviewer(view, by)),
        Subject::Reviewer(id) => reviewer(view, id),
    }
}

fn reviewer(view: &View, id: &ReviewerId) -> String {
    view.reviewer(id).cloned().unwrap_or_else(|| Reviewer::unseated(id)).name
}

/// The tool that a change touches: as it is seen now, as the change holds it, or as everybody else sees it.
fn tool_of(view: &View, change: &Change) -> Option<Arc<Tool>> {
    let id = change.subject.tool()?;
    let seen = view.tool(id).map(|listing| Arc::clone(&listing.tool));
    let held = || {
        [&change.after, &change.before].into_iter().find_map(|state| match state {
            Some(State::Tool(entry)) => entry.tool.clone(),
            _ => None,
        })
    };
    seen.or_else(held).or_else(|| view.base_tool(id).cloned())
}

impl From<Moderator> for change::Actor {
    fn from(by: Moderator) -> Self {
        Self::Member(by.user)
    }
}
