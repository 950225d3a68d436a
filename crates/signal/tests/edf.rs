//! Streams as EDF+: what is written is read back by this project's own reader; `tests/conformance` has others read it.

use std::sync::Arc;

use arrow_array::{Float64Array, RecordBatch, TimestampNanosecondArray};
use streamscope_frame::{
    Column, ColumnType, EdfAnnotation, EdfFile, EdfHeader, EdfNotes, Layout, floats, times,
};
use streamscope_signal::{EdfHead, EdfLayout, EdfRows, EdfStream, EdfSurvey, SECOND};

/// 2026-03-29 00:30:00.25.
const START: i64 = 1_774_744_200 * SECOND + SECOND / 4;

fn stream(title: &str, times: &[i64], values: &[f64]) -> EdfStream {
    let columns =
        vec![Column::new("time", ColumnType::Time), Column::new("value", ColumnType::Float).with_unit("µV")];
    let layout = Layout::new(columns);
    let frame = |rows: std::ops::Range<usize>| {
        let times = TimestampNanosecondArray::from(times[rows.clone()].to_vec()).with_timezone("UTC");
        let values = Float64Array::from(values[rows].to_vec());
        RecordBatch::try_new(Arc::new(layout.schema()), vec![Arc::new(times), Arc::new(values)])
            .expect("columns")
    };
    // In frames of uneven length.
    let starts: Vec<usize> = (0..times.len()).step_by(777).collect();
    let frames = starts.iter().map(|start| frame(*start..(*start + 777).min(times.len()))).collect();
    EdfStream { title: title.into(), layout, frames, ..EdfStream::default() }
}

/// Times at a rate of `samples` in `seconds`, as files have them.
fn even(start: i64, samples: i64, seconds: i64, rows: i64) -> Vec<i64> {
    let time = |row: i64| {
        start
            + ((row as i128 * seconds as i128 * SECOND as i128 + samples as i128 / 2) / samples as i128)
                as i64
    };
    (0..rows).map(time).collect()
}

fn surveyed(stream: EdfStream) -> Result<EdfSurvey, String> {
    let mut survey = EdfSurvey::new(stream).map_err(|error| error.to_string())?;
    while survey.step().map_err(|error| error.to_string())? {}
    Ok(survey)
}

fn laid(streams: Vec<EdfStream>) -> Option<EdfLayout> {
    let surveys = streams.into_iter().map(|stream| surveyed(stream).expect("it can be written")).collect();
    let noted = EdfAnnotation { start: START + SECOND, duration: None, text: "dose".into() };
    let head = EdfHead { patient: "Ms Doe".into(), recording: String::new(), annotations: vec![noted] };
    EdfLayout::new(surveys, &head).ok()
}

/// The bytes of a file, and how far a time was moved.
fn written(layout: EdfLayout) -> (Vec<u8>, i64) {
    let (mut rows, mut bytes) = EdfRows::new(layout).expect("a header");
    while rows.step(&mut bytes).expect("data records") {}
    let moved = rows.moved_ns();
    rows.finish().expect("all data records");
    (bytes, moved)
}

/// A signal that was read back: times, values, and rows that begin an interval.
type Signal = (Vec<i64>, Vec<f64>, Vec<usize>);

fn read(bytes: &[u8]) -> (Vec<Signal>, Vec<EdfAnnotation>) {
    let header = EdfHeader::read(&bytes[..EdfHeader::length(bytes).expect("a length")]).expect("a header");
    let mut notes = EdfNotes::new();
    for record in 0..header.records_in(bytes.len() as u64) {
        let places = EdfNotes::places(&header, record).expect("places");
        let parts: Vec<_> =
            places.iter().map(|place| &bytes[place.start as usize..place.end as usize]).collect();
        notes.record(&header, &parts).expect("annotations");
    }
    let file = match header.kind.has_gaps {
        true => EdfFile::timed(header, &notes),
        false => EdfFile::continuous(header, bytes.len() as u64, &notes),
    };
    let file = file.expect("a file");
    let signals = file.header().signals.iter().enumerate().filter(|(_, signal)| !signal.is_annotations);
    let signals = signals.map(|(signal, _)| {
        let mut read = Signal::default();
        let mut left = 0..file.samples(signal);
        while let Some(window) = file.window(signal, left.clone(), 1 << 16) {
            let part = &bytes[window.bytes.start as usize..window.bytes.end as usize];
            let batch = file.rows(signal, &window, part, false).expect("rows");
            read.2.extend(batch.begins_interval.then_some(read.0.len()));
            read.0.extend(times(&batch.rows).expect("times"));
            read.1.extend(floats(batch.rows.column(1)).expect("values").iter());
            left.start = window.samples.end;
        }
        read
    });
    (signals.collect(), notes.annotations())
}

