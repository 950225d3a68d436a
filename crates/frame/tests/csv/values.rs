//! Each kind of cell.

use ColumnType::{Bool, Float, Int, Json, Text, Time};
use streamscope_frame::{ColumnType, CsvOptions, TimeFormat};

use super::{options, parse};
use crate::support::{Value, text};

/// The cells of a column `x` with these texts.
fn column(kind: ColumnType, time_format: TimeFormat, cells: &[&str]) -> Vec<Value> {
    // A second column keeps lines with an empty first cell from being blank.
    let body: String = cells.iter().map(|cell| format!("{cell},0\n")).collect();
    let outcome = parse(&options(&[("x", kind), ("y", Int)], time_format), format!("x,y\n{body}"));
    assert_eq!(outcome.end, Ok(()));
    outcome.rows.into_iter().map(|mut row| row.swap_remove(0)).collect()
}

#[test]
fn the_documents_example() {
    let body = "time,acceleration,measurement_duration_ns\n1648412619.2589417,-0.00386,20000000\n\
        1648412620.2600197,-0.00816,20000000\n1648412621.2671237,-0.01420,20000000\n";
    let outcome = parse(&options(&[("time", Time), ("acceleration", Float)], TimeFormat::Unix), body);
    assert_eq!(outcome.names, ["time", "acceleration", "measurement_duration_ns"]);
    let row = |time, value| vec![Value::Time(time), Value::Float(value), Value::Int(20_000_000)];
    assert_eq!(
        outcome.rows,
        [
            row(1_648_412_619_258_941_700, -0.00386),
            row(1_648_412_620_260_019_700, -0.00816),
            row(1_648_412_621_267_123_700, -0.0142)
        ]
    );
}

#[test]
fn unix_seconds_are_exact() {
    let cases = [
        ("1648412619.2589417", 1_648_412_619_258_941_700),
        ("1648412619.123456789", 1_648_412_619_123_456_789),
        ("1648412619.000000001", 1_648_412_619_000_000_001),
        ("1648412619.1", 1_648_412_619_100_000_000),
        ("1648412619", 1_648_412_619_000_000_000),
        ("1648412619.", 1_648_412_619_000_000_000),
        ("0", 0),
        ("0.5", 500_000_000),
        ("-0.000000001", -1),
        ("-1.5", -1_500_000_000),
        ("+1.5", 1_500_000_000),
        // The tenth digit rounds, ties away from zero.
        ("1.0000000004999", 1_000_000_000),
        ("1.0000000005", 1_000_000_001),
        ("-1.0000000005", -1_000_000_001),
        ("1.6484126192589417e9", 1_648_412_619_258_941_700),
        ("16484126192589417E-7", 1_648_412_619_258_941_700),
        ("9223372036.854775807", i64::MAX),
        ("\"1648412619.25\"", 1_648_412_619_250_000_000),
    ];
    let cells: Vec<_> = cases.iter().map(|case| case.0).collect();
    let expected: Vec<_> = cases.iter().map(|case| Value::Time(case.1)).collect();
    assert_eq!(column(Time, TimeFormat::Unix, &cells), expected);
}

#[test]
fn nanoseconds_are_exact() {
    let cases = [
        ("1648412619258941701", 1_648_412_619_258_941_701),
        ("0", 0),
        ("-1", -1),
        ("9223372036854775807", i64::MAX),
        ("0001648412619258941701", 1_648_412_619_258_941_701),
    ];
    let cells: Vec<_> = cases.iter().map(|case| case.0).collect();
    let expected: Vec<_> = cases.iter().map(|case| Value::Time(case.1)).collect();
    assert_eq!(column(Time, TimeFormat::UnixNs, &cells), expected);
}

