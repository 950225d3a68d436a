//! Tables of several streams, of availability, and raw pages.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use serde_json::json;
use streamscope_client::rune::{AvailabilityQuery, DataQuery, Format, Set, StreamMetadata, Times};
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Request};
use streamscope_signal::BatchOperation;

use super::server::dimension;
use super::sets::{stream, text};
use super::{csv, drain, parameter, rune};

fn names(schema: &arrow_array::RecordBatch) -> Vec<String> {
    schema.schema().fields().iter().map(|field| field.name().clone()).collect()
}

fn of(streams: impl IntoIterator<Item = StreamMetadata>) -> Set<StreamMetadata> {
    streams.into_iter().collect()
}

/// `count` and `level` differ in their second column.
fn two() -> Set<StreamMetadata> {
    let mut level = stream("s2", &[("side", "left"), ("value", "shadow"), ("category", "c2")]);
    level.stream_type.dimensions =
        vec![dimension("time", "timestamp"), dimension("level", "sfloat"), dimension("event", "dict")];
    of([stream("s1", &[("category", "c1"), ("algorithm", "label")]), level])
}

fn answer(request: &Request) -> Canned {
    if request.url.contains("/s1?") {
        csv("time,value,measurement_duration_ns\n1,10,5\n2,,5\n")
    } else {
        csv("time,level,event,measurement_duration_ns\n1,0.5,\"{\"\"a\"\": 1}\",5\n")
    }
}

fn read(transport: &MemoryTransport, streams: &Set<StreamMetadata>) -> (Vec<String>, Vec<RecordBatch>) {
    let mut read = rune(transport).streams_table(streams, &DataQuery::default()).unwrap();
    let columns = read.layout().columns.iter().map(|column| column.name.clone()).collect();
    let (frames, error) = drain(transport, read.as_mut());
    assert_eq!(error, None);
    assert!(frames.windows(2).all(|pair| pair[0].schema() == pair[1].schema()));
    assert_eq!(read.progress().rows as usize, frames.iter().map(RecordBatch::num_rows).sum::<usize>());
    (columns, frames)
}

#[test]
fn streams_are_stacked_with_their_metadata() {
    let transport = MemoryTransport::new(answer);
    let (columns, frames) = read(&transport, &two());
    let expected = [
        "time",
        "value",
        "measurement_duration_ns",
        "stream_id",
        "stream_type_id",
        "patient_id",
        "device_id",
        "algorithm",
        "category",
        "metadata_algorithm",
        "level",
        "event",
        "side",
    ];
    assert_eq!(columns, expected);
    assert_eq!((names(&frames[0]), names(&frames[1])), (columns.clone(), columns));
    let (one, two) = (&frames[0], &frames[1]);
    assert_eq!((one.num_rows(), two.num_rows()), (2, 1));
    for (column, value) in [
        ("stream_id", "s1"),
        ("stream_type_id", "count"),
        ("patient_id", "p1"),
        ("device_id", "d1"),
        ("algorithm", "a.0"),
        ("category", "c1"),
        ("metadata_algorithm", "label"),
    ] {
        assert_eq!(text(one, column, 1).as_deref(), Some(value), "{column}");
    }
    assert_eq!((text(one, "side", 0), text(two, "side", 0).as_deref()), (None, Some("left")));
    assert_eq!(text(two, "event", 0).as_deref(), Some("{\"a\": 1}"));
    assert_eq!(two.column_by_name("level").unwrap().as_primitive::<Float64Type>().value(0), 0.5);
    // A label named like a column of another stream: both are text.
    assert_eq!(
        (text(one, "value", 0).as_deref(), text(two, "value", 0).as_deref()),
        (Some("10"), Some("shadow"))
    );
}

#[test]
fn a_column_of_integers_and_numbers_is_one_of_numbers() {
    let mut other = stream("s2", &[]);
    other.stream_type.dimensions = vec![dimension("time", "timestamp"), dimension("value", "sfloat")];
    let transport = MemoryTransport::new(|request| {
        csv(if request.url.contains("/s1?") {
            "time,value,measurement_duration_ns\n1,10,5\n"
        } else {
            "time,value,measurement_duration_ns\n1,0.5,5\n"
        })
    });
    let (_, frames) = read(&transport, &of([stream("s1", &[]), other]));
    let values: Vec<f64> =
        frames.iter().map(|frame| frame.column(1).as_primitive::<Float64Type>().value(0)).collect();
    assert_eq!(values, [10.0, 0.5]);
}

#[test]
fn nothing_to_read_is_an_empty_table() {
    let transport = MemoryTransport::queue([]);
    assert_eq!(read(&transport, &Set::new()), (Vec::new(), Vec::new()));
    let headers = "time,value,measurement_duration_ns\n";
    let transport = MemoryTransport::queue([csv(headers)]);
    assert!(read(&transport, &of([stream("s1", &[])])).1.is_empty());
}

#[test]
fn an_error_tells_the_rows_of_all_streams() {
    let transport = MemoryTransport::new(|request| {
        if request.url.contains("/s1?") { answer(request) } else { Canned::new(404, "no such stream") }
    });
    let mut read = rune(&transport).streams_table(&two(), &DataQuery::default()).unwrap();
    let (frames, error) = drain(&transport, read.as_mut());
    let error = error.unwrap();
    assert_eq!((frames.len(), error.rows, error.kind), (1, Some(2), ErrorKind::NotFound));
    let (_, again) = drain(&transport, read.as_mut());
    assert_eq!(again.unwrap(), error);
    let bad = DataQuery { start_time: Some(2.0), end_time: Some(1.0), ..DataQuery::default() };
    assert_eq!(rune(&transport).streams_table(&two(), &bad).err().unwrap().kind, ErrorKind::InvalidInput);
}

