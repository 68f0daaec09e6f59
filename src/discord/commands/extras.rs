//! What commands add to cards because of the place where they stand: links to cards that stand there already, permissions
//! that are missing, small print; and the question back for a name that is not clear.

use crate::{
    card::{Button, Card, Rich, Row, find, limits, words::Frame},
    discord::permissions::Abilities,
    service::names::Unclear,
    store::records,
    text::Texts,
};

/// A button for each tool whose card stands in the channel already: it leads there.
pub(super) fn link_cards<'a>(
    card: &mut Card,
    standing: impl IntoIterator<Item = (&'a str, &'a records::Card)>,
    text: &'static Texts,
) {
    let buttons: Vec<Button> = standing
        .into_iter()
        .take(limits::BUTTONS)
        .map(|(name, card)| {
            let label = text.get("compare-card-stands", &[("tool", name.into())]);
            Button::link(&label, card_url(card))
        })
        .collect();
    if !buttons.is_empty() {
        card.rows.push(Row::Buttons(buttons));
    }
}

/// Where a card stands, as an address that Discord opens in place.
#[must_use]
pub(in crate::discord) fn card_url(card: &records::Card) -> String {
    format!("https://discord.com/channels/{}/{}/{}", card.server, card.channel, card.id)
}

/// Says which permissions are missing here and what does not work without them.
pub(super) fn name_missing(card: &mut Card, abilities: Abilities, text: &'static Texts) {
    for key in abilities.missing() {
        let why = text.get(&format!("{key}-why"), &[]);
        let name = text.get(key, &[]);
        card.footer.line(Rich::plain(
            &text.get("compare-missing", &[("permission", name.into()), ("why", why.into())]),
        ));
    }
}

/// One more line below a card.
pub(super) fn small_print(card: &mut Card, key: &str, text: &'static Texts) {
    card.footer.line(Rich::plain(&text.get(key, &[])));
}

/// Asks back which tool is meant, with a menu of this id; only the asker sees it.
#[must_use]
pub(super) fn unclear(unclear: &Unclear, menu_id: &str, text: &'static Texts) -> Card {
    let frame = Frame::server(text);
    let candidates: Vec<find::Candidate> =
        unclear.tools.iter().map(|found| find::Candidate::of(&found.listing.tool, &frame)).collect();
    if unclear.is_ambiguous {
        find::unsure(&unclear.typed, &candidates, menu_id, &frame)
    } else {
        find::unknown(&unclear.typed, &candidates, menu_id, true, &frame)
    }
}