#[test]
fn iso_times_of_every_length_and_offset() {
    let cases = [
        ("2022-03-27T20:23:39Z", 1_648_412_619_000_000_000),
        ("2022-03-27T20:23:39.2Z", 1_648_412_619_200_000_000),
        ("2022-03-27T20:23:39.2589417Z", 1_648_412_619_258_941_700),
        ("2022-03-27T20:23:39.25894171Z", 1_648_412_619_258_941_710),
        ("2022-03-27T20:23:39.258941701Z", 1_648_412_619_258_941_701),
        ("2022-03-27T13:23:39.2589417-07:00", 1_648_412_619_258_941_700),
        ("2022-03-28T01:53:39+05:30", 1_648_412_619_000_000_000),
        ("2022-03-28T01:53:40+05:30", 1_648_412_620_000_000_000),
        ("2022-03-27 20:23:39z", 1_648_412_619_000_000_000),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000),
        ("2000-02-29T00:00:00+00:00", 951_782_400_000_000_000),
        ("1677-09-21T00:12:44Z", -9_223_372_036_000_000_000),
        ("2262-04-11T23:47:16.854775807Z", i64::MAX),
    ];
    let cells: Vec<_> = cases.iter().map(|case| case.0).collect();
    let expected: Vec<_> = cases.iter().map(|case| Value::Time(case.1)).collect();
    assert_eq!(column(Time, TimeFormat::Iso, &cells), expected);
}

#[test]
fn floats_round_correctly_at_every_length() {
    let cells = [
        "0",
        "-0",
        "1",
        "-1",
        ".5",
        "5.",
        "-.5",
        "0.1",
        "0.1234567",
        "12345678",
        "-1234567.8",
        "123456789",
        "12345678.9",
        "1234567.89",
        "0.12345678",
        "0.123456789",
        "123456789012.345",
        "1234567890123456",
        "9007199254740993",
        "9007199254740992",
        "0.90071992547409931",
        "3.141592653589793",
        "-3.1415926535897931",
        "2.2250738585072014e-308",
        "5e-324",
        "1e308",
        "1.7976931348623157e308",
        "1e400",
        "-1e400",
        "1e-400",
        "1E5",
        "1e+5",
        "0000000000000000000001.5",
        "8.5",
        "1.00000000000000011102230246251565404236316680908203125",
    ];
    let expected: Vec<_> = cells.iter().map(|cell| Value::Float(cell.parse().unwrap())).collect();
    assert_eq!(column(Float, TimeFormat::Unix, &cells), expected);
    let special = ["nan", "NaN", "NAN", "inf", "Inf", "-inf", "+inf", "infinity", "-Infinity"];
    let (nan, inf) = (Value::Float(f64::NAN), Value::Float(f64::INFINITY));
    let minus = Value::Float(f64::NEG_INFINITY);
    let expected = [&nan, &nan, &nan, &inf, &inf, &minus, &inf, &inf, &minus].map(Value::clone);
    assert_eq!(column(Float, TimeFormat::Unix, &special), expected);
}

#[test]
fn integers_are_exact_at_every_length() {
    let mut cells: Vec<String> =
        (0..19).map(|digits| "1234567890123456789"[..digits + 1].to_string()).collect();
    cells.extend(
        ["9223372036854775807", "-9223372036854775808", "-1", "0", "-0", "+7", "9007199254740993"]
            .map(String::from),
    );
    let expected: Vec<_> = cells.iter().map(|cell| Value::Int(cell.parse().unwrap())).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    assert_eq!(column(Int, TimeFormat::Unix, &cells), expected);
}

#[test]
fn truth_values() {
    let cells = ["true", "false", "True", "False", "TRUE", "FALSE", "1", "0", "", "\"true\""];
    let expected = [true, false, true, false, true, false, true, false].map(Value::Bool);
    let actual = column(Bool, TimeFormat::Unix, &cells);
    assert_eq!(actual[..8], expected);
    assert_eq!(actual[8..], [Value::Null, Value::Bool(true)]);
}

#[test]
fn text_with_quotes_commas_and_newlines() {
    let cells = [
        "walk",
        "walk",
        "",
        "\"\"",
        "\"a, b\"",
        "\"say \"\"hi\"\"\"",
        "\"two\nlines\"",
        "\"two\r\nlines\"",
        "µV",
        "walk",
    ];
    let expected = [
        text("walk"),
        text("walk"),
        Value::Null,
        text(""),
        text("a, b"),
        text("say \"hi\""),
        text("two\nlines"),
        text("two\r\nlines"),
        text("µV"),
        text("walk"),
    ];
    assert_eq!(column(Text, TimeFormat::Unix, &cells), expected);
}

