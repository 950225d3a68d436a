//! What the toolbar chooses: slot length, number of days, comparison.

use leptos::prelude::*;

use super::plan::{MOST_DAYS, Plan, RESOLUTIONS};

/// What the controls say. `Copy`, as Leptos signals are.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Length of a slot, s.
    pub resolution_s: RwSignal<u32>,
    /// Number of days; `None` for as many as the selected range touches.
    pub n_days: RwSignal<Option<u32>>,
    /// Whether the days before are drawn too.
    pub compare: RwSignal<bool>,
}

impl Default for Settings {
    /// Half-hour slots over the days of the selected range.
    fn default() -> Self {
        Self { resolution_s: RwSignal::new(1800), n_days: RwSignal::new(None), compare: RwSignal::new(false) }
    }
}

/// Slot length, number of days, comparison.
#[component]
pub fn Choices(
    /// What the controls say.
    settings: Settings,
    /// The days in force.
    plan: Memo<Option<Plan>>,
) -> impl IntoView {
    let resolutions = RESOLUTIONS.map(|(seconds, name)| {
        view! { <option value=seconds.to_string() selected=move || settings.resolution_s.get() == seconds>{name}</option> }
    });
    let days = (1..=MOST_DAYS).map(|days| {
        let chosen = move || plan.with(|plan| plan.as_ref().is_some_and(|plan| plan.n_days == days));
        view! { <option value=days.to_string() selected=chosen>{days}</option> }
    });
    view! {
        <label>
            "Slots of"
            <select
                aria-label="Slot length"
                on:change=move |event| settings.resolution_s.set(event_target_value(&event).parse().unwrap_or(1800))
            >
                {resolutions.into_iter().collect::<Vec<_>>()}
            </select>
        </label>
        <label>
            "Days"
            <select
                aria-label="Number of days"
                on:change=move |event| settings.n_days.set(event_target_value(&event).parse().ok())
            >
                {days.collect::<Vec<_>>()}
            </select>
        </label>
        <label>
            <input
                type="checkbox"
                prop:checked=move || settings.compare.get()
                on:change=move |event| settings.compare.set(event_target_checked(&event))
            />
            "Compare with the days before"
        </label>
    }
}
