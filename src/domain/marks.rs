//! From the marks that stand to the ballot that counts.
//!
//! A member's ballot for a tool in a server is their newest mark that still stands, on any card of that tool there.
//! Newest means the highest sequence number; marks found by one recount share a number and are ordered by their cards.
//! Two marks of one recount on one card cannot be ordered: they count as neither until one of them is taken back.
//!
//! ```text
//! card 7: 🚢 (seq 3)   card 9: ⏭️ (seq 5)          → ballot: skip
//! card 7: 🚢 (seq 3)   card 9: ⏭️ taken back       → ballot: ship
//! card 9: 🚢 ⏭️ (seq 8, both found by one recount)  → neither; the next older mark counts
//! ```

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{ids::MessageId, review::Verdict, score::Tally, time::Timestamp};

/// When a mark was first seen to stand: a number that only grows. All marks that one recount finds share the number
/// which the recount took when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

/// The two ways of reacting that Discord keeps apart. For us they are two halves of one mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReactionKind {
    /// An ordinary reaction.
    Normal,
    /// A super ("burst") reaction.
    Super,
}

impl ReactionKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Normal, Self::Super];
}

/// One 🚢 or ⏭️ of one member that stands on one card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mark {
    /// The card on which it stands.
    pub card: MessageId,
    /// Ship or skip.
    pub verdict: Verdict,
    /// An ordinary reaction stands.
    pub normal: bool,
    /// A super reaction stands. At least one of the two does.
    #[serde(rename = "super")]
    pub super_: bool,
    /// When we first saw it stand.
    pub seq: Seq,
    /// The card was deleted: the mark counts until its member marks another card of the tool, and cannot be taken back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frozen: bool,
    /// Held back until this moment (and until somebody matures or releases it): stands, but is no ballot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
}

/// What a recount read for one member on one card: which halves of which mark stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Halves(u8);

impl Halves {
    /// Nothing stands.
    pub const NONE: Self = Self(0);

    const fn bit(verdict: Verdict, kind: ReactionKind) -> u8 {
        match (verdict, kind) {
            (Verdict::Ship, ReactionKind::Normal) => 1,
            (Verdict::Ship, ReactionKind::Super) => 2,
            (Verdict::Skip, ReactionKind::Normal) => 4,
            (Verdict::Skip, ReactionKind::Super) => 8,
        }
    }

    /// Both halves of one verdict.
    #[must_use]
    pub const fn of(verdict: Verdict) -> Self {
        Self(Self::bit(verdict, ReactionKind::Normal) | Self::bit(verdict, ReactionKind::Super))
    }

    /// These and that one.
    #[must_use]
    pub const fn with(self, verdict: Verdict, kind: ReactionKind) -> Self {
        Self(self.0 | Self::bit(verdict, kind))
    }

    /// These without that one.
    #[must_use]
    pub const fn without(self, verdict: Verdict, kind: ReactionKind) -> Self {
        Self(self.0 & !Self::bit(verdict, kind))
    }

    /// These and those.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These, but where `mask` holds, what `other` says.
    #[must_use]
    pub const fn replaced(self, mask: Self, other: Self) -> Self {
        Self((self.0 & !mask.0) | (other.0 & mask.0))
    }

    /// Whether that half stands.
    #[must_use]
    pub const fn has(self, verdict: Verdict, kind: ReactionKind) -> bool {
        self.0 & Self::bit(verdict, kind) != 0
    }

    /// Whether either half of the verdict stands: whether there is a mark.
    #[must_use]
    pub const fn marks(self, verdict: Verdict) -> bool {
        self.0 & Self::of(verdict).0 != 0
    }

    /// Whether nothing stands.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Four bits, for the store.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From [`Halves::bits`]; further bits are ignored.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 15)
    }
}

/// A tally with one member's share ([`Marks::share`]) exchanged for another.
#[must_use]
pub const fn exchange(tally: Tally, old: Tally, new: Tally) -> Tally {
    Tally {
        ship: tally.ship.saturating_sub(old.ship).saturating_add(new.ship),
        skip: tally.skip.saturating_sub(old.skip).saturating_add(new.skip),
        held: tally.held.saturating_sub(old.held).saturating_add(new.held),
    }
}

/// The standing marks of one member for one tool in one server, ordered by card, ship before skip.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Mark>", into = "Vec<Mark>")]
pub struct Marks(SmallVec<[Mark; 2]>);

impl Marks {
    /// More marks of one member for one tool are not kept; the oldest gives way. It would take a card a day for years.
    pub const MOST: usize = 2_000;

