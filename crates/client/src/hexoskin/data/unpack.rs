//! The files of a binary answer: those of a zip, or the answer itself where the server sends a file bare.

use futures_util::future::LocalBoxFuture;
use streamscope_frame::{ParseError, ParseErrorKind, ZipEvent, ZipParser, ZipSum};

use super::Download;
use crate::transport::{Inflate, TransportError};
use crate::{Error, ErrorKind, Result};

/// Packed bytes unpacked at a time: they become at most a thousand times as many.
const SLICE: usize = 4 << 10;

/// What comes next.
pub(super) enum Piece {
    /// A file begins. The name is empty for a bare one.
    Begin(String),
    Bytes(Vec<u8>),
    End,
}

/// The files of an answer, under way.
pub(super) struct Files {
    pub(super) download: Download,
    pub(super) bytes: u64,
    shape: Shape,
    /// Bytes of the file at hand that wait to be unpacked.
    packed: Vec<u8>,
}

enum Shape {
    /// The first bytes tell.
    Unknown(Vec<u8>),
    Bare {
        begun: bool,
        ended: bool,
    },
    Zip(Box<Zip>),
}

#[derive(Default)]
struct Zip {
    parser: ZipParser,
    inflate: Option<Box<dyn Inflate>>,
    sum: ZipSum,
    /// The file at hand has been handed out whole, but for its end.
    closing: bool,
    ended: bool,
}

impl Files {
    pub(super) fn new(download: Download) -> Self {
        Self { download, bytes: 0, shape: Shape::Unknown(Vec::new()), packed: Vec::new() }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Piece>> {
        loop {
            match &mut self.shape {
                Shape::Unknown(head) => {
                    if head.len() >= 4 || !self.receive().await? {
                        self.decide()?;
                    }
                }
                Shape::Bare { begun, ended } => {
                    if !std::mem::replace(begun, true) {
                        return Ok(Some(Piece::Begin(String::new())));
                    }
                    if !self.packed.is_empty() {
                        return Ok(Some(Piece::Bytes(std::mem::take(&mut self.packed))));
                    }
                    if *ended {
                        return Ok(None);
                    }
                    if !self.receive().await? {
                        self.shape = Shape::Bare { begun: true, ended: true };
                        return Ok(Some(Piece::End));
                    }
                }
                Shape::Zip(_) => {
                    if let Some(piece) = self.unzip().await? {
                        return Ok(Some(piece));
                    }
                    if matches!(&self.shape, Shape::Zip(zip) if zip.ended) {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Takes the next bytes of the answer; `false` at its end.
    async fn receive(&mut self) -> Result<bool> {
        let Some(bytes) = self.download.next_chunk().await? else { return Ok(false) };
        self.bytes += bytes.len() as u64;
        match &mut self.shape {
            Shape::Unknown(head) => head.extend(bytes),
            Shape::Bare { .. } => self.packed.extend(bytes),
            Shape::Zip(zip) => {
                let pushed = zip.parser.push(&bytes);
                pushed.map_err(|error| self.refuse(error))?;
            }
        }
        Ok(true)
    }

    /// A zip begins with its mark; an answer without a byte holds no file.
    fn decide(&mut self) -> Result<()> {
        let Shape::Unknown(head) = &mut self.shape else { return Ok(()) };
        let head = std::mem::take(head);
        if head.starts_with(b"PK") {
            let mut zip = Zip::default();
            let pushed = zip.parser.push(&head);
            self.shape = Shape::Zip(Box::new(zip));
            return pushed.map_err(|error| self.refuse(error));
        }
        // Where a file of times begins so, its first sample lies weeks after the record's start.
        if head.starts_with(b"<") && head.iter().take(4).all(u8::is_ascii_graphic) {
            let Download { api, request, .. } = &self.download;
            api.http.refuse_page(request, &head)?;
        }
        // "[]" is what the server says where nothing matches, in whatever format.
        let nothing = head.is_empty() || head.trim_ascii() == b"[]";
        self.packed = if nothing { Vec::new() } else { head };
        self.shape = Shape::Bare { begun: nothing, ended: nothing };
        Ok(())
    }

    async fn unzip(&mut self) -> Result<Option<Piece>> {
        if !self.packed.is_empty() {
            return self.unpack().await.map(Some);
        }
        let Shape::Zip(zip) = &mut self.shape else { return Ok(None) };
        if std::mem::take(&mut zip.closing) {
            return Ok(Some(Piece::End));
        }
        match zip.parser.next_event() {
            Some(ZipEvent::Begin { name, deflated, size }) => {
                zip.sum = ZipSum::new(size);
                zip.inflate = None;
                if deflated {
                    let inflate = self.download.api.http.transport.inflate();
                    zip.inflate = Some(inflate.map_err(|cause| broken(&self.download, &cause))?);
                }
                Ok(Some(Piece::Begin(name)))
            }
            Some(ZipEvent::Data(bytes)) => {
                self.packed = bytes;
                Ok(None)
            }
            Some(ZipEvent::End(totals)) => {
                let (mut sum, inflate) = (std::mem::take(&mut zip.sum), zip.inflate.take());
                let mut rest = Vec::new();
                if let Some(mut inflate) = inflate {
                    inflate.finish(&mut rest).await.map_err(|cause| broken(&self.download, &cause))?;
                }
                sum.push(&rest).and_then(|()| sum.check(totals)).map_err(|kind| self.lied(kind))?;
                let Shape::Zip(zip) = &mut self.shape else { return Ok(None) };
                zip.closing = true;
                Ok((!rest.is_empty()).then_some(Piece::Bytes(rest)))
            }
            None => {
                if !self.receive().await? {
                    let Shape::Zip(zip) = &mut self.shape else { return Ok(None) };
                    zip.ended = true;
                    let finished = zip.parser.finish();
                    finished.map_err(|error| self.refuse(error))?;
                }
                Ok(None)
            }
        }
    }

    /// Unpacks a slice of the bytes at hand.
    async fn unpack(&mut self) -> Result<Piece> {
        let Shape::Zip(zip) = &mut self.shape else { return Ok(Piece::End) };
        let mut bytes = Vec::new();
        let outcome = match &mut zip.inflate {
            Some(inflate) => {
                let rest = self.packed.split_off(self.packed.len().min(SLICE));
                let slice = std::mem::replace(&mut self.packed, rest);
                let pushing: LocalBoxFuture<_> = inflate.push(&slice, &mut bytes);
                pushing.await
            }
            None => {
                bytes = std::mem::take(&mut self.packed);
                Ok(())
            }
        };
        let summed = zip.sum.push(&bytes);
        outcome.map_err(|cause| broken(&self.download, &cause))?;
        summed.map_err(|kind| self.lied(kind))?;
        Ok(Piece::Bytes(bytes))
    }

    pub(super) fn refuse(&self, parse: ParseError) -> Error {
        self.download.api.unreadable(&self.download.request, parse)
    }

    fn lied(&self, kind: ParseErrorKind) -> Error {
        self.refuse(ParseError { kind, column: None, record: 0, line: 1, byte: self.bytes })
    }
}

/// The error for a file that cannot be unpacked.
fn broken(download: &Download, cause: &TransportError) -> Error {
    let error = Error::new(ErrorKind::Body, format!("A file of the zip {}.", cause.message));
    download.api.http.about(error, &download.request)
}
