//! What every handler shares: the services, the ways out, and who we are.

use std::sync::Arc;

use super::{asker::Asker, moderators::Desk, outbox::Outbox, rest::Rest, voting::Voting};
use crate::{
    card::words::Frame,
    catalog::layered::Catalog,
    domain::ids::{ApplicationId, ServerId, UserId},
    service::{ask, ports::Clock},
    store::Store,
    telemetry::Metrics,
    text::Texts,
};

/// The bot of one process.
pub struct Bot {
    /// Our application.
    pub application: ApplicationId,
    /// Our own account.
    pub user: UserId,
    /// Calls to Discord.
    pub rest: Rest,
    /// Background work towards Discord.
    pub outbox: Outbox,
    /// Votes: cards, reactions, recounts.
    pub voting: Voting,
    /// Comparisons asked in servers.
    pub questions: Arc<ask::Questions>,
    /// All catalogs.
    pub catalog: Arc<Catalog>,
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What moderators need.
    pub desk: Desk,
    /// Whether mentions in messages are answered, unless a server says otherwise.
    pub mentions: bool,
}

impl std::fmt::Debug for Bot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bot")
            .field("application", &self.application)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl Bot {
    /// Texts for an answer that only the asker sees.
    #[must_use]
    pub fn private_texts(&self, asker: &Asker) -> &'static Texts {
        Texts::for_language(&asker.locale)
    }

    /// How an answer that only the asker sees speaks.
    #[must_use]
    pub fn private_frame(&self, asker: &Asker) -> Frame {
        Frame::server(self.private_texts(asker))
    }

    /// Whether mentions are answered in a server. A store that cannot be read costs its setting, not the answer.
    pub async fn answers_mentions(&self, server: ServerId) -> bool {
        let set = self.store.settings(server).await.ok().and_then(|settings| settings.mentions);
        set.unwrap_or(self.mentions)
    }

    /// Texts for an answer that the whole server sees: its setting, else the language Discord has for it.
    pub async fn public_texts(&self, asker: &Asker) -> &'static Texts {
        self.server_texts(asker.server, asker.server_locale.as_deref()).await
    }

    /// Texts of a server's language. A store that cannot be read costs the setting, not the answer.
    pub async fn server_texts(&self, server: ServerId, server_locale: Option<&str>) -> &'static Texts {
        let set = self.store.settings(server).await.ok().and_then(|settings| settings.lang);
        Texts::for_language(set.as_deref().or(server_locale).unwrap_or(crate::text::DEFAULT_LANGUAGE))
    }
}
