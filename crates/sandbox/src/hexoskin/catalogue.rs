//! The objects of all resources but `data`, as JSON, and the tapes that records' samples are made from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::demo::hexoskin::Tape;

/// An object of a resource.
pub(crate) type Object = Map<String, Value>;

/// Everything there is, by the name of its resource.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Catalogue {
    objects: BTreeMap<String, Vec<Object>>,
    pub(crate) tapes: Vec<Tape>,
    /// The id of the next object that is made.
    next: i64,
}

/// Ids of what is made here begin above those of the demo.
const FIRST_ID: i64 = 1_000_001;

impl Catalogue {
    /// Objects of a resource, in the order of their making.
    pub(super) fn list(&self, resource: &str) -> &[Object] {
        self.objects.get(resource).map(Vec::as_slice).unwrap_or_default()
    }

    /// An object by its id, which may be text.
    pub(super) fn get(&self, resource: &str, id: &str) -> Option<&Object> {
        self.list(resource).iter().find(|object| self::id(object) == id)
    }

    pub(super) fn get_mut(&mut self, resource: &str, id: &str) -> Option<&mut Object> {
        self.objects.get_mut(resource)?.iter_mut().find(|object| self::id(object) == id)
    }

    /// Adds an object that has an id.
    pub(crate) fn add(&mut self, resource: &str, mut object: Object) {
        let uri = uri(resource, &id(&object));
        object.insert("resource_uri".into(), uri.into());
        self.objects.entry(resource.into()).or_default().push(object);
    }

    /// An id that nothing has.
    pub(super) fn new_id(&mut self) -> i64 {
        self.next = self.next.max(FIRST_ID) + 1;
        self.next - 1
    }

    pub(super) fn remove(&mut self, resource: &str, id: &str) {
        if let Some(objects) = self.objects.get_mut(resource) {
            objects.retain(|object| self::id(object) != id);
        }
        if resource == "record" {
            self.tapes.retain(|tape| tape.record.to_string() != id);
        }
    }

    /// The tape of a record at a Unix time in s.
    pub(super) fn tape(&self, record: i64, now: i64) -> Option<Tape> {
        self.tapes.iter().find(|tape| tape.record == record).map(|tape| tape.at(now))
    }

    /// An object as it is shown: with what follows from other fields, from other objects and from the time.
    pub(super) fn view(&self, resource: &str, object: &Object, now: i64) -> Object {
        let mut object = object.clone();
        match resource {
            "record" => self.view_record(&mut object, now),
            "range" => self.view_range(&mut object, now),
            "annotation" => {
                let date = date(number(&object, "start"), 256);
                object.insert("start_date".into(), date);
            }
            _ => {}
        }
        object
    }

    fn view_record(&self, object: &mut Object, now: i64) {
        let tape = number(object, "id").and_then(|id| self.tape(id, now));
        let ticks = tape.as_ref().map_or(256, |tape| tape.device.ticks());
        if let Some(tape) = tape.filter(|tape| tape.live) {
            object.insert("start".into(), tape.start.into());
            object.insert("device_start".into(), tape.start.into());
            object.insert("end".into(), (tape.start + tape.seconds * ticks).into());
        }
        let (start, end) = (number(object, "start"), number(object, "end"));
        object.insert("start_date".into(), date(start, ticks));
        let seconds = start.zip(end).map(|(start, end)| (end - start) / ticks);
        object.insert("duration".into(), json!(seconds));
        let user = object.get("user").and_then(linked_id).and_then(|user| self.get("user", &user));
        if let Some(user) = user {
            object.insert("user".into(), user.clone().into());
        }
    }

    fn view_range(&self, object: &mut Object, now: i64) {
        let (start, end) = (number(object, "start"), number(object, "end"));
        object.insert("start_date".into(), date(start, 256));
        object.insert("end_date".into(), date(end, 256));
        let seconds = start.zip(end).map(|(start, end)| (end - start) / 256);
        let duration = seconds.map(|s| format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60));
        object.insert("duration".into(), json!(duration));
        object.insert("status".into(), self.range_status(object, now).into());
    }

    /// The most important status of the records in a range.
    fn range_status(&self, range: &Object, now: i64) -> String {
        const RANKS: [&str; 9] = [
            "error",
            "incomplete",
            "overlap",
            "queued",
            "processing",
            "syncing",
            "realtime",
            "realtime_complete",
            "complete",
        ];
        let statuses = self.records_in(range, now);
        let statuses = statuses.iter().filter_map(|record| record.get("status")?.as_str());
        let rank = |status: &str| RANKS.iter().position(|known| *known == status);
        let found = statuses.filter_map(rank).min().and_then(|rank| RANKS.get(rank));
        found.map_or("empty", |status| status).into()
    }

    /// The records of a range's user that overlap it.
    pub(super) fn records_in(&self, range: &Object, now: i64) -> Vec<Object> {
        let user = range.get("user").and_then(linked_id);
        let (start, end) = (number(range, "start"), number(range, "end"));
        let inside = |record: &Object| {
            record.get("user").and_then(linked_id) == user
                && number(record, "start").zip(end).is_some_and(|(first, end)| first < end)
                && number(record, "end").zip(start).is_some_and(|(last, start)| last > start)
        };
        let records = self.list("record").iter().map(|record| self.view("record", record, now));
        records.filter(inside).collect()
    }
}

/// The URI of an object.
pub(super) fn uri(resource: &str, id: &str) -> String {
    format!("/api/{resource}/{id}/")
}

/// The id of an object, as it stands in its URI: devices have texts.
pub(super) fn id(object: &Object) -> String {
    let id = object.get("deviceid").or_else(|| object.get("id"));
    id.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).unwrap_or_default()
}

/// The id that a link holds: a number, a text, a URI or the object itself.
pub(super) fn linked_id(link: &Value) -> Option<String> {
    match link {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(id_in(text).to_owned()),
        Value::Object(object) => Some(id(object)),
        _ => None,
    }
}

/// The id in a URI; a text without slashes is one.
pub(super) fn id_in(text: &str) -> &str {
    text.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// A whole number of an object.
pub(super) fn number(object: &Object, name: &str) -> Option<i64> {
    let value = object.get(name)?;
    value.as_i64().or_else(|| value.as_f64().map(|value| value as i64))
}

/// A time in ticks as ISO 8601 in UTC.
fn date(ticks: Option<i64>, per_second: i64) -> Value {
    let nanoseconds = ticks.map(|ticks| i128::from(ticks) * 1_000_000_000 / i128::from(per_second));
    let time = nanoseconds.and_then(|nanoseconds| jiff::Timestamp::from_nanosecond(nanoseconds).ok());
    time.map_or(Value::Null, |time| time.strftime("%Y-%m-%dT%H:%M:%S%.f+00:00").to_string().into())
}
