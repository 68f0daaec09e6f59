//! kill -9 in the middle of writing, again and again, on one store. `TIEBREAKER_TEST_KILLS=200` for a long run.

use std::{collections::BTreeMap, sync::mpsc, time::Duration};

use super::{assert_nothing_lost, child, open_at, standing_in, voter};

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kills() {
    let kills: u64 = std::env::var("TIEBREAKER_TEST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let mut final_states = BTreeMap::new();
    let mut total = 0;
    for round in 0..kills {
        let first = 1 + round * child::MEMBERS;
        let mut process = child::start("vote", folder.path(), first, None);
        let said = child::lines(&mut process);
        let (tell, told) = mpsc::channel();
        let reading = std::thread::spawn(move || {
            let mut acknowledged = BTreeMap::new();
            for words in said {
                let [word, who, n] = words.as_slice() else { panic!("{words:?}") };
                assert_eq!(word, "ack");
                acknowledged.insert(who.parse::<u64>().unwrap(), n.parse::<u64>().unwrap());
                let _ = tell.send(());
            }
            acknowledged
        });
        told.recv_timeout(Duration::from_secs(60)).expect("the child votes");
        // A moment that differs from round to round.
        std::thread::sleep(Duration::from_millis(5 + round * 37 % 90));
        process.kill().unwrap();
        process.wait().unwrap();
        let acknowledged = reading.join().unwrap();
        total += acknowledged.values().sum::<u64>();

        let store = open_at(folder.path()).await.unwrap();
        assert_nothing_lost(&*store, &acknowledged).await;
        let standing = standing_in(&*store).await;
        for (who, stood) in &final_states {
            assert_eq!(standing.get(who), Some(stood), "of an earlier round");
        }
        let members = (first..first + child::MEMBERS).map(voter);
        final_states.extend(members.filter_map(|who| standing.get(&who).map(|stood| (who, stood.clone()))));
    }
    println!("{kills} kills, {total} votes acknowledged, none lost");
    assert!(total > kills, "{total}");
}
