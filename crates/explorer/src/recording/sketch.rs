//! What a long range looks like before, or instead of, its every sample: the platform's own reduced rows.

use streamscope_client::{Dimension, StreamInfo, TimeRange};
use streamscope_frame::Layout;
use streamscope_signal::PixelColumn;

use super::data::Data;
use super::figures::Figures;
use super::ranges::RangeSet;

/// Rows asked for: a few for each pixel of a wide screen.
pub(super) const ROWS: u32 = 4_000;

/// Fewer rows than this over a window look coarse.
const COARSE: usize = 1_200;

/// Reduced rows of one range: a mean, minimum and maximum a dimension.
#[derive(Debug, Clone, Default)]
pub struct Sketch {
    range: Option<TimeRange>,
    data: Data,
    samples_a_row: u64,
    /// Whether all of the range is there.
    is_whole: bool,
}

impl Sketch {
    pub(super) fn new(stream: &StreamInfo, range: TimeRange, samples_a_row: u64) -> Self {
        let parts = |dimension: &Dimension| {
            ["mean", "min", "max"]
                .map(|part| Dimension { id: format!("{}_{part}", dimension.id), ..dimension.clone() })
        };
        let dimensions: Vec<_> = stream.dimensions.iter().flat_map(parts).collect();
        Self { range: Some(range), data: Data::of(&dimensions), samples_a_row, is_whole: false }
    }

    /// Where its rows go.
    pub(super) fn data(&mut self) -> &mut Data {
        &mut self.data
    }

    /// Samples that a row stands for, about.
    pub fn samples_a_row(&self) -> u64 {
        self.samples_a_row
    }

    /// Whether it shows a range, and finely enough.
    pub fn serves(&self, range: TimeRange) -> bool {
        let covers = self.range.is_some_and(|own| own.start <= range.start && range.end <= own.end);
        covers && self.is_whole && (self.samples_a_row <= 1 || self.data.rows_in(range) >= COARSE)
    }

    /// Notes that all of the range is there.
    pub(super) fn complete(&mut self) {
        self.data.complete(self.range.unwrap_or(TimeRange { start: 0, end: 0 }));
        self.is_whole = true;
    }

    /// Whether it still grows.
    pub fn is_growing(&self) -> bool {
        self.range.is_some() && !self.is_whole
    }

    /// Whether it shows some of a range.
    pub(super) fn touches(&self, range: TimeRange) -> bool {
        self.range.is_some_and(|own| own.intersection(range).is_some())
    }

    /// Samples in a range, about.
    pub(super) fn samples_in(&self, range: TimeRange) -> u64 {
        self.data.rows_in(range) as u64 * self.samples_a_row.max(1)
    }

    /// A dimension over a range in pixel columns, as many as asked for or fewer; empty ones where there are no rows and
    /// where every sample is `fetched`.
    pub fn columns(
        &self,
        dimension: &str,
        range: TimeRange,
        pixels: usize,
        fetched: &RangeSet,
    ) -> Vec<PixelColumn> {
        let pixels = pixels.min(self.data.rows_in(range)).max(1);
        let part = |part: &str| {
            let column = self.data.column(&format!("{dimension}_{part}"));
            column.map(|column| self.data.columns(column, range, pixels)).unwrap_or_default()
        };
        let (means, minima, maxima) = (part("mean"), part("min"), part("max"));
        let span = i128::from(range.end - range.start);
        let edge = |pixel: usize| range.start + (span * pixel as i128 / pixels as i128) as i64;
        let joined = means.into_iter().zip(minima).zip(maxima).enumerate();
        joined
            .map(|(pixel, ((mean, low), high))| {
                let own = TimeRange { start: edge(pixel), end: edge(pixel + 1) };
                let count = if fetched.covers(own) { 0 } else { mean.count * self.samples_a_row.max(1) };
                PixelColumn {
                    min: low.min.min(high.min),
                    max: low.max.max(high.max),
                    count,
                    missing: 0,
                    ..mean
                }
            })
            .collect()
    }

    /// Figures of a dimension over a range; `None` without rows in it.
    pub fn figures(&self, dimension: &str, range: TimeRange) -> Option<Figures> {
        let part = |part: &str| self.data.figures(self.data.column(&format!("{dimension}_{part}"))?, range);
        let (mean, low, high) = (part("mean")?, part("min")?, part("max")?);
        let count = mean.count * self.samples_a_row.max(1);
        Some(Figures { count, min: low.min.min(high.min), max: low.max.max(high.max), ..mean })
            .filter(|of| of.count > 0)
    }

    /// The columns of its rows.
    pub(super) fn begin(&mut self, layout: &Layout, start: i64, declared_gaps: bool) {
        self.data.begin(layout, start, declared_gaps);
    }
}
