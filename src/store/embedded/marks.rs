//! Marks, ballots and tallies.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{
    Embedded,
    find::{groups_of, marks_of, on_card, voters_on},
    txn::{TallyChanges, Txn},
};
use crate::{
    domain::{
        ids::{MessageId, ServerId, ToolId, VoterHash},
        marks::{Halves, Marks, ReactionKind, Seq, exchange},
        review::Verdict,
        score::{Everywhere, Tally},
        time::Timestamp,
    },
    store::{
        contract::{
            Applied, MarkChange, MarkStore, MarksOnCard, ReadingId, Recount, Release, Standing, TallyChange,
        },
        error::Result,
        kv::Range,
        layout::{
            keys,
            keys::Parts,
            values,
            values::{Counted, MarksSum},
        },
        records::{Blocked, Card, Erasure, Record},
    },
};

/// Members handled in one unit where a call works in bounded steps.
pub(super) const STEP: usize = 256;

/// Writes the marks of a member for a tool with everything that follows from them: when held ones mature, and the tally.
/// `blocked`: whether the member was and is blocked. Every change of marks goes through here.
pub(super) fn replace_marks(
    txn: &mut Txn<'_>,
    (server, voter, tool): (ServerId, VoterHash, &ToolId),
    old: &Marks,
    new: &Marks,
    (was_blocked, is_blocked): (bool, bool),
) -> Result<TallyChange> {
    let change = count_marks(txn, (server, voter, tool), old, new, (was_blocked, is_blocked))?;
    if old != new {
        let key = keys::marks(server, tool, voter);
        if new.is_empty() {
            txn.delete(key);
        } else {
            txn.put(key, values::marks(new));
        }
        let times = |marks: &Marks| marks.iter().filter_map(|mark| mark.held_until).collect::<Vec<_>>();
        let (was, is) = (times(old), times(new));
        for gone in was.iter().filter(|until| !is.contains(until)) {
            txn.delete(keys::held(*gone, server, voter, tool));
        }
        for come in is.iter().filter(|until| !was.contains(until)) {
            txn.put(keys::held(*come, server, voter, tool), vec![values::FORM]);
        }
        drop_spent_cards(txn, (server, tool), old, new)?;
    }
    Ok(change)
}

/// Counts a member's marks for a tool anew.
pub(super) fn count_marks(
    txn: &mut Txn<'_>,
    (server, voter, tool): (ServerId, VoterHash, &ToolId),
    old: &Marks,
    new: &Marks,
    (was_blocked, is_blocked): (bool, bool),
) -> Result<TallyChange> {
    let before = txn.counted(server, tool)?;
    let sum = |marks: &Marks| {
        if marks.is_empty() { MarksSum::default() } else { MarksSum::of(voter, &values::marks(marks)) }
    };
    let after = Counted {
        tally: exchange(before.tally, old.share(was_blocked), new.share(is_blocked)),
        sum: if old == new { before.sum } else { before.sum.without(sum(old)).with(sum(new)) },
    };
    if after != before {
        txn.set_counted(server, tool, before, after);
    }
    Ok(TallyChange { server, tool: tool.clone(), before: before.tally, after: after.tally })
}

/// A frozen card whose last mark is gone serves nobody any more.
fn drop_spent_cards(
    txn: &mut Txn<'_>,
    (server, tool): (ServerId, &ToolId),
    old: &Marks,
    new: &Marks,
) -> Result<()> {
    for mark in old.iter().filter(|mark| mark.frozen && new.on(mark.card).is_none()) {
        let Some(card) = card_of(txn, mark.card)? else { continue };
        let mut standing = txn.scan(&Range::prefix(&keys::marks_of_tool(server, tool)), false);
        // Members are in no order, so while others have marks on the card, one of them soon comes up.
        let is_spent = loop {
            match standing.next().transpose()? {
                Some((_, value)) if values::to_marks(&value)?.on(mark.card).is_none() => {}
                last => break last.is_none(),
            }
        };
        drop(standing);
        if is_spent {
            drop_card(txn, &card);
        }
    }
    Ok(())
}

pub(super) fn drop_card(txn: &mut Txn<'_>, card: &Card) {
    txn.delete(keys::card(card.id));
    txn.delete(keys::server_card(card.server, card.id));
    txn.delete(keys::tool_card(card.server, &card.tool, card.id));
}

pub(super) fn card_of(txn: &Txn<'_>, card: MessageId) -> Result<Option<Card>> {
    txn.get(&keys::card(card))?.map(|value| values::to_card(card, &value)).transpose()
}

