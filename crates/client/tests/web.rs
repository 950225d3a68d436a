//! The `fetch` adapter in a real browser, on what a page can reach without a server: blobs, data URLs, streams.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "web/port.rs"]
mod port;

use std::time::Duration;

use futures_util::future::{Either, select};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use streamscope_client::{
    Error, ErrorKind, FetchTransport, Method, Request, Response, Transport, TransportError,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

async fn get(url: &str) -> Result<Response, TransportError> {
    FetchTransport::new().send(Request::get(url)).await
}

async fn whole(response: &mut Response) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while response.body.read(&mut body).await? > 0 {}
    Ok(body)
}

/// Runs a function body of JavaScript with one argument.
fn run(body: &str, argument: &JsValue) -> JsValue {
    Function::new_with_args("it", body).call1(&JsValue::NULL, argument).unwrap()
}

/// Replaces `fetch` by a function of JavaScript until dropped, for what no URL inside a page can do.
struct Fetch(JsValue);

impl Fetch {
    fn replace(body: &str) -> Self {
        let kept = Reflect::get(&js_sys::global(), &"fetch".into()).unwrap();
        Reflect::set(&js_sys::global(), &"fetch".into(), &Function::new_with_args("request", body)).unwrap();
        Self(kept)
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        Reflect::set(&js_sys::global(), &"fetch".into(), &self.0).unwrap();
    }
}

fn global(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &name.into()).unwrap()
}

/// A body that gives its first bytes and then nothing; `cancelled` and `aborted` become true when it is given up.
const ENDLESS: &str = "
    globalThis.aborted = false;
    request.signal.addEventListener('abort', () => { globalThis.aborted = true; });
    return Promise.resolve(new Response(new ReadableStream({
        start(stream) {
            stream.enqueue(new Uint8Array([1, 2, 3]));
            request.signal.addEventListener('abort', () => stream.error(request.signal.reason));
        },
    }), { status: 206, headers: { 'X-Rune-Next-Page-Token': 'next', 'Content-Type': 'text/csv' } }));";

#[wasm_bindgen_test]
async fn a_blob_arrives_byte_for_byte() {
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|place| (place % 251) as u8).collect();
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    let url = run("return URL.createObjectURL(new Blob(it))", &parts).as_string().unwrap();
    let mut response = get(&url).await.unwrap();
    assert_eq!(response.status, 200);
    let mut body = b"kept".to_vec();
    while response.body.read(&mut body).await.unwrap() > 0 {}
    assert_eq!(&body[..4], b"kept");
    assert!(body[4..] == bytes, "the bytes differ");
    // The end stays the end.
    assert_eq!(response.body.read(&mut body).await.unwrap(), 0);
}

#[wasm_bindgen_test]
async fn data_urls_arrive_with_their_headers() {
    let mut response = get("data:text/csv,time%0A1%0A").await.unwrap();
    assert!(response.header("CONTENT-TYPE").unwrap().starts_with("text/csv"));
    assert_eq!(whole(&mut response).await.unwrap(), b"time\n1\n");
}

#[wasm_bindgen_test]
async fn status_and_headers_are_an_answer_whatever_they_say() {
    let _fetch = Fetch::replace(
        "return Promise.resolve(new Response(null, { status: 503, headers: { 'Retry-After': '7' } }))",
    );
    let mut response = get("https://stream.example/").await.unwrap();
    assert_eq!((response.status, response.header("retry-after")), (503, Some("7")));
    assert_eq!(whole(&mut response).await.unwrap(), b"");
}

#[wasm_bindgen_test]
async fn requests_leave_nothing_behind() {
    let _fetch = Fetch::replace(
        "globalThis.asked = [request.method, request.credentials, request.referrerPolicy, request.cache, request.redirect,
            request.headers.get('x-rune-client-key-id')].join(' ');
         return request.text().then(text => { globalThis.asked += ' ' + text; return new Response('ok'); })",
    );
    let mut request = Request::json(Method::Post, "https://stream.example/", b"{}".to_vec());
    request.headers.push(("X-Rune-Client-Key-ID".into(), "me".into()));
    FetchTransport::new().send(request).await.unwrap();
    assert_eq!(global("asked").as_string().unwrap(), "POST omit no-referrer no-store manual me {}");
}

