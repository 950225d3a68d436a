//! Sleep metrics (Strive).

use serde_json::json;

use super::catalogue::Catalogue;
use super::refusal::Refusal;
use crate::Response;
use crate::query::Query;

pub(super) const PATH: &str = "/api/v3/sleep_metrics";

/// The nights of a patient whose date lies between `start_date` and `end_date`, both inclusive.
pub(super) fn handle(catalogue: &Catalogue, query: &Query) -> Response {
    let [patient, start, end] = ["patient_id", "start_date", "end_date"].map(|name| query.get(name));
    let (Some(patient), Some(start), Some(end)) = (patient, start, end) else {
        return Refusal::invalid("patient_id, start_date and end_date are required").into();
    };
    if ![start, end].iter().all(|date| date.parse::<jiff::civil::Date>().is_ok() && date.len() == 10) {
        return Refusal::invalid("start_date and end_date are dates: YYYY-MM-DD").into();
    }
    let Some(patient) = catalogue.patient(patient) else {
        return Refusal::not_found("patient not found").into();
    };
    // Dates of this form sort as text.
    let date = |night: &serde_json::Value| night["date"].as_str().map(str::to_owned).unwrap_or_default();
    let nights: Vec<_> =
        patient.nights.iter().filter(|night| (start..=end).contains(&date(night).as_str())).collect();
    Response::json(200, &json!({ "data": { "sleep_metrics_healthkit": nights } }))
}
