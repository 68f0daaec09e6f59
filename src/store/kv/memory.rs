//! An engine in memory: for tests and for a bot that one only tries.

use std::ops::Bound;

use parking_lot::RwLock;

use super::{Batch, Kv, Pair, Range};
use crate::store::error::Result;

/// Keys in memory. Durable as long as the process.
#[derive(Default)]
pub(crate) struct MemoryKv(RwLock<std::collections::BTreeMap<Vec<u8>, Vec<u8>>>);

impl MemoryKv {
    /// Pairs taken at once by a walk: it must not hold the lock while its user works.
    const STEP: usize = 256;
}

impl Kv for MemoryKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.0.read().get(key).cloned())
    }

    fn scan(&self, range: &Range, backwards: bool) -> Box<dyn Iterator<Item = Result<Pair>> + '_> {
        let mut range = range.clone();
        let mut step = Vec::new().into_iter();
        let mut ended = false;
        Box::new(std::iter::from_fn(move || {
            if let Some(pair) = step.next() {
                return Some(Ok(pair));
            }
            if ended || range.is_void() {
                return None;
            }
            let map = self.0.read();
            let walk = map.range((range.from.clone(), range.to.clone()));
            let own = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
            let taken: Vec<Pair> = if backwards {
                walk.rev().take(Self::STEP).map(own).collect()
            } else {
                walk.take(Self::STEP).map(own).collect()
            };
            ended = taken.len() < Self::STEP;
            if let Some((last, _)) = taken.last() {
                if backwards {
                    range.to = Bound::Excluded(last.clone());
                } else {
                    range.from = Bound::Excluded(last.clone());
                }
            }
            step = taken.into_iter();
            step.next().map(Ok)
        }))
    }

    fn commit(&self, batch: &Batch) -> Result<()> {
        let mut map = self.0.write();
        for (key, value) in batch {
            match value {
                Some(value) => map.insert(key.clone(), value.clone()),
                None => map.remove(key),
            };
        }
        Ok(())
    }
}
