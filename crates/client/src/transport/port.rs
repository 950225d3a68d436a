//! A message port to a server that runs in the same browser: in a worker, without a network.
//!
//! Each request travels with a port of its own, on which the answer comes: its head, and then a piece of its body for
//! each time that one is asked for. One piece is asked for ahead, so that it is made while the one before is parsed; no
//! more of them wait. Dropping a future or a body tells the server to stop.
//!
//! The other side is `web/demo/worker.js`. To it goes `{ method, url, headers, body }` and then `"next"` or `"stop"`; from
//! it come `{ status, headers }`, then `Uint8Array`s and `null` at the end, or `{ error }` at any time. `headers` are names
//! and values in turn.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageChannel, MessagePort};

use super::fetch::{append, words};
use super::{Body, FetchTransport, Inflate, Request, Response, Transport, TransportError};

/// Sends requests to whoever listens at the other end of a message port.
#[derive(Debug, Clone)]
pub struct PortTransport(MessagePort);

impl PortTransport {
    /// A transport over a port whose other end a server has.
    pub fn new(port: MessagePort) -> Self {
        Self(port)
    }
}

/// This side of a request's own port. The other side stops when it is dropped.
struct Line {
    port: MessagePort,
    coming: Promise,
}

impl Line {
    /// Sends a request, and awaits what comes first.
    fn open(server: &MessagePort, request: &Request) -> Result<Self, JsValue> {
        let channel = MessageChannel::new()?;
        let line = Self { coming: next_message(&channel.port1()), port: channel.port1() };
        let headers = request.headers.iter().flat_map(|(name, value)| [name, value]);
        let headers: Array = headers.map(|text| JsValue::from_str(text)).collect();
        let moved = Array::of1(&channel.port2());
        let body = request.body.as_ref().map(|body| Uint8Array::from(body.as_slice()));
        if let Some(body) = &body {
            moved.push(&body.buffer());
        }
        let message = Object::new();
        let fields = [
            ("method", request.method.as_str().into()),
            ("url", request.url.as_str().into()),
            ("headers", headers.into()),
            ("body", body.into()),
        ];
        for (name, value) in fields {
            Reflect::set(&message, &name.into(), &value)?;
        }
        server.post_message_with_transferable(&message, &moved)?;
        Ok(line)
    }

    /// What was awaited; after it the other side is asked for more.
    async fn receive(&mut self) -> Result<JsValue, TransportError> {
        let event = JsFuture::from(self.coming.clone()).await.map_err(broken)?;
        let message = Reflect::get(&event, &"data".into()).map_err(broken)?;
        if let Some(error) = field(&message, "error").and_then(|error| error.as_string()) {
            return Err(TransportError::new(error));
        }
        if !message.is_null() {
            self.coming = next_message(&self.port);
            self.port.post_message(&"next".into()).map_err(broken)?;
        }
        Ok(message)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // There is nobody left to tell when this fails.
        let _ = self.port.post_message(&"stop".into());
        self.port.close();
    }
}

/// The next message's event. Messages come one at a time, each after it was asked for.
fn next_message(port: &MessagePort) -> Promise {
    Promise::new(&mut |resolve, _| port.set_onmessage(Some(&resolve)))
}

fn field(object: &JsValue, name: &str) -> Option<JsValue> {
    // Of what is no object, nothing is a field.
    Reflect::get(object, &name.into()).ok()
}

fn broken(thrown: JsValue) -> TransportError {
    TransportError::new(format!("the message port broke ({})", words(&thrown)))
}

async fn send(server: MessagePort, request: Request) -> Result<Response, TransportError> {
    let mut line = Line::open(&server, &request).map_err(broken)?;
    let head = line.receive().await?;
    let status = field(&head, "status").and_then(|status| status.as_f64());
    let status = status.ok_or_else(|| TransportError::permanent("the answer has no status"))?;
    let headers = field(&head, "headers").and_then(|headers| headers.dyn_into::<Array>().ok());
    let texts: Vec<_> = headers.unwrap_or_default().iter().filter_map(|text| text.as_string()).collect();
    let headers = texts.chunks_exact(2).filter_map(|pair| match pair {
        [name, value] => Some((name.clone(), value.clone())),
        _ => None,
    });
    let (headers, body) = (headers.collect(), Box::new(PortBody { line: Some(line), ended: false }));
    Ok(Response { status: status as u16, headers, hides_headers: false, body })
}

struct PortBody {
    /// `None` once the body has ended, has failed, or a read of it was dropped half-way.
    line: Option<Line>,
    ended: bool,
}

impl PortBody {
    async fn next(&mut self, into: &mut Vec<u8>) -> Result<usize, TransportError> {
        if self.ended {
            return Ok(0);
        }
        // Kept only by a read that goes well: dropping it closes the line.
        let Some(mut line) = self.line.take() else {
            return Err(TransportError::new("the answer was stopped"));
        };
        loop {
            let message = line.receive().await?;
            if message.is_null() {
                self.ended = true;
                return Ok(0);
            }
            let piece = message.dyn_into::<Uint8Array>();
            let piece = piece.map_err(|_| TransportError::permanent("the body is not made of bytes"))?;
            let length = append(&piece, into);
            if length > 0 {
                self.line = Some(line);
                return Ok(length);
            }
        }
    }
}

impl Body for PortBody {
    fn read<'a>(&'a mut self, into: &'a mut Vec<u8>) -> LocalBoxFuture<'a, Result<usize, TransportError>> {
        self.next(into).boxed_local()
    }
}

impl Transport for PortTransport {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Response, TransportError>> {
        send(self.0.clone(), request).boxed_local()
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        FetchTransport.sleep(duration)
    }

    fn now_ms(&self) -> f64 {
        FetchTransport.now_ms()
    }

    fn unix_ms(&self) -> f64 {
        FetchTransport.unix_ms()
    }

    fn inflate(&self) -> Result<Box<dyn Inflate>, TransportError> {
        FetchTransport.inflate()
    }
}
