//! Answers of a Braincube memory base.

use std::rc::Rc;

use proptest::prelude::*;
use streamscope_frame::{
    BraincubeColumn, BraincubeOptions, BraincubeParser, BraincubeReport, ColumnType, ParseError,
    ParseErrorKind, WallClock, braincube_time,
};

use crate::support::{Value, rows, text};

const SECOND: i64 = 1_000_000_000;

/// Clocks an hour east of UTC until this reading, at which they go back by that hour.
struct Autumn(i64);

impl WallClock for Autumn {
    fn instant(&self, local: i64, before: Option<i64>) -> i64 {
        let first = if local < self.0 { local - 3600 * SECOND } else { local };
        if before.is_some_and(|before| first < before) && local >= self.0 - 3600 * SECOND {
            local
        } else {
            first
        }
    }
}

struct Utc;

impl WallClock for Utc {
    fn instant(&self, local: i64, _: Option<i64>) -> i64 {
        local
    }
}

fn column(id: &str, kind: Option<ColumnType>) -> BraincubeColumn {
    BraincubeColumn { id: id.into(), name: format!("name of {id}"), unit: None, kind, ordered: false }
}

fn options(ids: &[&str]) -> BraincubeOptions {
    BraincubeOptions { columns: ids.iter().map(|id| column(id, None)).collect(), clock: Rc::new(Utc) }
}

#[derive(Debug, Clone, PartialEq)]
struct Parsed {
    names: Vec<String>,
    kinds: Vec<ColumnType>,
    rows: Vec<Vec<Value>>,
    report: BraincubeReport,
}

fn run<'a>(
    options: &BraincubeOptions,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Parsed, ParseError> {
    let mut parser = BraincubeParser::new(options.clone());
    for piece in pieces {
        parser.push(piece)?;
    }
    let mut answer = parser.finish()?;
    let columns = answer.layout().columns.iter();
    let (names, kinds) = columns.map(|column| (column.name.clone(), column.kind)).unzip();
    let report = answer.report().clone();
    let expected = answer.rows();
    let frames: Vec<_> = answer.by_ref().collect();
    let rows: Vec<_> = frames.iter().flat_map(rows).collect();
    assert!(report.columns.is_empty() || rows.len() as u64 == expected);
    assert!(frames.windows(2).all(|pair| pair[0].schema() == pair[1].schema()));
    Ok(Parsed { names, kinds, rows, report })
}

/// Reads a body whole and in pieces, and expects one and the same outcome.
fn parse(options: &BraincubeOptions, body: &str) -> Result<Parsed, ParseError> {
    let whole = run(options, [body.as_bytes()]);
    for length in [1, 2, 7, 64] {
        assert_eq!(run(options, body.as_bytes().chunks(length)), whole, "pieces of {length} bytes");
    }
    whole
}

fn time(text: &str) -> Value {
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    let days =
        streamscope_frame::civil::days_from_civil(number(0..4), number(4..6) as u32, number(6..8) as u32);
    Value::Time((days * 86_400 + number(9..11) * 3600 + number(11..13) * 60 + number(13..15)) * SECOND)
}

#[test]
fn the_documents_answer() {
    let body = r#"{"datadefs": [
        {"id": "mb7/d101", "type": "DATETIME", "data": ["20240301_080000", "null"]},
        {"id": "mb7/d102", "type": "NUMERIC", "data": ["1.5", "nan"]},
        {"id": "mb7/d103", "type": "DISCRETE", "data": ["A", "B"]}]}"#;
    let read = parse(&options(&["mb7/d101", "102", "mb7/d103"]), body).unwrap();
    assert_eq!(read.kinds, [ColumnType::Time, ColumnType::Float, ColumnType::Text]);
    assert_eq!(read.names[1], "name of 102");
    assert_eq!(read.rows[0], [time("20240301_080000"), Value::Float(1.5), text("A")]);
    assert_eq!(read.rows[1], [Value::Null, Value::Null, text("B")]);
    let missing: Vec<_> =
        read.report.columns.iter().map(|column| (column.missing, column.unreadable)).collect();
    assert_eq!(missing, [(1, 0), (1, 0), (0, 0)]);
    assert_eq!(read.report.columns[2].wire_type, "DISCRETE");
    assert!(!read.report.reordered && read.report.missing.is_empty());
}

