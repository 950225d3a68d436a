//! Rune as the explorer sees it.

use futures_util::TryStreamExt;
use streamscope_client::rune::{AvailabilityQuery, Format, Times, layout};
use streamscope_client::{
    Ask, Canned, Dimension, Display, ErrorKind, Extent, MemoryTransport, Source, StreamInfo, TimeRange,
};
use streamscope_frame::{ColumnType, TimeFormat};
use streamscope_signal::{AggregateFunction, BatchOperation, SECOND};

use super::server::dimension;
use super::{csv, drain, parameter, query, rune};

const HOUR: i64 = 3600 * SECOND;

#[test]
fn data_types_become_columns() {
    let table = [
        ("timestamp", ColumnType::Time),
        ("sfloat", ColumnType::Float),
        ("ufloat", ColumnType::Float),
        ("float", ColumnType::Float),
        ("double32", ColumnType::Float),
        ("sint", ColumnType::Int),
        ("uint", ColumnType::Int),
        ("int", ColumnType::Int),
        ("bool", ColumnType::Bool),
        ("enum", ColumnType::Text),
        ("string", ColumnType::Text),
        ("dict", ColumnType::Json),
        ("hologram", ColumnType::Text),
        ("", ColumnType::Text),
    ];
    for (data_type, kind) in table {
        let layout = layout(&[dimension("x", data_type)], true);
        assert_eq!(layout.columns[0].kind, kind, "{data_type}");
        assert_eq!(layout.columns[0].unit.as_deref(), Some("#"));
        assert_eq!(
            (layout.columns[1].name.as_str(), layout.columns[1].kind),
            ("measurement_duration_ns", ColumnType::Int)
        );
    }
    assert_eq!(layout(&[dimension("x", "enum")], false).columns[0].kind, ColumnType::Int);
    assert_eq!(layout(&[dimension("measurement_duration_ns", "uint")], true).columns.len(), 1);
}

#[test]
fn availability_is_asked_for_over_whole_windows() {
    let body = "time,availability\n0,1\n3600000000000,0\n7200000000000,1\n";
    let transport = MemoryTransport::queue([csv(body), csv(body)]);
    let rune = rune(&transport);
    let source: &dyn Source = &rune;
    let range = TimeRange { start: 1, end: 2 * HOUR + 1 };
    let named = |id: &str| StreamInfo { id: id.into(), ..info(Vec::new()) };
    let one = [named("s/1")];
    let aggregates = source.aggregates(&[]).unwrap();
    let answer =
        transport.run(aggregates.availability(&one, range, 3600, BatchOperation::Any)).unwrap().unwrap();
    assert_eq!((answer.start, answer.resolution_s, answer.available), (0, 3600, vec![true, false, true]));
    let sent = &transport.requests()[0];
    assert!(sent.url.starts_with("https://stream.example/v2/streams/s%2F1/availability?"), "{}", sent.url);
    assert_eq!(parameter(sent, "start_time").as_deref(), Some("0"));
    assert_eq!(parameter(sent, "end_time").as_deref(), Some("10800"));
    let two = [named("a"), named("b")];
    transport.run(aggregates.availability(&two, range, 3600, BatchOperation::All)).unwrap().unwrap();
    let sent = &transport.requests()[1];
    assert!(sent.url.starts_with("https://stream.example/v2/batch/availability?"));
    assert_eq!(parameter(sent, "batch_operation").as_deref(), Some("all"));
    let ids: Vec<_> =
        query(sent).into_iter().filter(|(name, _)| name == "stream_id").map(|(_, id)| id).collect();
    assert_eq!(ids, ["a", "b"]);
}

