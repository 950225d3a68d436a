//! JSON as a server writes it: the same rows in any split.

use streamscope_frame::{JsonOptions, JsonParser};

use super::csv_page;
use crate::input::Input;
use crate::rows::outcome;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let told = csv_page::options(&input);
    let options = JsonOptions {
        layout: told.layout,
        time_format: told.time_format,
        page_limit: if input.bit(5) { 512 } else { 64 << 20 },
    };
    let parser = || JsonParser::new(options.clone());
    let whole = outcome(parser(), [input.body]);
    assert_eq!(whole, outcome(parser(), input.pieces()), "the same rows in any split");
}