fn near(one: &[f64], other: &[f64], most: f64) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| (one - other).abs() <= most)
}

#[test]
fn streams_with_the_same_gaps_are_one_file_and_nothing_is_rounded() {
    // A converter of -3276.8 to 3276.7 in 65,536 steps, whose values come nowhere near its ends.
    let value = |row: usize| f64::from((row * 7919 % 20_001) as i32 - 10_000) * (6_553.5 / 65_535.0) - 0.1;
    let gap = 60 * SECOND + SECOND / 8;
    let [fast, slow] = [(487.5, 975), (1.5, 3)].map(|(_, samples)| {
        let mut all = even(START, samples, 2, samples * 20);
        all.extend(even(START + 40 * SECOND + gap, samples, 2, samples * 5));
        all
    });
    let values: Vec<f64> = (0..fast.len()).map(value).collect();
    let counts: Vec<f64> = (0..slow.len()).map(|row| row as f64).collect();
    let laid =
        laid(vec![stream("EEG Fpz-Cz", &fast, &values), stream("counts", &slow, &counts)]).expect("one file");
    assert!(laid.has_gaps() && laid.missing() == 0);
    assert!(laid.scales().iter().all(|scale| scale.is_exact), "{:?}", laid.scales());
    assert!((laid.scales()[0].step - 0.1).abs() < 1e-12);
    let (bytes, moved) = written(laid);
    assert!(moved <= 1, "times of a file are rounded to the ns once: {moved}");
    let (signals, events) = read(&bytes);
    assert_eq!((&signals[0].0, &signals[0].2), (&fast, &vec![975 * 20]));
    assert_eq!((&signals[1].0, &signals[1].2), (&slow, &vec![60]));
    assert!(near(&signals[0].1, &values, 1e-9) && near(&signals[1].1, &counts, 1e-9));
    assert_eq!(events, [EdfAnnotation { start: START + SECOND, duration: None, text: "dose".into() }]);
}

#[test]
fn a_number_of_samples_that_nothing_divides_fills_its_data_records() {
    for rows in [17, 1_009, 86_399, 100_003] {
        let times = even(START, 256, 1, rows);
        let values: Vec<f64> = (0..rows).map(|row| (row % 100) as f64 / 8.0).collect();
        let laid = laid(vec![stream("ECG", &times, &values)]).expect("a file");
        assert_eq!((laid.missing(), laid.has_gaps()), (0, false), "{rows} rows");
        let (bytes, moved) = written(laid);
        let (signals, events) = read(&bytes);
        assert_eq!(events.len(), 1);
        // A hundredth of a step.
        assert!(moved <= 39_000, "{rows} rows: {moved} ns");
        assert!(signals[0].0.iter().zip(&times).all(|(one, other)| one.abs_diff(*other) <= moved as u64));
        assert!(near(&signals[0].1, &values, 1e-9), "{rows} rows");
    }
}

#[test]
fn stretches_that_share_no_length_end_in_data_records_that_say_where_samples_end() {
    let lengths = [10_007, 10_009, 10_037];
    let mut times = Vec::new();
    for (place, rows) in (0..).zip(lengths) {
        times.extend(even(START + place * 3_600 * SECOND, 256, 1, rows));
    }
    let values: Vec<f64> = (0..times.len()).map(|row| (row % 1_000) as f64).collect();
    let laid = laid(vec![stream("ECG", &times, &values)]).expect("a file");
    let missing = laid.missing();
    let (bytes, _) = written(laid);
    let (signals, events) = read(&bytes);
    let notes: Vec<_> = events.iter().filter(|event| event.text == "no samples").collect();
    assert_eq!(notes.is_empty(), missing == 0);
    // Without what is annotated, all is as it was.
    let in_note = |time: i64| {
        notes.iter().any(|note| (note.start - 1_000..note.start + note.duration.unwrap_or(0)).contains(&time))
    };
    let kept: Vec<_> = signals[0].0.iter().zip(&signals[0].1).filter(|(time, _)| !in_note(**time)).collect();
    assert_eq!(kept.len(), times.len());
    assert!(kept.iter().zip(&times).all(|((one, _), other)| one.abs_diff(*other) <= 1_000));
    assert!(kept.iter().zip(&values).all(|((_, one), other)| (**one - other).abs() < 1e-9));
}

#[test]
fn values_on_no_scale_are_rounded_to_steps_that_are_told() {
    let times = even(START, 50, 1, 70_000);
    let values: Vec<f64> = (0..70_000).map(|row| (f64::from(row) * 0.001).sin() * 1.234_567_8).collect();
    let laid = laid(vec![stream("sway", &times, &values)]).expect("a file");
    let scale = laid.scales()[0].clone();
    assert!(!scale.is_exact && scale.least <= -1.23 && scale.greatest >= 1.23);
    assert!((scale.step - (scale.greatest - scale.least) / 65_535.0).abs() < 1e-12);
    let (bytes, _) = written(laid);
    assert!(near(&read(&bytes).0[0].1, &values, scale.step / 2.0 + 1e-12));
}

