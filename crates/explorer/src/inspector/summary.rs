//! Exact figures of what is in view of the described stream.

use leptos::prelude::*;
use streamscope_client::{StreamInfo, TimeRange};
use streamscope_frame::Column;

use crate::charts::format::{grouped, value};
use crate::recording::{Data, Figures, Status};
use crate::state::Workspace;
use crate::text::in_line;

/// Rows, and per numeric dimension mean, extremes and missing values, over the range in view, as far as it is read.
#[component]
pub fn Summary(
    /// The stream that is described.
    stream: Memo<Option<StreamInfo>>,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let body = move || {
        let stream = stream.get()?;
        let range = workspace.selection.with(|selection| selection.range).or_else(|| stream.span())?;
        let recording = workspace.recordings.known(&stream.id)?;
        recording.track();
        let note = match recording.status() {
            Status::Loading { .. } => "Still reading: figures cover the rows read so far.",
            Status::Failed { .. } | Status::Cancelled { .. } => {
                "Not all was read: figures cover the rows read."
            }
            Status::Idle => "",
        };
        Some(recording.with(|data| figures(data, range, note)))
    };
    view! {
        <section aria-labelledby="summary-heading">
            <h3 id="summary-heading">"In view"</h3>
            {move || body().unwrap_or_else(|| view! { <p class="note">"No rows of this stream were read yet: the timeline reads them."</p> }.into_any())}
        </section>
    }
}

fn figures(data: &Data, range: TimeRange, note: &'static str) -> AnyView {
    let shown = data.shown().cloned().unwrap_or_default();
    let dimensions: Vec<_> = shown
        .numbers()
        .filter_map(|index| Some(dimension(shown.layout.columns.get(index)?, data.figures(index, range)?)))
        .collect();
    view! {
        <p>{grouped(data.rows_in(range) as u64)} " rows"</p>
        {dimensions}
        <p class="note">{note}</p>
    }
    .into_any()
}

fn dimension(column: &Column, figures: Figures) -> impl IntoView + use<> {
    let unit = in_line(&column.unit.clone().unwrap_or_default(), 40);
    let number = |of: f64| {
        if figures.count == 0 {
            "–".to_string()
        } else {
            format!("{} {unit}", value(of)).trim_end().to_string()
        }
    };
    view! {
        <h4 title=column.name.clone()>{in_line(&column.name, 60)}</h4>
        <dl class="facts">
            <dt>"Mean"</dt><dd>{number(figures.mean)}</dd>
            <dt>"Min"</dt><dd>{number(figures.min)}</dd>
            <dt>"Max"</dt><dd>{number(figures.max)}</dd>
            <dt>"Values"</dt><dd>{grouped(figures.count)}</dd>
            <dt>"Null or NaN"</dt><dd>{grouped(figures.missing)}</dd>
        </dl>
    }
}
