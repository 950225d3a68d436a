//! The V1 Stream API: resources with pages of JSON or CSV, as the official client's `V1Client` reads them.
//!
//! It is retired upstream, and its documents name no columns: what arrives is handed out as it is
//! ([`JsonPages`], [`CsvPages`]), as [`Points`] by name, or as Arrow frames with columns as the header and the values
//! show ([`Rows`]).
//!
//! A page that fails is asked for again as a whole. A server that repeats itself is stopped with a protocol error.

mod pages;
mod points;
mod rows;

use std::collections::BTreeMap;

pub use pages::{CsvPages, JsonPages};
pub use points::{Cell, Point, Points};
pub use rows::Rows;

use super::Rune;
use crate::http::Http;
use crate::{Error, Result};

/// Query parameters by name: `patient_id`, `device_id`, `start_time`, `end_time` (Unix seconds) and whatever else the
/// resource takes. They are sent as they are.
pub type Parameters = BTreeMap<String, String>;

/// What the V1 Stream API offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// Accelerometry.
    Accel,
    /// Power of a local field potential in a band.
    BandPower,
    /// Patient events. No CSV, no availability.
    Event,
    /// Heart rate.
    HeartRate,
    /// Local field potentials.
    Lfp,
    /// Probability of a symptom.
    ProbabilitySymptom,
    /// Rotation.
    Rotation,
    /// Spans of time. No CSV, no availability.
    Span,
    /// State of a device.
    State,
}

impl Resource {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Accel,
        Self::BandPower,
        Self::Event,
        Self::HeartRate,
        Self::Lfp,
        Self::ProbabilitySymptom,
        Self::Rotation,
        Self::Span,
        Self::State,
    ];

    /// As it stands in a path.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accel => "accel",
            Self::BandPower => "band_power",
            Self::Event => "event",
            Self::HeartRate => "heartrate",
            Self::Lfp => "lfp",
            Self::ProbabilitySymptom => "probability_symptom",
            Self::Rotation => "rotation",
            Self::Span => "span",
            Self::State => "state",
        }
    }

    /// The expression that asks for availability, where there is one.
    pub fn availability(self) -> Option<&'static str> {
        match self {
            Self::Accel => Some("availability(accel)"),
            Self::BandPower => Some("availability(power)"),
            Self::HeartRate => Some("availability(bpm)"),
            Self::Lfp => Some("availability(lfp)"),
            Self::ProbabilitySymptom => Some("availability(probability)"),
            Self::Rotation => Some("availability(rotation)"),
            Self::State => Some("availability(state)"),
            Self::Event | Self::Span => None,
        }
    }

    /// Whether there is CSV.
    pub fn has_csv(self) -> bool {
        !matches!(self, Self::Event | Self::Span)
    }
}

/// A resource with default parameters, which those of a call override one by one.
#[derive(Clone)]
pub struct Accessor {
    http: Http,
    base: String,
    resource: Resource,
    defaults: Parameters,
}

impl Rune {
    /// A resource of the V1 Stream API, with default parameters for its calls.
    pub fn v1(&self, resource: Resource, defaults: Parameters) -> Accessor {
        let base = format!("{}/v1/{}", self.stream_url, resource.name());
        Accessor { http: self.http.clone(), base, resource, defaults }
    }
}

impl Accessor {
    /// The results of the JSON endpoint, page after page, from the one that `page` or `next_page_token` names.
    pub fn json(&self, parameters: &Parameters) -> Result<JsonPages> {
        let url = format!("{}.json", self.base);
        let parameters = self.merged(parameters)?;
        // Spans know tokens only.
        Ok(JsonPages::new(self.http.clone(), url, parameters, self.resource != Resource::Span))
    }

    /// The texts of the CSV endpoint, page after page, each with a header line. Fails where there is no CSV.
    pub fn csv(&self, parameters: &Parameters) -> Result<CsvPages> {
        if !self.resource.has_csv() {
            return Err(Error::invalid(format!("{} has no CSV: ask for JSON.", self.resource.name())));
        }
        let url = format!("{}.csv", self.base);
        CsvPages::new(self.http.clone(), url, self.merged(parameters)?)
    }

    /// [`Self::json`] with the expression for availability. Fails where there is none.
    pub fn json_availability(&self, parameters: &Parameters) -> Result<JsonPages> {
        self.json(&self.with_expression(parameters)?)
    }

    /// [`Self::csv`] with the expression for availability. Fails where there is none.
    pub fn csv_availability(&self, parameters: &Parameters) -> Result<CsvPages> {
        self.csv(&self.with_expression(parameters)?)
    }

    /// The rows of the CSV endpoint as points: cells by name.
    pub fn points(&self, parameters: &Parameters) -> Result<Points> {
        Ok(Points::new(self.csv(parameters)?))
    }

    /// The rows of the CSV endpoint as Arrow frames.
    pub fn rows(&self, parameters: &Parameters) -> Result<Rows> {
        Ok(Rows::new(self.http.clone(), self.csv(parameters)?))
    }

    fn with_expression(&self, parameters: &Parameters) -> Result<Parameters> {
        let expression = self.resource.availability();
        let expression = expression
            .ok_or_else(|| Error::invalid(format!("{} has no availability.", self.resource.name())))?;
        let mut parameters = parameters.clone();
        parameters.insert("expression".into(), expression.into());
        Ok(parameters)
    }

    fn merged(&self, parameters: &Parameters) -> Result<Parameters> {
        let mut merged = self.defaults.clone();
        merged.extend(parameters.iter().map(|(name, value)| (name.clone(), value.clone())));
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match merged.keys().find(|name| name.is_empty() || !name.bytes().all(usual)) {
            Some(name) => Err(Error::invalid(format!("\"{name}\" is not the name of a parameter."))),
            None => Ok(merged),
        }
    }
}
