//! A node as the explorer sees it, told from what a real one said.

use futures_util::TryStreamExt;
use streamscope_client::joule;
use streamscope_client::{
    Canned, ComputedBy, Display, ErrorKind, Extent, MemoryTransport, Source, TimeRange, aggregates,
};
use streamscope_signal::{AggregateFunction, BatchOperation, SECOND};

use super::joule_data::joule as connect;
use super::parameter;

const T0: i64 = 1_700_000_000 * SECOND;
const POWER: &str = "/site/building A/power";

/// A node that answers with what was captured.
fn node() -> MemoryTransport {
    MemoryTransport::new(|request| {
        let path = request.url.strip_prefix("https://node.example/joule").unwrap();
        let stream = parameter(request, "stream_id").or_else(|| parameter(request, "id"));
        let body = match (path.split('?').next().unwrap(), stream.as_deref()) {
            ("/folders.json", _) => include_str!("../fixtures/joule/folders-data-info.json"),
            ("/data/intervals.json", _) => include_str!("../fixtures/joule/intervals_power.json"),
            ("/event/data.json", Some("1")) => include_str!("../fixtures/joule/events_alarms_first300.json"),
            ("/event/data.json", Some("2")) => include_str!("../fixtures/joule/events_alarms_histogram.json"),
            ("/event/data.json", _) => r#"{"count": 0, "events": [], "type": "events"}"#,
            ("/annotations.json", Some("1")) => include_str!("../fixtures/joule/annotations_power.json"),
            ("/annotations.json", _) => "[]",
            other => panic!("nothing was expected to ask for {other:?}"),
        };
        Canned::new(200, body)
    })
}

#[test]
fn folders_are_a_tree_of_subjects_parents_first() {
    let transport = node();
    let joule = connect(&transport);
    let source: &dyn Source = &joule;
    assert_eq!(source.about().platform, joule::PLATFORM);
    let subjects = transport.run(source.subjects(None).try_concat()).unwrap().unwrap();
    let seen: Vec<_> =
        subjects.iter().map(|subject| (subject.id.as_str(), subject.parent.as_deref())).collect();
    assert!(seen.contains(&("/site", None)), "the root holds no stream: {seen:?}");
    assert!(seen.contains(&("/site/building A", Some("/site"))));
    for (place, (_, parent)) in seen.iter().enumerate() {
        let before = |parent| seen[..place].iter().any(|(id, _)| *id == parent);
        assert!(parent.is_none_or(before), "a parent comes before its children");
    }
}

#[test]
fn streams_tell_columns_display_and_extent() {
    let transport = node();
    let joule = connect(&transport);
    let streams = transport.run(joule.streams("/site/building A").try_concat()).unwrap().unwrap();
    let power = streams.iter().find(|stream| stream.id == POWER).unwrap();
    assert_eq!((power.subject_id.as_str(), power.name.as_str()), ("/site/building A", "power"));
    // The end is the instant after the last sample.
    let whole = TimeRange { start: T0, end: T0 + 2599 * SECOND + 999_001_000 };
    assert_eq!(power.extent, Extent::Known(whole));
    let names: Vec<_> = power.dimensions.iter().map(|dimension| dimension.id.as_str()).collect();
    assert_eq!(names, ["time", "V", "I", "on"]);
    let volt = &power.dimensions[1];
    assert_eq!((volt.data_type.as_str(), volt.unit_abbrev.as_str()), ("float32", "volt"));
    assert_eq!(
        volt.display,
        Display { offset: 1.5, scale: 2.0, states: false, limits: Some((-400.0, 400.0)) }
    );
    assert!(power.dimensions[3].display.states);

    let all = transport.run(joule.streams("/site").try_concat()).unwrap().unwrap();
    assert!(all.len() > streams.len() && all.iter().any(|stream| stream.id == "/site/counters/c64"));
    let empty = all.iter().find(|stream| stream.id == "/site/empty").unwrap();
    assert_eq!(empty.extent, Extent::Empty);
    let error = transport.run(joule.streams("/nowhere").try_concat()).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    let trees = transport.requests().iter().filter(|request| request.url.contains("/folders.json")).count();
    assert_eq!(trees, 1, "the tree is asked for once");
}

