//! Short ways to write variables, memory bases and what they hold.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::braincube::{Base, Cell, Item, Order, Variable};
use crate::demo::random::Random;

/// A uuid that belongs to a name.
pub(super) fn uuid(name: &str) -> String {
    let hex = Random::named(name).hex(32);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// The three names of a variable: standard, tag, local.
pub(super) type Names = [&'static str; 3];

/// A variable with a value in every row.
pub(super) fn variable(
    id: u32,
    names: Names,
    type_name: &'static str,
    value: impl Fn(u64) -> Cell + Send + Sync + 'static,
) -> Variable {
    let [standard, tag, local] = names.map(str::to_owned);
    Variable { id, standard, tag, local, type_name, signal: Some(Arc::new(value)) }
}

pub(super) fn numeric(
    id: u32,
    names: Names,
    value: impl Fn(u64) -> Cell + Send + Sync + 'static,
) -> Variable {
    variable(id, names, "NUMERIC", value)
}

pub(super) fn discrete(
    id: u32,
    names: Names,
    value: impl Fn(u64) -> Cell + Send + Sync + 'static,
) -> Variable {
    variable(id, names, "DISCRETE", value)
}

pub(super) fn datetime(
    id: u32,
    names: Names,
    value: impl Fn(u64) -> Cell + Send + Sync + 'static,
) -> Variable {
    variable(id, names, "DATETIME", value)
}

/// A base in UTC that is ordered by its first variable, a time.
pub(super) fn base(id: u32, name: &'static str, rows: u64, variables: Vec<Variable>) -> Base {
    let first = variables.first().map_or(0, |variable| variable.id);
    Base {
        id,
        uuid: format!("mb_{}", uuid(name)),
        name,
        time_zone: "Etc/GMT",
        order: Order::Reference(first),
        date: first,
        rows,
        variables,
        groups: Vec::new(),
        events: Vec::new(),
        jobs: Vec::new(),
        rules: Vec::new(),
    }
}

/// Something of a base. `bcid` is its id as the wire writes it, an integer or a text.
pub(super) fn item(prefix: &str, bcid: Value, name: &str, details: Value) -> Item {
    let id = bcid.as_u64().or_else(|| bcid.as_str()?.parse().ok()).and_then(|id| u32::try_from(id).ok());
    let uuid = format!("{prefix}_{}", uuid(&format!("{prefix} {name}")));
    let summary = json!({ "bcId": bcid, "name": name, "uuid": uuid });
    let object = |value: Value| match value {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    Item { id: id.unwrap_or_default(), uuid, summary: object(summary), details: object(details) }
}

/// A group of variables.
pub(super) fn group(id: u32, name: &str, variables: impl IntoIterator<Item = u32>) -> Item {
    let variables = variables.into_iter().map(|id| json!({ "bcId": id.to_string() }));
    item("dg", json!(id), name, json!({ "variables": variables.collect::<Vec<_>>() }))
}
