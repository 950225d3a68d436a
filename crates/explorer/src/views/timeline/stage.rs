//! What all tracks of a timeline share: the window on time, the cursor, and how hand and keys move them.

use std::collections::BTreeMap;

use leptos::prelude::*;
use streamscope_client::{Clock, TimeRange};
use streamscope_selection::Selection;
use streamscope_selection::axes::{Axes, Axis};
use streamscope_selection::beside::Hidden;
use streamscope_selection::display::Displays;
use streamscope_signal::{DisplayFilter, TimeZone};

use super::paper::Paper;
use super::spectrum::SpectrumChoice;
use crate::charts::axes::Margins;
use crate::charts::scale::{NARROWEST, TimeScale, brushed, held_near, panned, pinched, zoomed};

/// Room for value labels to the left of every track, and to the right, in CSS pixels.
pub const GUTTER: f64 = 56.0;
/// Room to the right of every track.
pub const EDGE: f64 = 12.0;

/// Margins of a track without a time axis.
pub const TRACK_MARGINS: Margins = Margins { left: GUTTER, right: EDGE, top: 6.0, bottom: 0.0 };

/// A value axis as it was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnAxis {
    /// Its lower and its upper end, in shown units.
    pub ends: (f64, f64),
    /// Its height in CSS pixels.
    pub height: f64,
}

/// Tracks that are dragged to another time, until they are let go.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// Their subject.
    pub of: String,
    /// How much later they are drawn, ns.
    pub by: i64,
}

/// The shared state. `Copy`, as Leptos signals are.
#[derive(Clone, Copy)]
pub struct Stage {
    /// The range in view.
    pub window: RwSignal<TimeRange>,
    /// The range of all data of the selected streams.
    pub bounds: Memo<TimeRange>,
    /// The instant under the crosshair.
    pub cursor: RwSignal<Option<i64>>,
    /// Whether the cursor was last moved by key: then it is read out at once.
    pub by_key: RwSignal<bool>,
    /// The first of two measuring cursors, while the second is not set.
    pub mark: RwSignal<Option<i64>>,
    /// The interval between the two measuring cursors.
    pub measured: RwSignal<Option<TimeRange>>,
    /// The interval of a brush under way.
    pub brush: RwSignal<Option<TimeRange>>,
    /// Whether the window slides along with rows as they are recorded.
    pub live: RwSignal<bool>,
    /// Whether dragging measures instead of panning.
    pub measuring: RwSignal<bool>,
    /// The subject whose tracks dragging moves in time, instead of panning.
    pub shifting: RwSignal<Option<String>>,
    /// How far they were dragged.
    pub shift: RwSignal<Option<Shift>>,
    /// Width of the tracks' data in CSS pixels.
    pub width: RwSignal<f64>,
    /// Whether the tracks had the keyboard's focus last, and nothing took it from them.
    pub has_keys: StoredValue<bool>,
    /// Value axes that do not run by themselves, by stream.
    pub axes: Memo<Axes>,
    /// Each value axis as it was drawn last, by stream.
    pub drawn: StoredValue<BTreeMap<String, DrawnAxis>>,
    /// Display filters, by stream.
    pub display: Memo<Displays>,
    /// Dimensions that are not drawn.
    pub hidden: Memo<Hidden>,
    /// The selection, which holds axes, filters and what is hidden.
    selection: RwSignal<Selection>,
    /// Whether each track shows its spectrum.
    pub with_spectra: RwSignal<bool>,
    /// Whether tracks lie on ECG paper.
    pub on_paper: RwSignal<bool>,
    /// That paper.
    pub paper: RwSignal<Paper>,
    /// How spectra are made and drawn.
    pub spectra: RwSignal<SpectrumChoice>,
    /// The zone on screen.
    pub zone: Memo<TimeZone>,
}

