//! Sets: order, ids, filters, dictionaries and tables.

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, TimestampNanosecondType};
use arrow_array::{Array, RecordBatch};
use serde_json::{Value, json};
use streamscope_client::ErrorKind;
use streamscope_client::rune::{
    Attributes, Classification, Device, Event, Item, Org, Parameter, Patient, Set, StreamCriteria,
    StreamFilter, StreamMetadata, StreamType, table,
};

fn org(id: &str, name: &str) -> Org {
    Org {
        name: name.into(),
        created_at: Some(1.5),
        tags: vec!["a".into()],
        attributes: Attributes::new(),
        id: id.into(),
    }
}

fn device(patient_id: &str, id: &str) -> Device {
    Device {
        patient_id: patient_id.into(),
        name: "Watch".into(),
        created_at: None,
        device_type_id: "watch".into(),
        disabled: false,
        disabled_at: None,
        updated_at: None,
        attributes: Attributes::new(),
        id: id.into(),
    }
}

fn patient(id: &str, devices: &[&str]) -> Patient {
    let devices = devices.iter().map(|device_id| device(id, device_id)).collect();
    Patient { name: id.into(), created_at: Some(2.0), devices, attributes: Attributes::new(), id: id.into() }
}

pub(super) fn stream(id: &str, labels: &[(&str, &str)]) -> StreamMetadata {
    let label = |(key, value): &(&str, &str)| Parameter { key: (*key).into(), value: (*value).into() };
    let kind = StreamType {
        name: "Count".into(),
        description: "Counts.".into(),
        dimensions: super::server::dimensions(),
        attributes: Attributes::new(),
        id: "count".into(),
    };
    StreamMetadata {
        created_at: Some(1.0),
        algorithm: "a.0".into(),
        device_id: "d1".into(),
        patient_id: "p1".into(),
        stream_type: kind,
        min_time: None,
        max_time: Some(4.0),
        parameters: labels.iter().map(label).collect(),
        attributes: Attributes::new(),
        id: id.into(),
    }
}

fn names(table: &RecordBatch) -> Vec<String> {
    table.schema().fields().iter().map(|field| field.name().clone()).collect()
}

/// A text cell; `None` for null.
pub(super) fn text(table: &RecordBatch, column: &str, row: usize) -> Option<String> {
    let column = table.column_by_name(column).unwrap_or_else(|| panic!("no column {column}"));
    if column.is_null(row) {
        return None;
    }
    if let Some(plain) = column.as_string_opt::<i32>() {
        return Some(plain.value(row).into());
    }
    let column = column.as_dictionary::<Int32Type>();
    Some(column.values().as_string::<i32>().value(column.keys().value(row) as usize).into())
}

