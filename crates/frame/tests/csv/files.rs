//! Files that no API wrote: how they are written is found, or said, or refused with words.

mod times;

use streamscope_frame::{
    Column, ColumnType, CsvOptions, CsvParser, Decimal, Dialect, Layout, ParseError, ParseErrorKind,
    PushParser, Separator, TimeSpelling,
};

use super::parse;
use crate::support::{Outcome, Value, text};

fn file(dialect: Dialect) -> CsvOptions {
    CsvOptions { dialect: Some(dialect), ..CsvOptions::default() }
}

fn read(body: impl AsRef<[u8]>) -> Outcome {
    let outcome = parse(&file(Dialect::default()), body.as_ref());
    assert_eq!(outcome.end, Ok(()), "{}", String::from_utf8_lossy(body.as_ref()));
    outcome
}

fn read_as(body: &str, dialect: Dialect) -> Outcome {
    let outcome = parse(&file(dialect), body);
    assert_eq!(outcome.end, Ok(()), "{body}");
    outcome
}

fn refused(body: &str, dialect: Dialect) -> ParseError {
    parse(&file(dialect), body).end.unwrap_err()
}

/// The values of a column of these cells, which stand in the first column of a file, behind a second one.
fn column(name: &str, cells: &[&str]) -> Vec<Value> {
    let rows: String = cells.iter().map(|cell| format!("{cell};x\n")).collect();
    read(format!("{name};other\n{rows}")).rows.into_iter().map(|mut row| row.swap_remove(0)).collect()
}

fn time(seconds: i64, nanos: i64) -> Value {
    Value::Time(seconds * 1_000_000_000 + nanos)
}

fn floats(values: &[f64]) -> Vec<Value> {
    values.iter().copied().map(Value::Float).collect()
}

#[test]
fn separators_are_found() {
    for separator in [",", ";", "\t", "|"] {
        let body = "time,power,name\n1709545399,1.5,a\n1709545400,-2.5,b\n".replace(',', separator);
        let outcome = read(&body);
        assert_eq!(outcome.names, ["time", "power", "name"], "{body}");
        assert_eq!(outcome.rows[1], [time(1_709_545_400, 0), Value::Float(-2.5), text("b")]);
    }
    // Others within texts do not count.
    let outcome = read("id,note\n1,\"a;b;c\"\n2,d;e\n3,f|g\n");
    assert_eq!(outcome.rows[1], [Value::Int(2), text("d;e")]);
    // One column has none.
    assert_eq!(read("note\nhello; you\nthere\n").rows, [[text("hello; you")], [text("there")]]);
    let stated = read("sep=;\r\na;b\r\n1;2\r\n");
    assert_eq!(
        (stated.names, stated.rows),
        (vec!["a".into(), "b".into()], vec![vec![Value::Int(1), Value::Int(2)]])
    );
}

#[test]
fn decimal_commas_are_found() {
    let outcome = read("Time;P1;P2;n\n2023-11-02 08:15:41;1,5;-0,25;7\n2023-11-02 08:15:42;3;1e-3;8\n");
    assert_eq!(
        outcome.rows[0],
        [time(1_698_912_941, 0), Value::Float(1.5), Value::Float(-0.25), Value::Int(7)]
    );
    assert_eq!(outcome.rows[1][1..3], [Value::Float(3.0), Value::Float(0.001)]);
    assert_eq!(
        column("P", &["1234,5", "", "-", "12345678901234567,5"])[3],
        Value::Float(12345678901234567.5)
    );
    let seconds = read("time\tx\n1698930455,5\t1,25\n");
    assert_eq!(seconds.rows, [[time(1_698_930_455, 500_000_000), Value::Float(1.25)]]);
    // A point parts thousands where a comma is due: no number, and no other number either.
    assert_eq!(column("P", &["1,5", "1.234,5"])[1], text("1.234,5"));
    let late: String = (0..300).map(|_| "1,5;x\n").collect();
    let error = refused(&format!("P;s\n{late}1.234;x\n"), Dialect::default());
    assert_eq!((error.record, error.column.as_deref()), (300, Some("P")));
}

