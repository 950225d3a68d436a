//! The GraphQL operations, as clients send them.

use serde_json::{Value, json};
use streamscope_sandbox::{Request, Sandbox};

use crate::fixture::{NOW, data, graphql, ok_json, refusal, sandbox, stream, with_catalogue};

fn patient(sandbox: &Sandbox, name: &str) -> String {
    let info = ok_json(sandbox, "/sandbox/info.json");
    let subjects = info["platforms"]["rune"]["subjects"].as_array().cloned().unwrap_or_default();
    let found = subjects.into_iter().find(|subject| subject["name"] == name).expect("a subject");
    found["id"].as_str().expect("an id").to_owned()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

/// Follows cursors: `at` leads from the data to the list object, `items` names its items.
fn all(sandbox: &Sandbox, query: &str, mut variables: Value, at: &str, items: &str) -> (Vec<Value>, usize) {
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let answer = data(sandbox, query, variables.clone());
        let page = answer.pointer(at).expect("a list").clone();
        found.extend(list(&page[items]).iter().cloned());
        pages += 1;
        match page["pageInfo"]["endCursor"].as_str() {
            Some(cursor) => variables["cursor"] = json!(cursor),
            None => return (found, pages),
        }
    }
}

const ORGS: &str = "query getOrgMemberships($cursor: Cursor) { user { membershipList(cursor: $cursor) {
    pageInfo { endCursor } memberships { org { id created_at: created name: displayName tags: orgTags } } } } }";

#[test]
fn the_user_has_an_active_organization_that_can_be_changed() {
    let sandbox = sandbox();
    let active = "query getUser { user { id created_at: created name: displayName email
        defaultMembership { org { id name: displayName } } } }";
    let user = data(&sandbox, active, json!({}))["user"].clone();
    assert!(user["id"].as_str().is_some_and(|id| id.starts_with("user-") && id.ends_with(",user")));
    assert_eq!(user["email"], "demo@example.org");

    let (orgs, pages) = all(&sandbox, ORGS, json!({ "cursor": null }), "/user/membershipList", "memberships");
    assert_eq!((orgs.len(), pages), (2, 2));
    assert_eq!(user["defaultMembership"]["org"]["id"], orgs[0]["org"]["id"]);

    let names = "{ org { patientAccessList { patientAccess { patient { codeName } } } } }";
    let before = data(&sandbox, names, json!({}));
    let change = "mutation updateDefaultMembership($input: UpdateDefaultMembershipInput!) {
        updateDefaultMembership(input: $input) { user { defaultMembership { org { id } } } } }";
    // Without prefix and suffix, as the official client sends it.
    let id = orgs[1]["org"]["id"].as_str().expect("an id");
    let plain = id.trim_start_matches("org-").trim_end_matches(",org");
    let changed = data(&sandbox, change, json!({ "input": { "orgId": plain } }));
    assert_eq!(changed["updateDefaultMembership"]["user"]["defaultMembership"]["org"]["id"], id);
    assert_eq!(data(&sandbox, active, json!({}))["user"]["defaultMembership"]["org"]["id"], id);
    assert_ne!(data(&sandbox, names, json!({})), before);
    assert!(graphql(&sandbox, change, json!({ "input": { "orgId": "none" } }))["errors"].is_array());
}

#[test]
fn patients_come_in_pages_with_their_devices() {
    let sandbox = sandbox();
    let query = "query getPatientList($cursor: Cursor, $device_cursor: Cursor) { org {
        patientAccessList(cursor: $cursor) { pageInfo { endCursor } patientAccess { patient {
            id name: codeName created_at: createdAt
            deviceList(cursor: $device_cursor) { pageInfo { endCursor } devices { ...D } } } } } } }
        fragment D on Device { id: deviceShortId name: alias device_type: deviceType { id } disabled disabledAt }";
    let variables = json!({ "cursor": null, "device_cursor": null });
    let (patients, pages) = all(&sandbox, query, variables, "/org/patientAccessList", "patientAccess");
    let names: Vec<_> = patients.iter().map(|access| access["patient"]["name"].as_str()).collect();
    assert_eq!(names, [Some("juniper"), Some("willow"), Some("alder")]);
    assert_eq!(pages, 2);
    // The first has more devices than a page holds.
    let devices = &patients[0]["patient"]["deviceList"];
    assert_eq!(list(&devices["devices"]).len(), 2);
    assert_eq!(devices["devices"][0]["device_type"]["id"], "applewatch");
    let one = "query($patient_id: ID!, $cursor: Cursor) { patient(id: $patient_id) {
        deviceList(cursor: $cursor) { pageInfo { endCursor } devices { deviceShortId } } } }";
    let id = patients[0]["patient"]["id"].clone();
    let (devices, _) = all(&sandbox, one, json!({ "patient_id": id }), "/patient/deviceList", "devices");
    assert_eq!(devices.len(), 3);
    // Short ids are unique within a patient only.
    assert_eq!(patients[1]["patient"]["deviceList"]["devices"][0]["id"], devices[0]["deviceShortId"]);
}

