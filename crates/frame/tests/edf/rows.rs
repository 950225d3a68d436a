//! Values and times of samples.

use super::maker::{Maker, Signal, raw};
use super::{Rows, open};

const SECOND: i64 = 1_000_000_000;
/// 2026-11-29 23:59:58.
const START: i64 = 1_795_996_798 * SECOND;

#[test]
fn every_signal_is_read_at_its_own_rate_over_any_windows() {
    let mut turned = Signal::new("turned", 3);
    turned.physical = ("10", "-10.5");
    let file = Maker::plain(5, vec![Signal::new("fast", 256), turned, Signal::new("slow", 1)]);
    let bytes = file.make();
    let open = open(&bytes).unwrap();
    for (number, signal) in file.signals.iter().enumerate() {
        let expected: Vec<i64> = (0..5 * signal.samples as i64)
            .map(|sample| START + (sample as f64 * 1e9 / signal.samples as f64).round() as i64)
            .collect();
        let scale = |raw: i32| match signal.label {
            // From 10 at -1000 down to -10.5 at 1000.
            "turned" => 10.0 - f64::from(raw + 1000) * 20.5 / 2000.0,
            _ => f64::from(raw) / 10.0,
        };
        for most_bytes in [1, 2, 7, 500, 1_000, 1 << 20] {
            let rows = open.read(number, most_bytes, false).unwrap();
            assert_eq!(rows.times, expected, "{} in windows of {most_bytes}", signal.label);
            let close = |(sample, value): (usize, &f64)| (scale(raw(sample)) - value).abs() < 1e-9;
            assert!(rows.values.iter().enumerate().all(close), "{}", signal.label);
            let raws = open.read(number, most_bytes, true).unwrap().values;
            assert!(raws.iter().enumerate().all(|(sample, value)| *value == f64::from(raw(sample))));
            assert!(rows.begins.is_empty());
        }
    }
    let whole = START..START + 5 * SECOND;
    assert_eq!(open.file.intervals(), vec![whole]);
}

#[test]
fn samples_of_24_bits_keep_their_sign_and_all_their_bits() {
    let mut signal = Signal::new("status", 1);
    signal.physical = ("-8388608", "8388607");
    signal.digital = ("-8388608", "8388607");
    let mut file = Maker::plain(3, vec![signal]);
    file.is_bdf = true;
    file.reserved = "24BIT";
    let mut bytes = file.make();
    let samples: [i32; 3] = [-8_388_608, -1, 8_388_607];
    let start = bytes.len() - 9;
    samples.iter().enumerate().for_each(|(at, value)| {
        bytes[start + at * 3..][..3].copy_from_slice(&value.to_le_bytes()[..3]);
    });
    let rows = open(&bytes).unwrap().read(0, 1 << 20, true).unwrap();
    assert_eq!(rows.values, samples.map(f64::from));
    assert_eq!(open(&bytes).unwrap().read(0, 1 << 20, false).unwrap().values, samples.map(f64::from));
}

#[test]
fn nothing_drifts_at_odd_rates_over_many_hours() {
    // 487.5 Hz: 39 samples in 0.08 s; 7 in 3.5 s; 12 hours of them.
    for (samples, duration, duration_ns) in [(39, "0.08", 80_000_000_i128), (7, "3.5", 3_500_000_000)] {
        let records = 12 * 3_600 * SECOND as usize / duration_ns as usize;
        let mut file = Maker::plain(records, vec![Signal::new("odd", samples)]);
        file.duration = duration;
        let bytes = file.make();
        let open = open(&bytes).unwrap();
        let rows = open.read(0, 1 << 16, false).unwrap();
        assert_eq!(rows.times.len(), records * samples);
        for (sample, time) in (0..).zip(&rows.times) {
            // Nearest ns of sample * duration / samples.
            let exact = (sample * duration_ns * 2 + samples as i128) / (2 * samples as i128);
            assert_eq!(i128::from(*time - START), exact, "sample {sample}");
        }
        let middle = rows.times.len() / 2;
        let from = open.file.samples_in(0, rows.times[middle], i64::MAX);
        assert_eq!(from, middle as u64..rows.times.len() as u64);
        assert_eq!(open.file.samples_in(0, rows.times[middle] + 1, i64::MAX).start, middle as u64 + 1);
    }
}

#[test]
fn gaps_are_kept_and_begin_intervals() {
    let signals = vec![Signal::new("a", 4), Signal::new("b", 2)];
    let bytes = Maker::gaps(&["0.25", "1.25", "10", "11.0000001", "12", "40.5"], signals).make();
    let open = open(&bytes).unwrap();
    let starts: Vec<i64> = [0.25, 1.25, 10.0, 11.0, 12.0, 40.5].map(|at: f64| (at * 1e9) as i64).into();
    for most_bytes in [1, 16, 1 << 20] {
        let rows = open.read(0, most_bytes, false).unwrap();
        // A start that differs by less than half a sample is no gap; the time is the one that was written.
        assert_eq!(rows.begins, [8, 20], "in windows of {most_bytes}");
        let quarters = |start: &i64| [0, 1, 2, 3].map(|step| START + start + step * SECOND / 4);
        let mut expected: Vec<i64> = starts.iter().flat_map(quarters).collect();
        expected[12..16].iter_mut().for_each(|time| *time += 100);
        assert_eq!(rows.times, expected);
    }
    let at = |seconds: f64| START + (seconds * 1e9) as i64;
    assert_eq!(open.file.intervals(), [at(0.25)..at(2.25), at(10.0)..at(13.0), at(40.5)..at(41.5)]);
    // Nothing lies in a gap.
    assert_eq!(open.file.samples_in(1, at(2.25), at(10.0)), 4..4);
    assert_eq!(open.file.samples_in(1, at(2.0), at(10.0) + 1), 4..5);
}

#[test]
fn records_that_overlap_are_refused() {
    let bytes = Maker::gaps(&["0", "5", "5.5"], vec![Signal::new("a", 4)]).make();
    let error = open(&bytes).err().unwrap();
    assert!(error.to_string().contains("data record 3 begins 500000000 ns before"), "{error}");
}

#[test]
fn a_recording_that_was_cut_off_is_read_as_far_as_it_goes() {
    let mut file = Maker::plain(5, vec![Signal::new("a", 4)]);
    file.named = "5";
    let bytes = file.make();
    let cut = &bytes[..bytes.len() - 1];
    let all = open(&bytes).unwrap().read(0, 64, false).unwrap();
    let rest = open(cut).unwrap().read(0, 64, false).unwrap();
    assert_eq!(rest, Rows { times: all.times[..16].into(), values: all.values[..16].into(), begins: vec![] });
    // What lies behind the records that the header names is no record.
    let longer = [&bytes[..], &[7; 100]].concat();
    assert_eq!(open(&longer).unwrap().read(0, 64, false).unwrap(), all);
}
