//! The environment: a line is a key and its value.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tiebreaker::config::{Config, KEYS};

fuzz_target!(|text: &str| {
    // The first byte of a line chooses the key: random words would never hit one.
    let values: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| {
            let first = line.chars().next()?;
            let (key, _) = KEYS[first as usize % KEYS.len()];
            Some((key, &line[first.len_utf8()..]))
        })
        .collect();
    let get = |key: &str| values.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned());
    match Config::parse(get) {
        Ok(config) => {
            let _ = format!("{config:?}");
        }
        Err(mistakes) => {
            let shown = mistakes.to_string();
            for key in ["DISCORD_TOKEN", "VOTER_KEY"] {
                let is_elsewhere = |secret: &str| {
                    values.iter().any(|(name, value)| *name != key && value.contains(secret))
                };
                let secret = get(key).filter(|secret| secret.chars().count() > 12 && !is_elsewhere(secret));
                if let Some(secret) = secret {
                    assert!(!shown.contains(&secret), "{key} is shown");
                }
            }
        }
    }
});
