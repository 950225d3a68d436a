//! Braincube as the explorer sees it.

use std::rc::Rc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use futures_util::TryStreamExt;
use serde_json::{Value as Json, json};
use streamscope_client::braincube::{Braincube, Connector};
use streamscope_client::filter::Filter;
use streamscope_client::registry::{Connector as _, Entry};
use streamscope_client::{
    Ask, Canned, ComputedBy, ErrorKind, Extent, MemoryTransport, Request, Source, StreamInfo, TimeRange,
    aggregates,
};
use streamscope_frame::{RecordBatch, braincube_time, times};
use streamscope_signal::{BatchOperation, SECOND, TimeZone};

use super::{asked, braincube, path, serve};
use crate::suite::drain;

const T0: i64 = 1_709_280_000;
const HOUR: i64 = 3600;

/// A mill of which base 7 dates its rows: variable 1 is the date, 2 a number, 3 a state, 4 a number named like 2.
fn catalogue(path: &str) -> Option<Json> {
    let variable = |id: u32, name: &str, kind: &str| json!({"bcId": id, "standard": name, "tag": format!("T{id}"), "type": kind});
    let (resource, query) = path.split_once('?').unwrap_or((path, ""));
    let past_the_end = !query.is_empty() && !query.contains("offset=0");
    if past_the_end {
        return Some(json!({"items": []}));
    }
    Some(match resource {
        "https://plant.example/sso-server/ws/user/me" => {
            json!({"accessList": [{"product": {"name": "mill", "productId": "u1"}}]})
        }
        "braincube/mb/all/summary" => {
            json!({"items": [{"bcId": 7, "name": "Line 1"}, {"bcId": "8", "name": "Lab"}]})
        }
        "dataGroups/summary" => {
            json!({"items": [{"bcId": 10, "name": "Dryer"}, {"bcId": 11, "name": "Quality"}]})
        }
        "dataGroups/10/extended" => json!({"bcId": 10, "name": "Dryer", "variables": [{"bcId": 2}]}),
        "dataGroups/11/extended" => {
            json!({"bcId": 11, "name": "Quality", "variables": [{"bcId": 3}, {"bcId": 2}]})
        }
        "variables/summary" => {
            json!({"items": [variable(1, "Date", "DATETIME"), variable(2, "Temp", "NUMERIC"),
            variable(3, "Grade", "DISCRETE"), variable(4, "Temp", "NUMERIC")]})
        }
        "braindata/mb7/simple" => json!({"reference": "mb7/d1", "referenceDate": "mb7/d1", "datadefs": [
            {"id": "mb7/d1", "type": "DATETIME"}, {"id": "mb7/d2", "type": "NUMERIC"}, {"id": "mb7/d3", "type": "DISCRETE"}]}),
        "braindata/mb7/LF" => json!({"datadefs": [
            {"id": "mb7/d1", "type": "DATETIME", "data": ["null", "20240301_080000", "20240301_090000"]}]}),
        "events/all/extended" => json!({"items": [
            {"bcId": 1, "name": "hot", "conditions": [{"variable": {"bcId": 2}, "minimum": 90, "positive": true}]},
            {"bcId": 2, "name": "says nothing"}]}),
        "jobs/all/summary" => json!({"items": [{"bcId": 5, "name": "quality"}]}),
        "jobs/5/extended" => {
            json!({"bcId": 5, "name": "quality", "conditions": [{"variable": {"bcId": 3}, "modalities": ["A"]}],
            "events": {"negativeEvents": [{"bcId": 1}], "positiveEvents": [{"bcId": 2}]}})
        }
        _ => return None,
    })
}

fn streams(transport: &MemoryTransport, client: &Braincube, subject: &str) -> Vec<StreamInfo> {
    transport.run(client.streams(subject).try_concat()).unwrap().unwrap()
}

