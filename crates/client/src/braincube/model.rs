//! What a braincube holds, as its services describe it. `metadata` is always the whole object as served.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::address::bare_id;
use crate::filter;
use crate::{Error, Result};

/// How things are listed and named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Settings {
    /// Items asked for at a time in lists; a server may send fewer.
    pub page_size: u32,
    /// Member that holds a variable's name: `standard`, `tag` or `local`. Where it is missing, the others are tried.
    pub variable_name_key: String,
    /// Member that holds a variable's id.
    pub variable_id_key: String,
    /// Member that holds the name of anything else.
    pub name_key: String,
    /// Member that holds the id of anything else.
    pub id_key: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            page_size: 150,
            variable_name_key: "standard".into(),
            variable_id_key: "bcId".into(),
            name_key: "name".into(),
            id_key: "bcId".into(),
        }
    }
}

/// A braincube that the credentials reach: a product of the account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Product {
    /// Name, by which it is asked for.
    pub name: String,
    /// Unique id.
    pub uuid: Option<String>,
    /// The entry of the account's access list, as served.
    pub metadata: Map<String, Value>,
}

/// A memory base: a table of variables, ordered by one of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MemoryBase {
    /// Id within the braincube.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unique id.
    pub uuid: Option<String>,
    /// As served.
    pub metadata: Map<String, Value>,
}

/// A variable of a memory base.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Variable {
    /// Id within the braincube.
    pub id: String,
    /// Id in data requests and filters: `mb20/d2000001`. Variables have no other unique id.
    pub long_id: String,
    /// Name: the one that the settings choose.
    pub name: String,
    /// Type: `NUMERIC`, `DATETIME` or `DISCRETE`; empty where the server says none.
    pub data_type: String,
    /// As served.
    pub metadata: Map<String, Value>,
}

/// Variables that belong together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataGroup {
    /// Id within the braincube.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unique id.
    pub uuid: Option<String>,
    /// Ids of its variables; `None` where the server's short form leaves them out.
    pub variable_ids: Option<Vec<String>>,
    /// As served.
    pub metadata: Map<String, Value>,
}

/// A named set of conditions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// Id within the braincube.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unique id.
    pub uuid: Option<String>,
    /// Its conditions, all of which must be met; may be none.
    pub conditions: Vec<Condition>,
    /// As served.
    pub metadata: Map<String, Value>,
}

/// The settings of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Job {
    /// Id within the braincube.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unique id.
    pub uuid: Option<String>,
    /// Conditions of its own; empty in the server's short form, which leaves them out.
    pub conditions: Vec<Condition>,
    /// Conditions that sort its data as good or bad, as served (`modelEntries`).
    pub categories: Vec<Value>,
    /// Ids of variables that its categories look at.
    pub category_variable_ids: Vec<String>,
    /// Ids of its data groups.
    pub data_group_ids: Vec<String>,
    /// Ids of events that its data must meet.
    pub positive_event_ids: Vec<String>,
    /// Ids of events that its data must not meet.
    pub negative_event_ids: Vec<String>,
    /// As served.
    pub metadata: Map<String, Value>,
}

/// The events of a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobEvents {
    /// Events that its data must meet.
    pub positive: Vec<Event>,
    /// Events that its data must not meet.
    pub negative: Vec<Event>,
}

/// A rule that an analysis found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// Id within the braincube.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unique id.
    pub uuid: Option<String>,
    /// As served.
    pub metadata: Map<String, Value>,
}

/// A stored condition on one variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    /// Id of the variable.
    pub variable_id: String,
    /// Lowest value, where there is one. Of a time: milliseconds since the epoch.
    pub minimum: Option<filter::Value>,
    /// Highest value, where there is one.
    pub maximum: Option<filter::Value>,
    /// States, of a discrete variable.
    pub modalities: Vec<filter::Value>,
    /// Whether the condition must be met; `false`: must not.
    pub positive: bool,
}

/// Objects as served.
pub(super) type Object = Map<String, Value>;

/// What lists hold.
pub(super) trait Item: Sized {
    fn read(object: Object, settings: &Settings, base: &str) -> Result<Self>;
    fn id(&self) -> &str;
}

/// What all but variables have in common.
struct Common {
    id: String,
    name: String,
    uuid: Option<String>,
}

impl Common {
    fn of(object: &Object, settings: &Settings) -> Result<Self> {
        let id = id_of(object, &settings.id_key)?;
        let name = object.get(&settings.name_key).and_then(text).unwrap_or_else(|| id.clone());
        Ok(Self { id, name, uuid: object.get("uuid").and_then(text).map(uuid) })
    }
}

/// A `uuid` comes as `<kind>_<uuid>`.
fn uuid(text: String) -> String {
    text.split_once('_').map_or(text.clone(), |(_, uuid)| uuid.into())
}

