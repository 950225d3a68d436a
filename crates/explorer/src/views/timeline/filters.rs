//! Display filters of the tracks: what each is drawn through. Exports, tables and figures keep to the samples.

use leptos::prelude::*;
use streamscope_signal::{Band, DisplayFilter, NOTCH_QUALITY, Order};

use super::axes::{has_numbers, number};
use super::stage::Stage;
use crate::catalogue::label;
use crate::recording::Recording;
use crate::text::in_line;

/// Kinds of Butterworth filters, as the list names them.
const BANDS: [(&str, &str); 4] =
    [("none", "All frequencies"), ("high", "High-pass"), ("low", "Low-pass"), ("band", "Band-pass")];

/// What the fields of a row hold, as typed.
#[derive(Debug, Clone, PartialEq, Default)]
struct Typed {
    /// Of [`BANDS`].
    band: String,
    low: String,
    high: String,
    order: String,
    notch: String,
    mean: String,
}

impl Typed {
    fn of(filter: DisplayFilter) -> Self {
        let text = |number: f64| number.to_string();
        let (band, low, high) = match filter.pass.map(|(band, _)| band) {
            None => ("none", None, None),
            Some(Band::High(hz)) => ("high", Some(hz), None),
            Some(Band::Low(hz)) => ("low", None, Some(hz)),
            Some(Band::Between(low, high)) => ("band", Some(low), Some(high)),
        };
        Self {
            band: band.into(),
            low: low.map(text).unwrap_or_default(),
            high: high.map(text).unwrap_or_default(),
            order: filter.pass.map_or(Order::Two, |(_, order)| order).number().to_string(),
            notch: filter.notch.map(text).unwrap_or_default(),
            mean: filter.mean.map(text).unwrap_or_default(),
        }
    }

    /// The filter that the fields name; an empty notch or mean is none.
    fn filter(&self) -> Result<DisplayFilter, &'static str> {
        let positive = |text: &str| number(text).filter(|number| *number > 0.0);
        let edge = |text: &str| positive(text).ok_or("Give the edge as a frequency in Hz, like 0.5.");
        let optional = |text: &str, wrong| match text.trim().is_empty() {
            true => Ok(None),
            false => positive(text).map(Some).ok_or(wrong),
        };
        let order = self.order.parse().ok().and_then(Order::of).unwrap_or_default();
        let band = match self.band.as_str() {
            "high" => Some(Band::High(edge(&self.low)?)),
            "low" => Some(Band::Low(edge(&self.high)?)),
            "band" => {
                let (low, high) = (edge(&self.low)?, edge(&self.high)?);
                if low >= high {
                    return Err("The low edge must be below the high edge.");
                }
                Some(Band::Between(low, high))
            }
            _ => None,
        };
        Ok(DisplayFilter {
            pass: band.map(|band| (band, order)),
            notch: optional(&self.notch, "Give the notch as a frequency in Hz, like 50.")?,
            mean: optional(&self.mean, "Give the mean's length in seconds, like 0.2.")?,
        })
    }
}

/// A row of fields for each track.
#[component]
pub fn FiltersPanel(
    /// What all tracks share.
    stage: Stage,
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
) -> impl IntoView {
    let rows = move || {
        let tracks = recordings.get().into_iter().filter(has_numbers);
        tracks.map(|recording| view! { <FilterRow stage recording /> }).collect_view()
    };
    view! {
        <div class="axes" role="group" aria-label="Display filters">
            {rows}
            <p class="panel-note">
                "Filters change what is drawn, not what is saved. They run forward in time, so they delay what they let pass. "
                {format!("Edges at −3 dB, notches of quality {NOTCH_QUALITY}.")}
            </p>
            <datalist id="mains"><option value="50"></option><option value="60"></option></datalist>
        </div>
    }
}

