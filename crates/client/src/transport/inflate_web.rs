//! Unpacking in the browser, by its own `DecompressionStream`.
//!
//! One read is always asked for ahead: a write is only done once somebody reads, and the stream holds no more than what
//! one piece unpacks to.

use futures_util::FutureExt;
use futures_util::future::{Either, LocalBoxFuture, select};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    ReadableStream, ReadableStreamDefaultReader, ReadableStreamReadResult, WritableStream,
    WritableStreamDefaultWriter,
};

use super::{Inflate, TransportError};

// web-sys has it among its unstable parts only, though every browser has it.
#[wasm_bindgen]
extern "C" {
    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &DecompressionStream) -> ReadableStream;
    #[wasm_bindgen(method, getter)]
    fn writable(this: &DecompressionStream) -> WritableStream;
}

pub(super) struct WebInflate {
    writer: WritableStreamDefaultWriter,
    reader: ReadableStreamDefaultReader,
    /// The read that is asked for ahead.
    reading: Option<JsFuture>,
}

impl WebInflate {
    pub(super) fn new() -> Result<Self, TransportError> {
        let stream = DecompressionStream::new("deflate-raw").map_err(failed)?;
        let writer = stream.writable().get_writer().map_err(failed)?;
        let reader = stream.readable().get_reader().dyn_into::<ReadableStreamDefaultReader>();
        let reader = reader.map_err(|_| TransportError::permanent("the browser unpacks nothing"))?;
        Ok(Self { writer, reader, reading: None })
    }

    fn ask(&mut self) -> JsFuture {
        self.reading.take().unwrap_or_else(|| JsFuture::from(self.reader.read()))
    }

    async fn write(&mut self, bytes: &[u8], into: &mut Vec<u8>) -> Result<(), TransportError> {
        let reading = self.ask();
        let writing = JsFuture::from(self.writer.write_with_chunk(&Uint8Array::from(bytes)));
        self.until(writing, reading, into).await
    }

    /// Reads until something is done.
    async fn until(
        &mut self,
        mut doing: JsFuture,
        mut reading: JsFuture,
        into: &mut Vec<u8>,
    ) -> Result<(), TransportError> {
        loop {
            match select(doing, reading).await {
                Either::Left((done, still)) => {
                    self.reading = Some(still);
                    return done.map(drop).map_err(failed);
                }
                Either::Right((read, still)) => {
                    take(read.map_err(failed)?, into)?;
                    doing = still;
                    reading = self.ask();
                }
            }
        }
    }

    async fn close(&mut self, into: &mut Vec<u8>) -> Result<(), TransportError> {
        let mut reading = self.ask();
        let closing = JsFuture::from(self.writer.close());
        loop {
            let ended = take(reading.await.map_err(failed)?, into)?;
            if ended {
                return closing.await.map(drop).map_err(failed);
            }
            reading = self.ask();
        }
    }
}

/// Appends what a read gave. Tells whether it was the end.
fn take(read: JsValue, into: &mut Vec<u8>) -> Result<bool, TransportError> {
    let read: ReadableStreamReadResult = read.unchecked_into();
    if read.get_done().unwrap_or(true) {
        return Ok(true);
    }
    let bytes: Uint8Array = read.get_value().dyn_into().map_err(failed)?;
    let start = into.len();
    into.resize(start + bytes.length() as usize, 0);
    bytes.copy_to(into.get_mut(start..).unwrap_or_default());
    Ok(false)
}

fn failed(thrown: impl Into<JsValue>) -> TransportError {
    TransportError::permanent(format!("cannot be unpacked: {}", super::fetch::words(&thrown.into())))
}

impl Inflate for WebInflate {
    fn push<'a>(
        &'a mut self,
        bytes: &'a [u8],
        into: &'a mut Vec<u8>,
    ) -> LocalBoxFuture<'a, Result<(), TransportError>> {
        self.write(bytes, into).boxed_local()
    }

    fn finish<'a>(&'a mut self, into: &'a mut Vec<u8>) -> LocalBoxFuture<'a, Result<(), TransportError>> {
        self.close(into).boxed_local()
    }
}
