//! Samples as JSON and CSV: which, how many, how thinned.

use serde_json::json;

use super::{LONG, START, get, list, raw, refused, request, sandbox, values};
use crate::fixture::{NOW, text};

#[test]
fn values_are_the_generators_in_units() {
    let sandbox = sandbox();
    let window = format!("record={LONG}&start={START}&end={}", START + 2_560);
    let ecg = values(&sandbox, 4113, &window);
    assert_eq!(ecg.len(), 2_561, "both ends belong to the window");
    for (number, &(time, value)) in ecg.iter().enumerate() {
        let number = u32::try_from(number).expect("a small number");
        assert_eq!((time, value), (START + i64::from(number), raw(LONG, 4113, number) as f64));
    }
    let axis = values(&sandbox, 4146, &window);
    assert_eq!(axis[3], (START + 12, raw(LONG, 4146, 3) as f64 / 256.0), "g, of 1/256 g");
    let volume = values(&sandbox, 36, &window);
    assert_eq!(volume[5], (START + 1_280, raw(LONG, 36, 5) as f64 * 13.28));
    let counts = list(&sandbox, &format!("/api/data/?datatype=4146&scaled=0&{window}"));
    assert_eq!(counts[0]["data"]["4146"][3][1], json!(raw(LONG, 4146, 3)));
}

#[test]
fn more_than_the_ceiling_is_thinned_in_silence() {
    let sandbox = sandbox();
    let window = |last: i64| format!("record={LONG}&timestamp__range={START},{}", START + last);
    let step = |rows: &[(i64, f64)]| {
        rows.windows(2).map(|pair| pair[1].0 - pair[0].0).collect::<std::collections::BTreeSet<_>>()
    };
    for count in [65_535, 65_536] {
        let whole = values(&sandbox, 4113, &window(count - 1));
        assert_eq!((whole.len() as i64, step(&whole).into_iter().collect::<Vec<_>>()), (count, vec![1]));
    }
    let over = values(&sandbox, 4113, &window(65_536));
    assert_eq!((over.len(), over[0].0), (65_535, START));
    let hour = values(&sandbox, 4113, &format!("record={LONG}"));
    assert_eq!((hour.len(), step(&hour)), (65_535, [14, 15].into()));
    assert_eq!(hour[7].1, raw(LONG, 4113, 98) as f64, "what is left is not averaged");
    let few = values(&sandbox, 4113, &format!("record={LONG}&max_values=100"));
    assert_eq!(few.len(), 100);
    let all = values(&sandbox, 4113, &format!("record={LONG}&max_values=1000000"));
    assert_eq!(all.len(), 65_535, "the ceiling cannot be raised");
}

#[test]
fn flat_data_have_no_labels() {
    let sandbox = sandbox();
    let query = format!("record={LONG}&start={START}&end={}", START + 512);
    let flat = list(&sandbox, &format!("/api/data/?datatype__in=19,33&flat=1&{query}"));
    assert_eq!(flat.as_array().map(Vec::len), Some(6));
    let bare = list(&sandbox, &format!("/api/data/?datatype=19&flat=True&no_timestamps=exact&{query}"));
    assert_eq!(bare, json!([raw(LONG, 19, 0), raw(LONG, 19, 1), raw(LONG, 19, 2)]));
    let seconds = list(&sandbox, &format!("/api/data/?datatype=19&flat=1&seconds=1&{query}"));
    assert_eq!(seconds[1][0], 1_709_971_201.0);
}

