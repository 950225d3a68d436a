//! Data of variables.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use serde_json::{Value as Json, json};
use streamscope_client::braincube::{Braincube, DataQuery, DataRead, Labels};
use streamscope_client::filter::Filter;
use streamscope_client::{Canned, Error, ErrorKind, MemoryTransport, Read, Request, Step, TimeRange};
use streamscope_frame::{ColumnType, times};
use streamscope_signal::{SECOND, TimeZone};

use super::{base, braincube, config, path, serve};
use crate::suite::drain;

fn query(variables: &[&str]) -> DataQuery {
    DataQuery::new(base(), variables.iter().copied())
}

fn read(transport: &MemoryTransport, query: &DataQuery) -> Result<DataRead, Error> {
    transport.run(braincube(transport).data(query)).expect("the call waits for nothing")
}

fn body(request: &Request) -> Json {
    serde_json::from_slice(request.body.as_ref().unwrap()).unwrap()
}

/// The answer that the document shows.
fn documented() -> Json {
    json!({"datadefs": [
        {"id": "mb7/d101", "type": "DATETIME", "data": ["20240301_080000", "null"]},
        {"id": "mb7/d102", "type": "NUMERIC", "data": ["1.5", "nan"]},
        {"id": "mb7/d103", "type": "DISCRETE", "data": ["A", "B"]}]})
}

fn simple(answer: impl Fn() -> Json + 'static) -> MemoryTransport {
    serve(move |path| match path {
        "braindata/mb7/simple" => Some(json!({"name": "mb7", "order": "mb7/d101", "reference": null})),
        "braindata/mb7/LF" => Some(answer()),
        _ => None,
    })
}

#[test]
fn the_documents_request_and_answer() {
    let transport = simple(documented);
    let filter = Filter::And(vec![
        Filter::Greater("102".into(), 3.into()),
        Filter::Equals("mb7/d103".into(), "A".into()),
    ]);
    let query = DataQuery { filter: Some(filter), ..query(&["101", "mb7/d102", "103"]) };
    let mut read = read(&transport, &query).unwrap();
    let sent = transport.requests();
    assert_eq!(sent[1].url, "https://api.plant.example/braincube/mill/braindata/mb7/LF");
    assert_eq!(
        body(&sent[1]),
        json!({"order": "mb7/d101", "definitions": ["mb7/d101", "mb7/d102", "mb7/d103"],
        "context": {"dataSource": "mb7", "filter": {"AND": [{"GREAT": ["mb7/d102", 3]}, {"EQUALS": ["mb7/d103", ["A"]]}]}}})
    );
    let kinds: Vec<_> =
        read.layout().columns.iter().map(|column| (column.name.clone(), column.kind)).collect();
    let expected = [("101", ColumnType::Time), ("mb7/d102", ColumnType::Float), ("103", ColumnType::Text)];
    assert_eq!(kinds, expected.map(|(name, kind)| (name.to_string(), kind)));
    assert_eq!(read.report().columns[0].missing, 1);
    let (frames, error) = drain(&transport, &mut read);
    assert_eq!((frames.len(), frames[0].num_rows(), error), (1, 2, None));
    assert_eq!(read.progress().rows, 2);
}

#[test]
fn the_base_is_described_once_and_its_order_passed_on_as_it_came() {
    for (description, order) in [
        (json!({"order": "mb7/d101", "reference": "mb7/d5"}), "mb7/d5"),
        (json!({"order": 100_001, "reference": ""}), "100001"),
    ] {
        let transport = serve(move |path| {
            Some(if path.ends_with("simple") { description.clone() } else { json!({ "datadefs": [] }) })
        });
        let client = braincube(&transport);
        for _ in 0..3 {
            transport.run(client.data(&query(&["102"]))).unwrap().unwrap();
        }
        let requests = transport.requests();
        assert_eq!((requests.len(), body(&requests[3])["order"].as_str()), (4, Some(order)));
        assert!(body(&requests[3])["context"].get("filter").is_none());
    }
    let transport = serve(|_| Some(json!({"name": "mb7"})));
    let error = read(&transport, &query(&["1"])).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Protocol);
    for variables in [&[][..], &["1", "mb7/d1"], &["mb8/d1"]] {
        let error = read(&transport, &query(variables)).err().unwrap();
        assert_eq!(error.kind, ErrorKind::InvalidInput, "{variables:?}");
    }
}

