//! Counts and job marks.

use tiebreaker::{
    domain::{review::Verdict, time::Timestamp},
    store::{
        Store, StoreError,
        records::{Wanted, Week},
    },
};
use time::macros::date;

use super::{SERVER, add, apply, register, tally, tool};

pub(crate) async fn job_marks_are_written_once(store: &dyn Store) {
    assert!(!store.job_marked("digest 1 2026-11-23").await.unwrap());
    let tries = (0..8).map(|n| store.mark_job("digest 1 2026-11-23", Timestamp(n)));
    let first =
        futures_util::future::join_all(tries).await.into_iter().filter(|done| *done.as_ref().unwrap());
    assert_eq!(first.count(), 1, "of many only one may do it");
    assert!(store.job_marked("digest 1 2026-11-23").await.unwrap());
    assert!(store.mark_job("digest 1 2026-11-30", Timestamp(9)).await.unwrap());
    let long = store.mark_job(&"a".repeat(201), Timestamp(1)).await;
    assert!(matches!(long, Err(StoreError::TooLarge { .. })), "{long:?}");
}

pub(crate) async fn days_are_kept_when_they_differ(store: &dyn Store) {
    let a = register(store, 1, "x").await;
    assert_eq!(store.day_tallies(SERVER, date!(2026 - 11 - 20)).await.unwrap(), None);
    apply(store, add(a, 1, Verdict::Ship)).await;
    for day in [date!(2026 - 11 - 20), date!(2026 - 11 - 21), date!(2026 - 11 - 22)] {
        store.keep_day(SERVER, day).await.unwrap();
    }
    apply(store, add(a, 2, Verdict::Skip)).await;
    store.keep_day(SERVER, date!(2026 - 11 - 22)).await.unwrap();
    let at = async |day| store.day_tallies(SERVER, day).await.unwrap();
    let (one, two) = (vec![(tool("x"), tally(1, 0, 0))], vec![(tool("x"), tally(1, 1, 0))]);
    assert_eq!(at(date!(2026 - 11 - 19)).await, None);
    assert_eq!(at(date!(2026 - 11 - 20)).await, Some(one.clone()));
    assert_eq!(at(date!(2026 - 11 - 21)).await, Some(one));
    assert_eq!(at(date!(2026 - 11 - 22)).await, Some(two.clone()));
    assert_eq!(at(date!(2026 - 12 - 30)).await, Some(two));
    let days = store.records(None).await.unwrap().records;
    assert_eq!(
        days.iter().filter(|record| record.kind() == "day").count(),
        2,
        "a day like the last needs none"
    );
}

pub(crate) async fn pairs_are_counted(store: &dyn Store) {
    let week = Week::of(date!(2026 - 11 - 24));
    store.count_comparison(SERVER, week, &[tool("b"), tool("a")]).await.unwrap();
    store.count_comparison(SERVER, week, &[tool("a"), tool("b"), tool("c")]).await.unwrap();
    store.count_comparison(SERVER, week, &[tool("a")]).await.unwrap();
    let counts = store.comparisons(SERVER, week).await.unwrap();
    let counts: Vec<_> =
        counts.iter().map(|one| (one.pair.0.as_str(), one.pair.1.as_str(), one.count)).collect();
    assert_eq!(counts, [("a", "b", 2), ("a", "c", 1), ("b", "c", 1)]);
    assert_eq!(store.comparisons(SERVER, week.earlier(1)).await.unwrap(), []);
}

pub(crate) async fn names_are_wanted(store: &dyn Store) {
    for (folded, name) in [("foo", "Foo"), ("bar", "Bar"), ("foo", "FOO")] {
        store.want(SERVER, folded, name, Timestamp(1)).await.unwrap();
    }
    let wanted = store.wanted(SERVER).await.unwrap();
    let names: Vec<_> = wanted.iter().map(|one| (one.name.as_str(), one.count)).collect();
    assert_eq!(names, [("FOO", 2), ("Bar", 1)]);
    assert!(store.dismiss_wanted(SERVER, "bar").await.unwrap());
    assert!(!store.dismiss_wanted(SERVER, "bar").await.unwrap());
    store.want(SERVER, &"é".repeat(300), &"é".repeat(900), Timestamp(2)).await.unwrap();
    store.want(SERVER, "", "", Timestamp(2)).await.unwrap();
    let wanted = store.wanted(SERVER).await.unwrap();
    assert_eq!(wanted.iter().map(|one| (one.folded.len(), one.name.len())).max(), Some((200, 400)));
    for n in 0..Wanted::MOST {
        store
            .want(SERVER, &format!("name {n}"), "Name", Timestamp(10 + i64::try_from(n).unwrap()))
            .await
            .unwrap();
    }
    let wanted = store.wanted(SERVER).await.unwrap();
    assert_eq!(wanted.len(), Wanted::MOST, "the least recently wanted gave way");
    assert!(wanted.iter().all(|one| one.last > Timestamp(2)));
}
