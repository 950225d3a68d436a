//! How a recording gets its rows: a sketch first where the platform makes one, then every sample.

use arrow_array::RecordBatch;
use leptos::prelude::*;
use streamscope_client::{Progress, Result, TimeRange};
use streamscope_frame::times;

use super::breath::{Breath, now};
use super::data::Data;
use super::sketch::{ROWS, Sketch};
use super::store::{Recording, Status};

/// Rows that one recording may hold: at some 40 bytes a row, what fits a tab beside a few others.
const MOST_ROWS: usize = 40_000_000;

/// Rows taken in between two looks at the clock.
const ROWS_AT_ONCE: usize = 16_384;

/// What the track says of rows that step back in time: a stream that several times describe may be ordered by any.
const OUT_OF_ORDER: &str = "The rows of this stream do not come in order of their time, so they cannot be drawn on a \
                            time axis. What came before the first step back is drawn.";

/// Time between two redraws while rows arrive, ms.
const REDRAW: f64 = 100.0;

/// Of more samples than this, a window shows a sketch alone, where there is one.
const MOST_AT_SIGHT: u64 = 5_000_000;

impl Recording {
    /// Reads what is missing of what is wanted, also when that changes on the way.
    pub(super) async fn read_all(&self) -> std::result::Result<(), String> {
        let mut before = Progress::default();
        while let Some(wanted) = self.inner.wanted.get()
            && let Some(part) = self.first_missing(wanted)
        {
            if !self.inner.whole.get() && self.sketch(wanted).await? > MOST_AT_SIGHT {
                return Ok(());
            }
            if let Some((_, reading)) = self.inner.read.borrow_mut().as_mut() {
                *reading = part;
            }
            self.read_part(part, &mut before).await?;
        }
        Ok(())
    }

    /// Whether a sketch is all that a range gets.
    pub(super) fn is_sketched(&self, range: TimeRange) -> bool {
        let enough = |sketch: &Sketch| sketch.serves(range) && sketch.samples_in(range) > MOST_AT_SIGHT;
        !self.inner.whole.get() && self.with_sketch(enough)
    }

    /// Reads what a range looks like, where the platform reduces its rows. Returns how many samples lie in it, about; 0
    /// where nobody knows.
    async fn sketch(&self, range: TimeRange) -> std::result::Result<u64, String> {
        if !self.with_sketch(|sketch| sketch.serves(range)) {
            let read = self.inner.source.envelope(&self.inner.stream, range, ROWS);
            let Some(read) = read else { return Ok(0) };
            let mut read = read.map_err(in_words)?;
            let samples = self.inner.source.read(&self.inner.stream, range).map_err(in_words)?;
            self.change(|data| data.describe(samples.layout()));
            let mut made = Sketch::new(&self.inner.stream, range, 1);
            let mut begun = false;
            while let Some(frame) = read.next_frame().await.map_err(in_words)? {
                if !std::mem::replace(&mut begun, true) {
                    made = Sketch::new(&self.inner.stream, range, read.samples_a_row());
                    made.begin(read.layout(), range.start, read.declares_gaps());
                }
                if read.begins_interval() {
                    made.data().declare_gap(range.start);
                }
                made.data().push(range.start, frame).map_err(|_| OUT_OF_ORDER)?;
            }
            made.data().complete(range);
            *self.inner.sketch.borrow_mut() = made;
            self.changed();
        }
        Ok(self.with_sketch(|sketch| sketch.samples_in(range)))
    }

    /// Whether a read's first frame lies far from the rows held before it: of the time between two reads no server
    /// declares anything.
    fn is_far(&self, start: i64, frame: &RecordBatch) -> bool {
        let first = times(frame).and_then(|times| times.first().copied());
        first.is_some_and(|first| self.with(|data| data.breaks_before(start, first)))
    }

    async fn read_part(&self, part: TimeRange, before: &mut Progress) -> std::result::Result<(), String> {
        let mut read = self.inner.source.read(&self.inner.stream, part).map_err(in_words)?;
        let mut breath = Breath::started();
        let mut drawn_at = now();
        let mut skip = None;
        while let Some(frame) = next(read.as_mut()).await.map_err(in_words)? {
            let first = skip.is_none();
            let skipped = skip.get_or_insert_with(|| {
                self.inner.data.borrow_mut().begin(read.layout(), part.start, read.declares_gaps())
            });
            if read.declares_gaps() && (read.begins_interval() || first && self.is_far(part.start, &frame)) {
                self.inner.data.borrow_mut().declare_gap(part.start);
            }
            let mut row = (*skipped).min(frame.num_rows());
            *skipped -= row;
            while row < frame.num_rows() {
                let rows = ROWS_AT_ONCE.min(frame.num_rows() - row);
                let pushed = self.inner.data.borrow_mut().push(part.start, frame.slice(row, rows));
                pushed.map_err(|_| OUT_OF_ORDER)?;
                row += rows;
                breath.take().await;
            }
            if self.with(Data::rows) > MOST_ROWS {
                return Err(format!(
                    "This range holds more than {MOST_ROWS} rows, which is more than a browser tab can keep. What was \
                     read so far is drawn; choose a shorter range for the rest."
                ));
            }
            if now() - drawn_at >= REDRAW {
                drawn_at = now();
                self.inner
                    .status
                    .set(Status::Loading { progress: sum(*before, read.progress()), range: part });
                self.changed();
            }
            breath.take().await;
        }
        let mut data = self.inner.data.borrow_mut();
        if skip.is_none() {
            data.begin(read.layout(), part.start, read.declares_gaps());
        }
        data.complete(part);
        *before = sum(*before, read.progress());
        Ok(())
    }
}

fn in_words(error: streamscope_client::Error) -> String {
    error.to_string()
}

async fn next(read: &mut dyn streamscope_client::Read) -> Result<Option<RecordBatch>> {
    read.next_frame().await
}

fn sum(before: Progress, now: Progress) -> Progress {
    Progress {
        rows: before.rows + now.rows,
        bytes: before.bytes + now.bytes,
        pages: before.pages + now.pages,
        covered_to: now.covered_to.or(before.covered_to),
    }
}
