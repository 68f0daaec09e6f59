//! The socket of the data folder: both halves in one process, over a store in memory.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::Path,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use tempfile::TempDir;
use tiebreaker::{
    catalog::{layer::Layer, layered::Catalog},
    domain::{
        change::{CatalogScope, State, Subject, ToolEntry},
        ids::{ServerId, ToolId, UserId},
    },
    service::{
        desk::{BaseEdit, Desk, DeskError, LocalDesk, RecountAll, Recounted},
        export::export,
        import::plan,
        ports::SystemClock,
        remote::{RemoteDesk, SOCKET, serve},
    },
    store::{Embedded, Store},
};
use time::macros::date;
use tokio::sync::Notify;

struct Bot {
    folder: TempDir,
    store: Arc<dyn Store>,
    catalog: Arc<Catalog>,
    serving: Option<tiebreaker::service::remote::Serving>,
    begun: Arc<Notify>,
}

/// Longest wait for anything here; reached only when something is broken.
const PATIENCE: Duration = Duration::from_secs(20);
/// A server whose recount takes its time.
const SLOW: ServerId = ServerId(2);

struct Recounts {
    /// Rung when the slow one has begun.
    begun: Arc<Notify>,
}

#[async_trait]
impl RecountAll for Recounts {
    async fn recount(&self, server: Option<ServerId>) -> Result<Recounted, DeskError> {
        match server {
            Some(SLOW) => {
                self.begun.notify_one();
                tokio::time::sleep(Duration::from_millis(300)).await;
                Ok(Recounted { cards: 9, ..Recounted::default() })
            }
            Some(_) => Err(DeskError::Remote("Discord does not answer".to_owned())),
            None => Ok(Recounted { cards: 4, right: 3, marks: 2, skipped: 0 }),
        }
    }
}

fn bot() -> Bot {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(Embedded::in_memory().unwrap());
    let catalog = Arc::new(Catalog::new(Layer::default(), Layer::default()));
    let begun = Arc::<Notify>::default();
    let desk = LocalDesk::new(Arc::clone(&store), Arc::new(SystemClock))
        .with_catalog(Arc::clone(&catalog))
        .with_recounts(Arc::new(Recounts { begun: Arc::clone(&begun) }));
    let serving = Some(serve(folder.path(), Arc::new(desk)).unwrap());
    Bot { folder, store, catalog, serving, begun }
}

async fn connect(folder: &Path) -> RemoteDesk {
    RemoteDesk::connect(folder).await.unwrap().expect("the bot answers")
}

/// Edits that add so many tools.
fn edits(count: usize) -> Vec<BaseEdit> {
    let lines: String = (0..count).map(|n| format!("{{\"name\": \"tool {n}\"}}\n")).collect();
    let sources = [tiebreaker::catalog::formats::Source::new("a.jsonl", lines)];
    plan(&sources, &Layer::default(), &Layer::default(), date!(2026 - 11 - 24)).edits
}

#[tokio::test]
async fn nobody_answers_where_no_bot_runs() {
    let folder = tempfile::tempdir().unwrap();
    assert!(RemoteDesk::connect(folder.path()).await.unwrap().is_none());
    assert!(RemoteDesk::connect(&folder.path().join("missing")).await.unwrap().is_none());
    // A killed bot leaves its file behind.
    drop(std::os::unix::net::UnixListener::bind(folder.path().join(SOCKET)).unwrap());
    assert!(RemoteDesk::connect(folder.path()).await.unwrap().is_none());
}

#[tokio::test]
async fn the_socket_is_the_owners_and_goes_with_the_bot() {
    let mut bot = bot();
    let socket = bot.folder.path().join(SOCKET);
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(bot.folder.path()).unwrap().count(), 1, "nothing else is left");
    assert!(bot.serving.take().unwrap().stop(PATIENCE).await);
    assert!(!socket.exists());
    // What lies there when the next bot starts is replaced.
    std::fs::write(&socket, "").unwrap();
    let desk = LocalDesk::new(Arc::clone(&bot.store), Arc::new(SystemClock));
    let _serving = serve(bot.folder.path(), Arc::new(desk)).unwrap();
    connect(bot.folder.path()).await.check().await.unwrap();
}

#[tokio::test]
async fn a_command_that_is_being_served_comes_to_its_end() {
    let mut bot = bot();
    let (working, idle) = (connect(bot.folder.path()).await, connect(bot.folder.path()).await);
    idle.check().await.unwrap();
    let asked = tokio::spawn(async move { (working.recount(Some(SLOW)).await, working.check().await) });
    bot.begun.notified().await;
    assert!(bot.serving.take().unwrap().stop(PATIENCE).await, "nothing was cut off");
    let (recounted, checked) = asked.await.unwrap();
    assert_eq!(recounted.unwrap().cards, 9);
    checked.unwrap();
    assert!(idle.check().await.is_err(), "who asks nothing is let go");
    assert!(RemoteDesk::connect(bot.folder.path()).await.unwrap().is_none());
}

#[tokio::test]
async fn what_takes_too_long_is_cut_off() {
    let mut bot = bot();
    let desk = connect(bot.folder.path()).await;
    let asked = tokio::spawn(async move { desk.recount(Some(SLOW)).await });
    bot.begun.notified().await;
    assert!(!bot.serving.take().unwrap().stop(Duration::from_millis(20)).await);
    assert!(asked.await.unwrap().is_err());
}

