//! Availability: which data exist, day by stream, and for one stream hour by day.

pub mod grid;
pub mod paint;
pub mod table;

use js_sys::{Array, Uint8Array};
use leptos::html::Div;
use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange, whole_span};
use streamscope_signal::TimeZone;
use web_sys::{KeyboardEvent, PointerEvent};

use self::grid::{CellState, Grid, cell, completeness_csv};
use self::paint::{Emphasis, Geometry, paint};
use self::table::CompletenessTable;
use crate::charts::civil::exact_time;
use crate::charts::surface::{ChartCanvas, use_size};
use crate::recording::{Coverage, can_tell};
use crate::row_filter::InForce;
use crate::state::{View, Workspace};
use crate::text::in_line;
use crate::views::export::{Exports, save};
use crate::views::toggle::Toggle;

/// Streams of a subject that are shown without being chosen.
const MOST_UNASKED: usize = 200;

/// A cell: row and place.
type Cell = (usize, usize);

/// What the parts of the view share. `Copy`, as Leptos signals are.
#[derive(Clone, Copy)]
pub struct Shared {
    workspace: Workspace,
    grid: Memo<Grid>,
    states: Memo<Vec<Vec<CellState>>>,
    active: RwSignal<Option<Cell>>,
    /// Where a drag (or Shift with the arrow keys) began.
    anchor: RwSignal<Option<Cell>>,
}

/// Which data exist.
#[component]
pub fn AvailabilityView() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let all = RwSignal::new(false);
    let by_hour = RwSignal::new(false);
    let as_table = RwSignal::new(false);
    let streams = Memo::new(move |_| shown(&workspace));
    let grid = Memo::new(move |_| {
        streams.with(|streams| {
            let one = streams.len() == 1 || by_hour.get();
            workspace.zone.with(|zone| built(streams, all.get(), one, zone))
        })
    });
    let states = Memo::new(move |_| answers(&workspace, grid));
    let shared = Shared { workspace, grid, states, active: RwSignal::new(None), anchor: RwSignal::new(None) };
    Effect::new(move |_| {
        let Some(source) = workspace.reading() else { return };
        let coverage = workspace.recordings.coverage(&source);
        grid.with(|grid| {
            if let Some(span) = grid.span {
                let mut questions: Vec<_> = grid.rows.iter().map(|row| &row.question).collect();
                questions.dedup();
                questions.iter().for_each(|question| coverage.want(&source, question, span));
            }
        });
    });
    let figure = NodeRef::<Div>::new();
    let several = move || streams.with(Vec::len) > 1;
    let save_csv = move |_| {
        let zone = workspace.zone.get_untracked();
        let text =
            grid.with_untracked(|grid| states.with_untracked(|states| completeness_csv(grid, states, &zone)));
        let parts = Array::of1(&Uint8Array::from(text.as_bytes()));
        let _ = save(&parts, "text/csv", "completeness.csv");
    };
    view! {
        <div class="availability" data-view="availability">
            <div class="toolbar" role="toolbar" aria-label="Availability">
                <Show when=several>
                    <label>
                        "Together"
                        <select
                            aria-label="Streams together"
                            on:change=move |event| all.set(event_target_value(&event) == "all")
                        >
                            <option value="any">"any of them"</option>
                            <option value="all">"all of them"</option>
                        </select>
                    </label>
                    <Toggle on=by_hour label="Hours of the first" />
                </Show>
                <Toggle on=as_table label="Table" />
                <button type="button" title="Save completeness per stream and day as CSV" on:click=save_csv>
                    "Completeness CSV"
                </button>
                <Exports figure title="Availability" />
            </div>
            <Show
                when=move || grid.with(|grid| !grid.rows.is_empty())
                fallback=move || view! { <p class="view-empty">{nothing(&workspace)}</p> }
            >
                <div class="figure" node_ref=figure>
                    <InForce />
                    <Show when=move || !as_table.get() fallback=move || view! { <CompletenessTable shared /> }>
                        <GridCanvas shared />
                    </Show>
                </div>
                <StateLegend />
                <ComputedBy workspace />
                <ReadLine shared />
                <Failure shared />
            </Show>
        </div>
    }
}

/// Who computed the availability, where that is not the server.
#[component]
fn ComputedBy(workspace: Workspace) -> impl IntoView {
    let here = move || {
        let Some(source) = workspace.reading() else { return false };
        let by_server = |stream: &StreamInfo| source.aggregates(std::slice::from_ref(stream)).is_some();
        !shown(&workspace).iter().all(by_server)
    };
    view! {
        <Show when=here>
            <p class="view-note">"Computed by this browser, from what the server sent."</p>
        </Show>
    }
}

