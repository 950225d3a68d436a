//! Conditions of events and jobs, and what jobs stand for.

use serde_json::{Value, json};
use streamscope_client::Filter;
use streamscope_client::braincube::Braincube;

use super::{Call, data, filters, texts, written};

pub(super) async fn compare(ours: &Braincube, call: &Call<'_>, method: &str) {
    let base = call.base();
    if let Some(event) = call.text("event") {
        let found = ours.event_conditions(&base, &event).await.unwrap();
        return conditions(call, &written(&base, &found));
    }
    let job = call.id("job");
    match method {
        "get_conditions" => {
            let events = call.arguments["include_events"] == true;
            let found = ours.job_conditions(&base, &job, events).await.unwrap();
            let combined: Vec<Filter> = match call.arguments["combine"] == true {
                true => Filter::all(found).into_iter().collect(),
                false => found,
            };
            conditions(call, &written(&base, &combined));
        }
        "get_variable_ids" => {
            let mut found = ours.job_variable_ids(&base, &job).await.unwrap();
            found.sort();
            let mut theirs: Vec<String> = serde_json::from_value(texts(call.gave.unwrap())).unwrap();
            theirs.sort();
            assert_eq!(found, theirs, "{}", call.arguments);
        }
        "get_events" => {
            let found = ours.job_events(&base, &job).await.unwrap();
            let shown = |events: Vec<streamscope_client::braincube::Event>| -> Value {
                events.into_iter().map(|event| json!(event.metadata)).collect()
            };
            call.same(Ok(
                json!({"positiveEvents": shown(found.positive), "negativeEvents": shown(found.negative)}),
            ));
        }
        "get_categories" => call.same(Ok(json!(ours.job(&base, &job).await.unwrap().categories))),
        "get_rule" => call.same(ours.rule(&base, &call.id("bcid")).await.map(|rule| json!(rule.metadata))),
        "get_rule_list" => {
            let found = ours.job_rules(&base, &job).unwrap().all().await.unwrap();
            // The official client fails as soon as there is a rule.
            match call.gave {
                Ok(theirs) => assert!(found.is_empty() && *theirs == json!([])),
                Err(error) => assert!(error == "TypeError" && !found.is_empty()),
            }
            for rule in found {
                assert_eq!(ours.rule(&base, &rule.id).await.unwrap().id, rule.id);
            }
        }
        _ => {
            let filter = filters(&call.arguments["filters"]).unwrap();
            let read = ours.job_data(&base, &job, filter.as_ref()).await;
            data::same(ours, call, read).await;
        }
    }
}

/// Ours are theirs, but for what the official client gets wrong: a condition without `positive`, which is positive, a
/// bound of the epoch itself, which is one, and a negated event without conditions, which says nothing.
fn conditions(call: &Call<'_>, ours: &[Value]) {
    let place = format!("{} {}", call.name, call.arguments);
    let Ok(theirs) = call.gave else {
        return assert!(!ours.is_empty(), "{place}: they raise, ours says nothing");
    };
    let theirs = theirs.as_array().unwrap();
    let mentions = |list: &[Value], text: &str| list.iter().any(|filter| filter.to_string().contains(text));
    let wrong = mentions(theirs, r#"{"NOT":[]}"#) || mentions(ours, "19700101_000000");
    if wrong {
        assert_ne!(ours, theirs.as_slice(), "{place}");
        assert!(!mentions(ours, r#"{"NOT":[]}"#), "{place}");
    } else {
        assert_eq!(ours, theirs.as_slice(), "{place}");
    }
}
