//! Which events, by their content.

use serde_json::{Value, json};

use crate::{Error, Result};

/// A choice of events by their content: events for which all conditions of any group hold. Without groups, all events.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// Joined by OR; the conditions of a group by AND. No group is empty.
    pub any: Vec<Vec<Condition>>,
}

/// A condition on one field of an event's content. An event without the field does not meet it.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The field's name.
    pub field: String,
    /// What its value must be.
    pub test: Test,
}

/// What a field's value must be. Numbers are finite; the node fails on a text where it expects a number.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// This text.
    Is(String),
    /// Another text.
    Not(String),
    /// A text of this SQL pattern: `%` stands for any characters, `_` for one.
    Like(String),
    /// A text not of this pattern.
    Unlike(String),
    /// A number above this one.
    Gt(f64),
    /// This number or one above.
    Gte(f64),
    /// A number below this one.
    Lt(f64),
    /// This number or one below.
    Lte(f64),
    /// This number.
    Eq(f64),
    /// Another number.
    Neq(f64),
}

impl Filter {
    /// Events that meet all these conditions.
    pub fn all(conditions: impl IntoIterator<Item = Condition>) -> Self {
        Self { any: vec![conditions.into_iter().collect()] }
    }

    /// As nodes take it: a JSON list of lists of `[field, operator, value]`. `None` when it lets all events through.
    pub(in crate::joule) fn wire(&self) -> Result<Option<String>> {
        let groups = self.any.iter().map(|group| {
            if group.is_empty() {
                return Err(Error::invalid("filter holds an empty group: give each at least one condition."));
            }
            group.iter().map(Condition::wire).collect::<Result<Vec<_>>>()
        });
        let groups = groups.collect::<Result<Vec<_>>>()?;
        Ok((!groups.is_empty()).then(|| json!(groups).to_string()))
    }
}

impl Condition {
    /// A condition on a field.
    pub fn new(field: impl Into<String>, test: Test) -> Self {
        Self { field: field.into(), test }
    }

    fn wire(&self) -> Result<Value> {
        let (operator, value) = match &self.test {
            Test::Is(text) => ("is", json!(text)),
            Test::Not(text) => ("not", json!(text)),
            Test::Like(text) => ("like", json!(text)),
            Test::Unlike(text) => ("unlike", json!(text)),
            Test::Gt(number) => ("gt", self.number(*number)?),
            Test::Gte(number) => ("gte", self.number(*number)?),
            Test::Lt(number) => ("lt", self.number(*number)?),
            Test::Lte(number) => ("lte", self.number(*number)?),
            Test::Eq(number) => ("eq", self.number(*number)?),
            Test::Neq(number) => ("neq", self.number(*number)?),
        };
        Ok(json!([self.field, operator, value]))
    }

    fn number(&self, number: f64) -> Result<Value> {
        if number.is_finite() {
            return Ok(json!(number));
        }
        Err(Error::invalid(format!("filter compares {} with {number}: give a finite number.", self.field)))
    }
}
