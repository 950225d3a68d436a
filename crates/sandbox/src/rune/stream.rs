//! The Stream API: V2 here, V1 in [`v1`].
//!
//! Where the documents of V2 leave a choice, this server decides:
//! - `limit` counts rows, and 0 is no limit.
//! - A query whose end lies before its start is refused; a parameter without a value counts as not given.
//! - Of `timezone` and `timezone_name`, one at most is given.
//! - `partition_size` turns `data` into a list of such objects, each with at most that many points.
//! - Time-of-day slots are UTC. The resolution of a window divides a day or is made of whole days.
//! - `cardinality` and `approx_available_duration_s` describe the response, not the whole query.
//! - ISO times end in `Z` wherever the offset is zero, else in `±hh:mm`; zeros at the end of a fraction are cut.

mod aggregate;
mod availability;
mod data;
mod page;
mod parameters;
mod render;
mod v1;

use super::Rune;
use super::catalogue::{Stream, StreamType};
use super::refusal::Refusal;
use crate::query::Query;
use crate::recording::Recording;
use crate::{Request, Response};

type Result<T> = std::result::Result<T, Refusal>;

/// What an endpoint answers from.
struct Call<'a> {
    rune: &'a Rune,
    path: &'a str,
    query: Query,
    /// Unix seconds.
    now: i64,
}

/// A stream that was asked for.
struct Found<'a> {
    stream: &'a Stream,
    kind: &'a StreamType,
    recording: Recording,
}

/// Answers a request whose path starts with `/v1/` or `/v2/`.
pub(super) fn handle(rune: &Rune, request: &Request, now: i64) -> Response {
    let call = Call { rune, path: &request.path, query: Query::parse(&request.query), now };
    call.answer(&request.method).unwrap_or_else(Response::from)
}

impl Call<'_> {
    fn answer(&self, method: &str) -> Result<Response> {
        if method != "GET" {
            return Err(Refusal::new(405, "MethodNotAllowed", "this API only knows GET"));
        }
        let parts: Vec<_> = self.path.split('/').skip(2).collect();
        match parts[..] {
            [file] if self.path.starts_with("/v1/") => v1::answer(self, file),
            _ if self.path.starts_with("/v1/") => Err(Refusal::not_found("no such path")),
            ["streams", id] => data::data(self, &self.find(id)?),
            ["streams", id, "availability"] => availability::one(self, self.find(id)?),
            ["batch", "availability"] => availability::batch(self),
            ["streams", id, "daily_aggregate"] => aggregate::daily(self, &self.find(id)?),
            ["streams", id, "aggregate_window"] => aggregate::window(self, &self.find(id)?),
            _ => Err(Refusal::not_found("no such path")),
        }
    }

    fn find(&self, id: &str) -> Result<Found<'_>> {
        let catalogue = &self.rune.catalogue;
        let stream = catalogue.stream(id);
        let kind = stream.and_then(|stream| catalogue.stream_type(&stream.stream_type_id));
        let (Some(stream), Some(kind)) = (stream, kind) else {
            return Err(Refusal::not_found(format!("stream not found: {id}")));
        };
        let recording = Recording::open(self.rune.store.clone(), &stream.id, kind.stored())?;
        Ok(Found { stream, kind, recording })
    }
}
