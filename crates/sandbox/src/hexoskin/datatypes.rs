//! The kinds of data: ids, names, rates, units and how raw counts become what JSON and CSV hold.

use serde_json::{Map, Value, json};

use crate::demo::hexoskin::Device;

/// mL of a raw count of volume.
const VOLUME: f64 = 13.28;

/// A kind of data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Datatype {
    pub(super) id: i64,
    pub(super) name: &'static str,
    info: &'static str,
    pub(super) timing: Timing,
    /// Of JSON and CSV, and of binary files.
    units: [Unit; 2],
    /// What JSON and CSV hold for one raw count.
    pub(super) factor: f64,
    /// Whether binary files hold numbers without a sign.
    pub(super) unsigned: bool,
}

/// When values come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timing {
    /// One every so many 1/256 s.
    Every(i64),
    /// When something happens.
    Events,
}

/// A unit by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    None = 1,
    Count,
    PerMinute,
    G,
    G256,
    Second,
    Second256,
    Second4096,
    Millilitre,
    MillilitrePerMinute,
    Volume,
    VolumePerMinute,
    Percent,
    Celsius,
    Celsius256,
}

const UNITS: [(Unit, &str, &str); 15] = [
    (Unit::None, "", "no unit"),
    (Unit::Count, "count", "count of the converter"),
    (Unit::PerMinute, "1/min", "per minute"),
    (Unit::G, "g", "standard gravity"),
    (Unit::G256, "g/256", "standard gravity / 256"),
    (Unit::Second, "s", "second"),
    (Unit::Second256, "s/256", "second / 256"),
    (Unit::Second4096, "s/4096", "second / 4096"),
    (Unit::Millilitre, "mL", "millilitre"),
    (Unit::MillilitrePerMinute, "mL/min", "millilitre per minute"),
    (Unit::Volume, "13.28 mL", "13.28 millilitres"),
    (Unit::VolumePerMinute, "13.28 mL/min", "13.28 millilitres per minute"),
    (Unit::Percent, "%", "percent"),
    (Unit::Celsius, "°C", "degree Celsius"),
    (Unit::Celsius256, "°C/256", "degree Celsius / 256"),
];

impl Unit {
    fn uri(self) -> String {
        format!("/api/unit/{}/", self as i64)
    }
}

impl Datatype {
    const fn new(id: i64, name: &'static str, info: &'static str, timing: Timing) -> Self {
        Self { id, name, info, timing, units: [Unit::None; 2], factor: 1.0, unsigned: false }
    }

    const fn unit(self, unit: Unit) -> Self {
        Self { units: [unit, unit], ..self }
    }

    const fn scaled(self, unit: Unit, raw: Unit, factor: f64) -> Self {
        Self { units: [unit, raw], factor, ..self }
    }

    const fn unsigned(self) -> Self {
        Self { unsigned: true, ..self }
    }

    /// Ticks between samples on a device; `None` for events.
    pub(super) fn step(&self, device: Device) -> Option<i64> {
        let Timing::Every(step) = self.timing else { return None };
        Some(match (device, step) {
            (Device::Hexoskin, step) => step,
            // 250, 125 and 50 Hz in ticks of 1 ms.
            (Device::Astroskin, 1) => 4,
            (Device::Astroskin, 2) => 8,
            (Device::Astroskin, 4) => 20,
            (Device::Astroskin, step) => step / 256 * 1000,
        })
    }

    /// Whether it is a raw signal, which phones do not send while a record is made.
    pub(super) fn is_raw(&self) -> bool {
        matches!(self.timing, Timing::Every(1..256))
    }

    /// The unit of JSON in the eight ASCII characters of an EDF.
    pub(super) fn edf_unit(&self) -> &'static str {
        match self.units {
            [Unit::Celsius, _] => "degC",
            [Unit::None, _] => "",
            [unit, _] => UNITS.iter().find(|(known, ..)| *known == unit).map_or("", |(_, short, _)| short),
        }
    }

    fn to_object(self) -> Value {
        let [unit, unit_raw] = self.units.map(Unit::uri);
        let (freq, step) = match self.timing {
            Timing::Every(step) if step <= 256 => (json!(256 / step), json!(step)),
            Timing::Every(step) => (json!(256.0 / step as f64), json!(step)),
            Timing::Events => (Value::Null, Value::Null),
        };
        json!({
            "id": self.id, "dataid": self.id, "name": self.name, "info": self.info, "freq": freq,
            "hexo_freq": step, "hexo_step": step, "unit": unit, "unit_raw": unit_raw,
        })
    }
}

const SECOND: Timing = Timing::Every(256);
const EVENTS: Timing = Timing::Events;

