//! Changing the subject keeps the view: streams of the same kinds are chosen again with their value axes and display filters,
//! and the range stays, or keeps its place relative to the recording.

use leptos::prelude::*;
use streamscope_client::{StreamInfo, Subject, TimeRange, whole_span};
use streamscope_selection::axes::{Axes, Axis};
use streamscope_selection::display::Displays;
use streamscope_signal::DisplayFilter;

use super::list::title;
use crate::recording::intersection;
use crate::state::{Listing, Workspace};

/// What was looked at of one subject.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Carried {
    /// The subject that was turned to.
    to: String,
    /// In track order, each with its axis and its filter.
    kinds: Vec<(Kind, Option<Axis>, Option<DisplayFilter>)>,
    range: Option<TimeRange>,
    /// From when to when the streams had data.
    span: Option<TimeRange>,
}

/// What streams of two subjects have in common: title and dimensions.
#[derive(Debug, Clone, PartialEq)]
struct Kind {
    title: String,
    dimensions: Vec<String>,
}

impl Kind {
    fn of(stream: &StreamInfo) -> Self {
        let dimensions = stream.dimensions.iter().map(|dimension| dimension.id.clone()).collect();
        Self { title: title(stream), dimensions }
    }
}

impl Carried {
    fn of(streams: &[StreamInfo], range: Option<TimeRange>, (axes, display): (&Axes, &Displays)) -> Self {
        let kinds = streams.iter().map(|stream| {
            let id = &stream.id;
            (Kind::of(stream), axes.get(id).copied(), display.get(id).copied())
        });
        Self { to: String::new(), kinds: kinds.collect(), range, span: whole_span(streams) }
    }

    /// Streams of the same kinds among another subject's, each once and in track order, with axes and filters.
    fn found<'a>(&self, among: &'a [StreamInfo]) -> (Vec<&'a StreamInfo>, Axes, Displays) {
        let (mut found, mut axes, mut display) = (Vec::<&StreamInfo>::new(), Axes::new(), Displays::new());
        for (kind, axis, filter) in &self.kinds {
            let is_next = |stream: &&StreamInfo| {
                Kind::of(stream) == *kind && found.iter().all(|other| other.id != stream.id)
            };
            if let Some(next) = among.iter().find(is_next) {
                axes.extend(axis.map(|axis| (next.id.clone(), axis)));
                display.extend(filter.map(|filter| (next.id.clone(), filter)));
                found.push(next);
            }
        }
        (found, axes, display)
    }

    /// The range over these streams: the same where they have data there, else as far from their beginning as before.
    fn range_over(&self, streams: &[&StreamInfo]) -> Option<TimeRange> {
        let (range, now) = (self.range?, whole_span(streams.iter().copied())?);
        if intersection(range, now).is_some() {
            return Some(range);
        }
        let length = range.end - range.start;
        let ahead = range.start.saturating_sub(self.span.map_or(range.start, |span| span.start)).max(0);
        let start = now.start.saturating_add(ahead).min(now.end.saturating_sub(length)).max(now.start);
        Some(TimeRange { start, end: start.saturating_add(length) })
    }
}

/// Turns to a subject, and notes what was looked at of the one before.
pub fn turn_to(workspace: &Workspace, id: String) {
    if workspace.selection.with_untracked(|selection| selection.subject.as_ref() == Some(&id)) {
        return;
    }
    let mut streams = untrack(|| workspace.selected_streams());
    workspace.selection.with_untracked(|held| streams.retain(|stream| !held.kept.contains_key(&stream.id)));
    let (range, axes, display) =
        workspace.selection.with_untracked(|held| (held.range, held.axes.clone(), held.display.clone()));
    // A subject that had none of the streams passes on what was carried to it.
    let before = workspace.carried.get_value();
    let carried =
        if streams.is_empty() { before } else { Some(Carried::of(&streams, range, (&axes, &display))) };
    workspace.carried.set_value(carried.map(|carried| Carried { to: id.clone(), ..carried }));
    workspace.focus.set(None);
    // What is listed until the new list begins is another subject's.
    workspace.streams_listing.set(Listing::Loading);
    workspace.streams.set(Vec::new());
    workspace.selection.update(|selection| selection.look_at(id));
}

/// Whether a subject was turned to, all of it is listed, and it has nothing of what was looked at before. Tracked.
pub fn waits(workspace: &Workspace) -> bool {
    let subject = workspace.selection.with(|selection| selection.subject.clone());
    let listed = workspace.streams_listing.get() == Listing::Ready;
    listed && workspace.carried.get_value().is_some_and(|carried| Some(carried.to) == subject)
}

