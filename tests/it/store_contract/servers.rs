//! Servers.

use tiebreaker::{
    domain::{
        change::{Actor, CatalogScope},
        ids::{ChannelId, UserId},
        review::Verdict,
        score::Everywhere,
        time::Timestamp,
    },
    store::{
        Store, StoreError,
        contract::{CardPlace, ToolHistory},
        records::{Refusal, ServerSettings, VoterRules, Week},
    },
};

use super::{OTHER, SERVER, add, apply, card, catalog, register, tally, tool, voter};

pub(crate) async fn settings_are_kept(store: &dyn Store) {
    let default = ServerSettings::default();
    assert_eq!(store.settings(SERVER).await.unwrap(), default);
    let changed = ServerSettings {
        lang: Some("de".to_owned()),
        voters: VoterRules { account_hours: 24, member_hours: 1 },
        ..ServerSettings::default()
    };
    assert!(store.set_settings(SERVER, Some(&default), changed.clone()).await.unwrap());
    assert!(!store.set_settings(SERVER, Some(&default), default.clone()).await.unwrap(), "changed meanwhile");
    assert_eq!(store.settings(SERVER).await.unwrap(), changed);
    assert_eq!(store.all_settings().await.unwrap(), [(SERVER, changed)]);
    assert!(store.set_settings(SERVER, None, default).await.unwrap());
}

pub(crate) async fn coming_and_going(store: &dyn Store) {
    store.server_removed(SERVER, Timestamp(1)).await.unwrap();
    assert_eq!(store.server(SERVER).await.unwrap(), None, "nothing is kept of a server never seen");
    store.server_present(SERVER, Timestamp(2)).await.unwrap();
    store.server_removed(SERVER, Timestamp(3)).await.unwrap();
    store.server_removed(SERVER, Timestamp(4)).await.unwrap();
    let known = store.server(SERVER).await.unwrap().unwrap();
    assert_eq!((known.first_seen, known.removed), (Timestamp(2), Some(Timestamp(3))));
    store.server_present(SERVER, Timestamp(5)).await.unwrap();
    let known = store.server(SERVER).await.unwrap().unwrap();
    assert_eq!((known.first_seen, known.removed), (Timestamp(2), None));
    assert_eq!(store.servers().await.unwrap(), [known]);
}

/// Something of every kind.
pub(crate) async fn fill(store: &dyn Store) {
    let a = register(store, 1, "x").await;
    apply(store, add(a, 1, Verdict::Ship)).await;
    apply(store, add(a, 2, Verdict::Skip)).await;
    store.set_blocked(SERVER, voter(3), true, Timestamp(1)).await.unwrap();
    store.erase_person(SERVER, UserId(9), Timestamp(1)).await.unwrap();
    store
        .set_settings(SERVER, None, ServerSettings { mentions: Some(false), ..Default::default() })
        .await
        .unwrap();
    store.set_subscribed(SERVER, UserId(8), true, Timestamp(1)).await.unwrap();
    store.channel_refused(SERVER, ChannelId(7), Refusal::Forbidden, Timestamp(1)).await.unwrap();
    store.want(SERVER, "foo", "Foo", Timestamp(1)).await.unwrap();
    store.keep_day(SERVER, time::macros::date!(2026 - 11 - 24)).await.unwrap();
    let week = Week::of(time::macros::date!(2026 - 11 - 24));
    store.count_comparison(SERVER, week, &[tool("x"), tool("y")]).await.unwrap();
    let edits = vec![catalog::tool_edit("srv-1", "Ours")];
    store
        .edit_catalog(CatalogScope::Server(SERVER), Actor::Member(UserId(8)), Timestamp(1), edits.clone())
        .await
        .unwrap();
    store.edit_catalog(CatalogScope::Base, Actor::Operator, Timestamp(1), edits).await.unwrap();
    store.mark_job("digest", Timestamp(1)).await.unwrap();
}

