//! Counts and job marks.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{Embedded, cards::know_server, txn::Txn};
use crate::{
    domain::{
        ids::{ServerId, ToolId},
        score::Tally,
        time::{Date, Timestamp},
    },
    store::{
        contract::Counts,
        error::{Result, StoreError},
        kv::{Pair, Range},
        layout::{keys, keys::Parts, values},
        records::{ComparisonCount, DayTallies, JobMark, Record, Wanted, Week},
    },
};

/// Tools in one record of a day; keeps it well under the largest value.
const TOOLS_A_RECORD: usize = 500;
/// Longest key of a job, folded name and shown name, in bytes.
const JOB_KEY: usize = 200;
const FOLDED: usize = 200;
const SHOWN: usize = 400;

/// Cuts text to so many bytes, at a character's border.
fn cut(text: &str, bytes: usize) -> &str {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= bytes).last();
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// The day of a key of this kind.
fn day_of(key: &[u8]) -> Result<Date> {
    let day = Parts::of(key).and_then(|(_, mut parts)| parts.server().and(parts.day()));
    day.ok_or_else(|| values::damaged("day"))
}

fn tallies_in(pairs: Vec<Pair>) -> Result<Vec<(ToolId, Tally)>> {
    let mut all = Vec::new();
    for (_, value) in pairs {
        all.extend(values::from_json::<DayTallies>(&value, "day")?.tallies);
    }
    Ok(all)
}

fn keep_day(txn: &mut Txn<'_>, server: ServerId, day: Date) -> Result<()> {
    let mut now = Vec::new();
    for pair in txn.scan(&Range::prefix(&keys::of_server(keys::TALLY, server)), false) {
        let (key, value) = pair?;
        let tool = Parts::of(&key).and_then(|(_, mut parts)| parts.server().and(parts.tool()));
        let tally = values::to_tally(&value)?;
        if tally.ballots() > 0 {
            // What is held is nobody's news.
            now.push((tool.ok_or_else(|| values::damaged("tally"))?, Tally { held: 0, ..tally }));
        }
    }
    let of_day = Range::prefix(&keys::day(server, day));
    let replaced: Vec<Vec<u8>> =
        txn.scan(&of_day, false).map(|pair| pair.map(|(key, _)| key)).collect::<Result<_>>()?;
    for key in replaced {
        txn.delete(key);
    }
    let earlier = Range::prefix(&keys::of_server(keys::DAY, server)).before(&keys::day(server, day));
    let last = txn.scan(&earlier, true).next().transpose()?;
    let last = match last {
        Some((key, _)) => {
            let range = Range::prefix(&keys::day(server, day_of(&key)?));
            Some(tallies_in(txn.scan(&range, false).collect::<Result<_>>()?)?)
        }
        None => None,
    };
    // A day like the one before needs no record: readers take the last one kept.
    if last.as_ref().map_or(now.is_empty(), |last| *last == now) {
        return Ok(());
    }
    if now.is_empty() {
        txn.put_record(&Record::Day(DayTallies { server, day, tallies: Vec::new() }))?;
    }
    for some in now.chunks(TOOLS_A_RECORD) {
        txn.put_record(&Record::Day(DayTallies { server, day, tallies: some.to_vec() }))?;
    }
    Ok(())
}

fn want(txn: &mut Txn<'_>, server: ServerId, folded: String, name: String, at: Timestamp) -> Result<()> {
    txn.shared.refuse_purging(server)?;
    let key = keys::wanted(server, &folded);
    let known: Option<Wanted> =
        txn.get(&key)?.map(|value| values::from_json(&value, "wanted")).transpose()?;
    if known.is_none() {
        know_server(txn, server, at)?;
        let all: Vec<Pair> =
            txn.scan(&Range::prefix(&keys::of_server(keys::WANTED, server)), false).collect::<Result<_>>()?;
        if all.len() >= Wanted::MOST {
            let mut oldest: Option<(Timestamp, Vec<u8>)> = None;
            for (key, value) in all {
                let last = values::from_json::<Wanted>(&value, "wanted")?.last;
                if oldest.as_ref().is_none_or(|(at, _)| last < *at) {
                    oldest = Some((last, key));
                }
            }
            if let Some((_, key)) = oldest {
                txn.delete(key);
            }
        }
    }
    let count = known.map_or(0, |known| known.count).saturating_add(1);
    txn.put_record(&Record::Wanted(Wanted { server, folded, name, count, last: at }))
}

