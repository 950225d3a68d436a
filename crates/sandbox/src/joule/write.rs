//! `POST /data`: rows in the form in which they are read, a row of zeros ends an interval.
//!
//! What has come is stored block by block while more comes: when a later block is refused, or the connection breaks,
//! the blocks before it stay.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;

use super::Node;
use super::catalogue::Stream;
use super::data::stream;
use super::decimator::{Decimator, FACTOR};
use super::layout::time;
use super::parameters::Parameters;
use super::recording::Outline;
use super::reply::{self, Refusal, Result};
use super::table::{InsertError, Table, key};
use crate::{Request, Response};

/// Rows that are stored at once.
const BLOCK_ROWS: usize = 10_000;

/// A write whose rows come piece by piece; see [`Sandbox::upload`](crate::Sandbox::upload).
///
/// Others who write to the stream are refused until it is finished or dropped. What was pushed and not flushed is
/// lost when it is dropped.
pub struct Upload {
    node: Arc<Node>,
    stream: Stream,
    merge_gap: i64,
    /// What is not stored yet, from the beginning of a row.
    pending: Vec<u8>,
    /// Time of the last row that was stored, µs.
    last: Option<i64>,
    decimator: Option<Decimator>,
}

impl Upload {
    /// Reserves the stream that a request names.
    pub(super) fn begin(node: &Arc<Node>, request: &Request) -> Result<Self> {
        let parameters = Parameters::of(request);
        let catalogue = node.edit_rows();
        let stream = stream(&catalogue, &parameters)?.clone();
        let merge_gap = match parameters.get("merge-gap").map(|text| text.trim().parse::<i64>()) {
            None => 0,
            Some(Err(_)) => return Err(Refusal::bad("merge-gap must be an integer")),
            Some(Ok(gap)) if gap < 0 => return Err(Refusal::bad("merge-gap must be >= 0")),
            Some(Ok(gap)) => gap,
        };
        if stream.live || !node.writing().insert(stream.id) {
            return Err(Refusal::bad(format!("DataStream [{}] is already being produced", stream.name)));
        }
        let upload =
            Self { node: node.clone(), stream, merge_gap, pending: Vec::new(), last: None, decimator: None };
        if Outline::load(&node.store, upload.stream.id)?.is_none() {
            node.store.edit(&mut |writer| Outline::default().write(writer, upload.stream.id))?;
        }
        Ok(upload)
    }

    /// Takes the next bytes, cut anywhere. The error is the answer to the request; what came before the rows that it
    /// is about is stored.
    pub fn push(&mut self, bytes: &[u8]) -> std::result::Result<(), Response> {
        self.pending.extend_from_slice(bytes);
        let block = BLOCK_ROWS * self.stream.layout().width();
        while self.pending.len() >= block {
            let rest = self.pending.split_off(block);
            let rows = std::mem::replace(&mut self.pending, rest);
            self.store(&rows)?;
        }
        Ok(())
    }

    /// Stores the rows that have come. Bytes that are no whole row yet wait for the others.
    pub fn flush(&mut self) -> std::result::Result<(), Response> {
        let width = self.stream.layout().width();
        let rest = self.pending.split_off(self.pending.len() / width * width);
        let rows = std::mem::replace(&mut self.pending, rest);
        Ok(self.store(&rows)?)
    }

    /// Stores what has come and gives the answer. Bytes that are no whole row are dropped, as a node does.
    pub fn finish(mut self) -> Response {
        if let Err(refusal) = self.flush() {
            return refusal;
        }
        if let Some(decimator) = self.decimator.take() {
            let mut kept = self.node.decimators.lock().unwrap_or_else(PoisonError::into_inner);
            kept.insert(self.stream.id, decimator);
        }
        reply::ok()
    }

    /// Stores rows and the ends of intervals between them.
    fn store(&mut self, rows: &[u8]) -> Result<()> {
        let width = self.stream.layout().width();
        let mut from = 0;
        for (index, row) in rows.chunks_exact(width).enumerate() {
            if row.iter().all(|&byte| byte == 0) {
                self.insert(rows.get(from..index * width).unwrap_or_default())?;
                self.close()?;
                from = (index + 1) * width;
            }
        }
        self.insert(rows.get(from..).unwrap_or_default())
    }

