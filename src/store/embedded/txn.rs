//! One unit of writing, planned on the writer's thread: it sees what was committed, what the same group commit already
//! planned, and its own writes. When its plan fails, nothing of it remains.

use std::{cell::RefCell, collections::BTreeMap, iter::Peekable, sync::atomic::Ordering};

use super::{recent::Recent, shared::Shared};
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
        layout::{keys, pair, values, values::Counted},
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

/// A key, and what the group had planned for it, if anything.
type Before = (Vec<u8>, Option<Option<Vec<u8>>>);

/// One unit of writing. Its writes go into the group at once; [`undo`](Self::undo) takes them back.
pub(crate) struct Txn<'a> {
    kv: &'a dyn Kv,
    pub(super) shared: &'a Shared,
    recent: &'a RefCell<Recent>,
    group: &'a mut Group,
    /// What the group planned for each key before this unit, in the order of its writes.
    before: Vec<Before>,
    /// Tallies that the group changes since this unit.
    first_changed: Vec<Vec<u8>>,
}

impl<'a> Txn<'a> {
    pub(super) fn new(
        kv: &'a dyn Kv,
        shared: &'a Shared,
        recent: &'a RefCell<Recent>,
        group: &'a mut Group,
    ) -> Self {
        Self { kv, shared, recent, group, before: Vec::new(), first_changed: Vec::new() }
    }

    /// Takes its writes out of the group: its plan failed.
    pub(super) fn undo(self) {
        for (key, planned) in self.before.into_iter().rev() {
            match planned {
                Some(planned) => self.group.batch.insert(key, planned),
                None => self.group.batch.remove(&key),
            };
        }
        for key in self.first_changed {
            self.group.old_tallies.remove(&key);
        }
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.group.batch.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.recent.borrow_mut().get(self.kv, key),
        }
    }

    pub(crate) fn has(&self, key: &[u8]) -> Result<bool> {
        Ok(self.get(key)?.is_some())
    }

    pub(crate) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.set(key, Some(value));
    }

    pub(crate) fn delete(&mut self, key: Vec<u8>) {
        self.set(key, None);
    }

    fn set(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        let planned = self.group.batch.insert(key.clone(), value);
        self.before.push((key, planned));
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
        let planned: Box<dyn Iterator<Item = Layered> + 's> = if range.is_void() {
            Box::new(std::iter::empty())
        } else {
            let walk = self.group.batch.range((range.from.clone(), range.to.clone()));
            let own = |(key, value): (&Vec<u8>, &Option<Vec<u8>>)| Ok((key.clone(), value.clone()));
            if backwards { Box::new(walk.rev().map(own)) } else { Box::new(walk.map(own)) }
        };
        let below = self.kv.scan(range, backwards).map(|pair| pair.map(|(key, value)| (key, Some(value))));
        let all = Over { over: planned.peekable(), under: below.peekable(), backwards };
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
        self.counted(server, tool).map(|counted| counted.tally)
    }

    /// A tally with the sum over its marks.
    pub(crate) fn counted(&self, server: ServerId, tool: &ToolId) -> Result<Counted> {
        let kept = self.get(&keys::tally(server, tool))?;
        kept.map_or(Ok(Counted::default()), |value| values::to_counted(&value))
    }

    /// Sets a tally; an empty one is not kept.
    pub(crate) fn set_counted(&mut self, server: ServerId, tool: &ToolId, old: Counted, new: Counted) {
        let key = keys::tally(server, tool);
        if !self.group.batch.contains_key(&key) {
            self.group.old_tallies.insert(key.clone(), old.tally);
            self.first_changed.push(key.clone());
        }
        if new == Counted::default() {
            self.delete(key);
        } else {
            self.put(key, values::counted(new));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::kv::memory::MemoryKv;

    #[test]
    fn what_is_undone_leaves_the_group_as_it_was() {
        let kv = MemoryKv::default();
        let shared = Shared::load(&kv).unwrap();
        let recent = RefCell::new(Recent::default());
        let mut group = Group::default();
        let tool = |n: u64| ToolId::trusted(&format!("tool-{n}"));
        let ships = |ship: u64| {
            let tally = Tally { ship, skip: 0, held: 0 };
            Counted { tally, ..Counted::default() }
        };
        let key = |name: &str| name.as_bytes().to_vec();
        let mut first = Txn::new(&kv, &shared, &recent, &mut group);
        first.set_counted(ServerId(1), &tool(1), ships(0), ships(1));
        first.put(key("x"), vec![1]);
        first.delete(key("y"));
        let (batch, old) = (group.batch.clone(), group.old_tallies.clone());
        let mut second = Txn::new(&kv, &shared, &recent, &mut group);
        assert_eq!(second.counted(ServerId(1), &tool(1)).unwrap(), ships(1), "it sees the one before");
        second.set_counted(ServerId(1), &tool(1), ships(1), ships(2));
        second.set_counted(ServerId(1), &tool(2), ships(0), ships(5));
        second.set_counted(ServerId(1), &tool(2), ships(5), ships(0));
        for n in 0..3 {
            second.put(key("x"), vec![7, n]);
            second.put(key("y"), vec![8, n]);
            second.delete(key("z"));
        }
        let seen: Vec<_> =
            second.scan(&Range::prefix(b""), false).map(|pair| pair.unwrap().0).collect::<Vec<_>>();
        assert_eq!(seen.last(), Some(&key("y")), "z is deleted: {seen:?}");
        second.undo();
        assert_eq!((group.batch, group.old_tallies), (batch, old));
    }
}