#[test]
fn an_unknown_patient_is_an_error_beside_null() {
    let sandbox = sandbox();
    let answer = graphql(&sandbox, "query($id: ID!) { patient(id: $id) { id } }", json!({ "id": "none" }));
    assert_eq!(answer["data"], json!({ "patient": null }));
    assert_eq!(answer["errors"][0]["message"], "patient not found");
    assert_eq!(answer["errors"][0]["path"], json!(["patient"]));
    let id = format!("patient-{}", patient(&sandbox, "alder"));
    let found = data(&sandbox, "query($id: ID!) { patient(id: $id) { codeName } }", json!({ "id": id }));
    assert_eq!(found["patient"]["codeName"], "alder");
}

#[test]
fn the_executor_is_a_real_one() {
    let sandbox = sandbox();
    // Undeclared variables are ignored, aliases and directives work.
    let query =
        "query($yes: Boolean!) { me: user { mail: email again: email ...on User @skip(if: $yes) { id } } }";
    let answer = data(&sandbox, query, json!({ "yes": true, "cursor_input": { "codeNameCursor": "x" } }));
    assert_eq!(answer, json!({ "me": { "mail": "demo@example.org", "again": "demo@example.org" } }));
    assert!(graphql(&sandbox, "{ user { nonsense } }", json!({}))["errors"].is_array());
    let broken = Request {
        method: "POST".into(),
        path: "/graphql".into(),
        headers: vec![("X-Rune-User-Access-Token".into(), "demo-jwt".into())],
        body: b"not json".to_vec(),
        ..Request::default()
    };
    assert_eq!(refusal(sandbox.handle(&broken, NOW)).0, 400);
    let get = Request { method: "GET".into(), ..broken };
    assert_eq!(refusal(sandbox.handle(&get, NOW)).0, 405);
}

const STREAMS: &str = "query getStreamList($cursor: Cursor, $filters: StreamQueryFilters) {
    streamList(filters: $filters, cursor: $cursor) { pageInfo { endCursor } streams {
        id algorithm deviceId patientId streamType { id } parameters { key value } minTime maxTime } } }";

fn filtered(sandbox: &Sandbox, filters: Value) -> Vec<Value> {
    let variables = json!({ "cursor": null, "filters": filters });
    all(sandbox, STREAMS, variables, "/streamList", "streams").0
}

#[test]
fn streams_are_filtered_and_paged() {
    let sandbox = sandbox();
    let id = patient(&sandbox, "juniper");
    let variables = json!({ "cursor": null, "filters": { "patientId": id } });
    let (mine, pages) = all(&sandbox, STREAMS, variables, "/streamList", "streams");
    assert_eq!(pages, mine.len().div_ceil(10));
    assert!(mine.len() > 10);
    let device = mine[0]["deviceId"].clone();
    assert!(device.as_str().is_some_and(|device| device.starts_with(&format!("patient-{id},device-"))));
    let none = json!({ "patientId": id, "deviceId": null, "streamTypeId": null, "algorithm": null, "parameters": [] });
    assert_eq!(filtered(&sandbox, none), mine);
    let one = |key: &str, value: &Value| filtered(&sandbox, json!({ "patientId": id, key: value })).len();
    let count = |wanted: &dyn Fn(&Value) -> bool| mine.iter().filter(|stream| wanted(stream)).count();
    assert_eq!(one("deviceId", &device), count(&|stream| stream["deviceId"] == device));
    assert_eq!(one("streamTypeId", &json!("power")), count(&|stream| stream["streamType"]["id"] == "power"));
    assert_eq!(
        one("algorithm", &mine[0]["algorithm"]),
        count(&|stream| stream["algorithm"] == mine[0]["algorithm"])
    );
    let labels = json!([{ "key": "category", "value": "neural" }, { "key": "hemisphere", "value": "left" }]);
    let left = filtered(&sandbox, json!({ "patientId": id, "parameters": labels }));
    assert_eq!(left.len(), 3);
    assert!(filtered(&sandbox, json!({ "patientId": "none" })).is_empty());
    assert!(filtered(&sandbox, Value::Null).len() > mine.len());
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let sandbox = sandbox();
    let cursor = data(&sandbox, ORGS, json!({}))["user"]["membershipList"]["pageInfo"]["endCursor"].clone();
    assert!(graphql(&sandbox, STREAMS, json!({ "cursor": cursor }))["errors"].is_array());
    assert!(graphql(&sandbox, STREAMS, json!({ "cursor": "nonsense" }))["errors"].is_array());
    assert!(graphql(&sandbox, STREAMS, json!({ "cursor": "" })).get("errors").is_none());
}