#[test]
fn braincubes_hold_memory_bases_and_these_variables() {
    let transport = serve(catalogue);
    let client = braincube(&transport);
    let top = transport.run(client.subjects(None).try_concat()).unwrap().unwrap();
    assert_eq!((top[0].id.as_str(), top[0].has_inner), ("mill", true));
    let inner = transport.run(client.subjects(Some("mill")).try_concat()).unwrap().unwrap();
    let seen: Vec<_> =
        inner.iter().map(|base| (base.id.as_str(), base.name.as_str(), base.parent.as_deref())).collect();
    assert_eq!(seen, [("mill/7", "Line 1", Some("mill")), ("mill/8", "Lab", Some("mill"))]);
    assert!(transport.run(client.subjects(Some("mill/7")).try_concat()).unwrap().unwrap().is_empty());
    assert!(streams(&transport, &client, "mill").is_empty());

    let found = streams(&transport, &client, "mill/7");
    let seen: Vec<_> = found
        .iter()
        .map(|stream| (stream.id.as_str(), stream.name.as_str(), stream.stream_type.as_str()))
        .collect();
    assert_eq!(
        seen,
        [("mb7/d2", "Temp", "NUMERIC"), ("mb7/d3", "Grade", "DISCRETE"), ("mb7/d4", "Temp", "NUMERIC")],
        "the date is the time of all others"
    );
    assert_eq!(found[0].labels["data_group"], "Dryer, Quality");
    assert_eq!(found[2].labels.get("data_group"), None);
    assert_eq!(found[0].labels["tag"], "T2");
    let dimensions: Vec<_> = found[1].dimensions.iter().map(|dimension| dimension.id.as_str()).collect();
    assert_eq!(dimensions, ["time", "Grade"]);
    assert!(found[1].dimensions[1].display.states && !found[0].dimensions[1].display.states);
    let covered = TimeRange { start: T0 * SECOND, end: (T0 + HOUR) * SECOND + 1 };
    assert!(found.iter().all(|stream| stream.extent == Extent::Known(covered)));
    assert_eq!(aggregates(&client, &[]).computed_by(), ComputedBy::Client);
}

#[test]
fn events_and_jobs_are_filters_to_choose_from() {
    let transport = serve(catalogue);
    let client = braincube(&transport);
    let found = transport.run(client.stored_filters("mill/7").unwrap()).unwrap().unwrap();
    let hot = Filter::Greater("mb7/d2".into(), 90.into());
    let grade = Filter::Equals("mb7/d3".into(), "A".into());
    let seen: Vec<_> =
        found.iter().map(|stored| (stored.kind, stored.name.as_str(), stored.filter.clone())).collect();
    let job = Filter::And(vec![grade, Filter::Not(Box::new(hot.clone()))]);
    assert_eq!(seen, [("event", "hot", hot), ("job", "quality", job)], "one without conditions is no filter");
    assert_eq!(asked(&transport).len(), 6, "two lists to their ends, the job, and the base for the types");
}

/// Seconds of a time as the base shows it.
fn seconds(text: &str) -> i64 {
    (0..)
        .map(|hour| T0 - 200 * HOUR + hour)
        .find(|at| braincube_time(at * SECOND).as_deref() == Some(text))
        .unwrap()
}

/// A base with a row every `step` seconds from T0 on, whose number is the row's; it follows ranges of time.
fn rows_every(step: i64, count: i64, zone: &'static str) -> MemoryTransport {
    MemoryTransport::new(move |request| {
        if path(request) == "braindata/mb7/simple" {
            return Canned::new(200, json!({"referenceDate": "mb7/d1", "timezone": zone}).to_string());
        }
        let (start, end) = bounds(request);
        let first = (0.max(start - T0 + step - 1)) / step;
        let after = count.min((end - T0 + step - 1).max(0) / step);
        let list = |cell: &dyn Fn(i64) -> Json| (first..after).map(cell).collect::<Vec<_>>();
        let time = |row: i64| json!(braincube_time((T0 + row * step) * SECOND).unwrap());
        let body = json!({"datadefs": [
            {"id": "mb7/d2", "type": "NUMERIC", "data": list(&|row| json!(row.to_string()))},
            {"id": "mb7/d1", "type": "DATETIME", "data": list(&time)}]});
        Canned::new(200, body.to_string())
    })
}

/// First second, and the one after the last, that a request asks for.
fn bounds(request: &Request) -> (i64, i64) {
    let body: Json = serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
    assert_eq!(body["order"], "mb7/d1");
    assert_eq!(body["definitions"][0], "mb7/d1");
    let range = &body["context"]["filter"]["AND"];
    let bound = |side: usize, operator: &str| seconds(range[side][operator][1].as_str().unwrap());
    (bound(0, "GREAT_EQUALS"), bound(1, "LESS"))
}

