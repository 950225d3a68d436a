//! Timestamp–value files: the same rows in any split, 16 bytes each, times that never go back.

use streamscope_frame::{PairsParser, ParseError};

use crate::input::Input;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let whole = read([input.body]);
    assert_eq!(whole, read(input.pieces()), "the same rows in any split");
    let (ticks, values, end) = whole;
    assert!(ticks.len() == values.len() && ticks.is_sorted(), "times and values go together, in order");
    assert!(end.is_err() || ticks.len() * 16 == input.body.len(), "every byte is a row's");
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<i64>, Vec<i64>, Result<(), ParseError>) {
    let mut parser = PairsParser::default();
    let (mut ticks, mut values) = (Vec::new(), Vec::new());
    let pushed = pieces.into_iter().try_for_each(|piece| {
        let pushed = parser.push(piece);
        let rows = parser.take();
        ticks.extend(rows.ticks);
        values.extend(rows.values);
        pushed
    });
    (ticks, values, pushed.and_then(|()| parser.finish()))
}
