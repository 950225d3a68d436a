//! Zips in pieces: which files there are and their packed bytes, as they come. Unpacking is for whoever has the means;
//! [`ZipSum`] then holds what came out against what the zip says.
//!
//! A zip says everything twice or more: before a file (or right behind it), and in the directory at the end. All must
//! agree; a zip that ends before its directory does, packs a file in an unknown way or encrypts it is refused. The end of
//! a file whose length stands behind it is found by the descriptor there: its mark, the length that has come by then, and
//! what follows.

use std::collections::VecDeque;

use super::{binary_error, malformed};
use crate::little_endian::{u16_at, u32_at, u64_at};
use crate::{ParseError, ParseErrorKind};

const LOCAL: u32 = 0x0403_4B50;
const DESCRIPTOR: u32 = 0x0807_4B50;
const CENTRAL: u32 = 0x0201_4B50;
const END: u32 = 0x0605_4B50;
const END_64: u32 = 0x0606_4B50;
const LOCATOR_64: u32 = 0x0706_4B50;
/// The longest descriptor, with the mark of what follows.
const LONGEST_DESCRIPTOR: usize = 28;
/// A length that stands in the extra field.
const IN_EXTRA: u32 = u32::MAX;
/// Files of a zip at most.
const MOST_FILES: usize = 10_000;

/// What comes next in a zip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZipEvent {
    /// A file begins.
    Begin {
        /// Its path in the zip.
        name: String,
        /// Whether its bytes are packed (raw DEFLATE), or as they are.
        deflated: bool,
        /// Its unpacked length, where that is known beforehand.
        size: Option<u64>,
    },
    /// Bytes of the file, as the zip holds them.
    Data(Vec<u8>),
    /// The file ends. Holds what it must have been.
    End(ZipTotals),
}

/// Unpacked length and checksum of a file, as the zip says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ZipTotals {
    /// Bytes.
    pub size: u64,
    /// CRC-32.
    pub crc: u32,
}

/// What came out of a file.
#[derive(Default)]
pub struct ZipSum {
    size: u64,
    crc: crc32fast::Hasher,
    most: Option<u64>,
}

impl ZipSum {
    /// A sum of a file that must not be longer than this.
    pub fn new(most: Option<u64>) -> Self {
        Self { most, ..Self::default() }
    }

    /// Adds unpacked bytes. Fails as soon as there are more than the zip said.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ParseErrorKind> {
        self.size += bytes.len() as u64;
        self.crc.update(bytes);
        match self.most {
            Some(most) if self.size > most => {
                Err(malformed(format!("a file of the zip is longer than the {most} bytes it should have")))
            }
            _ => Ok(()),
        }
    }

    /// Compares with what the zip says.
    pub fn check(self, totals: ZipTotals) -> Result<(), ParseErrorKind> {
        let Self { size, crc, .. } = self;
        if size != totals.size {
            return Err(malformed(format!(
                "a file of the zip has {size} bytes and should have {}",
                totals.size
            )));
        }
        if crc.finalize() != totals.crc {
            return Err(malformed("a file of the zip is not what it was: its checksum differs"));
        }
        Ok(())
    }
}

/// A file's numbers, to be compared with the directory's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    packed: u64,
    totals: ZipTotals,
}

/// Reads a zip in pieces.
#[derive(Default)]
pub struct ZipParser {
    state: State,
    /// Bytes that came and were kept back; those before `taken` are taken apart.
    held: Vec<u8>,
    taken: usize,
    events: VecDeque<ZipEvent>,
    files: Vec<Entry>,
    /// Files that the directory has named.
    listed: usize,
    byte: u64,
    end: Option<Result<(), ParseError>>,
}

#[derive(Clone, Copy, Default)]
enum State {
    /// At a mark.
    #[default]
    Mark,
    /// In a file of a length that is known.
    Known { left: u64, entry: Entry },
    /// In a file of which so many bytes have come.
    Unknown { come: u64 },
    /// After the directory.
    Over,
}

