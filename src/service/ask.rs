//! A comparison asked in a server: names in, a head-to-head out, and what goes with it.
//!
//! ```text
//! names ─ read ─┬─ unclear ──────────────► Answer::Unclear (the unknown ones are remembered for /wanted)
//!               └─ clear ─ votes ─ rules ─► Answer::Compared (loud or quiet; which cards stand here already)
//! ```

use std::sync::Arc;

use crate::{
    catalog::{
        fold,
        layered::Catalog,
        view::{Listing, View},
    },
    domain::{
        compare::{Comparison, TOOLS, ToolView},
        ids::{ChannelId, ServerId, ToolId, UserId},
        time::Timestamp,
    },
    error::{Failure, UserError},
    service::{
        compare::{self, Community},
        names::{Asked, Unclear, read_name, readable},
        ports::Clock,
        quiet::{Limits, Loudness, Quiet},
    },
    store::{
        Store, StoreError,
        contract::CardPlace,
        records::{Card, ServerSettings, Week},
    },
};

/// Recent cards of one tool that are looked through for one in this channel.
const CARDS_LOOKED_AT: usize = 20;
/// So many tools are looked at for suggestions before a letter is typed; a large catalog is not gone through at every box.
const SUGGESTED_FROM: usize = 1_000;

/// The operator's numbers of *Quiet*; a server may set its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietDefaults {
    /// A card younger than this is linked instead of posted again; 0: always posted.
    pub card_reuse_hours: u32,
    /// See [`Limits`].
    pub limits: Limits,
}

/// Who asks, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The server.
    pub server: ServerId,
    /// The channel or thread.
    pub channel: ChannelId,
    /// The member.
    pub user: UserId,
}

/// What comes of a question.
#[derive(Debug)]
pub enum Answer {
    /// The tools side by side.
    Compared(Box<Compared>),
    /// Some names do not say which tool is meant.
    Unclear {
        /// Every name in its place: clear or not.
        names: Vec<Result<Asked, Unclear>>,
    },
}

/// A head-to-head and what goes with it.
#[derive(Debug)]
pub struct Compared {
    /// The comparison.
    pub comparison: Comparison,
    /// How each name was read, in the order of the tools.
    pub asked: Vec<Asked>,
    /// For everyone, or for the asker only.
    pub loudness: Loudness,
    /// Per tool: the card that stands in this channel already, if one does.
    pub standing: Vec<Option<Card>>,
}

/// Answers questions in servers. Cheap to share.
pub struct Questions {
    catalog: Arc<Catalog>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    quiet: Quiet,
    defaults: QuietDefaults,
}

impl std::fmt::Debug for Questions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Questions").field("defaults", &self.defaults).finish_non_exhaustive()
    }
}

impl Questions {
    /// Questions over a catalog and a store.
    #[must_use]
    pub fn new(
        catalog: Arc<Catalog>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        defaults: QuietDefaults,
    ) -> Self {
        Self { catalog, store, clock, quiet: Quiet::default(), defaults }
    }

    /// The catalog as a server sees it now.
    #[must_use]
    pub fn view(&self, server: ServerId) -> View {
        self.catalog.view(Some(server))
    }

    /// The data of a server was deleted: its catalog goes from memory too.
    pub fn forget(&self, server: ServerId) {
        self.catalog.drop_server(server);
    }

    /// Compares what was typed. Empty names are left out.
    ///
    /// # Errors
    /// `error-compare-*` when there are not two to four names or two of them are one tool; a fault of the store.
    pub async fn compare(&self, place: Place, typed: &[String]) -> Result<Answer, Failure> {
        let typed: Vec<String> =
            typed.iter().map(|name| readable(name)).filter(|name| !name.is_empty()).collect();
        let (min, max) = (*TOOLS.start(), *TOOLS.end());
        if typed.len() < min {
            return Err(UserError::new("error-compare-too-few").with("min", min).into());
        }
        if typed.len() > max {
            return Err(UserError::new("error-compare-too-many")
                .with("max", max)
                .with("count", typed.len())
                .into());
        }
        let view = self.view(place.server);
        let names: Vec<_> = typed.iter().map(|name| read_name(&view, name)).collect();
        if names.iter().all(Result::is_ok) {
            let asked = names.into_iter().filter_map(Result::ok).collect();
            return self.compare_tools(place, &view, asked).await;
        }
        for unclear in names.iter().filter_map(|name| name.as_ref().err()) {
            self.remember(place.server, unclear);
        }
        Ok(Answer::Unclear { names })
    }

