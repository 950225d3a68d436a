//! The adapter of message ports, against a server at the other end that keeps a diary.

use std::time::Duration;

use futures_util::future::{Either, select};
use js_sys::{Array, Function, Reflect};
use streamscope_client::{Method, PortTransport, Request, Response, Transport, TransportError};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::MessagePort;

use super::{run, whole};

/// A server that answers each request as a function body of JavaScript says: `request` is what came, `reply` the port of the
/// answer, `asked` how many pieces were asked for, 0 for the head. What the function returns is sent, unless it is
/// undefined.
struct Server {
    transport: PortTransport,
    diary: Array,
}

impl Server {
    fn new(answer: &str) -> Self {
        let channel = run("return new MessageChannel()", &JsValue::NULL);
        let port = |name: &str| Reflect::get(&channel, &name.into()).unwrap().unchecked_into::<MessagePort>();
        let diary = Array::new();
        let serve = format!(
            "port.onmessage = ({{ data: request, ports: [reply] }}) => {{
                 let asked = 0;
                 const answer = () => {{
                     const said = ((request, reply, asked) => {{ {answer} }})(request, reply, asked++);
                     if (said !== undefined) reply.postMessage(said);
                 }};
                 reply.onmessage = ({{ data }}) => {{ diary.push(data); if (data === 'next') answer(); }};
                 answer();
             }}"
        );
        Function::new_with_args("port, diary", &serve).call2(&JsValue::NULL, &port("port2"), &diary).unwrap();
        Self { transport: PortTransport::new(port("port1")), diary }
    }

    async fn get(&self) -> Result<Response, TransportError> {
        self.transport.send(Request::get("https://demo.invalid/data?a=b")).await
    }

    /// What was asked for, in order, once as much was.
    async fn diary(&self, words: u32) -> Vec<String> {
        for _ in 0..200 {
            if self.diary.length() >= words {
                break;
            }
            self.transport.sleep(Duration::from_millis(5)).await;
        }
        self.diary.iter().filter_map(|word| word.as_string()).collect()
    }
}

/// A head, and then pieces of bytes 1, 2, 3, … up to a number of them.
fn counting(pieces: u32) -> String {
    format!(
        "if (asked === 0) return {{ status: 200, headers: [] }};
         return asked > {pieces} ? null : new Uint8Array(asked).fill(asked);"
    )
}

#[wasm_bindgen_test]
async fn a_request_goes_over_whole_and_the_head_comes_back() {
    let server = Server::new(
        "if (asked > 0) return null;
         const body = Array.from(request.body ?? []).join();
         return { status: 418, headers: ['X-Said', [request.method, request.url, request.headers, body].join(' ')] };",
    );
    let mut request = Request::json(Method::Post, "https://demo.invalid/data?a=b", vec![1, 2, 255]);
    request.headers.push(("X-Key".into(), "k".into()));
    let mut response = server.transport.send(request).await.unwrap();
    assert_eq!(response.status, 418);
    let said = "POST https://demo.invalid/data?a=b Content-Type,application/json,X-Key,k 1,2,255";
    assert_eq!(response.header("x-said"), Some(said));
    assert!(!response.hides_headers);
    assert_eq!(whole(&mut response).await.unwrap(), b"");
    assert!(
        server.get().await.unwrap().header("X-Said").unwrap().ends_with("a=b  "),
        "no headers and no body"
    );
}

#[wasm_bindgen_test]
async fn a_body_comes_in_the_pieces_it_was_sent_in_and_its_end_stays_the_end() {
    let server = Server::new(&counting(3));
    let mut response = server.get().await.unwrap();
    let mut body = b"kept".to_vec();
    for length in [1, 2, 3, 0, 0] {
        assert_eq!(response.body.read(&mut body).await.unwrap(), length);
    }
    assert_eq!(body, b"kept\x01\x02\x02\x03\x03\x03");
}