impl ZipParser {
    /// Takes the next bytes. After an error it takes no more.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        if let Some(end) = &self.end {
            return end.clone();
        }
        self.held.extend_from_slice(bytes);
        loop {
            match self.step() {
                Ok(true) => {}
                Ok(false) => {
                    // Once for all that was taken: a zip may hold thousands of files of a few bytes.
                    self.held.drain(..self.taken);
                    self.taken = 0;
                    return Ok(());
                }
                Err(kind) => {
                    let error = binary_error(kind, self.files.len() as u64, self.byte);
                    self.end = Some(Err(error.clone()));
                    return Err(error);
                }
            }
        }
    }

    /// What has come, in order.
    pub fn next_event(&mut self) -> Option<ZipEvent> {
        self.events.pop_front()
    }

    /// Ends the zip. Fails when it stopped before its end.
    pub fn finish(&mut self) -> Result<(), ParseError> {
        let whole = matches!(self.state, State::Over);
        let byte = self.byte + self.left().len() as u64;
        let cut = binary_error(ParseErrorKind::Truncated, self.files.len() as u64, byte);
        let end = if whole { Ok(()) } else { Err(cut) };
        self.end.get_or_insert(end).clone()
    }

    /// Takes one thing apart; `false` when more bytes are needed.
    fn step(&mut self) -> Result<bool, ParseErrorKind> {
        match self.state {
            State::Mark => self.mark(),
            State::Known { left, entry } => Ok(self.known(left, entry)),
            State::Unknown { come } => Ok(self.unknown(come)),
            State::Over => {
                // A comment, at most.
                self.consume(self.left().len());
                Ok(false)
            }
        }
    }

    /// Bytes that are not taken apart yet.
    fn left(&self) -> &[u8] {
        self.held.get(self.taken..).unwrap_or_default()
    }

    fn consume(&mut self, length: usize) -> Vec<u8> {
        let left = self.left();
        let consumed = left.get(..length).unwrap_or(left).to_vec();
        self.taken += consumed.len();
        self.byte += consumed.len() as u64;
        consumed
    }

    fn mark(&mut self) -> Result<bool, ParseErrorKind> {
        let left = self.left();
        if left.len() < 4 {
            return Ok(false);
        }
        let mark = u32_at(left, 0);
        let (fixed, variable): (usize, &[usize]) = match mark {
            LOCAL if self.listed == 0 => (30, &[26, 28]),
            CENTRAL => (46, &[28, 30, 32]),
            END_64 => (12, &[]),
            LOCATOR_64 => (20, &[]),
            END => (22, &[]),
            _ => return Err(malformed("this is no zip, or it is damaged")),
        };
        if left.len() < fixed {
            return Ok(false);
        }
        let mut length = fixed + variable.iter().map(|at| usize::from(u16_at(left, *at))).sum::<usize>();
        if mark == END_64 {
            // Its own length counts what comes after it; more than this is no zip of ours.
            length += u64_at(left, 4).min(1 << 16) as usize;
        }
        if left.len() < length {
            return Ok(false);
        }
        let header = self.consume(length);
        match mark {
            LOCAL => self.local(&header)?,
            CENTRAL => self.central(&header)?,
            END => self.over()?,
            _ => {}
        }
        Ok(true)
    }

    fn local(&mut self, header: &[u8]) -> Result<(), ParseErrorKind> {
        let flags = u16_at(header, 6);
        let deflated = match u16_at(header, 8) {
            0 => false,
            8 => true,
            method => return Err(malformed(format!("a file of the zip is packed by method {method}"))),
        };
        if flags & 1 != 0 {
            return Err(malformed("a file of the zip is encrypted"));
        }
        if self.files.len() >= MOST_FILES {
            return Err(malformed(format!("the zip holds more than {MOST_FILES} files")));
        }
        let name_end = 30 + usize::from(u16_at(header, 26));
        let name = String::from_utf8_lossy(header.get(30..name_end).unwrap_or_default()).into_owned();
        let later = flags & 8 != 0;
        let (size, packed) = lengths(header, (22, 18), header.get(name_end..).unwrap_or_default());
        let entry = Entry { packed, totals: ZipTotals { size, crc: u32_at(header, 14) } };
        if !later && !deflated && size != packed {
            return Err(malformed(format!("a file of the zip has {packed} bytes and should have {size}")));
        }
        self.events.push_back(ZipEvent::Begin { name, deflated, size: (!later).then_some(size) });
        self.state = if later { State::Unknown { come: 0 } } else { State::Known { left: packed, entry } };
        Ok(())
    }

    fn known(&mut self, left: u64, entry: Entry) -> bool {
        if left == 0 {
            self.end_file(entry);
            return true;
        }
        let data = self.consume(left.min(self.left().len() as u64) as usize);
        if data.is_empty() {
            return false;
        }
        self.state = State::Known { left: left - data.len() as u64, entry };
        self.events.push_back(ZipEvent::Data(data));
        true
    }

    /// Hands out bytes up to where a descriptor may begin.
    fn unknown(&mut self, come: u64) -> bool {
        let left = self.left();
        let settled = (left.len() + 1).saturating_sub(LONGEST_DESCRIPTOR);
        for at in 0..settled {
            let Some((length, totals)) = descriptor(left.get(at..).unwrap_or_default(), come + at as u64)
            else {
                continue;
            };
            self.hand_out(at);
            self.consume(length);
            self.end_file(Entry { packed: come + at as u64, totals });
            return true;
        }
        self.hand_out(settled);
        self.state = State::Unknown { come: come + settled as u64 };
        false
    }

    fn hand_out(&mut self, length: usize) {
        let data = self.consume(length);
        if !data.is_empty() {
            self.events.push_back(ZipEvent::Data(data));
        }
    }

    fn end_file(&mut self, entry: Entry) {
        self.files.push(entry);
        self.events.push_back(ZipEvent::End(entry.totals));
        self.state = State::Mark;
    }

    fn central(&mut self, header: &[u8]) -> Result<(), ParseErrorKind> {
        let name_end = 46 + usize::from(u16_at(header, 28));
        let (size, packed) = lengths(header, (24, 20), header.get(name_end..).unwrap_or_default());
        let listed = Entry { packed, totals: ZipTotals { size, crc: u32_at(header, 16) } };
        if self.files.get(self.listed) != Some(&listed) {
            return Err(malformed("the zip's directory does not list the files as they are"));
        }
        self.listed += 1;
        Ok(())
    }

    fn over(&mut self) -> Result<(), ParseErrorKind> {
        if self.listed != self.files.len() {
            let words = format!("the zip lists {} files and holds {}", self.listed, self.files.len());
            return Err(malformed(words));
        }
        self.state = State::Over;
        Ok(())
    }
}

