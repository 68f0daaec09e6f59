//! The lines that go over the socket.
//!
//! ```text
//! → {"v":1,"ask":{"community":{"server":null,"tools":["axolotl"]}}}
//! ← {"community":[{"here":{"ship":0,"skip":0,"held":0},"everywhere":null}]}
//! ← {"failed":"…"}
//! ```

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::{
    domain::{
        change::CatalogScope,
        ids::{ServerId, ToolId, UserId},
        score::Score,
    },
    service::{
        compare::Community,
        desk::{BaseEdit, Checked, Forgotten, Recounted},
    },
    store::records::{CatalogRecord, Meta, Record},
};

/// The version that this program speaks. A peer of another version is told so and let go.
pub(super) const VERSION: u32 = 1;

/// Longest line, in bytes: far above what a request of the largest allowed size needs.
pub(super) const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// A catalog goes over in parts of so many records.
pub(super) const PART: usize = 1_000;

/// A request, and the version that its sender speaks.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// Version of the protocol.
    pub(super) v: u32,
    /// What is asked.
    pub(super) ask: Ask,
}

/// The version alone: of a request whose rest another version may understand.
#[derive(Debug, Deserialize)]
pub(super) struct Spoken {
    pub(super) v: u32,
}

/// One call of [`crate::service::desk::Desk`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ask {
    Community { server: Option<ServerId>, tools: Vec<ToolId> },
    Ballots { server: Option<ServerId> },
    Catalog { scope: CatalogScope },
    EditBase { edits: Vec<BaseEdit> },
    Meta,
    Page { from: Option<Vec<u8>> },
    Check,
    Forget { user: UserId },
    Recount { server: Option<ServerId> },
}

/// One line of an answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    Community(Vec<Community>),
    Ballots(Vec<(ToolId, Score)>),
    /// Part of a catalog; `more`: another line follows.
    Catalog {
        records: Vec<CatalogRecord>,
        more: bool,
    },
    Edited(usize),
    Meta(Meta),
    Page {
        records: Vec<Record>,
        next: Option<Vec<u8>>,
    },
    Checked(Checked),
    Forgotten(Forgotten),
    Recounted(Recounted),
    /// It did not work; for people.
    Failed(String),
}

/// Why a line was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum LineError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("a line of the socket is longer than {LONGEST_LINE} bytes")]
    TooLong,
}

/// Reads one line without its end; `None` when the peer has closed. Never takes more memory than the longest line.
pub(super) async fn read_line(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<Vec<u8>>, LineError> {
    let mut line = Vec::new();
    let read = from.take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(Some(line));
    }
    // Half a line is what remains of a peer that died.
    if u64::try_from(read).unwrap_or(u64::MAX) >= LONGEST_LINE { Err(LineError::TooLong) } else { Ok(None) }
}

/// Writes one line.
pub(super) async fn write_line(
    to: &mut (impl AsyncWrite + Unpin),
    value: &impl Serialize,
) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    to.write_all(&line).await?;
    to.flush().await
}
