//! Lists in pages: a cursor says which list it continues and where.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Result;

/// Where a list goes on. Opaque to clients.
#[derive(Debug, Clone)]
pub(super) struct Cursor(String);

#[Scalar]
impl ScalarType for Cursor {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value).map(Self)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// The cursor of project lists: the platform gives it a type of its own.
#[derive(Debug, Clone)]
pub(super) struct ProjectCursor(String);

#[Scalar(name = "DateTimeUUIDCursor")]
impl ScalarType for ProjectCursor {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value).map(Self)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

fn text<T: ScalarType + async_graphql::InputType>(
    value: Value,
) -> std::result::Result<String, InputValueError<T>> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(InputValueError::expected_type(other)),
    }
}

impl From<ProjectCursor> for Cursor {
    fn from(cursor: ProjectCursor) -> Self {
        Self(cursor.0)
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[derive(Debug, Default, SimpleObject)]
pub(super) struct PageInfo {
    /// The cursor of the next page; null on the last.
    pub(super) end_cursor: Option<String>,
}

/// The page of `items` that a cursor of the list `name` asks for, and the cursor of the next.
pub(super) fn page<'a, T>(
    name: &str,
    items: &'a [T],
    size: usize,
    cursor: Option<Cursor>,
) -> Result<(&'a [T], PageInfo)> {
    let start = match cursor.filter(|cursor| !cursor.0.is_empty()) {
        Some(Cursor(text)) => position(name, &text).ok_or("the cursor is not valid for this list")?,
        None => 0,
    };
    let end = items.len().min(start.saturating_add(size));
    let next = (end < items.len()).then(|| STANDARD.encode(format!("{name}:{end}")));
    Ok((items.get(start..end).unwrap_or_default(), PageInfo { end_cursor: next }))
}

fn position(name: &str, cursor: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    text.strip_prefix(name)?.strip_prefix(':')?.parse().ok()
}
