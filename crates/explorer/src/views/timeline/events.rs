//! Events above the tracks: a mark for a moment, a band for a stretch, each category in a colour and a row of its own.

use leptos::ev::MouseEvent;
use leptos::html::Div;
use leptos::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use streamscope_client::{Event, TimeRange};

use super::stage::{Stage, TRACK_MARGINS};
use crate::charts::axes::{Margins, PlotBox, draw_text};
use crate::charts::format::duration;
use crate::charts::pane::{DrawError, Pane};
use crate::charts::scale::TimeScale;
use crate::charts::surface::ChartCanvas;
use crate::charts::theme::{Rgb, Theme, css};
use crate::recording::Events;
use crate::state::Workspace;
use crate::text::in_line;

/// Height of a category's row in CSS pixels.
const ROW: f64 = 16.0;

/// A mark within this many CSS pixels of the crosshair is read.
const REACH: f64 = 4.0;

/// What the lane draws: the subject's events. `Copy`, as Leptos signals are.
#[derive(Clone, Copy)]
pub struct SubjectEvents {
    workspace: Workspace,
    stage: Stage,
    /// Whose events: those of the selected subject.
    pub subject: Memo<Option<String>>,
    /// Those in view, in order of their start.
    pub in_view: Memo<Vec<Event>>,
    /// Categories of all that is known, in alphabetical order: a row each, whatever is in view.
    categories: Memo<Vec<String>>,
    lane: NodeRef<Div>,
}

impl SubjectEvents {
    /// Fetches the events of everything that the selected streams hold.
    pub fn beside(workspace: Workspace, stage: Stage) -> Self {
        let subject = Memo::new(move |_| {
            let selected = workspace.selected_streams();
            // Which may hold more than the stream's own subject does.
            let chosen = workspace.selection.with(|selection| selection.subject.clone());
            chosen.filter(|_| !selected.is_empty())
        });
        let known = move |range: TimeRange| {
            let (events, subject) = (known_events(&workspace)?, subject.get()?);
            events.track();
            Some(events.within(&subject, range))
        };
        Effect::new(move |_| {
            if let (Some(source), Some(subject)) = (workspace.reading(), subject.get()) {
                workspace.recordings.events(&source).want(&source, &subject, stage.bounds.get());
            }
        });
        let categories = Memo::new(move |_| {
            let all = known(stage.bounds.get()).unwrap_or_default();
            let mut names: Vec<_> = all.into_iter().map(|event| event.category).collect();
            names.sort();
            names.dedup();
            names
        });
        let in_view = Memo::new(move |_| known(stage.window.get()).unwrap_or_default());
        Self { workspace, stage, subject, in_view, categories, lane: NodeRef::new() }
    }

    /// All that are known, in order of their start.
    pub fn all(&self) -> Vec<Event> {
        let (Some(events), Some(subject)) = (known_events(&self.workspace), self.subject.get()) else {
            return Vec::new();
        };
        events.track();
        events.within(&subject, self.stage.bounds.get())
    }

    /// Whether any is known.
    pub fn any(&self) -> bool {
        self.categories.with(|categories| !categories.is_empty())
    }

    /// The start of the nearest event on one side of an instant.
    pub fn beyond(&self, time: i64, by: i64) -> Option<i64> {
        let all = known_events(&self.workspace)?
            .within(&self.subject.get_untracked()?, self.stage.bounds.get_untracked());
        let mut starts = all.iter().map(|event| event.start);
        if by > 0 { starts.find(|start| *start > time) } else { starts.rfind(|start| *start < time) }
    }

    /// Asks again for everything.
    pub fn read_anew(&self) {
        let Some(source) = untrack(|| self.workspace.reading()) else { return };
        if let Some(subject) = self.subject.get_untracked() {
            let events = self.workspace.recordings.events(&source);
            events.retry(&source, &subject, self.stage.bounds.get_untracked());
        }
    }

    /// Whether the pointer is over the lane.
    pub fn lane_holds(&self, event: &MouseEvent) -> bool {
        let lane = self.lane.get_untracked().map(|lane| lane.get_bounding_client_rect());
        lane.is_some_and(|lane| (lane.top()..lane.bottom()).contains(&f64::from(event.client_y())))
    }

    /// Those at the crosshair.
    pub fn at_cursor(&self) -> Vec<Event> {
        let Some(cursor) = self.stage.cursor.get() else { return Vec::new() };
        let reach = (self.stage.scale().per_pixel() * REACH) as i64;
        self.in_view.with(|events| {
            let near = |event: &&Event| {
                let end = event.end.unwrap_or(event.start).max(event.start);
                event.start.saturating_sub(reach) <= cursor && cursor <= end.saturating_add(reach)
            };
            events.iter().filter(near).cloned().collect()
        })
    }
}

fn known_events(workspace: &Workspace) -> Option<Events> {
    workspace.reading().map(|source| workspace.recordings.events(&source))
}

/// "Walking (activity), 40 min", with its start where it is not known from elsewhere.
fn words(event: &Event) -> String {
    let length = match event.end {
        None => ", end not noted".to_string(),
        Some(end) if end > event.start => format!(", {}", duration(end - event.start)),
        Some(_) => String::new(),
    };
    format!("{} ({}){length}", in_line(&event.name, 80), in_line(&event.category, 40))
}

