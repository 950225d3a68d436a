//! The official Braincube client on the sandbox's stand-in, and filters that are evaluated twice and built once more.

mod built;
mod ours;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use streamscope_sandbox::testing::{TestOptions, TestServer};

use super::{official, run};
use crate::methods;

const PYTHON: &str = "STREAMSCOPE_PYTHON_BRAINCUBE";

async fn start() -> (TestServer, String) {
    let server = TestServer::start(TestOptions::default()).await.unwrap();
    let url = format!("{}/braincube", server.url());
    (server, url)
}

/// Calls of one method whose arguments hold these.
fn answered<'a>(calls: &'a [Value], name: &str, arguments: &Value) -> Vec<&'a Value> {
    let wanted = arguments.as_object().unwrap();
    let fits = |call: &&Value| {
        call["call"] == name && wanted.iter().all(|(key, value)| &call["arguments"][key] == value)
    };
    calls.iter().filter(fits).collect()
}

/// The script itself holds the rows of filters and jobs against a slow evaluation; then ours makes the same calls.
#[tokio::test(flavor = "multi_thread")]
async fn the_official_client_reads_the_braincube_stand_in() {
    let (_server, url) = start().await;
    let calls = official(PYTHON, "braincube_official", &url);
    let names = answered(&calls, "official_names", &json!({}))[0]["answer"].clone();
    let names: BTreeSet<String> = serde_json::from_value(names).unwrap();
    let compared = ours::compare(&url, &calls).await;
    methods::check("conformance/braincube_methods.md", &names, &compared);
    what_goes_wrong_is_the_clients_own(&calls);
}

/// Every exception of the official client is one that was asked for (what is not there, a wrong token) or that the table
/// of methods explains.
fn what_goes_wrong_is_the_clients_own(calls: &[Value]) {
    let mut raised: BTreeMap<(String, String), usize> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.get("error").is_some()) {
        let text = |key: &str| call[key].as_str().unwrap().to_string();
        *raised.entry((text("call"), text("error"))).or_default() += 1;
    }
    let raised: Vec<(&str, &str, usize)> =
        raised.iter().map(|((call, error), count)| (call.as_str(), error.as_str(), *count)).collect();
    let base = "memory_base.MemoryBase";
    let single = |kind: &str| format!("{base}.get_{kind}");
    let [variable, datagroup, event, job, rule] =
        ["variable", "datagroup", "event", "job", "rule"].map(single);
    let [data, order] = ["data", "order_variable_long_id"].map(single);
    let expected = [
        ("base_entity.BaseEntity.get_name", "KeyError", 1),
        ("braincube.Braincube.get_memory_base", "HTTPError", 1),
        ("braincube.get_braincube", "KeyError", 1),
        ("client.get_instance", "HTTPError", 2),
        ("client.get_instance", "KeyError", 1),
        ("condition_container.ConditionContainer.get_conditions", "KeyError", 1),
        ("job.JobDescription.get_data", "HTTPError", 2),
        ("job.JobDescription.get_rule_list", "TypeError", 2),
        (&data, "HTTPError", 2),
        (&data, "KeyError", 1),
        (&data, "ValueError", 2),
        (&datagroup, "HTTPError", 7),
        (&event, "HTTPError", 7),
        (&job, "HTTPError", 7),
        (&order, "KeyError", 1),
        (&rule, "HTTPError", 7),
        (&variable, "HTTPError", 7),
    ];
    assert_eq!(raised, expected);
}
