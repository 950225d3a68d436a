//! What programs give to a node's calls about events.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};
use serde_wasm_bindgen::{from_value, preserve};
use streamscope_client::joule::{self, Condition, FieldKind as JouleFieldKind, Filter, Test};
use wasm_bindgen::prelude::*;

use crate::options::Strict;
use crate::time::Time;
use crate::value::Json;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What a field of events holds: `category:["a","b"]` is one of these words. */
export type JouleFieldKind = "string" | "numeric" | `category:${string}` | (string & {});

/** Events for which all conditions of any group hold. */
export type JouleFilter = (
    | [field: string, test: "is" | "not" | "like" | "unlike", text: string]
    | [field: string, test: "gt" | "gte" | "lt" | "lte" | "eq" | "neq", number: number]
)[][];

/** All events asked for, or, where there are more than a limit, how many there are when. */
export type JouleEventAnswer = { events: JouleEvent[] } | { histogram: JouleHistogram };
"#;

/// An event stream to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleNewEventStream {
    /// Name, unique within the folder, without `/`.
    name: String,
    /// What it holds, in words.
    description: Option<String>,
    /// Fields that its events' content is meant to have.
    event_fields: Option<IndexMap<String, JouleFieldKind>>,
    /// Stretch of time that the node keeps in one piece, ns; `0n` so that it does not cut the stream.
    chunk_duration_ns: Option<i64>,
    /// How long events are kept, ns; `null` for ever.
    keep_ns: Option<i64>,
}

impl From<JouleNewEventStream> for joule::NewEventStream {
    fn from(given: JouleNewEventStream) -> Self {
        Self {
            name: given.name,
            description: given.description.unwrap_or_default(),
            event_fields: given.event_fields.unwrap_or_default(),
            chunk_duration_ns: given.chunk_duration_ns.unwrap_or_default(),
            keep_ns: given.keep_ns,
        }
    }
}

/// What of an event stream can be changed, by its id: what `eventStreamGet` gave, changed, will do.
pub(crate) struct JouleEventStreamChange {
    id: i64,
    stream: JouleNewEventStream,
}

impl<'de> Deserialize<'de> for JouleEventStreamChange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Known {
            id: i64,
        }
        let value: JsValue = preserve::deserialize(deserializer)?;
        let Known { id } = from_value(value.clone()).map_err(|_| de::Error::custom("has no id"))?;
        let stream = from_value(value).map_err(de::Error::custom)?;
        Ok(Self { id, stream })
    }
}

impl From<JouleEventStreamChange> for joule::EventStream {
    fn from(JouleEventStreamChange { id, stream }: JouleEventStreamChange) -> Self {
        let joule::NewEventStream { name, description, event_fields, chunk_duration_ns, keep_ns } =
            stream.into();
        Self {
            id,
            name,
            path: None,
            description,
            event_fields,
            chunk_duration_ns,
            keep_ns,
            // The rest cannot be changed, and is not sent.
            updated_at: String::new(),
            data_info: None,
        }
    }
}

/// An event to be written. Times are whole microseconds; it ends after it begins.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleNewEvent {
    /// When it began, ns.
    start_ns: i64,
    /// When it ended, ns.
    end_ns: i64,
    /// What it was, by field.
    content: Option<Json<Map<String, Value>>>,
}

impl From<JouleNewEvent> for joule::NewEvent {
    fn from(given: JouleNewEvent) -> Self {
        let content = given.content.map(|Json(content)| content).unwrap_or_default();
        Self { start_ns: given.start_ns, end_ns: given.end_ns, content }
    }
}

/// An event that the node has, changed. What a call gave will do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleEventChange {
    /// The node's id.
    id: i64,
    /// The event stream it is in.
    event_stream_id: i64,
    /// When it began, ns.
    start_ns: i64,
    /// When it ended, ns.
    end_ns: i64,
    /// What it was, by field.
    content: Option<Json<Map<String, Value>>>,
}

impl From<JouleEventChange> for joule::Event {
    fn from(given: JouleEventChange) -> Self {
        let JouleEventChange { id, event_stream_id, start_ns, end_ns, content } = given;
        let content = content.map(|Json(content)| content).unwrap_or_default();
        Self { id, event_stream_id, start_ns, end_ns, content }
    }
}

/// Which events of a stream.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JouleEventQuery {
    /// Events that begin at this time or later.
    start_time: Option<Time>,
    /// Events that begin before this time.
    end_time: Option<Time>,
    /// Also those that began before `startTime` and end then or later.
    include_ongoing: Option<bool>,
    /// Events with this content.
    filter: Option<JouleFilter>,
}

/// A query; of all events where none is given.
pub(crate) fn chosen(given: Option<Strict<JouleEventQuery>>) -> joule::EventQuery {
    let given = given.map(|Strict(given)| given).unwrap_or_default();
    joule::EventQuery {
        start_ns: given.start_time.map(Time::ns),
        end_ns: given.end_time.map(Time::ns),
        include_ongoing: given.include_ongoing == Some(true),
        filter: given.filter.unwrap_or_default().into(),
    }
}

/// Events for which all conditions of any group hold.
#[derive(Default, Deserialize)]
pub(crate) struct JouleFilter(Vec<Vec<Tested>>);

impl From<JouleFilter> for Filter {
    fn from(given: JouleFilter) -> Self {
        let group = |group: Vec<Tested>| group.into_iter().map(|Tested(condition)| condition).collect();
        Self { any: given.0.into_iter().map(group).collect() }
    }
}

/// A condition: `[field, test, value]`.
struct Tested(Condition);

impl<'de> Deserialize<'de> for Tested {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts: Vec<JsValue> = {
            let value: JsValue = preserve::deserialize(deserializer)?;
            value.dyn_ref::<js_sys::Array>().map(|parts| parts.iter().collect()).unwrap_or_default()
        };
        let [field, name, operand] = parts.as_slice() else {
            return Err(de::Error::custom("holds a condition that is not [field, test, value]"));
        };
        let wrong =
            |what: &str, wanted: &str| de::Error::custom(format_args!("holds a {what} that is not {wanted}"));
        let field = field.as_string().ok_or_else(|| wrong("field", "a string"))?;
        let name = name.as_string().ok_or_else(|| wrong("test", "a string"))?;
        let text = || operand.as_string().ok_or_else(|| wrong("value", "a string"));
        let number = || operand.as_f64().ok_or_else(|| wrong("value", "a number"));
        let test = match name.as_str() {
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
                return Err(de::Error::custom(format_args!(
                    "has the test `{other}`: there are is, not, like, unlike, gt, gte, lt, lte, eq, neq"
                )));
            }
        };
        Ok(Self(Condition { field, test }))
    }
}
