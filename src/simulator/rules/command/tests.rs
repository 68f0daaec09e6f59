//! Tests of what may be registered.

use proptest::prelude::*;

use super::super::field::tests::any_json;
use super::*;

fn global(body: Value) -> Result<Value, ApiError> {
    check(&body, Scope::Global)
}

fn with_options(options: Value) -> Value {
    json!({ "name": "compare", "description": "d", "options": options })
}

fn text_option(more: Value) -> Value {
    let mut option = json!({ "type": 3, "name": "a", "description": "d" });
    option.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    option
}

fn fault(body: Value, pointer: &str) -> String {
    let body = global(body).expect_err("must not pass").body();
    let found = body["errors"].pointer(&format!("{pointer}/_errors/0/code"));
    found.unwrap_or_else(|| panic!("no complaint at {pointer}: {body}")).as_str().unwrap().to_owned()
}

fn option_fault(more: Value, pointer: &str) -> String {
    fault(with_options(json!([text_option(more)])), &format!("/options/0{pointer}"))
}

#[test]
fn names_match_the_documented_expression() {
    for good in ["a", "tool-2", "it's_me", "öl", "比較", "हिन्दी", "ไทย", "ª", "²", "x".repeat(32).as_str()]
    {
        assert!(is_name(good), "{good}");
    }
    for bad in
        ["", "A", "Öl", "two words", "a.b", "a/b", "🚢", "ⓐ", "a\u{301}", "।", "x".repeat(33).as_str(), "a\n"]
    {
        assert!(!is_name(bad), "{bad:?}");
    }
    assert_eq!(
        fault(json!({ "name": "Top", "description": "d" }), "/name"),
        "APPLICATION_COMMAND_INVALID_NAME"
    );
    assert_eq!(fault(json!({ "name": "a b", "description": "d" }), "/name"), "STRING_TYPE_REGEX");
    assert_eq!(fault(json!({ "description": "d" }), "/name"), "BASE_TYPE_REQUIRED");
}

#[test]
fn the_kept_form_has_its_defaults() {
    let kept =
        global(with_options(json!([text_option(json!({ "autocomplete": true, "typo": 1 }))]))).unwrap();
    assert_eq!(
        kept,
        json!({
            "type": 1, "name": "compare", "name_localizations": null, "description": "d", "description_localizations": null,
            "default_member_permissions": null, "nsfw": false, "dm_permission": true, "contexts": null,
            "integration_types": [0],
            "options": [{
                "type": 3, "name": "a", "name_localizations": null, "description": "d", "description_localizations": null,
                "required": false, "autocomplete": true,
            }],
        })
    );
    let set = global(
        json!({ "name": "a", "description": "d", "default_member_permissions": "32", "contexts": [0] }),
    )
    .unwrap();
    assert_eq!((&set["default_member_permissions"], &set["dm_permission"]), (&json!("32"), &json!(false)));
    let guild = check(&json!({ "name": "a", "description": "d" }), Scope::Guild).unwrap();
    assert!(guild.get("contexts").is_none() && guild.get("integration_types").is_none());
    assert_eq!(
        fault(
            json!({ "name": "a", "description": "d", "default_member_permissions": "x" }),
            "/default_member_permissions"
        ),
        "NUMBER_TYPE_COERCE"
    );
    assert_eq!(
        fault(json!({ "name": "a", "description": "d", "contexts": [] }), "/contexts"),
        "BASE_TYPE_REQUIRED"
    );
    assert_eq!(
        fault(json!({ "name": "a", "description": "d", "contexts": [3] }), "/contexts/0"),
        "BASE_TYPE_CHOICES"
    );
    assert_eq!(
        fault(json!({ "name": "a", "description": "d", "contexts": [0, 0] }), "/contexts"),
        "SET_TYPE_ALREADY_CONTAINS_VALUE"
    );
}

#[test]
fn menu_commands_have_free_names_and_nothing_else() {
    let menu = global(json!({ "type": 3, "name": "Compare tools mentioned" })).unwrap();
    assert_eq!((&menu["description"], menu.get("options")), (&json!(""), None));
    assert_eq!(
        fault(json!({ "type": 3, "name": "X", "description": "d" }), "/description"),
        "APPLICATION_COMMAND_CONTEXT_MENU_FIELD_INVALID"
    );
    assert_eq!(fault(json!({ "type": 2, "name": "x".repeat(33) }), "/name"), "BASE_TYPE_BAD_LENGTH");
    assert_eq!(fault(json!({ "type": 9, "name": "x" }), "/type"), "BASE_TYPE_CHOICES");
}

