//! The data service: what a memory base can be asked for, and its rows.

mod rows;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::catalogue::{Base, Braincube, Order, Variable};
use super::cell::Kind;
use super::filter::Filter;
use super::refusal::{Refusal, Result};
use super::reply;
use crate::{Body, Request, Response};
use rows::{Columns, Rows};

/// Answers what follows `braindata/` in a path.
pub(super) fn answer(braincube: &Braincube, parts: &[&str], request: &Request) -> Result<Response> {
    let [id, resource] = parts else { return Err(Refusal::missing("no such path")) };
    let base = braincube.bases.iter().find(|base| {
        base.long_id() == *id
            || base.uuid == *id
            || base.uuid.split_once('_').is_some_and(|(_, bare)| bare == *id)
    });
    let base = base.ok_or_else(|| Refusal::missing(format!("no memory base {id} in {}", braincube.name)))?;
    match (*resource, request.method.as_str()) {
        ("simple", "GET" | "HEAD") => Ok(reply::json(&simple(base, braincube.name))),
        ("simple", _) => Err(Refusal::method("GET")),
        ("LF", "POST") => read(base, &request.body),
        ("LF", _) => Err(Refusal::method("POST")),
        _ => Err(Refusal::missing("no such path")),
    }
}

fn simple(base: &Base, braincube: &str) -> Value {
    let service = format!("braincube/{braincube}/braindata/{}", base.long_id());
    let definition =
        |variable: &Variable| json!({ "id": base.variable_id(variable.id), "type": variable.type_name });
    let mut simple = json!({
        "name": base.long_id(),
        "referenceDate": base.variable_id(base.date),
        "timezone": base.time_zone,
        "datadefs": base.variables.iter().map(definition).collect::<Vec<_>>(),
        "lfUrl": format!("{service}/LF"),
        "hfUrl": null,
    });
    match base.order {
        Order::Reference(id) => simple["reference"] = base.variable_id(id).into(),
        Order::Other(id) => simple["order"] = base.variable_id(id).into(),
        Order::Unsaid => {}
    }
    simple
}

/// The body of a question for rows.
#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    order: Value,
    definitions: Vec<Value>,
    context: Context,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    #[serde(default)]
    data_source: Value,
    /// Not read yet: a filter nests deeper than a JSON parser goes by itself.
    filter: Option<Box<RawValue>>,
}

/// `POST …/LF`: columns of the rows that a filter leaves, in the order of a variable.
fn read(base: &Arc<Base>, body: &[u8]) -> Result<Response> {
    let question: Question = serde_json::from_slice(body)
        .map_err(|error| Refusal::bad(format!("the body is not a question for rows: {error}")))?;
    let order = question.order.as_str().ok_or_else(|| Refusal::bad("order is not the id of a variable"))?;
    let order = base.named(order).or_else(|| base.variable(order.parse().ok()?));
    let order = order.ok_or_else(|| unknown(&question.order, base))?;
    let place = |id: &Value| id.as_str().and_then(|id| base.place(id)).ok_or_else(|| unknown(id, base));
    let mut columns = question.definitions.iter().map(place).collect::<Result<Vec<usize>>>()?;
    columns.sort_unstable();
    columns.dedup();
    if question.context.data_source != base.long_id() {
        let message = format!("context.dataSource is not {}, which the path names", base.long_id());
        return Err(Refusal::bad(message));
    }
    let filter = question.context.filter.map(|filter| Filter::read(&filter, base)).transpose()?;
    let rows = Rows::select(base, order, filter.as_ref());
    let pieces = Columns::new(base.clone(), columns, rows);
    Ok(Response::new(200, "application/json", Body::Pieces(Box::new(pieces.map(Ok)))))
}

fn unknown(id: &Value, base: &Base) -> Refusal {
    Refusal::missing(format!("no variable {id} in memory base {}", base.id))
}

impl Base {
    /// Where the variable of a long id stands.
    fn place(&self, long_id: &str) -> Option<usize> {
        let id = long_id.strip_prefix(&self.long_id())?.strip_prefix("/d")?.parse::<u32>().ok()?;
        self.variables.iter().position(|variable| variable.id == id)
    }

    /// The variable of a long id.
    pub(super) fn named(&self, long_id: &str) -> Option<&Variable> {
        self.variables.get(self.place(long_id)?)
    }

    /// When the first and the last row were made, in seconds of the base's clock; `None` without rows.
    pub(super) fn times(&self) -> Option<(i64, i64)> {
        let signal = self.variable(self.date)?.signal.as_ref()?;
        let time = |row: u64| match signal(row).value(Kind::Time) {
            Some(super::cell::Value::Time(seconds)) => Some(seconds),
            _ => None,
        };
        Some((time(0)?, time(self.rows.checked_sub(1)?)?))
    }
}
