//! The rows of one stream: at every resolution, with the borders of its intervals.
//!
//! A border is a time at which one interval ends and another may begin: 1 µs after the last row of the first.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::catalogue::Stream;
use super::decimator::FACTOR;
use super::layout::Layout;
use super::live::Live;
use super::parameters::Window;
use super::table::{Table, key};
use crate::{Store, StoreError, Writer};

/// What is known of a stream's rows besides the rows. A stream that was never written has none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Outline {
    /// Borders between intervals, µs, sorted.
    pub(crate) borders: Vec<i64>,
    /// How many decimated resolutions there are: 4, 16, …; the coarsest may have no rows.
    pub(crate) levels: u32,
}

/// The store's key of a stream's outline.
fn outline_key(stream: i64) -> String {
    format!("joule/{stream}")
}

impl Outline {
    pub(super) fn load(store: &Arc<dyn Store>, stream: i64) -> Result<Option<Self>, StoreError> {
        let Some(bytes) = store.document(&outline_key(stream))? else { return Ok(None) };
        let damaged = |error| StoreError::Damaged(format!("the outline of Joule stream {stream}: {error}"));
        Ok(Some(serde_json::from_slice(&bytes).map_err(damaged)?))
    }

    pub(crate) fn write(&self, writer: &mut dyn Writer, stream: i64) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(self).map_err(|error| StoreError::Damaged(error.to_string()))?;
        writer.document(&outline_key(stream), bytes)
    }

    /// Removes all that is stored of a stream.
    pub(super) fn destroy(&self, writer: &mut dyn Writer, stream: i64) -> Result<(), StoreError> {
        writer.forget(&outline_key(stream))?;
        (0..=self.levels).try_for_each(|level| writer.truncate(&key(stream, FACTOR.pow(level)), 0))
    }

    /// Adds a border after the last row (at `last`) before an end of data, unless there is one.
    pub(crate) fn close(&mut self, last: i64, at: i64) {
        let before = self.borders.partition_point(|&border| border <= at);
        let previous = before.checked_sub(1).and_then(|index| self.borders.get(index));
        if previous.is_none_or(|&border| last > border) {
            let border = last.saturating_add(1);
            let index = self.borders.partition_point(|&known| known < border);
            self.borders.insert(index, border);
        }
    }

    fn borders_in(&self, window: Window) -> impl Iterator<Item = i64> {
        self.borders.iter().copied().filter(move |&border| window.contains(border))
    }
}

/// A stream's rows, to read.
pub(super) struct Recording {
    store: Arc<dyn Store>,
    stream: i64,
    pub(super) layout: Layout,
    rows: Rows,
}

enum Rows {
    /// Never written.
    None,
    Stored(Outline),
    Live(Live),
}

/// Where rows are read from: one resolution of a recording.
pub(super) enum Level {
    Stored(Table),
    Live(Live),
}

impl Level {
    /// The first rows in a window, `most` at most.
    pub(super) fn read(&self, window: Window, most: usize) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Stored(table) => table.read(window, most),
            Self::Live(live) => Ok(live.read(window, most)),
        }
    }
}

impl Recording {
    /// Looks a stream's rows up as they are at a time, µs.
    pub(super) fn open(store: &Arc<dyn Store>, stream: &Stream, now: i64) -> Result<Self, StoreError> {
        let rows = match Outline::load(store, stream.id)? {
            _ if stream.live => Rows::Live(Live::at(now)),
            Some(outline) => Rows::Stored(outline),
            None => Rows::None,
        };
        Ok(Self { store: store.clone(), stream: stream.id, layout: stream.layout(), rows })
    }

    /// Whether anything was ever written.
    pub(super) fn was_written(&self) -> bool {
        !matches!(self.rows, Rows::None)
    }

    /// The rows of a level; `None` when there is no such level.
    pub(super) fn level(&self, level: u64) -> Result<Option<Level>, StoreError> {
        let layout = if level > 1 { self.layout.decimated() } else { self.layout };
        match &self.rows {
            Rows::Stored(outline) if (0..=outline.levels).any(|power| FACTOR.pow(power) == level) => {
                Ok(Some(Level::Stored(Table::open(&self.store, key(self.stream, level), layout.width())?)))
            }
            Rows::Live(live) if level == 1 => Ok(Some(Level::Live(live.clone()))),
            _ => Ok(None),
        }
    }

