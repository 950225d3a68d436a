use serde_json::{Value, json};
use streamscope_client::rune::{StreamFilter, ids};
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Request};

use super::rune;

fn variables(request: &Request) -> Value {
    let body: Value = serde_json::from_slice(request.body.as_deref().unwrap()).unwrap();
    body["variables"].clone()
}

fn data(data: Value) -> Canned {
    Canned::new(200, json!({ "data": data }).to_string())
}

fn stream(id: &str) -> Value {
    json!({
        "id": id, "createdAt": 1.5, "algorithm": "a.0", "deviceId": "patient-p1,device-d1", "patientId": "patient-p1",
        "streamType": {"id": "acceleration", "name": "Acceleration", "description": "…", "shape": {"dimensions": [
            {"identifier": "time", "dataType": "timestamp", "quantityName": "Time", "quantityAbbrev": "t",
             "unitName": "Nanoseconds", "unitAbbrev": "ns"}]}},
        "parameters": [{"key": "category", "value": "motion"}, {"key": "id", "value": "shadow"}],
        "minTime": 1709280000.25, "maxTime": 1709280001.5
    })
}

#[test]
fn ids_lose_their_dress() {
    assert_eq!((ids::patient("patient-p1"), ids::patient("p1")), ("p1", "p1"));
    assert_eq!(ids::device("patient-p1,device-d1"), "d1");
    assert_eq!((ids::device("device-d1"), ids::device("d1")), ("d1", "d1"));
    assert_eq!(
        (ids::org("org-o1,org"), ids::org("o1,org"), ids::org("org-o1"), ids::org("o1")),
        ("o1", "o1", "o1", "o1")
    );
    assert_eq!((ids::user("user-u1,user"), ids::user("u1")), ("u1", "u1"));
    for id in ["p1", "patient-p1"] {
        assert_eq!(ids::full_patient(id), "patient-p1");
        assert_eq!(ids::full_device(id, "device-d1"), "patient-p1,device-d1");
        assert_eq!(ids::full_device(id, "patient-p1,device-d1"), "patient-p1,device-d1");
    }
    for id in ["o1", "org-o1", "o1,org", "org-o1,org"] {
        assert_eq!(ids::full_org(id), "org-o1,org");
    }
    assert_eq!(
        (ids::full_user("u1"), ids::full_user("user-u1,user")),
        ("user-u1,user".into(), "user-u1,user".into())
    );
}

#[test]
fn the_user_is_read_with_and_without_an_organization() {
    let with = json!({"user": {"id": "user-1,user", "created": 5.0, "displayName": "Ada", "email": "a@b",
        "defaultMembership": {"org": {"id": "org-o,org", "displayName": "Lab"}}}});
    let without = json!({"user": {"id": "user-1,user", "defaultMembership": null}});
    let transport = MemoryTransport::queue([data(with), data(without)]);
    let rune = rune(&transport);
    let user = transport.run(rune.current_user()).unwrap().unwrap();
    assert_eq!(user.active_org_id.as_deref(), Some("org-o,org"));
    assert_eq!((user.name.as_deref(), user.created_at), (Some("Ada"), Some(5.0)));
    let user = transport.run(rune.current_user()).unwrap().unwrap();
    assert_eq!((user.active_org_id, user.name), (None, None));
}

