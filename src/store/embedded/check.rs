//! Recounts everything and compares.

use std::collections::{BTreeMap, BTreeSet};

use super::Embedded;
use crate::{
    domain::{
        ids::{MessageId, ServerId, ToolId},
        marks::exchange,
        score::Tally,
    },
    store::{
        contract::{CheckReport, Difference, MarkStore as _},
        error::Result,
        kv::{Kv, Range},
        layout::{
            keys,
            keys::Parts,
            record, values,
            values::{Counted, MarksSum},
        },
        records::{Card, MarksRecord, Record},
    },
};

/// Faults that are told in full; more are counted only.
const TOLD: usize = 50;

#[derive(Default)]
struct Check {
    report: CheckReport,
    counted: BTreeMap<(ServerId, ToolId), Counted>,
    /// Entries that the index of held marks should hold.
    held: u64,
    untold: u64,
}

/// A tally as it is kept, and what its marks say.
struct Compared {
    server: ServerId,
    tool: ToolId,
    kept: Counted,
    counted: Counted,
}

fn count(counted: &mut Counted, one: &MarksRecord, blocked: bool) {
    counted.tally = exchange(counted.tally, Tally::default(), one.marks.share(blocked));
    counted.sum = counted.sum.with(MarksSum::of(one.voter, &values::marks(&one.marks)));
}

impl Check {
    fn fault(&mut self, fault: impl FnOnce() -> String) {
        if self.report.faults.len() < TOLD {
            self.report.faults.push(fault());
        } else {
            self.untold += 1;
        }
    }

    fn marks(&mut self, kv: &dyn Kv, one: &MarksRecord, blocked: bool) -> Result<()> {
        self.report.members += 1;
        self.report.marks += one.marks.len() as u64;
        count(self.counted.entry((one.server, one.tool.clone())).or_default(), one, blocked);
        let cards: BTreeSet<MessageId> = one.marks.iter().map(|mark| mark.card).collect();
        for card in cards {
            // A mark is found from its card through the card's server and tool.
            let known = kv.get(&keys::card(card))?.map(|value| values::to_card(card, &value)).transpose()?;
            if known.is_none_or(|known| (known.server, &known.tool) != (one.server, &one.tool)) {
                self.fault(|| {
                    format!("card {card}: member {} has a mark on it, but it is not known", one.voter)
                });
            }
        }
        let times: BTreeSet<_> = one.marks.iter().filter_map(|mark| mark.held_until).collect();
        self.held += times.len() as u64;
        for until in times {
            if kv.get(&keys::held(until, one.server, one.voter, &one.tool))?.is_none() {
                self.fault(|| format!("a held mark of member {} is not indexed", one.voter));
            }
        }
        Ok(())
    }

    fn card(&mut self, kv: &dyn Kv, card: &Card) -> Result<()> {
        self.report.cards += 1;
        let indexed = kv.get(&keys::server_card(card.server, card.id))?.is_some()
            && kv.get(&keys::tool_card(card.server, &card.tool, card.id))?.is_some();
        if !indexed {
            self.fault(|| format!("card {}: not indexed", card.id));
        }
        Ok(())
    }
}

impl Embedded {
    fn blocked_on_disk(kv: &dyn Kv) -> Result<BTreeSet<Vec<u8>>> {
        kv.scan(&Range::prefix(&keys::kind(keys::BLOCKED)), false)
            .map(|pair| pair.map(|(key, _)| key.get(1..).unwrap_or_default().to_vec()))
            .collect()
    }

    pub(super) async fn check_all(&self) -> Result<CheckReport> {
        let commit = self.shared.last_commit();
        let kv = self.kv()?;
        let mut check = Check::default();
        let blocked = Self::blocked_on_disk(&*kv)?;
        let mut held = 0u64;
        for pair in kv.scan(&Range::prefix(&[]), false) {
            let (key, value) = pair?;
            held += u64::from(key.first() == Some(&keys::HELD));
            match record(&key, &value) {
                Ok(Some(Record::Marks(one))) => {
                    let is_blocked =
                        blocked.contains([&one.server.0.to_be_bytes()[..], &one.voter.0].concat().as_slice());
                    check.marks(&*kv, &one, is_blocked)?;
                }
                Ok(Some(Record::Card(card))) => check.card(&*kv, &card)?,
                Ok(Some(_)) => check.report.others += 1,
                Ok(None) => {}
                Err(error) => check.fault(|| error.to_string()),
            }
        }
        let mut differing = Self::compare_tallies(&*kv, &mut check)?;
        let quiet = self.shared.last_commit() == commit;
        let marks_held = check.held;
        if quiet && held != marks_held {
            check.fault(|| format!("the index of held marks has {held} entries for {marks_held} of them"));
        }
        if !quiet {
            // Votes came in meanwhile: only what still differs when nothing else is written is told.
            differing = self.read_again(differing).await?;
            check.report.faults.retain(|fault| fault.starts_with("the store is damaged"));
        }
        for Compared { server, tool, kept, counted } in differing {
            if kept.tally == counted.tally {
                check.fault(|| {
                    format!("tool {tool} in server {server}: its marks are not those that were counted")
                });
            } else {
                let (kept, counted) = (kept.tally, counted.tally);
                check.report.differences.push(Difference { server, tool, kept, counted });
            }
        }
        let Check { mut report, untold, .. } = check;
        if untold > 0 {
            report.faults.push(format!("and {untold} more"));
        }
        Ok(report)
    }

    fn compare_tallies(kv: &dyn Kv, check: &mut Check) -> Result<Vec<Compared>> {
        let mut differing = Vec::new();
        let mut all = std::mem::take(&mut check.counted);
        for pair in kv.scan(&Range::prefix(&keys::kind(keys::TALLY)), false) {
            let (key, value) = pair?;
            let of = Parts::of(&key).and_then(|(_, mut parts)| Some((parts.server()?, parts.tool()?)));
            let (server, tool) = of.ok_or_else(|| values::damaged("tally"))?;
            check.report.tallies += 1;
            let counted = all.remove(&(server, tool.clone())).unwrap_or_default();
            let kept = values::to_counted(&value)?;
            if kept != counted {
                differing.push(Compared { server, tool, kept, counted });
            }
        }
        // Marks are never without a tally: their sum is kept in it.
        differing.extend(all.into_iter().map(|((server, tool), counted)| Compared {
            server,
            tool,
            kept: Counted::default(),
            counted,
        }));
        Ok(differing)
    }

    /// Counts these tallies again on the writer's thread, where nothing is written meanwhile.
    async fn read_again(&self, differing: Vec<Compared>) -> Result<Vec<Compared>> {
        let mut still = Vec::new();
        for Compared { server, tool, .. } in differing {
            let of = tool.clone();
            let (kept, counted) = self
                .write(move |txn| {
                    let mut counted = Counted::default();
                    for pair in txn.scan(&Range::prefix(&keys::marks_of_tool(server, &of)), false) {
                        let (key, value) = pair?;
                        if let Some(Record::Marks(one)) = record(&key, &value)? {
                            count(&mut counted, &one, txn.shared.is_blocked(server, one.voter));
                        }
                    }
                    Ok((txn.counted(server, &of)?, counted))
                })
                .await?;
            if kept != counted {
                still.push(Compared { server, tool, kept, counted });
            }
        }
        // The sums over all servers are made of the tallies; reading one here keeps the two from drifting unseen.
        for difference in &still {
            let sum = self.everywhere(&difference.tool).await?;
            tracing::warn!(tool.id = %difference.tool, ships = sum.ship, "a tally differs from its marks");
        }
        Ok(still)
    }
}
