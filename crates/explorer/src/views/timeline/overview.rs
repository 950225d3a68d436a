//! The strip under the tracks: everything available, with the window as a lens that can be dragged and stretched.

use leptos::html::Div;
use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange};
use web_sys::PointerEvent;

use super::stage::{EDGE, GUTTER, Stage, TRACK_MARGINS};
use crate::charts::axes::{Margins, PlotBox};
use crate::charts::hatch::{Hatch, fill_hatched};
use crate::charts::pane::Pane;
use crate::charts::scale::{NARROWEST, TimeScale, panned};
use crate::charts::surface::ChartCanvas;
use crate::charts::theme::{Theme, css};
use crate::recording::{Question, Recording, WindowState, any_of, can_tell, held_states};
use crate::state::Workspace;

/// Windows of availability that a strip asks for, at most about this many.
const WINDOWS: i64 = 900;

/// Resolutions worth asking for, s.
const RESOLUTIONS: [u32; 8] = [300, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];

/// The finest resolution at which a span has no more than [`WINDOWS`] windows; the coarsest there is, when all have.
pub fn resolution(span_ns: i64) -> u32 {
    let fits = |resolution: &u32| span_ns / (i64::from(*resolution) * streamscope_signal::SECOND) <= WINDOWS;
    RESOLUTIONS.into_iter().find(fits).unwrap_or(86_400)
}

/// What is dragged.
#[derive(Clone, Copy, PartialEq)]
enum Grip {
    Whole { window: TimeRange, from: f64 },
    Start,
    End,
}

/// The overview strip.
#[component]
pub fn Overview(
    /// What all tracks share.
    stage: Stage,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let resolution_s = Memo::new(move |_| stage.bounds.with(|bounds| resolution(bounds.end - bounds.start)));
    // A platform that tells availability only by handing out every row is not asked: the tracks read those rows.
    let asked = Memo::new(move |_| {
        let Some(source) = workspace.reading() else { return (Vec::new(), Vec::new()) };
        workspace.selected_streams().into_iter().partition(|stream| can_tell(source.as_ref(), stream))
    });
    let question = Memo::new(move |_| {
        let streams = asked.with(|(told, _): &(Vec<StreamInfo>, Vec<StreamInfo>)| told.clone().into());
        Question { streams, all: false, resolution_s: resolution_s.get() }
    });
    let coverage = move || workspace.reading().map(|source| (workspace.recordings.coverage(&source), source));
    let held = move || {
        let known = |stream: &StreamInfo| workspace.recordings.known(&stream.id);
        asked.with(|(_, held)| held.iter().filter_map(known).collect::<Vec<_>>())
    };
    Effect::new(move |_| {
        if let Some((coverage, source)) = coverage() {
            question.with(|question| coverage.want(&source, question, stage.bounds.get()));
        }
    });
    let states = move || {
        let (bounds, resolution_s) = (stage.bounds.get(), resolution_s.get());
        let told = coverage().filter(|_| question.with(|question| !question.streams.is_empty()));
        let told = told.map(|(coverage, _)| question.with(|question| coverage.states(question, bounds)));
        let held = held().into_iter().map(|recording| held_states(&recording, bounds, resolution_s));
        any_of(told.into_iter().chain(held))
    };
    let node = NodeRef::<Div>::new();
    let grip = StoredValue::new(None::<Grip>);
    let scale = move || TimeScale {
        range: stage.bounds.get_untracked(),
        left: GUTTER,
        width: node
            .get_untracked()
            .map_or(1.0, |node| f64::from(node.client_width()) - GUTTER - EDGE)
            .max(1.0),
    };
    let x_of = move |event: &PointerEvent| {
        let left = node.get_untracked().map_or(0.0, |node| node.get_bounding_client_rect().left());
        f64::from(event.client_x()) - left
    };
    let down = move |event: PointerEvent| {
        let (x, scale, window) = (x_of(&event), scale(), stage.window.get_untracked());
        let (left, right) = (scale.x(window.start), scale.x(window.end));
        let wide = right - left > 24.0;
        grip.set_value(Some(match () {
            () if wide && (x - left).abs() < 7.0 => Grip::Start,
            () if wide && (x - right).abs() < 7.0 => Grip::End,
            () if left - 8.0 <= x && x <= right + 8.0 => Grip::Whole { window, from: x },
            () => {
                let middle = window.start + (window.end - window.start) / 2;
                let window = panned(window, scale.time(x) - middle);
                stage.look_at(window);
                Grip::Whole { window, from: x }
            }
        }));
        if let Some(node) = node.get_untracked() {
            let _ = node.set_pointer_capture(event.pointer_id());
        }
        event.prevent_default();
    };
    let moved = move |event: PointerEvent| {
        let Some(grip) = grip.get_value() else { return };
        let (x, scale, window) = (x_of(&event), scale(), stage.window.get_untracked());
        let time = scale.time(x).clamp(scale.range.start, scale.range.end);
        stage.look_at(match grip {
            Grip::Whole { window, from } => panned(window, scale.time(x) - scale.time(from)),
            Grip::Start => TimeRange { start: time.min(window.end - NARROWEST), ..window },
            Grip::End => TimeRange { end: time.max(window.start + NARROWEST), ..window },
        });
    };
    view! {
        <div
            class="overview"
            node_ref=node
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| grip.set_value(None)
            on:pointercancel=move |_| grip.set_value(None)
            on:dblclick=move |_| stage.fit()
        >
            <ChartCanvas
                class="overview-canvas"
                label="Everything available, with the window as a lens"
                track=move || {
                    stage.window.track();
                    stage.bounds.track();
                    question.track();
                    if let Some((coverage, _)) = coverage() {
                        coverage.track();
                    }
                    held().iter().for_each(Recording::track);
                }
                paint=move |pane, theme| {
                    let length = i64::from(resolution_s.get_untracked()) * streamscope_signal::SECOND;
                    paint(pane, theme, &stage, &untrack(states), length);
                }
            />
        </div>
    }
}

