//! Pure functions over samples: availability, daily aggregate, aggregate window, summaries, gaps, pyramids, display
//! filters, spectra, stretches laid over one another, and streams laid into the data records of EDF+.
//!
//! Numeric contract, for every function here: a null and a NaN are "no value" and take part in no figure, yet
//! their rows count as data present (availability, durations). Infinities are values: they reach min and max.
//! Times are `i64` nanoseconds UTC; ranges are half-open `[start, end)`.

mod aligned;
mod availability;
mod civil;
mod daily;
mod edf;
mod filter;
mod index;
mod interval;
mod pyramid;
mod samples;
mod sampling;
mod spectrum;
mod steps;
mod stretch;
mod summary;
mod window;
mod windows;
mod zone;

pub use aligned::{Aligned, Level};
pub use availability::{Availability, AvailabilityAccumulator, BatchOperation, DayCompleteness};
pub use civil::Civil;
pub use daily::{DailyAccumulator, DailyAggregate, DailySummary, Days};
pub use edf::{EdfHead, EdfLayout, EdfRows, EdfScale, EdfStream, EdfSurvey};
pub use filter::{Band, Chain, DisplayFilter, FilterError, Filtering, NOTCH_QUALITY, Order};
pub use index::{OutOfOrder, PixelRows, TimeIndex};
pub use interval::{Interval, gaps, intervals};
pub use pyramid::{PixelColumn, Pyramid, RangeSummary};
pub use samples::{Samples, Slices, Times, Values};
pub use sampling::{RateError, Sampling};
pub use spectrum::{Spectrogram, Spectrum, SpectrumError, Welch};
pub use steps::StepRule;
pub use summary::Summary;
pub use window::{AggregateFunction, WindowAccumulator, WindowAggregate};
pub use windows::Windows;
pub use zone::{LocalDay, TimeZone};

/// Nanoseconds in a second.
pub const SECOND: i64 = 1_000_000_000;
/// Nanoseconds in 24 hours. A local day may have 23 or 25: see [`TimeZone`].
pub const DAY: i64 = 86_400 * SECOND;
