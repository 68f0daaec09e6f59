//! One state of the catalog, as everybody or as one server sees it.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    layered::{Base, ServerCatalog},
    search::{self, Decision, Hit, How},
};
use crate::domain::{
    ids::{CategoryId, ReviewerId, ToolId},
    review::{Review, Reviewer, Scope},
    tool::Tool,
};

/// Where an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Built into the binary.
    Starter,
    /// The operator's import.
    Import,
    /// The server's own: a tool of its own, or its version of a base tool.
    Server,
}

/// A tool of the base.
#[derive(Debug, Clone)]
pub(super) struct BaseTool {
    pub(super) tool: Arc<Tool>,
    pub(super) reviews: Arc<[Review]>,
    pub(super) origin: Origin,
}

/// A tool as it is seen here, with its reviews.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The tool.
    pub tool: Arc<Tool>,
    /// Where this version of it comes from.
    pub origin: Origin,
    /// Reviews of the base catalog.
    pub base_reviews: Arc<[Review]>,
    /// Reviews of this server.
    pub server_reviews: Arc<[Review]>,
}

impl Listing {
    /// All reviews with whose they are, the base's first.
    pub fn reviews(&self) -> impl Iterator<Item = (Scope, &Review)> {
        let base = self.base_reviews.iter().map(|review| (Scope::Base, review));
        base.chain(self.server_reviews.iter().map(|review| (Scope::Server, review)))
    }

    /// Whether the tool is known outside this server, so that there is a score over all servers.
    #[must_use]
    pub fn is_known_everywhere(&self) -> bool {
        !self.tool.id.is_server_made()
    }
}

/// A tool that was found, and how.
#[derive(Debug, Clone)]
pub struct Found {
    /// The tool.
    pub listing: Listing,
    /// 0 to 1; comparable between queries and catalogs.
    pub score: f32,
    /// In which way.
    pub how: How,
    /// The alias that was found, when it was not the name.
    pub alias: Option<String>,
}

/// What a text means.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// A match, a choice among the first few, or nothing.
    pub decision: Decision,
    /// The best tools, best first; also when nothing is meant.
    pub found: Vec<Found>,
}

/// See the module's page. Cheap to clone; holds its state until it is dropped, so do not keep it.
#[derive(Debug, Clone)]
pub struct View {
    base: Arc<Base>,
    server: Option<Arc<ServerCatalog>>,
    index: search::View,
}

impl View {
    pub(super) fn new(base: Arc<Base>, server: Option<Arc<ServerCatalog>>) -> Self {
        let overlay = server.as_ref().and_then(|server| server.overlay.clone());
        let index = match overlay {
            Some(overlay) => base.index.with(overlay),
            None => base.index.clone(),
        };
        Self { base, server, index }
    }

    /// The search index of this state, for what needs no tools (questions in messages).
    #[must_use]
    pub fn index(&self) -> &search::View {
        &self.index
    }

    /// What a text means, with at most `limit` tools.
    #[must_use]
    pub fn resolve(&self, query: &str, limit: usize) -> Resolved {
        let answer = self.index.answer(query, limit);
        Resolved {
            decision: answer.decision,
            found: answer.hits.iter().filter_map(|hit| self.found(hit)).collect(),
        }
    }

    /// The best `limit` tools for a name that is still being typed.
    #[must_use]
    pub fn complete(&self, typed: &str, limit: usize) -> Vec<Found> {
        self.index.complete(typed, limit).iter().filter_map(|hit| self.found(hit)).collect()
    }

    /// The tool that a hit of [`View::index`] stands for.
    #[must_use]
    pub fn found(&self, hit: &Hit) -> Option<Found> {
        let key = usize::try_from(hit.key).ok()?;
        let tool = match hit.layer {
            search::Layer::Base => &self.base.tools.get(key)?.as_ref()?.tool,
            search::Layer::Server => self.server.as_ref()?.tools.get(key)?,
        };
        let alias = hit.alias.and_then(|at| tool.aliases.get(usize::from(at)).cloned());
        Some(Found { listing: self.tool(&tool.id)?, score: hit.score, how: hit.how, alias })
    }

