//! What commands add to cards because of the place where they stand: links to cards that stand there already, permissions
//! that are missing, small print; and the question back for a name that is not clear.

use crate::{
    card::{Button, Card, Rich, Row, find, limits, notice, words::Frame},
    discord::{asker::Asker, bot::Bot},
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

/// Says which permissions are missing here and what does not work without them; nothing when none is.
pub(super) fn missing(bot: &Bot, asker: &Asker) -> Option<Card> {
    let missing = asker.abilities.missing();
    (!missing.is_empty()).then(|| notice::missing_permissions(&missing, &bot.private_frame(asker)))
}

/// Tells the asker, after an answer that everybody sees, which permissions are missing here and what does not work without
/// them: whoever else reads the answer cannot mend that.
pub(super) async fn tell_missing(bot: &Bot, asker: &Asker) {
    bot.follow_each(asker, missing(bot, asker).into_iter()).await;
}

/// One more line below a card.
pub(super) fn small_print(card: &mut Card, key: &str, text: &'static Texts) {
    card.footer.line(Rich::plain(&text.get(key, &[])));
}

/// Asks back which tool is meant, with a menu of this id; only the asker sees it. `remembered`: an unknown name is said to
/// be noted.
#[must_use]
pub(super) fn unclear(unclear: &Unclear, menu_id: &str, remembered: bool, text: &'static Texts) -> Card {
    let frame = Frame::server(text);
    let candidates: Vec<find::Candidate> =
        unclear.tools.iter().map(|found| find::Candidate::of(&found.listing.tool, &frame)).collect();
    if unclear.is_ambiguous {
        find::unsure(&unclear.typed, &candidates, menu_id, &frame)
    } else {
        find::unknown(&unclear.typed, &candidates, menu_id, remembered, &frame)
    }
}
