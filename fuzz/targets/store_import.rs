//! An export that somebody kept, edited or broke: read from beginning to end, nothing is stored.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use tiebreaker::store::export::verify;

fuzz_target!(|bytes: &[u8]| {
    let _ = verify(&mut Cursor::new(bytes));
});