    /// Borders between intervals in a window.
    pub(super) fn borders(&self, window: Window) -> Vec<i64> {
        match &self.rows {
            Rows::Stored(outline) => outline.borders_in(window).collect(),
            _ => Vec::new(),
        }
    }

    /// Times of the first and the last row, µs.
    pub(super) fn times(&self) -> Result<Option<(i64, i64)>, StoreError> {
        Ok(match &self.rows {
            Rows::None => None,
            Rows::Live(live) => Some(live.times()),
            Rows::Stored(_) => {
                let table = self.base()?;
                table.first_time().zip(table.last_time())
            }
        })
    }

    /// A node's estimate of the rows in a window: those of the coarsest level that has 25, times its factor.
    pub(super) fn estimate(&self, window: Window) -> Result<u64, StoreError> {
        let levels = match &self.rows {
            Rows::None => return Ok(0),
            Rows::Live(live) => return Ok(live.count(window)),
            Rows::Stored(outline) => outline.levels,
        };
        for power in (1..=levels).rev() {
            let level = FACTOR.pow(power);
            let table = Table::open(&self.store, key(self.stream, level), self.layout.decimated().width())?;
            let count = table.count(window)?;
            if count >= 25 {
                return Ok(count * level);
            }
        }
        // The end counts here.
        let end = window.end.map(|end| end.saturating_add(1));
        self.base()?.count(Window { end, ..window })
    }

    /// The intervals in a window: times of the first row, and of the last plus 1 µs.
    pub(super) fn intervals(&self, window: Window) -> Result<Vec<(i64, i64)>, StoreError> {
        let Some((first, last)) = self.times()? else { return Ok(Vec::new()) };
        if let Rows::Live(live) = &self.rows {
            return Ok(live.interval(window).into_iter().collect());
        }
        let table = self.base()?;
        let window = Window {
            start: Some(window.start.unwrap_or(first)),
            end: Some(window.end.unwrap_or(last.saturating_add(1))),
        };
        let edges: Vec<i64> =
            window.start.into_iter().chain(self.borders(window)).chain(window.end).collect();
        let mut intervals = Vec::new();
        for pair in edges.windows(2) {
            let [from, to] = pair else { continue };
            let rows = table
                .next_time(*from)?
                .filter(|time| time < to)
                .zip(table.previous_time(to.saturating_sub(1))?);
            intervals.extend(rows.map(|(first, last)| (first, last.saturating_add(1))));
        }
        Ok(intervals)
    }

    /// What the node says of the rows with the stream; `rows` is its [estimate](Self::estimate).
    pub(super) fn info(&self) -> Result<Value, StoreError> {
        let Some((first, last)) = self.times()? else {
            return Ok(json!({ "start": null, "end": null, "rows": 0, "bytes": 0, "total_time": 0 }));
        };
        let rows = self.estimate(Window { start: Some(first), end: Some(last) })?;
        Ok(json!({
            "start": first,
            "end": last,
            "rows": rows,
            "bytes": self.decimated_bytes()?,
            "total_time": last.saturating_sub(first),
        }))
    }

    /// Exactly how many rows there are.
    pub(super) fn count(&self) -> Result<u64, StoreError> {
        match &self.rows {
            Rows::None => Ok(0),
            Rows::Live(live) => Ok(live.count(Window::default())),
            Rows::Stored(_) => Ok(self.base()?.rows()),
        }
    }

    /// A node leaves the base table out of a stream's size.
    fn decimated_bytes(&self) -> Result<u64, StoreError> {
        let Rows::Stored(outline) = &self.rows else { return Ok(0) };
        let width = self.layout.decimated().width();
        let tables = (1..=outline.levels).map(|power| {
            Table::open(&self.store, key(self.stream, FACTOR.pow(power)), width).map(|table| table.rows())
        });
        Ok(tables.sum::<Result<u64, _>>()? * width as u64)
    }

    fn base(&self) -> Result<Table, StoreError> {
        Table::open(&self.store, key(self.stream, 1), self.layout.width())
    }
}
