//! The page's files: embedded in the program, or read from a folder by whoever works on them.

use std::{
    borrow::Cow,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use axum::{
    extract::{Path as UrlPath, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use rust_embed::Embed;

use super::Playground;

#[derive(Embed)]
#[folder = "src/playground/page"]
struct Embedded;

/// Where the files come from.
#[derive(Clone)]
pub enum Assets {
    /// The program itself.
    Embedded,
    /// A folder, read anew for every request.
    Folder(Arc<Path>),
}

impl Assets {
    /// A file by its path below the page's folder.
    async fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::Embedded => Embedded::get(path).map(|file| file.data),
            Self::Folder(folder) => tokio::fs::read(inside(folder, path)?).await.ok().map(Cow::Owned),
        }
    }

    async fn answer(&self, path: &str) -> Response {
        match (media_type(path), self.read(path).await) {
            (Some(kind), Some(bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
            _ => (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
        }
    }
}

/// `/`
pub(super) async fn index(State(playground): State<Playground>) -> Response {
    playground.assets.answer("index.html").await
}

/// `/page/…`
pub(super) async fn file(State(playground): State<Playground>, UrlPath(path): UrlPath<String>) -> Response {
    playground.assets.answer(&path).await
}

/// The path in the folder, unless it leads out of it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| folder.join(path))
}

/// The media type by a name's ending; none for what a page does not consist of.
fn media_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_folder() {
        let folder = Path::new("page");
        assert_eq!(inside(folder, "parts/list.js"), Some(PathBuf::from("page/parts/list.js")));
        for path in ["../secret.json", "parts/../../secret.json", "/etc/secret.json", "./index.html"] {
            assert_eq!(inside(folder, path), None, "{path}");
        }
    }

    #[test]
    fn every_embedded_file_has_a_type_and_there_is_a_page() {
        let untyped: Vec<_> = Embedded::iter().filter(|path| media_type(path).is_none()).collect();
        assert!(untyped.is_empty(), "{untyped:?}");
        assert!(Embedded::get("index.html").is_some());
    }
}
