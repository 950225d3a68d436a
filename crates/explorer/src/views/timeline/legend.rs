//! The legend of a track: what is drawn in which colour, what the crosshair reads, and what is hidden.

use leptos::prelude::*;
use streamscope_client::Dimension;

use super::readout::{Reading, unit};
use super::stage::Stage;
use crate::recording::{Drawing, Shown, expected};
use crate::text::in_line;

/// What a legend says of a dimension.
struct Entry {
    /// Number of its column; `None` before the first row has arrived.
    column: Option<usize>,
    drawing: Drawing,
    name: String,
    unit: String,
}

/// The entries of the columns, or of the dimensions as long as there are none: the legend has its room from the start.
fn entries(shown: Option<&Shown>, named: &[Dimension]) -> Vec<Entry> {
    let Some(shown) = shown else {
        let entry = |dimension: &Dimension| {
            let drawing = expected(dimension)?;
            let (name, unit) = (dimension.id.clone(), dimension.unit_abbrev.clone());
            Some(Entry { column: None, drawing, name, unit })
        };
        return named.iter().filter_map(entry).collect();
    };
    let entry = |(column, drawing)| {
        let described = shown.layout.columns.get(column)?;
        Some(Entry {
            column: Some(column),
            drawing,
            name: described.name.clone(),
            unit: unit(described).into(),
        })
    };
    shown.charted().filter_map(entry).collect()
}

/// The dimensions: swatch, name, value under the cursor, unit.
#[component]
pub fn Legend(
    /// What all tracks share.
    stage: Stage,
    /// Id of the stream.
    stream: String,
    /// Its dimensions, as the catalogue names them.
    named: Vec<Dimension>,
    /// Its columns, once they are known.
    shown: Memo<Option<Shown>>,
    /// What the crosshair reads.
    readings: Memo<Option<Vec<Reading>>>,
) -> impl IntoView {
    let stream = StoredValue::new(stream);
    let item = move |(place, entry, alone): (usize, Entry, bool)| {
        let Entry { column, drawing, name, unit } = entry;
        let reading = move || {
            readings.with(|readings| {
                let found = readings.as_ref()?.iter().find(|reading| Some(reading.column) == column)?;
                Some(found.text.clone())
            })
        };
        let swatch = (drawing == Drawing::Line).then(|| {
            view! { <i class="swatch" style:--swatch=format!("var(--series-{})", place % 7 + 1)></i> }
        });
        let head = view! { {swatch} <span class="dimension" title=name.clone()>{in_line(&name, 40)}</span> };
        let head = match drawing == Drawing::Line && !alone {
            true => view! { <Hideable stage stream name=name.clone()>{head}</Hideable> }.into_any(),
            false => head.into_any(),
        };
        view! {
            <li>
                {head}
                <span class="unit" title=unit.clone()>{in_brackets(&in_line(&unit, 24))}</span>
                <output class="reading" title=reading>{reading}</output>
            </li>
        }
    };
    move || {
        let entries = shown.with(|shown| entries(shown.as_ref(), &named));
        let alone = entries.iter().filter(|entry| entry.drawing == Drawing::Line).count() < 2;
        let items: Vec<_> =
            entries.into_iter().enumerate().map(|(place, entry)| item((place, entry, alone))).collect();
        view! { <ul class="legend">{items}</ul> }
    }
}

/// A dimension's name, which hides it and draws it again.
#[component]
fn Hideable(stage: Stage, stream: StoredValue<String>, name: String, children: Children) -> impl IntoView {
    let name = StoredValue::new(name);
    let hidden =
        Memo::new(move |_| stream.with_value(|stream| name.with_value(|name| stage.is_hidden(stream, name))));
    let toggle = move |_| {
        stream.with_value(|stream| name.with_value(|name| stage.toggle_hidden(stream, name)));
    };
    view! {
        <button
            type="button"
            class="bare hideable"
            aria-pressed=move || (!hidden.get()).to_string()
            title=move || if hidden.get() { "Draw it again" } else { "Hide it" }
            on:click=toggle
        >
            {children()}
        </button>
        {move || hidden.get().then(|| view! { <span class="unit">"hidden"</span> })}
    }
}

/// "(g)"; nothing for a dimension without a unit.
fn in_brackets(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!("({unit})") }
}
