//! Resolutions of a column, built while its frames arrive, so that any zoom draws in time that depends on pixels.
//!
//! Contract. A null or NaN is missing: counted, and part of no other figure. ±∞ are values; where they leave no mean
//! (∞ − ∞) or no deviation, it is NaN or `None`. Figures are those of the raw samples: minimum, maximum, first, last
//! and counts exactly, means and deviations up to the rounding of their sums. The pyramid keeps buckets of 32 rows
//! and, above them, of 16 buckets each (about 1.1 bytes a row); the raw samples stay with their owner, who lends them
//! ([`Samples`]) for the edges of a range. Rows take their order from the [`TimeIndex`] that they share.

mod levels;

use std::ops::Range;

use crate::summary::defined;
use crate::{PixelRows, Samples, TimeIndex, Values};
use levels::{LEAF, Levels, Moments, Part};

/// What one pixel column of a chart shows: an exact reduction of the samples in its stretch of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PixelColumn {
    /// Smallest value; NaN when `count` is 0.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Mean of the values.
    pub mean: f64,
    /// First value in time.
    pub first: f64,
    /// Last value in time.
    pub last: f64,
    /// Time of the first sample, ns; 0 without samples.
    pub first_time: i64,
    /// Time of the last sample, ns; 0 without samples.
    pub last_time: i64,
    /// Samples with a value.
    pub count: u64,
    /// Samples whose value is null or NaN.
    pub missing: u64,
    /// A gap lies between the previous sample, which may lie before the range, and this column: draw no line there.
    pub gap_before: bool,
}

/// Figures over a range of rows; each is `None` where it is not defined (no values; for `std`, fewer than two).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RangeSummary {
    /// Samples with a value.
    pub count: u64,
    /// Samples whose value is null or NaN.
    pub missing: u64,
    /// Mean of the values.
    pub mean: Option<f64>,
    /// Smallest value.
    pub min: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
    /// Sample standard deviation (n − 1).
    pub std: Option<f64>,
}

/// The levels of one column.
#[derive(Debug, Clone, Default)]
pub struct Pyramid {
    levels: Levels,
}

