//! `/metrics` in the Prometheus text format, when `METRICS_ADDR` is set.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use axum::{Router, http::header, routing::get};
use tokio::task::JoinHandle;

use crate::telemetry::Metrics;

/// Serving ends when this is dropped.
pub(super) struct Served(JoinHandle<()>);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Serves metrics at `address`; nothing without one.
///
/// # Errors
/// When the address cannot be listened on.
pub(super) async fn serve(
    address: Option<SocketAddr>,
    metrics: Arc<Metrics>,
) -> anyhow::Result<Option<Served>> {
    let Some(address) = address else { return Ok(None) };
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("METRICS_ADDR {address} cannot be listened on"))?;
    let page = move || {
        let text = metrics.render();
        async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text) }
    };
    let router = Router::new().route("/metrics", get(page));
    tracing::info!(metrics.addr = %address, "metrics are served at /metrics");
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
    Ok(Some(Served(task)))
}
