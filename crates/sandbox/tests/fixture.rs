//! What the tests share: a sandbox over the small demo, one over rows of the test's own, and short ways to ask.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, TimestampNanosecondArray};
use arrow_ipc::writer::StreamWriter;
use serde_json::{Value, json};
use streamscope_sandbox::{ChunkInfo, MemoryStore, Options, Request, Response, Sandbox, Store, testing};

/// When the tests take place, Unix s.
pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn sandbox() -> Sandbox {
    paged(Options::default().page_rows)
}

pub(crate) fn paged(page_rows: u64) -> Sandbox {
    let store = testing::small_demo().expect("the demo is made");
    Sandbox::open(store, &Options { page_rows, ..Options::default() }).expect("the demo opens")
}

/// A sandbox with one stream, `rows`, of `time,acceleration` rows: time (ns), value, duration (ns).
pub(crate) fn with_rows(rows: &[(i64, Option<f64>, i64)], page_rows: u64) -> Sandbox {
    let store = MemoryStore::default();
    let times = TimestampNanosecondArray::from_iter_values(rows.iter().map(|row| row.0)).with_timezone("UTC");
    let frame = RecordBatch::try_from_iter_with_nullable([
        ("time", Arc::new(times) as ArrayRef, true),
        ("acceleration", Arc::new(rows.iter().map(|row| row.1).collect::<Float64Array>()), true),
        (
            "measurement_duration_ns",
            Arc::new(rows.iter().map(|row| Some(row.2)).collect::<Int64Array>()),
            true,
        ),
    ])
    .expect("columns of one length");
    let mut writer = StreamWriter::try_new(Vec::new(), frame.schema_ref()).expect("a schema");
    writer.write(&frame).expect("a frame");
    let bytes = writer.into_inner().expect("bytes");
    let info =
        ChunkInfo { first_time: rows[0].0, last_time: rows[rows.len() - 1].0, rows: rows.len() as u64 };
    let catalogue = catalogue().to_string().into_bytes();
    store
        .replace(&mut |content| {
            content.document("rune", catalogue.clone())?;
            content.chunk("rows", info, bytes.clone())
        })
        .expect("a store");
    Sandbox::open(Arc::new(store), &Options { page_rows, ..Options::default() }).expect("a catalogue")
}

/// A sandbox without samples over a catalogue of the test's own; `change` makes it from one with a single stream.
pub(crate) fn with_catalogue(change: impl FnOnce(&mut Value)) -> Sandbox {
    let mut catalogue = catalogue();
    change(&mut catalogue);
    let store = MemoryStore::default();
    let bytes = catalogue.to_string().into_bytes();
    store.replace(&mut |content| content.document("rune", bytes.clone())).expect("a store");
    Sandbox::open(Arc::new(store), &Options::default()).expect("a catalogue")
}

fn catalogue() -> Value {
    let dimension = |id: &str, kind: &str| {
        json!({ "identifier": id, "data_type": kind, "quantity_name": "", "quantity_abbrev": "",
                "unit_name": "", "unit_abbrev": "", "enum_values": [] })
    };
    let kind = json!({
        "id": "acceleration", "name": "Acceleration", "description": "",
        "shape": { "dimensions": [dimension("time", "timestamp"), dimension("acceleration", "sfloat")] },
    });
    let stream = json!({
        "id": "rows", "created_at": 0.0, "algorithm": "test.0", "patient_id": "p", "parameters": [],
        "min_time": null, "max_time": null, "device_short_id": "d", "stream_type_id": "acceleration",
        "name": "Rows", "rows": 0,
    });
    json!({
        "user": { "id": "user-u,user", "created": 0.0, "display_name": "", "email": "", "org_id": "" },
        "orgs": [], "patients": [], "accesses": [], "projects": [],
        "stream_types": [kind], "streams": [stream],
    })
}

