//! Many events that are not ours, and some that are.
//!
//! At test size this proves that nothing of ours is lost or applied out of order. `FLOOD=200000 cargo test --release --test
//! it flood -- --nocapture` prints what it costs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tiebreaker::{domain::score::Tally, simulator::Flood};

use super::{
    bot::{Bot, Home},
    discord,
};

fn reaction(message: u64, user: u64, emoji: &str, add: bool, server: u64) -> (&'static str, Value) {
    let id = user.to_string();
    let mut data = json!({
        "user_id": id, "channel_id": "1100000000000000001", "message_id": message.to_string(),
        "guild_id": server.to_string(), "emoji": {"id": null, "name": emoji}, "burst": false, "type": 0,
    });
    if !add {
        return ("MESSAGE_REACTION_REMOVE", data);
    }
    data["message_author_id"] = json!("1000000000000000999");
    data["member"] = json!({
        "user": {
            "id": id, "username": "somebody", "global_name": "Somebody", "avatar": null, "discriminator": "0",
            "public_flags": 0, "bot": false,
        },
        "roles": ["1400000000000000001"], "joined_at": "2024-01-01T00:00:00.000000+00:00", "premium_since": null,
        "deaf": false, "mute": false, "flags": 0, "pending": false, "nick": null, "avatar": null,
        "communication_disabled_until": null,
    });
    ("MESSAGE_REACTION_ADD", data)
}

/// CPU time of this process, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    fields
        .get(11..13)
        .map_or(0.0, |f| f.iter().map(|ticks| ticks.parse::<f64>().unwrap_or(0.0) / 100.0).sum())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_foreign_reactions_takes_nothing_of_ours_with_it() {
    let size: usize = std::env::var("FLOOD").ok().and_then(|size| size.parse().ok()).unwrap_or(4_000);
    let (discord, home) = (discord().await, Home::new());
    let server = discord.server("Makers");
    let bot = Bot::start(&discord, &home).await;
    let card = bot.card(&server, server.general(), "axolotl").await.0;
    let id = server.id.0;
    let foreign =
        |n: usize| reaction(1_200_000_000_000_000_000 + n as u64, 5_000_000 + n as u64, "🚢", true, id);

    let flood = Flood::prepare((0..size).map(foreign));
    let before = bot_seen(&bot);
    let (start, used) = (Instant::now(), cpu());
    discord.flood(0, &flood);
    let deadline = Instant::now() + Duration::from_secs(120);
    while bot_seen(&bot) < before + size as u64 {
        assert!(Instant::now() < deadline, "only {} of {size} events arrived", bot_seen(&bot) - before);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let (took, used) = (start.elapsed(), cpu() - used);
    println!(
        "foreign: {:.0} a second, {:.1} µs of CPU each (simulator included)",
        size as f64 / took.as_secs_f64(),
        used * 1e6 / size as f64
    );

    // One in twenty is ours: 50 members go ship, skip, skip taken back, ship taken back, again and again; the last round
    // is cut short, so that order decides what stands.
    let ours = size / 20;
    let mixed = (0..size).map(|n| {
        if n % 20 != 0 {
            return foreign(n);
        }
        let turn = n / 20;
        let (member, step) = (9_000_000 + (turn % 50) as u64, turn / 50 % 4);
        let (emoji, add) = [("🚢", true), ("⏭️", true), ("⏭️", false), ("🚢", false)][step];
        reaction(card, member, emoji, add, id)
    });
    let flood = Flood::prepare(mixed);
    let mut wanted = Tally::default();
    for member in 0..50.min(ours) {
        let turns = ours.saturating_sub(member).div_ceil(50);
        match turns % 4 {
            1 | 3 => wanted.ship += 1,
            2 => wanted.skip += 1,
            _ => {}
        }
    }
    let applied = bot.metrics.votes_applied.get();
    let start = Instant::now();
    discord.flood(0, &flood);
    let deadline = Instant::now() + Duration::from_secs(120);
    while bot.metrics.votes_applied.get() < applied + ours as u64 {
        assert!(Instant::now() < deadline, "{} of {ours}", bot.metrics.votes_applied.get() - applied);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    println!("mixed: {:.0} a second, 5 % of them votes", size as f64 / start.elapsed().as_secs_f64());
    assert_eq!(home.tally(&server, "axolotl").await, wanted);
    assert_eq!(bot.metrics.reactions_dropped.get(), 0);
    bot.stop().await;
}

fn bot_seen(bot: &Bot) -> u64 {
    bot.metrics.reactions_seen.get()
}
