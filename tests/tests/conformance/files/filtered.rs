//! Display filters and spectra of public recordings, held to scipy's: to a billionth, over a gap and a missing value.

use serde_json::Value;
use streamscope_signal::{DisplayFilter, SECOND, Sampling, Welch};

use super::super::official;
use super::{all_times, all_values, open, read, saved};

/// Fails unless two results are equal to a billionth of the largest value.
fn close(place: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{place}: values");
    let largest =
        theirs.iter().filter(|value| value.is_finite()).fold(0.0_f64, |most, value| most.max(value.abs()));
    for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let near = (ours - theirs).abs() <= 1e-9 * largest || ours.is_nan() && theirs.is_nan();
        assert!(near, "{place}: value {at} is {ours}, not {theirs}; the largest is {largest}");
    }
}

/// Fails unless each density is equal to a billionth of itself; what is nothing beside the strongest, of that.
fn same_density(place: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{place}: frequencies");
    let strongest = theirs.iter().copied().fold(0.0, f64::max);
    for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let near = (ours - theirs).abs() <= 1e-9 * theirs.max(1e-12 * strongest);
        assert!(near, "{place}: density {at} is {ours}, not {theirs}; the strongest is {strongest}");
    }
}

async fn signal(call: &Value) -> usize {
    let (path, place) = (call["path"].as_str().unwrap(), call["signal"].as_u64().unwrap() as usize);
    let (gap, missing) = (call["gap"].as_u64().unwrap() as usize, call["missing"].as_u64().unwrap() as usize);
    let (files, _, streams) = open(path).await.unwrap();
    let batches = read(&files, &streams[place]).await;
    let (mut times, mut values) = (all_times(&batches), all_values(&batches, 1));
    let rate = call["rate"].as_f64().unwrap();
    let told = Sampling::of([times.as_slice()].into_iter()).unwrap().rate_hz();
    assert!((told / rate - 1.0).abs() < 1e-8, "{path}: {told} Hz, not {rate}");
    let sampling = Sampling::of_rate(rate).unwrap();
    times[gap..].iter_mut().for_each(|time| *time += 10 * SECOND);
    values[missing] = f64::NAN;
    let mut compared = 0;
    for result in call["filtered"].as_array().unwrap() {
        let code = result["code"].as_str().unwrap();
        let chain = DisplayFilter::of_code(code).unwrap().design(sampling).unwrap();
        let (mut filtering, mut ours, mut begins) = (chain.start(), Vec::new(), Vec::new());
        filtering.push(&times, &values, &mut ours, |row| begins.push(row));
        assert_eq!(begins, [0, gap, missing + 1], "{path} {place}");
        close(&format!("{path} {place} {code}"), &ours, &saved(&result["values"], f64::from_le_bytes));
        compared += 1;
    }
    for result in call["spectra"].as_array().unwrap() {
        let length = result["length"].as_u64().unwrap() as usize;
        let mut welch = Welch::new(sampling, length, length / 2).unwrap();
        welch.push(&times, &values);
        let ours = welch.spectrum();
        assert_eq!(Some(ours.windows), result["windows"].as_u64(), "{path} {place}");
        if ours.windows > 0 {
            let theirs = saved(&result["density"], f64::from_le_bytes);
            same_density(&format!("{path} {place}, {length}"), &ours.density, &theirs);
            compared += 1;
        }
    }
    compared
}

#[tokio::test]
async fn filters_and_spectra_of_public_recordings_are_scipys() {
    let mut compared = 0;
    for call in official("STREAMSCOPE_PYTHON_FILES", "filtered", "") {
        compared += signal(&call).await;
    }
    assert!(compared > 300, "{compared} results");
}
