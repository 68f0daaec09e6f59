//! One unit of writing, planned on the writer's thread: it sees what was committed, what the same group commit already
//! planned, and its own writes. When its plan fails, nothing of it remains.

use std::{collections::BTreeMap, iter::Peekable, sync::atomic::Ordering};

use super::shared::Shared;
use crate::{
    domain::{
        ids::{ServerId, ToolId},
        marks::Seq,
        score::Tally,
    },
    store::{
        contract::TallyChange,
        error::{Result, StoreError},
        kv::{Batch, Kv, Pair, Range},
        layout::{keys, pair, values},
        records::Record,
    },
};

/// Writes of one group commit, and what follows from them in memory once they are durable.
#[derive(Default)]
pub(crate) struct Group {
    pub(super) batch: Batch,
    /// Tallies as they stood before this group.
    pub(super) old_tallies: BTreeMap<Vec<u8>, Tally>,
}

impl Group {
    fn absorb(&mut self, other: Self) {
        self.batch.extend(other.batch);
        for (key, tally) in other.old_tallies {
            self.old_tallies.entry(key).or_insert(tally);
        }
    }
}

/// One unit of writing.
pub(crate) struct Txn<'a> {
    kv: &'a dyn Kv,
    pub(super) shared: &'a Shared,
    group: &'a Group,
    own: Group,
}

impl<'a> Txn<'a> {
    pub(super) fn new(kv: &'a dyn Kv, shared: &'a Shared, group: &'a Group) -> Self {
        Self { kv, shared, group, own: Group::default() }
    }

    /// Its writes, for the group.
    pub(super) fn into_writes(self) -> Group {
        self.own
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.own.batch.get(key).or_else(|| self.group.batch.get(key)) {
            Some(value) => Ok(value.clone()),
            None => self.kv.get(key),
        }
    }

    pub(crate) fn has(&self, key: &[u8]) -> Result<bool> {
        Ok(self.get(key)?.is_some())
    }

    pub(crate) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.own.batch.insert(key, Some(value));
    }

    pub(crate) fn delete(&mut self, key: Vec<u8>) {
        self.own.batch.insert(key, None);
    }

    pub(crate) fn put_record(&mut self, record: &Record) -> Result<()> {
        let (key, value) = pair(record)?;
        if value.len() > values::LARGEST {
            return Err(StoreError::TooLarge {
                what: record.kind(),
                bytes: value.len(),
                most: values::LARGEST,
            });
        }
        self.put(key, value);
        Ok(())
    }

    /// A range in order, or backwards.
    pub(crate) fn scan<'s>(
        &'s self,
        range: &Range,
        backwards: bool,
    ) -> impl Iterator<Item = Result<Pair>> + use<'s, 'a> {
        let layer = |batch: &'s Batch| -> Box<dyn Iterator<Item = Layered> + 's> {
            if range.is_void() {
                return Box::new(std::iter::empty());
            }
            let walk = batch.range((range.from.clone(), range.to.clone()));
            let own = |(key, value): (&Vec<u8>, &Option<Vec<u8>>)| Ok((key.clone(), value.clone()));
            if backwards { Box::new(walk.rev().map(own)) } else { Box::new(walk.map(own)) }
        };
        let below = self.kv.scan(range, backwards).map(|pair| pair.map(|(key, value)| (key, Some(value))));
        let planned = Over { over: layer(&self.group.batch).peekable(), under: below.peekable(), backwards };
        let all = Over { over: layer(&self.own.batch).peekable(), under: planned.peekable(), backwards };
        all.filter_map(|pair| match pair {
            Ok((key, value)) => value.map(|value| Ok((key, value))),
            Err(error) => Some(Err(error)),
        })
    }

    /// A sequence number that no mark has yet.
    pub(crate) fn next_seq(&self) -> Seq {
        Seq(self.shared.seq.fetch_add(1, Ordering::SeqCst) + 1)
    }

    pub(crate) fn tally(&self, server: ServerId, tool: &ToolId) -> Result<Tally> {
        self.get(&keys::tally(server, tool))?.map_or(Ok(Tally::default()), |value| values::to_tally(&value))
    }

    /// Sets a tally; an empty one is not kept.
    pub(crate) fn set_tally(&mut self, server: ServerId, tool: &ToolId, old: Tally, new: Tally) {
        let key = keys::tally(server, tool);
        if !self.own.batch.contains_key(&key) && !self.group.batch.contains_key(&key) {
            self.own.old_tallies.insert(key.clone(), old);
        }
        if new == Tally::default() {
            self.delete(key);
        } else {
            self.put(key, values::tally(new));
        }
    }
}

type Layered = Result<(Vec<u8>, Option<Vec<u8>>)>;

/// Two sorted walks as one; where both have a key, `over` wins.
struct Over<A: Iterator<Item = Layered>, B: Iterator<Item = Layered>> {
    over: Peekable<A>,
    under: Peekable<B>,
    backwards: bool,
}

impl<A: Iterator<Item = Layered>, B: Iterator<Item = Layered>> Iterator for Over<A, B> {
    type Item = Layered;

    fn next(&mut self) -> Option<Layered> {
        let order = match (self.over.peek(), self.under.peek()) {
            (Some(Ok((over, _))), Some(Ok((under, _)))) if self.backwards => under.cmp(over),
            (Some(Ok((over, _))), Some(Ok((under, _)))) => over.cmp(under),
            (None, _) => return self.under.next(),
            _ => return self.over.next(),
        };
        if order.is_gt() {
            return self.under.next();
        }
        if order.is_eq() {
            self.under.next();
        }
        self.over.next()
    }
}

/// Collects tallies that changed, one entry a tally, first before and last after.
#[derive(Default)]
pub(crate) struct TallyChanges(BTreeMap<(ServerId, ToolId), (Tally, Tally)>);

impl TallyChanges {
    pub(crate) fn add(&mut self, change: TallyChange) {
        if change.before == change.after {
            return;
        }
        self.0
            .entry((change.server, change.tool))
            .and_modify(|(_, after)| *after = change.after)
            .or_insert((change.before, change.after));
    }

    pub(crate) fn extend(&mut self, changes: Vec<TallyChange>) {
        for change in changes {
            self.add(change);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<TallyChange> {
        self.0
            .into_iter()
            .filter(|(_, (before, after))| before != after)
            .map(|((server, tool), (before, after))| TallyChange { server, tool, before, after })
            .collect()
    }
}

/// Writes and what follows, merged into the group when the plan succeeded.
pub(super) fn merge(group: &mut Group, writes: Group) {
    group.absorb(writes);
}
