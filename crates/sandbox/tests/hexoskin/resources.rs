//! Discovery, lists and details.

use serde_json::json;

use super::{get, ids, json, list, refused, request, sandbox};
use crate::fixture::NOW;

#[test]
fn resources_are_discovered_with_the_servers_schemas() {
    let sandbox = sandbox();
    let all = list(&sandbox, "/api/");
    assert_eq!(all.as_object().map(serde_json::Map::len), Some(42));
    let range = json!({ "list_endpoint": "/api/range/", "schema": "/api/range/schema/" });
    assert_eq!(all["range"], range);
    for entry in all.as_object().expect("a map").values() {
        let schema = list(&sandbox, entry["schema"].as_str().expect("a path"));
        assert!(schema["fields"].is_object() && schema["allowed_list_http_methods"].is_array(), "{entry}");
    }
    let schema = list(&sandbox, "/api/range/schema/");
    assert_eq!(schema["allowed_detail_http_methods"], json!(["get", "put", "patch", "delete"]));
    assert_eq!(schema["filtering"]["trainingroutine"], 2);
    assert_eq!(schema["fields"]["user"]["related_type"], "to_one");
    assert_eq!(schema["fields"]["rank"]["default"], 0);
    let dated = list(&sandbox, "/api/accesstoken/schema/");
    assert_eq!(
        dated["fields"]["token"],
        json!({ "type": "string", "required": true, "read_only": false, "max_length": 255 })
    );
}

#[test]
fn pages_go_forward_and_back() {
    let sandbox = sandbox();
    let first = list(&sandbox, "/api/range/?user=123&order_by=-start");
    assert_eq!(first["meta"]["total_count"], 23);
    assert_eq!(first["meta"]["previous"], json!(null));
    let next = first["meta"]["next"].as_str().expect("a next page");
    assert_eq!(next, "/api/range/?user=123&order_by=-start&limit=20&offset=20");
    let second = list(&sandbox, next);
    assert_eq!((ids(&first).len(), ids(&second).len()), (20, 3));
    assert_eq!(second["meta"]["next"], json!(null));
    let back = list(&sandbox, second["meta"]["previous"].as_str().expect("a page before"));
    assert_eq!(ids(&back), ids(&first));
    assert_eq!(list(&sandbox, "/api/record/?limit=0")["meta"]["limit"], 1000);
    assert_eq!(list(&sandbox, "/api/record/?limit=2000")["meta"]["limit"], 1000);
    assert_eq!(refused(get(&sandbox, "/api/record/?limit=many")).0, 400);
}

#[test]
fn lists_are_filtered_as_the_schema_allows() {
    let sandbox = sandbox();
    let records = |query: &str| ids(&list(&sandbox, &format!("/api/record/?{query}")));
    assert_eq!(records("user=/api/user/123/"), [100_001, 100_002, 100_005]);
    assert_eq!(records("user__in=123,5437&order_by=-id&limit=1"), [100_005]);
    assert_eq!(records("id__in=99999,100006"), [99_999, 100_006]);
    assert_eq!(records("status=incomplete"), [100_004]);
    assert_eq!(records("startTimestamp__lt=347477726132&limit=0").len(), 20);
    assert_eq!(records("start__range=437752627200,437752627200"), [99_999]);
    assert_eq!(records("device=HXASTRO0001"), [100_006]);
    assert_eq!(records("unknown=1&id=99999"), [99_999]);
    let (status, error) = refused(get(&sandbox, "/api/record/?status__contains=in"));
    assert_eq!((status, error.contains("status")), (400, true));
    assert_eq!(refused(get(&sandbox, "/api/record/?order_by=garment")).0, 400);
}

#[test]
fn objects_link_to_each_other() {
    let sandbox = sandbox();
    let record = list(&sandbox, "/api/record/99999/");
    assert_eq!(record["user"]["resource_uri"], "/api/user/99/", "a record holds its user");
    assert_eq!(record["device"], "/api/device/HXSKIN12340001/");
    assert_eq!(record["start_date"], "2024-03-09T08:00:00+00:00");
    assert_eq!((&record["duration"], &record["end"]), (&json!(3600), &json!(437_753_548_800_i64)));
    let range = list(&sandbox, "/api/range/2/");
    assert_eq!(
        (&range["user"], &range["duration"], &range["status"]),
        (&json!("/api/user/99/"), &json!("0:17:00"), &json!("complete"))
    );
    assert_eq!(list(&sandbox, "/api/range/4/")["status"], "empty");
    assert_eq!(list(&sandbox, "/api/device/HXASTRO0001/")["model"], 2);
    assert_eq!(ids(&list(&sandbox, "/api/account/")), [99]);
    assert_eq!(ids(&list(&sandbox, "/api/user/")), [99, 123, 5437]);
    // A tick of this device is 1/1000 s.
    let astroskin = list(&sandbox, "/api/record/100006/");
    assert_eq!(
        (&astroskin["start"], &astroskin["start_date"]),
        (&json!(1_710_316_800_003_i64), &json!("2024-03-13T08:00:00.003+00:00"))
    );
}

#[test]
fn other_programs_write_paths_their_own_way() {
    let sandbox = sandbox();
    for path in
        ["/api//range/2/", "/api/api/range/2/", "/api//api/range/2/", "/api.hexoskin.com/api/range/2/"]
    {
        assert_eq!(list(&sandbox, path)["id"], 2, "{path}");
    }
    let mut root = request("GET", "");
    root.path = "/api/range/2/".into();
    assert_eq!(json(sandbox.handle(&root, NOW))["name"], "run");
    let versioned = list(&sandbox, "/api/v1/range/2/");
    assert_eq!(
        (&versioned["resource_uri"], &versioned["user"]),
        (&json!("/api/v1/range/2/"), &json!("/api/v1/user/99/"))
    );
}

#[test]
fn what_is_not_there_or_not_allowed_is_refused() {
    let sandbox = sandbox();
    for path in [
        "/api/range/9/",
        "/api/record/100008/",
        "/api/user/777/",
        "/api/nothing/",
        "/api/range/2",
        "/api/range/2/3/",
    ] {
        assert_eq!(refused(get(&sandbox, path)), (404, String::new()), "{path}");
    }
    let response = sandbox.handle(&request("DELETE", "/api/datatype/19/"), NOW);
    assert_eq!((response.status, response.header("Allow")), (405, Some("GET")));
    assert_eq!(refused(sandbox.handle(&request("PUT", "/api/range/"), NOW)).0, 405);
    assert_eq!(refused(sandbox.handle(&request("POST", "/api/range/2/"), NOW)).0, 405);
    let fit = request("GET", "/api/range/2/").with_header("Accept", "application/vnd.ant.fit");
    assert_eq!(refused(sandbox.handle(&fit, NOW)).0, 501);
}

#[test]
fn a_page_of_any_origin_may_ask() {
    let response = sandbox().handle(&request("OPTIONS", "/api/range/2/"), NOW);
    let header = |name: &str| response.header(name).unwrap_or_default();
    assert_eq!((response.status, header("Access-Control-Allow-Origin")), (204, "*"));
    assert!(header("Access-Control-Allow-Methods").contains("PATCH"));
    for name in ["Authorization", "X-HEXOAPISIGNATURE", "X-HEXOTIMESTAMP", "X-HEXOAPIKEY"] {
        assert!(header("Access-Control-Allow-Headers").contains(name), "{name}");
    }
    assert!(header("Access-Control-Expose-Headers").contains("Location"));
}
