//! Columns of data, cell by cell.
//!
//! The official client leaves dates as texts unless told otherwise, cuts JSON's fractions, and loses the whole answer for
//! one cell that is empty. What is right then is what the server's own document says.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampNanosecondType};
use arrow_array::{Array, ArrayRef};
use serde_json::Value;
use streamscope_client::braincube::{Braincube, DataQuery, DataRead, Labels};
use streamscope_client::{Error, Read};
use streamscope_frame::{RecordBatch, braincube_time};
use streamscope_signal::{SECOND, TimeZone};

use super::{Call, filters, texts};

pub(super) async fn compare(ours: &Braincube, call: &Call<'_>) {
    let ids: Vec<String> = serde_json::from_value(texts(&call.arguments["ids"])).unwrap();
    let by_name = call.arguments["label_type"] == "name";
    let filter = match filters(&call.arguments["filters"]) {
        Ok(filter) => filter,
        Err(error) => return assert_eq!(call.gave, Err("HTTPError"), "{}: {error}", call.arguments),
    };
    let query = DataQuery {
        filter,
        labels: if by_name { Labels::Name } else { Labels::Id },
        ..DataQuery::new(call.base(), ids)
    };
    same(ours, call, ours.data(&query).await).await;
}

/// Every cell of ours is theirs. Where the official client raised, and not for what the server refused, ours has rows.
pub(super) async fn same(ours: &Braincube, call: &Call<'_>, read: Result<DataRead, Error>) {
    let place = format!("{} {}", call.name, call.arguments);
    let theirs = match (call.gave, &read) {
        (Ok(theirs), Ok(_)) => theirs.as_object().unwrap(),
        // No order: nothing can be asked for.
        (Err("KeyError"), Err(error)) => return assert_eq!(error.status, None, "{place}: {error:?}"),
        (Err("HTTPError"), Err(error)) => return assert!(error.status.is_some(), "{place}: {error:?}"),
        (Err("HTTPError"), Ok(_)) if call.name.starts_with("job.") => {
            return rows_of(call, read.unwrap()).await;
        }
        (Err("ValueError"), Ok(_)) => return rows_of(call, read.unwrap()).await,
        (theirs, _) => panic!("{place}: they gave {theirs:?}, ours is {:?}", read.err()),
    };
    let mut read = read.unwrap();
    let zone = zone(ours, call).await;
    let layout = read.layout().clone();
    let frames = frames(&mut read).await;
    // Of variables with one name the official client loses all but one.
    let shared = |name: &str| name.ends_with(')') && !theirs.contains_key(name);
    for (column, place_of) in layout.columns.iter().zip(0..).filter(|(column, _)| !shared(&column.name)) {
        let theirs =
            theirs.get(&column.name).unwrap_or_else(|| panic!("{place}: they have no {}", column.name));
        let theirs = theirs.as_array().unwrap();
        let cells: Vec<Cell> = frames.iter().flat_map(|frame| cells(frame.column(place_of), &zone)).collect();
        assert_eq!(cells.len(), theirs.len(), "{place}: rows of {}", column.name);
        for (row, (ours, theirs)) in cells.iter().zip(theirs).enumerate() {
            let same = ours.is(theirs) || ours.is_cut_to(theirs);
            assert!(same, "{place}: row {row} of {} is {ours:?}, not {theirs}", column.name);
        }
    }
    assert!(theirs.len() <= layout.columns.len(), "{place}: they have more columns");
}

async fn zone(ours: &Braincube, call: &Call<'_>) -> TimeZone {
    let name = ours.base_info(&call.base()).await.unwrap().zone_name.clone();
    let zone = jiff::tz::db().get(&name).unwrap();
    let changes = zone.following(jiff::Timestamp::UNIX_EPOCH).take(400);
    let changes = changes.map(|change| (change.timestamp().as_second() * SECOND, change.offset().seconds()));
    TimeZone::new(name, zone.to_offset(jiff::Timestamp::UNIX_EPOCH).seconds(), changes.collect())
}