#[test]
fn many_streams_are_asked_for_in_batches_and_joined() {
    let bodies = || {
        [
            csv("time,availability\n0,1\n300,0\n"),
            csv("time,availability\n0,0\n300,0\n"),
            csv("time,availability\n0,1\n300,1\n"),
        ]
    };
    let ids: Vec<String> = (0..120).map(|place| format!("s{place}")).collect();
    for (operation, expected) in [(BatchOperation::Any, [true, true]), (BatchOperation::All, [false, false])]
    {
        let transport = MemoryTransport::queue(bodies());
        let query = AvailabilityQuery {
            stream_ids: ids.clone(),
            batch_operation: Some(operation),
            start_time: 0.0,
            end_time: 600.0,
            resolution: 300,
            limit: None,
            format: Format::CSV,
            times: Times { timestamp: TimeFormat::Unix, ..Times::default() },
        };
        let answer = transport.run(rune(&transport).availability(&query)).unwrap().unwrap();
        assert_eq!(answer.available, expected);
        assert_eq!(transport.requests().len(), 3);
    }
}

#[test]
fn availability_that_is_not_aligned_or_not_binary_is_refused() {
    for body in [
        "time,availability\n1,1\n",
        "time,availability\n0,1\n7200000000000,1\n",
        "time,availability\n0,2\n",
        "time,availability\n0,\n",
    ] {
        let transport = MemoryTransport::queue([csv(body)]);
        let rune = rune(&transport);
        let range = TimeRange { start: 0, end: 2 * HOUR };
        let aggregates = rune.aggregates(&[]).unwrap();
        let streams = [info(Vec::new())];
        let answer =
            transport.run(aggregates.availability(&streams, range, 3600, BatchOperation::Any)).unwrap();
        assert_eq!(answer.unwrap_err().kind, ErrorKind::Protocol, "{body}");
    }
}

const DAILY: &str = r#"{"approx_available_duration_s": 900, "data": {"offset": ["06:00","12:00"], "values": [7.5, null],
    "n_days_with_data": [2, 0]}, "cardinality": 2, "summary": {"n_days_with_data_total": 2,
    "duration_mean_per_day": 900000000.5, "duration_min_per_day": 300000000, "duration_max_per_day": 9007199254740993,
    "value_mean": 1.5, "value_min": 1, "value_max": 2, "value_med": 1.5, "value_std": null}}"#;

#[test]
fn a_daily_aggregate_has_every_slot_even_where_the_server_leaves_some_out() {
    let transport = MemoryTransport::queue([Canned::new(200, DAILY)]);
    let rune = rune(&transport);
    let answer = transport
        .run(rune.aggregates(&[]).unwrap().daily_aggregate(&info(Vec::new()), HOUR / 2, 21_600, 2))
        .unwrap()
        .unwrap();
    assert_eq!(answer.values, [None, Some(7.5), None, None]);
    assert_eq!(answer.n_days_with_data, [0, 2, 0, 0]);
    assert_eq!(answer.summary.duration_mean_per_day, Some(900_000_000.5));
    assert_eq!(answer.summary.duration_max_per_day, Some(9_007_199_254_740_993));
    assert_eq!((answer.summary.value.mean, answer.summary.value.std), (Some(1.5), None));
    assert_eq!(parameter(&transport.requests()[0], "start_time").as_deref(), Some("1800"));
}

#[test]
fn odd_daily_aggregates_are_refused() {
    for (from, to) in
        [("06:00", "06:01"), ("06:00", "24:00"), ("06:00", "noon"), ("[2, 0]", "[2]"), ("7.5", "\"x\"")]
    {
        let transport = MemoryTransport::queue([Canned::new(200, DAILY.replace(from, to))]);
        let rune = rune(&transport);
        let answer = transport
            .run(rune.aggregates(&[]).unwrap().daily_aggregate(&info(Vec::new()), 0, 21_600, 2))
            .unwrap();
        assert_eq!(answer.unwrap_err().kind, ErrorKind::Protocol, "{to}");
    }
}

