//! What a site has: braincubes, their memory bases, and what these hold.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::cell::{Cell, Kind};

/// A variable's value in a row, counted from 0.
pub(crate) type Signal = Arc<dyn Fn(u64) -> Cell + Send + Sync>;

/// Everything behind one sign-in.
pub(crate) struct Site {
    pub(crate) braincubes: Vec<Braincube>,
}

/// A plant's data.
pub(crate) struct Braincube {
    pub(crate) name: &'static str,
    pub(crate) uuid: String,
    /// Whether the demo's key opens it.
    pub(crate) granted: bool,
    pub(crate) bases: Vec<Arc<Base>>,
}

/// Which variable a base's rows are ordered by, and under which name its description says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// A point in time, as `reference`.
    Reference(u32),
    /// Any variable, as `order`.
    Other(u32),
    /// The description does not say.
    Unsaid,
}

/// A memory base: rows in the order of its order variable.
pub(crate) struct Base {
    pub(crate) id: u32,
    pub(crate) uuid: String,
    pub(crate) name: &'static str,
    /// IANA name of the zone of its times.
    pub(crate) time_zone: &'static str,
    pub(crate) order: Order,
    /// The variable that says when a row was made.
    pub(crate) date: u32,
    pub(crate) rows: u64,
    pub(crate) variables: Vec<Variable>,
    pub(crate) groups: Vec<Item>,
    pub(crate) events: Vec<Item>,
    pub(crate) jobs: Vec<Item>,
    pub(crate) rules: Vec<Item>,
}

/// One column of a base.
pub(crate) struct Variable {
    pub(crate) id: u32,
    pub(crate) standard: String,
    pub(crate) tag: String,
    pub(crate) local: String,
    /// The type as the wire names it.
    pub(crate) type_name: &'static str,
    /// `None`: answers name the variable and carry no data of it.
    pub(crate) signal: Option<Signal>,
}

/// A data group, an event, a job or a rule.
pub(crate) struct Item {
    pub(crate) id: u32,
    pub(crate) uuid: String,
    /// What lists in short form say.
    pub(crate) summary: Map<String, Value>,
    /// What the long form says besides.
    pub(crate) details: Map<String, Value>,
}

impl Base {
    /// The id that data requests name it by.
    pub(super) fn long_id(&self) -> String {
        format!("mb{}", self.id)
    }

    /// The variable of a short id.
    pub(super) fn variable(&self, id: u32) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.id == id)
    }

    /// The id that data requests name a variable by.
    pub(super) fn variable_id(&self, id: u32) -> String {
        format!("mb{}/d{id}", self.id)
    }

    /// The short form.
    pub(super) fn summary(&self) -> Value {
        json!({
            "bcId": self.id,
            "name": self.name,
            "uuid": self.uuid,
            "quickStudy": false,
            "numberOfVariables": self.variables.len(),
        })
    }

    /// The long form.
    pub(super) fn extended(&self) -> Value {
        let mut base = self.summary();
        base["referenceDateVariable"] =
            json!({ "bcId": self.date.to_string(), "id": self.variable_id(self.date) });
        base
    }
}

impl Variable {
    /// How its values compare.
    pub(super) fn kind(&self) -> Kind {
        match self.type_name {
            "NUMERIC" | "NUMERICAL" => Kind::Number,
            "DATETIME" => Kind::Time,
            _ => Kind::Text,
        }
    }

    /// The description: the same in short and in long.
    pub(super) fn document(&self) -> Value {
        json!({
            "bcId": self.id.to_string(),
            "standard": self.standard,
            "tag": self.tag,
            "local": self.local,
            "type": self.type_name,
        })
    }
}

impl Item {
    /// The short form.
    pub(super) fn summary(&self) -> Value {
        Value::Object(self.summary.clone())
    }

    /// The long form.
    pub(super) fn extended(&self) -> Value {
        Value::Object(self.summary.clone().into_iter().chain(self.details.clone()).collect())
    }
}
