//! JSON pages in.

use ColumnType::{Bool, Float, Int, Json, Text, Time};
use proptest::prelude::*;
use streamscope_frame::{ColumnType, JsonOptions, JsonParser, ParseErrorKind, TimeFormat};

use crate::csv::layout;
use crate::support::{Outcome, Value, run, text};

fn options(columns: &[(&str, ColumnType)], time_format: TimeFormat) -> JsonOptions {
    JsonOptions { layout: Some(layout(columns)), time_format: Some(time_format), ..JsonOptions::default() }
}

/// Parses a page whole and in pieces, and expects one and the same outcome.
fn parse(options: &JsonOptions, page: impl AsRef<[u8]>) -> Outcome {
    let page = page.as_ref();
    let whole = run(JsonParser::new(options.clone()), [page], 1);
    for length in [1, 7, 64] {
        assert_eq!(
            run(JsonParser::new(options.clone()), page.chunks(length), 2),
            whole,
            "pieces of {length} bytes"
        );
    }
    whole
}

fn refused(page: impl AsRef<[u8]>) -> streamscope_frame::ParseError {
    let outcome = parse(&options(&[("time", Time), ("x", Float)], TimeFormat::Unix), page);
    assert_eq!(outcome.rows.len(), 0);
    outcome.end.unwrap_err()
}

#[test]
fn the_documents_availability_example() {
    let page = r#"{ "approx_available_duration_s": 900, "cardinality": 5, "data": {
        "time": [ 1648412600, 1648412900, 1648413200, 1648413500, 1648413800 ], "availability": [ 1, 1, 0, 0, 1 ] } }"#;
    let outcome = parse(&options(&[("time", Time), ("availability", Int)], TimeFormat::Unix), page);
    assert_eq!(outcome.end, Ok(()));
    let expected = [(600, 1), (900, 1), (1200, 0), (1500, 0), (1800, 1)];
    let expected =
        expected.map(|(s, n)| vec![Value::Time((1_648_412_000 + s) * 1_000_000_000), Value::Int(n)]);
    assert_eq!(outcome.rows, expected);
}

#[test]
fn every_kind_of_cell_in_any_key_order() {
    let columns = [("time", Time), ("x", Float), ("n", Int), ("b", Bool), ("s", Text), ("j", Json)];
    let page = r#"{"data":{"j":[{"a": [1, "}"]},"{\"b\":2}",null],"s":["a\n\"\u00e9","",null],"b":[true,0,null],
        "measurement_duration_ns":[20000000,0,null],"n":[9007199254740993,-1,null],"x":[0.1,1e-7,null],
        "time":[1648412619.2589417,1648412619.123456789,null]},"cardinality":3}"#;
    let outcome = parse(&options(&columns, TimeFormat::Unix), page);
    assert_eq!(outcome.end, Ok(()));
    assert_eq!(outcome.names, ["time", "x", "n", "b", "s", "j", "measurement_duration_ns"]);
    let first = [
        Value::Time(1_648_412_619_258_941_700),
        Value::Float(0.1),
        Value::Int(9_007_199_254_740_993),
        Value::Bool(true),
        text("a\n\"é"),
        text(r#"{"a": [1, "}"]}"#),
        Value::Int(20_000_000),
    ];
    assert_eq!(outcome.rows[0], first);
    assert_eq!(outcome.rows[1][0], Value::Time(1_648_412_619_123_456_789));
    assert_eq!(outcome.rows[1][3..6], [Value::Bool(false), text(""), text(r#"{"b":2}"#)]);
    assert_eq!(outcome.rows[2], vec![Value::Null; 7]);
}

#[test]
fn iso_times_and_types_from_values() {
    let page = r#"{"data":{"time":["2022-03-27T20:23:39.25Z"],"x":[1.5],"n":[7],"s":["a"]}}"#;
    let outcome = parse(&JsonOptions::default(), page);
    let time = Value::Time(1_648_412_619_250_000_000);
    assert_eq!(outcome.rows, [[time, Value::Float(1.5), Value::Int(7), text("a")]]);
}

#[test]
fn pages_without_rows() {
    for page in ["", " \n", r#"{"data":{"time":[],"x":[]}}"#] {
        let outcome = parse(&options(&[("time", Time), ("x", Float)], TimeFormat::Unix), page);
        assert_eq!((outcome.rows.len(), outcome.end), (0, Ok(())), "{page:?}");
    }
}

#[test]
fn a_wrong_value_is_named_with_its_place() {
    let page = "{\"data\":{\"time\":[1,2],\n\"x\":[1,\"oops\"]}}";
    let error = refused(page);
    assert_eq!(error.kind, ParseErrorKind::Value { expected: "number", found: "oops".into() });
    assert_eq!((error.column.as_deref(), error.record, error.line), (Some("x"), 1, 2));
    assert_eq!(error.byte, page.find("\"oops").unwrap() as u64);
}

#[test]
fn pages_that_are_refused() {
    let malformed = |page: &str| match refused(page).kind {
        ParseErrorKind::Malformed(what) => what,
        other => panic!("{page}: {other}"),
    };
    assert_eq!(malformed(r#"{"data":{"time":[1],"x":[1,2]}}"#), "`x` has 2 values, `time` has 1");
    assert_eq!(malformed(r#"{"cardinality":0}"#), "missing field `data`");
    assert_eq!(malformed(r#"{"data":{"time":1,"x":[]}}"#), "invalid type: integer `1`, expected a sequence");
    malformed(r#"{"data":{"time":[NaN],"x":[1]}}"#);
    malformed("<html>");
    let header = |page: &str| refused(page).kind;
    assert_eq!(header(r#"{"data":{"time":[]}}"#), ParseErrorKind::Header("column `x` is missing".into()));
    assert_eq!(
        header(r#"{"data":{"time":[],"x":[],"x":[]}}"#),
        ParseErrorKind::Header("column `x` appears twice".into())
    );
    assert_eq!(header(r#"{"data":{"time":[1],"x":[1"#), ParseErrorKind::Truncated);
    assert_eq!(refused(b"{\"data\":{\"time\":[\"\xff\"]}}").kind, ParseErrorKind::Utf8);
}

#[test]
fn pages_longer_than_the_limit() {
    let options = JsonOptions { page_limit: 10, ..JsonOptions::default() };
    let error = parse(&options, r#"{"data":{"time":[]}}"#).end.unwrap_err();
    assert_eq!((error.kind, error.byte), (ParseErrorKind::TooLong { limit: 10 }, 10));
}

proptest! {
    #[test]
    fn any_bytes_give_one_outcome_wherever_they_are_cut(
        page in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..100),
            proptest::collection::vec(prop::sample::select(b"{}[]\"data:,1.time x\\u".to_vec()), 0..100),
        ],
        cut in 1usize..50,
    ) {
        let mut text = b"{\"data\":{\"time\":[1],\"x\":[".to_vec();
        text.extend(page);
        let whole = run(JsonParser::new(JsonOptions::default()), [&text[..]], 1);
        prop_assert_eq!(run(JsonParser::new(JsonOptions::default()), text.chunks(cut), 1), whole);
    }
}