    /// Compares tools that are known, such as those picked from a menu.
    ///
    /// # Errors
    /// As [`Questions::compare`].
    pub async fn compare_known(&self, place: Place, asked: Vec<Asked>) -> Result<Answer, Failure> {
        self.compare_tools(place, &self.view(place.server), asked).await
    }

    async fn compare_tools(&self, place: Place, view: &View, asked: Vec<Asked>) -> Result<Answer, Failure> {
        let listings: Vec<Listing> = asked.iter().map(|name| name.found.listing.clone()).collect();
        let mut votes = Vec::with_capacity(listings.len());
        for listing in &listings {
            votes.push(self.community(place.server, &listing.tool.id).await.map_err(store_fault)?);
        }
        let now = self.clock.now();
        let comparison = compare::compare(view, &listings, Some(&votes), now.date())?;
        let settings = self.store.settings(place.server).await.map_err(store_fault)?;
        let limits = self.limits(&settings);
        let loudness = self.quiet.admit((place.server, place.user), place.channel, limits, now);
        let mut standing = Vec::with_capacity(listings.len());
        let reuse = settings.quiet.card_reuse_hours.unwrap_or(self.defaults.card_reuse_hours);
        for listing in &listings {
            standing
                .push(self.standing_card(place, &listing.tool.id, reuse, now).await.map_err(store_fault)?);
        }
        let tools: Vec<ToolId> = listings.iter().map(|listing| listing.tool.id.clone()).collect();
        let store = Arc::clone(&self.store);
        later(async move { store.count_comparison(place.server, Week::of(now.date()), &tools).await });
        Ok(Answer::Compared(Box::new(Compared { comparison, asked, loudness, standing })))
    }