#[test]
fn all_memberships_are_walked_and_one_is_found_by_either_id() {
    let page = |ids: &[&str], cursor: Value| {
        let memberships: Vec<Value> =
            ids.iter().map(|id| json!({"org": {"id": id, "displayName": id, "orgTags": null}})).collect();
        data(
            json!({"user": {"membershipList": {"pageInfo": {"endCursor": cursor}, "memberships": memberships}}}),
        )
    };
    let pages =
        || [page(&["org-a,org", "org-b,org"], json!("1")), page(&["org-b,org", "org-c,org"], json!(""))];
    let transport = MemoryTransport::queue(pages().into_iter().chain(pages()).chain(pages()));
    let rune = rune(&transport);
    let orgs = transport.run(rune.orgs()).unwrap().unwrap();
    assert_eq!(orgs.iter().map(|org| org.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    let sent: Vec<Value> = transport.requests().iter().map(variables).collect();
    assert_eq!(sent, [json!({"cursor": null}), json!({"cursor": "1"})]);
    assert_eq!(transport.run(rune.org("org-c,org")).unwrap().unwrap().id, "c");
    let error = transport.run(rune.org("z")).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.message.contains("organization z"), "{error}");
}

#[test]
fn the_active_organization_is_set() {
    let answer = json!({"updateDefaultMembership": {"user": {"defaultMembership": {"org": {"id": "org-b,org", "displayName": "B"}}}}});
    let transport = MemoryTransport::queue([data(answer)]);
    let org = transport.run(rune(&transport).set_active_org("b")).unwrap().unwrap();
    assert_eq!((org.id.as_str(), org.name.as_str()), ("b", "B"));
    assert_eq!(variables(&transport.requests()[0]), json!({"input": {"orgId": "b"}}));
}

fn device(id: &str) -> Value {
    json!({"deviceShortId": id, "alias": id, "createdAt": 1.0, "deviceType": {"id": "watch"}, "disabled": null})
}

#[test]
fn patients_with_many_devices_are_fetched_whole() {
    let patient = |id: &str, devices: &[&str], cursor: Value| {
        let devices: Vec<Value> = devices.iter().map(|id| device(id)).collect();
        json!({"id": format!("patient-{id}"), "codeName": id, "createdAt": 2.0,
               "deviceList": {"pageInfo": {"endCursor": cursor}, "devices": devices}})
    };
    let list = |patients: Vec<Value>, cursor: Value| {
        let access: Vec<Value> = patients.into_iter().map(|patient| json!({ "patient": patient })).collect();
        data(
            json!({"org": {"patientAccessList": {"pageInfo": {"endCursor": cursor}, "patientAccess": access}}}),
        )
    };
    let transport = MemoryTransport::queue([
        list(vec![patient("a", &["d1"], Value::Null), patient("b", &["d1"], json!("more"))], json!("2")),
        data(json!({"patient": patient("b", &["d1"], json!("more"))})),
        data(json!({"patient": patient("b", &["d2", "d1"], Value::Null)})),
        list(vec![patient("c", &[], Value::Null)], Value::Null),
    ]);
    let patients = transport.run(rune(&transport).patients()).unwrap().unwrap();
    let found: Vec<(&str, Vec<(&str, &str)>)> = patients
        .iter()
        .map(|patient| {
            let devices =
                patient.devices.iter().map(|device| (device.id.as_str(), device.patient_id.as_str()));
            (patient.id.as_str(), devices.collect())
        })
        .collect();
    // Two patients may own devices with the same id.
    assert_eq!(found, [("a", vec![("d1", "a")]), ("b", vec![("d1", "b"), ("d2", "b")]), ("c", vec![])]);
    let sent: Vec<Value> = transport.requests().iter().map(variables).collect();
    assert_eq!(sent[1], json!({"patient_id": "b", "cursor": null}));
    assert_eq!(sent[2], json!({"patient_id": "b", "cursor": "more"}));
    assert_eq!(sent[3]["patient_cursor"], json!("2"));
}

#[test]
fn streams_are_asked_for_by_the_hundred_and_missing_ones_are_named() {
    let answer = |request: &Request| {
        let ids = variables(request)["stream_ids"].as_array().unwrap().clone();
        let known = ids.iter().rev().filter_map(Value::as_str).filter(|id| !id.starts_with("lost"));
        let streams: Vec<Value> = known.map(stream).collect();
        data(json!({"streamListByIds": {"pageInfo": {"endCursor": null}, "streams": streams}}))
    };
    let transport = MemoryTransport::new(answer);
    let ids: Vec<String> = (0..205).map(|place| format!("s{}", place % 203)).collect();
    let streams = transport.run(rune(&transport).streams_by_ids(&ids)).unwrap().unwrap();
    assert_eq!(streams.iter().map(|stream| stream.id.clone()).collect::<Vec<_>>(), ids[..203]);
    let sizes = transport
        .requests()
        .iter()
        .map(|request| variables(request)["stream_ids"].as_array().unwrap().len())
        .collect::<Vec<_>>();
    assert_eq!(sizes, [100, 100, 3]);
    let lost =
        transport.run(rune(&transport).streams_by_ids(&["s1", "lost1", "lost2"])).unwrap().unwrap_err();
    assert_eq!(lost.kind, ErrorKind::NotFound);
    assert!(lost.message.contains("lost1, lost2") && !lost.message.contains("s1"), "{lost}");
}

#[test]
fn a_patients_streams_are_filtered_and_paged() {
    let page = |ids: &[&str], cursor: Value| {
        let streams: Vec<Value> = ids.iter().map(|id| stream(id)).collect();
        data(json!({"streamList": {"pageInfo": {"endCursor": cursor}, "streams": streams}}))
    };
    let transport = MemoryTransport::queue([page(&["s1"], json!("c")), page(&["s2"], Value::Null)]);
    let filter = StreamFilter {
        device_id: Some("d1".into()),
        stream_type_id: Some("acceleration".into()),
        category: Some("motion".into()),
        measurement: Some("m".into()),
        parameters: vec![("axis".into(), "x".into())],
        ..StreamFilter::default()
    };
    let streams = transport.run(rune(&transport).patient_streams("patient-p1", &filter)).unwrap().unwrap();
    assert_eq!(streams.len(), 2);
    let first = streams.at(0).unwrap();
    assert_eq!((first.device_id.as_str(), first.patient_id.as_str()), ("d1", "p1"));
    assert_eq!(first.parameters.len(), 2);
    let sent = variables(&transport.requests()[0]);
    let expected = json!({
        "patientId": "p1", "deviceId": "patient-p1,device-d1", "streamTypeId": "acceleration", "algorithm": null,
        "parameters": [{"key": "axis", "value": "x"}, {"key": "category", "value": "motion"}, {"key": "measurement", "value": "m"}]
    });
    assert_eq!(sent, json!({"filters": expected, "cursor": null}));
    assert_eq!(variables(&transport.requests()[1])["cursor"], json!("c"));
}

#[test]
fn an_unknown_patient_is_told_from_one_without_streams() {
    let none = || data(json!({"streamList": {"pageInfo": {"endCursor": null}, "streams": []}}));
    let known = data(json!({"patient": {"id": "p1", "codeName": "P", "deviceList": null}}));
    let unknown = Canned::new(
        200,
        r#"{"errors":[{"message":"patient not found","path":["patient"]}],"data":{"patient":null}}"#,
    );
    let transport = MemoryTransport::queue([none(), known, none(), unknown]);
    let rune = rune(&transport);
    assert!(transport.run(rune.patient_streams("p1", &StreamFilter::default())).unwrap().unwrap().is_empty());
    let error = transport.run(rune.patient_streams("p9", &StreamFilter::default())).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("patient not found"), "{error}");
}