impl Pyramid {
    /// No rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.levels.rows()
    }

    /// Takes the values of the next chunk: as many as the index took times for it.
    pub fn push(&mut self, values: Values<'_>) {
        self.levels.push(values);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.levels.bytes()
    }

    /// The pixel columns of rows that [`TimeIndex::pixels`] chose. Columns without samples have `count` and
    /// `missing` 0.
    pub fn columns(
        &self,
        index: &TimeIndex,
        samples: &dyn Samples,
        pixels: &[PixelRows],
    ) -> Vec<PixelColumn> {
        pixels.iter().map(|pixel| self.column(index, samples, pixel)).collect()
    }

    fn column(&self, index: &TimeIndex, samples: &dyn Samples, pixel: &PixelRows) -> PixelColumn {
        let rows = self.held(&pixel.rows);
        let mut extremes = Extremes { min: f64::INFINITY, max: f64::NEG_INFINITY, sum: 0.0, count: 0 };
        self.visit(index, samples, rows.clone(), |part| extremes.add(part));
        let nothing = extremes.count == 0;
        let or_nan = |value: f64| if nothing { f64::NAN } else { value };
        PixelColumn {
            min: or_nan(extremes.min),
            max: or_nan(extremes.max),
            mean: or_nan(extremes.sum / extremes.count as f64),
            first: if nothing { f64::NAN } else { self.first(index, samples, rows.clone()) },
            last: if nothing { f64::NAN } else { self.last(index, samples, rows.clone()) },
            first_time: pixel.first_time,
            last_time: pixel.last_time,
            count: extremes.count,
            missing: pixel.rows.len() as u64 - extremes.count,
            gap_before: pixel.gap_before,
        }
    }

    /// Figures over rows, as [`TimeIndex::rows_in`] numbers them.
    pub fn summary(&self, index: &TimeIndex, samples: &dyn Samples, rows: Range<usize>) -> RangeSummary {
        let rows = self.held(&rows);
        let mut moments = Moments::NONE;
        self.visit(index, samples, rows.clone(), |part| moments.add(part));
        let count = moments.count;
        let some = |value: f64| if count == 0 { None } else { defined(value) };
        RangeSummary {
            count,
            missing: rows.len() as u64 - count,
            mean: some(moments.mean()),
            min: some(moments.min),
            max: some(moments.max),
            std: if count > 1 { defined((moments.squares / (count - 1) as f64).sqrt()) } else { None },
        }
    }

    fn held(&self, rows: &Range<usize>) -> Range<usize> {
        let end = rows.end.min(self.rows());
        rows.start.min(end)..end
    }

    /// Hands out rows as raw values at the edges and buckets in between; in no particular order.
    fn visit(
        &self,
        index: &TimeIndex,
        samples: &dyn Samples,
        rows: Range<usize>,
        mut visit: impl FnMut(Part<'_>),
    ) {
        let inner = rows.start.div_ceil(LEAF)..rows.end / LEAF;
        if inner.is_empty() {
            return raw(index, samples, rows, |values| visit(Part::Raw(values)));
        }
        raw(index, samples, rows.start..inner.start * LEAF, |values| visit(Part::Raw(values)));
        raw(index, samples, inner.end * LEAF..rows.end, |values| visit(Part::Raw(values)));
        self.levels.visit(inner, visit);
    }

    /// First value that is not missing.
    fn first(&self, index: &TimeIndex, samples: &dyn Samples, rows: Range<usize>) -> f64 {
        let mut row = rows.start;
        while row < rows.end {
            let skipped = self.levels.missing_from(row, rows.end);
            if skipped == 0 {
                let end = ((row / LEAF + 1) * LEAF).min(rows.end);
                let mut found = f64::NAN;
                raw(index, samples, row..end, |values| {
                    if found.is_nan() {
                        found = values.iter().copied().find(|value| !value.is_nan()).unwrap_or(f64::NAN);
                    }
                });
                if !found.is_nan() {
                    return found;
                }
                row = end;
            }
            row += skipped;
        }
        f64::NAN
    }

    /// Last value that is not missing.
    fn last(&self, index: &TimeIndex, samples: &dyn Samples, rows: Range<usize>) -> f64 {
        let mut row = rows.end;
        while row > rows.start {
            let skipped = self.levels.missing_until(row, rows.start);
            if skipped == 0 {
                let start = ((row - 1) / LEAF * LEAF).max(rows.start);
                let mut found = f64::NAN;
                raw(index, samples, start..row, |values| {
                    found = values.iter().copied().rfind(|value| !value.is_nan()).unwrap_or(found);
                });
                if !found.is_nan() {
                    return found;
                }
                row = start;
            }
            row -= skipped;
        }
        f64::NAN
    }
}

/// Hands out raw values of rows, which may lie in several chunks.
fn raw(index: &TimeIndex, samples: &dyn Samples, rows: Range<usize>, mut visit: impl FnMut(&[f64])) {
    let mut row = rows.start;
    while let Some((chunk, place, end)) = index.chunk_of(row).filter(|_| row < rows.end) {
        let end = end.min(rows.end);
        samples.values(chunk).pieces(place..place + (end - row), &mut visit);
        row = end;
    }
}

/// Extremes and sum of what a pixel column holds.
struct Extremes {
    min: f64,
    max: f64,
    sum: f64,
    count: u64,
}

impl Extremes {
    fn add(&mut self, part: Part<'_>) {
        match part {
            Part::Bucket(bucket, count) => {
                self.min = if bucket.min < self.min { bucket.min } else { self.min };
                self.max = if bucket.max > self.max { bucket.max } else { self.max };
                self.sum += bucket.sum;
                self.count += count;
            }
            Part::Raw(values) => {
                for &value in values.iter().filter(|value| !value.is_nan()) {
                    self.min = if value < self.min { value } else { self.min };
                    self.max = if value > self.max { value } else { self.max };
                    self.sum += value;
                    self.count += 1;
                }
            }
        }
    }
}
