//! The gateway: close codes, intents, withheld content, shards, resuming, compression, bad input.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use serde_json::{Value, json};
use tiebreaker::simulator::{Permissions, Settings, Simulator, Whom};

use super::discord;
use super::raw::{Got, Socket};

const GUILDS: u64 = 1;
const MEMBERS: u64 = 1 << 1;
const MESSAGES: u64 = 1 << 9;
const REACTIONS: u64 = 1 << 10;
const CONTENT: u64 = 1 << 15;

#[tokio::test]
async fn every_documented_mistake_has_its_close_code() {
    let discord = discord().await;
    for (query, code) in [("v=9&encoding=json", 4012), ("encoding=json", 4012), ("v=10&encoding=etf", 4002)] {
        assert_eq!(Socket::connect(&discord, query).await.close_code().await, code, "{query}");
    }
    let token = discord.token();
    for (token, intents, shard, code) in [
        ("wrong", GUILDS, (0, 1), 4004),
        (token.as_str(), 1 << 60, (0, 1), 4013),
        (token.as_str(), GUILDS | CONTENT, (0, 1), 4014),
        (token.as_str(), GUILDS | MEMBERS, (0, 1), 4014),
        (token.as_str(), GUILDS, (3, 2), 4010),
    ] {
        let mut socket = Socket::hello(&discord).await;
        socket.identify(token, intents, shard).await;
        assert_eq!(socket.close_code().await, code, "{intents} {shard:?}");
    }
    for (payload, code) in [
        ("no json".to_owned(), 4002),
        ("[]".to_owned(), 4001),
        (json!({ "op": 99, "d": null }).to_string(), 4001),
        (json!({ "op": "2" }).to_string(), 4001),
        (json!({ "op": 3, "d": {} }).to_string(), 4003),
        (json!({ "op": 8, "d": {} }).to_string(), 4003),
        (json!({ "op": 2, "d": null }).to_string(), 4002),
        (json!({ "op": 1, "d": "x".repeat(5_000) }).to_string(), 4002),
        (json!({ "op": 1, "d": "x".repeat(500_000) }).to_string(), 4002),
    ] {
        let mut socket = Socket::hello(&discord).await;
        socket.send_text(payload.clone()).await;
        assert_eq!(socket.close_code().await, code, "{}", &payload[..payload.len().min(60)]);
    }
    let (mut socket, _) = Socket::identified(&discord, GUILDS, (0, 1)).await;
    socket.identify(&token, GUILDS, (0, 1)).await;
    assert_eq!(socket.close_code().await, 4005);
    let mut socket = Socket::hello(&discord).await;
    for _ in 0..=120 {
        socket.send(json!({ "op": 1, "d": null })).await;
    }
    assert_eq!(socket.close_code().await, 4008);
}

#[tokio::test]
async fn a_client_that_stops_its_heart_is_let_go() {
    let settings = Settings { heartbeat_interval_ms: 50, ..Settings::unlimited() };
    let discord = Simulator::start(settings).await.unwrap();
    let (mut socket, _) = Socket::identified(&discord, GUILDS, (0, 1)).await;
    assert_eq!(socket.close_code().await, 4009);
    discord.wait_for_no_session().await.unwrap();
}

#[tokio::test]
async fn only_events_that_were_asked_for_arrive() {
    let discord = discord().await;
    let server = discord.server("Makers");
    let (alice, general) = (server.member("Alice"), server.general());
    let hidden = server.channel("hidden");
    server.overwrite(
        hidden,
        Whom::Role(server.bot_role().unwrap()),
        Permissions::NONE,
        Permissions::VIEW_CHANNEL,
    );
    let (mut few, ready) = Socket::identified(&discord, REACTIONS, (0, 1)).await;
    assert_eq!(ready["d"]["guilds"], json!([{ "id": server.id, "unavailable": true }]));
    let (mut many, _) = Socket::identified(&discord, GUILDS | MESSAGES | REACTIONS, (0, 1)).await;

    let said = alice.say(general, "hello").unwrap();
    alice.react(general, said, "🚢").unwrap();
    let unseen = alice.say(hidden, "psst").unwrap();
    alice.react(hidden, unseen, "🚢").unwrap();
    server.member("Bob");
    alice.take_back(general, said, "🚢").unwrap();

    assert_eq!(few.names_so_far().await, ["MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"]);
    assert_eq!(
        many.names_so_far().await,
        ["GUILD_CREATE", "MESSAGE_CREATE", "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"]
    );
}

