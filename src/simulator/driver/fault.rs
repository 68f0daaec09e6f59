//! Faults on demand.

use super::super::Driver;
use super::super::faults::EventRule;
use super::super::gateway::session::Out;
use super::super::rest_fault::RestRule;

/// Faults of one simulator.
pub struct Faults<'a>(&'a Driver);

impl Driver {
    /// Faults on demand; see [`Faults`].
    pub fn faults(&self) -> Faults<'_> {
        Faults(self)
    }
}

impl Faults<'_> {
    /// Cuts the gateway connections (of one shard, or all) without a word. Sessions can be resumed.
    pub fn drop_sockets(&self, shard: Option<u32>) {
        self.0.core.hub.cut(shard, self.0.core.clock.now_ms());
    }

    /// Lets nobody connect to the gateway, or lets them in again. Connections that stand are not touched.
    pub fn keep_out(&self, out: bool) {
        self.0.core.hub.keep_out(out);
    }

    /// Closes the gateway connections with a code.
    pub fn close_sockets(&self, shard: Option<u32>, code: u16) {
        self.0.core.hub.say(shard, || Out::Close(code, "Closed on purpose."));
    }

    /// Asks clients to reconnect and resume (opcode 7).
    pub fn reconnect(&self, shard: Option<u32>) {
        let payload = r#"{"t":null,"s":null,"op":7,"d":null}"#;
        self.0.core.hub.say(shard, || Out::Raw(payload.to_owned()));
    }

    /// Tells clients that their session is invalid (opcode 9). Unless resumable, it is over.
    pub fn invalidate(&self, shard: Option<u32>, resumable: bool) {
        if !resumable {
            self.0.core.hub.end(shard);
        }
        let payload = format!(r#"{{"t":null,"s":null,"op":9,"d":{resumable}}}"#);
        self.0.core.hub.say(shard, || Out::Raw(payload.clone()));
    }

    /// Refuses the next resumes with INVALID_SESSION: everything that was missed is lost.
    pub fn refuse_resumes(&self, times: usize) {
        self.0.core.hub.refuse_resumes(times);
    }

    /// Leaves heartbeats without an answer, or answers them again.
    pub fn mute_heartbeats(&self, mute: bool) {
        self.0.core.hub.mute_heartbeats(mute);
    }

    /// Loses events that happen while a session has no connection, even if it resumes.
    pub fn lose_while_disconnected(&self, lose: bool) {
        self.0.core.hub.faults.lose_while_disconnected(lose);
    }

    /// Something happens to the next events: twice, late, swapped, lost.
    pub fn events(&self, rule: EventRule) {
        self.0.core.hub.faults.add(rule);
    }

    /// Something happens to the next requests: 5xx, cut, slow, 429.
    pub fn rest(&self, rule: RestRule) {
        self.0.core.rest_faults.add(rule);
    }

    /// How many requests will still be struck by rules that count.
    pub fn requests_left(&self) -> u64 {
        self.0.core.rest_faults.left()
    }

    /// Ends all faults.
    pub fn clear(&self) {
        self.0.core.hub.faults.clear();
        self.0.core.hub.refuse_resumes(0);
        self.0.core.hub.mute_heartbeats(false);
        self.0.core.hub.keep_out(false);
        self.0.core.rest_faults.clear();
    }
}
