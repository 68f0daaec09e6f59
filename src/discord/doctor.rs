//! A look at what Discord says of us: token, application, gateway, commands, permissions.

use std::{sync::Arc, time::Instant};

use serde_json::Value;
use serenity::all::{GatewayIntents, Permissions, ShardId, ShardInfo};
use tokio::{sync::Mutex, time::timeout};

use super::{
    commands,
    permissions::NEEDED,
    register,
    rest::{Rest, RestError, calls},
    shards::SERVERS_PER_SHARD,
};
use crate::{
    config::Secret,
    domain::ids::{ApplicationId, ServerId},
    service::doctor::Finding,
};

/// The gateway must be there within this time.
const GATEWAY_WAIT: std::time::Duration = std::time::Duration::from_secs(10);
/// Servers on one page of the list.
const PAGE: usize = 200;
/// So many pages are read at most.
const MOST_PAGES: usize = 50;
/// So many servers are named in one finding.
const MOST_NAMED: usize = 10;

/// Flags of an application that say that a privileged intent is switched on: the plain ones, and those of bots in few
/// servers. Source: Discord's page "Application", application flags.
const PRIVILEGED: [(u64, &str); 3] = [
    (1 << 12 | 1 << 13, "Presence Intent"),
    (1 << 14 | 1 << 15, "Server Members Intent"),
    (1 << 18 | 1 << 19, "Message Content Intent"),
];

/// What Discord said.
#[derive(Debug, Default)]
pub struct Examined {
    /// The findings.
    pub findings: Vec<Finding>,
    /// Whose token it is, when Discord told.
    pub application: Option<ApplicationId>,
}

/// Asks Discord. `place` names it to people; `shards` is the number that `SHARDS` sets.
///
/// Begins no gateway session: sessions are counted by the day, and a bot may be running.
pub async fn examine(rest: &Rest, token: &Secret, place: &str, shards: Option<u32>) -> Examined {
    let mut examined = Examined::default();
    let start = Instant::now();
    let application = match rest.call(calls::current_application()).await {
        Ok(application) => application,
        Err(error) => {
            examined.findings.push(if error.is_unauthorized() {
                Finding::broken("token", "doctor-token-wrong")
            } else {
                unreachable(place, &error)
            });
            return examined;
        }
    };
    let took = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let id = application.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok()).map(ApplicationId);
    let Some(id) = id else {
        let strange = RestError::Unreadable { status: 200 };
        examined.findings.push(unreachable(place, &strange));
        return examined;
    };
    examined.application = Some(id);
    let name = application.get("name").and_then(Value::as_str).unwrap_or_default();
    examined.findings.extend([
        Finding::good("token", "doctor-token").with("name", tame(name)).with("id", id.0.to_string()),
        Finding::good("reach", "doctor-reach").with("place", place).with("ms", took),
        intents(&application),
    ]);
    examined.findings.extend(delivery(&application));
    examined.findings.extend(gateway(rest, token, place, shards).await);
    examined.findings.push(registered(rest, id, place).await);
    examined.findings.extend(servers(rest, id, place).await);
    examined
}

fn unreachable(place: &str, error: &RestError) -> Finding {
    Finding::broken("reach", "doctor-reach-none").with("place", place).with("why", error.to_string())
}

/// The bot needs no privileged intent; one that is on makes Discord ask for a review sooner or later.
fn intents(application: &Value) -> Finding {
    let flags = application.get("flags").and_then(Value::as_u64).unwrap_or_default();
    let on: Vec<&str> =
        PRIVILEGED.iter().filter(|(bits, _)| flags & bits != 0).map(|(_, name)| *name).collect();
    if on.is_empty() {
        Finding::good("intents", "doctor-intents")
    } else {
        Finding::note("intents", "doctor-intents-unneeded").with("intents", on.join(", "))
    }
}

/// With an endpoint of its own, an application gets no commands over the gateway; with a code grant, nobody can add it.
fn delivery(application: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let endpoint = application.get("interactions_endpoint_url").and_then(Value::as_str).unwrap_or_default();
    if !endpoint.is_empty() {
        findings.push(Finding::broken("commands", "doctor-endpoint").with("url", tame(endpoint)));
    }
    if application.get("bot_require_code_grant").and_then(Value::as_bool) == Some(true) {
        findings.push(Finding::broken("permissions", "doctor-code-grant"));
    }
    findings
}

async fn gateway(rest: &Rest, token: &Secret, place: &str, shards: Option<u32>) -> Vec<Finding> {
    let told = match rest.call(calls::gateway_bot()).await {
        Ok(told) => told,
        Err(error) => return vec![unreachable(place, &error)],
    };
    let mut findings = Vec::new();
    let number = |pointer: &str| told.pointer(pointer).and_then(Value::as_u64);
    let url = told.get("url").and_then(Value::as_str).unwrap_or_default();
    findings.push(match reach(url, token).await {
        Ok(()) => Finding::good("gateway", "doctor-gateway").with("url", tame(url)),
        Err(why) => Finding::broken("gateway", "doctor-gateway-none").with("url", tame(url)).with("why", why),
    });
    let (remaining, total) = (
        number("/session_start_limit/remaining").unwrap_or_default(),
        number("/session_start_limit/total").unwrap_or_default(),
    );
    let minutes = number("/session_start_limit/reset_after").unwrap_or_default().div_ceil(60_000);
    findings.push(
        if remaining == 0 {
            Finding::broken("gateway", "doctor-sessions-none")
        } else if remaining * 10 < total {
            Finding::note("gateway", "doctor-sessions-few")
        } else {
            Finding::good("gateway", "doctor-sessions")
        }
        .with("remaining", remaining)
        .with("total", total)
        .with("minutes", minutes),
    );
    let wanted = number("/shards").unwrap_or(1);
    if let Some(shards) = shards.filter(|shards| u64::from(*shards) < wanted) {
        findings.push(
            Finding::note("gateway", "doctor-shards")
                .with("shards", shards)
                .with("wanted", wanted)
                .with("most", SERVERS_PER_SHARD),
        );
    }
    findings
}

