//! First answers to interactions: which type may answer what, and what it may hold.
//!
//! From Discord's page on receiving and responding to interactions.

use serde_json::{Value, json};

use super::error::{ApiError, FormErrors, Path};
use super::field::{Fields, whole};
use super::message::{self, Context, Draft, Endpoint, Standing, Upload, flag};
use super::modal::{self, Modal};

/// Choices offered while a member types.
pub const MAX_CHOICES: usize = 25;
/// Characters of a choice's name, and of its value when it is a text.
pub const MAX_CHOICE_TEXT: usize = 100;
/// The largest whole number of an option, either way: 2^53 − 1.
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// What is being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A command.
    Command,
    /// A button or menu on a message.
    Component,
    /// A member is typing into an option of this kind.
    Typing(ChoiceKind),
    /// A form. `on_message` when it was opened from a component and so has a message behind it.
    Form {
        /// Whether there is a message that can be updated.
        on_message: bool,
    },
}

/// What the values of choices must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceKind {
    /// Texts (option type 3).
    Text,
    /// Whole numbers (option type 4).
    Integer,
    /// Numbers (option type 10).
    Number,
}

impl ChoiceKind {
    /// The kind for an option's type, if such an option has choices at all.
    pub fn of_option(kind: i64) -> Option<Self> {
        match kind {
            3 => Some(Self::Text),
            4 => Some(Self::Integer),
            10 => Some(Self::Number),
            _ => None,
        }
    }
}

/// A choice that passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What the member sees.
    pub name: String,
    /// What is sent when it is picked.
    pub value: Value,
}

/// An answer that passed.
#[derive(Clone, Debug, PartialEq)]
pub enum Callback {
    /// 4: a message.
    Message(Box<Draft>),
    /// 5: a message will follow; now "is thinking" is shown.
    DeferMessage {
        /// Whether only the member who asked will see it.
        ephemeral: bool,
    },
    /// 6: nothing changes for now.
    DeferUpdate,
    /// 7: the message with the component changes.
    Update(Box<Draft>),
    /// 8: choices for what is being typed.
    Choices(Vec<Choice>),
    /// 9: a form opens.
    Modal(Modal),
}

/// Checks an answer. `source` is the message that carries the component, for answers of type 7.
pub fn check(
    body: &Value,
    asked: Asked,
    uploads: &[Upload],
    source: Option<&Standing<'_>>,
) -> Result<Callback, ApiError> {
    let mut errors = FormErrors::default();
    let root = Path::ROOT;
    let data_path = root.key("data");
    let nothing = json!({});
    let read = Fields::of(body, &root, &mut errors).and_then(|body| {
        if body.get("type").is_none() {
            body.missing(&mut errors, "type");
        }
        let kind = body.choice(&mut errors, "type", allowed(asked))?;
        Some((kind, body.get("data").unwrap_or(&nothing)))
    });
    errors.into_result()?;
    let (kind, data) = read.ok_or_else(ApiError::internal)?;
    let mut errors = FormErrors::default();
    let fields = Fields::of(data, &data_path, &mut errors);
    let callback = match (kind, fields) {
        (4, _) => {
            let context = Context { endpoint: Endpoint::Callback, uploads, edited: None };
            Some(Callback::Message(Box::new(message::check_at(data, &data_path, &context)?)))
        }
        (5, Some(data)) => {
            let bits = data.integer(&mut errors, "flags", 0..=i64::MAX).unwrap_or(0).unsigned_abs();
            Some(Callback::DeferMessage { ephemeral: bits & flag::EPHEMERAL != 0 })
        }
        (6, _) => Some(Callback::DeferUpdate),
        (7, _) => {
            let context = Context { endpoint: Endpoint::CallbackUpdate, uploads, edited: source };
            Some(Callback::Update(Box::new(message::check_at(data, &data_path, &context)?)))
        }
        (8, Some(data)) => {
            let kind = if let Asked::Typing(kind) = asked { kind } else { ChoiceKind::Text };
            choices(&data, kind, &mut errors).map(Callback::Choices)
        }
        (9, Some(data)) => modal::check(&data, &mut errors).map(Callback::Modal),
        (10 | 12, _) => {
            errors.add(&root.key("type"), "NOT_SIMULATED", "The simulator has no such answer.");
            None
        }
        _ => None,
    };
    errors.into_result()?;
    callback.ok_or_else(ApiError::internal)
}

