//! Two cursors measure an interval: how long it is, and what each dimension did in it.

use leptos::prelude::*;

use super::stage::Stage;
use crate::catalogue::label;
use crate::charts::civil::exact_time;
use crate::charts::format::{duration, grouped, value};
use crate::recording::Recording;
use crate::text::in_line;
use crate::views::table_head::table_head;

/// The figures of the measured interval; nothing while none is measured.
#[component]
pub fn Measure(
    /// What all tracks share.
    stage: Stage,
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
) -> impl IntoView {
    move || {
        let interval = stage.measured.get()?;
        let zone = stage.zone.get();
        let rows: Vec<_> = recordings
            .get()
            .iter()
            .flat_map(|recording| {
                recording.track();
                let name = label(recording.stream());
                recording.with(|data| {
                    let shown = data.shown().cloned().unwrap_or_default();
                    let rows = shown.numbers().filter_map(|column| {
                        let described = shown.layout.columns.get(column)?;
                        Some((name.clone(), described.clone(), data.figures(column, interval)))
                    });
                    rows.collect::<Vec<_>>()
                })
            })
            .map(|(name, column, figures)| {
                let number = |of: fn(&crate::recording::Figures) -> f64| {
                    figures
                        .as_ref()
                        .filter(|figures| figures.count > 0)
                        .map_or("–".to_string(), |figures| value(of(figures)))
                };
                let counts = figures.map_or("0".to_string(), |figures| grouped(figures.count));
                view! {
                    <tr>
                        <th scope="row">{name} " " <small title=column.name.clone()>{in_line(&column.name, 40)}</small></th>
                        <td>{counts}</td>
                        <td>{number(|figures| figures.mean)}</td>
                        <td>{number(|figures| figures.min)}</td>
                        <td>{number(|figures| figures.max)}</td>
                        <td class="unit" title=column.unit.clone()>{in_line(column.unit.as_deref().unwrap_or_default(), 24)}</td>
                    </tr>
                }
            })
            .collect();
        Some(view! {
            <section class="measure" aria-label="Measured interval">
                <header>
                    <strong>{duration(interval.end - interval.start)}</strong>
                    <span>{exact_time(interval.start, &zone)} " to " {exact_time(interval.end, &zone)}</span>
                    <button type="button" on:click=move |_| stage.measured.set(None)>"Close"</button>
                </header>
                <table>
                    {table_head(&["Dimension", "Values", "Mean", "Min", "Max", "Unit"])}
                    <tbody>{rows}</tbody>
                </table>
            </section>
        })
    }
}