#[async_trait]
impl Counts for Embedded {
    async fn mark_job(&self, key: &str, at: Timestamp) -> Result<bool> {
        if key.is_empty() || key.len() > JOB_KEY {
            return Err(StoreError::TooLarge { what: "key of a job", bytes: key.len(), most: JOB_KEY });
        }
        let key = key.to_owned();
        self.write(move |txn| {
            if txn.has(&keys::job(&key))? {
                return Ok(false);
            }
            txn.put_record(&Record::Job(JobMark { key, at }))?;
            Ok(true)
        })
        .await
    }

    async fn job_marked(&self, key: &str) -> Result<bool> {
        Ok(self.get(&keys::job(key))?.is_some())
    }

    async fn keep_day(&self, server: ServerId, day: Date) -> Result<()> {
        self.write(move |txn| {
            txn.shared.refuse_purging(server)?;
            keep_day(txn, server, day)
        })
        .await
    }

    async fn day_tallies(&self, server: ServerId, day: Date) -> Result<Option<Vec<(ToolId, Tally)>>> {
        let kv = self.kv()?;
        let Some(after) = day.next_day() else { return Ok(None) };
        let until = Range::prefix(&keys::of_server(keys::DAY, server)).before(&keys::day(server, after));
        let Some((key, _)) = kv.scan(&until, true).next().transpose()? else { return Ok(None) };
        tallies_in(self.all(&Range::prefix(&keys::day(server, day_of(&key)?)))?).map(Some)
    }

    async fn count_comparison(&self, server: ServerId, week: Week, tools: &[ToolId]) -> Result<()> {
        let tools: BTreeSet<ToolId> = tools.iter().cloned().collect();
        let first = tools.iter().enumerate();
        let pairs: Vec<(ToolId, ToolId)> = first
            .flat_map(|(at, a)| tools.iter().skip(at + 1).map(move |b| (a.clone(), b.clone())))
            .collect();
        if pairs.is_empty() {
            return Ok(());
        }
        self.write(move |txn| {
            txn.shared.refuse_purging(server)?;
            know_server(txn, server, server.created_at())?;
            for pair in pairs {
                let known: Option<ComparisonCount> = txn
                    .get(&keys::comparison(server, week, &pair))?
                    .map(|value| values::from_json(&value, "comparison"))
                    .transpose()?;
                let count = known.map_or(0, |known| known.count).saturating_add(1);
                txn.put_record(&Record::Comparison(ComparisonCount { server, week, pair, count }))?;
            }
            Ok(())
        })
        .await
    }

    async fn comparisons(&self, server: ServerId, week: Week) -> Result<Vec<ComparisonCount>> {
        let pairs = self.all(&Range::prefix(&keys::week(server, week)))?;
        let mut all: Vec<ComparisonCount> =
            pairs.iter().map(|(_, value)| values::from_json(value, "comparison")).collect::<Result<_>>()?;
        all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.pair.cmp(&b.pair)));
        Ok(all)
    }

    async fn want(&self, server: ServerId, folded: &str, name: &str, at: Timestamp) -> Result<()> {
        let folded = cut(folded, FOLDED).replace('\0', "");
        let name = cut(name, SHOWN).to_owned();
        if folded.is_empty() {
            return Ok(());
        }
        self.write(move |txn| want(txn, server, folded, name, at)).await
    }

    async fn wanted(&self, server: ServerId) -> Result<Vec<Wanted>> {
        let pairs = self.all(&Range::prefix(&keys::of_server(keys::WANTED, server)))?;
        let mut all: Vec<Wanted> =
            pairs.iter().map(|(_, value)| values::from_json(value, "wanted")).collect::<Result<_>>()?;
        all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.folded.cmp(&b.folded)));
        Ok(all)
    }

    async fn dismiss_wanted(&self, server: ServerId, folded: &str) -> Result<bool> {
        let key = keys::wanted(server, cut(folded, FOLDED));
        self.write(move |txn| {
            let was = txn.has(&key)?;
            txn.delete(key);
            Ok(was)
        })
        .await
    }
}