    /// One tool as its card shows it in a server; `None` when the server does not (or no longer) see it.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn tool(&self, server: ServerId, tool: &ToolId) -> Result<Option<ToolView>, Failure> {
        let view = self.view(server);
        let Some(listing) = view.tool(tool) else { return Ok(None) };
        let votes = self.community(server, &listing.tool.id).await.map_err(store_fault)?;
        Ok(Some(compare::tool(&view, &listing, Some(votes), self.clock.now().date())))
    }

    /// The card of a tool that stands in a channel and is young enough to be linked instead of posted again.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn card_here(&self, place: Place, tool: &ToolId) -> Result<Option<Card>, Failure> {
        let settings = self.store.settings(place.server).await.map_err(store_fault)?;
        let reuse = settings.quiet.card_reuse_hours.unwrap_or(self.defaults.card_reuse_hours);
        self.standing_card(place, tool, reuse, self.clock.now()).await.map_err(store_fault)
    }

    /// Counts one question of a member that brings a card and says how loud its answer may be.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn admit(&self, place: Place) -> Result<Loudness, Failure> {
        let settings = self.store.settings(place.server).await.map_err(store_fault)?;
        let limits = self.limits(&settings);
        Ok(self.quiet.admit((place.server, place.user), place.channel, limits, self.clock.now()))
    }

    /// Remembers an unknown name for `/wanted`, without who asked. Nobody waits for it. Must be called inside a tokio
    /// runtime.
    pub fn remember(&self, server: ServerId, unclear: &Unclear) {
        let folded = fold::fold(&unclear.typed);
        if unclear.is_ambiguous || folded.is_empty() {
            return;
        }
        let (store, typed, now) = (Arc::clone(&self.store), unclear.typed.clone(), self.clock.now());
        later(async move { store.want(server, folded.text(), &typed, now).await });
    }

    /// Tools of the same purpose that are most like this one in standing: the best-reviewed substitutes.
    #[must_use]
    pub fn rivals(&self, server: ServerId, tool: &ToolId, most: usize) -> Vec<Listing> {
        let view = self.view(server);
        let Some(this) = view.tool(tool) else { return Vec::new() };
        let mut rivals: Vec<(bool, u64, Listing)> = view
            .tools()
            .filter(|other| other.tool.id != this.tool.id && other.tool.is_substitute_for(&this.tool))
            .map(|other| {
                let reviews = other.reviews().count() as u64;
                (other.tool.category != this.tool.category, reviews, other)
            })
            .collect();
        rivals.sort_by(|a, b| {
            (a.0, u64::MAX - a.1, &a.2.tool.name).cmp(&(b.0, u64::MAX - b.1, &b.2.tool.name))
        });
        rivals.into_iter().take(most).map(|(_, _, listing)| listing).collect()
    }

    /// Names for what is typed so far, best first; before a letter is typed, the tools with most reviews, and substitutes
    /// for the first of `others` before everything else. `others` are names that are taken already.
    #[must_use]
    pub fn complete(&self, server: ServerId, typed: &str, others: &[&str], most: usize) -> Vec<String> {
        let view = self.view(server);
        let typed = readable(typed);
        let found: Vec<Listing> = if typed.is_empty() {
            suggested(&view, others)
        } else {
            view.complete(&typed, most + others.len()).into_iter().map(|found| found.listing).collect()
        };
        let names = found.into_iter().map(|listing| listing.tool.name.clone());
        names.filter(|name| !others.contains(&name.as_str())).take(most).collect()
    }

    /// Whether it may be said in a channel that there was too much: once a minute. More lines would be a flood as well.
    #[must_use]
    pub fn may_say_so(&self, channel: ChannelId) -> bool {
        self.quiet.may_say_so(channel, self.clock.now())
    }

    async fn community(&self, server: ServerId, tool: &ToolId) -> Result<Community, StoreError> {
        let here = self.store.tally(server, tool).await?;
        let everywhere = if tool.is_server_made() { None } else { Some(self.store.everywhere(tool).await?) };
        Ok(Community { here, everywhere })
    }

    async fn standing_card(
        &self,
        place: Place,
        tool: &ToolId,
        reuse_hours: u32,
        now: Timestamp,
    ) -> Result<Option<Card>, StoreError> {
        if reuse_hours == 0 {
            return Ok(None);
        }
        let since = now.plus(-i64::from(reuse_hours) * Timestamp::HOUR);
        let cards = CardPlace::Tool(place.server, tool.clone());
        let cards = self.store.cards(cards, since, None, CARDS_LOOKED_AT).await?;
        Ok(cards.into_iter().find(|card| card.channel == place.channel && card.frozen.is_none()))
    }

    fn limits(&self, settings: &ServerSettings) -> Limits {
        let defaults = self.defaults.limits;
        Limits {
            member_per_minute: settings.quiet.member_per_minute.unwrap_or(defaults.member_per_minute),
            channel_per_minute: settings.quiet.channel_per_minute.unwrap_or(defaults.channel_per_minute),
        }
    }
}

fn suggested(view: &View, others: &[&str]) -> Vec<Listing> {
    let looked: Vec<Listing> = view.tools().take(SUGGESTED_FROM).collect();
    let first = others.iter().find_map(|name| looked.iter().find(|listing| listing.tool.name == *name));
    let first = first.map(|listing| Arc::clone(&listing.tool));
    let mut looked: Vec<(bool, usize, Listing)> = looked
        .into_iter()
        .map(|listing| {
            let is_another = first.as_ref().is_some_and(|first| !listing.tool.is_substitute_for(first));
            (is_another, listing.reviews().count(), listing)
        })
        .collect();
    looked.sort_by(|a, b| (a.0, b.1, &a.2.tool.name).cmp(&(b.0, a.1, &b.2.tool.name)));
    looked.into_iter().map(|(.., listing)| listing).collect()
}

/// Writes a count beside the answer: a person does not wait for the disk, and an answer does not fail for a count.
fn later(write: impl Future<Output = Result<(), StoreError>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = write.await {
            tracing::warn!(%error, "a count was not kept");
        }
    });
}

fn store_fault(error: StoreError) -> Failure {
    Failure::Internal(anyhow::Error::new(error).context("the store could not be read"))
}
