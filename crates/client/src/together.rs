//! Connections side by side, as one source: each with its own ids, and with its own clock.

mod aggregates;
mod events;
pub mod names;
mod timed;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use futures_util::stream::{LocalBoxStream, empty};
use futures_util::{FutureExt, StreamExt};

use self::timed::Timed;
use crate::clock::{Clock, Clocks, clock_of};
use crate::reproduce::{Language, Picture};
use crate::{
    About, Aggregates, Ask, Error, Event, EventWriter, Filter, Noun, Platform, Read, Result, Source,
    StoredFilter, StreamInfo, Subject, TimeRange,
};

/// What is said of no connection at all.
static NOTHING: About = About {
    platform: Platform { id: "", name: "" },
    subject: Noun { one: "subject", many: "subjects" },
    stream: Noun { one: "stream", many: "streams" },
    facets: &[],
};

/// Several connections as one source. Ids are as [`names`] makes them. The subjects that it lists, and its words, are those
/// of one connection, which is turned to.
pub struct Together {
    home: String,
    members: RefCell<BTreeMap<String, Rc<dyn Source>>>,
    at: RefCell<String>,
    clocks: RefCell<Clocks>,
    /// The subject of every place for events that was named, for its clock.
    places: RefCell<BTreeMap<String, String>>,
}

/// One connection, and its key.
struct Member {
    home: String,
    key: String,
    source: Rc<dyn Source>,
}

impl Member {
    fn outer(&self, id: &str) -> String {
        names::outer(&self.home, &self.key, id)
    }

    fn inner<'a>(&'a self, id: &'a str) -> &'a str {
        names::inner(&self.home, id).1
    }

    /// A stream as the connection has it.
    fn inner_stream(&self, stream: &StreamInfo, clock: Clock) -> StreamInfo {
        StreamInfo {
            id: self.inner(&stream.id).into(),
            subject_id: self.inner(&stream.subject_id).into(),
            extent: stream.extent.moved(|range| clock.recorded_range(range)),
            ..stream.clone()
        }
    }

    fn outer_stream(&self, stream: StreamInfo, clock: Clock) -> StreamInfo {
        StreamInfo {
            id: self.outer(&stream.id),
            subject_id: self.outer(&stream.subject_id),
            extent: stream.extent.moved(|range| clock.shown_range(range)),
            ..stream
        }
    }

    fn inner_filter(&self, filter: &Filter) -> Filter {
        filter.clone().renamed(&|id| self.inner(id).to_string())
    }
}

impl Together {
    /// No connection yet. `home` is the key of the one whose ids stay as they are, whether or not it is there.
    pub fn new(home: impl Into<String>) -> Self {
        let home = home.into();
        Self {
            at: RefCell::new(home.clone()),
            home,
            members: RefCell::default(),
            clocks: RefCell::default(),
            places: RefCell::default(),
        }
    }

    /// Puts a connection beside the others, or in the place of the one that had its key.
    pub fn put(&self, key: impl Into<String>, source: Rc<dyn Source>) {
        self.members.borrow_mut().insert(key.into(), source);
    }

    /// Lets go of a connection, and of its credentials.
    pub fn remove(&self, key: &str) {
        self.members.borrow_mut().remove(key);
    }

    /// Turns to a connection: its subjects are listed from now on.
    pub fn turn_to(&self, key: &str) {
        *self.at.borrow_mut() = key.into();
    }

    /// Sets the clocks right.
    pub fn set_clocks(&self, clocks: Clocks) {
        *self.clocks.borrow_mut() = clocks;
    }

    /// An id of a connection as all of them know it.
    pub fn outer(&self, key: &str, id: &str) -> String {
        names::outer(&self.home, key, id)
    }

    /// Subjects of a connection as all of them know them.
    pub fn outer_subjects(&self, key: &str, subjects: Vec<Subject>) -> Vec<Subject> {
        outer_subjects(&self.home, key, subjects)
    }

    /// The key of the connection that an id belongs to.
    pub fn key_of<'a>(&'a self, id: &'a str) -> &'a str {
        names::inner(&self.home, id).0
    }

    /// The clock of a subject: its own, else its connection's, else one that is right.
    pub fn clock_of(&self, subject_id: &str) -> Clock {
        clock_of(&self.clocks.borrow(), &self.home, subject_id).unwrap_or_default().1
    }

    /// The rows of a stream as they were recorded, by the recorded range that is shown in `range`.
    pub fn read_recorded(&self, stream: &StreamInfo, range: TimeRange) -> Result<Box<dyn Read>> {
        let (member, clock) = (self.member(&stream.id)?, self.clock_of(&stream.subject_id));
        member.source.read(&Ask::of(&member.inner_stream(stream, clock), clock.recorded_range(range)))
    }

    fn member(&self, id: &str) -> Result<Member> {
        self.member_at(self.key_of(id))
    }

    fn member_at(&self, key: &str) -> Result<Member> {
        let source = self.members.borrow().get(key).cloned();
        let missing =
            || Error::invalid(format!("{key} is not connected: connect to it to read \"{key}\" data."));
        Ok(Member { home: self.home.clone(), key: key.into(), source: source.ok_or_else(missing)? })
    }

    fn present(&self) -> Result<Member> {
        self.member_at(&self.at.borrow())
    }

