//! The desk of a process that has the store open.

use std::sync::Arc;

use async_trait::async_trait;

use super::{BaseEdit, Checked, Desk, DeskError, Forgotten, Recounted};
use crate::{
    catalog::layered::Catalog,
    domain::{
        change::{Actor, CatalogScope, State},
        ids::{ServerId, ToolId, UserId},
        score::{Score, Tally},
    },
    service::{compare::Community, ports::Clock},
    store::{
        Store,
        contract::{Edit, Expected, Page},
        records::{CatalogRecord, Meta},
    },
};

/// Compares cards with Discord; the running bot brings it.
#[async_trait]
pub trait RecountAll: Send + Sync {
    /// All cards, or those of one server.
    async fn recount(&self, server: Option<ServerId>) -> Result<Recounted, DeskError>;
}

/// See the module's page.
pub struct LocalDesk {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    catalog: Option<Arc<Catalog>>,
    recounts: Option<Arc<dyn RecountAll>>,
}

impl LocalDesk {
    /// A desk over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, catalog: None, recounts: None }
    }

    /// The catalog that serves beside the store: it takes every change that the store took.
    #[must_use]
    pub fn with_catalog(self, catalog: Arc<Catalog>) -> Self {
        Self { catalog: Some(catalog), ..self }
    }

    /// The way to Discord's lists.
    #[must_use]
    pub fn with_recounts(self, recounts: Arc<dyn RecountAll>) -> Self {
        Self { recounts: Some(recounts), ..self }
    }
}

#[async_trait]
impl Desk for LocalDesk {
    async fn community(
        &self,
        server: Option<ServerId>,
        tools: Vec<ToolId>,
    ) -> Result<Vec<Community>, DeskError> {
        let mut all = Vec::with_capacity(tools.len());
        for tool in &tools {
            let everywhere = self.store.everywhere(tool).await?;
            all.push(match server {
                Some(server) => {
                    Community { here: self.store.tally(server, tool).await?, everywhere: Some(everywhere) }
                }
                None => {
                    let here = Tally { ship: everywhere.ship, skip: everywhere.skip, held: 0 };
                    Community { here, everywhere: None }
                }
            });
        }
        Ok(all)
    }

    async fn ballots(&self, server: Option<ServerId>) -> Result<Vec<(ToolId, Score)>, DeskError> {
        Ok(match server {
            Some(server) => {
                let tallies = self.store.tallies(server).await?;
                tallies.into_iter().map(|(tool, tally)| (tool, tally.score())).collect()
            }
            None => {
                let sums = self.store.everywhere_all().await?;
                sums.into_iter().map(|(tool, sum)| (tool, sum.score())).collect()
            }
        })
    }

    async fn catalog(&self, scope: CatalogScope) -> Result<Vec<CatalogRecord>, DeskError> {
        Ok(self.store.catalog(scope).await?)
    }

    async fn edit_base(&self, edits: Vec<BaseEdit>) -> Result<usize, DeskError> {
        let renames: Vec<(ToolId, ToolId)> = edits
            .iter()
            .filter_map(|edit| match &edit.after {
                Some(State::Tool(entry)) => entry.tool.as_ref(),
                _ => None,
            })
            .flat_map(|tool| tool.formerly.iter().map(|old| (old.clone(), tool.id.clone())))
            .collect();
        let changes: Vec<_> = edits.iter().map(|edit| (edit.subject.clone(), edit.after.clone())).collect();
        let edits = edits
            .into_iter()
            .map(|BaseEdit { subject, before, after }| Edit {
                subject,
                expected: Expected::State(before),
                after,
            })
            .collect();
        let applied =
            self.store.edit_catalog(CatalogScope::Base, Actor::Operator, self.clock.now(), edits).await?;
        if let Some(catalog) = &self.catalog {
            catalog.apply(CatalogScope::Base, changes);
        }
        for (from, to) in renames {
            self.store.rename_tool(&from, &to).await?;
        }
        Ok(applied.iter().filter(|edit| !matches!(edit, crate::store::contract::AppliedEdit::Same)).count())
    }

    async fn meta(&self) -> Result<Meta, DeskError> {
        Ok(self.store.meta().await?)
    }

    async fn page(&self, from: Option<Vec<u8>>) -> Result<Page, DeskError> {
        Ok(self.store.records(from).await?)
    }

    async fn check(&self) -> Result<Checked, DeskError> {
        let report = self.store.check().await?;
        let mut faults = report.faults;
        faults.extend(report.differences.iter().map(|difference| {
            let tally =
                |tally: Tally| format!("{} ship, {} skip, {} held", tally.ship, tally.skip, tally.held);
            format!(
                "server {}, tool {}: kept {}; a recount of the marks gives {}",
                difference.server,
                difference.tool,
                tally(difference.kept),
                tally(difference.counted)
            )
        }));
        Ok(Checked {
            marks: report.marks,
            members: report.members,
            tallies: report.tallies,
            cards: report.cards,
            others: report.others,
            faults,
        })
    }

    async fn forget(&self, user: UserId) -> Result<Forgotten, DeskError> {
        let mut forgotten = Forgotten::default();
        for server in self.store.servers().await? {
            let receipt = self.store.erase_person(server.id, user, self.clock.now()).await?;
            forgotten.servers += 1;
            forgotten.marks += receipt.marks;
            forgotten.subscriptions += u64::from(receipt.subscription);
            forgotten.changes += receipt.changes;
        }
        Ok(forgotten)
    }

    async fn recount(&self, server: Option<ServerId>) -> Result<Recounted, DeskError> {
        self.recounts.as_ref().ok_or(DeskError::NeedsBot)?.recount(server).await
    }
}
