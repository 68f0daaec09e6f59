//! From a record to its key and value, and back. Derived kinds are no records.

use super::{keys, keys::Parts, values};
use crate::store::{
    error::Result,
    kv::Pair,
    records::{CatalogRecord, HistoryRecord, MarksRecord, Record, SettingsRecord},
};

/// Key and value of a record.
pub(crate) fn pair(record: &Record) -> Result<Pair> {
    let kind = record.kind();
    Ok(match record {
        Record::Card(card) => (keys::card(card.id), values::card(card)),
        Record::Marks(r) => (keys::marks(r.server, &r.tool, r.voter), values::marks(&r.marks)),
        Record::Erasure(r) => (keys::erasure(r.server, r.voter), values::json(r, kind)?),
        Record::Blocked(r) => (keys::blocked(r.server, r.voter), values::json(r, kind)?),
        Record::Server(r) => (keys::of_server(keys::SERVER, r.id), values::json(r, kind)?),
        Record::Purged(r) => (keys::purged(r.server), values::json(r, kind)?),
        Record::Settings(r) => (keys::of_server(keys::SETTINGS, r.server), values::json(&r.settings, kind)?),
        Record::Catalog(r) => (keys::catalog(r.scope, &r.subject), values::json(&r.state, kind)?),
        Record::History(r) => (keys::history(r.scope, r.change.id), values::json(&r.change, kind)?),
        Record::Subscriber(r) => (keys::subscriber(r.server, r.user), values::json(r, kind)?),
        Record::Day(r) => {
            let key = match r.tallies.first() {
                Some((first, _)) => keys::day_from(r.server, r.day, first),
                None => keys::day(r.server, r.day),
            };
            (key, values::json(r, kind)?)
        }
        Record::Comparison(r) => (keys::comparison(r.server, r.week, &r.pair), values::json(r, kind)?),
        Record::Wanted(r) => (keys::wanted(r.server, &r.folded), values::json(r, kind)?),
        Record::RefusedChannel(r) => (keys::refused(r.server, r.channel), values::json(r, kind)?),
        Record::Job(r) => (keys::job(&r.key), values::json(r, kind)?),
        Record::Rename(r) => (keys::rename(&r.from), values::json(r, kind)?),
    })
}

/// The record under a key; `None` for what is derived or belongs to the store itself.
pub(crate) fn record(key: &[u8], value: &[u8]) -> Result<Option<Record>> {
    let bad = || values::damaged("unknown");
    let (kind, mut parts) = Parts::of(key).ok_or_else(bad)?;
    Ok(Some(match kind {
        keys::MARKS => {
            let read = |parts: &mut Parts<'_>| Some((parts.server()?, parts.ended_tool()?, parts.voter()?));
            let (server, tool, voter) = read(&mut parts).ok_or_else(|| values::damaged("marks"))?;
            Record::Marks(MarksRecord { server, voter, tool, marks: values::to_marks(value)? })
        }
        keys::CARD => {
            let id = parts.message().ok_or_else(|| values::damaged("card"))?;
            Record::Card(values::to_card(id, value)?)
        }
        keys::ERASURE => Record::Erasure(values::from_json(value, "erasure")?),
        keys::BLOCKED => Record::Blocked(values::from_json(value, "blocked")?),
        keys::SERVER => Record::Server(values::from_json(value, "server")?),
        keys::PURGED => Record::Purged(values::from_json(value, "purged")?),
        keys::SETTINGS => {
            let server = parts.server().ok_or_else(|| values::damaged("settings"))?;
            Record::Settings(SettingsRecord { server, settings: values::from_json(value, "settings")? })
        }
        keys::CATALOG => {
            let read = |parts: &mut Parts<'_>| Some((parts.scope()?, parts.subject()?));
            let (scope, subject) = read(&mut parts).ok_or_else(|| values::damaged("catalog"))?;
            Record::Catalog(CatalogRecord { scope, subject, state: values::from_json(value, "catalog")? })
        }
        keys::HISTORY => {
            let scope = parts.scope().ok_or_else(|| values::damaged("history"))?;
            Record::History(HistoryRecord { scope, change: values::from_json(value, "history")? })
        }
        keys::SUBSCRIBER => Record::Subscriber(values::from_json(value, "subscriber")?),
        keys::DAY => Record::Day(values::from_json(value, "day")?),
        keys::COMPARISON => Record::Comparison(values::from_json(value, "comparison")?),
        keys::WANTED => Record::Wanted(values::from_json(value, "wanted")?),
        keys::REFUSED => Record::RefusedChannel(values::from_json(value, "refused_channel")?),
        keys::JOB => Record::Job(values::from_json(value, "job")?),
        keys::RENAME => Record::Rename(values::from_json(value, "rename")?),
        keys::META | keys::SERVER_CARD | keys::TOOL_CARD | keys::TALLY | keys::HELD => {
            return Ok(None);
        }
        _ => return Err(bad()),
    }))
}
