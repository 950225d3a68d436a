//! The day profile: what a typical day looks like.

pub mod choices;
pub mod compute;
pub mod numbers;
pub mod paint;
pub mod period;
pub mod states;

use futures_util::future::{AbortHandle, Abortable};
use leptos::html::Div;
use leptos::prelude::*;
use streamscope_client::whole_span;
use streamscope_signal::TimeZone;
use wasm_bindgen_futures::spawn_local;
use web_sys::{KeyboardEvent, PointerEvent};

use self::choices::{Choices, chosen};
use self::compute::{Curve, by_hand, by_reduced, by_server, way};
use self::paint::{CURVES, LANE, MARGINS};
use self::period::{Period, Route};
use crate::catalogue::label;
use crate::charts::civil::short_date;
use crate::charts::format::grouped;
use crate::charts::surface::ChartCanvas;
use crate::recording::{Recording, Status};
use crate::row_filter::InForce;
use crate::state::Workspace;
use crate::text::in_line;
use crate::views::export::Exports;
use crate::views::toggle::Toggle;

/// A curve as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnCurve {
    /// Its numbers.
    pub curve: Curve,
    /// Number of its colour.
    pub colour: usize,
    /// Whether it is of the days before, for comparison.
    pub earlier: bool,
}

impl DrawnCurve {
    /// Its name, and whether it is the earlier one.
    pub fn label(&self) -> String {
        let name = in_line(&self.curve.name, 80);
        if self.earlier { format!("{name} (days before)") } else { name }
    }
}

/// One stream's part of the profile.
#[derive(Clone)]
enum Part {
    /// On its way.
    Waiting(Recording),
    /// There.
    Ready(Vec<Curve>),
    /// It failed, with a message.
    Failed(String),
    /// Raw rows must be read, which the person decides.
    NeedsRaw(&'static str),
}

/// A part and what it is of.
#[derive(Clone)]
struct Job {
    recording: Recording,
    period: Period,
    earlier: bool,
    part: Part,
}

type Jobs = RwSignal<Vec<Job>, LocalStorage>;

/// What a typical day looks like.
#[component]
pub fn DayProfileView() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let as_table = RwSignal::new(false);
    let period = Memo::new(move |_| period_of(&workspace));
    let compare = Memo::new(move |_| chosen(&workspace).compare);
    let jobs: Jobs = RwSignal::new_local(Vec::new());
    let running = StoredValue::new_local(Vec::<AbortHandle>::new());
    let stop = move || {
        running.try_update_value(|running| running.drain(..).for_each(|handle| handle.abort()));
    };
    Effect::new(move |_| {
        stop();
        let zone = workspace.zone.get();
        jobs.set(work(&workspace, period.get(), compare.get(), &zone));
        let count = jobs.with_untracked(Vec::len);
        (0..count).for_each(|index| start(workspace, jobs, index, false, running));
    });
    on_cleanup(stop);
    let curves = Signal::derive(move || shown(&jobs.get()));
    let figure = NodeRef::<Div>::new();
    let read_raw = move |index: usize| start(workspace, jobs, index, true, running);
    view! {
        <div class="day-profile" data-view="day-profile">
            <div class="toolbar" role="toolbar" aria-label="Day profile">
                <Choices period />
                <Toggle on=as_table label="Table" />
                <Exports figure title="Day profile" />
            </div>
            <Show
                when=move || !jobs.with(Vec::is_empty)
                fallback=|| view! {
                    <p class="view-empty">"Choose one or more streams on the left to see their average day here."</p>
                }
            >
                <p class="view-note" data-caption="">{move || period.get().map(|period| caption(&period, &workspace.zone.get()))}</p>
                <Notices jobs read_raw />
                <div class="figure" node_ref=figure>
                    <InForce />
                    {move || match as_table.get() {
                        true => curves.with(|curves| numbers::table(curves)).into_any(),
                        false => view! { <Panels curves n_days=Signal::derive(move || period.get().map_or(1, |period| period.n_days)) /> }.into_any(),
                    }}
                </div>
                {move || curves.with(|curves| (!curves.is_empty()).then(|| numbers::summary(curves)))}
            </Show>
        </div>
    }
}

/// The days that the selected range touches; without one, the last days that the streams hold.
fn period_of(workspace: &Workspace) -> Option<Period> {
    let zone = workspace.zone.get();
    let all = whole_span(&workspace.selected_streams())?;
    let range = workspace.selection.with(|selection| selection.range).unwrap_or(all);
    let day = chosen(workspace);
    Some(Period::of(range, day.n_days, day.resolution_s, &zone))
}

