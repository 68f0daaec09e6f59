//! Embeds: the limits of every field, of a message's embeds together, and how Discord keeps them.
//!
//! From the message page of Discord's documentation ("Embed Limits") and the `RichEmbed` schemas.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::{Iso8601, Rfc3339};

use super::error::{FormErrors, Path};
use super::field::Fields;

/// Embeds of one message.
pub const MAX_EMBEDS: usize = 10;
/// Characters of a title, of an author's name, of a field's name.
pub const MAX_TITLE: usize = 256;
/// Characters of a description.
pub const MAX_DESCRIPTION: usize = 4096;
/// Fields of one embed.
pub const MAX_FIELDS: usize = 25;
/// Characters of a field's value.
pub const MAX_FIELD_VALUE: usize = 1024;
/// Characters of a footer.
pub const MAX_FOOTER: usize = 2048;
/// Characters over title, description, fields, footer and author of all embeds of a message.
pub const MAX_TOTAL: usize = 6000;
/// Characters of an address.
pub const MAX_URL: usize = 2048;
/// The largest colour.
pub const MAX_COLOR: i64 = 0xFF_FFFF;

const WEB: &[&str] = &["http", "https"];
const MEDIA: &[&str] = &["http", "https", "attachment"];

/// Checks the embeds at `path` and returns them as Discord keeps them: blanks around texts gone, `type` set,
/// unknown and unsettable members left out.
pub fn check_all(embeds: &[Value], path: &Path<'_>, errors: &mut FormErrors) -> Vec<Value> {
    let mut kept = Vec::with_capacity(embeds.len());
    let mut total = 0;
    for (index, embed) in embeds.iter().enumerate() {
        let path = path.index(index);
        if embed.is_null() {
            errors.add(&path, "LIST_ITEM_VALUE_REQUIRED", "List item values of ModelType are required");
            continue;
        }
        if let Some(fields) = Fields::of(embed, &path, errors) {
            kept.push(check(&fields, errors, &mut total));
        }
    }
    if total > MAX_TOTAL {
        errors.add(
            path,
            "MAX_EMBED_SIZE_EXCEEDED",
            format!("Embed size exceeds maximum size of {MAX_TOTAL}"),
        );
    }
    kept
}

/// The characters of an embed that count towards [`MAX_TOTAL`].
pub fn size(embed: &Value) -> usize {
    let count = |value: &Value| value.as_str().map_or(0, |text| text.trim().chars().count());
    let fields = embed["fields"].as_array().map_or(&[][..], Vec::as_slice);
    count(&embed["title"])
        + count(&embed["description"])
        + count(&embed["footer"]["text"])
        + count(&embed["author"]["name"])
        + fields.iter().map(|field| count(&field["name"]) + count(&field["value"])).sum::<usize>()
}

