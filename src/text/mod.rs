//! The Fluent bundles: a key and its arguments in, words in a language out. May use `error`.
//!
//! ```
//! use tiebreaker::text::Texts;
//!
//! let text = Texts::for_language("en-GB"); // there is no en-GB, so this is en-US
//! assert_eq!(text.list(&["Ollama".into(), "vLLM".into(), "SGLang".into()]), "Ollama, vLLM and SGLang");
//! assert_eq!(text.category("vector-databases"), "Vector Databases");
//! ```
//!
//! The words live in `data/locales/<language>/*.ftl`, built into the binary. **A new language is a new folder** and no
//! change of code: its `formats.ftl` says how numbers, shares, money, days and lists are written. A key that a language
//! lacks is taken from en-US; a key that en-US lacks is shown as it is, and logged.
//!
//! Texts hold no Markdown and no escapes: arguments go in as they are, and what comes out is words. How they look and
//! which characters are harmless is the business of `card`.

mod formats;
mod library;

use std::fmt::Write as _;

use fluent_bundle::{FluentArgs, FluentValue};
use time::Date;
use unic_langid::LanguageIdentifier;

use self::library::Bundle;
use crate::error::{Arg, UserError};

/// The language that has every text.
pub const DEFAULT_LANGUAGE: &str = "en-US";

/// The texts of one language, with those of [`DEFAULT_LANGUAGE`] behind them.
pub struct Texts {
    language: LanguageIdentifier,
    /// The language itself, then its fallbacks.
    chain: Vec<&'static Bundle>,
}

impl Texts {
    /// The texts for a language tag such as `de`, `pt-BR` or `es-419`: of that language, else of the same language
    /// elsewhere, else of [`DEFAULT_LANGUAGE`]. Anything that is no tag is the default language too.
    #[must_use]
    pub fn for_language(tag: &str) -> &'static Self {
        library::library().texts_for(tag)
    }

    /// The languages that have texts of their own, as tags, sorted.
    pub fn languages() -> impl Iterator<Item = String> {
        library::library().all().iter().map(|texts| texts.language.to_string())
    }

    /// The language of these texts, as a tag.
    #[must_use]
    pub fn language(&self) -> String {
        self.language.to_string()
    }

    /// The text of a key. Numbers among the arguments are written in the way of the language.
    ///
    /// Never fails: an unknown key comes back as itself, an argument that is not given as its name in braces.
    #[must_use]
    pub fn get(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.find(key, args).unwrap_or_else(|| {
            tracing::warn!(text.key = key, text.language = %self.language, "a text is missing");
            key.to_owned()
        })
    }

    /// The text of an error.
    #[must_use]
    pub fn error(&self, error: &UserError) -> String {
        self.get(error.key, &error.args)
    }

    /// The text of a key, `None` when neither this language nor the default has it.
    #[must_use]
    pub fn find(&self, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        let (bundle, pattern) = self.chain.iter().find_map(|bundle| {
            bundle.get_message(key).and_then(|message| message.value()).map(|pattern| (*bundle, pattern))
        })?;
        let args: FluentArgs = args.iter().map(|(name, arg)| (*name, value(arg))).collect();
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut faults).into_owned();
        if !faults.is_empty() {
            tracing::warn!(text.key = key, text.language = %self.language, faults = ?faults, "a text is not whole");
        }
        Some(text)
    }

    /// A number: `1,234`.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        self.formats(|formats| formats.whole(number))
    }

    /// A whole percent: `75%`.
    #[must_use]
    pub fn percent(&self, percent: u8) -> String {
        self.get("format-percent", &[("number", percent.into())])
    }

    /// A day: `Nov 24, 2026`.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        let month = self.get(&format!("format-month-{}", u8::from(date.month())), &[]);
        let plain = |number: &dyn std::fmt::Display| Arg::Text(number.to_string());
        let args = [("month", Arg::Text(month)), ("day", plain(&date.day())), ("year", plain(&date.year()))];
        self.get("format-date", &args)
    }

    /// An amount of money; `amount` is a decimal number in plain digits, `currency` an ISO 4217 code: `$20`, `1,200 CHF`.
    #[must_use]
    pub fn money(&self, amount: &str, currency: &str) -> String {
        let amount = self.formats(|formats| formats.decimal(amount));
        let args = [("amount", Arg::Text(amount)), ("code", Arg::from(currency))];
        let own = is_key(currency).then(|| format!("format-currency-{}", currency.to_ascii_lowercase()));
        own.and_then(|key| self.find(&key, &args)).unwrap_or_else(|| self.get("format-currency", &args))
    }

    /// Several words in a row: `A`, `A and B`, `A, B and C`.
    #[must_use]
    pub fn list(&self, items: &[String]) -> String {
        let mut items = items.iter();
        let mut text = items.next().cloned().unwrap_or_default();
        while let Some(next) = items.next() {
            let key = if items.len() == 0 { "format-list-end" } else { "format-list" };
            text = self.get(key, &[("first", text.into()), ("next", next.into())]);
        }
        text
    }

    /// The name of a category; an id without a name is written in title case.
    #[must_use]
    pub fn category(&self, id: &str) -> String {
        self.named("category-", id)
    }

    /// The name of a reviewer's role; an id without a name is written in title case.
    #[must_use]
    pub fn role(&self, id: &str) -> String {
        self.named("role-", id)
    }

    /// In which way a name was read, from the stable word of the matcher (`vendor_missing`); empty when it says nothing.
    #[must_use]
    pub fn how(&self, word: &str) -> String {
        self.find(&format!("how-{}", word.replace('_', "-")), &[]).unwrap_or_default()
    }

    fn named(&self, family: &str, id: &str) -> String {
        let known = is_key(id).then(|| self.find(&format!("{family}{id}"), &[])).flatten();
        known.unwrap_or_else(|| title_case(id))
    }

    fn formats<T>(&self, with: impl FnOnce(&formats::Formats) -> T) -> T {
        with(library::library().formats_of(&self.language))
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Texts({})", self.language)
    }
}

