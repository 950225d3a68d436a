//! Unpacking in Rust programs.

use flate2::{Decompress, FlushDecompress, Status};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

use super::{Inflate, TransportError};

/// Room made for unpacked bytes at a time.
const ROOM: usize = 32 << 10;

/// Unpacks with flate2.
pub(super) struct NativeInflate {
    stream: Decompress,
    ended: bool,
}

impl NativeInflate {
    pub(super) fn new() -> Self {
        Self { stream: Decompress::new(false), ended: false }
    }

    fn unpack(&mut self, mut bytes: &[u8], into: &mut Vec<u8>) -> Result<(), TransportError> {
        while !bytes.is_empty() {
            if self.ended {
                return Err(TransportError::permanent("packed bytes go on behind their end"));
            }
            into.reserve(ROOM);
            let before = self.stream.total_in();
            let status = self.stream.decompress_vec(bytes, into, FlushDecompress::None);
            let status =
                status.map_err(|error| TransportError::permanent(format!("cannot be unpacked: {error}")))?;
            self.ended = status == Status::StreamEnd;
            let used = (self.stream.total_in() - before) as usize;
            bytes = bytes.get(used..).unwrap_or_default();
        }
        self.drain(into)
    }

    /// Takes out what fitted no room before.
    fn drain(&mut self, into: &mut Vec<u8>) -> Result<(), TransportError> {
        while !self.ended {
            into.reserve(ROOM);
            let before = self.stream.total_out();
            let status = self.stream.decompress_vec(&[], into, FlushDecompress::None);
            match status {
                Ok(status) => self.ended = status == Status::StreamEnd,
                Err(error) => return Err(TransportError::permanent(format!("cannot be unpacked: {error}"))),
            }
            if self.stream.total_out() == before {
                break;
            }
        }
        Ok(())
    }
}

impl Inflate for NativeInflate {
    fn push<'a>(
        &'a mut self,
        bytes: &'a [u8],
        into: &'a mut Vec<u8>,
    ) -> LocalBoxFuture<'a, Result<(), TransportError>> {
        ready(self.unpack(bytes, into)).boxed_local()
    }

    fn finish<'a>(&'a mut self, _: &'a mut Vec<u8>) -> LocalBoxFuture<'a, Result<(), TransportError>> {
        let cut = || TransportError::permanent("packed bytes end too early");
        ready(if self.ended { Ok(()) } else { Err(cut()) }).boxed_local()
    }
}