#[test]
fn availability_comes_from_declared_intervals() {
    let transport = node();
    let joule = connect(&transport);
    let streams = transport.run(joule.streams("/site/building A").try_concat()).unwrap().unwrap();
    let power: Vec<_> = streams.into_iter().filter(|stream| stream.id == POWER).collect();
    let source: &dyn Source = &joule;
    let computed = aggregates(source, &[]);
    assert_eq!(computed.computed_by(), ComputedBy::Client);
    let range = TimeRange { start: T0, end: T0 + 3000 * SECOND };
    let found =
        transport.run(computed.availability(&power, range, 200, BatchOperation::All)).unwrap().unwrap();
    // 20 minutes of data, 10 without, and 13 with them again.
    let expected: Vec<bool> = (0..15).map(|window| !(6..9).contains(&window) && window < 13).collect();
    assert_eq!((found.start, found.available), (T0, expected));
    let none =
        transport.run(computed.availability(&[], range, 200, BatchOperation::All)).unwrap().unwrap_err();
    assert!(none.message.contains("No stream is named"));
    let wide = TimeRange { start: 0, end: i64::MAX };
    let many =
        transport.run(computed.availability(&power, wide, 1, BatchOperation::Any)).unwrap().unwrap_err();
    assert!(many.message.contains("ask for at most"), "{many}");
}

#[test]
fn events_and_annotations_are_told_apart_and_too_many_become_numbers() {
    let transport = node();
    let joule = connect(&transport);
    let range = TimeRange { start: T0 + 500 * SECOND, end: T0 + 3000 * SECOND };
    let events = transport.run(joule.events("/site", range)).unwrap().unwrap();
    assert!(events.is_sorted_by_key(|event| event.start));
    let range_note = events.iter().find(|event| event.id == "annotation:2").unwrap();
    assert_eq!((range_note.name.as_str(), range_note.category.as_str()), ("range", "annotation"));
    assert_eq!(
        range_note.end,
        Some(T0 + 600 * SECOND + 3000),
        "it began before the range and reaches into it"
    );
    assert!(events.iter().all(|event| event.id != "annotation:1"), "one that ended before is left out");
    let alarm = events.iter().find(|event| event.category == "alarms").unwrap();
    assert!(
        alarm.id.starts_with("event:1:") && ["over", "under"].contains(&alarm.name.as_str()),
        "{alarm:?}"
    );
    assert!(alarm.fields.iter().any(|(field, _)| field == "value"));
    assert!(events.iter().any(|event| event.id.starts_with("events:2:") && event.name.ends_with(" events")));
}

/// A node with one stream of int16_1 at `/s`: a sample each second, its value the second's number.
fn seconds(count: i64) -> MemoryTransport {
    let tree = r#"{"id": 1, "name": "root", "children": [], "event_streams": [], "streams": [{"id": 7, "name": "s",
        "datatype": "int16", "layout": "int16_1", "elements": [{"index": 0, "name": "n"}]}]}"#;
    let stream = r#"{"id": 7, "name": "s", "datatype": "int16", "layout": "int16_1",
        "data_info": {"start": 1700000000000000, "end": 1700000001000000, "rows": 2, "bytes": 0, "total_time": 1000000}}"#;
    let row = |(time, n): (i64, i64)| [&time.to_le_bytes()[..], &(n as i16).to_le_bytes()].concat();
    MemoryTransport::new(move |request| match request.url.split(['?', '#']).next().unwrap() {
        "https://node.example/joule/folders.json" => Canned::new(200, tree),
        "https://node.example/joule/stream.json" => Canned::new(200, stream),
        _ => {
            let bound = |name: &str| parameter(request, name).unwrap().parse::<i64>().unwrap();
            let rows = (0..count).map(|n| (T0 / 1000 + n * 1_000_000, n));
            let inside = rows.filter(|(time, _)| (bound("start")..bound("end")).contains(time));
            let body: Vec<u8> = inside.flat_map(row).collect();
            Canned::new(200, body).header("joule-layout", "int16_1").header("joule-decimation", "1")
        }
    })
}

#[test]
fn averages_are_computed_from_samples() {
    let transport = seconds(120);
    let joule = connect(&transport);
    let subjects = transport.run(joule.subjects(None).try_concat()).unwrap().unwrap();
    assert_eq!(
        (subjects[0].id.as_str(), subjects[0].name.as_str()),
        ("/", "/"),
        "a root with streams is a subject"
    );
    let range = TimeRange { start: T0 + 20 * SECOND, end: T0 + 80 * SECOND };
    let streams = transport.run(joule.streams("/").try_concat()).unwrap().unwrap();
    let (stream, source): (_, &dyn Source) = (&streams[0], &joule);
    let computed = aggregates(source, &[]);
    let ask =
        |function| transport.run(computed.aggregate_window(stream, range, 20, function)).unwrap().unwrap();
    let sums = ask(AggregateFunction::Sum);
    assert_eq!((sums.start, sums.values.len()), (T0 + 20 * SECOND, 3));
    assert_eq!(sums.duration_sum, [20 * SECOND; 3]);
    assert_eq!(ask(AggregateFunction::Mean).values[0], Some(29.5));
    let day = transport.run(computed.daily_aggregate(stream, T0, 3600, 1)).unwrap().unwrap();
    assert_eq!(day.summary.n_days_with_data_total, 1);
    assert_eq!(day.summary.value.mean, Some(59.5));
    assert_eq!(day.approx_available_duration_s, 120.0);
}