/// The lane; nothing where nothing was noted.
#[component]
pub fn EventLane(
    /// What all tracks share.
    stage: Stage,
    /// The events.
    events: SubjectEvents,
) -> impl IntoView {
    let rows = move || events.categories.with(Vec::len);
    let reading = Memo::new(move |_| {
        let at = events.at_cursor();
        at.iter().map(words).collect::<Vec<_>>().join(" · ")
    });
    let label = Signal::derive(move || format!("{} events in view", events.in_view.with(Vec::len)));
    let spoken = move || stage.by_key.get().then(|| reading.get());
    view! {
        <Failure events />
        <Show when=move || rows() != 0>
            <section class="event-lane" role="group" aria-label="Events">
                <header class="track-head" data-caption="">
                    <h3 class="track-name">"Events"</h3>
                    <ul class="legend"><Categories events /></ul>
                    <span class="event-reading" title=reading>{reading}</span>
                </header>
                <div class="track-plot" node_ref=events.lane style:height=move || format!("{}px", rows() as f64 * ROW + 2.0)>
                    <ChartCanvas
                        class="event-canvas"
                        label
                        track=move || {
                            events.in_view.track();
                            events.categories.track();
                            stage.window.track();
                            stage.cursor.track();
                        }
                        paint=move |pane, theme| {
                            events.in_view.with_untracked(|in_view| events.categories.with_untracked(|categories| {
                                // A browser that stops drawing text half-way leaves a picture that is incomplete, not wrong.
                                let _ = paint(pane, theme, &stage, in_view, categories);
                            }));
                        }
                    />
                </div>
                <p class="unseen" aria-live="polite">{spoken}</p>
            </section>
        </Show>
    }
}

/// Names of the rows, with their colours.
#[component]
fn Categories(events: SubjectEvents) -> impl IntoView {
    move || {
        let names = events.categories.get().into_iter().enumerate();
        let entries = names.map(|(row, name)| {
            let colour = format!("var(--series-{})", row % 7 + 1);
            view! { <li><i class="swatch" style:--swatch=colour></i><span class="dimension" title=name.clone()>{in_line(&name, 24)}</span></li> }
        });
        entries.collect::<Vec<_>>()
    }
}

/// Says that events could not be had, and asks again.
#[component]
fn Failure(events: SubjectEvents) -> impl IntoView {
    let failed = move || {
        let (known, subject) = (known_events(&events.workspace)?, events.subject.get()?);
        known.track();
        known.failure(&subject)
    };
    let retry = move |_| events.read_anew();
    move || {
        failed().map(|message| {
            view! {
                <p class="view-note failed" role="alert">
                    "Events: " {message} " " <button type="button" on:click=retry>"Retry"</button>
                </p>
            }
        })
    }
}

fn paint(
    pane: &Pane,
    theme: &Theme,
    stage: &Stage,
    events: &[Event],
    categories: &[String],
) -> Result<(), DrawError> {
    let plot = PlotBox::inside(pane, Margins { top: 0.0, ..TRACK_MARGINS });
    let time = plot.time_scale(stage.window.get_untracked());
    for (row, category) in categories.iter().enumerate() {
        let lane = PlotBox { top: row as f64 * ROW * pane.density, height: ROW * pane.density, ..plot };
        let of_row: Vec<_> = events.iter().filter(|event| &event.category == category).collect();
        for (place, event) in of_row.iter().enumerate() {
            // A name may reach as far as the next mark.
            let next = of_row.get(place + 1).map_or(plot.left + plot.width, |next| time.x(next.start));
            draw_event(pane, theme, lane, time, (event, next), theme.series_colour(row))?;
        }
    }
    if let Some(cursor) = stage.cursor.get_untracked() {
        let x = time.x(cursor).round();
        if plot.left <= x && x <= plot.left + plot.width {
            pane.context.set_fill_style_str(&css(theme.ink, 0.6));
            pane.context.fill_rect(x, 0.0, pane.density.round(), pane.height);
        }
    }
    Ok(())
}

fn draw_event(
    pane: &Pane,
    theme: &Theme,
    lane: PlotBox,
    time: TimeScale,
    (event, next): (&Event, f64),
    ink: Rgb,
) -> Result<(), DrawError> {
    let (density, context) = (pane.density, &pane.context);
    let right_edge = lane.left + lane.width;
    let start = time.x(event.start);
    let end = time.x(event.end.unwrap_or(event.start).max(event.start)).min(right_edge);
    let middle = lane.top + lane.height / 2.0;
    let from = start.max(lane.left);
    if end - from > 2.0 * density {
        context.set_fill_style_str(&css(ink, 0.3));
        context.fill_rect(from, lane.top + 3.0 * density, end - from, lane.height - 6.0 * density);
    }
    let mut text_from = from + 4.0 * density;
    if start >= lane.left {
        context.set_fill_style_str(&css(ink, 1.0));
        context.fill_rect(
            start - density,
            lane.top + 2.0 * density,
            2.0 * density,
            lane.height - 4.0 * density,
        );
        if event.end.is_none() {
            // An arrow: it went on, nobody noted how long.
            context.begin_path();
            context.move_to(start + density, middle - 4.0 * density);
            context.line_to(start + 6.0 * density, middle);
            context.line_to(start + density, middle + 4.0 * density);
            context.fill();
            text_from += 5.0 * density;
        }
    }
    let name = in_line(&event.name, 60);
    let needed = name.chars().count() as f64 * 6.2 * density;
    if text_from + needed + 6.0 * density > next.min(right_edge) {
        return Ok(());
    }
    draw_text(pane, &name, (text_from, middle), 11.0 * density, theme.ink, (HPos::Left, VPos::Center))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_says_how_long_it_was() {
        let event = |end: Option<i64>| Event {
            id: "e".into(),
            start: 0,
            end,
            name: "Walking".into(),
            category: "activity".into(),
            fields: Vec::new(),
            place: None,
        };
        assert_eq!(words(&event(Some(0))), "Walking (activity)");
        assert_eq!(words(&event(None)), "Walking (activity), end not noted");
        assert!(words(&event(Some(2_400_000_000_000))).starts_with("Walking (activity), 40"));
    }
}