#[tokio::test]
async fn content_is_withheld_except_where_it_concerns_the_bot() {
    let discord = discord().await;
    let server = discord.server("Makers");
    let (alice, general, bot) = (server.member("Alice"), server.general(), discord.bot_id());
    let (mut socket, _) = Socket::identified(&discord, MESSAGES, (0, 1)).await;
    let mut content = async |text: &str| {
        alice.say(general, text).unwrap();
        socket.event("MESSAGE_CREATE").await["content"].clone()
    };
    assert_eq!(content("just talking").await, "");
    assert_eq!(content(&format!("<@{bot}> a or b?")).await, format!("<@{bot}> a or b?"));
    assert_eq!(content(&format!("a or b, <@!{bot}>")).await, format!("a or b, <@!{bot}>"));
    assert_eq!(content(&format!("`<@{bot}>` is code")).await, "");
    let (direct, channel) = alice.direct();
    let (mut socket, _) = Socket::identified(&discord, 1 << 12, (0, 1)).await;
    direct.say(channel, "between us").unwrap();
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "between us");

    let open = Simulator::start(Settings::unlimited().with_message_content()).await.unwrap();
    let server = open.server("Makers");
    let (mut with, _) = Socket::identified(&open, MESSAGES | CONTENT, (0, 1)).await;
    let (mut without, _) = Socket::identified(&open, MESSAGES, (0, 1)).await;
    server.member("Bob").say(server.general(), "just talking").unwrap();
    assert_eq!(with.event("MESSAGE_CREATE").await["content"], "just talking");
    assert_eq!(without.event("MESSAGE_CREATE").await["content"], "");
}

#[tokio::test]
async fn servers_come_on_their_shard_and_identifies_are_paced() {
    let discord = Simulator::start(Settings { max_concurrency: 2, ..Settings::default() }).await.unwrap();
    let servers: Vec<_> = (0..8).map(|number| discord.server(&format!("Server {number}"))).collect();
    let mut sockets = Vec::new();
    for shard in 0..2 {
        sockets.push(Socket::identified(&discord, GUILDS | MESSAGES, (shard, 4)).await);
    }
    // The third shard shares a bucket with the first one: too soon.
    let (_, refused) = Socket::identified(&discord, GUILDS | MESSAGES, (2, 4)).await;
    assert_eq!((&refused["op"], &refused["d"]), (&json!(9), &json!(false)));
    discord.clock().advance(std::time::Duration::from_secs(5));
    for shard in 2..4 {
        sockets.push(Socket::identified(&discord, GUILDS | MESSAGES, (shard, 4)).await);
    }
    for (shard, (socket, ready)) in sockets.iter_mut().enumerate() {
        let own: Vec<Value> = servers
            .iter()
            .filter(|server| (server.id.0 >> 22) % 4 == shard as u64)
            .map(|server| json!(server.id))
            .collect();
        assert_eq!(own.len(), 2);
        assert_eq!(
            ready["d"]["guilds"]
                .as_array()
                .unwrap()
                .iter()
                .map(|guild| guild["id"].clone())
                .collect::<Vec<_>>(),
            own
        );
        for server in &servers {
            server.owner().say(server.general(), "hello").unwrap();
        }
        assert_eq!(
            socket.names_so_far().await.iter().filter(|name| *name == "MESSAGE_CREATE").count(),
            2 * (shard + 1)
        );
    }
}

#[tokio::test]
async fn a_resumed_session_hears_what_it_missed_in_order() {
    let discord = discord().await;
    let server = discord.server("Makers");
    let (alice, general) = (server.member("Alice"), server.general());
    let (mut first, ready) = Socket::identified(&discord, MESSAGES | REACTIONS, (0, 1)).await;
    let said = alice.say(general, "one").unwrap();
    first.event("MESSAGE_CREATE").await;
    discord.faults().drop_sockets(None);
    assert!(matches!(first.got().await, Got::Cut | Got::Closed(_)));
    discord.wait_for_no_session().await.unwrap();
    alice.react(general, said, "🚢").unwrap();
    alice.say(general, "two").unwrap();

    let resume = |seq: u64| {
        json!({ "op": 6, "d": {
        "token": discord.token(), "session_id": ready["d"]["session_id"], "seq": seq,
    } })
    };
    let mut second = Socket::hello(&discord).await;
    second.send(resume(first.sequence)).await;
    let mut heard = Vec::new();
    for _ in 0..3 {
        let payload = second.payload().await;
        heard.push((payload["s"].as_u64().unwrap(), payload["t"].as_str().unwrap().to_owned()));
    }
    let expected = ["MESSAGE_REACTION_ADD", "MESSAGE_CREATE", "RESUMED"];
    assert_eq!(heard, (3..).zip(expected.map(str::to_owned)).collect::<Vec<_>>());

    // Numbers that were never sent, and a session that is over.
    let mut third = Socket::hello(&discord).await;
    third.send(resume(999)).await;
    assert_eq!(third.close_code().await, 4007);
    discord.faults().refuse_resumes(1);
    let mut fourth = Socket::hello(&discord).await;
    fourth.send(resume(second.sequence)).await;
    assert_eq!(fourth.payload().await["op"], 9);
    let mut fifth = Socket::hello(&discord).await;
    fifth.send(resume(second.sequence)).await;
    assert_eq!(fifth.payload().await, json!({ "t": null, "s": null, "op": 9, "d": false }));
}