#[test]
fn several_users_and_datatypes_come_at_once() {
    let sandbox = sandbox();
    let all = list(
        &sandbox,
        &format!("/api/data/?datatype__in=19,53,4114&user=99,123&start={START}&end={}", START + 600),
    );
    let users: Vec<_> = all.as_array().expect("a list").iter().map(|item| item["user"].clone()).collect();
    assert_eq!(users, ["/api/user/99/", "/api/user/123/"]);
    let keys: Vec<_> = all[1]["data"].as_object().expect("data").keys().cloned().collect();
    assert_eq!(keys, ["19", "53"], "the second lead is not of this device");
    assert_eq!(all[1]["data"]["19"][0][0], START + 1, "records begin between seconds");
    let csv = request(
        "GET",
        &format!("/api/data/?datatype__in=19,22&user=99,123&start={START}&end={}", START + 300),
    );
    let csv = text(sandbox.handle(&csv.with_header("Accept", "text/csv"), NOW));
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines[0], "user,timestamp,/api/datatype/19/,/api/datatype/22/");
    assert_eq!(lines[1], format!("/api/user/99/,{START},{},", raw(LONG, 19, 0)));
    assert!(lines.iter().any(|line| line.starts_with("/api/user/123/,")), "{csv}");
    assert!(lines.iter().any(|line| line.contains(",,")), "a beat stands between two seconds: {csv}");
}

#[test]
fn a_range_reaches_over_two_records_and_the_gap_between() {
    let rows = values(&sandbox(), 4113, "range=3&start=437752857500&end=437752935000");
    let steps: Vec<_> = rows.windows(2).map(|pair| pair[1].0 - pair[0].0).filter(|&step| step != 1).collect();
    assert_eq!(steps, [300 * 256 + 131], "the break and the odd starts");
}

#[test]
fn emptiness_has_many_forms() {
    let sandbox = sandbox();
    assert_eq!(
        list(&sandbox, "/api/data/?datatype=19&record=100005"),
        json!([]),
        "a record without any length"
    );
    assert_eq!(list(&sandbox, "/api/data/?datatype=19&record=555"), json!([]));
    assert_eq!(list(&sandbox, "/api/data/?datatype=19&record=100008"), json!([]), "not to be seen");
    assert_eq!(list(&sandbox, "/api/data/?datatype=4114&record=99999")[0]["data"], json!({}));
    let late = list(
        &sandbox,
        &format!("/api/data/?datatype=4113&record=100004&start={}", START + 2 * 86_400 * 256 + 300_000),
    );
    assert_eq!(late[0]["data"], json!({ "4113": [] }), "raw signals that were never sent");
    let whole = list(&sandbox, "/api/data/?record=99999&max_values=1")[0]["data"].clone();
    assert!(whole.as_object().is_some_and(|all| all.len() > 10), "every datatype of a record: {whole}");
    for query in ["datatype=19", "datatype=5&record=99999", "datatype=19&range=9", "datatype=19&start=x"] {
        assert_eq!(refused(get(&sandbox, &format!("/api/data/?{query}"))).0, 400, "{query}");
    }
}

#[test]
fn a_record_in_the_making_grows() {
    let sandbox = sandbox();
    let at = |now: i64| {
        let ask = |target: &str| {
            let text = text(sandbox.handle(&request("GET", target), now));
            serde_json::from_str::<serde_json::Value>(&text).expect("JSON")
        };
        let records = ask("/api/record/?user=99&status=realtime");
        let data = ask("/api/data/?datatype__in=18,19,4113&record=100007")[0]["data"].clone();
        (records["objects"][0]["end"].as_i64().expect("an end"), data)
    };
    let ((before, old), (after, new)) = (at(NOW), at(NOW + 7));
    assert_eq!((after - before) % (5 * 256), 0, "phones send five seconds at once");
    assert!(after > before);
    assert_eq!(new["4113"], json!([]), "raw signals do not come live");
    for datatype in ["18", "19"] {
        let (old, new) = (old[datatype].as_array().expect("rows"), new[datatype].as_array().expect("rows"));
        assert!(new.len() > old.len() && new.starts_with(old), "what was sent stays: {datatype}");
    }
}

#[test]
fn ticks_belong_to_the_record() {
    let rows = values(&sandbox(), 4113, "record=100006&end=1710316800015");
    let times: Vec<_> = rows.iter().map(|row| row.0 - 1_710_316_800_000).collect();
    assert_eq!(times, [3, 7, 11, 15], "250 Hz in 1/1000 s");
}
