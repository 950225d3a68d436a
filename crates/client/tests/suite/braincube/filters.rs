//! Filters in Braincube's grammar.

use serde_json::{Value as Json, json};
use streamscope_client::ErrorKind;
use streamscope_client::braincube::{read_filter, write_filter};
use streamscope_client::filter::{Filter, Value};
use streamscope_signal::{SECOND, TimeZone};

use super::base;

fn write(filter: &Filter) -> Json {
    write_filter(filter, &base(), &TimeZone::utc()).unwrap()
}

fn less(id: &str) -> Filter {
    Filter::Less(id.into(), 1.into())
}

#[test]
fn comparisons_are_spelt_as_documented() {
    let id = || "102".to_string();
    let cases = [
        (Filter::Equals(id(), 2.0.into()), json!({"EQUALS": ["mb7/d102", 2.0]})),
        (Filter::Equals("mb7/d102".into(), "A".into()), json!({"EQUALS": ["mb7/d102", ["A"]]})),
        (Filter::Between(id(), (-1).into(), 1.5.into()), json!({"BETWEEN": ["mb7/d102", -1, 1.5]})),
        (Filter::Less(id(), 10.into()), json!({"LESS": ["mb7/d102", 10]})),
        (Filter::LessEquals(id(), 10.into()), json!({"LESS_EQUALS": ["mb7/d102", 10]})),
        (Filter::Greater(id(), 10.into()), json!({"GREAT": ["mb7/d102", 10]})),
        (Filter::GreaterEquals(id(), 10.into()), json!({"GREAT_EQUALS": ["mb7/d102", 10]})),
        (Filter::Not(Box::new(less("1"))), json!({"NOT": [{"LESS": ["mb7/d1", 1]}]})),
    ];
    for (filter, expected) in cases {
        assert_eq!(write(&filter), expected);
    }
}

#[test]
fn joins_take_two_and_nest_from_the_left() {
    let leaf = |id: &str| json!({"LESS": [format!("mb7/d{id}"), 1]});
    let (a, b, c, d) = (leaf("a"), leaf("b"), leaf("c"), leaf("d"));
    let all = ["a", "b", "c", "d"].map(less);
    assert_eq!(write(&Filter::And(all[..1].to_vec())), a);
    assert_eq!(write(&Filter::Or(all[..2].to_vec())), json!({"OR": [a, b]}));
    assert_eq!(write(&Filter::And(all.to_vec())), json!({"AND": [{"AND": [{"AND": [a, b]}, c]}, d]}));
    let many = Filter::Or((0..5000).map(|_| less("a")).collect());
    let (mut pairs, mut leaves, mut deepest) = (0, 0, 0);
    let written = write(&many);
    let mut open = vec![(&written, 0)];
    while let Some((json, depth)) = open.pop() {
        deepest = deepest.max(depth);
        match json.get("OR").and_then(Json::as_array) {
            Some(two) => {
                assert_eq!(two.len(), 2);
                pairs += 1;
                open.extend(two.iter().map(|child| (child, depth + 1)));
            }
            None => leaves += 1,
        }
    }
    assert_eq!((pairs, leaves), (4999, 5000));
    assert!(deepest < 100, "a server's own limit of nesting is not met: {deepest}");
}

#[test]
fn times_are_those_of_the_base_in_whole_seconds() {
    let zone = TimeZone::fixed("+02:00", 7200);
    let write = |filter: &Filter| write_filter(filter, &base(), &zone).map(|json| json.to_string());
    let at = |ns: i64| Value::time(1_709_280_000 * SECOND + ns);
    let case = |filter: Filter, operands: &str| assert_eq!(write(&filter).unwrap(), operands);
    case(Filter::Greater("1".into(), at(0)), r#"{"GREAT":["mb7/d1","20240301_100000"]}"#);
    // Between two seconds: no row is shown there, so that the bound moves without a change of meaning.
    case(Filter::Greater("1".into(), at(1)), r#"{"GREAT":["mb7/d1","20240301_100000"]}"#);
    case(Filter::GreaterEquals("1".into(), at(1)), r#"{"GREAT_EQUALS":["mb7/d1","20240301_100001"]}"#);
    case(Filter::Less("1".into(), at(1)), r#"{"LESS":["mb7/d1","20240301_100001"]}"#);
    case(Filter::LessEquals("1".into(), at(1)), r#"{"LESS_EQUALS":["mb7/d1","20240301_100000"]}"#);
    case(
        Filter::Between("1".into(), at(-1), at(SECOND - 1)),
        r#"{"BETWEEN":["mb7/d1","20240301_100000","20240301_100000"]}"#,
    );
    case(Filter::Equals("1".into(), Value::time(-SECOND)), r#"{"EQUALS":["mb7/d1",["19700101_015959"]]}"#);
    assert_eq!(write(&Filter::Equals("1".into(), at(1))).unwrap_err().kind, ErrorKind::InvalidInput);
}

#[test]
fn what_the_server_would_refuse_is_not_sent() {
    let deep = (0..200).fold(less("1"), |filter, _| Filter::Not(Box::new(filter)));
    let refused = [
        (Filter::And(vec![]), "at least one condition"),
        (Filter::Not(Box::new(Filter::Or(vec![]))), "at least one condition"),
        (less("mb8/d1"), "no variable of memory base 7"),
        (less(""), "no variable"),
        (Filter::Less("1".into(), f64::NAN.into()), "NaN"),
        (Filter::Between("1".into(), 1.into(), f64::INFINITY.into()), "inf"),
        (deep, "nests more than"),
    ];
    for (filter, words) in refused {
        let error = write_filter(&filter, &base(), &TimeZone::utc()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidInput);
        assert!(error.message.contains(words), "{error}");
    }
}

#[test]
fn filters_that_people_have_already_can_be_read() {
    let documented = json!({"AND": [{"Not": [{"BETWEEN": ["mb20/d2000003", -1, 1]}]},
        {"or": [{"EQUALS": ["mb20/d2000002", ["A"]]}, {"GREAT_EQUALS": ["mb20/d1", "20240301_080000"]}]}]});
    let between = Filter::Between("mb20/d2000003".into(), (-1).into(), 1.into());
    let either = [
        Filter::Equals("mb20/d2000002".into(), "A".into()),
        Filter::GreaterEquals("mb20/d1".into(), "20240301_080000".into()),
    ];
    let expected = Filter::And(vec![Filter::Not(Box::new(between)), Filter::Or(either.into())]);
    assert_eq!(read_filter(&documented).unwrap(), expected);
    for filter in [
        Filter::Less("mb7/d1".into(), 0.5.into()),
        Filter::LessEquals("mb7/d1".into(), 1.into()),
        Filter::Greater("mb7/d1".into(), 1.into()),
        Filter::Equals("mb7/d1".into(), i64::MAX.into()),
    ] {
        assert_eq!(read_filter(&write(&filter)).unwrap(), filter);
    }
    let deep = (0..200).fold(json!({"LESS": ["a", 1]}), |inner, _| json!({ "NOT": [inner] }));
    for odd in [
        json!([]),
        json!({}),
        json!({"AND": [documented]}),
        json!({"NOT": []}),
        json!({"LESS": ["a"]}),
        json!({"LESS": [1, 1]}),
        json!({"LESS": ["a", null]}),
        json!({"EQUALS": ["a", ["b", "c"]]}),
        json!({"LIKE": ["a", "b"]}),
        json!({"LESS": ["a", 1], "GREAT": ["a", 1]}),
        deep,
    ] {
        assert_eq!(read_filter(&odd).unwrap_err().kind, ErrorKind::InvalidInput, "{odd}");
    }
}
