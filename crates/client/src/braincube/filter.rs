//! Filters in Braincube's own grammar: written for data requests, and read where people have them already.
//!
//! `AND` and `OR` take exactly two conditions, so that more are nested from the left. Times are texts that show the
//! memory base's clock, in whole seconds: a bound between two seconds is moved to the one that keeps its meaning.

use serde_json::{Number, Value as Json, json};
use streamscope_frame::braincube_time;
use streamscope_signal::{SECOND, TimeZone};

use super::address::BaseId;
use crate::filter::{Filter, Value};
use crate::{Error, Result};

/// Conditions inside each other. More than any server takes, and little enough for every program on the way.
const DEEPEST: usize = 100;
/// Conditions joined from the left, one inside the other; longer lists are halved first.
const LONGEST_CHAIN: usize = 64;

/// Which second a time between two seconds becomes.
#[derive(Clone, Copy, PartialEq)]
enum Toward {
    Before,
    After,
    /// Neither: no row can be there.
    None,
}

/// A filter as data requests of a memory base take it. Ids are variables' own or long ones; times are shown by the clock
/// of `zone`. Refuses what the server would: no condition at all, a variable of another memory base, a number that JSON
/// does not have.
pub fn write_filter(filter: &Filter, base: &BaseId, zone: &TimeZone) -> Result<Json> {
    Writer { base, zone }.write(filter, 0)
}

struct Writer<'a> {
    base: &'a BaseId,
    zone: &'a TimeZone,
}

impl Writer<'_> {
    fn write(&self, filter: &Filter, depth: usize) -> Result<Json> {
        if depth > DEEPEST {
            return Err(Error::invalid(format!("The filter nests more than {DEEPEST} conditions.")));
        }
        let all = |filters: &[Filter]| -> Result<Vec<Json>> {
            filters.iter().map(|filter| self.write(filter, depth + 1)).collect()
        };
        match filter {
            Filter::Equals(id, value) => {
                let value = self.value(value, Toward::None)?;
                // States are sent in lists, as the official client does.
                let value = if value.is_string() { json!([value]) } else { value };
                self.leaf("EQUALS", id, [value])
            }
            Filter::Between(id, low, high) => {
                self.leaf("BETWEEN", id, [self.value(low, Toward::After)?, self.value(high, Toward::Before)?])
            }
            Filter::Less(id, value) => self.leaf("LESS", id, [self.value(value, Toward::After)?]),
            Filter::LessEquals(id, value) => {
                self.leaf("LESS_EQUALS", id, [self.value(value, Toward::Before)?])
            }
            Filter::Greater(id, value) => self.leaf("GREAT", id, [self.value(value, Toward::Before)?]),
            Filter::GreaterEquals(id, value) => {
                self.leaf("GREAT_EQUALS", id, [self.value(value, Toward::After)?])
            }
            Filter::Not(filter) => Ok(json!({ "NOT": [self.write(filter, depth + 1)?] })),
            Filter::And(filters) => joined("AND", all(filters)?),
            Filter::Or(filters) => joined("OR", all(filters)?),
        }
    }

    fn leaf<const N: usize>(&self, operator: &str, id: &str, values: [Json; N]) -> Result<Json> {
        let mut list = vec![Json::from(self.base.long_id(id)?)];
        list.extend(values);
        Ok(json!({ operator: list }))
    }

    fn value(&self, value: &Value, toward: Toward) -> Result<Json> {
        match value {
            Value::Int(number) => Ok(Json::from(*number)),
            Value::Float(number) => Number::from_f64(*number).map(Json::from).ok_or_else(|| {
                Error::invalid(format!("A filter compares with {number}, which no server takes."))
            }),
            Value::Text(text) => Ok(Json::from(text.as_str())),
            Value::Time { time_ns } => self.time(*time_ns, toward),
        }
    }

    fn time(&self, instant: i64, toward: Toward) -> Result<Json> {
        let local = self.zone.utc_to_local(instant);
        let local = match toward {
            _ if local.rem_euclid(SECOND) == 0 => local,
            Toward::Before => local,
            Toward::After => local.saturating_add(SECOND - 1),
            Toward::None => {
                return Err(Error::invalid(
                    "A filter asks for a time between two seconds: Braincube has whole ones.",
                ));
            }
        };
        let text = braincube_time(local);
        text.map(Json::from).ok_or_else(|| Error::invalid("A filter has a time that Braincube cannot write."))
    }
}