    /// Stores rows of one interval.
    fn insert(&mut self, rows: &[u8]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let node = self.node.clone();
        let _alone = node.edit_rows();
        let (id, layout) = (self.stream.id, self.stream.layout());
        let mut outline = Outline::load(&node.store, id)?.unwrap_or_default();
        let table = Table::open(&node.store, key(id, 1), layout.width())?;
        let first = time(rows);
        if self.last.is_none() {
            // Whatever is written first begins an interval, unless it is told to continue the one before.
            let before = first.saturating_sub(1);
            if let Some(last) = table.previous_time(before)? {
                outline.close(last, before);
            }
            if self.merge_gap > 0 {
                let merged = first.saturating_sub(self.merge_gap)..=first;
                outline.borders.retain(|border| !merged.contains(border));
            }
        }
        let inserted = self
            .checked(rows)
            .and_then(|last| Ok((last, table.insert(rows).map_err(|error| self.duplicate(error))?)));
        let (last, inserted) = match inserted {
            Ok(inserted) => inserted,
            Err(refusal) => {
                // A node has moved the borders by then.
                node.store.edit(&mut |writer| outline.write(writer, id))?;
                return Err(refusal);
            }
        };
        let mut changes = vec![inserted];
        if self.stream.decimate {
            let decimator = match self.decimator.take() {
                Some(decimator) => decimator,
                None => self.continued(first).unwrap_or_else(|| Decimator::new(layout)),
            };
            let made = self.decimator.insert(decimator).push(rows);
            for (power, rows) in (1u32..).zip(made) {
                outline.levels = outline.levels.max(power);
                if !rows.is_empty() {
                    let level =
                        Table::open(&node.store, key(id, FACTOR.pow(power)), layout.decimated().width())?;
                    changes.push(level.insert(&rows).map_err(|_| Refusal::failed())?);
                }
            }
        }
        node.store.edit(&mut |writer| {
            changes.iter().try_for_each(|change| change.write(writer))?;
            outline.write(writer, id)
        })?;
        self.last = Some(last);
        Ok(())
    }

    /// The time of the last of some rows, when they may follow the rows before.
    fn checked(&self, rows: &[u8]) -> Result<i64> {
        let layout = self.stream.layout();
        let mut last = self.last;
        for row in rows.chunks_exact(layout.width()) {
            if last.is_some_and(|last| time(row) <= last) {
                return Err(Refusal::bad("Non-monotonic timestamps in new data"));
            }
            if layout.values(row).any(|value| value.as_f64().is_nan()) {
                return Err(Refusal::bad("Invalid values (NaN) in new data"));
            }
            last = Some(time(row));
        }
        last.ok_or_else(Refusal::failed)
    }

    /// The decimator of the write before, when its last row lies within the gap that this write is to close.
    fn continued(&self, first: i64) -> Option<Decimator> {
        let decimator =
            self.node.decimators.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.stream.id)?;
        let offset = first.saturating_sub(decimator.last_time?);
        (0 < offset && offset < self.merge_gap).then_some(decimator)
    }

    /// Ends the interval.
    fn close(&mut self) -> Result<()> {
        let Some(last) = self.last else { return Ok(()) };
        let _alone = self.node.edit_rows();
        let mut outline = Outline::load(&self.node.store, self.stream.id)?.unwrap_or_default();
        outline.close(last, last);
        self.node.store.edit(&mut |writer| outline.write(writer, self.stream.id))?;
        if let Some(decimator) = &mut self.decimator {
            decimator.close();
        }
        Ok(())
    }

    /// What the node's database says of a row that is there already.
    fn duplicate(&self, error: InsertError) -> Refusal {
        match error {
            InsertError::Store(error) => error.into(),
            InsertError::Duplicate(time) => {
                let time = Timestamp::from_microsecond(time).unwrap_or_default();
                let fraction =
                    if time.subsec_microsecond() == 0 && time.subsec_millisecond() == 0 { "" } else { "%.f" };
                let time = time.strftime(&format!("%Y-%m-%d %H:%M:%S{fraction}")).to_string();
                Refusal::bad(format!(
                    "duplicate key value violates unique constraint \"stream{}_pkey\" DETAIL:  Key (\"time\")=({time}) \
                     already exists.",
                    self.stream.id
                ))
            }
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.node.writing().remove(&self.stream.id);
    }
}
