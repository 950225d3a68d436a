//! Reads, against what a real node (joule 1.0.1) answered over the same rows.

use serde_json::{Value, json};

use super::{create, due, get, int16, json, refused, rows, write};
use crate::fixture::{NOW, sandbox, text};

/// When the rows of a real node's fixtures begin, µs.
const T0: i64 = 1_700_000_000_000_000;

/// The rows of the fixtures' `adc`: three intervals of 100,000 rows over the whole range of int16.
fn adc() -> Vec<u8> {
    let row = |i: i64| {
        let gaps = if i >= 200_000 {
            65_000_000
        } else if i >= 100_000 {
            5_000_000
        } else {
            0
        };
        let other = if i % 2 == 1 { 32_767 } else { -32_768 };
        (T0 + i * 250 + gaps, [((i % 65_536) - 32_768) as i16, other])
    };
    let token = || int16([(0, [0, 0])]);
    let intervals = [0..100_000, 100_000..200_000, 200_000..300_000];
    intervals.into_iter().flat_map(|rows| [int16(rows.map(row)), token()].concat()).collect()
}

#[test]
fn decimations_are_a_nodes() {
    let sandbox = sandbox();
    create(&sandbox, "adc", "int16", 2, true);
    let raw = adc();
    assert_eq!(text(write(&sandbox, "/data?path=/test/adc", raw.clone())), "ok");
    let (layout, level, bytes) = rows(get(&sandbox, "/data?path=/test/adc&max-rows=1000"));
    assert_eq!((layout.as_str(), level.as_str()), ("float32_6", "1024"));
    assert!(bytes == include_bytes!("../fixtures/joule/adc_int16_2_decimated_1024.bin"));
    // The token at the very end is no border between intervals.
    let (layout, level, bytes) = rows(get(&sandbox, "/data?path=/test/adc"));
    assert_eq!((layout.as_str(), level.as_str(), bytes.len()), ("int16_2", "1", raw.len() - 12));
    assert!(bytes == raw[..raw.len() - 12]);
    // No interval has a row at this level: what is left are the borders.
    let (layout, _, bytes) = rows(get(&sandbox, "/data?path=/test/adc&decimation-level=262144"));
    assert_eq!((layout.as_str(), bytes), ("float32_6", vec![0; 64]));
    let info = json(get(&sandbox, "/stream.json?path=/test/adc"))["data_info"].clone();
    assert_eq!(info["rows"], 3 * 6 * 16_384, "rows of the coarsest level with 25, times its factor: {info}");
    let made = sandbox;
    assert_eq!(text(super::send(&made, "DELETE", "/data/decimate.json?path=/test/adc", Value::Null)), "ok");
    assert_eq!(rows(get(&made, "/data?path=/test/adc&max-rows=1000")).2, b"");
    assert_eq!(text(super::send(&made, "POST", "/data/decimate.json?path=/test/adc", Value::Null)), "ok");
    let (.., bytes) = rows(get(&made, "/data?path=/test/adc&max-rows=1000"));
    assert!(bytes == include_bytes!("../fixtures/joule/adc_int16_2_decimated_1024.bin"), "made anew");
}

#[test]
fn bytes_and_json_are_a_nodes() {
    let sandbox = sandbox();
    create(&sandbox, "c32", "int32", 2, true);
    let raw = include_bytes!("../fixtures/joule/c32_int32_2_raw_gap.bin");
    // A gap by two writes: each begins an interval.
    let (first, second) = raw.split_at(10 * 16);
    for part in [first, &second[16..]] {
        assert_eq!(text(write(&sandbox, "/data?path=/test/c32", part.to_vec())), "ok");
    }
    assert_eq!(rows(get(&sandbox, "/data?path=/test/c32")).2, raw);
    let expected: Value =
        serde_json::from_str(include_str!("../fixtures/joule/c32_data.json")).expect("JSON");
    assert_eq!(json(get(&sandbox, "/data.json?path=/test/c32")), expected);
    assert_eq!(
        json(get(&sandbox, "/data/intervals.json?path=/test/c32")),
        json!([[T0, T0 + 9_000_028], [T0 + 20_000_030, T0 + 29_000_058]])
    );
    // Ten and ten rows have no level of 64.
    let (layout, level, bytes) = rows(get(&sandbox, "/data?path=/test/c32&max-rows=1"));
    assert_eq!((layout.as_str(), level.as_str(), bytes.len()), ("float32_6", "64", 0));
    let one = text(get(&sandbox, "/data.json?path=/test/c32&decimation-level=4&end=1700000004000000"));
    assert_eq!(
        one,
        r#"{"data": [[[1700000001500004.0, -8.5, 0.75, -10.0, 0.0, -7.0, 2.0]]], "decimation_factor": 4}"#
    );
}