impl Stage {
    /// A stage on a range.
    pub fn new(
        bounds: Memo<TimeRange>,
        window: TimeRange,
        selection: RwSignal<Selection>,
        zone: Memo<TimeZone>,
    ) -> Self {
        Self {
            window: RwSignal::new(window),
            bounds,
            cursor: RwSignal::new(None),
            by_key: RwSignal::new(false),
            mark: RwSignal::new(None),
            measured: RwSignal::new(None),
            brush: RwSignal::new(None),
            live: RwSignal::new(false),
            measuring: RwSignal::new(false),
            shifting: RwSignal::new(None),
            shift: RwSignal::new(None),
            width: RwSignal::new(0.0),
            has_keys: StoredValue::new(false),
            axes: Memo::new(move |_| selection.with(|selection| selection.axes.clone())),
            drawn: StoredValue::default(),
            with_spectra: RwSignal::new(false),
            spectra: RwSignal::default(),
            on_paper: RwSignal::new(false),
            paper: RwSignal::default(),
            display: Memo::new(move |_| selection.with(|selection| selection.display.clone())),
            hidden: Memo::new(move |_| selection.with(|selection| selection.hidden.clone())),
            selection,
            zone,
        }
    }

    /// The window over the tracks' width; x from the tracks' left edge, gutter included, in CSS pixels.
    pub fn scale(&self) -> TimeScale {
        let width = self.width.get_untracked().max(1.0);
        TimeScale { range: self.window.get_untracked(), left: GUTTER, width }
    }

    /// The range in view of a subject's tracks: while they are dragged, it moves against them.
    pub fn window_of(&self, subject_id: &str) -> TimeRange {
        let window = self.window.get_untracked();
        let by = self
            .shift
            .with_untracked(|held| held.as_ref().filter(|held| held.of == subject_id).map(|held| held.by));
        by.map_or(window, |by| panned(window, by.saturating_neg()))
    }

    /// Sets the clock of tracks that were dragged.
    fn let_go(&self) {
        let Some(Shift { of, by }) = self.shift.get_untracked() else { return };
        self.shift.set(None);
        self.selection.update(|selection| {
            let (of, clock) = selection.clock_of(&of).unwrap_or((of, Clock::default()));
            if let Ok(clock) = Clock::new(clock.origin, clock.offset.saturating_add(by), clock.drift_ppm) {
                selection.set_clock(of, clock);
            }
        });
    }

    /// Puts a stream's value axis somewhere, or lets it run by itself.
    pub fn set_axis(&self, stream: &str, axis: Axis) {
        self.selection.update(|Selection { axes, .. }| match axis == Axis::default() {
            true => drop(axes.remove(stream)),
            false => drop(axes.insert(stream.into(), axis)),
        });
    }

    /// Has a stream drawn through a filter, or with one that is none as it is.
    pub fn set_filter(&self, stream: &str, filter: DisplayFilter) {
        self.selection.update(|Selection { display, .. }| match filter.is_none() {
            true => drop(display.remove(stream)),
            false => drop(display.insert(stream.into(), filter)),
        });
    }

    /// Hides a dimension of a stream, or draws it again.
    pub fn toggle_hidden(&self, stream: &str, dimension: &str) {
        let pair = (stream.to_string(), dimension.to_string());
        self.selection.update(|Selection { hidden, .. }| {
            if !hidden.remove(&pair) {
                hidden.insert(pair);
            }
        });
    }

    /// Whether a dimension is not drawn.
    pub fn is_hidden(&self, stream: &str, dimension: &str) -> bool {
        // Most pages hide nothing.
        self.hidden.with(|hidden| {
            !hidden.is_empty() && hidden.contains(&(stream.to_string(), dimension.to_string()))
        })
    }

    /// Notes a value axis as it was drawn.
    pub fn note_drawn(&self, stream: &str, axis: DrawnAxis) {
        self.drawn.update_value(|drawn| match drawn.get_mut(stream) {
            Some(held) => *held = axis,
            None => drop(drawn.insert(stream.into(), axis)),
        });
    }

    /// Moves the window, as far as there is something to see.
    pub fn look_at(&self, range: TimeRange) {
        let held = held_near(range, self.bounds.get_untracked());
        if held != self.window.get_untracked() {
            self.window.set(held);
        }
    }

    /// All data.
    pub fn fit(&self) {
        self.look_at(self.bounds.get_untracked());
    }

    /// Zooms around the cursor when it is in view, else around the middle.
    pub fn zoom(&self, factor: f64) {
        let window = self.window.get_untracked();
        let in_view = |&time: &i64| window.start <= time && time < window.end;
        let middle = window.start + (window.end - window.start) / 2;
        let fixed = self.cursor.get_untracked().filter(in_view).unwrap_or(middle);
        self.look_at(zoomed(window, factor, fixed));
    }

