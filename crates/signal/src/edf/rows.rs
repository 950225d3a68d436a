//! Writing the data records.

use arrow_array::RecordBatch;
use streamscope_frame::{EdfValues, EdfWriter, WriteError, floats, times};

use super::layout::EdfLayout;
use super::refuse;
use super::survey::EdfSurvey;

/// Samples written in a piece, about.
const SAMPLES_AT_ONCE: usize = 16_384;

/// Streams as the bytes of a file: the header, then data record by data record.
#[derive(Debug)]
pub struct EdfRows {
    layout: EdfLayout,
    writer: EdfWriter,
    cursors: Vec<Cursor>,
    /// The stretch under way, its data record that comes next, and samples of it that were written, by stream.
    stretch: usize,
    record: u64,
    written: Vec<u64>,
    moved: i64,
}

impl EdfRows {
    /// The writer of a file, and its header.
    pub fn new(layout: EdfLayout) -> Result<(Self, Vec<u8>), WriteError> {
        let writer = EdfWriter::new(layout.plan.clone())?;
        let header = writer.header()?;
        let cursors = layout.surveys.iter().map(|_| Cursor::default()).collect();
        let written = vec![0; layout.surveys.len()];
        Ok((Self { layout, writer, cursors, stretch: 0, record: 0, written, moved: 0 }, header))
    }

    /// How far the time that was moved the most was moved, so far, ns.
    pub fn moved_ns(&self) -> i64 {
        self.moved
    }

    /// Appends some data records; whether there are more.
    pub fn step(&mut self, out: &mut Vec<u8>) -> Result<bool, WriteError> {
        let mut samples = 0;
        while samples < SAMPLES_AT_ONCE {
            let Some((start, records)) = self.layout.grid.stretches.get(self.stretch).copied() else {
                return Ok(false);
            };
            if self.record == records {
                (self.stretch, self.record) = (self.stretch + 1, 0);
                self.written.fill(0);
                continue;
            }
            let begins = start + self.layout.grid.record_ns * self.record as i64;
            let mut values: Vec<Vec<f64>> = Vec::new();
            for stream in 0..self.cursors.len() {
                values.extend(self.take(stream, begins)?);
            }
            samples += values.iter().map(Vec::len).sum::<usize>();
            let physical: Vec<_> = values.iter().map(|values| EdfValues::Physical(values)).collect();
            self.writer.record(begins, &physical, out)?;
            self.record += 1;
        }
        Ok(self.stretch < self.layout.grid.stretches.len())
    }

    /// The samples of a stream in a data record that begins at a time, signal by signal.
    fn take(&mut self, stream: usize, begins: i64) -> Result<Vec<Vec<f64>>, WriteError> {
        let (Some(survey), Some(count), Some(cursor), Some(written)) = (
            self.layout.surveys.get(stream),
            self.layout.grid.samples.get(stream),
            self.cursors.get_mut(stream),
            self.written.get_mut(stream),
        ) else {
            return Ok(Vec::new());
        };
        let held = survey.runs.get(self.stretch).map_or(0, |run| run.rows);
        let there = held.saturating_sub(*written).min((*count).into()) as usize;
        *written += there as u64;
        let (times, mut values) = cursor.take(survey, there);
        let share = self.layout.grid.record_ns as f64 / f64::from(*count);
        for (sample, time) in times.iter().enumerate() {
            let moved =
                (begins + (share * sample as f64).round() as i64).saturating_sub(*time).saturating_abs();
            self.moved = self.moved.max(moved);
            if moved as f64 > share / 2.0 {
                let title = &survey.stream.title;
                return refuse(format!(
                    "EDF+ cannot hold {title}: its samples do not keep an even rate. Save it as CSV or Arrow"
                ));
            }
        }
        for values in &mut values {
            let last = values.last().copied().unwrap_or_default();
            values.resize(*count as usize, last);
        }
        Ok(values)
    }

    /// Ends the file; what was written comes back.
    pub fn finish(self) -> Result<EdfLayout, WriteError> {
        self.writer.finish()?;
        Ok(self.layout)
    }
}

/// A place in a stream's rows.
#[derive(Debug, Default)]
struct Cursor {
    frame: usize,
    row: usize,
}

impl Cursor {
    /// The next rows that hold values: their times, and the values column by column.
    fn take(&mut self, survey: &EdfSurvey, rows: usize) -> (Vec<i64>, Vec<Vec<f64>>) {
        let mut found = (Vec::with_capacity(rows), vec![Vec::with_capacity(rows); survey.columns.len()]);
        while found.0.len() < rows
            && let Some(frame) = survey.stream.frames.get(self.frame)
        {
            if self.row >= frame.num_rows() {
                (self.frame, self.row) = (self.frame + 1, 0);
                continue;
            }
            // More than is needed only where rows hold nothing.
            let length = (rows - found.0.len()).min(frame.num_rows() - self.row);
            self.copy(&frame.slice(self.row, length), survey, &mut found);
            self.row += length;
        }
        found
    }

    fn copy(&self, piece: &RecordBatch, survey: &EdfSurvey, (all, found): &mut (Vec<i64>, Vec<Vec<f64>>)) {
        let times = times(piece).unwrap_or_default();
        let columns: Vec<_> =
            survey.columns.iter().filter_map(|column| floats(piece.columns().get(*column)?)).collect();
        for (row, time) in times.iter().enumerate() {
            if columns.iter().all(|values| values.get(row).is_none_or(|value| value.is_nan())) {
                continue;
            }
            all.push(*time);
            for (values, found) in columns.iter().zip(found.iter_mut()) {
                found.extend(values.get(row));
            }
        }
    }
}
