//! Reading what a request brings: JSON, or a form with files.

use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart};
use axum::http::{Request, header, request::Parts};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::super::rules::error::{ApiError, Path};

/// The largest request.
pub const REQUEST_LIMIT: usize = 25 * 1024 * 1024;
/// The largest file.
pub const FILE_LIMIT: usize = 10 * 1024 * 1024;

/// An uploaded file.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The number in its field name (`files[2]`).
    pub place: u64,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// The body and the files of a request.
pub async fn read(parts: &Parts, bytes: Bytes) -> Result<(Value, Vec<Upload>), ApiError> {
    if bytes.is_empty() {
        return Ok((Value::Object(Map::new()), Vec::new()));
    }
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if kind.starts_with("multipart/form-data") {
        return form(parts, bytes).await;
    }
    if !kind.is_empty() && !kind.starts_with("application/json") {
        let message = "Expected \"Content-Type\" header to be one of {'application/json'}.";
        return Err(ApiError::form(&Path::ROOT, "CONTENT_TYPE_INVALID", message));
    }
    Ok((parse(&bytes)?, Vec::new()))
}

fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        tracing::warn!(%error, "a request body is not JSON");
        ApiError::invalid_json()
    })?;
    // serenity and others write `null` where there is nothing to say.
    Ok(if value.is_null() { Value::Object(Map::new()) } else { value })
}

async fn form(parts: &Parts, bytes: Bytes) -> Result<(Value, Vec<Upload>), ApiError> {
    let mut request = Request::new(Body::from(bytes));
    *request.headers_mut() = parts.headers.clone();
    let broken = || ApiError::new(400, 50035, "Invalid Form Body");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let (mut body, mut files) = (None, Vec::new());
    let mut loose = Map::new();
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or("").to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let content_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = field.bytes().await.map_err(|_| broken())?;
        match file_name {
            Some(file_name) => {
                if bytes.len() > FILE_LIMIT {
                    return Err(ApiError::entity_too_large());
                }
                let digits: String = name.chars().filter(char::is_ascii_digit).collect();
                let place = digits.parse().unwrap_or(files.len() as u64);
                files.push(Upload { place, name: file_name, content_type, bytes });
            }
            None if name == "payload_json" => body = Some(parse(&bytes)?),
            None => {
                loose.insert(name, json!(String::from_utf8_lossy(&bytes)));
            }
        }
    }
    Ok((body.unwrap_or(Value::Object(loose)), files))
}
