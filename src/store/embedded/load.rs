//! Records from an export: what is derived from them is made anew.

use std::sync::atomic::Ordering;

use super::{
    cards::put_card,
    find::{groups_of, marks_of},
    marks::{card_of, drop_card, replace_marks},
    txn::Txn,
};
use crate::store::{error::Result, layout::keys, records::Record};

pub(super) fn load(txn: &mut Txn<'_>, record: Record) -> Result<()> {
    match record {
        Record::Marks(one) => {
            let old = marks_of(txn, one.server, one.voter, &one.tool)?;
            let highest = one.marks.iter().map(|mark| mark.seq.0).max().unwrap_or(0);
            txn.shared.seq.fetch_max(highest, Ordering::SeqCst);
            let blocked = txn.shared.is_blocked(one.server, one.voter);
            let of = (one.server, one.voter, &one.tool);
            replace_marks(txn, of, &old, &one.marks, (blocked, blocked)).map(drop)
        }
        Record::Card(card) => {
            if let Some(old) = card_of(txn, card.id)? {
                drop_card(txn, &old);
            }
            put_card(txn, &card)
        }
        Record::Blocked(one) => {
            let was = txn.shared.is_blocked(one.server, one.voter);
            for (tool, marks) in groups_of(txn, one.server, one.voter)? {
                replace_marks(txn, (one.server, one.voter, &tool), &marks, &marks, (was, true))?;
            }
            txn.put_record(&record)?;
            txn.shared.blocked.write().insert((one.server, one.voter));
            Ok(())
        }
        Record::Erasure(one) => {
            txn.shared.seq.fetch_max(one.seq.0, Ordering::SeqCst);
            txn.put_record(&record)
        }
        Record::Server(server) => {
            txn.put_record(&record)?;
            let mut purging = txn.shared.purging.write();
            if server.purging {
                purging.insert(server.id)
            } else {
                purging.remove(&server.id)
            };
            Ok(())
        }
        Record::Rename(ref rename) => {
            txn.put_record(&record)?;
            txn.shared.renames.write().insert(rename.from.clone(), rename.to.clone());
            Ok(())
        }
        Record::Purged(_)
        | Record::Settings(_)
        | Record::Catalog(_)
        | Record::History(_)
        | Record::Subscriber(_)
        | Record::Day(_)
        | Record::Comparison(_)
        | Record::Wanted(_)
        | Record::RefusedChannel(_)
        | Record::Job(_) => txn.put_record(&record),
    }
}

/// Kinds that a walk over all records passes over: they are derived, or the store's own.
pub(super) const PASSED_OVER: [u8; 5] =
    [keys::META, keys::SERVER_CARD, keys::TOOL_CARD, keys::TALLY, keys::HELD];
