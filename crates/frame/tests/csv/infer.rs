//! Types from names and values.

use arrow_schema::DataType;
use streamscope_frame::{ColumnType, CsvOptions, CsvParser, PushParser, TimeFormat};

use super::parse;
use crate::support::{Value, text};

fn kinds(body: &str) -> Vec<ColumnType> {
    let mut parser = CsvParser::new(CsvOptions::default());
    parser.push(body.as_bytes()).unwrap();
    parser.finish().unwrap();
    parser.layout().unwrap().columns.iter().map(|column| column.kind).collect()
}

#[test]
fn each_type_by_its_shape() {
    use ColumnType::{Bool, Float, Int, Json, Text, Time};
    let body = "time,timestamp_ns,start_time,end_time,a,b,c,d,e,f,g\n\
        1648412619.25,1648412619250000000,2022-03-27T20:23:39Z,,1.5,1,true,\"{\"\"k\"\": 1}\",x,,007\n\
        1648412620,1648412620000000000,2022-03-27T20:23:40.5+01:00,,2,-2,False,[],1,,008\n";
    assert_eq!(kinds(body), [Time, Time, Time, Float, Float, Int, Bool, Json, Text, Float, Text]);
}

#[test]
fn a_time_column_needs_name_and_shape() {
    use ColumnType::{Float, Int, Text, Time};
    assert_eq!(kinds("time,x\n1.5,1648412619258941700\n"), [Time, Int]);
    assert_eq!(kinds("time,x\nnoon,1\n"), [Text, Int]);
    // Milliseconds: neither seconds nor nanoseconds.
    assert_eq!(kinds("time,x\n1648412619258,1.5\n"), [Int, Float]);
    assert_eq!(kinds("time,x\n2022-03-27T20:23:39,1.5\n"), [Text, Float]);
}

#[test]
fn times_of_each_format_come_out_alike() {
    let time = Value::Time(1_648_412_619_250_000_000);
    for cell in ["1648412619.25", "1648412619250000000", "2022-03-27T20:23:39.25Z"] {
        let outcome = parse(&CsvOptions::default(), format!("time,x\n{cell},a\n"));
        assert_eq!(outcome.rows, [[time.clone(), text("a")]]);
    }
}

#[test]
fn a_layout_without_a_time_format() {
    let options = CsvOptions {
        time_format: None,
        ..super::options(&[("time", ColumnType::Time), ("x", ColumnType::Float)], TimeFormat::Iso)
    };
    let outcome = parse(&options, "time,x\n1648412619.25,1\n1648412620,2\n");
    assert_eq!(outcome.rows[1], [Value::Time(1_648_412_620_000_000_000), Value::Float(2.0)]);
}

#[test]
fn integers_become_floats_when_a_late_row_asks_for_it() {
    let ints: String = (0..3000).map(|i| if i == 5 { "5,\n".into() } else { format!("{i},{i}\n") }).collect();
    let outcome = parse(&CsvOptions::default(), format!("a,b\n{ints}1,0.5\n"));
    assert_eq!(outcome.end, Ok(()));
    assert_eq!(outcome.rows[2999], [Value::Int(2999), Value::Float(2999.0)]);
    assert_eq!(outcome.rows[5], [Value::Int(5), Value::Null]);
    assert_eq!(outcome.rows[3000], [Value::Int(1), Value::Float(0.5)]);
}

#[test]
fn a_late_misfit_is_an_error() {
    let ints: String = (0..3000).map(|i| format!("{i},{i}\n")).collect();
    let outcome = parse(&CsvOptions::default(), format!("a,b\n{ints}1,0.5\n2,x\n"));
    let error = outcome.end.unwrap_err();
    assert_eq!((error.record, error.column.as_deref(), outcome.rows.len()), (3001, Some("b"), 3001));
}

#[test]
fn no_frame_comes_out_before_the_types_are_sure() {
    let mut parser = CsvParser::new(CsvOptions::default());
    parser.push(b"a,b\n1,2\n").unwrap();
    parser.push("1,2\n".repeat(5000).as_bytes()).unwrap();
    assert!(parser.take().is_none());
    assert_eq!(parser.pending_rows(), 5001);
    parser.finish().unwrap();
    let frame = parser.take().unwrap();
    assert_eq!((frame.num_rows(), frame.schema().field(0).data_type()), (5001, &DataType::Int64));
}

#[test]
fn rows_before_an_early_error_are_not_lost() {
    for body in ["a,b\n1,2\n3,\"4", "a,b\n1,2\n3", "a,b\n1,2\n3,4444444444444444444444444444"] {
        let options = CsvOptions { record_limit: 20, ..CsvOptions::default() };
        let outcome = parse(&options, body);
        let error = outcome.end.unwrap_err();
        assert_eq!(outcome.rows, [[Value::Int(1), Value::Int(2)]], "{body:?}: {error}");
        assert_eq!((error.record, error.line), (1, 3), "{body:?}: {error}");
    }
}
