//! A source of which only rows that meet a filter are read.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::LocalBoxStream;

use crate::reproduce::{Language, Picture};
use crate::{
    About, Aggregates, Ask, Event, EventWriter, Filter, Read, Result, Source, StoredFilter, StreamInfo,
    Subject, TimeRange,
};

/// A source that adds a filter to whatever is asked of one subject's streams. What a platform knows of all rows
/// (intervals, its own reductions and aggregates, the live end) is not offered: it says nothing of those that are left.
/// Streams of other subjects are read as they are.
pub struct Filtered {
    source: Rc<dyn Source>,
    subject_id: String,
    filter: Filter,
}

impl Filtered {
    /// The streams of `subject_id`, filtered; their platform must have filters.
    pub fn new(source: Rc<dyn Source>, subject_id: impl Into<String>, filter: Filter) -> Self {
        Self { source, subject_id: subject_id.into(), filter }
    }

    fn fits(&self, stream: &StreamInfo) -> bool {
        stream.subject_id == self.subject_id
    }

    /// Does something with a question to which the filter was added, where it fits.
    fn with<T>(&self, ask: &Ask<'_>, then: impl FnOnce(&Ask<'_>) -> T) -> T {
        if !ask.streams.iter().any(|stream| self.fits(stream)) {
            return then(ask);
        }
        let filter = Filter::all(ask.filter.cloned().into_iter().chain([self.filter.clone()]));
        then(&Ask { filter: filter.as_ref(), ..*ask })
    }
}

impl Source for Filtered {
    fn about(&self) -> &'static About {
        self.source.about()
    }

    fn subjects(&self, within: Option<&str>) -> LocalBoxStream<'static, Result<Vec<Subject>>> {
        self.source.subjects(within)
    }

    fn streams(&self, subject_id: &str) -> LocalBoxStream<'static, Result<Vec<StreamInfo>>> {
        self.source.streams(subject_id)
    }

    fn events<'a>(&'a self, subject_id: &'a str, range: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>> {
        self.source.events(subject_id, range)
    }

    fn stored_filters<'a>(
        &'a self,
        subject_id: &'a str,
    ) -> Option<LocalBoxFuture<'a, Result<Vec<StoredFilter>>>> {
        self.source.stored_filters(subject_id)
    }

    fn check_filter(&self, subject_id: &str, filter: &Filter) -> Result<()> {
        self.source.check_filter(subject_id, filter)
    }

    fn event_writer(&self) -> Option<&dyn EventWriter> {
        self.source.event_writer()
    }

    fn read(&self, ask: &Ask<'_>) -> Result<Box<dyn Read>> {
        self.with(ask, |ask| self.source.read(ask))
    }

    fn live(&self, stream: &StreamInfo, from: i64) -> Option<Result<Box<dyn Read>>> {
        if self.fits(stream) { None } else { self.source.live(stream, from) }
    }

    fn envelope(&self, ask: &Ask<'_>) -> Option<Result<Box<dyn Read>>> {
        if ask.streams.iter().any(|stream| self.fits(stream)) { None } else { self.source.envelope(ask) }
    }

    fn intervals<'a>(
        &'a self,
        stream: &'a StreamInfo,
        range: TimeRange,
    ) -> Option<LocalBoxFuture<'a, Result<Vec<TimeRange>>>> {
        if self.fits(stream) { None } else { self.source.intervals(stream, range) }
    }

    fn aggregates(&self, streams: &[StreamInfo]) -> Option<Box<dyn Aggregates + '_>> {
        if streams.iter().any(|stream| self.fits(stream)) { None } else { self.source.aggregates(streams) }
    }

    fn reproduce(&self, language: Language, picture: Picture, ask: &Ask<'_>) -> Option<String> {
        self.with(ask, |ask| self.source.reproduce(language, picture, ask))
    }
}
