//! `tiebreaker doctor`: looks at everything an installation needs and says what does not work.

use std::sync::Arc;

use crate::{
    config::{Config, ConfigErrors, Shards},
    discord::{doctor as discord, rest::Rest},
    service::{
        access::Place,
        doctor::{self, Finding, Grade},
    },
};

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug)]
pub struct Report(pub Vec<Finding>);

impl Report {
    /// Whether the bot does its work.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.0.iter().all(|finding| finding.grade < Grade::Broken)
    }
}

/// Looks at settings, Discord, store and catalog. Works beside a running bot and without one; changes nothing.
pub async fn examine(config: Result<Config, ConfigErrors>) -> Report {
    let config = match config {
        Ok(config) => config,
        Err(errors) => {
            let mistakes = errors.0.into_iter();
            return Report(
                mistakes
                    .map(|why| Finding::broken("settings", "doctor-settings-wrong").with("why", why))
                    .collect(),
            );
        }
    };
    let mut findings = vec![Finding::good("settings", "doctor-settings")];
    let discord = look_at_discord(&config).await;
    findings.extend(discord.findings);
    let voter_key = config.voter_key.as_ref().map(|key| key.reveal().to_owned());
    let place = Place { folder: config.database.folder().to_owned(), voter_key };
    let store = doctor::store(&place, discord.application).await;
    findings.extend(store.findings);
    findings.push(doctor::catalog(config.starter, store.imported));
    if let Some(address) = config.metrics.filter(|_| !store.bot_runs)
        && let Err(error) = tokio::net::TcpListener::bind(address).await
    {
        findings.push(
            Finding::broken("metrics", "doctor-metrics")
                .with("address", address.to_string())
                .with("why", error.to_string()),
        );
    }
    Report(findings)
}

async fn look_at_discord(config: &Config) -> discord::Examined {
    let broken = |finding| discord::Examined { findings: vec![finding], application: None };
    let Some(token) = &config.token else {
        return broken(Finding::broken("token", "doctor-token-none"));
    };
    let rest = match Rest::new(token, config.api_url.as_ref(), Arc::default()) {
        Ok(rest) => rest,
        Err(error) => {
            return broken(
                Finding::broken("reach", "doctor-reach-none")
                    .with("place", "Discord")
                    .with("why", format!("{error:#}")),
            );
        }
    };
    let shards = match &config.shards {
        Shards::Auto => None,
        Shards::Some { total, .. } => Some(*total),
    };
    discord::examine(&rest, token, &super::run::place(config), shards).await
}
