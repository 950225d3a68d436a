//! Arrow IPC files read from any place.

use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampNanosecondArray};
use streamscope_client::{Disk, Extent, MemoryDisk, TimeRange};
use streamscope_frame::{ArrowWriter, Column, ColumnType, Layout};

use super::Random;
use super::files::{ALWAYS, Counting, open, refusal, rows};

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_700_000_000 * SECOND;

/// A stream of these frames.
fn written(frames: &[RecordBatch]) -> Vec<u8> {
    let mut writer = ArrowWriter::new(frames[0].schema_ref()).unwrap();
    let mut bytes = Vec::new();
    frames.iter().for_each(|frame| writer.write(frame, &mut bytes).unwrap());
    writer.finish(&mut bytes).unwrap();
    bytes
}

fn frame(columns: Vec<(Column, ArrayRef)>) -> RecordBatch {
    let (described, arrays): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    RecordBatch::try_new(Arc::new(Layout::new(described).schema()), arrays).unwrap()
}

/// One frame of times and values.
fn timed(times: &[i64], values: &[f64]) -> RecordBatch {
    let times = TimestampNanosecondArray::from(times.to_vec()).with_timezone("UTC");
    let value = Column::new("flow", ColumnType::Float).with_unit("l/s");
    frame(vec![
        (Column::new("when", ColumnType::Time), Arc::new(times)),
        (value, Arc::new(Float64Array::from(values.to_vec()))),
    ])
}

fn disk(bytes: Vec<u8>) -> Rc<dyn Disk> {
    Rc::new(MemoryDisk::new("flow.arrow", bytes))
}

#[test]
fn a_range_in_the_middle_of_one_long_batch_is_read_by_itself() {
    let times: Vec<i64> =
        (0..500_000).map(|row: i64| START + row * 20_000_000 + row / 1_000 * SECOND).collect();
    let values: Vec<f64> = (0..500_000).map(|row| f64::from(row % 1_009)).collect();
    let known: Vec<_> = times.iter().copied().zip(values.iter().copied()).collect();
    let one = written(&[timed(&times, &values)]);
    let several: Vec<_> =
        times.chunks(7_001).zip(values.chunks(7_001)).map(|(times, values)| timed(times, values)).collect();
    for bytes in [one, written(&several)] {
        let counting =
            Rc::new(Counting { disk: MemoryDisk::new("flow.arrow", bytes), read: Default::default() });
        let (files, streams) = open(counting.clone()).unwrap();
        assert!(counting.read.get() < 1 << 20, "opening read {} bytes", counting.read.get());
        let [flow] = &streams[..] else { panic!("one stream") };
        let span = TimeRange { start: times[0], end: times[499_999] + 1 };
        assert_eq!((flow.name.as_str(), flow.extent), ("flow", Extent::Known(span)));
        assert_eq!(flow.dimensions[1].unit, "l/s");
        let mut random = Random(3);
        for _ in 0..50 {
            let from = random.below(known.len() as u64) as usize;
            let to = (from + random.below(3_000) as usize).min(known.len() - 1);
            let range = TimeRange { start: known[from].0, end: known[to].0 };
            counting.read.set(0);
            assert_eq!(rows(&files, flow, range), (known[from..to].to_vec(), None), "{range:?}");
            assert!(counting.read.get() < 3 << 20, "{range:?} read {} bytes", counting.read.get());
        }
        assert!(rows(&files, flow, ALWAYS) == (known.clone(), None));
    }
}

#[test]
fn numbers_are_times_where_their_column_is_called_so_and_their_unit_is_clear() {
    let with = |name: &str, numbers: Vec<i64>| {
        let values: Vec<f64> = numbers.iter().map(|number| *number as f64).collect();
        written(&[frame(vec![
            (Column::new("y", ColumnType::Float), Arc::new(Float64Array::from(values)) as ArrayRef),
            (Column::new(name, ColumnType::Int), Arc::new(Int64Array::from(numbers))),
        ])])
    };
    for (unit, word) in
        [(SECOND, "seconds"), (1_000_000, "milliseconds"), (1_000, "microseconds"), (1, "nanoseconds")]
    {
        let numbers: Vec<i64> = (0..10).map(|row| (START + row * SECOND) / unit).collect();
        let (files, streams) = open(disk(with("Timestamp", numbers.clone()))).unwrap();
        assert!(streams[0].labels["time"].contains(word), "{:?}", streams[0].labels);
        let expected = numbers.iter().map(|number| (number * unit, *number as f64)).collect();
        assert_eq!(rows(&files, &streams[0], ALWAYS), (expected, None));
    }
    // Doubles tell quarters of a second exactly.
    let quarters: Vec<f64> = (0..10).map(|row| (START / SECOND) as f64 + f64::from(row) / 4.0).collect();
    let column = Column::new("time", ColumnType::Float);
    let array: ArrayRef = Arc::new(Float64Array::from(quarters));
    let y = (Column::new("y", ColumnType::Float), Arc::new(Float64Array::from(vec![0.5; 10])) as ArrayRef);
    let (files, streams) = open(disk(written(&[frame(vec![(column, array), y])]))).unwrap();
    let expected = (0..10).map(|row| (START + row * SECOND / 4, 0.5)).collect();
    assert_eq!(rows(&files, &streams[0], ALWAYS), (expected, None));
    assert!(refusal("flow.arrow", with("time", vec![1, 2, 3])).contains("may count s, ms"));
    assert!(refusal("flow.arrow", with("x", vec![1, 2, 3])).contains("no column of it holds times"));
}

#[test]
fn texts_are_states_and_rows_that_go_back_end_a_read() {
    let times = TimestampNanosecondArray::from(vec![START, START + 5, START + 3]).with_timezone("UTC");
    let json = Column::new("note", ColumnType::Json);
    let bytes = written(&[frame(vec![
        (Column::new("time", ColumnType::Time), Arc::new(times) as ArrayRef),
        (json, Arc::new(StringArray::from(vec![Some("a"), None, Some("b")]))),
        (Column::new("x", ColumnType::Float), Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0]))),
    ])]);
    let (files, streams) = open(disk(bytes)).unwrap();
    assert_eq!(
        streams.iter().map(|stream| stream.dimensions[1].data_type.as_str()).collect::<Vec<_>>(),
        ["string", "sfloat"]
    );
    let (read, error) = rows(&files, &streams[1], ALWAYS);
    assert_eq!(read, [(START, 1.0), (START + 5, 2.0)]);
    assert!(error.unwrap().contains("row 2 is earlier than the one before it"));
}

#[test]
fn tables_of_other_formats_are_refused_with_what_to_do() {
    for magic in ["PAR1\u{15}\u{4}and so on", "FEA1 and so on"] {
        assert!(refusal("table.parquet", magic).contains("write it as Arrow IPC"));
    }
}