pub(crate) async fn purging_deletes_everything(store: &dyn Store) {
    fill(store).await;
    for n in 0..300 {
        let mut there = card(100 + n, "x");
        there.server = OTHER;
        store.register_card(there).await.unwrap();
        apply(store, add(super::message(100 + n), u8::try_from(n % 200).unwrap(), Verdict::Ship)).await;
    }
    let before = store.everywhere(&tool("x")).await.unwrap();
    assert_eq!(before, Everywhere { ship: 201, skip: 1, servers: 2 });
    let deleted = store.purge_server(OTHER, Timestamp(9)).await.unwrap();
    assert!(deleted >= 500, "{deleted}");
    assert_eq!(store.everywhere(&tool("x")).await.unwrap(), Everywhere { ship: 1, skip: 1, servers: 1 });
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(1, 1, 0), "other servers keep theirs");
    store.purge_server(SERVER, Timestamp(9)).await.unwrap();
    let mut left = Vec::new();
    let mut from = None;
    loop {
        let page = store.records(from).await.unwrap();
        left.extend(page.records.iter().map(|record| record.kind()));
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    left.sort_unstable();
    assert_eq!(left, ["catalog", "history", "job", "purged", "purged"]);
    assert_eq!(store.cards(CardPlace::All, Timestamp(0), None, 9).await.unwrap(), []);
    assert!(!store.is_blocked(SERVER, voter(3)).await.unwrap());
    // It comes back as a new server.
    store.server_present(SERVER, Timestamp(10)).await.unwrap();
    let a = register(store, 1, "x").await;
    assert_eq!(apply(store, add(a, 1, Verdict::Ship)).await, tally(1, 0, 0));
    assert_eq!(store.history(CatalogScope::Server(SERVER), ToolHistory::All, None, 9).await.unwrap(), []);
}

pub(crate) async fn subscribers_come_and_go(store: &dyn Store) {
    assert!(store.set_subscribed(SERVER, UserId(1), true, Timestamp(1)).await.unwrap());
    assert!(!store.set_subscribed(SERVER, UserId(1), true, Timestamp(2)).await.unwrap());
    store.set_subscribed(SERVER, UserId(2), true, Timestamp(3)).await.unwrap();
    store.set_subscribed(OTHER, UserId(1), true, Timestamp(3)).await.unwrap();
    let users: Vec<_> = store.subscribers(SERVER).await.unwrap().into_iter().map(|one| one.user.0).collect();
    assert_eq!(users, [1, 2]);
    assert!(store.set_subscribed(SERVER, UserId(1), false, Timestamp(4)).await.unwrap());
    assert!(!store.set_subscribed(SERVER, UserId(1), false, Timestamp(5)).await.unwrap());
    assert_eq!(store.subscribers(SERVER).await.unwrap().len(), 1);
}

pub(crate) async fn refused_channels_are_remembered(store: &dyn Store) {
    let channel = ChannelId(5);
    store.channel_accepted(SERVER, channel).await.unwrap();
    assert_eq!(store.refused_channel(SERVER, channel).await.unwrap(), None);
    store.channel_refused(SERVER, channel, Refusal::Forbidden, Timestamp(1)).await.unwrap();
    store.channel_refused(SERVER, channel, Refusal::NotFound, Timestamp(2)).await.unwrap();
    let refused = store.refused_channel(SERVER, channel).await.unwrap().unwrap();
    assert_eq!((refused.why, refused.at, refused.times), (Refusal::NotFound, Timestamp(2), 2));
    assert_eq!(store.refused_channels(SERVER).await.unwrap(), [refused]);
    store.channel_accepted(SERVER, channel).await.unwrap();
    assert_eq!(store.refused_channels(SERVER).await.unwrap(), []);
    let refused = store.purge_server(SERVER, Timestamp(9)).await;
    assert!(!matches!(refused, Err(StoreError::Purging)));
}
