//! The little that a store needs of an engine: read a key, walk a range, commit a batch durably. Everything above is the
//! same for every engine of this sort, so another one costs these three calls.

pub(crate) mod disk;
pub(crate) mod memory;
pub(crate) mod sled;

use std::{collections::BTreeMap, ops::Bound};

use super::error::Result;

/// Writes of one commit: what stands under a key from now on; `None`: nothing.
pub(crate) type Batch = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A key and what stands under it.
pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// A range of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    /// Lower end.
    pub(crate) from: Bound<Vec<u8>>,
    /// Upper end.
    pub(crate) to: Bound<Vec<u8>>,
}

impl Range {
    /// All keys that begin with `prefix`.
    pub(crate) fn prefix(prefix: &[u8]) -> Self {
        Self { from: Bound::Included(prefix.to_vec()), to: successor(prefix) }
    }

    /// The keys of this range after `key`.
    pub(crate) fn after(self, key: &[u8]) -> Self {
        Self { from: Bound::Excluded(key.to_vec()), ..self }
    }

    /// The keys of this range before `key`.
    pub(crate) fn before(self, key: &[u8]) -> Self {
        Self { to: Bound::Excluded(key.to_vec()), ..self }
    }

    /// The keys of this range from `key` on.
    pub(crate) fn starting(self, key: &[u8]) -> Self {
        Self { from: Bound::Included(key.to_vec()), ..self }
    }

    /// Whether no key can lie in it (the standard map panics on such a range).
    pub(crate) fn is_void(&self) -> bool {
        match (&self.from, &self.to) {
            (Bound::Included(from), Bound::Included(to)) => from > to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Excluded(to))
            | (Bound::Excluded(from), Bound::Included(to)) => from >= to,
            _ => false,
        }
    }
}

/// The least key above all that begin with `prefix`.
fn successor(prefix: &[u8]) -> Bound<Vec<u8>> {
    let kept = prefix.iter().rposition(|byte| *byte != u8::MAX);
    match kept {
        None => Bound::Unbounded,
        Some(last) => {
            let mut key = prefix.get(..=last).unwrap_or_default().to_vec();
            if let Some(byte) = key.last_mut() {
                *byte += 1;
            }
            Bound::Excluded(key)
        }
    }
}

/// An engine.
pub(crate) trait Kv: Send + Sync {
    /// What stands under a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// A range in order, or backwards.
    fn scan(&self, range: &Range, backwards: bool) -> Box<dyn Iterator<Item = Result<Pair>> + '_>;

    /// Writes a batch as one unit; when this returns, it survives loss of power. After an error nothing is known of the
    /// batch and no further one may be tried.
    fn commit(&self, batch: &Batch) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_its_successor() {
        assert_eq!(successor(b"ab"), Bound::Excluded(b"ac".to_vec()));
        assert_eq!(successor(&[1, 255]), Bound::Excluded(vec![2]));
        assert_eq!(successor(&[255]), Bound::Unbounded);
    }
}
