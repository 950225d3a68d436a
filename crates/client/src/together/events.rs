//! Events of several connections, and where they are written. Their times are set right, and put back when they are written.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::{Member, Together};
use crate::clock::Clock;
use crate::{Error, Event, EventContent, EventWriter, Place, Result, TimeRange};

impl Together {
    pub(super) async fn events_of(&self, subject_id: &str, range: TimeRange) -> Result<Vec<Event>> {
        let (member, clock) = (self.member(subject_id)?, self.clock_of(subject_id));
        let events = member.source.events(member.inner(subject_id), clock.recorded_range(range)).await?;
        let outer = |event: Event| {
            let place = event.place.map(|place| self.place(&member, subject_id, &place));
            Event {
                id: member.outer(&event.id),
                start: clock.shown(event.start),
                end: event.end.map(|end| clock.shown(end)),
                place,
                ..event
            }
        };
        Ok(events.into_iter().map(outer).collect())
    }

    /// A place as all connections know it. Its subject is noted.
    fn place(&self, member: &Member, subject_id: &str, place: &str) -> String {
        let outer = member.outer(place);
        self.places.borrow_mut().insert(outer.clone(), subject_id.into());
        outer
    }

    /// Where a place is, and the clock of its subject.
    fn at_place(&self, place: &str) -> Result<(Member, Clock)> {
        let subject = self.places.borrow().get(place).cloned();
        Ok((self.member(place)?, subject.map_or_else(Clock::default, |subject| self.clock_of(&subject))))
    }
}

/// The connection's own writer.
fn writer(member: &Member) -> Result<&dyn EventWriter> {
    member.source.event_writer().ok_or_else(|| Error::invalid("This platform takes no events."))
}

fn recorded(content: &EventContent, clock: Clock) -> EventContent {
    EventContent { start: clock.recorded(content.start), end: clock.recorded(content.end), ..content.clone() }
}

/// An event as its connection has it.
fn inner(event: &Event, member: &Member, clock: Clock) -> Event {
    Event {
        id: member.inner(&event.id).into(),
        start: clock.recorded(event.start),
        end: event.end.map(|end| clock.recorded(end)),
        place: event.place.as_ref().map(|place| member.inner(place).into()),
        ..event.clone()
    }
}

impl EventWriter for Together {
    fn places<'a>(&'a self, subject_id: &'a str) -> LocalBoxFuture<'a, Result<Vec<Place>>> {
        async move {
            let member = self.member(subject_id)?;
            let places = writer(&member)?.places(member.inner(subject_id)).await?;
            let outer = |place: Place| Place { id: self.place(&member, subject_id, &place.id), ..place };
            Ok(places.into_iter().map(outer).collect())
        }
        .boxed_local()
    }

    fn create<'a>(&'a self, place_id: &'a str, content: &'a EventContent) -> LocalBoxFuture<'a, Result<()>> {
        async move {
            let (member, clock) = self.at_place(place_id)?;
            writer(&member)?.create(member.inner(place_id), &recorded(content, clock)).await
        }
        .boxed_local()
    }

    fn update<'a>(&'a self, event: &'a Event, content: &'a EventContent) -> LocalBoxFuture<'a, Result<()>> {
        async move {
            let (member, clock) = self.at_place(event.place.as_deref().unwrap_or(&event.id))?;
            writer(&member)?.update(&inner(event, &member, clock), &recorded(content, clock)).await
        }
        .boxed_local()
    }

    fn remove<'a>(&'a self, event: &'a Event) -> LocalBoxFuture<'a, Result<()>> {
        async move {
            let (member, clock) = self.at_place(event.place.as_deref().unwrap_or(&event.id))?;
            writer(&member)?.remove(&inner(event, &member, clock)).await
        }
        .boxed_local()
    }
}
