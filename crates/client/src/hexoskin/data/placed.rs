//! Samples of binary files, each at its time.
//!
//! A WAV has no times. Its first sample is the first one of the window asked for, or of the whole record where the server
//! did not look at the window: its length tells which. One whose length fits neither is refused.

use streamscope_frame::{TimedValues, WavHeader};

use super::binary::{BinaryFile, BinaryRead, Counts};
use super::samples::Channel;
use crate::{Error, Result};

/// A binary answer being read.
pub(super) struct Placed {
    pub(super) read: BinaryRead,
    /// Name of the one file with samples.
    pub(super) file: Option<String>,
    /// Tick of the next sample, and ticks to the one after.
    pub(super) at: Option<(i64, i64)>,
    /// Samples that wait to be handed out.
    pub(super) waiting: Vec<(i64, f64)>,
}

impl Placed {
    pub(super) fn new(read: BinaryRead) -> Self {
        Self { read, file: None, at: None, waiting: Vec::new() }
    }

    /// Takes the samples of a window (ticks) that came.
    pub(super) fn take(
        &mut self,
        file: BinaryFile,
        channel: &Channel,
        window: (i64, i64),
        raw: bool,
    ) -> Result<()> {
        let BinaryFile { name, counts } = file;
        let known = self.file.get_or_insert_with(|| name.clone());
        if *known != name {
            let words = format!("Of one datatype the server sent several files: {known} and {name}.");
            return Err(Error::protocol(words));
        }
        match counts {
            Counts::Regular { header, counts } => {
                let (mut tick, step) = match self.at {
                    Some(at) => at,
                    None => origin(header, channel, window)?,
                };
                for count in counts {
                    if (window.0..window.1).contains(&tick) {
                        self.waiting.push((tick, channel.datatype.of_count(count.into(), raw)));
                    }
                    tick += step;
                }
                self.at = Some((tick, step));
            }
            Counts::Timed(TimedValues { ticks, values }) => {
                let rows = ticks.into_iter().zip(values).filter_map(|(offset, value)| {
                    let tick = channel.span.start.checked_add(offset)?;
                    Some((tick, channel.datatype.of_count(value as f64, raw)))
                });
                self.waiting.extend(rows.filter(|(tick, _)| (window.0..window.1).contains(tick)));
            }
        }
        Ok(())
    }
}

/// Tick of a WAV's first sample, and ticks between samples.
fn origin(header: WavHeader, channel: &Channel, (from, to): (i64, i64)) -> Result<(i64, i64)> {
    let WavHeader { rate, samples } = header;
    let per_second = channel.span.ticks.per_second();
    let absurd =
        || Error::protocol(format!("The WAV of {} has an absurd rate of {rate}.", channel.datatype.name));
    let fast = (channel.datatype.freq.is_none_or(|freq| freq > 1.0)).then(|| {
        per_second.checked_rem(rate.into()).filter(|rest| *rest == 0).map(|_| per_second / i64::from(rate))
    });
    // For slow signals the field is seconds per sample, and the first one stands at the end of its time.
    let (step, slow) = match fast {
        Some(step) => (step.ok_or_else(absurd)?, false),
        None => (per_second * i64::from(rate), true),
    };
    if step <= 0 || channel.step().is_some_and(|known| known != step) {
        return Err(absurd());
    }
    let start = channel.span.start + if slow { step } else { 0 };
    let whole = channel.span.end.map(|end| (end - channel.span.start) / step);
    let fits = |count: i64| (samples as i64 - count).abs() <= 1;
    // The first sample at or after the window's start, on the record's own grid.
    let first = start + (from - start).max(0).div_euclid(step) * step;
    let first = if first < from { first + step } else { first };
    if samples as i64 <= (to - first) / step + 1 {
        return Ok((first, step));
    }
    if whole.is_some_and(fits) {
        return Ok((start, step));
    }
    let words = format!(
        "The WAV of {} holds {samples} samples: more than the window has, and not those of the whole record.",
        channel.datatype.name
    );
    Err(Error::protocol(words))
}
