//! The official Python client and ours read the same sandbox; every answer is compared, cell by cell.

mod braincube;
mod cells;
mod files;
mod hexoskin;
mod metadata;
mod v1;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use streamscope_client::rune::{
    AvailabilityQuery, DailyQuery, DataQuery, Format, Rune, StreamFilter, StreamMetadata, Times, WindowQuery,
    layout,
};
use streamscope_frame::TimeFormat;
use streamscope_sandbox::testing::{TestOptions, TestServer};
use streamscope_signal::{AggregateFunction, BatchOperation, SECOND};

use crate::{connect, drain, methods};
use cells::{close, same_columns};

/// Rows a page: the longest reads take several.
const PAGE: u64 = 20_000;

#[tokio::test(flavor = "multi_thread")]
async fn our_answers_are_the_official_clients() {
    let server = TestServer::start(TestOptions::default().page_rows(PAGE)).await.unwrap();
    let mut calls = official("STREAMSCOPE_PYTHON", "rune_official", server.url());
    calls.extend(official("STREAMSCOPE_PYTHON_V1", "rune_metrics", server.url()));
    let rune = connect(server.url());
    let mut streams = BTreeMap::new();
    for patient in rune.patients().await.unwrap() {
        for stream in rune.patient_streams(&patient.id, &StreamFilter::default()).await.unwrap() {
            streams.insert(stream.id.clone(), stream);
        }
    }
    let mut compared: BTreeMap<String, usize> = BTreeMap::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for call in &calls {
        let name = call["call"].as_str().unwrap();
        let (arguments, answer) = (&call["arguments"], &call["answer"]);
        match name {
            "data" => data(&rune, &streams, arguments, answer).await,
            "availability" => availability(&rune, arguments, answer).await,
            "daily_aggregate" => daily(&rune, arguments, answer).await,
            "aggregate_window" => window(&rune, arguments, answer).await,
            "official_names" => names.extend(serde_json::from_value::<Vec<String>>(answer.clone()).unwrap()),
            _ if metadata::compare(&rune, name, arguments, answer).await => {}
            _ => listed(&rune, name, arguments, answer).await,
        }
        *compared.entry(name.to_string()).or_default() += 1;
    }
    methods::check("conformance/rune_methods.md", &names, &compared);
}

/// What a release of the official client read: the calls of a script, run by the Python that a variable names.
fn official(variable: &str, script: &str, url: &str) -> Vec<Value> {
    let out = run(variable, script, url);
    serde_json::from_slice(&std::fs::read(out.join("calls.json")).unwrap()).unwrap()
}

/// Runs a script on a server and gives the folder that it wrote to.
fn run(variable: &str, script: &str, url: &str) -> PathBuf {
    let python = std::env::var_os(variable).unwrap_or_else(|| {
        panic!(
            "{variable} is not set: run `cargo xtask test`, or set it to a Python that has what the requirements in \
             tests/conformance name"
        )
    });
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(script);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance").join(script).with_extension("py");
    let run =
        Command::new(&python).arg(script).arg(url).arg(&out).output().expect("Python cannot be started");
    assert!(run.status.success(), "the script failed:\n{}", String::from_utf8_lossy(&run.stderr));
    out
}

fn by_id(list: &Value) -> BTreeMap<&str, &Value> {
    list.as_array().unwrap().iter().map(|item| (item["id"].as_str().unwrap(), item)).collect()
}