#[test]
fn points_and_commas_at_once_are_unclear() {
    let body = "a;b\n1.234;1,5\n2.345;2,5\n";
    let error = refused(body, Dialect::default());
    assert!(matches!(&error.kind, ParseErrorKind::Unclear(words) if words.contains("`decimal`")), "{error}");
    let point = read_as(body, Dialect { decimal: Some(Decimal::Point), ..Dialect::default() });
    assert_eq!(point.rows[0], [Value::Float(1.234), text("1,5")]);
    let comma = read_as(body, Dialect { decimal: Some(Decimal::Comma), ..Dialect::default() });
    assert_eq!(comma.rows[0], [text("1.234"), Value::Float(1.5)]);
}

#[test]
fn thousands_in_quotes_are_no_decimals() {
    assert_eq!(read("a,b\n\"1,234\",1\n").rows, [[text("1,234"), Value::Int(1)]]);
    let said = Dialect { decimal: Some(Decimal::Comma), ..Dialect::default() };
    assert_eq!(read_as("a,b\n\"1,234\",1\n", said).rows[0][0], Value::Float(1.234));
}

#[test]
fn lines_before_the_header_are_passed_over() {
    let row = |seconds, value| vec![time(seconds, 0), Value::Float(value)];
    let rows = vec![row(1_709_545_399, 1.5), row(1_709_545_400, 2.5)];
    let table = "time,power\n1709545399,1.5\n1709545400,2.5\n";
    for before in [
        "Export of 2024\n\n",
        "Meter \"5\" kWh\nowner: a; b; c\n",
        "# made by x\n# y, z\n",
        "a,b,c\n\n",
        "#\r\n",
    ] {
        assert_eq!(read(format!("{before}{table}")).rows, rows, "{before:?}");
    }
    let commented = read(format!("# made by x\n#{table}"));
    assert_eq!((commented.names, commented.rows), (vec!["time".to_string(), "power".into()], rows.clone()));
    // What looks like a header is one, unless lines are said to be skipped.
    let named = format!("device,x12\nserial,77\n{table}");
    let skip = Dialect { skip_lines: Some(2), ..Dialect::default() };
    assert_eq!(read_as(&named, skip).rows, rows);
}

#[test]
fn words_after_which_numbers_come_are_no_table() {
    // A line of prose is not dropped for one that looks better; rows that do not fit are named.
    let prose = refused("note\nhello, world\nfoo, bar\n", Dialect::default());
    assert_eq!((prose.kind, prose.line), (ParseErrorKind::CellCount { expected: 1, found: 2 }, 2));
    let short = refused("mpg,cyl\nMazda,21,6\nDatsun,22,4\n", Dialect::default());
    assert_eq!((short.kind, short.line), (ParseErrorKind::CellCount { expected: 2, found: 3 }, 2));
    // The first row stays a row, though those after it have more numbers.
    assert_eq!(read("name,comment\nfoo,bar\nx,1\ny,2\n").rows.len(), 3);
}

#[test]
fn errors_count_lines_and_bytes_from_the_beginning_of_the_file() {
    let body =
        "Export, of\r\n\r\nmeter, a, b\r\ntime;power\r\n1709545399;1,5\r\n1709545400;x,5\r\n1709545401;3\r\n";
    let skip = Dialect { skip_lines: Some(3), ..Dialect::default() };
    let rows: String = (0..300).map(|_| "1709545399;1,5\r\n").collect();
    let error = refused(&body.replace("1709545399;1,5\r\n", &rows), skip);
    assert_eq!((error.record, error.line, error.column.as_deref()), (300, 305, Some("power")));
}

#[test]
fn every_line_end() {
    let expected = [[Value::Int(1), text("x")], [Value::Int(2), text("y\nz")]];
    for end in ["\n", "\r\n", "\r"] {
        for last in ["", end] {
            let body = format!("a,b{end}1,x{end}{end}2,\"y\nz\"{last}");
            assert_eq!(read(&body).rows, expected, "{body:?}");
        }
    }
    assert_eq!(read("a\r1\r2\r").rows, [[Value::Int(1)], [Value::Int(2)]]);
    let mixed = refused("a,b\r1,2\r\n3,4\r\n", Dialect::default());
    assert!(matches!(mixed.kind, ParseErrorKind::Malformed(_)), "{mixed}");
}

