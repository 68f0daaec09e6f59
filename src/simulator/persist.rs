//! The state as one JSON file.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

use super::state::Data;

/// The state as text.
pub(super) fn text(data: &Data) -> anyhow::Result<Vec<u8>> {
    serde_json::to_vec(data).context("the state cannot be written as JSON")
}

/// Writes a state. The old file stays whole until the new one is complete and on the disk.
pub(super) fn write(text: &[u8], path: &Path) -> anyhow::Result<()> {
    let beside = path.with_extension("json.new");
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(text)?;
        file.sync_all()
    });
    written.with_context(|| format!("cannot write {}", beside.display()))?;
    std::fs::rename(&beside, path).with_context(|| format!("cannot put the state at {}", path.display()))?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // The new name must outlive a loss of power, too.
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.with_context(|| format!("cannot write {}", folder.display()))?;
    }
    Ok(())
}

/// Reads a state.
pub(super) fn load(path: &Path) -> anyhow::Result<Data> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} holds no saved state", path.display()))
}

/// Bytes as base64, for files inside of the state.
pub(super) mod base64_bytes {
    use serde::{Deserialize, Deserializer, Serializer, de};

    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    pub(in super::super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(bytes))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        decode(&text).ok_or_else(|| de::Error::custom("not base64"))
    }

    pub(super) fn encode(bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
        for chunk in bytes.chunks(3) {
            let word = (u32::from(chunk[0]) << 16)
                | (u32::from(chunk.get(1).copied().unwrap_or(0)) << 8)
                | u32::from(chunk.get(2).copied().unwrap_or(0));
            for place in 0..4 {
                if place > chunk.len() {
                    text.push('=');
                } else {
                    text.push(char::from(ALPHABET[(word >> (18 - 6 * place)) as usize & 63]));
                }
            }
        }
        text
    }

    pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
        let (mut word, mut bits) = (0u32, 0);
        for letter in text.trim_end_matches('=').bytes() {
            let digit = ALPHABET.iter().position(|known| *known == letter)?;
            word = (word << 6) | digit as u32;
            bits += 6;
            if bits >= 8 {
                bits -= 8;
                bytes.push((word >> bits) as u8);
            }
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::base64_bytes::{decode, encode};

    proptest! {
        #[test]
        fn base64_gives_back_what_it_got(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn base64_is_the_common_one() {
        assert_eq!(encode(b"Man"), "TWFu");
        assert_eq!(encode(b"Ma"), "TWE=");
        assert_eq!(encode(b"M"), "TQ==");
        assert_eq!(decode("not base64!"), None);
    }
}
