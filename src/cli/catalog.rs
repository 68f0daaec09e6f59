//! The catalog and the votes that a command of the terminal shows.

use crate::{
    card::words::{self, Frame},
    catalog::{layer::Layer, layered::Catalog, starter, view::View},
    config::Config,
    domain::{
        change::CatalogScope,
        ids::{ServerId, ToolId},
        score::Score,
        time::Date,
    },
    service::{
        access::{Absent, Access, Place},
        compare::Community,
        desk::{CatalogRecord, DeskError},
        ports::{Clock as _, SystemClock},
    },
    text::Texts,
};

use super::outcome::{Exit, Stop, note};

/// Everything that `compare`, `tool` and `top` look at.
pub(super) struct Shown {
    /// The catalog as the server, or everybody, sees it.
    pub(super) view: View,
    /// Whose votes are shown.
    pub(super) server: Option<ServerId>,
    /// Today, UTC.
    pub(super) today: Date,
    votes: Votes,
}

/// Where votes come from.
enum Votes {
    Known(Access),
    /// Why, in full, and the key of the short text.
    Unknown(String, &'static str),
}

impl Shown {
    /// Reads the starter catalog and, when there is a store, what it adds.
    pub(super) async fn read(server: Option<ServerId>) -> Result<Self, Stop> {
        let config = config()?;
        let starter = if config.starter { starter::layer() } else { Layer::default() };
        let today = SystemClock.now().date();
        let access = match Access::look(&place(&config)).await {
            Ok(access) => access,
            Err(absent) => {
                let catalog = Catalog::new(starter, Layer::default());
                return Ok(Self { view: catalog.view(None), server, today, votes: unknown(&absent) });
            }
        };
        let read = async {
            let base = access.desk().catalog(CatalogScope::Base).await?;
            let own = match server {
                Some(id) => access.desk().catalog(CatalogScope::Server(id)).await?,
                None => Vec::new(),
            };
            Ok::<_, DeskError>((base, own))
        };
        let layer = |records: Vec<CatalogRecord>| {
            Layer::of_records(records.into_iter().map(|record| (record.subject, record.state)))
        };
        let (base, own) = read.await.map_err(Stop::failed)?;
        let catalog = Catalog::new(starter, layer(base));
        if let Some(id) = server {
            catalog.set_servers([(id, layer(own))]);
        }
        Ok(Self { view: catalog.view(server), server, today, votes: Votes::Known(access) })
    }

    /// The votes on tools; `None` when they are not known.
    pub(super) async fn votes(&self, tools: &[&ToolId]) -> Result<Option<Vec<Community>>, Stop> {
        match &self.votes {
            Votes::Unknown(..) => Ok(None),
            Votes::Known(access) => {
                let ids = tools.iter().map(|id| (*id).clone()).collect();
                access.desk().community(self.server, ids).await.map(Some).map_err(Stop::failed)
            }
        }
    }

    /// The ballots of all tools; `None` when they are not known.
    pub(super) async fn ballots(&self) -> Result<Option<Vec<(ToolId, Score)>>, Stop> {
        match &self.votes {
            Votes::Unknown(..) => Ok(None),
            Votes::Known(access) => access.desk().ballots(self.server).await.map(Some).map_err(Stop::failed),
        }
    }

    /// Whose votes these are, for JSON.
    pub(super) fn votes_json(&self) -> super::json::Votes<'_> {
        let reason = match &self.votes {
            Votes::Unknown(absent, _) => Some(absent.as_str()),
            Votes::Known(_) => None,
        };
        let server = self.server.map(|id| id.to_string());
        super::json::Votes { server, are_known: reason.is_none(), reason }
    }

    /// What a card says about votes.
    pub(super) fn frame(&self, text: &'static Texts) -> Frame {
        let votes = match &self.votes {
            Votes::Known(_) if self.server.is_none() => words::Votes::AllServers,
            Votes::Known(_) => words::Votes::Known,
            Votes::Unknown(_, key) => words::Votes::Unknown(key),
        };
        Frame::quiet(text, votes)
    }

    /// Says why votes are missing, where that is trouble: that there is no store yet is none.
    pub(super) fn tell_trouble(&self) {
        if let Votes::Unknown(reason, key) = &self.votes
            && *key != NO_STORE
        {
            note(reason);
        }
    }
}

/// The text that stands in place of votes where there is no store yet.
const NO_STORE: &str = "votes-no-store";

/// The settings; all mistakes are told.
pub(super) fn config() -> Result<Config, Stop> {
    Config::from_environment().map_err(|errors| Stop::Said(Exit::WrongUse, errors.0))
}

/// Where the store of these settings is.
pub(super) fn place(config: &Config) -> Place {
    let voter_key = config.voter_key.as_ref().map(|key| key.reveal().to_owned());
    Place { folder: config.database.folder().to_owned(), voter_key }
}

fn unknown(absent: &Absent) -> Votes {
    let key = match absent {
        Absent::NoStore(_) => NO_STORE,
        Absent::Busy(_) => "votes-store-busy",
        Absent::Refused(_) => "votes-store-refused",
    };
    Votes::Unknown(absent.to_string(), key)
}
