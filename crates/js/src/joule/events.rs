//! A Joule node's event streams and their events, call by call.

use futures_util::FutureExt;
use js_sys::{Array, Object};
use streamscope_client::joule::{Event, EventAnswer, EventRead, NewEvent};
use wasm_bindgen::prelude::*;

use super::given::{JouleRange, ends};
use super::given_events::{
    JouleEventChange, JouleEventQuery, JouleEventStreamChange, JouleFilter, JouleNewEvent,
    JouleNewEventStream, chosen,
};
use super::node::{calls, nothing};
use super::{Joule, JouleAddress, NAMES, told};
use crate::call::Call;
use crate::error::thrown;
use crate::options::{Strict, argument, optional};
use crate::pages::{Next, Paged, generator};

impl Paged for EventRead {
    fn next(&mut self) -> Next<'_> {
        async { Ok(self.next_page().await?.map(told)) }.boxed_local()
    }
}

#[wasm_bindgen]
impl Joule {
    /// Reads all events of a query, page by page, each exactly once, by their start.
    #[wasm_bindgen(
        js_name = eventStreamRead,
        unchecked_return_type = "AsyncGenerator<JouleEvent[], void, undefined>"
    )]
    pub fn event_stream_read(
        &self,
        #[wasm_bindgen(unchecked_param_type = "JouleAddress")] stream: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "JouleEventQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Call")] call: JsValue,
    ) -> Result<JsValue, JsValue> {
        let query = chosen(optional("query", &query)?);
        let read = self.0.event_stream_read(argument::<JouleAddress>("stream", &stream)?, &query);
        Ok(generator(read.map_err(|error| thrown(&error, NAMES))?, Call::read(call)?))
    }
}

calls! {
    /// An event stream, with what is stored of it.
    eventStreamGet event_stream_get(stream: JouleAddress = "JouleAddress") -> "Promise<JouleEventStream>",
        async |node, (stream,)| node.event_stream_get(stream).await.map(told);

    /// What is stored of an event stream.
    eventStreamInfo event_stream_info(stream: JouleAddress = "JouleAddress") -> "Promise<JouleEventInfo>",
        async |node, (stream,)| node.event_stream_info(stream).await.map(told);

    /// Puts an event stream into another folder, which is made where its path does not exist.
    eventStreamMove event_stream_move(stream: JouleAddress = "JouleAddress", destination: JouleAddress = "JouleAddress")
        -> "Promise<void>", async |node, (stream, to)| node.event_stream_move(stream, to).await.map(nothing);

    /// Changes an event stream's metadata to these: what `eventStreamGet` gave, changed, will do.
    eventStreamUpdate event_stream_update(stream: JouleEventStreamChange = "{ id: number } & JouleNewEventStream")
        -> "Promise<void>", async |node, (stream,)| node.event_stream_update(&stream.into()).await.map(nothing);

    /// Deletes an event stream with all its events.
    eventStreamDelete event_stream_delete(stream: JouleAddress = "JouleAddress") -> "Promise<void>",
        async |node, (stream,)| node.event_stream_delete(stream).await.map(nothing);

    /// Makes an event stream in a folder, which is made where its path does not exist.
    eventStreamCreate event_stream_create(stream: Strict<JouleNewEventStream> = "JouleNewEventStream", folder: JouleAddress = "JouleAddress")
        -> "Promise<JouleEventStream>",
        async |node, (Strict(stream), folder)| node.event_stream_create(&stream.into(), folder).await.map(told);

    /// The first events of a query, at most `limit`, by their start.
    eventStreamReadList event_stream_read_list(stream: JouleAddress = "JouleAddress", limit: u32 = "number")
        [query: Strict<JouleEventQuery> = "JouleEventQuery"] -> "Promise<JouleEvent[]>",
        async |node, (stream, limit, query)| {
            node.event_stream_read_list(stream, &chosen(query), limit as usize).await.map(told)
        };

    /// All events of a query if there are no more than `limit`, otherwise how many there are when: one request.
    eventStreamOverview event_stream_overview(stream: JouleAddress = "JouleAddress", limit: u32 = "number")
        [query: Strict<JouleEventQuery> = "JouleEventQuery"] -> "Promise<JouleEventAnswer>",
        async |node, (stream, limit, query)| {
            let answer = node.event_stream_overview(stream, &chosen(query), limit).await?;
            let (name, value) = match answer {
                EventAnswer::Events(events) => ("events", told(events)),
                EventAnswer::Histogram(histogram) => ("histogram", told(histogram)),
            };
            let entries = Array::of1(&Array::of2(&name.into(), &value));
            Ok(Object::from_entries(&entries).map_or(JsValue::NULL, Into::into))
        };

    /// How many events begin when.
    eventStreamHistogram event_stream_histogram(stream: JouleAddress = "JouleAddress")
        [query: Strict<JouleEventQuery> = "JouleEventQuery"] -> "Promise<JouleHistogram>",
        async |node, (stream, query)| node.event_stream_histogram(stream, &chosen(query)).await.map(told);

    /// How many events a query has.
    eventStreamCount event_stream_count(stream: JouleAddress = "JouleAddress")
        [query: Strict<JouleEventQuery> = "JouleEventQuery"] -> "Promise<number>",
        async |node, (stream, query)| node.event_stream_count(stream, &chosen(query)).await.map(told);

    /// Writes new events and gives them as the node keeps them, in the same order. An error's `rows` is how many the
    /// node has confirmed.
    eventStreamWrite event_stream_write(stream: JouleAddress = "JouleAddress", events: Vec<Strict<JouleNewEvent>> = "JouleNewEvent[]")
        -> "Promise<JouleEvent[]>",
        async |node, (stream, events)| {
            let events: Vec<NewEvent> = events.into_iter().map(|Strict(event)| event.into()).collect();
            node.event_stream_write(stream, &events).await.map(told)
        };

    /// Changes events of this stream to these, by their ids, and gives them as the node keeps them.
    eventStreamRewrite event_stream_rewrite(stream: JouleAddress = "JouleAddress", events: Vec<JouleEventChange> = "JouleEvent[]")
        -> "Promise<JouleEvent[]>",
        async |node, (stream, events)| {
            let events: Vec<Event> = events.into_iter().map(Into::into).collect();
            node.event_stream_rewrite(stream, &events).await.map(told)
        };

    /// Removes events that touch a range and pass a filter. Without both, all events are removed.
    eventStreamRemove event_stream_remove(
        stream: JouleAddress = "JouleAddress", range: Option<Strict<JouleRange>> = "JouleRange | null"
    ) [filter: JouleFilter = "JouleFilter"] -> "Promise<void>",
        async |node, (stream, range, filter)| {
            let (start, end) = ends(range);
            node.event_stream_remove(stream, start, end, &filter.unwrap_or_default().into()).await.map(nothing)
        };
}
