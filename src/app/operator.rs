//! The socket through which the terminal reaches a running bot.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    config::{Config, Database},
    discord::{
        bot::Bot,
        recount::{Progress, Scope},
    },
    domain::ids::ServerId,
    service::{
        desk::{DeskError, LocalDesk, RecountAll, Recounted},
        remote::{self, Serving},
    },
};

/// The socket while it is open.
pub(super) struct OperatorSocket(Option<Serving>);

impl OperatorSocket {
    /// Opens the socket in the data folder. Call it while the store is open: its lock makes us the only owner.
    pub(super) fn open(config: &Config, bot: &Arc<Bot>) -> Self {
        let Database::Sled(folder) = &config.database;
        let desk = LocalDesk::new(Arc::clone(&bot.store), Arc::clone(&bot.clock))
            .with_catalog(Arc::clone(&bot.catalog))
            .with_recounts(Arc::new(Recounts(Arc::clone(bot))));
        match remote::serve(folder, Arc::new(desk)) {
            Ok(serving) => Self(Some(serving)),
            Err(error) => {
                // The bot is of use without it; only commands of the terminal are not.
                tracing::error!(%error, "commands of the terminal cannot reach this bot: no socket could be made");
                Self(None)
            }
        }
    }

    /// Closes the socket; a command that is being served gets its answer, when that is there `within` this time.
    pub(super) async fn close(self, within: Duration) {
        if let Some(serving) = self.0
            && !serving.stop(within).await
        {
            tracing::warn!("a command of the terminal was cut off; what it had done stays done");
        }
    }
}

/// `tiebreaker recount`.
struct Recounts(Arc<Bot>);

#[async_trait]
impl RecountAll for Recounts {
    async fn recount(&self, server: Option<ServerId>) -> Result<Recounted, DeskError> {
        let scope = server.map_or(Scope::All(None), |server| Scope::Server(server, None));
        let report = self.0.voting.recount(scope, &Progress::default()).await?;
        Ok(Recounted {
            cards: report.cards as u64,
            right: report.same as u64,
            marks: report.marks,
            skipped: report.skipped.len() as u64,
        })
    }
}
