//! Answers that are JSON, and lists page by page.

use serde_json::{Value, json};

use super::refusal::{Refusal, Result};
use crate::query::Query;
use crate::{Request, Response};

/// Items in a page that does not say how many it wants.
const PAGE: usize = 150;

/// A JSON document.
pub(super) fn json(value: &Value) -> Response {
    Response::json(200, value)
}

/// The page that a request asks for with `offset` and `size`. There is no page behind the last: it has no items.
pub(super) fn page(request: &Request, items: impl Iterator<Item = Value>) -> Result<Response> {
    let query = Query::parse(&request.query);
    let number = |name: &str, default: usize| match query.get(name) {
        None => Ok(default),
        Some(text) => {
            text.parse().map_err(|_| Refusal::bad(format!("{name} is not a whole number from 0 on: {text}")))
        }
    };
    let (offset, size) = (number("offset", 0)?, number("size", PAGE)?);
    let items: Vec<Value> = items.skip(offset).take(size).collect();
    Ok(json(&json!({ "items": items })))
}
