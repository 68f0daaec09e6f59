//! Tests of rows, buttons and menus.

use proptest::prelude::*;

use super::super::field::tests::any_json;
use super::*;

fn checked(components: Value, v2: bool) -> Result<Vec<Value>, Value> {
    let mut errors = FormErrors::default();
    let root = Path::ROOT;
    let kept = check(components.as_array().unwrap(), &root.key("components"), v2, &mut errors);
    errors.into_result().map(|()| kept).map_err(|error| error.body()["errors"]["components"].clone())
}

fn fault(child: Value, pointer: &str) -> String {
    let errors = checked(json!([{ "type": 1, "components": [child] }]), false).expect_err("must not pass");
    let found = errors.pointer(&format!("/0/components/0{pointer}/_errors/0/code"));
    found.unwrap_or_else(|| panic!("no complaint at {pointer}: {errors}")).as_str().unwrap().to_owned()
}

fn button(id: &str) -> Value {
    json!({ "type": 2, "style": 1, "label": "l", "custom_id": id })
}

fn menu(more: Value) -> Value {
    let mut menu = json!({ "type": 3, "custom_id": "m", "options": [
        { "label": "a", "value": "a" }, { "label": "b", "value": "b" },
    ] });
    menu.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    menu
}

#[test]
fn a_row_is_kept_with_numbers_and_defaults() {
    let kept = checked(
        json!([{ "type": 1, "components": [button("x")] }, { "type": 1, "components": [menu(json!({}))] }]),
        false,
    );
    assert_eq!(
        Value::Array(kept.unwrap()),
        json!([
            { "type": 1, "id": 1, "components": [{ "type": 2, "id": 2, "style": 1, "label": "l", "custom_id": "x" }] },
            { "type": 1, "id": 3, "components": [{
                "type": 3, "id": 4, "custom_id": "m", "min_values": 1, "max_values": 1, "disabled": false,
                "options": [{ "label": "a", "value": "a" }, { "label": "b", "value": "b" }],
            }] },
        ])
    );
}

#[test]
fn numbers_that_are_brought_along_are_not_given_twice() {
    let mut with = button("x");
    with["id"] = json!(1);
    let kept = checked(json!([{ "type": 1, "components": [with, button("y")] }]), false).unwrap();
    assert_eq!(kept[0]["id"], 2);
    assert_eq!(kept[0]["components"][1]["id"], 3);
    let mut twice = button("z");
    twice["id"] = json!(7);
    let mut other = button("w");
    other["id"] = json!(7);
    assert!(checked(json!([{ "type": 1, "components": [twice, other] }]), false).is_err());
}

#[test]
fn buttons_hold_to_their_style() {
    assert_eq!(fault(json!({ "type": 2, "style": 1, "label": "l" }), "/custom_id"), "BASE_TYPE_REQUIRED");
    assert_eq!(fault(button(""), "/custom_id"), "BASE_TYPE_REQUIRED");
    assert_eq!(fault(button(&"x".repeat(101)), "/custom_id"), "BASE_TYPE_BAD_LENGTH");
    let label = |n: usize| json!({ "type": 2, "style": 1, "label": "x".repeat(n), "custom_id": "x" });
    assert!(checked(json!([{ "type": 1, "components": [label(80)] }]), false).is_ok());
    assert_eq!(fault(label(81), "/label"), "BASE_TYPE_MAX_LENGTH");
    assert_eq!(fault(label(0), "/label"), "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED");
    assert_eq!(
        fault(json!({ "type": 2, "style": 7, "label": "l", "custom_id": "x" }), "/style"),
        "BASE_TYPE_CHOICES"
    );
    assert_eq!(
        fault(json!({ "type": 2, "style": 5, "label": "l" }), "/url"),
        "BUTTON_COMPONENT_URL_REQUIRED"
    );
    assert_eq!(
        fault(json!({ "type": 2, "style": 5, "label": "l", "url": "javascript:x" }), "/url"),
        "URL_TYPE_INVALID_SCHEME"
    );
    assert_eq!(
        fault(
            json!({ "type": 2, "style": 5, "label": "l", "url": "https://a.example", "custom_id": "x" }),
            "/custom_id"
        ),
        "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"
    );
    assert_eq!(
        fault(json!({ "type": 2, "style": 1, "custom_id": "x", "emoji": { "name": "ship" } }), "/emoji"),
        "COMPONENT_INVALID_EMOJI"
    );
    let only_emoji = json!({ "type": 2, "style": 1, "custom_id": "x", "emoji": { "name": "🚢" } });
    assert!(checked(json!([{ "type": 1, "components": [only_emoji] }]), false).is_ok());
    assert_eq!(fault(json!({ "type": 4, "custom_id": "x" }), "/type"), "UNION_TYPE_CHOICES");
}

