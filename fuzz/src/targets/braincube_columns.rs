//! Columns of Braincube: the same answer in any split, times in order where they order the rows.

use std::rc::Rc;

use streamscope_frame::{
    BraincubeAnswer, BraincubeColumn, BraincubeOptions, BraincubeParser, ColumnType, ParseError, WallClock,
};

use crate::input::Input;
use crate::rows::text;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let whole = read(&input, [input.body]);
    assert_eq!(whole, read(&input, input.pieces()), "the same answer in any split");
}

struct Utc;

impl WallClock for Utc {
    fn instant(&self, local_ns: i64, _before: Option<i64>) -> i64 {
        local_ns
    }
}

fn read<'a>(
    input: &Input<'_>,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<(String, String), ParseError> {
    let kinds = [None, Some(ColumnType::Float), Some(ColumnType::Time), Some(ColumnType::Text)];
    let column = |number: u8| BraincubeColumn {
        id: format!("mb7/d10{number}"),
        name: format!("c{number}"),
        unit: None,
        kind: kinds[usize::from(input.choice >> (2 * number) & 3)],
        ordered: number == 0,
    };
    let options = BraincubeOptions { columns: (0..3).map(column).collect(), clock: Rc::new(Utc) };
    let mut parser = BraincubeParser::new(options);
    for piece in pieces {
        if let Err(error) = parser.push(piece) {
            assert_eq!(parser.push(b"1"), Err(error.clone()), "after an error a parser takes no more");
            return Err(error);
        }
    }
    let mut answer: BraincubeAnswer = parser.finish()?;
    let (rows, said) = (answer.rows(), format!("{:?} {:?}", answer.layout(), answer.report()));
    let frames: Vec<_> = answer.by_ref().collect();
    assert_eq!(frames.iter().map(|frame| frame.num_rows() as u64).sum::<u64>(), rows, "all rows come out");
    Ok((text(&frames), said))
}
