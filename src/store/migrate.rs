//! From an older schema to this one, step by step. A step is one number; it works in batches, and the number is written
//! with the last of them, so that a step which a crash cut short begins again: every step may run twice.

use super::{
    embedded::{Identity, SCHEMA},
    error::{OpenError, Result},
    kv::{Batch, Kv, Pair, Range},
    layout::{
        keys,
        keys::Parts,
        values,
        values::{Counted, MarksSum},
    },
    open::put_identity,
};
use crate::domain::{ids::VoterHash, score::Tally};

/// Records handled in one batch.
const STEP: usize = 1_000;

/// Takes a store from schema `index` to the next.
type Step = fn(&dyn Kv) -> Result<()>;

/// All steps, oldest first: the first takes schema 0 to 1.
const STEPS: [Step; SCHEMA as usize] = [tallies_count_held_marks, marks_lie_under_their_tool];

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

/// Replaces every pair of a kind by what `change` says: another value, another pair, or nothing.
fn rewrite(kv: &dyn Kv, kind: u8, change: impl Fn(Pair) -> Result<Option<Pair>>) -> Result<()> {
    let mut range = Range::prefix(&keys::kind(kind));
    loop {
        let page: Vec<_> = kv.scan(&range, false).take(STEP).collect::<Result<_>>()?;
        let Some((last, _)) = page.last().cloned() else { return Ok(()) };
        let mut batch = Batch::new();
        for (key, value) in page {
            let new = change((key.clone(), value.clone()))?;
            if new.as_ref().is_none_or(|(new_key, _)| *new_key != key) {
                batch.insert(key, None);
            } else if new.as_ref().is_some_and(|(_, new_value)| *new_value == value) {
                continue;
            }
            if let Some((key, value)) = new {
                batch.insert(key, Some(value));
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
    rewrite(kv, keys::TALLY, |(key, value)| {
        let numbers = match value.as_slice() {
            [values::FORM, rest @ ..] if value.len() == OLD => rest,
            // Of the new form already: the step was cut short and runs again.
            _ => return Ok(Some((key, value))),
        };
        let number =
            |at: usize| numbers.get(at..at + 4).and_then(|n| n.try_into().ok()).map_or(0, u32::from_be_bytes);
        let tally = Tally { ship: number(0).into(), skip: number(4).into(), held: 0 };
        Ok(Some((key, values::counted(Counted { tally, ..Counted::default() }))))
    })
}

/// Schema 1 kept marks under their member, with an index of what stands on each card, and three 64-bit numbers in a tally.
fn marks_lie_under_their_tool(kv: &dyn Kv) -> Result<()> {
    const MARKS: u8 = b'M';
    const ON_CARD: u8 = b'k';
    const TALLY: usize = 1 + 3 * 8;
    rewrite(kv, MARKS, |(key, value)| {
        let of = Parts::of(&key).and_then(|(_, mut p)| Some((p.server()?, p.voter()?, p.tool()?)));
        let (server, voter, tool) = of.ok_or_else(|| values::damaged("marks"))?;
        Ok(Some((keys::marks(server, &tool, voter), value)))
    })?;
    rewrite(kv, ON_CARD, |_| Ok(None))?;
    rewrite(kv, keys::TALLY, |(key, value)| {
        let Some((&values::FORM, numbers)) = value.split_first().filter(|_| value.len() == TALLY) else {
            return Ok(Some((key, value)));
        };
        let (numbers, _) = numbers.as_chunks::<8>();
        let [ship, skip, held] = *numbers else { return Err(values::damaged("tally")) };
        let [ship, skip, held] = [ship, skip, held].map(u64::from_be_bytes);
        let tally = Tally { ship, skip, held };
        Ok(Some((key, values::counted(Counted { tally, ..Counted::default() }))))
    })?;
    sum_marks(kv)
}

/// Writes the sum over its marks into every tally.
fn sum_marks(kv: &dyn Kv) -> Result<()> {
    let mut range = Range::prefix(&keys::kind(keys::MARKS));
    let mut batch = Batch::new();
    while let Some((key, _)) = kv.scan(&range, false).next().transpose()? {
        let of = Parts::of(&key).and_then(|(_, mut p)| Some((p.server()?, p.ended_tool()?)));
        let (server, tool) = of.ok_or_else(|| values::damaged("marks"))?;
        let mut sum = MarksSum::default();
        for pair in kv.scan(&Range::prefix(&keys::marks_of_tool(server, &tool)), false) {
            let (key, value) = pair?;
            let voter = key.last_chunk().map(|voter| VoterHash(*voter));
            sum = sum.with(MarksSum::of(voter.ok_or_else(|| values::damaged("marks"))?, &value));
        }
        let tally = keys::tally(server, &tool);
        let kept = kv.get(&tally)?.map_or(Ok(Counted::default()), |value| values::to_counted(&value))?;
        batch.insert(tally, Some(values::counted(Counted { sum, ..kept })));
        if batch.len() == STEP {
            kv.commit(&std::mem::take(&mut batch))?;
        }
        range = range.starting(&keys::after_marks_of_tool(server, &tool));
    }
    if batch.is_empty() { Ok(()) } else { kv.commit(&batch) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::ids::{ServerId, ToolId},
        store::kv::memory::MemoryKv,
    };

    #[test]
    fn schema_0_is_brought_up_also_when_it_was_cut_short() {
        let kv = MemoryKv::default();
        let tool = ToolId::trusted("axolotl");
        let key = |n: u64| keys::tally(ServerId(n), &tool);
        let old = |ship: u32, skip: u32| {
            [vec![values::FORM], ship.to_be_bytes().to_vec(), skip.to_be_bytes().to_vec()].concat()
        };
        let new = Tally { ship: 9, skip: 8, held: 7 };
        let mut batch: Batch = (1..=2_500).map(|n| (key(n), Some(old(3, 4)))).collect();
        batch.insert(key(2_501), Some(values::counted(Counted { tally: new, ..Counted::default() })));
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

    #[test]
    fn marks_of_schema_1_are_found_under_their_tool_also_when_it_was_cut_short() {
        let kv = MemoryKv::default();
        let (server, tool) = (ServerId(7), ToolId::trusted("axolotl"));
        let voter = |n: u64| VoterHash([n.to_be_bytes(), (n % 3).to_be_bytes()].concat().try_into().unwrap());
        let old_key =
            |n| [b"M".as_slice(), &7u64.to_be_bytes(), &voter(n).0, tool.as_str().as_bytes()].concat();
        let value = |n: u64| vec![values::FORM, 2, n.to_be_bytes()[7]];
        let mut batch: Batch = (1..=2_500).map(|n| (old_key(n), Some(value(n)))).collect();
        // Some had been moved when it was cut short.
        batch.extend((2_501..=2_600).map(|n| (keys::marks(server, &tool, voter(n)), Some(value(n)))));
        batch.extend((1..=2_600).map(|n: u64| {
            let on_card = [b"k".as_slice(), &99u64.to_be_bytes(), &voter(n).0].concat();
            (on_card, Some(vec![values::FORM, 1]))
        }));
        let old_tally = [1u64, 2, 3].map(u64::to_be_bytes).concat();
        batch.insert(keys::tally(server, &tool), Some([vec![values::FORM], old_tally].concat()));
        kv.commit(&batch).unwrap();
        let identity = Identity { schema: 1, store: "x".to_owned(), application: None, voter_key: None };
        assert_eq!(migrate(&kv, identity).unwrap().schema, SCHEMA);
        for n in 1..=2_600 {
            assert_eq!(kv.get(&keys::marks(server, &tool, voter(n))).unwrap(), Some(value(n)));
        }
        let counted = values::to_counted(&kv.get(&keys::tally(server, &tool)).unwrap().unwrap()).unwrap();
        assert_eq!(counted.tally, Tally { ship: 1, skip: 2, held: 3 });
        let all = (1..=2_600).map(|n| MarksSum::of(voter(n), &value(n)));
        assert_eq!(counted.sum, all.fold(MarksSum::default(), MarksSum::with));
        for gone in [b"M", b"k"] {
            assert!(kv.scan(&Range::prefix(gone), false).next().is_none());
        }
    }
}
