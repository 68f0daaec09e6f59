//! The two emoji that are votes.

use crate::domain::review::Verdict;

/// 🚢, U+1F6A2.
pub const SHIP: &str = "\u{1F6A2}";
/// ⏭️, U+23ED and the selector U+FE0F that asks for the coloured form.
pub const SKIP: &str = "\u{23ED}\u{FE0F}";
/// Asks for the coloured form of the character before it. Clients write ⏭ with and without it.
const SELECTOR: char = '\u{FE0F}';

/// The emoji of a verdict, as it is seeded.
#[must_use]
pub const fn of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ship => SHIP,
        Verdict::Skip => SKIP,
    }
}

/// The verdict that an emoji stands for, with and without U+FE0F.
#[must_use]
pub fn verdict(emoji: &str) -> Option<Verdict> {
    match emoji.strip_suffix(SELECTOR).unwrap_or(emoji) {
        "\u{1F6A2}" => Some(Verdict::Ship),
        "\u{23ED}" => Some(Verdict::Skip),
        _ => None,
    }
}

/// Whether an emoji is spelled as we seed it. Discord keeps ⏭ and ⏭️ as two reactions that look alike.
#[must_use]
pub fn is_usual(emoji: &str) -> bool {
    emoji == SHIP || emoji == SKIP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selector_makes_no_difference() {
        assert_eq!(verdict(SKIP), Some(Verdict::Skip));
        assert_eq!(verdict("⏭"), Some(Verdict::Skip));
        assert_eq!(verdict("🚢\u{FE0F}"), Some(Verdict::Ship));
        for other in ["", "\u{FE0F}", "⏭\u{FE0F}\u{FE0F}", "⏮️", "🚢🏽", "ship"] {
            assert_eq!(verdict(other), None, "{other:?}");
        }
        assert!(Verdict::ALL.iter().all(|one| verdict(of(*one)) == Some(*one)));
    }
}
