//! The power spectrum below a track: of the interval that is measured, else of what is in view.

use std::time::Duration;

use leptos::prelude::*;
use streamscope_client::TimeRange;
use streamscope_signal::Spectrum;
use wasm_bindgen_futures::spawn_local;

use super::spectrogram::paint_over_time;
use super::stage::{EDGE, GUTTER, Stage};
use crate::charts::axes::{Margins, PlotBox, draw_axes, draw_text};
use crate::charts::format::{duration, grouped, value};
use crate::charts::pane::{DrawError, Pane};
use crate::charts::scale::{TimeScale, ValueScale};
use crate::charts::surface::ChartCanvas;
use crate::charts::theme::{Rgb, Theme, css};
use crate::charts::ticks::TimeTick;
use crate::charts::values::value_ticks;
use crate::recording::{Recording, Spectra, Windows};
use crate::text::in_line;

/// How long the window must rest before its spectrum is made.
const REST: Duration = Duration::from_millis(250);

/// Frequencies stand on the axis of times, which counts in whole numbers: as nanohertz.
const NANO: f64 = 1e9;

/// Decibels below the strongest frequency that are drawn at most.
const DEEPEST: f64 = 120.0;

/// Around the plot of a spectrum.
pub(super) const MARGINS: Margins = Margins { left: GUTTER, right: EDGE, top: 16.0, bottom: 18.0 };

/// How spectra are made and drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectrumChoice {
    /// Length and overlap of the windows.
    pub windows: Windows,
    /// Whether densities are drawn in decibels.
    pub decibels: bool,
}

impl Default for SpectrumChoice {
    /// Windows that fit, half of each shared; decibels.
    fn default() -> Self {
        Self { windows: Windows { length: None, overlap: 50, over_time: false }, decibels: true }
    }
}

/// The spectrum of a track.
#[component]
pub fn SpectrumChart(
    /// What all tracks share.
    stage: Stage,
    /// The stream's rows.
    recording: Recording,
) -> impl IntoView {
    let held = StoredValue::new_local(recording);
    let made = RwSignal::new_local(None::<Result<Spectra, String>>);
    keep_made(stage, held, made);
    let note = Signal::derive(move || {
        made.with(|made| match made {
            None => "Spectrum: wait…".to_string(),
            Some(Err(words)) => words.clone(),
            Some(Ok(spectra)) => held.with_value(|recording| described(recording, spectra)),
        })
    });
    let stop = |event: web_sys::Event| event.stop_propagation();
    view! {
        <div
            class="spectrum"
            role="group"
            aria-label="Power spectrum"
            on:pointerdown=move |event| stop(event.into())
            on:pointermove=move |event| stop(event.into())
            on:dblclick=move |event| stop(event.into())
            on:wheel=move |event| stop(event.into())
            on:keydown=move |event| stop(event.into())
        >
            <header class="spectrum-head" data-caption="">
                <p class="track-note"><span>{note}</span></p>
                <Choices stage />
            </header>
            <div class="spectrum-plot">
                <ChartCanvas
                    class="spectrum-data"
                    label=note
                    track=move || {
                        made.track();
                        stage.spectra.track();
                        stage.zone.track();
                    }
                    paint=move |pane, theme| {
                        made.with_untracked(|made| {
                            let Some(Ok(spectra)) = made else { return };
                            let decibels = stage.spectra.get_untracked().decibels;
                            let unit = held.with_value(|recording| unit(recording, spectra));
                            // A browser that stops drawing text half-way leaves a picture that is incomplete, not wrong.
                            let _ = match spectra.curves.iter().any(|curve| curve.over_time.is_some()) {
                                true => stage.zone.with_untracked(|zone| paint_over_time(pane, theme, spectra, (zone, &unit))),
                                false => paint_spectra(pane, theme, spectra, (decibels, &unit)),
                            };
                        });
                    }
                />
            </div>
        </div>
    }
}

/// Makes the spectra anew when the window, once at rest, or anything else that they depend on has changed.
fn keep_made(
    stage: Stage,
    held: StoredValue<Recording, LocalStorage>,
    made: RwSignal<Option<Result<Spectra, String>>, LocalStorage>,
) {
    let asked = StoredValue::new(0_u32);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let make = move || {
        timer.try_set_value(None);
        let number = asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        let Some(recording) = held.try_get_value().filter(|_| number.is_some()) else { return };
        let range = stage.measured.get_untracked().unwrap_or(stage.window.get_untracked());
        let windows = stage.spectra.get_untracked().windows;
        spawn_local(async move {
            let is_asked = move || asked.try_get_value() == number;
            let spectra = recording.spectra(range, windows, is_asked).await;
            if spectra.is_some() && is_asked() {
                let _ = made.try_set(spectra);
            }
        });
    };
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move |_| {
        stage.window.track();
        stage.measured.track();
        stage.spectra.track();
        stage.display.track();
        held.with_value(Recording::track);
        stop();
        timer.set_value(set_timeout_with_handle(make, REST).ok());
    });
    on_cleanup(stop);
}