/// Asks with the demo token.
pub(crate) fn get(sandbox: &Sandbox, target: &str) -> Response {
    get_at(sandbox, target, NOW)
}

pub(crate) fn get_at(sandbox: &Sandbox, target: &str, now: i64) -> Response {
    let request = Request::get(target)
        .with_header("x-rune-user-access-token-id", "demo")
        .with_header("X-Rune-User-Access-Token-Secret", "demo-secret");
    sandbox.handle(&request, now)
}

pub(crate) fn text(response: Response) -> String {
    String::from_utf8(response.body.bytes().expect("a body")).expect("text")
}

/// The body of an answer that must be a success.
pub(crate) fn ok(sandbox: &Sandbox, target: &str) -> String {
    let response = get(sandbox, target);
    let status = response.status;
    let text = text(response);
    assert_eq!(status, 200, "{target}: {text}");
    text
}

pub(crate) fn ok_json(sandbox: &Sandbox, target: &str) -> Value {
    serde_json::from_str(&ok(sandbox, target)).expect("JSON")
}

/// Status, error type and message of a refusal.
pub(crate) fn refusal(response: Response) -> (u16, String, String) {
    let status = response.status;
    let body: Value = serde_json::from_str(&text(response)).expect("JSON");
    assert_eq!(body["success"], false, "{body}");
    let part = |name: &str| body["error"][name].as_str().expect("a text").to_owned();
    (status, part("type"), part("message"))
}

/// The answer to a GraphQL operation.
pub(crate) fn graphql(sandbox: &Sandbox, query: &str, variables: Value) -> Value {
    let request = Request {
        method: "POST".into(),
        path: "/graphql".into(),
        headers: vec![("X-Rune-User-Access-Token".into(), "demo-jwt".into())],
        body: json!({ "query": query, "variables": variables }).to_string().into_bytes(),
        ..Request::default()
    };
    let response = sandbox.handle(&request, NOW);
    assert_eq!(response.status, 200);
    serde_json::from_str(&text(response)).expect("JSON")
}

/// The same, which must have no errors.
pub(crate) fn data(sandbox: &Sandbox, query: &str, variables: Value) -> Value {
    let answer = graphql(sandbox, query, variables);
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].clone()
}

/// The id of the first demo stream whose name starts like this, of a subject with this name.
pub(crate) fn stream(sandbox: &Sandbox, subject: &str, name: &str) -> String {
    let info = ok_json(sandbox, "/sandbox/info.json");
    let rune = &info["platforms"]["rune"];
    let list = |name: &str| rune[name].as_array().cloned().unwrap_or_default();
    let subject = list("subjects").into_iter().find(|item| item["name"] == subject).expect("a subject");
    let streams = list("streams").into_iter().filter(|item| item["subject_id"] == subject["id"]);
    let starts = |item: &Value| item["name"].as_str().is_some_and(|text| text.starts_with(name));
    streams.into_iter().find(starts).expect("a stream")["id"].as_str().expect("an id").to_owned()
}

/// All pages of a read, without their headers, and how many pages there were.
pub(crate) fn read_all(sandbox: &Sandbox, target: &str) -> (Vec<String>, usize) {
    let (mut lines, mut pages, mut token) = (Vec::new(), 0, None::<String>);
    loop {
        let target = match &token {
            Some(token) => format!("{target}&page_token={}", encoded(token)),
            None => target.to_owned(),
        };
        let response = get(sandbox, &target);
        assert_eq!(response.status, 200);
        token = response.header("X-Rune-Next-Page-Token").map(str::to_owned);
        assert_ne!(token.as_deref(), Some(""), "the header is absent at the end, never empty");
        lines.extend(text(response).lines().skip(1).map(str::to_owned));
        pages += 1;
        if token.is_none() {
            return (lines, pages);
        }
    }
}

/// A base64 text as part of a URL.
pub(crate) fn encoded(token: &str) -> String {
    token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}
