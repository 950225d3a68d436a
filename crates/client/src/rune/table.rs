//! Tables of metadata: dictionaries as rows.

use std::fmt::Display;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use streamscope_frame::{
    Column, ColumnType, JsonOptions, JsonParser, Layout, PushParser, RecordBatch, TimeFormat,
};

use crate::{Error, Result};

type Row = IndexMap<String, Box<RawValue>>;

/// A table of dictionaries, one row each. Its columns are all keys in the order in which they first appear; a cell that
/// a row lacks is null. Columns of text, truth values, integers or numbers are such in the table, all others hold JSON.
///
/// For rows that are served as they are, such as sleep metrics; sets have [`Set::to_table`](super::Set::to_table).
pub fn table(rows: &[impl Serialize]) -> Result<RecordBatch> {
    of(rows, &[])
}

/// The same, with the types of some columns known beforehand. Without rows, there are these columns. Times are known to
/// be Unix seconds.
pub(super) fn of(rows: &[impl Serialize], known: &[(&str, ColumnType)]) -> Result<RecordBatch> {
    let rows = rows.iter().map(row).collect::<Result<Vec<Row>>>()?;
    let mut names: Vec<&str> = Vec::new();
    if rows.is_empty() {
        names.extend(known.iter().map(|(name, _)| name));
    }
    for name in rows.iter().flat_map(Row::keys) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut columns = Vec::new();
    let mut data: IndexMap<&str, Vec<Box<RawValue>>> = IndexMap::new();
    for name in names {
        let cells: Vec<Option<&RawValue>> = rows.iter().map(|row| row.get(name).map(AsRef::as_ref)).collect();
        let wanted = known.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        let kind = wanted.filter(|kind| fit(*kind, &cells)).unwrap_or_else(|| infer(&cells));
        columns.push(Column::new(name, kind));
        data.insert(name, cells.into_iter().map(|cell| text(kind, cell)).collect::<Result<_>>()?);
    }
    let layout = Layout::new(columns);
    let page = serde_json::to_vec(&Page { data }).map_err(unwritable)?;
    let options = JsonOptions {
        layout: Some(layout.clone()),
        time_format: Some(TimeFormat::Unix),
        page_limit: usize::MAX,
    };
    let mut parser = JsonParser::new(options);
    parser.push(&page).and_then(|()| parser.finish()).map_err(no_table)?;
    parser.take().map_or_else(|| layout.nulls(0).map_err(no_table), Ok)
}

#[derive(Serialize)]
struct Page<'a> {
    data: IndexMap<&'a str, Vec<Box<RawValue>>>,
}

fn no_table(error: impl Display) -> Error {
    Error::protocol(format!("These rows make no table: {error}."))
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::protocol(format!("A row cannot be written as JSON: {error}."))
}

/// An item's dictionary, its keys in order.
fn row(item: &impl Serialize) -> Result<Row> {
    let text = serde_json::to_string(item).map_err(unwritable)?;
    serde_json::from_str(&text).map_err(unwritable)
}

fn is_null(cell: &RawValue) -> bool {
    cell.get() == "null"
}

/// Whether a column of this type can hold all these cells.
fn fit(kind: ColumnType, cells: &[Option<&RawValue>]) -> bool {
    let fits = |cell: &&RawValue| match kind {
        ColumnType::Time | ColumnType::Float => cell.get().parse::<f64>().is_ok_and(f64::is_finite),
        ColumnType::Float32 => cell.get().parse::<f32>().is_ok_and(f32::is_finite),
        ColumnType::Int => cell.get().parse::<i64>().is_ok(),
        ColumnType::Int32 => cell.get().parse::<i32>().is_ok(),
        ColumnType::Int16 => cell.get().parse::<i16>().is_ok(),
        ColumnType::Bool => matches!(cell.get(), "true" | "false"),
        ColumnType::Text => cell.get().starts_with('"'),
        ColumnType::Json => true,
    };
    cells.iter().flatten().filter(|cell| !is_null(cell)).all(fits)
}

/// The narrowest type that holds all cells; text when there is none.
fn infer(cells: &[Option<&RawValue>]) -> ColumnType {
    let kinds = [ColumnType::Text, ColumnType::Bool, ColumnType::Int, ColumnType::Float];
    kinds.into_iter().find(|kind| fit(*kind, cells)).unwrap_or(ColumnType::Json)
}

/// A cell as the parser wants it. In a column of JSON, a text is taken for a document: a JSON string becomes one.
fn text(kind: ColumnType, cell: Option<&RawValue>) -> Result<Box<RawValue>> {
    let Some(cell) = cell.filter(|cell| !is_null(cell)) else { return Ok(RawValue::NULL.to_owned()) };
    if kind == ColumnType::Json && cell.get().starts_with('"') {
        return serde_json::value::to_raw_value(&Value::from(cell.get())).map_err(unwritable);
    }
    Ok(cell.to_owned())
}