/// The types that may answer; Discord lists them in its complaint.
fn allowed(asked: Asked) -> &'static [i64] {
    match asked {
        Asked::Command => &[4, 5, 9, 10, 12],
        Asked::Component => &[4, 5, 6, 7, 9, 10, 12],
        Asked::Typing(_) => &[8],
        Asked::Form { on_message: true } => &[4, 5, 6, 7, 10, 12],
        // 6 is documented for components only; Discord takes it from any form, and poise answers every form with it.
        Asked::Form { on_message: false } => &[4, 5, 6, 10, 12],
    }
}

fn choices(data: &Fields<'_, '_>, kind: ChoiceKind, errors: &mut FormErrors) -> Option<Vec<Choice>> {
    if data.get("choices").is_none() {
        data.missing(errors, "choices");
    }
    let list = data.list(errors, "choices", 0..=MAX_CHOICES)?;
    let path = data.path().key("choices");
    let mut kept = Vec::with_capacity(list.len());
    for (index, item) in list.iter().enumerate() {
        let path = path.index(index);
        let Some(choice) = Fields::of(item, &path, errors) else { continue };
        let name = choice.needed_text(errors, "name", 1..=MAX_CHOICE_TEXT);
        if choice.get("value").is_none() {
            choice.missing(errors, "value");
        }
        let value = choice_value(&choice, kind, errors);
        if let (Some(name), Some(value)) = (name, value) {
            kept.push(Choice { name: name.to_owned(), value });
        }
    }
    Some(kept)
}

