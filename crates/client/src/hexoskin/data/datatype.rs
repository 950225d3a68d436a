//! What a datatype is: its rate, its unit, and how raw counts become physical values.
//!
//! One scale is canonical: that of the physical unit, whichever way the values came. Where the server gives a datatype
//! one unit for text and raw values, its JSON holds raw counts too (ECG does). Rates and units are the server's; how
//! counts are scaled it does not say, so that stands here, by datatype.

use serde_json::Value;

use crate::Result;
use crate::hexoskin::object::Object;
use crate::hexoskin::{Field, Hexoskin};

/// How raw counts become physical values: `(count + offset) * numerator / denominator`. Whole numbers are kept until the
/// one division, so that 331 × 13.28 is the 4395.68 that the server's text says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Added to the count.
    pub offset: i64,
    /// The factor's numerator.
    pub numerator: i64,
    /// The factor's denominator.
    pub denominator: i64,
    /// Unit of the physical values.
    pub unit: &'static str,
}

const fn scale(offset: i64, numerator: i64, denominator: i64, unit: &'static str) -> Scale {
    Scale { offset, numerator, denominator, unit }
}

impl Scale {
    /// The physical value of a count.
    pub fn physical(&self, count: f64) -> f64 {
        (count + self.offset as f64) * self.numerator as f64 / self.denominator as f64
    }

    /// The count of a physical value.
    pub fn count(&self, value: f64) -> f64 {
        (value * self.denominator as f64 / self.numerator as f64).round() - self.offset as f64
    }
}

const ECG: Scale = scale(-1360, 64, 10_000, "mV");
const SECONDS: Scale = scale(0, 1, 256, "s");
const G: Scale = scale(0, 1, 256, "g");

/// Scales by datatype id.
const SCALES: [(i64, Scale); 13] = [
    (18, SECONDS),
    (36, scale(0, 1328, 100, "mL/min")),
    (37, scale(0, 1328, 100, "mL")),
    (49, G),
    (81, scale(0, 1, 256, "°C")),
    (271, scale(0, 1, 4096, "s")),
    (318, SECONDS),
    (4113, ECG),
    (4114, ECG),
    (4115, ECG),
    (4145, G),
    (4146, G),
    (4147, G),
];
/// Datatypes whose raw counts have no sign: respiration.
const UNSIGNED: [i64; 2] = [4129, 4130];
/// Datatypes whose values name states: qualities, sleep.
const STATES: [i64; 8] = [269, 270, 1000, 1001, 1002, 1004, 1005, 1006];

/// A kind of data that records hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Datatype {
    /// Its id.
    pub id: i64,
    /// Its name, as files have it ("ECG_I").
    pub name: String,
    /// What it is, in words.
    pub info: String,
    /// Samples a second; `None` where they come at times of their own.
    pub freq: Option<f64>,
    /// Ticks of 1/256 s between two samples; `None` where they come at times of their own.
    pub hexo_step: Option<i64>,
    /// Unit of values in JSON and CSV.
    pub unit: String,
    /// Unit of raw counts.
    pub unit_raw: String,
    /// How counts become physical values, where that is known.
    pub scale: Option<Scale>,
    /// Whether JSON and CSV hold raw counts.
    pub text_is_raw: bool,
    /// Whether raw counts have a sign.
    pub signed: bool,
    /// Whether values name states.
    pub states: bool,
}

impl Datatype {
    /// Unit of the canonical values.
    pub fn canonical_unit(&self) -> &str {
        match self.scale {
            Some(scale) if self.text_is_raw || self.unit.is_empty() => scale.unit,
            _ => &self.unit,
        }
    }

    /// A value of JSON or CSV on the canonical scale, or as a raw count.
    pub(super) fn of_text(&self, value: f64, raw: bool) -> f64 {
        match (self.scale, self.text_is_raw, raw) {
            (Some(scale), true, false) => scale.physical(value),
            (Some(scale), false, true) => scale.count(value),
            _ => value,
        }
    }

    /// A raw count on the canonical scale, or as it is.
    pub(super) fn of_count(&self, count: f64, raw: bool) -> f64 {
        match self.scale.filter(|_| !raw) {
            Some(scale) => scale.physical(count),
            None => count,
        }
    }

    /// Whether raw counts can be brought to the canonical scale.
    pub(super) fn counts_are_known(&self) -> bool {
        self.scale.is_some() || self.text_is_raw
    }

    /// From the fields of an object, and the units that it links to.
    pub(super) fn of(object: &Object, unit: String, unit_raw: String) -> Self {
        let fields = object.fields();
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
        let positive = |name: &str| fields.get(name).and_then(Value::as_f64).filter(|value| *value > 0.0);
        let id = fields.get("id").or_else(|| fields.get("dataid")).and_then(Value::as_i64);
        let id = id.or_else(|| object.id().parse().ok()).unwrap_or_default();
        let step = positive("hexo_step").or_else(|| positive("hexo_freq")).map(|step| step as i64);
        let freq = positive("freq").or_else(|| step.map(|step| 256.0 / step as f64));
        let scale = SCALES.iter().find(|(known, _)| *known == id).map(|(_, scale)| *scale);
        let linked = |name: &str| fields.get(name).filter(|link| !link.is_null());
        let text_is_raw = match linked("unit").zip(linked("unit_raw")) {
            Some((unit, raw)) => unit == raw,
            // Without the server's word: of all, ECG is raw in text.
            None => matches!(id, 4113..=4115),
        };
        Self {
            id,
            name: text("name"),
            info: text("info"),
            freq,
            hexo_step: step
                .or_else(|| freq.map(|freq| (256.0 / freq).round() as i64).filter(|step| *step > 0)),
            unit,
            unit_raw,
            scale,
            text_is_raw,
            signed: !UNSIGNED.contains(&id),
            states: STATES.contains(&id),
        }
    }
}

impl Hexoskin {
    /// A datatype by its id, with its units. Kept like all objects.
    pub async fn datatype(&self, id: i64) -> Result<Datatype> {
        let object = self.resource("datatype").get(id).await?;
        self.described(&object).await
    }

    pub(in crate::hexoskin) async fn described(&self, object: &Object) -> Result<Datatype> {
        let unit = self.unit_of(object, "unit").await?;
        let unit_raw = self.unit_of(object, "unit_raw").await?;
        Ok(Datatype::of(object, unit, unit_raw))
    }

    /// A unit's short name; empty where there is none.
    async fn unit_of(&self, object: &Object, field: &str) -> Result<String> {
        if object.fields().get(field).is_none_or(Value::is_null) {
            return Ok(String::new());
        }
        match object.get(field).await? {
            Field::Object(unit) => {
                Ok(unit.get("si_short").await?.value().as_str().unwrap_or_default().to_string())
            }
            Field::Value(text) => Ok(text.as_str().unwrap_or_default().to_string()),
        }
    }
}
