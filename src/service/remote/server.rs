//! The running bot's half: serves its desk on the socket.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::BufStream,
    net::{UnixListener, UnixStream},
    sync::{Semaphore, watch},
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use crate::service::desk::Desk;

use super::protocol::{Answer, Ask, PART, Request, Spoken, VERSION, read_line, write_line};

/// Commands that are served at the same time; more wait.
const CONNECTIONS: usize = 8;

/// A connection on which nothing is asked for so long is closed.
const IDLE: Duration = Duration::from_secs(60);

/// At the end, a connection on which nothing is asked for so long is closed.
const LINGER: Duration = Duration::from_millis(500);

/// A peer that does not take an answer for so long is let go.
const SLOW: Duration = Duration::from_secs(30);

/// The socket while it is served. Dropping it takes the file away and ends all connections at once.
pub struct Serving {
    task: JoinHandle<()>,
    closing: watch::Sender<bool>,
    path: PathBuf,
}

impl Serving {
    /// Takes the socket away and lets the commands that are connected come to their end. What takes longer than `within` is
    /// cut off. Returns whether nothing was.
    pub async fn stop(mut self, within: Duration) -> bool {
        self.take_away();
        let _ = self.closing.send(true);
        let ended = timeout(within, &mut self.task).await.is_ok();
        self.task.abort();
        // A task that was aborted ends with an error that says so.
        if !ended {
            let _ = (&mut self.task).await;
        }
        ended
    }

    fn take_away(&self) {
        // Whoever starts next replaces the file anyway.
        let _ = fs::remove_file(&self.path);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
        self.take_away();
    }
}

/// Serves a desk on the socket of a data folder. Call this only while holding the store's lock: a socket file that lies
/// there already is then one that a killed process left, and is replaced.
///
/// # Errors
/// When the socket cannot be made.
pub fn serve(folder: &Path, desk: Arc<dyn Desk>) -> io::Result<Serving> {
    let path = super::socket(folder);
    // Made in a folder that is closed to others and moved when its own rights are right: so at no moment can somebody
    // else connect. The move also takes the place of a file that was left behind.
    let closed = tempfile::Builder::new()
        .prefix(".sock")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(folder)?;
    let made = closed.path().join(super::SOCKET);
    let (short, _open) = super::short(&made)?;
    let listener = UnixListener::bind(&short)?;
    fs::set_permissions(&made, Permissions::from_mode(0o600))?;
    fs::rename(&made, &path)?;
    tracing::debug!(socket.path = %path.display(), "commands of the terminal are served");
    let (closing, closed) = watch::channel(false);
    let task = tokio::spawn(keep_accepting(listener, desk, closed));
    Ok(Serving { task, closing, path })
}

/// Serves connections until told to close; then those that are left end by themselves.
async fn keep_accepting(listener: UnixListener, desk: Arc<dyn Desk>, closed: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let mut told = closed.clone();
    tokio::select! {
        () = accept(&listener, &desk, &closed, &mut connections) => {}
        _ = told.wait_for(|closed| *closed) => {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn accept(
    listener: &UnixListener,
    desk: &Arc<dyn Desk>,
    closed: &watch::Receiver<bool>,
    connections: &mut JoinSet<()>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (desk, closed) = (Arc::clone(desk), closed.clone());
                connections.spawn(async move {
                    talk(stream, &*desk, closed).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Too many open files, most likely: it passes, and the bot itself must not suffer.
                tracing::warn!(%error, "a command could not connect");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

async fn talk(stream: UnixStream, desk: &dyn Desk, mut closed: watch::Receiver<bool>) {
    let mut stream = BufStream::new(stream);
    loop {
        let read = {
            let mut reading = pin!(read_line(&mut stream));
            let told = async { drop(closed.wait_for(|closed| *closed).await) };
            tokio::select! {
                biased;
                read = timeout(IDLE, reading.as_mut()) => read,
                // A command of many requests, such as an export, goes on to its end.
                () = told => timeout(LINGER, reading).await,
            }
        };
        let line = match read {
            Ok(Ok(Some(line))) => line,
            Ok(Ok(None)) | Err(_) => return,
            Ok(Err(error)) => {
                let _ = timeout(SLOW, write_line(&mut stream, &Answer::Failed(error.to_string()))).await;
                return;
            }
        };
        for answer in answer(&line, desk).await {
            match timeout(SLOW, write_line(&mut stream, &answer)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return,
            }
        }
    }
}

async fn answer(line: &[u8], desk: &dyn Desk) -> Vec<Answer> {
    let failed = |text: String| vec![Answer::Failed(text)];
    match serde_json::from_slice::<Spoken>(line) {
        Ok(Spoken { v }) if v == VERSION => {}
        Ok(Spoken { v }) => {
            return failed(format!(
                "the running bot speaks version {VERSION} of the socket and this command version {v}: use one version of tiebreaker for both"
            ));
        }
        Err(error) => return failed(format!("the request cannot be read: {error}")),
    }
    let Request { ask, .. } = match serde_json::from_slice(line) {
        Ok(request) => request,
        Err(error) => return failed(format!("the request cannot be read: {error}")),
    };
    let answer = match ask {
        Ask::Community { server, tools } => desk.community(server, tools).await.map(Answer::Community),
        Ask::Ballots { server } => desk.ballots(server).await.map(Answer::Ballots),
        Ask::EditBase { edits } => desk.edit_base(edits).await.map(Answer::Edited),
        Ask::Meta => desk.meta().await.map(Answer::Meta),
        Ask::Page { from } => {
            desk.page(from).await.map(|page| Answer::Page { records: page.records, next: page.next })
        }
        Ask::Check => desk.check().await.map(Answer::Checked),
        Ask::Forget { user } => desk.forget(user).await.map(Answer::Forgotten),
        Ask::Recount { server } => desk.recount(server).await.map(Answer::Recounted),
        Ask::Catalog { scope } => match desk.catalog(scope).await {
            Ok(records) => return parts(records),
            Err(error) => Err(error),
        },
    };
    answer.map_or_else(|error| failed(error.to_string()), |answer| vec![answer])
}

fn parts(records: Vec<crate::store::records::CatalogRecord>) -> Vec<Answer> {
    let mut records = records.into_iter().peekable();
    let mut parts = Vec::new();
    loop {
        let part = records.by_ref().take(PART).collect();
        let more = records.peek().is_some();
        parts.push(Answer::Catalog { records: part, more });
        if !more {
            return parts;
        }
    }
}
