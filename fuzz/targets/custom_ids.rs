//! Custom ids: any text can be taken apart, and what is encoded comes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tiebreaker::discord::custom_id::{MAX_CHARS, decode, encode};

fuzz_target!(|input: (&str, Vec<&str>)| {
    let (text, args) = input;
    let _ = decode(text);
    if let Some(id) = encode("verb", &args) {
        assert!(id.chars().count() <= MAX_CHARS);
        let back: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        assert_eq!(decode(&id), ("verb".to_owned(), back));
    }
});