/// A text, or a number as one.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn id_of(object: &Object, key: &str) -> Result<String> {
    let id = object.get(key).and_then(text).filter(|id| !id.is_empty());
    id.ok_or_else(|| Error::protocol(format!("The server sent an object without an id ({key}).")))
}

/// Ids of the objects in a list, each once, in order.
fn ids(list: Option<&Value>) -> Vec<String> {
    let mut known = HashSet::new();
    let objects = list.and_then(Value::as_array).into_iter().flatten();
    let ids = objects.filter_map(|object| text(object.get("bcId")?));
    ids.filter(|id| known.insert(id.clone())).collect()
}

/// A bound or a state.
fn value(value: &Value) -> Option<filter::Value> {
    match value {
        Value::String(text) => Some(filter::Value::Text(text.clone())),
        Value::Number(number) => {
            number.as_i64().map(filter::Value::Int).or_else(|| number.as_f64().map(filter::Value::Float))
        }
        Value::Bool(truth) => Some(filter::Value::Text(truth.to_string())),
        _ => None,
    }
}

/// Conditions that name a variable.
fn conditions(list: Option<&Value>) -> Vec<Condition> {
    let condition = |object: &Value| {
        Some(Condition {
            variable_id: object.get("variable")?.get("bcId").and_then(text)?,
            minimum: object.get("minimum").and_then(value),
            maximum: object.get("maximum").and_then(value),
            modalities: object
                .get("modalities")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(value)
                .collect(),
            positive: object.get("positive").and_then(Value::as_bool).unwrap_or(true),
        })
    };
    list.and_then(Value::as_array).into_iter().flatten().filter_map(condition).collect()
}

macro_rules! plain {
    ($name:ident) => {
        impl Item for $name {
            fn read(metadata: Object, settings: &Settings, _: &str) -> Result<Self> {
                let Common { id, name, uuid } = Common::of(&metadata, settings)?;
                Ok(Self { id, name, uuid, metadata })
            }

            fn id(&self) -> &str {
                &self.id
            }
        }
    };
}

plain!(MemoryBase);
plain!(Rule);

impl Item for Variable {
    fn read(metadata: Object, settings: &Settings, base: &str) -> Result<Self> {
        let id = id_of(&metadata, &settings.variable_id_key)?;
        let keys = [settings.variable_name_key.as_str(), "standard", "tag", "local"];
        let mut names = keys.iter().filter_map(|key| metadata.get(*key).and_then(text));
        let name = names.find(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
        let number = metadata.get("bcId").and_then(text).unwrap_or_else(|| id.clone());
        let long_id = format!("mb{base}/d{}", bare_id(&number));
        let data_type = metadata.get("type").and_then(text).unwrap_or_default();
        Ok(Self { id, long_id, name, data_type, metadata })
    }

    fn id(&self) -> &str {
        &self.id
    }
}

impl Item for DataGroup {
    fn read(metadata: Object, settings: &Settings, _: &str) -> Result<Self> {
        let Common { id, name, uuid } = Common::of(&metadata, settings)?;
        let variables = metadata.get("variables").filter(|list| list.is_array());
        let variable_ids = variables.map(|list| ids(Some(list)));
        Ok(Self { id, name, uuid, variable_ids, metadata })
    }

    fn id(&self) -> &str {
        &self.id
    }
}

impl Item for Event {
    fn read(metadata: Object, settings: &Settings, _: &str) -> Result<Self> {
        let Common { id, name, uuid } = Common::of(&metadata, settings)?;
        let conditions = conditions(metadata.get("conditions"));
        Ok(Self { id, name, uuid, conditions, metadata })
    }

    fn id(&self) -> &str {
        &self.id
    }
}

impl Item for Job {
    fn read(metadata: Object, settings: &Settings, _: &str) -> Result<Self> {
        let Common { id, name, uuid } = Common::of(&metadata, settings)?;
        let categories = metadata.get("modelEntries").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut known = HashSet::new();
        let looked_at = categories.iter().flat_map(|entry| conditions(entry.get("conditions")));
        let looked_at = looked_at.map(|condition| condition.variable_id);
        let category_variable_ids = looked_at.filter(|id| known.insert(id.clone())).collect();
        let events = |kind: &str| ids(metadata.get("events").and_then(|events| events.get(kind)));
        Ok(Self {
            id,
            name,
            uuid,
            conditions: conditions(metadata.get("conditions")),
            category_variable_ids,
            categories,
            data_group_ids: ids(metadata.get("dataGroups")),
            positive_event_ids: events("positiveEvents"),
            negative_event_ids: events("negativeEvents"),
            metadata,
        })
    }

    fn id(&self) -> &str {
        &self.id
    }
}