    /// Takes marks in any order; of two with the same card and verdict the first stays.
    #[must_use]
    pub fn from_marks(marks: impl IntoIterator<Item = Mark>) -> Self {
        let mut all: SmallVec<[Mark; 2]> =
            marks.into_iter().filter(|mark| mark.normal || mark.super_).collect();
        all.sort_by_key(|mark| (mark.card, mark.verdict));
        all.dedup_by_key(|mark| (mark.card, mark.verdict));
        Self(all)
    }

    /// All of them, ordered by card, ship before skip.
    pub fn iter(&self) -> impl Iterator<Item = &Mark> {
        self.0.iter()
    }

    /// Whether none stands.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many stand.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What stands on one card.
    #[must_use]
    pub fn on(&self, card: MessageId) -> Halves {
        self.0.iter().filter(|mark| mark.card == card).fold(Halves::NONE, |halves, mark| {
            let halves = if mark.normal { halves.with(mark.verdict, ReactionKind::Normal) } else { halves };
            if mark.super_ { halves.with(mark.verdict, ReactionKind::Super) } else { halves }
        })
    }

    /// The ballot: the verdict of the newest mark that stands and is not held. Marks that share number and card are
    /// passed over. `blocked`: a moderator blocked this member, all their marks are held.
    #[must_use]
    pub fn ballot(&self, blocked: bool) -> Option<Verdict> {
        if blocked {
            return None;
        }
        // The two marks of a card stand side by side, so a tie is seen from the neighbour.
        let free = |mark: &&Mark| mark.held_until.is_none();
        let tied = |mark: &Mark| {
            self.0.iter().filter(free).any(|other| {
                other.card == mark.card && other.seq == mark.seq && other.verdict != mark.verdict
            })
        };
        self.0
            .iter()
            .filter(free)
            .filter(|mark| !tied(mark))
            .max_by_key(|mark| (mark.seq, mark.card))
            .map(|mark| mark.verdict)
    }

    /// What this member adds to the tally: a ballot, and the marks that are held back.
    #[must_use]
    pub fn share(&self, blocked: bool) -> Tally {
        let ballot = self.ballot(blocked);
        let held = if blocked { self.len() } else { self.iter().filter(|m| m.held_until.is_some()).count() };
        Tally {
            ship: u64::from(ballot == Some(Verdict::Ship)),
            skip: u64::from(ballot == Some(Verdict::Skip)),
            held: held as u64,
        }
    }

    /// A reaction was seen to stand. Returns whether anything changed. A new mark drops the frozen ones for good; a half
    /// of a mark that is known changes neither its number nor whether it is held. `seq` is asked for a new mark only.
    pub fn add(
        &mut self,
        card: MessageId,
        verdict: Verdict,
        kind: ReactionKind,
        held_until: Option<Timestamp>,
        seq: impl FnOnce() -> Seq,
    ) -> bool {
        match self.0.binary_search_by_key(&(card, verdict), |mark| (mark.card, mark.verdict)) {
            Ok(at) => match self.0.get_mut(at) {
                // The card of a frozen mark is gone: nobody can react there any more.
                Some(mark) if !mark.frozen => {
                    let half = match kind {
                        ReactionKind::Normal => &mut mark.normal,
                        ReactionKind::Super => &mut mark.super_,
                    };
                    !std::mem::replace(half, true)
                }
                _ => false,
            },
            Err(_) => {
                let (normal, super_) = (kind == ReactionKind::Normal, kind == ReactionKind::Super);
                self.0.retain(|mark| !mark.frozen);
                if self.0.len() >= Self::MOST
                    && let Some(oldest) = self.0.iter().map(|mark| mark.seq).min()
                {
                    self.0.retain(|mark| mark.seq != oldest);
                }
                let mark = Mark { card, verdict, normal, super_, seq: seq(), frozen: false, held_until };
                let at = self.0.partition_point(|known| (known.card, known.verdict) < (card, verdict));
                self.0.insert(at, mark);
                true
            }
        }
    }

    /// A reaction was taken back. Returns whether anything changed.
    pub fn remove(&mut self, card: MessageId, verdict: Verdict, kind: ReactionKind) -> bool {
        let mut changed = false;
        for mark in self.0.iter_mut().filter(|m| m.card == card && m.verdict == verdict && !m.frozen) {
            let half = match kind {
                ReactionKind::Normal => &mut mark.normal,
                ReactionKind::Super => &mut mark.super_,
            };
            changed |= std::mem::replace(half, false);
        }
        self.0.retain(|mark| mark.normal || mark.super_);
        changed
    }

    /// All reactions of one emoji (or of both) were cleared from a card. Returns whether anything changed.
    pub fn clear(&mut self, card: MessageId, verdict: Option<Verdict>) -> bool {
        let before = self.0.len();
        self.0.retain(|m| m.card != card || m.frozen || verdict.is_some_and(|verdict| m.verdict != verdict));
        before != self.0.len()
    }

