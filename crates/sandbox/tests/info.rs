//! `info.json` and the sleep endpoint.

use serde_json::json;
use streamscope_sandbox::Request;

use crate::fixture::{NOW, get, ok_json, refusal, sandbox, text};

#[test]
fn info_says_where_and_what() {
    let sandbox = sandbox();
    let request = Request::get("/sandbox/info.json").with_header("host", "127.0.0.1:1234");
    let info: serde_json::Value = serde_json::from_str(&text(sandbox.handle(&request, NOW))).expect("JSON");
    let rune = &info["platforms"]["rune"];
    for url in ["graph_url", "stream_url", "strive_url"] {
        assert_eq!(rune[url], "http://127.0.0.1:1234");
    }
    assert_eq!(rune["cognito_url"], "http://127.0.0.1:1234/cognito/");
    let credentials = json!({
        "access_token_id": "demo", "access_token_secret": "demo-secret",
        "client_key_id": "demo-client", "client_access_key": "demo-client-secret", "jwt": "demo-jwt",
        "cognito_client_id": "demo-cognito-client", "cognito_refresh_token": "demo-refresh-token",
    });
    assert_eq!(rune["credentials"], credentials);
    assert_eq!(rune["subjects"].as_array().map(Vec::len), Some(4));
    let streams = rune["streams"].as_array().expect("streams");
    let long = streams.iter().find(|stream| stream["name"] == "Acceleration x, 200000 rows");
    assert_eq!(long.expect("the long stream")["rows"], 200_000);
    let empty = streams.iter().find(|stream| stream["rows"] == 0).expect("an empty stream");
    assert_eq!(empty["min_time"], json!(null));
}

#[test]
fn info_knows_the_joule_node() {
    let sandbox = sandbox().with_relays(vec!["lab".into()]);
    let request = Request::get("/sandbox/info.json").with_header("host", "127.0.0.1:1234");
    let info: serde_json::Value = serde_json::from_str(&text(sandbox.handle(&request, NOW))).expect("JSON");
    let joule = &info["platforms"]["joule"];
    assert_eq!(joule["url"], "http://127.0.0.1:1234/joule");
    assert_eq!(joule["credentials"], json!({ "api_key": "demo-joule-key" }));
    let mains = json!({ "id": "/site A/mains", "name": "mains" });
    assert!(joule["subjects"].as_array().is_some_and(|subjects| subjects.contains(&mains)), "{joule}");
    let stream = |id: &str| {
        let streams = joule["streams"].as_array().expect("streams");
        streams.iter().find(|stream| stream["id"] == id).expect("a stream").clone()
    };
    let power = stream("/site A/mains/power");
    assert_eq!((&power["subject_id"], &power["layout"]), (&json!("/site A/mains"), &json!("float32_3")));
    assert_eq!((&power["rows"], &power["min_time"]), (&json!(100_000), &json!(1_709_542_800.0)));
    assert_eq!(stream("/site A/lab/spare")["max_time"], json!(null));
    assert_eq!(stream("/live/house")["live"], true);
    assert_eq!(info["relays"], json!([{ "name": "lab", "url": "http://127.0.0.1:1234/relay/lab" }]));
}

#[test]
fn nights_are_found_by_date() {
    let sandbox = sandbox();
    let info = ok_json(&sandbox, "/sandbox/info.json");
    let id = info["platforms"]["rune"]["subjects"][0]["id"].as_str().expect("an id").to_owned();
    let nights = |patient: &str, start: &str, end: &str| {
        let query = format!("patient_id={patient}&start_date={start}&end_date={end}");
        ok_json(&sandbox, &format!("/api/v3/sleep_metrics?{query}"))["data"]["sleep_metrics_healthkit"]
            .clone()
    };
    let dates = |nights: serde_json::Value| {
        let list = nights.as_array().cloned().unwrap_or_default();
        list.iter().map(|night| night["date"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(dates(nights(&id, "2024-02-26", "2024-02-27")), ["2024-02-26", "2024-02-27"]);
    assert_eq!(dates(nights(&id, "2024-01-01", "2024-12-31")).len(), 27);
    assert_eq!(nights(&id, "2025-01-01", "2025-01-02"), json!([]));
    let night = &nights(&id, "2024-03-10", "2024-03-10")[0];
    let number = |name: &str| night[name].as_i64().expect("a number");
    let asleep =
        ["rem", "core", "deep", "unspecified"].map(|stage| number(&format!("total_stage_time_{stage}")));
    assert_eq!(number("total_sleep_time"), asleep.iter().sum::<i64>());
    assert_eq!(
        number("sleep_end_time") - number("sleep_start_time"),
        number("total_sleep_time") + number("waso")
    );
    for query in ["", "patient_id=x", "patient_id=x&start_date=today&end_date=2024-01-01"] {
        assert_eq!(refusal(get(&sandbox, &format!("/api/v3/sleep_metrics?{query}"))).0, 400, "{query}");
    }
    let unknown = "patient_id=none&start_date=2024-01-01&end_date=2024-01-02";
    assert_eq!(refusal(get(&sandbox, &format!("/api/v3/sleep_metrics?{unknown}"))).0, 404);
}

#[test]
fn info_knows_the_garments() {
    let sandbox = sandbox();
    let request = Request::get("/sandbox/info.json").with_header("host", "127.0.0.1:1234");
    let info: serde_json::Value = serde_json::from_str(&text(sandbox.handle(&request, NOW))).expect("JSON");
    let hexoskin = &info["platforms"]["hexoskin"];
    assert_eq!(hexoskin["url"], "http://127.0.0.1:1234/hexoskin");
    let key = |name: &str| hexoskin["credentials"][name].as_str().unwrap_or_default().to_owned();
    assert_eq!([key("api_key"), key("api_secret")], ["demo-hexo", "demo-hexo-secret"]);
    assert_eq!([key("username"), key("password")], ["demo@example.org", "demo-password"]);
    assert_eq!(hexoskin["credentials"]["oauth2_clients"].as_array().map(Vec::len), Some(4));
    let record = json!({ "id": "/api/record/99999/", "name": "record 99999", "user": "/api/user/99/" });
    assert!(hexoskin["subjects"].as_array().is_some_and(|subjects| subjects.contains(&record)), "{hexoskin}");
    let streams = hexoskin["streams"].as_array().expect("streams");
    let ecg = streams.iter().find(|stream| stream["id"] == "/api/record/99999/4113").expect("a stream");
    assert_eq!((&ecg["rows"], &ecg["min_time"]), (&json!(921_600), &json!(1_709_971_200.0)));
    assert_eq!(ecg["max_time"], json!(1_709_974_799.996_093_8));
}
