//! Catalogs and their history.

use std::ops::Bound;

use async_trait::async_trait;

use super::{Embedded, cards::know_server, txn::Txn};
use crate::{
    domain::{
        change::{self, Actor, CatalogScope, Change, ChangeId, State, Subject},
        ids::ToolId,
        time::Timestamp,
    },
    store::{
        contract::{AppliedEdit, Catalogs, Edit, Expected, MOST_EDITS, ToolHistory},
        error::{Result, StoreError},
        kv::Range,
        layout::{keys, keys::Parts, record, values},
        records::{CatalogRecord, HistoryRecord, Record},
    },
};

fn state_of(txn: &Txn<'_>, scope: CatalogScope, subject: &Subject) -> Result<Option<State>> {
    txn.get(&keys::catalog(scope, subject))?.map(|value| values::from_json(&value, "catalog")).transpose()
}

fn change_of(txn: &Txn<'_>, scope: CatalogScope, id: ChangeId) -> Result<Option<Change>> {
    txn.get(&keys::history(scope, id))?.map(|value| values::from_json(&value, "history")).transpose()
}

fn next_change(txn: &Txn<'_>, scope: CatalogScope) -> Result<ChangeId> {
    let last = txn.scan(&Range::prefix(&keys::history_of(scope)), true).next().transpose()?;
    let last = last.and_then(|(key, _)| key.last_chunk::<8>().map(|id| u64::from_be_bytes(*id)));
    Ok(ChangeId(last.unwrap_or(0) + 1))
}

/// Writes a state and the change that led to it.
fn put_state(txn: &mut Txn<'_>, scope: CatalogScope, change: &Change) -> Result<()> {
    match &change.after {
        Some(state) => txn.put_record(&Record::Catalog(CatalogRecord {
            scope,
            subject: change.subject.clone(),
            state: state.clone(),
        }))?,
        None => txn.delete(keys::catalog(scope, &change.subject)),
    }
    txn.put_record(&Record::History(HistoryRecord { scope, change: change.clone() }))
}

/// A short name of a subject, for errors.
fn name(subject: &Subject) -> std::sync::Arc<str> {
    match subject {
        Subject::Tool(tool) => tool.as_str().into(),
        Subject::Review(tool, reviewer) => format!("{reviewer} on {tool}").into(),
        Subject::Reviewer(reviewer) => reviewer.as_str().into(),
    }
}

fn admit(txn: &mut Txn<'_>, scope: CatalogScope, at: Timestamp) -> Result<()> {
    if let Some(server) = scope.server() {
        txn.shared.refuse_purging(server)?;
        know_server(txn, server, at)?;
    }
    Ok(())
}

fn edit(
    txn: &mut Txn<'_>,
    scope: CatalogScope,
    (by, at): (Actor, Timestamp),
    edits: Vec<Edit>,
) -> Result<Vec<AppliedEdit>> {
    admit(txn, scope, at)?;
    let mut id = next_change(txn, scope)?;
    let mut done = Vec::with_capacity(edits.len());
    for Edit { subject, expected, after } in edits {
        if after.as_ref().is_some_and(|state| !state.fits(&subject)) {
            return Err(StoreError::WrongState(name(&subject)));
        }
        let before = state_of(txn, scope, &subject)?;
        if let Expected::State(state) = expected
            && state != before
        {
            return Err(StoreError::Changed { subject: name(&subject), now: before.map(Box::new) });
        }
        if before == after {
            done.push(AppliedEdit::Same);
            continue;
        }
        let change = Change { id, at, by, subject, before, after, undoes: None, undone: None };
        put_state(txn, scope, &change)?;
        done.push(AppliedEdit::Changed(id));
        id.0 += 1;
    }
    Ok(done)
}

