//! Points in time and days. The domain never asks a clock: both come in as arguments.

use serde::{Deserialize, Serialize};

/// A day of the calendar, UTC.
pub type Date = time::Date;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Milliseconds in a second.
    pub const SECOND: i64 = 1_000;
    /// Milliseconds in an hour.
    pub const HOUR: i64 = 3_600_000;
    /// Milliseconds in a day.
    pub const DAY: i64 = 86_400_000;

    /// This moment and `ms` milliseconds more (or fewer).
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative when it is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The day (UTC) on which this moment lies.
    #[must_use]
    pub fn date(self) -> Date {
        time::OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1_000))
            .map_or(Date::MIN, time::OffsetDateTime::date)
    }
}

/// Reads a day written `YYYY-MM-DD`.
#[must_use]
pub fn parse_date(text: &str) -> Option<Date> {
    Date::parse(text, time::macros::format_description!("[year]-[month]-[day]")).ok()
}

/// Serialises days as `YYYY-MM-DD`. Use with `#[serde(with = "…::iso_date")]`.
pub mod iso_date {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::{Date, parse_date};

    /// Writes `YYYY-MM-DD`.
    ///
    /// # Errors
    /// Whatever the serializer reports.
    pub fn serialize<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&date)
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When the text is not such a day.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        parse_date(&text)
            .ok_or_else(|| D::Error::custom(format!("a day as YYYY-MM-DD expected, not {text:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_utc() {
        assert_eq!(Timestamp(0).date().to_string(), "1970-01-01");
        assert_eq!(Timestamp(-1).date().to_string(), "1969-12-31");
        assert_eq!(parse_date("2026-11-24").unwrap().to_string(), "2026-11-24");
        assert!(parse_date("24.11.2026").is_none());
    }
}
