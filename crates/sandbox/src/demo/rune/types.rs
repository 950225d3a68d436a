//! The stream types.

use crate::rune::{Dimension, Shape, StreamType};

/// All stream types of the demo.
pub(super) fn all() -> Vec<StreamType> {
    let gravity = |id| sfloat(id, "Acceleration", "a", "Standard Gravity", "g");
    let angular = |id| sfloat(id, "Angular Velocity", "w", "Radians per Second", "rad/s");
    let event = || plain("event", "dict", "Event");
    vec![
        kind(
            "acceleration",
            "Acceleration",
            "Rate of change of velocity along one axis.",
            [gravity("acceleration")],
        ),
        kind(
            "acceleration-vector",
            "Acceleration Vector",
            "Rate of change of velocity along the three axes of the device.",
            [gravity("x"), gravity("y"), gravity("z")],
        ),
        kind(
            "rotation-vector",
            "Rotation Vector",
            "Rate of rotation around the three axes of the device.",
            [angular("x"), angular("y"), angular("z")],
        ),
        kind(
            "probability",
            "Probability",
            "Likelihood that a symptom was present.",
            [ufloat("probability", "Probability", "P", "Unitless", "")],
        ),
        kind(
            "heart-rate",
            "Heart Rate",
            "Beats of the heart per minute.",
            [ufloat("heart_rate", "Heart Rate", "HR", "Beats per Minute", "bpm")],
        ),
        kind("count", "Count", "Number of occurrences within the measurement's duration.", [uint("count")]),
        kind(
            "power",
            "Power",
            "Power of a local field potential around one frequency, in the units of the device.",
            [ufloat("power", "Power", "P", "Least Significant Bit", "LSB")],
        ),
        kind(
            "current",
            "Current",
            "Amplitude of stimulation.",
            [ufloat("current", "Current", "I", "Milliampere", "mA")],
        ),
        kind(
            "voltage",
            "Voltage",
            "Electric potential between two contacts.",
            [sfloat("potential", "Electric Potential", "V", "Microvolt", "uV")],
        ),
        kind(
            "voltage-spectrum",
            "Voltage Spectrum",
            "Electric potential by frequency: one row per frequency, so times repeat.",
            [
                ufloat("frequency", "Frequency", "f", "Hertz", "Hz"),
                ufloat("potential", "Electric Potential", "V", "Microvolt", "uV"),
            ],
        ),
        kind(
            "sleep-stage",
            "Sleep Stage",
            "Stage of sleep.",
            [named("stage", "Sleep Stage", &["awake", "rem", "core", "deep", "unspecified"])],
        ),
        kind(
            "stimulation-state",
            "Stimulation State",
            "What the stimulator does.",
            [named("state", "Stimulation State", &["off", "ramping up", "on", "ramping down"])],
        ),
        kind("boolean", "Boolean", "A state that is either true or false.", [plain("bool", "bool", "Truth")]),
        kind("event", "Event", "Something that happened, with details.", [event()]),
        StreamType {
            id: "span".into(),
            name: "Span".into(),
            description: "Something that lasted, with the uncertainty of its start and end.".into(),
            shape: Shape {
                dimensions: vec![
                    timestamp("start_time_min"),
                    timestamp("start_time"),
                    timestamp("end_time"),
                    timestamp("end_time_max"),
                    event(),
                ],
            },
        },
    ]
}

fn kind<const N: usize>(id: &str, name: &str, description: &str, values: [Dimension; N]) -> StreamType {
    let dimensions = [timestamp("time")].into_iter().chain(values).collect();
    let (id, name, description) = (id.into(), name.into(), description.into());
    StreamType { id, name, description, shape: Shape { dimensions } }
}

fn dimension(id: &str, data_type: &str, quantity: [&str; 2], unit: [&str; 2]) -> Dimension {
    let [quantity_name, quantity_abbrev] = quantity.map(String::from);
    let [unit_name, unit_abbrev] = unit.map(String::from);
    Dimension {
        identifier: id.into(),
        data_type: data_type.into(),
        quantity_name,
        quantity_abbrev,
        unit_name,
        unit_abbrev,
        enum_values: Vec::new(),
    }
}

fn timestamp(id: &str) -> Dimension {
    dimension(id, "timestamp", ["Time", "t"], ["Nanosecond", "ns"])
}

fn sfloat(id: &str, quantity: &str, symbol: &str, unit: &str, abbreviation: &str) -> Dimension {
    dimension(id, "sfloat", [quantity, symbol], [unit, abbreviation])
}

fn ufloat(id: &str, quantity: &str, symbol: &str, unit: &str, abbreviation: &str) -> Dimension {
    dimension(id, "ufloat", [quantity, symbol], [unit, abbreviation])
}

fn uint(id: &str) -> Dimension {
    dimension(id, "uint", ["Count", "n"], ["Unitless", ""])
}

fn plain(id: &str, data_type: &str, quantity: &str) -> Dimension {
    dimension(id, data_type, [quantity, ""], ["", ""])
}

fn named(id: &str, quantity: &str, names: &[&str]) -> Dimension {
    let enum_values = names.iter().map(|name| (*name).into()).collect();
    Dimension { enum_values, ..plain(id, "enum", quantity) }
}