/// Length and overlap of the windows, and the scale.
#[component]
fn Choices(stage: Stage) -> impl IntoView {
    let lengths: Vec<_> = (6..=14)
        .map(|power| {
            let length = 1_usize << power;
            let chosen = move || stage.spectra.with(|choice| choice.windows.length == Some(length));
            view! { <option value=length.to_string() prop:selected=chosen>{grouped(length as u64)} " samples"</option> }
        })
        .collect();
    let overlaps: Vec<_> = [0, 50, 75]
        .map(|overlap: usize| {
            let chosen = move || stage.spectra.with(|choice| choice.windows.overlap == overlap);
            view! { <option value=overlap.to_string() prop:selected=chosen>{format!("{overlap} %")}</option> }
        })
        .into_iter()
        .collect();
    view! {
        <select
            aria-label="Length of a window"
            on:change:target=move |event| {
                stage.spectra.update(|choice| choice.windows.length = event.target().value().parse().ok());
            }
        >
            <option value="" prop:selected=move || stage.spectra.with(|choice| choice.windows.length.is_none())>"Fitting"</option>
            {lengths}
        </select>
        <select
            aria-label="Overlap of the windows"
            on:change:target=move |event| {
                stage.spectra.update(|choice| {
                    choice.windows.overlap = event.target().value().parse().unwrap_or(choice.windows.overlap);
                });
            }
        >
            {overlaps}
        </select>
        <label>
            <input
                type="checkbox"
                prop:checked=move || stage.spectra.with(|choice| choice.windows.over_time)
                on:change:target=move |event| {
                    stage.spectra.update(|choice| choice.windows.over_time = event.target().checked());
                }
            />
            "over time"
        </label>
        <label>
            <input
                type="checkbox"
                disabled=move || stage.spectra.with(|choice| choice.windows.over_time)
                prop:checked=move || stage.spectra.with(|choice| choice.decibels)
                on:change:target=move |event| stage.spectra.update(|choice| choice.decibels = event.target().checked())
            />
            "dB"
        </label>
    }
}

/// What a spectrum is of, how it was made, and where it is strongest.
fn described(recording: &Recording, spectra: &Spectra) -> String {
    let Spectra { range, rate_hz, length, overlap, curves } = spectra;
    let windows = curves.iter().map(|curve| curve.samples.windows).max().unwrap_or_default();
    let seconds = |samples: usize| duration((samples as f64 / rate_hz * 1e9).round() as i64);
    let names = |column: usize| {
        recording.with(|data| {
            let name = data.layout().and_then(|layout| Some(layout.columns.get(column)?.name.clone()));
            in_line(&name.unwrap_or_default(), 40)
        })
    };
    let peaks = curves.iter().filter_map(|curve| {
        let drawn = curve.filtered.as_ref().unwrap_or(&curve.samples);
        Some(format!("{} strongest at {} Hz", names(curve.column), value(strongest(drawn)?)))
    });
    let peaks: Vec<_> = peaks.collect();
    let is_filtered = curves.iter().any(|curve| curve.filtered.is_some());
    let is_over_time = curves.iter().any(|curve| curve.over_time.is_some());
    let filtered = match (is_filtered, is_over_time) {
        (true, true) => "; over time: filtered",
        (true, false) => "; thin: samples, thick: filtered",
        (false, _) => "",
    };
    format!(
        "Spectrum of {} at {} Hz: mean of {} Hann windows of {} samples ({}), {} % shared; {}{filtered}",
        duration(range.end - range.start),
        value(*rate_hz),
        grouped(windows),
        grouped(*length as u64),
        seconds(*length),
        overlap * 100 / (*length).max(1),
        peaks.join(", "),
    )
}

/// The frequency of the highest density, Hz. That at 0 Hz is what is left of the mean.
fn strongest(spectrum: &Spectrum) -> Option<f64> {
    let above = spectrum.density.iter().enumerate().skip(1).filter(|(_, density)| **density > 0.0);
    let highest = above.max_by(|one, other| one.1.total_cmp(other.1))?;
    Some(highest.0 as f64 * spectrum.step_hz)
}

/// "g²/Hz"; of dimensions with different units, "unit²/Hz".
fn unit(recording: &Recording, spectra: &Spectra) -> String {
    recording.with(|data| {
        let unit = |column: usize| data.layout()?.columns.get(column)?.unit.clone();
        let mut units = spectra.curves.iter().map(|curve| unit(curve.column).unwrap_or_default());
        let first = units.next().unwrap_or_default();
        let name = if units.all(|other| other == first) && !first.is_empty() {
            in_line(&first, 16)
        } else {
            "unit".into()
        };
        // "m/s" squared is not "m/s²".
        let plain = name.chars().all(char::is_alphanumeric);
        if plain { format!("{name}²/Hz") } else { format!("({name})²/Hz") }
    })
}

