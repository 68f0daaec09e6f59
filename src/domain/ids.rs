//! Newtypes for ids: a tool's id cannot be passed as a member's.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use super::time::Timestamp;
use crate::error::UserError;

/// Discord counts its ids from this moment (first second of 2015), in milliseconds since 1970.
/// Source: Discord's reference, "Snowflakes".
const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

macro_rules! snowflakes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// When Discord made this id (the upper 42 bits are a time).
            #[must_use]
            pub const fn created_at(self) -> Timestamp {
                Timestamp((self.0 >> 22) as i64 + DISCORD_EPOCH_MS)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

snowflakes! {
    /// A Discord guild; "server" everywhere in this program.
    ServerId,
    /// A channel or a thread of a server.
    ChannelId,
    /// A message; a card is known by the id of its message.
    MessageId,
    /// A Discord account. Kept only of moderators in the history and of digest subscribers; see [`VoterHash`].
    UserId,
    /// A role of a server.
    RoleId,
    /// A Discord application (the bot itself).
    ApplicationId,
}

/// Who voted, without saying who: the first 16 bytes of HMAC-SHA256(key, server id ‖ user id).
///
/// 128 bits of an HMAC keep its strength (RFC 2104, section 5) and halve the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VoterHash(#[serde(with = "hex16")] pub [u8; 16]);

impl fmt::Display for VoterHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for VoterHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VoterHash({self})")
    }
}

mod hex16 {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 16], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::VoterHash(*bytes).to_string())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let bytes = u128::from_str_radix(&text, 16).map_err(D::Error::custom)?;
        if text.len() == 32 {
            Ok(bytes.to_be_bytes())
        } else {
            Err(D::Error::custom("32 hex digits expected"))
        }
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub(crate) Arc<str>);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes the text without a check; for ids that were checked when they were written.
            #[must_use]
            pub fn trusted(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

words! {
    /// A tool: the file name of a base tool (`[a-z0-9-]`, at most 40 bytes), or a generated id of a server's own tool,
    /// which begins with [`ToolId::SERVER_PREFIX`].
    ToolId,
    /// A reviewer: an id of `reviewers.toml`, or, for a server's own reviewer, `@` and the folded name.
    ReviewerId,
    /// A category of tools; its name in a language is a text.
    CategoryId,
}

impl ToolId {
    /// Longest id, in bytes.
    pub const MAX_BYTES: usize = 40;
    /// Generated ids of server tools begin with this; file names may not.
    pub const SERVER_PREFIX: &'static str = "srv-";

    /// Checks an id of the base catalog.
    ///
    /// # Errors
    /// `error-tool-id` when it is empty, longer than 40 bytes, holds anything but `[a-z0-9-]`, or begins with `srv-`.
    pub fn base(text: &str) -> Result<Self, UserError> {
        if is_kebab(text) && text.len() <= Self::MAX_BYTES && !text.starts_with(Self::SERVER_PREFIX) {
            Ok(Self(text.into()))
        } else {
            Err(UserError::new("error-tool-id").with("id", text))
        }
    }

    /// Makes the id of a server's own tool from 64 random bits.
    #[must_use]
    pub fn for_server(random: u64) -> Self {
        Self(format!("{}{random:016x}", Self::SERVER_PREFIX).into())
    }

    /// Whether a server made this tool (it is then known in that server only).
    #[must_use]
    pub fn is_server_made(&self) -> bool {
        self.0.starts_with(Self::SERVER_PREFIX)
    }
}

impl ReviewerId {
    /// The id of a server's own reviewer. `folded_name` is the name as the catalog folds it.
    #[must_use]
    pub fn for_server(folded_name: &str) -> Self {
        Self(format!("@{folded_name}").into())
    }

    /// Whether a server's own reviewer speaks, not one of the built-in panel.
    #[must_use]
    pub fn is_server_made(&self) -> bool {
        self.0.starts_with('@')
    }
}

impl CategoryId {
    /// Checks a category id.
    ///
    /// # Errors
    /// `error-category-id` when it is empty, longer than 40 bytes or holds anything but `[a-z0-9-]`.
    pub fn parse(text: &str) -> Result<Self, UserError> {
        if is_kebab(text) && text.len() <= 40 {
            Ok(Self(text.into()))
        } else {
            Err(UserError::new("error-category-id").with("id", text))
        }
    }
}

fn is_kebab(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snowflake_tells_when_it_was_made() {
        // The example of Discord's reference: 175928847299117063 was made at 1462015105796.
        assert_eq!(UserId(175_928_847_299_117_063).created_at(), Timestamp(1_462_015_105_796));
    }

    #[test]
    fn base_ids_are_file_names() {
        assert!(ToolId::base("claude-haiku-open-weights").is_ok());
        for bad in ["", "Axolotl", "a b", "../x", "srv-0", &"a".repeat(41)] {
            assert!(ToolId::base(bad).is_err(), "{bad:?}");
        }
        assert!(ToolId::for_server(7).is_server_made());
    }

    #[test]
    fn a_voter_hash_survives_json() {
        let hash = VoterHash([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        let text = serde_json::to_string(&hash).unwrap();
        assert_eq!(text, "\"000102030405060708090a0b0c0d0eff\"");
        assert_eq!(serde_json::from_str::<VoterHash>(&text).unwrap(), hash);
        assert!(serde_json::from_str::<VoterHash>("\"ff\"").is_err());
    }
}
