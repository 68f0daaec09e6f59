//! Ctrl-C and SIGTERM.

use std::future::Future;

/// Done when the process is asked to end. From the call on, not from the first wait: a signal that comes while the bot
/// connects for the first time must not end it by force. Must be called inside a tokio runtime.
#[cfg(unix)]
pub fn stop_requested() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};

    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let waits = signals.into_iter().map(|listening| {
            Box::pin(async move {
                match listening {
                    Ok(mut listening) => {
                        listening.recv().await;
                    }
                    // Without a handler the signal ends the process by itself.
                    Err(_) => std::future::pending().await,
                }
            })
        });
        futures_util::future::select_all(waits).await;
    }
}

/// Done when the process is asked to end.
#[cfg(not(unix))]
pub fn stop_requested() -> impl Future<Output = ()> {
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler the signal ends the process by itself.
            std::future::pending::<()>().await;
        }
    }
}