pub(super) fn decibel(density: f64) -> f64 {
    10.0 * density.log10()
}

/// The values of a curve, without those that have no place on the scale.
fn points(spectrum: &Spectrum, decibels: bool) -> impl Iterator<Item = (f64, f64)> {
    let step = spectrum.step_hz;
    let value = move |density: f64| if decibels { decibel(density) } else { density };
    let all = spectrum.density.iter().enumerate().skip(usize::from(decibels));
    all.map(move |(place, density)| (place as f64 * step, value(*density)))
        .filter(|(_, value)| value.is_finite())
}

fn paint_spectra(
    pane: &Pane,
    theme: &Theme,
    spectra: &Spectra,
    (decibels, unit): (bool, &str),
) -> Result<(), DrawError> {
    use plotters::style::text_anchor::{HPos, VPos};
    let plot = PlotBox::inside(pane, MARGINS);
    let half = spectra.rate_hz / 2.0;
    let range = TimeRange { start: 0, end: (half * NANO) as i64 };
    let frequency = plot.time_scale(range);
    let curves = || spectra.curves.iter().flat_map(|curve| [Some(&curve.samples), curve.filtered.as_ref()]);
    let (low, high) = curves()
        .flatten()
        .flat_map(|spectrum| points(spectrum, decibels))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (_, value)| {
            (low.min(value), high.max(value))
        });
    let low = if decibels { low.max(high - DEEPEST) } else { low.min(0.0) };
    let scale = ValueScale::around(low, high, plot.top, plot.height);
    let labels = value_ticks(scale.low, scale.high, (plot.height / pane.density / 22.0).max(2.0) as usize);
    let wanted = (plot.width / pane.density / 90.0).max(2.0) as usize;
    let tick = |(hz, label): (f64, String)| TimeTick { time: (hz * NANO) as i64, label, strong: false };
    let ticks: Vec<_> = value_ticks(0.0, half, wanted).ticks.into_iter().map(tick).collect();
    draw_axes(pane, MARGINS, theme, (range, &ticks), (scale, &labels))?;
    for curve in &spectra.curves {
        let ink = theme.series_colour(curve.place);
        let is_filtered = curve.filtered.is_some();
        let (thin, thick) = ((ink, 1.0), (ink, 1.75));
        line(
            pane,
            (plot, frequency, scale),
            &curve.samples,
            decibels,
            if is_filtered { thin } else { thick },
        );
        if let Some(filtered) = &curve.filtered {
            line(pane, (plot, frequency, scale), filtered, decibels, thick);
        }
    }
    let size = 11.0 * pane.density;
    let unit = if decibels { format!("dB re 1 {unit}") } else { unit.to_string() };
    draw_text(
        pane,
        &unit,
        (4.0 * pane.density, 1.0 * pane.density),
        size,
        theme.muted,
        (HPos::Left, VPos::Top),
    )?;
    let right = pane.width - 4.0 * pane.density;
    draw_text(pane, "Hz", (right, 1.0 * pane.density), size, theme.muted, (HPos::Right, VPos::Top))
}

fn line(
    pane: &Pane,
    (plot, frequency, scale): (PlotBox, TimeScale, ValueScale),
    spectrum: &Spectrum,
    decibels: bool,
    (ink, width): (Rgb, f64),
) {
    let context = &pane.context;
    context.save();
    context.begin_path();
    context.rect(plot.left, plot.top, plot.width, plot.height);
    context.clip();
    context.set_stroke_style_str(&css(ink, 1.0));
    context.set_line_width(width * pane.density);
    context.set_line_join("round");
    context.begin_path();
    for (place, (hz, value)) in points(spectrum, decibels).enumerate() {
        let (x, y) = (frequency.x((hz * NANO) as i64), scale.y(value));
        if place == 0 { context.move_to(x, y) } else { context.line_to(x, y) }
    }
    context.stroke();
    context.restore();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spectrum_is_strongest_above_what_is_left_of_the_mean() {
        let spectrum = Spectrum { step_hz: 0.5, density: vec![9.0, 1.0, 4.0, 0.0], windows: 1 };
        assert_eq!(strongest(&spectrum), Some(1.0));
        assert_eq!(strongest(&Spectrum { density: vec![1.0, 0.0], ..spectrum.clone() }), None);
        let drawn: Vec<_> = points(&spectrum, true).collect();
        assert_eq!(drawn.len(), 2, "neither 0 Hz nor what is nothing: {drawn:?}");
        assert_eq!(drawn.first().copied(), Some((0.5, 0.0)));
        assert_eq!(points(&spectrum, false).count(), 4);
    }
}
