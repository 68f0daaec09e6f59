//! The pricing read: what it costs to start, and how old that knowledge is.

use super::{
    time::Date,
    tool::{Entry, EntryKind},
};

/// An entry price that was checked more than so many days ago is stale.
pub const STALE_AFTER_DAYS: i64 = 90;

/// How the entries of the compared tools stand to each other. Each tool is in one of the lists, by its place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PricingRead {
    /// One can start without paying.
    pub free: Vec<usize>,
    /// One pays to start.
    pub paid: Vec<usize>,
    /// Nobody said.
    pub unknown: Vec<usize>,
}

impl PricingRead {
    /// Reads the entries of the tools, in their order.
    #[must_use]
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut read = Self::default();
        for (place, entry) in entries.into_iter().enumerate() {
            match entry.kind {
                EntryKind::Free => read.free.push(place),
                EntryKind::Paid => read.paid.push(place),
                EntryKind::Unknown => read.unknown.push(place),
            }
        }
        read
    }
}

impl Entry {
    /// Whether the price was checked more than [`STALE_AFTER_DAYS`] days before `today`. What nobody said is never stale.
    #[must_use]
    pub fn is_stale(&self, today: Date) -> bool {
        self.kind != EntryKind::Unknown && (today - self.checked).whole_days() > STALE_AFTER_DAYS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::parse_date;

    fn entry(kind: EntryKind, checked: &str) -> Entry {
        let checked = parse_date(checked).unwrap();
        Entry { kind, note: String::new(), checked, amount: None, currency: None, per: None }
    }

    #[test]
    fn a_price_is_stale_after_ninety_days() {
        let checked = entry(EntryKind::Paid, "2026-08-01");
        // 2026-10-30 is day 90.
        assert!(!checked.is_stale(parse_date("2026-10-30").unwrap()));
        assert!(checked.is_stale(parse_date("2026-10-31").unwrap()));
        // A clock that lags behind the catalog makes nothing stale.
        assert!(!checked.is_stale(parse_date("2026-07-01").unwrap()));
        assert!(!entry(EntryKind::Unknown, "2020-01-01").is_stale(parse_date("2026-07-01").unwrap()));
    }

    #[test]
    fn entries_are_read_together() {
        let [free, paid, unknown] =
            [EntryKind::Free, EntryKind::Paid, EntryKind::Unknown].map(|kind| entry(kind, "2026-08-01"));
        let read = PricingRead::new([&paid, &free, &unknown, &paid]);
        assert_eq!(read, PricingRead { free: vec![1], paid: vec![0, 3], unknown: vec![2] });
    }
}