    /// A tool by its id, or by an id it had before. `None`: unknown, or hidden here.
    #[must_use]
    pub fn tool(&self, id: &ToolId) -> Option<Listing> {
        self.by_id(id).or_else(|| self.by_id(self.base.formerly.get(id)?))
    }

    /// The id under which a tool stands today.
    #[must_use]
    pub fn current<'a>(&'a self, id: &'a ToolId) -> &'a ToolId {
        self.base.formerly.get(id).unwrap_or(id)
    }

    fn by_id(&self, id: &ToolId) -> Option<Listing> {
        let base = self.base.get(id);
        let (tool, origin) = match self.server.as_ref().and_then(|server| server.layer.tool(id)) {
            Some(entry) if entry.hidden.is_some() => return None,
            Some(entry) if entry.tool.is_some() => (self.server.as_ref()?.own(id)?, Origin::Server),
            _ => base.map(|base| (&base.tool, base.origin))?,
        };
        Some(Listing {
            tool: Arc::clone(tool),
            origin,
            base_reviews: base.map(|base| Arc::clone(&base.reviews)).unwrap_or_default(),
            server_reviews: self
                .server
                .as_ref()
                .map(|server| server.layer.shared_reviews(id))
                .unwrap_or_default(),
        })
    }

    /// All tools that are seen here, by no particular order.
    pub fn tools(&self) -> impl Iterator<Item = Listing> + '_ {
        let base = self.base.tools.iter().flatten().map(|base| &base.tool.id);
        let own = self.server.iter().flat_map(|server| &server.tools).map(|tool| &tool.id);
        let added = own.filter(|id| self.base.get(id).is_none());
        base.chain(added).filter_map(|id| self.by_id(id))
    }

    /// The categories under which tools are listed here, in order.
    #[must_use]
    pub fn categories(&self) -> BTreeSet<&CategoryId> {
        let base = self.base.tools.iter().flatten().map(|base| &base.tool.category);
        let own = self.server.iter().flat_map(|server| &server.tools).map(|tool| &tool.category);
        base.chain(own).collect()
    }

    /// How many tools the base holds; hidden ones of a server are not taken off.
    #[must_use]
    pub fn base_len(&self) -> usize {
        self.base.tools.iter().flatten().count()
    }

    /// How many tools and how many reviews the server's own catalog holds, hidden tools among them.
    #[must_use]
    pub fn own_len(&self) -> (usize, usize) {
        let Some(server) = &self.server else { return (0, 0) };
        let layer = &server.layer;
        (layer.tools().count(), layer.reviewed().map(|tool| layer.reviews(tool).len()).sum())
    }

    /// The tools that this server hides.
    pub fn hidden(&self) -> impl Iterator<Item = &ToolId> {
        let tools = self.server.iter().flat_map(|server| server.layer.tools());
        tools.filter(|(_, entry)| entry.hidden.is_some()).map(|(id, _)| id)
    }

    /// The name of a tool that is or was listed here: hidden ones too.
    #[must_use]
    pub fn name_of(&self, id: &ToolId) -> Option<&str> {
        let own = self.server.as_ref().and_then(|server| server.layer.tool(id)?.tool.as_ref());
        own.map(|tool| tool.name.as_str()).or_else(|| Some(self.base.get(id)?.tool.name.as_str()))
    }

    /// The tool of the base under this id, whatever the server makes of it.
    #[must_use]
    pub fn base_tool(&self, id: &ToolId) -> Option<&Arc<Tool>> {
        self.base.get(id).map(|base| &base.tool)
    }

    /// The reviewers that are known here: the panel in its order, then the server's own.
    #[must_use]
    pub fn reviewers(&self) -> Vec<Reviewer> {
        let own = self.server.iter().flat_map(|server| server.layer.reviewers());
        self.base.reviewers.iter().chain(own).cloned().collect()
    }

    /// A reviewer.
    #[must_use]
    pub fn reviewer(&self, id: &ReviewerId) -> Option<&Reviewer> {
        let own = self.server.as_ref().and_then(|server| server.layer.reviewer(id));
        own.or_else(|| self.base.reviewers.iter().find(|reviewer| reviewer.id == *id))
    }
}
