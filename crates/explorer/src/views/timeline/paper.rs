//! Tracks on ECG paper: its grid, the scales that clinicians read by, and the size of a millimetre on this screen.

use leptos::prelude::*;
use streamscope_client::TimeRange;
use streamscope_selection::axes::Axis;
use streamscope_signal::SECOND;

use super::readout::unit;
use super::stage::{DrawnAxis, Stage};
use crate::charts::format::value;
use crate::charts::paper::millivolts;
use crate::charts::scale::{TimeScale, ValueScale};
use crate::recording::{Data, Recording};

/// Speeds of paper, mm/s.
const SPEEDS: [f64; 4] = [12.5, 25.0, 50.0, 100.0];
/// Gains, mm/mV.
const GAINS: [f64; 3] = [5.0, 10.0, 20.0];
/// Width of a bank card (ISO/IEC 7810 ID-1), mm: what most people have at hand to measure a screen.
const CARD_MM: f64 = 85.6;

/// The paper under the tracks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paper {
    /// CSS pixels of a millimetre on this screen: 96 to the inch, until the person measures it.
    pub pixels_a_mm: f64,
}

impl Default for Paper {
    fn default() -> Self {
        Self { pixels_a_mm: 96.0 / 25.4 }
    }
}

impl Paper {
    /// "25 mm/s, 10 mm/mV": what the scales of a track are, in CSS pixels.
    pub fn scales(&self, time: &TimeScale, values: ValueScale, millivolts: Option<f64>) -> String {
        let speed = SECOND as f64 / time.per_pixel() / self.pixels_a_mm;
        let gain = millivolts.map(|millivolts| {
            values.height / (values.high - values.low).abs() / millivolts / self.pixels_a_mm
        });
        let gain = gain.map(|gain| format!(", {} mm/mV", rounded(gain))).unwrap_or_default();
        format!("{} mm/s{gain}", rounded(speed))
    }
}

/// A scale with three digits: a pixel more or less is not told.
fn rounded(scale: f64) -> String {
    let digits = 10f64.powf(scale.log10().floor() - 2.0);
    if digits.is_normal() { value((scale / digits).round() * digits) } else { value(scale) }
}

/// Millivolts of one unit of a track's numbers, where all of them are of one unit of voltage.
pub fn track_millivolts(data: &Data) -> Option<f64> {
    let shown = data.shown()?;
    let mut units = shown.numbers().filter_map(|column| shown.layout.columns.get(column)).map(unit);
    let first = units.next()?;
    millivolts(first).filter(|_| units.all(|other| other == first))
}

/// The window that shows so many mm of paper a second, from where it begins now.
fn at_speed(window: TimeRange, width: f64, paper: Paper, speed: f64) -> TimeRange {
    let length = width / paper.pixels_a_mm / speed * SECOND as f64;
    TimeRange { end: window.start.saturating_add(length as i64), ..window }
}

/// The axis around the middle of what was drawn, at so many mm a mV.
fn at_gain(drawn: DrawnAxis, millivolts: f64, paper: Paper, gain: f64) -> (f64, f64) {
    let (low, high) = drawn.ends;
    let span = drawn.height / paper.pixels_a_mm / gain / millivolts;
    let middle = low + (high - low) / 2.0;
    // Four digits of the span: less than a pixel, and short enough to read.
    let step = 10f64.powf(span.log10().floor() - 3.0);
    let end = |end: f64| (end / step).round() * step;
    (end(middle - span / 2.0), end(middle + span / 2.0))
}

/// Puts every track of a voltage at so many mm a mV.
fn set_gain(stage: Stage, recordings: &[Recording], gain: f64) {
    for recording in recordings {
        let id = &recording.stream().id;
        let Some(millivolts) = recording.with(track_millivolts) else { continue };
        let Some(drawn) = stage.drawn.with_value(|drawn| drawn.get(id).copied()) else { continue };
        let (low, high) = at_gain(drawn, millivolts, stage.paper.get_untracked(), gain);
        let inverted = stage.axes.with_untracked(|axes| axes.get(id).is_some_and(|axis| axis.inverted));
        stage.set_axis(id, Axis { low: Some(low), high: Some(high), inverted });
    }
}

/// Speeds, gains, and a bar to measure the screen by.
#[component]
pub fn PaperPanel(
    /// What all tracks share.
    stage: Stage,
    /// The selected streams' rows.
    recordings: RwSignal<Vec<Recording>, LocalStorage>,
) -> impl IntoView {
    let speeds = SPEEDS.map(|speed| {
        let set = move |_| {
            stage.live.set(false);
            let (window, width) = (stage.window.get_untracked(), stage.width.get_untracked());
            stage.look_at(at_speed(window, width, stage.paper.get_untracked(), speed));
        };
        view! { <button type="button" on:click=set>{format!("{speed} mm/s")}</button> }
    });
    let gains = GAINS.map(|gain| {
        let set = move |_| recordings.with_untracked(|recordings| set_gain(stage, recordings, gain));
        view! { <button type="button" on:click=set>{format!("{gain} mm/mV")}</button> }
    });
    let measured = move |text: String| {
        if let Ok(pixels) = text.parse::<f64>() {
            stage.paper.update(|paper| paper.pixels_a_mm = pixels / CARD_MM);
        }
    };
    let bar = move || stage.paper.with(|paper| paper.pixels_a_mm * CARD_MM);
    view! {
        <div class="axes" role="group" aria-label="ECG paper">
            <div class="axis-row">
                <div class="button-group" role="group" aria-label="Speed">{speeds.into_iter().collect::<Vec<_>>()}</div>
                <div class="button-group" role="group" aria-label="Gain">{gains.into_iter().collect::<Vec<_>>()}</div>
                <span class="panel-note">"A small box is 40 ms by 0.1 mV, a large one 200 ms by 0.5 mV."</span>
            </div>
            <label class="axis-row">
                "Make the bar as wide as a bank card:"
                <input
                    type="range"
                    min="200"
                    max="800"
                    step="0.5"
                    prop:value=move || bar().to_string()
                    on:input:target=move |event| measured(event.target().value())
                />
            </label>
            <div class="paper-card" style:width=move || format!("{}px", bar())></div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAPER: Paper = Paper { pixels_a_mm: 4.0 };

    #[test]
    fn a_window_and_an_axis_are_put_to_scale() {
        let window = TimeRange { start: 7, end: 8 };
        // 1000 pixels are 250 mm: ten seconds at 25 mm/s.
        let window = at_speed(window, 1000.0, PAPER, 25.0);
        assert_eq!(window, TimeRange { start: 7, end: 7 + 10 * SECOND });
        // 120 pixels are 30 mm: 3 mV at 10 mm/mV, in µV.
        let ends = at_gain(DrawnAxis { ends: (-400.0, 1000.0), height: 120.0 }, 1e-3, PAPER, 10.0);
        assert_eq!(ends, (-1200.0, 1800.0));
        let time = TimeScale { range: window, left: 0.0, width: 1000.0 };
        let values = ValueScale { low: ends.0, high: ends.1, top: 0.0, height: 120.0 };
        assert_eq!(PAPER.scales(&time, values, Some(1e-3)), "25 mm/s, 10 mm/mV");
        assert_eq!(PAPER.scales(&time, values, None), "25 mm/s");
    }

    #[test]
    fn scales_have_three_digits() {
        assert_eq!(rounded(24.996), "25");
        assert_eq!(rounded(0.123_456), "0.123");
        assert_eq!(rounded(0.0), "0");
    }
}
