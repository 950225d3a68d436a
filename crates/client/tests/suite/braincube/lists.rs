//! Braincubes, memory bases and what they hold.

use serde_json::{Value, json};
use streamscope_client::braincube::{MemoryBase, Settings};
use streamscope_client::{Canned, ErrorKind, MemoryTransport};

use super::{asked, base, braincube, serve};
use crate::suite::parameter;

#[test]
fn braincubes_are_the_products_of_that_type() {
    let transport = MemoryTransport::new(|_| {
        let list = json!({"accessList": [
            {"product": {"productId": "a1b2", "name": "mill"}, "role": "user"},
            {"product": {"productId": "c3", "name": "viewer", "type": "app"}},
            {"product": {"productId": 5, "name": "mill", "type": "braincube"}}, {"product": {}}, null]});
        Canned::new(200, list.to_string())
    });
    let client = braincube(&transport);
    let found = transport.run(client.braincubes()).unwrap().unwrap();
    let seen: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.uuid.as_deref())).collect();
    assert_eq!(seen, [("mill", Some("a1b2")), ("mill", Some("5"))], "names may be shared");
    assert_eq!(found[0].metadata["role"], "user");
    assert_eq!(transport.run(client.braincube("mill")).unwrap().unwrap(), found[0]);
    let error = transport.run(client.braincube("moon")).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[test]
fn things_have_ids_names_uuids_and_all_their_metadata() {
    let transport = serve(|path| {
        Some(match path {
            "extended" => {
                json!({"bcId": 7, "name": "Line 1", "uuid": "mb_6f0c_1", "referenceDateVariable": {"bcId": 1}})
            }
            "variables/2000003/extended" => {
                json!({"bcId": "2000003", "standard": "Dryer temp", "tag": "DRY.T1",
                "local": "Temp. sécheur", "type": "NUMERIC"})
            }
            "dataGroups/10/extended" => {
                json!({"bcId": 10, "name": "Dryer", "variables": [{"bcId": 3}, {"bcId": "4"}, {"bcId": 3}]})
            }
            "events/53/extended" => json!({"bcId": "53", "name": "cold start"}),
            "rules/a%20b%2Fc/summary" => json!({"bcId": "a b/c", "rank": 1}),
            _ => return None,
        })
    });
    let client = braincube(&transport);
    let found = transport.run(client.memory_base(&base())).unwrap().unwrap();
    assert_eq!(
        (found.id.as_str(), found.name.as_str(), found.uuid.as_deref()),
        ("7", "Line 1", Some("6f0c_1"))
    );
    assert_eq!(found.metadata["referenceDateVariable"]["bcId"], 1);
    for id in ["2000003", "mb7/d2000003"] {
        let variable = transport.run(client.variable(&base(), id)).unwrap().unwrap();
        assert_eq!((variable.name.as_str(), variable.long_id.as_str()), ("Dryer temp", "mb7/d2000003"));
        assert_eq!(variable.data_type, "NUMERIC");
    }
    let settings = |key: &str| Settings { variable_name_key: key.into(), ..Settings::default() };
    for (key, name) in [("tag", "DRY.T1"), ("local", "Temp. sécheur"), ("nothing", "Dryer temp")] {
        let client = client.clone().with_settings(settings(key));
        let variable = transport.run(client.variable(&base(), "2000003")).unwrap().unwrap();
        assert_eq!(variable.name, name);
    }
    let ids = transport.run(client.data_group_variable_ids(&base(), "10")).unwrap().unwrap();
    assert_eq!(ids, ["3", "4"]);
    assert!(transport.run(client.event(&base(), "53")).unwrap().unwrap().conditions.is_empty());
    let rule = transport.run(client.rule(&base(), "a b/c")).unwrap().unwrap();
    assert_eq!((rule.name.as_str(), &rule.metadata["rank"]), ("a b/c", &json!(1)));
    let error = transport.run(client.job(&base(), "9")).unwrap().unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::NotFound, Some(404)));
    assert!(error.message.contains("no jobs/9/extended"), "the server's words are told: {error}");
}

#[test]
fn every_list_is_where_the_document_has_it() {
    let transport = serve(|_| Some(json!({"items": []})));
    let client = braincube(&transport);
    let base = base();
    transport.run(client.memory_bases("mill").unwrap().all()).unwrap().unwrap();
    transport.run(client.variables(&base).unwrap().all()).unwrap().unwrap();
    transport.run(client.data_groups(&base).unwrap().all()).unwrap().unwrap();
    transport.run(client.events(&base).unwrap().all()).unwrap().unwrap();
    transport.run(client.jobs(&base).unwrap().all()).unwrap().unwrap();
    transport.run(client.rules(&base).unwrap().all()).unwrap().unwrap();
    transport.run(client.job_rules(&base, "5").unwrap().all()).unwrap().unwrap();
    let expected = [
        "braincube/mb/all/summary",
        "variables/summary",
        "dataGroups/summary",
        "events/all/extended",
        "jobs/all/summary",
        "rules/all/selector",
        "jobs/5/rules/all/summary",
    ];
    assert_eq!(asked(&transport), expected.map(|path| format!("{path}?offset=0&size=150")));
}

