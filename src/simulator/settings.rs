//! How a simulator is set up.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::gateway::event::intent;

/// How a simulator is set up. The defaults are Discord's.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where REST listens. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the gateway listens. Port 0 takes a free one.
    pub gateway_listen: SocketAddr,
    /// Whether rate limits hold: REST buckets, the global limit, identifies per five seconds.
    pub limits: bool,
    /// How often clients must send a heartbeat, in milliseconds.
    pub heartbeat_interval_ms: u64,
    /// How long a session can be resumed after its connection was lost, in milliseconds.
    pub resume_window_ms: u64,
    /// How many shards may identify within five seconds.
    pub max_concurrency: u32,
    /// How often the application may identify in a day.
    pub identifies_per_day: u32,
    /// The name of the application and of its user.
    pub application: String,
    /// The token the application presents.
    pub token: String,
    /// Which privileged intents are switched on for it (bits of the intents field). None by default.
    pub privileged_intents: u64,
    /// The documentation lists `emoji`, `message_id` and the channel for MESSAGE_REACTION_REMOVE_EMOJI; some have
    /// seen `burst` and `type` in it too, and serenity 0.12 reads the event only with them. Off: as documented.
    pub kind_in_remove_emoji: bool,
    /// How many requests are kept for the side panel and for tests.
    pub record: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let free_port = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self {
            listen: free_port,
            gateway_listen: free_port,
            limits: true,
            heartbeat_interval_ms: 41_250,
            resume_window_ms: 180_000,
            max_concurrency: 1,
            identifies_per_day: 1_000,
            application: "Simulated".to_owned(),
            token: "MTAwMDAwMDAwMDAwMDAwMDAw.Simulated.local-only-token".to_owned(),
            privileged_intents: 0,
            kind_in_remove_emoji: false,
            record: 10_000,
        }
    }
}

impl Settings {
    /// Everything as by default, without rate limits: for tests of other things.
    pub fn unlimited() -> Self {
        Self { limits: false, ..Self::default() }
    }

    /// The same, with the privileged right to the content of all messages.
    #[must_use]
    pub fn with_message_content(self) -> Self {
        Self { privileged_intents: self.privileged_intents | intent::MESSAGE_CONTENT, ..self }
    }
}
