//! What a display filter changes, and what it leaves alone.

use leptos::prelude::*;
use streamscope_client::TimeRange;
use streamscope_explorer::recording::Recording;
use streamscope_explorer::state::View;
use streamscope_signal::{DAY, DisplayFilter, SECOND};
use wasm_bindgen_test::wasm_bindgen_test;

use super::synthetic::{START, Synthetic};
use super::{HOUR, Mounted, mount};

fn set(mounted: &Mounted, stream: &str, code: &str) {
    let filter = DisplayFilter::of_code(code).unwrap();
    mounted.workspace.selection.update(|selection| drop(selection.display.insert(stream.into(), filter)));
}

fn recording(mounted: &Mounted, stream: &str) -> Recording {
    untrack(|| mounted.workspace.recordings.known(stream)).unwrap()
}

#[wasm_bindgen_test]
async fn four_million_values_are_drawn_filtered_and_kept_as_they_are() {
    let mounted = mount(View::Timeline, &["motion"], None, Synthetic::new(1));
    mounted.until_loaded("motion").await;
    set(&mounted, "motion", "high:0.5:2,no,no");
    mounted.until_text("filtered: high-pass 0.5 Hz (order 2)").await;
    let recording = recording(&mounted, "motion");
    mounted
        .until("all rows filtered", |_| recording.with_drawn(|drawn| drawn.rows() == 23 * 3600 * 50))
        .await;
    let day = TimeRange { start: START, end: START + DAY };
    let z = 3;
    let kept = recording.with(|data| data.figures(z, day)).unwrap();
    let drawn = recording.with_drawn(|data| data.figures(z, day)).unwrap();
    assert!(kept.mean > 0.5, "samples keep their offset: {}", kept.mean);
    assert!(drawn.mean.abs() < 0.001, "what is drawn has none: {}", drawn.mean);
    mounted.key(".stage", "Home");
    (0..14).for_each(|_| mounted.key(".stage", "+"));
    mounted.until_text("every sample").await;
    mounted.key(".stage", "]");
    mounted.until("a reading", |mounted| mounted.text().contains(" filtered")).await;
    mounted.until_text("after a break (shaded)").await;
    mounted.workspace.selection.update(|selection| selection.display.clear());
    mounted.until("no filter", |mounted| !mounted.text().contains("filtered")).await;
}

#[wasm_bindgen_test]
async fn what_a_filter_needs_before_the_window_is_read_with_it() {
    let window = TimeRange { start: START + 8 * HOUR, end: START + 8 * HOUR + 60 * SECOND };
    let mounted = mount(View::Timeline, &["motion"], Some((window.start, window.end)), Synthetic::new(1));
    set(&mounted, "motion", "high:0.5:2,no,no");
    mounted.until_loaded("motion").await;
    let first = |mounted: &Mounted| mounted.source.reads.borrow().iter().map(|read| read.1.start).min();
    mounted.until("rows before the window", |mounted| first(mounted) < Some(window.start - 2 * SECOND)).await;
    mounted.until_loaded("motion").await;
    let recording = recording(&mounted, "motion");
    mounted
        .until("a window without settling", |_| {
            recording
                .with_filtered(|filtered| filtered.is_some_and(|held| held.settling_in(window, 0).is_empty()))
        })
        .await;
    assert!(!mounted.text().contains("shaded"), "{}", mounted.text());
}

#[wasm_bindgen_test]
async fn a_filter_that_does_not_fit_says_so_and_the_samples_are_drawn() {
    let mounted = mount(View::Timeline, &["heart"], None, Synthetic::new(1));
    mounted.until_loaded("heart").await;
    set(&mounted, "heart", "no,50,no");
    mounted.until_text("not filtered: 50 Hz is not between 0 and half the sampling rate").await;
    assert!(mounted.inked(".track-data", 0.3, 0.4) > 100);
}

#[wasm_bindgen_test]
async fn a_spectrum_says_what_it_is_of() {
    let window = (START + 8 * HOUR, START + 8 * HOUR + 600 * SECOND);
    let mounted = mount(View::Timeline, &["motion"], Some(window), Synthetic::new(1));
    mounted.until_loaded("motion").await;
    mounted.key(".stage", "s");
    mounted.until_text("Spectrum of 10 min at 50 Hz: mean of 13 Hann windows of 4,096 samples").await;
    mounted.until("the spectrum", |mounted| mounted.inked(".spectrum-data", 0.1, 0.9) > 100).await;
}
