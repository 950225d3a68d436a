//! CSV that nobody says how it is written: the same rows in any split, whatever is known of it.

use streamscope_frame::{CsvOptions, CsvParser, Decimal, Dialect, Separator, TimeSpelling};

use crate::input::Input;
use crate::rows::outcome;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let options = CsvOptions { dialect: Some(dialect(&input)), ..CsvOptions::default() };
    let parser = || CsvParser::new(options.clone());
    let whole = outcome(parser(), [input.body]);
    assert_eq!(whole, outcome(parser(), input.pieces()), "the same rows in any split");
}

fn dialect(input: &Input<'_>) -> Dialect {
    let separators = [Separator::Comma, Separator::Semicolon, Separator::Tab, Separator::Pipe].map(Some);
    Dialect {
        separator: separators.get(usize::from(input.choice & 7)).copied().flatten(),
        decimal: [None, None, Some(Decimal::Point), Some(Decimal::Comma)][usize::from(input.choice >> 3 & 3)],
        skip_lines: input.bit(5).then_some(1),
        nulls: input.bit(6).then(|| vec!["-".into(), "n/a".into()]),
        time_format: input.bit(7).then_some(TimeSpelling::Iso),
        time_column: None,
    }
}
