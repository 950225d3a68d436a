//! Spectra of the rows held, of the samples and of what a filter lets through of them, while the page stays free.

use arrow_array::RecordBatch;
use streamscope_client::{Display, TimeRange};
use streamscope_frame::{floats, times};
use streamscope_signal::{Sampling, Spectrogram, Spectrum, Welch};

use super::breath::Breath;
use super::data::Data;
use super::filtered::Filtered;
use super::shown::Shown;
use super::store::Recording;

/// Samples of the shortest and of the longest window that is chosen by itself.
const SHORTEST: usize = 64;
const LONGEST: usize = 4096;

/// So many windows, half of each shared, make a smooth curve: a window is as long as that allows.
const WINDOWS: usize = 8;

/// As many make a picture over time.
const WINDOWS_OVER_TIME: usize = 96;

/// Stretches of time in a spectrum over time, at most: one for every few pixels.
const STRETCHES: usize = 400;

/// How a spectrum is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Samples of a window, a power of two; `None`: what the range allows.
    pub length: Option<usize>,
    /// Percent of a window that belong to the one before too.
    pub overlap: usize,
    /// Whether the spectrum is wanted over time, too.
    pub over_time: bool,
}

/// Spectra of a stream's numbers over one range.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectra {
    /// The range.
    pub range: TimeRange,
    /// Samples a second.
    pub rate_hz: f64,
    /// Samples of a window.
    pub length: usize,
    /// Samples that two windows share.
    pub overlap: usize,
    /// One for each dimension that is drawn as a line.
    pub curves: Vec<Curve>,
}

/// The spectrum of a dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Number of its column.
    pub column: usize,
    /// Its place among the track's dimensions.
    pub place: usize,
    /// Of the samples, as they are shown.
    pub samples: Spectrum,
    /// Of what the track draws, where that is filtered.
    pub filtered: Option<Spectrum>,
    /// Of what the track draws, over time, where that was wanted.
    pub over_time: Option<Spectrogram>,
}

/// Rows of a range, and whether a gap is declared before each part.
type Pieces = Vec<(RecordBatch, bool)>;

impl Recording {
    /// The spectra over a range, or why there are none; `None` when `goes_on` says that nobody waits for them any more.
    pub async fn spectra(
        &self,
        range: TimeRange,
        windows: Windows,
        goes_on: impl Fn() -> bool,
    ) -> Option<Result<Spectra, String>> {
        let Some((shown, held)) = self.with(|data| Some((data.shown()?.clone(), data.pieces(range)))) else {
            return Some(Err("no spectrum: nothing has arrived yet".into()));
        };
        let filtered =
            self.with_filtered(|filtered| filtered.and_then(Filtered::data).map(|data| data.pieces(range)));
        let stretches = held.iter().map(|(frame, _)| times(frame).unwrap_or_default());
        let sampling = match Sampling::of(stretches) {
            Ok(sampling) => sampling,
            Err(error) => return Some(Err(format!("no spectrum: {error}"))),
        };
        let rows = held.iter().map(|(frame, _)| frame.num_rows()).sum();
        let wanted = if windows.over_time { WINDOWS_OVER_TIME } else { WINDOWS };
        let mut length = windows.length.unwrap_or_else(|| fitting(rows, wanted));
        loop {
            let overlap = length * windows.overlap.min(99) / 100;
            // A little fewer than windows, so that each has one.
            let stretches = (rows / (length - overlap).max(1) * 9 / 10).clamp(1, STRETCHES);
            let over_time = windows.over_time.then_some((range, stretches));
            let plan = Plan { sampling, length, overlap, over_time };
            let samples = match made(&held, &shown, plan, Of::Samples, &goes_on).await? {
                Ok(samples) => samples,
                Err(error) => return Some(Err(error)),
            };
            if samples.iter().all(|(spectrum, _)| spectrum.windows == 0) {
                // Many gaps leave short runs only: shorter windows may fit between them.
                if windows.length.is_none() && length > SHORTEST {
                    length = (length / 4).max(SHORTEST);
                    continue;
                }
                return Some(Err(format!("no spectrum: no {length} samples without a gap are in view")));
            }
            let mut through = Vec::new().into_iter();
            if let Some(pieces) = &filtered {
                match made(pieces, &shown, plan, Of::Filtered, &goes_on).await? {
                    Ok(made) => through = made.into_iter(),
                    Err(error) => return Some(Err(error)),
                }
            }
            let curves = shown.placed_numbers().zip(samples);
            let curves = curves.map(|((place, column), (samples, of_samples))| {
                let (filtered, of_filtered) = through.next().unzip();
                let over_time = windows.over_time.then(|| of_filtered.unwrap_or(of_samples));
                Curve { column, place, samples, filtered, over_time }
            });
            let curves = curves.collect();
            return Some(Ok(Spectra { range, rate_hz: sampling.rate_hz(), length, overlap, curves }));
        }
    }
}