#[test]
fn options_hold_to_their_rules() {
    let many = |n: usize| (0..n).map(|k| text_option(json!({ "name": format!("a{k}") }))).collect::<Vec<_>>();
    assert!(global(with_options(json!(many(25)))).is_ok());
    assert_eq!(fault(with_options(json!(many(26))), "/options"), "BASE_TYPE_MAX_LENGTH");
    let twice = json!([text_option(json!({})), text_option(json!({}))]);
    assert_eq!(fault(with_options(twice), "/options/1/name"), "APPLICATION_COMMAND_OPTIONS_NAME_NOT_UNIQUE");
    let late = json!([text_option(json!({})), text_option(json!({ "name": "b", "required": true }))]);
    assert_eq!(fault(with_options(late), "/options/1"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID");
    assert_eq!(option_fault(json!({ "description": "" }), "/description"), "BASE_TYPE_REQUIRED");
    assert_eq!(
        option_fault(json!({ "description": "x".repeat(101) }), "/description"),
        "BASE_TYPE_BAD_LENGTH"
    );
    assert_eq!(option_fault(json!({ "type": 12 }), "/type"), "BASE_TYPE_CHOICES");
    assert_eq!(option_fault(json!({ "max_length": 0 }), "/max_length"), "NUMBER_TYPE_MIN");
    assert_eq!(option_fault(json!({ "max_length": 6001 }), "/max_length"), "NUMBER_TYPE_MAX");
    assert_eq!(
        option_fault(json!({ "min_length": 5, "max_length": 4 }), "/min_length"),
        "APPLICATION_COMMAND_OPTIONS_MIN_MAX_INVALID"
    );
    assert_eq!(
        option_fault(json!({ "min_value": 5 }), "/min_value"),
        "APPLICATION_COMMAND_OPTIONS_FIELD_INVALID"
    );
    assert_eq!(
        option_fault(json!({ "type": 6, "choices": [{ "name": "n", "value": "v" }] }), "/choices"),
        "APPLICATION_COMMAND_OPTIONS_FIELD_INVALID"
    );
}

#[test]
fn choices_hold_to_their_rules() {
    let choice = |n: usize| json!({ "name": format!("n{n}"), "value": "v" });
    let some = |n: usize| json!({ "choices": (0..n).map(choice).collect::<Vec<_>>() });
    assert!(global(with_options(json!([text_option(some(25))]))).is_ok());
    assert_eq!(option_fault(some(26), "/choices"), "BASE_TYPE_MAX_LENGTH");
    let mut both = some(1);
    both["autocomplete"] = json!(true);
    assert_eq!(option_fault(both, "/autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES");
    let long = json!({ "choices": [{ "name": "n", "value": "x".repeat(101) }] });
    assert_eq!(option_fault(long, "/choices/0/value"), "BASE_TYPE_BAD_LENGTH");
    let twice = json!({ "choices": [choice(1), choice(1)] });
    assert_eq!(option_fault(twice, "/choices/1/name"), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_NOT_UNIQUE");
}

#[test]
fn sub_commands_nest_two_deep_and_stand_alone() {
    let sub = |inner: Value| json!({ "type": 1, "name": "s", "description": "d", "options": inner });
    let group = |inner: Value| json!({ "type": 2, "name": "g", "description": "d", "options": inner });
    assert!(global(with_options(json!([group(json!([sub(json!([text_option(json!({}))]))]))]))).is_ok());
    assert_eq!(
        fault(with_options(json!([group(json!([group(json!([]))]))])), "/options/0/options/0/type"),
        "BASE_TYPE_CHOICES"
    );
    assert_eq!(
        fault(with_options(json!([sub(json!([sub(json!([]))]))])), "/options/0/options/0/type"),
        "BASE_TYPE_CHOICES"
    );
    assert_eq!(fault(with_options(json!([group(json!([]))])), "/options/0/options"), "BASE_TYPE_REQUIRED");
    let mixed = json!([sub(json!([])), text_option(json!({}))]);
    assert_eq!(fault(with_options(mixed), "/options/1"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID");
    let late =
        json!([sub(json!([text_option(json!({})), text_option(json!({ "name": "b", "required": true }))]))]);
    assert_eq!(
        fault(with_options(late), "/options/0/options/1"),
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
    );
}

#[test]
fn a_whole_command_holds_eight_thousand_with_its_longest_language() {
    // 25 options of 1 + 100 characters, each with 2 choices of 100 + 100 at most.
    let build = |value: usize, translation: usize| {
        let option = |n: usize| {
            text_option(json!({
                "name": format!("a{n:02}"), "description": "x".repeat(97),
                "description_localizations": { "de": "x".repeat(translation) },
                "choices": [{ "name": "x".repeat(100), "value": "x".repeat(value) }],
            }))
        };
        with_options(json!((0..25).map(option).collect::<Vec<_>>()))
    };
    // 8 + 25 * (3 + 97 + 100 + 100) = 7508.
    assert!(global(build(100, 97)).is_ok());
    let mut over = build(100, 100);
    // 8 + 25 * (3 + 100 + 100 + 100) = 7583; another 500 go over.
    assert!(global(over.clone()).is_ok());
    for n in 0..3 {
        over["options"][n]["choices"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "name": "y".repeat(100), "value": "z".repeat(100) }));
    }
    assert_eq!(fault(over, ""), "APPLICATION_COMMAND_TOO_LARGE");
}

#[test]
fn translations_have_known_languages_and_the_same_rules() {
    let with = |map: Value| json!({ "name": "a", "description": "d", "name_localizations": map });
    assert!(global(with(json!({ "de": "öl", "en-US": "a", "ja": null }))).is_ok());
    assert_eq!(fault(with(json!({ "xx": "a" })), "/name_localizations/xx"), "BASE_TYPE_CHOICES");
    assert_eq!(
        fault(with(json!({ "de": "Öl" })), "/name_localizations/de"),
        "APPLICATION_COMMAND_INVALID_NAME"
    );
}

#[test]
fn lists_have_distinct_names_and_limits_by_kind() {
    let command = |n: usize| json!({ "name": format!("c{n}"), "description": "d" });
    let menu = |n: usize| json!({ "name": format!("M {n}"), "type": 3 });
    let list = |chat: usize, menus: usize| {
        check_list(&Value::Array((0..chat).map(command).chain((0..menus).map(menu)).collect()), Scope::Global)
    };
    assert_eq!(list(100, 15).unwrap().len(), 115);
    assert_eq!(list(101, 0).unwrap_err().code, 30032);
    assert_eq!(list(0, 16).unwrap_err().code, 30032);
    assert_eq!(list(5000, 0).unwrap_err().code, 30032);
    let twice = check_list(&json!([command(1), command(1)]), Scope::Global).unwrap_err().body();
    assert_eq!(twice["errors"]["1"]["_errors"][0]["code"], "APPLICATION_COMMANDS_DUPLICATE_NAME");
    assert!(
        check_list(&json!([command(1), { "name": "c1", "type": 3 }]), Scope::Global).is_ok(),
        "one name per kind"
    );
    assert_eq!(check_list(&json!({}), Scope::Global).unwrap_err().code, 50035);
    let held: Vec<Value> = (0..15).map(|_| json!({ "type": 2 })).collect();
    assert_eq!(check_room(&held, kind::USER).unwrap_err().code, 30032);
    assert!(check_room(&held, kind::MESSAGE).is_ok());
}

#[test]
fn a_patch_changes_what_it_names() {
    let old = global(with_options(json!([text_option(json!({}))]))).unwrap();
    let new = check_patch(&json!({ "description": "new", "type": 3 }), &old, Scope::Global).unwrap();
    assert_eq!(
        (&new["description"], &new["options"], &new["type"]),
        (&json!("new"), &old["options"], &json!(1))
    );
    assert_eq!(check_patch(&json!({ "name": "A" }), &old, Scope::Global).unwrap_err().code, 50035);
    assert_eq!(check_patch(&json!([]), &old, Scope::Global).unwrap_err().code, 50035);
}

/// Commands around the limits, with what twilight needs besides.
fn near_limits() -> impl Strategy<Value = Value> {
    let name = prop_oneof!["[a-z_-]{1,34}", "[a-zA-Zäé ]{1,6}", Just("x".repeat(32)), Just("x".repeat(33))];
    let text = prop_oneof![1usize..5, 99usize..102].prop_map(|n| "é".repeat(n));
    let choice =
        (text.clone(), text.clone()).prop_map(|(name, value)| json!({ "name": name, "value": value }));
    let option = (name.clone(), text.clone(), any::<bool>(), proptest::collection::vec(choice, 0..3)).prop_map(
        |(name, description, required, choices)| {
            json!({ "type": 3, "name": name, "description": description, "required": required, "choices": choices })
        },
    );
    (name, text, proptest::collection::vec(option, 0..4)).prop_map(|(name, description, options)| {
        json!({
            "type": 1, "name": name, "description": description, "options": options, "version": "1",
            "default_member_permissions": null,
        })
    })
}

proptest! {
    #[test]
    fn any_json_is_answered(body in any_json(&[
        "type", "name", "description", "options", "choices", "value", "required", "name_localizations", "de", "contexts",
        "min_value", "max_length", "autocomplete",
    ])) {
        for scope in [Scope::Global, Scope::Guild] {
            if let Ok(kept) = check(&body, scope) {
                prop_assert_eq!(check(&kept, scope).unwrap(), kept);
            }
            let _ = check_list(&body, scope);
            let _ = check_patch(&body, &body, scope);
        }
    }

    #[test]
    fn verdicts_are_those_of_twilight(body in near_limits()) {
        use twilight_validate::command as other;
        let command: twilight_model::application::command::Command = serde_json::from_value(body.clone()).unwrap();
        let mut theirs = other::command(&command).and_then(|()| other::options(&command.options));
        for choice in command.options.iter().flat_map(|option| option.choices.iter().flatten()) {
            theirs = theirs.and_then(|()| other::choice(choice));
        }
        match (global(body), theirs) {
            (Ok(_), Err(error)) => prop_assert!(false, "we accept, twilight refuses: {}", error),
            (Err(error), Ok(())) => {
                // Twilight does not compare names of choices, and does not look into the names of options
                // for upper case.
                let detail = error.body().to_string();
                let known = ["CHOICE_NAME_NOT_UNIQUE", "STRING_TYPE_REGEX", "INVALID_NAME"];
                prop_assert!(known.iter().any(|code| detail.contains(code)), "only we refuse: {}", detail);
            }
            _ => {}
        }
    }
}
