//! A source behind a filter: what the explorer reads from while one is in force.

use std::rc::Rc;

use serde_json::{Value as Json, json};
use streamscope_client::filter::{Filter, Value};
use streamscope_client::reproduce::{Language, Picture};
use streamscope_client::{
    Ask, Dimension, Display, ErrorKind, Filtered, MemoryTransport, Source, StreamInfo, TimeRange, aggregates,
};
use streamscope_signal::{BatchOperation, SECOND};

use super::{braincube, serve};
use crate::suite::drain;

/// 2024-03-01 08:00.
const T0: i64 = 1_709_280_000 * SECOND;

fn base() -> MemoryTransport {
    serve(|path| {
        Some(match path {
            "braindata/mb7/simple" => json!({"referenceDate": "mb7/d1", "timezone": "UTC"}),
            _ => json!({"datadefs": [{"id": "mb7/d1", "type": "DATETIME", "data": ["20240301_080000"]},
                {"id": "mb7/d2", "type": "NUMERIC", "data": ["1"]}]}),
        })
    })
}

fn stream(subject: &str) -> StreamInfo {
    let dimension = |id: &str, data_type: &str| Dimension {
        id: id.into(),
        data_type: data_type.into(),
        quantity: String::new(),
        unit: String::new(),
        unit_abbrev: String::new(),
        display: Display::default(),
    };
    StreamInfo {
        id: "mb7/d2".into(),
        subject_id: subject.into(),
        name: "Temp".into(),
        stream_type: "NUMERIC".into(),
        dimensions: vec![dimension("time", "timestamp"), dimension("Temp", "NUMERIC")],
        ..StreamInfo::default()
    }
}

fn last_filter(transport: &MemoryTransport) -> Json {
    let body: Json =
        serde_json::from_slice(transport.requests().last().unwrap().body.as_ref().unwrap()).unwrap();
    body["context"]["filter"].clone()
}

#[test]
fn whatever_is_asked_of_the_subject_is_asked_through_the_filter() {
    let transport = base();
    let wanted = Filter::Or(vec![
        Filter::Greater("mb7/d2".into(), 0.into()),
        Filter::Equals("mb7/d3".into(), "A".into()),
    ]);
    let source = Filtered::new(Rc::new(braincube(&transport)), "mill/7", wanted);
    let range = TimeRange { start: T0, end: T0 + 3600 * SECOND };
    let spelt = json!({"OR": [{"GREAT": ["mb7/d2", 0]}, {"EQUALS": ["mb7/d3", ["A"]]}]});

    let own = stream("mill/7");
    let mut read = source.read(&Ask::of(&own, range)).unwrap();
    assert_eq!(drain(&transport, read.as_mut()).1, None);
    assert_eq!(last_filter(&transport)["AND"][1], spelt);

    // A filter of the question comes on top.
    let more = Filter::Less("mb7/d2".into(), 9.into());
    let mut read = source.read(&Ask { filter: Some(&more), ..Ask::of(&own, range) }).unwrap();
    drain(&transport, read.as_mut());
    assert_eq!(last_filter(&transport)["AND"][1], json!({"AND": [{"LESS": ["mb7/d2", 9]}, spelt.clone()]}));

    // What is computed here is computed from the rows that are left.
    let all = aggregates(&source, &[]);
    let streams = [own.clone()];
    let asked = all.availability(&streams, range, 3600, BatchOperation::Any);
    assert_eq!(transport.run(asked).unwrap().unwrap().available, [true]);
    assert_eq!(last_filter(&transport)["AND"][1], spelt);

    for language in Language::ALL {
        let text = source.reproduce(language, Picture::Rows, &Ask::of(&own, range)).unwrap();
        assert!(text.contains("\"GREAT\""), "{text}");
    }
    assert!(source.intervals(&own, range).is_none() && source.envelope(&Ask::of(&own, range)).is_none());
    assert!(source.live(&own, T0).is_none() && source.stored_filters("mill/7").is_some());
}

#[test]
fn other_subjects_are_read_as_they_are() {
    let transport = base();
    let source =
        Filtered::new(Rc::new(braincube(&transport)), "mill/8", Filter::Less("mb8/d2".into(), 1.into()));
    let own = stream("mill/7");
    let mut read = source.read(&Ask::of(&own, TimeRange { start: T0, end: T0 + SECOND })).unwrap();
    assert_eq!(drain(&transport, read.as_mut()).1, None);
    assert!(!last_filter(&transport).to_string().contains("mb8"));
}

#[test]
fn what_cannot_be_asked_is_refused_before_a_request() {
    let transport = base();
    let client = braincube(&transport);
    let refused = [
        Filter::And(Vec::new()),
        Filter::Greater("mb8/d2".into(), 1.into()),
        Filter::Greater("mb7/d2".into(), f64::NAN.into()),
        Filter::Equals("mb7/d1".into(), Value::time(T0 + 1)),
    ];
    for filter in refused {
        let error = client.check_filter("mill/7", &filter).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidInput, "{filter:?}");
    }
    assert!(client.check_filter("mill", &Filter::Less("mb7/d2".into(), 1.into())).is_err());
    client.check_filter("mill/7", &Filter::Less("mb7/d1".into(), Value::time(T0 + 1))).unwrap();
    assert!(transport.requests().is_empty());
}