#[test]
fn streams_are_found_by_id() {
    let sandbox = sandbox();
    let query = "query getStreamListByIds($stream_ids: [String]) { streamListByIds(streamIds: $stream_ids) {
        pageInfo { endCursor } streams { id minTime streamType { name shape { dimensions {
            id: identifier data_type: dataType unit_abbrev: unitAbbrev quantity_name: quantityName } } } } } }";
    let long = stream(&sandbox, "juniper", "Acceleration x, 200000 rows");
    let found = data(&sandbox, query, json!({ "stream_ids": [long, "none"] }))["streamListByIds"].clone();
    assert_eq!(list(&found["streams"]).len(), 1);
    assert_eq!(found["streams"][0]["minTime"], 1_708_785_421.778_24);
    let dimension = &found["streams"][0]["streamType"]["shape"]["dimensions"][1];
    assert_eq!(dimension["data_type"], "sfloat");
    assert_eq!(dimension["unit_abbrev"], "g");
    let ids = |count: usize| json!({ "stream_ids": vec![long.as_str(); count] });
    assert!(graphql(&sandbox, query, ids(100)).get("errors").is_none());
    assert!(graphql(&sandbox, query, ids(101))["errors"].is_array());
    let types = data(&sandbox, "{ streamTypeList { streamTypes { id name description } } }", json!({}));
    assert!(list(&types["streamTypeList"]["streamTypes"]).len() >= 10);
}

const EVENTS: &str = "query getEventList($patient_id: ID!, $cursor: Cursor, $start_time: Float!, $end_time: Float!,
    $include_filters: [EventClassificationFilter],) { patient(id: $patient_id) { eventList(startTime: $start_time,
        endTime: $end_time, cursor: $cursor, includeFilters: $include_filters,) {
    events { id display_name: displayName custom_detail: customDetail { display_name: displayName }
        duration { start_time: startTime end_time: endTime end_time_max: endTimeMax } payload
        classification { namespace category enum } tags { name } method createdAt } pageInfo { endCursor } } } }";

#[test]
fn events_are_filtered_and_paged() {
    let sandbox = sandbox();
    let ask = |filters: Value| {
        let variables = json!({
            "patient_id": patient(&sandbox, "juniper"), "cursor": null,
            "start_time": 1_708_761_600.0, "end_time": 1_711_350_000.0, "include_filters": filters,
        });
        all(&sandbox, EVENTS, variables, "/patient/eventList", "events")
    };
    let (events, pages) = ask(Value::Null);
    assert_eq!(pages, events.len().div_ceil(100));
    assert!(pages > 1);
    assert!(events.iter().any(|event| event["duration"]["end_time"].is_null()));
    assert!(events.iter().any(|event| event["custom_detail"]["display_name"].is_string()));
    assert!(events.iter().any(|event| event["tags"].is_null()));
    let payload = |event: &&Value| event["payload"].as_str().is_some_and(|text| !text.is_empty());
    for event in events.iter().filter(payload) {
        let text = event["payload"].as_str().unwrap_or_default();
        assert!(serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object()), "{text}");
    }
    let symptoms = json!([{ "namespace": "patient", "category": "symptom", "enum": "*" }]);
    let (found, _) = ask(symptoms);
    let are = events.iter().filter(|event| event["classification"]["category"] == "symptom");
    assert_eq!(found, are.cloned().collect::<Vec<_>>());
    let (tremor, _) = ask(json!([{ "namespace": "patient", "category": "symptom", "enum": "tremor" }]));
    assert!(!tremor.is_empty() && tremor.len() < found.len());
}

#[test]
fn events_overlap_their_range_of_at_most_90_days() {
    let sandbox = sandbox();
    let ask = |name: &str, start: f64, end: f64| {
        let variables =
            json!({ "patient_id": patient(&sandbox, name), "start_time": start, "end_time": end });
        graphql(&sandbox, EVENTS, variables)
    };
    // One event outlasts the recordings: it is found in a range that it only reaches into.
    let late = ask("juniper", 1_712_000_000.0, 1_712_086_400.0);
    assert_eq!(late["data"]["patient"]["eventList"]["events"][0]["display_name"], "Physical therapy");
    assert!(ask("juniper", 0.0, 90.0 * 86_400.0).get("errors").is_none());
    assert!(ask("juniper", 0.0, 90.0 * 86_400.0 + 1.0)["errors"].is_array());
    // Someone who never logged anything has no list at all.
    assert_eq!(ask("sorrel", 0.0, 1.0)["data"]["patient"]["eventList"], Value::Null);
}

