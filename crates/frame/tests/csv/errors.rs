//! What is refused, and where it is said to be.

use ColumnType::{Float, Int, Json, Text, Time};
use streamscope_frame::{ColumnType, CsvOptions, ParseError, ParseErrorKind, TimeFormat};

use super::{options, parse};

/// The error of a body with columns `time` (ns), `x` (float), `n` (int) and `s` (text), and how many rows came before.
fn error(body: impl AsRef<[u8]>) -> (ParseError, usize) {
    error_with(&options(&[("time", Time), ("x", Float), ("n", Int), ("s", Text)], TimeFormat::UnixNs), body)
}

fn error_with(options: &CsvOptions, body: impl AsRef<[u8]>) -> (ParseError, usize) {
    let outcome = parse(options, body);
    (outcome.end.unwrap_err(), outcome.rows.len())
}

fn value(expected: &'static str, found: &str) -> ParseErrorKind {
    ParseErrorKind::Value { expected, found: found.into() }
}

#[test]
fn a_wrong_cell_is_named_with_its_place() {
    let (error, rows) = error("time,x,n,s\n1,1,1,a\n2,\"2\",2,\"b\nb\"\n\n3,oops,x,c\n4,4,4,d\n");
    assert_eq!(rows, 2);
    assert_eq!(error.kind, value("number", "oops"));
    assert_eq!(error.column.as_deref(), Some("x"));
    assert_eq!((error.record, error.line, error.byte), (2, 6, 36));
    assert_eq!(error.to_string(), "`oops` is not a number in column `x` (record 2, line 6, byte 36)");
}

#[test]
fn the_first_wrong_row_counts_whatever_its_column() {
    let (error, rows) = error("time,x,n,s\n1,1,1,a\n2,2,no,b\nno,no,3,c\n");
    assert_eq!((error.column.as_deref(), error.record, rows), (Some("n"), 1, 1));
}

#[test]
fn integers_that_do_not_fit() {
    for cell in [
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "1.0",
        "1e3",
        "0x10",
        "-",
        "+",
        " 1",
    ] {
        let (error, _) = error(format!("time,x,n,s\n1,1,{cell},a\n"));
        assert_eq!(
            (error.kind, error.column.as_deref()),
            (value("64-bit integer", cell), Some("n")),
            "{cell}"
        );
    }
}

#[test]
fn numbers_that_are_none() {
    for cell in [
        ".",
        "-",
        "+",
        "-.",
        "1.2.3",
        "1,5x",
        "--1",
        "1-",
        "12345678a",
        "1234567890123456a",
        "1e",
        "0x1p3",
        "1 ",
        "nano",
        "1/2",
    ] {
        let quoted = format!("\"{cell}\"");
        let (error, _) = error(format!("time,x,n,s\n1,{quoted},1,a\n"));
        assert_eq!((error.kind, error.column.as_deref()), (value("number", cell), Some("x")), "{cell}");
    }
}

#[test]
fn times_that_are_none() {
    let iso = [
        "2022-03-27T20:23:39",
        "2022-03-27",
        "2022-02-30T00:00:00Z",
        "2022-13-01T00:00:00Z",
        "2022-00-01T00:00:00Z",
        "2022-01-00T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2022-01-01T24:00:00Z",
        "2022-01-01T00:60:00Z",
        "2022-01-01T00:00:60Z",
        "2022-01-01T00:00:00.Z",
        "2022-01-01T00:00:00.1234567890Z",
        "2022-01-01T00:00:00+1:00",
        "2022-01-01T00:00:00+0100",
        "2022-01-01T00:00:00.5",
        "1677-01-01T00:00:00Z",
        "2262-04-11T23:47:16.854775808Z",
        "9999-12-31T23:59:59Z",
        "2022-01-01T00:00:00-",
        "x022-01-01T00:00:00Z",
        "2022-01-01T00:00:00*01:00",
        "2022-01-01T00:00:00.1a5Z",
        "1648412619",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0:00Z",
    ];
    let unix = [
        "1648412619.25.5",
        "1648412619.2a",
        "164841261x.25",
        "9223372036.854775808",
        "1e30",
        "nan",
        "inf",
        ".",
        "-",
        "e5",
        "1e",
        "2022-01-01T00:00:00Z",
    ];
    let ns = ["1648412619.5", "9223372036854775808", "now"];
    let formats = [(TimeFormat::Iso, &iso[..]), (TimeFormat::Unix, &unix[..]), (TimeFormat::UnixNs, &ns[..])];
    for (format, cells) in formats {
        for cell in cells {
            let (error, rows) =
                error_with(&options(&[("time", Time), ("n", Int)], format), format!("time,n\n{cell},1\n"));
            assert!(matches!(error.kind, ParseErrorKind::Value { .. }), "{cell} as {format:?}: {error}");
            assert_eq!((error.column.as_deref(), rows), (Some("time"), 0));
        }
    }
}

