//! The page a person uses to talk to the bot on the simulator. May use `simulator`; it knows the bot only as its users do:
//! by the names of its commands.
//!
//! | file | what it does |
//! | --- | --- |
//! | `page/` | the page itself: plain HTML, CSS and ES modules, embedded in the program |
//! | [`assets`] | serves these files |
//! | [`guard`] | the headers of every answer |
//! | [`live`] | who one can be, and the stream of what happens |
//! | [`faults`] | what can go wrong at the push of a button |
//! | [`files`] | files that hang on messages |
//! | [`roster`] | the server with its people |
//! | [`seed`] | makes them, and one comparison, so that nothing is empty at first sight |
//! | [`folder`] | where both sides keep what they know |
//!
//! The simulator's control interface is served beside it. Everything is for this machine only.

pub mod assets;
pub mod faults;
pub mod files;
pub mod folder;
pub mod guard;
pub mod live;
pub mod roster;
pub mod seed;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};

use crate::simulator::{Driver, control, keep::Saver};

use self::{assets::Assets, faults::Mischief, roster::Roster};

/// What the page is served from.
#[derive(Clone)]
pub struct Playground {
    driver: Driver,
    roster: Arc<Roster>,
    data: Option<Arc<str>>,
    saver: Option<Saver>,
    assets: Assets,
    mischief: Mischief,
}

impl Playground {
    /// A playground over a running simulator. `kept` is the folder that stays and what saves the state there, if
    /// one does; `page` a folder to read the page's files from instead of the embedded ones.
    #[must_use]
    pub fn new(driver: Driver, roster: Roster, kept: Option<(&Path, Saver)>, page: Option<PathBuf>) -> Self {
        let (data, saver) = kept.unzip();
        Self {
            mischief: Mischief::new(driver.clone()),
            driver,
            roster: Arc::new(roster),
            data: data.map(|folder| folder.display().to_string().into()),
            saver,
            assets: page.map_or(Assets::Embedded, |folder| Assets::Folder(folder.into())),
        }
    }

    /// Everything that is served, the simulator's control interface included. It must be served on loopback.
    pub fn router(self) -> Router {
        let saved = middleware::from_fn_with_state(self.saver.clone(), saved);
        let control = control::router(self.driver.clone()).layer(saved);
        Router::new()
            .route("/", get(assets::index))
            .route("/page/{*path}", get(assets::file))
            .route("/play/info", get(live::info))
            .route("/play/events", get(live::events))
            .route("/play/traffic", get(live::traffic))
            .route("/play/fault", post(faults::strike))
            .route("/attachments/{channel}/{id}/{name}", get(files::file))
            .with_state(self)
            .merge(control)
            .layer(middleware::from_fn(control::guard))
            .layer(middleware::map_response(guard::headers))
    }
}

/// What a person was told is done is on the disk, where one is kept.
async fn saved(State(saver): State<Option<Saver>>, request: Request, next: Next) -> Response {
    let changes = request.method() != axum::http::Method::GET;
    let response = next.run(request).await;
    if let (true, Some(saver)) = (changes, saver)
        && let Err(error) = saver.save().await
    {
        tracing::error!(error = format!("{error:#}"), "the simulator's state could not be saved");
    }
    response
}
