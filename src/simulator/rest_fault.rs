//! What goes wrong with REST on purpose. Nothing does unless it was asked for.

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum RestFault {
    /// It is answered with a fault of the server.
    Status {
        /// 500, 502, 503 or 504.
        status: u16,
        /// Whether the request was carried out all the same.
        #[serde(default)]
        done: bool,
    },
    /// The connection is cut instead of an answer.
    Cut {
        /// Whether the request was carried out all the same.
        #[serde(default)]
        done: bool,
    },
    /// It takes this much longer.
    Slow {
        /// Milliseconds, in real time.
        ms: u64,
    },
    /// It is answered with 429.
    TooMany {
        /// How long the client shall wait, in milliseconds.
        retry_after_ms: u64,
        /// Whether it names the global limit.
        #[serde(default)]
        global: bool,
        /// Whether the limit is one that others used up.
        #[serde(default)]
        shared: bool,
    },
}

/// A fault for the next requests of some kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestRule {
    /// The method it strikes; none: all.
    #[serde(default)]
    pub method: Option<String>,
    /// A piece of the path it strikes, such as `/reactions/`; none: all.
    #[serde(default)]
    pub path: Option<String>,
    /// What happens.
    #[serde(flatten)]
    pub fault: RestFault,
    /// How many requests it strikes; none: all from now on.
    #[serde(default)]
    pub times: Option<u32>,
}

/// The faults of REST.
#[derive(Debug, Default)]
pub struct RestFaults {
    rules: Mutex<Vec<RestRule>>,
}

impl RestFaults {
    /// Adds a rule. Older rules strike first.
    pub fn add(&self, rule: RestRule) {
        self.rules.lock().push(rule);
    }

    /// Ends every fault.
    pub fn clear(&self) {
        self.rules.lock().clear();
    }

    /// How many requests the counted rules will still strike.
    pub fn left(&self) -> u64 {
        self.rules.lock().iter().filter_map(|rule| rule.times).map(u64::from).sum()
    }

    /// The fault for this request, counted down.
    pub fn take(&self, method: &str, path: &str) -> Option<RestFault> {
        let mut rules = self.rules.lock();
        let place = rules.iter().position(|rule| {
            rule.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && rule.path.as_deref().is_none_or(|piece| path.contains(piece))
        })?;
        let rule = &mut rules[place];
        let fault = rule.fault.clone();
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                rules.remove(place);
            }
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_strikes_what_it_names_and_only_so_often() {
        let faults = RestFaults::default();
        faults.add(RestRule {
            method: Some("PUT".to_owned()),
            path: Some("/reactions/".to_owned()),
            fault: RestFault::Status { status: 503, done: false },
            times: Some(1),
        });
        assert_eq!(faults.left(), 1);
        assert_eq!(faults.take("GET", "/channels/1/messages/2/reactions/x"), None);
        assert_eq!(faults.take("PUT", "/channels/1"), None);
        let struck = faults.take("PUT", "/channels/1/messages/2/reactions/x/@me");
        assert_eq!(struck, Some(RestFault::Status { status: 503, done: false }));
        assert_eq!(faults.left(), 0);
        assert_eq!(faults.take("PUT", "/channels/1/messages/2/reactions/x/@me"), None);
    }
}
