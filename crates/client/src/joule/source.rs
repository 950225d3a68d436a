//! Joule as the explorer sees it: folders are subjects, data streams are streams.

mod aggregate;
mod events;
mod tree;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Column, ColumnType, JouleLayout, Layout, RecordBatch};
use streamscope_signal::{AggregateFunction, Availability, BatchOperation, DailyAggregate, WindowAggregate};

use super::data::{DataQuery, LiveRead, Look, RawRows};
use super::{Address, Joule, time};
use crate::{Error, Event, Notes, Platform, Progress, Read, Result, Source, StreamInfo, Subject, TimeRange};

/// Raw rows of a stream whose columns are known.
struct StreamRead {
    rows: RawRows,
    begins_interval: bool,
}

impl Read for StreamRead {
    fn layout(&self) -> &Layout {
        self.rows.layout()
    }

    fn next_frame(&mut self) -> LocalBoxFuture<'_, Result<Option<RecordBatch>>> {
        async {
            let next = self.rows.next().await?;
            self.begins_interval = next.as_ref().is_some_and(|frame| frame.begins_interval);
            Ok(next.map(|frame| frame.rows))
        }
        .boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        true
    }

    fn begins_interval(&self) -> bool {
        self.begins_interval
    }

    fn progress(&self) -> Progress {
        self.rows.progress()
    }
}

/// Layout and elements of a stream, as its dimensions tell.
fn columns(stream: &StreamInfo) -> Result<(JouleLayout, Vec<Column>)> {
    let format = stream.stream_type.parse();
    let format =
        format.map_err(|error| Error::protocol(format!("The stream's layout cannot be read: {error}.")))?;
    let elements = stream.dimensions.iter().skip(1);
    let column = |dimension: &crate::Dimension| {
        // The type is the layout's.
        Column::new(&dimension.id, ColumnType::Float).with_unit(&dimension.unit_abbrev)
    };
    Ok((format, elements.map(column).collect()))
}

impl Joule {
    /// An envelope of a stream.
    fn look(&self, stream: &StreamInfo, range: TimeRange, max_rows: u64) -> Result<Look> {
        let (format, elements) = columns(stream)?;
        let query = DataQuery {
            start_ns: Some(range.start),
            end_ns: Some(range.end),
            max_rows: Some(max_rows),
            ..DataQuery::new(stream.id.as_str())
        };
        Ok(Look::new(self, query, format, elements))
    }
}

impl Source for Joule {
    fn platform(&self) -> Platform {
        Platform::Joule
    }

    fn subjects(&self) -> LocalBoxFuture<'_, Result<Vec<Subject>>> {
        async {
            let tree = self.fresh_tree().await?;
            Ok(tree::subjects(&tree))
        }
        .boxed_local()
    }

    fn streams<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Vec<StreamInfo>>> {
        async {
            let tree = self.known_tree().await?;
            Ok(tree::streams(tree::folder(&tree, subject_id)?))
        }
        .boxed_local()
    }

    fn events<'a>(&'a self, subject_id: &'a str, range: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>> {
        async move {
            let tree = self.known_tree().await?;
            self.noted(tree::folder(&tree, subject_id)?, range).await
        }
        .boxed_local()
    }

    fn read(&self, stream: &StreamInfo, range: TimeRange) -> Result<Box<dyn Read>> {
        let (format, elements) = columns(stream)?;
        let window = time::range(Some(range.start), Some(range.end))?;
        let rows = RawRows::new(self, Address::from(stream.id.as_str()), window, format, elements);
        Ok(Box::new(StreamRead { rows, begins_interval: false }))
    }

    fn live(&self, stream: &StreamInfo, from: i64) -> Option<Result<Box<dyn Read>>> {
        let live = columns(stream).map(|(format, elements)| {
            let address = Address::from(stream.id.as_str());
            Box::new(LiveRead::new(self, address, format, elements, Some(from))) as Box<dyn Read>
        });
        Some(live)
    }

    fn envelope(
        &self,
        stream: &StreamInfo,
        range: TimeRange,
        max_rows: u32,
    ) -> Option<Result<Box<dyn Read>>> {
        // Of a stream that the node does not decimate, a look would read every row.
        if !self.is_decimated(&stream.id) {
            return None;
        }
        let look = self.look(stream, range, max_rows.max(1).into());
        Some(look.map(|look| Box::new(look) as Box<dyn Read>))
    }

    fn notes(&self) -> Option<&dyn Notes> {
        Some(self)
    }

    fn aggregates_by(&self) -> &'static str {
        "this browser, from the node's samples"
    }

    fn availability<'a>(
        &'a self,
        stream_ids: &'a [String],
        range: TimeRange,
        resolution_s: u32,
        operation: BatchOperation,
    ) -> LocalBoxFuture<'a, Result<Availability>> {
        self.joint_availability(stream_ids, range, resolution_s, operation).boxed_local()
    }

    fn daily_aggregate<'a>(
        &'a self,
        stream_id: &'a str,
        start: i64,
        resolution_s: u32,
        n_days: u32,
    ) -> LocalBoxFuture<'a, Result<DailyAggregate>> {
        self.average_day(stream_id, start, resolution_s, n_days).boxed_local()
    }

    fn aggregate_window<'a>(
        &'a self,
        stream_id: &'a str,
        range: TimeRange,
        resolution_s: u32,
        function: AggregateFunction,
    ) -> LocalBoxFuture<'a, Result<WindowAggregate>> {
        self.per_window(stream_id, range, resolution_s, function).boxed_local()
    }
}
