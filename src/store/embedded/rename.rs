//! A tool's new id: cards, marks, ballots and counts follow it.

use std::sync::Arc;

use super::{
    Embedded,
    find::{marks_of, voter_of},
    marks::{count_marks, replace_marks},
    txn::Txn,
};
use crate::{
    domain::{
        change::{CatalogScope, State, Subject},
        ids::{MessageId, ServerId, ToolId, VoterHash},
        marks::Marks,
    },
    store::{
        contract::Servers as _,
        error::{Result, StoreError},
        kv::Range,
        layout::{keys, record, values},
        records::{Card, CatalogRecord, ComparisonCount, Record, Rename},
    },
};

impl Embedded {
    pub(super) async fn carry_over(&self, from: &ToolId, to: &ToolId) -> Result<bool> {
        let known: Option<Rename> =
            self.get(&keys::rename(from))?.map(|value| values::from_json(&value, "rename")).transpose()?;
        if from == to || known.is_some_and(|known| known.to == *to) {
            return Ok(false);
        }
        // From here on a card that is registered under the old id goes under the new one; the record comes last, so that a
        // rename that a crash cut short is done again.
        {
            let mut renames = self.shared.renames.write();
            // A name that comes back ends the rename that led away from it.
            renames.remove(to);
            renames.insert(from.clone(), to.clone());
        }
        for server in self.servers().await? {
            let (from, to) = (from.clone(), to.clone());
            self.write(move |txn| carry_server(txn, server.id, &from, &to)).await?;
        }
        let (from, to) = (from.clone(), to.clone());
        self.write(move |txn| {
            txn.delete(keys::rename(&to));
            txn.put_record(&Record::Rename(Rename { from, to }))?;
            Ok(true)
        })
        .await
    }
}

fn carry_server(txn: &mut Txn<'_>, server: ServerId, from: &ToolId, to: &ToolId) -> Result<()> {
    // Its data is being deleted: there is nothing to carry.
    if txn.shared.refuse_purging(server).is_err() {
        return Ok(());
    }
    carry_cards(txn, server, from, to)?;
    let marks = Range::prefix(&keys::marks_of_tool(server, from));
    let voters: Vec<VoterHash> =
        txn.scan(&marks, false).map(|pair| voter_of(&pair?.0)).collect::<Result<_>>()?;
    for voter in voters {
        carry_marks(txn, server, voter, from, to)?;
    }
    carry_catalog(txn, server, from, to)?;
    carry_counts(txn, server, from, to)
}

fn carry_cards(txn: &mut Txn<'_>, server: ServerId, from: &ToolId, to: &ToolId) -> Result<()> {
    let keys_of: Vec<_> = txn
        .scan(&Range::prefix(&keys::cards_of_tool(server, from)), false)
        .map(|pair| pair.map(|(key, _)| key))
        .collect::<Result<_>>()?;
    for key in keys_of {
        let id = key.last_chunk::<8>().map(|id| MessageId(u64::from_be_bytes(*id)));
        let id = id.ok_or_else(|| values::damaged("card of a tool"))?;
        txn.delete(key);
        if let Some(card) = super::marks::card_of(txn, id)? {
            super::cards::put_card(txn, &Card { tool: to.clone(), ..card })?;
        }
    }
    Ok(())
}

fn carry_marks(
    txn: &mut Txn<'_>,
    server: ServerId,
    voter: VoterHash,
    from: &ToolId,
    to: &ToolId,
) -> Result<()> {
    let earlier = marks_of(txn, server, voter, from)?;
    if earlier.is_empty() {
        return Ok(());
    }
    let blocked = txn.shared.is_blocked(server, voter);
    // Its cards have moved already, so none of them is spent.
    count_marks(txn, (server, voter, from), &earlier, &Marks::default(), (blocked, blocked))?;
    txn.delete(keys::marks(server, from, voter));
    for until in earlier.iter().filter_map(|mark| mark.held_until) {
        txn.delete(keys::held(until, server, voter, from));
    }
    let old = marks_of(txn, server, voter, to)?;
    let joined = old.joined(&earlier);
    replace_marks(txn, (server, voter, to), &old, &joined, (blocked, blocked))?;
    Ok(())
}

/// A server's own entry and reviews follow, unless it has some under the new id.
fn carry_catalog(txn: &mut Txn<'_>, server: ServerId, from: &ToolId, to: &ToolId) -> Result<()> {
    let scope = CatalogScope::Server(server);
    let all: Vec<_> = txn.scan(&Range::prefix(&keys::catalog_of(scope)), false).collect::<Result<_>>()?;
    for (key, value) in all {
        let Some(Record::Catalog(CatalogRecord { subject, state, .. })) = record(&key, &value)? else {
            continue;
        };
        let (subject, state) = match (subject, state) {
            (Subject::Tool(id), State::Tool(mut entry)) if id == *from => {
                if let Some(tool) = &mut entry.tool {
                    Arc::make_mut(tool).id = to.clone();
                }
                (Subject::Tool(to.clone()), State::Tool(entry))
            }
            (Subject::Review(id, reviewer), state) if id == *from => {
                (Subject::Review(to.clone(), reviewer), state)
            }
            _ => continue,
        };
        txn.delete(key);
        if !txn.has(&keys::catalog(scope, &subject))? {
            txn.put_record(&Record::Catalog(CatalogRecord { scope, subject, state }))?;
        }
    }
    Ok(())
}

fn carry_counts(txn: &mut Txn<'_>, server: ServerId, from: &ToolId, to: &ToolId) -> Result<()> {
    let renamed = |id: &ToolId| if id == from { to.clone() } else { id.clone() };
    for kind in [keys::COMPARISON, keys::DAY] {
        let all: Vec<_> =
            txn.scan(&Range::prefix(&keys::of_server(kind, server)), false).collect::<Result<_>>()?;
        for (key, value) in all {
            match record(&key, &value)? {
                Some(Record::Comparison(count)) if count.pair.0 == *from || count.pair.1 == *from => {
                    txn.delete(key);
                    let (a, b) = (renamed(&count.pair.0), renamed(&count.pair.1));
                    if a == b {
                        continue;
                    }
                    let pair = if a < b { (a, b) } else { (b, a) };
                    let known: Option<ComparisonCount> = txn
                        .get(&keys::comparison(server, count.week, &pair))?
                        .map(|value| values::from_json(&value, "comparison"))
                        .transpose()?;
                    let sum = count.count + known.map_or(0, |known| known.count);
                    txn.put_record(&Record::Comparison(ComparisonCount { pair, count: sum, ..count }))?;
                }
                Some(Record::Day(mut day)) if day.tallies.iter().any(|(id, _)| id == from) => {
                    txn.delete(key);
                    for (id, _) in &mut day.tallies {
                        *id = renamed(id);
                    }
                    txn.put_record(&Record::Day(day))?;
                }
                Some(_) => {}
                None => return Err(StoreError::Damaged("a count cannot be read".into())),
            }
        }
    }
    Ok(())
}
