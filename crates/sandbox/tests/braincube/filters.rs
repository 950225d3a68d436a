//! The filter grammar: what each operator means, and what is refused.

use serde_json::{Value, json};

use super::{ask, columns, refused};
use crate::fixture::sandbox;

/// Cells of a variable of the trials in rows that a filter leaves.
fn left(variable: u32, filter: &Value) -> Vec<String> {
    let column = columns(ask(&sandbox(), 22, "mb22/d2200001", &[variable], Some(filter.clone()))).remove(0);
    column.into_iter().map(|cell| cell.as_str().unwrap_or("JSON null").to_owned()).collect()
}

fn all(variable: u32) -> Vec<String> {
    left(variable, &json!({ "GREAT": ["mb22/d2200001", "19000101_000000"] }))
}

/// A filter leaves exactly the cells that `expected` says, in their order.
fn leaves(variable: u32, filter: Value, expected: impl Fn(&str) -> bool) {
    let wanted: Vec<String> = all(variable).into_iter().filter(|cell| expected(cell)).collect();
    assert!(!wanted.is_empty(), "nothing is expected of {filter}");
    assert_eq!(left(variable, &filter), wanted, "{filter}");
}

#[test]
fn each_operator_compares_numbers() {
    let number = |text: &str| text.parse::<f64>().ok();
    let id = "mb22/d2200003";
    let check = |filter, holds: fn(f64) -> bool| {
        leaves(2_200_003, filter, |cell| {
            number(cell).is_some_and(|number| !number.is_nan() && holds(number))
        });
    };
    check(json!({ "EQUALS": [id, 2] }), |n| n == 2.0);
    check(json!({ "EQUALS": [id, [2.0]] }), |n| n == 2.0);
    check(json!({ "EQUALS": [id, "2"] }), |n| n == 2.0);
    check(json!({ "BETWEEN": [id, -1, 1] }), |n| (-1.0..=1.0).contains(&n));
    check(json!({ "LESS": [id, 0] }), |n| n < 0.0);
    check(json!({ "LESS_EQUALS": [id, 0] }), |n| n <= 0.0);
    check(json!({ "GREAT": [id, 0.5] }), |n| n > 0.5);
    check(json!({ "great_equals": [id, 1] }), |n| n >= 1.0);
}

#[test]
fn operators_join_and_turn_around() {
    let (low, high) = (json!({ "LESS": ["mb22/d2200003", 0] }), json!({ "GREAT": ["mb22/d2200003", 1] }));
    let number = |cell: &str| cell.parse::<f64>().unwrap_or(f64::NAN);
    leaves(2_200_003, json!({ "OR": [low, high] }), |cell| number(cell) < 0.0 || number(cell) > 1.0);
    let not = json!({ "Not": [{ "OR": [low, high] }] });
    // A cell that is missing fulfils no condition, and so the opposite of any.
    leaves(2_200_003, not.clone(), |cell| cell == "nan" || (0.0..=1.0).contains(&number(cell)));
    let and = json!({ "AND": [not, { "GREAT": ["mb22/d2200003", -10] }] });
    leaves(2_200_003, and, |cell| (0.0..=1.0).contains(&number(cell)));
}

#[test]
fn integers_beyond_doubles_are_told_apart() {
    let id = "mb22/d2200010";
    leaves(2_200_010, json!({ "EQUALS": [id, 9_007_199_254_740_993_i64] }), |cell| {
        cell == "9007199254740993"
    });
    leaves(2_200_010, json!({ "EQUALS": [id, "9007199254740993"] }), |cell| cell == "9007199254740993");
    leaves(
        2_200_010,
        json!({ "BETWEEN": [id, 9_007_199_254_740_992.0, 9_007_199_254_740_993_i64] }),
        |cell| ["9007199254740992", "9007199254740993"].contains(&cell),
    );
    leaves(2_200_010, json!({ "GREAT": [id, 9e18] }), |cell| cell == "9223372036854775807");
}

