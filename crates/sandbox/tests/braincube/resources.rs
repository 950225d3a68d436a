//! Lists page by page, and one resource at a time.

use serde_json::{Value, json};

use super::{MILL, get, parsed, post, refused, request};
use crate::fixture::{NOW, sandbox};

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["bcId"].to_string().trim_matches('"').to_owned()).collect()
}

#[test]
fn every_size_of_pages_gives_the_whole_list_once() {
    let sandbox = sandbox();
    let list = |query: String| ids(&get(&sandbox, &format!("{MILL}/24/variables/summary?{query}")));
    let whole = list("offset=0&size=5000".into());
    assert_eq!(whole.len(), 2400);
    for size in [1000, 800, 2400, 150] {
        let mut paged = Vec::new();
        loop {
            let page = list(format!("offset={}&size={size}", paged.len()));
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, whole, "pages of {size}");
    }
    assert_eq!(list(String::new()).len(), 150);
    assert_eq!(list("offset=99999999&size=10".into()).len(), 0);
    for query in ["offset=-1", "size=ten"] {
        let request = request("GET", &format!("{MILL}/all/summary?{query}"));
        assert_eq!(refused(sandbox.handle(&request, NOW)).0, 400, "{query}");
    }
}

#[test]
fn lists_have_what_single_resources_have() {
    let sandbox = sandbox();
    for (list, single, form, count) in [
        ("20/variables/summary", "20/variables", "extended", 20),
        ("20/dataGroups/summary", "20/dataGroups", "summary", 4),
        ("20/events/all/extended", "20/events", "extended", 9),
        ("20/jobs/all/summary", "20/jobs", "summary", 4),
        ("20/rules/all/selector", "20/rules", "summary", 3),
        ("20/jobs/573/rules/all/summary", "20/rules", "summary", 2),
        ("all/extended", "", "extended", 7),
    ] {
        let page = get(&sandbox, &format!("{MILL}/{list}"));
        let ids = ids(&page);
        assert_eq!(ids.len(), count, "{list}");
        for (id, item) in ids.iter().zip(page["items"].as_array().expect("items")) {
            let path = format!("{MILL}/{single}/{id}/{form}").replace("//", "/");
            assert_eq!(&get(&sandbox, &path), item, "{path}");
        }
    }
}

#[test]
fn resources_are_found_by_uuid_too() {
    let sandbox = sandbox();
    let base = get(&sandbox, &format!("{MILL}/20/extended"));
    assert_eq!(base["referenceDateVariable"], json!({ "bcId": "2000001", "id": "mb20/d2000001" }));
    let uuid = base["uuid"].as_str().expect("a uuid");
    let bare = uuid.strip_prefix("mb_").expect("a prefix");
    for id in [uuid, bare] {
        assert_eq!(get(&sandbox, &format!("{MILL}/{id}/extended")), base);
        assert_eq!(get(&sandbox, &format!("/braincube/Paper%20mill/braindata/{id}/simple"))["name"], "mb20");
    }
    let job = get(&sandbox, &format!("{MILL}/20/jobs/573/extended"));
    let uuid = job["uuid"].as_str().expect("a uuid");
    assert_eq!(get(&sandbox, &format!("{MILL}/20/jobs/{uuid}/extended")), job);
}

#[test]
fn variables_are_chosen_by_type() {
    let sandbox = sandbox();
    let path = format!("{MILL}/20/variables/selector");
    let chosen = parsed(post(&sandbox, &path, &json!({ "dataTypes": ["DISCRETE", "DATETIME"] })));
    assert_eq!(ids(&chosen), ["2000001", "2000013", "2000014", "2000015", "2000016"]);
    assert_eq!(ids(&get(&sandbox, &path)).len(), 20);
    assert_eq!(refused(post(&sandbox, &path, &json!({}))).0, 400);
}

#[test]
fn what_is_not_there_is_not_found() {
    let sandbox = sandbox();
    for path in [
        "99/extended",
        "20/variables/1/extended",
        "20/dataGroups/1/extended",
        "20/events/1/extended",
        "20/jobs/1/extended",
        "20/jobs/1/rules/all/summary",
        "20/rules/1/summary",
        "20/rules/200/other",
        "20/nothing",
        "",
    ] {
        let response = sandbox.handle(&request("GET", &format!("{MILL}/{path}")), NOW);
        assert_eq!(refused(response).0, 404, "{path}");
    }
    let (status, message) =
        refused(sandbox.handle(&request("GET", &format!("{MILL}/20/events/7/extended")), NOW));
    assert_eq!((status, message.as_str()), (404, "no event 7 in memory base 20"));
    assert_eq!(refused(sandbox.handle(&request("DELETE", &format!("{MILL}/20/extended")), NOW)).0, 405);
}
