//! What several tests begin with: a tool's card that stands in a channel and can be voted on.

use tiebreaker::simulator::{ChannelId, MemberHandle, MessageId, MessageView};

pub(crate) const SHIP: &str = "🚢";
pub(crate) const SKIP: &str = "⏭️";

/// Whether both reactions stand on a message.
pub(crate) fn is_seeded(view: &MessageView) -> bool {
    view.count(SHIP) > 0 && view.count(SKIP) > 0
}

/// A member asks for a tool's card; returns it when it is there and seeded.
pub(crate) async fn ask_for_card(who: &MemberHandle, channel: ChannelId, tool: &str) -> MessageId {
    let asked = who.slash(channel, "tool").unwrap().with("name", tool).send().unwrap();
    let card = asked.message().await.unwrap().id;
    who.wait_for_message(channel, "both reactions on the card", |view| view.id == card && is_seeded(view))
        .await
        .unwrap();
    card
}

/// Votes for and against that stand on a card, without our own two.
pub(crate) fn standing(who: &MemberHandle, channel: ChannelId, card: MessageId) -> (u64, u64) {
    let view = who.see(channel, card).expect("the card is there");
    (view.count(SHIP) as u64 - 1, view.count(SKIP) as u64 - 1)
}
