//! Events, as served.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::PageInfo;
use crate::rune::model::{self, Attributes, lenient};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(in crate::rune) struct EventList {
    #[serde(default, deserialize_with = "lenient")]
    pub(in crate::rune) page_info: PageInfo,
    #[serde(default, deserialize_with = "lenient")]
    pub(in crate::rune) events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::rune) struct Event {
    id: String,
    #[serde(default, deserialize_with = "lenient")]
    display_name: String,
    custom_detail: Option<CustomDetail>,
    #[serde(default, deserialize_with = "lenient")]
    duration: Duration,
    payload: Option<String>,
    classification: model::Classification,
    #[serde(default, deserialize_with = "lenient")]
    tags: Vec<Tag>,
    method: Option<String>,
    created_at: Option<f64>,
    updated_at: Option<f64>,
    #[serde(flatten)]
    attributes: Attributes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CustomDetail {
    display_name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Duration {
    start_time: Option<f64>,
    end_time: Option<f64>,
    end_time_max: Option<f64>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
}

impl Event {
    pub(in crate::rune) fn of(self, patient_id: &str) -> model::Event {
        let own_name = self.custom_detail.and_then(|detail| detail.display_name);
        let payload = self.payload.filter(|payload| !payload.is_empty());
        let payload = match payload {
            // What should be JSON and is not is kept as it came.
            Some(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            None => Value::Null,
        };
        model::Event {
            patient_id: patient_id.to_string(),
            start_time: self.duration.start_time,
            end_time: self.duration.end_time_max.or(self.duration.end_time),
            classification: self.classification,
            display_name: own_name.filter(|name| !name.is_empty()).unwrap_or(self.display_name),
            payload: if payload.is_null() { Value::Object(Map::new()) } else { payload },
            method: self.method,
            created_at: self.created_at,
            updated_at: self.updated_at,
            tags: self.tags.into_iter().map(|tag| tag.name).collect(),
            attributes: self.attributes,
            id: self.id,
        }
    }
}
