//! Which emoji a reaction or a button may carry, and when two are the same.
//!
//! A reaction's emoji comes percent-encoded in the path: a Unicode emoji, or `name:id` of a custom one. What is
//! neither is answered with 10014. Many emoji exist in two spellings, with and without the variation selector
//! U+FE0F. Discord accepts both and keeps them as two reactions that look alike (reported in discord-api-docs
//! issues 2782 and 3384), so a message can carry both, and a bot that compares spellings misses one of them.
//!
//! Discord keeps a list of its own. Here an emoji is what Unicode's tables and grammar of sequences make one,
//! with flags and tag sequences from the lists they belong to; of joined sequences (a family) every
//! well-formed one is accepted.

use serde_json::{Value, json};

use super::emoji_table::{EMOJI, MODIFIER_BASE};
use super::error::ApiError;
use super::snowflake::Snowflake;

/// Asks for the coloured form of a character that also has a plain one.
const VARIATION: char = '\u{FE0F}';
/// Joins emoji into one picture.
const JOINER: char = '\u{200D}';
/// Puts a digit or sign onto a key.
const KEYCAP: char = '\u{20E3}';
/// The black flag that begins the flags of England, Scotland and Wales.
const TAG_BASE: char = '\u{1F3F4}';
/// What those three flags spell in tag letters.
const TAG_FLAGS: &[&str] = &["gbeng", "gbsct", "gbwls"];
/// The regions that have a flag, two letters each.
const FLAGS: &str = "ACADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCM\
CNCOCPCQCRCUCVCWCXCYCZDEDGDJDKDMDODZEAECEEEGEHERESETEUFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUICIDIEIL\
IMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNI\
NLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTATCTDTFTGTHTJTKTLTMTNTOTRTT\
TVTWTZUAUGUMUNUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";
/// No emoji is longer; guards the walk over what somebody sent.
const MAX_SCALARS: usize = 16;

/// The emoji of a reaction or a component.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Emoji {
    /// A character or sequence, as it was written.
    Unicode(String),
    /// An emoji of a server or an application.
    Custom {
        /// Its id.
        id: Snowflake,
        /// Its name as it was given; may be missing or wrong in a request.
        name: Option<String>,
        /// Whether it moves.
        animated: bool,
    },
}

impl Emoji {
    /// Reads the last segments of a reaction route, still percent-encoded: an emoji, `name:id` or `a:name:id`.
    pub fn from_path(segment: &str) -> Result<Self, ApiError> {
        let text = percent_decode(segment).ok_or_else(ApiError::unknown_emoji)?;
        Self::from_text(&text)
    }

    /// Reads an emoji, `name:id`, `a:name:id` or the form in a message, `<:name:id>`.
    pub fn from_text(text: &str) -> Result<Self, ApiError> {
        if is_unicode_emoji(text) {
            return Ok(Self::Unicode(text.to_owned()));
        }
        let inner = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
        let (rest, id) = inner.rsplit_once(':').ok_or_else(ApiError::unknown_emoji)?;
        let id = id.parse().map_err(|_| ApiError::unknown_emoji())?;
        let (animated, name) = match rest.rsplit_once(':') {
            Some(("a", name)) => (true, name),
            Some(("", name)) => (false, name),
            Some(_) => return Err(ApiError::unknown_emoji()),
            None => (false, rest),
        };
        if !is_custom_name(name) {
            return Err(ApiError::unknown_emoji());
        }
        Ok(Self::Custom { id, name: Some(name.to_owned()), animated })
    }

    /// Reads the object form, `{id, name, animated}`, as components and reaction events hold it.
    pub fn from_value(value: &Value) -> Option<Self> {
        let name = value.get("name").and_then(Value::as_str);
        match value.get("id") {
            None | Some(Value::Null) => {
                name.filter(|name| is_unicode_emoji(name)).map(|name| Self::Unicode(name.to_owned()))
            }
            Some(id) => Some(Self::Custom {
                id: Snowflake::from_value(id)?,
                name: name.map(str::to_owned),
                animated: value.get("animated").and_then(Value::as_bool).unwrap_or(false),
            }),
        }
    }

