//! Zips: the same files in any split, no byte handed out twice, and files that end as the zip says.

use streamscope_frame::{ParseError, ZipEvent, ZipParser, ZipTotals};

use crate::input::Input;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let whole = read([input.body]);
    assert_eq!(whole, read(input.pieces()), "the same files in any split");
    let handed_out: usize = whole.0.iter().map(|file| file.bytes.len()).sum();
    assert!(handed_out <= input.body.len(), "no byte without one in the zip");
    let ended = whole.0.iter().all(|file| file.totals.is_some());
    assert!(whole.1.is_err() || ended, "a zip that ends well has ended its files");
}

/// A file of a zip, its bytes as they are packed.
#[derive(Debug, PartialEq)]
struct File {
    name: String,
    deflated: bool,
    size: Option<u64>,
    bytes: Vec<u8>,
    totals: Option<ZipTotals>,
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<File>, Result<(), ParseError>) {
    let mut parser = ZipParser::default();
    let mut files: Vec<File> = Vec::new();
    let pushed = pieces.into_iter().try_for_each(|piece| {
        let pushed = parser.push(piece);
        while let Some(event) = parser.next_event() {
            match (event, files.last_mut()) {
                (ZipEvent::Begin { name, deflated, size }, _) => {
                    files.push(File { name, deflated, size, bytes: Vec::new(), totals: None });
                }
                (ZipEvent::Data(bytes), Some(file)) if file.totals.is_none() => file.bytes.extend(bytes),
                (ZipEvent::End(totals), Some(file)) if file.totals.is_none() => file.totals = Some(totals),
                (event, _) => panic!("{event:?} of no file"),
            }
        }
        pushed
    });
    (files, pushed.and_then(|()| parser.finish()))
}
