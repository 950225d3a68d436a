//! What a list is asked for: filters, order and page, checked against the schema before anything is sent.
//!
//! A filter is `field` or `field__operator`, as the server writes them: `start__lt`, `datatype__in`. Several values are
//! joined by commas; an object stands for its URI.

use super::object::Object;
use super::schema::{Filtering, Schema};
use crate::{Error, Result};

/// Parameters of every list, whatever its schema says.
const ALWAYS: [&str; 3] = ["limit", "offset", "format"];
/// Older names of fields, which documents still use.
const OLDER: [(&str, &str); 2] = [("startTimestamp", "start"), ("endTimestamp", "end")];

/// Parameters of a list, in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters(Vec<(String, String)>);

/// A filter's value as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterValue(String);

macro_rules! value_from {
    ($($kind:ty),*) => {$(
        impl From<$kind> for FilterValue {
            fn from(value: $kind) -> Self {
                Self(value.to_string())
            }
        }
    )*};
}
value_from!(&str, String, i32, i64, u32, u64, f64, bool);

impl From<&Object> for FilterValue {
    fn from(object: &Object) -> Self {
        Self(object.resource_uri())
    }
}

impl<T: Into<FilterValue>, const N: usize> From<[T; N]> for FilterValue {
    fn from(values: [T; N]) -> Self {
        Self::from(Vec::from(values))
    }
}

impl<T: Into<FilterValue>> From<Vec<T>> for FilterValue {
    fn from(values: Vec<T>) -> Self {
        let texts: Vec<String> = values.into_iter().map(|value| value.into().0).collect();
        Self(texts.join(","))
    }
}

impl Filters {
    /// No filter.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more: `Filters::new().with("datatype__in", [19, 33])`.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<FilterValue>) -> Self {
        self.0.push((name.into(), value.into().0));
        self
    }

    /// Whether a parameter is among them.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Fails when the schema of a resource does not allow one of them.
    pub(super) fn check(&self, resource: &str, schema: &Schema) -> Result<()> {
        self.pairs().try_for_each(|(name, value)| match name {
            "order_by" => check_order(resource, schema, value),
            _ if ALWAYS.contains(&name) => Ok(()),
            _ => check_filter(resource, schema, name, value),
        })
    }
}

impl<N: Into<String>, V: Into<FilterValue>> FromIterator<(N, V)> for Filters {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        pairs.into_iter().fold(Self::new(), |filters, (name, value)| filters.with(name, value))
    }
}

fn check_order(resource: &str, schema: &Schema, value: &str) -> Result<()> {
    let mut fields = value.split(',').map(|field| field.trim().trim_start_matches('-'));
    let unknown = fields.find(|field| !schema.ordering.iter().any(|known| known == field));
    let Some(field) = unknown else { return Ok(()) };
    Err(Error::invalid(format!(
        "{resource} cannot be ordered by {field}: {}.",
        one_of(schema.ordering.iter().map(String::as_str))
    )))
}

fn check_filter(resource: &str, schema: &Schema, name: &str, value: &str) -> Result<()> {
    let (field, operator) = name.split_once("__").unwrap_or((name, "exact"));
    let Some(filtering) = schema.filtering.get(field) else {
        let newer =
            OLDER.iter().find(|(older, newer)| *older == field && schema.filtering.contains_key(*newer));
        let hint = match newer {
            Some((_, newer)) => format!("its newer name is {newer}"),
            None => one_of(schema.filtering.keys().map(String::as_str)),
        };
        return Err(Error::invalid(format!("{resource} cannot be filtered by {field}: {hint}.")));
    };
    let Filtering::Operators(operators) = filtering else { return Ok(()) };
    // A parameter that only takes some words names these in place of operators.
    let word = operator == "exact" && operators.iter().any(|known| known == value);
    if word || operators.iter().any(|known| known == operator) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "{resource} cannot be filtered by {name}={value}: of {field}, {}.",
        one_of(operators.iter().map(String::as_str))
    )))
}

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        "the server allows none".into()
    } else {
        format!("the server allows {}", names.join(", "))
    }
}