fn paint(pane: &Pane, theme: &Theme, stage: &Stage, states: &[(i64, WindowState)], length: i64) {
    let plot = PlotBox::inside(pane, Margins { top: 4.0, bottom: 4.0, ..TRACK_MARGINS });
    let time = plot.time_scale(stage.bounds.get_untracked());
    let boxes = |wanted: WindowState, top: f64, height: f64| -> Vec<PlotBox> {
        let wanted = states.iter().filter(move |(_, state)| *state == wanted);
        wanted
            .map(|&(start, _)| {
                let left = time.x(start).max(plot.left);
                let right = time.x(start + length).min(plot.left + plot.width);
                let height = plot.height * height;
                PlotBox { left, width: (right - left).max(0.0), top: plot.top + plot.height * top, height }
            })
            .collect()
    };
    let context = &pane.context;
    context.set_fill_style_str(&css(theme.series_colour(0), 0.75));
    context.begin_path();
    for at in boxes(WindowState::Data, 0.25, 0.5) {
        context.rect(at.left, at.top, at.width.max(1.0), at.height);
    }
    context.fill();
    fill_hatched(pane, &boxes(WindowState::NotAsked, 0.25, 0.5), Hatch::Diagonal, theme.line);
    fill_hatched(pane, &boxes(WindowState::Failed, 0.25, 0.5), Hatch::Crossed, theme.danger);
    context.set_fill_style_str(&css(theme.muted, 0.5));
    context.fill_rect(plot.left, plot.top + plot.height - pane.density, plot.width, pane.density);

    let window = stage.window.get_untracked();
    if window.end <= time.range.start || window.start >= time.range.end {
        paint_outside(pane, theme, plot, window.end <= time.range.start);
        return;
    }
    let left = time.x(window.start).clamp(plot.left, plot.left + plot.width - 2.0);
    let right = time.x(window.end).clamp(left + 2.0, plot.left + plot.width);
    context.set_fill_style_str(&css(theme.accent, 0.14));
    context.fill_rect(left, 0.0, right - left, pane.height);
    context.set_stroke_style_str(&css(theme.accent, 1.0));
    context.set_line_width(1.5 * pane.density);
    context.stroke_rect(left, pane.density, right - left, pane.height - 2.0 * pane.density);
}

/// An arrow at the edge beyond which the window lies: there is no lens over the data.
fn paint_outside(pane: &Pane, theme: &Theme, plot: PlotBox, before: bool) {
    let size = (plot.height / 2.0).min(8.0 * pane.density);
    let middle = plot.top + plot.height / 2.0;
    let (tip, base) = match before {
        true => (plot.left, plot.left + size),
        false => (plot.left + plot.width, plot.left + plot.width - size),
    };
    let context = &pane.context;
    context.set_fill_style_str(&css(theme.accent, 1.0));
    context.begin_path();
    context.move_to(tip, middle);
    context.line_to(base, middle - size);
    context.line_to(base, middle + size);
    context.close_path();
    context.fill();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_asks_for_about_as_many_windows_as_it_has_pixels() {
        let day = streamscope_signal::DAY;
        assert_eq!(resolution(day), 300);
        assert_eq!(resolution(30 * day), 3_600);
        assert_eq!(resolution(3650 * day), 86_400);
    }
}
