//! The newer layout components of messages (flag `IS_COMPONENTS_V2`): texts, sections, pictures, frames.

use serde_json::{Map, Value, json};

use super::component::{Walk, button, kind, kind_of, row};
use super::error::{FormErrors, Path};
use super::field::Fields;

/// What may stand at the top of a message.
pub(super) const TOP: &[i64] = &[
    kind::ACTION_ROW,
    kind::SECTION,
    kind::TEXT_DISPLAY,
    kind::MEDIA_GALLERY,
    kind::FILE,
    kind::SEPARATOR,
    kind::CONTAINER,
];
/// What may stand in a container: everything but another container.
const INSIDE: &[i64] =
    &[kind::ACTION_ROW, kind::SECTION, kind::TEXT_DISPLAY, kind::MEDIA_GALLERY, kind::FILE, kind::SEPARATOR];
/// Characters of one text.
const MAX_TEXT: usize = 4000;
/// Characters of the description of a picture.
const MAX_ALT: usize = 1024;
/// Pictures of a gallery.
const MAX_ITEMS: usize = 10;
/// Texts of a section.
const MAX_SECTION_TEXTS: usize = 3;

/// Checks one component of the kinds in `allowed` and returns it as Discord keeps it.
pub(super) fn check(
    fields: &Fields<'_, '_>,
    allowed: &[i64],
    walk: &mut Walk,
    errors: &mut FormErrors,
) -> Option<Value> {
    match kind_of(fields, allowed, errors)? {
        kind::ACTION_ROW => row(fields, walk, errors),
        kind::SECTION => section(fields, walk, errors),
        kind::TEXT_DISPLAY => text_display(fields, walk, errors),
        kind::THUMBNAIL => thumbnail(fields, walk, errors),
        kind::MEDIA_GALLERY => gallery(fields, walk, errors),
        kind::FILE => file(fields, walk, errors),
        kind::SEPARATOR => separator(fields, walk, errors),
        kind::CONTAINER => container(fields, walk, errors),
        kind::BUTTON => button(fields, walk, errors),
        _ => None,
    }
}

/// Checks a list of components and returns those that passed.
fn children(
    fields: &Fields<'_, '_>,
    allowed: &[i64],
    most: usize,
    walk: &mut Walk,
    errors: &mut FormErrors,
) -> Option<Vec<Value>> {
    if fields.get("components").is_none() {
        fields.missing(errors, "components");
    }
    let list = fields.list(errors, "components", 1..=most)?;
    let path = fields.path().key("components");
    let mut kept = Vec::with_capacity(list.len());
    for (index, child) in list.iter().enumerate() {
        let path = path.index(index);
        let Some(child) = Fields::of(child, &path, errors) else { continue };
        kept.extend(check(&child, allowed, walk, errors));
    }
    Some(kept)
}

fn container(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::CONTAINER, errors);
    let color = fields.integer(errors, "accent_color", 0..=0xFF_FFFF);
    kept.insert("accent_color".into(), json!(color));
    spoiler(fields, &mut kept, errors);
    let inside = children(fields, INSIDE, super::component::MAX_V2, walk, errors)?;
    kept.insert("components".into(), Value::Array(inside));
    Some(Value::Object(kept))
}

fn section(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::SECTION, errors);
    let texts = children(fields, &[kind::TEXT_DISPLAY], MAX_SECTION_TEXTS, walk, errors)?;
    kept.insert("components".into(), Value::Array(texts));
    let Some(accessory) = fields.get("accessory") else {
        fields.missing(errors, "accessory");
        return None;
    };
    let path = fields.path().key("accessory");
    let accessory = Fields::of(accessory, &path, errors)?;
    let accessory = check(&accessory, &[kind::BUTTON, kind::THUMBNAIL], walk, errors)?;
    kept.insert("accessory".into(), accessory);
    Some(Value::Object(kept))
}

/// A text; also a part of forms.
pub(super) fn text_display(
    fields: &Fields<'_, '_>,
    walk: &mut Walk,
    errors: &mut FormErrors,
) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::TEXT_DISPLAY, errors);
    let content = fields.needed_text(errors, "content", 1..=MAX_TEXT)?;
    walk.text += content.chars().count();
    kept.insert("content".into(), json!(content));
    Some(Value::Object(kept))
}

fn thumbnail(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::THUMBNAIL, errors);
    described(fields, &mut kept, errors);
    kept.insert("media".into(), media(fields, "media", &["http", "https", "attachment"], errors)?);
    Some(Value::Object(kept))
}

fn gallery(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::MEDIA_GALLERY, errors);
    if fields.get("items").is_none() {
        fields.missing(errors, "items");
    }
    let items = fields.list(errors, "items", 1..=MAX_ITEMS)?;
    let path: Path<'_> = fields.path().key("items");
    let mut pictures = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let Some(item) = Fields::of(item, &path, errors) else { continue };
        let mut picture = Map::new();
        described(&item, &mut picture, errors);
        if let Some(media) = media(&item, "media", &["http", "https", "attachment"], errors) {
            picture.insert("media".into(), media);
            pictures.push(Value::Object(picture));
        }
    }
    kept.insert("items".into(), Value::Array(pictures));
    Some(Value::Object(kept))
}

