//! The gateway: WebSocket connections of the application, and the sessions behind them.
//!
//! | file | holds |
//! | --- | --- |
//! | [`event`] | who may hear of an event; its text, written once |
//! | [`hub`] | all sessions, identify budgets |
//! | [`session`] | numbering, replay, the present connection |
//! | [`connection`] | one socket: reading, writing, heartbeats, close codes |
//! | [`identify`] | what an IDENTIFY or RESUME must look like, READY |
//! | [`pack`] | compression |

pub mod connection;
pub mod event;
pub mod hub;
pub mod identify;
pub mod members;
pub mod pack;
pub mod session;

use std::sync::Arc;

use tokio::net::TcpListener;

use super::core::Core;

/// Accepts connections until the task is aborted.
pub(super) async fn serve(listener: TcpListener, core: Arc<Core>) {
    loop {
        match listener.accept().await {
            Ok(_) if core.hub.keeps_out() => {}
            Ok((stream, peer)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot switch delays off for a gateway connection");
                }
                let core = Arc::clone(&core);
                tokio::spawn(async move {
                    if let Err(error) = connection::serve(stream, &core).await {
                        tracing::warn!(net.peer = %peer, %error, "a gateway connection ended badly");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the gateway cannot accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }
}