#[test]
fn numbers_stay_exact_and_columns_that_did_not_come_are_told() {
    let transport = simple(|| {
        json!({"datadefs": [
            {"id": "mb7/d2", "type": "NUMERIC", "data": ["9007199254740993", "?"]},
            {"id": "mb7/d1", "type": "NUMERIC", "data": [1.9, 2.1]}, {"id": "mb7/d3", "type": "NUMERIC"}]})
    });
    let mut read = read(&transport, &query(&["1", "2", "3", "4"])).unwrap();
    let report = read.report().clone();
    assert!(report.reordered);
    assert_eq!(report.missing, ["mb7/d3", "mb7/d4"]);
    let (frames, _) = drain(&transport, &mut read);
    let rows = &frames[0];
    assert_eq!(rows.num_columns(), 2);
    assert_eq!(rows.column(0).as_primitive::<Float64Type>().values()[..], [1.9, 2.1]);
    let whole: Vec<_> = rows.column(1).as_primitive::<Int64Type>().iter().collect();
    assert_eq!(whole, [Some(9_007_199_254_740_993), None]);
}

#[test]
fn labels_are_ids_or_names_and_shared_names_stay_apart() {
    let transport = serve(|path| {
        Some(match path {
            "braindata/mb7/simple" => json!({"order": "mb7/d1"}),
            "braindata/mb7/LF" => {
                let column = |id: u32| json!({"id": format!("mb7/d{id}"), "type": "NUMERIC", "data": [id]});
                json!({"datadefs": [column(1), column(2), column(3)]})
            }
            "variables/1/extended" => json!({"bcId": 1, "standard": "Dryer"}),
            "variables/2/extended" => json!({"bcId": 2, "standard": "Press"}),
            "variables/3/extended" => json!({"bcId": 3, "standard": "Dryer"}),
            _ => return None,
        })
    });
    let query = DataQuery { labels: Labels::Name, ..query(&["1", "2", "3"]) };
    let read = read(&transport, &query).unwrap();
    let names: Vec<_> = read.layout().columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["Dryer (1)", "Press", "Dryer (3)"]);
}

/// Clocks that go back from two hours east to one at 2024-10-27T01:00Z.
fn autumn() -> TimeZone {
    TimeZone::new("Europe/Paris", 7200, vec![(1_729_990_800 * SECOND, 3600)])
}

