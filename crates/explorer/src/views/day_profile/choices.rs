//! What the toolbar chooses: slot length, number of days, comparison. All of it is part of the selection.

use leptos::prelude::*;
use streamscope_selection::Day;

use super::period::{MOST_DAYS, Period, RESOLUTIONS};
use crate::state::Workspace;

/// What is chosen; a link may name slots that this page does not offer. Tracked.
pub fn chosen(workspace: &Workspace) -> Day {
    let day = workspace.selection.with(|selection| selection.day);
    let offered = RESOLUTIONS.iter().any(|(seconds, _)| *seconds == day.resolution_s);
    let resolution_s = if offered { day.resolution_s } else { Day::default().resolution_s };
    Day { resolution_s, ..day }
}

/// Slot length, number of days, comparison.
#[component]
pub fn Choices(
    /// The days in force.
    period: Memo<Option<Period>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let day = Memo::new(move |_| chosen(&workspace));
    let choose = move |change: &dyn Fn(&mut Day)| {
        workspace.selection.update(|selection| change(&mut selection.day));
    };
    let resolutions = RESOLUTIONS.map(|(seconds, name)| {
        view! { <option value=seconds.to_string() selected=move || day.get().resolution_s == seconds>{name}</option> }
    });
    let days = (1..=MOST_DAYS).map(|days| {
        let chosen =
            move || period.with(|period| period.as_ref().is_some_and(|period| period.n_days == days));
        view! { <option value=days.to_string() selected=chosen>{days}</option> }
    });
    view! {
        <label>
            "Slots of"
            <select
                aria-label="Slot length"
                on:change:target=move |event| {
                    let seconds = event.target().value().parse();
                    choose(&|day| day.resolution_s = seconds.clone().unwrap_or(day.resolution_s));
                }
            >
                {resolutions.into_iter().collect::<Vec<_>>()}
            </select>
        </label>
        <label>
            "Days"
            <select
                aria-label="Number of days"
                on:change:target=move |event| {
                    let days = event.target().value().parse().ok();
                    choose(&|day| day.n_days = days);
                }
            >
                {days.collect::<Vec<_>>()}
            </select>
        </label>
        <label>
            <input
                type="checkbox"
                prop:checked=move || day.get().compare
                on:change:target=move |event| {
                    let compare = event.target().checked();
                    choose(&|day| day.compare = compare);
                }
            />
            "Compare with the days before"
        </label>
    }
}