#[component]
fn FilterRow(stage: Stage, recording: Recording) -> impl IntoView {
    let id = StoredValue::new(recording.stream().id.clone());
    let name = label(recording.stream());
    let now = Memo::new(move |_| id.with_value(|id| stage.display.with(|all| all.get(id).copied())));
    let typed = RwSignal::new(Typed::default());
    let problem = RwSignal::new(None::<&'static str>);
    Effect::new(move |_| {
        let filter = now.get().unwrap_or_default();
        if typed.with_untracked(|typed| typed.filter() != Ok(filter) || typed.band.is_empty()) {
            typed.set(Typed::of(filter));
        }
        problem.set(None);
    });
    let change = move || match typed.with_untracked(Typed::filter) {
        Ok(filter) => {
            problem.set(None);
            id.with_value(|id| stage.set_filter(id, filter));
        }
        Err(words) => problem.set(Some(words)),
    };
    let choose = move |band: String| {
        typed.update(|typed| {
            // Where nothing was typed yet, what removes drift and what keeps most of a signal.
            let fill = |text: &mut String, otherwise: &str| {
                if text.is_empty() {
                    *text = otherwise.into();
                }
            };
            if matches!(band.as_str(), "high" | "band") {
                fill(&mut typed.low, "0.5");
            }
            if matches!(band.as_str(), "low" | "band") {
                fill(&mut typed.high, "10");
            }
            typed.band = band;
        });
        change();
    };
    let field = move |name: &'static str, list: Option<&'static str>, of: fn(&mut Typed) -> &mut String| {
        view! {
            <input
                type="text"
                inputmode="decimal"
                size="6"
                placeholder="off"
                list=list
                aria-label=name
                aria-invalid=move || problem.with(Option::is_some).to_string()
                prop:value=move || typed.with(|typed| of(&mut typed.clone()).clone())
                on:change:target=move |event| {
                    typed.update(|typed| *of(typed) = event.target().value());
                    change();
                }
            />
        }
    };
    let is = move |bands: [&'static str; 2]| typed.with(|typed| bands.contains(&typed.band.as_str()));
    let bands = BANDS.map(|(value, words)| {
        view! { <option value=value prop:selected=move || typed.with(|typed| typed.band == value)>{words}</option> }
    });
    let orders = ["2", "4"].map(|order| {
        let words = format!("order {order}");
        view! { <option value=order prop:selected=move || typed.with(|typed| typed.order == order)>{words}</option> }
    });
    let (bands, orders) = (bands.into_iter().collect::<Vec<_>>(), orders.into_iter().collect::<Vec<_>>());
    view! {
        <div class="axis-row" role="group" aria-label=name.clone()>
            <span class="axis-name" title=name.clone()>{in_line(&name, 60)}</span>
            <select aria-label="Frequencies that pass" on:change:target=move |event| choose(event.target().value())>
                {bands}
            </select>
            <label hidden=move || !is(["high", "band"])>"from " {field("Low edge in Hz", None, |typed| &mut typed.low)} " Hz"</label>
            <label hidden=move || !is(["low", "band"])>"to " {field("High edge in Hz", None, |typed| &mut typed.high)} " Hz"</label>
            <select
                aria-label="Order"
                hidden=move || is(["none", ""])
                on:change:target=move |event| {
                    typed.update(|typed| typed.order = event.target().value());
                    change();
                }
            >
                {orders}
            </select>
            <label>"notch " {field("Notch in Hz", Some("mains"), |typed| &mut typed.notch)} " Hz"</label>
            <label>"mean of " {field("Mean of so many seconds", None, |typed| &mut typed.mean)} " s"</label>
            <button
                type="button"
                title="Draw the samples as they are"
                disabled=move || now.get().is_none()
                on:click=move |_| id.with_value(|id| stage.set_filter(id, DisplayFilter::default()))
            >
                "Clear"
            </button>
            {move || problem.get().map(|words| view! { <span class="problem" role="alert">{words}</span> })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_makes_a_filter_or_says_what_is_wrong() {
        let all = Typed {
            band: "band".into(),
            low: "0,5".into(),
            high: "40".into(),
            order: "4".into(),
            notch: " 50 ".into(),
            mean: String::new(),
        };
        let pass = Some((Band::Between(0.5, 40.0), Order::Four));
        let filter = DisplayFilter { pass, notch: Some(50.0), mean: None };
        assert_eq!(all.filter(), Ok(filter));
        assert_eq!(Typed::of(filter).filter(), Ok(filter));
        assert_eq!(Typed::default().filter(), Ok(DisplayFilter::default()));
        let wrong = |typed: Typed| typed.filter().err().unwrap_or_default();
        assert!(wrong(Typed { low: "60".into(), ..all.clone() }).contains("below the high"));
        assert!(wrong(Typed { high: String::new(), ..all.clone() }).contains("edge"));
        assert!(wrong(Typed { notch: "-50".into(), ..all.clone() }).contains("notch"));
        assert!(wrong(Typed { mean: "long".into(), ..all }).contains("seconds"));
    }
}
