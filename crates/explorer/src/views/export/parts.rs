//! The bytes of a file on their way to the disk: the browser takes them over in pieces and keeps them where it has room,
//! so that a file may be longer than the page's memory.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::Blob;

/// Bytes that the page holds before the browser takes them over.
const HELD: u64 = 8 << 20;

/// Pieces of a file, in order.
#[derive(Default)]
pub(super) struct Parts {
    taken: Array,
    held: Array,
    bytes_held: u64,
    /// Bytes so far.
    pub(super) bytes: u64,
}

impl Parts {
    /// Appends bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.held.push(&Uint8Array::from(bytes));
        self.bytes += bytes.len() as u64;
        self.bytes_held += bytes.len() as u64;
        if self.bytes_held >= HELD {
            self.hand_over();
        }
    }

    /// Appends all of another file.
    pub(super) fn append(&mut self, mut other: Self) {
        self.hand_over();
        other.hand_over();
        other.taken.for_each(&mut |part, _, _| {
            self.taken.push(&part);
        });
        self.bytes += other.bytes;
    }

    /// All of it, as blobs are made of.
    pub(super) fn all(mut self) -> Array {
        self.hand_over();
        self.taken
    }

    fn hand_over(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.bytes_held = 0;
        // Where no blob can be made the pieces stay as they are.
        match Blob::new_with_u8_array_sequence(&held) {
            Ok(blob) => self.taken.push(&JsValue::from(blob)),
            Err(_) => held.iter().fold(0, |_, part| self.taken.push(&part)),
        };
    }
}
