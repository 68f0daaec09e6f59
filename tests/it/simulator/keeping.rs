//! Saving the state to one file and loading it again.

use tiebreaker::simulator::{Permissions, Settings, Simulator, Whom};

use super::{bot, discord};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_saved_state_is_the_same_world_in_another_simulator() {
    let first = discord().await;
    let server = first.server("Makers");
    let (alice, general) = (server.member("Alice"), server.general());
    let quiet = server.channel("quiet");
    server.overwrite(quiet, Whom::Role(server.id.everyone()), Permissions::NONE, Permissions::SEND_MESSAGES);
    let thread = server.thread(general, "a thread").unwrap();
    let said = alice.say(general, "react here").unwrap();
    alice.react(general, said, "⏭️").unwrap();
    alice.super_react(general, said, "🚢").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    first.save(&file).unwrap();
    drop(first);

    let second = Simulator::start(Settings { token: "another token".to_owned(), ..Settings::unlimited() })
        .await
        .unwrap();
    second.load(&file).unwrap();
    assert_eq!(second.token(), "another token");
    let server = second.server_by_id(server.id).unwrap();
    let alice = server.member_named("Alice").unwrap();
    let seen = alice.see(general, said).unwrap();
    assert_eq!((seen.content.as_str(), seen.count("⏭️"), seen.reactions[1].burst), ("react here", 1, 1));
    assert!(alice.say(quiet, "not allowed").is_err());
    let fresh = alice.say(thread, "here it goes on").unwrap();
    assert!(fresh > said, "ids go on rising");
    // A bot meets the loaded world as its own.
    let bot = bot::start(&second, bot::usual()).await;
    bot.heard.wait("server Makers with 2 channels").await;

    // A file that is no state changes nothing.
    std::fs::write(&file, "{\"servers\": 7}").unwrap();
    assert!(second.load(&file).is_err());
    assert!(second.server_by_id(server.id).is_some());
}
