//! Bodies longer than the memory that there is: rows are taken as they come, and nothing else may stay.

use streamscope_frame::{
    Column, ColumnType, CsvOptions, CsvParser, HexoskinCsvParser, JouleParser, Layout, PairsParser,
    PushParser, TickRate, WavParser, ZipEvent, ZipParser,
};

/// A body that is made while it is read.
pub struct Stream {
    /// Which parser reads it.
    pub what: &'static str,
    /// Reads so many bytes of it, and returns the rows, samples or bytes that came out.
    pub read: fn(u64) -> u64,
}

/// Bytes of a piece, as a network hands them out.
const PIECE: usize = 1 << 16;

/// A stream for every parser that hands out rows as they come.
pub fn streams() -> [Stream; 6] {
    [
        Stream { what: "CSV", read: csv },
        Stream { what: "Hexoskin's CSV", read: hexoskin_csv },
        Stream { what: "Joule's rows", read: joule },
        Stream { what: "a WAV", read: wav },
        Stream { what: "times and values", read: pairs },
        Stream { what: "a zip", read: zip },
    ]
}

/// Feeds pieces of which each has so many rows, each row told its number, until there are so many bytes.
fn feed(bytes: u64, row: impl Fn(u64, &mut Vec<u8>), mut push: impl FnMut(&[u8])) {
    let (mut fed, mut number, mut piece) = (0, 0, Vec::with_capacity(2 * PIECE));
    while fed < bytes {
        piece.clear();
        while piece.len() < PIECE {
            number += 1;
            row(number, &mut piece);
        }
        push(&piece);
        fed += piece.len() as u64;
    }
}

fn text(number: u64, piece: &mut Vec<u8>) {
    piece.extend(number.to_string().bytes().chain(*b",0.25\n"));
}

fn csv(bytes: u64) -> u64 {
    let columns = vec![Column::new("a", ColumnType::Int), Column::new("b", ColumnType::Float)];
    let options = CsvOptions { layout: Some(Layout::new(columns)), ..CsvOptions::default() };
    let mut parser = CsvParser::new(options);
    parser.push(b"a,b\n").expect("a header");
    feed(bytes, text, |piece| {
        parser.push(piece).expect("rows");
        parser.take();
    });
    parser.rows()
}

fn hexoskin_csv(bytes: u64) -> u64 {
    let mut parser = HexoskinCsvParser::new(TickRate::T256);
    parser.push(b"timestamp,a\n").expect("a header");
    let mut rows = 0;
    feed(bytes, text, |piece| {
        parser.push(piece).expect("rows");
        rows += parser.take().expect("times").map_or(0, |frame| frame.num_rows() as u64);
    });
    rows
}

fn joule(bytes: u64) -> u64 {
    let mut parser = JouleParser::new("float32_2".parse().expect("a layout"), &[]);
    let row = |number: u64, piece: &mut Vec<u8>| piece.extend([number.to_le_bytes(), [1; 8]].concat());
    feed(bytes, row, |piece| {
        parser.push(piece).expect("rows");
        while parser.take().is_some() {}
    });
    parser.rows()
}

fn wav(bytes: u64) -> u64 {
    let mut parser = WavParser::new(false);
    let length = u32::try_from(2 * bytes).expect("a WAV has no more").to_le_bytes();
    let head =
        [&b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\0\x01\0\0\0\x02\0\0\x02\0\x10\0data"[..], &length]
            .concat();
    parser.push(&head).expect("a header");
    let mut samples = 0;
    feed(
        bytes,
        |number, piece| piece.extend((number as u16).to_le_bytes()),
        |piece| {
            parser.push(piece).expect("samples");
            samples += parser.take().len() as u64;
        },
    );
    samples
}

fn pairs(bytes: u64) -> u64 {
    let (mut parser, mut rows) = (PairsParser::default(), 0);
    let row = |number: u64, piece: &mut Vec<u8>| piece.extend([number.to_le_bytes(), [1; 8]].concat());
    feed(bytes, row, |piece| {
        parser.push(piece).expect("rows");
        rows += parser.take().ticks.len() as u64;
    });
    rows
}

fn zip(bytes: u64) -> u64 {
    let (mut parser, mut come) = (ZipParser::default(), 0);
    let head = [&b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0"[..], &[0; 16]].concat();
    parser.push(&head).expect("a header");
    feed(
        bytes,
        |number, piece| piece.extend(number.to_le_bytes()),
        |piece| {
            parser.push(piece).expect("packed bytes");
            while let Some(event) = parser.next_event() {
                if let ZipEvent::Data(data) = event {
                    come += data.len() as u64;
                }
            }
        },
    );
    come
}
