//! CSV out.

use ColumnType::{Bool, Float, Int, Json, Text, Time};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use streamscope_frame::{ColumnType, CsvParser, CsvWriter, PushParser, RecordBatch, TimeFormat};

use crate::csv::options;
use crate::support::{Value, rows, run};

const COLUMNS: [(&str, ColumnType); 6] =
    [("time", Time), ("x", Float), ("n", Int), ("b", Bool), ("s", Text), ("j", Json)];

fn frame(columns: &[(&str, ColumnType)], body: &str) -> RecordBatch {
    let mut parser = CsvParser::new(options(columns, TimeFormat::UnixNs));
    parser.push(body.as_bytes()).unwrap();
    parser.finish().unwrap();
    parser.take().unwrap()
}

fn write(mut writer: CsvWriter, frame: &RecordBatch) -> String {
    let mut out = Vec::new();
    writer.write_header(frame.schema_ref(), &mut out);
    writer.write(frame, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn times(format: TimeFormat, ns: i64) -> String {
    let body = write(CsvWriter::new(format), &frame(&[("t", Time)], &format!("t\n{ns}\n")));
    body.lines().nth(1).unwrap().to_string()
}

#[test]
fn every_kind_of_cell() {
    let body = "time,x,n,b,s,j\n1648412619258941700,-0.5,9007199254740993,true,walk,\"{\"\"a\"\": 1}\"\n,,,,,\n\
        1648412620000000000,nan,-1,false,\"a, \"\"b\"\"\n\",[]\n0,-inf,0,0,\"\",\"[1,2]\"\n";
    let expected = "time,x,n,b,s,j\n2022-03-27T20:23:39.2589417Z,-0.5,9007199254740993,true,walk,\"{\"\"a\"\": 1}\"\n,,,,,\n\
        2022-03-27T20:23:40Z,NaN,-1,false,\"a, \"\"b\"\"\n\",[]\n1970-01-01T00:00:00Z,-inf,0,false,\"\",\"[1,2]\"\n";
    assert_eq!(write(CsvWriter::new(TimeFormat::Iso), &frame(&COLUMNS, body)), expected);
}

#[test]
fn texts_that_are_formulas_are_guarded_when_asked() {
    let columns = [("=n", ColumnType::Int), ("s", Text), ("x", Float)];
    let body = "=n,s,x\n-1,=1+1,-0.5\n-2,\"@a, \"\"b\"\"\",-inf\n3,-,1\n4,+1,1\n5,\"\tx\",1\n6,a=b,1\n";
    let frame = frame(&columns, body);
    assert_eq!(
        write(CsvWriter::new(TimeFormat::Iso).guarding_formulas(), &frame),
        "'=n,s,x\n-1,'=1+1,-0.5\n-2,\"'@a, \"\"b\"\"\",-inf\n3,'-,1.0\n4,'+1,1.0\n5,'\tx,1.0\n6,a=b,1.0\n"
    );
    let plain = write(CsvWriter::new(TimeFormat::Iso), &frame);
    assert!(plain.starts_with("=n,s,x\n-1,=1+1,-0.5\n"), "{plain}");
}

#[test]
fn times_at_the_ends_of_time_at_every_offset() {
    for (time, seconds) in [(i64::MAX, "9223372036.854775807"), (i64::MIN + 1, "-9223372036.854775807")] {
        assert_eq!(times(TimeFormat::Unix, time), seconds);
        for offset in [0, 14 * 3600, -12 * 3600, 86_399, -86_399] {
            let writer = CsvWriter::new(TimeFormat::Iso).with_offset(move |_| offset);
            let body = write(writer, &frame(&[("t", Time)], &format!("t\n{time}\n")));
            let mut parser = CsvParser::new(options(&[("t", Time)], TimeFormat::Iso));
            parser.push(body.as_bytes()).unwrap();
            parser.finish().unwrap();
            assert_eq!(rows(&parser.take().unwrap()), [[Value::Time(time)]], "{body}");
        }
    }
}

#[test]
fn narrow_numbers_are_written_as_they_were() {
    let columns = [("x", ColumnType::Float32), ("n", ColumnType::Int32), ("m", ColumnType::Int16)];
    let body = "x,n,m\n0.1,-2147483648,32767\n,,\n1e-7,1,-1\ninf,0,0\n16777217,5,5\n";
    let expected = "x,n,m\n0.1,-2147483648,32767\n,,\n1e-7,1,-1\ninf,0,0\n16777216.0,5,5\n";
    assert_eq!(write(CsvWriter::new(TimeFormat::Iso), &frame(&columns, body)), expected);
    let mut parser = CsvParser::new(options(&[("m", ColumnType::Int16)], TimeFormat::Iso));
    let error = parser.push(b"m\n32768\n").unwrap_err();
    assert_eq!(error.kind.to_string(), "`32768` is not a 16-bit integer");
}

#[test]
fn times_in_each_format() {
    let cases = [
        (1_648_412_619_258_941_700, "1648412619.2589417", "2022-03-27T20:23:39.2589417Z"),
        (1_648_412_619_000_000_000, "1648412619", "2022-03-27T20:23:39Z"),
        (1_648_412_619_000_000_001, "1648412619.000000001", "2022-03-27T20:23:39.000000001Z"),
        (-1, "-0.000000001", "1969-12-31T23:59:59.999999999Z"),
        (951_782_400_000_000_000, "951782400", "2000-02-29T00:00:00Z"),
        (i64::MAX, "9223372036.854775807", "2262-04-11T23:47:16.854775807Z"),
    ];
    for (ns, unix, iso) in cases {
        assert_eq!(times(TimeFormat::Unix, ns), unix);
        assert_eq!(times(TimeFormat::Iso, ns), iso);
        assert_eq!(times(TimeFormat::UnixNs, ns), ns.to_string());
    }
}

#[test]
fn iso_times_follow_the_offset_in_force() {
    // Central Europe: summer time began on 2022-03-27 at 01:00 UTC.
    let change: i64 = 1_648_342_800_000_000_000;
    let writer = |offset: fn(i64) -> i32| CsvWriter::new(TimeFormat::Iso).with_offset(offset);
    let frame = frame(&[("t", Time)], &format!("t\n{}\n{change}\n", change - 1));
    let paris = write(writer(|time| if time < 1_648_342_800_000_000_000 { 3600 } else { 7200 }), &frame);
    assert_eq!(paris, "t\n2022-03-27T01:59:59.999999999+01:00\n2022-03-27T03:00:00+02:00\n");
    let kolkata = write(writer(|_| 19_800), &frame);
    assert_eq!(kolkata, "t\n2022-03-27T06:29:59.999999999+05:30\n2022-03-27T06:30:00+05:30\n");
    let los_angeles = write(writer(|_| -25_200), &frame);
    assert_eq!(los_angeles, "t\n2022-03-26T17:59:59.999999999-07:00\n2022-03-26T18:00:00-07:00\n");
}

#[test]
fn a_null_alone_on_its_line() {
    assert_eq!(
        write(CsvWriter::new(TimeFormat::Unix), &frame(&[("x", Float)], "x\n1\n\"\"\n")),
        "x\n1.0\n\"\"\n"
    );
}

#[test]
fn a_column_of_another_type() {
    let column = std::sync::Arc::new(arrow_array::UInt32Array::from(vec![1]));
    let frame = RecordBatch::try_from_iter([("narrow", column as arrow_array::ArrayRef)]).unwrap();
    let error = CsvWriter::new(TimeFormat::Unix).write(&frame, &mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "column `narrow` has the type UInt32, which cannot be written");
}

#[test]
fn a_buffer_is_used_again() {
    let frame = frame(&[("n", Int)], "n\n1\n2\n");
    let (mut writer, mut out) = (CsvWriter::new(TimeFormat::Unix), b"before\n".to_vec());
    writer.write(&frame, &mut out).unwrap();
    writer.write(&frame.slice(1, 1), &mut out).unwrap();
    assert_eq!(out, b"before\n1\n2\n2\n");
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        cells in vec((of(any::<i64>()), of(any::<f64>()), of(any::<i64>()), of(any::<bool>()), of("[ -~é\n\"]{0,8}"), of("\\{[a-z\",]{1,9}")), 1..30),
        format in prop::sample::select(vec![TimeFormat::Unix, TimeFormat::UnixNs, TimeFormat::Iso]),
        minutes in -840i32..841,
        chunk in 1usize..200,
    ) {
        use std::sync::Arc;
        use arrow_array::{ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, StringArray, TimestampNanosecondArray};
        use arrow_array::types::Int32Type;
        // The last quarter hour and the first of `i64` may not be representable at an offset.
        let time = |time: i64| (time / 1_000_000_000 * 999_999_999).max(i64::MIN + 1);
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(cells.iter().map(|row| row.0.map(time)).collect::<TimestampNanosecondArray>().with_timezone("UTC")),
            Arc::new(cells.iter().map(|row| row.1).collect::<Float64Array>()),
            Arc::new(cells.iter().map(|row| row.2).collect::<Int64Array>()),
            Arc::new(cells.iter().map(|row| row.3).collect::<BooleanArray>()),
            Arc::new(cells.iter().map(|row| row.4.as_deref()).collect::<DictionaryArray<Int32Type>>()),
            Arc::new(cells.iter().map(|row| row.5.as_deref()).collect::<StringArray>()),
        ];
        let parser = || CsvParser::new(options(&COLUMNS, format));
        let mut empty = parser();
        empty.push(b"time,x,n,b,s,j\n").unwrap();
        let schema = Arc::new(empty.layout().unwrap().schema());
        let frame = RecordBatch::try_new(schema, arrays).unwrap();
        let body = write(CsvWriter::new(format).with_offset(move |_| minutes * 60), &frame);
        let outcome = run(parser(), body.as_bytes().chunks(chunk), 2);
        prop_assert_eq!(outcome.end, Ok(()));
        let expected: Vec<Vec<Value>> = rows(&frame);
        prop_assert_eq!(outcome.rows, expected);
    }
}
