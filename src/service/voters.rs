//! Who voted, without saying who, and whose marks are held back.
//!
//! No raw id of a voter is stored: a voter is HMAC-SHA256(key, server id ‖ user id), cut to 128 bits. One member has
//! another hash in every server and cannot be followed across them, and a stolen store names nobody without the key.

use parking_lot::RwLock;
use rustc_hash::FxHashMap;

use crate::{
    domain::{
        ids::{ServerId, UserId, VoterHash},
        time::Timestamp,
    },
    store::{VoterKey, records::VoterRules},
};

/// Hashes members and says until when their marks are held, by the rules of each server.
#[derive(Debug)]
pub struct Voters {
    key: VoterKey,
    /// Servers that set a rule; all others have none.
    rules: RwLock<FxHashMap<ServerId, VoterRules>>,
}

impl Voters {
    /// Voters under a key, with the rules that servers have set.
    #[must_use]
    pub fn new(key: VoterKey, rules: impl IntoIterator<Item = (ServerId, VoterRules)>) -> Self {
        let rules = rules.into_iter().filter(|(_, rules)| *rules != VoterRules::default()).collect();
        Self { key, rules: RwLock::new(rules) }
    }

    /// A server changed its rules; marks made from now on follow them.
    pub fn set_rules(&self, server: ServerId, rules: VoterRules) {
        let mut all = self.rules.write();
        if rules == VoterRules::default() {
            all.remove(&server);
        } else {
            all.insert(server, rules);
        }
    }

    /// The hash that stands for a member in a server.
    #[must_use]
    pub fn hash(&self, server: ServerId, user: UserId) -> VoterHash {
        self.key.voter_hash(server, user)
    }

    /// Until when a mark made `now` is held; `None`: it counts at once.
    ///
    /// `joined`: when the member joined the server, where that is known. Discord's lists do not tell it, so a mark that
    /// only a recount found is judged by the age of the account alone.
    #[must_use]
    pub fn held_until(
        &self,
        server: ServerId,
        user: UserId,
        joined: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let rules = self.rules.read().get(&server).copied()?;
        let after = |from: Timestamp, hours: u32| from.plus(i64::from(hours) * Timestamp::HOUR);
        let account = after(user.created_at(), rules.account_hours);
        let member =
            joined.filter(|_| rules.member_hours > 0).map(|joined| after(joined, rules.member_hours));
        let until = member.map_or(account, |member| member.max(account));
        (until > now).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: ServerId = ServerId(1);

    fn born(at: Timestamp) -> UserId {
        UserId(((at.0 - UserId(0).created_at().0) as u64) << 22)
    }

    #[test]
    fn a_young_account_is_held_until_it_is_old_enough() {
        let voters = Voters::new(VoterKey::of_setting("key"), []);
        let (now, young) =
            (Timestamp(1_800_000_000_000), born(Timestamp(1_800_000_000_000 - Timestamp::HOUR)));
        assert_eq!(voters.held_until(SERVER, young, None, now), None, "no rule");
        voters.set_rules(SERVER, VoterRules { account_hours: 24, member_hours: 0 });
        assert_eq!(voters.held_until(SERVER, young, None, now), Some(now.plus(23 * Timestamp::HOUR)));
        assert_eq!(voters.held_until(SERVER, UserId(1), None, now), None);
        assert_eq!(voters.held_until(ServerId(2), young, None, now), None, "another server's rule");
    }

    #[test]
    fn the_longer_of_both_rules_holds() {
        let rules = VoterRules { account_hours: 24, member_hours: 48 };
        let voters = Voters::new(VoterKey::of_setting("key"), [(SERVER, rules)]);
        let now = Timestamp(1_800_000_000_000);
        let joined = Some(now.plus(-Timestamp::HOUR));
        assert_eq!(voters.held_until(SERVER, born(now), joined, now), Some(now.plus(47 * Timestamp::HOUR)));
        assert_eq!(voters.held_until(SERVER, UserId(1), None, now), None, "not known when they joined");
        voters.set_rules(SERVER, VoterRules::default());
        assert_eq!(voters.held_until(SERVER, born(now), joined, now), None);
    }
}
