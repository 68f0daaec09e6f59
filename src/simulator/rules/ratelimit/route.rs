//! Which bucket a request counts against.
//!
//! Discord documents no size. These are the ones that its headers show to the authors of client libraries; a
//! bot must read the headers and not rely on them, and the simulator sends the headers for that.

use super::Settings;

/// What a bucket is kept apart by, besides the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Major<'a> {
    /// Nothing: one bucket for all.
    None,
    /// A channel.
    Channel(&'a str),
    /// A server.
    Guild(&'a str),
    /// A webhook or the token of an interaction, with its id.
    Webhook(&'a str, &'a str),
}

/// The bucket of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class<'a> {
    /// The bucket's name, the same for every resource.
    pub bucket: &'static str,
    /// What it is kept apart by.
    pub major: Major<'a>,
    /// Requests per window.
    pub limit: u32,
    /// The window's length in milliseconds.
    pub window_ms: u64,
    /// Whether the global limit does not count it.
    pub exempt_from_global: bool,
}

impl Class<'_> {
    /// The bucket as the header names it: an opaque word that is the same in every run.
    pub fn bucket_hash(&self) -> String {
        // FNV-1a, twice from different starts: Discord's words have 32 hexadecimal digits.
        let fnv = |start: u64| {
            self.bucket
                .bytes()
                .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
        };
        format!("{:016x}{:016x}", fnv(0xCBF2_9CE4_8422_2325), fnv(0x6C62_272E_07BB_0142))
    }
}

/// Finds the bucket of a request. A path that is not known has one with all other such paths.
pub fn classify<'a>(method: &str, path: &'a str, settings: &Settings) -> Class<'a> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments: Vec<&'a str> = path.split('/').filter(|segment| !segment.is_empty()).take(10).collect();
    let plain = |bucket, major, limit, window_ms| Class {
        bucket,
        major,
        limit,
        window_ms,
        exempt_from_global: false,
    };
    match (method, segments.as_slice()) {
        // Every way to look at or change reactions of a channel waits in one line.
        (_, ["channels", id, "messages", _, "reactions", ..]) => {
            plain("reactions", Major::Channel(id), 1, settings.reaction_every_ms)
        }
        ("POST", ["channels", id, "messages"]) => plain("message-create", Major::Channel(id), 5, 5_000),
        ("POST", ["channels", id, "messages", "bulk-delete"]) => {
            plain("bulk-delete", Major::Channel(id), 1, 1_000)
        }
        ("PATCH", ["channels", id, "messages", _]) => plain("message-edit", Major::Channel(id), 5, 5_000),
        ("DELETE", ["channels", id, "messages", _]) => plain("message-delete", Major::Channel(id), 5, 1_000),
        ("GET", ["channels", id, "messages"]) => plain("messages", Major::Channel(id), 10, 5_000),
        ("GET", ["channels", id, "messages", _]) => plain("message", Major::Channel(id), 30, 10_000),
        ("POST", ["channels", id, "typing"]) => plain("typing", Major::Channel(id), 5, 5_000),
        ("PATCH", ["channels", id]) => plain("channel-edit", Major::Channel(id), 2, 600_000),
        (_, ["channels", id, ..]) => plain("channel", Major::Channel(id), 50, 10_000),
        ("GET", ["guilds", id, "members", ..]) => plain("members", Major::Guild(id), 10, 10_000),
        (_, ["guilds", id, ..]) => plain("guild", Major::Guild(id), 50, 10_000),
        ("PUT", ["applications", _, "commands"]) => plain("commands-write", Major::None, 5, 20_000),
        ("PUT", ["applications", _, "guilds", id, "commands"]) => {
            plain("commands-write", Major::Guild(id), 5, 20_000)
        }
        (_, ["applications", _, "guilds", id, "commands", ..]) => {
            plain("commands", Major::Guild(id), 20, 20_000)
        }
        (_, ["applications", _, "commands", ..]) => plain("commands", Major::None, 20, 20_000),
        (_, ["interactions", id, token, "callback"]) => {
            Class { exempt_from_global: true, ..plain("callback", Major::Webhook(id, token), 5, 2_000) }
        }
        (_, ["webhooks", id, token, ..]) => {
            Class { exempt_from_global: true, ..plain("webhook", Major::Webhook(id, token), 5, 2_000) }
        }
        ("GET", ["gateway", ..]) => plain("gateway", Major::None, 2, 5_000),
        ("POST", ["users", "@me", "channels"]) => plain("open-dm", Major::None, 10, 10_000),
        ("GET", ["users", ..]) => plain("users", Major::None, 30, 30_000),
        _ => plain("other", Major::None, 50, 10_000),
    }
}
