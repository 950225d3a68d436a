//! Joule's binary rows: the same rows and intervals in any split, times that increase, every byte accounted for.

use streamscope_frame::{Batch, JouleLayout, JouleParser, ParseError, times};

use crate::input::Input;
use crate::rows::text;

/// The input's first line is the layout, as a node's header has it.
pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let line = input.body.iter().position(|byte| *byte == b'\n').unwrap_or(input.body.len());
    let Ok(format) = String::from_utf8_lossy(&input.body[..line]).parse::<JouleLayout>() else { return };
    assert_eq!(format.to_string().parse(), Ok(format), "a layout that was written reads back");
    let read = |cut: &mut dyn Iterator<Item = &[u8]>| read(format, cut);
    let body = input.body.get(line + 1..).unwrap_or_default();
    let whole = read(&mut [body].into_iter());
    let body = Input { body, ..input };
    assert_eq!(whole, read(&mut body.pieces().into_iter()), "the same rows in any split");
}

/// For each interval whether a token stands before it, and its rows; and how the body ended.
type Read = (Vec<(bool, String)>, Result<(), ParseError>);

fn read(format: JouleLayout, pieces: &mut dyn Iterator<Item = &[u8]>) -> Read {
    let mut parser = JouleParser::new(format, &[]);
    let mut frames: Vec<Batch> = Vec::new();
    let (mut end, mut given) = (Ok(()), 0);
    for piece in pieces {
        given += piece.len();
        end = parser.push(piece);
        if end.is_err() {
            break;
        }
        frames.extend(std::iter::from_fn(|| parser.take()));
    }
    let end = end.and_then(|()| parser.finish());
    frames.extend(std::iter::from_fn(|| parser.take()));
    let rows: usize = frames.iter().map(|frame| frame.rows.num_rows()).sum();
    assert!(rows * format.row_bytes() <= given, "no row without bytes");
    let all: Vec<i64> =
        frames.iter().flat_map(|frame| times(&frame.rows).unwrap_or_default().to_vec()).collect();
    assert!(all.is_sorted_by(|one, next| one < next), "times increase");
    let mut intervals: Vec<(bool, Vec<Batch>)> = Vec::new();
    for frame in frames {
        match intervals.last_mut() {
            Some((_, held)) if !frame.begins_interval => held.push(frame),
            _ => intervals.push((frame.begins_interval, vec![frame])),
        }
    }
    let rows = |held: Vec<Batch>| text(held.iter().map(|frame| &frame.rows));
    (intervals.into_iter().map(|(begins, held)| (begins, rows(held))).collect(), end)
}
