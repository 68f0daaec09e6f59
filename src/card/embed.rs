//! A card as strings within Discord's limits.

use super::{Card, Field, escape, limits, rich::Style};

/// What an embed holds, ready to be sent: escaped, cut, never empty where Discord wants something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embed {
    /// Colour of the edge.
    pub colour: u32,
    /// Title, Markdown.
    pub title: String,
    /// Where the title leads.
    pub url: Option<String>,
    /// Description, Markdown; may be empty when there are fields.
    pub description: String,
    /// Fields.
    pub fields: Vec<EmbedField>,
    /// Footer, shown as it is; may be empty.
    pub footer: String,
}

/// One field of an embed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedField {
    /// Heading, Markdown.
    pub name: String,
    /// Text, Markdown.
    pub value: String,
    /// Whether it may stand beside its neighbours.
    pub inline: bool,
}

/// Stands where Discord wants something and there is nothing.
const NOTHING: &str = "—";

/// When everything that may go is gone, parts are still not cut below this.
const SMALLEST_PART: usize = 40;

impl Embed {
    /// Its share of [`limits::MESSAGE_TOTAL`].
    #[must_use]
    pub fn units(&self) -> usize {
        let fields: usize =
            self.fields.iter().map(|f| limits::units(&f.name) + limits::units(&f.value)).sum();
        limits::units(&self.title) + limits::units(&self.description) + fields + limits::units(&self.footer)
    }
}

/// The embed of a card that is the only one in its message.
#[must_use]
pub fn fit(card: &Card) -> Embed {
    fit_into(card, limits::MESSAGE_TOTAL)
}

/// The embeds of cards that share one message: at most [`limits::EMBEDS`], together within [`limits::MESSAGE_TOTAL`].
/// Short cards leave their room to the ones after them.
#[must_use]
pub fn fit_together(cards: &[Card]) -> Vec<Embed> {
    let mut room = limits::MESSAGE_TOTAL;
    let count = cards.len().min(limits::EMBEDS);
    let mut embeds = Vec::with_capacity(count);
    for (place, card) in cards.iter().take(count).enumerate() {
        let embed = fit_into(card, room / (count - place));
        room = room.saturating_sub(embed.units());
        embeds.push(embed);
    }
    embeds
}

/// The card as the text of a message, for a channel in which embeds may not stand. When it is too long, whole sections go
/// first, the least important ones: how names were read stands at its end and must not be cut off with a quote.
#[must_use]
pub fn content(card: &Card) -> String {
    let mut fields: Vec<&Field> = card.fields.iter().collect();
    loop {
        let mut text = card.title.restyled(Style::Strong);
        text.paragraph(card.body.clone());
        for field in &fields {
            text.paragraph(field.name.restyled(Style::Strong));
            text.line(field.value.clone());
        }
        text.paragraph(card.footer.clone());
        let least = fields.iter().map(|field| field.drop_order).max().unwrap_or(0);
        if least == 0 || limits::units(&text.markdown(usize::MAX)) <= limits::CONTENT {
            let content = text.markdown(limits::CONTENT);
            return if content.is_empty() { NOTHING.to_owned() } else { content };
        }
        fields.retain(|field| field.drop_order != least);
    }
}

fn fit_into(card: &Card, total: usize) -> Embed {
    let mut fields: Vec<&Field> = card.fields.iter().take(limits::FIELDS).collect();
    let mut largest = limits::DESCRIPTION;
    loop {
        let embed = write(card, &fields, largest);
        if embed.units() <= total {
            return embed;
        }
        // First whole sections go, the least important ones together; then all long parts are cut, evenly; at last, sections
        // from the end.
        let least = fields.iter().map(|field| field.drop_order).max().unwrap_or(0);
        if least > 0 {
            fields.retain(|field| field.drop_order != least);
        } else if largest > SMALLEST_PART {
            largest = (largest * 7 / 8).max(SMALLEST_PART);
        } else if fields.pop().is_none() {
            return embed;
        }
    }
}

