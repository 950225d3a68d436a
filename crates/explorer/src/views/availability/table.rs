//! The grid's numbers.

use leptos::prelude::*;
use streamscope_signal::Civil;

use super::Shared;
use super::grid::CellState;
use crate::text::in_line;

/// The grid's numbers.
#[component]
pub fn CompletenessTable(
    /// What the parts of the view share.
    shared: Shared,
) -> impl IntoView {
    let table = move || {
        let zone = shared.workspace.zone.get();
        shared.grid.with(|grid| {
            shared.states.with(|states| {
                let head =
                    |label: &String| view! { <th scope="col" title=label.clone()>{in_line(label, 40)}</th> };
                let heads: Vec<_> = grid.rows.iter().map(|row| head(&row.label)).collect();
                match grid.by_hour {
                    false => {
                        let places = grid.rows.first().map(|row| row.places.clone()).unwrap_or_default();
                        let rows = places.iter().enumerate().map(|(place, held)| {
                            let cells = states.iter().map(|states| {
                                view! { <td>{states.get(place).copied().map(short)}</td> }
                            });
                            let cells: Vec<_> = cells.collect();
                            let date = Civil::at(held.range.start, &zone).date_text();
                            view! { <tr><th scope="row">{date}</th>{cells}</tr> }
                        });
                        let rows: Vec<_> = rows.collect();
                        view! {
                            <table class="number-table">
                                <thead><tr><th scope="col">"Day"</th>{heads}</tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        }
                        .into_any()
                    }
                    true => {
                        let rows = grid.rows.iter().zip(states).map(|(row, states)| {
                            let cells = row.places.iter().zip(states).map(|(place, state)| {
                                let hour = Civil::at(place.range.start, &zone).hour();
                                view! { <td>{format!("{hour:02} h: {}", short(*state))}</td> }
                            });
                            let cells: Vec<_> = cells.collect();
                            view! { <tr><th scope="row">{row.label.clone()}</th>{cells}</tr> }
                        });
                        let rows: Vec<_> = rows.collect();
                        view! { <table class="number-table"><tbody>{rows}</tbody></table> }.into_any()
                    }
                }
            })
        })
    };
    view! { <div class="table-scroll" tabindex="0" role="region" aria-label="Completeness">{table}</div> }
}

/// A state in a table cell.
fn short(state: CellState) -> String {
    match state {
        CellState::Data(share) => format!("{:.0} %", (share * 100.0).max(1.0)),
        CellState::Empty => "0 %".into(),
        CellState::NotAsked => "…".into(),
        CellState::Failed => "failed".into(),
    }
}