fn caption(period: &Period, zone: &TimeZone) -> String {
    let range = period.range(zone);
    let date = |time: i64| short_date(&streamscope_signal::Civil::at(time, zone));
    let year = streamscope_signal::Civil::at(range.start, zone).year;
    let days = if period.n_days == 1 { "day".to_string() } else { format!("{} days", period.n_days) };
    format!(
        "Average of {days}, {} to {} {year}, time of day in {}. Mean per slot; bars below show on how many days it stands.",
        date(range.start),
        date(range.end - 1),
        zone.name()
    )
}

fn work(workspace: &Workspace, period: Option<Period>, compare: bool, zone: &TimeZone) -> Vec<Job> {
    let (Some(source), Some(period)) = (workspace.reading(), period) else { return Vec::new() };
    let streams = workspace.selected_streams();
    let periods: Vec<_> = std::iter::once((period.clone(), false))
        .chain(compare.then(|| (period.before(zone), true)))
        .collect();
    streams
        .iter()
        .flat_map(|stream| periods.iter().map(move |period| (stream, period)))
        .map(|(stream, (period, earlier))| {
            let recording = workspace.recordings.of(&source, stream);
            Job {
                part: Part::Waiting(recording.clone()),
                recording,
                period: period.clone(),
                earlier: *earlier,
            }
        })
        .collect()
}

/// Starts a job; `read_raw` says that the person wants raw rows to be read where that is the way.
fn start(
    workspace: Workspace,
    jobs: Jobs,
    index: usize,
    read_raw: bool,
    running: StoredValue<Vec<AbortHandle>, LocalStorage>,
) {
    let Some(job) = jobs.with_untracked(|jobs| jobs.get(index).cloned()) else { return };
    let Some(source) = untrack(|| workspace.reading()) else { return };
    let zone = workspace.zone.get_untracked();
    let put = move |part: Part| {
        jobs.try_update(|jobs| {
            if let Some(job) = jobs.get_mut(index) {
                job.part = part;
            }
        });
    };
    let (way, there) = way(&job.recording, &job.period, &zone);
    // Several dimensions mean fast sensors, and many rows: that is the person's decision.
    if let (Route::Raw { reason }, false, false) = (&way, there, read_raw)
        && job.recording.stream().dimensions.len() > 2
    {
        put(Part::NeedsRaw(reason));
        return;
    }
    put(Part::Waiting(job.recording.clone()));
    let (handle, registration) = AbortHandle::new_pair();
    running.update_value(|running| running.push(handle));
    spawn_local(async move {
        let outcome = match way {
            Route::Server { shift } => {
                let stream = job.recording.stream().clone();
                Abortable::new(by_server(source, stream, job.period, shift), registration).await
            }
            Route::Reduced => {
                Abortable::new(by_reduced(source, job.recording, job.period, zone), registration).await
            }
            Route::Raw { reason } => {
                Abortable::new(by_hand(job.recording, job.period, zone, reason), registration).await
            }
        };
        match outcome {
            Ok(Ok(curves)) => put(Part::Ready(curves)),
            Ok(Err(message)) => put(Part::Failed(message)),
            Err(_aborted) => {}
        }
    });
}

fn shown(jobs: &[Job]) -> Vec<DrawnCurve> {
    let mut shown: Vec<DrawnCurve> = Vec::new();
    for job in jobs {
        let Part::Ready(curves) = &job.part else { continue };
        for curve in curves {
            // The days before take the colour of the days they are compared with.
            let twin = shown
                .iter()
                .find(|other| job.earlier && other.curve.name == curve.name)
                .map(|twin| twin.colour);
            let next = shown.iter().filter(|other| !other.earlier).count();
            shown.push(DrawnCurve {
                curve: curve.clone(),
                colour: twin.unwrap_or(next),
                earlier: job.earlier,
            });
        }
    }
    shown
}

