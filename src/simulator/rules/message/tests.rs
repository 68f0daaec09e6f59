//! Tests of message bodies.

use proptest::prelude::*;

use super::super::field::tests::any_json;
use super::*;

fn created(body: Value) -> Result<Draft, ApiError> {
    check(&body, &Context::plain(Endpoint::Create))
}

fn code(result: Result<Draft, ApiError>) -> u32 {
    result.expect_err("must not pass").code
}

#[test]
fn content_holds_two_thousand_and_something_must_be_shown() {
    assert!(created(json!({ "content": "é".repeat(2000) })).is_ok());
    assert_eq!(code(created(json!({ "content": "é".repeat(2001) }))), 50035);
    assert_eq!(code(created(json!({}))), 50006);
    assert_eq!(code(created(json!({ "content": " \n " }))), 50006);
    assert_eq!(code(created(json!({ "content": null, "embeds": [], "components": [] }))), 50006);
    assert_eq!(code(created(json!([]))), 50035);
    assert_eq!(created(json!({ "content": " a " })).unwrap().content.as_deref(), Some("a"));
}

#[test]
fn lists_nonce_and_reference() {
    assert_eq!(code(created(json!({ "embeds": vec![json!({ "title": "t" }); 11] }))), 50035);
    assert!(created(json!({ "content": "a", "nonce": "x".repeat(25) })).is_ok());
    assert_eq!(code(created(json!({ "content": "a", "nonce": "x".repeat(26) }))), 50035);
    assert_eq!(created(json!({ "content": "a", "nonce": 12 })).unwrap().nonce, Some(json!(12)));
    let reply = created(json!({ "content": "a", "message_reference": { "message_id": "5" } }))
        .unwrap()
        .reference
        .unwrap();
    assert!(reply.fail_if_not_exists && !reply.forward);
    assert_eq!(code(created(json!({ "content": "a", "message_reference": {} }))), 50035);
    assert!(
        created(json!({ "message_reference": { "message_id": "5", "type": 1 } })).is_ok(),
        "a forward is enough"
    );
    assert_eq!(code(created(json!({ "content": "a", "poll": {} }))), 50035);
}

#[test]
fn an_edit_leaves_what_it_does_not_name_and_must_leave_something() {
    let standing =
        Standing { content: "a", embeds: 1, components: 0, attachments: &[Snowflake(9)], flags: 0 };
    let edited = |body: Value| {
        let context = Context { endpoint: Endpoint::Edit, uploads: &[], edited: Some(&standing) };
        check(&body, &context)
    };
    assert_eq!(edited(json!({})).unwrap(), Draft::default());
    assert_eq!(edited(json!({ "content": null })).unwrap().content.as_deref(), Some(""));
    assert!(edited(json!({ "content": "", "embeds": [] })).is_ok(), "the file still stands");
    assert_eq!(code(edited(json!({ "content": "", "embeds": [], "attachments": [] }))), 50006);
    assert!(edited(json!({ "attachments": [{ "id": "9" }] })).is_ok());
    assert_eq!(code(edited(json!({ "attachments": [{ "id": "8" }] }))), 50035);
}

#[test]
fn flags_that_cannot_be_set_are_ignored() {
    let all = json!({ "content": "a", "flags": flag::EPHEMERAL | flag::SUPPRESS_EMBEDS | (1 << 40) });
    assert_eq!(created(all.clone()).unwrap().flags, Some(flag::SUPPRESS_EMBEDS));
    let answer = check(&all, &Context::plain(Endpoint::Callback)).unwrap();
    assert_eq!(answer.flags, Some(flag::EPHEMERAL | flag::SUPPRESS_EMBEDS));
    assert_eq!(code(created(json!({ "content": "a", "flags": -1 }))), 50035);
}

#[test]
fn the_newer_components_stand_alone() {
    let text = json!([{ "type": 10, "content": "c" }]);
    assert!(created(json!({ "flags": flag::IS_COMPONENTS_V2, "components": text })).is_ok());
    let error =
        created(json!({ "flags": flag::IS_COMPONENTS_V2, "components": text, "content": "a" })).unwrap_err();
    let code_at = &error.body()["errors"]["content"]["_errors"][0]["code"];
    assert_eq!(code_at, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2");
    assert_eq!(code(created(json!({ "components": text }))), 50035);
    // The flag cannot be taken back: an edit of such a message is judged as one.
    let standing =
        Standing { content: "", embeds: 0, components: 1, attachments: &[], flags: flag::IS_COMPONENTS_V2 };
    let context = Context { endpoint: Endpoint::Edit, uploads: &[], edited: Some(&standing) };
    assert_eq!(code(check(&json!({ "content": "a" }), &context)), 50035);
    assert!(check(&json!({ "components": text }), &context).is_ok());
}

#[test]
fn files_are_named_and_limited() {
    let file = |index, size| Upload { index, filename: "a.txt".into(), size };
    let with = |body: Value, uploads: &[Upload]| {
        check(&body, &Context { endpoint: Endpoint::Create, uploads, edited: None })
    };
    assert!(with(json!({}), &[file(0, 10)]).is_ok(), "a file is enough");
    let named = with(json!({ "attachments": [{ "id": 0, "description": "d" }] }), &[file(0, 10)]).unwrap();
    assert!(named.attachments.unwrap()[0].uploaded);
    assert_eq!(code(with(json!({ "content": "a", "attachments": [{ "id": 1 }] }), &[file(0, 10)])), 50035);
    assert_eq!(code(with(json!({}), &[file(0, MAX_FILE_BYTES + 1)])), 40005);
    let three: Vec<_> = (0..3).map(|n| file(n, MAX_FILE_BYTES)).collect();
    assert_eq!(code(with(json!({}), &three)), 40005);
    let many: Vec<_> = (0..11).map(|n| file(n, 1)).collect();
    assert_eq!(code(with(json!({}), &many)), 30015);
}

#[test]
fn defaults_of_mentions_follow_the_endpoint() {
    assert!(Endpoint::Edit.default_mentions().parse_everyone);
    assert!(!Endpoint::EditWebhook.default_mentions().parse_everyone);
    assert!(Endpoint::FollowUp.default_mentions().parse_users);
    assert_eq!(
        code(created(json!({ "content": "a", "allowed_mentions": { "parse": ["users"], "users": ["1"] } }))),
        50035
    );
}

proptest! {
    #[test]
    fn any_json_is_answered(body in any_json(&[
        "content", "embeds", "components", "attachments", "flags", "nonce", "message_reference", "message_id", "id", "type",
        "allowed_mentions", "parse", "title",
    ])) {
        let standing = Standing { content: "a", embeds: 0, components: 0, attachments: &[], flags: 0 };
        for endpoint in [Endpoint::Create, Endpoint::Edit, Endpoint::Callback, Endpoint::CallbackUpdate, Endpoint::FollowUp] {
            for edited in [None, Some(&standing)] {
                let answer = check(&body, &Context { endpoint, uploads: &[], edited });
                prop_assert!(answer.err().is_none_or(|error| error.status == 400));
            }
        }
    }

    #[test]
    fn content_is_judged_as_twilight_judges_it(length in 1990usize..2010) {
        let text = "é".repeat(length);
        let theirs = twilight_validate::message::content(&text).is_ok();
        prop_assert_eq!(created(json!({ "content": text })).is_ok(), theirs);
    }
}