#[test]
fn times_are_instants_by_the_clock_of_the_base() {
    let transport = serve(|path| {
        Some(match path {
            "braindata/mb7/simple" => {
                json!({"reference": "mb7/d1", "timezone": "Nowhere/Harbour", "referenceDate": "mb7/d1"})
            }
            _ => json!({"datadefs": [{"id": "mb7/d1", "type": "DATETIME",
                "data": ["20241027_013000", "20241027_023000", "20241027_020000", "20241027_030000"]}]}),
        })
    });
    let range = TimeRange { start: 1_729_980_000 * SECOND, end: 1_730_000_000 * SECOND };
    let query = DataQuery { range: Some(range), ..query(&["1"]) };
    let error = read(&transport, &query).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Configuration);
    assert!(error.message.contains("Nowhere/Harbour"));
    let zones = |name: &str| (name == "Nowhere/Harbour").then(autumn);
    let client = braincube(&transport).with_zones(Rc::new(zones));
    let mut read = transport.run(client.data(&query)).unwrap().unwrap();
    let (frames, _) = drain(&transport, &mut read);
    let half_hours: Vec<i64> =
        times(&frames[0]).unwrap().iter().map(|time| (time / SECOND - 1_729_985_400) / 1800).collect();
    assert_eq!(half_hours, [0, 2, 3, 5], "times do not go back where the clocks do");
    let sent = body(transport.requests().last().unwrap());
    let expected = json!({"AND": [{"GREAT_EQUALS": ["mb7/d1", "20241027_000000"]}, {"LESS": ["mb7/d1", "20241027_043320"]}]});
    assert_eq!(sent["context"]["filter"], expected);
    let fixed = |name: &'static str| {
        let transport = serve(move |path| {
            Some(match path {
                "braindata/mb7/simple" => json!({"reference": "mb7/d1", "timezone": name}),
                _ => json!({"datadefs": [{"id": "mb7/d1", "type": "DATETIME", "data": ["19700101_020000"]}]}),
            })
        });
        let mut read = transport.run(braincube(&transport).data(&self::query(&["1"]))).unwrap().ok()?;
        Some(times(&drain(&transport, &mut read).0[0]).unwrap()[0] / SECOND)
    };
    let cases = [
        ("Etc/GMT", 7200),
        ("UTC", 7200),
        ("Etc/GMT-1", 3600),
        ("Etc/GMT+1", 10_800),
        ("+02:00", 0),
        ("GMT+01:30", 1800),
    ];
    for (name, seconds) in cases {
        assert_eq!(fixed(name), Some(seconds), "{name}");
    }
    assert_eq!([fixed("Europe/Nowhere"), fixed("+2x")], [None, None]);
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again_and_nothing_comes_twice() {
    let text = documented().to_string();
    let (half, whole) = (text.as_bytes()[..100].to_vec(), text.clone().into_bytes());
    let answers = RefCell::new(vec![
        Canned::new(200, whole),
        Canned::new(200, half.clone()),
        Canned::new(200, "").steps(vec![Step::Bytes(half), Step::Break("the cable".into())]),
        Canned::new(503, "down"),
    ]);
    let transport = MemoryTransport::new(move |request| match path(request) {
        "braindata/mb7/simple" => Canned::new(200, r#"{"order": "mb7/d101"}"#),
        _ => answers.borrow_mut().pop().unwrap_or_else(|| Canned::failure("no canned answer is left")),
    });
    let mut read = read(&transport, &query(&["101", "102"])).unwrap();
    assert_eq!(drain(&transport, &mut read).0[0].num_rows(), 2);
    assert_eq!(transport.requests().len(), 5);

    for (answer, kind, sent) in [
        (Canned::new(200, "{\"datadefs\":["), ErrorKind::Body, 5),
        (Canned::new(200, "{\"datadefs\":7}"), ErrorKind::Body, 2),
        (Canned::new(400, r#"{"message": "bad filter"}"#), ErrorKind::Refused, 2),
    ] {
        let transport = MemoryTransport::new(move |request| match path(request) {
            "braindata/mb7/simple" => Canned::new(200, r#"{"order": "mb7/d101"}"#),
            _ => answer.clone(),
        });
        let error = self::read(&transport, &query(&["101"])).err().unwrap();
        assert_eq!((error.kind, transport.requests().len()), (kind, sent), "{error}");
    }
}

#[test]
fn a_long_answer_gives_others_their_turn() {
    let cells = vec!["\"1.25\""; 200_000].join(",");
    let text = format!(r#"{{"datadefs":[{{"id":"mb7/d1","type":"NUMERIC","data":[{cells}]}}]}}"#);
    let transport = MemoryTransport::new(move |request| match path(request) {
        "braindata/mb7/simple" => Canned::new(200, r#"{"order": "mb7/d1"}"#),
        _ => Canned::new(200, text.clone()),
    });
    transport.set_tick(Duration::from_millis(5));
    let mut read = read(&transport, &query(&["1"])).unwrap();
    let parsing = transport.turns();
    assert!(parsing > 5, "{parsing}");
    let (frames, error) = drain(&transport, &mut read);
    assert_eq!((frames.iter().map(|frame| frame.num_rows()).sum::<usize>(), error), (200_000, None));
    assert!(transport.turns() > parsing);
}

#[test]
fn no_secret_is_told() {
    let transport = MemoryTransport::new(|_| Canned::new(400, format!("the key {} is bad", super::KEY)));
    let client = Braincube::new(&config(), Rc::new(transport.clone())).unwrap();
    let error = transport.run(client.data(&query(&["1"]))).unwrap().err().unwrap();
    assert!(!format!("{error:?}").contains(super::KEY));
}

#[test]
fn refusals_come_with_what_they_mean_and_the_servers_words() {
    let cases = [
        (400, ErrorKind::Refused, "bad filter: AND takes two"),
        (401, ErrorKind::Unauthorized, "the token is unknown"),
        (403, ErrorKind::Unauthorized, "no access to this braincube"),
        (404, ErrorKind::NotFound, "no memory base 7"),
    ];
    for (status, kind, words) in cases {
        let transport =
            MemoryTransport::new(move |_| Canned::new(status, json!({"message": words}).to_string()));
        let error = read(&transport, &query(&["101"])).err().unwrap();
        assert_eq!((error.kind, error.status), (kind, Some(status)), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}
