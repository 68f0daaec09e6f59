//! The headers of every answer: nothing but our own files runs, nothing is sent elsewhere, nobody frames the page. Foreign
//! hosts and origins are refused by [`crate::simulator::control::guard`].

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

/// What the page may do: scripts, styles and connections of its own origin, pictures also inline. No script or style inside
/// the page itself, no markup from strings (Trusted Types), no address outside.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                          base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
                          trusted-types 'none'";

static HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not "no-referrer": some browsers then hide the page's origin from our own guard.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds the headers that an answer does not set itself.
pub(super) async fn headers(mut response: Response) -> Response {
    let present = response.headers_mut();
    for (name, value) in &HEADERS {
        present.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
