//! Objects: each once, links loaded when used, what is written and what comes back.

use std::cell::Cell;
use std::time::Duration;

use streamscope_client::hexoskin::{Field, Filters, Object};
use streamscope_client::{Canned, ErrorKind, MemoryTransport};

use super::*;

fn range(id: u64, user: Value) -> Value {
    json!({ "id": id, "resource_uri": format!("/api/range/{id}/"), "name": format!("r{id}"), "user": user, "parent": null })
}

fn user(id: u64, name: &str) -> Value {
    json!({ "id": id, "resource_uri": format!("/api/user/{id}/"), "first_name": name, "profile": "/api/v1/profile/5/" })
}

/// Twenty ranges of user 123, as a list and one by one.
fn records() -> MemoryTransport {
    server(|line, _| match line {
        "GET /api/range/?user=123" => {
            let objects: Vec<_> = (1..=20).map(|id| range(id, json!("/api/user/123/"))).collect();
            ok(
                json!({ "meta": { "limit": 20, "offset": 0, "total_count": 20, "next": null }, "objects": objects }),
            )
        }
        "GET /api/user/123/" => ok(user(123, "Bob")),
        "GET /api/range/7/" => ok(range(7, user(123, "Robert"))),
        _ => lost(line),
    })
}

async fn text(object: &Object, field: &str) -> String {
    object.get(field).await.unwrap().value().as_str().unwrap_or_default().to_string()
}

async fn linked(object: &Object, field: &str) -> Object {
    object.get(field).await.unwrap().object().unwrap()
}

#[test]
fn a_link_is_loaded_once_and_is_one_object_for_all() {
    let transport = records();
    let api = api(&transport);
    run(&transport, async {
        let list = api.resource("range").list(&Filters::new().with("user", 123)).await.unwrap();
        for range in list.objects() {
            let user = linked(range, "user").await;
            assert_eq!(text(&user, "first_name").await, "Bob");
        }
        assert_eq!(lines(&transport), ["GET /api/range/?user=123", "GET /api/user/123/"]);

        let user = api.resource("user").get(123).await.unwrap();
        user.set("first_name", "Billy Bob");
        let seen = linked(&list.objects()[0], "user").await;
        assert!(seen == user && text(&seen, "first_name").await == "Billy Bob");
        // What comes with another object is the same object, too, and overwrites what was not sent.
        let seventh = api.resource("range").get_fresh("/api/range/7/").await.unwrap();
        assert!(seventh == list.objects()[6]);
        assert_eq!(text(&user, "first_name").await, "Robert");
        assert!(linked(&seventh, "user").await == user);
        assert_eq!(seventh.get("parent").await.unwrap(), Field::Value(Value::Null));
        // Both styles of URL name one object.
        let profile = linked(&user, "profile").await;
        assert!(profile == api.resource_from_uri("/api/profile/5/").unwrap());
        assert_eq!((profile.resource(), profile.id()), ("profile", "5"));
        let error = user.get("shoe_size").await.unwrap_err();
        assert!(
            error.message.contains("/api/user/123/ has no field shoe_size; it has first_name, id"),
            "{error}"
        );
    });
}

#[test]
fn objects_are_kept_for_an_hour_from_when_they_came() {
    let transport = records();
    let api = api(&transport);
    let users = api.resource("user");
    let asked = || lines(&transport).len();
    run(&transport, async {
        let wait = |minutes: u64| {
            (&transport as &dyn streamscope_client::Transport).sleep(Duration::from_secs(60 * minutes))
        };
        let user = users.get(123).await.unwrap();
        assert!(
            users.get("123").await.unwrap() == user && users.get(user.resource_uri()).await.unwrap() == user
        );
        assert_eq!(asked(), 1);
        wait(40).await;
        users.get_fresh(123).await.unwrap();
        assert_eq!(asked(), 2);
        wait(40).await;
        assert!(users.get(123).await.unwrap() == user, "the same object, asked for anew");
        assert_eq!(asked(), 3, "an update does not renew its life");
        api.clear_object_cache();
        assert!(users.get(123).await.unwrap() == user);
        assert_eq!(asked(), 4);
    });
}