fn availability(stream_ids: &[&str]) -> AvailabilityQuery {
    AvailabilityQuery {
        stream_ids: stream_ids.iter().map(|id| id.to_string()).collect(),
        batch_operation: Some(BatchOperation::Any),
        start_time: 300.0,
        end_time: 900.0,
        resolution: 300,
        limit: None,
        format: Format::CSV,
        times: Times::default(),
    }
}

#[test]
fn availability_is_a_table() {
    let transport = MemoryTransport::new(|_| csv("time,availability\n300000000000,1\n600000000000,0\n"));
    let rune = rune(&transport);
    let one = of([stream("s1", &[("category", "c")])]);
    let table = transport.run(rune.availability_table(&one, &availability(&[]))).unwrap().unwrap();
    assert_eq!(
        names(&table),
        [
            "time",
            "availability",
            "stream_id",
            "stream_type_id",
            "patient_id",
            "device_id",
            "algorithm",
            "category"
        ]
    );
    assert_eq!(table.column(1).as_primitive::<Int64Type>().values(), &[1, 0]);
    assert_eq!(streamscope_frame::times(&table), Some(&[300_000_000_000, 600_000_000_000][..]));
    assert_eq!(text(&table, "category", 1).as_deref(), Some("c"));
    let both = transport.run(rune.availability_table(&two(), &availability(&[]))).unwrap().unwrap();
    assert_eq!(
        (names(&both), both.num_rows(), both.column(1).null_count()),
        (vec!["time".into(), "availability".into()], 2, 0)
    );
    let none = transport.run(rune.availability_table(&Set::new(), &availability(&[]))).unwrap().unwrap_err();
    assert_eq!(none.kind, ErrorKind::InvalidInput);
}

#[test]
fn raw_pages_are_bodies_as_served() {
    let transport = MemoryTransport::new(|request| match parameter(request, "page_token").as_deref() {
        None => Canned::new(200, "first").header("X-Rune-Next-Page-Token", "a/b+c="),
        Some("a/b+c=") => Canned::new(200, "second, ü"),
        Some(other) => Canned::new(400, other),
    });
    let rune = rune(&transport);
    let query =
        DataQuery { stream_id: "s1".into(), start_time_ns: Some(5), limit: Some(3), ..DataQuery::default() };
    let mut pages = rune.data_pages(&query).unwrap();
    assert_eq!(transport.run(pages.next_page()).unwrap().unwrap().as_deref(), Some("first"));
    assert_eq!(pages.token(), Some("a/b+c="));
    assert_eq!(transport.run(pages.next_page()).unwrap().unwrap().as_deref(), Some("second, ü"));
    assert_eq!(transport.run(pages.next_page()).unwrap().unwrap(), None);
    assert_eq!(transport.requests().len(), 2);
    for (name, value) in [("start_time_ns", "5"), ("limit", "3"), ("format", "csv"), ("timestamp", "unixns")]
    {
        assert_eq!(parameter(&transport.requests()[1], name).as_deref(), Some(value));
    }
    let mut later = rune.data_pages(&query).unwrap().from_token("a/b+c=");
    assert_eq!(transport.run(later.next_page()).unwrap().unwrap().as_deref(), Some("second, ü"));
    assert_eq!(transport.run(later.next_page()).unwrap().unwrap(), None);

    let mut batch = rune
        .availability_pages(&AvailabilityQuery { format: Format::JSON, ..availability(&["s1", "s2"]) })
        .unwrap();
    transport.run(batch.next_page()).unwrap().unwrap();
    let url = transport.requests().last().unwrap().url.clone();
    assert!(
        url.contains("/v2/batch/availability?")
            && url.contains("batch_operation=any&stream_id=s1&stream_id=s2"),
        "{url}"
    );
    let mut single = rune.availability_pages(&availability(&["s1"])).unwrap();
    transport.run(single.next_page()).unwrap().unwrap();
    assert!(transport.requests().last().unwrap().url.contains("/v2/streams/s1/availability?"));
    let mut own = rune.stream_pages("/v2/streams/s1", &[("format", "json"), ("odd", "a b")]).unwrap();
    transport.run(own.next_page()).unwrap().unwrap();
    assert!(transport.requests().last().unwrap().url.ends_with("/v2/streams/s1?format=json&odd=a%20b"));
    for (path, name) in [("/v1/x", "a"), ("/v2/x?a=1", "a"), ("v2/x", "a"), ("/v2/x", "a&b"), ("/v2/x", "")] {
        assert_eq!(
            rune.stream_pages(path, &[(name, "")]).err().unwrap().kind,
            ErrorKind::InvalidInput,
            "{path} {name}"
        );
    }
}

#[test]
fn raw_pages_that_repeat_or_are_no_text_are_stopped() {
    let transport = MemoryTransport::new(|_| Canned::new(200, "x").header("X-Rune-Next-Page-Token", "same"));
    let mut pages = rune(&transport).stream_pages("/v2/x", &[]).unwrap();
    transport.run(pages.next_page()).unwrap().unwrap();
    assert_eq!(transport.run(pages.next_page()).unwrap().unwrap_err().kind, ErrorKind::Protocol);
    let transport = MemoryTransport::queue([
        Canned::new(500, json!({ "error": "busy" }).to_string()),
        Canned::new(200, vec![0xff]),
    ]);
    let mut pages = rune(&transport).stream_pages("/v2/x", &[]).unwrap();
    assert_eq!(transport.run(pages.next_page()).unwrap().unwrap_err().kind, ErrorKind::Body);
}
