//! The emoji of a reaction: with and without U+FE0F the same, everything else none of ours.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tiebreaker::discord::emoji::verdict;

fuzz_target!(|text: &str| {
    let bare = text.strip_suffix('\u{fe0f}').unwrap_or(text);
    assert_eq!(verdict(text).is_some(), matches!(bare, "🚢" | "⏭"));
});
