//! What goes: a server's data, ballots of removed tools, and what has grown old. All in bounded steps.

use super::{
    Embedded,
    find::{marks_of, voter_of},
    marks::{STEP, drop_card, replace_marks},
    txn::{TallyChanges, Txn},
};
use crate::{
    domain::{
        change::{CatalogScope, State, Subject},
        ids::{MessageId, ServerId, ToolId, UserId, VoterHash},
        marks::Marks,
        time::{Date, Timestamp},
    },
    store::{
        contract::{Catalogs as _, PurgeReport, Servers as _, TallyChange},
        deletions::Deletion,
        error::Result,
        kv::Range,
        layout::{keys, keys::Parts, values},
        records::{
            ComparisonCount, DayTallies, JobMark, Purged, Record, RefusedChannel, Server, Subscriber, Week,
        },
    },
};

/// Days between the removal of a tool and the purge of its ballots.
pub(super) const REMOVED_TOOL_DAYS: i64 = 30;

/// Keys of a range, at most [`STEP`].
fn some_keys(txn: &Txn<'_>, range: &Range) -> Result<Vec<Vec<u8>>> {
    txn.scan(range, false).take(STEP).map(|pair| pair.map(|(key, _)| key)).collect()
}

fn card_id(key: &[u8]) -> Result<MessageId> {
    key.last_chunk::<8>().map(|id| MessageId(u64::from_be_bytes(*id))).ok_or_else(|| values::damaged("card"))
}

fn delete_marks(txn: &mut Txn<'_>, server: ServerId, voter: VoterHash, tool: &ToolId) -> Result<TallyChange> {
    let old = marks_of(txn, server, voter, tool)?;
    let blocked = txn.shared.is_blocked(server, voter);
    replace_marks(txn, (server, voter, tool), &old, &Marks::default(), (blocked, blocked))
}

/// One step of deleting a server; 0 when nothing is left but the server itself.
fn delete_some(txn: &mut Txn<'_>, server: ServerId) -> Result<u64> {
    // Marks first and one by one, so that the sums over all servers follow.
    let marks = some_keys(txn, &Range::prefix(&keys::of_server(keys::MARKS, server)))?;
    for key in &marks {
        let parts = Parts::of(key).and_then(|(_, mut p)| Some((p.server()?, p.ended_tool()?, p.voter()?)));
        let (_, tool, voter) = parts.ok_or_else(|| values::damaged("marks"))?;
        delete_marks(txn, server, voter, &tool)?;
    }
    if !marks.is_empty() {
        return Ok(marks.len() as u64);
    }
    let cards = some_keys(txn, &Range::prefix(&keys::of_server(keys::SERVER_CARD, server)))?;
    for key in &cards {
        let id = card_id(key)?;
        match super::marks::card_of(txn, id)? {
            Some(card) => drop_card(txn, &card),
            None => txn.delete(key.clone()),
        }
    }
    if !cards.is_empty() {
        return Ok(cards.len() as u64);
    }
    for kind in keys::OF_SERVER.into_iter().filter(|kind| *kind != keys::SERVER) {
        let some = some_keys(txn, &Range::prefix(&keys::of_server(kind, server)))?;
        let deleted = some.len() as u64;
        for key in some {
            if kind == keys::BLOCKED
                && let Some(voter) = Parts::of(&key).and_then(|(_, mut p)| p.server().and(p.voter()))
            {
                txn.shared.blocked.write().remove(&(server, voter));
            }
            txn.delete(key);
        }
        if deleted > 0 {
            return Ok(deleted);
        }
    }
    Ok(0)
}

/// One step of removing a tool's marks and then its cards from a server; whether there may be more.
fn delete_tool_some(txn: &mut Txn<'_>, server: ServerId, tool: &ToolId) -> Result<(Vec<TallyChange>, bool)> {
    if txn.shared.refuse_purging(server).is_err() {
        return Ok((Vec::new(), false));
    }
    let marks = some_keys(txn, &Range::prefix(&keys::marks_of_tool(server, tool)))?;
    let mut tallies = Vec::new();
    for key in &marks {
        tallies.push(delete_marks(txn, server, voter_of(key)?, tool)?);
    }
    if !marks.is_empty() {
        return Ok((tallies, true));
    }
    let cards = some_keys(txn, &Range::prefix(&keys::cards_of_tool(server, tool)))?;
    for key in &cards {
        match super::marks::card_of(txn, card_id(key)?)? {
            Some(card) => drop_card(txn, &card),
            None => txn.delete(key.clone()),
        }
    }
    Ok((tallies, !cards.is_empty()))
}