#[test]
fn projects_have_cohorts_patients_and_metrics() {
    let sandbox = sandbox();
    let query = "query($cursor: DateTimeUUIDCursor) { org { id projectList(cursor: $cursor) { projects {
        id, title, status, description, type, organizationId, cohortList { cohorts { id, title } } }
        pageInfo { endCursor } } } }";
    let (projects, pages) = all(&sandbox, query, json!({ "cursor": null }), "/org/projectList", "projects");
    assert_eq!((projects.len(), pages), (2, 2));
    assert_eq!(projects[0]["type"], "CLINICAL_TRIAL");
    let members = "query($id: ID, $cursorInput: CursorInput) { project(id: $id) {
        organization_id: organizationId, projectPatientList(cursorInput: $cursorInput) { projectPatients {
            patient { id patientAccessList { patientAccess { org { id } start_time: startTime end_time: endTime } } }
            codeName metricList { metrics { id type dataType value timeInterval } } }
        pageInfo { codeNameEndCursor } } } }";
    let project = data(&sandbox, members, json!({ "id": projects[0]["id"] }))["project"].clone();
    let patients = &project["projectPatientList"];
    assert_eq!(list(&patients["projectPatients"]).len(), 3);
    // One page: the official client would ask for the first of several for ever.
    assert_eq!(patients["pageInfo"]["codeNameEndCursor"], Value::Null);
    for member in list(&patients["projectPatients"]) {
        let accesses = list(&member["patient"]["patientAccessList"]["patientAccess"]);
        assert!(accesses.iter().any(|access| access["org"]["id"] == project["organization_id"]));
        assert_eq!(list(&member["metricList"]["metrics"]).len(), 6);
    }
    let cohort = "query($id: ID, $cursorInput: CursorInput) { cohort(id: $id) { id, organizationId,
        cohortPatientList(cursorInput: $cursorInput) { cohortPatients { patient { id } codeName }
        pageInfo { codeNameEndCursor } } } }";
    let id = &projects[0]["cohortList"]["cohorts"][0]["id"];
    let found = data(&sandbox, cohort, json!({ "id": id }))["cohort"].clone();
    assert_eq!(list(&found["cohortPatientList"]["cohortPatients"]).len(), 2);
    assert!(graphql(&sandbox, cohort, json!({ "id": "none" }))["errors"].is_array());
}

#[test]
fn large_projects_and_cohorts_come_in_pages() {
    let audit = json!({ "created_at": 1.0, "updated_at": 1.0, "created_by": "me", "updated_by": "me" });
    let with = |own: Value| {
        let mut object = audit.as_object().cloned().unwrap_or_default();
        object.extend(own.as_object().cloned().unwrap_or_default());
        Value::Object(object)
    };
    let member = |number: usize| {
        with(
            json!({ "patient_id": format!("p{number}"), "code_name": format!("P-{number:04}"), "metrics": [] }),
        )
    };
    let patients: Vec<Value> = (0..2001).map(member).collect();
    let cohort = with(
        json!({ "id": "c", "title": "", "description": "", "organization_id": "o", "patients": patients }),
    );
    let project =
        with(json!({ "id": "p", "title": "", "status": "", "description": "", "kind": "", "started_at": 1.0,
        "organization_id": "o", "cohorts": [cohort], "patients": patients }));
    let sandbox = with_catalogue(|catalogue| catalogue["projects"] = json!([project]));
    for group in ["project", "cohort"] {
        let query = format!(
            "query($id: ID, $cursorInput: CursorInput) {{ {group}(id: $id) {{
                {group}PatientList(cursorInput: $cursorInput) {{ {group}Patients {{ codeName }}
                pageInfo {{ codeNameEndCursor }} }} }} }}"
        );
        let id = group.get(..1);
        let (mut names, mut sizes, mut input) = (Vec::new(), Vec::new(), Value::Null);
        loop {
            let answer = data(&sandbox, &query, json!({ "id": id, "cursorInput": input }));
            let page = &answer[group][format!("{group}PatientList")];
            let patients = list(&page[format!("{group}Patients")]);
            sizes.push(patients.len());
            names.extend(patients.iter().map(|patient| patient["codeName"].clone()));
            match &page["pageInfo"]["codeNameEndCursor"] {
                Value::Null => break,
                cursor => input = json!({ "codeNameCursor": cursor }),
            }
        }
        assert_eq!(sizes, [1000, 1000, 1]);
        assert!((0..2001).map(|number| json!(format!("P-{number:04}"))).eq(names));
        let foreign = json!({ "id": id, "cursorInput": { "codeNameCursor": "nonsense" } });
        assert!(graphql(&sandbox, &query, foreign)["errors"].is_array());
    }
}
