//! The readers of values that have one width.

use super::manner::is_nan;
use super::values::CellReader;
use crate::time::{IsoReader, LooseReader};
use crate::{number, time};

/// What a time column holds below a null.
const NO_TIME: i64 = i64::MIN;

#[derive(Default)]
pub(crate) struct Unix;

impl CellReader for Unix {
    type Value = i64;
    const NULL: i64 = NO_TIME;
    const EXPECTED: &'static str = "time in Unix seconds";
    const IS_DECIMAL: bool = true;

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        time::unix(bytes, start, end)
    }
}

#[derive(Default)]
pub(crate) struct UnixNs;

impl CellReader for UnixNs {
    type Value = i64;
    const NULL: i64 = NO_TIME;
    const EXPECTED: &'static str = "time in Unix nanoseconds";

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        number::int(bytes, start, end)
    }
}

impl CellReader for IsoReader {
    type Value = i64;
    const NULL: i64 = NO_TIME;
    const EXPECTED: &'static str = "time in ISO-8601 with an offset";

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        self.time(bytes, start, end)
    }
}

/// Units of 10^`places` nanoseconds since the epoch.
pub(crate) struct Scaled {
    pub(crate) places: u8,
}

impl CellReader for Scaled {
    type Value = i64;
    const NULL: i64 = NO_TIME;
    const EXPECTED: &'static str = "time in the unit of this column";
    const IS_DECIMAL: bool = true;

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        time::scaled(bytes, start, end, self.places)
    }

    fn is_null(&self, text: &[u8]) -> bool {
        is_nan(text)
    }
}

impl CellReader for LooseReader {
    type Value = i64;
    const NULL: i64 = NO_TIME;
    const EXPECTED: &'static str = "date and time";

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        self.time(bytes, start, end)
    }

    fn is_null(&self, text: &[u8]) -> bool {
        is_nan(text)
    }
}

#[derive(Default)]
pub(crate) struct Float;

impl CellReader for Float {
    type Value = f64;
    const NULL: f64 = f64::NAN;
    const EXPECTED: &'static str = "number";
    const IS_DECIMAL: bool = true;

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<f64> {
        number::float(bytes, start, end)
    }
}

/// Floats that were not asked for: whole numbers among them are exact, or refused.
#[derive(Default)]
pub(crate) struct ExactFloat;

impl CellReader for ExactFloat {
    type Value = f64;
    const NULL: f64 = f64::NAN;
    const EXPECTED: &'static str = "number that a column of floats can hold exactly";
    const IS_DECIMAL: bool = true;

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<f64> {
        number::exact_float(bytes, start, end)
    }
}

#[derive(Default)]
pub(crate) struct Int {
    /// Whether NaN is null here, since no integer is NaN.
    pub(crate) nan_is_null: bool,
}

impl CellReader for Int {
    type Value = i64;
    const NULL: i64 = 0;
    const EXPECTED: &'static str = "64-bit integer";

    #[inline(always)]
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i64> {
        number::int(bytes, start, end)
    }

    fn is_null(&self, text: &[u8]) -> bool {
        self.nan_is_null && is_nan(text)
    }
}

#[derive(Default)]
pub(crate) struct Float32;

impl CellReader for Float32 {
    type Value = f32;
    const NULL: f32 = f32::NAN;
    const EXPECTED: &'static str = "number";
    const IS_DECIMAL: bool = true;

    // Not by way of a double: that would round twice.
    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<f32> {
        number::single(bytes.get(start..end)?)
    }
}

#[derive(Default)]
pub(crate) struct Int32;

impl CellReader for Int32 {
    type Value = i32;
    const NULL: i32 = 0;
    const EXPECTED: &'static str = "32-bit integer";

    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i32> {
        i32::try_from(number::int(bytes, start, end)?).ok()
    }
}

#[derive(Default)]
pub(crate) struct Int16;

impl CellReader for Int16 {
    type Value = i16;
    const NULL: i16 = 0;
    const EXPECTED: &'static str = "16-bit integer";

    fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<i16> {
        i16::try_from(number::int(bytes, start, end)?).ok()
    }
}
