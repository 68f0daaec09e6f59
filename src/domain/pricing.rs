//! The pricing read: what it costs to start, and how old that knowledge is.

use super::{
    time::Date,
    tool::{Entry, EntryKind},
};

/// An entry price that was checked more than so many days ago is stale.
pub const STALE_AFTER_DAYS: i64 = 90;

/// How the entries of the compared tools stand to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PricingRead {
    /// One can start with every tool for free.
    AllFree,
    /// One pays to start with every tool.
    AllPaid,
    /// Some are free to start, the others are not.
    Mixed {
        /// Those that are free to start.
        free: Vec<usize>,
        /// Those that are not.
        paid: Vec<usize>,
    },
}

impl PricingRead {
    /// Reads the entries of the tools, in their order.
    #[must_use]
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let (free, paid): (Vec<_>, Vec<_>) =
            entries.into_iter().enumerate().partition(|(_, entry)| entry.kind == EntryKind::Free);
        let places =
            |list: Vec<(usize, &Entry)>| list.into_iter().map(|(place, _)| place).collect::<Vec<_>>();
        match (places(free), places(paid)) {
            (_, paid) if paid.is_empty() => Self::AllFree,
            (free, _) if free.is_empty() => Self::AllPaid,
            (free, paid) => Self::Mixed { free, paid },
        }
    }
}

impl Entry {
    /// Whether the price was checked more than [`STALE_AFTER_DAYS`] days before `today`.
    #[must_use]
    pub fn is_stale(&self, today: Date) -> bool {
        (today - self.checked).whole_days() > STALE_AFTER_DAYS
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
    }

    #[test]
    fn entries_are_read_together() {
        let [free, paid] = [EntryKind::Free, EntryKind::Paid].map(|kind| entry(kind, "2026-08-01"));
        assert_eq!(PricingRead::new([&free, &free]), PricingRead::AllFree);
        assert_eq!(PricingRead::new([&paid, &paid, &paid]), PricingRead::AllPaid);
        let mixed = PricingRead::Mixed { free: vec![1], paid: vec![0, 2] };
        assert_eq!(PricingRead::new([&paid, &free, &paid]), mixed);
    }
}
