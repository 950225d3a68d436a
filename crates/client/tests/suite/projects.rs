//! Projects, cohorts, their patients and metrics.

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use serde_json::{Value, json};
use streamscope_client::rune::Item;
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Request};

use super::{rune, sets::text};

fn sent(request: &Request) -> Value {
    serde_json::from_slice(request.body.as_deref().unwrap()).unwrap()
}

fn data(data: Value) -> Canned {
    Canned::new(200, json!({ "data": data }).to_string())
}

fn project(id: &str) -> Value {
    json!({ "id": id, "title": "T", "status": "ACTIVE", "description": null, "type": "SANDBOX", "createdAt": 1.0,
        "updatedAt": 2.0, "startedAt": null, "createdBy": "me", "updatedBy": null, "budget": 5,
        "cohortList": { "cohorts": [{ "id": "c1", "title": "Arm", "description": "D", "createdAt": 3.0,
            "updatedAt": 4.0, "createdBy": "me", "updatedBy": "you" }] } })
}

#[test]
fn projects_are_walked_and_have_cohorts() {
    let page = |ids: &[&str], cursor: Value| {
        let projects: Vec<Value> = ids.iter().map(|id| project(id)).collect();
        data(
            json!({ "org": { "id": "o", "projectList": { "projects": projects, "pageInfo": { "endCursor": cursor } } } }),
        )
    };
    let transport = MemoryTransport::queue([page(&["a"], json!("next")), page(&["b"], json!(""))]);
    let projects = transport.run(rune(&transport).projects()).unwrap().unwrap();
    assert_eq!(projects.ids().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(sent(&transport.requests()[1])["variables"], json!({ "cursor": "next" }));
    let project = projects.get("a").unwrap();
    assert_eq!(
        (project.kind.as_str(), project.description.as_str(), project.started_at),
        ("SANDBOX", "", None)
    );
    assert_eq!(project.cohorts.get("c1").unwrap().updated_by, "you");
    assert_eq!(project.get("budget"), Some(json!(5)));
    let keys = r#"{"title":"T","created_at":1.0,"started_at":null,"updated_at":2.0,"created_by":"me","updated_by":"","status":"ACTIVE","type":"SANDBOX","cohorts":[{"title":"Arm","created_at":3.0,"updated_at":4.0,"created_by":"me","updated_by":"you","description":"D","id":"c1"}],"description":"","budget":5,"id":"a"}"#;
    assert_eq!(serde_json::to_string(project).unwrap(), keys);
    let table = projects.to_table().unwrap();
    assert_eq!((table.num_rows(), text(&table, "status", 1).as_deref()), (2, Some("ACTIVE")));
}

#[test]
fn one_project_is_found_or_not() {
    let transport =
        MemoryTransport::queue([data(json!({ "project": project("a") })), data(json!({ "project": null }))]);
    let rune = rune(&transport);
    assert_eq!(transport.run(rune.project("a")).unwrap().unwrap().title, "T");
    assert_eq!(sent(&transport.requests()[0])["variables"], json!({ "id": "a" }));
    let error = transport.run(rune.project("z")).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.message.contains("project z"), "{error}");
}

fn member(id: &str, accesses: Value) -> Value {
    json!({ "patient": { "id": format!("patient-{id}"), "patientAccessList": { "patientAccess": accesses } },
        "codeName": format!("P-{id}"), "createdAt": 1.0, "updatedAt": 2.0, "createdBy": "me", "updatedBy": "me" })
}

fn access(org: &str, start: f64) -> Value {
    json!({ "org": { "id": org }, "startTime": start, "endTime": null })
}