#[test]
fn a_cursor_that_repeats_is_stopped() {
    let transport = MemoryTransport::new(|_| {
        data(json!({"streamList": {"pageInfo": {"endCursor": "same"}, "streams": [stream("s1")]}}))
    });
    let error =
        transport.run(rune(&transport).patient_streams("p", &StreamFilter::default())).unwrap().unwrap_err();
    assert_eq!((error.kind, transport.requests().len()), (ErrorKind::Protocol, 2));
}

#[test]
fn errors_win_over_partial_data_and_odd_answers_are_protocol_errors() {
    let partial = Canned::new(200, r#"{"data":{"user":{"id":"u"}},"errors":[{"message":"no access"}]}"#);
    let transport = MemoryTransport::queue([
        partial,
        Canned::new(200, "{}"),
        Canned::new(200, "<html>"),
        data(json!({"user": 5})),
    ]);
    let rune = rune(&transport);
    let error = transport.run(rune.current_user()).unwrap().unwrap_err();
    assert_eq!((error.kind, error.server_message.as_deref()), (ErrorKind::Refused, Some("no access")));
    for _ in 0..3 {
        assert_eq!(transport.run(rune.current_user()).unwrap().unwrap_err().kind, ErrorKind::Protocol);
    }
}

#[test]
fn nulls_in_metadata_are_borne() {
    let mut bare = stream("s");
    for name in ["createdAt", "algorithm", "deviceId", "parameters", "minTime", "maxTime"] {
        bare[name] = Value::Null;
    }
    bare["streamType"]["shape"] = Value::Null;
    let transport = MemoryTransport::queue([data(json!({"streamListByIds": {"streams": [bare]}}))]);
    let streams = transport.run(rune(&transport).streams_by_ids(&["s"])).unwrap().unwrap();
    let first = streams.at(0).unwrap();
    assert_eq!((first.min_time, first.parameters.len()), (None, 0));
    assert!(first.stream_type.dimensions.is_empty());
}

#[test]
fn a_list_that_repeats_a_cursor_or_never_ends_is_stopped_and_says_where() {
    let page = |cursor: &str, id: &str| {
        data(json!({"streamList": {"pageInfo": {"endCursor": cursor}, "streams": [stream(id)]}}))
    };
    let numbered = |of: fn(&str) -> &str| {
        let mut pages = 0;
        MemoryTransport::new(move |_| {
            pages += 1;
            let number = pages.to_string();
            page(&number, of(&number))
        })
    };
    let (endless, idle) = (numbered(|number| number), numbered(|_| "s1"));
    let repeating = MemoryTransport::new(move |_| page("again", "s1"));
    for (transport, words, requests) in [
        (endless, "after 10000 pages", 10_000),
        (idle, "100 pages in a row brought nothing new", 101),
        (repeating, "a second time", 2),
    ] {
        let rune = rune(&transport);
        let error = transport.run(rune.patient_streams("p1", &StreamFilter::default())).unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
        assert!(error.message.contains(words), "{error}");
        assert_eq!(error.request.as_deref(), Some("POST https://graph.example/graphql"));
        assert_eq!(transport.requests().len(), requests);
    }
}