fn file(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::FILE, errors);
    spoiler(fields, &mut kept, errors);
    kept.insert("file".into(), media(fields, "file", &["attachment"], errors)?);
    Some(Value::Object(kept))
}

fn separator(fields: &Fields<'_, '_>, walk: &mut Walk, errors: &mut FormErrors) -> Option<Value> {
    let mut kept = walk.begin(fields, kind::SEPARATOR, errors);
    kept.insert("spacing".into(), json!(fields.choice(errors, "spacing", &[1, 2]).unwrap_or(1)));
    kept.insert("divider".into(), json!(fields.boolean(errors, "divider").unwrap_or(true)));
    Some(Value::Object(kept))
}

fn described(fields: &Fields<'_, '_>, kept: &mut Map<String, Value>, errors: &mut FormErrors) {
    let text = fields.text(errors, "description", 1..=MAX_ALT);
    kept.insert("description".into(), json!(text));
    spoiler(fields, kept, errors);
}

fn spoiler(fields: &Fields<'_, '_>, kept: &mut Map<String, Value>, errors: &mut FormErrors) {
    kept.insert("spoiler".into(), json!(fields.boolean(errors, "spoiler").unwrap_or(false)));
}

/// Something to load: an address or a file of the message.
fn media(fields: &Fields<'_, '_>, key: &str, schemes: &[&str], errors: &mut FormErrors) -> Option<Value> {
    let Some(media) = fields.get(key) else {
        fields.missing(errors, key);
        return None;
    };
    let path = fields.path().key(key);
    let media = Fields::of(media, &path, errors)?;
    if media.get("url").is_none() {
        media.missing(errors, "url");
    }
    let url = media.url(errors, "url", super::embed::MAX_URL, schemes)?;
    Some(json!({ "url": url, "proxy_url": url }))
}

#[cfg(test)]
mod tests {
    use super::super::component;
    use super::*;

    fn checked(components: &Value) -> Result<Vec<Value>, Value> {
        let mut errors = FormErrors::default();
        let root = Path::ROOT;
        let kept =
            component::check(components.as_array().unwrap(), &root.key("components"), true, &mut errors);
        errors.into_result().map(|()| kept).map_err(|error| error.body()["errors"]["components"].clone())
    }

    fn text(length: usize) -> Value {
        json!({ "type": 10, "content": "x".repeat(length) })
    }

    #[test]
    fn a_whole_layout_passes() {
        let layout = json!([
            text(3),
            { "type": 17, "accent_color": 5, "components": [
                { "type": 9, "components": [text(1)], "accessory": { "type": 11, "media": { "url": "https://a.example/p.png" } } },
                { "type": 9, "components": [text(1)], "accessory": { "type": 2, "style": 1, "label": "l", "custom_id": "x" } },
                { "type": 12, "items": [{ "media": { "url": "attachment://p.png" } }] },
                { "type": 14 },
                { "type": 13, "file": { "url": "attachment://p.txt" } },
                { "type": 1, "components": [{ "type": 2, "style": 1, "label": "l", "custom_id": "y" }] },
            ] },
        ]);
        let kept = checked(&layout).unwrap();
        assert_eq!(kept[1]["components"][3], json!({ "type": 14, "id": 10, "spacing": 1, "divider": true }));
        assert!(component::find(&kept, "x").is_some() && component::find(&kept, "y").is_some());
    }

    #[test]
    fn texts_and_components_are_counted_over_the_message() {
        assert!(checked(&json!([text(2000), text(2000)])).is_ok());
        let errors = checked(&json!([text(2000), text(2001)])).unwrap_err();
        assert_eq!(errors["_errors"][0]["code"], "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED");
        let all = |n: usize| Value::Array(vec![text(1); n]);
        assert!(checked(&all(40)).is_ok());
        assert!(checked(&all(41)).is_err());
        let nested = json!([{ "type": 17, "components": vec![text(1); 40] }]);
        assert!(checked(&nested).is_err(), "the frame counts too");
    }

    #[test]
    fn misplaced_parts_are_refused() {
        for bad in [
            json!([{ "type": 17, "components": [{ "type": 17, "components": [text(1)] }] }]),
            json!([{ "type": 11, "media": { "url": "https://a.example/p.png" } }]),
            json!([{ "type": 9, "components": [text(1)] }]),
            json!([{ "type": 13, "file": { "url": "https://a.example/p.png" } }]),
            json!([{ "type": 4, "custom_id": "x", "style": 1 }]),
            json!([text(0)]),
        ] {
            assert!(checked(&bad).is_err(), "{bad}");
        }
    }
}
