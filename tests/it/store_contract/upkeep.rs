//! What keeps a store in order, and moves it.

use std::io::Cursor;

use tiebreaker::{
    domain::{
        change::{Actor, CatalogScope, State, Subject, ToolEntry},
        ids::{ApplicationId, ChannelId, MessageId},
        marks::{Mark, Marks, Seq},
        review::Verdict,
        time::Timestamp,
    },
    store::{
        Embedded, OpenError, SCHEMA, Store, StoreError,
        contract::PurgeReport,
        export,
        records::{MarksRecord, Record, Refusal, Week},
    },
};

use super::{SERVER, add, apply, catalog, register, servers::fill, tally, tool};

const DAY: i64 = Timestamp::DAY;

pub(crate) async fn what_is_due_is_purged(store: &dyn Store) {
    let now = Timestamp(1_764_000_000_000);
    let (a, b) = (register(store, 1, "x").await, register(store, 2, "srv-1").await);
    for who in 1..=3 {
        apply(store, add(a, who, Verdict::Ship)).await;
        apply(store, add(b, who, Verdict::Ship)).await;
    }
    let here = CatalogScope::Server(SERVER);
    let hide = |since: Timestamp| {
        let entry = ToolEntry { tool: Some(catalog::entry("srv-1", "Ours").into()), hidden: Some(since) };
        vec![catalog::edit(Subject::Tool(tool("srv-1")), Some(State::Tool(entry)))]
    };
    store.edit_catalog(here, Actor::Operator, now, hide(now)).await.unwrap();
    assert_eq!(store.purge_due(now.plus(29 * DAY)).await.unwrap(), PurgeReport::default());
    assert_eq!(store.tally(SERVER, &tool("srv-1")).await.unwrap(), tally(3, 0, 0), "hidden, not gone");
    let purged = store.purge_due(now.plus(30 * DAY)).await.unwrap();
    assert_eq!((purged.tools, purged.tallies.len()), (1, 1));
    assert_eq!(store.tally(SERVER, &tool("srv-1")).await.unwrap(), tally(0, 0, 0));
    assert_eq!(store.card(b).await.unwrap(), None);
    assert_eq!(store.purge_due(now.plus(31 * DAY)).await.unwrap(), PurgeReport::default());

    store.server_removed(SERVER, now).await.unwrap();
    assert_eq!(store.purge_due(now.plus(14 * DAY - 1)).await.unwrap().servers, []);
    assert_eq!(store.purge_due(now.plus(14 * DAY)).await.unwrap().servers, [SERVER]);
    assert_eq!(store.server(SERVER).await.unwrap(), None);
    assert_eq!(store.tally(SERVER, &tool("x")).await.unwrap(), tally(0, 0, 0));
}

pub(crate) async fn old_counts_go(store: &dyn Store) {
    let now = Timestamp(1_764_000_000_000);
    let today = now.date();
    let a = register(store, 1, "x").await;
    for (who, days) in [(1, 90), (2, 80), (3, 70), (4, 10)] {
        apply(store, add(a, who, Verdict::Ship)).await;
        store.keep_day(SERVER, today - time::Duration::days(days)).await.unwrap();
    }
    let week = Week::of(today);
    for weeks in [0, 60, 61] {
        store.count_comparison(SERVER, week.earlier(weeks), &[tool("x"), tool("y")]).await.unwrap();
    }
    for days in [10, 61] {
        store.mark_job(&format!("job {days}"), now.plus(-days * DAY)).await.unwrap();
    }
    for days in [10_i64, 31] {
        let channel = ChannelId(days.unsigned_abs());
        store.channel_refused(SERVER, channel, Refusal::NotFound, now.plus(-days * DAY)).await.unwrap();
    }
    assert_eq!(store.purge_due(now).await.unwrap().others, 2 + 1 + 1 + 1);
    assert_eq!(store.purge_due(now).await.unwrap().others, 0);
    let then = store.day_tallies(SERVER, today - time::Duration::days(60)).await.unwrap();
    assert_eq!(then, Some(vec![(tool("x"), tally(3, 0, 0))]), "the last before the first day stays");
    assert!(!store.job_marked("job 61").await.unwrap() && store.job_marked("job 10").await.unwrap());
}

async fn exported(store: &dyn Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    let footer = export::export(store, Timestamp(5), &mut bytes, |_| ()).await.unwrap();
    assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count() as u64, footer.records + 2);
    bytes
}