/// Deletes up to [`STEP`] records of a kind that `old` takes, from a range; where to go on.
fn delete_old(
    txn: &mut Txn<'_>,
    range: &Range,
    old: impl Fn(&[u8], &[u8]) -> Result<bool>,
) -> Result<(u64, Option<Vec<u8>>)> {
    let page: Vec<_> = txn.scan(range, false).take(STEP).collect::<Result<_>>()?;
    let mut deleted = 0;
    for (key, value) in &page {
        if old(key, value)? {
            txn.delete(key.clone());
            deleted += 1;
        }
    }
    Ok((deleted, if page.len() == STEP { page.last().map(|(key, _)| key.clone()) } else { None }))
}

impl Embedded {
    pub(super) async fn delete_server(&self, server: ServerId, at: Timestamp) -> Result<u64> {
        self.deletions.add(Deletion::Server { server, at })?;
        self.delete_server_now(server, at).await
    }

    /// Without a further note beside the snapshots.
    pub(super) async fn delete_server_now(&self, server: ServerId, at: Timestamp) -> Result<u64> {
        self.write(move |txn| {
            let first_seen = server.created_at();
            txn.put_record(&Record::Server(Server {
                id: server,
                first_seen,
                removed: Some(at),
                purging: true,
            }))?;
            txn.shared.purging.write().insert(server);
            Ok(())
        })
        .await?;
        let mut deleted = 0;
        loop {
            let some = self.write(move |txn| delete_some(txn, server)).await?;
            deleted += some;
            if some == 0 {
                break;
            }
        }
        self.write(move |txn| {
            txn.delete(keys::of_server(keys::SERVER, server));
            txn.put_record(&Record::Purged(Purged { server, at }))?;
            txn.shared.purging.write().remove(&server);
            Ok(())
        })
        .await?;
        Ok(deleted + 1)
    }

    /// Ballots of tools that were removed 30 days ago.
    async fn purge_tools(&self, now: Timestamp, report: &mut PurgeReport, all: &[Server]) -> Result<()> {
        let due = now.plus(-REMOVED_TOOL_DAYS * Timestamp::DAY);
        let mut tallies = TallyChanges::default();
        for scope in self.catalog_scopes().await? {
            for record in self.catalog(scope).await? {
                let (Subject::Tool(tool), State::Tool(entry)) = (record.subject, record.state) else {
                    continue;
                };
                if entry.hidden.is_none_or(|hidden| hidden > due) {
                    continue;
                }
                let servers: Vec<ServerId> = match scope {
                    CatalogScope::Server(server) => vec![server],
                    CatalogScope::Base => self.servers_without_own(all, &tool).await?,
                };
                let mut any = false;
                for server in servers {
                    loop {
                        let of = tool.clone();
                        let (changed, more) =
                            self.write(move |txn| delete_tool_some(txn, server, &of)).await?;
                        tallies.extend(changed);
                        any |= more;
                        if !more {
                            break;
                        }
                    }
                }
                report.tools += u64::from(any);
            }
        }
        report.tallies = tallies.into_vec();
        Ok(())
    }

    /// Servers that hold cards of a base tool and show no entry of their own for it.
    async fn servers_without_own(&self, all: &[Server], tool: &ToolId) -> Result<Vec<ServerId>> {
        let mut without = Vec::new();
        for server in all {
            if self.is_void(&Range::prefix(&keys::cards_of_tool(server.id, tool)))? {
                continue;
            }
            let own =
                self.catalog_state(CatalogScope::Server(server.id), &Subject::Tool(tool.clone())).await?;
            match own {
                Some(State::Tool(entry)) if entry.tool.is_some() && entry.hidden.is_none() => {}
                _ => without.push(server.id),
            }
        }
        Ok(without)
    }

    async fn delete_range(
        &self,
        range: Range,
        old: impl Fn(&[u8], &[u8]) -> Result<bool> + Clone + Send + Sync + 'static,
    ) -> Result<u64> {
        let (mut range, mut deleted) = (range, 0);
        while !self.is_void(&range)? {
            let (step, old) = (range.clone(), old.clone());
            let (some, last) = self.write(move |txn| delete_old(txn, &step, old)).await?;
            deleted += some;
            match last {
                Some(last) => range = range.after(&last),
                None => break,
            }
        }
        Ok(deleted)
    }

    async fn purge_old(&self, now: Timestamp, servers: &[Server]) -> Result<u64> {
        let mut deleted = 0;
        let today = now.date();
        let first_day = today.checked_sub(time::Duration::days(DayTallies::KEPT_DAYS)).unwrap_or(Date::MIN);
        let first_week = Week::of(today).earlier(ComparisonCount::KEPT_WEEKS);
        for server in servers {
            let days = Range::prefix(&keys::of_server(keys::DAY, server.id))
                .before(&keys::day(server.id, first_day));
            // The last one before the first day stays: it says how that day began.
            let last = self.kv()?.scan(&days, true).next().transpose()?;
            if let Some((last, _)) = last {
                let of_last = last.get(..13).unwrap_or(&last).to_vec();
                deleted += self.delete_range(days.before(&of_last), |_, _| Ok(true)).await?;
            }
            let weeks = Range::prefix(&keys::of_server(keys::COMPARISON, server.id));
            deleted +=
                self.delete_range(weeks.before(&keys::week(server.id, first_week)), |_, _| Ok(true)).await?;
        }
        let jobs = now.plus(-JobMark::KEPT_DAYS * Timestamp::DAY);
        let is_old_job =
            move |_: &[u8], value: &[u8]| Ok(values::from_json::<JobMark>(value, "job")?.at < jobs);
        deleted += self.delete_where(keys::JOB, is_old_job).await?;
        let refusals = now.plus(-RefusedChannel::KEPT_DAYS * Timestamp::DAY);
        let is_old_refusal = move |_: &[u8], value: &[u8]| {
            Ok(values::from_json::<RefusedChannel>(value, "refused_channel")?.at < refusals)
        };
        deleted += self.delete_where(keys::REFUSED, is_old_refusal).await?;
        Ok(deleted)
    }

