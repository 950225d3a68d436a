//! How a recording gets its rows: a sketch first where the platform makes one, then every sample.

use leptos::prelude::*;
use streamscope_client::{Ask, Progress, Reduction, TimeRange};
use streamscope_frame::{Batch, times};

use super::breath::{Breath, now};
use super::sketch::{ROWS, Sketch};
use super::store::{Recording, Status};
use crate::charts::format::grouped;

/// Rows taken in between two looks at the clock.
const ROWS_AT_ONCE: usize = 16_384;

/// What the track says of rows that step back in time: a stream that several times describe may be ordered by any.
const OUT_OF_ORDER: &str = "The rows of this stream do not come in order of their time, so they cannot be drawn on a \
                            time axis. What came before the first step back is drawn.";

/// Time between two redraws while rows arrive, ms.
const REDRAW: f64 = 100.0;

/// The same while a sketch grows, which is copied each time.
const REDRAW_SKETCH: f64 = 250.0;

/// Of more samples than this, a window shows a sketch alone, where there is one.
const MOST_AT_SIGHT: u64 = 5_000_000;

/// One read.
#[derive(Debug, Clone, Copy)]
struct Part {
    range: TimeRange,
    /// Rows after which it ends, whether or not the range is covered.
    most_rows: usize,
}

impl Recording {
    /// Reads what is missing of what is wanted, also when that changes on the way.
    pub(super) async fn read_all(&self) -> std::result::Result<(), String> {
        let mut before = Progress::default();
        while let Some(part) = self.next_part().await? {
            if let Some((_, reading)) = self.inner.read.borrow_mut().as_mut() {
                *reading = part.range;
            }
            self.read_part(part, &mut before).await?;
        }
        Ok(())
    }

    /// What to read next: of the window first, then of what lies beside it, then of what is demanded. `None` when
    /// all of that is there.
    async fn next_part(&self) -> std::result::Result<Option<Part>, String> {
        let whole = |range| Part { range, most_rows: usize::MAX };
        if let Some(wanted) = self.wanted() {
            match self.first_missing(wanted) {
                Some(missing) if self.sketch(wanted).await? <= MOST_AT_SIGHT => {
                    return Ok(Some(whole(missing)));
                }
                Some(_) => {}
                None => {
                    if let Some(range) = self.take_beside(wanted) {
                        return Ok(Some(Part { range, most_rows: super::context::MOST_ROWS }));
                    }
                }
            }
        }
        Ok(self.first_demanded().map(whole))
    }

    /// Whether a sketch is all that a range gets.
    pub fn is_sketched(&self, range: TimeRange) -> bool {
        let enough = |sketch: &Sketch| sketch.serves(range) && sketch.samples_in(range) > MOST_AT_SIGHT;
        self.with_sketch(enough)
    }

    /// Reads what a range looks like, where the platform reduces its rows. Returns how many samples lie in it, about; 0
    /// where nobody knows.
    async fn sketch(&self, range: TimeRange) -> std::result::Result<u64, String> {
        if !self.with_sketch(|sketch| sketch.serves(range)) {
            let read = self.inner.source.envelope(&Ask { most_rows: Some(ROWS), ..self.ask(range) });
            let Some(read) = read else { return Ok(0) };
            let mut read = read.map_err(in_words)?;
            let samples = self.inner.source.read(&self.ask(range)).map_err(in_words)?;
            self.change(|data| data.describe(samples.layout()));
            let mut made = Sketch::new(&self.inner.stream, range, 1);
            let (mut begun, mut breath) = (false, Breath::started());
            // A sketch that is there is drawn until the new one is whole.
            let grows = !self.with_sketch(|sketch| sketch.touches(range));
            let mut drawn_at = f64::NEG_INFINITY;
            while let Some(batch) = read.next_batch().await.map_err(in_words)? {
                if !std::mem::replace(&mut begun, true) {
                    made = Sketch::new(&self.inner.stream, range, read.reduction().samples_a_row());
                    made.begin(read.layout(), range.start, read.declares_gaps());
                }
                if batch.begins_interval {
                    made.data().declare_gap(range.start);
                }
                made.data().push(range.start, batch.rows).map_err(|_| OUT_OF_ORDER)?;
                if now() - drawn_at >= REDRAW_SKETCH {
                    drawn_at = now();
                    self.inner.status.set(Status::Loading { progress: read.progress(), range });
                    if grows {
                        *self.inner.sketch.borrow_mut() = made.clone();
                        self.changed();
                    }
                }
                breath.take().await;
            }
            made.complete();
            *self.inner.sketch.borrow_mut() = made;
            self.changed();
        }
        Ok(self.with_sketch(|sketch| sketch.samples_in(range)))
    }

    /// The question for all of the stream's rows in a range.
    fn ask(&self, range: TimeRange) -> Ask<'_> {
        Ask::of(&self.inner.stream, range)
    }

    /// Whether a read's first rows lie far from the rows held before it: of the time between two reads no server
    /// declares anything.
    fn is_far(&self, start: i64, batch: &Batch) -> bool {
        let first = times(&batch.rows).and_then(|times| times.first().copied());
        first.is_some_and(|first| self.with(|data| data.breaks_before(start, first)))
    }

    async fn read_part(&self, part: Part, before: &mut Progress) -> std::result::Result<(), String> {
        let Part { range: part, most_rows } = part;
        let mut read = self.inner.source.read(&self.ask(part)).map_err(in_words)?;
        let mut breath = Breath::started();
        // The first rows are drawn at once.
        let mut drawn_at = f64::NEG_INFINITY;
        let mut skip = None;
        while let Some(batch) = read.next_batch().await.map_err(in_words)? {
            let first = skip.is_none();
            let skipped = skip.get_or_insert_with(|| {
                self.inner.data.borrow_mut().begin(read.layout(), part.start, read.declares_gaps())
            });
            if read.declares_gaps() && (batch.begins_interval || first && self.is_far(part.start, &batch)) {
                self.inner.data.borrow_mut().declare_gap(part.start);
            }
            if let Reduction::Thinned { one_in } = read.reduction() {
                self.change(|data| data.note_thinned(one_in));
            }
            let frame = batch.rows;
            let mut row = (*skipped).min(frame.num_rows());
            *skipped -= row;
            while row < frame.num_rows() {
                let rows = ROWS_AT_ONCE.min(frame.num_rows() - row);
                let pushed = self.inner.data.borrow_mut().push(part.start, frame.slice(row, rows));
                pushed.map_err(|_| OUT_OF_ORDER)?;
                row += rows;
                breath.take().await;
            }
            if !self.inner.room.make() {
                return if self.shrink() { Ok(()) } else { Err(too_much(self.inner.room.most())) };
            }
            if read.progress().rows as usize >= most_rows {
                return Ok(());
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

/// What the track says when there is no room for what it should show.
fn too_much(most_rows: usize) -> String {
    format!(
        "The tracks on screen hold more than {} rows, which is more than a browser tab can keep. What was read so far \
         is drawn; choose a shorter range, or fewer streams, for the rest.",
        grouped(most_rows as u64)
    )
}

fn in_words(error: streamscope_client::Error) -> String {
    error.to_string()
}

fn sum(before: Progress, now: Progress) -> Progress {
    Progress {
        rows: before.rows + now.rows,
        bytes: before.bytes + now.bytes,
        pages: before.pages + now.pages,
        covered_to: now.covered_to.or(before.covered_to),
    }
}
