//! Joule's binary rows: layouts, tokens, cuts, and what is refused.

use proptest::collection::vec;
use proptest::prelude::*;
use streamscope_frame::{
    Batch, Column, ColumnType, CsvWriter, JouleLayout, JouleParser, ParseError, ParseErrorKind, TimeFormat,
};

use crate::support::{Value, rows};

/// What came out of a body: for each interval whether a token stands before it, and its rows.
#[derive(Debug, Clone, PartialEq)]
struct Outcome {
    intervals: Vec<(bool, Vec<Vec<Value>>)>,
    end: Result<(), ParseError>,
}

fn layout(text: &str) -> JouleLayout {
    text.parse().unwrap()
}

/// Feeds the pieces, taking frames after every `take_every` of them and at the end.
fn run<'a>(format: &str, pieces: impl IntoIterator<Item = &'a [u8]>, take_every: usize) -> Outcome {
    let mut parser = JouleParser::new(layout(format), &[]);
    let mut frames: Vec<Batch> = Vec::new();
    let mut end = Ok(());
    for (number, piece) in pieces.into_iter().enumerate() {
        end = parser.push(piece);
        if end.is_err() {
            break;
        }
        if (number + 1) % take_every == 0 {
            let pending = parser.pending_rows();
            let before: usize = frames.iter().map(|frame| frame.rows.num_rows()).sum();
            frames.extend(std::iter::from_fn(|| parser.take()));
            let after: usize = frames.iter().map(|frame| frame.rows.num_rows()).sum();
            assert_eq!((after - before, parser.pending_rows()), (pending, 0));
        }
    }
    let end = end.and_then(|()| parser.finish());
    frames.extend(std::iter::from_fn(|| parser.take()));
    let mut intervals: Vec<(bool, Vec<Vec<Value>>)> = Vec::new();
    for frame in &frames {
        assert!(frame.rows.num_rows() > 0, "no frame is empty");
        assert_eq!(frame.rows.schema_ref().as_ref(), &parser.layout().schema());
        match intervals.last_mut() {
            Some((_, held)) if !frame.begins_interval => held.extend(rows(&frame.rows)),
            _ => intervals.push((frame.begins_interval, rows(&frame.rows))),
        }
    }
    assert_eq!(parser.rows(), intervals.iter().map(|(_, rows)| rows.len() as u64).sum::<u64>());
    Outcome { intervals, end }
}

fn whole(format: &str, body: &[u8]) -> Outcome {
    run(format, [body], 1)
}

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/joule/", $name))
    };
}

fn ns(micros: i64) -> Value {
    Value::Time(micros * 1000)
}

#[test]
fn both_intervals_of_a_captured_stream() {
    let interval = |start: i64, from: i64| -> Vec<_> {
        let step =
            |n: i64| vec![ns(start + n * 1_000_003), Value::Int(from + n), Value::Int((from + n + 10) % 3)];
        (0..10).map(step).collect()
    };
    let (first, second) = (interval(1_700_000_000_000_000, -10), interval(1_700_000_020_000_030, 0));
    let outcome = whole("int32_2", sample!("c32_int32_2_raw_gap.bin"));
    assert_eq!(outcome, Outcome { intervals: vec![(false, first), (true, second)], end: Ok(()) });
}

#[test]
fn captured_samples_of_every_type_keep_their_bits() {
    let power = whole("float32_3", sample!("power_float32_3_gap_raw.bin"));
    let (before, after) = (&power.intervals[0].1, &power.intervals[1].1);
    assert_eq!((before.len(), after.len(), power.intervals[1].0), (5, 5, true));
    assert_eq!(after[0][1], Value::Float(f64::from(-1.894_161_3e-9_f32)));

    let c64 = whole("int64_1", sample!("c64_int64_1_raw.bin"));
    let values = c64.intervals[0].1.iter().map(|row| row[1].clone());
    let expected = (0..1000).map(|n| Value::Int(9_007_199_254_740_993 + 2 * n));
    assert!(values.eq(expected), "exact beyond 2⁵³");

    let temp = whole("float64_1", sample!("temp_float64_1_raw_full.bin"));
    assert_eq!(temp.intervals.iter().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), [5000, 5000]);
    assert_eq!(temp.intervals[1].1[0], [ns(1_700_303_600_735_207), Value::Float(23.778_139_553_839_59)]);
    assert!(temp.intervals[0].1.contains(&vec![ns(1_700_074_040_244_840), Value::Float(1e300)]));

    let adc = whole("int16_2", sample!("adc_int16_2_raw_2000rows.bin"));
    assert_eq!(adc.intervals[0].1[1], [ns(1_700_000_000_000_250), Value::Int(-32767), Value::Int(32767)]);

    let mean = whole("float32_6", sample!("adc_int16_2_max-rows-1000_decimated_float32_6.bin"));
    assert_eq!(mean.intervals.iter().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), [97, 97, 97]);
    assert_eq!(mean.intervals[1].1[0][1..3], [Value::Float(2207.5), Value::Float(-0.5)]);
    assert!([power, c64, temp, adc, mean].iter().all(|outcome| outcome.end == Ok(())));
}

