//! The mark of a card: its first button says which tool it is for.
//!
//! A card is in the store before it is seeded. Its own MESSAGE_CREATE may reach us before the answer of the call that
//! posted it, or that answer may be lost; the mark lets either of them register the card.

use serenity::all::{ActionRowComponent, ButtonKind, Message};

use super::custom_id;
use crate::{
    domain::ids::{ChannelId, MessageId, ServerId, ToolId},
    store::records::{Card, CardKind},
};

/// The verb of the button under every card; a click on it opens all reviews of the tool.
pub const VERB: &str = "card";

/// What the mark says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardMark {
    /// The tool.
    pub tool: ToolId,
    /// How the card came to be posted.
    pub kind: CardKind,
    /// Language of its texts (BCP 47).
    pub lang: String,
}

impl CardMark {
    /// The custom id that carries the mark. `None` when it would not fit, which no tool id and language we use do.
    #[must_use]
    pub fn custom_id(&self) -> Option<String> {
        let kind = match self.kind {
            CardKind::Comparison => "c",
            CardKind::Single => "s",
            CardKind::Digest => "d",
        };
        custom_id::encode(VERB, &[self.tool.as_str(), kind, &self.lang])
    }

    /// Reads a custom id.
    #[must_use]
    pub fn read(custom_id: &str) -> Option<Self> {
        if !custom_id.starts_with(VERB) {
            return None;
        }
        let (verb, args) = custom_id::decode(custom_id);
        let [tool, kind, lang] = args.as_slice() else { return None };
        let kind = match kind.as_str() {
            "c" => CardKind::Comparison,
            "s" => CardKind::Single,
            "d" => CardKind::Digest,
            _ => return None,
        };
        let fits = (1..=ToolId::MAX_BYTES).contains(&tool.len()) && (1..=35).contains(&lang.len());
        (verb == VERB && fits).then(|| Self { tool: ToolId::trusted(tool), kind, lang: lang.clone() })
    }
}

/// The card that a message of ours is, if it is one.
#[must_use]
pub fn card_of(message: &Message) -> Option<Card> {
    card_in(ServerId(message.guild_id?.get()), message)
}

/// The same for a message that REST answered with, which does not say its server.
#[must_use]
pub fn card_in(server: ServerId, message: &Message) -> Option<Card> {
    let mark = message.components.iter().flat_map(|row| &row.components).find_map(|one| match one {
        ActionRowComponent::Button(button) => match &button.data {
            ButtonKind::NonLink { custom_id, .. } => CardMark::read(custom_id),
            _ => None,
        },
        _ => None,
    })?;
    Some(Card {
        id: MessageId(message.id.get()),
        server,
        channel: ChannelId(message.channel_id.get()),
        tool: mark.tool,
        card: mark.kind,
        lang: mark.lang,
        frozen: None,
        plain: message.embeds.is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_survives_discord() {
        for kind in [CardKind::Comparison, CardKind::Single, CardKind::Digest] {
            let mark = CardMark { tool: ToolId::trusted(&"t".repeat(40)), kind, lang: "x".repeat(35) };
            assert_eq!(CardMark::read(&mark.custom_id().unwrap()), Some(mark));
        }
        for other in
            ["", "card", "card:axolotl:c", "card::c:en", "card:a:x:en", "cards:a:c:en", "page:a:c:en"]
        {
            assert_eq!(CardMark::read(other), None, "{other}");
        }
    }

    #[test]
    fn a_card_is_read_from_our_own_message() {
        let mark =
            CardMark { tool: ToolId::trusted("axolotl"), kind: CardKind::Single, lang: "en-US".into() };
        let message = serde_json::json!({
            "id": "10", "channel_id": "11", "guild_id": "12", "content": "", "tts": false, "pinned": false,
            "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
            "timestamp": "2026-11-24T08:00:00.000000+00:00", "edited_timestamp": null, "type": 0,
            "author": {"id": "1", "username": "tiebreaker", "discriminator": "0", "avatar": null, "bot": true},
            "components": [{"type": 1, "components": [
                {"type": 2, "style": 5, "label": "Site", "url": "https://example.org"},
                {"type": 2, "style": 2, "label": "Reviews", "custom_id": mark.custom_id()},
            ]}],
        });
        let message: Message = serde_json::from_value(message).unwrap();
        let card = card_of(&message).unwrap();
        assert_eq!((card.id, card.channel, card.server), (MessageId(10), ChannelId(11), ServerId(12)));
        assert_eq!(
            (card.tool.as_str(), card.card, card.lang.as_str()),
            ("axolotl", CardKind::Single, "en-US")
        );
    }
}