/// Reads the value of a choice, of a command's definition or of an autocomplete answer.
pub(super) fn choice_value(
    choice: &Fields<'_, '_>,
    kind: ChoiceKind,
    errors: &mut FormErrors,
) -> Option<Value> {
    match kind {
        ChoiceKind::Text => choice.text(errors, "value", 1..=MAX_CHOICE_TEXT).map(Value::from),
        ChoiceKind::Integer => choice.integer(errors, "value", -MAX_INTEGER..=MAX_INTEGER).map(Value::from),
        ChoiceKind::Number => {
            let number = choice.number(errors, "value")?;
            // A whole number stays one, as JSON has it.
            Some(
                choice
                    .get("value")
                    .and_then(whole)
                    .filter(|whole| *whole as f64 == number)
                    .map_or(json!(number), Value::from),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::field::tests::any_json;
    use super::*;

    fn answer(asked: Asked, body: Value) -> Result<Callback, ApiError> {
        check(&body, asked, &[], None)
    }

    fn complaint(asked: Asked, body: Value, pointer: &str) -> String {
        let body = answer(asked, body).expect_err("must not pass").body();
        let found = body["errors"].pointer(&format!("{pointer}/_errors/0/code"));
        found.unwrap_or_else(|| panic!("no complaint at {pointer}: {body}")).as_str().unwrap().to_owned()
    }

    const TYPING: Asked = Asked::Typing(ChoiceKind::Text);

    #[test]
    fn each_kind_of_interaction_takes_its_own_answers() {
        let form = json!({ "custom_id": "f", "title": "t", "components": [
            { "type": 1, "components": [{ "type": 4, "custom_id": "x", "style": 1, "label": "l" }] },
        ] });
        let bodies = [
            (4, json!({ "content": "a" })),
            (5, json!({})),
            (6, Value::Null),
            (7, json!({})),
            (8, json!({ "choices": [] })),
            (9, form),
        ];
        let expected: &[(Asked, &[i64])] = &[
            (Asked::Command, &[4, 5, 9]),
            (Asked::Component, &[4, 5, 6, 7, 9]),
            (TYPING, &[8]),
            (Asked::Form { on_message: true }, &[4, 5, 6, 7]),
            (Asked::Form { on_message: false }, &[4, 5, 6]),
        ];
        for (asked, types) in expected {
            for (kind, data) in &bodies {
                let result = answer(*asked, json!({ "type": kind, "data": data }));
                assert_eq!(result.is_ok(), types.contains(kind), "{asked:?} {kind}: {result:?}");
            }
        }
        assert_eq!(complaint(Asked::Command, json!({ "type": 7 }), "/type"), "BASE_TYPE_CHOICES");
        assert_eq!(complaint(Asked::Command, json!({}), "/type"), "BASE_TYPE_REQUIRED");
        assert_eq!(complaint(Asked::Command, json!({ "type": 12 }), "/type"), "NOT_SIMULATED");
    }

    #[test]
    fn messages_are_checked_under_data() {
        let long = json!({ "type": 4, "data": { "embeds": [{ "title": "x".repeat(257) }] } });
        assert_eq!(complaint(Asked::Command, long, "/data/embeds/0/title"), "BASE_TYPE_MAX_LENGTH");
        assert_eq!(answer(Asked::Command, json!({ "type": 4 })).unwrap_err().code, 50006);
        let update = answer(Asked::Component, json!({ "type": 7 })).unwrap();
        assert_eq!(update, Callback::Update(Box::default()));
        let deferred = answer(Asked::Command, json!({ "type": 5, "data": { "flags": 64 } })).unwrap();
        assert_eq!(deferred, Callback::DeferMessage { ephemeral: true });
    }

    #[test]
    fn choices_are_few_short_and_of_the_right_kind() {
        let choices = |n: usize| json!({ "type": 8, "data": { "choices": vec![json!({ "name": "n", "value": "v" }); n] } });
        assert!(answer(TYPING, choices(25)).is_ok());
        assert_eq!(complaint(TYPING, choices(26), "/data/choices"), "BASE_TYPE_MAX_LENGTH");
        let one = |name: Value, value: Value| json!({ "type": 8, "data": { "choices": [{ "name": name, "value": value }] } });
        let long = |n: usize| json!("x".repeat(n));
        assert!(answer(TYPING, one(long(100), long(100))).is_ok());
        assert_eq!(
            complaint(TYPING, one(long(101), long(1)), "/data/choices/0/name"),
            "BASE_TYPE_BAD_LENGTH"
        );
        assert_eq!(
            complaint(TYPING, one(long(1), long(101)), "/data/choices/0/value"),
            "BASE_TYPE_BAD_LENGTH"
        );
        assert_eq!(complaint(TYPING, one(long(0), long(1)), "/data/choices/0/name"), "BASE_TYPE_REQUIRED");
        assert_eq!(
            complaint(TYPING, one(json!("n"), json!(5)), "/data/choices/0/value"),
            "STRING_TYPE_CONVERT"
        );
        assert_eq!(
            complaint(TYPING, json!({ "type": 8, "data": {} }), "/data/choices"),
            "BASE_TYPE_REQUIRED"
        );
        let whole = Asked::Typing(ChoiceKind::Integer);
        assert!(answer(whole, one(json!("n"), json!(MAX_INTEGER))).is_ok());
        assert_eq!(
            complaint(whole, one(json!("n"), json!(MAX_INTEGER + 1)), "/data/choices/0/value"),
            "NUMBER_TYPE_MAX"
        );
        assert_eq!(
            complaint(whole, one(json!("n"), json!("five")), "/data/choices/0/value"),
            "NUMBER_TYPE_COERCE"
        );
        let number = answer(Asked::Typing(ChoiceKind::Number), one(json!("n"), json!(2.5))).unwrap();
        assert_eq!(number, Callback::Choices(vec![Choice { name: "n".into(), value: json!(2.5) }]));
    }

    #[test]
    fn choices_are_judged_as_twilight_judges_them() {
        use twilight_model::application::command::{CommandOptionChoice, CommandOptionChoiceValue};
        for name in [0, 1, 100, 101] {
            for value in [1, 100, 101] {
                let theirs = twilight_validate::command::choice(&CommandOptionChoice {
                    name: "n".repeat(name),
                    name_localizations: None,
                    value: CommandOptionChoiceValue::String("v".repeat(value)),
                });
                let ours = answer(
                    TYPING,
                    json!({ "type": 8, "data": { "choices": [{ "name": "n".repeat(name), "value": "v".repeat(value) }] } }),
                );
                assert_eq!(ours.is_ok(), theirs.is_ok(), "{name} {value}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_json_is_answered(body in any_json(&[
            "type", "data", "choices", "name", "value", "flags", "content", "custom_id", "title", "components",
        ]), kind in 0i64..14) {
            let typed = json!({ "type": kind, "data": body });
            for asked in [Asked::Command, Asked::Component, TYPING, Asked::Form { on_message: true }] {
                for body in [&body, &typed] {
                    let answer = check(body, asked, &[], None);
                    prop_assert!(answer.err().is_none_or(|error| error.status == 400));
                }
            }
        }
    }
}
