//! What we write as EDF+, read by pyedflib and edfio: every value, time, gap and event.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use streamscope_frame::{EdfAnnotation, EdfPlan, EdfSignal, EdfValues, EdfWriter};

use super::super::official;
use super::{edf, saved};

const SECOND: i64 = 1_000_000_000;
/// 2026-03-29 01:59:58.25.
const START: i64 = 1_774_749_598 * SECOND + SECOND / 4;
const RECORDS: usize = 200;
const SAMPLES: [usize; 3] = [39, 8, 1];
const RECORD_NS: i64 = 80_000_000;

/// A raw value that looks random.
fn raw(signal: usize, sample: usize) -> i16 {
    ((sample * 40_503 + signal * 977) % 65_536) as u16 as i16
}

fn plan(has_gaps: bool) -> EdfPlan {
    let signal = |label: &str, samples: usize| EdfSignal::new(label, samples as u32);
    let mut fast = signal("EEG Fpz-Cz", SAMPLES[0]);
    (fast.unit, fast.prefilter) = ("µV".into(), "HP:0.1Hz LP:75Hz".into());
    (fast.physical_min, fast.physical_max) = (3_276.7, -3_276.8);
    let noted = |start: i64, duration, text: &str| EdfAnnotation {
        start: START + start,
        duration,
        text: text.into(),
    };
    let mut annotations = vec![
        noted(0, None, "begin"),
        noted(1_500_000_000, Some(30_250_000_000), "Sleep stage N2"),
        noted(1_500_100_000, Some(0), "θ für µV"),
    ];
    annotations.extend(
        (0..300).map(|number| noted(2 * SECOND + number * 40_000_000, None, &format!("beat {number}"))),
    );
    EdfPlan {
        patient: "MCH-0234567 F 02-MAY-1951 Haagse_Harry".into(),
        recording: "PSG-1234/1987 NN Telemetry03".into(),
        start: START,
        has_gaps,
        record_ns: RECORD_NS,
        records: RECORDS as u64,
        signals: vec![
            fast,
            signal("Temp rectal", SAMPLES[1]).with_range(34.4, 40.123_456),
            signal("Event marker", SAMPLES[2]),
        ],
        annotations,
    }
}

fn starts(has_gaps: bool) -> Vec<i64> {
    let gap = |record: i64| if has_gaps { record / 30 * 3_600_500_000_000 } else { 0 };
    (0..RECORDS as i64).map(|record| START + record * RECORD_NS + gap(record)).collect()
}

fn write(path: &Path, has_gaps: bool) {
    let mut writer = EdfWriter::new(plan(has_gaps)).unwrap();
    let mut bytes = writer.header().unwrap();
    for (record, start) in starts(has_gaps).into_iter().enumerate() {
        let samples = |signal: usize| -> Vec<i16> {
            let first = record * SAMPLES[signal];
            (first..first + SAMPLES[signal]).map(|sample| raw(signal, sample)).collect()
        };
        let (fast, slow, marker) = (samples(0), samples(1), samples(2));
        // The second signal as physical values, of which each is one raw value.
        let scale = &plan(has_gaps).signals[1];
        let physical: Vec<f64> =
            slow.iter().map(|raw| scale.gain() * (scale.offset() + f64::from(*raw))).collect();
        let values = [EdfValues::Raw(&fast), EdfValues::Physical(&physical), EdfValues::Raw(&marker)];
        writer.record(start, &values, &mut bytes).unwrap();
    }
    writer.finish().unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn by_edfio(call: &Value) {
    let gaps = call["gaps"].as_bool().unwrap();
    assert_eq!(json!(starts(gaps)), call["starts"], "when data records begin");
    assert_eq!(call["patient"], "Haagse_Harry");
    for (signal, theirs) in call["signals"].as_array().unwrap().iter().enumerate() {
        let plan = &plan(gaps).signals[signal];
        assert_eq!(theirs["label"], json!(plan.label));
        assert_eq!(theirs["unit"], json!(plan.unit.replace('µ', "u")));
        let read = saved(&theirs["raw"], i32::from_le_bytes);
        let written = (0..RECORDS * SAMPLES[signal]).map(|sample| i32::from(raw(signal, sample)));
        assert!(written.eq(read.iter().copied()), "{}: values differ", plan.label);
        let values = saved(&theirs["values"], f64::from_le_bytes);
        let close = |(raw, value): (&i32, &f64)| {
            (plan.gain() * (plan.offset() + f64::from(*raw)) - value).abs() <= plan.gain().abs() * 1e-6
        };
        assert!(read.iter().zip(&values).all(close), "{}: physical values differ", plan.label);
    }
    let events = call["events"].as_array().unwrap();
    let written = plan(gaps).annotations;
    assert_eq!(events.len(), written.len());
    for (event, written) in events.iter().zip(&written) {
        assert_eq!(event["text"], json!(written.text));
        assert!((event["start"].as_i64().unwrap() - written.start).abs() <= 1_000, "{event}");
        let duration = written.duration.map_or(-1.0, |duration| duration as f64 / 1e9);
        assert_eq!(event["duration"].as_f64(), Some(duration), "{event}");
    }
}

#[tokio::test]
async fn what_we_write_is_what_pyedflib_and_edfio_read() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("files-written-by-us");
    std::fs::create_dir_all(&folder).unwrap();
    write(&folder.join("even.edf"), false);
    write(&folder.join("gaps.edf"), true);
    let calls = official("STREAMSCOPE_PYTHON_FILES", "files_written", folder.to_str().unwrap());
    let read =
        |reader: &str| calls.iter().filter(|call| call["reader"] == reader).cloned().collect::<Vec<_>>();
    assert_eq!((read("edfio").len(), read("pyedflib").len()), (2, 1));
    read("edfio").iter().for_each(by_edfio);
    for call in read("pyedflib") {
        assert_eq!(call["events"].as_array().unwrap().len(), plan(false).annotations.len());
        // Ours reads what pyedflib reads, value for value.
        edf(&call).await;
    }
}
