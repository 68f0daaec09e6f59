//! What a member may ask: what is stored of me, and erase it.

use async_trait::async_trait;

use super::{
    Embedded,
    find::{groups_in, groups_of},
    marks::{STEP, replace_marks},
    txn::{TallyChanges, Txn},
};
use crate::{
    domain::{
        change::{Actor, CatalogScope, Change},
        ids::{ServerId, ToolId, UserId, VoterHash},
        marks::{Marks, Seq},
        time::Timestamp,
    },
    store::{
        contract::{Catalogs as _, ErasureReceipt, Members, Person, TallyChange, ToolHistory},
        deletions::Deletion,
        error::Result,
        kv::Range,
        layout::{keys, values},
        records::{Erasure, HistoryRecord, MarksRecord, Record},
    },
};

/// Writes the erasure record; marks up to its number are to go.
fn begin_erasure(txn: &mut Txn<'_>, server: ServerId, voter: VoterHash, at: Timestamp) -> Result<Seq> {
    let seq = txn.next_seq();
    txn.put_record(&Record::Erasure(Erasure { server, voter, at, seq }))?;
    Ok(seq)
}

/// Removes up to [`STEP`] of the member's tools; says whether there were more.
fn erase_step(
    txn: &mut Txn<'_>,
    server: ServerId,
    voter: VoterHash,
    last: Seq,
) -> Result<(u64, Vec<TallyChange>, bool)> {
    let blocked = txn.shared.is_blocked(server, voter);
    let (mut marks, mut tallies, mut done) = (0, Vec::new(), 0);
    for (tool, old) in groups_of(txn, server, voter)? {
        if done == STEP {
            return Ok((marks, tallies, true));
        }
        let mut new = old.clone();
        if new.erase(last) {
            marks += (old.len() - new.len()) as u64;
            tallies.push(replace_marks(txn, (server, voter, &tool), &old, &new, (blocked, blocked))?);
            done += 1;
        }
    }
    Ok((marks, tallies, false))
}

/// Takes a moderator's id out of the history of a server: up to [`STEP`] entries from `from` on. Returns how many, and
/// where to go on.
fn forget_actor(
    txn: &mut Txn<'_>,
    server: ServerId,
    range: &Range,
    is_them: &(dyn Fn(UserId, Timestamp) -> bool + Send + Sync),
) -> Result<(u64, Option<Vec<u8>>)> {
    let page: Vec<_> = txn.scan(range, false).take(STEP).collect::<Result<_>>()?;
    let mut changes = 0;
    for (_, value) in &page {
        let change: Change = values::from_json(value, "history")?;
        if let Actor::Member(user) = change.by
            && is_them(user, change.at)
        {
            let change = Change { by: Actor::Erased, ..change };
            txn.put_record(&Record::History(HistoryRecord { scope: CatalogScope::Server(server), change }))?;
            changes += 1;
        }
    }
    let last = if page.len() == STEP { page.last().map(|(key, _)| key.clone()) } else { None };
    Ok((changes, last))
}

impl Embedded {
    /// A member's marks in a server, as they are in the engine.
    fn groups_now(&self, server: ServerId, voter: VoterHash) -> Result<Vec<(ToolId, Marks)>> {
        let kv = self.kv()?;
        let first = |range: &Range| Ok(kv.scan(range, false).next().transpose()?.map(|(key, _)| key));
        groups_in((server, voter), first, |key| kv.get(key))
    }

    /// Removes a member's marks and leaves (or keeps) the erasure record. Does not touch what is kept by raw id.
    pub(super) async fn erase_marks(
        &self,
        server: ServerId,
        voter: VoterHash,
        at: Timestamp,
    ) -> Result<(u64, Vec<TallyChange>)> {
        let last = self.write(move |txn| begin_erasure(txn, server, voter, at)).await?;
        self.go_on_erasing(server, voter, last).await
    }

    async fn go_on_erasing(
        &self,
        server: ServerId,
        voter: VoterHash,
        last: Seq,
    ) -> Result<(u64, Vec<TallyChange>)> {
        let (mut marks, mut tallies) = (0, TallyChanges::default());
        loop {
            let (some, changed, more) = self.write(move |txn| erase_step(txn, server, voter, last)).await?;
            marks += some;
            tallies.extend(changed);
            if !more {
                return Ok((marks, tallies.into_vec()));
            }
        }
    }

    /// Finishes an erasure that was interrupted. Returns whether the store knew of it.
    pub(super) async fn finish_erasure(
        &self,
        server: ServerId,
        voter: VoterHash,
        at: Timestamp,
    ) -> Result<bool> {
        let known: Option<Erasure> = self
            .get(&keys::erasure(server, voter))?
            .map(|value| values::from_json(&value, "erasure"))
            .transpose()?;
        let Some(known) = known.filter(|known| known.at >= at) else { return Ok(false) };
        let left = self.groups_now(server, voter)?;
        if left.iter().any(|(_, marks)| marks.iter().any(|mark| mark.seq <= known.seq)) {
            self.go_on_erasing(server, voter, known.seq).await?;
        }
        Ok(true)
    }

    pub(super) async fn forget_in_history(
        &self,
        server: ServerId,
        is_them: std::sync::Arc<dyn Fn(UserId, Timestamp) -> bool + Send + Sync>,
    ) -> Result<u64> {
        let mut range = Range::prefix(&keys::history_of(CatalogScope::Server(server)));
        let mut changes = 0;
        while !self.is_void(&range)? {
            let (step, is_them) = (range.clone(), std::sync::Arc::clone(&is_them));
            let (some, last) = self.write(move |txn| forget_actor(txn, server, &step, &*is_them)).await?;
            changes += some;
            match last {
                Some(last) => range = range.after(&last),
                None => break,
            }
        }
        Ok(changes)
    }
}

#[async_trait]
impl Members for Embedded {
    fn voter_hash(&self, server: ServerId, user: UserId) -> VoterHash {
        self.key.voter_hash(server, user)
    }

    async fn person(&self, server: ServerId, user: UserId) -> Result<Person> {
        let voter = self.voter_hash(server, user);
        let marks = self.groups_now(server, voter)?.into_iter();
        let marks = marks.map(|(tool, marks)| MarksRecord { server, voter, tool, marks }).collect();
        let json = |key: Vec<u8>| self.get(&key);
        let history = self.history(CatalogScope::Server(server), ToolHistory::All, None, usize::MAX).await?;
        Ok(Person {
            marks,
            erasure: json(keys::erasure(server, voter))?
                .map(|value| values::from_json(&value, "erasure"))
                .transpose()?,
            blocked: self.shared.is_blocked(server, voter),
            subscriber: json(keys::subscriber(server, user))?
                .map(|value| values::from_json(&value, "subscriber"))
                .transpose()?,
            changes: history.into_iter().filter(|change| change.by == Actor::Member(user)).collect(),
        })
    }

    async fn erase_person(&self, server: ServerId, user: UserId, at: Timestamp) -> Result<ErasureReceipt> {
        let voter = self.voter_hash(server, user);
        // First beside the snapshots: a crash from here on finishes the erasure, one before it never began.
        self.deletions.add(Deletion::Member { server, voter, at })?;
        let (marks, tallies) = self.erase_marks(server, voter, at).await?;
        let subscription = self
            .write(move |txn| {
                let key = keys::subscriber(server, user);
                let was = txn.has(&key)?;
                txn.delete(key);
                Ok(was)
            })
            .await?;
        let changes =
            self.forget_in_history(server, std::sync::Arc::new(move |other, _| other == user)).await?;
        Ok(ErasureReceipt { marks, tallies, subscription, changes })
    }
}
