//! CSV in.

mod errors;
mod files;
mod floats;
mod infer;
mod peers;
mod values;

use streamscope_frame::{Column, ColumnType, CsvOptions, CsvParser, Layout, TimeFormat};

use crate::support::{Outcome, run};

pub(crate) fn layout(columns: &[(&str, ColumnType)]) -> Layout {
    Layout::new(columns.iter().map(|&(name, kind)| Column::new(name, kind)).collect())
}

pub(crate) fn options(columns: &[(&str, ColumnType)], time_format: TimeFormat) -> CsvOptions {
    CsvOptions { layout: Some(layout(columns)), time_format: Some(time_format), ..CsvOptions::default() }
}

/// Parses a body whole, byte by byte and in pieces of several lengths, and expects one and the same outcome.
fn parse(options: &CsvOptions, body: impl AsRef<[u8]>) -> Outcome {
    let body = body.as_ref();
    let whole = run(CsvParser::new(options.clone()), [body], 1);
    for length in [1, 2, 3, 7, 63, 64, 65, 1000] {
        let cut = run(CsvParser::new(options.clone()), body.chunks(length), 3);
        assert_eq!(cut, whole, "pieces of {length} bytes");
    }
    whole
}
