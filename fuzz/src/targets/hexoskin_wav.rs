//! WAV files of samples: the same samples in any split, and no more than the file says and has bytes for.

use streamscope_frame::{ParseError, WavHeader, WavParser};

use crate::input::Input;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let whole = read(input.bit(0), [input.body]);
    assert_eq!(whole, read(input.bit(0), input.pieces()), "the same samples in any split");
    let (samples, header, end) = whole;
    assert!(samples.len() * 2 <= input.body.len(), "no sample without bytes");
    if let (Some(header), Ok(())) = (header, end) {
        assert_eq!(header.samples, samples.len() as u64, "as many as the file says");
    }
}

fn read<'a>(
    signed: bool,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<i32>, Option<WavHeader>, Result<(), ParseError>) {
    let mut parser = WavParser::new(signed);
    let mut samples = Vec::new();
    let pushed = pieces.into_iter().try_for_each(|piece| {
        let pushed = parser.push(piece);
        samples.extend(parser.take());
        pushed
    });
    (samples, parser.header(), pushed.and_then(|()| parser.finish()))
}