/// The cells of one column of this type.
fn cells(wire_type: &str, cells: &str) -> (Vec<Value>, BraincubeReport) {
    let body = format!(r#"{{"datadefs":[{{"id":"d1","type":"{wire_type}","data":[{cells}]}}]}}"#);
    let read = parse(&options(&["d1"]), &body).unwrap();
    // The same with the type after the data.
    let body = format!(r#"{{"datadefs":[{{"data":[{cells}],"id":"d1","type":"{wire_type}"}}]}}"#);
    assert_eq!(parse(&options(&["d1"]), &body).unwrap(), read);
    (read.rows.into_iter().map(|mut row| row.remove(0)).collect(), read.report)
}

#[test]
fn numbers_are_exact() {
    let int = |value| Value::Int(value);
    let (values, report) = cells(
        "NUMERIC",
        r#""9007199254740993",-9223372036854775808,"0", "-7" ,"nan",null,"?","#.trim_end_matches(','),
    );
    let exact =
        [int(9_007_199_254_740_993), int(i64::MIN), int(0), int(-7), Value::Null, Value::Null, Value::Null];
    assert_eq!(values, exact, "a missing cell does not make doubles of whole numbers");
    assert_eq!((report.columns[0].missing, report.columns[0].rounded), (3, 0));

    let (values, report) = cells("NUMERIC", r#"1.9,2.1,"9007199254740993","1e3","-Infinity""#);
    let doubles = [1.9, 2.1, 9_007_199_254_740_992.0, 1000.0, f64::NEG_INFINITY];
    assert_eq!(values, doubles.map(Value::Float), "no fraction is cut");
    assert_eq!(report.columns[0].rounded, 1);
    let (values, report) = cells("numerical", r#""9007199254740993","","0.1","9223372036854775808""#);
    let doubles =
        [Value::Float(9_007_199_254_740_992.0), Value::Null, Value::Float(0.1), Value::Float(2f64.powi(63))];
    assert_eq!(values, doubles);
    assert_eq!((report.columns[0].rounded, report.columns[0].missing), (1, 1));
}

#[test]
fn cells_that_are_no_value_are_nulls_with_a_count() {
    let (values, report) = cells("NUMERIC", r#""1"," 2 ","x\ty",true,[1,[2]],{"a":{}},"NaN","null","1,5""#);
    let expected = [Value::Int(1), Value::Int(2)].into_iter().chain((0..7).map(|_| Value::Null));
    assert_eq!(values, expected.collect::<Vec<_>>());
    let column = &report.columns[0];
    assert_eq!((column.missing, column.unreadable), (2, 5));
    assert!(column.example.is_some());

    let times = r#""20240229_235959","20230229_000000","20240301_240000","20240301T080000","19691231_235958",20240301,"?""#;
    let (values, report) = cells("DATETIME", times);
    assert_eq!(values[0], time("20240229_235959"));
    assert_eq!(values[4], Value::Time(-2 * SECOND));
    assert_eq!(values.iter().filter(|value| **value == Value::Null).count(), 5);
    assert_eq!((report.columns[0].missing, report.columns[0].unreadable), (1, 4));

    let (values, report) = cells("DISCRETE", r#""nan","","?",null,"a\"\u00e9\n",7,"null",false"#);
    let expected = [
        text("nan"),
        text(""),
        Value::Null,
        Value::Null,
        text("a\"é\n"),
        text("7"),
        text("null"),
        text("false"),
    ];
    assert_eq!(values, expected, "any text may name a state");
    assert_eq!(report.columns[0].missing, 2);
}

#[test]
fn columns_come_in_the_order_they_were_asked_for() {
    let body = r#"{"resultLength": 2, "meta": {"datadefs": [1, {"id": "x"}]}, "datadefs": [
        {"data": ["3", "4"], "other": [[{}]], "id": "mb7/d3", "type": "NUMERIC"},
        {"id": "mb7/d9", "type": "NUMERIC", "data": ["8", "8", "8"]},
        {"type": "NUMERIC", "id": 1, "data": ["1", "2"]},
        {"id": "mb7/d4", "type": "NUMERIC"},
        {"id": "mb7/d5", "type": "NUMERIC", "data": null}], "after": true} "#;
    let read = parse(&options(&["mb7/d1", "mb7/d2", "mb7/d3", "mb7/d4", "mb7/d5"]), body).unwrap();
    assert_eq!(read.names, ["name of mb7/d1", "name of mb7/d3"]);
    assert_eq!(read.rows, [[Value::Int(1), Value::Int(3)], [Value::Int(2), Value::Int(4)]]);
    assert!(read.report.reordered);
    assert_eq!(read.report.missing, ["mb7/d2", "mb7/d4", "mb7/d5"]);
    assert_eq!(read.report.unexpected, ["mb7/d9"]);
}

#[test]
fn columns_whose_types_are_given_have_them_whatever_comes() {
    let columns = vec![
        column("1", Some(ColumnType::Time)),
        column("2", Some(ColumnType::Float)),
        column("3", Some(ColumnType::Text)),
    ];
    let options = BraincubeOptions { columns, clock: Rc::new(Utc) };
    let body = r#"{"datadefs":[{"id":"mb7/d2","type":"NUMERIC","data":["1","9007199254740993"]}]}"#;
    let read = parse(&options, body).unwrap();
    assert_eq!(read.kinds, [ColumnType::Time, ColumnType::Float, ColumnType::Text]);
    assert_eq!(read.rows[0], [Value::Null, Value::Float(1.0), Value::Null]);
    assert_eq!(read.report.columns[1].rounded, 1);
    assert_eq!(read.report.missing, ["1", "3"]);
    let empty = parse(&options, r#"{"datadefs":[]}"#).unwrap();
    assert_eq!((empty.kinds.len(), empty.rows.len()), (3, 0));
}

#[test]
fn times_of_the_hour_that_comes_twice_do_not_go_back() {
    let Value::Time(back) = time("20241027_030000") else { unreachable!() };
    let mut columns = vec![column("1", None), column("2", None)];
    columns[0].ordered = true;
    let options = BraincubeOptions { columns, clock: Rc::new(Autumn(back)) };
    let data =
        r#"["20241027_020000","20241027_023000","20241027_020000","20241027_023000","20241027_030000"]"#;
    let body = format!(
        r#"{{"datadefs":[{{"id":"1","type":"DATETIME","data":{data}}},{{"id":"2","type":"DATETIME","data":{data}}}]}}"#
    );
    let read = parse(&options, &body).unwrap();
    let minutes = |column: usize| -> Vec<i64> {
        let minute = |row: &Vec<Value>| match row[column] {
            Value::Time(time) => (time - back) / (60 * SECOND),
            _ => panic!("every time is there"),
        };
        read.rows.iter().map(minute).collect()
    };
    assert_eq!(minutes(0), [-120, -90, -60, -30, 0]);
    assert_eq!(
        minutes(1),
        [-120, -90, -120, -90, 0],
        "of an unordered column a reading is the first of the two"
    );
}

#[test]
fn times_are_written_as_they_are_read() {
    for reading in
        ["17000228_010203", "19691231_235959", "19700101_000000", "20240229_120000", "22611231_235959"]
    {
        let Value::Time(ns) = time(reading) else { unreachable!() };
        assert_eq!(braincube_time(ns).as_deref(), Some(reading));
        assert_eq!(braincube_time(ns + SECOND - 1).as_deref(), Some(reading), "fractions are cut");
    }
}

#[test]
fn many_rows_come_in_frames_that_agree() {
    let count = 40_000;
    let whole = |row: usize| if row % 1000 == 7 { "\"nan\"".to_string() } else { format!("\"{row}\"") };
    let late = |row: usize| if row == 39_999 { "0.5".to_string() } else { format!("\"{row}\"") };
    let state = |row: usize| format!("\"state {}\"", row % 3);
    let list = |cell: &dyn Fn(usize) -> String| (0..count).map(cell).collect::<Vec<_>>().join(",");
    let body = format!(
        r#"{{"datadefs":[{{"id":"1","type":"NUMERIC","data":[{}]}},{{"id":"2","type":"NUMERIC","data":[{}]}},
        {{"data":[{}],"id":"3","type":"DISCRETE"}}]}}"#,
        list(&whole),
        list(&late),
        list(&state)
    );
    let read = run(&options(&["1", "2", "3"]), body.as_bytes().chunks(1000)).unwrap();
    assert_eq!(read.kinds, [ColumnType::Int, ColumnType::Float, ColumnType::Text]);
    assert_eq!(read.rows.len(), count);
    for (row, cells) in read.rows.iter().enumerate() {
        let first = if row % 1000 == 7 { Value::Null } else { Value::Int(row as i64) };
        let second = Value::Float(if row == 39_999 { 0.5 } else { row as f64 });
        assert_eq!(*cells, [first, second, text(&format!("state {}", row % 3))]);
    }
    assert_eq!(read.report.columns[0].missing, 40);
}

#[test]
fn answers_that_are_refused() {
    let refused = |body: &str| parse(&options(&["1", "2"]), body).unwrap_err().kind;
    let malformed = |body: &str| match refused(body) {
        ParseErrorKind::Malformed(words) => words,
        other => panic!("{body}: {other}"),
    };
    let two = |first: &str, second: &str| {
        format!(
            r#"{{"datadefs":[{{"id":"1","type":"NUMERIC","data":[{first}]}},{{"id":"2","type":"NUMERIC","data":[{second}]}}]}}"#
        )
    };
    assert_eq!(malformed(&two("1,2", "1")), "the first column has 2 values, `2` has 1");
    assert_eq!(malformed(&two("1", r#""1","2","3""#)), "the first column has 1 values, `2` has more");
    assert_eq!(malformed(r#"{"message":"no"}"#), "the answer has no `datadefs`");
    assert_eq!(malformed("[]"), "the answer is not a JSON object");
    assert_eq!(malformed(r#"{"datadefs":{}}"#), "`datadefs` is not a list");
    assert_eq!(malformed(r#"{"datadefs":null}"#), "`datadefs` is not a list");
    assert_eq!(malformed(r#"{"datadefs":[[]]}"#), "`datadefs` holds something else than columns");
    assert_eq!(malformed(r#"{"datadefs":[{"type":"NUMERIC","data":[]}]}"#), "a column has no `id`");
    assert_eq!(malformed(r#"{"datadefs":[{"id":"1","data":{}}]}"#), "`data` of a column cannot be read");
    assert_eq!(malformed(r#"{"datadefs":[{"id":"1","data":[],"data":[]}]}"#), "a column has `data` twice");
    assert_eq!(malformed(r#"{"datadefs":[{"id":"1","data":[foo]}]}"#), "`foo` is not a JSON value");
    assert_eq!(malformed(r#"{"datadefs":[,]}"#), "expected a value, found `,`");
    assert_eq!(malformed(r#"{"datadefs":[]]"#), "expected a comma or a closing bracket, found `]`");
    assert_eq!(malformed(r#"{"datadefs":[]}{"#), "expected nothing after the end, found `{`");
    assert_eq!(malformed("<html>"), "the answer is not a JSON object");
    let twice = r#"{"datadefs":[{"id":"1","data":[]},{"id":"mb1/d1","data":[]}]}"#;
    assert_eq!(refused(twice), ParseErrorKind::Header("column `mb1/d1` appears twice".into()));
    for cut in [r#"{"datadefs":[{"id":"1","data":["1"#, r#"{"datadefs":[]"#, "{", ""] {
        assert_eq!(refused(cut), ParseErrorKind::Truncated, "{cut}");
    }
    assert_eq!(
        refused("{\"datadefs\":[{\"id\":\"1\",\"type\":\"X\",\"data\":[\"a\\u0000\"]},\n{\"id\":"),
        ParseErrorKind::Truncated
    );
}

#[test]
fn hostile_answers_stay_bounded() {
    let options = options(&["1"]);
    let deep = format!("{{\"x\":{}", "[".repeat(1_000_000));
    let error = run(&options, [deep.as_bytes()]).unwrap_err();
    assert!(matches!(error.kind, ParseErrorKind::Malformed(_)) && error.byte < 100, "{error}");
    let endless = [b"{\"datadefs\":[{\"id\":\"".to_vec(), vec![b'x'; 3 << 20]].concat();
    let error = run(&options, endless.chunks(1 << 16)).unwrap_err();
    assert_eq!(error.kind, ParseErrorKind::TooLong { limit: 1 << 20 });
    let long = format!(r#"{{"datadefs":[{{"id":"{}","data":[]}}]}}"#, "x".repeat(1000));
    assert!(run(&options, [long.as_bytes()]).is_err());
    // Columns that nobody asked for are not kept, however many there are.
    let many =
        (2..5000).map(|id| format!(r#"{{"id":"{id}","data":["a","b"]}}"#)).collect::<Vec<_>>().join(",");
    let read = run(&options, [format!(r#"{{"datadefs":[{many}]}}"#).as_bytes()]).unwrap();
    assert_eq!((read.report.unexpected.len(), read.rows.len()), (20, 0));
}

#[test]
fn an_error_tells_its_place() {
    let body = "{\"datadefs\":[\n{\"id\":\"1\",\"type\":\"NUMERIC\",\"data\":[1,\n2,foo]}]}";
    let error = parse(&options(&["1"]), body).unwrap_err();
    assert_eq!((error.column.as_deref(), error.record, error.line), (Some("1"), 2, 3));
    assert_eq!(error.byte as usize, body.find("foo").unwrap());
}

proptest! {
    #[test]
    fn any_bytes_give_one_outcome_wherever_they_are_cut(
        middle in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..60),
            proptest::collection::vec(prop::sample::select(b"{}[]\"data:,1.id\\u n".to_vec()), 0..80),
        ],
        cut in 1usize..40,
    ) {
        let mut body = b"{\"datadefs\":[{\"id\":\"1\",\"type\":\"NUMERIC\",\"data\":[\"1\",".to_vec();
        body.extend(middle);
        let options = options(&["1"]);
        prop_assert_eq!(run(&options, body.chunks(cut)), run(&options, [&body[..]]));
    }
}
