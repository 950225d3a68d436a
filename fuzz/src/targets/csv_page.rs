//! CSV as a server writes it: the same rows in any split, and the rows that were written are read back.

use streamscope_frame::{Column, ColumnType, CsvOptions, CsvParser, Layout, TimeFormat};

use crate::input::Input;
use crate::rows::outcome;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let options = options(&input);
    let parser = || CsvParser::new(options.clone());
    let whole = outcome(parser(), [input.body]);
    assert_eq!(whole, outcome(parser(), input.pieces()), "the same rows in any split");
    if whole.end.is_ok() && options.layout.is_some() {
        let written = CsvOptions { time_format: Some(TimeFormat::UnixNs), ..options };
        let again = outcome(CsvParser::new(written), [whole.rows.as_bytes()]);
        assert_eq!(again.rows, whole.rows, "what is written reads back");
        assert_eq!(again.end, Ok(()));
    }
}

/// Columns that are known or not, and a way to write times.
pub(super) fn options(input: &Input<'_>) -> CsvOptions {
    let columns = [
        ("time", ColumnType::Time),
        ("a", ColumnType::Float),
        ("b", ColumnType::Int),
        ("c", ColumnType::Bool),
        ("d", ColumnType::Text),
        ("e", ColumnType::Json),
    ];
    let known = usize::from(input.choice % 8);
    let columns: Vec<_> =
        columns.into_iter().take(known).map(|(name, kind)| Column::new(name, kind)).collect();
    let formats = [None, Some(TimeFormat::Unix), Some(TimeFormat::UnixNs), Some(TimeFormat::Iso)];
    CsvOptions {
        layout: (1..7).contains(&known).then(|| Layout::new(columns)),
        time_format: formats[usize::from(input.choice >> 3 & 3)],
        record_limit: if input.bit(5) { 64 } else { 1 << 20 },
        ..CsvOptions::default()
    }
}