fn stream(id: &str, name: &str) -> StreamInfo {
    let dimension = |id: &str| streamscope_client::Dimension {
        id: id.into(),
        data_type: String::new(),
        quantity: String::new(),
        unit: String::new(),
        unit_abbrev: String::new(),
        display: streamscope_client::Display::default(),
    };
    StreamInfo {
        id: id.into(),
        subject_id: "mill/7".into(),
        name: name.into(),
        stream_type: "NUMERIC".into(),
        dimensions: vec![dimension("time"), dimension(name)],
        ..StreamInfo::default()
    }
}

fn values(frames: &[RecordBatch]) -> Vec<(i64, f64)> {
    let pairs = |frame: &RecordBatch| {
        let values = frame.column(1).as_primitive::<Float64Type>().values().to_vec();
        times(frame).unwrap().iter().map(|time| time / SECOND).zip(values).collect::<Vec<_>>()
    };
    frames.iter().flat_map(pairs).collect()
}

#[test]
fn a_long_range_is_cut_and_every_row_comes_once_in_order() {
    let (step, count) = (60, 7 * 24 * 60);
    let transport = rows_every(step, count, "UTC");
    let client = braincube(&transport);
    let stream = stream("mb7/d2", "Temp");
    let range = TimeRange { start: (T0 - 30 * HOUR) * SECOND, end: (T0 + 160 * HOUR) * SECOND + 1 };
    let mut read = client.read(&Ask::of(&stream, range)).unwrap();
    let (frames, error) = drain(&transport, read.as_mut());
    assert_eq!(error, None);
    let expected: Vec<_> = (0..=160 * 60).map(|row| (T0 + row * step, row as f64)).collect();
    assert_eq!(values(&frames), expected);
    let spans: Vec<_> = transport.requests()[1..].iter().map(bounds).collect();
    assert!(spans.len() > 2, "{spans:?}");
    assert!(spans.windows(2).all(|pair| pair[0].1 == pair[1].0), "{spans:?}");
    assert_eq!((spans[0].0, spans.last().unwrap().1), (T0 - 30 * HOUR, T0 + 160 * HOUR + 1));
    assert_eq!(read.progress().rows, expected.len() as u64);

    let few = Ask { most_rows: Some(5), ..Ask::of(&stream, range) };
    let mut read = client.read(&few).unwrap();
    assert_eq!(values(&drain(&transport, read.as_mut()).0), expected[..5]);
    assert_eq!((read.progress().rows, read.progress().covered_to), (5, Some((T0 + 4 * step) * SECOND)));
    let none = Ask::of(&stream, TimeRange { start: 5, end: 5 });
    let mut read = client.read(&none).unwrap();
    assert_eq!(drain(&transport, read.as_mut()), (Vec::new(), None));
}

#[test]
fn a_server_that_sends_other_rows_than_asked_for_is_stopped() {
    // Deaf to filters, or without an order.
    for (reading, good) in [
        (["20240301_080000", "20240302_080000"], 1),
        (["20240301_090000", "20240301_080000"], 1),
        (["20240301_080000", "null"], 1),
    ] {
        let transport = serve(move |path| {
            Some(match path {
                "braindata/mb7/simple" => json!({"referenceDate": "mb7/d1"}),
                _ => json!({"datadefs": [{"id": "mb7/d1", "type": "DATETIME", "data": reading},
                    {"id": "mb7/d2", "type": "NUMERIC", "data": [1, 2]}]}),
            })
        });
        let client = braincube(&transport);
        let range = TimeRange { start: T0 * SECOND, end: (T0 + 2 * HOUR) * SECOND };
        let stream = stream("mb7/d2", "Temp");
        let mut read = client.read(&Ask::of(&stream, range)).unwrap();
        let (frames, error) = drain(&transport, read.as_mut());
        // The good row before the bad one comes first.
        let rows: usize = frames.iter().map(|frame| frame.num_rows()).sum();
        assert_eq!((rows, error.unwrap().kind), (good, ErrorKind::Protocol), "{reading:?}");
    }
}

#[test]
fn a_web_page_in_place_of_rows_is_named() {
    let page = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>";
    let transport = MemoryTransport::new(move |request| match path(request) {
        "braindata/mb7/simple" => Canned::new(200, json!({"referenceDate": "mb7/d1"}).to_string()),
        _ => Canned::new(200, page),
    });
    let client = braincube(&transport);
    let range = TimeRange { start: T0 * SECOND, end: (T0 + 2 * HOUR) * SECOND };
    let stream = stream("mb7/d2", "Temp");
    let error = drain(&transport, client.read(&Ask::of(&stream, range)).unwrap().as_mut()).1.unwrap();
    assert_eq!((error.kind, error.rows), (ErrorKind::Protocol, Some(0)), "{error}");
    assert!(error.message.contains("web page (\"Sign in\")"), "{error}");
}