#[wasm_bindgen_test]
async fn empty_pieces_are_no_end() {
    let server = Server::new(
        "if (asked === 0) return { status: 200, headers: [] };
         return asked < 5 ? new Uint8Array() : asked === 5 ? new Uint8Array([7]) : null;",
    );
    let mut response = server.get().await.unwrap();
    assert_eq!(whole(&mut response).await.unwrap(), [7]);
}

#[wasm_bindgen_test]
async fn no_more_than_a_piece_is_made_ahead_of_a_slow_reader() {
    let server = Server::new(&counting(1000));
    let mut response = server.get().await.unwrap();
    let mut body = Vec::new();
    response.body.read(&mut body).await.unwrap();
    server.transport.sleep(Duration::from_millis(50)).await;
    assert_eq!(server.diary(0).await, ["next", "next"], "one that was read, and one ahead");
}

#[wasm_bindgen_test]
async fn dropping_a_body_stops_the_server() {
    let server = Server::new(&counting(1000));
    let mut response = server.get().await.unwrap();
    response.body.read(&mut Vec::new()).await.unwrap();
    drop(response);
    assert_eq!(server.diary(3).await, ["next", "next", "stop"]);
}

#[wasm_bindgen_test]
async fn dropping_a_read_stops_the_server_for_good() {
    let server =
        Server::new("if (asked < 2) return asked ? new Uint8Array([1]) : { status: 200, headers: [] };");
    let mut response = server.get().await.unwrap();
    let mut body = Vec::new();
    response.body.read(&mut body).await.unwrap();
    let late = server.transport.sleep(Duration::from_millis(20));
    assert!(matches!(select(response.body.read(&mut body), late).await, Either::Right(_)));
    assert_eq!(server.diary(3).await, ["next", "next", "stop"]);
    response.body.read(&mut body).await.unwrap_err();
    assert_eq!(body, [1]);
}

#[wasm_bindgen_test]
async fn dropping_a_request_stops_the_server() {
    let server = Server::new("");
    let late = server.transport.sleep(Duration::from_millis(20));
    assert!(matches!(
        select(server.transport.send(Request::get("https://x.invalid/")), late).await,
        Either::Right(_)
    ));
    assert_eq!(server.diary(1).await, ["stop"]);
}

#[wasm_bindgen_test]
async fn several_answers_come_at_a_time() {
    let server = Server::new(&counting(2));
    let (mut first, mut second) = (server.get().await.unwrap(), server.get().await.unwrap());
    assert_eq!(whole(&mut second).await.unwrap(), [1, 2, 2]);
    assert_eq!(whole(&mut first).await.unwrap(), [1, 2, 2]);
}

#[wasm_bindgen_test]
async fn a_server_that_fails_is_an_error_after_what_came() {
    let server = Server::new("return { error: 'no room' }");
    let error = server.get().await.map(|_| ()).unwrap_err();
    assert_eq!((error.message.as_str(), error.permanent), ("no room", false));
    let server =
        Server::new("return [{ status: 200, headers: [] }, new Uint8Array([5]), { error: 'lost' }][asked]");
    let mut response = server.get().await.unwrap();
    let mut body = Vec::new();
    assert_eq!(response.body.read(&mut body).await.unwrap(), 1);
    assert_eq!(response.body.read(&mut body).await.unwrap_err().message, "lost");
    response.body.read(&mut body).await.unwrap_err();
    assert_eq!(body, [5]);
}

#[wasm_bindgen_test]
async fn odd_messages_are_errors() {
    for head in ["7", "'text'", "null", "{}", "[]", "{ status: 'text' }"] {
        let server = Server::new(&format!("return {head}"));
        server.get().await.map(|_| ()).unwrap_err();
    }
    for piece in ["7", "'text'", "{}", "[1, 2]"] {
        let server = Server::new(&format!("return asked ? {piece} : {{ status: 200 }}"));
        whole(&mut server.get().await.unwrap()).await.unwrap_err();
    }
}
