//! `/recount [days]`: compares this server's cards with Discord's own lists. Shows what differs first; a button makes it
//! right.
//!
//! Reading takes longer than Discord waits for an answer, so the answer begins as "thinking" and says how far it is. What
//! differs is remembered for an hour; pressed later, or after a restart, the button looks again before it writes.

use std::{sync::Arc, time::Duration};

use super::{Ctx, asker};
use crate::{
    card::recount::{self as cards, Line},
    discord::{
        asker::Asker,
        bot::Bot,
        custom_id,
        drafts::Draft,
        recount::{Progress, Report},
    },
    domain::{
        ids::{MessageId, ServerId, ToolId},
        time::Timestamp,
    },
    error::{Failure, UserError},
    service::recount::Difference,
    store::StoreError,
};

/// Verb of the button: `recount:<what was found>:<days>`.
pub const APPLY: &str = "recount";

/// An interaction can be answered for fifteen minutes; the rest is for saying what was found.
const WITHIN: Duration = Duration::from_secs(13 * 60);
/// How often the answer says how far it is.
const SAY: Duration = Duration::from_secs(5);

/// Moderators: compare this server's cards with the reactions on them; shows what differs first.
#[poise::command(
    slash_command,
    guild_only,
    install_context = "Guild",
    interaction_context = "Guild",
    default_member_permissions = "MANAGE_GUILD"
)]
pub(super) async fn recount(
    ctx: Ctx<'_>,
    #[description = "Only cards of the last so many days; all of them without it"]
    #[min = 1]
    #[max = 3650]
    days: Option<u32>,
) -> Result<(), Failure> {
    let (bot, asker) = (ctx.data(), asker(&ctx)?);
    bot.moderator(&asker).await?;
    let alone = alone(bot, asker.server)?;
    bot.think(&asker).await?;
    let days = days.unwrap_or_default();
    let progress = Progress::default();
    let look = bot.voting.look_at_cards(asker.server, since(bot, days), WITHIN, &progress);
    let report = watched(bot, &asker, &progress, look).await?;
    // Whoever reads the answer may press its button at once.
    drop(alone);
    let frame = bot.private_frame(&asker);
    let differing: Vec<MessageId> = report.findings.iter().map(|finding| finding.place.card).collect();
    let apply = (!differing.is_empty()).then(|| {
        let key = bot.keep(&asker, Draft::Recount(differing));
        custom_id::encode(APPLY, &[&key, &days.to_string()]).unwrap_or_default()
    });
    let card = cards::found(&summary(&report), &found(bot, asker.server, &report), apply.as_deref(), &frame);
    bot.say_at_last(&asker, &[card]).await
}

/// The button was pressed: what differs is made right.
pub(in crate::discord) async fn apply(
    bot: &Arc<Bot>,
    asker: &Asker,
    key: &str,
    days: &str,
) -> Result<(), Failure> {
    bot.moderator(asker).await?;
    let alone = alone(bot, asker.server)?;
    let frame = bot.private_frame(asker);
    bot.update(asker, &[cards::working(0, 0, &frame)]).await?;
    let progress = Progress::default();
    let differing = match bot.desk.drafts.find(asker.server, asker.user, key) {
        Some(Draft::Recount(cards)) => cards,
        _ => {
            let since = since(bot, days.parse().unwrap_or_default());
            let look = bot.voting.look_at_cards(asker.server, since, WITHIN / 2, &progress);
            let report = watched(bot, asker, &progress, look).await?;
            report.findings.iter().map(|finding| finding.place.card).collect()
        }
    };
    let repair = bot.voting.repair_cards(asker.server, &differing, WITHIN / 2, &progress);
    let report = watched(bot, asker, &progress, repair).await?;
    drop(alone);
    let card = cards::repaired(&summary(&report), &repaired(bot, asker.server, &report), &frame);
    bot.say_at_last(asker, &[card]).await
}

fn since(bot: &Bot, days: u32) -> Timestamp {
    match days {
        0 => Timestamp(i64::MIN),
        days => bot.clock.now().plus(-i64::from(days) * Timestamp::DAY),
    }
}

/// Waits for a run and says how far it is.
async fn watched(
    bot: &Bot,
    asker: &Asker,
    progress: &Progress,
    run: impl Future<Output = Result<Report, StoreError>>,
) -> Result<Report, Failure> {
    let mut run = std::pin::pin!(run);
    loop {
        tokio::select! {
            report = &mut run => {
                return report.map_err(|error| {
                    Failure::Internal(anyhow::Error::new(error).context("a recount could not read the store"))
                });
            }
            () = tokio::time::sleep(SAY) => {
                let (done, total) = progress.get();
                let frame = bot.private_frame(asker);
                // When this is not taken, the last word may still be.
                let _ = bot.say_at_last(asker, &[cards::working(done, total, &frame)]).await;
            }
        }
    }
}

fn summary(report: &Report) -> cards::Summary {
    cards::Summary {
        cards: report.cards - report.left.min(report.cards),
        differing: report.findings.len().max(report.repaired),
        gone: report.gone,
        unreadable: report.skipped.len(),
        left: report.left,
    }
}

/// What differs, tool by tool, most marks first.
fn found(bot: &Bot, server: ServerId, report: &Report) -> Vec<Line> {
    let mut lines: Vec<(ToolId, Line)> = Vec::new();
    for finding in &report.findings {
        let place = lines.iter().position(|(tool, _)| *tool == finding.tool);
        let line = match place.and_then(|place| lines.get_mut(place)) {
            Some((_, line)) => line,
            None => {
                let line = Line { tool: name(bot, server, &finding.tool), ..Line::default() };
                lines.push((finding.tool.clone(), line));
                match lines.last_mut() {
                    Some((_, line)) => line,
                    None => continue,
                }
            }
        };
        let Difference { ship_added, ship_removed, skip_added, skip_removed, .. } = finding.difference;
        line.cards += 1;
        line.ship_added += ship_added;
        line.ship_removed += ship_removed;
        line.skip_added += skip_added;
        line.skip_removed += skip_removed;
    }
    let mut lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.marks()));
    lines
}

/// What was made right, tool by tool: the tally before the first repair and after the last.
fn repaired(bot: &Bot, server: ServerId, report: &Report) -> Vec<cards::Repaired> {
    let mut lines: Vec<(ToolId, cards::Repaired)> = Vec::new();
    for repair in &report.repairs {
        match lines.iter_mut().find(|(tool, _)| *tool == repair.tool) {
            Some((_, line)) => line.after = repair.after,
            None => {
                let tool = name(bot, server, &repair.tool);
                let line = cards::Repaired { tool, before: repair.before, after: repair.after };
                lines.push((repair.tool.clone(), line));
            }
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

fn name(bot: &Bot, server: ServerId, tool: &ToolId) -> String {
    bot.questions.view(server).name_of(tool).unwrap_or(tool.as_str()).to_owned()
}

/// One recount at a time in a server: two would read the same lists and count them twice against Discord's limits.
fn alone(bot: &Arc<Bot>, server: ServerId) -> Result<Alone, Failure> {
    if bot.desk.recounting.lock().insert(server) {
        Ok(Alone { bot: Arc::clone(bot), server })
    } else {
        Err(UserError::new("recount-runs").into())
    }
}

struct Alone {
    bot: Arc<Bot>,
    server: ServerId,
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.bot.desk.recounting.lock().remove(&self.server);
    }
}