/// The longest window of which so many fit into so many rows, half of each shared.
fn fitting(rows: usize, windows: usize) -> usize {
    let most = (2 * rows / (windows + 1)).max(1);
    let power = 1_usize << (usize::BITS - 1 - most.leading_zeros());
    power.clamp(SHORTEST, LONGEST)
}

/// Whether values are yet to be made what is shown.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Samples,
    Filtered,
}

/// How spectra are made, all settled.
#[derive(Clone, Copy)]
struct Plan {
    sampling: Sampling,
    length: usize,
    overlap: usize,
    /// The range over which they are wanted in so many stretches, too.
    over_time: Option<(TimeRange, usize)>,
}

/// A spectrum for each number, and how it changes over time.
async fn made(
    pieces: &Pieces,
    shown: &Shown,
    plan: Plan,
    of: Of,
    goes_on: &impl Fn() -> bool,
) -> Option<Result<Vec<(Spectrum, Spectrogram)>, String>> {
    let welch = match Welch::new(plan.sampling, plan.length, plan.overlap) {
        Ok(welch) => match plan.over_time {
            Some((range, stretches)) => welch.over_time((range.start, range.end), stretches),
            None => welch,
        },
        Err(error) => return Some(Err(format!("no spectrum: {error}"))),
    };
    let mut made: Vec<_> = shown
        .numbers()
        .map(|column| {
            let display = if of == Of::Samples { shown.display(column) } else { Display::default() };
            (column, display, welch.clone())
        })
        .collect();
    let mut breath = Breath::started();
    for (frame, declared) in pieces {
        let times = times(frame).unwrap_or_default();
        for (column, display, welch) in &mut made {
            if *declared {
                welch.declare_gap();
            }
            let Some(values) = frame.columns().get(*column).and_then(|values| floats(values)) else {
                continue;
            };
            let values: Vec<f64> = values.iter().map(|value| display.shown(*value)).collect();
            welch.push(times, &values);
            breath.take().await;
            if !goes_on() {
                return None;
            }
        }
    }
    Some(Ok(made.into_iter().map(|(_, _, welch)| (welch.spectrum(), welch.spectrogram())).collect()))
}

impl Data {
    /// The frames of a range, cut to it, and whether a gap is declared before each.
    pub(super) fn pieces(&self, range: TimeRange) -> Pieces {
        let (mut row, end) = (self.position(range.start), self.position(range.end));
        let mut pieces = Pieces::new();
        while row < end {
            let Some((frame, declared)) = self.frame_from(row) else { break };
            let rows = frame.num_rows().min(end - row);
            pieces.push((frame.slice(0, rows), declared));
            row += rows;
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_as_long_as_several_of_them_fit() {
        assert_eq!(fitting(0, WINDOWS), 64);
        assert_eq!(fitting(1_000, WINDOWS), 128);
        assert_eq!(fitting(6_000, WINDOWS), 1024);
        assert_eq!(fitting(10_000_000, WINDOWS), 4096);
        assert_eq!(fitting(6_000, WINDOWS_OVER_TIME), 64);
    }
}
