//! Display filters of the timeline's tracks, as a link holds them.
//!
//! `high:0.5:2,50,no,a` draws stream `a` through a high-pass of 0.5 Hz and order 2 and a notch at 50 Hz;
//! `no,no,0.2,a` draws its mean over 0.2 s.

use std::collections::BTreeMap;

use streamscope_signal::DisplayFilter;

/// The display filters, by stream.
pub type Displays = BTreeMap<String, DisplayFilter>;

/// The filter of a stream as a link writes it.
pub(crate) fn write(stream: &str, filter: &DisplayFilter) -> String {
    format!("{},{stream}", filter.code())
}

/// A stream and its filter; `None` where the text names none.
pub(crate) fn read(text: &str) -> Option<(String, DisplayFilter)> {
    let (end, _) = text.match_indices(',').nth(2)?;
    let (code, stream) = text.split_at_checked(end)?;
    let filter = DisplayFilter::of_code(code).filter(|filter| !filter.is_none())?;
    Some((stream.strip_prefix(',')?.to_string(), filter))
}

#[cfg(test)]
mod tests {
    use streamscope_signal::{Band, Order};

    use super::*;

    #[test]
    fn a_filter_is_read_as_it_was_written() {
        for filter in [
            DisplayFilter { pass: Some((Band::Between(0.1, 40.0), Order::Four)), ..DisplayFilter::default() },
            DisplayFilter { notch: Some(50.0), mean: Some(1e-3), ..DisplayFilter::default() },
        ] {
            assert_eq!(read(&write("a,b=c", &filter)), Some(("a,b=c".into(), filter)));
        }
    }

    #[test]
    fn what_is_no_filter_is_left_out() {
        for text in ["", "no,no,no,a", "no,50", "no,50,no", "high:x:2,no,no,a", "no,-50,no,a", "ä,ö,ü,ß"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
