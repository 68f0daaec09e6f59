//! One run: cards compared side by side, those that could not be read again and again after a while.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{sync::oneshot, task::JoinSet, time::Instant};

use super::{Progress, Recounts, Report};
use crate::{
    discord::outbox::Urgency,
    service::{
        ports::{Place, ReadError},
        recount::{Outcome, spread},
    },
    store::contract::Recount,
};

/// When cards that could not be read are tried again.
const AGAIN: [Duration; 5] = [
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
];
/// The same while a moderator waits for the answer.
const AGAIN_SOON: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(10)];
/// How often a run says in the log how far it is.
const PROGRESS: Duration = Duration::from_secs(10);

/// How a card is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    /// Just registered: counts first.
    Fresh,
    /// Gone quiet: counts, and more only when they differ.
    Quiet,
    /// In full.
    Full,
    /// In full, and nothing is written.
    Look,
}

/// How a run goes about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// The shard whose session began.
    pub(super) shard: Option<u32>,
    /// After which pauses unreadable cards are tried again.
    pub(super) again: &'static [Duration],
    /// When it ends, done or not.
    pub(super) until: Option<Instant>,
}

impl Manner {
    /// Nobody waits for it.
    pub(super) const PATIENT: Self = Self { shard: None, again: &AGAIN, until: None };

    /// A moderator waits, no longer than that.
    pub(super) fn within(time: Duration) -> Self {
        Self { again: &AGAIN_SOON, until: Some(Instant::now() + time), ..Self::PATIENT }
    }
}

/// A card to be compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) place: Place,
    pub(super) how: How,
}

impl Recounts {
    /// Compares cards, those that could not be read again and again after a while.
    pub(super) async fn run(&self, targets: Vec<Target>, progress: &Progress, manner: Manner) -> Report {
        let start = Instant::now();
        let mut report = Report { cards: targets.len(), ..Report::default() };
        progress.total.store(targets.len(), Ordering::Relaxed);
        let mut left = targets;
        for (round, pause) in std::iter::once(&Duration::ZERO).chain(manner.again).enumerate() {
            let is_late = |pause| manner.until.is_some_and(|until| Instant::now() + pause >= until);
            if is_late(*pause) {
                break;
            }
            tokio::time::sleep(*pause).await;
            let last_round = round == manner.again.len();
            left = self.round(left, &mut report, progress, last_round, manner.until).await;
            if left.is_empty() {
                break;
            }
        }
        report.left += left.len();
        report.took = start.elapsed();
        let shard = manner.shard;
        if shard.is_some() || report.repaired > 0 || !report.skipped.is_empty() {
            tracing::info!(
                shard.id = shard,
                cards = report.cards,
                same = report.same,
                repaired = report.repaired,
                gone = report.gone,
                skipped = report.skipped.len(),
                duration_ms = u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
                "recount done"
            );
        }
        for (place, why) in &report.skipped {
            tracing::debug!(
                message.id = place.card.0,
                channel.id = place.channel.0,
                why,
                "card left out of a recount"
            );
        }
        report
    }

    /// Compares each card once. Returns those that are worth another try.
    async fn round(
        &self,
        targets: Vec<Target>,
        report: &mut Report,
        progress: &Progress,
        last_round: bool,
        until: Option<Instant>,
    ) -> Vec<Target> {
        let recount = match self.0.recounter.begin().await {
            Ok(recount) => recount,
            Err(error) => {
                tracing::error!(%error, "no recount: the store takes no writes");
                report.skipped.extend(targets.iter().map(|target| (target.place, error.to_string())));
                return Vec::new();
            }
        };
        let mut again = Vec::new();
        let mut running = JoinSet::new();
        let mut said = Instant::now();
        let mut waiting = spread(targets, |target| target.place.channel).into_iter();
        loop {
            if until.is_some_and(|until| Instant::now() >= until) {
                again.extend(waiting.by_ref());
            }
            // Fill the window, then wait for whichever card is done first. The window is shared with other runs: wait for
            // a place in it only when nothing of ours is in there.
            let place = match waiting.len() {
                0 => None,
                _ if running.is_empty() => Arc::clone(&self.0.window).acquire_owned().await.ok(),
                _ => Arc::clone(&self.0.window).try_acquire_owned().ok(),
            };
            if let Some(place) = place
                && let Some(target) = waiting.next()
            {
                let this = self.clone();
                running.spawn(async move {
                    let outcome = this.one(recount, target).await;
                    drop(place);
                    (target, outcome)
                });
                continue;
            }
            let Some(done) = running.join_next().await else { return again };
            let Ok((target, outcome)) = done else { continue };
            match outcome {
                Outcome::Skipped(ReadError::Unreadable(_)) if !last_round => again.push(target),
                outcome => {
                    progress.done.fetch_add(1, Ordering::Relaxed);
                    report.note(target.place, outcome);
                }
            }
            let (done, total) = progress.get();
            if said.elapsed() >= PROGRESS && done < total {
                said = Instant::now();
                tracing::info!(cards.done = done, cards.left = total - done, "recount goes on");
            }
        }
    }

    /// Looks at one card, in its channel's lane.
    async fn one(&self, recount: Recount, target: Target) -> Outcome {
        let (tell, told) = oneshot::channel();
        let (this, card) = (self.clone(), target.place.card);
        let work = move || async move {
            let result = match target.how {
                How::Full => this.0.recounter.card(recount, card).await,
                How::Look => this.0.recounter.look(recount, card).await,
                How::Fresh => this.0.recounter.fresh_card(recount, card).await,
                How::Quiet => match this.0.recounter.counts_agree(card).await {
                    Ok(true) => Ok(Outcome::Same),
                    Ok(false) => this.0.recounter.card(recount, card).await,
                    Err(error) => Err(error),
                },
            };
            let _ = tell.send(result);
        };
        let urgency = if target.how == How::Quiet { Urgency::Quiet } else { Urgency::Recount };
        let outbox = &self.0.outbox;
        // Not merged: a look at the counts must not take the place of a comparison in full, and runs wait for their own.
        if !outbox.push(target.place.channel, urgency, outbox.single(), Duration::ZERO, work) {
            let why = if outbox.is_refused(target.place.channel) {
                ReadError::Forbidden("its channel refused us lately".to_owned())
            } else {
                ReadError::Unreadable("too much work waits".to_owned())
            };
            return Outcome::Skipped(why);
        }
        let outcome = match told.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => {
                tracing::error!(message.id = card.0, %error, "a card could not be compared: the store failed");
                return Outcome::Skipped(ReadError::Forbidden(error.to_string()));
            }
            // The work was dropped: the channel refused us while it waited, or the bot stops.
            Err(_) => return Outcome::Skipped(ReadError::Forbidden("its channel refused us".to_owned())),
        };
        if let Outcome::Repaired(repair) = &outcome {
            tracing::debug!(message.id = card.0, tool.id = %repair.tool, marks = repair.difference.marks(), "card repaired");
            if let Err(error) = self.0.refresher.card_changed(card, repair.server, &repair.tool).await {
                tracing::error!(message.id = card.0, %error, "a repaired card cannot be shown");
            }
        }
        outcome
    }
}
