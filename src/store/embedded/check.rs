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
        layout::{keys, keys::Parts, record, values},
        records::{Card, MarksRecord, Record},
    },
};

/// Faults that are told in full; more are counted only.
const TOLD: usize = 50;

#[derive(Default)]
struct Check {
    report: CheckReport,
    counted: BTreeMap<(ServerId, ToolId), Tally>,
    /// Entries that the indexes should hold.
    on_card: u64,
    held: u64,
    untold: u64,
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
        let tally = self.counted.entry((one.server, one.tool.clone())).or_default();
        *tally = exchange(*tally, Tally::default(), one.marks.share(blocked));
        let cards: BTreeSet<MessageId> = one.marks.iter().map(|mark| mark.card).collect();
        self.on_card += cards.len() as u64;
        for card in cards {
            let stands = kv
                .get(&keys::on_card(card, one.voter))?
                .map(|value| values::to_halves(&value))
                .transpose()?;
            if stands != Some(one.marks.on(card)) {
                self.fault(|| format!("card {card}: what stands of member {} is not indexed", one.voter));
            }
            if kv.get(&keys::card(card))?.is_none() {
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
        let (mut on_card, mut held) = (0u64, 0u64);
        for pair in kv.scan(&Range::prefix(&[]), false) {
            let (key, value) = pair?;
            match key.first() {
                Some(&keys::ON_CARD) => on_card += 1,
                Some(&keys::HELD) => held += 1,
                _ => {}
            }
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
        self.compare_tallies(&*kv, &mut check)?;
        let Check { mut report, on_card: marks_on_card, held: marks_held, untold, .. } = check;
        let quiet = self.shared.last_commit() == commit;
        if quiet && (on_card, held) != (marks_on_card, marks_held) {
            report.faults.push(format!(
                "the indexes hold {on_card} and {held} entries for {marks_on_card} and {marks_held} marks"
            ));
        }
        if !quiet {
            // Votes came in meanwhile: only what still differs when nothing else is written is told.
            report.differences = self.read_again(report.differences).await?;
            report.faults.retain(|fault| fault.starts_with("the store is damaged"));
        }
        if untold > 0 {
            report.faults.push(format!("and {untold} more"));
        }
        Ok(report)
    }

    fn compare_tallies(&self, kv: &dyn Kv, check: &mut Check) -> Result<()> {
        let mut counted = std::mem::take(&mut check.counted);
        for pair in kv.scan(&Range::prefix(&keys::kind(keys::TALLY)), false) {
            let (key, value) = pair?;
            let of = Parts::of(&key).and_then(|(_, mut parts)| Some((parts.server()?, parts.tool()?)));
            let (server, tool) = of.ok_or_else(|| values::damaged("tally"))?;
            check.report.tallies += 1;
            let counted = counted.remove(&(server, tool.clone())).unwrap_or_default();
            let kept = values::to_tally(&value)?;
            if kept != counted {
                check.report.differences.push(Difference { server, tool, kept, counted });
            }
        }
        for ((server, tool), counted) in counted.into_iter().filter(|(_, tally)| *tally != Tally::default()) {
            check.report.differences.push(Difference { server, tool, kept: Tally::default(), counted });
        }
        Ok(())
    }

    /// Counts these tallies again on the writer's thread, where nothing is written meanwhile.
    async fn read_again(&self, differences: Vec<Difference>) -> Result<Vec<Difference>> {
        let mut still = Vec::new();
        for Difference { server, tool, .. } in differences {
            let of = tool.clone();
            let (kept, counted) = self
                .write(move |txn| {
                    let mut counted = Tally::default();
                    for pair in txn.scan(&Range::prefix(&keys::of_server(keys::MARKS, server)), false) {
                        let (key, value) = pair?;
                        if let Some(Record::Marks(one)) = record(&key, &value)?
                            && one.tool == of
                        {
                            let share = one.marks.share(txn.shared.is_blocked(server, one.voter));
                            counted = exchange(counted, Tally::default(), share);
                        }
                    }
                    Ok((txn.tally(server, &of)?, counted))
                })
                .await?;
            if kept != counted {
                still.push(Difference { server, tool, kept, counted });
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
