//! Events on their way to a node.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::joule::node::Pairs;
use crate::joule::{Address, Event, Filter, Joule, NewEvent, time};
use crate::transport::Method;
use crate::{Error, Result};

/// Events per request.
const BLOCK: usize = 500;

#[derive(Deserialize)]
struct Written {
    events: Vec<Event>,
}

impl Joule {
    /// Writes new events and returns them as the node keeps them, in the same order (`POST /event/data.json`, in blocks).
    ///
    /// No block is sent twice. On an error, [`Error::rows`] is how many of the events the node has confirmed; of the
    /// block that failed it has all or none, which a count tells where no answer came.
    pub async fn event_stream_write(
        &self,
        stream: impl Into<Address>,
        events: &[NewEvent],
    ) -> Result<Vec<Event>> {
        let event = |event: &NewEvent| {
            let (start, end) = times(event.start_ns, event.end_ns)?;
            Ok(json!({
                "id": null,
                "event_stream_id": null,
                "start_time": start,
                "end_time": end,
                "content": event.content,
            }))
        };
        let events = events.iter().map(event).collect::<Result<Vec<_>>>()?;
        self.event_blocks(&stream.into(), events).await
    }

    /// Changes events of this stream to these, by their ids, and returns them as the node keeps them
    /// (`POST /event/data.json`, in blocks).
    ///
    /// An event that the stream does not have any more is added with a new id. Events of another stream are refused.
    /// Errors as for [`event_stream_write`](Self::event_stream_write).
    pub async fn event_stream_rewrite(
        &self,
        stream: impl Into<Address>,
        events: &[Event],
    ) -> Result<Vec<Event>> {
        let stream = stream.into();
        let id = match &stream {
            Address::Id(id) => *id,
            Address::Path(_) => self.event_stream_get(stream.clone()).await?.id,
        };
        let event = |event: &Event| {
            if event.event_stream_id != id {
                return Err(Error::invalid(format!(
                    "event {} belongs to event stream {}, not {id}: write a copy of it as a new event.",
                    event.id, event.event_stream_id
                )));
            }
            let (start, end) = times(event.start_ns, event.end_ns)?;
            Ok(json!({
                "id": event.id,
                "event_stream_id": id,
                "start_time": start,
                "end_time": end,
                "content": event.content,
            }))
        };
        let events = events.iter().map(event).collect::<Result<Vec<_>>>()?;
        self.event_blocks(&stream, events).await
    }

    async fn event_blocks(&self, stream: &Address, events: Vec<Value>) -> Result<Vec<Event>> {
        let mut written = Vec::new();
        for block in events.chunks(BLOCK) {
            let entries = [stream.entry("id", "path")?, ("events".into(), Value::from(block))];
            let answer = self.send(Method::Post, "/event/data.json", Map::from_iter(entries)).await;
            let answer = answer.and_then(|Written { events }| match events.len() == block.len() {
                true => Ok(events),
                false => Err(Error::protocol(format!(
                    "The node confirmed {} events of {} that were sent.",
                    events.len(),
                    block.len()
                ))),
            });
            match answer {
                Ok(events) => written.extend(events),
                Err(error) => return Err(Error { rows: Some(written.len() as u64), ..error }),
            }
        }
        Ok(written)
    }

    /// Removes events whose start lies before `end_ns` and whose end is `start_ns` or later, and that pass the filter;
    /// `None` leaves an end open (`DELETE /event/data.json`).
    ///
    /// By the node's rule an event that begins before the range and reaches into it is removed, too. Without bounds and
    /// filter all events are.
    pub async fn event_stream_remove(
        &self,
        stream: impl Into<Address>,
        start_ns: Option<i64>,
        end_ns: Option<i64>,
        filter: &Filter,
    ) -> Result<()> {
        let mut pairs: Pairs = vec![stream.into().pair()?];
        let Some(bounds) = time::range(start_ns, end_ns)? else { return Ok(()) };
        pairs.extend(super::read::bounded(bounds));
        pairs.extend(filter.wire()?.map(|filter| ("filter", filter)));
        self.remove("/event/data.json", &pairs).await
    }
}

/// Start and end of an event in microseconds.
fn times(start_ns: i64, end_ns: i64) -> Result<(i64, i64)> {
    let (start, end) = (time::to_us("start_ns", start_ns)?, time::to_us("end_ns", end_ns)?);
    if start < end {
        return Ok((start, end));
    }
    Err(Error::invalid(format!(
        "an event ends at {end_ns} ns, which is not after its start at {start_ns} ns: nodes keep only events that last."
    )))
}
