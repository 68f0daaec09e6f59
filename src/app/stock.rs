//! What the bot knows when it starts: catalogs and voter rules, as the store has them.

use std::sync::Arc;

use crate::{
    catalog::{layer::Layer, layered::Catalog, starter},
    domain::{change::CatalogScope, ids::ServerId},
    store::{Store, StoreError, records::VoterRules},
};

/// Read once, at the start.
pub(super) struct Stock {
    /// Starter, operator's and servers' catalogs, one over the other.
    pub(super) catalog: Arc<Catalog>,
    /// Whose marks are held back, per server that has a rule.
    pub(super) voter_rules: Vec<(ServerId, VoterRules)>,
}

impl Stock {
    /// Reads everything.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) async fn load(store: &dyn Store, with_starter: bool) -> Result<Self, StoreError> {
        let starter = if with_starter { starter::layer() } else { Layer::default() };
        let import = layer(store, CatalogScope::Base).await?;
        let catalog = Catalog::new(starter, import);
        let mut servers = Vec::new();
        for scope in store.catalog_scopes().await? {
            if let CatalogScope::Server(server) = scope {
                servers.push((server, layer(store, scope).await?));
            }
        }
        catalog.set_servers(servers);
        let rules =
            store.all_settings().await?.into_iter().map(|(server, settings)| (server, settings.voters));
        let voter_rules = rules.filter(|(_, rules)| *rules != VoterRules::default()).collect();
        Ok(Self { catalog: Arc::new(catalog), voter_rules })
    }
}

async fn layer(store: &dyn Store, scope: CatalogScope) -> Result<Layer, StoreError> {
    let records = store.catalog(scope).await?;
    Ok(Layer::of_records(records.into_iter().map(|record| (record.subject, record.state))))
}
