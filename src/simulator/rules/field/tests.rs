//! Tests of reading fields, and JSON of any shape for the tests of the other rules.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// JSON of any shape, with keys that the forms know among others.
pub(in crate::simulator::rules) fn any_json(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        (0i64..30).prop_map(|number| json!(number)),
        "\\PC{0,40}".prop_map(Value::String),
        "[0-9]{1,20}".prop_map(Value::String),
    ];
    leaf.prop_recursive(6, 96, 8, move |inner| {
        let key = prop_oneof![9 => proptest::sample::select(keys).prop_map(str::to_owned), 1 => "\\PC{0,6}"];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            proptest::collection::vec((key, inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn codes_of(read: impl FnOnce(&Fields<'_, '_>, &mut FormErrors), value: Value) -> Vec<String> {
    let mut errors = FormErrors::default();
    let root = Path::ROOT;
    if let Some(fields) = Fields::of(&value, &root, &mut errors) {
        read(&fields, &mut errors);
    }
    let body = errors.into_result().err().map(|error| error.body()["errors"].to_string()).unwrap_or_default();
    body.split("\"code\":\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn each_kind_has_its_complaint() {
    let text = |v: Value| {
        codes_of(
            |f, e| {
                f.needed_text(e, "k", 1..=3);
            },
            json!({ "k": v }),
        )
    };
    assert_eq!(text(json!("abc")), Vec::<String>::new());
    assert_eq!(text(json!("")), ["BASE_TYPE_REQUIRED"]);
    assert_eq!(text(Value::Null), ["BASE_TYPE_REQUIRED"]);
    assert_eq!(text(json!("abcd")), ["BASE_TYPE_BAD_LENGTH"]);
    assert_eq!(text(json!({})), ["STRING_TYPE_CONVERT"]);
    let number = |v: Value| {
        codes_of(
            |f, e| {
                f.integer(e, "k", 1..=3);
            },
            json!({ "k": v }),
        )
    };
    assert_eq!(number(json!(2)), Vec::<String>::new());
    assert_eq!(number(json!("2")), Vec::<String>::new());
    assert_eq!(number(json!(2.0)), Vec::<String>::new());
    assert_eq!(number(json!(0)), ["NUMBER_TYPE_MIN"]);
    assert_eq!(number(json!(4)), ["NUMBER_TYPE_MAX"]);
    assert_eq!(number(json!("STRING")), ["NUMBER_TYPE_COERCE"]);
    assert_eq!(number(json!(2.5)), ["NUMBER_TYPE_COERCE"]);
    let list = |v: Value| {
        codes_of(
            |f, e| {
                f.list(e, "k", 0..=1);
            },
            json!({ "k": v }),
        )
    };
    assert_eq!(list(json!([1, 2])), ["BASE_TYPE_MAX_LENGTH"]);
    assert_eq!(list(json!({})), ["LIST_TYPE_CONVERT"]);
    assert_eq!(
        codes_of(
            |f, e| {
                f.boolean(e, "k");
            },
            json!({ "k": 1 })
        ),
        ["BOOLEAN_TYPE_CONVERT"]
    );
    assert_eq!(
        codes_of(
            |f, e| {
                f.snowflake(e, "k");
            },
            json!({ "k": "x" })
        ),
        ["NUMBER_TYPE_COERCE"]
    );
    assert_eq!(
        codes_of(
            |f, e| {
                f.choice(e, "k", &[1, 4]);
            },
            json!({ "k": 2 })
        ),
        ["BASE_TYPE_CHOICES"]
    );
    assert_eq!(codes_of(|_, _| {}, json!([])), ["MODEL_TYPE_CONVERT"]);
}

#[test]
fn addresses() {
    let web: &[&str] = &["http", "https"];
    for good in
        ["https://a.example/x?y#z", "HTTP://A.example", "https://a.example:8080/", "https://bücher.example"]
    {
        assert_eq!(check_url(good, web), Ok(()), "{good}");
    }
    let code = |text| check_url(text, web).unwrap_err().0;
    for scheme in ["javascript:alert(1)", "ftp://a.example", "data:text/html,x", "attachment://a.png"] {
        assert_eq!(code(scheme), "URL_TYPE_INVALID_SCHEME", "{scheme}");
    }
    for bad in [
        "a.example",
        "https:",
        "https:/a.example",
        "https://",
        "https://localhost",
        "https://a b.example",
        "//a.example",
        "https://a.example:port",
        "https://-a.example",
        "https://a..example",
        "https://a.example/\"",
        "https://?x.y",
    ] {
        assert_eq!(code(bad), "URL_TYPE_INVALID_URL", "{bad}");
    }
    assert_eq!(check_url("attachment://a.png", &["attachment"]), Ok(()));
    assert!(check_url("attachment://", &["attachment"]).is_err());
}

proptest! {
    #[test]
    fn reading_never_panics(value in any_json(&["k", "list", "text"])) {
        codes_of(|f, e| {
            f.text(e, "k", 1..=5);
            f.trimmed(e, "text", 3);
            f.list(e, "list", 1..=2);
            f.integer(e, "k", 0..=5);
            f.number(e, "k");
            f.boolean(e, "k");
            f.snowflakes(e, "list", 3);
            f.url(e, "text", 100, &["http"]);
            f.choice(e, "k", &[1]);
        }, value);
    }
}
