//! Buttons, menus and forms as data. Their ids are the caller's and come back unchanged when somebody uses them.

use super::{escape, limits};

/// A row below a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Up to [`limits::BUTTONS`] buttons; further ones are left out.
    Buttons(Vec<Button>),
    /// One menu.
    Menu(Menu),
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// The caller's id, at most [`limits::CUSTOM_ID`] units.
    pub id: String,
    /// What it looks like.
    pub style: ButtonStyle,
    /// Whether it can be pressed.
    pub enabled: bool,
}

/// What a button looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonStyle {
    /// One of several.
    #[default]
    Normal,
    /// What most people want.
    Main,
    /// Takes something away.
    Danger,
    /// Leads to an address, which stands in place of the id.
    Link,
}

/// A menu from which one option is picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// The caller's id, at most [`limits::CUSTOM_ID`] units.
    pub id: String,
    /// Stands there until something is picked.
    pub placeholder: String,
    /// Up to [`limits::OPTIONS`]; further ones are left out.
    pub options: Vec<MenuOption>,
}

/// One option of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuOption {
    /// The caller's value, at most [`limits::OPTION_TEXT`] units, unique in its menu.
    pub value: String,
    /// What stands there.
    pub label: String,
    /// Small print; may be empty.
    pub hint: String,
}

impl Button {
    /// A button that leads to an address.
    #[must_use]
    pub fn link(label: &str, address: impl Into<String>) -> Self {
        Self::new(label, address).styled(ButtonStyle::Link)
    }

    /// A normal button.
    #[must_use]
    pub fn new(label: &str, id: impl Into<String>) -> Self {
        let label = label_text(label, limits::BUTTON_LABEL);
        Self { label, id: id.into(), style: ButtonStyle::Normal, enabled: true }
    }

    /// The same button in another style.
    #[must_use]
    pub fn styled(self, style: ButtonStyle) -> Self {
        Self { style, ..self }
    }

    /// The same button, which can be pressed only when `enabled`.
    #[must_use]
    pub fn enabled(self, enabled: bool) -> Self {
        Self { enabled, ..self }
    }
}

impl Menu {
    /// A menu; options beyond [`limits::OPTIONS`] and repeated values are left out.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        placeholder: &str,
        options: impl IntoIterator<Item = MenuOption>,
    ) -> Self {
        let mut kept: Vec<MenuOption> = Vec::new();
        for option in options {
            if kept.len() < limits::OPTIONS && kept.iter().all(|earlier| earlier.value != option.value) {
                kept.push(option);
            }
        }
        Self { id: id.into(), placeholder: label_text(placeholder, limits::MENU_PLACEHOLDER), options: kept }
    }
}

impl MenuOption {
    /// An option. An empty hint is none.
    #[must_use]
    pub fn new(value: impl Into<String>, label: &str, hint: &str) -> Self {
        let hint = limits::cut(&escape::bare(&escape::clean(hint)), limits::OPTION_TEXT);
        Self { value: value.into(), label: label_text(label, limits::OPTION_TEXT), hint }
    }
}

/// Text for a label: never empty, within its limit.
pub(super) fn label_text(text: &str, max: usize) -> String {
    let text = limits::cut(&escape::bare(&escape::clean(text)), max);
    if text.is_empty() { "—".to_owned() } else { text }
}

/// A form that opens for one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The caller's id, at most [`limits::CUSTOM_ID`] units.
    pub id: String,
    /// Its title.
    pub title: String,
    /// One to [`limits::FORM_INPUTS`] inputs.
    pub inputs: Vec<Input>,
}

/// One input of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// By which it comes back; unique in its form.
    pub id: String,
    /// What it asks for.
    pub label: String,
    /// Small print below the label; may be empty.
    pub hint: String,
    /// What is filled in when it opens; may be empty. Comes back exactly, so it is never cleaned, only cut.
    pub value: String,
    /// Fewest characters; 0: may stay empty.
    pub min: usize,
    /// Most characters.
    pub max: usize,
    /// Whether it takes several lines.
    pub is_long: bool,
}

impl Form {
    /// A form; inputs beyond [`limits::FORM_INPUTS`] are left out.
    #[must_use]
    pub fn new(id: impl Into<String>, title: &str, inputs: impl IntoIterator<Item = Input>) -> Self {
        let title = label_text(title, limits::FORM_TITLE);
        Self { id: id.into(), title, inputs: inputs.into_iter().take(limits::FORM_INPUTS).collect() }
    }
}

impl Input {
    /// An input of one line, from `min` to `max` characters.
    #[must_use]
    pub fn new(id: &str, label: &str, min: usize, max: usize) -> Self {
        let id = id.to_owned();
        let label = label_text(label, limits::INPUT_LABEL);
        let max = max.clamp(1, limits::INPUT_VALUE);
        Self { id, label, hint: String::new(), value: String::new(), min: min.min(max), max, is_long: false }
    }

    /// With small print.
    #[must_use]
    pub fn hint(self, hint: &str) -> Self {
        Self { hint: limits::cut(&escape::bare(&escape::clean(hint)), limits::INPUT_HINT), ..self }
    }

    /// Filled in. Discord refuses a form whose value is longer than the input allows, so a longer one makes the input
    /// longer: what somebody typed is shortened by that person, not by us. Only what no input can hold is cut.
    #[must_use]
    pub fn value(self, value: &str) -> Self {
        let value = limits::cut(value, limits::INPUT_VALUE);
        Self { max: self.max.max(limits::units(&value)), value, ..self }
    }

    /// Over several lines.
    #[must_use]
    pub fn long(self) -> Self {
        Self { is_long: true, ..self }
    }
}
