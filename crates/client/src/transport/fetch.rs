//! The browser's `fetch`, in a page or a worker.
//!
//! Nothing of ours is left behind: no cookies, no referrer, no cache entry, and no redirect is followed (credentials
//! would travel with it; a browser does not even tell where to). Dropping a future or a body aborts the request.

use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, LocalBoxFuture, select};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, MessageChannel, ReadableStreamDefaultReader, ReadableStreamReadResult,
    ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestMode, RequestRedirect,
    ResponseType, Url,
};

use super::{Body, Header, Inflate, Request, Response, Transport, TransportError};

/// How long the check whether a host is up may take.
const PROBE: Duration = Duration::from_secs(3);

/// What is known of a redirect in a browser.
const REDIRECTED: &str = "the server redirects to another address, which is not followed because the credentials would \
                          go there as well; give the address of the server itself";

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(request: &web_sys::Request) -> Promise;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Sends requests through `fetch`.
#[derive(Debug, Clone, Copy, Default)]
pub struct FetchTransport;

impl FetchTransport {
    /// The transport of this page or worker.
    pub fn new() -> Self {
        Self
    }
}

/// Aborts a request when it is dropped. The reason is always an `Error`: gloo-net takes nothing else.
struct Abort(AbortController);

impl Abort {
    fn new() -> Result<Self, JsValue> {
        AbortController::new().map(Self)
    }

    fn now(&self) {
        self.0.abort_with_reason(&js_sys::Error::new("given up"));
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.now();
    }
}

/// What JavaScript threw, in words. It can be anything.
pub(super) fn words(thrown: &JsValue) -> String {
    let message =
        Reflect::get(thrown, &JsValue::from_str("message")).ok().and_then(|value| value.as_string());
    message.or_else(|| thrown.as_string()).unwrap_or_else(|| "unknown cause".into())
}

fn refused(thrown: JsValue) -> TransportError {
    TransportError::permanent(format!("the browser refused to build the request: {}", words(&thrown)))
}

fn build(request: &Request, abort: &Abort) -> Result<web_sys::Request, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.append(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_headers(&headers);
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&abort.0.signal()));
    if let Some(body) = &request.body {
        init.set_body(&Uint8Array::from(body.as_slice()));
    }
    web_sys::Request::new_with_str_and_init(&request.url, &init)
}

async fn send(request: Request) -> Result<Response, TransportError> {
    let abort = Abort::new().map_err(refused)?;
    let asked = build(&request, &abort).map_err(refused)?;
    let answer = match ask(asked).await {
        Ok(answer) => answer,
        Err(thrown) => return Err(explain(&request.url, &thrown).await),
    };
    let answer: web_sys::Response = answer
        .dyn_into()
        .map_err(|_| TransportError::permanent("fetch gave something else than a response"))?;
    if answer.type_() == ResponseType::Opaqueredirect {
        return Err(TransportError::permanent(REDIRECTED));
    }
    let reader = answer.body().map(|stream| stream.get_reader());
    let reader = reader.map(JsCast::dyn_into::<ReadableStreamDefaultReader>).transpose();
    let reader = reader.map_err(|_| TransportError::permanent("the body cannot be read as a stream"))?;
    let body = FetchBody { reader, abort, stopped: false };
    let (headers, hides_headers) = (headers(&answer.headers()), answer.type_() == ResponseType::Cors);
    Ok(Response { status: answer.status(), headers, hides_headers, body: Box::new(body) })
}

/// Asks, by gloo-net where `fetch` is the browser's own. The error is what fetch threw, in words.
async fn ask(request: web_sys::Request) -> Result<JsValue, String> {
    if is_the_browsers_own() {
        let answer = gloo_net::http::Request::from(request).send().await;
        return answer
            .map(|answer| web_sys::Response::from(answer).into())
            .map_err(|error| error.to_string());
    }
    JsFuture::from(fetch(&request)).await.map_err(|thrown| words(&thrown))
}

/// Whether `fetch` throws nothing but an `Error` of this realm, as the browser's own does; gloo-net does not survive
/// anything else. Pages and test runners may replace it, and Node's is a program as well.
fn is_the_browsers_own() -> bool {
    let fetch = Reflect::get(&js_sys::global(), &JsValue::from_str("fetch")).unwrap_or_default();
    fetch.dyn_ref::<Function>().is_some_and(|fetch| fetch.to_string().includes("[native code]", 0))
}

fn headers(headers: &Headers) -> Vec<Header> {
    let entries = headers.entries().into_iter().flatten();
    let pair = |entry: JsValue| {
        let entry: js_sys::Array = entry.dyn_into().ok()?;
        Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
    };
    entries.filter_map(pair).collect()
}