/// Conditions joined two by two, from the left.
fn joined(operator: &str, conditions: Vec<Json>) -> Result<Json> {
    if conditions.len() > LONGEST_CHAIN {
        let mut first = conditions;
        let second = first.split_off(first.len() / 2);
        return Ok(json!({ operator: [joined(operator, first)?, joined(operator, second)?] }));
    }
    let join = |left: Json, right: Json| json!({ operator: [left, right] });
    conditions.into_iter().reduce(join).ok_or_else(|| {
        Error::invalid(format!("A filter joins nothing with {operator}: give it at least one condition."))
    })
}

/// Reads a filter in Braincube's grammar, `{"BETWEEN": ["mb20/d2000003", -1, 1]}`. Operators may be spelt in any case;
/// times stay the texts that they are.
pub fn read_filter(json: &Json) -> Result<Filter> {
    read(json, 0)
}

fn refused(what: &str) -> Error {
    Error::invalid(format!("The filter cannot be read: {what}."))
}

fn read(json: &Json, depth: usize) -> Result<Filter> {
    if depth > DEEPEST {
        return Err(refused("it nests too deeply"));
    }
    let one = json.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next());
    let (operator, operands) = one.ok_or_else(|| refused("each condition is an object with one operator"))?;
    let operands = operands.as_array().ok_or_else(|| refused("an operator's operands are a list"))?;
    let upper = operator.to_ascii_uppercase();
    let filters = || operands.iter().map(|operand| read(operand, depth + 1)).collect::<Result<Vec<_>>>();
    match (upper.as_str(), operands.len()) {
        ("AND", 2) => return Ok(Filter::And(filters()?)),
        ("OR", 2) => return Ok(Filter::Or(filters()?)),
        ("NOT", 1) => return Ok(Filter::Not(Box::new(read(operands.first().unwrap_or(json), depth + 1)?))),
        ("AND" | "OR", _) => return Err(refused("AND and OR take two conditions")),
        ("NOT", _) => return Err(refused("NOT takes one condition")),
        _ => {}
    }
    let id = operands
        .first()
        .and_then(Json::as_str)
        .ok_or_else(|| refused("a comparison begins with an id"))?
        .to_string();
    let value = |place: usize| {
        operands.get(place).and_then(value_of).ok_or_else(|| refused("a value is neither number nor text"))
    };
    Ok(match (upper.as_str(), operands.len()) {
        ("EQUALS", 2) => Filter::Equals(id, value(1)?),
        ("LESS", 2) => Filter::Less(id, value(1)?),
        ("LESS_EQUALS", 2) => Filter::LessEquals(id, value(1)?),
        ("GREAT", 2) => Filter::Greater(id, value(1)?),
        ("GREAT_EQUALS", 2) => Filter::GreaterEquals(id, value(1)?),
        ("BETWEEN", 3) => Filter::Between(id, value(1)?, value(2)?),
        _ => {
            return Err(refused(&format!(
                "\"{operator}\" with {} operands is no comparison",
                operands.len()
            )));
        }
    })
}

/// A value, which may come in a list of one.
fn value_of(json: &Json) -> Option<Value> {
    match json {
        Json::Number(number) => number.as_i64().map(Value::Int).or_else(|| number.as_f64().map(Value::Float)),
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Array(list) => {
            list.first().filter(|first| list.len() == 1 && !first.is_array()).and_then(value_of)
        }
        _ => None,
    }
}
