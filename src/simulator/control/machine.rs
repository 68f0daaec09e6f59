//! Commands for time, faults and looking inside.

use serde::Deserialize;
use serde_json::Value;

use super::super::faults::EventRule;
use super::super::rest_fault::RestRule;

/// Time, faults, looking inside.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Machine {
    /// Moves time forward.
    Advance {
        /// By how much.
        ms: u64,
    },
    /// Stops time, or lets it run again.
    StopClock {
        /// Stopped.
        stopped: bool,
    },
    /// Cuts gateway connections without a word.
    DropSockets {
        /// Of one shard.
        shard: Option<u32>,
    },
    /// Nobody can connect to the gateway, or everybody again.
    KeepOut {
        /// Kept out.
        out: bool,
    },
    /// Closes gateway connections with a code.
    CloseSockets {
        /// Of one shard.
        shard: Option<u32>,
        /// The code.
        code: u16,
    },
    /// Opcode 7.
    Reconnect {
        /// Of one shard.
        shard: Option<u32>,
    },
    /// Opcode 9.
    Invalidate {
        /// Of one shard.
        shard: Option<u32>,
        /// Whether the session may be resumed.
        #[serde(default)]
        resumable: bool,
    },
    /// The next resumes are refused.
    RefuseResumes {
        /// How many.
        times: usize,
    },
    /// Heartbeats stay without an answer.
    MuteHeartbeats {
        /// Muted.
        mute: bool,
    },
    /// Events while disconnected are lost.
    LoseWhileDisconnected {
        /// Lost.
        lose: bool,
    },
    /// Something happens to the next events.
    EventFault {
        /// What.
        rule: EventRule,
    },
    /// Something happens to the next requests.
    RestFault {
        /// What.
        rule: RestRule,
    },
    /// Ends all faults.
    ClearFaults,
    /// Gives `{requests}`: those after a number.
    Requests {
        /// The number.
        #[serde(default)]
        after: u64,
    },
    /// Gives `{sessions}`.
    Sessions,
    /// Gives `{rest, gateway, token, bot}`: what a client needs to connect.
    Address,
    /// Prepares a flood of events for a shard and sends it. Gives `{queued}`.
    Flood {
        /// Which shard.
        shard: u32,
        /// The events, each `[name, body]`.
        events: Vec<(String, Value)>,
        /// How often the whole list is sent.
        #[serde(default = "once")]
        times: u32,
    },
    /// Switches rate limits on or off.
    Limits {
        /// Whether they hold.
        on: bool,
    },
}

fn once() -> u32 {
    1
}