fn undo(
    txn: &mut Txn<'_>,
    scope: CatalogScope,
    id: ChangeId,
    (by, at): (Actor, Timestamp),
) -> Result<Change> {
    admit(txn, scope, at)?;
    let mut old = change_of(txn, scope, id)?.ok_or(StoreError::NothingToUndo)?;
    if old.undone.is_some() {
        return Err(StoreError::NothingToUndo);
    }
    let now = state_of(txn, scope, &old.subject)?;
    let after = change::undo(old.before.as_ref(), old.after.as_ref(), now.as_ref())
        .map_err(StoreError::UndoConflict)?;
    let change = Change {
        id: next_change(txn, scope)?,
        at,
        by,
        subject: old.subject.clone(),
        before: now,
        after,
        undoes: Some(id),
        undone: None,
    };
    put_state(txn, scope, &change)?;
    // Taking an undo back makes the change below it stand again, so that it can be taken back again.
    if let Some(below) = old.undoes
        && let Some(mut below) = change_of(txn, scope, below)?
    {
        below.undone = None;
        txn.put_record(&Record::History(HistoryRecord { scope, change: below }))?;
    }
    old.undone = Some(change.id);
    txn.put_record(&Record::History(HistoryRecord { scope, change: old }))?;
    Ok(change)
}

#[async_trait]
impl Catalogs for Embedded {
    async fn catalog(&self, scope: CatalogScope) -> Result<Vec<CatalogRecord>> {
        // One pair at a time: an operator's catalog may be large.
        let kv = self.kv()?;
        kv.scan(&Range::prefix(&keys::catalog_of(scope)), false)
            .filter_map(|pair| match pair.and_then(|(key, value)| record(&key, &value)) {
                Ok(Some(Record::Catalog(record))) => Some(Ok(record)),
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            })
            .collect()
    }

    async fn catalog_state(&self, scope: CatalogScope, subject: &Subject) -> Result<Option<State>> {
        let value = self.get(&keys::catalog(scope, subject))?;
        value.map(|value| values::from_json(&value, "catalog")).transpose()
    }

    async fn catalog_scopes(&self) -> Result<Vec<CatalogScope>> {
        let kv = self.kv()?;
        let mut scopes = Vec::new();
        let mut range = Range::prefix(&keys::kind(keys::CATALOG));
        // One look per catalog: from the first key of each to the end of its prefix.
        while let Some((key, _)) = kv.scan(&range, false).next().transpose()? {
            let scope = Parts::of(&key).and_then(|(_, mut parts)| parts.scope());
            let scope = scope.ok_or_else(|| values::damaged("catalog"))?;
            scopes.push(scope);
            let Bound::Excluded(next) = Range::prefix(&keys::catalog_of(scope)).to else { break };
            range.from = Bound::Included(next);
        }
        Ok(scopes)
    }

    async fn edit_catalog(
        &self,
        scope: CatalogScope,
        by: Actor,
        at: Timestamp,
        edits: Vec<Edit>,
    ) -> Result<Vec<AppliedEdit>> {
        if edits.len() > MOST_EDITS {
            return Err(StoreError::TooLarge { what: "list of edits", bytes: edits.len(), most: MOST_EDITS });
        }
        self.write(move |txn| edit(txn, scope, (by, at), edits)).await
    }

    async fn undo_change(
        &self,
        scope: CatalogScope,
        change: ChangeId,
        by: Actor,
        at: Timestamp,
    ) -> Result<Change> {
        self.write(move |txn| undo(txn, scope, change, (by, at))).await
    }

    async fn change(&self, scope: CatalogScope, change: ChangeId) -> Result<Option<Change>> {
        let value = self.get(&keys::history(scope, change))?;
        value.map(|value| values::from_json(&value, "history")).transpose()
    }

    async fn history(
        &self,
        scope: CatalogScope,
        which: ToolHistory,
        before: Option<ChangeId>,
        limit: usize,
    ) -> Result<Vec<Change>> {
        let mut range = Range::prefix(&keys::history_of(scope));
        if let Some(before) = before {
            range = range.before(&keys::history(scope, before));
        }
        let kv = self.kv()?;
        let mut found = Vec::new();
        for pair in kv.scan(&range, true) {
            if found.len() >= limit {
                break;
            }
            let change: Change = values::from_json(&pair?.1, "history")?;
            let wanted = match &which {
                ToolHistory::All => true,
                ToolHistory::Tool(tool) => change.subject.tool() == Some(tool),
            };
            if wanted {
                found.push(change);
            }
        }
        Ok(found)
    }

    async fn rename_tool(&self, from: &ToolId, to: &ToolId) -> Result<bool> {
        self.carry_over(from, to).await
    }
}
