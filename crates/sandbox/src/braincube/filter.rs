//! Conditions on rows: the grammar of the data service, checked and evaluated.
//!
//! ```text
//! filter := leaf | {"NOT": [filter]} | {"AND": [filter, filter]} | {"OR": [filter, filter]}
//! leaf   := {"EQUALS": [id, value or [value]]} | {"BETWEEN": [id, low, high]}
//!         | {"LESS" | "LESS_EQUALS" | "GREAT" | "GREAT_EQUALS": [id, value]}
//! id     := "mb<memory base>/d<variable>"
//! ```
//!
//! Names of operators count in any case, since the document writes `Not` once.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::catalogue::{Base, Variable};
use super::cell::{Kind, Value};
use super::refusal::{Refusal, Result};

/// A condition on the rows of a base.
pub(super) enum Filter<'a> {
    Leaf { variable: &'a Variable, test: Test },
    Not(Box<Filter<'a>>),
    And(Box<[Filter<'a>; 2]>),
    Or(Box<[Filter<'a>; 2]>),
}

/// A comparison with given values.
pub(super) enum Test {
    Equals(Value<'static>),
    Between(Value<'static>, Value<'static>),
    Less(Value<'static>),
    LessEquals(Value<'static>),
    Great(Value<'static>),
    GreatEquals(Value<'static>),
}

/// How many operators may stand in one another: so many conditions can be joined one by one.
const MAX_DEPTH: usize = 500;

impl<'a> Filter<'a> {
    /// Reads a filter of a base.
    pub(super) fn read(json: &RawValue, base: &'a Base) -> Result<Self> {
        Self::read_within(json, base, MAX_DEPTH)
    }

    /// Reads level by level, so that the depth is ours to bound.
    fn read_within(json: &RawValue, base: &'a Base, depth: usize) -> Result<Self> {
        let object: BTreeMap<String, Vec<&RawValue>> = serde_json::from_str(json.get())
            .map_err(|_| bad("a filter is an object of an operator and its list of operands", json))?;
        let mut operators = object.into_iter();
        let (Some((name, operands)), None) = (operators.next(), operators.next()) else {
            return Err(bad("a filter has exactly one operator", json));
        };
        let deeper = depth.checked_sub(1);
        let deeper =
            deeper.ok_or_else(|| Refusal::bad(format!("bad filter: more than {MAX_DEPTH} levels deep")))?;
        let read = |json: &RawValue| Self::read_within(json, base, deeper);
        match (name.to_ascii_uppercase().as_str(), operands.as_slice()) {
            ("NOT", [child]) => Ok(Self::Not(Box::new(read(child)?))),
            ("AND", [one, other]) => Ok(Self::And(Box::new([read(one)?, read(other)?]))),
            ("OR", [one, other]) => Ok(Self::Or(Box::new([read(one)?, read(other)?]))),
            ("NOT", _) => Err(bad("NOT has exactly one filter", json)),
            ("AND" | "OR", _) => Err(bad("AND and OR have exactly two filters; more are nested", json)),
            (operator, [id, values @ ..]) => {
                let variable = variable(id, base)?;
                let values = values.iter().map(|value| serde_json::from_str(value.get()));
                let values = values.collect::<serde_json::Result<Vec<Json>>>();
                let values = values.map_err(|_| bad("an operand is no value", json))?;
                let test =
                    Test::read(operator, &values, variable.kind()).map_err(|problem| bad(problem, json))?;
                Ok(Self::Leaf { variable, test })
            }
            _ => Err(bad("the operator has no operands", json)),
        }
    }

    /// Whether a row fulfils it.
    pub(super) fn holds(&self, row: u64) -> bool {
        match self {
            Self::Leaf { variable, test } => {
                let cell = variable.signal.as_ref().map(|signal| signal(row));
                let value = cell.as_ref().and_then(|cell| cell.value(variable.kind()));
                value.is_some_and(|value| test.holds(&value))
            }
            Self::Not(child) => !child.holds(row),
            Self::And(children) => children.iter().all(|child| child.holds(row)),
            Self::Or(children) => children.iter().any(|child| child.holds(row)),
        }
    }
}

impl Test {
    fn read(operator: &str, values: &[Json], kind: Kind) -> std::result::Result<Self, &'static str> {
        let read = |json| value(json, kind).ok_or("a value is not of the variable's type");
        match (operator, values) {
            ("EQUALS", [Json::Array(list)]) => match list.as_slice() {
                [one] => Ok(Self::Equals(read(one)?)),
                _ => Err("EQUALS compares with one value; more are joined by OR"),
            },
            ("EQUALS", [one]) => Ok(Self::Equals(read(one)?)),
            ("BETWEEN" | "LESS" | "LESS_EQUALS" | "GREAT" | "GREAT_EQUALS", _) if kind == Kind::Text => {
                Err("a discrete variable has no order: only EQUALS compares it")
            }
            ("BETWEEN", [low, high]) => Ok(Self::Between(read(low)?, read(high)?)),
            ("LESS", [bound]) => Ok(Self::Less(read(bound)?)),
            ("LESS_EQUALS", [bound]) => Ok(Self::LessEquals(read(bound)?)),
            ("GREAT", [bound]) => Ok(Self::Great(read(bound)?)),
            ("GREAT_EQUALS", [bound]) => Ok(Self::GreatEquals(read(bound)?)),
            ("EQUALS" | "BETWEEN" | "LESS" | "LESS_EQUALS" | "GREAT" | "GREAT_EQUALS", _) => {
                Err("the operator has another number of operands")
            }
            _ => Err("the operator is unknown"),
        }
    }

    fn holds(&self, value: &Value<'_>) -> bool {
        let compared = |bound| value.compare(bound);
        match self {
            Self::Equals(bound) => compared(bound) == Some(Ordering::Equal),
            Self::Between(low, high) => {
                compared(low).is_some_and(Ordering::is_ge) && compared(high).is_some_and(Ordering::is_le)
            }
            Self::Less(bound) => compared(bound).is_some_and(Ordering::is_lt),
            Self::LessEquals(bound) => compared(bound).is_some_and(Ordering::is_le),
            Self::Great(bound) => compared(bound).is_some_and(Ordering::is_gt),
            Self::GreatEquals(bound) => compared(bound).is_some_and(Ordering::is_ge),
        }
    }
}

/// A given value, when it is of a variable's kind. Numbers may be given as texts.
fn value(json: &Json, kind: Kind) -> Option<Value<'static>> {
    match (kind, json) {
        (Kind::Number, Json::Number(number)) => {
            number.as_i128().map(Value::Integer).or_else(|| number.as_f64().map(Value::Float))
        }
        (Kind::Number, Json::String(text)) => Value::number(text),
        (Kind::Time, Json::String(text)) => Value::time(text),
        (Kind::Text, Json::String(text)) => Some(Value::Text(text.clone().into())),
        _ => None,
    }
}

/// The variable of a long id in a filter.
fn variable<'a>(id: &RawValue, base: &'a Base) -> Result<&'a Variable> {
    let text: String =
        serde_json::from_str(id.get()).map_err(|_| bad("a variable is named by its long id", id))?;
    let lacking = || Refusal::bad(format!("bad filter: memory base {} has no variable {text}", base.id));
    base.named(&text).ok_or_else(lacking)
}

/// A refusal that shows the beginning of what is wrong.
fn bad(problem: &str, json: &RawValue) -> Refusal {
    const SHOWN: usize = 120;
    let cut = if json.get().chars().nth(SHOWN).is_some() { "…" } else { "" };
    let shown: String = json.get().chars().take(SHOWN).collect();
    Refusal::bad(format!("bad filter: {problem}: {shown}{cut}"))
}