#[test]
fn no_data_is_told_in_four_ways() {
    let sandbox = sandbox();
    let nothing = |target: &str| {
        let (layout, level, bytes) = rows(get(&sandbox, target));
        assert_eq!(bytes, b"", "{target}");
        (layout, level)
    };
    let pair = |layout: &str, level: &str| (layout.to_string(), level.to_string());
    assert_eq!(nothing("/data?path=/site A/lab/spare"), pair("float32_1", "1"));
    assert_eq!(json(get(&sandbox, "/data.json?path=/site A/lab/spare"))["data"], json!([[]]));
    let none = (400, "this stream has no data".to_string());
    assert_eq!(refused(get(&sandbox, "/data?path=/site A/mains/power&end=1000")), none);
    assert_eq!(json(get(&sandbox, "/data.json?path=/site A/mains/power&end=1000"))["data"], json!([]));
    assert_eq!(nothing("/data?path=/site A/mains/power&end=1000&max-rows=5"), pair("float32_3", "1"));
    // Kept without decimation, and a level that is no power of four.
    assert_eq!(nothing("/data?path=/site A/mains/distortion&max-rows=100"), pair("float32_3", "256"));
    assert_eq!(nothing("/data?path=/site A/mains/power&decimation-level=3"), pair("float32_9", "3"));
    assert_eq!(text(super::send(&sandbox, "DELETE", "/data?path=/site A/mains/energy", Value::Null)), "ok");
    assert_eq!(refused(get(&sandbox, "/data?path=/site A/mains/energy")), none);
    assert_eq!(json(get(&sandbox, "/data/intervals.json?path=/site A/mains/energy")), json!([]));
}

#[test]
fn infinities_stand_bare_in_json() {
    let answer = text(get(&sandbox(), "/data.json?path=/site A/hvac/pressure&max-rows=100"));
    assert!(answer.contains(", Infinity, "), "{answer}");
}

#[test]
fn what_is_wrong_is_refused_in_a_nodes_words() {
    let sandbox = sandbox();
    let cases = [
        ("/nothing", 404, "404: Not Found"),
        ("/data", 400, "400: specify an id or a path"),
        ("/data?path=/none", 404, "404: stream does not exist"),
        ("/data?path=/site A/mains/alarms", 404, "404: stream does not exist"),
        ("/data?id=999", 404, "404: stream does not exist"),
        ("/folder.json?path=/none", 404, "404: folder does not exist"),
        ("/data?id=1&max-rows=1.5", 400, "400: parameter max-rows must be an int"),
        ("/data?id=1&max-rows=", 400, "400: parameter max-rows must be an int"),
        ("/data?id=1&max-rows=0", 400, "400: [max-rows] must be > 0"),
        ("/data?id=1&decimation-level=0", 400, "400: [decimation-level] must be > 0"),
        ("/data?id=1&start=5&end=5", 400, "400: [start] must be before [end]"),
        ("/data?id=1&subscribe=1", 400, "400: stream is not being produced"),
        ("/data.json?id=1&subscribe=1", 400, "400: JSON subscription not implemented"),
        ("/event/data.json?id=1", 400, "400: limit parameter is required"),
        ("/event/data.json?id=1&limit=-1", 400, "400: limit parameter must be an integer > 0"),
        ("/event/data.json?id=1&limit=1&filter={", 400, "400: invalid filter string, must be valid JSON"),
        ("/event/data.json?id=1&limit=1&filter={}", 400, "400: "),
        ("/annotations.json", 400, "must specify at least one stream_id or stream_path"),
        ("/module/logs.json?name=none", 404, "module does not exist"),
    ];
    for (target, status, words) in cases {
        assert_eq!(refused(get(&sandbox, target)), (status, words.to_string()), "{target}");
    }
    for target in ["/data?id=x", "/folder.json?path=none"] {
        assert_eq!(get(&sandbox, target).status, 500, "{target}");
    }
    let mut keyless = super::request("GET", "/version.json");
    keyless.headers.clear();
    assert_eq!(refused(sandbox.handle(&keyless, NOW)), (403, "403: Forbidden".into()));
}

#[test]
fn live_rows_follow_from_the_clock() {
    let sandbox = sandbox();
    let now = NOW * 1_000_000;
    let info = json(get(&sandbox, "/stream.json?path=/live/house"));
    assert_eq!((&info["is_destination"], &info["data_info"]["end"]), (&json!(true), &json!(now)));
    let (layout, _, past) = rows(get(&sandbox, &format!("/data?path=/live/house&start={}", now - 1_000_000)));
    assert_eq!((layout.as_str(), past.len()), ("float32_2", 11 * 16));
    let mut live = get(&sandbox, "/data?path=/live/house&subscribe=1");
    assert_eq!(
        (live.header("joule-layout"), live.header("joule-decimation")),
        (Some("float32_2"), Some("1"))
    );
    assert_eq!(due(&mut live.body, now + 50_000), b"");
    let first = due(&mut live.body, now + 250_000);
    let second = due(&mut live.body, now + 1_000_000);
    assert_eq!((first.len(), second.len()), (2 * 16, 8 * 16));
    // Whoever polls a second later gets the same rows.
    let later = super::request("GET", &format!("/data?path=/live/house&start={}", now + 1));
    let polled = rows(sandbox.handle(&later, NOW + 1)).2;
    assert!(polled == [first, second].concat());
    let hour = json(get(&sandbox, "/data/intervals.json?path=/live/house"));
    assert_eq!(hour, json!([[now - 3_599_900_000, now + 1]]));
}
