//! The profiles' numbers: summary figures below the picture, and every slot as a table.

use leptos::prelude::*;
use streamscope_signal::DailyAggregate;

use super::Shown;
use crate::charts::format::{duration, value};
use crate::views::table_head::table_head;

/// "07:30" of a slot's start.
pub fn slot_start(slot: usize, resolution_s: u32) -> String {
    let minutes = slot as u64 * u64::from(resolution_s) / 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn number(held: Option<f64>) -> String {
    held.map_or("–".to_string(), value)
}

fn figures(aggregate: &DailyAggregate) -> [String; 7] {
    let summary = &aggregate.summary;
    [
        summary.n_days_with_data_total.to_string(),
        summary.duration_mean_per_day.map_or("–".to_string(), |mean| duration(mean as i64)),
        number(summary.value.mean),
        number(summary.value.median),
        number(summary.value.min),
        number(summary.value.max),
        number(summary.value.std),
    ]
}

/// Figures over the days of each curve.
pub fn summary(curves: &[Shown]) -> impl IntoView + use<> {
    let rows: Vec<_> = curves
        .iter()
        .map(|shown| {
            let cells: Vec<_> =
                figures(&shown.curve.aggregate).map(|text| view! { <td>{text}</td> }).into_iter().collect();
            view! {
                <tr>
                    <th scope="row">{shown.label()}</th>
                    {cells}
                    <td class="unit">{shown.curve.unit.clone()}</td>
                    <td class="origin">{shown.curve.origin.clone()}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="table-scroll">
            <table class="number-table profile-summary">
                {table_head(&["Profile", "Days with data", "Recorded per day", "Mean", "Median", "Min", "Max", "Std. dev.", "Unit", "Computed"])}
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Every slot: mean and days with data of each curve.
pub fn table(curves: &[Shown]) -> impl IntoView + use<> {
    let heads: Vec<_> = curves
        .iter()
        .map(|shown| {
            view! { <th scope="col">{shown.label()} " " <small>{shown.curve.unit.clone()}</small></th> <th scope="col">"Days"</th> }
        })
        .collect();
    let slots = curves.iter().map(|shown| shown.curve.aggregate.values.len()).max().unwrap_or(0);
    let resolution_s = curves.first().map_or(3600, |shown| shown.curve.aggregate.resolution_s);
    let rows: Vec<_> = (0..slots)
        .map(|slot| {
            let cells: Vec<_> = curves
                .iter()
                .map(|shown| {
                    let aggregate = &shown.curve.aggregate;
                    let mean = number(aggregate.values.get(slot).copied().flatten());
                    let days = aggregate.n_days_with_data.get(slot).copied().unwrap_or(0);
                    view! { <td class="value">{mean}</td> <td>{days}</td> }
                })
                .collect();
            view! { <tr><th scope="row">{slot_start(slot, resolution_s)}</th>{cells}</tr> }
        })
        .collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Mean per slot">
            <table class="number-table">
                <thead><tr><th scope="col">"Time of day"</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// What all curves read in a slot, in one sentence.
pub fn reading(curves: &[Shown], slot: usize) -> String {
    let resolution_s = curves.first().map_or(3600, |shown| shown.curve.aggregate.resolution_s);
    let parts = curves.iter().map(|shown| {
        let aggregate = &shown.curve.aggregate;
        let days = aggregate.n_days_with_data.get(slot).copied().unwrap_or(0);
        match aggregate.values.get(slot).copied().flatten() {
            Some(mean) => format!("{} {} {} ({days} days)", shown.label(), value(mean), shown.curve.unit),
            None => format!("{} no data", shown.label()),
        }
    });
    let from = slot_start(slot, resolution_s);
    format!("{from} to {}: {}", slot_start(slot + 1, resolution_s), parts.collect::<Vec<_>>().join(", "))
}