#[test]
fn several_variables_and_a_filter_are_one_request() {
    let transport = serve(|path| {
        Some(match path {
            "braindata/mb7/simple" => json!({"referenceDate": "mb7/d1"}),
            _ => json!({"datadefs": [{"id": "mb7/d1", "type": "DATETIME", "data": ["20240301_080000"]},
                {"id": "mb7/d2", "type": "NUMERIC", "data": [1]}, {"id": "mb7/d4", "type": "NUMERIC", "data": ["x"]}]}),
        })
    });
    let client = braincube(&transport);
    let streams = [stream("mb7/d2", "Temp"), stream("mb7/d4", "Temp")];
    let filter = Filter::Less("mb7/d9".into(), 3.into());
    let range = TimeRange { start: T0 * SECOND, end: (T0 + 2 * HOUR) * SECOND };
    let ask = Ask { streams: &streams, range, filter: Some(&filter), most_rows: None };
    let mut read = client.read(&ask).unwrap();
    let names: Vec<_> = read.layout().columns.iter().map(|column| column.name.clone()).collect();
    assert_eq!(names, ["time", "Temp", "Temp (4)"]);
    let (frames, error) = drain(&transport, read.as_mut());
    assert_eq!((frames[0].num_rows(), frames[0].num_columns(), error), (1, 3, None));
    let requests = transport.requests();
    let body: Json = serde_json::from_slice(requests[1].body.as_ref().unwrap()).unwrap();
    assert_eq!(requests.len(), 2);
    assert_eq!(body["context"]["filter"]["AND"][1], json!({"LESS": ["mb7/d9", 3]}));
    let apart =
        [stream("mb7/d2", "Temp"), StreamInfo { subject_id: "mill/8".into(), ..stream("mb8/d2", "x") }];
    let error = client.read(&Ask { streams: &apart, ..ask }).err().unwrap();
    assert_eq!(error.kind, ErrorKind::InvalidInput);
}

#[test]
fn around_the_hour_that_comes_twice_every_row_comes_once() {
    let back = 1_729_990_800;
    let zone = move |_: &str| Some(TimeZone::new("Europe/Paris", 7200, vec![(back * SECOND, 3600)]));
    // A row every ten minutes from two hours before the clocks go back to two hours after.
    let rows: Vec<i64> = (-12..12).map(|row| back + row * 600).collect();
    let shown = move |at: i64| braincube_time((at + if at < back { 7200 } else { 3600 }) * SECOND).unwrap();
    let all = rows.clone();
    let transport = MemoryTransport::new(move |request| {
        if path(request) == "braindata/mb7/simple" {
            return Canned::new(
                200,
                json!({"referenceDate": "mb7/d1", "timezone": "Europe/Paris"}).to_string(),
            );
        }
        let body: Json = serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
        let range = &body["context"]["filter"]["AND"];
        let (start, end) =
            (range[0]["GREAT_EQUALS"][1].as_str().unwrap(), range[1]["LESS"][1].as_str().unwrap());
        let inside: Vec<i64> =
            all.iter().copied().filter(|at| (start..end).contains(&shown(*at).as_str())).collect();
        let body = json!({"datadefs": [
            {"id": "mb7/d1", "type": "DATETIME", "data": inside.iter().map(|at| shown(*at)).collect::<Vec<_>>()},
            {"id": "mb7/d2", "type": "NUMERIC", "data": inside}]});
        Canned::new(200, body.to_string())
    });
    let client = braincube(&transport).with_zones(Rc::new(zone));
    let stream = stream("mb7/d2", "Temp");
    for (start, end) in [(-7200, 7200), (-1800, 1800), (0, 600), (-600, 0), (-3600, 3600), (-3599, -3000)] {
        let range = TimeRange { start: (back + start) * SECOND, end: (back + end) * SECOND };
        let mut read = client.read(&Ask::of(&stream, range)).unwrap();
        let (frames, error) = drain(&transport, read.as_mut());
        assert_eq!(error, None);
        let inside = rows.iter().filter(|at| (back + start..back + end).contains(at));
        let expected: Vec<_> = inside.map(|at| (*at, *at as f64)).collect();
        assert_eq!(values(&frames), expected, "{start} to {end}");
    }
}