#[wasm_bindgen_test]
async fn a_redirect_is_named_and_will_not_pass() {
    let _fetch = Fetch::replace(
        "return Promise.resolve(Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' }))",
    );
    let error = get("https://stream.example/").await.map(|_| ()).unwrap_err();
    assert!(error.permanent && error.message.contains("redirects to another address"), "{error}");
}

#[wasm_bindgen_test]
async fn an_answer_from_elsewhere_says_that_it_may_hide_headers() {
    for (kind, hides) in [("cors", true), ("basic", false), ("default", false)] {
        let _fetch = Fetch::replace(&format!(
            "return Promise.resolve(Object.defineProperty(new Response(), 'type', {{ value: '{kind}' }}))"
        ));
        assert_eq!(get("https://stream.example/").await.unwrap().hides_headers, hides, "{kind}");
    }
}

#[wasm_bindgen_test]
async fn dropping_a_body_aborts_its_request() {
    let _fetch = Fetch::replace(ENDLESS);
    let mut response = get("https://stream.example/").await.unwrap();
    assert_eq!((response.status, response.header("x-rune-next-page-token")), (206, Some("next")));
    let mut body = Vec::new();
    assert_eq!(response.body.read(&mut body).await.unwrap(), 3);
    assert_eq!(global("aborted"), JsValue::FALSE);
    drop(response);
    assert_eq!(global("aborted"), JsValue::TRUE);
}

#[wasm_bindgen_test]
async fn dropping_a_read_stops_the_download_for_good() {
    let _fetch = Fetch::replace(ENDLESS);
    let transport = FetchTransport::new();
    let mut response = get("https://stream.example/").await.unwrap();
    let mut body = Vec::new();
    response.body.read(&mut body).await.unwrap();
    let late = transport.sleep(Duration::from_millis(20));
    assert!(matches!(select(response.body.read(&mut body), late).await, Either::Right(_)));
    assert_eq!(global("aborted"), JsValue::TRUE);
    assert!(response.body.read(&mut body).await.is_err());
    assert_eq!(body, [1, 2, 3]);
}

#[wasm_bindgen_test]
async fn dropping_a_request_aborts_it() {
    let _fetch = Fetch::replace(
        "globalThis.aborted = false;
         request.signal.addEventListener('abort', () => { globalThis.aborted = true; });
         return new Promise(() => {})",
    );
    let transport = FetchTransport::new();
    let late = transport.sleep(Duration::from_millis(20));
    assert!(matches!(
        select(transport.send(Request::get("https://x.example/")), late).await,
        Either::Right(_)
    ));
    assert_eq!(global("aborted"), JsValue::TRUE);
}

#[wasm_bindgen_test]
async fn a_body_that_breaks_is_an_error_after_its_bytes() {
    let _fetch = Fetch::replace(
        "let pieces = 0;
         return Promise.resolve(new Response(new ReadableStream({
             pull(stream) { pieces++ ? stream.error(new TypeError('network lost')) : stream.enqueue(new Uint8Array([7])); },
         })))",
    );
    let mut response = get("https://stream.example/").await.unwrap();
    let mut body = Vec::new();
    assert_eq!(response.body.read(&mut body).await.unwrap(), 1);
    let error = response.body.read(&mut body).await.unwrap_err();
    assert!(error.message.contains("network lost") && !error.permanent, "{error}");
    assert_eq!(body, [7]);
}

#[wasm_bindgen_test]
async fn odd_things_thrown_and_sent_are_errors() {
    for thrown in ["undefined", "null", "'text'", "{}", "Symbol('x')", "new Error('why')", "7"] {
        let _fetch = Fetch::replace(&format!("return Promise.reject({thrown})"));
        get("https://stream.example/").await.map(|_| ()).unwrap_err();
    }
    let _fetch = Fetch::replace("return Promise.resolve('not a response')");
    assert!(get("https://stream.example/").await.map(|_| ()).unwrap_err().permanent);
    drop(_fetch);
    let _fetch = Fetch::replace(
        "return Promise.resolve(new Response(new ReadableStream({ start(stream) { stream.enqueue('text'); stream.close(); } })))",
    );
    let mut response = get("https://stream.example/").await.unwrap();
    whole(&mut response).await.unwrap_err();
    drop(_fetch);
    let mut request = Request::get("https://stream.example/");
    request.headers.push(("bad header".into(), "x".into()));
    let error = FetchTransport::new().send(request).await.map(|_| ()).unwrap_err();
    assert!(error.permanent && error.message.contains("refused to build"), "{error}");
}

