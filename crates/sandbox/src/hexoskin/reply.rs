//! Answers as the server gives them, and refusals by status.

use serde_json::{Value, json};

use crate::{Body, Response, StoreError};

/// What a handler ends with.
pub(super) type Result<T> = std::result::Result<T, Refusal>;

/// Why a request is not served. Some statuses come with an empty body, as on the server.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    message: Option<String>,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: Some(message.into()), headers: Vec::new() }
    }

    fn empty(status: u16) -> Self {
        Self { status, message: None, headers: Vec::new() }
    }

    /// A parameter or a body that is wrong.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// A login that is missing or wrong: no body.
    pub(super) fn no_login() -> Self {
        Self::empty(401)
    }

    /// A signature or a token that is wrong.
    pub(super) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(401, message)
    }

    /// What this user may not do.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, message)
    }

    /// What is not there, or not for this user to see: no body.
    pub(super) fn missing() -> Self {
        Self::empty(404)
    }

    /// A method that is not allowed here.
    pub(super) fn method(allowed: &[&str]) -> Self {
        let allow = allowed.iter().map(|method| method.to_uppercase()).collect::<Vec<_>>().join(",");
        Self { status: 405, message: None, headers: vec![("Allow", allow)] }
    }

    /// More requests than a second has room for.
    pub(super) fn too_many() -> Self {
        let mut refusal = Self::new(429, "too many requests: wait a second");
        refusal.headers.push(("Retry-After", "1".into()));
        refusal
    }

    /// What the stand-in does not offer.
    pub(super) fn not_implemented(message: &str) -> Self {
        Self::new(501, message)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::new(500, error.to_string())
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        let mut response = match refusal.message {
            Some(message) => Self::json(refusal.status, &json!({ "error": message })),
            None => empty(refusal.status),
        };
        response.headers.extend(refusal.headers);
        response
    }
}

/// A JSON answer.
pub(super) fn json(value: &Value) -> Response {
    Response::json(200, value)
}

/// An answer without a body.
pub(super) fn empty(status: u16) -> Response {
    Response::new(status, "text/html; charset=utf-8", Body::Whole(Vec::new()))
}
