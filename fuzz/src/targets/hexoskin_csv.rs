//! CSV of Hexoskin's data: the same rows in any split.

use streamscope_frame::{HexoskinCsvParser, ParseError, TickRate};

use crate::input::Input;
use crate::rows::text;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let ticks = if input.bit(0) { TickRate::T1000 } else { TickRate::T256 };
    let whole = read(ticks, [input.body]);
    assert_eq!(whole, read(ticks, input.pieces()), "the same rows in any split");
}

fn read<'a>(ticks: TickRate, pieces: impl IntoIterator<Item = &'a [u8]>) -> (String, Result<(), ParseError>) {
    let mut parser = HexoskinCsvParser::new(ticks);
    let mut end = Ok(());
    for piece in pieces {
        end = parser.push(piece);
        if end.is_err() {
            assert_eq!(parser.push(b"1,1\n"), end, "after an error a parser takes no more");
            break;
        }
    }
    end = end.and_then(|()| parser.finish());
    match parser.take() {
        Ok(frame) => (text(&frame), end),
        Err(refused) => (String::new(), end.and(Err(refused))),
    }
}
