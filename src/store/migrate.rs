//! From an older schema to this one, step by step. A step is one number; it works in batches, and the number is written
//! with the last of them, so that a step which a crash cut short begins again: every step may run twice.

use super::{
    embedded::{Identity, SCHEMA},
    error::{OpenError, Result},
    kv::{Batch, Kv, Range},
    layout::{keys, values},
    open::put_identity,
};

/// Records handled in one batch.
const STEP: usize = 1_000;

/// Takes a store from schema `index` to the next.
type Step = fn(&dyn Kv) -> Result<()>;

/// All steps, oldest first: the first takes schema 0 to 1.
const STEPS: [Step; SCHEMA as usize] = [tallies_count_held_marks];

/// Brings a store to this version's schema.
pub(crate) fn migrate(kv: &dyn Kv, mut identity: Identity) -> Result<Identity, OpenError> {
    let from = identity.schema;
    for (schema, step) in (0..).zip(STEPS).skip(from as usize) {
        step(kv)?;
        identity.schema = schema + 1;
        put_identity(kv, &identity)?;
        tracing::info!(from = schema, to = identity.schema, "brought the store to a newer schema");
    }
    Ok(identity)
}

/// Rewrites every value of a kind for which `change` has something to say.
fn rewrite(kv: &dyn Kv, kind: u8, change: impl Fn(&[u8]) -> Result<Option<Vec<u8>>>) -> Result<()> {
    let mut range = Range::prefix(&keys::kind(kind));
    loop {
        let page: Vec<_> = kv.scan(&range, false).take(STEP).collect::<Result<_>>()?;
        let Some((last, _)) = page.last().cloned() else { return Ok(()) };
        let mut batch = Batch::new();
        for (key, value) in page {
            if let Some(new) = change(&value)? {
                batch.insert(key, Some(new));
            }
        }
        if !batch.is_empty() {
            kv.commit(&batch)?;
        }
        range = range.after(&last);
    }
}

/// Schema 0, of the first trials, kept ship and skip as two 32-bit numbers in a tally and knew of no held marks.
fn tallies_count_held_marks(kv: &dyn Kv) -> Result<()> {
    const OLD: usize = 1 + 2 * 4;
    rewrite(kv, keys::TALLY, |value| {
        let numbers = match value {
            [values::FORM, rest @ ..] if value.len() == OLD => rest,
            // Of the new form already: the step was cut short and runs again.
            _ => return Ok(None),
        };
        let number =
            |at: usize| numbers.get(at..at + 4).and_then(|n| n.try_into().ok()).map_or(0, u32::from_be_bytes);
        let tally = crate::domain::score::Tally { ship: number(0).into(), skip: number(4).into(), held: 0 };
        Ok(Some(values::tally(tally)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::kv::memory::MemoryKv;

    #[test]
    fn schema_0_becomes_schema_1_also_when_it_was_cut_short() {
        let kv = MemoryKv::default();
        let tool = crate::domain::ids::ToolId::trusted("axolotl");
        let key = |n: u64| keys::tally(crate::domain::ids::ServerId(n), &tool);
        let old = |ship: u32, skip: u32| {
            [vec![values::FORM], ship.to_be_bytes().to_vec(), skip.to_be_bytes().to_vec()].concat()
        };
        let new = crate::domain::score::Tally { ship: 9, skip: 8, held: 7 };
        let mut batch: Batch = (1..=2_500).map(|n| (key(n), Some(old(3, 4)))).collect();
        batch.insert(key(2_501), Some(values::tally(new)));
        kv.commit(&batch).unwrap();
        let identity = Identity { schema: 0, store: "x".to_owned(), application: None, voter_key: None };
        let identity = migrate(&kv, identity).unwrap();
        assert_eq!(identity.schema, SCHEMA);
        for n in [1, 1_000, 1_001, 2_500] {
            let tally = values::to_tally(&kv.get(&key(n)).unwrap().unwrap()).unwrap();
            assert_eq!((tally.ship, tally.skip, tally.held), (3, 4, 0));
        }
        assert_eq!(values::to_tally(&kv.get(&key(2_501)).unwrap().unwrap()).unwrap(), new);
    }
}
