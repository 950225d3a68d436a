//! Rows of a channel, whose columns are known before anything was asked for.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Column, ColumnType, Layout};

use super::streams::place;
use crate::hexoskin::{Hexoskin, SampleQuery, SampleRead};
use crate::{Progress, Read, Result, StreamInfo, TimeRange};

/// Samples of a channel in a range.
pub(super) struct ChannelRead {
    api: Hexoskin,
    record: String,
    query: SampleQuery,
    layout: Layout,
    samples: Option<SampleRead>,
}

/// The columns that a channel's dimensions tell.
pub(super) fn layout(stream: &StreamInfo) -> Layout {
    let column = |(place, dimension): (usize, &crate::Dimension)| {
        let kind = if place == 0 { ColumnType::Time } else { ColumnType::Float };
        Column::new(&dimension.id, kind).with_unit(&dimension.unit_abbrev)
    };
    Layout::new(stream.dimensions.iter().enumerate().map(column).collect())
}

impl ChannelRead {
    pub(super) fn new(api: &Hexoskin, stream: &StreamInfo, range: TimeRange) -> Result<Self> {
        let (record, datatype) = place(&stream.id)?;
        let (start_ns, end_ns) = (Some(range.start), Some(range.end));
        let query = SampleQuery { datatype, start_ns, end_ns, ..SampleQuery::default() };
        Ok(Self { api: api.clone(), record, query, layout: layout(stream), samples: None })
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        let samples = match &mut self.samples {
            Some(samples) => samples,
            None => {
                let record = self.api.resource_from_uri(&self.record)?;
                let samples = self.api.samples(&record, &self.query).await;
                self.samples.insert(samples.map_err(|error| error.after_rows(0, None))?)
            }
        };
        samples.next_batch().await
    }
}

impl Read for ChannelRead {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.next().boxed_local()
    }

    fn progress(&self) -> Progress {
        self.samples.as_ref().map(SampleRead::progress).unwrap_or_default()
    }
}
