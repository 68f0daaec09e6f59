//! Discord's numbers, and cutting to them.
//!
//! What a character is, Discord does not document. Lengths here are UTF-16 units, which are never fewer than characters by
//! any other count, and cuts fall between graphemes, so that no emoji and no accented letter is torn. All limits are
//! inclusive. Source: Discord's developer documentation (message resource, component reference, receiving and responding
//! to interactions), read in autumn 2026.

use unicode_segmentation::UnicodeSegmentation;

/// Text of a message.
pub const CONTENT: usize = 2_000;
/// Embeds in a message.
pub const EMBEDS: usize = 10;
/// Title of an embed.
pub const TITLE: usize = 256;
/// Description of an embed.
pub const DESCRIPTION: usize = 4_096;
/// Fields of an embed.
pub const FIELDS: usize = 25;
/// Name of a field.
pub const FIELD_NAME: usize = 256;
/// Value of a field.
pub const FIELD_VALUE: usize = 1_024;
/// Footer of an embed.
pub const FOOTER: usize = 2_048;
/// Titles, descriptions, field names, field values and footers of **all** embeds of a message together.
pub const MESSAGE_TOTAL: usize = 6_000;
/// An address in an embed or behind a button.
pub const URL: usize = 512;
/// Rows of buttons or menus below a message.
pub const ROWS: usize = 5;
/// Buttons in a row.
pub const BUTTONS: usize = 5;
/// Label of a button.
pub const BUTTON_LABEL: usize = 80;
/// Id that comes back when a button or menu is used, or a form is sent.
pub const CUSTOM_ID: usize = 100;
/// Options of a menu.
pub const OPTIONS: usize = 25;
/// Label, description or value of a menu's option.
pub const OPTION_TEXT: usize = 100;
/// Text of a menu in which nothing is chosen.
pub const MENU_PLACEHOLDER: usize = 150;
/// Title of a form.
pub const FORM_TITLE: usize = 45;
/// Inputs of a form.
pub const FORM_INPUTS: usize = 5;
/// Label of a form's input.
pub const INPUT_LABEL: usize = 45;
/// Hint below the label of a form's input.
pub const INPUT_HINT: usize = 100;
/// Placeholder of a form's input.
pub const INPUT_PLACEHOLDER: usize = 100;
/// Value of a form's input.
pub const INPUT_VALUE: usize = 4_000;
/// Name or text value of an autocomplete choice.
pub const CHOICE: usize = 100;
/// Autocomplete choices.
pub const CHOICES: usize = 25;

/// Stands where something was cut off.
pub const ELLIPSIS: &str = "…";

/// Length of a text in the unit of all limits here.
#[must_use]
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Cuts a text to at most `max` units, between graphemes, with an ellipsis in place of the rest.
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    if units(text) <= max {
        return text.to_owned();
    }
    let mut room = max.saturating_sub(units(ELLIPSIS));
    let mut end = 0;
    for grapheme in text.graphemes(true) {
        let Some(left) = room.checked_sub(units(grapheme)) else { break };
        room = left;
        end += grapheme.len();
    }
    let mut kept = text[..end].trim_end().to_owned();
    if max > 0 {
        kept.push_str(ELLIPSIS);
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_texts_stay() {
        assert_eq!(cut("Axolotl", 7), "Axolotl");
        assert_eq!(cut("", 0), "");
    }

    #[test]
    fn cuts_fall_between_graphemes() {
        assert_eq!(cut("Axolotl", 6), "Axolo…");
        assert_eq!(cut("one two", 5), "one…");
        // A family of four is one grapheme of eleven units.
        let family = "👨\u{200d}👩\u{200d}👧\u{200d}👦";
        assert_eq!(units(family), 11);
        assert_eq!(cut(&format!("{family}{family}"), 12), format!("{family}…"));
        assert_eq!(cut(family, 10), "…");
        assert_eq!(cut("e\u{301}e\u{301}", 3), "e\u{301}…");
        assert_eq!(cut("abc", 0), "");
    }

    proptest! {
        #[test]
        fn a_cut_text_fits(text in "\\PC{0,40}", max in 0_usize..60) {
            let kept = cut(&text, max);
            prop_assert!(units(&kept) <= max);
            let whole = kept.strip_suffix(ELLIPSIS).unwrap_or(&kept);
            prop_assert!(text.starts_with(whole));
        }
    }
}
