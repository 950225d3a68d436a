//! Stored conditions as filters.

use serde_json::{Value as Json, json};
use streamscope_client::Filter;
use streamscope_client::braincube::write_filter;
use streamscope_signal::TimeZone;

use super::{asked, base, braincube, serve};

/// A memory base whose description tells the types of its first variables only.
fn simple() -> Json {
    json!({"order": "mb7/d1", "datadefs": [{"id": "mb7/d1", "type": "DATETIME"}, {"id": "mb7/d2", "type": "NUMERIC"},
        {"id": "mb7/d3", "type": "DISCRETE"}]})
}

fn written(filters: &[Filter]) -> Vec<Json> {
    filters.iter().map(|filter| write_filter(filter, &base(), &TimeZone::utc()).unwrap()).collect()
}

/// The filters of an event with these conditions.
fn filters(conditions: Json) -> Vec<Json> {
    let transport = serve(move |path| {
        Some(match path {
            "events/1/extended" => json!({"bcId": 1, "name": "e", "conditions": conditions}),
            "braindata/mb7/simple" => simple(),
            _ => return None,
        })
    });
    let found = transport.run(braincube(&transport).event_conditions(&base(), "1")).unwrap().unwrap();
    written(&found)
}

#[test]
fn conditions_become_filters_by_the_documents_table() {
    let of = |id: u32, rest: Json| {
        let mut condition = json!({"variable": {"bcId": id}, "positive": true});
        condition.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        json!([condition])
    };
    let equals = |state: &str| json!({"EQUALS": ["mb7/d3", [state]]});
    let (a, b, c) = (equals("A"), equals("B"), equals("C"));
    assert_eq!(filters(of(3, json!({"modalities": ["A", "B", "C"]}))), [json!({"OR": [{"OR": [a, b]}, c]})]);
    assert_eq!(filters(of(3, json!({"modalities": ["A"]}))), std::slice::from_ref(&a));
    assert_eq!(filters(of(3, json!({"modalities": [], "minimum": 1}))), Vec::<Json>::new());
    assert_eq!(
        filters(of(2, json!({"minimum": 10, "maximum": 40}))),
        [json!({"BETWEEN": ["mb7/d2", 10, 40]})]
    );
    assert_eq!(filters(of(2, json!({"minimum": 0}))), [json!({"GREAT": ["mb7/d2", 0]})]);
    assert_eq!(filters(of(2, json!({"maximum": 1.5, "minimum": null}))), [json!({"LESS": ["mb7/d2", 1.5]})]);
    assert_eq!(filters(of(2, json!({}))), Vec::<Json>::new());
    assert_eq!(filters(of(3, json!({"modalities": ["A"], "positive": false}))), [json!({"NOT": [a]})]);
    assert_eq!(
        filters(json!([{"variable": {"bcId": "2"}, "maximum": 1}])),
        [json!({"LESS": ["mb7/d2", 1]})],
        "a condition is positive where nobody says otherwise"
    );
    // The epoch itself, and what lies before it, are bounds like any other.
    assert_eq!(
        filters(of(1, json!({"minimum": 0, "maximum": 1000}))),
        [json!({"BETWEEN": ["mb7/d1", "19700101_000000", "19700101_000001"]})]
    );
    assert_eq!(filters(of(1, json!({"minimum": -1000}))), [json!({"GREAT": ["mb7/d1", "19691231_235959"]})]);
}

#[test]
fn types_are_asked_for_once_a_variable() {
    let condition = |id: u32| json!({"variable": {"bcId": id}, "minimum": 1, "positive": true});
    let conditions: Vec<Json> = [2, 8, 9, 8, 2].map(condition).into();
    let transport = serve(move |path| {
        Some(match path {
            "events/1/extended" => json!({"bcId": 1, "conditions": conditions}),
            "braindata/mb7/simple" => simple(),
            "variables/8/extended" => json!({"bcId": 8, "type": "NUMERIC"}),
            "variables/9/extended" => json!({"bcId": 9, "type": "DATETIME"}),
            _ => return None,
        })
    });
    let found = transport.run(braincube(&transport).event_conditions(&base(), "1")).unwrap().unwrap();
    assert_eq!(written(&found)[2], json!({"GREAT": ["mb7/d9", "19700101_000000"]}));
    assert_eq!(
        asked(&transport),
        ["events/1/extended", "braindata/mb7/simple", "variables/8/extended", "variables/9/extended"]
    );
}

