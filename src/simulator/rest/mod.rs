//! REST, version 10, below `/api/v10`.
//!
//! Every endpoint is one line of a table ([`route::Route`]) and one plain function: it gets the request with its
//! body already read, holds the world for as long as it runs, and answers with JSON or with Discord's error. What
//! all endpoints share (the token, faults, rate limits, recording) is in [`edge`]. A path that is in no table
//! answers 404 and is recorded as not simulated.

pub mod applications;
pub mod body;
pub mod call;
pub mod channels;
pub mod commands;
pub mod compose;
pub mod edge;
pub mod gateway;
pub mod interactions;
pub mod limit;
pub mod listener;
pub mod messages;
pub mod reactions;
pub mod route;
pub mod servers;
pub mod webhooks;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::extract::Request;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use tokio::net::TcpListener;

use super::core::Core;
use route::Route;

/// Where the simulated version of the API lives.
pub(super) const BASE: &str = "/api/v10";

/// Every table of endpoints.
const TABLES: &[&[Route]] = &[
    gateway::ROUTES,
    applications::ROUTES,
    commands::ROUTES,
    interactions::ROUTES,
    webhooks::ROUTES,
    channels::ROUTES,
    messages::ROUTES,
    reactions::ROUTES,
    servers::ROUTES,
];

/// The router of everything that REST serves.
pub(super) fn router(core: Arc<Core>) -> Router {
    let mut router = Router::new();
    let mut templates: Vec<&'static str> = Vec::new();
    for route in TABLES.iter().copied().flatten() {
        if !templates.contains(&route.template) {
            templates.push(route.template);
        }
    }
    for template in templates {
        let mut methods = MethodRouter::new();
        for route in TABLES.iter().copied().flatten().filter(|route| route.template == template) {
            let core = Arc::clone(&core);
            methods = methods.merge(on(route.method.filter(), move |request: Request| {
                edge::serve(core.clone(), Some(route), request)
            }));
        }
        let other = Arc::clone(&core);
        // Discord may well know the path with another method: what is not simulated never pretends to know better.
        methods = methods.fallback(move |request: Request| edge::serve(other.clone(), None, request));
        if template.contains('@') {
            // Paths are matched as they come, and some clients (discord.js) encode the sign.
            router = router.route(&format!("{BASE}{}", template.replace('@', "%40")), methods.clone());
        }
        router = router.route(&format!("{BASE}{template}"), methods);
    }
    let files = Arc::clone(&core);
    router
        .route(
            "/attachments/{channel_id}/{attachment_id}/{name}",
            get(move |path| messages::file(files.clone(), path)),
        )
        .fallback(move |request: Request| edge::serve(core.clone(), None, request))
}

/// Serves until the task is aborted.
pub(super) async fn serve(listener: TcpListener, router: Router, gone: Arc<AtomicBool>) {
    let service = router.into_make_service_with_connect_info::<listener::Line>();
    if let Err(error) = axum::serve(listener::Cuttable { listener, gone }, service).await {
        tracing::error!(%error, "REST stopped");
    }
}

impl route::Method {
    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}