async fn frames(read: &mut DataRead) -> Vec<RecordBatch> {
    let mut frames = Vec::new();
    while let Some(batch) = read.next_batch().await.unwrap() {
        frames.push(batch.rows);
    }
    frames
}

async fn rows_of(call: &Call<'_>, mut read: DataRead) {
    let rows: usize = frames(&mut read).await.iter().map(RecordBatch::num_rows).sum();
    let unread: u64 = read.report().columns.iter().map(|column| column.missing + column.unreadable).sum();
    assert!(rows > 0, "{} {}: there are rows", call.name, call.arguments);
    // What made the official client fail is counted here.
    assert!(unread > 0 || call.name.starts_with("job."), "{} {}", call.name, call.arguments);
}

#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Null,
    /// No state.
    NoText,
    /// No instant.
    NoTime,
    Int(i64),
    Float(f64),
    Text(String),
    /// What the clock of the base shows.
    Time(String),
}

fn cells(column: &ArrayRef, zone: &TimeZone) -> Vec<Cell> {
    let cell = |row: usize| {
        if column.is_null(row) && column.as_primitive_opt::<TimestampNanosecondType>().is_some() {
            return Cell::NoTime;
        }
        if column.is_null(row) {
            return if column.as_dictionary_opt::<Int32Type>().is_some() { Cell::NoText } else { Cell::Null };
        }
        if let Some(column) = column.as_primitive_opt::<Int64Type>() {
            return Cell::Int(column.value(row));
        }
        if let Some(column) = column.as_primitive_opt::<Float64Type>() {
            return Cell::Float(column.value(row));
        }
        if let Some(column) = column.as_primitive_opt::<TimestampNanosecondType>() {
            return Cell::Time(braincube_time(zone.utc_to_local(column.value(row))).unwrap());
        }
        let column = column.as_dictionary::<Int32Type>();
        Cell::Text(column.values().as_string::<i32>().value(column.keys().value(row) as usize).into())
    };
    (0..column.len()).map(cell).collect()
}

impl Cell {
    /// Whether the official client's cell says the same.
    fn is(&self, theirs: &Value) -> bool {
        match self {
            // It says so in its own ways, or keeps the text that is no value.
            Self::Null => match theirs {
                Value::Null => true,
                Value::String(text) => is_no_date(text) && text.parse::<f64>().map_or(true, f64::is_nan),
                _ => false,
            },
            Self::NoText => theirs.is_null() || theirs == "?",
            // A text that is no date, such as a day without a time, stays as it is there.
            Self::NoTime => theirs.as_str().map_or(theirs.is_null(), is_no_date),
            Self::Int(value) => {
                number(theirs) == Some(serde_json::json!(value)) || theirs.as_f64() == Some(*value as f64)
            }
            Self::Float(value) => {
                number(theirs).and_then(|theirs| theirs.as_f64()) == Some(*value)
                    || (value.is_infinite() && theirs.as_f64().is_none())
            }
            Self::Text(value) => theirs.as_str() == Some(value),
            Self::Time(value) => theirs.as_str().is_some_and(|text| {
                text == value
                    || text
                        .chars()
                        .filter(char::is_ascii_digit)
                        .eq(value.chars().filter(char::is_ascii_digit))
            }),
        }
    }

    fn is_cut_to(&self, theirs: &Value) -> bool {
        matches!(self, Self::Float(value) if Some(value.trunc()) == theirs.as_f64())
    }
}

/// A number, which is a text where the official client did not know the type.
fn number(theirs: &Value) -> Option<Value> {
    match theirs {
        Value::String(text) => {
            text.parse::<i64>().map(Value::from).ok().or_else(|| text.parse::<f64>().ok().map(Value::from))
        }
        Value::Number(_) => Some(theirs.clone()),
        _ => None,
    }
}

fn is_no_date(text: &str) -> bool {
    text.len() != 15 || jiff::civil::DateTime::strptime("%Y%m%d_%H%M%S", text).is_err()
}
