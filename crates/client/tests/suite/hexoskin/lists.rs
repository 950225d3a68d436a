//! Lists: filters and methods checked first, pages forward and back, all of them while the list changes.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::StreamExt;
use streamscope_client::ErrorKind;
use streamscope_client::hexoskin::{Filters, ObjectList};

use super::super::parameter;
use super::*;

/// A list of users whose ids change with every request, three a page.
fn changing(ids: impl Fn(usize) -> Vec<u64> + 'static) -> MemoryTransport {
    let asked = Cell::new(0);
    server(move |_, request| {
        let number = asked.replace(asked.get() + 1);
        let all = ids(number);
        let offset: usize = parameter(request, "offset").map_or(0, |text| text.parse().unwrap());
        let page = all.iter().skip(offset).take(3);
        let objects: Vec<_> =
            page.map(|id| json!({ "id": id, "resource_uri": format!("/api/user/{id}/") })).collect();
        let place = |offset: usize| format!("/api/user/?limit=3&offset={offset}");
        let next = (offset + 3 < all.len()).then(|| place(offset + 3));
        let previous = (offset > 0).then(|| place(offset.saturating_sub(3)));
        let meta = json!({ "limit": 3, "offset": offset, "total_count": all.len(), "next": next, "previous": previous });
        ok(json!({ "meta": meta, "objects": objects }))
    })
}

fn ids(list: &ObjectList) -> Vec<&str> {
    list.objects().iter().map(|user| user.id()).collect()
}

fn all(transport: &MemoryTransport) -> Vec<String> {
    let pages = api(transport).resource("user").all(&Filters::new());
    run(transport, pages.into_stream().map(|user| user.unwrap().id().to_string()).collect())
}

#[test]
fn pages_forward_and_back() {
    let transport = changing(|_| (1..=7).collect());
    let users = api(&transport).resource("user");
    let mut list = run(&transport, users.list(&Filters::new().with("limit", 3).with("offset", 3))).unwrap();
    assert_eq!((ids(&list), list.meta().total_count), (vec!["4", "5", "6"], Some(7)));
    assert_eq!(list.next_url(), Some("/api/user/?limit=3&offset=6"));
    assert!(run(&transport, list.load_next()).unwrap());
    assert_eq!((ids(&list), list.next_url()), (vec!["4", "5", "6", "7"], None));
    assert!(!run(&transport, list.load_next()).unwrap());
    assert!(run(&transport, list.load_previous()).unwrap());
    assert_eq!((ids(&list), list.previous_url()), (vec!["1", "2", "3", "4", "5", "6", "7"], None));
    assert!(!run(&transport, list.load_previous()).unwrap());
    assert_eq!(lines(&transport).len(), 3);
}

