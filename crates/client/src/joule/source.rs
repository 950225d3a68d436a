//! Joule as the explorer sees it: folders are subjects, data streams are streams.

mod events;
mod tree;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{LocalBoxStream, empty, once};
use futures_util::{FutureExt, StreamExt};
use streamscope_frame::{Batch, Column, ColumnType, JouleLayout, Layout};

use super::connector::ABOUT;
use super::data::{DataQuery, LiveRead, Look, RawRows};
use super::{Address, Joule, reproduce, time};
use crate::reproduce::{Language, Picture};
use crate::source::FirstRows;
use crate::{
    About, Ask, Error, Event, EventWriter, Progress, Read, Result, Source, StreamInfo, Subject, TimeRange,
};

/// Raw rows of a stream whose columns are known.
struct StreamRead(RawRows);

impl Read for StreamRead {
    fn layout(&self) -> &Layout {
        self.0.layout()
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.0.next().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        true
    }

    fn progress(&self) -> Progress {
        self.0.progress()
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
    fn look(&self, stream: &StreamInfo, range: TimeRange, most_rows: u64) -> Result<Look> {
        let (format, elements) = columns(stream)?;
        let query = DataQuery {
            start_ns: Some(range.start),
            end_ns: Some(range.end),
            max_rows: Some(most_rows),
            ..DataQuery::new(stream.id.as_str())
        };
        Ok(Look::new(self, query, format, elements))
    }
}

impl Source for Joule {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn subjects(&self, within: Option<&str>) -> LocalBoxStream<'static, Result<Vec<Subject>>> {
        // One answer holds the whole tree: nothing is left to be listed within a folder.
        if within.is_some() {
            return empty().boxed_local();
        }
        let joule = self.clone();
        once(async move { Ok(tree::subjects(joule.fresh_tree().await?.as_ref())) }).boxed_local()
    }

    fn streams(&self, subject_id: &str) -> LocalBoxStream<'static, Result<Vec<StreamInfo>>> {
        let (joule, subject_id) = (self.clone(), subject_id.to_string());
        let listed = async move {
            let tree = joule.known_tree().await?;
            Ok(tree::streams(tree::folder(&tree, &subject_id)?))
        };
        once(listed).boxed_local()
    }

    fn events<'a>(&'a self, subject_id: &'a str, range: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>> {
        async move {
            let tree = self.known_tree().await?;
            self.events_below(tree::folder(&tree, subject_id)?, range).await
        }
        .boxed_local()
    }

    fn event_writer(&self) -> Option<&dyn EventWriter> {
        Some(self)
    }

    fn read(&self, ask: &Ask<'_>) -> Result<Box<dyn Read>> {
        ask.refuse_filter()?;
        let stream = ask.one_stream()?;
        let (format, elements) = columns(stream)?;
        let window = time::range(Some(ask.range.start), Some(ask.range.end))?;
        let rows = RawRows::new(self, Address::from(stream.id.as_str()), window, format, elements);
        Ok(FirstRows::of(Box::new(StreamRead(rows)), ask.most_rows))
    }

    fn live(&self, stream: &StreamInfo, from: i64) -> Option<Result<Box<dyn Read>>> {
        let live = columns(stream).map(|(format, elements)| {
            let address = Address::from(stream.id.as_str());
            Box::new(LiveRead::new(self, address, format, elements, Some(from))) as Box<dyn Read>
        });
        Some(live)
    }

    fn envelope(&self, ask: &Ask<'_>) -> Option<Result<Box<dyn Read>>> {
        let look = |stream: &StreamInfo| -> Result<Box<dyn Read>> {
            ask.refuse_filter()?;
            let most_rows = ask.most_rows.unwrap_or(u32::MAX).max(1);
            Ok(Box::new(self.look(stream, ask.range, most_rows.into())?))
        };
        match ask.one_stream() {
            // Of a stream that the node does not decimate, a look would read every row.
            Ok(stream) => self.is_decimated(&stream.id).then(|| look(stream)),
            Err(error) => Some(Err(error)),
        }
    }

    fn intervals<'a>(
        &'a self,
        stream: &'a StreamInfo,
        range: TimeRange,
    ) -> Option<LocalBoxFuture<'a, Result<Vec<TimeRange>>>> {
        let (start, end) = (Some(range.start), Some(range.end));
        Some(async move { self.data_intervals(stream.id.as_str(), start, end).await }.boxed_local())
    }

    fn reproduce(&self, language: Language, picture: Picture, ask: &Ask<'_>) -> Option<String> {
        let stream = ask.one_stream().ok()?;
        Some(reproduce::text(language, &self.url, picture, &stream.id, ask.range))
    }
}
