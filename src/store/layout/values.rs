//! Values. What votes touch (marks, tallies, cards) is packed; the rest is JSON, which later versions can add fields to.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    domain::{
        ids::{ChannelId, MessageId, ServerId, ToolId, VoterHash},
        marks::{Mark, Marks, Seq},
        review::Verdict,
        score::Tally,
        time::Timestamp,
    },
    store::{
        error::{Result, StoreError},
        records::{Card, CardKind},
    },
};

/// Form of all values written by this version.
pub(crate) const FORM: u8 = 1;

/// Larger values are refused: sled puts those above 128 KiB into files that it never syncs.
pub(crate) const LARGEST: usize = 64 * 1024 - 1;

/// A record cannot be understood.
pub(crate) fn damaged(what: &'static str) -> StoreError {
    StoreError::Damaged(format!("a record of the kind {what:?} cannot be read").into())
}

/// The payload, if the value has the form of this version.
fn payload<'a>(value: &'a [u8], what: &'static str) -> Result<&'a [u8]> {
    match value.split_first() {
        Some((&FORM, payload)) => Ok(payload),
        _ => Err(damaged(what)),
    }
}

pub(crate) fn json<T: Serialize>(record: &T, what: &'static str) -> Result<Vec<u8>> {
    let mut value = vec![FORM];
    serde_json::to_writer(&mut value, record)
        .map_err(|error| StoreError::Damaged(format!("{what}: {error}").into()))?;
    if value.len() > LARGEST {
        return Err(StoreError::TooLarge { what, bytes: value.len(), most: LARGEST });
    }
    Ok(value)
}

pub(crate) fn from_json<T: DeserializeOwned>(value: &[u8], what: &'static str) -> Result<T> {
    serde_json::from_slice(payload(value, what)?)
        .map_err(|error| StoreError::Damaged(format!("{what}: {error}").into()))
}

/// Reads fixed-width numbers off the front.
struct Front<'a>(&'a [u8]);

impl<'a> Front<'a> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_be_bytes)
    }

    /// A number of so many bytes.
    fn count(&mut self, bytes: usize) -> Option<u64> {
        let (head, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(head.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn moment(&mut self) -> Option<Timestamp> {
        self.bytes().map(i64::from_be_bytes).map(Timestamp)
    }

    fn text(&mut self, bytes: usize) -> Option<&'a str> {
        let (head, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        std::str::from_utf8(head).ok()
    }
}

/// Commit and sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Head {
    /// Number of the last commit.
    pub(crate) commit: u64,
    /// Highest sequence number that any mark or erasure has.
    pub(crate) seq: u64,
}

pub(crate) fn head(head: Head) -> Vec<u8> {
    let mut value = vec![FORM];
    value.extend_from_slice(&head.commit.to_be_bytes());
    value.extend_from_slice(&head.seq.to_be_bytes());
    value
}

pub(crate) fn to_head(value: &[u8]) -> Result<Head> {
    let mut front = Front(payload(value, "head")?);
    let read = |front: &mut Front<'_>| Some(Head { commit: front.number()?, seq: front.number()? });
    read(&mut front).ok_or_else(|| damaged("head"))
}

const SKIP: u8 = 1;
const NORMAL: u8 = 2;
const SUPER: u8 = 4;
const FROZEN: u8 = 8;
const HELD: u8 = 16;

pub(crate) fn marks(marks: &Marks) -> Vec<u8> {
    let mut value = Vec::with_capacity(1 + 17 * marks.len());
    value.push(FORM);
    for mark in marks.iter() {
        let flag = |on: bool, bit: u8| if on { bit } else { 0 };
        value.push(
            flag(mark.verdict == Verdict::Skip, SKIP)
                | flag(mark.normal, NORMAL)
                | flag(mark.super_, SUPER)
                | flag(mark.frozen, FROZEN)
                | flag(mark.held_until.is_some(), HELD),
        );
        value.extend_from_slice(&mark.card.0.to_be_bytes());
        value.extend_from_slice(&mark.seq.0.to_be_bytes());
        if let Some(until) = mark.held_until {
            value.extend_from_slice(&until.0.to_be_bytes());
        }
    }
    value
}

pub(crate) fn to_marks(value: &[u8]) -> Result<Marks> {
    let mut front = Front(payload(value, "marks")?);
    let mut all = Vec::with_capacity(front.0.len() / 17);
    while !front.0.is_empty() {
        let read = |front: &mut Front<'_>| {
            let flags = front.byte()?;
            Some(Mark {
                verdict: if flags & SKIP == 0 { Verdict::Ship } else { Verdict::Skip },
                normal: flags & NORMAL != 0,
                super_: flags & SUPER != 0,
                frozen: flags & FROZEN != 0,
                card: MessageId(front.number()?),
                seq: Seq(front.number()?),
                held_until: if flags & HELD == 0 { None } else { Some(front.moment()?) },
            })
        };
        all.push(read(&mut front).ok_or_else(|| damaged("marks"))?);
    }
    Ok(Marks::from_marks(all))
}