    /// What makes two emoji the same reaction: the id, or the exact characters.
    pub fn key(&self) -> String {
        match self {
            Self::Unicode(text) => text.clone(),
            Self::Custom { id, .. } => id.to_string(),
        }
    }

    /// Whether both are one reaction. Two spellings of a Unicode emoji are two reactions.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unicode(one), Self::Unicode(two)) => one == two,
            (Self::Custom { id: one, .. }, Self::Custom { id: two, .. }) => one == two,
            _ => false,
        }
    }

    /// Whether both look the same to a person: the same reaction, or two spellings of one Unicode emoji.
    pub fn looks_like(&self, other: &Self) -> bool {
        let bare = |text: &str| text.chars().filter(|c| *c != VARIATION).collect::<String>();
        match (self, other) {
            (Self::Unicode(one), Self::Unicode(two)) => bare(one) == bare(two),
            _ => self.same(other),
        }
    }

    /// The object form of a reaction: `id` is null for a Unicode emoji.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Unicode(text) => json!({ "id": null, "name": text }),
            Self::Custom { id, name, animated: false } => json!({ "id": id, "name": name }),
            Self::Custom { id, name, animated: true } => json!({ "id": id, "name": name, "animated": true }),
        }
    }
}

/// Whether the whole text is one Unicode emoji, in any of its spellings.
pub fn is_unicode_emoji(text: &str) -> bool {
    let chars: Vec<char> = text.chars().take(MAX_SCALARS + 1).collect();
    if chars.is_empty() || chars.len() > MAX_SCALARS {
        return false;
    }
    is_keycap(&chars) || is_flag(&chars) || is_tag_flag(&chars) || chars.split(|c| *c == JOINER).all(is_core)
}

/// A digit or sign, perhaps the variation selector, the key.
fn is_keycap(chars: &[char]) -> bool {
    let base = |c: char| c.is_ascii_digit() || c == '#' || c == '*';
    match chars {
        [first, KEYCAP] | [first, VARIATION, KEYCAP] => base(*first),
        _ => false,
    }
}

/// Two regional letters that name a region with a flag.
fn is_flag(chars: &[char]) -> bool {
    let letter =
        |c: &char| u8::try_from((*c as u32).wrapping_sub(0x1F1E6)).ok().filter(|n| *n < 26).map(|n| b'A' + n);
    let [first, second] = chars else { return false };
    let (Some(first), Some(second)) = (letter(first), letter(second)) else { return false };
    FLAGS.as_bytes().chunks_exact(2).any(|flag| flag == [first, second])
}

/// The black flag and tag letters that spell one of three.
fn is_tag_flag(chars: &[char]) -> bool {
    let [TAG_BASE, tags @ .., '\u{E007F}'] = chars else { return false };
    let spelled: Option<String> =
        tags.iter().map(|c| char::from_u32((*c as u32).wrapping_sub(0xE0000))).collect();
    spelled.is_some_and(|word| TAG_FLAGS.contains(&word.as_str()))
}

/// One emoji character, perhaps with a skin tone or the variation selector.
fn is_core(chars: &[char]) -> bool {
    // Keys and the letters of flags are marked as emoji but mean nothing alone.
    let single = |c: char| c as u32 > 0x7F && !is_regional(c) && within(EMOJI, c);
    match chars {
        [c] | [c, VARIATION] => single(*c),
        [c, tone] | [c, VARIATION, tone] | [c, tone, VARIATION] if is_tone(*tone) => {
            within(MODIFIER_BASE, *c)
        }
        _ => false,
    }
}

fn is_regional(c: char) -> bool {
    ('\u{1F1E6}'..='\u{1F1FF}').contains(&c)
}

fn is_tone(c: char) -> bool {
    ('\u{1F3FB}'..='\u{1F3FF}').contains(&c)
}