    /// Deletes the records of a kind that `old` takes; wakes the writer only when there is one.
    async fn delete_where(
        &self,
        kind: u8,
        old: impl Fn(&[u8], &[u8]) -> Result<bool> + Clone + Send + Sync + 'static,
    ) -> Result<u64> {
        let range = Range::prefix(&keys::kind(kind));
        let any = {
            let kv = self.kv()?;
            let mut walk = kv.scan(&range, false);
            walk.any(|pair| pair.is_ok_and(|(key, value)| old(&key, &value).unwrap_or(false)))
        };
        if any { self.delete_range(range, old).await } else { Ok(0) }
    }

    pub(super) async fn purge_all_due(&self, now: Timestamp) -> Result<PurgeReport> {
        let mut report = PurgeReport::default();
        let due = now.plus(-Server::KEPT_DAYS * Timestamp::DAY);
        let mut staying = Vec::new();
        for server in self.servers().await? {
            if server.purging {
                self.delete_server_now(server.id, server.removed.unwrap_or(now)).await?;
            } else if server.removed.is_some_and(|at| at <= due) {
                self.delete_server(server.id, now).await?;
            } else {
                staying.push(server);
                continue;
            }
            report.servers.push(server.id);
        }
        self.purge_tools(now, &mut report, &staying).await?;
        report.others = self.purge_old(now, &staying).await?;
        Ok(report)
    }

    /// Applies the deletions kept beside the snapshots to a store that does not know of them: after a restore, an import,
    /// or a crash. Returns how many were applied.
    pub(super) async fn redo_kept_deletions(&self) -> Result<u64> {
        let mut redone = 0;
        for server in self.servers().await?.into_iter().filter(|server| server.purging) {
            self.delete_server_now(server.id, server.removed.unwrap_or_default()).await?;
            redone += 1;
        }
        let mut erased: std::collections::BTreeMap<ServerId, Vec<(VoterHash, Timestamp)>> =
            Default::default();
        for deletion in self.deletions.all()? {
            match deletion {
                Deletion::Server { server, at } => {
                    let known: Option<Purged> = self
                        .get(&keys::purged(server))?
                        .map(|value| values::from_json(&value, "purged"))
                        .transpose()?;
                    if known.is_none_or(|known| known.at < at) {
                        self.delete_server_now(server, at).await?;
                        redone += 1;
                    }
                }
                Deletion::Member { server, voter, at } => {
                    if !self.finish_erasure(server, voter, at).await? && !self.purged_since(server, at)? {
                        self.erase_marks(server, voter, at).await?;
                        redone += 1;
                    }
                    erased.entry(server).or_default().push((voter, at));
                }
            }
        }
        for (server, erased) in erased {
            let key = self.key.clone();
            let is_them = move |user: UserId, since: Timestamp| {
                let hash = key.voter_hash(server, user);
                erased.iter().any(|(voter, at)| *voter == hash && since <= *at)
            };
            self.forget_raw_ids(server, is_them).await?;
        }
        Ok(redone)
    }

    /// A purge after the erasure took everything with it, the erasure record too.
    fn purged_since(&self, server: ServerId, at: Timestamp) -> Result<bool> {
        let known: Option<Purged> =
            self.get(&keys::purged(server))?.map(|value| values::from_json(&value, "purged")).transpose()?;
        Ok(known.is_some_and(|known| known.at >= at))
    }

    async fn forget_raw_ids(
        &self,
        server: ServerId,
        is_them: impl Fn(UserId, Timestamp) -> bool + Send + Sync + 'static,
    ) -> Result<()> {
        for subscriber in self.subscribers(server).await? {
            let Subscriber { user, since, .. } = subscriber;
            if is_them(user, since) {
                self.set_subscribed(server, user, false, since).await?;
            }
        }
        let history = Range::prefix(&keys::history_of(CatalogScope::Server(server)));
        if !self.is_void(&history)? {
            self.forget_in_history(server, std::sync::Arc::new(is_them)).await?;
        }
        Ok(())
    }
}