#[test]
fn all_objects_come_once_while_the_list_changes() {
    assert_eq!(all(&changing(|_| (1..=7).collect())), ["1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!(all(&changing(|_| vec![])), [""; 0]);
    // One more in front after each page.
    let grows = |asked: usize| (1..=asked as u64).map(|new| 100 + new).rev().chain(1..=6).collect();
    let seen = all(&changing(grows));
    (1..=6).for_each(|id| {
        assert_eq!(seen.iter().filter(|seen| **seen == id.to_string()).count(), 1, "{seen:?}")
    });
    // The first two go after the first page.
    let shrinks = |asked: usize| if asked == 0 { (1..=9).collect() } else { (3..=9).collect() };
    assert_eq!(all(&changing(shrinks)), ["1", "2", "3", "6", "7", "8", "4", "5", "9"]);
}

#[test]
fn a_list_that_leads_in_circles_is_left() {
    let transport = server(|_, _| {
        let next = "/api/user/?offset=3";
        ok(json!({ "meta": { "next": next, "offset": 3 }, "objects": [{ "resource_uri": "/api/user/1/" }] }))
    });
    let mut pages = api(&transport).resource("user").all(&Filters::new());
    let error = run(&transport, async {
        loop {
            match pages.next().await {
                Ok(object) => assert!(object.is_some(), "it ends with an error"),
                Err(error) => return error,
            }
        }
    });
    assert_eq!(error.kind, ErrorKind::Protocol);
    assert!(error.message.contains("goes on and on"), "{error}");
    assert!(lines(&transport).len() < 12);
    assert_eq!(run(&transport, pages.next()).unwrap_err(), error, "an error stays");
}

#[test]
fn filters_are_sent_as_the_schema_has_them() {
    let transport = server(|_, _| ok(json!({ "meta": { "limit": 20, "distance": 7 }, "objects": [] })));
    let api = api(&transport);
    let record = api.resource("record");
    let user = api.resource_from_uri("/api/user/99/").unwrap();
    let filters = Filters::new()
        .with("start__lt", 347_477_726_132_i64)
        .with("user", &user)
        .with("device__in", ["HXSKIN1", "HXSKIN2"])
        .with("order_by", "-start,id")
        .with("limit", 2000);
    let list = run(&transport, record.list(&filters)).unwrap();
    assert_eq!(list.meta().more["distance"], 7);
    let range = api.resource("range");
    run(
        &transport,
        range.list(&Filters::new().with("trainingroutine__name", "run").with("include_autodetected", true)),
    )
    .unwrap();
    let sent = [
        "GET /api/record/?start__lt=347477726132&user=%2Fapi%2Fuser%2F99%2F&device__in=HXSKIN1%2CHXSKIN2&order_by=-start%2Cid&limit=2000",
        "GET /api/range/?trainingroutine__name=run&include_autodetected=true",
    ];
    assert_eq!(lines(&transport), sent);
}

#[test]
fn filters_that_the_schema_does_not_allow_are_not_sent() {
    let transport = server(|line, _| lost(line));
    let api = api(&transport);
    let refused = |resource: &str, filters: Filters, words: &str| {
        unsent(&transport, run(&transport, api.resource(resource).list(&filters)), words);
    };
    let older = Filters::new().with("startTimestamp__lt", 347_477_726_132_i64);
    refused("record", older, "record cannot be filtered by startTimestamp: its newer name is start.");
    refused("record", Filters::new().with("mood", 1), "by mood: the server allows device, start, user.");
    refused(
        "record",
        Filters::new().with("start__in", [1, 2]),
        "of start, the server allows exact, range, gt",
    );
    refused("range", Filters::new().with("include_autodetected", false), "the server allows true");
    refused("record", Filters::new().with("order_by", "id,-mood"), "cannot be ordered by mood");
    refused("datatype", Filters::new().with("order_by", "id"), "the server allows none");
    refused("nothing", Filters::new(), "The server has no resource nothing; it has account, annotation");
    let mut pages = api.resource("record").all(&Filters::new().with("mood", 1));
    unsent(&transport, run(&transport, pages.next()), "cannot be filtered by mood");
}

#[test]
fn resources_and_schemas_are_asked_for_once_an_hour() {
    let hidden = Rc::new(Cell::new(0));
    let seen = hidden.clone();
    let transport = server(move |line, _| {
        seen.set(seen.get() + 1);
        lost(line)
    });
    let api = api(&transport);
    let conf = run(&transport, api.resource_conf()).unwrap();
    assert_eq!(conf.keys().map(String::as_str).collect::<Vec<_>>(), RESOURCES);
    assert_eq!(
        (conf["range"].ordering.as_slice(), hidden.get()),
        (["id".to_string(), "start".into()].as_slice(), 0)
    );
    let asked = transport.requests().len();
    assert_eq!(asked, 1 + RESOURCES.len());
    run(&transport, api.resource("range").schema()).unwrap();
    assert_eq!(transport.requests().len(), asked);
    api.clear_resource_cache();
    run(&transport, api.resource("range").schema()).unwrap();
    assert_eq!(transport.requests().len(), asked + 2);
    run(&transport, async {
        (&transport as &dyn streamscope_client::Transport).sleep(std::time::Duration::from_secs(3601)).await;
        api.resource("range").schema().await
    })
    .unwrap();
    assert_eq!(transport.requests().len(), asked + 4);
}

#[test]
fn at_most_four_requests_a_second() {
    let transport = server(|_, _| ok(json!({ "meta": {}, "objects": [] })));
    let api = api(&transport);
    let users = api.resource("user");
    run(&transport, async {
        for _ in 0..10 {
            users.list(&Filters::new()).await.unwrap();
        }
    });
    let took = (&transport as &dyn streamscope_client::Transport).now_ms();
    assert_eq!(transport.requests().len(), 12);
    assert!((2000.0..3000.0).contains(&took), "{took}");
}