const FORMATS: [(&str, usize); 5] =
    [("int16", 2), ("int32", 4), ("int64", 8), ("float32", 4), ("float64", 8)];

/// The slow, obvious reading of a body.
fn reference(format: &str, size: usize, width: usize, body: &[u8]) -> Vec<(bool, Vec<Vec<Value>>)> {
    let mut intervals: Vec<(bool, Vec<Vec<Value>>)> = Vec::new();
    let mut token = false;
    for row in body.chunks(width) {
        if row.iter().all(|&byte| byte == 0) {
            token = true;
            continue;
        }
        let (time, cells) = row.split_at(8);
        let cells = cells.chunks(size).map(|cell| match format {
            "int16" => Value::Int(i16::from_le_bytes(cell.try_into().unwrap()).into()),
            "int32" => Value::Int(i32::from_le_bytes(cell.try_into().unwrap()).into()),
            "int64" => Value::Int(i64::from_le_bytes(cell.try_into().unwrap())),
            "float32" => Value::Float(f32::from_le_bytes(cell.try_into().unwrap()).into()),
            _ => Value::Float(f64::from_le_bytes(cell.try_into().unwrap())),
        });
        let row = [ns(i64::from_le_bytes(time.try_into().unwrap()))].into_iter().chain(cells).collect();
        if token || intervals.is_empty() {
            intervals.push((token, Vec::new()));
        }
        token = false;
        intervals.last_mut().unwrap().1.push(row);
    }
    intervals
}

