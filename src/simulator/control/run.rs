//! Carrying out commands: those that make and change the world, time, faults. Acting as a member is beside.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::driver::server::{ServerHandle, Whom};
use super::super::driver::{Driven, Driver, DriverError, Flood};
use super::super::ids::{ChannelId, RoleId, ServerId, UserId};
use super::super::state::server::BOT_PERMISSIONS;
use super::act;
use super::command::Command;
use super::machine::Machine;
use super::making::Making;

const DAY_S: f64 = 86_400.0;

/// Carries out one command.
pub(super) async fn run(driver: &Driver, command: Command) -> Driven<Value> {
    match command {
        Command::Make(command) => make(driver, command),
        Command::Act(command) => act::act(driver, *command).await,
        Command::Machine(command) => machine(driver, command),
    }
}

fn server(driver: &Driver, id: ServerId) -> Driven<ServerHandle> {
    driver.server_by_id(id).ok_or_else(|| DriverError::NotPossible("there is no such server".to_owned()))
}

/// The server of a channel.
pub(super) fn server_of(driver: &Driver, channel: ChannelId) -> Option<ServerHandle> {
    let id = driver.with_world(|world| world.channel(channel).and_then(|found| found.server))?;
    driver.server_by_id(id)
}

fn whom(role: Option<RoleId>, member: Option<UserId>) -> Driven<Whom> {
    match (role, member) {
        (Some(role), None) => Ok(Whom::Role(role)),
        (None, Some(user)) => Ok(Whom::Member(user)),
        _ => Err(DriverError::NotPossible("name a role or a member".to_owned())),
    }
}

fn make(driver: &Driver, command: Making) -> Driven<Value> {
    match command {
        Making::MakeServer { name, with_bot } => {
            let made = if with_bot { driver.server(&name) } else { driver.server_without_bot(&name) };
            return Ok(json!({ "server": made.id, "general": made.general(), "owner": made.owner_id() }));
        }
        Making::DeleteServer { server: id } => server(driver, id)?.delete(),
        Making::SetAvailable { server: id, available } => server(driver, id)?.set_available(available),
        Making::InviteBot { server: id, permissions } => {
            server(driver, id)?.invite_bot(permissions.map_or(BOT_PERMISSIONS, |set| set.0));
        }
        Making::RemoveBot { server: id } => server(driver, id)?.remove_bot(),
        Making::SetBotPermissions { server: id, permissions } => {
            server(driver, id)?.set_bot_permissions(permissions.0);
        }
        Making::MakeChannel { server: id, name, kind, category } => {
            let made = server(driver, id)?.channel_of(&name, kind, category);
            return Ok(json!({ "channel": made }));
        }
        Making::SetArchived { thread, archived, locked } => {
            let found = server_of(driver, thread);
            found
                .ok_or_else(|| DriverError::NotPossible("there is no such thread".to_owned()))?
                .set_archived(thread, archived, locked);
        }
        Making::MakeMember { server: id, name, account_days, joined_days, bot } => {
            let server = server(driver, id)?;
            let made = if bot {
                server.other_bot(&name)
            } else {
                let days = |days: f64| Duration::try_from_secs_f64(days * DAY_S).unwrap_or_default();
                server.member_aged(&name, days(account_days), days(joined_days))
            };
            return Ok(json!({ "user": made.user }));
        }
        Making::Admit { server: id, user } => {
            server(driver, id)?.admit(user);
        }
        Making::RemoveMember { server: id, user } => server(driver, id)?.remove_member(user),
        Making::TimeOut { server: id, user, seconds } => {
            server(driver, id)?.time_out(user, Duration::from_secs(seconds));
        }
        Making::MakeRole { server: id, name, permissions } => {
            return Ok(json!({ "role": server(driver, id)?.role(&name, permissions.0) }));
        }
        Making::SetRole { server: id, role, permissions } => {
            server(driver, id)?.set_role(role, permissions.0)
        }
        Making::DeleteRole { server: id, role } => server(driver, id)?.delete_role(role),
        Making::SetMemberRole { server: id, user, role, has } => {
            server(driver, id)?.set_member_role(user, role, has);
        }
        Making::Overwrite { channel, role, member, allow, deny } => {
            let found = server_of(driver, channel);
            found.ok_or_else(|| DriverError::NotPossible("there is no such channel".to_owned()))?.overwrite(
                channel,
                whom(role, member)?,
                allow.0,
                deny.0,
            );
        }
        Making::OverrideCommand { server: id, command, role, member, allowed } => {
            let known = server(driver, id)?.override_command(&command, whom(role, member)?, allowed);
            if !known {
                return Err(DriverError::NotPossible(format!("there is no command {command}")));
            }
        }
        Making::SetLocale { server: id, user, locale } => {
            if let Some(id) = id {
                server(driver, id)?.set_locale(&locale);
            }
            driver.with_world(|world| {
                if let Some(user) = user.and_then(|user| world.data.users.get_mut(&user)) {
                    user.locale = locale;
                }
            });
        }
    }
    Ok(json!({}))
}

fn machine(driver: &Driver, command: Machine) -> Driven<Value> {
    let faults = driver.faults();
    match command {
        Machine::Advance { ms } => driver.clock().advance(Duration::from_millis(ms)),
        Machine::StopClock { stopped: true } => driver.clock().stop(),
        Machine::StopClock { stopped: false } => driver.clock().run(),
        Machine::DropSockets { shard } => faults.drop_sockets(shard),
        Machine::KeepOut { out } => faults.keep_out(out),
        Machine::CloseSockets { shard, code } => faults.close_sockets(shard, code),
        Machine::Reconnect { shard } => faults.reconnect(shard),
        Machine::Invalidate { shard, resumable } => faults.invalidate(shard, resumable),
        Machine::RefuseResumes { times } => faults.refuse_resumes(times),
        Machine::MuteHeartbeats { mute } => faults.mute_heartbeats(mute),
        Machine::LoseWhileDisconnected { lose } => faults.lose_while_disconnected(lose),
        Machine::EventFault { rule } => faults.events(rule),
        Machine::RestFault { rule } => faults.rest(rule),
        Machine::Limits { on } => driver.set_limits(on),
        Machine::ClearFaults => faults.clear(),
        Machine::Requests { after } => {
            return Ok(json!({ "requests": driver.requests_after(after) }));
        }
        Machine::Sessions => return Ok(json!({ "sessions": driver.sessions() })),
        Machine::Address => {
            return Ok(json!({
                "rest": driver.base_url(),
                "gateway": driver.gateway_url(),
                "token": driver.token(),
                "bot": driver.bot_id(),
            }));
        }
        Machine::Flood { shard, events, times } => {
            let flood = Flood::prepare(events);
            let queued: usize = (0..times).map(|_| driver.flood(shard, &flood)).sum();
            return Ok(json!({ "queued": queued }));
        }
    }
    Ok(json!({}))
}