#[test]
fn a_range_is_made_changed_and_deleted() {
    let step = Cell::new(0);
    let transport = server(move |line, request| {
        step.set(step.get() + 1);
        match (line, body(request)) {
            ("POST /api/range/", sent) => {
                assert_eq!(
                    sent,
                    json!({ "name": "testnew_range", "start": 353163129199_i64, "end": 353163139199_i64, "user": "/api/user/9/" })
                );
                Canned::new(201, range(31, json!("/api/user/9/")).to_string())
            }
            ("PATCH /api/range/31/", sent) if sent == json!({ "name": "newtestyrangey" }) => {
                Canned::new(202, range(31, json!("/api/user/9/")).to_string())
            }
            ("PATCH /api/range/31/", sent) if sent == json!({ "user": "/api/user/8/" }) => {
                Canned::new(204, "")
            }
            ("PUT /api/range/31/", sent) => {
                assert_eq!(sent["user"], "/api/user/8/");
                Canned::new(204, "")
            }
            ("DELETE /api/range/31/", _) => Canned::new(204, ""),
            _ => lost(line),
        }
    });
    let api = api(&transport);
    run(&transport, async {
        let user = api.resource_from_uri("/api/user/9/").unwrap();
        let fields = map(
            json!({ "name": "testnew_range", "start": 353163129199_i64, "end": 353163139199_i64, "user": Value::from(&user) }),
        );
        let new = api.resource("range").create(fields).await.unwrap();
        assert_eq!((new.id(), text(&new, "name").await.as_str()), ("31", "r31"));
        new.set("name", "newtestyrangey");
        new.update(Map::new()).await.unwrap();
        assert_eq!(text(&new, "name").await, "r31", "the server's answer counts");
        new.update(Map::new()).await.unwrap();
        let other = api.resource_from_uri("/api/user/8/").unwrap();
        new.update(map(json!({ "user": Value::from(&other) }))).await.unwrap();
        assert!(linked(&new, "user").await == other, "an empty answer means what was sent");
        new.put().await.unwrap();
        new.delete().await.unwrap();
    });
    let written: Vec<_> = lines(&transport);
    let expected = [
        "POST /api/range/",
        "PATCH /api/range/31/",
        "PATCH /api/range/31/",
        "PUT /api/range/31/",
        "DELETE /api/range/31/",
    ];
    assert_eq!(written, expected, "nothing is sent where nothing has changed");
}

#[test]
fn a_new_object_is_where_the_location_says() {
    for location in
        ["/api/v1/range/31/", "https://api.example/api/range/31/", "https://elsewhere.example/api/range/31/"]
    {
        let transport = server(move |line, _| match line {
            "POST /api/range/" => Canned::new(201, "").header("Location", location),
            "GET /api/range/31/" | "GET /api/v1/range/31/" => ok(range(31, json!(null))),
            _ => lost(line),
        });
        let api = api(&transport);
        run(&transport, async {
            let new = api.resource("range").create(Map::new()).await.unwrap();
            assert_eq!((new.id(), text(&new, "name").await.as_str()), ("31", "r31"));
        });
        assert!(
            transport.requests().iter().all(|request| request.url.starts_with(BASE)),
            "credentials go nowhere else"
        );
    }
    let transport = server(|_, _| Canned::new(201, ""));
    let error = run(&transport, api(&transport).resource("range").create(Map::new())).unwrap_err();
    assert!(error.message.contains("did not say where it is"), "{error}");
    let transport = server(|_, _| Canned::failure("gone"));
    assert!(run(&transport, api(&transport).resource("range").create(Map::new())).is_err());
    assert_eq!(lines(&transport).len(), 1, "what is made is not asked for twice");
}

#[test]
fn many_objects_are_changed_at_once() {
    let transport = server(|line, request| {
        assert_eq!((line, body(request)["objects"].as_array().map(Vec::len)), ("PATCH /api/range/", Some(2)));
        Canned::new(202, "")
    });
    let api = api(&transport);
    let held = api.resource_from_uri("/api/range/1/").unwrap();
    let objects =
        vec![map(json!({ "resource_uri": "/api/range/1/", "name": "x" })), map(json!({ "name": "new" }))];
    run(&transport, api.resource("range").patch(objects)).unwrap();
    assert_eq!(held.fields()["name"], "x");
}

#[test]
fn ids_of_any_text() {
    let transport = server(|line, _| match line {
        "GET /api/device/HXSKIN%2012A/" => {
            ok(json!({ "id": "HXSKIN 12A", "resource_uri": "/api/device/HXSKIN%2012A/" }))
        }
        _ => lost(line),
    });
    let api = api(&transport);
    let device = run(&transport, api.resource("device").get("HXSKIN 12A")).unwrap();
    assert_eq!(device.fields()["id"], "HXSKIN 12A");
    for wrong in ["", "/api/user/", "/api/", "user/9", "https://api.example/other/1/"] {
        let error = run(&transport, api.resource("user").get(wrong)).map(drop).expect_err(wrong);
        assert_eq!(error.kind, ErrorKind::InvalidInput, "{error}");
    }
    assert_eq!(lines(&transport).len(), 1);
}