fn check(embed: &Fields<'_, '_>, errors: &mut FormErrors, total: &mut usize) -> Value {
    let mut kept = Map::new();
    let mut shown = false;
    let mut text = |key: &str, most: usize, kept: &mut Map<String, Value>, errors: &mut FormErrors| {
        if let Some(text) = embed.trimmed(errors, key, most) {
            kept.insert(key.into(), json!(text));
            shown = true;
        }
    };
    kept.insert("type".into(), json!("rich"));
    text("title", MAX_TITLE, &mut kept, errors);
    text("description", MAX_DESCRIPTION, &mut kept, errors);
    if let Some(url) = embed.url(errors, "url", MAX_URL, WEB) {
        kept.insert("url".into(), json!(url));
    }
    if let Some(color) = embed.integer(errors, "color", 0..=MAX_COLOR) {
        kept.insert("color".into(), json!(color));
    }
    if let Some(timestamp) = timestamp(embed, errors) {
        kept.insert("timestamp".into(), json!(timestamp));
    }
    let parts = [
        ("footer", footer(embed, errors)),
        ("author", author(embed, errors)),
        ("image", media(embed, "image", errors)),
        ("thumbnail", media(embed, "thumbnail", errors)),
        ("fields", fields(embed, errors)),
    ];
    for (key, part) in parts {
        if let Some(part) = part {
            kept.insert(key.into(), part);
            shown = true;
        }
    }
    // A colour, an address or a time alone shows nothing; Discord asks for the description then. What is
    // there but wrong has its own complaint already.
    let tried = ["title", "description", "footer", "author", "image", "thumbnail", "fields"];
    if !shown && !tried.iter().any(|key| embed.get(key).is_some_and(|value| !is_blank(value))) {
        embed.missing(errors, "description");
    }
    let kept = Value::Object(kept);
    *total += size(&kept);
    kept
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn timestamp(embed: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<String> {
    let text = embed.text(errors, "timestamp", 0..=usize::MAX)?;
    let time = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(text, &Iso8601::PARSING))
        .ok()
        .and_then(|time| time.checked_to_offset(time::UtcOffset::UTC));
    let Some(time) = time else {
        let text: String = text.chars().take(80).collect();
        let message = format!("Could not parse {text}. Should be ISO8601.");
        embed.complain(errors, "timestamp", "DATE_TIME_TYPE_PARSE", message);
        return None;
    };
    // The form in which Discord writes every time.
    let form = time::macros::format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]+00:00"
    );
    time.format(&form).ok()
}