/// A tally as it is kept: with a sum over all marks that it was counted from, so that a check sees when marks are not those
/// that were counted, even where the counts come out the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counted {
    pub(crate) tally: Tally,
    pub(crate) sum: MarksSum,
}

/// A sum over the marks of some members, in any order; zero for none. It guards against a damaged engine, not against people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct MarksSum(u64);

impl MarksSum {
    /// Bits that are kept.
    const KEPT: u64 = (1 << 56) - 1;

    /// The sum over one member's marks (FNV-1a).
    pub(crate) fn of(voter: VoterHash, packed: &[u8]) -> Self {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = voter.0.iter().chain(packed).fold(0xcbf2_9ce4_8422_2325, step);
        // The upper bits are mixed best.
        Self((hash ^ hash >> 32) & Self::KEPT)
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0) & Self::KEPT)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0) & Self::KEPT)
    }
}

/// Bytes of the counts of ships, skips and held marks, and of the sum. With the form they are 22, the most that the engine
/// keeps in a page without an allocation of its own.
const COUNTED: [usize; 4] = [5, 5, 4, 7];

pub(crate) fn counted(counted: Counted) -> Vec<u8> {
    let Counted { tally, sum } = counted;
    let mut value = Vec::with_capacity(22);
    value.push(FORM);
    for (number, bytes) in [tally.ship, tally.skip, tally.held, sum.0].into_iter().zip(COUNTED) {
        let kept = number.min((1 << (8 * bytes)) - 1).to_be_bytes();
        value.extend_from_slice(kept.get(8 - bytes..).unwrap_or_default());
    }
    value
}

pub(crate) fn to_counted(value: &[u8]) -> Result<Counted> {
    let mut front = Front(payload(value, "tally")?);
    let mut read = || {
        let [ship, skip, held, sum] = COUNTED;
        let tally = Tally { ship: front.count(ship)?, skip: front.count(skip)?, held: front.count(held)? };
        let counted = Counted { tally, sum: MarksSum(front.count(sum)?) };
        front.0.is_empty().then_some(counted)
    };
    read().ok_or_else(|| damaged("tally"))
}

pub(crate) fn to_tally(value: &[u8]) -> Result<Tally> {
    to_counted(value).map(|counted| counted.tally)
}

pub(crate) fn channel(channel: ChannelId) -> Vec<u8> {
    let mut value = vec![FORM];
    value.extend_from_slice(&channel.0.to_be_bytes());
    value
}

pub(crate) fn to_channel(value: &[u8]) -> Result<ChannelId> {
    Front(payload(value, "card of a server")?)
        .number()
        .map(ChannelId)
        .ok_or_else(|| damaged("card of a server"))
}

const NOT_FROZEN: i64 = i64::MIN;
/// Bit of the byte that holds a card's kind.
const PLAIN: u8 = 0x80;