async fn listed(rune: &Rune, call: &str, arguments: &Value, answer: &Value) {
    let text = |name: &str| arguments[name].as_str().map(str::to_string);
    let ours = match call {
        "user" => json!(rune.current_user().await.unwrap()),
        "organizations" => json!(rune.orgs().await.unwrap()),
        "stream_types" => json!(rune.stream_types().await.unwrap()),
        "patients" => json!(rune.patients().await.unwrap()),
        "patient_streams" => {
            let filter = StreamFilter {
                device_id: text("device_id"),
                stream_type_id: text("stream_type_id"),
                algorithm: text("algorithm"),
                category: text("category"),
                measurement: text("measurement"),
                parameters: Vec::new(),
            };
            let streams = rune.patient_streams(&text("patient_id").unwrap(), &filter).await.unwrap();
            json!(streams)
        }
        "streams_by_id" => {
            let ids: Vec<String> = serde_json::from_value(arguments["stream_ids"].clone()).unwrap();
            let streams = rune.streams_by_ids(&ids).await.unwrap();
            let ours = json!(streams);
            // Ours come in the order asked for, the official client's in the server's.
            assert_eq!(by_id(&ours), by_id(answer), "{call}");
            return;
        }
        _ => panic!("no comparison is written for the call `{call}`"),
    };
    assert_eq!(&ours, answer, "{call} {arguments}");
}

fn times(arguments: &Value) -> Times {
    let timestamp = match arguments["timestamp"].as_str() {
        Some("unix") => TimeFormat::Unix,
        Some("unixns") | None => TimeFormat::UnixNs,
        Some("iso") => TimeFormat::Iso,
        Some(other) => panic!("an unknown timestamp format: {other}"),
    };
    let timezone = arguments["timezone"].as_i64().map(|offset| offset as i32);
    Times { timestamp, timezone, timezone_name: None }
}

async fn data(rune: &Rune, streams: &BTreeMap<String, StreamMetadata>, arguments: &Value, answer: &Value) {
    let stream = &streams[arguments["stream_id"].as_str().unwrap()];
    let translate_enums = arguments["translate_enums"].as_bool().unwrap_or(true);
    for format in [Format::CSV, Format::JSON] {
        let query = DataQuery {
            stream_id: stream.id.clone(),
            start_time: arguments["start_time"].as_f64(),
            end_time: arguments["end_time"].as_f64(),
            limit: arguments["limit"].as_u64(),
            format,
            times: times(arguments),
            translate_enums,
            ..DataQuery::default()
        };
        let layout = layout(&stream.stream_type.dimensions, translate_enums);
        let read = rune.data(&query, layout.clone()).unwrap();
        let (frames, error) = drain(read).await;
        assert_eq!(error, None, "{format:?} {arguments}");
        same_columns(&layout, &frames, answer, &format!("{format:?} {arguments}"));
    }
}

async fn availability(rune: &Rune, arguments: &Value, answer: &Value) {
    let resolution = arguments["resolution"].as_u64().unwrap() as u32;
    let batch_operation = arguments["batch_operation"].as_str().map(|name| match name {
        "any" => BatchOperation::Any,
        "all" => BatchOperation::All,
        other => panic!("an unknown batch operation: {other}"),
    });
    for (format, timestamp) in [
        (Format::CSV, TimeFormat::UnixNs),
        (Format::CSV, TimeFormat::Unix),
        (Format::CSV, TimeFormat::Iso),
        (Format::JSON, TimeFormat::UnixNs),
    ] {
        let query = AvailabilityQuery {
            stream_ids: serde_json::from_value(arguments["stream_ids"].clone()).unwrap(),
            batch_operation,
            start_time: arguments["start_time"].as_f64().unwrap(),
            end_time: arguments["end_time"].as_f64().unwrap(),
            resolution,
            limit: None,
            format,
            times: Times { timestamp, ..Times::default() },
        };
        let ours = rune.availability(&query).await.unwrap();
        let step = resolution as i64 * SECOND;
        let starts = (0..ours.available.len() as i64).map(|place| ours.start + place * step);
        let available: Vec<u8> = ours.available.iter().map(|available| *available as u8).collect();
        let ours = json!({ "time": starts.collect::<Vec<_>>(), "availability": available });
        assert_eq!(&ours, answer, "{arguments}");
    }
}