#[test]
fn aggregate_windows_are_read_in_every_form_of_time() {
    let forms = [
        (TimeFormat::Unix, "[1661990400, 1662076800]"),
        (TimeFormat::Unix, "[1661990400.0, 1662076800.0]"),
        (TimeFormat::UnixNs, "[1661990400000000000, 1662076800000000000]"),
        (TimeFormat::Iso, r#"["2022-09-01T00:00:00Z", "2022-09-01T16:00:00-08:00"]"#),
    ];
    for (timestamp, times) in forms {
        let body = format!(
            r#"{{"cardinality":2,"data":{{"time":{times},"aggregate_values":[1.5,null],"duration_sum":[3600000000000,0]}},
            "summary":{{"value_mean":1.5,"value_min":1.5,"value_max":1.5,"value_med":1.5,"value_std":0}}}}"#
        );
        let transport = MemoryTransport::queue([Canned::new(200, body)]);
        let query = streamscope_client::rune::WindowQuery {
            stream_id: "s".into(),
            start_time: 1_661_990_401.0,
            end_time: 1_662_100_000.0,
            resolution: 86_400,
            aggregate_function: AggregateFunction::Mean,
            times: Times { timestamp, ..Times::default() },
        };
        let answer = transport.run(rune(&transport).aggregate_window(&query)).unwrap().unwrap();
        assert_eq!(answer.start, 1_661_990_400 * SECOND);
        assert_eq!(answer.values, [Some(1.5), None]);
        assert_eq!(answer.duration_sum, [3_600_000_000_000, 0]);
        assert_eq!((answer.summary.mean, answer.summary.count), (Some(1.5), 1));
    }
}

fn info(dimensions: Vec<Dimension>) -> StreamInfo {
    StreamInfo {
        id: "s1".into(),
        subject_id: "p".into(),
        device_id: None,
        name: String::new(),
        stream_type: String::new(),
        description: String::new(),
        algorithm: String::new(),
        dimensions,
        labels: Default::default(),
        extent: Extent::Unknown,
    }
}

#[test]
fn a_read_has_its_columns_before_the_first_byte() {
    let dimension = |id: &str, data_type: &str| Dimension {
        id: id.into(),
        data_type: data_type.into(),
        quantity: "Q".into(),
        unit: "Unit".into(),
        unit_abbrev: "u".into(),
        display: Display::default(),
    };
    let body = "time,state,measurement_duration_ns\n5,resting,0\n";
    let transport = MemoryTransport::queue([csv(body)]);
    let stream = info(vec![dimension("time", "timestamp"), dimension("state", "enum")]);
    let mut reading =
        Source::read(&rune(&transport), &Ask::of(&stream, TimeRange { start: 5, end: 6 })).unwrap();
    let names: Vec<_> = reading.layout().columns.iter().map(|column| column.name.clone()).collect();
    assert_eq!(names, ["time", "state", "measurement_duration_ns"]);
    assert_eq!(transport.requests().len(), 0);
    let (frames, error) = drain(&transport, reading.as_mut());
    assert_eq!((frames.len(), error), (1, None));
    let sent = &transport.requests()[0];
    assert_eq!(parameter(sent, "start_time_ns").as_deref(), Some("5"));
    assert_eq!(parameter(sent, "end_time_ns").as_deref(), Some("6"));
    assert_eq!(parameter(sent, "timestamp").as_deref(), Some("unixns"));
    assert_eq!(parameter(sent, "translate_enums").as_deref(), Some("true"));
}

#[test]
fn a_streams_span_holds_all_of_its_samples() {
    // A double holds Unix seconds to an eighth of a microsecond; whole milliseconds are taken at their word.
    let body = |min: &str, max: &str| {
        Canned::new(
            200,
            format!(
                r#"{{"data":{{"streamList":{{"streams":[{{"id":"s","streamType":{{"id":"t"}},"minTime":{min},"maxTime":{max}}}]}}}}}}"#
            ),
        )
    };
    let transport = MemoryTransport::queue([
        body("1709280000.25", "1709280000.5"),
        body("1709280000.1234567", "1709280000.7654321"),
    ]);
    let rune = rune(&transport);
    let streams = transport.run(Source::streams(&rune, "p").try_concat()).unwrap().unwrap();
    let whole = TimeRange { start: 1_709_280_000_250_000_000, end: 1_709_280_000_500_000_001 };
    assert_eq!(streams[0].extent, Extent::Known(whole));
    let streams = transport.run(Source::streams(&rune, "p").try_concat()).unwrap().unwrap();
    let TimeRange { start: min, end: max } = streams[0].span().unwrap();
    assert!(
        (0..1000).contains(&(1_709_280_000_123_456_700 - min))
            && (0..1000).contains(&(max - 1_709_280_000_765_432_100))
    );
}