pub(crate) fn card(card: &Card) -> Vec<u8> {
    let mut value = vec![FORM];
    value.extend_from_slice(&card.server.0.to_be_bytes());
    value.extend_from_slice(&card.channel.0.to_be_bytes());
    value.extend_from_slice(&card.frozen.map_or(NOT_FROZEN, |at| at.0).to_be_bytes());
    let kind = match card.card {
        CardKind::Comparison => 0,
        CardKind::Single => 1,
        CardKind::Digest => 2,
    };
    value.push(if card.plain { kind | PLAIN } else { kind });
    // Tags of languages are 35 bytes at most; a longer one is none of ours.
    let lang = card.lang.as_bytes().get(..card.lang.len().min(usize::from(u8::MAX))).unwrap_or_default();
    value.push(u8::try_from(lang.len()).unwrap_or(0));
    value.extend_from_slice(lang);
    value.extend_from_slice(card.tool.as_str().as_bytes());
    value
}

pub(crate) fn to_card(id: MessageId, value: &[u8]) -> Result<Card> {
    let mut front = Front(payload(value, "card")?);
    let read = |front: &mut Front<'_>| {
        let (server, channel) = (ServerId(front.number()?), ChannelId(front.number()?));
        let frozen = front.moment().map(|at| (at.0 != NOT_FROZEN).then_some(at))?;
        let kind = front.byte()?;
        let plain = kind & PLAIN != 0;
        let card = match kind & !PLAIN {
            0 => CardKind::Comparison,
            1 => CardKind::Single,
            2 => CardKind::Digest,
            _ => return None,
        };
        let lang = front.byte()?;
        let lang = front.text(lang.into())?.to_owned();
        let tool = ToolId::trusted(front.text(front.0.len())?);
        Some(Card { id, server, channel, tool, card, lang, frozen, plain })
    };
    read(&mut front).ok_or_else(|| damaged("card"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_survive_packing() {
        let mark = |card, verdict, held_until| Mark {
            card: MessageId(card),
            verdict,
            normal: true,
            super_: card == 2,
            seq: Seq(card + 100),
            frozen: card == 1,
            held_until,
        };
        let all = Marks::from_marks([
            mark(1, Verdict::Ship, None),
            mark(1, Verdict::Skip, Some(Timestamp(5))),
            mark(2, Verdict::Skip, None),
        ]);
        assert_eq!(to_marks(&marks(&all)).unwrap(), all);
        assert!(to_marks(&marks(&all)[..20]).is_err());
        assert!(to_marks(&[]).is_err());
        assert!(to_marks(&[FORM + 1]).is_err());
    }

    #[test]
    fn cards_and_tallies_survive_packing() {
        let all = Card {
            id: MessageId(7),
            server: ServerId(1),
            channel: ChannelId(2),
            tool: ToolId::trusted("axolotl"),
            card: CardKind::Single,
            lang: "en-US".to_owned(),
            frozen: Some(Timestamp(3)),
            plain: false,
        };
        assert_eq!(to_card(MessageId(7), &card(&all)).unwrap(), all);
        let plain = Card { plain: true, ..all };
        assert_eq!(to_card(MessageId(7), &card(&plain)).unwrap(), plain);
        let sum = MarksSum::of(VoterHash([7; 16]), &[1, 2, 3]);
        for tally in [
            Tally { ship: 1, skip: 2, held: 3 },
            Tally { ship: (1 << 40) - 1, skip: 1 << 33, held: u64::from(u32::MAX) },
        ] {
            let all = Counted { tally, sum };
            assert_eq!(to_counted(&counted(all)).unwrap(), all);
            assert_eq!(counted(all).len(), 22, "the engine keeps it in the page");
            assert!(to_counted(&counted(all)[..21]).is_err());
        }
    }

    #[test]
    fn a_sum_over_marks_tells_them_apart_and_knows_no_order() {
        let voter = |n: u8| VoterHash([n; 16]);
        let (a, b, c) =
            (MarksSum::of(voter(1), &[1]), MarksSum::of(voter(2), &[1]), MarksSum::of(voter(1), &[2]));
        assert!(a != b && a != c && b != c && a != MarksSum::default());
        assert_eq!(a.with(b).with(c), c.with(a).with(b));
        assert_eq!(a.with(b).without(a).without(b), MarksSum::default());
        assert_ne!(a.with(b), a.with(c));
    }
}
