//! Answers that are no answers, and what must not happen twice.

use serde_json::{Value, json};
use streamscope_client::joule::{Element, EventQuery, MasterKind, NewDataStream, NewEvent};
use streamscope_client::{Canned, ErrorKind, MemoryTransport, Step};

use super::{asked, run};
use crate::suite::joule_data::KEY;

const TRACEBACK: &str = "500 Internal Server Error\n\nTraceback (most recent call last):\n  \
    File \"/home/joule/venv/lib/python3.11/site-packages/sqlalchemy/engine/base.py\", line 2000, in _exec\n\
    psycopg2.errors.InvalidTextRepresentation: invalid input\n";

#[test]
fn refusals_are_told_in_the_nodes_words() {
    for (status, body, kind, words) in [
        (403, "403: Forbidden", ErrorKind::Unauthorized, "Check the credentials"),
        (404, "404: stream does not exist", ErrorKind::NotFound, "stream does not exist"),
        (400, "400: specify an id or a path", ErrorKind::Refused, "specify an id or a path"),
    ] {
        let transport = MemoryTransport::new(move |_| Canned::new(status, body));
        let error = run(&transport, async |joule| joule.data_stream_get(1).await).unwrap_err();
        assert_eq!((error.kind, error.status, transport.requests().len()), (kind, Some(status), 1));
        assert!(error.message.contains(words), "{error}");
    }
}

#[test]
fn a_failed_node_does_not_tell_its_insides() {
    let error = asked(Canned::new(500, TRACEBACK), async |joule| joule.folder_root().await).unwrap_err();
    assert_eq!(
        (error.kind, error.server_message.as_deref()),
        (ErrorKind::Server, Some("500 Internal Server Error"))
    );
    assert!(!format!("{error:?}").contains("/home/joule"));
}

#[test]
fn the_key_is_in_no_message_and_no_address() {
    let echo = format!("you sent {KEY}");
    for answer in
        [Canned::new(400, echo.as_str()), Canned::new(200, format!("\"{KEY}\"")), Canned::failure(&echo)]
    {
        let transport = MemoryTransport::new(move |_| answer.clone());
        let errors = [
            run(&transport, async |joule| joule.module_list(false).await).unwrap_err(),
            run(&transport, async |joule| joule.event_stream_count(1, &EventQuery::default()).await)
                .unwrap_err(),
            run(&transport, async |joule| joule.annotation_delete(1).await).unwrap_err(),
        ];
        for error in errors {
            assert!(!format!("{error:?} {error}").contains(&KEY[..10]), "{error:?}");
        }
        for request in transport.requests() {
            assert!(!request.url.contains(KEY) && !format!("{request:?}").contains(KEY));
            assert!(request.headers.contains(&("X-API-KEY".into(), KEY.into())));
        }
    }
}

#[test]
fn questions_are_repeated_and_changes_are_not() {
    let failing = || MemoryTransport::new(|_| Canned::new(503, "503: Service Unavailable"));
    let transport = failing();
    run(&transport, async |joule| joule.folder_root().await).unwrap_err();
    assert_eq!(transport.requests().len(), 4);
    let stream = NewDataStream::new("s", "int16", vec![Element::new("e", "")]);
    let event = NewEvent { start_ns: 0, end_ns: 1_000, content: serde_json::Map::new() };
    let changes: [fn(&MemoryTransport, &NewDataStream, &NewEvent) -> ErrorKind; 6] = [
        |node, _, _| run(node, async |joule| joule.folder_delete(1, true).await).unwrap_err().kind,
        |node, _, _| run(node, async |joule| joule.folder_move(1, 2).await).unwrap_err().kind,
        |node, stream, _| {
            run(node, async |joule| joule.data_stream_create(stream, 1).await).unwrap_err().kind
        },
        |node, _, event| {
            run(node, async |joule| joule.event_stream_write(1, std::slice::from_ref(event)).await)
                .unwrap_err()
                .kind
        },
        |node, _, _| run(node, async |joule| joule.annotation_delete(1).await).unwrap_err().kind,
        |node, _, _| {
            run(node, async |joule| joule.master_add(MasterKind::User, "u", None, None).await)
                .unwrap_err()
                .kind
        },
    ];
    for change in changes {
        let transport = failing();
        assert_eq!((change(&transport, &stream, &event), transport.requests().len()), (ErrorKind::Server, 1));
    }
}

#[test]
fn what_is_not_confirmed_is_an_error() {
    let error =
        asked(Canned::new(200, "maybe"), async |joule| joule.folder_delete(1, false).await).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol);
    for ok in ["ok", "OK"] {
        assert_eq!(asked(Canned::new(200, ok), async |joule| joule.follower_delete("f").await), Ok(()));
    }
    let error = asked(Canned::new(200, "<html>"), async |joule| joule.master_list().await).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Protocol);
}

/// The node's own answer to events: the same, with ids.
fn confirmed(body: &[u8], from: i64) -> String {
    let mut body: Value = serde_json::from_slice(body).unwrap();
    let events = body["events"].as_array_mut().unwrap();
    for (at, event) in events.iter_mut().enumerate() {
        event["id"] = json!(from + at as i64);
        event["event_stream_id"] = json!(1);
    }
    json!({ "count": events.len(), "events": events }).to_string()
}

fn many(count: i64) -> Vec<NewEvent> {
    let event =
        |at: i64| NewEvent { start_ns: at * 1000, end_ns: at * 1000 + 1000, content: serde_json::Map::new() };
    (0..count).map(event).collect()
}

#[test]
fn events_go_in_blocks_and_come_back_with_ids() {
    let transport = MemoryTransport::new(|request| {
        let body = request.body.as_ref().unwrap();
        let first =
            serde_json::from_slice::<Value>(body).unwrap()["events"][0]["start_time"].as_i64().unwrap();
        Canned::new(200, confirmed(body, 100 + first))
    });
    let events = many(1200);
    let kept = run(&transport, async |joule| joule.event_stream_write(1, &events).await).unwrap();
    assert_eq!(transport.requests().len(), 3);
    assert!(
        kept.iter()
            .zip(&events)
            .all(|(kept, new)| kept.start_ns == new.start_ns && kept.end_ns == new.end_ns)
    );
    assert_eq!(kept.iter().map(|event| event.id).collect::<Vec<_>>(), (100..1300).collect::<Vec<_>>());
}

#[test]
fn a_broken_write_tells_how_many_events_the_node_confirmed() {
    let faults: [fn(&[u8]) -> Canned; 4] = [
        |_| Canned::failure("connection reset"),
        |_| Canned::new(500, TRACEBACK),
        |body| {
            Canned::new(200, "")
                .steps(vec![Step::Bytes(confirmed(body, 1)[..50].into()), Step::Break("reset".into())])
        },
        |body| {
            let mut answer: Value = serde_json::from_str(&confirmed(body, 1)).unwrap();
            answer["events"].as_array_mut().unwrap().pop();
            Canned::new(200, answer.to_string())
        },
    ];
    for fault in faults {
        let mut asked = 0;
        let transport = MemoryTransport::new(move |request| {
            asked += 1;
            let body = request.body.as_ref().unwrap();
            if asked == 2 { fault(body) } else { Canned::new(200, confirmed(body, 1)) }
        });
        let error =
            run(&transport, async |joule| joule.event_stream_write(1, &many(1200)).await).unwrap_err();
        assert_eq!((error.rows, transport.requests().len()), (Some(500), 2), "{error}");
    }
}
