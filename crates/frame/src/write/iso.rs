//! Times as text.

use crate::civil::civil_from_days;

const SECOND: i64 = 1_000_000_000;

/// Two digits for each number below 100, one after the other.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

fn pair(number: i64) -> [u8; 2] {
    PAIRS.get(number as usize).copied().unwrap_or_default()
}

/// Writes times in ISO-8601; keeps the text of the last minute, for it repeats.
pub(super) struct IsoText {
    minute: i64,
    text: [u8; 17],
    /// The offset in seconds that `suffix` spells.
    offset: i32,
    suffix: Vec<u8>,
}

impl IsoText {
    pub(super) fn new() -> Self {
        Self { minute: 0, text: *b"1970-01-01T00:00:", offset: 0, suffix: b"Z".to_vec() }
    }

    /// Appends a time at an offset (seconds east of UTC), without trailing zeros, `Z` for UTC.
    ///
    /// An offset that is not a whole number of minutes, as there were before 1900 or so, is cut to one: ISO-8601
    /// has no seconds there, and the instant stays exact.
    pub(super) fn write(&mut self, time: i64, offset: i32, out: &mut Vec<u8>) {
        let offset = offset - offset % 60;
        let seconds = time.div_euclid(SECOND) + offset as i64;
        let minute = seconds.div_euclid(60);
        if minute != self.minute {
            self.minute = minute;
            self.text = minute_text(minute);
        }
        if offset != self.offset {
            self.offset = offset;
            self.suffix = suffix(offset);
        }
        out.extend_from_slice(&self.text);
        out.extend_from_slice(&pair(seconds.rem_euclid(60)));
        write_fraction(time.rem_euclid(SECOND) as u32, out);
        out.extend_from_slice(&self.suffix);
    }
}

/// `YYYY-MM-DDThh:mm:` of minutes since the epoch. The range of `i64` nanoseconds needs no more than four digits.
fn minute_text(minute: i64) -> [u8; 17] {
    let (year, month, day) = civil_from_days(minute.div_euclid(1440));
    let in_day = minute.rem_euclid(1440);
    let ([y0, y1], [y2, y3]) = (pair(year / 100), pair(year % 100));
    let ([m0, m1], [d0, d1]) = (pair(month as i64), pair(day as i64));
    let ([h0, h1], [n0, n1]) = (pair(in_day / 60), pair(in_day % 60));
    [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':']
}

fn suffix(offset: i32) -> Vec<u8> {
    if offset == 0 {
        return b"Z".to_vec();
    }
    let minutes = (offset / 60).unsigned_abs() as i64;
    let mut suffix = vec![if offset < 0 { b'-' } else { b'+' }];
    suffix.extend_from_slice(&pair(minutes / 60));
    suffix.push(b':');
    suffix.extend_from_slice(&pair(minutes % 60));
    suffix
}

/// Appends Unix seconds, exact, without trailing zeros.
pub(super) fn write_unix(time: i64, out: &mut Vec<u8>) {
    if time < 0 {
        out.push(b'-');
    }
    let (seconds, nanos) = (time.unsigned_abs() / SECOND as u64, time.unsigned_abs() % SECOND as u64);
    out.extend_from_slice(itoa::Buffer::new().format(seconds).as_bytes());
    write_fraction(nanos as u32, out);
}

/// Appends a dot and up to nine digits, or nothing when there are no nanoseconds.
fn write_fraction(nanos: u32, out: &mut Vec<u8>) {
    if nanos == 0 {
        return;
    }
    let mut text = [b'.'; 10];
    let mut rest = nanos;
    for digit in text.iter_mut().skip(1).rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    let length = text.iter().rposition(|&digit| digit != b'0').unwrap_or(0);
    out.extend_from_slice(text.get(..=length).unwrap_or_default());
}