#[test]
fn records_with_too_many_or_too_few_cells() {
    let count = |found| ParseErrorKind::CellCount { expected: 4, found };
    let (few, rows) = error("time,x,n,s\n1,1,1,a\n2,2\n3,3,3,c\n");
    assert_eq!((few.kind, few.column, few.record, few.line, few.byte, rows), (count(2), None, 1, 3, 22, 1));
    let (many, rows) = error("time,x,n,s\n1,1,1,a\n2,2,2,b,2\n");
    assert_eq!((many.kind, many.record, many.line, many.byte, rows), (count(5), 1, 3, 26, 1));
    // Twice two cells must not pass for one record of four.
    let (halves, rows) = error("time,x,n,s\n1,1\n1,1\n1,1,1,a\n");
    assert_eq!((halves.kind, halves.line, rows), (count(2), 2, 0));
    let (merged, _) = error("time,x,n,s\n1,1,1,a,2,2,2,b\n");
    assert_eq!(merged.kind, count(8));
}

#[test]
fn a_body_that_was_cut() {
    for body in
        ["time,x,n,s\n1,1,1,a\n2,2", "time,x,n,s\n1,1,1,a\n2,2,2,\"b", "time,x,n,s\n1,1,1,a\n2,2,2,\"b\n"]
    {
        let (error, rows) = error(body);
        assert_eq!((error.kind, error.record, rows), (ParseErrorKind::Truncated, 1, 1), "{body:?}");
        assert_eq!(error.byte, body.len() as u64);
    }
    assert_eq!(error("\"time").0.kind, ParseErrorKind::Truncated);
}

#[test]
fn headers_that_do_not_match() {
    let cases = [
        ("time,x,n\n", "column `s` is missing"),
        ("time,x,n,s,y\n", "column `y` is not declared"),
        ("time,x,n,s,x\n", "column `x` appears twice"),
        ("success: false\n", "column `time` is missing"),
    ];
    for (body, message) in cases {
        let (error, _) = error(body);
        assert_eq!(error.kind, ParseErrorKind::Header(message.into()));
        assert_eq!((error.line, error.byte, error.column), (1, 0, None));
    }
    assert!(matches!(error("time\u{7f},\"x\"\"\n").0.kind, ParseErrorKind::Truncated));
    assert_eq!(error(b"time,x,n,\xff\n").0.kind, ParseErrorKind::Utf8);
}

#[test]
fn quotes_out_of_place() {
    for cell in ["a\"b\"", "\"a\"b", "\"a\"b\"\"", "\"a\" "] {
        let (error, rows) = error(format!("time,x,n,s\n1,1,1,a\n2,2,2,{cell}\n3,3,3,c\n"));
        assert!(matches!(error.kind, ParseErrorKind::Malformed(_)), "{cell}: {error}");
        assert_eq!((error.column.as_deref(), error.record, rows), (Some("s"), 1, 1));
    }
}

#[test]
fn text_that_is_not_utf8() {
    let (error, rows) = error(b"time,x,n,s\n1,1,1,a\n2,2,2,\xff\n");
    assert_eq!((error.kind, error.column.as_deref(), rows), (ParseErrorKind::Utf8, Some("s"), 1));
    let json = options(&[("j", Json), ("n", Int)], TimeFormat::Unix);
    assert_eq!(error_with(&json, b"j,n\n\xc3,1\n").0.kind, ParseErrorKind::Utf8);
}

#[test]
fn records_longer_than_the_limit() {
    let limit = 20;
    let options =
        CsvOptions { record_limit: limit, ..options(&[("x", Float), ("s", Text)], TimeFormat::Unix) };
    let long = "y".repeat(limit - 1);
    let (error, rows) = error_with(&options, format!("x,s\n1,a\n2,{}\n3,{long}\n", &long[1..]));
    assert_eq!((error.kind, rows), (ParseErrorKind::TooLong { limit }, 2));
    assert_eq!((error.record, error.line, error.byte), (2, 4, 49));
    let (endless, rows) = error_with(&options, format!("x,s\n1,a\n2,\"{}", "\n".repeat(100)));
    assert_eq!((endless.kind, rows), (ParseErrorKind::TooLong { limit }, 1));
    let (header, _) = error_with(&options, "h".repeat(100));
    assert_eq!((header.kind, header.byte), (ParseErrorKind::TooLong { limit }, 20));
}

#[test]
fn a_failed_parser_takes_no_more() {
    use streamscope_frame::{CsvParser, PushParser};
    let mut parser = CsvParser::new(options(&[("x", Float), ("n", Int)], TimeFormat::Unix));
    let first = parser.push(b"x,n\n1,1\n2,b\n").unwrap_err();
    assert_eq!(parser.push(b"3,3\n").unwrap_err(), first);
    assert_eq!(parser.finish().unwrap_err(), first);
    assert_eq!(parser.take().unwrap().num_rows(), 1);
}