#[test]
fn spaces_around_cells_mean_nothing() {
    let outcome =
        read("time ,  n,   s , \"q\" \n1698930455.5,   4004,   a, \" b, c \"\n1698930456.5,4005 , d e ,f\n");
    assert_eq!(outcome.names, ["time", "n", "s", "q"]);
    assert_eq!(
        outcome.rows[0],
        [time(1_698_930_455, 500_000_000), Value::Int(4004), text("a"), text(" b, c ")]
    );
    assert_eq!(outcome.rows[1][1..3], [Value::Int(4005), text("d e")]);
    assert_eq!(
        column("x", &[" 1.5", "\" 2.5 \"", "  "]),
        [Value::Float(1.5), Value::Float(2.5), Value::Null]
    );
}

#[test]
fn words_for_null() {
    for word in [
        "null",
        "NULL",
        "NA",
        "n/a",
        "#N/A",
        "<NA>",
        "None",
        "nil",
        "NaT",
        "-",
        "--",
        "unavailable",
        "unknown",
        "",
    ] {
        let number = |value| [Value::Float(value)];
        let [a, b] = [number(0.51), number(0.47)];
        assert_eq!(
            column("kwh", &["0.51", word, "0.47"]),
            [&a[..], &[Value::Null], &b[..]].concat(),
            "{word}"
        );
        assert_eq!(column("n", &[word, "7"]), [Value::Null, Value::Int(7)], "{word}");
        assert_eq!(column("on", &["true", word]), [Value::Bool(true), Value::Null], "{word}");
        assert_eq!(column("time", &[word, "1698930455"]), [Value::Null, time(1_698_930_455, 0)], "{word}");
        let late: Vec<&str> = (0..400).map(|row| if row == 390 { word } else { "3" }).collect();
        assert_eq!(column("n", &late)[390], Value::Null, "{word}");
    }
    assert!(matches!(column("x", &["0.5", "NaN"])[..], [_, Value::Float(nan)] if nan.is_nan()));
    // In a column of text they are texts, as long as nobody says otherwise.
    assert_eq!(column("country", &["NA", "DE", "none"]), [text("NA"), text("DE"), text("none")]);
    assert_eq!(column("state", &["unknown", "unknown"]), [text("unknown"), text("unknown")]);
}

#[test]
fn own_words_for_null() {
    let own = |words: &[&str]| Dialect {
        nulls: Some(words.iter().map(|word| word.to_string()).collect()),
        ..Dialect::default()
    };
    let outcome = read_as("a,b,c\n1.5,-999,x\n-999,2,gone\n", own(&["-999", "gone"]));
    assert_eq!(
        outcome.rows,
        [[Value::Float(1.5), Value::Null, text("x")], [Value::Null, Value::Int(2), Value::Null],]
    );
    // They replace the usual ones.
    assert_eq!(read_as("a\n1\nNA\n", own(&[])).rows, [[text("1")], [text("NA")]]);
}

#[test]
fn whole_numbers_stay_exact_whatever_stands_among_them() {
    const BIG: i64 = 208_310_224_003_697_457;
    let big = BIG.to_string();
    for word in ["NaN", "nan", "null", "NA", ""] {
        for at in [0, 1, 300, 700] {
            let cells: Vec<&str> = (0..800).map(|row| if row == at { word } else { &big }).collect();
            let values = column("id", &cells);
            for (row, value) in values.iter().enumerate() {
                assert_eq!(
                    *value,
                    if row == at { Value::Null } else { Value::Int(BIG) },
                    "{word} in row {at}"
                );
            }
        }
    }
    // Where floats are exact, NaN stays NaN.
    assert_eq!(column("n", &["1", "NaN"]), floats(&[1.0, f64::NAN]));
    // Beyond both integers and floats: text, or an error that names the row.
    assert_eq!(column("id", &["12345678901234567891", "1"]), [text("12345678901234567891"), text("1")]);
    for (usual, late) in [("7", "12345678901234567891"), ("1.5", &big[..]), (&big[..], "0.5")] {
        let rows: String = (0..400)
            .map(|row| if row == 399 { late } else { usual })
            .map(|cell| format!("{cell};x\n"))
            .collect();
        let error = refused(&format!("id;s\n{rows}"), Dialect::default());
        assert_eq!((error.record, error.line, error.column.as_deref()), (399, 401, Some("id")), "{late}");
    }
}