fn write(card: &Card, fields: &[&Field], largest: usize) -> Embed {
    let filled = |text: String| if text.trim().is_empty() { NOTHING.to_owned() } else { text };
    Embed {
        colour: card.colour.rgb(),
        title: filled(card.title.markdown(limits::TITLE.min(largest))),
        url: card.link.as_deref().and_then(escape::address),
        description: card.body.markdown(limits::DESCRIPTION.min(largest)),
        fields: fields
            .iter()
            .map(|field| EmbedField {
                name: filled(field.name.markdown(limits::FIELD_NAME.min(largest))),
                value: filled(field.value.markdown(limits::FIELD_VALUE.min(largest))),
                inline: field.inline,
            })
            .collect(),
        footer: card.footer.bare(limits::FOOTER.min(largest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Rich;

    fn field(letter: &str, length: usize, drop_order: u8) -> Field {
        Field {
            name: Rich::plain(letter),
            value: Rich::plain(&letter.repeat(length)),
            inline: false,
            drop_order,
        }
    }

    fn names(embed: &Embed) -> String {
        embed.fields.iter().map(|field| field.name.as_str()).collect()
    }

    #[test]
    fn the_least_important_sections_go_first() {
        let orders = [("a", 0), ("b", 2), ("c", 1), ("d", 2), ("e", 0), ("f", 0)];
        let fields = orders.map(|(letter, order)| field(letter, 1024, order)).to_vec();
        let card = Card { title: Rich::plain("t"), fields, ..Card::default() };
        let embed = fit(&card);
        assert_eq!((names(&embed).as_str(), embed.units()), ("acef", 1 + 4 * 1025));
        assert_eq!(names(&fit_into(&card, 4_200)), "acef");
        assert_eq!(names(&fit_into(&card, 4_000)), "aef");
    }

    #[test]
    fn what_must_stay_is_cut_evenly() {
        let card = Card {
            title: Rich::plain("t"),
            body: Rich::plain(&"x".repeat(5_000)),
            fields: (0..8).map(|_| field("y", 2_000, 0)).collect(),
            ..Card::default()
        };
        let embed = fit(&card);
        assert!(embed.units() <= limits::MESSAGE_TOTAL && embed.units() > 5_000, "{}", embed.units());
        assert_eq!(embed.fields.len(), 8);
        assert!(embed.description.ends_with(limits::ELLIPSIS));
    }

    #[test]
    fn nothing_is_empty_where_discord_wants_something() {
        let card = Card { fields: vec![Field::default()], ..Card::default() };
        let embed = fit(&card);
        assert_eq!(
            (embed.title.as_str(), embed.fields[0].name.as_str(), embed.fields[0].value.as_str()),
            ("—", "—", "—")
        );
        assert_eq!(content(&Card::default()), "—");
    }

    #[test]
    fn a_text_that_is_too_long_loses_a_section_and_not_its_end() {
        let fields = [("a", 0), ("b", 2), ("c", 1)].map(|(letter, order)| field(letter, 900, order)).to_vec();
        let card = Card {
            title: Rich::plain("t"),
            fields,
            footer: Rich::plain("how it was read"),
            ..Card::default()
        };
        let text = content(&card);
        assert!(limits::units(&text) <= limits::CONTENT && text.ends_with("how it was read"), "{text}");
        assert!(text.contains("ccc") && !text.contains("bbb"), "{text}");
        let endless = Card { body: Rich::plain(&"x".repeat(5_000)), ..card };
        assert_eq!(limits::units(&content(&endless)), limits::CONTENT);
    }

    #[test]
    fn cards_of_one_message_share_its_room() {
        let long = Card {
            title: Rich::plain("t"),
            fields: (0..9).map(|_| field("y", 1_000, 0)).collect(),
            ..Card::default()
        };
        let short = Card { title: Rich::plain("t"), body: Rich::plain("short"), ..Card::default() };
        let embeds = fit_together(&[short.clone(), long.clone(), short, long]);
        assert!(embeds.iter().map(Embed::units).sum::<usize>() <= limits::MESSAGE_TOTAL);
        assert_eq!(embeds.len(), 4);
        assert_eq!(fit_together(&vec![Card::default(); 12]).len(), limits::EMBEDS);
    }
}