/// What is on its way, what failed, and what needs a decision.
#[component]
fn Notices(jobs: Jobs, read_raw: impl Fn(usize) + Copy + Send + Sync + 'static) -> impl IntoView {
    move || {
        let notices = jobs.get().into_iter().enumerate().filter_map(|(index, job)| {
            let name = label(job.recording.stream());
            match job.part {
                Part::Ready(curves) if curves.is_empty() => {
                    Some(view! { <p class="view-note" role="status">{name} " has nothing with an average."</p> }.into_any())
                }
                Part::Ready(_) => None,
                Part::Waiting(recording) => {
                    let rows = match recording.status() {
                        Status::Loading { progress, .. } => format!(", {} rows read", grouped(progress.rows)),
                        _ => String::new(),
                    };
                    let loading = matches!(recording.status_untracked(), Status::Loading { .. });
                    let held = StoredValue::new_local(recording);
                    let cancel = loading.then(|| view! {
                        <button type="button" on:click=move |_| held.with_value(Recording::cancel)>"Cancel"</button>
                    });
                    Some(view! { <p class="view-note" role="status">{name} ": computing" {rows} "… " {cancel}</p> }.into_any())
                }
                Part::Failed(message) => Some(view! {
                    <p class="view-note failed" role="alert">
                        {name} ": " {message} " "
                        <button type="button" on:click=move |_| read_raw(index)>"Retry"</button>
                    </p>
                }.into_any()),
                Part::NeedsRaw(reason) => Some(view! {
                    <p class="view-note" role="status">
                        {name} ": " {reason} " It can be computed here from the raw rows. "
                        <button type="button" on:click=move |_| read_raw(index)>"Read the rows"</button>
                    </p>
                }.into_any()),
            }
        });
        notices.collect::<Vec<_>>()
    }
}

/// One panel per unit.
#[component]
fn Panels(curves: Signal<Vec<DrawnCurve>>, n_days: Signal<u32>) -> impl IntoView {
    move || {
        let all = curves.get();
        let mut units: Vec<String> = Vec::new();
        for shown in &all {
            if !units.contains(&shown.curve.unit) {
                units.push(shown.curve.unit.clone());
            }
        }
        let panels = units.into_iter().map(|unit| {
            let of_unit: Vec<_> = all.iter().filter(|shown| shown.curve.unit == unit).cloned().collect();
            view! { <Panel curves=of_unit n_days /> }
        });
        panels.collect::<Vec<_>>()
    }
}

/// The curves of one unit.
#[component]
fn Panel(curves: Vec<DrawnCurve>, n_days: Signal<u32>) -> impl IntoView {
    let slot = RwSignal::new(None::<usize>);
    let slots = curves.first().map_or(1, |shown| shown.curve.aggregate.values.len().max(1));
    let node = NodeRef::<Div>::new();
    let height = format!("{}px", CURVES + curves.len() as f64 * LANE + MARGINS.bottom);
    let legend: Vec<_> = curves
        .iter()
        .map(|shown| {
            let colour = format!("var(--series-{})", shown.colour % 7 + 1);
            let class = if shown.earlier { "swatch earlier" } else { "swatch" };
            let unit =
                if shown.curve.unit.is_empty() { String::new() } else { format!(" ({})", in_line(&shown.curve.unit, 24)) };
            view! { <li><i class=class style:--swatch=colour></i><span title=shown.curve.name.clone()>{shown.label()}</span> {unit}</li> }
        })
        .collect();
    let label =
        format!("Average day of {}", curves.iter().map(DrawnCurve::label).collect::<Vec<_>>().join(", "));
    let curves = StoredValue::new(curves);
    let moved = move |event: PointerEvent| {
        let Some(node) = node.get_untracked() else { return };
        let bounds = node.get_bounding_client_rect();
        let width = (bounds.width() - MARGINS.left - MARGINS.right).max(1.0);
        let share = (f64::from(event.client_x()) - bounds.left() - MARGINS.left) / width;
        slot.set((0.0..1.0).contains(&share).then_some((share * slots as f64) as usize));
    };
    let keys = move |event: KeyboardEvent| {
        let at = slot.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => at.map_or(0, |slot| (slot + 1).min(slots - 1)),
            "ArrowLeft" => at.map_or(slots - 1, |slot| slot.saturating_sub(1)),
            "Home" => 0,
            "End" => slots - 1,
            _ => return,
        };
        event.prevent_default();
        slot.set(Some(next));
    };
    view! {
        <div class="profile-panel">
            <ul class="legend" data-caption="">{legend}</ul>
            <div
                class="profile-plot"
                node_ref=node
                style:height=height
                tabindex="0"
                role="group"
                aria-label="Left and right arrow keys move through the day."
                on:pointermove=moved
                on:pointerleave=move |_| slot.set(None)
                on:keydown=keys
            >
                <ChartCanvas
                    class="profile-canvas"
                    label=label
                    track=move || {
                        slot.track();
                        n_days.track();
                    }
                    paint=move |pane, theme| {
                        curves.with_value(|curves| {
                            let _ = paint::paint(pane, theme, curves, n_days.get_untracked(), slot.get_untracked());
                        });
                    }
                />
            </div>
            <p class="view-note reading-line" aria-live="polite">
                {move || slot.get().map(|slot| curves.with_value(|curves| numbers::reading(curves, slot)))}
            </p>
        </div>
    }
}