/// A job with a condition of its own, two events to be met and two not to be, of which one has no conditions.
fn job(path: &str) -> Option<Json> {
    let number =
        |id: u32, minimum: u32| json!({"variable": {"bcId": id}, "minimum": minimum, "positive": true});
    Some(match path {
        "jobs/5/extended" => json!({"bcId": 5, "name": "quality", "conditions": [number(2, 1)],
            "modelEntries": [{"conditions": [number(20, 0), {"minimum": 3}, number(21, 0)]}, {"conditions": [number(20, 5)]}],
            "dataGroups": [{"bcId": 10}, {"bcId": "11"}],
            "events": {"positiveEvents": [{"bcId": 1}, {"bcId": 2}], "negativeEvents": [{"bcId": 3}, {"bcId": 4}]}}),
        "events/1/extended" => json!({"bcId": 1, "conditions": [number(2, 11)]}),
        "events/2/extended" => json!({"bcId": 2, "conditions": [number(2, 12), number(2, 13)]}),
        "events/3/extended" => json!({"bcId": 3, "conditions": [number(2, 14), number(2, 15)]}),
        "events/4/extended" => json!({"bcId": 4}),
        "dataGroups/10/extended" => json!({"bcId": 10, "variables": [{"bcId": 21}, {"bcId": 22}]}),
        "dataGroups/11/extended" => json!({"bcId": 11, "variables": [{"bcId": 22}, {"bcId": 23}]}),
        "braindata/mb7/simple" => simple(),
        _ => return None,
    })
}

#[test]
fn a_jobs_conditions_are_its_own_then_those_of_its_events() {
    let transport = serve(job);
    let client = braincube(&transport);
    let great = |minimum: u32| json!({"GREAT": ["mb7/d2", minimum]});
    let own = transport.run(client.job_conditions(&base(), "5", false)).unwrap().unwrap();
    assert_eq!(written(&own), [great(1)]);
    let all = transport.run(client.job_conditions(&base(), "5", true)).unwrap().unwrap();
    let negated = json!({"NOT": [{"AND": [great(14), great(15)]}]});
    assert_eq!(
        written(&all),
        [great(1), negated, great(11), great(12), great(13)],
        "an event without conditions is not negated"
    );
    let events = transport.run(client.job_events(&base(), "5")).unwrap().unwrap();
    let ids = |events: &[streamscope_client::braincube::Event]| {
        events.iter().map(|event| event.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        (ids(&events.positive), ids(&events.negative)),
        (vec!["1".into(), "2".into()], vec!["3".into(), "4".into()])
    );
    let variables = transport.run(client.job_variable_ids(&base(), "5")).unwrap().unwrap();
    assert_eq!(variables, ["20", "21", "22", "23"]);
    assert_eq!(transport.run(client.job(&base(), "5")).unwrap().unwrap().categories.len(), 2);
}

#[test]
fn a_jobs_data_meet_the_filter_given_and_all_its_conditions() {
    let transport = serve(|path| match path {
        "braindata/mb7/LF" => {
            Some(json!({"datadefs": [{"id": "mb7/d20", "type": "NUMERIC", "data": ["1"]}]}))
        }
        _ => job(path),
    });
    let filter = Filter::Less("23".into(), 9.into());
    let read = transport.run(braincube(&transport).job_data(&base(), "5", Some(&filter))).unwrap().unwrap();
    assert_eq!(read.report().missing, ["mb7/d21", "mb7/d22", "mb7/d23"]);
    let body = transport.requests().last().unwrap().body.clone().unwrap();
    let body: Json = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["definitions"], json!(["mb7/d20", "mb7/d21", "mb7/d22", "mb7/d23"]));
    let (mut first, mut joins) = (&body["context"]["filter"], 0);
    while let Some(two) = first.get("AND") {
        (first, joins) = (&two[0], joins + 1);
    }
    assert_eq!((first, joins), (&json!({"LESS": ["mb7/d23", 9]}), 5));
    let asked = asked(&transport);
    assert_eq!(
        asked.len(),
        9,
        "the job once, its groups and events once each, the base once, the data: {asked:?}"
    );
}