/// The selected streams, or all of the subject when none is selected; those without data have nothing to ask about. Not
/// all where that is more than anybody looks at, or where only the rows of each tell.
fn shown(workspace: &Workspace) -> Vec<StreamInfo> {
    let selected = workspace.selected_streams();
    if !selected.is_empty() {
        return selected;
    }
    let Some(source) = workspace.reading() else { return Vec::new() };
    workspace.streams.with(|streams| {
        let with_data: Vec<_> = streams.iter().filter(|stream| stream.span().is_some()).collect();
        let all = with_data.len() <= MOST_UNASKED
            && with_data.iter().all(|stream| can_tell(source.as_ref(), stream));
        if all { with_data.into_iter().cloned().collect() } else { Vec::new() }
    })
}

/// What to do where there is nothing to see.
fn nothing(workspace: &Workspace) -> &'static str {
    let known = workspace.streams.with(|streams| streams.iter().any(|stream| stream.span().is_some()));
    match known {
        true => "Choose one or more streams on the left to see when they have data.",
        false => "No stream with data to look at. Choose a subject on the left.",
    }
}

fn built(streams: &[StreamInfo], all: bool, by_hour: bool, zone: &TimeZone) -> Grid {
    let (Some(whole), Some(first)) = (whole_span(streams), streams.first()) else { return Grid::default() };
    match by_hour {
        true => Grid::hours(first, first.span().unwrap_or(whole), zone),
        false => Grid::days(streams, whole, all, zone),
    }
}

fn answers(workspace: &Workspace, grid: Memo<Grid>) -> Vec<Vec<CellState>> {
    let Some(source) = workspace.reading() else { return Vec::new() };
    let coverage: Coverage = workspace.recordings.coverage(&source);
    coverage.track();
    grid.with(|grid| {
        let rows = grid.rows.iter().map(|row| {
            let from = row.places.first().map(|place| place.range.start);
            let to = row.places.last().map(|place| place.range.end);
            let (Some(start), Some(end)) = (from, to) else { return Vec::new() };
            let windows = coverage.states(&row.question, TimeRange { start, end });
            row.places.iter().map(|place| cell(&windows, place.range)).collect()
        });
        rows.collect()
    })
}

/// The grid under the hand.
#[component]
fn GridCanvas(shared: Shared) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let size = use_size(node);
    let hit = move |event: &PointerEvent| {
        let bounds = node.get_untracked()?.get_bounding_client_rect();
        let (x, y) =
            (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top());
        shared.grid.with_untracked(|grid| Geometry::of(grid, bounds.width()).hit(grid, x, y))
    };
    let height = move || {
        let width = size.get().0;
        format!("{}px", shared.grid.with(|grid| Geometry::of(grid, width).height(grid)))
    };
    let moved = move |event: PointerEvent| {
        if let Some(cell) = hit(&event) {
            shared.active.set(Some(cell));
        }
    };
    let up = move |event: PointerEvent| {
        let Some(from) = shared.anchor.get_untracked() else { return };
        shared.anchor.set(None);
        let Some(to) = hit(&event).or(shared.active.get_untracked()) else { return };
        if from == to { open(&shared, to) } else { choose(&shared, from, to) }
    };
    let label = Signal::derive(move || {
        let (rows, columns) = shared.grid.with(|grid| (grid.rows.len(), grid.columns));
        format!("Availability grid of {rows} rows and {columns} columns")
    });
    view! {
        <div
            class="availability-grid"
            node_ref=node
            style:height=height
            tabindex="0"
            role="application"
            aria-roledescription="availability grid"
            aria-label="Arrow keys move between cells, Enter opens a cell in the timeline, Shift with arrows selects a range."
            on:pointermove=moved
            on:pointerdown=move |event| shared.anchor.set(hit(&event))
            on:pointerup=up
            on:pointercancel=move |_| shared.anchor.set(None)
            on:keydown=move |event| key(&shared, &event)
        >
            <ChartCanvas
                class="availability-canvas"
                label=label
                track=move || {
                    shared.states.track();
                    shared.active.track();
                    shared.anchor.track();
                    shared.workspace.selection.track();
                }
                paint=move |pane, theme| {
                    shared.grid.with_untracked(|grid| shared.states.with_untracked(|states| {
                        let emphasis = Emphasis {
                            active: shared.active.get_untracked(),
                            range: dragged(&shared).or_else(|| shared.workspace.selection.with_untracked(|held| held.range)),
                        };
                        let _ = paint(pane, theme, grid, states, emphasis);
                    }));
                }
            />
        </div>
    }
}

/// The stretch between the anchor and the active cell.
fn dragged(shared: &Shared) -> Option<TimeRange> {
    stretch(shared, shared.anchor.get_untracked()?, shared.active.get_untracked()?)
}

fn stretch(shared: &Shared, one: Cell, other: Cell) -> Option<TimeRange> {
    let (one, other) = (place(shared, one)?, place(shared, other)?);
    Some(TimeRange { start: one.start.min(other.start), end: one.end.max(other.end) })
}

fn place(shared: &Shared, (row, place): Cell) -> Option<TimeRange> {
    shared.grid.with_untracked(|grid| grid.rows.get(row)?.places.get(place).map(|place| place.range))
}

