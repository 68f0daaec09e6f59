//! What the writer read and wrote of late of the kinds that every vote reads: cards and tallies. It spares a vote two walks
//! down the engine's tree.
//!
//! It holds what is committed and nothing else. Everything that changes the engine goes through the writer, which hands
//! in every batch after its commit; after a commit that failed the writer plans no more.

use rustc_hash::FxHashMap;

use crate::store::{
    error::Result,
    kv::{Batch, Kv},
    layout::keys,
};

/// Entries in each of the two halves: together about 3 MB.
const HALF: usize = 8_192;

type Half = FxHashMap<Vec<u8>, Option<Vec<u8>>>;

/// Pairs of the engine, `None` where it holds nothing under a key; the least recently used go.
#[derive(Default)]
pub(super) struct Recent {
    young: Half,
    /// What has not been asked for since it was young; goes when the young are full.
    old: Half,
}

impl Recent {
    fn keeps(key: &[u8]) -> bool {
        matches!(key.first(), Some(&(keys::CARD | keys::TALLY)))
    }

    /// What stands under a key.
    pub(super) fn get(&mut self, kv: &dyn Kv, key: &[u8]) -> Result<Option<Vec<u8>>> {
        if !Self::keeps(key) {
            return kv.get(key);
        }
        if let Some(value) = self.young.get(key) {
            return Ok(value.clone());
        }
        let (key, value) = match self.old.remove_entry(key) {
            Some(known) => known,
            None => (key.to_vec(), kv.get(key)?),
        };
        self.insert(key, value.clone());
        Ok(value)
    }

    /// This batch is committed.
    pub(super) fn committed(&mut self, batch: Batch) {
        for (key, value) in batch {
            if Self::keeps(&key) {
                self.old.remove(&key);
                self.insert(key, value);
            }
        }
    }

    fn insert(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.young.insert(key, value);
        if self.young.len() >= HALF {
            self.old = std::mem::take(&mut self.young);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ids::{MessageId, ServerId, ToolId},
        store::kv::memory::MemoryKv,
    };

    #[test]
    fn it_answers_as_the_engine_does_and_stays_small() {
        let (kv, mut recent) = (MemoryKv::default(), Recent::default());
        let key = |n: u64| match n % 3 {
            0 => keys::card(MessageId(n)),
            1 => keys::tally(ServerId(n), &ToolId::trusted("axolotl")),
            _ => keys::of_server(keys::SETTINGS, ServerId(n)),
        };
        // A walk that comes back to keys after a while, writes some, deletes some, and reads them all.
        for n in 0..60_000u64 {
            let at = n * 7_919 % 20_011;
            if n % 5 == 0 {
                let value = (n % 15 != 0).then(|| n.to_be_bytes().to_vec());
                let batch: Batch = [(key(at), value)].into();
                kv.commit(&batch).unwrap();
                recent.committed(batch);
            }
            for key in [key(at), key(n % 300)] {
                assert_eq!(recent.get(&kv, &key).unwrap(), kv.get(&key).unwrap());
            }
            assert!(recent.young.len() < HALF && recent.old.len() <= HALF);
        }
        assert!(recent.old.keys().chain(recent.young.keys()).all(|key| key[0] != keys::SETTINGS));
    }
}