    /// Takes all cursors away.
    pub fn clear_cursors(&self) {
        self.cursor.set(None);
        self.mark.set(None);
        self.measured.set(None);
    }

    /// Slides the window so that it ends with the data.
    pub fn slide(&self) {
        let (window, bounds) = (self.window.get_untracked(), self.bounds.get_untracked());
        self.look_at(panned(window, bounds.end - window.end));
    }

    /// Pans by a share of the window.
    pub fn pan(&self, share: f64) {
        self.live.set(false);
        let window = self.window.get_untracked();
        let by = ((window.end - window.start) as f64 * share) as i64;
        self.look_at(panned(window, by));
    }

    /// Brings a stretch into view and puts the cursor at its start. The window keeps its length where that is enough.
    pub fn show(&self, (start, end): (i64, i64)) {
        self.live.set(false);
        self.bring_into_view((start, end));
    }

    /// Puts the cursor somewhere and brings it into view.
    pub fn point_at(&self, time: i64) {
        self.bring_into_view((time, time));
    }

    fn bring_into_view(&self, (start, end): (i64, i64)) {
        let window = self.window.get_untracked();
        if start < window.start || end >= window.end {
            let length = (end.saturating_sub(start) / 2).saturating_mul(3).max(window.end - window.start);
            let from = start + (end.saturating_sub(start) - length) / 2;
            self.look_at(TimeRange { start: from, end: from.saturating_add(length) });
        }
        self.by_key.set(true);
        self.cursor.set(Some(start));
    }
}

/// What one or two pointers on the tracks are doing.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Gesture {
    /// Nothing.
    None,
    /// Panning: the window and the pointer when it began.
    Pan { window: TimeRange, from: f64 },
    /// Moving a subject's tracks in time, from there.
    Shift { from: f64 },
    /// Drawing an interval from there, to zoom into or to measure.
    Span { from: f64, measures: bool },
    /// Pinching: the scale and both pointers when it began.
    Pinch { scale: TimeScale, before: (f64, f64) },
}

impl Gesture {
    /// The pointers moved: `now` is where one is, or both.
    pub fn moved(&self, stage: &Stage, now: (f64, Option<f64>)) {
        match (*self, now) {
            (Self::Pan { window, from }, (x, _)) => {
                stage.live.set(false);
                let scale = TimeScale { range: window, ..stage.scale() };
                stage.look_at(panned(window, scale.time(from) - scale.time(x)));
            }
            (Self::Shift { from }, (x, _)) => {
                let scale = stage.scale();
                let by = scale.time(x) - scale.time(from);
                stage.shift.set(stage.shifting.get_untracked().map(|of| Shift { of, by }));
            }
            (Self::Span { from, measures }, (x, _)) => {
                let interval = brushed(&stage.scale(), from, x);
                if measures { stage.measured.set(interval) } else { stage.brush.set(interval) }
            }
            (Self::Pinch { scale, before }, (one, Some(other))) => {
                stage.look_at(pinched(&scale, before, (one, other)))
            }
            _ => {}
        }
    }

    /// The last pointer left: a brush becomes the window, dragged tracks stay where they are.
    pub fn ended(&self, stage: &Stage) {
        stage.let_go();
        if let (Self::Span { measures: false, .. }, Some(brush)) = (self, stage.brush.get_untracked()) {
            stage.look_at(brush);
        }
        stage.brush.set(None);
    }
}

/// A turn of the wheel: up and down zooms at the pointer, sideways (or with Shift) pans.
pub fn wheeled(stage: &Stage, x: f64, (across, down): (f64, f64), shift: bool) {
    let scale = stage.scale();
    let (across, down) = if shift && across == 0.0 { (down, 0.0) } else { (across, down) };
    if across.abs() > down.abs() {
        stage.look_at(panned(scale.range, (across * scale.per_pixel()) as i64));
    } else {
        let factor = (down.clamp(-240.0, 240.0) * 0.002).exp();
        stage.look_at(zoomed(scale.range, factor, scale.time(x.clamp(scale.left, scale.left + scale.width))));
    }
}

/// The second measuring cursor was set.
pub fn interval_between(one: i64, other: i64) -> Option<TimeRange> {
    let (start, end) = (one.min(other), one.max(other));
    (end - start >= NARROWEST).then_some(TimeRange { start, end })
}
