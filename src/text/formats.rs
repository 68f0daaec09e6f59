//! How a language writes numbers, from its `formats.ftl`.

use intl_memoizer::Memoizable;
use unic_langid::LanguageIdentifier;

use super::library::{Bundle, library};

/// The marks of a language's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Formats {
    /// Between groups of three digits.
    group: String,
    /// Before the decimals.
    decimal: String,
}

impl Formats {
    /// Digits without groups and with a point: for a language that says nothing about it.
    pub(super) const fn plain() -> Self {
        Self { group: String::new(), decimal: String::new() }
    }

    /// Reads the marks of a language.
    pub(super) fn read(bundle: &Bundle) -> Self {
        let mark = |key: &str| {
            let pattern = bundle.get_message(key).and_then(|message| message.value());
            pattern
                .map(|pattern| bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned())
                .unwrap_or_default()
        };
        Self { group: mark("format-group"), decimal: mark("format-decimal") }
    }

    /// A whole number.
    pub(super) fn whole(&self, number: u64) -> String {
        self.grouped(&number.to_string())
    }

    /// A decimal number in plain digits (`-1234.5`), rewritten; anything else comes back as it is.
    pub(super) fn decimal(&self, plain: &str) -> String {
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) || digits.ends_with('.') {
            return plain.to_owned();
        }
        let point = match (fraction, self.decimal.as_str()) {
            ("", _) => "",
            (_, "") => ".",
            (_, point) => point,
        };
        format!("{sign}{}{point}{fraction}", self.grouped(whole))
    }

    fn grouped(&self, digits: &str) -> String {
        let mut text = String::with_capacity(digits.len() * 2);
        for (place, digit) in digits.char_indices() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push_str(&self.group);
            }
            text.push(digit);
        }
        text
    }
}

impl Memoizable for Formats {
    type Args = ();
    type Error = std::convert::Infallible;

    fn construct(language: LanguageIdentifier, (): ()) -> Result<Self, Self::Error> {
        Ok(library().formats_of(&language).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_chooses_its_marks() {
        let german = Formats { group: ".".to_owned(), decimal: ",".to_owned() };
        assert_eq!(german.whole(1_234_567), "1.234.567");
        assert_eq!(german.decimal("-1234.50"), "-1.234,50");
        assert_eq!(german.decimal("123"), "123");
        let french = Formats { group: "\u{202f}".to_owned(), decimal: ",".to_owned() };
        assert_eq!(french.whole(12_345), "12\u{202f}345");
        assert_eq!(Formats::plain().decimal("1234.5"), "1234.5");
    }

    #[test]
    fn what_is_no_number_stays() {
        let german = Formats { group: ".".to_owned(), decimal: ",".to_owned() };
        for text in ["", "-", ".", "1.", ".5", "1e9", "NaN", "1,000", "١٢٣"] {
            assert_eq!(german.decimal(text), text);
        }
    }
}
