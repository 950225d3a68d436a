//! The V1 Stream API: its resources over the demo recordings, both ways of paging, and the end of CSV.

use serde_json::Value;
use streamscope_sandbox::Sandbox;

use crate::fixture::{NOW, encoded, get, get_at, ok, ok_json, paged, refusal, sandbox, stream, text};

const PAGE: u64 = 500;
const TOKEN: &str = "X-Rune-Next-Page-Token";

/// The address of a resource's file, for one patient.
fn file(name: &str, more: &str) -> String {
    let info = ok_json(&sandbox(), "/sandbox/info.json");
    let subjects = info["platforms"]["rune"]["subjects"].as_array().cloned().unwrap_or_default();
    let patient = subjects.into_iter().find(|subject| subject["name"] == "juniper").expect("a patient");
    format!("/v1/{name}?patient_id={}{more}", patient["id"].as_str().expect("an id"))
}

/// The lines of CSV pages without their headers, followed as the answers say: by token, else by number.
fn lines(sandbox: &Sandbox, target: &str) -> Vec<String> {
    let (mut all, mut number, mut next) = (Vec::new(), 0, String::new());
    loop {
        let response = get(sandbox, &format!("{target}{next}"));
        assert_eq!(response.status, 200);
        number += 1;
        next = match response.header(TOKEN) {
            Some(token) => format!("&next_page_token={}", encoded(token)),
            None => format!("&page={number}"),
        };
        let body = text(response);
        if body.is_empty() {
            return all;
        }
        let before = all.len();
        all.extend(body.lines().skip(1).map(str::to_owned));
        assert!(all.len() > before, "a page has rows or no byte at all");
    }
}

#[test]
fn pages_join_to_the_rows_of_one_page() {
    for (name, by_token) in [("state", false), ("band_power", false), ("lfp", true)] {
        let target = file(&format!("{name}.csv"), "");
        let whole = lines(&paged(u64::MAX), &target);
        assert!(whole.len() > 100, "{name}");
        let small = paged(97);
        assert!(lines(&small, &target) == whole, "{name}");
        assert_eq!(get(&small, &target).header(TOKEN).is_some(), by_token, "{name}");
    }
}

#[test]
fn rows_are_those_of_the_second_version() {
    let sandbox = sandbox();
    let target =
        format!("/v2/streams/{}?translate_enums=true", stream(&sandbox, "juniper", "Stimulation state"));
    assert_eq!(ok(&sandbox, &file("state.csv", "")), ok(&sandbox, &target));
}

#[test]
fn json_holds_the_columns_and_the_next_number() {
    let (small, target) = (paged(PAGE), file("heartrate.json", ""));
    let first = ok_json(&small, &target);
    assert_eq!((&first["success"], &first["next_page"]), (&Value::Bool(true), &Value::from(1)));
    let length = |body: &Value, name: &str| body["result"][name].as_array().map_or(0, Vec::len);
    assert_eq!((length(&first, "time"), length(&first, "heart_rate")), (500, 500));
    let last = ok_json(&small, &format!("{target}&page=49"));
    assert!((1..=500).contains(&length(&last, "time")) && last.get("next_page").is_none());
    // Spans page by token, also in JSON.
    let response = get(&paged(4), &file("span.json", ""));
    assert!(response.header(TOKEN).is_some());
    assert!(!text(response).contains("next_page"));
}

#[test]
fn events_start_in_the_range() {
    let sandbox = sandbox();
    let events = |more: &str| {
        let body = ok_json(&sandbox, &file("event.json", more));
        body["result"]["events"].as_array().cloned().unwrap_or_default()
    };
    let all = events("");
    assert!(all.len() > 100);
    let time = |event: &Value| event["start_time"].as_f64().expect("a time");
    let (start, end) = (time(&all[10]), time(&all[20]));
    assert_eq!(events(&format!("&start_time={start}&end_time={end}")), all[10..20]);
}

#[test]
fn streams_are_chosen_by_device_and_symptom() {
    let sandbox = sandbox();
    let tremor = ok(&sandbox, &file("probability_symptom.csv", "&symptom=tremor"));
    let dyskinesia = ok(&sandbox, &file("probability_symptom.csv", "&symptom=dyskinesia"));
    assert!(tremor != dyskinesia && tremor.len() > 1000);
    assert_eq!(ok(&sandbox, &file("heartrate.csv", "&device_id=none")), "");
    let watch = ok(&sandbox, &file("heartrate.csv", "&device_id=b71f0a24"));
    assert_eq!(watch, ok(&sandbox, &file("heartrate.csv", "&device_id=patient-x%2Cdevice-b71f0a24")));
    assert!(watch.len() > 1000);
}

#[test]
fn availability_is_an_expression() {
    let sandbox = sandbox();
    let range = "&start_time=1709280100&end_time=1709290000";
    let target = file("heartrate.csv", &format!("{range}&expression=availability(bpm)"));
    let body = ok(&sandbox, &target);
    assert!(body.starts_with("time,availability\n1709280000,"), "{body:.60}");
    assert_eq!(body.lines().count(), 1 + 34);
    let json = ok_json(&sandbox, &target.replace(".csv", ".json"));
    assert_eq!(json["result"]["availability"].as_array().map(Vec::len), Some(34));
}

#[test]
fn what_is_wrong_is_told_in_json() {
    let sandbox = sandbox();
    let status = |target: &str| refusal(get(&sandbox, target)).0;
    for name in ["event.csv", "span.csv", "steps.csv", "accel.txt", "accel", "accel.csv/more"] {
        assert_eq!(status(&file(name, "")), 404, "{name}");
    }
    assert_eq!(status("/v1/accel.csv?patient_id=nobody"), 404);
    assert_eq!(status("/v1/accel.csv"), 400);
    for more in [
        "&expression=availability(accel)",
        "&page=-1",
        "&next_page_token=x",
        "&start_time=2&end_time=1",
        "&start_time=noon",
    ] {
        assert_eq!(status(&file("heartrate.csv", more)), 400, "{more}");
    }
    let target = file("lfp.csv", "");
    let small = paged(PAGE);
    let token = get(&small, &target).header(TOKEN).map(encoded).expect("a token");
    let next = format!("{target}&next_page_token={token}");
    assert_eq!(get_at(&small, &next, NOW + 299).status, 200);
    assert_eq!(refusal(get_at(&small, &next, NOW + 300)).0, 400);
    assert_eq!(refusal(get(&small, &format!("{next}&end_time=1"))).0, 400, "a token of another query");
}
