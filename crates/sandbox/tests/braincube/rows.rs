//! Rows as columns: their order, their cells, and answers that are longer than memory should be.

use serde_json::{Value, json};
use streamscope_sandbox::Body;

use super::{ask, columns, get, parsed, post, refused};
use crate::fixture::sandbox;

fn simple(base: u32) -> Value {
    get(&sandbox(), &format!("/braincube/braincube/Paper%20mill/braindata/mb{base}/simple"))
}

#[test]
fn a_base_says_what_orders_it() {
    assert_eq!(simple(20)["reference"], "mb20/d2000001");
    assert_eq!(simple(20)["timezone"], "Etc/GMT");
    assert_eq!(simple(20)["datadefs"][12], json!({ "id": "mb20/d2000013", "type": "DISCRETE" }));
    let reels = simple(21);
    let named = ["order", "referenceDate", "reference"].map(|key| &reels[key]);
    assert_eq!(named, [&json!("mb21/d2100001"), &json!("mb21/d2100002"), &Value::Null]);
    let archive = simple(26);
    assert!(archive.get("order").is_none() && archive.get("reference").is_none(), "{archive}");
    assert_eq!(simple(25)["timezone"], "Europe/Paris");
}

#[test]
fn columns_come_in_the_order_of_ids_and_once() {
    let answer = parsed(ask(&sandbox(), 20, "mb20/d2000001", &[2_000_013, 2_000_002, 2_000_013], None));
    let named: Vec<[&str; 2]> = (answer["datadefs"].as_array().expect("columns").iter())
        .map(|column| ["id", "type"].map(|key| column[key].as_str().expect("a text")))
        .collect();
    assert_eq!(named, [["mb20/d2000002", "NUMERIC"], ["mb20/d2000013", "DISCRETE"]]);
    assert_eq!(answer["resultLength"], 43_200);
}

#[test]
fn no_columns_and_no_rows_are_answers() {
    let sandbox = sandbox();
    let answer = parsed(ask(&sandbox, 20, "mb20/d2000001", &[], None));
    assert_eq!(answer["datadefs"], json!([]));
    let none = json!({ "LESS": ["mb20/d2000002", -1] });
    assert_eq!(columns(ask(&sandbox, 20, "mb20/d2000001", &[2_000_002], Some(none))), [Vec::<Value>::new()]);
    let body =
        json!({ "order": "mb1/d100001", "definitions": ["mb1/d100002"], "context": { "dataSource": "mb1" } });
    assert_eq!(columns(post(&sandbox, "/braincube/pilot/braindata/mb1/LF", &body)), [Vec::<Value>::new()]);
}

#[test]
fn rows_lie_in_the_order_that_is_asked_for() {
    let sandbox = sandbox();
    let own = columns(ask(&sandbox, 21, "mb21/d2100001", &[2_100_001, 2_100_003], None));
    assert!(
        own[0].is_sorted_by_key(|cell| cell.as_str().map(|text| text.parse::<i64>().expect("an integer")))
    );
    for order in ["mb21/d2100003", "2100003"] {
        let sorted = columns(ask(&sandbox, 21, order, &[2_100_001, 2_100_003], None));
        let size = |cell: &Value| cell.as_str().expect("a text").parse::<f64>().expect("a number");
        assert!(sorted[1].is_sorted_by_key(size) && sorted != own, "{order}");
        assert_eq!(sorted[0].len(), own[0].len());
    }
    // Rows that lack the variable come last.
    let gaps = columns(ask(&sandbox, 22, "mb22/d2200003", &[2_200_003], None));
    let first = gaps[0].iter().position(|cell| cell == "nan").expect("a gap");
    assert!(gaps[0][first..].iter().all(|cell| cell == "nan"));
}

#[test]
fn clocks_that_are_set_back_leave_rows_in_their_order() {
    let dates = columns(ask(&sandbox(), 25, "mb25/d2500001", &[2_500_001], None)).remove(0);
    let at = dates.iter().position(|date| date == "20241027_025500").expect("before the change");
    assert_eq!(dates[at + 1], "20241027_020000");
    assert_eq!(dates.iter().filter(|date| *date == "20241027_023000").count(), 2);
}

