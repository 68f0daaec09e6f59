//! The desk of a running bot, seen from a command.

use std::path::Path;

use async_trait::async_trait;

use crate::{
    domain::{
        change::CatalogScope,
        ids::{ServerId, ToolId, UserId},
        score::Score,
    },
    service::{
        compare::Community,
        desk::{BaseEdit, Checked, Desk, DeskError, Forgotten, Recounted},
    },
    store::{
        contract::Page,
        records::{CatalogRecord, Meta},
    },
};

use super::protocol::{Answer, Ask};

/// A connection to a running bot.
pub struct RemoteDesk {
    #[cfg(unix)]
    line: tokio::sync::Mutex<tokio::io::BufStream<tokio::net::UnixStream>>,
}

impl RemoteDesk {
    /// Connects to the bot that runs on a data folder; `None` when none answers there.
    ///
    /// # Errors
    /// When there is a socket that may not be used.
    #[cfg(unix)]
    pub async fn connect(folder: &Path) -> Result<Option<Self>, DeskError> {
        use std::io::ErrorKind;

        let path = super::socket(folder);
        let failed = |error: std::io::Error| DeskError::Remote(format!("{}: {error}", path.display()));
        let (short, _open) = match super::short(&path) {
            Ok(short) => short,
            // No folder: no bot.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        match tokio::net::UnixStream::connect(&short).await {
            Ok(stream) => Ok(Some(Self { line: tokio::sync::Mutex::new(tokio::io::BufStream::new(stream)) })),
            // Nothing there, or a file that a killed bot left behind.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::ConnectionRefused
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// There are no Unix sockets here.
    #[cfg(not(unix))]
    pub async fn connect(_: &Path) -> Result<Option<Self>, DeskError> {
        Ok(None)
    }

    #[cfg(unix)]
    async fn ask(&self, ask: Ask) -> Result<Answer, DeskError> {
        let mut line = self.line.lock().await;
        let request = super::protocol::Request { v: super::protocol::VERSION, ask };
        super::protocol::write_line(&mut *line, &request).await.map_err(lost)?;
        Self::answer(&mut line).await
    }

    #[cfg(unix)]
    async fn answer(line: &mut tokio::io::BufStream<tokio::net::UnixStream>) -> Result<Answer, DeskError> {
        let bytes = super::protocol::read_line(line).await.map_err(lost)?;
        let bytes = bytes.ok_or_else(|| lost("it closed the connection"))?;
        match serde_json::from_slice(&bytes) {
            Ok(Answer::Failed(text)) => Err(DeskError::Remote(text)),
            Ok(answer) => Ok(answer),
            Err(error) => Err(lost(error)),
        }
    }

    #[cfg(not(unix))]
    async fn ask(&self, _: Ask) -> Result<Answer, DeskError> {
        Err(lost("there are no Unix sockets here"))
    }
}

fn lost(why: impl std::fmt::Display) -> DeskError {
    DeskError::Remote(format!("the running bot could not be spoken to: {why}"))
}

/// An answer to another question than the one that was asked.
fn astray<T>(_: Answer) -> Result<T, DeskError> {
    Err(lost("it answered something else"))
}

#[async_trait]
impl Desk for RemoteDesk {
    async fn community(
        &self,
        server: Option<ServerId>,
        tools: Vec<ToolId>,
    ) -> Result<Vec<Community>, DeskError> {
        match self.ask(Ask::Community { server, tools }).await? {
            Answer::Community(votes) => Ok(votes),
            other => astray(other),
        }
    }

    async fn ballots(&self, server: Option<ServerId>) -> Result<Vec<(ToolId, Score)>, DeskError> {
        match self.ask(Ask::Ballots { server }).await? {
            Answer::Ballots(ballots) => Ok(ballots),
            other => astray(other),
        }
    }

    #[cfg(unix)]
    async fn catalog(&self, scope: CatalogScope) -> Result<Vec<CatalogRecord>, DeskError> {
        let mut line = self.line.lock().await;
        let request = super::protocol::Request { v: super::protocol::VERSION, ask: Ask::Catalog { scope } };
        super::protocol::write_line(&mut *line, &request).await.map_err(lost)?;
        let mut all = Vec::new();
        loop {
            match Self::answer(&mut line).await? {
                Answer::Catalog { records, more } => {
                    all.extend(records);
                    if !more {
                        return Ok(all);
                    }
                }
                other => return astray(other),
            }
        }
    }

    #[cfg(not(unix))]
    async fn catalog(&self, scope: CatalogScope) -> Result<Vec<CatalogRecord>, DeskError> {
        self.ask(Ask::Catalog { scope }).await.and_then(astray)
    }

    async fn edit_base(&self, edits: Vec<BaseEdit>) -> Result<usize, DeskError> {
        match self.ask(Ask::EditBase { edits }).await? {
            Answer::Edited(changes) => Ok(changes),
            other => astray(other),
        }
    }

    async fn meta(&self) -> Result<Meta, DeskError> {
        match self.ask(Ask::Meta).await? {
            Answer::Meta(meta) => Ok(meta),
            other => astray(other),
        }
    }

    async fn page(&self, from: Option<Vec<u8>>) -> Result<Page, DeskError> {
        match self.ask(Ask::Page { from }).await? {
            Answer::Page { records, next } => Ok(Page { records, next }),
            other => astray(other),
        }
    }

    async fn check(&self) -> Result<Checked, DeskError> {
        match self.ask(Ask::Check).await? {
            Answer::Checked(checked) => Ok(checked),
            other => astray(other),
        }
    }

    async fn forget(&self, user: UserId) -> Result<Forgotten, DeskError> {
        match self.ask(Ask::Forget { user }).await? {
            Answer::Forgotten(forgotten) => Ok(forgotten),
            other => astray(other),
        }
    }

    async fn recount(&self, server: Option<ServerId>) -> Result<Recounted, DeskError> {
        match self.ask(Ask::Recount { server }).await? {
            Answer::Recounted(recounted) => Ok(recounted),
            other => astray(other),
        }
    }
}
