//! Times that people type, in any zone: what is shown of an instant reads back as an instant that shows the same.

use streamscope_client::TimeRange;
use streamscope_selection::moment::{local_text, parse, typed, utc_text, whole_seconds};
use streamscope_signal::{SECOND, TimeZone};

use crate::input::Input;

const NOW: i64 = 1_774_652_709_250_000_000;

pub(super) fn run(data: &[u8]) {
    let input = Input::of(data);
    let (zone, text) = zone(&input);
    let text = String::from_utf8_lossy(text);
    if let Ok(time) = typed(&text, &zone, NOW) {
        let shown = local_text(time, &zone);
        if let Ok(again) = parse(&shown, &zone) {
            assert_eq!(local_text(again, &zone), shown, "what is shown reads back as what shows the same");
        }
        if let Ok(again) = parse(&utc_text(time), &zone) {
            assert_eq!(again, time, "UTC is never in doubt");
        }
        if let Some((seconds, _)) = text.trim().split_once('.')
            && let Ok(seconds @ 0..=99_999_999_999) = seconds.parse::<i64>()
            && seconds >= 100_000_000
        {
            assert_eq!(time.div_euclid(SECOND), seconds, "a fraction stays within its second");
        }
    }
    let number =
        |at: usize| data.get(at..at + 8).map_or(0, |bytes| i64::from_le_bytes(bytes.try_into().unwrap()));
    let range = TimeRange { start: number(2), end: number(10) };
    let widened = whole_seconds(range);
    assert!(widened.start <= range.start && widened.end >= range.end.min(widened.end), "a range is widened");
}

/// A zone, and the text after it: a fixed one, or one whose clocks change as the input says.
fn zone<'a>(input: &Input<'a>) -> (TimeZone, &'a [u8]) {
    let offset = |byte: u8| (i32::from(byte) - 128) * 450;
    if !input.bit(0) {
        return (TimeZone::fixed("fixed", offset(input.choice)), input.body);
    }
    let count = usize::from(input.choice >> 1 & 3);
    let (changes, text) = input.body.split_at_checked(3 * count).unwrap_or((&[], input.body));
    let change = |bytes: &[u8]| match *bytes {
        [high, low, to] => (i64::from(u16::from_be_bytes([high, low])) * 86_400 * SECOND, offset(to)),
        _ => (0, 0),
    };
    (TimeZone::new("changing", offset(input.choice), changes.chunks(3).map(change).collect()), text)
}
