//! Tests of forms.

use proptest::prelude::*;

use super::super::field::tests::any_json;
use super::*;

fn row(more: Value) -> Value {
    let mut input = json!({ "type": 4, "custom_id": "x", "style": 1, "label": "l" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "type": 1, "components": [input] })
}

fn labelled(more: Value) -> Value {
    let mut input = json!({ "type": 4, "custom_id": "x", "style": 2 });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "type": 18, "label": "l", "component": input })
}

fn form(parts: &[Value]) -> Value {
    json!({ "custom_id": "f", "title": "t", "components": parts })
}

fn fault(data: &Value, pointer: &str) -> String {
    let body = check_data(data).expect_err("must not pass").body();
    let found = body["errors"]["data"].pointer(&format!("{pointer}/_errors/0/code"));
    found.unwrap_or_else(|| panic!("no complaint at {pointer}: {body}")).as_str().unwrap().to_owned()
}

#[test]
fn limits_hold_at_their_edges() {
    let with = |key: &str, n: usize| {
        let mut data = form(&[row(json!({}))]);
        data[key] = json!("x".repeat(n));
        data
    };
    assert!(check_data(&with("title", 45)).is_ok());
    assert_eq!(fault(&with("title", 46), "/title"), "BASE_TYPE_BAD_LENGTH");
    assert!(check_data(&with("custom_id", 100)).is_ok());
    assert_eq!(fault(&with("custom_id", 101), "/custom_id"), "BASE_TYPE_BAD_LENGTH");
    assert_eq!(fault(&with("custom_id", 0), "/custom_id"), "BASE_TYPE_REQUIRED");
    let rows: Vec<_> = (0..6).map(|n| row(json!({ "custom_id": n.to_string() }))).collect();
    assert!(check_data(&form(&rows[..5])).is_ok());
    assert_eq!(fault(&form(&rows), "/components"), "BASE_TYPE_BAD_LENGTH");
    assert_eq!(fault(&form(&[]), "/components"), "BASE_TYPE_REQUIRED");
    let deep = "/components/0/components/0";
    assert_eq!(
        fault(&form(&[row(json!({ "label": "x".repeat(46) }))]), &format!("{deep}/label")),
        "BASE_TYPE_BAD_LENGTH"
    );
    assert_eq!(
        fault(&form(&[row(json!({ "label": null }))]), &format!("{deep}/label")),
        "BASE_TYPE_REQUIRED"
    );
    assert_eq!(
        fault(&form(&[row(json!({ "placeholder": "x".repeat(101) }))]), &format!("{deep}/placeholder")),
        "BASE_TYPE_MAX_LENGTH"
    );
    assert_eq!(
        fault(&form(&[row(json!({ "max_length": 4001 }))]), &format!("{deep}/max_length")),
        "NUMBER_TYPE_MAX"
    );
    assert_eq!(
        fault(&form(&[row(json!({ "max_length": 0 }))]), &format!("{deep}/max_length")),
        "NUMBER_TYPE_MIN"
    );
    assert_eq!(
        fault(&form(&[row(json!({ "min_length": 5, "max_length": 4 }))]), &format!("{deep}/min_length")),
        "TEXT_INPUT_COMPONENT_INVALID_MIN_LENGTH"
    );
    assert_eq!(
        fault(&form(&[row(json!({})), row(json!({}))]), "/components/1/components/0/custom_id"),
        "COMPONENT_CUSTOM_ID_DUPLICATED"
    );
}

#[test]
fn a_field_has_one_label() {
    assert!(check_data(&form(&[labelled(json!({}))])).is_ok());
    assert_eq!(
        fault(&form(&[labelled(json!({ "label": "l" }))]), "/components/0/component/label"),
        "TEXT_INPUT_COMPONENT_LABEL_NOT_ALLOWED"
    );
    let button =
        json!({ "type": 1, "components": [{ "type": 2, "style": 1, "label": "l", "custom_id": "x" }] });
    assert_eq!(fault(&form(&[button]), "/components/0/components/0/type"), "UNION_TYPE_CHOICES");
}

fn entries(list: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    list.iter()
        .map(|(id, values)| ((*id).to_owned(), values.iter().map(|v| (*v).to_owned()).collect()))
        .collect()
}