/// A list of `count` memory bases on a server that sends at most `most` at a time.
fn list(count: usize, most: usize) -> MemoryTransport {
    MemoryTransport::new(move |request| {
        let number = |name: &str| parameter(request, name).unwrap().parse::<usize>().unwrap();
        let (offset, size) = (number("offset"), number("size"));
        let items: Vec<Value> =
            (offset..count.min(offset + size.min(most))).map(|id| json!({"bcId": id, "name": "x"})).collect();
        Canned::new(200, json!({ "items": items }).to_string())
    })
}

fn all(transport: &MemoryTransport, size: u32) -> Vec<MemoryBase> {
    let pages = braincube(transport).memory_bases("mill").unwrap().with_page_size(size);
    transport.run(pages.all()).unwrap().unwrap()
}

#[test]
fn lists_go_on_after_what_came_and_end_with_an_empty_page() {
    for (count, most, size, requests) in
        [(0, 10, 10, 1), (20, 10, 10, 3), (23, 7, 10, 5), (5, 100, 10, 2), (30, 1, 4, 31)]
    {
        let transport = list(count, most);
        let ids: Vec<String> = all(&transport, size).into_iter().map(|base| base.id).collect();
        assert_eq!(ids, (0..count).map(|id| id.to_string()).collect::<Vec<_>>());
        assert_eq!(transport.requests().len(), requests, "{count} by {most}");
    }
}

#[test]
fn one_page_is_one_request() {
    let transport = list(25, 100);
    let pages = braincube(&transport).memory_bases("mill").unwrap().with_page_size(10);
    let page = |page| transport.run(pages.page(page)).unwrap().unwrap().len();
    assert_eq!([page(0), page(2), page(3), page(1000)], [10, 5, 0, 0]);
    assert_eq!(transport.requests().len(), 4);
    let pages = braincube(&transport).memory_bases("mill").unwrap().with_page_size(0);
    assert_eq!(transport.run(pages.all()).unwrap().unwrap_err().kind, ErrorKind::InvalidInput);
}

#[test]
fn lists_that_change_or_never_end_give_nothing_twice() {
    let mut asked = 0;
    let shifting = MemoryTransport::new(move |request| {
        asked += 1;
        let offset: usize = parameter(request, "offset").unwrap().parse().unwrap();
        // An item was put before the others meanwhile.
        let ids = if asked == 1 { 0..10 } else { offset - 1..19.max(offset - 1) };
        let items: Vec<Value> = ids.map(|id| json!({ "bcId": id })).collect();
        Canned::new(200, json!({ "items": items }).to_string())
    });
    let ids: Vec<String> = all(&shifting, 10).into_iter().map(|base| base.id).collect();
    assert_eq!(ids, (0..19).map(|id| id.to_string()).collect::<Vec<_>>());

    let deaf = MemoryTransport::new(|_| Canned::new(200, r#"{"items": [{"bcId": 1}, {"bcId": 2}]}"#));
    let pages = braincube(&deaf).memory_bases("mill").unwrap();
    let error = deaf.run(pages.all()).unwrap().unwrap_err();
    assert_eq!((error.kind, deaf.requests().len()), (ErrorKind::Protocol, 2));
    for body in ["{}", r#"{"items": [{"name": "no id"}]}"#, r#"{"items": [7]}"#, "<html>"] {
        let odd = MemoryTransport::new(move |_| Canned::new(200, body));
        let pages = braincube(&odd).memory_bases("mill").unwrap();
        assert_eq!(odd.run(pages.all()).unwrap().unwrap_err().kind, ErrorKind::Protocol, "{body}");
    }
}

#[test]
fn variables_of_a_group_come_in_its_order_in_few_requests() {
    let group = |count: usize| json!({"bcId": 1, "variables": (0..count).map(|id| json!({"bcId": 500 - id})).collect::<Vec<_>>()});
    for (count, requests) in [(3, 4), (300, 2)] {
        let transport = MemoryTransport::new(move |request| {
            let path = super::path(request);
            let variable =
                |id: usize| json!({"bcId": id.to_string(), "standard": format!("v{id}"), "type": "NUMERIC"});
            let body = if path.starts_with("dataGroups/1/") {
                group(count)
            } else if path.starts_with("variables/summary") {
                let offset: usize = parameter(request, "offset").unwrap().parse().unwrap();
                json!({"items": (offset..600).map(variable).collect::<Vec<_>>()})
            } else {
                variable(path.split('/').nth(1).unwrap().parse().unwrap())
            };
            Canned::new(200, body.to_string())
        });
        let found = transport.run(braincube(&transport).data_group_variables(&base(), "1")).unwrap().unwrap();
        let names: Vec<_> = found.iter().map(|variable| variable.name.clone()).collect();
        assert_eq!(names, (0..count).map(|id| format!("v{}", 500 - id)).collect::<Vec<_>>());
        assert_eq!(transport.requests().len(), requests);
    }
}
