//! The filter that every platform, JavaScript and links share.

use serde_json::{from_value, json, to_value};
use streamscope_client::Filter;
use streamscope_client::filter::Value;

#[test]
fn a_filter_keeps_its_meaning_as_json() {
    let id = || "d102".to_string();
    let cases = [
        (Filter::Equals(id(), "A".into()), json!({"equals": ["d102", "A"]})),
        (Filter::Between(id(), 0.into(), 2.5.into()), json!({"between": ["d102", 0, 2.5]})),
        (
            Filter::Less(id(), Value::Int(9_007_199_254_740_993)),
            json!({"less": ["d102", 9_007_199_254_740_993i64]}),
        ),
        (Filter::LessEquals(id(), 2.0.into()), json!({"lessEquals": ["d102", 2.0]})),
        (Filter::Greater(id(), Value::time(-1)), json!({"greater": ["d102", {"timeNs": -1}]})),
        (Filter::GreaterEquals(id(), (-3).into()), json!({"greaterEquals": ["d102", -3]})),
    ];
    for (filter, form) in &cases {
        assert_eq!(to_value(filter).unwrap(), *form);
        assert_eq!(from_value::<Filter>(form.clone()).unwrap(), *filter);
    }
    let (filters, forms): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let nested = Filter::Or(vec![Filter::Not(Box::new(Filter::And(filters.clone()))), filters[0].clone()]);
    assert_eq!(to_value(&nested).unwrap(), json!({"or": [{"not": {"and": forms}}, forms[0]]}));
    assert_eq!(from_value::<Filter>(to_value(&nested).unwrap()).unwrap(), nested);
}

#[test]
fn what_is_no_filter_is_refused() {
    for form in [
        json!({}),
        json!({"equal": ["d1", 1]}),
        json!({"equals": ["d1"]}),
        json!({"between": ["d1", 1]}),
        json!({"less": ["d1", null]}),
        json!({"and": [], "or": []}),
        json!({"not": []}),
        json!([]),
    ] {
        assert!(from_value::<Filter>(form.clone()).is_err(), "{form}");
    }
    let deep = format!("{}{{\"equals\":[\"d1\",1]}}{}", "{\"not\":".repeat(100_000), "}".repeat(100_000));
    assert!(serde_json::from_str::<Filter>(&deep).is_err(), "a link cannot nest without end");
}

#[test]
fn filters_are_joined_and_tell_their_streams() {
    assert_eq!(Filter::all([]), None);
    let (a, b) = (Filter::Less("a".into(), 1.into()), Filter::Greater("b".into(), 1.into()));
    assert_eq!(Filter::all([a.clone()]), Some(a.clone()));
    let both = Filter::all([b.clone(), a.clone(), Filter::Not(Box::new(b.clone()))]).unwrap();
    assert_eq!(both, Filter::And(vec![b.clone(), a, Filter::Not(Box::new(b))]));
    assert_eq!(both.stream_ids(), ["b", "a"]);
}
