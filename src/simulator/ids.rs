//! Typed ids: Discord's snowflakes as numbers here, as strings in every JSON.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::rules::snowflake::{EPOCH_MS, NotASnowflake, Snowflake};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(pub u64);

        impl $name {
            /// When this id was made, in Unix milliseconds.
            pub fn made_at_ms(self) -> u64 {
                (self.0 >> 22) + EPOCH_MS
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotASnowflake;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse::<Snowflake>().map(Self::from)
            }
        }

        impl From<$name> for Snowflake {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }

        impl From<Snowflake> for $name {
            fn from(id: Snowflake) -> Self {
                Self(id.0)
            }
        }

        impl From<u64> for $name {
            fn from(raw: u64) -> Self {
                Self(raw)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Snowflake::deserialize(deserializer).map(Self::from)
            }
        }
    )+};
}

ids! {
    /// A server (Discord's API says "guild").
    ServerId,
    /// A channel, a thread or a direct conversation.
    ChannelId,
    /// A person or a bot.
    UserId,
    /// A role of a server; the everyone role has the server's number.
    RoleId,
    /// A message.
    MessageId,
    /// An application command.
    CommandId,
    /// One interaction: a command sent, a button clicked, a form submitted.
    InteractionId,
    /// A file of a message.
    AttachmentId,
}

impl ServerId {
    /// The role that every member of this server has.
    pub fn everyone(self) -> RoleId {
        RoleId(self.0)
    }

    /// The shard that owns this server when there are `shards` of them.
    pub fn shard(self, shards: u32) -> u32 {
        ((self.0 >> 22) % u64::from(shards.max(1))) as u32
    }
}

/// Hands out ids that rise and carry the time, as Discord's do.
#[derive(Debug, Default)]
pub struct IdMaker {
    last: u64,
}

impl IdMaker {
    /// A maker whose ids are all greater than `last`.
    pub fn after(last: u64) -> Self {
        Self { last }
    }

    /// The greatest id handed out so far.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The next id at this time (Unix milliseconds).
    pub fn next(&mut self, now_ms: u64) -> u64 {
        let fresh = now_ms.saturating_sub(EPOCH_MS) << 22;
        self.last = fresh.max(self.last + 1);
        self.last
    }

    /// The next id for the server of this place in the row. A server's shard is taken from the time in its id, so
    /// that time is moved on by a few milliseconds until servers fall on 2, 4, 8 or 16 shards in turn.
    pub fn next_server(&mut self, now_ms: u64, place: u64) -> u64 {
        let mut ms = now_ms.saturating_sub(EPOCH_MS).max((self.last >> 22) + 1);
        while ms % IN_TURN != place % IN_TURN {
            ms += 1;
        }
        self.last = ms << 22;
        self.last
    }
}

/// Servers come in turn on as many shards as divide this.
const IN_TURN: u64 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_and_carry_their_time() {
        let mut ids = IdMaker::default();
        let now = 1_700_000_000_000;
        let first = ids.next(now);
        let second = ids.next(now);
        let back_in_time = ids.next(now - 5_000);
        assert!(first < second && second < back_in_time);
        assert_eq!(MessageId(first).made_at_ms(), now);
    }

    #[test]
    fn servers_made_in_a_row_fall_on_shards_in_turn() {
        let mut ids = IdMaker::default();
        let now = |place: u64| 1_700_000_000_000 + place * place * 3;
        let shards: Vec<u32> =
            (0..8).map(|place| ServerId(ids.next_server(now(place), place)).shard(4)).collect();
        assert_eq!(shards, [0, 1, 2, 3, 0, 1, 2, 3]);
    }

    #[test]
    fn json_form_is_a_string_and_numbers_are_read_too() {
        assert_eq!(serde_json::to_string(&UserId(7)).unwrap(), "\"7\"");
        assert_eq!(serde_json::from_str::<UserId>("\"7\"").unwrap(), UserId(7));
        assert_eq!(serde_json::from_str::<UserId>("7").unwrap(), UserId(7));
        assert!(serde_json::from_str::<UserId>("\"seven\"").is_err());
    }
}
