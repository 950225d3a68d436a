use streamscope_client::rune::{
    AvailabilityQuery, DailyQuery, DataQuery, Format, Times, WindowQuery, layout,
};
use streamscope_client::{Error, ErrorKind, MemoryTransport};
use streamscope_frame::TimeFormat;
use streamscope_signal::{AggregateFunction, BatchOperation};

use super::server::{dimensions, whole};
use super::{parameter, rune};

fn data() -> DataQuery {
    whole()
}

fn availability() -> AvailabilityQuery {
    AvailabilityQuery {
        stream_ids: vec!["a".into()],
        batch_operation: None,
        start_time: 0.0,
        end_time: 600.0,
        resolution: 300,
        limit: None,
        format: Format::CSV,
        times: Times::default(),
    }
}

fn daily() -> DailyQuery {
    DailyQuery { stream_id: "a".into(), start_time: 0.0, resolution: 3600, n_days: 1 }
}

fn window() -> WindowQuery {
    WindowQuery {
        stream_id: "a".into(),
        start_time: 0.0,
        end_time: 3600.0,
        resolution: 3600,
        aggregate_function: AggregateFunction::Mean,
        times: Times::default(),
    }
}

enum Call {
    Data(DataQuery),
    Availability(AvailabilityQuery),
    Daily(DailyQuery),
    Window(WindowQuery),
}

/// The error, and how many requests left.
fn make(call: Call) -> (Option<Error>, usize) {
    let transport = MemoryTransport::queue([]);
    let rune = rune(&transport);
    let outcome = match call {
        Call::Data(query) => rune.data(&query, layout(&dimensions(), true)).err(),
        Call::Availability(query) => transport.run(rune.availability(&query)).unwrap().err(),
        Call::Daily(query) => transport.run(rune.daily_aggregate(&query)).unwrap().err(),
        Call::Window(query) => transport.run(rune.aggregate_window(&query)).unwrap().err(),
    };
    (outcome, transport.requests().len())
}

#[test]
fn every_parameter_is_checked_before_a_request_leaves() {
    let times = |timezone, name: Option<&str>| Times {
        timezone,
        timezone_name: name.map(str::to_string),
        ..Times::default()
    };
    let two = || vec!["a".to_string(), "b".to_string()];
    let table = [
        (Call::Data(DataQuery { stream_id: String::new(), ..data() }), "stream_id"),
        (Call::Data(DataQuery { stream_id: "..".into(), ..data() }), "stream_id"),
        (Call::Data(DataQuery { stream_id: "a b".into(), ..data() }), "stream_id"),
        (
            Call::Data(DataQuery { start_time: Some(0.0), start_time_ns: Some(0), ..data() }),
            "start_time and start_time_ns",
        ),
        (
            Call::Data(DataQuery { end_time: Some(1.0), end_time_ns: Some(1), ..data() }),
            "end_time and end_time_ns",
        ),
        (Call::Data(DataQuery { start_time: Some(f64::NAN), ..data() }), "start_time is NaN"),
        (Call::Data(DataQuery { end_time: Some(f64::INFINITY), ..data() }), "end_time is inf"),
        (Call::Data(DataQuery { start_time: Some(1.7e12), ..data() }), "not ms"),
        (Call::Data(DataQuery { start_time_ns: Some(5), end_time_ns: Some(5), ..data() }), "after the start"),
        (Call::Data(DataQuery { start_time: Some(2.0), end_time_ns: Some(5), ..data() }), "after the start"),
        (
            Call::Data(DataQuery { times: times(Some(3600), Some("UTC")), ..data() }),
            "timezone and timezone_name",
        ),
        (Call::Data(DataQuery { times: times(Some(86_400), None), ..data() }), "timezone is 86400"),
        (Call::Data(DataQuery { times: times(None, Some("")), ..data() }), "timezone_name"),
        (Call::Data(DataQuery { times: times(None, Some("Mars?x=1")), ..data() }), "timezone_name"),
        (Call::Availability(AvailabilityQuery { stream_ids: Vec::new(), ..availability() }), "stream_ids"),
        (
            Call::Availability(AvailabilityQuery { stream_ids: vec!["".into()], ..availability() }),
            "stream_ids",
        ),
        (Call::Availability(AvailabilityQuery { stream_ids: two(), ..availability() }), "batch_operation"),
        (
            Call::Availability(AvailabilityQuery { resolution: 299, ..availability() }),
            "between 300 and 86400",
        ),
        (
            Call::Availability(AvailabilityQuery { resolution: 86_401, ..availability() }),
            "between 300 and 86400",
        ),
        (Call::Availability(AvailabilityQuery { end_time: 0.0, ..availability() }), "after the start"),
        (Call::Availability(AvailabilityQuery { start_time: f64::NAN, ..availability() }), "start_time"),
        (Call::Daily(DailyQuery { stream_id: "".into(), ..daily() }), "stream_id"),
        (Call::Daily(DailyQuery { resolution: 59, ..daily() }), "between 60 and 86400"),
        (Call::Daily(DailyQuery { resolution: 86_401, ..daily() }), "between 60 and 86400"),
        (Call::Daily(DailyQuery { resolution: 7000, ..daily() }), "divide a day"),
        (Call::Daily(DailyQuery { n_days: 0, ..daily() }), "between 1 and 14"),
        (Call::Daily(DailyQuery { n_days: 15, ..daily() }), "between 1 and 14"),
        (Call::Daily(DailyQuery { start_time: f64::NEG_INFINITY, ..daily() }), "start_time"),
        (Call::Window(WindowQuery { resolution: 59, ..window() }), "between 60 and 604800"),
        (Call::Window(WindowQuery { resolution: 604_801, ..window() }), "between 60 and 604800"),
        (Call::Window(WindowQuery { resolution: 7000, ..window() }), "divide a day"),
        (Call::Window(WindowQuery { resolution: 90_000, ..window() }), "divide a day"),
        (Call::Window(WindowQuery { end_time: -1.0, ..window() }), "after the start"),
    ];
    for (call, words) in table {
        let (error, requests) = make(call);
        let error = error.unwrap_or_else(|| panic!("accepted what should fail with `{words}`"));
        assert_eq!(error.kind, ErrorKind::InvalidInput, "{error}");
        assert!(error.message.contains(words), "`{error}` does not say `{words}`");
        assert_eq!(requests, 0, "{error}");
    }
}

