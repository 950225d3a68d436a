//! The fields of a header: texts of a fixed width, and what they say.

use super::error;
use crate::civil::{days_from_civil, days_in_month};
use crate::error::shortened;
use crate::{ParseError, ParseErrorKind};

const SECOND: i64 = 1_000_000_000;

/// A field of a header.
#[derive(Clone, Copy)]
pub(super) struct FieldText<'a> {
    /// What people call it: the specification's own words.
    pub(super) name: &'static str,
    /// The signal it belongs to, counted from 1.
    pub(super) signal: Option<usize>,
    /// Its bytes without the spaces around them.
    pub(super) bytes: &'a [u8],
    /// Where it stands in the file.
    pub(super) at: u64,
}

impl FieldText<'_> {
    /// Its text: UTF-8, or Latin-1 where it is not.
    pub(super) fn text(&self) -> String {
        text(self.bytes)
    }

    /// An error that names the field, shows what it holds and tells what is expected.
    pub(super) fn wrong(&self, expected: &str) -> ParseError {
        let of = self.signal.map(|number| format!(" of signal {number}")).unwrap_or_default();
        let words = format!("`{}`{of} is `{}`; expected {expected}", self.name, shortened(self.bytes));
        error(ParseErrorKind::Header(words), 0, self.at)
    }

    /// A whole number within limits.
    pub(super) fn whole(&self, least: i64, most: i64) -> Result<i64, ParseError> {
        let number = std::str::from_utf8(self.bytes).ok().and_then(|text| text.parse::<i64>().ok());
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.wrong(&format!("a whole number from {least} to {most}")))
    }

    /// A number with decimals.
    pub(super) fn number(&self) -> Result<f64, ParseError> {
        let number = crate::number::double(self.bytes);
        number.filter(|number| number.is_finite()).ok_or_else(|| self.wrong("a number"))
    }

    /// A number of seconds that is not negative, as ns.
    pub(super) fn seconds(&self) -> Result<i64, ParseError> {
        let found = seconds(self.bytes).filter(|ns| *ns >= 0);
        found.ok_or_else(|| self.wrong("a number of seconds"))
    }

    /// A date "dd.mm.yy" as days since the epoch. `full` is a year with its century that ends like it.
    pub(super) fn day(&self, full: Option<i64>) -> Result<i64, ParseError> {
        let wrong = || self.wrong("a date as dd.mm.yy");
        let [day, month, short] = three(self.bytes, full.is_some()).ok_or_else(wrong)?;
        // Years before 1985 had no EDF.
        let clipped = if short >= 85 { 1900 + i64::from(short) } else { 2000 + i64::from(short) };
        let year = full.unwrap_or(clipped);
        let exists = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        if exists { Ok(days_from_civil(year, month, day)) } else { Err(wrong()) }
    }

    /// A time of day "hh.mm.ss" as ns.
    pub(super) fn time_of_day(&self) -> Result<i64, ParseError> {
        let parts = three(self.bytes, false)
            .filter(|[hour, minute, second]| *hour < 24 && *minute < 60 && *second < 60);
        let [hour, minute, second] = parts.ok_or_else(|| self.wrong("a time as hh.mm.ss"))?;
        Ok(i64::from(hour * 3600 + minute * 60 + second) * SECOND)
    }
}

/// Three numbers of two digits with a mark between them. The last may be letters ("yy") where nobody reads it.
fn three(bytes: &[u8], last_is_free: bool) -> Option<[u32; 3]> {
    let [a, b, mark, c, d, other, e, f] = *<&[u8; 8]>::try_from(bytes).ok()?;
    let two = |ten: u8, one: u8| {
        let digits = ten.is_ascii_digit() && one.is_ascii_digit();
        digits.then(|| u32::from(ten - b'0') * 10 + u32::from(one - b'0'))
    };
    let parted = [mark, other].iter().all(|mark| !mark.is_ascii_alphanumeric());
    let last = two(e, f).or(last_is_free.then_some(0));
    parted.then_some([two(a, b)?, two(c, d)?, last?])
}

/// UTF-8, or Latin-1 where it is not.
pub(super) fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// A number of seconds as ns: exact for up to nine decimals, rounded beyond.
pub(super) fn seconds(text: &[u8]) -> Option<i64> {
    plain_seconds(text).or_else(|| {
        let ns = crate::number::double(text)? * SECOND as f64;
        // Beyond this a double holds no whole ns.
        (ns.abs() < 9e15).then(|| ns.round() as i64)
    })
}

/// "+12.5": a sign, digits, a point and at most nine more.
fn plain_seconds(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let point = digits.iter().position(|&byte| byte == b'.').unwrap_or(digits.len());
    let whole = digits.get(..point)?;
    let decimals = digits.get(point + 1..).unwrap_or_default();
    if whole.len() + decimals.len() == 0 || decimals.len() > 9 {
        return None;
    }
    let mut ns: i64 = 0;
    let padding = std::iter::repeat_n(&b'0', 9 - decimals.len());
    for byte in whole.iter().chain(decimals).chain(padding) {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        ns = ns.checked_mul(10)?.checked_add(digit)?;
    }
    Some(if negative { -ns } else { ns })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_exact() {
        let cases: [(&str, Option<i64>); 9] = [
            ("1", Some(SECOND)),
            ("+0.0078125", Some(7_812_500)),
            ("-1.5", Some(-1_500_000_000)),
            (".1234567", Some(123_456_700)),
            ("31.", Some(31 * SECOND)),
            ("1e-3", Some(1_000_000)),
            ("9223372036.854775807", Some(i64::MAX)),
            ("9223372036.854775808", None),
            (".", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text.as_bytes()), expected, "{text}");
        }
    }
}