/// Unpacked and packed length: of 32 bits in the header, or of 64 in its extra field.
fn lengths(header: &[u8], (size_at, packed_at): (usize, usize), extra: &[u8]) -> (u64, u64) {
    let (size, packed) = (u32_at(header, size_at), u32_at(header, packed_at));
    let mut wide = wide_field(extra).chunks_exact(8);
    let mut of = |short: u32| match short {
        IN_EXTRA => wide.next().map_or(u64::from(short), |long| u64_at(long, 0)),
        short => short.into(),
    };
    (of(size), of(packed))
}

/// The extra field of 64-bit lengths.
fn wide_field(mut extra: &[u8]) -> &[u8] {
    while extra.len() >= 4 {
        let end = 4 + usize::from(u16_at(extra, 2));
        if u16_at(extra, 0) == 1 {
            return extra.get(4..end).unwrap_or_default();
        }
        extra = extra.get(end..).unwrap_or_default();
    }
    &[]
}

/// The descriptor that bytes begin with, when so many packed bytes have come: its length, and what it says.
fn descriptor(bytes: &[u8], come: u64) -> Option<(usize, ZipTotals)> {
    if u32_at(bytes, 0) != DESCRIPTOR {
        return None;
    }
    let follows = |at: usize| matches!(u32_at(bytes, at), LOCAL | CENTRAL);
    let crc = u32_at(bytes, 4);
    if u64::from(u32_at(bytes, 8)) == come && follows(16) {
        return Some((16, ZipTotals { size: u32_at(bytes, 12).into(), crc }));
    }
    (u64_at(bytes, 8) == come && follows(24)).then(|| (24, ZipTotals { size: u64_at(bytes, 16), crc }))
}