fn erasure_of(txn: &Txn<'_>, server: ServerId, voter: VoterHash) -> Result<Option<Erasure>> {
    txn.get(&keys::erasure(server, voter))?.map(|value| values::from_json(&value, "erasure")).transpose()
}

/// Applies `edit` to the marks of each of these members for the card's tool.
fn edit_marks(
    txn: &mut Txn<'_>,
    card: &Card,
    voters: impl IntoIterator<Item = VoterHash>,
    mut edit: impl FnMut(&mut Txn<'_>, VoterHash, &mut Marks) -> Result<bool>,
) -> Result<Applied> {
    // Each change tells the tally before and after it, so that the usual case, one member, reads the tally once.
    let mut tally: Option<TallyChange> = None;
    let mut members = 0;
    for voter in voters {
        let old = marks_of(txn, card.server, voter, &card.tool)?;
        let mut new = old.clone();
        if edit(txn, voter, &mut new)? {
            let blocked = txn.shared.is_blocked(card.server, voter);
            let of = (card.server, voter, &card.tool);
            let change = replace_marks(txn, of, &old, &new, (blocked, blocked))?;
            match &mut tally {
                Some(tally) => tally.after = change.after,
                None => tally = Some(change),
            }
            members += 1;
        }
    }
    let tally = match tally {
        Some(tally) => tally,
        None => unchanged(txn, card)?,
    };
    Ok(Applied::Done { tally, members })
}

/// The tally of the card's tool, which nothing changed.
fn unchanged(txn: &Txn<'_>, card: &Card) -> Result<TallyChange> {
    let now = txn.tally(card.server, &card.tool)?;
    Ok(TallyChange { server: card.server, tool: card.tool.clone(), before: now, after: now })
}

fn apply_one(txn: &mut Txn<'_>, change: MarkChange) -> Result<Applied> {
    // A reading is over with its reconcile, whatever comes of it.
    let reading = match &change {
        MarkChange::Reconcile { reading, .. } => Some(txn.shared.end_reading(*reading)),
        _ => None,
    };
    let Some(card) = card_of(txn, change.card())? else { return Ok(Applied::UnknownCard) };
    // A card whose server is being deleted is as good as gone; the other changes of the unit must not suffer from it.
    if txn.shared.refuse_purging(card.server).is_err() {
        return Ok(Applied::UnknownCard);
    }
    if card.frozen.is_some() {
        return Ok(Applied::FrozenCard);
    }
    match change {
        MarkChange::Add { voter, verdict, kind, held_until, .. } => {
            txn.shared.touch(card.id, voter, verdict, kind);
            edit_marks(txn, &card, [voter], |txn, _, marks| {
                Ok(marks.add(card.id, verdict, kind, held_until, || txn.next_seq()))
            })
        }
        MarkChange::Remove { voter, verdict, kind, .. } => {
            txn.shared.touch(card.id, voter, verdict, kind);
            edit_marks(txn, &card, [voter], |_, _, marks| Ok(marks.remove(card.id, verdict, kind)))
        }
        MarkChange::ClearEmoji { verdict, .. } => clear(txn, &card, Some(verdict)),
        MarkChange::ClearAll { .. } => clear(txn, &card, None),
        MarkChange::Freeze { at, .. } => freeze(txn, card, at),
        MarkChange::Reconcile { recount, standing, .. } => match reading.flatten() {
            Some((of, touched)) if of == card.id => reconcile(txn, &card, recount.0, &touched, standing),
            _ => Ok(Applied::UnknownReading),
        },
    }
}

fn clear(txn: &mut Txn<'_>, card: &Card, verdict: Option<Verdict>) -> Result<Applied> {
    txn.shared.touch_all(card.id, verdict);
    let voters: Vec<_> = voters_on(txn, card)?.into_iter().map(|(voter, _)| voter).collect();
    edit_marks(txn, card, voters, |_, _, marks| Ok(marks.clear(card.id, verdict)))
}

fn freeze(txn: &mut Txn<'_>, card: Card, at: Timestamp) -> Result<Applied> {
    let voters: Vec<_> = voters_on(txn, &card)?.into_iter().map(|(voter, _)| voter).collect();
    if voters.is_empty() {
        drop_card(txn, &card);
        return Ok(Applied::Done { tally: unchanged(txn, &card)?, members: 0 });
    }
    let applied = edit_marks(txn, &card, voters, |_, _, marks| Ok(marks.freeze(card.id)))?;
    txn.put_record(&Record::Card(Card { frozen: Some(at), ..card }))?;
    Ok(applied)
}

fn reconcile(
    txn: &mut Txn<'_>,
    card: &Card,
    recount: Seq,
    touched: &super::shared::Touched,
    standing: Vec<Standing>,
) -> Result<Applied> {
    // Everybody whose marks differ from the lists, or who is on them and unknown here.
    let mut listed: BTreeMap<VoterHash, (Halves, Option<Timestamp>)> = BTreeMap::new();
    for one in standing {
        let entry = listed.entry(one.voter).or_insert((Halves::NONE, one.held_until));
        entry.0 = entry.0.union(one.halves);
    }
    let mut differing = Vec::new();
    for (voter, known) in voters_on(txn, card)? {
        let (halves, held_until) = listed.remove(&voter).unwrap_or_default();
        differing.push((voter, known, halves, held_until));
    }
    differing.extend(listed.into_iter().map(|(voter, (halves, until))| (voter, Halves::NONE, halves, until)));
    let wanted: BTreeMap<VoterHash, (Halves, Option<Timestamp>)> = differing
        .into_iter()
        .map(|(voter, known, halves, until)| (voter, known, halves.replaced(touched.of(voter), known), until))
        .filter(|(_, known, halves, _)| known != halves)
        .map(|(voter, _, halves, until)| (voter, (halves, until)))
        .collect();
    let voters: Vec<VoterHash> = wanted.keys().copied().collect();
    edit_marks(txn, card, voters, |txn, voter, marks| {
        let Some((halves, held_until)) = wanted.get(&voter) else { return Ok(false) };
        let erasure = erasure_of(txn, card.server, voter)?;
        let may_appear = erasure.is_none_or(|erasure| card.created() >= erasure.at);
        Ok(marks.reconcile(card.id, *halves, recount, *held_until, may_appear))
    })
}

fn held_key(key: &[u8]) -> Option<(ServerId, VoterHash, ToolId)> {
    let (_, mut parts) = Parts::of(key)?;
    parts.number()?;
    Some((parts.server()?, parts.voter()?, parts.tool()?))
}

/// Lets go of held marks: of up to [`STEP`] entries of the index that lie in `range` and that `wanted` takes.
/// Returns the last key looked at, when there may be more.
fn let_go(
    txn: &mut Txn<'_>,
    range: &Range,
    wanted: impl Fn(ServerId, VoterHash, &ToolId) -> bool,
    change: impl Fn(&mut Marks) -> bool,
) -> Result<(Vec<TallyChange>, Option<Vec<u8>>)> {
    let mut keys_seen = Vec::new();
    for pair in txn.scan(range, false).take(STEP) {
        keys_seen.push(pair?.0);
    }
    let mut tallies = Vec::new();
    for key in &keys_seen {
        let (server, voter, tool) = held_key(key).ok_or_else(|| values::damaged("held"))?;
        if !wanted(server, voter, &tool) {
            continue;
        }
        let old = marks_of(txn, server, voter, &tool)?;
        let mut new = old.clone();
        if change(&mut new) {
            let blocked = txn.shared.is_blocked(server, voter);
            tallies.push(replace_marks(txn, (server, voter, &tool), &old, &new, (blocked, blocked))?);
        }
    }
    let more = (keys_seen.len() == STEP).then(|| keys_seen.pop()).flatten();
    Ok((tallies, more))
}

#[async_trait]
impl MarkStore for Embedded {
    async fn apply(&self, changes: Vec<MarkChange>) -> Result<Vec<Applied>> {
        self.write(move |txn| changes.into_iter().map(|change| apply_one(txn, change)).collect()).await
    }

    async fn begin_recount(&self) -> Result<Recount> {
        let seq = self.shared.seq.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
        Ok(Recount(Seq(seq)))
    }

    async fn begin_reading(&self, card: MessageId) -> Result<ReadingId> {
        Ok(self.shared.begin_reading(card))
    }

    async fn end_reading(&self, reading: ReadingId) {
        self.shared.end_reading(reading);
    }

    async fn tally(&self, server: ServerId, tool: &ToolId) -> Result<Tally> {
        let key = keys::tally(server, tool);
        let read = self.get(&key)?.map_or(Ok(Tally::default()), |value| values::to_tally(&value))?;
        Ok(self.shared.durable_tally(&key, read))
    }

    async fn tallies(&self, server: ServerId) -> Result<Vec<(ToolId, Tally)>> {
        let prefix = keys::of_server(keys::TALLY, server);
        let mut all = BTreeMap::new();
        for (key, value) in self.all(&Range::prefix(&prefix))? {
            all.insert(key, values::to_tally(&value)?);
        }
        all.extend(self.shared.in_flight_under(&prefix));
        all.into_iter()
            .filter(|(_, tally)| *tally != Tally::default())
            .map(|(key, tally)| {
                let tool = Parts::of(&key).and_then(|(_, mut parts)| parts.server().and(parts.tool()));
                Ok((tool.ok_or_else(|| values::damaged("tally"))?, tally))
            })
            .collect()
    }

    async fn everywhere(&self, tool: &ToolId) -> Result<Everywhere> {
        Ok(self.shared.everywhere(tool))
    }

    async fn everywhere_all(&self) -> Result<Vec<(ToolId, Everywhere)>> {
        Ok(self.shared.everywhere_all())
    }

    async fn marks_on(&self, card: MessageId) -> Result<MarksOnCard> {
        let Some(Card { server, tool, .. }) = self.card_now(card)? else { return Ok(Vec::new()) };
        let kv = self.kv()?;
        let marks = kv.scan(&Range::prefix(&keys::marks_of_tool(server, &tool)), false);
        on_card(card, marks).collect()
    }

    async fn counts_on(&self, card: MessageId) -> Result<[u64; 4]> {
        let mut counts = [0; 4];
        for (_, halves) in self.marks_on(card).await? {
            let kinds =
                Verdict::ALL.into_iter().flat_map(|v| ReactionKind::ALL.into_iter().map(move |k| (v, k)));
            for ((verdict, kind), count) in kinds.zip(&mut counts) {
                *count += u64::from(halves.has(verdict, kind));
            }
        }
        Ok(counts)
    }

    async fn set_blocked(
        &self,
        server: ServerId,
        voter: VoterHash,
        blocked: bool,
        at: Timestamp,
    ) -> Result<Vec<TallyChange>> {
        // A member's marks in one server are few (one record a tool), so one unit holds them.
        self.write(move |txn| {
            txn.shared.refuse_purging(server)?;
            let was = txn.shared.is_blocked(server, voter);
            if was == blocked {
                return Ok(Vec::new());
            }
            if blocked {
                txn.put_record(&Record::Blocked(Blocked { server, voter, at }))?;
            } else {
                txn.delete(keys::blocked(server, voter));
            }
            let mut tallies = TallyChanges::default();
            for (tool, marks) in groups_of(txn, server, voter)? {
                tallies.add(replace_marks(txn, (server, voter, &tool), &marks, &marks, (was, blocked))?);
            }
            let mut all = txn.shared.blocked.write();
            if blocked {
                all.insert((server, voter))
            } else {
                all.remove(&(server, voter))
            };
            Ok(tallies.into_vec())
        })
        .await
    }

    async fn is_blocked(&self, server: ServerId, voter: VoterHash) -> Result<bool> {
        Ok(self.shared.is_blocked(server, voter))
    }

    async fn blocked_count(&self, server: ServerId) -> Result<usize> {
        Ok(self.all(&Range::prefix(&keys::of_server(keys::BLOCKED, server)))?.len())
    }

    async fn release(&self, server: ServerId, which: Release) -> Result<Vec<TallyChange>> {
        let mut tallies = TallyChanges::default();
        let mut range = Range::prefix(&keys::kind(keys::HELD));
        loop {
            let (step, which) = (range.clone(), which.clone());
            let (changed, last) = self
                .write(move |txn| {
                    let wanted = |of: ServerId, voter: VoterHash, tool: &ToolId| {
                        of == server
                            && match &which {
                                Release::All => true,
                                Release::Voter(one) => *one == voter,
                                Release::Tool(one) => one == tool,
                            }
                    };
                    let_go(txn, &step, wanted, Marks::release)
                })
                .await?;
            tallies.extend(changed);
            match last {
                Some(last) => range = range.after(&last),
                None => return Ok(tallies.into_vec()),
            }
        }
    }

    async fn mature(&self, now: Timestamp) -> Result<Vec<TallyChange>> {
        let mut tallies = TallyChanges::default();
        let mut range = Range::prefix(&keys::kind(keys::HELD)).before(&keys::held_after(now));
        // Nothing due is the usual case: it must not wake the writer.
        while !self.is_void(&range)? {
            let step = range.clone();
            let (changed, last) =
                self.write(move |txn| let_go(txn, &step, |_, _, _| true, |marks| marks.mature(now))).await?;
            tallies.extend(changed);
            match last {
                Some(last) => range = range.after(&last),
                None => break,
            }
        }
        Ok(tallies.into_vec())
    }
}
