//! The recordings: plausible, and awkward on purpose.

use streamscope_sandbox::Request;

use crate::fixture::{NOW, ok, ok_json, paged, sandbox, stream};

/// Times (s) and values of a stream's rows; NaN for an empty cell.
fn rows(subject: &str, name: &str) -> Vec<(f64, f64)> {
    let sandbox = paged(u64::MAX);
    let text = ok(&sandbox, &format!("/v2/streams/{}", stream(&sandbox, subject, name)));
    let number = |cell: Option<&str>| cell.and_then(|cell| cell.parse().ok()).unwrap_or(f64::NAN);
    let row = |line: &str| {
        let mut cells = line.split(',');
        (number(cells.next()), number(cells.next()))
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn there_is_one_stream_of_each_kind() {
    let info = ok_json(&sandbox(), "/sandbox/info.json");
    let streams = info["platforms"]["rune"]["streams"].as_array().cloned().unwrap_or_default();
    let kinds: std::collections::BTreeSet<_> =
        streams.iter().filter_map(|stream| stream["stream_type"].as_str()).collect();
    for kind in
        ["acceleration", "acceleration-vector", "probability", "heart-rate", "count", "power", "voltage"]
    {
        assert!(kinds.contains(kind), "{kind}");
    }
    for kind in
        ["sleep-stage", "stimulation-state", "boolean", "event", "span", "voltage-spectrum", "current"]
    {
        assert!(kinds.contains(kind), "{kind}");
    }
    assert_eq!(streams.iter().filter(|stream| stream["rows"] == 0).count(), 1);
    assert_eq!(streams.iter().filter(|stream| stream["rows"] == 1).count(), 1);
    let ids: std::collections::HashSet<_> = streams.iter().map(|stream| stream["id"].to_string()).collect();
    assert_eq!(ids.len(), streams.len());
}

#[test]
fn the_long_stream_is_sampled_at_50_hz_and_has_gaps() {
    let rows = rows("juniper", "Acceleration x");
    let steps: Vec<f64> = rows.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    let regular = steps.iter().filter(|step| (**step - 0.02).abs() < 0.001).count();
    assert!(regular as f64 > 0.999 * steps.len() as f64);
    assert!(steps.iter().all(|&step| step > 0.0));
    assert!(steps.iter().any(|&step| step > 1.0), "a dropout");
    assert!(rows.iter().all(|&(_, value)| value.abs() < 4.0));
}

#[test]
fn knocks_stand_alone() {
    let rows = rows("juniper", "Acceleration x");
    let knocks: Vec<_> = rows.iter().enumerate().filter(|(_, row)| row.1.abs() > 2.9).collect();
    assert_eq!(knocks.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [123_456]);
    assert!(rows[123_455].1.abs() < 2.6 && rows[123_457].1.abs() < 2.6);
}

#[test]
fn symptoms_follow_the_day_and_its_doses() {
    let tremor = rows("juniper", "Tremor probability");
    assert!(tremor.iter().all(|&(_, value)| (0.0..=1.0).contains(&value)));
    // Before the clocks change, local time is UTC - 8 h.
    let mean = |from: f64, to: f64| {
        let hour = |time: f64| ((time - 28_800.0) / 3600.0).rem_euclid(24.0);
        let values = tremor.iter().filter(|row| row.0 < 1_710_064_800.0 && (from..to).contains(&hour(row.0)));
        let values: Vec<f64> = values.map(|row| row.1).collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    assert!(mean(10.5, 11.0) > 2.0 * mean(12.5, 13.0), "{} {}", mean(10.5, 11.0), mean(12.5, 13.0));
}

#[test]
fn recordings_span_thirty_days_with_empty_cells_and_gaps() {
    let heart = rows("willow", "Heart rate");
    let days = (heart[heart.len() - 1].0 - heart[0].0) / 86_400.0;
    assert!((29.0..30.0).contains(&days), "{days}");
    let lost = heart.iter().filter(|row| row.1.is_nan()).count();
    assert!(lost > 100 && lost < heart.len() / 10, "{lost} empty cells");
    assert!(heart.iter().filter(|row| !row.1.is_nan()).all(|row| (40.0..190.0).contains(&row.1)));
    let longest = heart.windows(2).map(|pair| pair[1].0 - pair[0].0).fold(0.0, f64::max);
    assert!(longest > 30.0 * 3600.0, "a day without the watch: {longest} s");
}

#[test]
fn some_times_need_every_nanosecond() {
    let sandbox = sandbox();
    let id = stream(&sandbox, "alder", "LFP snippets, left");
    let text = ok(&sandbox, &format!("/v2/streams/{id}?limit=1&timestamp=unixns"));
    let time = text.lines().nth(1).and_then(|line| line.split(',').next()).unwrap_or_default();
    assert!(time.ends_with("456789"), "{time}");
}

#[test]
fn a_span_has_no_time_column() {
    let sandbox = sandbox();
    let id = stream(&sandbox, "juniper", "Exercise");
    let text = ok(&sandbox, &format!("/v2/streams/{id}?timestamp=iso"));
    assert!(
        text.starts_with("start_time_min,start_time,end_time,end_time_max,event,measurement_duration_ns\n")
    );
    assert!(
        text.lines().last().is_some_and(|line| line.contains(",,,")),
        "the last has no known end: {text}"
    );
}

/// Times (µs) and first elements of a Joule stream's rows of float32; `None` where an interval ends.
fn joule_rows(path: &str, width: usize) -> Vec<Option<(i64, f32)>> {
    let request =
        Request::get(&format!("/joule/data?path={path}")).with_header("X-API-KEY", "demo-joule-key");
    let bytes = sandbox().handle(&request, NOW).body.bytes().expect("a body");
    let row = |row: &[u8]| {
        let time = i64::from_le_bytes(row[..8].try_into().expect("8 bytes"));
        (time != 0).then(|| (time, f32::from_le_bytes(row[8..12].try_into().expect("4 bytes"))))
    };
    bytes.chunks_exact(width).map(row).collect()
}

#[test]
fn the_mains_have_one_gap_and_one_surge() {
    let rows = joule_rows("/site+A/mains/power", 20);
    assert_eq!(rows.len(), 100_001);
    assert_eq!(rows.iter().position(Option::is_none), Some(60_000));
    let rows: Vec<_> = rows.into_iter().flatten().collect();
    let steps: Vec<_> = rows.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert_eq!(steps.iter().filter(|&&step| step != 1000).collect::<Vec<_>>(), [&600_001_000]);
    let surges: Vec<_> = rows.iter().filter(|row| row.1.abs() > 350.0).collect();
    assert!(surges.len() == 1 && surges[0].1 > 1000.0, "{surges:?}");
}

#[test]
fn the_sun_goes_down() {
    let rows = joule_rows("/site+B/solar", 16);
    assert_eq!(rows.split(Option::is_none).count(), 14);
    assert!(rows.iter().flatten().all(|&(_, power)| (0.0..=4600.0).contains(&power)));
    for day in rows.split(Option::is_none) {
        let hours =
            (day.iter().flatten().last().expect("a row").0 - day[0].expect("a row").0) / 3_600_000_000;
        assert!((10..13).contains(&hours), "{hours} hours");
    }
}
