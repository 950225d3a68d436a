//! Data of a long range of time: asked for in spans, and given as one answer.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use serde_json::{Value as Json, json};
use streamscope_client::braincube::{DataQuery, DataRead, Labels};
use streamscope_client::filter::Filter;
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Read, Request, TimeRange};
use streamscope_frame::{ColumnType, braincube_time, times};
use streamscope_signal::SECOND;

use super::{base, braincube, path};
use crate::suite::drain;

/// 2024-03-01 00:00.
const T0: i64 = 1_709_251_200;
const DAY: i64 = 86_400;
const STEP: i64 = 600;
const ROWS: i64 = 10 * DAY / STEP;

/// The first row that a request asks for, and the one after the last.
fn bounds(request: &Request) -> (i64, i64) {
    let body: Json = serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
    let range = &body["context"]["filter"]["AND"];
    // Conditions are joined from the left.
    let range = if range[0]["AND"].is_array() { &range[0]["AND"] } else { range };
    let row = |side: usize, operator: &str| {
        let text = range[side][operator][1].as_str().unwrap().to_string();
        let at = |row: i64| braincube_time((T0 + row * STEP) * SECOND).unwrap();
        (0..=ROWS).find(|row| at(*row) >= text).unwrap_or(ROWS)
    };
    (row(0, "GREAT_EQUALS"), row(1, "LESS"))
}

/// A base of ten days with a row every ten minutes, whose columns are made of the rows' numbers; `None` leaves one out.
fn mill(order: Json, column: impl Fn(&str, i64, i64) -> Option<Json> + 'static) -> MemoryTransport {
    MemoryTransport::new(move |request| answer(request, &order, &column))
}

fn answer(request: &Request, order: &Json, column: &impl Fn(&str, i64, i64) -> Option<Json>) -> Canned {
    if path(request) == "braindata/mb7/simple" {
        return Canned::new(200, order.to_string());
    }
    let (first, after) = bounds(request);
    let time = |row: i64| braincube_time((T0 + row * STEP) * SECOND).unwrap();
    let dates = (first..after).map(time).collect::<Vec<_>>();
    let date = json!({"id": "mb7/d1", "type": "DATETIME", "data": dates});
    let others = ["mb7/d2", "mb7/d3"].into_iter().filter_map(|id| column(id, first, after));
    let all: Vec<Json> = others.chain([date]).collect();
    Canned::new(200, json!({ "datadefs": all }).to_string())
}

fn dated() -> Json {
    json!({"reference": "mb7/d1", "referenceDate": "mb7/d1", "timezone": "UTC",
        "datadefs": [{"id": "mb7/d1", "type": "DATETIME"}]})
}

fn numbers(id: &str, first: i64, after: i64, cell: impl Fn(i64) -> String) -> Option<Json> {
    Some(json!({"id": id, "type": "NUMERIC", "data": (first..after).map(cell).collect::<Vec<_>>()}))
}

fn read(transport: &MemoryTransport, query: &DataQuery) -> Result<DataRead, Error> {
    transport.run(braincube(transport).data(query)).expect("the call waits for nothing")
}

fn query(variables: &[&str], days: i64) -> DataQuery {
    let range = TimeRange { start: T0 * SECOND, end: (T0 + days * DAY) * SECOND };
    DataQuery { range: Some(range), ..DataQuery::new(base(), variables.iter().copied()) }
}

fn spans(transport: &MemoryTransport) -> Vec<(i64, i64)> {
    transport.requests().iter().filter(|request| request.url.ends_with("/LF")).map(bounds).collect()
}

fn all<T>(frames: &[RecordBatch], of: impl Fn(&RecordBatch) -> Vec<T>) -> Vec<T> {
    frames.iter().flat_map(of).collect()
}

#[test]
fn every_row_comes_once_and_whole_numbers_stay_whole_when_all_are() {
    // Beyond 2^53, where a double skips every other number.
    let big = |row: i64| (9_007_199_254_740_993 + 2 * row).to_string();
    let transport = mill(dated(), move |id, first, after| match id {
        "mb7/d2" => numbers(id, first, after, big),
        _ => None,
    });
    let mut read = read(&transport, &query(&["2", "1"], 10)).unwrap();
    let names: Vec<_> =
        read.layout().columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(names, [("2", ColumnType::Int), ("1", ColumnType::Time)]);
    let (frames, error) = drain(&transport, &mut read);
    assert_eq!(error, None);
    let values = all(&frames, |frame| frame.column(0).as_primitive::<Int64Type>().values().to_vec());
    assert_eq!(values, (0..ROWS).map(|row| 9_007_199_254_740_993 + 2 * row).collect::<Vec<_>>());
    let dates = all(&frames, |frame| {
        let dates = frame.column(1).clone();
        times(&RecordBatch::try_from_iter([("time", dates)]).unwrap()).unwrap().to_vec()
    });
    assert_eq!(dates, (0..ROWS).map(|row| (T0 + row * STEP) * SECOND).collect::<Vec<_>>());
    let spans = spans(&transport);
    assert!(spans.len() > 1, "{spans:?}");
    assert!(spans.windows(2).all(|pair| pair[0].1 == pair[1].0), "{spans:?}");
    assert_eq!((spans[0].0, spans.last().unwrap().1), (0, ROWS));
    assert_eq!(read.progress().rows, ROWS as u64);
    assert!(read.report().missing.is_empty());
}