fn footer(embed: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<Value> {
    let path = embed.path().key("footer");
    let footer = Fields::of(embed.get("footer")?, &path, errors)?;
    let text = footer.trimmed(errors, "text", MAX_FOOTER);
    let icon = footer.url(errors, "icon_url", MAX_URL, MEDIA);
    if text.is_none() && footer.get("text").is_none_or(is_blank) {
        footer.missing(errors, "text");
    }
    let mut kept = json!({ "text": text? });
    add_icon(&mut kept, icon);
    Some(kept)
}

fn author(embed: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<Value> {
    let path = embed.path().key("author");
    let author = Fields::of(embed.get("author")?, &path, errors)?;
    let name = author.trimmed(errors, "name", MAX_TITLE);
    let url = author.url(errors, "url", MAX_URL, WEB);
    let icon = author.url(errors, "icon_url", MAX_URL, MEDIA);
    if name.is_none() && author.get("name").is_none_or(is_blank) {
        author.missing(errors, "name");
    }
    let mut kept = json!({ "name": name? });
    if let Some(url) = url {
        kept["url"] = json!(url);
    }
    add_icon(&mut kept, icon);
    Some(kept)
}

fn add_icon(kept: &mut Value, icon: Option<&str>) {
    if let Some(icon) = icon {
        kept["icon_url"] = json!(icon);
        kept["proxy_icon_url"] = json!(icon);
    }
}

fn media(embed: &Fields<'_, '_>, key: &str, errors: &mut FormErrors) -> Option<Value> {
    let path = embed.path().key(key);
    let media = Fields::of(embed.get(key)?, &path, errors)?;
    let url = media.url(errors, "url", MAX_URL, MEDIA);
    if url.is_none() && media.get("url").is_none_or(is_blank) {
        media.missing(errors, "url");
    }
    let url = url?;
    Some(json!({ "url": url, "proxy_url": url, "width": 0, "height": 0, "flags": 0 }))
}

fn fields(embed: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<Value> {
    let items = embed.list(errors, "fields", 0..=MAX_FIELDS)?;
    let path = embed.path().key("fields");
    let mut kept = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let Some(field) = Fields::of(item, &path, errors) else { continue };
        let mut part = |key, most| {
            let text = field.trimmed(errors, key, most);
            if text.is_none() && field.get(key).is_none_or(is_blank) {
                field.missing(errors, key);
            }
            text
        };
        let (name, value) = (part("name", MAX_TITLE), part("value", MAX_FIELD_VALUE));
        let inline = field.boolean(errors, "inline").unwrap_or(false);
        if let (Some(name), Some(value)) = (name, value) {
            kept.push(json!({ "name": name, "value": value, "inline": inline }));
        }
    }
    (!kept.is_empty()).then_some(Value::Array(kept))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::field::tests::any_json;
    use super::*;

    fn checked(embeds: Value) -> Result<Vec<Value>, Value> {
        let mut errors = FormErrors::default();
        let root = Path::ROOT;
        let kept = check_all(embeds.as_array().unwrap(), &root.key("embeds"), &mut errors);
        errors.into_result().map(|()| kept).map_err(|error| error.body()["errors"]["embeds"].clone())
    }

    fn fault(embed: Value, pointer: &str) -> String {
        let errors = checked(json!([embed])).expect_err("must not pass");
        let found = errors.pointer(&format!("/0{pointer}/_errors/0/code"));
        found.unwrap_or_else(|| panic!("no complaint at {pointer}: {errors}")).as_str().unwrap().to_owned()
    }

    #[test]
    fn every_limit_holds_at_its_edge() {
        let at = |n: usize| "x".repeat(n);
        type Case = (&'static str, usize, fn(String) -> Value);
        let cases: &[Case] = &[
            ("/title", MAX_TITLE, |t| json!({ "title": t })),
            ("/description", MAX_DESCRIPTION, |t| json!({ "description": t })),
            ("/footer/text", MAX_FOOTER, |t| json!({ "footer": { "text": t } })),
            ("/author/name", MAX_TITLE, |t| json!({ "author": { "name": t } })),
            ("/fields/0/name", MAX_TITLE, |t| json!({ "fields": [{ "name": t, "value": "v" }] })),
            ("/fields/0/value", MAX_FIELD_VALUE, |t| json!({ "fields": [{ "name": "n", "value": t }] })),
        ];
        for (pointer, most, make) in cases {
            assert!(checked(json!([make(at(*most))])).is_ok(), "{pointer}");
            assert_eq!(fault(make(at(most + 1)), pointer), "BASE_TYPE_MAX_LENGTH", "{pointer}");
            // Blanks around a text do not count.
            assert!(checked(json!([make(format!("  {}\n", at(*most)))])).is_ok(), "{pointer}");
        }
        let many = |n| json!({ "fields": vec![json!({ "name": "n", "value": "v" }); n] });
        assert!(checked(json!([many(25)])).is_ok());
        assert_eq!(fault(many(26), "/fields"), "BASE_TYPE_MAX_LENGTH");
        assert_eq!(fault(json!({ "title": "t", "color": 0x100_0000 }), "/color"), "NUMBER_TYPE_MAX");
        assert_eq!(fault(json!({ "title": "t", "color": -1 }), "/color"), "NUMBER_TYPE_MIN");
    }

    #[test]
    fn all_embeds_together_hold_six_thousand() {
        let of = |n: usize| json!({ "description": "x".repeat(n) });
        assert!(checked(json!([of(3000), of(3000)])).is_ok());
        let errors = checked(json!([of(3000), of(3001)])).unwrap_err();
        assert_eq!(errors["_errors"][0]["code"], "MAX_EMBED_SIZE_EXCEEDED");
    }

    #[test]
    fn what_shows_nothing_is_refused() {
        assert_eq!(fault(json!({}), "/description"), "BASE_TYPE_REQUIRED");
        assert_eq!(fault(json!({ "color": 1 }), "/description"), "BASE_TYPE_REQUIRED");
        assert_eq!(fault(json!({ "description": "  " }), "/description"), "BASE_TYPE_REQUIRED");
        assert_eq!(
            fault(json!({ "fields": [{ "name": "", "value": "v" }] }), "/fields/0/name"),
            "BASE_TYPE_REQUIRED"
        );
        assert_eq!(fault(json!({ "fields": [{ "name": "n" }] }), "/fields/0/value"), "BASE_TYPE_REQUIRED");
        assert_eq!(fault(json!({ "footer": {} }), "/footer/text"), "BASE_TYPE_REQUIRED");
        assert_eq!(
            checked(json!([null])).unwrap_err()["0"]["_errors"][0]["code"],
            "LIST_ITEM_VALUE_REQUIRED"
        );
    }

    #[test]
    fn addresses_and_times() {
        let url = |u: &str| json!({ "title": "t", "url": u });
        assert_eq!(fault(url("javascript:alert(1)"), "/url"), "URL_TYPE_INVALID_SCHEME");
        assert_eq!(fault(url("attachment://a.png"), "/url"), "URL_TYPE_INVALID_SCHEME");
        assert_eq!(fault(url("nowhere"), "/url"), "URL_TYPE_INVALID_URL");
        assert!(checked(json!([{ "image": { "url": "attachment://a.png" } }])).is_ok());
        assert_eq!(
            fault(json!({ "title": "t", "timestamp": "yesterday" }), "/timestamp"),
            "DATE_TIME_TYPE_PARSE"
        );
        let kept = checked(json!([{ "title": "t", "timestamp": "2026-01-02T03:04:05+02:00" }])).unwrap();
        assert_eq!(kept[0]["timestamp"], "2026-01-02T01:04:05.000000+00:00");
    }

    #[test]
    fn kept_form_is_what_discord_shows() {
        let kept = checked(json!([{
            "type": "image", "title": " Title ", "provider": { "name": "me" }, "typo": 1,
            "fields": [{ "name": "n", "value": "v" }],
            "footer": { "text": "f", "icon_url": "https://a.example/i.png" },
        }]))
        .unwrap();
        assert_eq!(
            kept,
            [json!({
                "type": "rich", "title": "Title", "fields": [{ "name": "n", "value": "v", "inline": false }],
                "footer": {
                    "text": "f", "icon_url": "https://a.example/i.png", "proxy_icon_url": "https://a.example/i.png",
                },
            })]
        );
    }

    /// Embeds near the limits, for comparing with another implementation.
    fn near_limits() -> impl Strategy<Value = Value> {
        let text = |most: usize| {
            prop_oneof![1usize..8, (most - 1)..(most + 2)].prop_map(|n| Value::String("é".repeat(n)))
        };
        let field = (text(MAX_TITLE), text(MAX_FIELD_VALUE))
            .prop_map(|(n, v)| json!({ "name": n, "value": v, "inline": true }));
        (
            text(MAX_TITLE),
            text(MAX_DESCRIPTION),
            proptest::option::of(text(MAX_FOOTER)),
            proptest::collection::vec(field, 0..27),
        )
            .prop_map(|(title, description, footer, fields)| {
                let mut embed =
                    json!({ "type": "rich", "title": title, "description": description, "fields": fields });
                if let Some(text) = footer {
                    embed["footer"] = json!({ "text": text });
                }
                embed
            })
    }

    proptest! {
        #[test]
        fn any_json_is_answered(value in any_json(&[
            "title", "description", "fields", "name", "value", "footer", "text", "url", "image", "author", "color", "timestamp",
        ])) {
            let list = value.as_array().cloned().unwrap_or_else(|| vec![value]);
            if let Ok(kept) = checked(Value::Array(list)) {
                // What was kept passes again, unchanged.
                prop_assert_eq!(checked(Value::Array(kept.clone())).unwrap(), kept);
            }
        }

        #[test]
        fn verdicts_are_those_of_twilight(embeds in proptest::collection::vec(near_limits(), 1..3)) {
            let theirs: Vec<twilight_model::channel::message::Embed> =
                embeds.iter().map(|embed| serde_json::from_value(embed.clone()).unwrap()).collect();
            let theirs = twilight_validate::message::embeds(&theirs);
            let ours = checked(Value::Array(embeds));
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "ours {:?}, theirs {:?}", ours, theirs);
        }
    }
}