    /// Puts a question to the connection whose streams it names.
    fn ask<T>(
        &self,
        ask: &Ask<'_>,
        then: impl FnOnce(&dyn Source, &Ask<'_>) -> Result<T>,
    ) -> Result<(T, Clock)> {
        let first = ask.streams.first().ok_or_else(|| Error::invalid("No stream is named: name one."))?;
        let (member, clock) = (self.member(&first.id)?, self.clock_of(&first.subject_id));
        let fits = |stream: &StreamInfo| {
            self.key_of(&stream.id) == member.key && self.clock_of(&stream.subject_id) == clock
        };
        if !ask.streams.iter().all(fits) {
            return Err(Error::invalid("These streams have times of their own: read them one by one."));
        }
        let streams: Vec<_> = ask.streams.iter().map(|stream| member.inner_stream(stream, clock)).collect();
        let filter = ask.filter.map(|filter| member.inner_filter(filter));
        let range = clock.recorded_range(ask.range);
        let inner = Ask { streams: &streams, range, filter: filter.as_ref(), most_rows: ask.most_rows };
        Ok((then(member.source.as_ref(), &inner)?, clock))
    }
}

impl Source for Together {
    fn about(&self) -> &'static About {
        self.present().map_or(&NOTHING, |member| member.source.about())
    }

    fn subjects(&self, within: Option<&str>) -> LocalBoxStream<'static, Result<Vec<Subject>>> {
        let member = within.map_or_else(|| self.present(), |id| self.member(id));
        let Ok(member) = member else { return empty().boxed_local() };
        let pages = member.source.subjects(within.map(|id| member.inner(id)));
        pages.map(move |page| Ok(outer_subjects(&member.home, &member.key, page?))).boxed_local()
    }

    fn streams(&self, subject_id: &str) -> LocalBoxStream<'static, Result<Vec<StreamInfo>>> {
        let Ok(member) = self.member(subject_id) else { return empty().boxed_local() };
        let clocks = self.clocks.borrow().clone();
        let pages = member.source.streams(member.inner(subject_id));
        let outer = move |stream: StreamInfo| {
            let clock = clock_of(&clocks, &member.home, &member.outer(&stream.subject_id));
            member.outer_stream(stream, clock.unwrap_or_default().1)
        };
        pages.map(move |page| Ok(page?.into_iter().map(&outer).collect())).boxed_local()
    }

    fn events<'a>(&'a self, subject_id: &'a str, range: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>> {
        self.events_of(subject_id, range).boxed_local()
    }

    fn stored_filters<'a>(
        &'a self,
        subject_id: &'a str,
    ) -> Option<LocalBoxFuture<'a, Result<Vec<StoredFilter>>>> {
        let member = self.member(subject_id).ok()?;
        drop(member.source.stored_filters(member.inner(subject_id))?);
        let listed = async move {
            let listed = member.source.stored_filters(member.inner(subject_id));
            let listed = match listed {
                Some(listed) => listed.await?,
                None => Vec::new(),
            };
            let outer = |stored: StoredFilter| StoredFilter {
                filter: stored.filter.renamed(&|id| member.outer(id)),
                ..stored
            };
            Ok(listed.into_iter().map(outer).collect())
        };
        Some(listed.boxed_local())
    }

    fn check_filter(&self, subject_id: &str, filter: &Filter) -> Result<()> {
        let member = self.member(subject_id)?;
        member.source.check_filter(member.inner(subject_id), &member.inner_filter(filter))
    }

    fn event_writer(&self) -> Option<&dyn EventWriter> {
        self.present().ok()?.source.event_writer()?;
        Some(self)
    }

    fn read(&self, ask: &Ask<'_>) -> Result<Box<dyn Read>> {
        let (read, clock) = self.ask(ask, |source, ask| source.read(ask))?;
        Ok(Timed::of(read, clock))
    }

    fn live(&self, stream: &StreamInfo, from: i64) -> Option<Result<Box<dyn Read>>> {
        let (member, clock) = (self.member(&stream.id).ok()?, self.clock_of(&stream.subject_id));
        let read = member.source.live(&member.inner_stream(stream, clock), clock.recorded(from))?;
        Some(read.map(|read| Timed::of(read, clock)))
    }

    fn envelope(&self, ask: &Ask<'_>) -> Option<Result<Box<dyn Read>>> {
        let read = self.ask(ask, |source, ask| Ok(source.envelope(ask)));
        let (read, clock) = match read {
            Ok((read, clock)) => (read?, clock),
            Err(error) => return Some(Err(error)),
        };
        Some(read.map(|read| Timed::of(read, clock)))
    }

    fn intervals<'a>(
        &'a self,
        stream: &'a StreamInfo,
        range: TimeRange,
    ) -> Option<LocalBoxFuture<'a, Result<Vec<TimeRange>>>> {
        let (member, clock) = (self.member(&stream.id).ok()?, self.clock_of(&stream.subject_id));
        let (inner, recorded) = (member.inner_stream(stream, clock), clock.recorded_range(range));
        drop(member.source.intervals(&inner, recorded)?);
        let asked = async move {
            let Some(asked) = member.source.intervals(&inner, recorded) else { return Ok(Vec::new()) };
            let all = asked.await?;
            Ok(all.into_iter().filter_map(|one| clock.shown_range(one).intersection(range)).collect())
        };
        Some(asked.boxed_local())
    }

    fn aggregates(&self, streams: &[StreamInfo]) -> Option<Box<dyn Aggregates + '_>> {
        aggregates::of(self, streams)
    }

    fn reproduce(&self, language: Language, picture: Picture, ask: &Ask<'_>) -> Option<String> {
        self.ask(ask, |source, ask| Ok(source.reproduce(language, picture, ask))).ok()?.0
    }
}

fn outer_subjects(home: &str, key: &str, subjects: Vec<Subject>) -> Vec<Subject> {
    let outer = |subject: Subject| Subject {
        id: names::outer(home, key, &subject.id),
        parent: subject.parent.map(|id| names::outer(home, key, &id)),
        ..subject
    };
    subjects.into_iter().map(outer).collect()
}
