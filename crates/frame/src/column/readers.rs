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

#[derive(Default)]
pub(crate) struct Float32;

impl Read for Float32 {
    type Value = f32;
    const NULL: f32 = f32::NAN;
    const EXPECTED: &'static str = "number";

    // Not by way of a double: that would round twice.
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<f32> {
        fast_float2::parse(bytes.get(start..end)?).ok()
    }
}

#[derive(Default)]
pub(crate) struct Int32;

impl Read for Int32 {
    type Value = i32;
    const NULL: i32 = 0;
    const EXPECTED: &'static str = "32-bit integer";

    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i32> {
        i32::try_from(number::int(bytes, start, end)?).ok()
    }
}

#[derive(Default)]
pub(crate) struct Int16;

impl Read for Int16 {
    type Value = i16;
    const NULL: i16 = 0;
    const EXPECTED: &'static str = "16-bit integer";

    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i16> {
        i16::try_from(number::int(bytes, start, end)?).ok()
    }
}