#[wasm_bindgen_test]
async fn a_failure_to_fetch_is_explained() {
    // Nothing listens on port 9: neither the request nor the check whether the host is up gets through.
    let error = get("http://127.0.0.1:9/v2").await.map(|_| ()).unwrap_err();
    assert!(error.message.contains("nothing answers at http://127.0.0.1:9"), "{error}");
    assert!(!error.permanent);
    // The host answers when asked without CORS.
    let fetch = Fetch::replace(
        "return request.mode === 'no-cors' ? Promise.resolve(new Response()) : Promise.reject(new TypeError('Failed to fetch'))",
    );
    let error = get("https://stream.example/v2").await.map(|_| ()).unwrap_err();
    assert!(error.message.contains("CORS") && error.message.contains("https://stream.example"), "{error}");
    drop(fetch);
    // This page's own server.
    let _fetch = Fetch::replace("return Promise.reject(new TypeError('Failed to fetch'))");
    let own = run("return location.origin", &JsValue::NULL).as_string().unwrap();
    let error = get(&format!("{own}/v2")).await.map(|_| ()).unwrap_err();
    assert!(error.message.contains("did not answer"), "{error}");
}

#[wasm_bindgen_test]
async fn a_turn_lets_timers_and_messages_run() {
    let transport = FetchTransport::new();
    let timer = run(
        "return new Promise(done => setTimeout(() => { globalThis.ran = true; done(); }, 0))",
        &JsValue::NULL,
    );
    Reflect::set(&js_sys::global(), &"ran".into(), &JsValue::FALSE).unwrap();
    let before = transport.now_ms();
    for _ in 0..200 {
        transport.sleep(Duration::ZERO).await;
    }
    let took = transport.now_ms() - before;
    JsFuture::from(timer.unchecked_into::<Promise>()).await.unwrap();
    assert_eq!(global("ran"), JsValue::TRUE);
    // Nested timers of zero would take 4 ms each.
    assert!(took < 400.0, "200 turns took {took} ms");
    assert!((transport.unix_ms() - js_sys::Date::now()).abs() < 1000.0);
}

#[wasm_bindgen_test]
async fn the_layers_above_run_on_it() {
    use std::rc::Rc;
    use streamscope_client::rune::{Config, DataQuery, Dimension, Rune, layout};
    let _fetch = Fetch::replace(
        "const token = new URL(request.url).searchParams.get('page_token');
         const text = 'time,measurement_duration_ns\\n' + (token ? '30,0\\n' : '10,0\\n20,0\\n');
         return Promise.resolve(new Response(text, token ? {} : { headers: { 'X-Rune-Next-Page-Token': 'a' } }))",
    );
    let config = Config { jwt: Some("token".into()), ..Config::default() };
    let rune = Rune::new(&config, Rc::new(FetchTransport::new())).unwrap();
    let time = Dimension {
        id: "time".into(),
        data_type: "timestamp".into(),
        quantity_name: String::new(),
        quantity_abbrev: String::new(),
        unit_name: String::new(),
        unit_abbrev: String::new(),
    };
    let query = DataQuery { stream_id: "s".into(), ..DataQuery::default() };
    let mut read = rune.data(&query, layout(&[time], true)).unwrap();
    let mut rows = 0;
    while let Some(batch) = read.next_batch().await.unwrap() {
        rows += batch.rows.num_rows();
    }
    assert_eq!((rows, read.progress().covered_to), (3, Some(30)));
    let refused: Error = rune.data(&DataQuery::default(), layout(&[], true)).err().unwrap();
    assert_eq!(refused.kind, ErrorKind::InvalidInput);
}
