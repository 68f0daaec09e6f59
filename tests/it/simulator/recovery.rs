//! What serenity does when the gateway fails it, and what the simulator then holds against it.

use std::time::Duration;

use poise::serenity_prelude as serenity;
use tiebreaker::simulator::{EventFault, EventRule, MemberHandle, Simulator};

use super::{bot, discord};

/// A server with a message, and a bot that has seen both.
async fn ready(
    discord: &Simulator,
) -> (bot::Bot, MemberHandle, tiebreaker::simulator::ChannelId, tiebreaker::simulator::MessageId) {
    let server = discord.server("Makers");
    let (alice, general) = (server.member("Alice"), server.general());
    let said = alice.say(general, "react here").unwrap();
    let bot = bot::start(discord, bot::usual()).await;
    bot.heard.wait("server Makers").await;
    (bot, alice, general, said)
}

/// Waits until the bot is there with another session than this one.
async fn other_session(discord: &Simulator, first: &str) {
    let other = |world: &tiebreaker::simulator::state::World| {
        world.hub.views().iter().any(|session| session.connected && session.id != first).then_some(())
    };
    discord.wait_until("another session", other).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serenity_resumes_after_a_cut_and_hears_what_it_missed() {
    let discord = discord().await;
    let (bot, alice, general, said) = ready(&discord).await;
    discord.faults().drop_sockets(None);
    alice.react(general, said, "🚢").unwrap();
    bot.heard.wait("resumed").await;
    bot.heard.wait("+🚢").await;
    assert_eq!(discord.sessions().len(), 1, "the same session goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serenity_reconnects_when_asked_to() {
    let discord = discord().await;
    let (bot, alice, general, said) = ready(&discord).await;
    discord.faults().reconnect(None);
    bot.heard.wait("resumed").await;
    alice.react(general, said, "🚢").unwrap();
    bot.heard.wait("+🚢").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_resume_makes_serenity_identify_anew_and_the_gap_is_lost() {
    let discord = discord().await;
    let (bot, alice, general, said) = ready(&discord).await;
    let first = discord.sessions().remove(0).id;
    discord.faults().refuse_resumes(1);
    discord.faults().drop_sockets(None);
    discord.wait_for_no_session().await.unwrap();
    alice.react(general, said, "🚢").unwrap();
    other_session(&discord, &first).await;
    alice.react(general, said, "⏭️").unwrap();
    bot.heard.wait("+⏭️").await;
    let lines = bot.heard.lines();
    assert_eq!(lines.iter().filter(|line| line.starts_with("ready with")).count(), 2, "{lines:#?}");
    assert!(!lines.iter().any(|line| line.starts_with("+🚢")), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_a_return_and_a_removal_are_told_apart() {
    let discord = discord().await;
    let server = discord.server("Makers");
    let bot = bot::start(&discord, bot::usual()).await;
    bot.heard.wait("server Makers").await;
    server.set_available(false);
    bot.heard.wait("server gone, outage true").await;
    // A server that is down is down for everybody.
    let alice = server.member("Alice");
    assert!(alice.say(server.general(), "is anybody there?").is_err());
    server.set_available(true);
    alice.say(server.general(), "back").unwrap();
    bot.heard.wait("message").await;
    server.remove_bot();
    bot.heard.wait("server gone, outage false").await;
    server.delete();
    discord.server("Second");
    bot.heard.wait("server Second").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_repeat_come_late_change_places_and_get_lost_on_demand() {
    let discord = discord().await;
    let server = discord.server("Makers");
    let (alice, general) = (server.member("Alice"), server.general());
    let said = alice.say(general, "react here").unwrap();
    let (mut socket, _) = super::raw::Socket::identified(&discord, 1 << 10, (0, 1)).await;
    let faults = discord.faults();
    let rule = |event: &str, fault| EventRule { event: Some(event.to_owned()), fault, times: Some(1) };

    faults.events(rule("MESSAGE_REACTION_ADD", EventFault::Repeat { times: 3 }));
    alice.react(general, said, "🚢").unwrap();
    assert_eq!(socket.names_so_far().await, ["MESSAGE_REACTION_ADD"; 3]);

    faults.events(rule("MESSAGE_REACTION_REMOVE", EventFault::Lose));
    alice.take_back(general, said, "🚢").unwrap();
    assert!(socket.names_so_far().await.is_empty());

    faults.events(rule("MESSAGE_REACTION_ADD", EventFault::Swap));
    alice.react(general, said, "🚢").unwrap();
    alice.take_back(general, said, "🚢").unwrap();
    assert_eq!(socket.names_so_far().await, ["MESSAGE_REACTION_REMOVE", "MESSAGE_REACTION_ADD"]);

    faults.events(rule("MESSAGE_REACTION_ADD", EventFault::Late { ms: 30 }));
    alice.react(general, said, "🚢").unwrap();
    alice.take_back(general, said, "🚢").unwrap();
    socket.event("MESSAGE_REACTION_REMOVE").await;
    socket.event("MESSAGE_REACTION_ADD").await;

    faults.lose_while_disconnected(true);
    faults.drop_sockets(None);
    discord.wait_for_no_session().await.unwrap();
    alice.react(general, said, "🚢").unwrap();
    let session = discord.sessions().remove(0);
    assert_eq!(session.sequence, socket.sequence, "nothing is kept for the resume");
    faults.clear();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_hears_no_answer_to_its_heartbeat_starts_anew() {
    let settings = tiebreaker::simulator::Settings {
        heartbeat_interval_ms: 1_000,
        ..tiebreaker::simulator::Settings::unlimited()
    };
    let discord = Simulator::start(settings).await.unwrap();
    let (bot, ..) = ready(&discord).await;
    let first = discord.sessions().remove(0).id;
    discord.faults().mute_heartbeats(true);
    // serenity 0.12 restarts such a shard with a new identify instead of a resume.
    other_session(&discord, &first).await;
    drop(bot);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletions_and_clearings_reach_serenity() {
    let discord = discord().await;
    let (bot, alice, general, said) = ready(&discord).await;
    let server = discord.servers().remove(0);
    let owner = server.owner();
    for emoji in ["🚢", "⏭️"] {
        alice.react(general, said, emoji).unwrap();
    }
    // As documented this event has no kind, which serenity 0.12 does not read; a recount must find it.
    owner.clear_emoji(general, said, "🚢").unwrap();
    owner.clear_reactions(general, said).unwrap();
    bot.heard.wait("all reactions gone").await;
    assert!(!bot.heard.lines().iter().any(|line| line.starts_with("all 🚢")));
    let more: Vec<_> = (0..3).map(|number| alice.say(general, &format!("line {number}")).unwrap()).collect();
    owner.delete_messages(general, &more).unwrap();
    bot.heard.wait("3 messages deleted").await;
    alice.delete_message(general, said).unwrap();
    bot.heard.wait("message deleted").await;
    let thread = server.thread(general, "a thread").unwrap();
    server.delete_channel(thread);
    bot.heard.wait("thread deleted").await;
    let other = server.channel("other");
    server.delete_channel(other);
    bot.heard.wait("channel other deleted").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_its_kind_serenity_reads_the_clearing_of_one_emoji() {
    let settings = tiebreaker::simulator::Settings {
        kind_in_remove_emoji: true,
        ..tiebreaker::simulator::Settings::unlimited()
    };
    let discord = Simulator::start(settings).await.unwrap();
    let (bot, alice, general, said) = ready(&discord).await;
    alice.react(general, said, "🚢").unwrap();
    discord.servers()[0].owner().clear_emoji(general, said, "🚢").unwrap();
    bot.heard.wait("all 🚢 gone").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serenity_stops_for_good_where_discord_says_so() {
    let discord = discord().await;
    let http = serenity::HttpBuilder::new(discord.token())
        .proxy(discord.base_url())
        .ratelimiter_disabled(true)
        .build();
    let intents = bot::usual() | serenity::GatewayIntents::MESSAGE_CONTENT;
    let mut client = serenity::ClientBuilder::new_with_http(http, intents).await.unwrap();
    let stopped = tokio::time::timeout(Duration::from_secs(10), client.start()).await.unwrap();
    assert!(matches!(
        stopped,
        Err(serenity::Error::Gateway(serenity::GatewayError::DisallowedGatewayIntents))
    ));
}
