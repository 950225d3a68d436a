//! Events and nights: windows, and what servers leave out.

use serde_json::{Value, json};
use streamscope_client::rune::{EventFilter, Rune};
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Request};

use super::{parameter, rune};

const WINDOW: f64 = 90.0 * 86_400.0;

fn variables(request: &Request) -> Value {
    let body: Value = serde_json::from_slice(request.body.as_deref().unwrap()).unwrap();
    body["variables"].clone()
}

fn event(id: &str) -> Value {
    json!({ "id": id, "displayName": "Boxing", "customDetail": null, "payload": "",
        "duration": { "startTime": 1.0, "endTime": 2.0, "endTimeMax": null },
        "classification": { "namespace": "patient", "category": "activity", "enum": "boxing" },
        "tags": [{ "name": "a" }], "method": "manual", "createdAt": 3.0, "updatedAt": 4.0 })
}

fn list(events: &[Value], cursor: Value) -> Canned {
    let list = json!({ "events": events, "pageInfo": { "endCursor": cursor } });
    Canned::new(200, json!({ "data": { "patient": { "eventList": list } } }).to_string())
}

#[test]
fn a_long_range_is_asked_for_in_windows_and_each_event_comes_once() {
    // Every window has two pages; one event touches all windows.
    let transport = MemoryTransport::new(|request| {
        let asked = variables(request);
        let start = asked["start_time"].as_f64().unwrap();
        match asked["cursor"].as_str() {
            None => list(&[event("touches all"), event(&format!("{start}"))], json!("more")),
            Some(_) => list(&[event(&format!("{start}, later"))], json!("")),
        }
    });
    let end = 100.0 + 2.0 * WINDOW + 0.5;
    let events =
        transport.run(rune(&transport).patient_events("patient-p", 100.0, end, &[])).unwrap().unwrap();
    let ids: Vec<String> = events.ids().map(str::to_string).collect();
    let start = |window: f64| format!("{}", 100.0 + window * WINDOW);
    let expected = [
        "touches all".to_string(),
        start(0.0),
        start(0.0) + ", later",
        start(1.0),
        start(1.0) + ", later",
        start(2.0),
        start(2.0) + ", later",
    ];
    assert_eq!(ids, expected);
    let mut windows: Vec<(f64, f64)> = transport
        .requests()
        .iter()
        .map(variables)
        .filter(|asked| asked["cursor"].is_null())
        .map(|asked| (asked["start_time"].as_f64().unwrap(), asked["end_time"].as_f64().unwrap()))
        .collect();
    windows.sort_by(|one, other| one.0.total_cmp(&other.0));
    let middle = [100.0 + WINDOW, 100.0 + 2.0 * WINDOW];
    assert_eq!(windows, [(100.0, middle[0]), (middle[0], middle[1]), (middle[1], end)]);
    assert_eq!(variables(&transport.requests()[0])["patient_id"], "p");
    assert!(variables(&transport.requests()[0]).get("include_filters").is_none());
}

#[test]
fn an_empty_range_asks_for_nothing() {
    let transport = MemoryTransport::queue([]);
    for end in [5.0, 4.0, -1e9] {
        assert!(
            transport.run(rune(&transport).patient_events("p", 5.0, end, &[])).unwrap().unwrap().is_empty()
        );
    }
    for (start, end) in [(f64::NAN, 1.0), (0.0, f64::INFINITY), (0.0, 1.7e12)] {
        let error =
            transport.run(rune(&transport).patient_events("p", start, end, &[])).unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidInput);
    }
    let error =
        transport.run(rune(&transport).patient_events("patient-", 0.0, 1.0, &[])).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidInput);
    assert!(transport.requests().is_empty());
}

#[test]
fn helpers_filter_by_category() {
    let transport = MemoryTransport::new(|_| list(&[], Value::Null));
    let rune: Rune = rune(&transport);
    let _ = transport.run(rune.patient_activity_events("p", 0.0, 1.0)).unwrap().unwrap();
    let _ = transport.run(rune.patient_medication_events("p", 0.0, 1.0)).unwrap().unwrap();
    let _ = transport.run(rune.patient_symptom_events("p", 0.0, 1.0)).unwrap().unwrap();
    let _ = transport.run(rune.patient_wellbeing_events("p", 0.0, 1.0)).unwrap().unwrap();
    let own = EventFilter { namespace: "n".into(), category: "c".into(), value: "v".into() };
    let _ = transport.run(rune.patient_events("p", 0.0, 1.0, &[own])).unwrap().unwrap();
    let asked: Vec<Value> =
        transport.requests().iter().map(|request| variables(request)["include_filters"].clone()).collect();
    let filter = |namespace: &str, category: &str, value: &str| json!([{ "namespace": namespace, "category": category, "enum": value }]);
    let patient = |category: &str| filter("patient", category, "*");
    assert_eq!(
        asked,
        [
            patient("activity"),
            patient("medication"),
            patient("symptom"),
            patient("wellbeing"),
            filter("n", "c", "v")
        ]
    );
}