/// Connects and goes away again without a word: that begins no session.
async fn reach(url: &str, token: &Secret) -> Result<(), String> {
    let url = Arc::new(Mutex::new(url.to_owned()));
    let info = ShardInfo { id: ShardId(0), total: 1 };
    let connecting = serenity::gateway::Shard::new(url, token.reveal(), info, GatewayIntents::empty(), None);
    match timeout(GATEWAY_WAIT, connecting).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no connection within {} s", GATEWAY_WAIT.as_secs())),
    }
}

async fn registered(rest: &Rest, application: ApplicationId, place: &str) -> Finding {
    let ours = match commands::definitions() {
        Ok(ours) => ours,
        Err(error) => {
            return Finding::broken("commands", "doctor-commands-bug").with("why", format!("{error:#}"));
        }
    };
    match rest.call(calls::get_commands(application, None)).await {
        Ok(held) => {
            let held = held.as_array().cloned().unwrap_or_default();
            let different = register::differences(&ours, &held);
            if different.is_empty() {
                Finding::good("commands", "doctor-commands").with("count", ours.len())
            } else {
                Finding::note("commands", "doctor-commands-differ").with("commands", different.join(" "))
            }
        }
        Err(error) => unreachable(place, &error),
    }
}

/// A server that has the bot, as its list tells.
struct Server {
    name: String,
    id: ServerId,
    permissions: Permissions,
}

async fn servers(rest: &Rest, application: ApplicationId, place: &str) -> Vec<Finding> {
    let mut all = Vec::new();
    for _ in 0..MOST_PAGES {
        let after = all.last().map(|server: &Server| server.id);
        let page = match rest.call(calls::my_servers(PAGE, after)).await {
            Ok(page) => page,
            Err(error) => return vec![unreachable(place, &error)],
        };
        let page = page.as_array().map_or(&[][..], Vec::as_slice);
        all.extend(page.iter().filter_map(server));
        if page.len() < PAGE {
            break;
        }
    }
    if all.is_empty() {
        return vec![
            Finding::note("permissions", "doctor-servers-none").with("link", invitation(application)),
        ];
    }
    let mut findings = Vec::new();
    for (permission, key) in NEEDED {
        let lacking: Vec<&Server> =
            all.iter().filter(|server| !server.permissions.contains(permission)).collect();
        if lacking.is_empty() {
            continue;
        }
        let names: Vec<String> = lacking
            .iter()
            .take(MOST_NAMED)
            .map(|server| format!("{} ({})", server.name, server.id))
            .collect();
        let mut finding = Finding::note("permissions", "doctor-permission-missing")
            .with("count", lacking.len())
            .with("servers", names.join(", "))
            .with("more", lacking.len() - names.len());
        finding.permission = Some(key);
        findings.push(finding);
    }
    if findings.is_empty() {
        findings.push(Finding::good("permissions", "doctor-permissions").with("count", all.len()));
    }
    findings
}

fn server(listed: &Value) -> Option<Server> {
    let bits: u64 = listed.get("permissions")?.as_str()?.parse().ok()?;
    let mut permissions = Permissions::from_bits_truncate(bits);
    if permissions.administrator() {
        permissions = Permissions::all();
    }
    Some(Server {
        name: tame(listed.get("name").and_then(Value::as_str).unwrap_or_default()),
        id: ServerId(listed.get("id")?.as_str()?.parse().ok()?),
        permissions,
    })
}

/// The address at which somebody adds the bot to a server, with what it needs there.
#[must_use]
pub fn invitation(application: ApplicationId) -> String {
    let needed = NEEDED.iter().fold(Permissions::SEND_MESSAGES_IN_THREADS, |all, (one, _)| all | *one);
    format!(
        "https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands&permissions={}",
        application.0,
        needed.bits()
    )
}

/// A name that somebody chose, without what could upset a terminal.
fn tame(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unneeded_intents_and_a_diverted_delivery_are_seen() {
        let application = json!({"flags": 1 << 19 | 1 << 23, "interactions_endpoint_url": null});
        assert_eq!(intents(&application).key, "doctor-intents-unneeded");
        assert!(delivery(&application).is_empty());
        let application = json!({
            "flags": 1 << 23, "interactions_endpoint_url": "https://example.org/x", "bot_require_code_grant": true,
        });
        assert_eq!(intents(&application).key, "doctor-intents");
        let keys: Vec<_> = delivery(&application).iter().map(|finding| finding.key).collect();
        assert_eq!(keys, ["doctor-endpoint", "doctor-code-grant"]);
    }

    #[test]
    fn administrators_lack_nothing_and_names_are_tamed() {
        let found = server(&json!({"id": "9", "name": "a\u{1b}[2Jb", "permissions": "8"})).unwrap();
        assert!(found.permissions.contains(Permissions::EMBED_LINKS));
        assert_eq!(found.name, "a[2Jb");
        assert!(server(&json!({"id": "9", "name": "x"})).is_none());
    }

    #[test]
    fn the_invitation_asks_for_what_is_needed_and_nothing_else() {
        let link = invitation(ApplicationId(5));
        let bits: u64 = link.rsplit('=').next().unwrap().parse().unwrap();
        let asked = Permissions::from_bits(bits).unwrap();
        assert!(NEEDED.iter().all(|(needed, _)| asked.contains(*needed)));
        assert!(!asked.intersects(Permissions::ADMINISTRATOR | Permissions::MANAGE_GUILD));
    }
}
