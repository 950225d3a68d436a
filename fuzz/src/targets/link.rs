//! The explorer's selection in the address: what a link opens is written as a link that opens the same.

use streamscope_selection::Selection;
use streamscope_selection::link::{read, write};

pub(super) fn run(data: &[u8]) {
    let fragment = String::from_utf8_lossy(data);
    let opened = read(&fragment, &Selection::default());
    let written = write(&opened);
    assert!(written.is_ascii() && !written.contains(['#', ' ', '"', '<']), "a link can be pasted: {written}");
    assert_eq!(read(&written, &Selection::default()), opened, "a link that was written opens the same");
    assert_eq!(write(&read(&written, &opened)), written, "equal selections have equal links");
}