/// Without the first line, which names the store.
fn body(export: &[u8]) -> &[u8] {
    let end = export.iter().position(|byte| *byte == b'\n').unwrap();
    let last = export[..export.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    &export[end..last]
}

pub(crate) async fn export_and_import_are_complete(store: &dyn Store) {
    fill(store).await;
    let bytes = exported(store).await;
    let text = String::from_utf8(bytes.clone()).unwrap();
    for kind in [
        "blocked",
        "card",
        "catalog",
        "comparison",
        "day",
        "erasure",
        "history",
        "job",
        "marks",
        "refused_channel",
        "server",
        "settings",
        "subscriber",
        "wanted",
    ] {
        assert!(text.contains(&format!("\"kind\":\"{kind}\"")), "{kind} is missing");
    }
    let other = Embedded::in_memory().unwrap();
    let here = store.meta().await.unwrap().voter_key;
    assert!(here.is_none() || !text.contains("secret"));
    let records = export::import(&other, &mut Cursor::new(&bytes), false, |_| ()).await.unwrap();
    assert!(records > 10);
    assert_eq!(body(&exported(&other).await), body(&bytes));
    for id in ["x", "srv-1"] {
        let both =
            (store.tally(SERVER, &tool(id)).await, (&other as &dyn Store).tally(SERVER, &tool(id)).await);
        assert_eq!(both.0.unwrap(), both.1.unwrap());
    }
    let other: &dyn Store = &other;
    assert!(other.check().await.unwrap().is_clean());
    let again = export::import(other, &mut Cursor::new(&bytes), false, |_| ()).await;
    assert!(matches!(again, Err(StoreError::Import { line: 0, .. })), "{again:?}");
    export::import(other, &mut Cursor::new(&bytes), true, |_| ()).await.unwrap();
    assert_eq!(body(&exported(other).await), body(&bytes), "again changes nothing");
    // What is seen live after an import is newer than everything imported.
    assert_eq!(apply(other, add(super::message(1), 1, Verdict::Skip)).await, tally(0, 2, 0));
}

pub(crate) async fn import_refuses_what_is_not_whole(store: &dyn Store) {
    fill(store).await;
    let bytes = exported(store).await;
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (last, rest) = lines.split_last().unwrap();
    let schema = |number: u32| format!("\"schema\":{number}");
    let newer = text.replacen(&schema(SCHEMA), &schema(SCHEMA + 1), 1);
    let cases = [
        ("cut short", rest.join("\n") + "\n"),
        ("cut in a line", text[..text.len() - 9].to_owned()),
        ("altered", text.replace("\"tool\":\"x\"", "\"tool\":\"z\"")),
        ("a record too few", [&rest[..3], &rest[4..], &[*last]].concat().join("\n") + "\n"),
        ("something behind", text.clone() + "{}\n"),
        ("newer", newer),
        ("nothing", String::new()),
        ("another file", "hello\n".to_owned()),
    ];
    for (name, text) in cases {
        let other = Embedded::in_memory().unwrap();
        let refused = export::import(&other, &mut Cursor::new(text.as_bytes()), false, |_| ()).await;
        assert!(matches!(refused, Err(StoreError::Import { .. })), "{name}: {refused:?}");
        let other: &dyn Store = &other;
        assert!(other.is_empty().await.unwrap(), "{name}: nothing was written");
    }
}

pub(crate) async fn a_mark_to_which_no_card_leads_is_a_fault(store: &dyn Store) {
    let first = register(store, 1, "x").await;
    apply(store, add(first, 1, Verdict::Ship)).await;
    // A store of its own, since this one has to be clean in the end.
    let other = Embedded::in_memory().unwrap();
    let other: &dyn Store = &other;
    register(other, 1, "x").await;
    register(other, 2, "y").await;
    let marks_of = |card: MessageId| {
        let mark = Mark {
            card,
            verdict: Verdict::Ship,
            normal: true,
            super_: false,
            seq: Seq(1),
            frozen: false,
            held_until: None,
        };
        let marks = Marks::from_marks([mark]);
        vec![Record::Marks(MarksRecord { server: SERVER, voter: super::voter(1), tool: tool("x"), marks })]
    };
    for (card, faults) in [(1, 0), (2, 1), (3, 1)] {
        other.load(marks_of(super::message(card))).await.unwrap();
        let report = other.check().await.unwrap();
        assert_eq!((report.faults.len(), report.differences.len()), (faults, 0), "card {card}: {report:?}");
    }
}

pub(crate) async fn a_store_is_copied(store: &dyn Store) {
    fill(store).await;
    let other = Embedded::in_memory().unwrap();
    export::copy(store, &other, |_| ()).await.unwrap();
    assert_eq!(body(&exported(&other).await), body(&exported(store).await));
    let twice = export::copy(store, &other, |_| ()).await;
    assert!(matches!(twice, Err(StoreError::Import { .. })), "{twice:?}");
}

pub(crate) async fn the_application_is_bound(store: &dyn Store) {
    assert_eq!(store.meta().await.unwrap().application, None);
    store.bind_application(ApplicationId(7)).await.unwrap();
    store.bind_application(ApplicationId(7)).await.unwrap();
    let refused = store.bind_application(ApplicationId(8)).await;
    assert!(matches!(refused, Err(OpenError::OtherApplication { found: 7, given: 8 })), "{refused:?}");
    assert_eq!(store.meta().await.unwrap().application, Some(ApplicationId(7)));
}