#[test]
fn a_set_keeps_order_and_each_id_once() {
    let mut set: Set<Org> = [org("a", "A"), org("b", "B")].into_iter().collect();
    set.add(org("a", "again"));
    set.update([org("c", "C"), org("b", "B2")]);
    assert_eq!(set.ids().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(set.iter().map(|org| org.name.as_str()).collect::<Vec<_>>(), ["again", "B2", "C"]);
    assert_eq!((set.len(), set.is_empty(), set.at(2).unwrap().id.as_str(), set.at(3)), (3, false, "c", None));
    assert_eq!(set.find("org-b,org").unwrap().name, "B2");
    assert_eq!(set.get("c").unwrap().id, "c");
    let error = set.get("nobody").unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.message.contains("organization") && error.message.contains("nobody"), "{error}");
    assert_eq!(set.remove("nobody"), None);
    assert_eq!(set.remove("org-a").unwrap().id, "a");
    assert_eq!(set.ids().collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(set.filter(|org| org.name == "C").ids().collect::<Vec<_>>(), ["c"]);
    assert!(Set::<Org>::new().is_empty());
}

#[test]
fn devices_of_several_patients_may_share_an_id() {
    let patients: Set<Patient> = [patient("p1", &["d1", "d2"]), patient("p2", &["d1"])].into_iter().collect();
    let devices = patients.devices();
    assert_eq!(
        devices.ids().collect::<Vec<_>>(),
        ["patient-p1,device-d1", "patient-p1,device-d2", "patient-p2,device-d1"]
    );
    assert_eq!(devices.find("patient-p2,device-d1").unwrap().patient_id, "p2");
    assert_eq!(devices.find("device-d1").unwrap().patient_id, "p1");
    assert_eq!(devices.find("patient-p2,device-d2"), None);
    assert_eq!(patients.get("patient-p2").unwrap().devices.get("d1").unwrap().patient_id, "p2");
}

#[test]
fn attributes_are_reached_by_name() {
    let mut org = org("a", "A");
    org.attributes.insert("parking".into(), json!(true));
    assert_eq!(org.get("parking"), Some(json!(true)));
    assert_eq!(
        (org.get("name"), org.get("id"), org.get("nothing")),
        (Some(json!("A")), Some(json!("a")), None)
    );
    assert_eq!(stream("s", &[("category", "neural")]).get("category"), Some(json!("neural")));
}

#[test]
fn dictionaries_have_the_official_order() {
    let list = |value: &dyn erased::Text| value.text();
    let orgs: Set<Org> = [org("a", "A")].into_iter().collect();
    assert_eq!(list(&orgs), r#"[{"name":"A","created_at":1.5,"tags":["a"],"id":"a"}]"#);
    let patients: Set<Patient> = [patient("p", &["d"])].into_iter().collect();
    let device = r#"{"patient_id":"p","name":"Watch","created_at":null,"device_type_id":"watch","disabled":false,"disabled_at":null,"updated_at":null,"id":"d"}"#;
    assert_eq!(
        list(&patients),
        format!(r#"[{{"name":"p","created_at":2.0,"devices":[{device}],"id":"p"}}]"#)
    );
    let shadows = [("category", "c"), ("id", "x"), ("algorithm", "y"), ("category", "last")];
    let stream = serde_json::to_string(&stream("s", &shadows)).unwrap();
    let start = r##"{"created_at":1.0,"algorithm":"a.0","device_id":"d1","patient_id":"p1","stream_type":{"name":"Count","description":"Counts.","dimensions":[{"data_type":"timestamp","quantity_name":"Count","unit_name":"Number","quantity_abbrev":"n","unit_abbrev":"#","id":"time"}"##;
    assert!(stream.starts_with(start), "{stream}");
    let end = r##""max_time":4.0,"parameters":{"category":"last","id":"x","algorithm":"y"},"category":"last","id":"s"}"##;
    assert!(stream.ends_with(end), "{stream}");
}

/// Serialised to text, whatever the type.
mod erased {
    pub(super) trait Text {
        fn text(&self) -> String;
    }

    impl<T: serde::Serialize> Text for T {
        fn text(&self) -> String {
            serde_json::to_string(self).unwrap()
        }
    }
}

#[test]
fn streams_are_selected_by_all_criteria() {
    let mut other = stream("s2", &[("category", "motion"), ("measurement", "m"), ("side", "left")]);
    other.patient_id = "p2".into();
    other.device_id = "d2".into();
    other.stream_type.id = "rotation".into();
    other.algorithm = "b.1".into();
    let streams: Set<_> =
        [stream("s1", &[("category", "neural"), ("measurement", "m")]), other].into_iter().collect();
    let select =
        |criteria: StreamCriteria| streams.select(&criteria).ids().map(str::to_string).collect::<Vec<_>>();
    let some = |text: &str| Some(text.to_string());
    let none = StreamCriteria::default;
    let all = StreamFilter::default;
    let that = |filter| StreamCriteria { filter, ..none() };
    assert_eq!(select(none()), ["s1", "s2"]);
    assert_eq!(select(that(StreamFilter { category: some(""), ..all() })), ["s1", "s2"]);
    for criteria in [
        StreamCriteria { stream_id: some("s2"), ..none() },
        StreamCriteria { patient_id: some("patient-p2"), ..none() },
        that(StreamFilter { device_id: some("patient-p2,device-d2"), ..all() }),
        that(StreamFilter { stream_type_id: some("rotation"), ..all() }),
        that(StreamFilter { algorithm: some("b.1"), ..all() }),
        that(StreamFilter { category: some("motion"), measurement: some("m"), ..all() }),
        that(StreamFilter { parameters: vec![("side".into(), "left".into())], ..all() }),
    ] {
        assert_eq!(select(criteria.clone()), ["s2"], "{criteria:?}");
    }
    assert!(
        select(StreamCriteria {
            stream_id: some("s1"),
            ..that(StreamFilter { category: some("motion"), ..all() })
        })
        .is_empty()
    );
    assert_eq!(streams.select(&none()).filter(|stream| stream.max_time > Some(3.0)).len(), 2);
}

#[test]
fn a_set_becomes_a_table() {
    let orgs: Set<Org> = [org("a", "A"), org("b", "")].into_iter().collect();
    let table = orgs.to_table().unwrap();
    assert_eq!(names(&table), ["name", "created_at", "tags", "id"]);
    assert_eq!(table.column(1).as_primitive::<Float64Type>().values(), &[1.5, 1.5]);
    assert_eq!(
        (text(&table, "name", 1).as_deref(), text(&table, "tags", 0).as_deref()),
        (Some(""), Some(r#"["a"]"#))
    );
    let empty = Set::<Org>::new().to_table().unwrap();
    assert_eq!((names(&empty), empty.num_rows()), (names(&table), 0));
    assert_eq!(empty.schema(), table.schema());
}

#[test]
fn labels_are_columns_and_what_is_missing_is_null() {
    let streams: Set<_> =
        [stream("s1", &[("category", "neural")]), stream("s2", &[("side", "left")])].into_iter().collect();
    let table = streams.to_table().unwrap();
    let own = [
        "created_at",
        "algorithm",
        "device_id",
        "patient_id",
        "stream_type",
        "min_time",
        "max_time",
        "parameters",
    ];
    // As in a data frame of dictionaries: in the order in which keys appear.
    assert_eq!(names(&table), [&own[..], &["category", "id", "side"]].concat());
    assert_eq!((text(&table, "category", 0).as_deref(), text(&table, "category", 1)), (Some("neural"), None));
    assert_eq!((text(&table, "side", 0), text(&table, "side", 1).as_deref()), (None, Some("left")));
    assert_eq!(text(&table, "parameters", 1).as_deref(), Some(r#"{"side":"left"}"#));
    assert_eq!(table.column_by_name("min_time").unwrap().null_count(), 2);
}

fn event(id: &str, start: Option<f64>, end: Option<f64>) -> Event {
    Event {
        patient_id: "p".into(),
        start_time: start,
        end_time: end,
        classification: Classification {
            namespace: "patient".into(),
            category: "symptom".into(),
            value: None,
        },
        display_name: "Tremor".into(),
        payload: json!({ "severity": 3 }),
        method: None,
        created_at: Some(1.0),
        updated_at: Some(1_709_280_000.123_456),
        tags: vec!["x".into()],
        attributes: Attributes::new(),
        id: id.into(),
    }
}

#[test]
fn events_are_a_table_in_order_of_time() {
    let events: Set<Event> = [
        event("open", Some(5.0), None),
        event("unknown", None, None),
        event("long", Some(5.0), Some(9.0)),
        event("first", Some(1.25), Some(2.0)),
    ]
    .into_iter()
    .collect();
    let table = events.to_table().unwrap();
    let columns = [
        "patient_id",
        "start_time",
        "end_time",
        "namespace",
        "category",
        "enum",
        "display_name",
        "method",
        "payload",
        "tags",
        "created_at",
        "updated_at",
        "id",
    ];
    assert_eq!(names(&table), columns);
    let ids: Vec<_> = (0..4).map(|row| text(&table, "id", row).unwrap()).collect();
    assert_eq!(ids, ["first", "long", "open", "unknown"]);
    let times = table.column_by_name("start_time").unwrap().as_primitive::<TimestampNanosecondType>();
    assert_eq!((times.value(0), times.is_null(3)), (1_250_000_000, true));
    let updated = table.column_by_name("updated_at").unwrap().as_primitive::<TimestampNanosecondType>();
    assert_eq!(updated.value(0), 1_709_280_000_123_456_000);
    assert_eq!(
        (text(&table, "enum", 0), text(&table, "payload", 0).as_deref()),
        (None, Some(r#"{"severity":3}"#))
    );
    assert_eq!(names(&Set::<Event>::new().to_table().unwrap()), columns);
    let dictionary = serde_json::to_string(&event("e", None, None)).unwrap();
    let keys: indexmap::IndexMap<String, Value> = serde_json::from_str(&dictionary).unwrap();
    let order = [
        "patient_id",
        "start_time",
        "end_time",
        "classification",
        "display_name",
        "payload",
        "method",
        "created_at",
        "updated_at",
        "tags",
        "id",
    ];
    assert_eq!(keys.keys().collect::<Vec<_>>(), order);
}

#[test]
fn rows_of_any_shape_make_a_table() {
    let rows = [
        json!({ "date": "2024-03-01", "hours": 7, "ok": true, "mixed": 1, "big": 9007199254740993i64, "half": 1 }),
        json!({ "date": null, "hours": 8, "ok": false, "mixed": "x", "big": 1, "half": 0.5, "more": [1] }),
        json!({ "mixed": "\"quoted\" ü\u{1F600}" }),
    ];
    let table = table(&rows).unwrap();
    let types: Vec<String> = table
        .schema()
        .fields()
        .iter()
        .map(|field| format!("{} {}", field.name(), field.data_type()))
        .collect();
    assert_eq!(table.num_rows(), 3);
    assert!(
        types.contains(&"hours Int64".to_string()) && types.contains(&"half Float64".into()),
        "{types:?}"
    );
    assert!(types.contains(&"ok Boolean".to_string()), "{types:?}");
    assert_eq!(
        table.column_by_name("big").unwrap().as_primitive::<arrow_array::types::Int64Type>().value(0),
        9007199254740993
    );
    let mixed: Vec<Value> =
        (0..3).map(|row| serde_json::from_str(&text(&table, "mixed", row).unwrap()).unwrap()).collect();
    assert_eq!(mixed, [json!(1), json!("x"), json!("\"quoted\" ü\u{1F600}")]);
    assert_eq!(
        (text(&table, "date", 0).as_deref(), text(&table, "date", 1), text(&table, "date", 2)),
        (Some("2024-03-01"), None, None)
    );
}
