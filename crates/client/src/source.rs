//! The one face the explorer sees: subjects, streams, rows and aggregates, whatever the platform.

mod about;
mod aggregates;
mod ask;
mod catalogue;
mod events;
mod first;
mod stored;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::LocalBoxStream;

pub use about::{About, Facet, FacetOf, Noun, Platform};
pub use aggregates::{AggregateLimits, Aggregates, ComputedBy};
pub use ask::{Ask, Progress, Read, Reduction, TimeRange};
pub use catalogue::{Device, Dimension, Display, Extent, StreamInfo, Subject, whole_span};
pub use events::{Event, EventContent, EventField, EventFieldKind, EventWriter, Place};
pub(crate) use first::FirstRows;
pub use stored::StoredFilter;

use crate::reproduce::{Language, Picture};
use crate::{Computed, Error, Filter, Result};

/// A connection to a platform, as the explorer uses it. Dropping a future or a stream cancels its requests.
pub trait Source {
    /// What the platform is, and what it calls things.
    fn about(&self) -> &'static About;

    /// The subjects that the credentials reach, page by page: those at the top, or those within one. A page may also
    /// hold subjects that lie in others of the same listing; parents come before their children.
    fn subjects(&self, within: Option<&str>) -> LocalBoxStream<'static, Result<Vec<Subject>>>;

    /// All streams of a subject, page by page.
    fn streams(&self, subject_id: &str) -> LocalBoxStream<'static, Result<Vec<StreamInfo>>>;

    /// A subject's events that touch a range, in order of their start.
    fn events<'a>(&'a self, subject_id: &'a str, range: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>>;

    /// Filters that the platform keeps for a subject, to choose from. `None` where the platform filters no rows.
    fn stored_filters<'a>(
        &'a self,
        subject_id: &'a str,
    ) -> Option<LocalBoxFuture<'a, Result<Vec<StoredFilter>>>> {
        let _ = subject_id;
        None
    }

    /// Whether a filter can be asked for, as far as that shows before a request; an error says what to change.
    fn check_filter(&self, subject_id: &str, filter: &Filter) -> Result<()> {
        let _ = (subject_id, filter);
        Err(Error::invalid("This platform does not filter rows."))
    }

    /// The way to write events; `None` where the platform has none.
    fn event_writer(&self) -> Option<&dyn EventWriter> {
        None
    }

    /// Reads rows (enums as text).
    fn read(&self, ask: &Ask<'_>) -> Result<Box<dyn Read>>;

    /// Rows as they are recorded, from an instant (ns) on: a read that waits for more and does not end by itself. `None`
    /// where the platform only keeps recordings.
    fn live(&self, stream: &StreamInfo, from: i64) -> Option<Result<Box<dyn Read>>> {
        let _ = (stream, from);
        None
    }

    /// What a range looks like in about `most_rows` rows, where the platform keeps reduced rows: a mean, minimum and
    /// maximum of each dimension in columns of their own (`V_mean`, `V_min`, `V_max`), for every stretch of samples that
    /// a row stands for. `None` where it keeps none.
    fn envelope(&self, ask: &Ask<'_>) -> Option<Result<Box<dyn Read>>> {
        let _ = ask;
        None
    }

    /// Where a stream has data in a range, for platforms that say so without its rows being read: intervals in order of
    /// time. `None` where only the rows tell.
    fn intervals<'a>(
        &'a self,
        stream: &'a StreamInfo,
        range: TimeRange,
    ) -> Option<LocalBoxFuture<'a, Result<Vec<TimeRange>>>> {
        let _ = (stream, range);
        None
    }

    /// The aggregates that the server computes of these streams; `None` where it computes none: then [`Computed`] does.
    fn aggregates(&self, streams: &[StreamInfo]) -> Option<Box<dyn Aggregates + '_>> {
        let _ = streams;
        None
    }

    /// A request of the explorer as a program for elsewhere, without credentials; `None` where there is none in this
    /// language.
    fn reproduce(&self, language: Language, picture: Picture, ask: &Ask<'_>) -> Option<String> {
        let _ = (language, picture, ask);
        None
    }
}

/// The aggregates of streams of any source: the server's, or those computed from its rows.
pub fn aggregates<'a>(source: &'a dyn Source, streams: &[StreamInfo]) -> Box<dyn Aggregates + 'a> {
    source.aggregates(streams).unwrap_or_else(|| Box::new(Computed::new(source)))
}
