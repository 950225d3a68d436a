//! Aggregates out, with the V2 Stream API's names.

use serde::Serialize;
use streamscope_signal::{self as signal, SECOND};

/// Which windows of time hold data.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Availability {
    /// Length of a window, s.
    resolution: u32,
    /// Where each window begins, Unix seconds; divisible by the resolution.
    time: Vec<f64>,
    /// Whether at least one point lies in the window.
    availability: Vec<bool>,
    /// Seconds with data, approximately: windows with data times their length.
    approx_available_duration_s: f64,
}

/// Seconds at which `count` windows begin.
fn starts(start: i64, resolution_s: u32, count: usize) -> Vec<f64> {
    (0..count).map(|window| (start / SECOND) as f64 + window as f64 * f64::from(resolution_s)).collect()
}

impl From<signal::Availability> for Availability {
    fn from(given: signal::Availability) -> Self {
        Self {
            resolution: given.resolution_s,
            time: starts(given.start, given.resolution_s, given.available.len()),
            approx_available_duration_s: given.approx_available_duration_s() as f64,
            availability: given.available,
        }
    }
}

/// The average day.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DailyAggregate {
    /// Length of a slot, s.
    resolution: u32,
    /// Where each slot begins: UTC time of day, `HH:MM`.
    offset: Vec<String>,
    /// Mean of all points in the slot over all days; null where there were none.
    values: Vec<Option<f64>>,
    /// Days with at least one point in the slot.
    n_days_with_data: Vec<u32>,
    /// Seconds with data, approximately: the sum of all measurement durations.
    approx_available_duration_s: f64,
    /// Figures over the days and the points.
    summary: DailySummary,
}

/// Figures of an average day.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DailySummary {
    /// Days with any data.
    n_days_with_data_total: u32,
    /// Mean, over days with data, of the day's summed measurement durations, ns.
    duration_mean_per_day: Option<f64>,
    /// Smallest of the days' sums, ns.
    duration_min_per_day: Option<f64>,
    /// Largest of the days' sums, ns.
    duration_max_per_day: Option<f64>,
    /// Mean of the points.
    value_mean: Option<f64>,
    /// Smallest point.
    value_min: Option<f64>,
    /// Largest point.
    value_max: Option<f64>,
    /// Median of the points.
    value_med: Option<f64>,
    /// Sample standard deviation of the points.
    value_std: Option<f64>,
}

impl From<signal::DailyAggregate> for DailyAggregate {
    fn from(given: signal::DailyAggregate) -> Self {
        let minutes = (0..given.values.len() as u32).map(|slot| slot * given.resolution_s / 60);
        let signal::DailySummary { value, .. } = given.summary;
        Self {
            resolution: given.resolution_s,
            offset: minutes.map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60)).collect(),
            values: given.values,
            n_days_with_data: given.n_days_with_data,
            approx_available_duration_s: given.approx_available_duration_s,
            summary: DailySummary {
                n_days_with_data_total: given.summary.n_days_with_data_total,
                duration_mean_per_day: given.summary.duration_mean_per_day,
                duration_min_per_day: given.summary.duration_min_per_day.map(|ns| ns as f64),
                duration_max_per_day: given.summary.duration_max_per_day.map(|ns| ns as f64),
                value_mean: value.mean,
                value_min: value.min,
                value_max: value.max,
                value_med: value.median,
                value_std: value.std,
            },
        }
    }
}

/// Sum or mean per window.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WindowAggregate {
    /// Length of a window, s.
    resolution: u32,
    /// Where each window begins, Unix seconds; divisible by the resolution.
    time: Vec<f64>,
    /// Sum or mean; null where no value lies in the window.
    aggregate_values: Vec<Option<f64>>,
    /// Sum of the measurement durations of the window's points, ns.
    duration_sum: Vec<f64>,
    /// Figures over the values that are not null.
    summary: WindowSummary,
}

/// Figures of windows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WindowSummary {
    /// Mean of the windows' values.
    value_mean: Option<f64>,
    /// Smallest of them.
    value_min: Option<f64>,
    /// Largest of them.
    value_max: Option<f64>,
    /// Their median.
    value_med: Option<f64>,
    /// Their sample standard deviation.
    value_std: Option<f64>,
}

impl From<signal::WindowAggregate> for WindowAggregate {
    fn from(given: signal::WindowAggregate) -> Self {
        Self {
            resolution: given.resolution_s,
            time: starts(given.start, given.resolution_s, given.values.len()),
            aggregate_values: given.values,
            duration_sum: given.duration_sum.into_iter().map(|ns| ns as f64).collect(),
            summary: WindowSummary {
                value_mean: given.summary.mean,
                value_min: given.summary.min,
                value_max: given.summary.max,
                value_med: given.summary.median,
                value_std: given.summary.std,
            },
        }
    }
}
