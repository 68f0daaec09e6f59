//! The socket in the data folder, by which commands reach a running bot.
//!
//! The bot holds the store's lock, so no other process may open it. Instead it serves its [`Desk`] at `bot.sock` in the
//! data folder: a Unix socket that only its owner may use. Requests and answers are lines of JSON ([`protocol`]): one
//! request, one answer (in parts when it is long), any number of times. Every line and every wait is bounded, so that a
//! broken peer costs a connection and nothing else.
//!
//! A socket file that nobody answers is left by a bot that was killed; the next one puts its own in that place. Systems
//! without Unix sockets have none: there, commands that need the store work while the bot is stopped.

mod client;
mod protocol;
#[cfg(unix)]
mod server;

use std::path::{Path, PathBuf};

pub use self::client::RemoteDesk;
#[cfg(unix)]
pub use self::server::{Serving, serve};
#[cfg(doc)]
use super::desk::Desk;

/// Name of the socket in the data folder.
pub const SOCKET: &str = "bot.sock";

/// Longest path that every Unix takes for a socket (macOS has room for 104 bytes, the last one is zero).
#[cfg(unix)]
const LONGEST_PATH: usize = 103;

/// The socket of a data folder.
fn socket(folder: &Path) -> PathBuf {
    folder.join(SOCKET)
}

/// The same file under a name that is short enough for a socket, and what must live as long as the name is used.
#[cfg(unix)]
fn short(path: &Path) -> std::io::Result<(PathBuf, Option<std::fs::File>)> {
    use std::os::fd::AsRawFd as _;

    if path.as_os_str().len() <= LONGEST_PATH {
        return Ok((path.to_owned(), None));
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok((path.to_owned(), None));
    };
    let long = || {
        let text =
            format!("{}: the path is too long for a socket; choose a shorter data folder", path.display());
        std::io::Error::new(std::io::ErrorKind::InvalidInput, text)
    };
    if !cfg!(target_os = "linux") {
        return Err(long());
    }
    // Linux: an open folder has a short name as long as it is open.
    let folder = std::fs::File::open(folder)?;
    let short = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name);
    if short.as_os_str().len() <= LONGEST_PATH { Ok((short, Some(folder))) } else { Err(long()) }
}