/// "Failed to fetch" says nothing. This says what a page can find out.
async fn explain(url: &str, thrown: &str) -> TransportError {
    let global = js_sys::global();
    let get = |object: &JsValue, name: &str| Reflect::get(object, &JsValue::from_str(name)).ok();
    let location = get(&global, "location").unwrap_or_default();
    let here = get(&location, "origin").and_then(|origin| origin.as_string()).unwrap_or_default();
    let online = get(&global, "navigator").and_then(|navigator| get(&navigator, "onLine"));
    let Ok(url) = Url::new(url) else {
        return TransportError::permanent(format!("the address is not a URL: {thrown}"));
    };
    let local = matches!(url.hostname().as_str(), "localhost" | "127.0.0.1" | "[::1]");
    if here.starts_with("https:") && url.protocol() == "http:" && !local {
        let why = "mixed content: this page was loaded over https, and browsers do not let such a page call a \
                   server over plain http. Use the server's https address, or open the explorer over http";
        return TransportError::permanent(why);
    }
    if online.and_then(|online| online.as_bool()) == Some(false) {
        return TransportError::new("this computer is offline");
    }
    // Outside a page (in Node) there is no origin, and nothing that withholds answers.
    if here.is_empty() || url.origin() == here {
        return TransportError::new(format!("the server did not answer ({thrown})"));
    }
    if answers(&url.origin()).await {
        return TransportError::new(format!(
            "the server at {} is up, but the browser withheld its answer: it does not allow pages from {here} to read \
             it (CORS), or the connection broke. Ask its operator to allow this origin, or serve the \
             page from the same origin",
            url.origin()
        ));
    }
    TransportError::new(format!(
        "nothing answers at {} ({thrown}): the address is wrong, the server is down, or something in between (VPN, \
         firewall, blocker) stops the connection",
        url.origin()
    ))
}

/// Whether anything answers there. Asked without headers and without reading the answer, which needs no CORS.
async fn answers(origin: &str) -> bool {
    let Ok(abort) = Abort::new() else { return false };
    let init = RequestInit::new();
    init.set_method("HEAD");
    init.set_mode(RequestMode::NoCors);
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&abort.0.signal()));
    let Ok(request) = web_sys::Request::new_with_str_and_init(origin, &init) else { return false };
    let time_out = gloo_timers::future::sleep(PROBE);
    matches!(select(pin!(ask(request)), time_out).await, Either::Left((Ok(_), _)))
}

struct FetchBody {
    /// `None` for an answer without a body.
    reader: Option<ReadableStreamDefaultReader>,
    abort: Abort,
    /// A read failed or was dropped half-way.
    stopped: bool,
}

/// Stops a download when a read is dropped half-way.
struct StopReading<'a> {
    abort: &'a Abort,
    reading: bool,
}

impl Drop for StopReading<'_> {
    fn drop(&mut self) {
        if self.reading {
            self.abort.now();
        }
    }
}

impl FetchBody {
    async fn next(&mut self, into: &mut Vec<u8>) -> Result<usize, TransportError> {
        let Some(reader) = &self.reader else { return Ok(0) };
        if std::mem::replace(&mut self.stopped, true) {
            return Err(TransportError::new("the download was stopped"));
        }
        let mut stop = StopReading { abort: &self.abort, reading: true };
        let length = loop {
            let read = JsFuture::from(reader.read()).await;
            let result: ReadableStreamReadResult = read.map_err(|thrown| broke(&thrown))?.unchecked_into();
            if result.get_done().unwrap_or_default() {
                break 0;
            }
            let piece = result.get_value().dyn_into::<Uint8Array>();
            let piece = piece.map_err(|_| TransportError::permanent("the body is not made of bytes"))?;
            let length = append(&piece, into);
            if length > 0 {
                break length;
            }
        };
        stop.reading = false;
        drop(stop);
        self.stopped = false;
        Ok(length)
    }
}

/// Copies bytes, and returns how many.
pub(super) fn append(piece: &Uint8Array, into: &mut Vec<u8>) -> usize {
    let (before, length) = (into.len(), piece.length() as usize);
    if before == 0 {
        // Spares the zeros.
        *into = piece.to_vec();
    } else {
        into.resize(before + length, 0);
        piece.copy_to(into.get_mut(before..).unwrap_or_default());
    }
    length
}

fn broke(thrown: &JsValue) -> TransportError {
    TransportError::new(format!("the connection broke in the middle of the body ({})", words(thrown)))
}

impl Body for FetchBody {
    fn read<'a>(&'a mut self, into: &'a mut Vec<u8>) -> LocalBoxFuture<'a, Result<usize, TransportError>> {
        self.next(into).boxed_local()
    }
}

impl Transport for FetchTransport {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, TransportError>> {
        send(request).boxed_local()
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        if duration.is_zero() {
            return turn().boxed_local();
        }
        gloo_timers::future::sleep(duration).boxed_local()
    }

    fn now_ms(&self) -> f64 {
        performance_now()
    }

    fn unix_ms(&self) -> f64 {
        js_sys::Date::now()
    }

    fn inflate(&self) -> Result<Box<dyn Inflate>, TransportError> {
        Ok(Box::new(super::inflate_web::WebInflate::new()?))
    }
}

/// Gives the event loop a turn. A timer of zero would wait for 4 ms when it is set again and again; a message does not.
async fn turn() {
    let Ok(channel) = MessageChannel::new() else { return gloo_timers::future::sleep(Duration::ZERO).await };
    let promise = Promise::new(&mut |resolve, _| {
        channel.port1().set_onmessage(Some(&resolve));
    });
    if channel.port2().post_message(&JsValue::NULL).is_ok() {
        // The promise is only ever resolved.
        let _ = JsFuture::from(promise).await;
    }
    channel.port1().close();
}
