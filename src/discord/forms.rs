//! Forms as they come back, and what travels with them.
//!
//! A form gives back its own id and those of its inputs, 100 characters each. Together they hold what was given with the
//! command but stands in no box, so that a form which was opened before a restart can be used after it.

use serenity::all::{ActionRowComponent, ModalInteraction};

use super::custom_id;
use crate::card::{Form, form::input, limits, moderation::Typed};

/// Between the id of an input and what it carries.
const CARRIES: char = '~';

/// The boxes of our forms, and the keys of their names.
const BOXES: [(&str, &str); 12] = [
    (input::REVIEWER, "form-reviewer"),
    (input::QUOTE, "form-quote"),
    (input::NAME, "form-name"),
    (input::ALIASES, "form-aliases"),
    (input::TAGLINE, "form-tagline"),
    (input::DESCRIPTION, "form-description"),
    (input::LINK, "form-link"),
    (input::VENDOR, "form-vendor"),
    (input::NOTE, "form-note"),
    (input::AMOUNT, "form-amount"),
    (input::CURRENCY, "form-currency"),
    (input::PER, "form-per"),
];

/// What was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    inputs: Vec<(String, String)>,
    carried: String,
}

impl Sent {
    /// Reads a form.
    #[must_use]
    pub fn read(form: &ModalInteraction) -> Self {
        let mut sent = Self::default();
        for component in form.data.components.iter().flat_map(|row| &row.components) {
            let ActionRowComponent::InputText(input) = component else { continue };
            let (id, carried) = input.custom_id.split_once(CARRIES).unwrap_or((&input.custom_id, ""));
            sent.inputs.push((id.to_owned(), input.value.clone().unwrap_or_default()));
            sent.carried.push_str(carried);
        }
        sent
    }

    /// What stands in a box; empty when there is none of that id.
    #[must_use]
    pub fn text(&self, id: &str) -> String {
        self.inputs.iter().find(|(name, _)| name == id).map(|(_, text)| text.clone()).unwrap_or_default()
    }

    /// Everything that was typed, box by box.
    #[must_use]
    pub fn typed(&self) -> Vec<Typed> {
        let named = self.inputs.iter().map(|(id, text)| {
            let known = BOXES.iter().find(|(name, _)| name == id);
            Typed { label: known.map_or("form-other", |(_, label)| *label), text: text.clone() }
        });
        named.collect()
    }

    /// The texts that went with the form, in their order.
    #[must_use]
    pub fn carried(&self) -> Vec<String> {
        let (_, texts) = custom_id::decode(&self.carried.replace('+', " ").replace("%2B", "+"));
        texts
    }
}

/// Lets texts travel with a form. `None` when they are too long for that.
#[must_use]
pub fn carry(form: Form, texts: &[&str]) -> Option<Form> {
    // No space may stand at the end of an id: Discord could take it off.
    let whole = custom_id::join("", texts).replace('+', "%2B").replace(' ', "+");
    let mut left = whole.as_str();
    let mut form = form;
    for input in &mut form.inputs {
        let room = custom_id::MAX_CHARS.saturating_sub(limits::units(&input.id) + 1);
        let mut end = 0;
        let mut used = 0;
        for letter in left.chars() {
            used += letter.len_utf16();
            if used > room {
                break;
            }
            end += letter.len_utf8();
        }
        let (part, rest) = left.split_at(end);
        if !part.is_empty() {
            input.id = format!("{}{CARRIES}{part}", input.id);
        }
        left = rest;
    }
    left.is_empty().then_some(form)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::card::Input;

    fn form() -> Form {
        let inputs = ["name", "aliases", "tagline"].map(|id| Input::new(id, id, 0, 10));
        Form::new("add-tool", "Add", inputs)
    }

    fn sent(form: &Form) -> Sent {
        let mut sent = Sent::default();
        for input in &form.inputs {
            let (id, carried) = input.id.split_once(CARRIES).unwrap_or((&input.id, ""));
            sent.inputs.push((id.to_owned(), String::new()));
            sent.carried.push_str(carried);
        }
        sent
    }

    proptest! {
        #[test]
        fn what_travels_comes_back(texts in prop::collection::vec("\\PC{0,40}|[:%+~ ]{0,20}", 0..5)) {
            let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
            if let Some(form) = carry(form(), &borrowed) {
                let longest = form.inputs.iter().map(|input| limits::units(&input.id)).max();
                prop_assert!(longest <= Some(custom_id::MAX_CHARS));
                prop_assert_eq!(sent(&form).carried(), texts);
            }
        }
    }

    #[test]
    fn what_is_too_long_does_not_travel() {
        assert!(carry(form(), &[&"x".repeat(250)]).is_some());
        assert!(carry(form(), &[&"x".repeat(300)]).is_none());
    }
}
