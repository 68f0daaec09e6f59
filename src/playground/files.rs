//! Files that hang on messages. They were made by the bot, so a browser must not run them: pictures are shown, everything
//! else is only saved.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use super::Playground;

/// Pictures that cannot hold a script.
const PICTURES: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp"];

/// `/attachments/CHANNEL/ID/NAME`
pub(super) async fn file(
    State(playground): State<Playground>,
    Path((_, id, _)): Path<(String, String, String)>,
) -> Response {
    let stored = id
        .parse()
        .ok()
        .and_then(|id| playground.driver.with_world(|world| world.data.files.get(&id).cloned()));
    let Some(file) = stored else { return StatusCode::NOT_FOUND.into_response() };
    let picture = PICTURES.iter().find(|kind| file.content_type.eq_ignore_ascii_case(kind));
    let mut response = file.bytes.into_response();
    let headers = response.headers_mut();
    let kind = picture.copied().unwrap_or("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
    );
    if picture.is_none() {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    response
}
