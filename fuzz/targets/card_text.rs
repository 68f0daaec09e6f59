//! Texts of strangers on their way to a card.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tiebreaker::card::{escape, limits};

fuzz_target!(|input: (u8, &str)| {
    let (max, text) = input;
    let max = usize::from(max);

    let cut = limits::cut(text, max);
    assert!(limits::units(&cut) <= max, "a cut text is too long");

    let clean = escape::clean(text);
    assert_eq!(escape::clean(&clean), clean, "cleaning twice changes more");
    assert!(!clean.chars().any(char::is_control), "a control character is left");

    let bare = escape::bare(&clean);
    assert!(!bare.contains("@everyone") && !bare.contains("@here"), "a mention is left");
    let _ = escape::address(text);
});