#[test]
fn one_fraction_makes_the_column_one_of_doubles_in_every_span_and_reports_are_joined() {
    let transport = mill(dated(), |id, first, after| match id {
        "mb7/d2" => numbers(id, first, after, |row| match row {
            0 => "9007199254740993".into(),
            row if row == ROWS - 1 => "0.5".into(),
            row if row % 10 == 5 => "nan".into(),
            row if row % 100 == 7 => "high".into(),
            row => row.to_string(),
        }),
        // A column that the server leaves out of the first span.
        _ if first == 0 => None,
        _ => numbers(id, first, after, |row| row.to_string()),
    });
    let mut read = read(&transport, &query(&["2", "3", "4"], 10)).unwrap();
    let kinds: Vec<_> = read.layout().columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [ColumnType::Float, ColumnType::Int]);
    let report = read.report().clone();
    assert_eq!(report.missing, ["mb7/d3", "mb7/d4"]);
    let [two, three] = report.columns.as_slice() else { panic!("{report:?}") };
    assert_eq!((two.rounded, two.missing, two.unreadable), (1, 144, 15));
    assert_eq!(two.example.as_deref(), Some("high"));
    let first_span = spans(&transport)[0].1;
    assert_eq!(three.missing, first_span as u64);
    let (frames, _) = drain(&transport, &mut read);
    let values = all(&frames, |frame| frame.column(0).as_primitive::<Float64Type>().iter().collect());
    assert_eq!(
        (values[0], values[5], values[6], values[7]),
        (Some(9_007_199_254_740_992.0), None, Some(6.0), None)
    );
    assert_eq!(values.last().copied().flatten(), Some(0.5));
    let nulls: usize = frames.iter().map(|frame| frame.column(1).null_count()).sum();
    assert_eq!(nulls as i64, first_span);
}

#[test]
fn a_span_that_breaks_off_is_asked_for_again_alone() {
    let broken = std::cell::Cell::new(false);
    let column = |id: &str, first, after| match id {
        "mb7/d2" => numbers(id, first, after, |row| row.to_string()),
        _ => None,
    };
    let transport = MemoryTransport::new(move |request| {
        let answer = answer(request, &dated(), &column);
        let second = request.url.ends_with("/LF") && bounds(request).0 > 0;
        if second && !broken.replace(true) { Canned::new(200, "{\"datadefs\":[") } else { answer }
    });
    let mut read = read(&transport, &query(&["2"], 10)).unwrap();
    let (frames, error) = drain(&transport, &mut read);
    assert_eq!((frames.iter().map(RecordBatch::num_rows).sum::<usize>() as i64, error), (ROWS, None));
    let mut seen = spans(&transport);
    let requests = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len() + 1, requests);
}

#[test]
fn rows_in_another_order_than_their_date_are_one_answer() {
    let mut order = dated();
    order["reference"] = "mb7/d9".into();
    let transport = mill(order, |id, first, after| match id {
        "mb7/d2" => numbers(id, first, after, |row| row.to_string()),
        _ => None,
    });
    let mut read = read(&transport, &query(&["2"], 10)).unwrap();
    assert_eq!(drain(&transport, &mut read).0.iter().map(RecordBatch::num_rows).sum::<usize>() as i64, ROWS);
    assert_eq!(spans(&transport).len(), 1);
}

#[test]
fn names_and_filters_hold_in_every_span_and_a_change_of_kind_is_an_error() {
    let transport = mill(dated(), |id, first, after| {
        let kind = if first == 0 { "NUMERIC" } else { "DISCRETE" };
        let cells: Vec<_> = (first..after).map(|row| row.to_string()).collect();
        (id == "mb7/d2").then(|| json!({"id": id, "type": kind, "data": cells}))
    });
    let filter = Filter::Greater("2".into(), (-1).into());
    let asked = DataQuery { filter: Some(filter), labels: Labels::Id, ..query(&["2"], 10) };
    let error = read(&transport, &asked).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(error.message.contains("mb7/d2"), "{error}");
    for request in transport.requests().iter().filter(|request| request.url.ends_with("/LF")) {
        let body: Json = serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
        let filter = &body["context"]["filter"]["AND"][1];
        assert_eq!(filter, &json!({"GREAT": ["mb7/d2", -1]}), "{body}");
    }
}
