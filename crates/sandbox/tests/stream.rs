//! The V2 endpoints: documented examples, shapes and refusals.

use serde_json::json;
use streamscope_sandbox::Request;

use crate::fixture::{NOW, get, ok, ok_json, refusal, sandbox, stream, text, with_rows};

const S: i64 = 1_000_000_000;

#[test]
fn data_is_written_as_documented() {
    let rows = [
        (1_648_412_619_258_941_700, Some(-0.00386), 20_000_000),
        (1_648_412_620_260_019_700, Some(-0.00816), 20_000_000),
        (1_648_412_621_267_123_700, None, 0),
    ];
    let sandbox = with_rows(&rows, 100);
    let csv = get(&sandbox, "/v2/streams/rows");
    assert_eq!(csv.header("Content-Type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.header("X-Rune-Next-Page-Token"), None);
    assert_eq!(
        text(csv),
        "time,acceleration,measurement_duration_ns\n\
         1648412619.2589417,-0.00386,20000000\n\
         1648412620.2600197,-0.00816,20000000\n\
         1648412621.2671237,,0\n"
    );
    let expected = json!({
        "cardinality": 3,
        "data": {
            "time": [1_648_412_619_258_941_700_i64, 1_648_412_620_260_019_700_i64, 1_648_412_621_267_123_700_i64],
            "acceleration": [-0.00386, -0.00816, null],
            "measurement_duration_ns": [20_000_000, 20_000_000, 0],
        },
    });
    assert_eq!(ok_json(&sandbox, "/v2/streams/rows?format=json&timestamp=unixns"), expected);
}

#[test]
fn a_range_includes_its_start_and_not_its_end() {
    let rows: Vec<_> = (0..5).map(|i| (i * S, Some(i as f64), 0)).collect();
    let sandbox = with_rows(&rows, 100);
    let count = |query: &str| ok(&sandbox, &format!("/v2/streams/rows?{query}")).lines().count() - 1;
    assert_eq!(count("start_time=1&end_time=3"), 2);
    assert_eq!(count("start_time_ns=1000000001&end_time_ns=3000000001"), 2);
    assert_eq!(count("start_time=0.999999999"), 4);
    assert_eq!(count("end_time=0"), 0);
    assert_eq!(count("start_time=3&end_time=3"), 0);
    assert_eq!(count("start_time=&end_time=&page_token=&timezone_name="), 5);
}

#[test]
fn the_documented_day_is_averaged() {
    let midnight = 1_654_056_000 - 4 * 3600;
    let at = |day: i64, hour: i64, minute: i64| (midnight + day * 86_400 + hour * 3600 + minute * 60) * S;
    let rows = [
        (at(0, 7, 26), Some(5.0), 60 * S),
        (at(0, 14, 39), Some(47.3), 60 * S),
        (at(1, 8, 1), Some(10.0), 60 * S),
        (at(1, 20, 42), Some(2.7), 60 * S),
    ];
    let sandbox = with_rows(&rows, 100);
    let query = format!("/v2/streams/rows/daily_aggregate?start_time={midnight}&resolution=21600&n_days=2");
    let day = ok_json(&sandbox, &query);
    let expected = json!({
        "offset": ["00:00", "06:00", "12:00", "18:00"],
        "values": [null, 7.5, 47.3, 2.7],
        "n_days_with_data": [0, 2, 1, 1],
    });
    assert_eq!(day["data"], expected);
    assert_eq!(day["cardinality"], 4);
    assert_eq!(day["summary"]["n_days_with_data_total"], 2);
    assert_eq!(day["summary"]["duration_min_per_day"], 120 * S);
    assert_eq!(day["summary"]["value_med"], 7.5);
    assert_eq!(day["summary"]["value_max"], 47.3);
}

#[test]
fn the_documented_windows_are_aggregated() {
    let day = |n: i64| (1_661_990_400 + n * 86_400) * S;
    let rows = [
        (day(0) + 5, Some(1.11), 3600 * S),
        (day(2), Some(30.0), 60 * S),
        (day(3), Some(4.0), 5400 * S),
        (day(3) + 7200 * S, Some(5.0), 5400 * S),
        (day(5) - 1, Some(5.0), 7200 * S),
    ];
    let sandbox = with_rows(&rows, 100);
    // Half a day inside on both sides: the range is widened to whole windows.
    let query = "start_time=1662000000&end_time=1662400000&resolution=86400&aggregate_function=mean";
    let windows = ok_json(&sandbox, &format!("/v2/streams/rows/aggregate_window?{query}"));
    let expected = json!({
        "time": [1_661_990_400, 1_662_076_800, 1_662_163_200, 1_662_249_600, 1_662_336_000],
        "aggregate_values": [1.11, null, 30.0, 4.5, 5.0],
        "duration_sum": [3600 * S, 0, 60 * S, 10_800 * S, 7200 * S],
    });
    assert_eq!(windows["data"], expected);
    assert_eq!(windows["cardinality"], 5);
    assert_eq!(windows["summary"]["value_std"], 13.344_025_816_821_55);
    assert_eq!(windows["summary"]["value_mean"], 10.1525);
    assert_eq!(windows["summary"]["value_med"], 4.75);
    let sum =
        ok_json(&sandbox, &format!("/v2/streams/rows/aggregate_window?{}", query.replace("mean", "sum")));
    assert_eq!(sum["data"]["aggregate_values"][3], 9.0);
}

#[test]
fn availability_is_aligned_to_its_resolution() {
    let rows = [(1_648_412_400 * S, Some(1.0), 0), (1_648_413_899 * S, None, 0)];
    let sandbox = with_rows(&rows, 100);
    let query = "/v2/streams/rows/availability?start_time=1648412401&end_time=1648413650.5&resolution=300";
    let expected =
        "time,availability\n1648412400,1\n1648412700,0\n1648413000,0\n1648413300,0\n1648413600,1\n";
    assert_eq!(ok(&sandbox, query), expected);
    let whole = json!({
        "cardinality": 5,
        "approx_available_duration_s": 600,
        "data": {
            "time": [1_648_412_400, 1_648_412_700, 1_648_413_000, 1_648_413_300, 1_648_413_600],
            "availability": [1, 0, 0, 0, 1],
        },
    });
    assert_eq!(ok_json(&sandbox, &format!("{query}&format=json")), whole);
    let parts = ok_json(&sandbox, &format!("{query}&format=json&partition_size=3"));
    let expected = json!([
        { "time": [1_648_412_400, 1_648_412_700, 1_648_413_000], "availability": [1, 0, 0] },
        { "time": [1_648_413_300, 1_648_413_600], "availability": [0, 1] },
    ]);
    assert_eq!(parts["data"], expected);
}

#[test]
fn availability_of_several_streams_is_joined() {
    let sandbox = sandbox();
    let [left, night] = ["LFP trend, left", "Sleep stages"].map(|name| stream(&sandbox, "juniper", name));
    let range = "start_time=1708761600&end_time=1708848000&resolution=3600";
    let column = |target: &str| {
        let text = ok(&sandbox, target);
        let cells: Vec<_> = text.lines().skip(1).map(|line| line.ends_with(",1")).collect();
        cells
    };
    let one = |id: &str| column(&format!("/v2/streams/{id}/availability?{range}"));
    let both = |operation: &str| {
        let ids = format!("stream_id={left}&stream_id={night}");
        column(&format!("/v2/batch/availability?{ids}&batch_operation={operation}&{range}"))
    };
    let pairs: Vec<_> = one(&left).into_iter().zip(one(&night)).collect();
    assert!(pairs.contains(&(true, false)) && pairs.contains(&(true, true)), "{pairs:?}");
    assert_eq!(both("any"), pairs.iter().map(|(a, b)| *a || *b).collect::<Vec<_>>());
    assert_eq!(both("all"), pairs.iter().map(|(a, b)| *a && *b).collect::<Vec<_>>());
}

#[test]
fn enums_are_translated_when_asked_in_any_case() {
    let sandbox = sandbox();
    let id = stream(&sandbox, "juniper", "Stimulation state");
    let states = |query: &str| {
        let text = ok(&sandbox, &format!("/v2/streams/{id}?limit=4&{query}"));
        text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(states(""), "1 2 3 0");
    assert_eq!(states("translate_enums=False"), "1 2 3 0");
    for truth in ["true", "True", "TRUE"] {
        assert_eq!(states(&format!("translate_enums={truth}")), "ramping up on ramping down off");
    }
    let json = ok_json(&sandbox, &format!("/v2/streams/{id}?limit=1&format=json&translate_enums=true"));
    assert_eq!(json["data"]["state"], json!(["ramping up"]));
}

#[test]
fn a_dict_is_json_in_both_formats() {
    let sandbox = sandbox();
    let id = stream(&sandbox, "juniper", "Medication log");
    let json = ok_json(&sandbox, &format!("/v2/streams/{id}?format=json"));
    let events = json["data"]["event"].as_array().expect("a column");
    assert_eq!(events.len(), 120);
    assert!(events.iter().all(|event| event["dosage"]["unit"] == "mg"));
    let csv = ok(&sandbox, &format!("/v2/streams/{id}?limit=1"));
    assert!(csv.contains("\"{\"\"display_name\"\":\"\"carbidopa, levodopa\"\""), "{csv}");
}

#[test]
fn a_stream_without_rows_is_a_header() {
    let sandbox = sandbox();
    let id = stream(&sandbox, "sorrel", "Oxygen saturation");
    assert_eq!(ok(&sandbox, &format!("/v2/streams/{id}")), "time,probability,measurement_duration_ns\n");
    let empty = json!({ "time": [], "probability": [], "measurement_duration_ns": [] });
    assert_eq!(ok_json(&sandbox, &format!("/v2/streams/{id}?format=json"))["data"], empty);
    let day = ok_json(
        &sandbox,
        &format!("/v2/streams/{id}/daily_aggregate?start_time=1708761600&resolution=43200&n_days=1"),
    );
    assert_eq!(day["data"]["values"], json!([null, null]));
    assert_eq!(day["summary"]["value_mean"], json!(null));
    assert_eq!(day["summary"]["n_days_with_data_total"], 0);
}

#[test]
fn wrong_parameters_are_refused_with_the_documented_body() {
    let sandbox = with_rows(&[(0, Some(1.0), 0)], 100);
    let range = "start_time=0&end_time=600";
    let cases = [
        ("streams/rows?start_time=1&start_time_ns=1".to_string(), "start_time and start_time_ns"),
        ("streams/rows?end_time=1&end_time_ns=1".into(), "end_time and end_time_ns"),
        ("streams/rows?start_time=abc".into(), "start_time"),
        ("streams/rows?start_time=2&end_time=1".into(), "before its start"),
        ("streams/rows?format=xml".into(), "format"),
        ("streams/rows?timestamp=date".into(), "timestamp"),
        ("streams/rows?limit=-1".into(), "limit"),
        ("streams/rows?limit=ten".into(), "limit"),
        ("streams/rows?translate_enums=yes".into(), "translate_enums"),
        ("streams/rows?timezone=3600&timezone_name=Europe/Paris".into(), "together"),
        ("streams/rows?timezone_name=Mars/Olympus".into(), "Mars/Olympus"),
        ("streams/rows?timezone=3601".into(), "timezone"),
        (format!("streams/rows/availability?{range}"), "resolution is required"),
        (format!("streams/rows/availability?{range}&resolution=299"), "resolution"),
        (format!("streams/rows/availability?{range}&resolution=86401"), "resolution"),
        (format!("streams/rows/availability?{range}&resolution=300&partition_size=2"), "partition_size"),
        ("streams/rows/availability?end_time=1&resolution=300".into(), "start_time is required"),
        ("streams/rows/availability?start_time=1&resolution=300".into(), "end_time is required"),
        (format!("batch/availability?{range}&resolution=300&batch_operation=any"), "stream_id is required"),
        (format!("batch/availability?{range}&resolution=300&stream_id=rows"), "batch_operation is required"),
        (
            format!("batch/availability?{range}&resolution=300&stream_id=rows&batch_operation=one"),
            "any or all",
        ),
        ("streams/rows/daily_aggregate?start_time=0&resolution=3600".into(), "n_days is required"),
        ("streams/rows/daily_aggregate?start_time=0&resolution=3600&n_days=15".into(), "n_days"),
        ("streams/rows/daily_aggregate?start_time=0&resolution=3600&n_days=0".into(), "n_days"),
        ("streams/rows/daily_aggregate?start_time=0&resolution=59&n_days=1".into(), "resolution"),
        ("streams/rows/daily_aggregate?start_time=0&resolution=7000&n_days=1".into(), "divide a day"),
        (format!("streams/rows/aggregate_window?{range}&resolution=60"), "aggregate_function is required"),
        (
            format!("streams/rows/aggregate_window?{range}&resolution=60&aggregate_function=max"),
            "sum or mean",
        ),
        (
            format!("streams/rows/aggregate_window?{range}&resolution=7000&aggregate_function=sum"),
            "divide a day",
        ),
        (
            format!("streams/rows/aggregate_window?{range}&resolution=604801&aggregate_function=sum"),
            "resolution",
        ),
        (
            "streams/rows/aggregate_window?start_time=0&end_time=9e9&resolution=60&aggregate_function=sum"
                .into(),
            "windows",
        ),
    ];
    for (target, words) in cases {
        let (status, kind, message) = refusal(get(&sandbox, &format!("/v2/{target}")));
        assert_eq!((status, kind.as_str()), (400, "InvalidRequest"), "{target}");
        assert!(message.contains(words), "{target}: {message}");
    }
    let weeks = format!("streams/rows/aggregate_window?{range}&resolution=604800&aggregate_function=sum");
    assert_eq!(ok_json(&sandbox, &format!("/v2/{weeks}"))["cardinality"], 1);
}

#[test]
fn aggregates_need_a_time_and_one_number() {
    let sandbox = sandbox();
    for (subject, name) in
        [("willow", "Acceleration, three axes"), ("juniper", "Sleep stages"), ("juniper", "Medication log")]
    {
        let id = stream(&sandbox, subject, name);
        let target = format!("/v2/streams/{id}/daily_aggregate?start_time=0&resolution=3600&n_days=1");
        assert_eq!(refusal(get(&sandbox, &target)).0, 400, "{name}");
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let sandbox = sandbox();
    for target in
        ["/v2/streams/none", "/v2/streams/none/availability", "/v2/streams", "/v2/", "/v2/streams//x/y"]
    {
        assert_eq!(refusal(get(&sandbox, target)).0, 404, "{target}");
    }
}

#[test]
fn only_the_demo_credentials_are_accepted() {
    let sandbox = sandbox();
    let status = |headers: &[(&str, &str)]| {
        let mut request = Request::get("/v2/streams/none");
        for (name, value) in headers {
            request = request.with_header(name, value);
        }
        let (status, kind, _) = refusal(sandbox.handle(&request, NOW));
        if status == 401 {
            assert_eq!(kind, "InvalidAuthentication");
        }
        status
    };
    let token = |id, secret| {
        status(&[("X-Rune-User-Access-Token-Id", id), ("X-Rune-User-Access-Token-Secret", secret)])
    };
    // 404 comes after the credentials were accepted.
    assert_eq!(token("demo", "demo-secret"), 404);
    assert_eq!(
        status(&[
            ("X-Rune-Client-Key-ID", "demo-client"),
            ("X-Rune-Client-Access-Key", "demo-client-secret")
        ]),
        404
    );
    assert_eq!(status(&[("x-rune-user-access-token", "demo-jwt")]), 404);
    assert_eq!(token("demo", "wrong"), 401);
    assert_eq!(status(&[]), 401);
    assert_eq!(status(&[("X-Rune-User-Access-Token-Id", "demo")]), 401);
    assert_eq!(status(&[("X-Rune-User-Access-Token", "demo-jwt2")]), 401);
    assert_eq!(status(&[("X-Rune-Client-Key-Id", "demo"), ("X-Rune-Client-Access-Key", "demo-secret")]), 401);
    for path in ["/graphql", "/api/v3/sleep_metrics"] {
        assert_eq!(sandbox.handle(&Request::get(path), NOW).status, 401, "{path}");
    }
}

#[test]
fn pages_of_any_origin_may_ask() {
    let sandbox = sandbox();
    let preflight = Request { method: "OPTIONS".into(), path: "/graphql".into(), ..Request::default() };
    let preflight = sandbox.handle(&preflight, NOW);
    assert_eq!(preflight.status, 204);
    let allowed = preflight.header("Access-Control-Allow-Headers").expect("a header").to_ascii_lowercase();
    for name in [
        "content-type",
        "x-rune-user-access-token",
        "x-rune-user-access-token-id",
        "x-rune-user-access-token-secret",
        "x-rune-client-key-id",
        "x-rune-client-access-key",
    ] {
        assert!(allowed.split(", ").any(|header| header == name), "{name}");
    }
    let refused = sandbox.handle(&Request::get("/v2/streams/none"), NOW);
    for response in [preflight, refused, get(&sandbox, "/sandbox/info.json")] {
        assert_eq!(response.header("Access-Control-Allow-Origin"), Some("*"));
        let exposed = response.header("Access-Control-Expose-Headers").unwrap_or_default();
        for name in ["X-Rune-Next-Page-Token", "Retry-After", "joule-layout", "joule-decimation", "Location"]
        {
            assert!(exposed.split(", ").any(|header| header == name), "{name}");
        }
    }
}
