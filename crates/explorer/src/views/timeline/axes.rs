//! Value axes of the tracks: each runs by itself over what is in view, or stays where the person put it.

use leptos::prelude::*;
use streamscope_selection::axes::Axis;

use super::readout::unit;
use super::stage::Stage;
use crate::catalogue::label;
use crate::charts::format;
use crate::charts::scale::ValueScale;
use crate::recording::Recording;
use crate::text::in_line;

/// An axis as a scale over values that reach from `low` to `high`.
pub fn scale(axis: Axis, (low, high): (f64, f64), top: f64, height: f64) -> ValueScale {
    let around = ValueScale::around(low, high, top, height);
    let (low, high) = (axis.low.unwrap_or(around.low), axis.high.unwrap_or(around.high));
    // All that is in view may lie beyond the one end that is held.
    let span = around.high - around.low;
    let (low, high) = match (low < high, axis.low.is_some()) {
        (true, _) => (low, high),
        (false, true) => (low, low + span),
        (false, false) => (high - span, high),
    };
    match axis.inverted {
        true => ValueScale { low: high, high: low, ..around },
        false => ValueScale { low, high, ..around },
    }
}

/// Whether values that reach from `low` to `high` go beyond an axis.
pub fn is_left(axis: Axis, (low, high): (f64, f64)) -> bool {
    axis.low.is_some_and(|end| low < end) || axis.high.is_some_and(|end| high > end)
}

/// The ends of an axis with few digits, no narrower than it is: what people read and type.
fn rounded((low, high): (f64, f64)) -> (f64, f64) {
    let step = 10f64.powf((high - low).log10().floor() - 2.0);
    let few = |end: f64, whole: f64| {
        let text = format!("{end:.digits$}", digits = (-step.log10()).max(0.0).round() as usize);
        text.parse().unwrap_or(whole)
    };
    match step.is_normal() {
        true => {
            let (lower, upper) = ((low / step).floor() * step, (high / step).ceil() * step);
            (few(lower, low), few(upper, high))
        }
        false => (low, high),
    }
}

/// A typed number.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = text.trim().replace('−', "-").replace(',', ".");
    plain.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The ends that two fields name; an empty one is left to what is in view.
fn typed(low: &str, high: &str) -> Result<(Option<f64>, Option<f64>), &'static str> {
    let end = |text: &str| match text.trim().is_empty() {
        true => Some(None),
        false => number(text).map(Some),
    };
    match (end(low), end(high)) {
        (Some(Some(low)), Some(Some(high))) if low >= high => Err("The low end must be below the high end."),
        (Some(low), Some(high)) => Ok((low, high)),
        (None, _) => Err("The low end is no number: give one like -1.5."),
        (_, None) => Err("The high end is no number: give one like 2.5."),
    }
}

/// A row of fields for each track.
#[component]
pub fn AxesPanel(
    /// What all tracks share.
    stage: Stage,
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
) -> impl IntoView {
    let rows = move || {
        let tracks = recordings.get();
        tracks
            .into_iter()
            .filter(has_numbers)
            .map(|recording| view! { <AxisRow stage recording recordings /> })
            .collect_view()
    };
    view! {
        <div class="axes" role="group" aria-label="Value axes">
            {rows}
        </div>
    }
}

/// Whether a track of a stream has a value axis.
pub(super) fn has_numbers(recording: &Recording) -> bool {
    use crate::recording::{Drawing, expected};
    recording.stream().dimensions.iter().any(|dimension| expected(dimension) == Some(Drawing::Line))
}

/// What tracks on one scale have in common.
fn units(recording: &Recording) -> Vec<String> {
    recording.with(|data| {
        let numbers = data.shown().into_iter().flat_map(|shown| {
            let columns = shown.numbers().filter_map(|column| shown.layout.columns.get(column));
            columns.map(|column| unit(column).to_string()).collect::<Vec<_>>()
        });
        numbers.collect()
    })
}

