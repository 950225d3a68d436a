//! A Joule node's event streams and their events, call by call.

use futures_util::FutureExt;
use js_sys::{Array, Promise};
use serde_json::json;
use streamscope_client::joule::{
    Address, Condition, Event, EventAnswer, EventQuery, EventRead, EventStream, Filter, NewEvent,
    NewEventStream, Test,
};
use wasm_bindgen::prelude::*;

use crate::error::thrown;
use crate::joule::{Joule, NAMES};
use crate::node::{JouleRange, calls, id_of, nothing, object, strict};
use crate::options::{Call, Given, Time, argument, given};
use crate::pages::{Next, Paged, generator};
use crate::served::exact;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What a field of events holds: `category:["a","b"]` is one of these words. */
export type JouleFieldKind = "string" | "numeric" | `category:${string}` | (string & {});

/** An event stream to be made. */
export interface JouleNewEventStream {
    name: string;
    description?: string;
    eventFields?: Record<string, JouleFieldKind>;
    /** Stretch of time that the node keeps in one piece, ns; `0n` so that it does not cut the stream. */
    chunkDurationNs?: bigint;
    /** How long events are kept, ns; `null` for ever. */
    keepNs?: bigint | null;
}

/** An event to be written. Times are whole microseconds; it ends after it begins. */
export interface JouleNewEvent {
    startNs: bigint;
    endNs: bigint;
    content?: Record<string, unknown>;
}

/** Events for which all conditions of any group hold. */
export type JouleFilter = (
    | [field: string, test: "is" | "not" | "like" | "unlike", text: string]
    | [field: string, test: "gt" | "gte" | "lt" | "lte" | "eq" | "neq", number: number]
)[][];

/** All events asked for, or, where there are more than a limit, how many there are when. */
export type JouleEventAnswer = { events: JouleEvent[] } | { histogram: JouleHistogram };
"#;

/// Which events of a stream.
#[derive(Default)]
struct JouleEventQuery {
    /// Events that begin at this time or later.
    start_time: Option<Time>,
    /// Events that begin before this time.
    end_time: Option<Time>,
    /// Also those that began before `startTime` and end then or later.
    include_ongoing: Option<bool>,
    /// Events with this content.
    filter: Option<Filter>,
}

given!(JouleEventQuery { start_time, end_time, include_ongoing, filter });

/// All events, where no query is given.
fn chosen(given: Option<JouleEventQuery>) -> EventQuery {
    let given = given.unwrap_or_default();
    EventQuery {
        start_ns: given.start_time.map(Time::ns),
        end_ns: given.end_time.map(Time::ns),
        include_ongoing: given.include_ongoing == Some(true),
        filter: given.filter.unwrap_or_default(),
    }
}

impl Given for Filter {
    fn given(value: &JsValue) -> Result<Self, String> {
        Vec::given(value).map(|any| Self { any })
    }
}

impl Given for Condition {
    fn given(value: &JsValue) -> Result<Self, String> {
        let parts: Vec<JsValue> = Vec::given(value)?;
        let [field, test, operand] = parts.as_slice() else {
            return Err("holds a condition that is not [field, test, value]".into());
        };
        let test = String::given(test)?;
        let text = || String::given(operand);
        let number = || f64::given(operand);
        let test = match test.as_str() {
            "is" => Test::Is(text()?),
            "not" => Test::Not(text()?),
            "like" => Test::Like(text()?),
            "unlike" => Test::Unlike(text()?),
            "gt" => Test::Gt(number()?),
            "gte" => Test::Gte(number()?),
            "lt" => Test::Lt(number()?),
            "lte" => Test::Lte(number()?),
            "eq" => Test::Eq(number()?),
            "neq" => Test::Neq(number()?),
            other => {
                return Err(format!(
                    "has the test `{other}`: there are is, not, like, unlike, gt, gte, lt, lte, eq, neq"
                ));
            }
        };
        Ok(Self { field: String::given(field)?, test })
    }
}

const STREAM: &[&str] = &["name", "description", "event_fields", "chunk_duration_ns", "keep_ns"];
const EVENT: &[&str] = &["start_ns", "end_ns", "content"];

impl Given for NewEventStream {
    fn given(value: &JsValue) -> Result<Self, String> {
        strict(value, STREAM)
    }
}

impl Given for EventStream {
    fn given(value: &JsValue) -> Result<Self, String> {
        let new: NewEventStream = object(value, STREAM)?;
        let blank = json!({ "id": id_of(value)?, "name": new.name });
        let stream: EventStream = serde_json::from_value(blank).map_err(|error| error.to_string())?;
        let NewEventStream { description, event_fields, chunk_duration_ns, keep_ns, .. } = new;
        Ok(Self { description, event_fields, chunk_duration_ns, keep_ns, ..stream })
    }
}

impl Given for NewEvent {
    fn given(value: &JsValue) -> Result<Self, String> {
        strict(value, EVENT)
    }
}

impl Given for Event {
    fn given(value: &JsValue) -> Result<Self, String> {
        let NewEvent { start_ns, end_ns, content } = object(value, EVENT)?;
        let event_stream_id = crate::options::field(value, "event_stream_id")?;
        Ok(Self { id: id_of(value)?, event_stream_id, start_ns, end_ns, content })
    }
}

