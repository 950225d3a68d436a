//! The profiles' numbers: summary figures below the picture, and every slot as a table.

use leptos::prelude::*;
use streamscope_signal::DailyAggregate;

use super::DrawnCurve;
use crate::charts::format::{duration, value};
use crate::text::in_line;
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
        // Where rows do not say how long they last, nothing is known.
        summary
            .duration_mean_per_day
            .filter(|mean| *mean > 0.0)
            .map_or("–".to_string(), |mean| duration(mean as i64)),
        number(summary.value.mean),
        number(summary.value.median),
        number(summary.value.min),
        number(summary.value.max),
        number(summary.value.std),
    ]
}

/// Figures over the days of each curve.
pub fn summary(curves: &[DrawnCurve]) -> impl IntoView + use<> {
    let rows: Vec<_> = curves
        .iter()
        .map(|shown| {
            let cells: Vec<_> =
                figures(&shown.curve.aggregate).map(|text| view! { <td>{text}</td> }).into_iter().collect();
            view! {
                <tr>
                    <th scope="row" title=shown.curve.name.clone()>{shown.label()}</th>
                    {cells}
                    <td class="unit" title=shown.curve.unit.clone()>{in_line(&shown.curve.unit, 24)}</td>
                    <td class="origin">{shown.curve.origin.clone()}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Figures over the days">
            <table class="number-table profile-summary">
                {table_head(&["Profile", "Days with data", "Recorded per day", "Mean", "Median", "Min", "Max", "Std. dev.", "Unit", "Computed"])}
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Every slot: mean and days with data of each curve.
pub fn table(curves: &[DrawnCurve]) -> impl IntoView + use<> {
    let heads: Vec<_> = curves
        .iter()
        .map(|shown| {
            view! { <th scope="col">{shown.label()} " " <small title=shown.curve.unit.clone()>{in_line(&shown.curve.unit, 24)}</small></th> <th scope="col">"Days"</th> }
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
pub fn reading(curves: &[DrawnCurve], slot: usize) -> String {
    let resolution_s = curves.first().map_or(3600, |shown| shown.curve.aggregate.resolution_s);
    let parts = curves.iter().map(|shown| {
        let aggregate = &shown.curve.aggregate;
        let days = aggregate.n_days_with_data.get(slot).copied().unwrap_or(0);
        match aggregate.values.get(slot).copied().flatten() {
            Some(mean) => {
                format!("{} {} {} ({days} days)", shown.label(), value(mean), in_line(&shown.curve.unit, 24))
            }
            None => format!("{} no data", shown.label()),
        }
    });
    let from = slot_start(slot, resolution_s);
    format!("{from} to {}: {}", slot_start(slot + 1, resolution_s), parts.collect::<Vec<_>>().join(", "))
}