#[test]
fn a_submission_mirrors_the_layout() {
    let old = check_data(&form(&[row(json!({ "max_length": 5, "min_length": 2 }))])).unwrap();
    let sent = submit(&old.components, &entries(&[("x", &["héllo"])])).unwrap();
    assert_eq!(
        Value::Array(sent),
        json!([{ "type": 1, "id": 1, "components": [{ "type": 4, "id": 2, "custom_id": "x", "value": "héllo" }] }])
    );
    for bad in [&["toolong"][..], &["a"], &[""], &[]] {
        assert!(submit(&old.components, &entries(&[("x", bad)])).is_err(), "{bad:?}");
    }
    assert!(submit(&old.components, &entries(&[("x", &["abc"]), ("y", &["abc"])])).is_err());
    let new =
        check_data(&form(&[labelled(json!({ "required": false })), json!({ "type": 10, "content": "c" })]))
            .unwrap();
    let sent = submit(&new.components, &entries(&[])).unwrap();
    assert_eq!(
        Value::Array(sent),
        json!([
            { "type": 18, "id": 1, "component": { "type": 4, "id": 2, "custom_id": "x", "value": "" } },
            { "type": 10, "id": 3 },
        ])
    );
}

#[test]
fn menus_boxes_and_groups_in_forms() {
    let part = |component: Value| json!({ "type": 18, "label": "l", "component": component });
    let options = json!([{ "label": "a", "value": "a" }, { "label": "b", "value": "b" }]);
    let modal = check_data(&form(&[
        part(json!({ "type": 3, "custom_id": "menu", "options": options })),
        part(json!({ "type": 21, "custom_id": "radio", "options": options, "required": false })),
        part(json!({ "type": 22, "custom_id": "boxes", "options": options })),
        part(json!({ "type": 23, "custom_id": "box" })),
    ]))
    .unwrap();
    let sent =
        submit(&modal.components, &entries(&[("menu", &["b"]), ("boxes", &["a", "b"]), ("box", &["true"])]))
            .unwrap();
    assert_eq!(sent[0]["component"]["values"], json!(["b"]));
    assert_eq!(sent[1]["component"]["value"], Value::Null);
    assert_eq!(sent[2]["component"]["values"], json!(["a", "b"]));
    assert_eq!(sent[3]["component"]["value"], true);
    assert!(submit(&modal.components, &entries(&[("menu", &["c"]), ("boxes", &["a"])])).is_err());
    assert!(submit(&modal.components, &entries(&[("boxes", &["a"])])).is_err());
    let disabled = part(json!({ "type": 3, "custom_id": "m", "options": options, "disabled": true }));
    assert_eq!(fault(&form(&[disabled]), "/components/0/component/disabled"), "COMPONENT_DISABLED_IN_MODAL");
}

#[test]
fn text_inputs_are_judged_as_twilight_judges_them() {
    use twilight_model::channel::message::Component;
    for label in [1, 45, 46] {
        for placeholder in [0, 100, 101] {
            for most in [0, 1, 4000, 4001] {
                let part = row(json!({
                    "label": "l".repeat(label), "placeholder": "p".repeat(placeholder), "max_length": most,
                }));
                let theirs: Component = serde_json::from_value(part.clone()).unwrap();
                let theirs = twilight_validate::message::components(&[theirs], false);
                assert_eq!(
                    check_data(&form(std::slice::from_ref(&part))).is_ok(),
                    theirs.is_ok(),
                    "{part} {theirs:?}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn any_json_is_answered(value in any_json(&[
        "type", "components", "component", "custom_id", "label", "style", "options", "value", "id", "title", "max_length",
    ])) {
        if let Ok(modal) = check_data(&value) {
            let again = json!({ "custom_id": modal.custom_id, "title": modal.title, "components": modal.components });
            prop_assert_eq!(check_data(&again).unwrap(), modal);
        }
    }

    #[test]
    fn any_form_is_filled_or_refused(
        parts in proptest::collection::vec(any_json(&["type", "component", "components", "custom_id"]), 0..4),
        text in "\\PC{0,9}",
    ) {
        let _ = submit(&parts, &entries(&[("x", &[&text])]));
    }
}