impl Paged for EventRead {
    fn next(&mut self) -> Next<'_> {
        async { Ok(self.next_page().await?.map(exact)) }.boxed_local()
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
        let query = chosen(argument("query", &query)?);
        let read = self.0.event_stream_read(argument::<Address>("stream", &stream)?, &query);
        Ok(generator(read.map_err(|error| thrown(&error, NAMES))?, Call::read(call)?))
    }
}

calls! {
    /// An event stream, with what is stored of it.
    eventStreamGet event_stream_get(stream: Address = "JouleAddress") -> "Promise<JouleEventStream>",
        async |node, (stream,)| node.event_stream_get(stream).await.map(exact);

    /// What is stored of an event stream.
    eventStreamInfo event_stream_info(stream: Address = "JouleAddress") -> "Promise<JouleEventInfo>",
        async |node, (stream,)| node.event_stream_info(stream).await.map(exact);

    /// Puts an event stream into another folder, which is made where its path does not exist.
    eventStreamMove event_stream_move(stream: Address = "JouleAddress", destination: Address = "JouleAddress")
        -> "Promise<void>", async |node, (stream, to)| node.event_stream_move(stream, to).await.map(nothing);

    /// Changes an event stream's metadata to these: what `eventStreamGet` gave, changed, will do.
    eventStreamUpdate event_stream_update(stream: EventStream = "{ id: number } & JouleNewEventStream")
        -> "Promise<void>", async |node, (stream,)| node.event_stream_update(&stream).await.map(nothing);

    /// Deletes an event stream with all its events.
    eventStreamDelete event_stream_delete(stream: Address = "JouleAddress") -> "Promise<void>",
        async |node, (stream,)| node.event_stream_delete(stream).await.map(nothing);

    /// Makes an event stream in a folder, which is made where its path does not exist.
    eventStreamCreate event_stream_create(stream: NewEventStream = "JouleNewEventStream", folder: Address = "JouleAddress")
        -> "Promise<JouleEventStream>",
        async |node, (stream, folder)| node.event_stream_create(&stream, folder).await.map(exact);

    /// The first events of a query, at most `limit`, by their start.
    eventStreamReadList event_stream_read_list(stream: Address = "JouleAddress", limit: u32 = "number")
        [query: Option<JouleEventQuery> = "JouleEventQuery"] -> "Promise<JouleEvent[]>",
        async |node, (stream, limit, query)| {
            node.event_stream_read_list(stream, &chosen(query), limit as usize).await.map(exact)
        };

    /// All events of a query if there are no more than `limit`, otherwise how many there are when: one request.
    eventStreamOverview event_stream_overview(stream: Address = "JouleAddress", limit: u32 = "number")
        [query: Option<JouleEventQuery> = "JouleEventQuery"] -> "Promise<JouleEventAnswer>",
        async |node, (stream, limit, query)| {
            let answer = node.event_stream_overview(stream, &chosen(query), limit).await?;
            let (name, value) = match answer {
                EventAnswer::Events(events) => ("events", exact(events)),
                EventAnswer::Histogram(histogram) => ("histogram", exact(histogram)),
            };
            let entries = Array::of1(&Array::of2(&name.into(), &value));
            Ok(js_sys::Object::from_entries(&entries).map_or(JsValue::NULL, Into::into))
        };

    /// How many events begin when.
    eventStreamHistogram event_stream_histogram(stream: Address = "JouleAddress")
        [query: Option<JouleEventQuery> = "JouleEventQuery"] -> "Promise<JouleHistogram>",
        async |node, (stream, query)| node.event_stream_histogram(stream, &chosen(query)).await.map(exact);

    /// How many events a query has.
    eventStreamCount event_stream_count(stream: Address = "JouleAddress")
        [query: Option<JouleEventQuery> = "JouleEventQuery"] -> "Promise<number>",
        async |node, (stream, query)| node.event_stream_count(stream, &chosen(query)).await.map(exact);

    /// Writes new events and gives them as the node keeps them, in the same order. An error's `rows` is how many the
    /// node has confirmed.
    eventStreamWrite event_stream_write(stream: Address = "JouleAddress", events: Vec<NewEvent> = "JouleNewEvent[]")
        -> "Promise<JouleEvent[]>",
        async |node, (stream, events)| node.event_stream_write(stream, &events).await.map(exact);

    /// Changes events of this stream to these, by their ids, and gives them as the node keeps them.
    eventStreamRewrite event_stream_rewrite(stream: Address = "JouleAddress", events: Vec<Event> = "JouleEvent[]")
        -> "Promise<JouleEvent[]>",
        async |node, (stream, events)| node.event_stream_rewrite(stream, &events).await.map(exact);

    /// Removes events that touch a range and pass a filter. Without both, all events are removed.
    eventStreamRemove event_stream_remove(
        stream: Address = "JouleAddress", range: Option<JouleRange> = "JouleRange | null"
    ) [filter: Option<Filter> = "JouleFilter"] -> "Promise<void>",
        async |node, (stream, range, filter)| {
            let (start, end) = range.unwrap_or_default().ns();
            node.event_stream_remove(stream, start, end, &filter.unwrap_or_default()).await.map(nothing)
        };
}
