//! What a button, menu or form carries: a verb and its arguments, readable after a restart.
//!
//! Discord gives back the `custom_id` we sent (1 to 100 characters), so nothing needs to be remembered between a message
//! and the click on it. Written `verb:argument:…`; `:` and `%` inside an argument are percent-encoded.
//! A custom id comes from outside and is never trusted: what it asks for is checked again by whoever does it.

use std::fmt::Write as _;

/// Discord's limit, in characters. Source: Discord's reference, "Component Reference".
pub const MAX_CHARS: usize = 100;

/// Builds a custom id. `None` when it would be too long for Discord.
#[must_use]
pub fn encode(verb: &str, args: &[&str]) -> Option<String> {
    let out = join(verb, args);
    (!verb.is_empty() && out.chars().count() <= MAX_CHARS).then_some(out)
}

/// A verb and its arguments in one text of any length, to be taken apart by [`decode`].
#[must_use]
pub(super) fn join(verb: &str, args: &[&str]) -> String {
    let mut out = verb.to_owned();
    for arg in args {
        out.push(':');
        for c in arg.chars() {
            match c {
                ':' | '%' => {
                    let _ = write!(out, "%{:02X}", u32::from(c));
                }
                other => out.push(other),
            }
        }
    }
    out
}

/// Takes a custom id apart: the verb and its arguments.
#[must_use]
pub fn decode(custom_id: &str) -> (String, Vec<String>) {
    let mut parts = custom_id.split(':').map(unescape);
    (parts.next().unwrap_or_default(), parts.collect())
}

fn unescape(part: &str) -> String {
    if part.contains('%') { part.replace("%3A", ":").replace("%25", "%") } else { part.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(encode("verb", &[&"x".repeat(95)]).is_some());
        assert!(encode("verb", &[&"x".repeat(96)]).is_none());
        assert!(encode("", &[]).is_none());
    }

    proptest! {
        #[test]
        fn arguments_come_back_as_they_went(args in proptest::collection::vec(".{0,12}", 0..4)) {
            let borrowed: Vec<&str> = args.iter().map(String::as_str).collect();
            if let Some(id) = encode("do-it", &borrowed) {
                prop_assert_eq!(decode(&id), ("do-it".to_owned(), args));
            }
        }

        #[test]
        fn any_text_can_be_taken_apart(text in ".{0,200}") {
            let _ = decode(&text);
        }
    }
}
