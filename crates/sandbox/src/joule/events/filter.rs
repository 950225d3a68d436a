//! Filters on the content of events: a list of alternatives, each a list of conditions `[field, operation, value]`.
//!
//! A field that an event lacks meets no condition, not even a negated one; a field that is no number meets no
//! comparison of numbers.

use serde_json::Value;

use super::Event;

/// Which events are wanted; all when there is no alternative.
#[derive(Debug, Default)]
pub(super) struct Filter(Vec<Vec<Condition>>);

#[derive(Debug)]
struct Condition {
    field: String,
    operation: Operation,
}

#[derive(Debug)]
enum Operation {
    Is(String),
    Not(String),
    Like(String),
    Unlike(String),
    Compare(Comparison, f64),
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Gt,
    Gte,
    Lt,
    Lte,
    Eq,
    Neq,
}

const NO_JSON: &str = "invalid filter string, must be valid JSON";
const NO_LISTS: &str = "invalid filter string, must be a list of lists";

impl Filter {
    /// Reads a filter, or says why it is none, in the node's words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let value: Value = serde_json::from_str(text).map_err(|_| NO_JSON)?;
        // Here the node has no words.
        let alternatives = value.as_array().ok_or("")?;
        let alternative = |value: &Value| {
            let conditions = value.as_array().ok_or(NO_LISTS)?;
            conditions.iter().map(|condition| Condition::parse(condition, value)).collect()
        };
        alternatives.iter().map(alternative).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn accepts(&self, event: &Event) -> bool {
        self.0.is_empty()
            || self.0.iter().any(|conditions| conditions.iter().all(|condition| condition.accepts(event)))
    }
}

impl Condition {
    fn parse(value: &Value, clause: &Value) -> Result<Self, String> {
        let invalid = |what: &str| format!("invalid filter string, {what}");
        let [field, operation, operand] = value.as_array().ok_or(NO_LISTS)?.as_slice() else {
            return Err(invalid("boolean expression must have 3 elements"));
        };
        let text = || {
            let wrong = || invalid("is/not/like/unlike operation must have a string value");
            operand.as_str().map(str::to_owned).ok_or_else(wrong)
        };
        let compare = |comparison| {
            let number = operand.as_f64().or_else(|| operand.as_str()?.trim().parse().ok());
            let wrong = || {
                let operand = operand.as_str().map_or_else(|| operand.to_string(), str::to_owned);
                format!("invalid filter value, {operand} be numeric in filter clause {clause}")
            };
            Ok::<_, String>(Operation::Compare(comparison, number.ok_or_else(wrong)?))
        };
        let operation = match operation.as_str() {
            Some("is") => Operation::Is(text()?),
            Some("not") => Operation::Not(text()?),
            Some("like") => Operation::Like(text()?),
            Some("unlike") => Operation::Unlike(text()?),
            Some("gt") => compare(Comparison::Gt)?,
            Some("gte") => compare(Comparison::Gte)?,
            Some("lt") => compare(Comparison::Lt)?,
            Some("lte") => compare(Comparison::Lte)?,
            Some("eq") => compare(Comparison::Eq)?,
            Some("neq") => compare(Comparison::Neq)?,
            _ => return Err(invalid("boolean expression must have a valid operation")),
        };
        let field = field
            .as_str()
            .ok_or_else(|| invalid("first element of boolean expression must be a string label"))?;
        Ok(Self { field: field.into(), operation })
    }

    fn accepts(&self, event: &Event) -> bool {
        let text = match event.content.get(&self.field) {
            None | Some(Value::Null) => return false,
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        match &self.operation {
            Operation::Is(wanted) => text == *wanted,
            Operation::Not(unwanted) => text != *unwanted,
            Operation::Like(pattern) => like(&text, pattern),
            Operation::Unlike(pattern) => !like(&text, pattern),
            Operation::Compare(comparison, than) => {
                text.trim().parse().is_ok_and(|value: f64| match comparison {
                    Comparison::Gt => value > *than,
                    Comparison::Gte => value >= *than,
                    Comparison::Lt => value < *than,
                    Comparison::Lte => value <= *than,
                    Comparison::Eq => value == *than,
                    Comparison::Neq => value != *than,
                })
            }
        }
    }
}

/// SQL's LIKE: `%` is any text, `_` any character, a backslash takes the next character as it is.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Which beginnings of the text (by length) match the pattern so far.
    let mut matches = vec![false; text.len() + 1];
    if let Some(empty) = matches.first_mut() {
        *empty = true;
    }
    let mut pattern = pattern.chars();
    while let Some(symbol) = pattern.next() {
        if symbol == '%' {
            let mut any = false;
            matches.iter_mut().for_each(|matched| {
                any |= *matched;
                *matched = any;
            });
            continue;
        }
        let literal = if symbol == '\\' { pattern.next() } else { Some(symbol) };
        let fits = |c: &char| symbol == '_' || Some(*c) == literal;
        let next = matches.iter().zip(&text).map(|(matched, c)| *matched && fits(c));
        matches = std::iter::once(false).chain(next).collect();
    }
    matches.last().copied().unwrap_or_default()
}
