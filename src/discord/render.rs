//! Our cards as the JSON that Discord takes. The last, thin step: nothing is decided here.
//!
//! Every message carries `allowed_mentions: {parse: []}`; edits too, because an edit without it is parsed anew with
//! Discord's defaults. Source: Discord's page "Message", allowed mentions.

use serde_json::{Map, Value, json};

use crate::card::{
    Card, Row,
    embed::{self, Embed},
    limits,
    parts::{Button, ButtonStyle, Form, Input, Menu},
};

/// The flag of a message that only the asker sees.
pub(super) const EPHEMERAL: u64 = 1 << 6;

/// A message with these cards. Without the right to embed, the first card as text.
///
/// Rows of all cards are shown below, at most five; the message is private when any card is.
#[must_use]
pub fn message(cards: &[Card], can_embed: bool) -> Value {
    let mut message = Map::new();
    if can_embed {
        let embeds: Vec<Value> = embed::fit_together(cards).iter().map(embed_json).collect();
        message.insert("embeds".to_owned(), embeds.into());
        // An edit that turns text into cards must take the text away.
        message.insert("content".to_owned(), "".into());
    } else {
        let text = cards.first().map(embed::content).unwrap_or_default();
        message.insert("content".to_owned(), text.into());
        message.insert("embeds".to_owned(), json!([]));
    }
    let rows: Vec<Value> =
        cards.iter().flat_map(|card| &card.rows).filter_map(row).take(limits::ROWS).collect();
    message.insert("components".to_owned(), rows.into());
    message.insert("allowed_mentions".to_owned(), json!({"parse": []}));
    if cards.iter().any(|card| card.private) {
        message.insert("flags".to_owned(), EPHEMERAL.into());
    }
    message.into()
}

fn embed_json(embed: &Embed) -> Value {
    let mut json = json!({"color": embed.colour, "title": embed.title});
    if !embed.description.is_empty() {
        json["description"] = embed.description.clone().into();
    }
    if let Some(url) = &embed.url {
        json["url"] = url.clone().into();
    }
    if !embed.footer.is_empty() {
        json["footer"] = json!({"text": embed.footer});
    }
    if !embed.fields.is_empty() {
        json["fields"] = embed
            .fields
            .iter()
            .map(|field| json!({"name": field.name, "value": field.value, "inline": field.inline}))
            .collect();
    }
    json
}

fn row(row: &Row) -> Option<Value> {
    let components: Vec<Value> = match row {
        Row::Buttons(buttons) => buttons.iter().take(limits::BUTTONS).map(button).collect(),
        Row::Menu(menu) if menu.options.is_empty() => Vec::new(),
        Row::Menu(menu) => vec![menu_json(menu)],
    };
    (!components.is_empty()).then(|| json!({"type": 1, "components": components}))
}

fn button(button: &Button) -> Value {
    let style = match button.style {
        ButtonStyle::Main => 1,
        ButtonStyle::Normal => 2,
        ButtonStyle::Danger => 4,
        ButtonStyle::Link => {
            return json!({"type": 2, "style": 5, "label": button.label, "url": button.id});
        }
    };
    json!({"type": 2, "style": style, "label": button.label, "custom_id": button.id, "disabled": !button.enabled})
}

fn menu_json(menu: &Menu) -> Value {
    let options: Vec<Value> = menu
        .options
        .iter()
        .map(|option| {
            let mut json = json!({"label": option.label, "value": option.value});
            if !option.hint.is_empty() {
                json["description"] = option.hint.clone().into();
            }
            json
        })
        .collect();
    json!({
        "type": 3, "custom_id": menu.id, "placeholder": menu.placeholder, "options": options,
        "min_values": 1, "max_values": 1,
    })
}

/// A form, as the data of an interaction callback.
#[must_use]
pub fn form(form: &Form) -> Value {
    let rows: Vec<Value> =
        form.inputs.iter().map(|one| json!({"type": 1, "components": [input(one)]})).collect();
    json!({"custom_id": form.id, "title": form.title, "components": rows})
}

fn input(input: &Input) -> Value {
    let mut json = json!({
        "type": 4,
        "custom_id": input.id,
        "style": if input.is_long { 2 } else { 1 },
        "label": input.label,
        "min_length": input.min,
        "max_length": input.max,
        "required": input.min > 0,
    });
    if !input.value.is_empty() {
        json["value"] = input.value.clone().into();
    }
    if !input.hint.is_empty() {
        json["placeholder"] = limits::cut(&input.hint, limits::INPUT_PLACEHOLDER).into();
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{MenuOption, Rich};

    #[test]
    fn a_message_pings_nobody_and_keeps_its_rows() {
        let card = Card {
            title: Rich::plain("@everyone"),
            rows: vec![
                Row::Buttons(vec![Button::new("Reviews", "reviews:x")]),
                Row::Buttons(Vec::new()),
                Row::Menu(Menu::new("m", "Pick", Vec::<MenuOption>::new())),
            ],
            private: true,
            ..Card::default()
        };
        let message = message(&[card], true);
        assert_eq!(message["allowed_mentions"], json!({"parse": []}));
        assert_eq!(message["flags"], 64);
        assert_eq!(message["components"].as_array().unwrap().len(), 1, "empty rows are refused by Discord");
    }

    #[test]
    fn without_embeds_the_card_is_text() {
        let card = Card { title: Rich::plain("A"), body: Rich::plain("b"), ..Card::default() };
        let message = message(&[card], false);
        assert_eq!(message["embeds"], json!([]));
        assert!(message["content"].as_str().unwrap().contains('b'));
    }

    #[test]
    fn a_form_comes_back_filled_in() {
        let input = Input::new("quote", "Quote", 1, 1_000).value("what was typed").long();
        let json = form(&Form::new("addreview:x", "Add a review", [input]));
        let field = &json["components"][0]["components"][0];
        assert_eq!((field["value"].as_str(), field["style"].as_u64()), (Some("what was typed"), Some(2)));
    }
}