/// A range of cells becomes the selected range.
fn choose(shared: &Shared, from: Cell, to: Cell) {
    if let Some(range) = stretch(shared, from, to) {
        shared.workspace.selection.update(|selection| selection.range = Some(range));
    }
}

/// A cell opens in the timeline.
fn open(shared: &Shared, cell: Cell) {
    let Some(range) = place(shared, cell) else { return };
    let stream = shared.grid.with_untracked(|grid| grid.rows.get(cell.0).and_then(|row| row.stream.clone()));
    let all: Vec<_> =
        shared.grid.with_untracked(|grid| grid.rows.iter().filter_map(|row| row.stream.clone()).collect());
    shared.workspace.selection.update(|selection| {
        match stream {
            Some(stream) if !selection.streams.contains(&stream) => selection.streams = vec![stream],
            None if selection.streams.is_empty() => selection.streams = all,
            _ => {}
        }
        selection.range = Some(range);
        selection.view = View::Timeline;
    });
}

fn key(shared: &Shared, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let (row, place) = shared.active.get_untracked().unwrap_or((0, 0));
    let (rows, places) = shared
        .grid
        .with_untracked(|grid| (grid.rows.len(), grid.rows.get(row).map_or(0, |row| row.places.len())));
    let moved = match event.key().as_str() {
        "ArrowLeft" => (row, place.saturating_sub(1)),
        "ArrowRight" => (row, (place + 1).min(places.saturating_sub(1))),
        "ArrowUp" => (row.saturating_sub(1), place),
        "ArrowDown" => ((row + 1).min(rows.saturating_sub(1)), place),
        "Home" => (row, 0),
        "End" => (row, places.saturating_sub(1)),
        "Enter" | " " => {
            event.prevent_default();
            open(shared, (row, place));
            return;
        }
        _ => return,
    };
    event.prevent_default();
    if event.shift_key() {
        shared.anchor.update(|anchor| *anchor = anchor.or(Some((row, place))));
        if let Some(anchor) = shared.anchor.get_untracked() {
            choose(shared, anchor, moved);
        }
    } else {
        shared.anchor.set(None);
    }
    shared.active.set(Some(moved));
}

/// What a cell says, in words.
fn words(state: CellState) -> String {
    match state {
        CellState::Data(share) => format!("data in {:.0} % of it", (share * 100.0).max(1.0)),
        CellState::Empty => "no data".into(),
        CellState::NotAsked => "not asked yet".into(),
        CellState::Failed => "the server gave no answer".into(),
    }
}

/// The active cell in words, for eye and ear.
#[component]
fn ReadLine(shared: Shared) -> impl IntoView {
    let text = move || {
        let (row, place) = shared.active.get()?;
        let zone = shared.workspace.zone.get();
        shared.grid.with(|grid| {
            let held = grid.rows.get(row)?;
            let range = held.places.get(place)?.range;
            let state = shared.states.with(|states| states.get(row)?.get(place).copied())?;
            Some(format!(
                "{}: {} to {}: {}",
                in_line(&held.label, 80),
                exact_time(range.start, &zone),
                exact_time(range.end, &zone),
                words(state)
            ))
        })
    };
    view! {
        <p class="view-note" aria-live="polite">
            {move || text().unwrap_or_else(|| "Click a cell to see its samples; drag over cells to select their time.".into())}
        </p>
    }
}

/// The four states, as the grid draws them.
#[component]
fn StateLegend() -> impl IntoView {
    let entries = [
        ("data", "data, as high as the share of time that has any"),
        ("none", "none"),
        ("waiting", "not asked yet"),
        ("failed", "failed"),
    ];
    let entries =
        entries.map(|(class, text)| view! { <li><i class=format!("state-swatch {class}")></i>{text}</li> });
    view! { <ul class="state-legend" aria-label="States">{entries.into_iter().collect::<Vec<_>>()}</ul> }
}

/// The first failure, with its message and a way to ask again.
#[component]
fn Failure(shared: Shared) -> impl IntoView {
    let failed = move || {
        let source = shared.workspace.reading()?;
        let coverage = shared.workspace.recordings.coverage(&source);
        coverage.track();
        shared.grid.with(|grid| {
            let span = grid.span?;
            grid.rows.iter().find_map(|row| coverage.failure(&row.question, span))
        })
    };
    let retry = move |_| {
        let Some(source) = untrack(|| shared.workspace.reading()) else { return };
        let coverage = untrack(|| shared.workspace.recordings.coverage(&source));
        shared.grid.with_untracked(|grid| {
            if let Some(span) = grid.span {
                grid.rows.iter().for_each(|row| coverage.retry(&source, &row.question, span));
            }
        });
    };
    move || {
        failed().map(|message| view! {
            <p class="view-note failed" role="alert">{message} " " <button type="button" on:click=retry>"Retry"</button></p>
        })
    }
}