#[test]
fn what_is_not_allowed_is_not_sent() {
    let transport = server(|line, _| match line {
        "GET /api/datatype/" => {
            ok(json!({ "meta": {}, "objects": [{ "resource_uri": "/api/datatype/19/" }] }))
        }
        "GET /api/record/" => ok(json!({ "meta": {}, "objects": [{ "resource_uri": "/api/record/1/" }] })),
        _ => lost(line),
    });
    let api = api(&transport);
    run(&transport, async {
        let mut types = api.resource("datatype").list(&Filters::new()).await.unwrap();
        let mut records = api.resource("record").list(&Filters::new()).await.unwrap();
        let refused = [
            (
                types.objects()[0].delete().await,
                "DELETE is not allowed on objects of datatype: the server allows GET.",
            ),
            (
                types.objects()[0].update(map(json!({ "name": "x" }))).await,
                "PUT is not allowed on objects of datatype",
            ),
            (types.delete(0).await, "DELETE is not allowed"),
            (
                records.delete(0).await,
                "DELETE is not allowed on objects of record: the server allows GET, PUT, PATCH.",
            ),
            (types.delete(1).await, "There is no object 1 in a list of 1."),
            (api.resource("record").patch(vec![]).await, "PATCH is not allowed on lists of record"),
            (api.resource("user").create(Map::new()).await.map(drop), "POST is not allowed on lists of user"),
            (api.resource("account").get(1).await.map(drop), "GET is not allowed on objects of account"),
        ];
        for (outcome, words) in refused {
            let error = outcome.unwrap_err();
            assert!(error.kind == ErrorKind::InvalidInput && error.message.contains(words), "{error}");
        }
    });
    assert_eq!(lines(&transport), ["GET /api/datatype/", "GET /api/record/"]);
}

#[test]
fn where_there_is_no_patch_the_whole_object_is_sent() {
    let transport = server(|line, request| match line {
        "GET /api/annotation/?user=5437" => ok(
            json!({ "meta": {}, "objects": [{ "resource_uri": "/api/annotation/1/", "annotation": "old" }] }),
        ),
        "GET /api/annotation/1/" => ok(
            json!({ "resource_uri": "/api/annotation/1/", "annotation": "old", "user": "/api/user/5437/" }),
        ),
        "PUT /api/annotation/1/" => {
            assert_eq!(
                body(request),
                json!({ "resource_uri": "/api/annotation/1/", "annotation": "I wuz here", "user": "/api/user/5437/" })
            );
            Canned::new(403, r#"{"error": "Not yours."}"#)
        }
        _ => lost(line),
    });
    let api = api(&transport);
    let error = run(&transport, async {
        let list = api.resource("annotation").list(&Filters::new().with("user", 5437)).await.unwrap();
        list.objects()[0].update(map(json!({ "annotation": "I wuz here" }))).await.unwrap_err()
    });
    assert_eq!(
        (error.kind, error.status, error.server_message.as_deref()),
        (ErrorKind::Unauthorized, Some(403), Some("Not yours."))
    );
}

#[test]
fn statuses_are_kinds_of_errors() {
    let kinds = [
        (400, ErrorKind::Refused),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Unauthorized),
        (404, ErrorKind::NotFound),
        (405, ErrorKind::Refused),
        (409, ErrorKind::Refused),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Server),
        (501, ErrorKind::Server),
        (503, ErrorKind::Server),
    ];
    for (status, kind) in kinds {
        let transport = server(move |_, _| Canned::new(status, r#"{"errors": "words of the server"}"#));
        let error = run(&transport, api(&transport).resource("user").get(99)).unwrap_err();
        assert_eq!((error.kind, error.status), (kind, Some(status)));
        assert_eq!(error.request.as_deref(), Some("GET https://api.example/api/user/99/"));
    }
    for (body, words) in [("<html>", "web page"), (r#"{"objects": [{}]}"#, "without resource_uri")] {
        let transport = server(move |_, _| Canned::new(200, body));
        let error = run(&transport, api(&transport).resource("user").list(&Filters::new()))
            .map(drop)
            .expect_err(words);
        assert!(error.kind == ErrorKind::Protocol && error.message.contains(words), "{error}");
    }
}