/// A format, the size of its elements, the length of its rows, and a body with tokens anywhere.
fn body() -> impl Strategy<Value = (&'static str, String, usize, usize, Vec<u8>)> {
    let format = (0..FORMATS.len(), 1_usize..9);
    // Steps between times, and how many tokens stand before a row.
    let rows =
        vec((1_i64..5_000_000, prop_oneof![9 => Just(0_usize), 2 => 1_usize..4], any::<[u8; 64]>()), 0..1500);
    let start = prop_oneof![Just(1_700_000_000_000_000_i64), Just(-3_000_000), Just(-1)];
    (format, start, rows, 0_usize..3).prop_map(|((kind, elements), start, rows, tokens_after)| {
        let (name, size) = FORMATS[kind];
        let width = 8 + elements * size;
        let (mut time, mut body) = (start, Vec::new());
        for (step, tokens, cells) in rows {
            time += step;
            body.resize(body.len() + tokens * width, 0);
            body.extend(time.to_le_bytes());
            body.extend(&cells[..elements * size]);
        }
        body.resize(body.len() + tokens_after * width, 0);
        (name, format!("{name}_{elements}"), size, width, body)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_split_of_any_body_gives_its_rows(
        (name, format, size, width, body) in body(),
        cuts in vec(any::<prop::sample::Index>(), 0..12),
        take_every in 1_usize..4,
    ) {
        let expected = Outcome { intervals: reference(name, size, width, &body), end: Ok(()) };
        prop_assert_eq!(&whole(&format, &body), &expected);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).chain([0, body.len()]).collect();
        cuts.sort_unstable();
        let pieces = cuts.windows(2).map(|pair| &body[pair[0]..pair[1]]);
        prop_assert_eq!(&run(&format, pieces, take_every), &expected);
        prop_assert_eq!(&run(&format, body.chunks(1), take_every), &expected);
    }

    #[test]
    fn a_body_cut_inside_a_row_says_how_far_it_came((_, format, _, width, body) in body(), cut: prop::sample::Index) {
        prop_assume!(!body.is_empty());
        let cut = cut.index(body.len());
        let outcome = whole(&format, &body[..cut]);
        let rows: usize = outcome.intervals.iter().map(|(_, rows)| rows.len()).sum();
        match outcome.end {
            Ok(()) => prop_assert_eq!(cut % width, 0),
            Err(error) => {
                prop_assert_ne!(cut % width, 0);
                prop_assert_eq!((error.kind, error.record, error.byte), (ParseErrorKind::Truncated, rows as u64, cut as u64));
            }
        }
    }
}

fn int16_rows(times: &[i64]) -> Vec<u8> {
    times.iter().flat_map(|time| [&time.to_le_bytes()[..], &7_i16.to_le_bytes()].concat()).collect()
}

#[test]
fn an_answer_that_repeats_itself_is_stopped_at_the_first_row_that_goes_back() {
    let token = [0; 10];
    let body = [&int16_rows(&[5, 6, 7])[..], &token, &int16_rows(&[5, 6, 7])].concat();
    for pieces in [1, 7, 10, 35, 1000] {
        let outcome = run("int16_1", body.chunks(pieces), 1);
        let error = outcome.end.unwrap_err();
        assert_eq!(error.kind, ParseErrorKind::OutOfOrder { time: 5000, before: 7000 });
        assert_eq!((error.record, error.byte), (3, 40));
        assert_eq!(outcome.intervals.len(), 1);
        assert_eq!(outcome.intervals[0].1.len(), 3, "the rows before stay");
    }
    let twice = whole("int16_1", &int16_rows(&[5, 5])).end.unwrap_err();
    assert_eq!(twice.kind, ParseErrorKind::OutOfOrder { time: 5000, before: 5000 });
}

#[test]
fn times_that_nanoseconds_cannot_tell_are_refused() {
    for time in [i64::MAX / 1000 + 1, i64::MAX, i64::MIN, -i64::MAX / 1000 - 1] {
        let error = whole("int16_1", &int16_rows(&[time])).end.unwrap_err();
        assert!(error.to_string().contains(&format!("the time {time} µs lies beyond")), "{error}");
    }
    let edge = whole("int16_1", &int16_rows(&[-i64::MAX / 1000, i64::MAX / 1000]));
    assert_eq!((edge.intervals[0].1.len(), edge.end), (2, Ok(())));
}

#[test]
fn a_row_at_the_epoch_is_a_row_unless_it_is_all_zero() {
    let outcome = whole("int16_1", &int16_rows(&[-1, 0, 1]));
    assert_eq!((outcome.intervals.len(), outcome.intervals[0].1.len()), (1, 3));
}

#[test]
fn layouts_are_read_as_nodes_write_them() {
    for (name, size) in FORMATS {
        let parsed = layout(&format!("{name}_3"));
        assert_eq!((parsed.to_string(), parsed.row_bytes()), (format!("{name}_3"), 8 + 3 * size));
        assert_eq!(parsed.decimated().to_string(), "float32_9");
    }
    for wrong in
        ["", "float32", "float32_0", "float32_-1", "uint8_1", "float32_3_1", "float32_99999999", "_1"]
    {
        let error = wrong.parse::<JouleLayout>().unwrap_err().to_string();
        assert!(error.contains("it should look like float32_3"), "{error}");
    }
}

#[test]
fn columns_have_the_names_and_units_given_and_the_layouts_type() {
    let elements = [Column::new("V", ColumnType::Float).with_unit("volt")];
    let mut parser = JouleParser::new(layout("float32_2"), &elements);
    let columns = parser.layout().columns.clone();
    let seen: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(seen, [("time", ColumnType::Time), ("V", ColumnType::Float32), ("1", ColumnType::Float32)]);
    assert_eq!(columns[1].unit.as_deref(), Some("volt"));

    let row =
        [&1_700_000_000_000_001_i64.to_le_bytes()[..], &0.1_f32.to_le_bytes(), &f32::INFINITY.to_le_bytes()];
    parser.push(&row.concat()).unwrap();
    let mut out = Vec::new();
    CsvWriter::new(TimeFormat::UnixNs).write(&parser.take().unwrap().rows, &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "1700000000000001000,0.1,inf\n", "0.1 stays 0.1");
}