#[test]
fn json_documents() {
    let cells = [r#""{""a"": 1, ""b"": [""x"", null]}""#, "", "{}", r#""{}""#];
    let expected = [text(r#"{"a": 1, "b": ["x", null]}"#), Value::Null, text("{}"), text("{}")];
    assert_eq!(column(Json, TimeFormat::Unix, &cells), expected);
}

#[test]
fn text_that_never_repeats_and_text_that_always_does() {
    let cells: Vec<String> =
        (0..5000).map(|i| if i % 2 == 0 { format!("unique-{i}") } else { "same".into() }).collect();
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    assert_eq!(
        column(Text, TimeFormat::Unix, &cells),
        cells.iter().map(|cell| text(cell)).collect::<Vec<_>>()
    );
}

#[test]
fn empty_cells_are_null_in_every_column() {
    let kinds = [("t", Time), ("f", Float), ("i", Int), ("b", Bool), ("s", Text), ("j", Json)];
    let outcome = parse(&options(&kinds, TimeFormat::Iso), "t,f,i,b,s,j\n,,,,,\n,1,,,,\n,,,,,\r\n");
    let mut expected = vec![vec![Value::Null; 6]; 3];
    expected[1][1] = Value::Float(1.0);
    assert_eq!(outcome.rows, expected);
}

#[test]
fn line_ends_blank_lines_and_byte_order_mark() {
    let columns = [("x", Int), ("y", Int)];
    let expected: Vec<_> = [[1, 2], [3, 4]].map(|row| row.map(Value::Int).to_vec()).to_vec();
    for body in [
        "x,y\n1,2\n3,4\n",
        "x,y\n1,2\n3,4",
        "x,y\r\n1,2\r\n3,4\r\n",
        "x,y\r\n1,2\r\n3,4",
        "\u{feff}x,y\n1,2\n3,4\n",
        "\n\nx,y\n\n1,2\n\n\n3,4\n\n",
        "\r\nx,y\r\n\r\n1,2\r\n3,4\r\n\r\n",
        "\"x\",\"y\"\n\"1\",\"2\"\n3,\"4\"",
    ] {
        let outcome = parse(&options(&columns, TimeFormat::Unix), body);
        assert_eq!((outcome.rows, outcome.end), (expected.clone(), Ok(())), "{body:?}");
    }
}

#[test]
fn bodies_without_rows() {
    for body in ["", "\n", "\r\n", "time,x\n", "time,x", "\u{feff}time,x\r\n"] {
        for options in [options(&[("time", Time), ("x", Float)], TimeFormat::Unix), CsvOptions::default()] {
            let outcome = parse(&options, body);
            assert_eq!((outcome.rows.len(), outcome.end), (0, Ok(())), "{body:?}");
        }
    }
}

#[test]
fn one_column() {
    let outcome = parse(&options(&[("x", Float)], TimeFormat::Unix), "x\n1\n\n2\r\n\r\n\"\"\n3");
    let expected =
        [Value::Float(1.0), Value::Float(2.0), Value::Null, Value::Float(3.0)].map(|value| vec![value]);
    assert_eq!((outcome.rows, outcome.end), (expected.to_vec(), Ok(())));
}

#[test]
fn columns_are_matched_by_name() {
    let columns = [("time", Time), ("x", Float), ("y", Text)];
    let outcome =
        parse(&options(&columns, TimeFormat::UnixNs), "y,measurement_duration_ns,x,time\na,5,1.5,7\n");
    assert_eq!(outcome.names, ["time", "x", "y", "measurement_duration_ns"]);
    assert_eq!(outcome.rows, [[Value::Time(7), Value::Float(1.5), text("a"), Value::Int(5)]]);
}