#[test]
fn events_are_reshaped_and_what_is_missing_is_borne() {
    let mut custom = event("custom");
    custom["customDetail"] = json!({ "displayName": "Spoonful of sugar" });
    custom["duration"] = json!({ "startTime": 1.5, "endTime": 2.0, "endTimeMax": 3.0 });
    custom["payload"] = json!("{\"dosage\": 1.0}");
    let mut bare = event("bare");
    for name in ["duration", "tags", "payload", "method", "createdAt", "updatedAt"] {
        bare[name] = Value::Null;
    }
    bare["customDetail"] = json!({ "displayName": "" });
    bare["classification"] = json!({ "namespace": "n", "category": "c" });
    let mut odd = event("odd");
    odd["payload"] = json!("not { json");
    odd["mood"] = json!("good");
    let events = json!({ "events": [event("plain"), custom, bare, odd] });
    let transport = MemoryTransport::queue([Canned::new(
        200,
        json!({ "data": { "patient": { "eventList": events } } }).to_string(),
    )]);
    let events = transport.run(rune(&transport).patient_events("p", 0.0, 9.0, &[])).unwrap().unwrap();
    let get = |id: &str| events.get(id).unwrap();
    assert_eq!((get("plain").end_time, &get("plain").payload), (Some(2.0), &json!({})));
    assert_eq!(get("plain").tags, ["a"]);
    assert_eq!(
        (get("custom").display_name.as_str(), get("custom").end_time),
        ("Spoonful of sugar", Some(3.0))
    );
    assert_eq!(get("custom").payload, json!({ "dosage": 1.0 }));
    assert_eq!(
        (get("bare").display_name.as_str(), get("bare").start_time, get("bare").end_time),
        ("Boxing", None, None)
    );
    assert_eq!((get("bare").tags.len(), &get("bare").classification.value), (0, &None));
    assert_eq!(
        (&get("odd").payload, get("odd").attributes.get("mood")),
        (&json!("not { json"), Some(&json!("good")))
    );
    assert_eq!(events.to_table().unwrap().num_rows(), 4);
}

#[test]
fn a_patient_without_events_has_no_list() {
    let none = Canned::new(200, r#"{"data":{"patient":{"eventList":null}}}"#);
    let nobody = Canned::new(200, r#"{"data":{"patient":null}}"#);
    let transport = MemoryTransport::queue([none, nobody]);
    let rune = rune(&transport);
    assert!(transport.run(rune.patient_events("p", 0.0, 9.0, &[])).unwrap().unwrap().is_empty());
    let error = transport.run(rune.patient_events("p", 0.0, 9.0, &[])).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[test]
fn nights_are_asked_for_by_31_dates() {
    let transport = MemoryTransport::new(|request| {
        let row = json!({ "id": parameter(request, "start_date"), "waso": 5, "own": { "a": 1 } });
        Canned::new(200, json!({ "data": { "sleep_metrics_healthkit": [row] } }).to_string())
    });
    let rune = rune(&transport);
    let nights = transport.run(rune.sleep_metrics("patient-p", "2024-02-01", "2024-04-04")).unwrap().unwrap();
    let asked = |name: &str| -> Vec<String> {
        transport.requests().iter().map(|request| parameter(request, name).unwrap()).collect()
    };
    assert_eq!(asked("start_date"), ["2024-02-01", "2024-03-03", "2024-04-03"]);
    assert_eq!(asked("end_date"), ["2024-03-02", "2024-04-02", "2024-04-04"]);
    assert_eq!(asked("patient_id"), ["p", "p", "p"]);
    assert!(transport.requests()[0].url.starts_with("https://strivepd.runelabs.io/api/v3/sleep_metrics?"));
    assert_eq!(nights.len(), 3);
    assert_eq!(nights[1]["id"], "2024-03-03");
    let table = streamscope_client::rune::table(&nights).unwrap();
    assert_eq!((table.num_rows(), table.num_columns()), (3, 3));
    assert!(transport.run(rune.sleep_metrics("p", "2024-02-02", "2024-02-01")).unwrap().unwrap().is_empty());
    assert_eq!(transport.run(rune.sleep_metrics("p", "2024-02-29", "2024-02-29")).unwrap().unwrap().len(), 1);
}

#[test]
fn dates_that_are_none_are_refused() {
    let transport = MemoryTransport::queue([]);
    for date in [
        "",
        "2024",
        "2024-2-1",
        "2023-02-29",
        "2024-13-01",
        "2024-00-01",
        "2024-01-00",
        "2024-01-01-",
        "+024-01-01",
        "2024-01-01T00:00",
    ] {
        let error =
            transport.run(rune(&transport).sleep_metrics("p", date, "2024-01-01")).unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidInput, "{date}");
        assert!(error.message.starts_with("start_date"), "{error}");
    }
    assert!(transport.requests().is_empty());
    let transport = MemoryTransport::queue([
        Canned::new(200, "{}"),
        Canned::new(200, r#"{"data":{"sleep_metrics_healthkit":null}}"#),
    ]);
    let rune = rune(&transport);
    let error = transport.run(rune.sleep_metrics("p", "2024-01-01", "2024-01-01")).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(transport.run(rune.sleep_metrics("p", "2024-01-01", "2024-01-01")).unwrap().unwrap().is_empty());
}

#[test]
fn windows_are_asked_for_side_by_side_but_not_more_than_the_policy_allows() {
    use std::time::Duration;
    for (concurrency, waited) in [(1, 8), (4, 2), (8, 1)] {
        let transport = MemoryTransport::new(|_| list(&[], Value::Null).after(Duration::from_secs(1)));
        let policy = streamscope_client::Policy { concurrency, ..Default::default() };
        let rune = rune(&transport).with_policy(policy);
        let _ = transport.run(rune.patient_events("p", 0.0, 8.0 * WINDOW, &[])).unwrap().unwrap();
        let now = streamscope_client::Transport::now_ms(&transport);
        assert_eq!((transport.requests().len(), now), (8, waited as f64 * 1000.0));
    }
}
