//! Counts kept for digest, movers and `/wanted`. None of them says who.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{ServerId, ToolId},
    score::Tally,
    time::{Date, Timestamp, iso_date},
};

/// A week, known by its Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Week(#[serde(with = "iso_date")] Date);

impl Week {
    /// The week in which a day lies.
    #[must_use]
    pub fn of(day: Date) -> Self {
        let since_monday = i64::from(day.weekday().number_days_from_monday());
        Self(day.checked_sub(time::Duration::days(since_monday)).unwrap_or(day))
    }

    /// Its Monday.
    #[must_use]
    pub const fn monday(self) -> Date {
        self.0
    }

    /// So many weeks earlier.
    #[must_use]
    pub fn earlier(self, weeks: u16) -> Self {
        Self(self.0.checked_sub(time::Duration::weeks(weeks.into())).unwrap_or(Date::MIN))
    }
}

/// The tallies of a server as they stood at the end of a day. Kept only for days on which something had changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTallies {
    /// The server.
    pub server: ServerId,
    /// The day.
    #[serde(with = "iso_date")]
    pub day: Date,
    /// Every tool with a ballot, by id.
    pub tallies: Vec<(ToolId, Tally)>,
}

impl DayTallies {
    /// Days for which they are kept.
    pub const KEPT_DAYS: i64 = 60;
}

/// How often a pair of tools was compared in a server in a week.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ComparisonCount {
    /// The server.
    pub server: ServerId,
    /// The week.
    pub week: Week,
    /// The pair, lesser id first.
    pub pair: (ToolId, ToolId),
    /// How often.
    pub count: u64,
}

impl ComparisonCount {
    /// Weeks for which they are kept.
    pub const KEPT_WEEKS: u16 = 60;
}

/// A name that people asked for and the catalog lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The server.
    pub server: ServerId,
    /// The name as the catalog folds it; at most 200 bytes.
    pub folded: String,
    /// The name as it was last typed; at most 400 bytes.
    pub name: String,
    /// How often it was asked for.
    pub count: u64,
    /// When it was last asked for.
    pub last: Timestamp,
}

impl Wanted {
    /// Names kept per server.
    pub const MOST: usize = 500;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        let monday = time::macros::date!(2026 - 11 - 23);
        assert_eq!(Week::of(time::macros::date!(2026 - 11 - 29)).monday(), monday);
        assert_eq!(Week::of(monday).monday(), monday);
        assert_eq!(Week::of(monday).earlier(1).monday(), time::macros::date!(2026 - 11 - 16));
        assert_eq!(serde_json::to_string(&Week::of(monday)).unwrap(), "\"2026-11-23\"");
    }
}
