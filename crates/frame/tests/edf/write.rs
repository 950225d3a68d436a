//! What is written reads back as it was.

use streamscope_frame::{EdfAnnotation, EdfPlan, EdfSignal, EdfValues, EdfWriter};

use super::open;
use crate::support::Dice;

const SECOND: i64 = 1_000_000_000;
/// 2026-11-29 23:59:58.25.
const START: i64 = 1_795_996_798 * SECOND + SECOND / 4;

fn plan(has_gaps: bool) -> EdfPlan {
    let mut fast = EdfSignal::new("fast", 39);
    (fast.unit, fast.prefilter) = ("µV".into(), "HP:0.1Hz".into());
    (fast.physical_min, fast.physical_max) = (1_200.5, -1_200.5);
    let noted = |start: i64, duration, text: &str| EdfAnnotation {
        start: START + start,
        duration,
        text: text.into(),
    };
    EdfPlan {
        patient: "Ms Doe".into(),
        recording: "night 3".into(),
        start: START,
        has_gaps,
        record_ns: 80_000_000,
        records: 50,
        signals: vec![fast, EdfSignal::new("slow", 1).with_range(-0.123_456_789, 98.765_432_1)],
        annotations: vec![
            noted(-3 * SECOND, None, "before"),
            noted(1, Some(30 * SECOND + 1), "Schlaf, θ"),
            noted(1, Some(0), "same time"),
            noted(9 * SECOND, None, &"long ".repeat(100)),
        ],
    }
}

/// When the records of [`plan`] begin.
fn starts(has_gaps: bool) -> Vec<i64> {
    let gap = |record: i64| if has_gaps { record / 20 * 1_234_567_891 } else { 0 };
    (0..50).map(|record| START + record * 80_000_000 + gap(record)).collect()
}

#[test]
fn values_times_gaps_and_events_read_back_as_they_were() {
    for has_gaps in [false, true] {
        let mut dice = Dice::new(7);
        let raw: Vec<i16> = (0..50 * 39).map(|_| dice.below(65_536) as u16 as i16).collect();
        let slow: Vec<f64> = (0..50).map(|_| dice.below(98_000) as f64 / 1_000.0).collect();
        let mut writer = EdfWriter::new(plan(has_gaps)).unwrap();
        let mut bytes = writer.header().unwrap();
        for ((raw, slow), start) in raw.chunks(39).zip(slow.chunks(1)).zip(starts(has_gaps)) {
            writer.record(start, &[EdfValues::Raw(raw), EdfValues::Physical(slow)], &mut bytes).unwrap();
        }
        writer.finish().unwrap();
        let open = open(&bytes).unwrap();
        let header = open.file.header();
        assert_eq!((header.records, header.kind.has_gaps), (Some(50), has_gaps));
        assert_eq!(header.patient, "X X X Ms_Doe");
        assert_eq!(header.recording, "Startdate 29-NOV-2026 X X night_3");
        assert_eq!(header.signals[0].unit, "uV");
        let fast = open.read(0, 1 << 20, true).unwrap();
        assert!(fast.values.iter().zip(&raw).all(|(read, written)| *read == f64::from(*written)));
        assert_eq!(fast.begins, if has_gaps { vec![20 * 39, 40 * 39] } else { vec![] });
        let read = open.read(1, 1 << 20, false).unwrap();
        assert_eq!(read.times, starts(has_gaps));
        // Half a step of 98.9 in 65,535.
        let close = |(read, written): (&f64, &f64)| (read - written).abs() <= 98.9 / 65_535.0 / 2.0;
        assert!(read.values.iter().zip(&slow).all(close));
        assert_eq!(open.notes.annotations(), plan(has_gaps).annotations);
    }
}