#[test]
fn rows_that_nobody_dates_come_in_their_order_and_say_so() {
    let transport = serve(|path| {
        Some(match path.split('?').next().unwrap() {
            "dataGroups/summary" => json!({"items": []}),
            "variables/summary" if path.contains("offset=0") => {
                json!({"items": [{"bcId": 2, "standard": "Temp", "type": "NUMERIC"}]})
            }
            "variables/summary" => json!({"items": []}),
            "braindata/mb7/simple" => {
                json!({"order": "mb7/d5", "datadefs": [{"id": "mb7/d5", "type": "NUMERIC"}]})
            }
            _ => json!({"datadefs": [{"id": "mb7/d2", "type": "NUMERIC", "data": ["3", "1"]}]}),
        })
    });
    let client = braincube(&transport);
    let found = streams(&transport, &client, "mill/7");
    assert!(found[0].description.contains("in the order of mb7/d5, which is not a time"));
    let mut read = client.read(&Ask::of(&found[0], TimeRange { start: 0, end: 1 })).unwrap();
    let (frames, error) = drain(&transport, read.as_mut());
    assert_eq!((frames[0].num_columns(), frames[0].num_rows(), error), (1, 2, None));
}

#[test]
fn availability_is_computed_from_the_rows() {
    let transport = rows_every(60, 600, "UTC");
    let client = braincube(&transport);
    let streams = [stream("mb7/d2", "Temp")];
    let range = TimeRange { start: (T0 - 10 * HOUR) * SECOND, end: (T0 + 20 * HOUR) * SECOND };
    let all = aggregates(&client, &[]);
    let found = transport.run(all.availability(&streams, range, 3600, BatchOperation::All)).unwrap().unwrap();
    let expected: Vec<bool> = (0..30).map(|hour| (10..20).contains(&hour)).collect();
    assert_eq!(found.available, expected);
}

#[test]
fn people_connect_with_a_token_a_file_or_the_demo() {
    let transport = serve(catalogue);
    let connect = |entry: &Entry| Connector.connect(entry, Rc::new(transport.clone()));
    let entry = Entry::new(
        "key",
        [("api-key", " k ".into()), ("domain", "plant.example".into()), ("oauth2-token", "o".into())],
    );
    let connected = connect(&entry).ok().unwrap();
    assert_eq!(
        (connected.host.as_str(), connected.others[0].host.as_str()),
        ("plant.example", "api.plant.example")
    );
    transport.run(connected.source.subjects(None).try_concat()).unwrap().unwrap();
    for probe in connected.others {
        transport.run(probe.ask).unwrap().unwrap();
    }
    let nothing =
        connect(&Entry::new("oauth2", [("api-key", "k".into()), ("domain", "plant.example".into())]));
    assert_eq!(nothing.err().unwrap().kind, ErrorKind::Configuration);

    let read = Connector.settings_file().unwrap().read;
    let entry = read("{\n \"oauth2_token\": \"o\",\n \"domain\": \"plant.example\"\n}").ok().unwrap();
    assert_eq!((entry.way.as_str(), entry.text("oauth2-token")), ("oauth2", "o"));
    assert!(read(r#"{"api_key": "k", "verify": false}"#).err().unwrap().message.contains("verify"));

    let info = json!({"sso_base_url": "/braincube", "braincube_base_url": "/braincube", "credentials": {"api_key": "demo"},
        "subjects": [{"id": "mb7", "braincube": "paper mill"}],
        "streams": [{"id": "mb7/d1", "type": "DATETIME", "subject_id": "mb7", "min_time": 1.0, "max_time": 2.0},
            {"id": "mb7/d2", "type": "NUMERIC", "subject_id": "mb7", "min_time": 1.0, "max_time": 2.0}]});
    let demo = Connector.demo(&info, &|path| Some(format!("http://h{path}"))).unwrap();
    assert_eq!(demo.entry.text("braincube-base-url"), "http://h/braincube");
    let opening = demo.opening.unwrap();
    assert_eq!((opening.subject.as_str(), opening.streams), ("paper%20mill/7", vec!["mb7/d2".to_string()]));
}