#[test]
fn declared_columns_of_a_file() {
    let kinds = [("time", ColumnType::Time), ("x", ColumnType::Float32), ("n", ColumnType::Int)];
    let columns = kinds.map(|(name, kind)| Column::new(name, kind)).to_vec();
    let options = CsvOptions { layout: Some(Layout::new(columns)), ..file(Dialect::default()) };
    let outcome = parse(&options, "time;n;x\n1709545399000;NaN; 1,5\n1709545400000;7;n/a\n");
    assert_eq!(outcome.end, Ok(()));
    assert_eq!(outcome.rows[0], [time(1_709_545_399, 0), Value::Float(1.5), Value::Null]);
    assert_eq!(outcome.rows[1], [time(1_709_545_400, 0), Value::Null, Value::Int(7)]);
    let words = parse(&options, "time,n\n1,2\n").end.unwrap_err().to_string();
    assert!(words.contains("column `x` is missing") && !words.contains("stream"), "{words}");
    let twice = refused("a,b,a\n1,2,3\n", Dialect::default()).to_string();
    assert!(twice.contains("column `a` appears twice") && !twice.contains("stream"), "{twice}");
}

#[test]
fn columns_without_a_name_are_numbered() {
    let outcome = read(",a;b,\n1,2,3\n");
    assert_eq!(outcome.names, ["column 1", "a;b", "column 3"]);
}

#[test]
fn text_of_another_encoding_is_named() {
    let utf16: Vec<u8> = "a,b\n".encode_utf16().fold(vec![0xFF, 0xFE], |mut bytes, unit| {
        bytes.extend(unit.to_le_bytes());
        bytes
    });
    let error = parse(&file(Dialect::default()), utf16).end.unwrap_err();
    assert!(error.to_string().contains("UTF-16"), "{error}");
    assert_eq!(read("\u{feff}a;b\n1;2\n").names, ["a", "b"]);
}

#[test]
fn lines_to_skip_may_be_longer_than_what_is_looked_at() {
    let before = format!("{}\n", "x".repeat(100)).repeat(1000);
    let skip = Dialect { skip_lines: Some(1000), ..Dialect::default() };
    let outcome = read_as(&format!("{before}a;b\n1;2\n"), skip.clone());
    assert_eq!(outcome.rows, [[Value::Int(1), Value::Int(2)]]);
    assert_eq!(read_as("a;b\n1;2\n", skip).rows.len(), 0);
    let endless = Dialect { skip_lines: Some(u32::MAX), ..Dialect::default() };
    let error = refused(&"\n".repeat(3 << 20), endless);
    assert!(matches!(error.kind, ParseErrorKind::TooLong { .. }), "{error}");
}

#[test]
fn options_are_spelt_as_in_javascript() {
    let given =
        r#"{"separator": "\t", "decimal": ",", "skipLines": 3, "nulls": ["x"], "timeFormat": "unixms"}"#;
    let expected = Dialect {
        separator: Some(Separator::Tab),
        decimal: Some(Decimal::Comma),
        skip_lines: Some(3),
        nulls: Some(vec!["x".into()]),
        time_format: Some(TimeSpelling::UnixMs),
        time_column: None,
    };
    assert_eq!(serde_json::from_str::<Dialect>(given).unwrap(), expected);
    let wrong = serde_json::from_str::<Dialect>(r#"{"separator": "/"}"#).unwrap_err().to_string();
    assert!(wrong.contains("`,`") && wrong.contains("`;`"), "{wrong}");
}

#[test]
fn rows_come_early_where_columns_are_declared() {
    let columns = vec![Column::new("a", ColumnType::Int), Column::new("b", ColumnType::Int)];
    let mut parser =
        CsvParser::new(CsvOptions { layout: Some(Layout::new(columns)), ..file(Dialect::default()) });
    parser.push(format!("a;b\n{}", "1;2\n".repeat(20_000)).as_bytes()).unwrap();
    assert!(parser.take().is_some_and(|frame| frame.num_rows() > 10_000));
}
