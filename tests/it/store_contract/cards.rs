//! Cards.

use tiebreaker::{
    domain::{ids::ChannelId, review::Verdict, time::Timestamp},
    store::{
        Store,
        contract::{CardPlace, MarkChange, Registered},
        records::CardKind,
    },
};

use super::{OTHER, SERVER, add, apply, card, message, register, tool};

pub(crate) async fn a_card_is_registered_once(store: &dyn Store) {
    let first = card(1, "x");
    assert_eq!(store.register_card(first.clone()).await.unwrap(), Registered::New);
    let mut second = first.clone();
    second.card = CardKind::Single;
    assert_eq!(store.register_card(second).await.unwrap(), Registered::Known);
    assert_eq!(store.card(first.id).await.unwrap(), Some(first));
    assert_eq!(store.card(message(2)).await.unwrap(), None);
    assert!(store.server(SERVER).await.unwrap().is_some(), "its server is known with it");
}

pub(crate) async fn cards_are_found_newest_first(store: &dyn Store) {
    for n in 1..=6 {
        register(store, n, if n % 3 == 0 { "y" } else { "x" }).await;
    }
    let mut there = card(7, "x");
    there.server = OTHER;
    store.register_card(there).await.unwrap();
    apply(store, add(message(5), 1, Verdict::Ship)).await;
    apply(store, MarkChange::Freeze { card: message(5), at: Timestamp(1) }).await;

    let found = async |place, since, before, limit| -> Vec<u64> {
        let cards = store.cards(place, since, before, limit).await.unwrap();
        // The lower bits of a message id of these tests are its number.
        cards.iter().map(|card| card.id.0 & 0x3f_ffff).collect()
    };
    let always = Timestamp(0);
    assert_eq!(found(CardPlace::All, always, None, 9).await, [7, 6, 4, 3, 2, 1]);
    assert_eq!(found(CardPlace::Server(SERVER), always, None, 9).await, [6, 4, 3, 2, 1]);
    assert_eq!(found(CardPlace::Tool(SERVER, tool("x")), always, None, 9).await, [4, 2, 1]);
    assert_eq!(found(CardPlace::Tool(SERVER, tool("x")), always, None, 2).await, [4, 2]);
    assert_eq!(found(CardPlace::Tool(SERVER, tool("x")), always, Some(message(4)), 9).await, [2, 1]);
    assert_eq!(found(CardPlace::Channel(SERVER, ChannelId(70)), always, None, 9).await, [6, 4, 2]);
    assert_eq!(found(CardPlace::All, message(4).created_at(), None, 9).await, [7, 6, 4]);
    assert_eq!(found(CardPlace::Tool(SERVER, tool("z")), always, None, 9).await, [0; 0]);
}

pub(crate) async fn a_spent_card_goes(store: &dyn Store) {
    let (a, b, c) =
        (register(store, 1, "x").await, register(store, 2, "x").await, register(store, 3, "x").await);
    apply(store, MarkChange::Freeze { card: a, at: Timestamp(1) }).await;
    assert_eq!(store.card(a).await.unwrap(), None, "nobody marked it: nothing is frozen");
    apply(store, add(b, 1, Verdict::Ship)).await;
    apply(store, MarkChange::Freeze { card: b, at: Timestamp(1) }).await;
    assert_eq!(store.card(b).await.unwrap().unwrap().frozen, Some(Timestamp(1)));
    apply(store, add(c, 1, Verdict::Ship)).await;
    assert_eq!(store.card(b).await.unwrap(), None, "its last mark was dropped");
}