#[test]
fn patients_have_the_times_of_the_projects_own_organization() {
    for group in ["project", "cohort"] {
        let page = move |members: Vec<Value>, cursor: Value| {
            let list =
                json!({ format!("{group}Patients"): members, "pageInfo": { "codeNameEndCursor": cursor } });
            data(json!({ group: { "organizationId": "o1", format!("{group}PatientList"): list } }))
        };
        let transport = MemoryTransport::queue([
            page(
                vec![member(
                    "a",
                    json!([access("org-o2,org", 1.0), access("org-o1,org", 2.0), access("o1", 3.0)]),
                )],
                json!("c"),
            ),
            page(
                vec![
                    member("b", json!([access("o2", 1.0)])),
                    member("d", Value::Null),
                    json!({ "patient": null }),
                ],
                Value::Null,
            ),
        ]);
        let rune = rune(&transport);
        let patients = match group {
            "project" => transport.run(rune.project_patients("x")),
            _ => transport.run(rune.cohort_patients("x")),
        };
        let patients = patients.unwrap().unwrap();
        assert_eq!(patients.ids().collect::<Vec<_>>(), ["a", "b", "d"]);
        let starts: Vec<_> = patients.iter().map(|patient| patient.start_time).collect();
        assert_eq!(starts, [Some(2.0), None, None]);
        // The cursor goes under the name that the document declares.
        let variables: Vec<Value> =
            transport.requests().iter().map(|request| sent(request)["variables"].clone()).collect();
        assert_eq!(variables[0], json!({ "id": "x", "cursorInput": null }));
        assert_eq!(variables[1], json!({ "id": "x", "cursorInput": { "codeNameCursor": "c" } }));
        assert!(
            sent(&transport.requests()[0])["query"].as_str().unwrap().contains("$cursorInput: CursorInput")
        );
        let first = serde_json::to_string(patients.get("patient-a").unwrap()).unwrap();
        let keys = r#"{"project_code_name":"P-a","start_time":2.0,"end_time":null,"created_at":1.0,"updated_at":2.0,"created_by":"me","updated_by":"me","id":"a"}"#;
        assert_eq!(first, keys);
        assert_eq!(patients.to_table().unwrap().num_columns(), 8);
    }
}

#[test]
fn a_cursor_that_comes_again_ends_the_walk() {
    let transport = MemoryTransport::new(|_| {
        let list = json!({ "projectPatients": [], "pageInfo": { "codeNameEndCursor": "same" } });
        data(json!({ "project": { "organizationId": null, "projectPatientList": list } }))
    });
    let error = transport.run(rune(&transport).project_patients("x")).unwrap().unwrap_err();
    assert_eq!((error.kind, transport.requests().len()), (ErrorKind::Protocol, 2));
    let transport = MemoryTransport::queue([data(json!({ "cohort": null }))]);
    let error = transport.run(rune(&transport).cohort_patients("x")).unwrap().unwrap_err();
    assert!(error.message.contains("cohort x"), "{error}");
}

#[test]
fn metrics_are_a_table_of_their_own() {
    let metric = |id: &str, value: Value| {
        json!({ "id": id, "createdAt": 5.0, "updatedAt": 6.0, "type": "TOTAL_HOURS", "dataType": "APPLEWATCH_TREMOR",
            "value": value, "timeInterval": "NINETY_DAYS" })
    };
    let mut one = member("a", Value::Null);
    one["metricList"] = json!({ "metrics": [metric("m1", json!(1.5)), metric("m2", Value::Null)] });
    let mut none = member("b", Value::Null);
    none["metricList"] = json!({ "metrics": [] });
    let list = json!({ "cohortPatients": [one, none], "pageInfo": null });
    let transport = MemoryTransport::queue([data(json!({ "cohort": { "cohortPatientList": list } }))]);
    let patients = transport.run(rune(&transport).cohort_metrics("x")).unwrap().unwrap();
    let patient = patients.get("a").unwrap();
    let metrics = patient.metrics.as_ref().unwrap();
    assert_eq!(metrics.get("m1").unwrap().value, Some(1.5));
    let keys = r#"{"type":"TOTAL_HOURS","data_type":"APPLEWATCH_TREMOR","value":null,"time_interval":"NINETY_DAYS","created_at":5.0,"updated_at":6.0,"id":"m2"}"#;
    assert_eq!(serde_json::to_string(metrics.get("m2").unwrap()).unwrap(), keys);
    assert_eq!(metrics.to_table().unwrap().num_rows(), 2);
    let table = patient.metrics_table().unwrap();
    let names: Vec<_> = table.schema().fields().iter().map(|field| field.name().clone()).collect();
    let expected = [
        "created_at",
        "updated_at",
        "created_by",
        "updated_by",
        "project_patient_code_name",
        "id",
        "metric_type",
        "metric_data_type",
        "metric_value",
        "metric_time_interval",
        "metric_created_at",
        "metric_updated_at",
        "metric_id",
    ];
    assert_eq!(names, expected);
    let values = table.column_by_name("metric_value").unwrap().as_primitive::<Float64Type>();
    assert_eq!(values.iter().collect::<Vec<_>>(), [Some(1.5), None]);
    let none = patients.get("b").unwrap().metrics_table().unwrap();
    assert_eq!((none.num_rows(), none.schema()), (0, table.schema()));
}
