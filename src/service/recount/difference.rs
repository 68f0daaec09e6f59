//! What Discord's lists and our marks of a card do not share.

use rustc_hash::FxHashMap;

use crate::{
    domain::{ids::VoterHash, marks::Halves, review::Verdict},
    store::contract::Standing,
};

/// What Discord's lists say and we did not know, in marks (an ordinary and a super reaction are one mark).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    /// 🚢 that stand and were unknown.
    pub ship_added: u64,
    /// 🚢 that we knew and that do not stand any more.
    pub ship_removed: u64,
    /// ⏭️ that stand and were unknown.
    pub skip_added: u64,
    /// ⏭️ that we knew and that do not stand any more.
    pub skip_removed: u64,
    /// Some mark is the same but was given as another kind (ordinary, super) than we knew.
    pub kinds: bool,
}

impl Difference {
    /// Whether the card was right.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Marks that were unknown or stand no more.
    #[must_use]
    pub const fn marks(&self) -> u64 {
        self.ship_added + self.ship_removed + self.skip_added + self.skip_removed
    }

    pub(super) fn between(known: &[(VoterHash, Halves)], standing: &[Standing]) -> Self {
        let mut before: FxHashMap<VoterHash, Halves> = known.iter().copied().collect();
        let mut difference = Self::default();
        for one in standing {
            difference.count(before.remove(&one.voter).unwrap_or(Halves::NONE), one.halves);
        }
        before.into_values().for_each(|halves| difference.count(halves, Halves::NONE));
        difference
    }

    fn count(&mut self, before: Halves, after: Halves) {
        self.kinds |= before != after
            && Verdict::ALL.iter().all(|verdict| before.marks(*verdict) == after.marks(*verdict));
        for verdict in Verdict::ALL {
            let counter = match (verdict, before.marks(verdict), after.marks(verdict)) {
                (Verdict::Ship, false, true) => &mut self.ship_added,
                (Verdict::Ship, true, false) => &mut self.ship_removed,
                (Verdict::Skip, false, true) => &mut self.skip_added,
                (Verdict::Skip, true, false) => &mut self.skip_removed,
                _ => continue,
            };
            *counter += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::marks::ReactionKind::{Normal, Super};

    #[test]
    fn a_difference_counts_marks_not_reactions() {
        let voter = |n: u8| VoterHash([n; 16]);
        let ship = Halves::NONE.with(Verdict::Ship, Normal);
        let skip = Halves::NONE.with(Verdict::Skip, Super);
        let standing = |n: u8, halves| Standing { voter: voter(n), halves, held_until: None };
        let known = [(voter(1), ship), (voter(2), ship), (voter(3), skip)];
        let both = ship.with(Verdict::Ship, Super);
        let lists = [standing(1, both), standing(2, skip), standing(4, ship.union(skip))];
        let difference = Difference::between(&known, &lists);
        let expected =
            Difference { ship_added: 1, ship_removed: 1, skip_added: 2, skip_removed: 1, kinds: true };
        assert_eq!(difference, expected);
        assert!(Difference::between(&known[..1], &[standing(1, ship)]).is_none());
    }
}