/// Chooses what was carried over, once all streams of the subject are listed. What is chosen already stays.
pub fn put_down(workspace: Workspace) {
    let nothing_chosen = workspace
        .selection
        .with(|selection| selection.streams.iter().all(|stream| selection.kept.contains_key(stream)));
    if !nothing_chosen || !waits(&workspace) {
        return;
    }
    let Some(carried) = workspace.carried.get_value() else { return };
    let (ids, axes, display, range) = workspace.streams.with(|streams| {
        let (found, axes, display) = carried.found(streams);
        let ids: Vec<_> = found.iter().map(|stream| stream.id.clone()).collect();
        (ids, axes, display, carried.range_over(&found))
    });
    if !ids.is_empty() {
        workspace.carried.set_value(None);
        workspace.selection.update(|held| {
            // Tracks that are kept keep their range too.
            if held.kept.is_empty() {
                held.range = range;
            }
            held.streams.extend(ids);
            held.axes.extend(axes);
            held.display.extend(display);
        });
    }
}

/// Turns to the next subject (or with -1 the one before), where there is one.
pub fn step(workspace: &Workspace, by: isize) {
    if let Some(next) = untrack(|| next(workspace, by)) {
        turn_to(workspace, next);
    }
}

/// The subject that [`step`] turns to. Tracked.
pub fn next(workspace: &Workspace, by: isize) -> Option<String> {
    let chosen = workspace.selection.with(|selection| selection.subject.clone())?;
    workspace.subjects.with(|subjects| beside(subjects, &chosen, by))
}

/// The next subject (or with -1 the one before) among those that lie in the same.
fn beside(subjects: &[Subject], chosen: &str, by: isize) -> Option<String> {
    let here = subjects.iter().find(|subject| subject.id == chosen)?;
    let siblings: Vec<_> = subjects.iter().filter(|subject| subject.parent == here.parent).collect();
    let place = siblings.iter().position(|subject| subject.id == chosen)?;
    siblings.get(place.checked_add_signed(by)?).map(|subject| subject.id.clone())
}

#[cfg(test)]
mod tests {
    use streamscope_client::{Dimension, Display, Extent};

    use super::*;

    fn dimension(id: &str) -> Dimension {
        let [data_type, quantity, unit, unit_abbrev] = Default::default();
        Dimension { id: id.into(), data_type, quantity, unit, unit_abbrev, display: Display::default() }
    }

    fn stream(id: &str, name: &str, start: i64, end: i64) -> StreamInfo {
        StreamInfo {
            id: id.into(),
            name: name.into(),
            dimensions: vec![dimension("x")],
            extent: Extent::Known(TimeRange { start, end }),
            ..StreamInfo::default()
        }
    }

    #[test]
    fn streams_of_the_same_kinds_are_found_each_once_and_in_order() {
        let before =
            [stream("a", "pulse", 0, 100), stream("b", "tremor", 0, 100), stream("c", "pulse", 0, 100)];
        let axis = Axis { low: Some(0.0), ..Axis::default() };
        let filter = DisplayFilter { notch: Some(50.0), ..DisplayFilter::default() };
        let (axes, display) = ([("b".to_string(), axis)].into(), [("c".to_string(), filter)].into());
        let carried = Carried::of(&before, None, (&axes, &display));
        let other = [stream("p1", "pulse", 0, 9), stream("n", "noise", 0, 9), stream("t", "tremor", 0, 9)];
        let ids = |(found, ..): (Vec<&StreamInfo>, Axes, Displays)| {
            found.iter().map(|stream| stream.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(carried.found(&other).1, [("t".to_string(), axis)].into());
        assert!(carried.found(&other).2.is_empty(), "there is but one pulse, which the first had");
        assert_eq!(carried.found(&before).2, display);
        assert_eq!(ids(carried.found(&other)), ["p1", "t"]);
        assert_eq!(ids(carried.found(&before)), ["a", "b", "c"]);
        let renamed = StreamInfo { dimensions: Vec::new(), ..stream("p", "pulse", 0, 9) };
        assert!(carried.found(&[renamed]).0.is_empty(), "other dimensions are another kind");
    }

    #[test]
    fn the_range_stays_where_there_are_data_else_keeps_its_place() {
        let carried = Carried::of(
            &[stream("a", "x", 1_000, 2_000)],
            Some(TimeRange { start: 1_100, end: 1_200 }),
            (&Axes::new(), &Displays::new()),
        );
        let over = |start, end| {
            let other = stream("b", "x", start, end);
            carried.range_over(&[&other]).map(|range| (range.start, range.end))
        };
        assert_eq!(over(1_150, 9_000), Some((1_100, 1_200)));
        assert_eq!(over(50_000, 60_000), Some((50_100, 50_200)));
        assert_eq!(over(50_000, 50_150), Some((50_050, 50_150)), "no further than its end");
        assert_eq!(over(50_000, 50_020), Some((50_000, 50_100)));
    }

    #[test]
    fn the_next_subject_lies_in_the_same() {
        let subject = |id: &str, parent: Option<&str>| Subject {
            id: id.into(),
            name: id.into(),
            parent: parent.map(Into::into),
            has_inner: false,
            devices: Vec::new(),
        };
        let all =
            [subject("a", None), subject("a1", Some("a")), subject("b", None), subject("a2", Some("a"))];
        assert_eq!(beside(&all, "a", 1).as_deref(), Some("b"));
        assert_eq!(beside(&all, "a2", -1).as_deref(), Some("a1"));
        assert_eq!(beside(&all, "b", 1), None);
        assert_eq!(beside(&all, "a", -1), None);
    }
}