fn within(table: &[(u32, u32)], c: char) -> bool {
    let c = c as u32;
    table
        .binary_search_by(|(first, last)| {
            if c < *first {
                std::cmp::Ordering::Greater
            } else if c > *last {
                std::cmp::Ordering::Less
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

/// Names of custom emoji: 2 to 32 word characters.
fn is_custom_name(name: &str) -> bool {
    (2..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Undoes percent-encoding; nothing when an escape is cut short or the bytes are not UTF-8.
pub fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn emoji_of_every_kind_are_known() {
        for good in [
            "🚢",
            "⏭",
            "⏭️",
            "❤",
            "❤️",
            "👍",
            "👍🏽",
            "☝️",
            "☝🏽",
            "1️⃣",
            "1⃣",
            "#️⃣",
            "🇩🇪",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "👩‍💻",
            "👨‍👩‍👧‍👦",
            "🏳️‍🌈",
            "❤️‍🔥",
            "©️",
            "™",
            "🫠",
            "✅",
            "🧑🏽‍🚀",
        ] {
            assert!(is_unicode_emoji(good), "{good} {:?}", good.chars().collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_is_no_emoji_is_refused() {
        for bad in [
            "",
            "a",
            "1",
            "#",
            "🚢🚢",
            "🚢 ",
            " 🚢",
            "ship",
            ":ship:",
            "🇩",
            "🇽🇽",
            "👍🏽🏽",
            "🚢🏽",
            "\u{FE0F}",
            "\u{200D}",
            "🚢\u{200D}",
            "\u{200D}🚢",
            "⏭\u{FE0E}",
            "é",
            "中",
        ] {
            assert!(!is_unicode_emoji(bad), "{bad:?}");
            assert!(Emoji::from_text(bad).is_err(), "{bad:?}");
        }
        assert!(!is_unicode_emoji(&"👩‍".repeat(500)));
    }

    #[test]
    fn two_spellings_look_alike_but_are_two_reactions() {
        let with = Emoji::from_path("%E2%8F%AD%EF%B8%8F").unwrap();
        let without = Emoji::from_path("%E2%8F%AD").unwrap();
        assert!(with.looks_like(&without) && !with.same(&without));
        assert_ne!(with.key(), without.key());
        assert_eq!(with.to_value(), json!({ "id": null, "name": "⏭\u{FE0F}" }));
        assert!(!with.looks_like(&Emoji::from_text("🚢").unwrap()));
    }

    #[test]
    fn custom_emoji_come_in_three_spellings() {
        let plain = Emoji::from_path("ship_it%3A41771983429993937").unwrap();
        assert_eq!(plain.to_value(), json!({ "id": "41771983429993937", "name": "ship_it" }));
        assert!(plain.same(&Emoji::from_text("renamed:41771983429993937").unwrap()));
        let moving = Emoji::from_text("<a:ship_it:41771983429993937>").unwrap();
        assert_eq!(moving.to_value()["animated"], true);
        for bad in ["ship", "ship:", ":1", "s:1", "sh ip:1", "ship:x", "b:ship:1", "a:b:ship:1"] {
            assert_eq!(Emoji::from_text(bad), Err(ApiError::unknown_emoji()), "{bad}");
        }
        // An id never equals a Unicode emoji, whatever its digits.
        assert!(!Emoji::from_text("xx:1").unwrap().same(&Emoji::Unicode("1".into())));
    }

    #[test]
    fn broken_escapes_are_no_emoji() {
        for bad in ["%", "%E", "%E2%8F", "%ZZ", "%FF"] {
            assert_eq!(Emoji::from_path(bad), Err(ApiError::unknown_emoji()), "{bad}");
        }
        // A library that forgets to encode sends the raw characters; a lenient HTTP layer may let them through.
        assert!(Emoji::from_path("🚢").is_ok());
    }

    #[test]
    fn tables_are_in_order() {
        for table in [EMOJI, MODIFIER_BASE] {
            assert!(table.iter().all(|(first, last)| first <= last));
            assert!(table.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
        assert_eq!(FLAGS.len() % 2, 0);
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC*") {
            let _ = Emoji::from_path(&text);
            let _ = Emoji::from_text(&text);
        }

        #[test]
        fn any_encoded_text_decodes_to_itself(text in "\\PC*") {
            let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
            prop_assert_eq!(percent_decode(&encoded), Some(text));
        }

        #[test]
        fn the_object_form_round_trips(id in any::<u64>(), animated in any::<bool>()) {
            let emoji = Emoji::Custom { id: Snowflake(id), name: Some("ship".into()), animated };
            prop_assert_eq!(Emoji::from_value(&emoji.to_value()), Some(emoji));
        }
    }
}
