//! One endpoint: a method, a path, who may call it, and the function that answers.

use serde_json::Value;

use super::super::rules::error::ApiError;
use super::super::rules::ratelimit::Refused;
use super::call::Call;

/// The methods Discord uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// The application, with its token.
    Bot,
    /// Whoever holds the token in the path, or anybody.
    Path,
}

/// What an endpoint answers.
#[derive(Debug)]
pub enum Reply {
    /// JSON with this status.
    Json(u16, Value),
    /// 204, without a body.
    Nothing,
    /// 429, for limits that only the endpoint itself can count.
    Refused(Refused),
}

/// An endpoint's answer, or Discord's error.
pub type Answer = Result<Reply, ApiError>;

/// One endpoint.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path below the base, with parameters in braces.
    pub template: &'static str,
    /// Who may call it.
    pub auth: Auth,
    /// The function that answers.
    pub handler: fn(&mut Call<'_>) -> Answer,
}

/// An endpoint for the application.
pub const fn bot(method: Method, template: &'static str, handler: fn(&mut Call<'_>) -> Answer) -> Route {
    Route { method, template, auth: Auth::Bot, handler }
}

/// An endpoint whose path carries its own token.
pub const fn by_path(method: Method, template: &'static str, handler: fn(&mut Call<'_>) -> Answer) -> Route {
    Route { method, template, auth: Auth::Path, handler }
}

/// JSON with status 200.
pub fn ok(value: Value) -> Answer {
    Ok(Reply::Json(200, value))
}
