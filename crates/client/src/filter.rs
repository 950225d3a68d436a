//! Which rows are wanted: one filter for every platform that takes one, and for JavaScript, links and the explorer.
//!
//! As JSON a filter is an object with one key: `{"greater": ["d102", 3]}`, `{"and": [{…}, {…}, {…}]}`,
//! `{"not": {…}}`. How a platform spells it on the wire, and what it refuses, is the platform's own matter.

use serde::{Deserialize, Serialize};

/// A condition on the values of a row. Streams are named by their ids, as [`StreamInfo::id`](crate::StreamInfo::id) has
/// them.
///
/// Whether a cell that is null meets a condition is the server's to say; those known so far say no to every comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Filter {
    /// The value is this one.
    Equals(String, Value),
    /// The value lies between these two, both of them included.
    Between(String, Value, Value),
    /// The value is less.
    Less(String, Value),
    /// The value is less, or equal.
    LessEquals(String, Value),
    /// The value is greater.
    Greater(String, Value),
    /// The value is greater, or equal.
    GreaterEquals(String, Value),
    /// The condition is not met.
    Not(Box<Filter>),
    /// All of these are met. None at all are always met.
    And(Vec<Filter>),
    /// At least one of these is met. None at all are never met.
    Or(Vec<Filter>),
}

/// A value that cells are compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number, exact.
    Int(i64),
    /// A number. Infinities and NaN have no JSON form: no link and no server takes them.
    Float(f64),
    /// A text: the name of a state.
    Text(String),
    /// An instant, as `{"timeNs": 1709280000000000000}`.
    Time {
        /// Nanoseconds since the Unix epoch, UTC.
        #[serde(rename = "timeNs")]
        time_ns: i64,
    },
}

impl Value {
    /// An instant, ns.
    pub fn time(time_ns: i64) -> Self {
        Self::Time { time_ns }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl Filter {
    /// All of these: `None` where there are none, and a single one as it is.
    pub fn all(filters: impl IntoIterator<Item = Filter>) -> Option<Self> {
        let mut filters: Vec<_> = filters.into_iter().collect();
        match filters.len() {
            0 | 1 => filters.pop(),
            _ => Some(Self::And(filters)),
        }
    }

    /// The same filter with other ids for its streams.
    pub fn renamed(self, name: &dyn Fn(&str) -> String) -> Self {
        let all = |all: Vec<Self>| all.into_iter().map(|inner| inner.renamed(name)).collect();
        match self {
            Self::Equals(id, value) => Self::Equals(name(&id), value),
            Self::Between(id, low, high) => Self::Between(name(&id), low, high),
            Self::Less(id, value) => Self::Less(name(&id), value),
            Self::LessEquals(id, value) => Self::LessEquals(name(&id), value),
            Self::Greater(id, value) => Self::Greater(name(&id), value),
            Self::GreaterEquals(id, value) => Self::GreaterEquals(name(&id), value),
            Self::Not(inner) => Self::Not(Box::new(inner.renamed(name))),
            Self::And(filters) => Self::And(all(filters)),
            Self::Or(filters) => Self::Or(all(filters)),
        }
    }

    /// Ids of the streams that it looks at, in the order it names them, each once.
    pub fn stream_ids(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        self.collect(&mut ids);
        ids
    }

    fn collect<'a>(&'a self, into: &mut Vec<&'a str>) {
        match self {
            Self::Equals(id, _)
            | Self::Between(id, ..)
            | Self::Less(id, _)
            | Self::LessEquals(id, _)
            | Self::Greater(id, _)
            | Self::GreaterEquals(id, _) => {
                if !into.contains(&id.as_str()) {
                    into.push(id);
                }
            }
            Self::Not(inner) => inner.collect(into),
            Self::And(all) | Self::Or(all) => all.iter().for_each(|inner| inner.collect(into)),
        }
    }
}
