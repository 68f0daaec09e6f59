//! Ids: a time, a place and a counter in 64 bits, written as a decimal string.
//!
//! Discord's ids are milliseconds since the first second of 2015 in the upper 42 bits; the lower 22 bits tell ids
//! of the same millisecond apart. Ids therefore sort by age, and the age of an account can be read from its id.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The first millisecond of 2015, in milliseconds since 1970: the zero of the time inside an id.
pub const EPOCH_MS: u64 = 1_420_070_400_000;

/// How far the time is shifted inside an id.
const TIME_SHIFT: u32 = 22;

/// An id. Written as a string in JSON, read from a string or a whole number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snowflake(pub u64);

impl Snowflake {
    /// When the id was made, in milliseconds since 1970.
    pub fn created_at_ms(self) -> u64 {
        (self.0 >> TIME_SHIFT) + EPOCH_MS
    }

    /// The smallest id of the millisecond `unix_ms`; times before 2015 give zero.
    pub fn at_ms(unix_ms: u64) -> Self {
        Self(unix_ms.saturating_sub(EPOCH_MS) << TIME_SHIFT)
    }

    /// Which of `shards` shards the events of this server come on. Zero shards count as one.
    pub fn shard(self, shards: u32) -> u32 {
        u32::try_from((self.0 >> TIME_SHIFT) % u64::from(shards.max(1))).unwrap_or(0)
    }

    /// Reads an id as Discord reads it: decimal digits as a string, or a whole number.
    /// A leading zero, a sign, a blank or more than 64 bits is not an id.
    pub fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64().map(Self),
            _ => None,
        }
    }
}

/// The text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a snowflake")]
pub struct NotASnowflake;

impl FromStr for Snowflake {
    type Err = NotASnowflake;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit());
        let padded = text.len() > 1 && text.starts_with('0');
        if !digits || padded {
            return Err(NotASnowflake);
        }
        text.parse().map(Self).map_err(|_| NotASnowflake)
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Snowflake {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Snowflake {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Snowflake;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a snowflake as a string or a whole number")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Snowflake, E> {
                Ok(Snowflake(number))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Snowflake, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Makes ids that only grow, whatever the clock does.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Generator {
    last: Snowflake,
}

impl Generator {
    /// The next id at the time `now_ms` (milliseconds since 1970).
    ///
    /// Within one millisecond, and when the clock goes back, the last id plus one: ids stay unique and keep the
    /// order in which they were made.
    pub fn next(&mut self, now_ms: u64) -> Snowflake {
        let earliest = Snowflake::at_ms(now_ms);
        self.last = if earliest > self.last { earliest } else { Snowflake(self.last.0.saturating_add(1)) };
        self.last
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_documented_example_holds_its_time() {
        // The example of Discord's reference page.
        let id: Snowflake = "175928847299117063".parse().unwrap();
        assert_eq!(id.created_at_ms(), 1_462_015_105_796);
        assert_eq!(Snowflake::at_ms(1_462_015_105_796).0, id.0 >> 22 << 22);
    }

    #[test]
    fn only_plain_decimal_digits_are_ids() {
        for bad in ["", "01", "+1", "-1", " 1", "1 ", "1.0", "abc", "18446744073709551616", "٣"] {
            assert_eq!(bad.parse::<Snowflake>(), Err(NotASnowflake), "{bad:?}");
        }
        assert_eq!("0".parse(), Ok(Snowflake(0)));
        assert_eq!("18446744073709551615".parse(), Ok(Snowflake(u64::MAX)));
        assert_eq!(Snowflake::from_value(&json!(7)), Some(Snowflake(7)));
        assert_eq!(Snowflake::from_value(&json!(-7)), None);
        assert_eq!(Snowflake::from_value(&json!(7.5)), None);
        assert_eq!(Snowflake::from_value(&json!(["7"])), None);
    }

    #[test]
    fn json_is_a_string() {
        assert_eq!(serde_json::to_value(Snowflake(42)).unwrap(), json!("42"));
        assert_eq!(serde_json::from_value::<Snowflake>(json!("42")).unwrap(), Snowflake(42));
        assert_eq!(serde_json::from_value::<Snowflake>(json!(42)).unwrap(), Snowflake(42));
        assert!(serde_json::from_value::<Snowflake>(json!("4 2")).is_err());
    }

    #[test]
    fn ids_of_one_millisecond_differ_and_a_clock_that_goes_back_does_not_matter() {
        let mut ids = Generator::default();
        let first = ids.next(EPOCH_MS + 10);
        let second = ids.next(EPOCH_MS + 10);
        let third = ids.next(EPOCH_MS + 5);
        let fourth = ids.next(EPOCH_MS + 11);
        assert!(first < second && second < third && third < fourth);
        assert_eq!(fourth.created_at_ms(), EPOCH_MS + 11);
    }

    proptest! {
        #[test]
        fn text_and_id_round_trip(raw in any::<u64>()) {
            let id = Snowflake(raw);
            prop_assert_eq!(id.to_string().parse::<Snowflake>(), Ok(id));
        }

        #[test]
        fn reading_never_panics(text in ".*") {
            if let Ok(id) = text.parse::<Snowflake>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }

        #[test]
        fn generated_ids_grow(times in proptest::collection::vec(0u64..5_000_000_000_000, 1..50)) {
            let mut ids = Generator::default();
            let made: Vec<_> = times.into_iter().map(|time| ids.next(time)).collect();
            prop_assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        }

        #[test]
        fn a_shard_is_one_of_them(raw in any::<u64>(), shards in 0u32..100) {
            prop_assert!(Snowflake(raw).shard(shards) < shards.max(1));
        }
    }
}
