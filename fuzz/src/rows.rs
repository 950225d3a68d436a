//! What a parser makes of a body, as text that can be compared.

use streamscope_frame::{CsvWriter, ParseError, PushParser, RecordBatch, TimeFormat};

/// Rows and how the body ended.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) rows: String,
    pub(crate) end: Result<(), ParseError>,
}

/// Frames as CSV: the same rows give the same text, however they lie in frames.
pub(crate) fn text<'a>(frames: impl IntoIterator<Item = &'a RecordBatch>) -> String {
    let mut writer = CsvWriter::new(TimeFormat::UnixNs);
    let mut out = Vec::new();
    for (place, frame) in frames.into_iter().enumerate() {
        if place == 0 {
            writer.write_header(frame.schema_ref(), &mut out);
        }
        writer.write(frame, &mut out).expect("every frame can be written");
    }
    String::from_utf8(out).expect("CSV is text")
}

/// Feeds a parser, takes its rows after every piece, and asks it again after an error.
pub(crate) fn outcome<'a>(
    mut parser: impl PushParser,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    let mut frames = Vec::new();
    let mut end = Ok(());
    for piece in pieces {
        end = parser.push(piece);
        if end.is_err() {
            assert_eq!(parser.push(b"1,1\n"), end, "after an error a parser takes no more");
            break;
        }
        frames.extend(parser.take());
    }
    let end = end.and_then(|()| parser.finish());
    if end.is_err() {
        assert_eq!(parser.finish(), end, "an error stays");
    }
    frames.extend(parser.take());
    assert_eq!((parser.take().is_some(), parser.pending_rows()), (false, 0), "all rows are taken");
    let rows: usize = frames.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(parser.rows(), rows as u64, "rows are counted as they come out");
    Outcome { rows: text(&frames), end }
}
