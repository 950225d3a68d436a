//! Setting a device's clock right: by numbers, by marks that were measured, or by dragging its tracks.

use leptos::prelude::*;
use streamscope_client::{Clock, TimeRange};
use streamscope_signal::SECOND;

use super::axes::number;
use super::stage::Stage;
use crate::charts::format::duration;
use crate::state::Workspace;
use crate::text::in_line;

/// Offset and drift as they are typed: seconds, and parts per million.
fn typed(clock: Clock, offset: &str, drift: &str) -> Result<Clock, String> {
    let or_zero = |text: &str| if text.trim().is_empty() { Some(0.0) } else { number(text) };
    let offset = or_zero(offset).ok_or("The offset is no number: give seconds like 7.3.")?;
    let drift = or_zero(drift).ok_or("The drift is no number: give parts per million like 40.")?;
    Clock::new(clock.origin, (offset * SECOND as f64).round() as i64, drift).map_err(|error| error.message)
}

/// An offset in seconds, exact to the nanosecond.
fn seconds(offset: i64) -> String {
    let (sign, whole, rest) =
        (if offset < 0 { "-" } else { "" }, offset.abs() / SECOND, offset.abs() % SECOND);
    let text = format!("{sign}{whole}.{rest:09}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// The clock of a subject.
#[component]
pub(super) fn ClockRow(stage: Stage, subject: String) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let id = StoredValue::new(subject.clone());
    let name = move || id.with_value(|id| workspace.subject_name(id));
    let connection = move || id.with_value(|id| workspace.connection_of(id));
    let in_force = Memo::new(move |_| workspace.selection.with(|held| id.with_value(|id| held.clock_of(id))));
    // Whether it is the clock of the whole connection.
    let for_all =
        RwSignal::new(untrack(|| in_force.get().is_some_and(|(of, _)| id.with_value(|id| of != *id))));
    let clock = move || in_force.get().unwrap_or_default().1;
    let set = move |clock: Clock| {
        workspace.selection.update(|held| {
            let (own, all) = id.with_value(|id| (id.clone(), held.all_of(id)));
            held.set_clock(own.clone(), Clock::default());
            match for_all.get_untracked() {
                true => held.set_clock(all, clock),
                false => held.set_clock(own, clock),
            }
        });
    };
    let (offset, drift) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let clock = clock();
        offset.set(if clock.offset == 0 { String::new() } else { seconds(clock.offset) });
        drift.set(if clock.drift_ppm == 0.0 { String::new() } else { clock.drift_ppm.to_string() });
        problem.set(None);
    });
    let take = move |made: Result<Clock, String>| match made {
        Ok(clock) => set(clock),
        Err(words) => problem.set(Some(words)),
    };
    let change = move || take(typed(untrack(clock), &offset.get_untracked(), &drift.get_untracked()));
    let second = RwSignal::new(false);
    // What stands at one end of the measured interval on this clock belongs at the other end.
    let by_mark = move |from_start: bool| {
        let Some(TimeRange { start, end }) = stage.measured.get_untracked() else { return };
        let (from, to) = if from_start { (start, end) } else { (end, start) };
        let clock = untrack(clock);
        let recorded = clock.recorded(from);
        let made = match second.get_untracked() {
            true => clock.with_second_mark(recorded, to),
            false => clock.with_mark(recorded, to),
        };
        let went_well = made.is_ok();
        take(made.map_err(|error| error.message));
        if went_well {
            stage.clear_cursors();
        }
    };
    let nothing_measured = move || stage.measured.get().is_none();
    let measured = move || stage.measured.get().map(|of| duration(of.end - of.start)).unwrap_or_default();
    let is_dragged = move || stage.shifting.with(|held| id.with_value(|id| held.as_ref() == Some(id)));
    let drag = move |_| {
        let on = untrack(is_dragged);
        stage.shifting.set((!on).then(|| id.get_value()));
    };
    on_cleanup(move || {
        stage.shifting.try_set(None);
    });
    let field = move |label: &'static str, unit: &'static str, text: RwSignal<String>| {
        view! {
            <label class="clock-field">
                {label} " "
                <input
                    type="text"
                    inputmode="decimal"
                    size="9"
                    placeholder="0"
                    aria-invalid=move || problem.with(Option::is_some).to_string()
                    prop:value=text
                    on:input:target=move |event| text.set(event.target().value())
                    on:change=move |_| change()
                />
                " " {unit}
            </label>
        }
    };
    let title = move || format!("Clock of {}", name());
    view! {
        <div class="axis-row clock-row" role="group" aria-label=title>
            <span class="axis-name" title=name>{title}</span>
            {field("Offset", "s", offset)}
            {field("Drift", "ppm", drift)}
            <button type="button" disabled=nothing_measured title="What this clock shows at A belongs at B" on:click=move |_| by_mark(true)>
                "A is B, later by " {measured}
            </button>
            <button type="button" disabled=nothing_measured title="What this clock shows at B belongs at A" on:click=move |_| by_mark(false)>
                "B is A, earlier"
            </button>
            <Show when=move || clock().offset != 0>
                <label class="axis-inverted" title="The first pair of marks stays, and this one sets the drift">
                    <input type="checkbox" prop:checked=second on:change:target=move |event| second.set(event.target().checked()) />
                    "second mark"
                </label>
            </Show>
            <button type="button" title="Drag its tracks to where they belong" aria-pressed=move || is_dragged().to_string() on:click=drag>"Drag"</button>
            <label class="axis-inverted">
                <input type="checkbox" prop:checked=for_all on:change:target=move |event| {
                    let clock = untrack(clock);
                    set(Clock::default());
                    for_all.set(event.target().checked());
                    set(clock);
                } />
                {move || format!("all of {}", connection().map(|one| in_line(&one.name, 30)).unwrap_or_default())}
            </label>
            <button type="button" disabled=move || clock().is_right() on:click=move |_| set(Clock::default())>"As recorded"</button>
            {move || problem.get().map(|words| view! { <span class="problem" role="alert">{words}</span> })}
        </div>
    }
}

/// What a track says of a clock that is set; `None` where times are as they were recorded.
pub fn clock_note(clock: Clock) -> Option<String> {
    if clock.is_right() {
        return None;
    }
    let drift = match clock.drift_ppm {
        0.0 => String::new(),
        drift => format!(", drift {} ppm", (drift * 1e4).round() / 1e4),
    };
    let sign = if clock.offset < 0 { "−" } else { "+" };
    Some(format!("clock {sign}{} s{drift}", seconds(clock.offset.saturating_abs())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_reads_as_it_is_typed() {
        for (offset, text) in [(7_300_000_000, "7.3"), (-1, "-0.000000001"), (60 * SECOND, "60"), (0, "0")] {
            assert_eq!(seconds(offset), text);
            assert_eq!(typed(Clock::default(), text, "").unwrap().offset, offset);
        }
        assert!(typed(Clock::default(), "x", "").unwrap_err().contains("offset"));
        assert!(typed(Clock::default(), "", "99999").unwrap_err().contains("drift"));
    }

    #[test]
    fn a_track_names_its_clock() {
        assert_eq!(clock_note(Clock::default()), None);
        let clock = Clock { origin: 0, offset: -7_300_000_000, drift_ppm: 40.001_63 };
        assert_eq!(clock_note(clock).as_deref(), Some("clock −7.3 s, drift 40.0016 ppm"));
    }
}
