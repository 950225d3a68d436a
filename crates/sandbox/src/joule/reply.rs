//! Answers as the node gives them: JSON, `ok`, and refusals as text with the status in front.

use serde_json::Value;

use crate::{Body, Response, StoreError};

/// What a handler ends with.
pub(super) type Result<T> = std::result::Result<T, Refusal>;

/// Why a request is not served.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    content_type: &'static str,
    body: String,
}

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

impl Refusal {
    /// `400: reason`
    pub(super) fn bad(reason: impl std::fmt::Display) -> Self {
        Self::bare(400, format!("400: {reason}"))
    }

    /// `404: reason`
    pub(super) fn missing(reason: &str) -> Self {
        Self::bare(404, format!("404: {reason}"))
    }

    /// A refusal whose body does not begin with the status.
    pub(super) fn bare(status: u16, body: impl Into<String>) -> Self {
        Self { status, content_type: TEXT, body: body.into() }
    }

    /// What a node answers where it did not expect what it was given: the first line of its report.
    pub(super) fn failed() -> Self {
        Self::bare(500, "500 Internal Server Error\n\nServer got itself in trouble")
    }

    /// The refusal to read where there is nothing: labelled as JSON, and none.
    pub(super) fn no_data() -> Self {
        Self { status: 400, content_type: JSON, body: "this stream has no data".into() }
    }

    pub(super) fn no_stream() -> Self {
        Self::missing("stream does not exist")
    }

    pub(super) fn no_folder() -> Self {
        Self::missing("folder does not exist")
    }

    pub(super) fn no_address() -> Self {
        Self::bad("specify an id or a path")
    }
}

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self::failed()
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.status, refusal.content_type, Body::Whole(refusal.body.into_bytes()))
    }
}

/// A JSON answer.
pub(super) fn json(value: &Value) -> Response {
    Response::new(200, JSON, Body::Whole(value.to_string().into_bytes()))
}

/// A JSON answer that is written already.
pub(super) fn json_text(text: String) -> Response {
    Response::new(200, JSON, Body::Whole(text.into_bytes()))
}

/// A text.
pub(super) fn text(text: &str) -> Response {
    Response::new(200, TEXT, Body::Whole(text.as_bytes().to_vec()))
}

/// The answer to what needs no other.
pub(super) fn ok() -> Response {
    text("ok")
}