#[test]
fn missing_cells_and_dates_that_do_not_exist_match_nothing() {
    for id in [2_200_002, 2_200_006] {
        let low = if id == 2_200_002 { json!(-1e300) } else { json!("19000101_000000") };
        let filter = json!({ "GREAT": [format!("mb22/d{id}"), low] });
        let plain = |cell: &str| cell.parse::<f64>().is_ok_and(|number| !number.is_nan());
        let date = |cell: &str| cell.len() == 15 && !cell.starts_with("20240230") && cell.contains('_');
        leaves(id, filter, |cell| if id == 2_200_002 { plain(cell) } else { date(cell) });
    }
    let before = json!({ "LESS": ["mb22/d2200006", "19700101_000000"] });
    leaves(2_200_006, before, |cell| cell == "19691231_235959");
    for text in ["?", "null", ""] {
        assert_eq!(left(2_200_005, &json!({ "EQUALS": ["mb22/d2200005", text] })), Vec::<String>::new());
    }
    for text in ["NaN", "1", "1.0", "Größe \"L\""] {
        leaves(2_200_005, json!({ "EQUALS": ["mb22/d2200005", [text]] }), |cell| cell == text);
    }
}

#[test]
fn hundreds_of_conditions_nest() {
    let leaf = json!({ "GREAT_EQUALS": ["mb22/d2200003", -3] });
    let nested = |levels: usize| (0..levels).fold(leaf.clone(), |filter, _| json!({ "AND": [filter, leaf] }));
    assert_eq!(left(2_200_003, &nested(499)), left(2_200_003, &leaf));
    let (status, message) = refused(ask(&sandbox(), 22, "mb22/d2200001", &[], Some(nested(501))));
    assert_eq!((status, message.as_str()), (400, "bad filter: more than 500 levels deep"));
}

#[test]
fn what_the_grammar_lacks_is_refused() {
    let id = "mb22/d2200003";
    let leaf = json!({ "LESS": [id, 1] });
    let cases = [
        (json!([]), "an object of an operator"),
        (json!({}), "exactly one operator"),
        (json!({ "LESS": [id, 1], "GREAT": [id, 1] }), "exactly one operator"),
        (json!({ "LESS": 1 }), "list of operands"),
        (json!({ "NOT": [] }), "NOT has exactly one"),
        (json!({ "NOT": [leaf, leaf] }), "NOT has exactly one"),
        (json!({ "AND": [leaf] }), "exactly two"),
        (json!({ "OR": [leaf, leaf, leaf] }), "exactly two"),
        (json!({ "AND": [leaf, { "OR": [] }] }), "exactly two"),
        (json!({ "LESS": [] }), "no operands"),
        (json!({ "LESS": [id] }), "another number"),
        (json!({ "LESS": [id, 1, 2] }), "another number"),
        (json!({ "BETWEEN": [id, 1] }), "another number"),
        (json!({ "EQUALS": [id, [1, 2]] }), "compares with one value"),
        (json!({ "LIKE": [id, 1] }), "operator is unknown"),
        (json!({ "LESS": [7, 1] }), "named by its long id"),
        (json!({ "LESS": ["mb22/d1", 1] }), "has no variable mb22/d1"),
        (json!({ "LESS": ["mb20/d2000002", 1] }), "has no variable mb20/d2000002"),
        (json!({ "LESS": [id, "low"] }), "not of the variable's type"),
        (json!({ "LESS": [id, null] }), "not of the variable's type"),
        (json!({ "LESS": ["mb22/d2200001", 1_709_251_200_000_i64] }), "not of the variable's type"),
        (json!({ "LESS": ["mb22/d2200001", "20240230_000000"] }), "not of the variable's type"),
        (json!({ "EQUALS": ["mb22/d2200005", 1] }), "not of the variable's type"),
        (json!({ "LESS": ["mb22/d2200005", "B"] }), "has no order"),
    ];
    for (filter, words) in cases {
        let (status, message) = refused(ask(&sandbox(), 22, "mb22/d2200001", &[], Some(filter.clone())));
        assert_eq!(status, 400, "{filter}");
        assert!(message.contains(words), "{filter}: {message}");
    }
}
