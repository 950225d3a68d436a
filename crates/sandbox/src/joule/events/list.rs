//! The events of one stream, as they rest in the store.

use std::sync::Arc;

use jiff::civil::date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::joule::parameters::Window;
use crate::{Store, StoreError, Writer};

/// Something that took some time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: i64,
    /// µs.
    pub(crate) start_time: i64,
    /// µs.
    pub(crate) end_time: i64,
    pub(crate) content: Map<String, Value>,
}

impl Event {
    /// As the node sends it.
    pub(crate) fn json(&self, stream: i64) -> Value {
        json!({
            "id": self.id,
            "event_stream_id": stream,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "content": self.content,
        })
    }
}

/// All events of a stream, in the order in which they were written.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Events {
    pub(crate) events: Vec<Event>,
    /// The highest id that was given; ids of removed events are not given again.
    pub(crate) last_id: i64,
}

impl Events {
    /// The store's key of a stream's events.
    pub(crate) fn key(stream: i64) -> String {
        format!("joule/events/{stream}")
    }

    /// New events from their starts, ends and contents.
    pub(crate) fn from_list(list: Vec<(i64, i64, Map<String, Value>)>) -> Self {
        let last_id = list.len() as i64;
        let event = |(id, (start_time, end_time, content))| Event { id, start_time, end_time, content };
        Self { events: (1..).zip(list).map(event).collect(), last_id }
    }

    pub(crate) fn load(store: &Arc<dyn Store>, stream: i64) -> Result<Self, StoreError> {
        let Some(bytes) = store.document(&Self::key(stream))? else { return Ok(Self::default()) };
        let damaged =
            |error| StoreError::Damaged(format!("the events of Joule event stream {stream}: {error}"));
        serde_json::from_slice(&bytes).map_err(damaged)
    }

    pub(crate) fn write(&self, writer: &mut dyn Writer, stream: i64) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(self).map_err(|error| StoreError::Damaged(error.to_string()))?;
        writer.document(&Self::key(stream), bytes)
    }

    /// Changes the event that has this one's id; adds it with a new id when there is none. Gives the id.
    pub(crate) fn put(&mut self, event: Event) -> i64 {
        if let Some(known) = self.events.iter_mut().find(|known| known.id == event.id) {
            *known = event;
            return known.id;
        }
        self.last_id += 1;
        self.events.push(Event { id: self.last_id, ..event });
        self.last_id
    }

    /// What the node says of the events with their stream.
    pub(crate) fn info(&self) -> Value {
        let start = self.events.iter().map(|event| event.start_time).min();
        let end = self.events.iter().map(|event| event.end_time).max();
        json!({
            "start": start,
            "end": end,
            "event_count": self.events.len(),
            "bytes": 0,
            "total_time": end.zip(start).map_or(0, |(end, start)| end.saturating_sub(start)),
        })
    }

    /// How many of the accepted events begin in each of about `buckets` equal stretches of a window, as pseudo-events.
    ///
    /// Stretches are counted from 2000-01-03, as the node's database does, so the first may begin before the window.
    /// An open end of the window is the last end of any event, an open start the first start. `None` where the
    /// stretches would have no length.
    pub(crate) fn histogram(
        &self,
        window: Window,
        accepts: impl Fn(&Event) -> bool,
        buckets: i64,
    ) -> Option<Vec<Value>> {
        let end = window.end.or_else(|| self.events.iter().map(|event| event.end_time).max())?;
        let start = window.start.or_else(|| self.events.iter().map(|event| event.start_time).min())?;
        let width = rounded_half_even(end.checked_sub(start)?, buckets - 1);
        if width <= 0 {
            return None;
        }
        let origin = date(2000, 1, 3).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond();
        let first = origin.checked_add((start.checked_sub(origin)?).div_euclid(width).checked_mul(width)?)?;
        let edges: Vec<i64> = (0..)
            .map_while(|i: i64| first.checked_add(i.checked_mul(width)?))
            .take_while(|edge| *edge <= end)
            .collect();
        let mut counts = vec![0u64; edges.len()];
        let inside =
            self.events.iter().filter(|event| (start..=end).contains(&event.start_time) && accepts(event));
        for event in inside {
            let index = usize::try_from((event.start_time - first).div_euclid(width)).ok();
            if let Some(count) = index.and_then(|index| counts.get_mut(index)) {
                *count += 1;
            }
        }
        let next = edges.iter().skip(1).chain(edges.last());
        let stretches = edges.iter().zip(next).zip(counts);
        let pseudo = stretches.map(|((start, end), count)| {
            json!({ "id": -1, "start_time": start, "end_time": end, "content": { "count": count } })
        });
        Some(pseudo.collect())
    }
}

/// A quotient, rounded to the nearest whole number, halves to the even one.
fn rounded_half_even(number: i64, by: i64) -> i64 {
    let (quotient, rest) = (number.div_euclid(by), number.rem_euclid(by));
    let up = rest * 2 > by || (rest * 2 == by && quotient % 2 != 0);
    quotient + i64::from(up)
}
