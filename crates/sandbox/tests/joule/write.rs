//! Writes: what is stored, what is refused, and what of it stays.

use serde_json::{Value, json};
use streamscope_sandbox::{Response, Sandbox};

use super::{create, get, int16, json, refused, request, rows, send, write};
use crate::fixture::{sandbox, text};

/// A stream of rows `(time, [1, 2])`, one write per list.
fn written(times: &[&[i64]]) -> Sandbox {
    let sandbox = sandbox();
    create(&sandbox, "s", "int16", 2, true);
    for times in times {
        assert_eq!(text(put(&sandbox, times)), "ok");
    }
    sandbox
}

fn put(sandbox: &Sandbox, times: &[i64]) -> Response {
    write(sandbox, "/data?path=/test/s", int16(times.iter().map(|&time| (time, [1, 2]))))
}

/// The times of all rows, 0 for the end of an interval.
fn times(sandbox: &Sandbox) -> Vec<i64> {
    let (_, _, bytes) = rows(get(sandbox, "/data?path=/test/s"));
    bytes.chunks(12).map(|row| i64::from_le_bytes(row[..8].try_into().expect("8 bytes"))).collect()
}

#[test]
fn every_write_begins_an_interval() {
    let sandbox = written(&[&[10, 20], &[30]]);
    assert_eq!(times(&sandbox), [10, 20, 0, 30]);
    assert_eq!(text(write(&sandbox, "/data?path=/test/s&merge-gap=15", int16([(40, [1, 2])]))), "ok");
    assert_eq!(times(&sandbox), [10, 20, 0, 30, 40], "unless it continues the one before");
    // Between two others, and before all.
    assert_eq!(text(put(&sandbox, &[25])), "ok");
    assert_eq!(text(put(&sandbox, &[1, 2])), "ok");
    assert_eq!(times(&sandbox), [1, 2, 10, 20, 0, 25, 30, 40], "rows before others join them, as on a node");
}

#[test]
fn what_is_no_row_is_refused_and_what_came_before_stays() {
    let sandbox = written(&[&[10, 20]]);
    let backward = (400, "400: Non-monotonic timestamps in new data".to_string());
    assert_eq!(refused(put(&sandbox, &[40, 30])), backward);
    assert_eq!(refused(put(&sandbox, &[40, 40])), backward);
    let (status, words) = refused(put(&sandbox, &[15, 20]));
    assert_eq!(status, 400);
    assert!(
        words.contains("duplicate key value")
            && words.ends_with("(1970-01-01 00:00:00.00002) already exists."),
        "{words}"
    );
    // None of its rows; but each write had begun an interval, as on a node.
    assert_eq!(times(&sandbox), [10, 0, 20]);
    assert_eq!(
        refused(send(&sandbox, "POST", "/data/consolidate.json?path=/test/s&max_gap=x", Value::Null)).0,
        400
    );
    create(&sandbox, "f", "float64", 1, true);
    assert_eq!(
        send(&sandbox, "POST", "/data/decimate.json?path=/test/f", Value::Null).status,
        500,
        "nothing to decimate"
    );
    let row = |time: i64, value: f64| [time.to_le_bytes(), value.to_le_bytes()].concat();
    let nan =
        refused(write(&sandbox, "/data?path=/test/f", [row(1, f64::INFINITY), row(2, f64::NAN)].concat()));
    assert_eq!(nan, (400, "400: Invalid values (NaN) in new data".into()));
    // A whole block came before the row that is refused.
    let times: Vec<i64> = (0..10_000).chain([5]).map(|time| time * 10 + 1000).collect();
    assert_eq!(refused(put(&sandbox, &times)), backward);
    assert_eq!(self::times(&sandbox).len(), 2 + 2 + 10_000);
    // Half a row at the end is dropped.
    let half = [int16([(900_000, [1, 2])]), vec![1, 2, 3]].concat();
    assert_eq!(text(write(&sandbox, "/data?path=/test/s", half)), "ok");
    assert_eq!(self::times(&sandbox).last(), Some(&900_000));
    assert_eq!(
        refused(write(&sandbox, "/data?path=/live/house", Vec::new())),
        (400, "400: DataStream [house] is already being produced".into())
    );
    assert_eq!(
        refused(write(&sandbox, "/data?path=/test/s&merge-gap=-1", Vec::new())),
        (400, "400: merge-gap must be >= 0".into())
    );
}

#[test]
fn rows_come_piece_by_piece() {
    let sandbox = written(&[]);
    let mut upload =
        sandbox.upload(&request("POST", "/data?path=/test/s")).expect("an upload").expect("accepted");
    assert_eq!(
        refused(put(&sandbox, &[5])),
        (400, "400: DataStream [s] is already being produced".into()),
        "one writer at a time"
    );
    assert_eq!(json(get(&sandbox, "/stream.json?path=/test/s"))["is_destination"], true);
    let body = int16([(10, [1, 2]), (0, [0, 0]), (20, [3, 4]), (30, [5, 6])]);
    for byte in &body[..body.len() - 1] {
        upload.push(&[*byte]).expect("stored");
    }
    upload.flush().expect("stored");
    assert_eq!(times(&sandbox), [10, 0, 20], "what has come can be read");
    drop(upload);
    assert_eq!(text(put(&sandbox, &[40])), "ok", "the connection broke: the next may write");
    assert_eq!(times(&sandbox), [10, 0, 20, 0, 40]);
    assert!(sandbox.upload(&request("GET", "/data?path=/test/s")).is_none());
}

#[test]
fn rows_are_removed_by_time() {
    let sandbox = written(&[&[10, 20, 30, 40, 50]]);
    assert_eq!(text(send(&sandbox, "DELETE", "/data?path=/test/s&start=20&end=40", Value::Null)), "ok");
    assert_eq!(times(&sandbox), [10, 0, 40, 50]);
    assert_eq!(text(put(&sandbox, &[20])), "ok", "what was removed can be written again");
    assert_eq!(text(send(&sandbox, "DELETE", "/data?path=/test/s&end=41", Value::Null)), "ok");
    assert_eq!(times(&sandbox), [50]);
    assert_eq!(text(send(&sandbox, "DELETE", "/data?path=/test/s", Value::Null)), "ok");
    assert_eq!(refused(get(&sandbox, "/data?path=/test/s")).1, "this stream has no data");
}

#[test]
fn small_gaps_are_joined() {
    let sandbox = written(&[&[10, 20], &[30], &[500]]);
    let joined = |sandbox: &Sandbox, query: &str| {
        send(sandbox, "POST", &format!("/data/consolidate.json?path=/test/s{query}"), Value::Null)
    };
    assert_eq!(refused(joined(&sandbox, "")), (400, "400: specify max_gap as us integer".into()));
    assert_eq!(refused(joined(&sandbox, "&max_gap=0")), (400, "400: max_gap must be postive integer".into()));
    assert_eq!(json(joined(&sandbox, "&max_gap=20")), json!({ "num_consolidated": 1 }));
    assert_eq!(times(&sandbox), [10, 20, 30, 0, 500]);
}