/// The figures of a summary, under the names of the wire.
fn summary(summary: &streamscope_signal::Summary) -> [(&'static str, Option<f64>); 5] {
    [
        ("value_mean", summary.mean),
        ("value_min", summary.min),
        ("value_max", summary.max),
        ("value_med", summary.median),
        ("value_std", summary.std),
    ]
}

fn same_summary(ours: &streamscope_signal::Summary, answer: &Value, what: &str) {
    for (name, figure) in summary(ours) {
        assert!(answer.get(name).is_some(), "{what}: {name} is missing");
        assert!(close(figure, &answer[name]), "{what}: {name} is {figure:?}, not {}", answer[name]);
    }
}

fn same_values(ours: &[Option<f64>], answer: &Value, what: &str) {
    let answer = answer.as_array().unwrap();
    assert_eq!(ours.len(), answer.len(), "{what}");
    for (place, (ours, answer)) in ours.iter().zip(answer).enumerate() {
        assert!(close(*ours, answer), "{what}: value {place} is {ours:?}, not {answer}");
    }
}

async fn daily(rune: &Rune, arguments: &Value, answer: &Value) {
    let resolution = arguments["resolution"].as_u64().unwrap() as u32;
    let query = DailyQuery {
        stream_id: arguments["stream_id"].as_str().unwrap().into(),
        start_time: arguments["start_time"].as_f64().unwrap(),
        resolution,
        n_days: arguments["n_days"].as_u64().unwrap() as u32,
    };
    let ours = rune.daily_aggregate(&query).await.unwrap();
    let what = format!("daily aggregate {arguments}");
    let offsets = (0..86_400 / resolution).map(|slot| slot * resolution);
    let offsets: Vec<String> = offsets.map(|s| format!("{:02}:{:02}", s / 3600, s % 3600 / 60)).collect();
    assert_eq!(json!(offsets), answer["data"]["offset"], "{what}");
    same_values(&ours.values, &answer["data"]["values"], &what);
    assert_eq!(json!(ours.n_days_with_data), answer["data"]["n_days_with_data"], "{what}");
    assert!(close(Some(ours.approx_available_duration_s), &answer["approx_available_duration_s"]), "{what}");
    let figures = &answer["summary"];
    assert_eq!(json!(ours.summary.n_days_with_data_total), figures["n_days_with_data_total"], "{what}");
    assert!(close(ours.summary.duration_mean_per_day, &figures["duration_mean_per_day"]), "{what}");
    assert_eq!(json!(ours.summary.duration_min_per_day), figures["duration_min_per_day"], "{what}");
    assert_eq!(json!(ours.summary.duration_max_per_day), figures["duration_max_per_day"], "{what}");
    same_summary(&ours.summary.value, figures, &what);
}

async fn window(rune: &Rune, arguments: &Value, answer: &Value) {
    for timestamp in [TimeFormat::UnixNs, TimeFormat::Unix, TimeFormat::Iso] {
        let resolution = arguments["resolution"].as_u64().unwrap() as u32;
        let query = WindowQuery {
            stream_id: arguments["stream_id"].as_str().unwrap().into(),
            start_time: arguments["start_time"].as_f64().unwrap(),
            end_time: arguments["end_time"].as_f64().unwrap(),
            resolution,
            aggregate_function: match arguments["aggregate_function"].as_str().unwrap() {
                "sum" => AggregateFunction::Sum,
                "mean" => AggregateFunction::Mean,
                other => panic!("an unknown aggregate function: {other}"),
            },
            times: Times { timestamp, ..Times::default() },
        };
        let ours = rune.aggregate_window(&query).await.unwrap();
        let what = format!("aggregate window {arguments}");
        let starts =
            (0..ours.values.len() as i64).map(|place| ours.start + place * resolution as i64 * SECOND);
        assert_eq!(json!(starts.collect::<Vec<_>>()), answer["data"]["time"], "{what}");
        same_values(&ours.values, &answer["data"]["aggregate_values"], &what);
        assert_eq!(json!(ours.duration_sum), answer["data"]["duration_sum"], "{what}");
        same_summary(&ours.summary, &answer["summary"], &what);
    }
}
