//! What the platform says of the described stream.

use leptos::prelude::*;
use streamscope_client::{Display, StreamInfo};

use crate::catalogue::{label, title};
use crate::charts::civil::exact_time;
use crate::charts::format::value;
use crate::state::Workspace;
use crate::text::in_line;

/// Letters of a fact that are shown; the rest is its title.
const LETTERS: usize = 300;

/// Ids, span, dimensions and labels.
#[component]
pub fn Metadata(
    /// The stream that is described.
    stream: StreamInfo,
) -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    // The platform tells these two as seconds with a fraction, which are good to the microsecond.
    let time = move |time: Option<i64>| match time {
        Some(time) => workspace.zone.with(|zone| exact_time(time - time.rem_euclid(1000), zone)),
        None => "no data".to_string(),
    };
    let (heading, whole) = (label(&stream), title(&stream));
    let span = stream.span();
    let (first, last) = (span.map(|span| span.start), span.map(|span| span.end.saturating_sub(1)));
    let device = {
        let (subject, device) = (stream.subject_id.clone(), stream.device_id.clone());
        move || device.as_ref().map(|id| device_name(&workspace, &subject, id))
    };
    let facts = [("Stream type", stream.stream_type), ("Algorithm", stream.algorithm)];
    let labels = facts.into_iter().map(|(name, value)| (name.to_string(), value)).chain(stream.labels);
    let facts: Vec<_> = labels
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let (of, shown) = (in_line(&name, 40), in_line(&value, LETTERS));
            view! { <dt title=name>{of}</dt><dd title=value>{shown}</dd> }
        })
        .collect();
    let dimensions: Vec<_> = stream
        .dimensions
        .into_iter()
        .map(|dimension| {
            let unit = [dimension.unit_abbrev, dimension.unit].into_iter().find(|unit| !unit.is_empty());
            let rule = shown_as(&dimension.display).map(|rule| view! { <span class="note">{rule}</span> });
            view! {
                <tr>
                    <th scope="row" title=dimension.id.clone()>{in_line(&dimension.id, 60)}<span class="note">{in_line(&dimension.data_type, 40)}</span></th>
                    <td title=dimension.quantity.clone()>{in_line(&dimension.quantity, 60)}{rule}</td>
                    <td title=unit.clone()>{in_line(unit.as_deref().unwrap_or_default(), 60)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section aria-labelledby="stream-heading">
            <h2 id="stream-heading" title=whole>{heading}</h2>
            <p title=stream.description.clone()>{in_line(&stream.description, LETTERS)}</p>
            <dl class="facts">
                <dt>"First sample"</dt><dd>{move || time(first)}</dd>
                <dt>"Last sample"</dt><dd>{move || time(last)}</dd>
                {move || device().map(|device| view! { <dt>"Device"</dt><dd title=device.clone()>{in_line(&device, LETTERS)}</dd> })}
                {facts}
                <dt>"Stream id"</dt><dd class="id" title=stream.id.clone()>{in_line(&stream.id, LETTERS)}</dd>
            </dl>
            <table class="dimensions">
                <thead>
                    <tr><th scope="col">"Dimension"</th><th scope="col">"Quantity"</th><th scope="col">"Unit"</th></tr>
                </thead>
                <tbody>{dimensions}</tbody>
            </table>
        </section>
    }
}

/// What is done with a dimension's values before they are shown; nothing where they are shown as they are.
fn shown_as(display: &Display) -> Option<String> {
    if display.states {
        return Some("drawn as states".into());
    }
    let Display { offset, scale, .. } = *display;
    let sign = if offset < 0.0 { '+' } else { '−' };
    (!display.is_plain()).then(|| format!("shown: (raw {sign} {}) × {}", value(offset.abs()), value(scale)))
}

/// "Apple Watch (short id)", or the id where the subject does not list the device.
fn device_name(workspace: &Workspace, subject_id: &str, device_id: &str) -> String {
    workspace.subjects.with_untracked(|subjects| {
        let subject = subjects.iter().find(|subject| subject.id == subject_id);
        let device = subject.and_then(|subject| subject.devices.iter().find(|device| device.id == device_id));
        device.map_or_else(
            || device_id.to_string(),
            |device| format!("{} ({})", in_line(&device.name, 80), in_line(device_id, 80)),
        )
    })
}