#[tokio::test]
async fn a_session_ends_with_a_clean_close_or_after_a_few_minutes() {
    let discord = discord().await;
    for clean in [true, false] {
        let (socket, ready) = Socket::identified(&discord, MESSAGES, (0, 1)).await;
        if clean {
            let mut socket = socket;
            socket.close(1000).await;
        } else {
            drop(socket);
        }
        discord.wait_for_no_session().await.unwrap();
        if !clean {
            discord.clock().advance(std::time::Duration::from_secs(600));
        }
        let mut again = Socket::hello(&discord).await;
        let data = json!({ "token": discord.token(), "session_id": ready["d"]["session_id"], "seq": 1 });
        again.send(json!({ "op": 6, "d": data })).await;
        assert_eq!(again.payload().await["op"], 9, "clean: {clean}");
    }
}

#[tokio::test]
async fn payloads_are_packed_as_asked() {
    let discord = discord().await;
    let server = discord.server("Makers");
    for number in 0..100 {
        server.channel(&format!("channel-{number}"));
    }
    // In the IDENTIFY: large payloads are packed one by one.
    let mut socket = Socket::hello(&discord).await;
    let data = json!({ "token": discord.token(), "intents": GUILDS, "compress": true, "properties": {} });
    socket.send(json!({ "op": 2, "d": data })).await;
    assert_eq!(socket.payload().await["t"], "READY");
    let Got::Packed(bytes) = socket.got().await else { panic!("a large GUILD_CREATE is packed") };
    let mut text = String::new();
    ZlibDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["d"]["channels"].as_array().unwrap().len(), 101);

    // In the address: everything is one stream.
    let mut socket = Socket::connect(&discord, "v=10&encoding=json&compress=zlib-stream").await;
    let mut stream = flate2::Decompress::new(true);
    let mut read = async |socket: &mut Socket| {
        let Got::Packed(bytes) = socket.got().await else { panic!("not packed") };
        let mut text = Vec::with_capacity(1 << 20);
        stream.decompress_vec(&bytes, &mut text, flate2::FlushDecompress::Sync).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()
    };
    assert_eq!(read(&mut socket).await["op"], 10);
    socket.identify(&discord.token(), GUILDS, (0, 1)).await;
    assert_eq!(read(&mut socket).await["t"], "READY");
    assert_eq!(read(&mut socket).await["t"], "GUILD_CREATE");
}

#[tokio::test]
async fn rubbish_on_either_port_takes_nothing_down() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let discord = discord().await;
    let gateway = discord.gateway_url().strip_prefix("ws://").unwrap().to_owned();
    let rest = discord.base_url().strip_prefix("http://").unwrap().to_owned();
    for address in [gateway, rest] {
        for rubbish in [&b"\0\xff\x16\x03 rubbish\r\n\r\n"[..], b"GET / HTTP/1.1\r\n\r\n", b"GET ", b""] {
            let mut tcp = tokio::net::TcpStream::connect(&address).await.unwrap();
            tcp.write_all(rubbish).await.unwrap();
            // Half closed: nothing more will come from here.
            tcp.shutdown().await.unwrap();
            let mut answer = Vec::new();
            let _ =
                tokio::time::timeout(std::time::Duration::from_secs(5), tcp.read_to_end(&mut answer)).await;
        }
    }
    let (_, ready) = Socket::identified(&discord, GUILDS, (0, 1)).await;
    assert_eq!(ready["t"], "READY");
}

#[tokio::test]
async fn the_starts_of_a_day_are_counted() {
    let settings = Settings { identifies_per_day: 2, ..Settings::unlimited() };
    let discord = Simulator::start(settings).await.unwrap();
    let old = discord.token();
    let (_one, _) = Socket::identified(&discord, GUILDS, (0, 1)).await;
    let (_two, _) = Socket::identified(&discord, GUILDS, (0, 1)).await;
    let (_, body) = super::raw::call(&discord, reqwest::Method::GET, "/gateway/bot", None).await;
    assert_eq!(body["session_start_limit"]["remaining"], 0);
    let mut three = Socket::hello(&discord).await;
    three.identify(&old, GUILDS, (0, 1)).await;
    assert_eq!(three.close_code().await, 4004);
    assert_ne!(discord.token(), old, "the token is reset");
}
