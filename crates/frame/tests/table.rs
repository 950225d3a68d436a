//! Tables, and the columns of a frame.

use std::borrow::Cow;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use streamscope_frame::{
    ColumnType, CsvOptions, CsvParser, CsvWriter, PushParser, RecordBatch, Table, TimeFormat, floats, times,
};

use crate::csv::options;

fn frame(body: &str) -> RecordBatch {
    let columns = [
        ("time", ColumnType::Time),
        ("x", ColumnType::Float),
        ("n", ColumnType::Int),
        ("b", ColumnType::Bool),
    ];
    let options: CsvOptions = options(&columns, TimeFormat::UnixNs);
    let mut parser = CsvParser::new(options);
    parser.push(format!("time,x,n,b\n{body}").as_bytes()).unwrap();
    parser.finish().unwrap();
    parser.take().unwrap()
}

#[test]
fn times_and_numbers_of_a_frame() {
    let frame = frame("10,1.5,7,true\n20,,,\n30,nan,-1,false\n");
    assert_eq!(times(&frame), Some(&[10, 20, 30][..]));
    let x = floats(frame.column(1)).unwrap();
    assert!(matches!(x, Cow::Borrowed(_)), "floats are lent even where some are null");
    assert!(x[0] == 1.5 && x[1].is_nan() && x[2].is_nan());
    let n = floats(frame.column(2)).unwrap();
    assert!(n[0] == 7.0 && n[1].is_nan() && n[2] == -1.0);
    let b = floats(frame.column(3)).unwrap();
    assert!(b[0] == 1.0 && b[1].is_nan() && b[2] == 0.0);
    assert_eq!(floats(frame.column(0)), None);
}

#[test]
fn times_with_nulls_are_not_lent() {
    assert_eq!(times(&frame("10,1,1,1\n,2,2,1\n")), None);
}

#[test]
fn floats_from_elsewhere_get_nan_below_their_nulls() {
    let column = arrow_array::Float64Array::new(vec![1.0, 2.0].into(), Some(vec![true, false].into()));
    let values = floats(&column).unwrap();
    assert!(values[0] == 1.0 && values[1].is_nan());
}

#[test]
fn a_slice_is_half_open_and_spans_frames() {
    let (first, second) = (frame("10,1,1,1\n20,2,2,1\n20,3,3,1\n"), frame("30,4,4,1\n40,5,5,1\n"));
    let mut table = Table::new(first.schema());
    table.push(first);
    let mut rest = Table::new(second.schema());
    rest.push(second);
    table.append(rest);
    assert_eq!((table.rows(), table.frames().len()), (5, 2));
    let all = |start, end| -> Vec<i64> {
        table
            .slice_time(start, end)
            .frames()
            .iter()
            .flat_map(|frame| times(frame).unwrap().to_vec())
            .collect()
    };
    assert_eq!(all(20, 40), [20, 20, 30]);
    assert_eq!(all(i64::MIN, i64::MAX), [10, 20, 20, 30, 40]);
    assert!(all(11, 20).is_empty());
    assert!(all(40, 20).is_empty());
}

#[test]
fn shared_texts_change_no_cell() {
    let texts = |body: &str| {
        let options = options(&[("place", ColumnType::Text), ("x", ColumnType::Float)], TimeFormat::UnixNs);
        let mut parser = CsvParser::new(options);
        parser.push(format!("place,x\n{body}").as_bytes()).unwrap();
        parser.finish().unwrap();
        parser.take().unwrap()
    };
    let frames = [texts("walk,1\n,2\nrest,3\n"), texts("rest,4\nrun,5\n"), texts(",6\n")];
    let mut table = Table::new(frames[0].schema());
    frames.iter().for_each(|frame| table.push(frame.clone()));
    let shared = table.with_shared_texts();
    let csv = |frames: &[RecordBatch]| {
        let mut out = Vec::new();
        frames.iter().for_each(|frame| CsvWriter::new(TimeFormat::Iso).write(frame, &mut out).unwrap());
        String::from_utf8(out).unwrap()
    };
    assert_eq!(csv(shared.frames()), csv(&frames));
    let dictionary = |frame: &RecordBatch| frame.column(0).as_dictionary::<Int32Type>().values().clone();
    let first = dictionary(&shared.frames()[0]);
    let words: Vec<_> = first.as_string::<i32>().iter().flatten().collect();
    assert!(["walk", "rest", "run"].iter().all(|word| words.contains(word)), "{words:?}");
    assert!(shared.frames().iter().all(|frame| dictionary(frame).to_data().ptr_eq(&first.to_data())));
}