#[test]
fn annotations_find_room_in_few_and_in_many_records() {
    for records in [1, 2, 7, 400] {
        let many = (0..150).map(|number| EdfAnnotation {
            start: START + number * 37_000_000,
            duration: (number % 3 == 0).then_some(number),
            text: "x".repeat(1 + number as usize * 3),
        });
        let annotations: Vec<_> = many.collect();
        let signals = Vec::new();
        let plan =
            EdfPlan { record_ns: 0, records, signals, annotations: annotations.clone(), ..plan(false) };
        let mut writer = EdfWriter::new(plan).unwrap();
        let mut bytes = writer.header().unwrap();
        (0..records).for_each(|_| writer.record(START, &[], &mut bytes).unwrap());
        writer.finish().unwrap();
        assert_eq!(open(&bytes).unwrap().notes.annotations(), annotations, "in {records} records");
    }
}

#[test]
fn a_range_is_widened_to_what_a_header_holds() {
    for (low, high) in
        [(-0.123_456_789, 98.765_432_1), (-1e-9, 1e-9), (-123_456_789.5, 2e12), (0.0, 0.0), (5.0, 5.0)]
    {
        let signal = EdfSignal::new("a", 1).with_range(low, high);
        assert!(signal.physical_min <= low && signal.physical_max >= high, "{signal:?}");
        assert!(signal.physical_min < signal.physical_max, "{signal:?}");
        let plan = EdfPlan { signals: vec![signal], records: 1, ..plan(false) };
        let mut writer = EdfWriter::new(plan).unwrap();
        writer.record(START, &[EdfValues::Physical(&[high])], &mut Vec::new()).unwrap();
    }
}

#[test]
fn what_edf_cannot_hold_is_refused_in_words() {
    let refused = |change: &dyn Fn(&mut EdfPlan), said: &str| {
        let mut changed = plan(false);
        change(&mut changed);
        let error = EdfWriter::new(changed).expect_err(said);
        assert!(error.to_string().contains(said), "{error}");
    };
    refused(&|plan| plan.records = 0, "there are 0 data records");
    refused(&|plan| plan.record_ns = 0, "a data record lasts 0 ns");
    refused(&|plan| plan.record_ns = 333_333_333, "`duration of a data record` would be `0.333333333`");
    refused(&|plan| plan.signals[0].label = "a label of 17 let".into(), "`label` would be");
    refused(&|plan| plan.signals[1].unit = "Ω".into(), "headers of EDF hold ASCII only");
    refused(
        &|plan| plan.signals[1].physical_max = 1.23456789,
        "signal 2 (`slow`): the physical range ends at 1.23456789",
    );
    refused(&|plan| plan.signals[0].physical_max = 1_200.5, "begins and ends at 1200.5");
    refused(&|plan| plan.signals[0].digital_max = 40_000, "the digital range is -32768 to 40000");
    refused(&|plan| plan.signals[0].samples = 0, "no sample of it");
    refused(&|plan| plan.signals[0].samples = 6_000_000, "other readers take 10000000 at most");
    refused(&|plan| plan.annotations[0].text = "a\u{14}b".into(), "holds control characters");
    refused(&|plan| plan.annotations[0].text = "y".repeat(512), "has 512 bytes; write 1 to 511");

    let mut writer = EdfWriter::new(plan(false)).unwrap();
    let mut record = |start: i64, fast: &[i16], slow: &[f64], said: &str| {
        let mut out = vec![1];
        let values = [EdfValues::Raw(fast), EdfValues::Physical(slow)];
        let error = writer.record(start, &values, &mut out).expect_err(said);
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(out, [1], "nothing is written");
    };
    let fast = [0; 39];
    record(START, &fast, &[f64::NAN], "the value NaN lies outside the physical range");
    record(START, &fast, &[99.5], "data record 1, `slow`: the value 99.5 lies outside");
    record(START, &fast[1..], &[1.0], "38 samples; a data record has 39");
    record(START + 1, &fast, &[1.0], "data record 1 begins 1 ns from where it should");
    let error = EdfWriter::new(plan(true)).unwrap().finish().unwrap_err();
    assert!(error.to_string().contains("0 data records were written; the header says 50"), "{error}");
}