    /// The card was deleted: its marks stay as they are. Returns whether anything changed.
    pub fn freeze(&mut self, card: MessageId) -> bool {
        let mut changed = false;
        for mark in self.0.iter_mut().filter(|mark| mark.card == card) {
            changed |= !std::mem::replace(&mut mark.frozen, true);
        }
        changed
    }

    /// Makes the marks on `card` equal to `standing`, as a recount read it. Marks unknown here get the number of the
    /// recount; `may_appear` is false for a card older than the member's erasure, then no mark is added.
    /// Returns whether anything changed.
    pub fn reconcile(
        &mut self,
        card: MessageId,
        standing: Halves,
        recount: Seq,
        held_until: Option<Timestamp>,
        may_appear: bool,
    ) -> bool {
        let known = self.on(card);
        let mut changed = false;
        for verdict in Verdict::ALL {
            // What came is added before what went is taken: a mark whose half was exchanged stood all the time.
            for kind in ReactionKind::ALL {
                let came = !known.has(verdict, kind) && standing.has(verdict, kind);
                if came && (may_appear || known.marks(verdict)) {
                    changed |= self.add(card, verdict, kind, held_until, || recount);
                }
            }
            for kind in ReactionKind::ALL {
                if known.has(verdict, kind) && !standing.has(verdict, kind) {
                    changed |= self.remove(card, verdict, kind);
                }
            }
        }
        changed
    }

    /// Makes ballots of the marks that were held until `now` or earlier. Returns whether anything changed.
    pub fn mature(&mut self, now: Timestamp) -> bool {
        self.let_go(|until| until <= now)
    }

    /// Makes ballots of all held marks. Returns whether anything changed.
    pub fn release(&mut self) -> bool {
        self.let_go(|_| true)
    }

    fn let_go(&mut self, due: impl Fn(Timestamp) -> bool) -> bool {
        let mut changed = false;
        for mark in self.0.iter_mut().filter(|mark| mark.held_until.is_some_and(&due)) {
            mark.held_until = None;
            changed = true;
        }
        changed
    }

    /// Drops every mark that was first seen at `last` or earlier: the member had them erased.
    /// Returns whether anything changed.
    pub fn erase(&mut self, last: Seq) -> bool {
        let before = self.0.len();
        self.0.retain(|mark| mark.seq > last);
        before != self.0.len()
    }

    /// These marks and those of the same member under an earlier id of the tool.
    #[must_use]
    pub fn joined(&self, earlier: &Self) -> Self {
        Self::from_marks(self.iter().chain(earlier.iter()).copied())
    }
}

impl From<Vec<Mark>> for Marks {
    fn from(marks: Vec<Mark>) -> Self {
        Self::from_marks(marks)
    }
}

impl From<Marks> for Vec<Mark> {
    fn from(marks: Marks) -> Self {
        marks.0.into_vec()
    }
}

impl FromIterator<Mark> for Marks {
    fn from_iter<T: IntoIterator<Item = Mark>>(marks: T) -> Self {
        Self::from_marks(marks)
    }
}

#[cfg(test)]
mod tests {
    use ReactionKind::{Normal, Super};
    use Verdict::{Ship, Skip};

    use super::*;

    const A: MessageId = MessageId(10);
    const B: MessageId = MessageId(20);

    fn add(marks: &mut Marks, card: MessageId, verdict: Verdict, seq: u64) -> bool {
        marks.add(card, verdict, Normal, None, || Seq(seq))
    }

    #[test]
    fn the_newest_standing_mark_is_the_ballot() {
        let mut marks = Marks::default();
        assert_eq!(marks.ballot(false), None);
        add(&mut marks, A, Ship, 1);
        add(&mut marks, A, Skip, 2);
        assert_eq!(marks.ballot(false), Some(Skip));
        assert!(marks.remove(A, Skip, Normal));
        assert_eq!(marks.ballot(false), Some(Ship), "taking ⏭️ back brings 🚢 back");
        add(&mut marks, B, Skip, 3);
        assert_eq!(
            marks.share(false),
            Tally { ship: 0, skip: 1, held: 0 },
            "a second card does not double a vote"
        );
    }

    #[test]
    fn a_repeated_event_changes_nothing() {
        let mut marks = Marks::default();
        assert!(add(&mut marks, A, Ship, 1));
        add(&mut marks, B, Skip, 2);
        let before = marks.clone();
        assert!(!add(&mut marks, A, Ship, 3), "the mark keeps its number");
        assert_eq!(marks, before);
        assert!(!marks.remove(A, Skip, Normal));
        assert_eq!(marks, before);
    }