#[test]
fn menus_hold_to_their_bounds() {
    assert_eq!(fault(menu(json!({ "options": [] })), "/options"), "BASE_TYPE_REQUIRED");
    let many: Vec<_> = (0..26).map(|n| json!({ "label": "x", "value": n.to_string() })).collect();
    assert!(
        checked(json!([{ "type": 1, "components": [menu(json!({ "options": many[..25] }))] }]), false)
            .is_ok()
    );
    assert_eq!(fault(menu(json!({ "options": many })), "/options"), "BASE_TYPE_BAD_LENGTH");
    assert_eq!(fault(menu(json!({ "max_values": 3 })), "/options"), "BASE_TYPE_BAD_LENGTH");
    assert_eq!(fault(menu(json!({ "min_values": 2 })), "/min_values"), "SELECT_COMPONENT_INVALID_MIN_VALUES");
    assert_eq!(
        fault(menu(json!({ "placeholder": "x".repeat(151) })), "/placeholder"),
        "BASE_TYPE_MAX_LENGTH"
    );
    let twice = json!([{ "label": "a", "value": "a" }, { "label": "b", "value": "a" }]);
    assert_eq!(
        fault(menu(json!({ "options": twice })), "/options/1/value"),
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"
    );
    let long = json!([{ "label": "x".repeat(101), "value": "a" }]);
    assert_eq!(fault(menu(json!({ "options": long })), "/options/0/label"), "BASE_TYPE_BAD_LENGTH");
}

#[test]
fn a_message_holds_five_rows_of_five_and_ids_once() {
    let row = |n: usize, count: usize| json!({ "type": 1, "components": (0..count).map(|k| button(&format!("{n}-{k}"))).collect::<Vec<_>>() });
    assert!(checked((0..5).map(|n| row(n, 5)).collect(), false).is_ok());
    assert!(checked((0..6).map(|n| row(n, 1)).collect(), false).is_err());
    assert!(checked(json!([row(0, 6)]), false).is_err());
    assert!(checked(json!([row(0, 0)]), false).is_err());
    let errors = checked(json!([row(0, 1), row(0, 1)]), false).unwrap_err();
    assert_eq!(
        errors["1"]["components"]["0"]["custom_id"]["_errors"][0]["code"],
        "COMPONENT_CUSTOM_ID_DUPLICATED"
    );
    let beside = json!([{ "type": 1, "components": [button("x"), menu(json!({}))] }]);
    let errors = checked(beside, false).unwrap_err();
    assert_eq!(errors["0"]["components"]["1"]["_errors"][0]["code"], "COMPONENT_LAYOUT_WIDTH_EXCEEDED");
    assert!(checked(json!([button("x")]), false).is_err(), "a button needs a row");
}

#[test]
fn members_use_only_what_is_there() {
    let kept = checked(
        json!([{ "type": 1, "components": [button("x")] }, { "type": 1, "components": [menu(json!({}))] }]),
        false,
    )
    .unwrap();
    let use_it = |id: &str, values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        check_use(find(&kept, id).expect("there"), &values).is_ok()
    };
    assert!(use_it("x", &[]) && !use_it("x", &["a"]));
    assert!(use_it("m", &["a"]) && !use_it("m", &[]) && !use_it("m", &["a", "b"]) && !use_it("m", &["c"]));
    assert_eq!(find(&kept, "y"), None);
    assert!(check_use(&json!({ "type": 2, "style": 1, "disabled": true }), &[]).is_err());
    assert!(check_use(&json!({ "type": 2, "style": 5 }), &[]).is_err());
    assert!(check_use(&json!({ "type": 1 }), &[]).is_err());
}

/// Rows near the limits, in the form that twilight can read.
fn near_limits() -> impl Strategy<Value = Value> {
    let text = |most: usize| prop_oneof![1usize..4, most..(most + 2)];
    let button = (text(MAX_BUTTON_LABEL), text(MAX_CUSTOM_ID), 0u32..1000).prop_map(|(label, id, salt)| {
        let id = format!("{salt:04}{}", "x".repeat(id.saturating_sub(4)));
        json!({ "type": 2, "style": 1, "label": "l".repeat(label), "custom_id": id })
    });
    let row = proptest::collection::vec(button, 1..7)
        .prop_map(|buttons| json!({ "type": 1, "components": buttons }));
    proptest::collection::vec(row, 1..7).prop_map(Value::Array)
}

proptest! {
    #[test]
    fn any_json_is_answered(value in any_json(&[
        "type", "components", "custom_id", "label", "style", "options", "value", "id", "url", "accessory", "component",
        "emoji", "name", "content", "media", "items",
    ]), v2 in any::<bool>()) {
        let list = value.as_array().cloned().unwrap_or_else(|| vec![value]);
        if let Ok(kept) = checked(Value::Array(list), v2) {
            // What was kept passes again, unchanged.
            prop_assert_eq!(checked(Value::Array(kept.clone()), v2).unwrap(), kept);
        }
    }

    #[test]
    fn verdicts_are_those_of_twilight(rows in near_limits()) {
        let theirs: Vec<twilight_model::channel::message::Component> = serde_json::from_value(rows.clone()).unwrap();
        let theirs = twilight_validate::message::components(&theirs, false);
        match (checked(rows, false), theirs) {
            (Ok(_), Err(error)) => prop_assert!(false, "we accept, twilight refuses: {}", error),
            // Twilight does not look for ids that stand twice.
            (Err(error), Ok(())) => prop_assert!(error.to_string().contains("DUPLICATED"), "only we refuse: {}", error),
            _ => {}
        }
    }
}