#[test]
fn every_form_of_a_cell_is_served() {
    let sandbox = sandbox();
    let cells = |id| columns(ask(&sandbox, 22, "mb22/d2200001", &[id], None)).remove(0);
    let gaps = cells(2_200_002);
    for cell in
        [json!("nan"), json!("null"), json!("?"), json!(""), Value::Null, json!("1.5E-7"), json!("-0.25")]
    {
        assert!(gaps.contains(&cell), "{cell} is missing");
    }
    assert!(cells(2_200_005).contains(&json!("Größe \"L\"")));
    assert!(cells(2_200_006).contains(&json!("19691231_235959")));
    assert!(cells(2_200_007).contains(&json!(1.9)));
    assert!(cells(2_200_010).contains(&json!("9007199254740993")));
    assert!(cells(2_200_010).contains(&json!("-9223372036854775808")));
    let silent = parsed(ask(&sandbox, 22, "mb22/d2200001", &[2_200_008, 2_200_009], None));
    assert_eq!(silent["datadefs"][0], json!({ "id": "mb22/d2200008", "type": "NUMERIC" }));
    assert_eq!(silent["datadefs"][1]["type"], "DISCRET");
}

#[test]
fn a_million_rows_come_in_small_pieces() {
    let sandbox = sandbox();
    let response = ask(&sandbox, 23, "mb23/d2300001", &[2_300_001, 2_300_003], None);
    let Body::Pieces(pieces) = response.body else { unreachable!("a body of pieces") };
    let (mut whole, mut largest) = (Vec::new(), 0);
    for piece in pieces {
        let piece = piece.expect("a piece");
        largest = largest.max(piece.len());
        whole.extend(piece);
    }
    assert!(largest < 300_000, "a piece of {largest} bytes");
    let answer: Value = serde_json::from_slice(&whole).expect("JSON");
    let column = |place: usize| answer["datadefs"][place]["data"].as_array().expect("cells");
    assert_eq!([column(0).len(), column(1).len()], [1_000_000; 2]);
    assert_eq!(column(0)[999_999], "20240312_134639");
    // A value is a function of its row: the same, whichever rows are asked for.
    let last = json!({ "GREAT_EQUALS": ["mb23/d2300001", "20240312_134638"] });
    let end = columns(ask(&sandbox, 23, "mb23/d2300001", &[2_300_003], Some(last)));
    assert_eq!(end[0], column(1)[999_998..]);
}

#[test]
fn questions_that_make_no_sense_are_refused() {
    let sandbox = sandbox();
    let lf = "/braincube/braincube/Paper%20mill/braindata/mb20/LF";
    let good = json!({ "order": "mb20/d2000001", "definitions": ["mb20/d2000002"], "context": { "dataSource": "mb20" } });
    assert_eq!(post(&sandbox, lf, &good).status, 200);
    let changed = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(pointer).expect("a part") = value;
        refused(post(&sandbox, lf, &body)).0
    };
    assert_eq!(changed("/order", Value::Null), 400);
    assert_eq!(changed("/order", json!("mb20/d1")), 404);
    assert_eq!(changed("/definitions", json!("mb20/d2000002")), 400);
    assert_eq!(changed("/definitions/0", json!("mb21/d2100001")), 404);
    assert_eq!(changed("/definitions/0", json!(2_000_002)), 404);
    assert_eq!(changed("/context/dataSource", json!("mb21")), 400);
    assert_eq!(refused(post(&sandbox, lf, &json!("text"))).0, 400);
    let get = sandbox.handle(&super::request("GET", lf), crate::fixture::NOW);
    assert_eq!(refused(get).0, 405);
    assert_eq!(refused(post(&sandbox, &lf.replace("mb20", "mb99"), &good)).0, 404);
}