    #[test]
    fn super_and_normal_are_one_mark() {
        let mut marks = Marks::default();
        marks.add(A, Ship, Super, None, || Seq(1));
        marks.add(B, Skip, Normal, None, || Seq(2));
        assert!(marks.add(A, Ship, Normal, None, || Seq(3)));
        assert_eq!(marks.ballot(false), Some(Skip), "the second half is not a new mark");
        assert!(marks.remove(A, Ship, Super));
        marks.remove(B, Skip, Normal);
        assert_eq!(marks.ballot(false), Some(Ship));
        assert!(marks.remove(A, Ship, Normal));
        assert!(marks.is_empty());
    }

    #[test]
    fn two_marks_of_one_recount_on_one_card_count_as_neither() {
        let mut marks = Marks::default();
        add(&mut marks, A, Ship, 1);
        let both = Halves::NONE.with(Ship, Normal).with(Skip, Normal);
        assert!(marks.reconcile(B, both, Seq(5), None, true));
        assert_eq!(marks.ballot(false), Some(Ship), "the next older mark counts");
        marks.remove(A, Ship, Normal);
        assert_eq!(marks.ballot(false), None);
        marks.remove(B, Ship, Normal);
        assert_eq!(marks.ballot(false), Some(Skip));
    }

    #[test]
    fn of_two_cards_in_one_recount_the_newer_wins() {
        let mut marks = Marks::default();
        marks.reconcile(B, Halves::NONE.with(Skip, Normal), Seq(5), None, true);
        marks.reconcile(A, Halves::NONE.with(Ship, Normal), Seq(5), None, true);
        assert_eq!(marks.ballot(false), Some(Skip));
        add(&mut marks, A, Skip, 6);
        add(&mut marks, B, Ship, 7);
        assert_eq!(marks.ballot(false), Some(Ship), "what is seen live is newer than what a recount found");
    }

    #[test]
    fn a_recount_makes_the_card_equal_and_keeps_what_is_known() {
        let mut marks = Marks::default();
        add(&mut marks, A, Ship, 1);
        marks.add(A, Skip, Super, None, || Seq(2));
        // 🚢 still stands, the super ⏭️ became a normal one.
        let standing = Halves::NONE.with(Ship, Normal).with(Skip, Normal);
        assert!(marks.reconcile(A, standing, Seq(9), None, true));
        assert_eq!(marks.on(A), standing);
        assert!(marks.iter().all(|mark| mark.seq < Seq(9)), "the mark stood all the time");
        assert!(!marks.reconcile(A, standing, Seq(10), None, true));
        assert!(marks.reconcile(A, Halves::NONE, Seq(11), None, true));
        assert!(marks.is_empty());
    }

    #[test]
    fn an_erased_member_is_not_brought_back_by_a_recount() {
        let mut marks = Marks::default();
        add(&mut marks, A, Ship, 4);
        assert!(marks.erase(Seq(4)));
        assert!(!marks.reconcile(A, Halves::NONE.with(Ship, Normal), Seq(6), None, false));
        assert!(marks.is_empty());
        add(&mut marks, A, Skip, 7);
        assert_eq!(marks.ballot(false), Some(Skip), "a new reaction counts again");
        assert!(!marks.erase(Seq(4)), "what came after the erasure stays");
    }

    #[test]
    fn frozen_marks_count_until_another_card_is_marked() {
        let mut marks = Marks::default();
        add(&mut marks, A, Ship, 1);
        assert!(marks.freeze(A));
        assert!(!marks.freeze(A));
        assert!(!marks.remove(A, Ship, Normal) && !marks.clear(A, None));
        assert_eq!(marks.ballot(false), Some(Ship));
        add(&mut marks, B, Skip, 2);
        assert_eq!(marks.len(), 1, "dropped for good");
        marks.remove(B, Skip, Normal);
        assert_eq!(marks.ballot(false), None);
    }

    #[test]
    fn held_marks_stand_but_are_no_ballots() {
        let mut marks = Marks::default();
        marks.add(A, Ship, Normal, Some(Timestamp(100)), || Seq(1));
        assert_eq!(marks.share(false), Tally { ship: 0, skip: 0, held: 1 });
        assert!(!marks.mature(Timestamp(99)));
        assert!(marks.mature(Timestamp(100)));
        assert_eq!(marks.share(false), Tally { ship: 1, skip: 0, held: 0 });
        assert_eq!(marks.share(true), Tally { ship: 0, skip: 0, held: 1 }, "blocked");
    }

    #[test]
    fn a_held_mark_does_not_tie_a_free_one() {
        let mut marks = Marks::default();
        marks.reconcile(A, Halves::NONE.with(Ship, Normal), Seq(5), Some(Timestamp(9)), true);
        marks.reconcile(A, Halves::NONE.with(Ship, Normal).with(Skip, Normal), Seq(5), None, true);
        assert_eq!(marks.ballot(false), Some(Skip));
        marks.release();
        assert_eq!(marks.ballot(false), None, "now they tie");
    }
}