#[test]
fn the_ends_of_every_range_are_inside() {
    let accepted = [
        Call::Availability(AvailabilityQuery { resolution: 86_400, ..availability() }),
        Call::Availability(AvailabilityQuery {
            stream_ids: vec!["a".into(), "b".into()],
            batch_operation: Some(BatchOperation::All),
            ..availability()
        }),
        Call::Daily(DailyQuery { resolution: 60, n_days: 14, ..daily() }),
        Call::Daily(DailyQuery { resolution: 86_400, ..daily() }),
        Call::Window(WindowQuery { resolution: 60, ..window() }),
        Call::Window(WindowQuery { resolution: 604_800, ..window() }),
    ];
    for call in accepted {
        let (error, requests) = make(call);
        assert_eq!(error.map(|error| error.kind), Some(ErrorKind::Network));
        assert!(requests > 0);
    }
}

#[test]
fn parameters_travel_as_documented() {
    let transport = super::server::Server::new(vec![], 1).transport();
    let query = DataQuery {
        start_time: Some(1_709_280_000.25),
        end_time_ns: Some(1_709_290_000_000_000_001),
        limit: Some(7),
        times: Times {
            timestamp: TimeFormat::Iso,
            timezone_name: Some("America/Los_Angeles".into()),
            ..Times::default()
        },
        ..whole()
    };
    let mut read = super::server::read(&transport, &query);
    super::drain(&transport, read.as_mut());
    let sent = &transport.requests()[0];
    let expected = [
        ("start_time", "1709280000.25"),
        ("end_time_ns", "1709290000000000001"),
        ("limit", "7"),
        ("format", "csv"),
        ("timestamp", "iso"),
        ("timezone_name", "America/Los_Angeles"),
        ("translate_enums", "false"),
    ];
    for (name, value) in expected {
        assert_eq!(parameter(sent, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(super::query(sent).len(), expected.len());
    assert!(sent.url.starts_with("https://stream.example/v2/streams/s1?"), "{}", sent.url);
    assert!(sent.url.contains("America%2FLos_Angeles"));
}

#[test]
fn the_last_instant_is_an_end_like_any_other() {
    let query = DataQuery { start_time: Some(0.0), end_time_ns: Some(i64::MAX), ..whole() };
    let transport = super::server::Server::new(vec![(1, 1), (2, 2), (3, 3)], 2).transport();
    let mut read = super::server::read(&transport, &query);
    super::drain(&transport, read.as_mut());
    assert_eq!(read.progress().rows, 3);
    let query = DataQuery { start_time_ns: Some(i64::MIN), end_time: Some(9.1e9), ..whole() };
    let mut read = super::server::read(&transport, &query);
    super::drain(&transport, read.as_mut());
    assert_eq!(read.progress().rows, 3);
}