/// All of them, in the order of their ids.
#[rustfmt::skip]
pub(super) static DATATYPES: [Datatype; 35] = [
    Datatype::new(18, "RR_interval", "Time between two heart beats", EVENTS).scaled(Unit::Second, Unit::Second256, 1.0 / 256.0),
    Datatype::new(19, "heart_rate", "Heart rate, mean of 16 beats", SECOND).unit(Unit::PerMinute),
    Datatype::new(22, "QRS", "Heart beats found in the ECG", EVENTS).unit(Unit::Count),
    Datatype::new(33, "breathing_rate", "Breathing rate, mean of 7 breaths", SECOND).unit(Unit::PerMinute),
    Datatype::new(34, "inspiration", "Begins of inspirations", EVENTS).unit(Unit::Count),
    Datatype::new(35, "expiration", "Begins of expirations", EVENTS).unit(Unit::Count),
    Datatype::new(36, "minute_ventilation", "Volume breathed in a minute", SECOND).scaled(Unit::MillilitrePerMinute, Unit::VolumePerMinute, VOLUME),
    Datatype::new(37, "tidal_volume", "Volume of the last breath", SECOND).scaled(Unit::Millilitre, Unit::Volume, VOLUME),
    Datatype::new(49, "activity", "Acceleration without gravity, mean of 1 s", SECOND).scaled(Unit::G, Unit::G256, 1.0 / 256.0),
    Datatype::new(52, "step", "Steps", EVENTS),
    Datatype::new(53, "cadence", "Steps a minute", SECOND).unit(Unit::PerMinute),
    Datatype::new(64, "PPG", "Light seen through the skin", Timing::Every(4)).unit(Unit::Count),
    Datatype::new(66, "SPO2", "Oxygen saturation", SECOND).unit(Unit::Percent),
    Datatype::new(81, "PTT_temperature", "Temperature beside the light sensor", SECOND).scaled(Unit::Celsius, Unit::Celsius256, 1.0 / 256.0),
    Datatype::new(97, "temperature", "Skin temperature", SECOND).scaled(Unit::Celsius, Unit::Celsius256, 1.0 / 256.0),
    Datatype::new(98, "systolic_pressure", "Systolic blood pressure", SECOND),
    Datatype::new(208, "annotation_start", "Start of the recorder", EVENTS),
    Datatype::new(209, "annotation_stop", "Stop of the recorder", EVENTS),
    Datatype::new(247, "battery", "Battery, from about 2600 when full to 2300", EVENTS).unit(Unit::Count),
    Datatype::new(270, "sleep_position", "Position while asleep", EVENTS),
    Datatype::new(271, "ANN", "Mean of the normal intervals of five minutes", Timing::Every(300 * 256)).scaled(Unit::Second, Unit::Second4096, 1.0 / 4096.0).unsigned(),
    Datatype::new(318, "NN_interval", "Time between two normal heart beats", EVENTS).scaled(Unit::Second, Unit::Second256, 1.0 / 256.0),
    Datatype::new(1000, "heart_rate_quality", "Bits: what is wrong with the heart rate; 0 is good", SECOND),
    Datatype::new(1001, "breathing_rate_quality", "Bits: 1 thoracic band off, 2 abdominal band off; 0 is good", SECOND),
    Datatype::new(1002, "SPO2_quality", "Bits: what is wrong with the saturation; 0 is good", SECOND),
    Datatype::new(1004, "RR_interval_quality", "Whether an interval is normal: 0", EVENTS),
    Datatype::new(1005, "NN_over_RR", "Share of normal intervals", EVENTS).unsigned(),
    Datatype::new(4113, "ECG_I", "ECG, lead I", Timing::Every(1)).unit(Unit::Count),
    Datatype::new(4114, "ECG_II", "ECG, lead II", Timing::Every(1)).unit(Unit::Count),
    Datatype::new(4115, "ECG_III", "ECG, lead III", Timing::Every(1)).unit(Unit::Count),
    Datatype::new(4129, "respiration_thoracic", "Thoracic band; lower is fuller", Timing::Every(2)).unit(Unit::Count).unsigned(),
    Datatype::new(4130, "respiration_abdominal", "Abdominal band; lower is fuller", Timing::Every(2)).unit(Unit::Count).unsigned(),
    Datatype::new(4145, "acceleration_X", "Acceleration, X axis", Timing::Every(4)).scaled(Unit::G, Unit::G256, 1.0 / 256.0),
    Datatype::new(4146, "acceleration_Y", "Acceleration, Y axis", Timing::Every(4)).scaled(Unit::G, Unit::G256, 1.0 / 256.0),
    Datatype::new(4147, "acceleration_Z", "Acceleration, Z axis", Timing::Every(4)).scaled(Unit::G, Unit::G256, 1.0 / 256.0),
];

/// The datatype of an id.
pub(super) fn datatype(id: i64) -> Option<&'static Datatype> {
    DATATYPES.iter().find(|datatype| datatype.id == id)
}

/// The objects of `datatype` and of `unit`.
pub(crate) fn objects() -> [(&'static str, Vec<Map<String, Value>>); 2] {
    let object = |value: Value| value.as_object().cloned().unwrap_or_default();
    let units = UNITS.map(|(unit, short, long)| {
        object(json!({ "id": unit as i64, "si_short": short, "si_long": long, "info": long }))
    });
    [
        ("datatype", DATATYPES.iter().map(|datatype| object(datatype.to_object())).collect()),
        ("unit", units.into()),
    ]
}