#[test]
fn one_value_whole_numbers_and_single_precision_are_kept() {
    let times = even(START, 1, 1, 40);
    let single = |row: usize| f64::from(0.1_f32 * (row % 7) as f32);
    let all: [Vec<f64>; 5] = [
        vec![0.0; 40],
        vec![36.625; 40],
        (0..40).map(|row| f64::from(row) * 1_000.0 - 5.0).collect(),
        (0..40).map(single).collect(),
        vec![-70_000.0; 40],
    ];
    for values in all {
        let laid = laid(vec![stream("x", &times, &values)]).expect("a file");
        assert!(laid.scales()[0].is_exact, "{:?} {:?}", laid.scales(), &values[..8]);
        let (bytes, _) = written(laid);
        let read = &read(&bytes).0[0].1;
        assert!(near(read, &values, 1e-6), "{read:?} is not {values:?}");
    }
}

#[test]
fn rows_without_a_value_are_gaps() {
    let times = even(START, 10, 1, 600);
    let mut values: Vec<f64> = (0..600).map(f64::from).collect();
    values[200..250].fill(f64::NAN);
    let laid = laid(vec![stream("x", &times, &values)]).expect("a file");
    assert!(laid.has_gaps());
    let (bytes, _) = written(laid);
    let signal = &read(&bytes).0[0];
    let kept: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    assert!(near(&signal.1, &kept, 1e-9));
    assert_eq!((signal.0[200], &signal.2), (times[250], &vec![200]));
}

#[test]
fn a_declared_gap_shorter_than_a_step_moves_no_sample() {
    let times = even(START, 10, 1, 100);
    let values: Vec<f64> = (0..100).map(f64::from).collect();
    let shifted: Vec<i64> =
        times.iter().enumerate().map(|(row, time)| time + i64::from(row >= 40) * 40_000_000).collect();
    let stream = EdfStream { begins: vec![shifted[0], shifted[40]], ..stream("x", &shifted, &values) };
    let (bytes, moved) = written(laid(vec![stream]).expect("a file"));
    assert_eq!((&read(&bytes).0[0].0, moved), (&shifted, 0));
}

#[test]
fn a_clock_that_is_read_late_is_put_right_and_said_to_be() {
    let times: Vec<i64> = even(START, 100, 1, 5_000)
        .iter()
        .enumerate()
        .map(|(row, time)| time + (row as i64 * 7_919 % 400_000))
        .collect();
    let values: Vec<f64> = (0..5_000).map(|row| f64::from(row % 50)).collect();
    let (bytes, moved) = written(laid(vec![stream("x", &times, &values)]).expect("a file"));
    assert!((100_000..=400_000).contains(&moved), "{moved}");
    let read = &read(&bytes).0[0].0;
    assert!(read.iter().zip(&times).all(|(one, other)| one.abs_diff(*other) <= moved as u64));
}

#[test]
fn what_edf_cannot_hold_is_refused_by_name() {
    let refused = |stream: EdfStream, words: &[&str]| {
        let error = surveyed(stream).expect_err("it cannot be written");
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    };
    let uneven: Vec<i64> = (0..100).map(|row: i64| START + row * row * 1_000_000).collect();
    refused(stream("beats", &uneven, &[1.0; 100]), &["beats", "even rate", "CSV"]);
    let times = even(START, 10, 1, 100);
    refused(stream("few", &times[..10], &[1.0; 10]), &["few", "17 samples"]);
    let mut infinite = vec![1.0; 100];
    infinite[50] = f64::INFINITY;
    refused(stream("power", &times, &infinite), &["power", "infinite"]);
    let mut text = stream("stage", &times, &[1.0; 100]);
    text.layout.columns[1].kind = ColumnType::Text;
    refused(text, &["stage", "no numbers"]);
}

#[test]
fn streams_that_begin_apart_come_back() {
    let one = stream("one", &even(START, 10, 1, 100), &[1.0; 100]);
    let other = stream("other", &even(START + SECOND / 2, 10, 1, 100), &[1.0; 100]);
    let surveys: Vec<_> = [one, other].into_iter().map(|stream| surveyed(stream).expect("rows")).collect();
    let back = EdfLayout::new(surveys, &EdfHead::default()).expect_err("they are apart");
    assert_eq!(back.len(), 2);
    assert!(EdfLayout::new(back.into_iter().take(1).collect(), &EdfHead::default()).is_ok());
}