#[tokio::test]
async fn an_import_changes_the_catalog_that_serves() {
    let bot = bot();
    let desk = connect(bot.folder.path()).await;
    for part in edits(2_300).chunks(1_000) {
        assert_eq!(desk.edit_base(part.to_vec()).await.unwrap(), part.len());
    }
    assert_eq!(bot.catalog.view(None).base_len(), 2_300);
    assert_eq!(bot.catalog.view(None).resolve("tool 17", 1).found[0].listing.tool.id.as_str(), "tool-17");
    // It comes back in parts, whole and in the order of the store.
    let there = desk.catalog(CatalogScope::Base).await.unwrap();
    assert_eq!(there, bot.store.catalog(CatalogScope::Base).await.unwrap());
    assert_eq!(there.len(), 2_300);
    assert!(desk.catalog(CatalogScope::Server(ServerId(5))).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_edit_is_refused_when_something_else_stands() {
    let bot = bot();
    let desk = connect(bot.folder.path()).await;
    desk.edit_base(edits(1)).await.unwrap();
    let stale = BaseEdit {
        subject: Subject::Tool(ToolId::trusted("tool-0")),
        before: None,
        after: Some(State::Tool(ToolEntry::default())),
    };
    let error = desk.edit_base(vec![stale]).await.unwrap_err().to_string();
    assert!(error.contains("changed in the meantime"), "{error}");
    assert!(bot.catalog.view(None).tool(&ToolId::trusted("tool-0")).is_some());
    // The connection goes on after an error.
    desk.check().await.unwrap();
}

#[tokio::test]
async fn everything_else_gives_what_the_bots_own_desk_gives() {
    let bot = bot();
    let local = LocalDesk::new(Arc::clone(&bot.store), Arc::new(SystemClock));
    let desk = connect(bot.folder.path()).await;
    desk.edit_base(edits(30)).await.unwrap();
    let tools = vec![ToolId::trusted("tool-1"), ToolId::trusted("nobody")];
    for server in [None, Some(ServerId(7))] {
        assert_eq!(
            desk.community(server, tools.clone()).await.unwrap(),
            local.community(server, tools.clone()).await.unwrap()
        );
        assert_eq!(desk.ballots(server).await.unwrap(), local.ballots(server).await.unwrap());
    }
    assert_eq!(desk.check().await.unwrap(), local.check().await.unwrap());
    assert_eq!(desk.forget(UserId(9)).await.unwrap(), local.forget(UserId(9)).await.unwrap());
    let now = tiebreaker::domain::time::Timestamp(1);
    let (mut here, mut there) = (Vec::new(), Vec::new());
    let records = export(&local, now, &mut here, |_| {}).await.unwrap();
    assert_eq!(export(&desk, now, &mut there, |_| {}).await.unwrap(), records);
    assert_eq!(String::from_utf8(there).unwrap(), String::from_utf8(here).unwrap());
    assert!(records >= 30);
}

#[tokio::test]
async fn a_recount_needs_the_bot_and_its_errors_come_over() {
    let bot = bot();
    let desk = connect(bot.folder.path()).await;
    assert_eq!(desk.recount(None).await.unwrap().marks, 2);
    let error = desk.recount(Some(ServerId(1))).await.unwrap_err().to_string();
    assert_eq!(error, "Discord does not answer");
    let local = LocalDesk::new(Arc::clone(&bot.store), Arc::new(SystemClock));
    assert!(matches!(local.recount(None).await, Err(DeskError::NeedsBot)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_is_told_and_another_version_too() {
    let bot = bot();
    let path = bot.folder.path().join(SOCKET);
    let answers = tokio::task::spawn_blocking(move || {
        let mut stream = UnixStream::connect(path).unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap());
        let mut ask = |line: &[u8]| {
            stream.write_all(line).unwrap();
            let mut answer = String::new();
            lines.read_line(&mut answer).unwrap();
            answer
        };
        [
            ask(b"hello\n"),
            ask(b"{\"v\":2,\"ask\":{\"fly\":{}}}\n"),
            ask(b"{\"v\":1,\"ask\":\"fly\"}\n"),
            ask(b"\xff\n"),
        ]
    })
    .await
    .unwrap();
    assert!(answers.iter().all(|answer| answer.starts_with("{\"failed\":")), "{answers:?}");
    assert!(answers[1].contains("use one version of tiebreaker for both"), "{answers:?}");
    assert!(answers[2].contains("fly"), "{answers:?}");
}

#[tokio::test]
async fn many_commands_at_once_are_served() {
    let bot = bot();
    let folder = bot.folder.path().to_owned();
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let folder = folder.clone();
        asked.spawn(async move { connect(&folder).await.check().await.is_ok() });
    }
    assert!(asked.join_all().await.into_iter().all(|served| served));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_long_path_is_no_hindrance() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("x".repeat(90)).join("y".repeat(90));
    std::fs::create_dir_all(&deep).unwrap();
    let store: Arc<dyn Store> = Arc::new(Embedded::in_memory().unwrap());
    let _serving = serve(&deep, Arc::new(LocalDesk::new(store, Arc::new(SystemClock)))).unwrap();
    connect(&deep).await.check().await.unwrap();
}