#[component]
fn AxisRow(
    stage: Stage,
    recording: Recording,
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
) -> impl IntoView {
    let id = StoredValue::new(recording.stream().id.clone());
    let name = label(recording.stream());
    let axis = Memo::new(move |_| id.with_value(|id| stage.axes.with(|axes| axes.get(id).copied())));
    let axis = move || axis.get().unwrap_or_default();
    let set = move |axis: Axis| id.with_value(|id| stage.set_axis(id, axis));
    let (low, high) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<&'static str>);
    Effect::new(move |_| {
        let text = |end: Option<f64>| end.map(|end| end.to_string()).unwrap_or_default();
        low.set(text(axis().low));
        high.set(text(axis().high));
        problem.set(None);
    });
    let change = move || match typed(&low.get_untracked(), &high.get_untracked()) {
        Ok((low, high)) => {
            problem.set(None);
            set(Axis { low, high, ..axis() });
        }
        Err(words) => problem.set(Some(words)),
    };
    let hold = move |_| {
        let drawn = id.with_value(|id| stage.drawn.with_value(|drawn| drawn.get(id).copied()));
        if let Some((low, high)) = drawn.map(|drawn| rounded(drawn.ends)) {
            set(Axis { low: Some(low), high: Some(high), ..axis() });
        }
    };
    let mine = StoredValue::new_local(recording);
    let share = move |_| {
        let wanted = mine.with_value(units);
        recordings.with_untracked(|all| {
            let alike = all.iter().filter(|other| units(other) == wanted);
            alike.for_each(|other| stage.set_axis(&other.stream().id, axis()));
        });
    };
    let end = move |name: String, text: RwSignal<String>| {
        view! {
            <input
                type="text"
                inputmode="decimal"
                size="8"
                placeholder="auto"
                aria-label=name
                aria-invalid=move || problem.with(Option::is_some).to_string()
                prop:value=text
                on:input:target=move |event| text.set(event.target().value())
                on:change=move |_| change()
            />
        }
    };
    view! {
        <div class="axis-row" role="group" aria-label=name.clone()>
            <span class="axis-name" title=name.clone()>{in_line(&name, 60)}</span>
            {end("Low end".into(), low)}
            <span aria-hidden="true">"to"</span>
            {end("High end".into(), high)}
            <button type="button" title="Keep the axis as it is drawn now" on:click=hold>"Hold"</button>
            <button
                type="button"
                title="Let what is in view decide"
                disabled=move || axis().low.or(axis().high).is_none()
                on:click=move |_| set(Axis { low: None, high: None, ..axis() })
            >
                "Auto"
            </button>
            <button
                type="button"
                title="Give this axis to all tracks of the same units"
                disabled=move || axis() == Axis::default()
                on:click=share
            >
                "Share"
            </button>
            <label class="axis-inverted">
                <input
                    type="checkbox"
                    prop:checked=move || axis().inverted
                    on:change:target=move |event| set(Axis { inverted: event.target().checked(), ..axis() })
                />
                "Inverted"
            </label>
            {move || problem.get().map(|words| view! { <span class="problem" role="alert">{words}</span> })}
        </div>
    }
}

/// What a track says where values reach beyond its axis.
pub fn beyond_note((low, high): (f64, f64)) -> String {
    format!("beyond the axis: {} to {}", format::value(low), format::value(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_ends_make_an_axis_or_say_what_is_wrong() {
        assert_eq!(typed("−1,5", " 2e3 "), Ok((Some(-1.5), Some(2000.0))));
        assert_eq!(typed("", " "), Ok((None, None)));
        assert_eq!(typed("0", ""), Ok((Some(0.0), None)));
        assert!(typed("3", "2").is_err_and(|words| words.contains("below")));
        assert!(typed("a", "2").is_err_and(|words| words.contains("low end")));
        assert!(typed("1", "inf").is_err_and(|words| words.contains("high end")));
    }

    #[test]
    fn a_held_axis_stays_and_an_inverted_one_has_large_values_at_the_bottom() {
        let held = Axis { low: Some(0.0), high: Some(10.0), inverted: false };
        let scale_of = |axis, values| scale(axis, values, 0.0, 50.0);
        let scale = scale_of(held, (-100.0, 100.0));
        assert_eq!((scale.y(0.0), scale.y(10.0)), (50.0, 0.0));
        assert!(is_left(held, (-1.0, 5.0)) && is_left(held, (1.0, 11.0)) && !is_left(held, (0.0, 10.0)));
        let inverted = scale_of(Axis { inverted: true, ..held }, (0.0, 1.0));
        assert_eq!((inverted.y(0.0), inverted.y(10.0)), (0.0, 50.0));
        assert!(!is_left(Axis::default(), (f64::MIN, f64::MAX)));
    }

    #[test]
    fn an_axis_with_one_end_held_is_never_upside_down() {
        let floor = Axis { low: Some(0.0), ..Axis::default() };
        let over = |axis, values| {
            let scale = scale(axis, values, 0.0, 1.0);
            (scale.low, scale.high)
        };
        assert_eq!(over(floor, (-1.0, 1.0)).0, 0.0);
        for axis in [floor, Axis { high: Some(0.0), ..Axis::default() }] {
            for values in [(-9.0, -8.0), (8.0, 9.0), (0.0, 0.0)] {
                let (low, high) = over(axis, values);
                assert!(low < high, "{axis:?} over {values:?}: {low} to {high}");
            }
        }
    }

    #[test]
    fn held_ends_have_few_digits_and_lose_nothing() {
        assert_eq!(rounded((-0.050_880_000_1, 0.898_88)), (-0.051, 0.899));
        assert_eq!(rounded((64.4, 143.2)), (64.4, 143.2));
        assert_eq!(rounded((-1234.5, 98_765.4)), (-1300.0, 98_800.0));
        assert_eq!(rounded((1.0, 1.0)), (1.0, 1.0));
    }
}
