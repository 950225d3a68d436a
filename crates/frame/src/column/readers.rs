//! The readers of values that have one width.

use super::values::Read;
use crate::time::IsoReader;
use crate::{number, time};

/// What a time column holds below a null.
const NO_TIME: i64 = i64::MIN;

#[derive(Default)]
pub(crate) struct Unix;

impl Read for Unix {
    type Value = i64;
    const NULL: i64 = NO_TIME;
    const EXPECTED: &'static str = "time in Unix seconds";

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        time::unix(bytes, start, end)
    }
}

#[derive(Default)]
pub(crate) struct UnixNs;

impl Read for UnixNs {
    type Value = i64;
    const NULL: i64 = NO_TIME;
    const EXPECTED: &'static str = "time in Unix nanoseconds";

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        number::int(bytes, start, end)
    }
}

impl Read for IsoReader {
    type Value = i64;
    const NULL: i64 = NO_TIME;
    const EXPECTED: &'static str = "time in ISO-8601 with an offset";

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        self.time(bytes, start, end)
    }
}

#[derive(Default)]
pub(crate) struct Float;

impl Read for Float {
    type Value = f64;
    const NULL: f64 = f64::NAN;
    const EXPECTED: &'static str = "number";

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<f64> {
        number::float(bytes, start, end)
    }
}

#[derive(Default)]
pub(crate) struct Int;

impl Read for Int {
    type Value = i64;
    const NULL: i64 = 0;
    const EXPECTED: &'static str = "64-bit integer";

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        number::int(bytes, start, end)
    }
}
