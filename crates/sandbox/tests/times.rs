//! Times as text: formats, offsets and the change of clocks.

use serde_json::json;

use crate::fixture::{ok, ok_json, with_rows};

/// 2024-03-10 09:59:59.5 UTC, half a second before clocks go forward in Los Angeles.
const BEFORE: i64 = 1_710_064_799_500_000_000;

fn column(query: &str) -> Vec<String> {
    let rows =
        [(BEFORE, Some(1.0), 0), (BEFORE + 500_000_000, Some(2.0), 0), (BEFORE + 500_000_001, Some(3.0), 0)];
    let text = ok(&with_rows(&rows, 100), &format!("/v2/streams/rows?{query}"));
    text.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned).collect()
}

#[test]
fn every_format_is_exact() {
    assert_eq!(column(""), ["1710064799.5", "1710064800", "1710064800.000000001"]);
    assert_eq!(
        column("timestamp=unixns"),
        ["1710064799500000000", "1710064800000000000", "1710064800000000001"]
    );
    assert_eq!(
        column("timestamp=iso"),
        ["2024-03-10T09:59:59.5Z", "2024-03-10T10:00:00Z", "2024-03-10T10:00:00.000000001Z"]
    );
}

#[test]
fn a_named_zone_follows_the_clocks() {
    assert_eq!(
        column("timestamp=iso&timezone_name=America/Los_Angeles"),
        ["2024-03-10T01:59:59.5-08:00", "2024-03-10T03:00:00-07:00", "2024-03-10T03:00:00.000000001-07:00"]
    );
    assert_eq!(column("timestamp=iso&timezone_name=Asia/Kolkata")[1], "2024-03-10T15:30:00+05:30");
}

#[test]
fn an_offset_does_not() {
    assert_eq!(column("timestamp=iso&timezone=-28800")[1], "2024-03-10T02:00:00-08:00");
    assert_eq!(column("timestamp=iso&timezone=0")[1], "2024-03-10T10:00:00Z");
}

#[test]
fn zones_leave_numbers_alone() {
    assert_eq!(column("timestamp=unix&timezone=-28800"), column(""));
    assert_eq!(column("timestamp=unixns&timezone_name=Asia/Tokyo"), column("timestamp=unixns"));
}

#[test]
fn windows_have_local_times_too() {
    let sandbox = with_rows(&[(BEFORE, Some(1.0), 0)], 100);
    let range = "start_time=1710062000&end_time=1710066000&timestamp=iso&timezone_name=America/Los_Angeles";
    let expected = ["2024-03-10T01:00:00-08:00", "2024-03-10T03:00:00-07:00"];
    let windows = format!("/v2/streams/rows/aggregate_window?{range}&resolution=3600&aggregate_function=sum");
    assert_eq!(ok_json(&sandbox, &windows)["data"]["time"], json!(expected));
    let available = format!("/v2/streams/rows/availability?{range}&resolution=3600&format=json");
    assert_eq!(ok_json(&sandbox, &available)["data"]["time"], json!(expected));
}
