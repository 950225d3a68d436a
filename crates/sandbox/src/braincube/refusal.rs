//! Why a request is not served, as a small JSON document.

use serde_json::json;

use crate::Response;

/// What a handler ends with.
pub(super) type Result<T> = std::result::Result<T, Refusal>;

/// A status and a sentence.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    message: String,
}

impl Refusal {
    /// 400: the request is wrong.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self { status: 400, message: message.into() }
    }

    /// 401: nobody has signed in.
    pub(super) fn unknown_caller(message: &str) -> Self {
        Self { status: 401, message: message.into() }
    }

    /// 403: the caller may not see it.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self { status: 403, message: message.into() }
    }

    /// 404: there is no such thing.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self { status: 404, message: message.into() }
    }

    /// 405: the path answers another method.
    pub(super) fn method(wanted: &str) -> Self {
        Self { status: 405, message: format!("this path answers {wanted}") }
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        Self::json(refusal.status, &json!({ "status": refusal.status, "message": refusal.message }))
    }
}