fn value(arg: &Arg) -> FluentValue<'_> {
    match arg {
        Arg::Text(text) => FluentValue::from(text.as_str()),
        // What is no number has no plural form either.
        Arg::Number(number) => FluentValue::from(if number.is_finite() { *number } else { 0.0 }),
    }
}

/// Whether the text can be the end of a key.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `vector-databases` as `Vector Databases`.
fn title_case(id: &str) -> String {
    let mut title = String::with_capacity(id.len());
    for word in id.split(['-', '_', ' ']).filter(|word| !word.is_empty()) {
        let mut letters = word.chars();
        let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
        let gap = if title.is_empty() { "" } else { " " };
        let _ = write!(title, "{gap}{first}{}", letters.as_str());
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english() -> &'static Texts {
        Texts::for_language(DEFAULT_LANGUAGE)
    }

    #[test]
    fn any_tag_gives_texts() {
        for tag in ["en-US", "en-GB", "en", "de", "xx-YY", "", "not a tag", "🚢", &"x".repeat(6_000)] {
            assert_eq!(Texts::for_language(tag).language(), "en-US", "{tag:?}");
        }
        assert!(Texts::languages().any(|tag| tag == "en-US"));
    }

    #[test]
    fn numbers_percents_days_and_money_are_written_as_in_the_language() {
        let text = english();
        assert_eq!(text.number(1_234_567), "1,234,567");
        assert_eq!(text.number(999), "999");
        assert_eq!(text.percent(75), "75%");
        assert_eq!(text.date(time::macros::date!(2026 - 11 - 04)), "Nov 4, 2026");
        assert_eq!(text.money("20", "USD"), "$20");
        assert_eq!(text.money("1200.50", "CHF"), "1,200.50 CHF");
        // What is no number and no code is left as it is.
        assert_eq!(text.money("free-ish", "@everyone"), "free-ish @everyone");
    }

    #[test]
    fn numbers_inside_texts_too() {
        assert_eq!(english().get("format-percent", &[("number", 12_345.into())]), "12,345%");
        assert_eq!(english().get("format-percent", &[("number", f64::NAN.into())]), "0%");
        assert_eq!(english().get("format-percent", &[("number", 2.5.into())]), "2.5%");
    }

    #[test]
    fn lists_read_like_lists() {
        let list =
            |items: &[&str]| english().list(&items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>());
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["A"]), "A");
        assert_eq!(list(&["A", "B"]), "A and B");
        assert_eq!(list(&["A", "B", "C", "D"]), "A, B, C and D");
    }

    #[test]
    fn unknown_ids_are_written_in_title_case() {
        assert_eq!(english().category("gpu-clouds"), "GPU Clouds");
        assert_eq!(english().category("paper-trails"), "Paper Trails");
        assert_eq!(english().category("…{ } = x"), "…{ } = X");
        assert_eq!(english().category(""), "");
        assert_eq!(english().role("skeptic"), "Skeptic");
        assert_eq!(english().how("vendor_missing"), "without its maker");
        assert_eq!(english().how("by_magic"), "");
    }

    #[test]
    fn a_missing_text_never_panics() {
        assert_eq!(english().get("no-such-key", &[]), "no-such-key");
        assert_eq!(english().get("", &[]), "");
        assert_eq!(english().get("format-percent", &[]), "{$number}%");
    }

    #[test]
    fn arguments_go_in_as_they_are() {
        // No isolation marks around arguments, and braces in an argument are not read again.
        let hostile = "{ $number } \u{2068}@everyone\u{2069}";
        assert_eq!(english().get("format-quote", &[("text", hostile.into())]), format!("“{hostile}”"));
    }
}
