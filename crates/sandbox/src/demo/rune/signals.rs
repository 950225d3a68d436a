//! Which streams there are.

use serde_json::json;

use super::calendar::{DAYS, END, NS, at, worn};
use super::people::{ALDER, JUNIPER, SORREL, WILLOW};
use super::{Label, Studio, life, movement, neural, people, vitals};
use crate::StoreError;
use crate::demo::random::Random;
use crate::demo::recorder::{Cell, Recorder};

type Played = Result<(), StoreError>;

const WATCH: usize = 0;
const IMPLANT: usize = 1;
const PHONE: usize = 2;

/// Records everything; the long stream has `long` rows.
pub(super) fn record(studio: &mut Studio, long: u64) -> Played {
    for (patient, rest) in [(JUNIPER, 58.0), (WILLOW, 66.0), (SORREL, 71.0)] {
        watch(studio, patient, rest)?;
    }
    accelerometry(studio, long)?;
    implant(studio, JUNIPER, IMPLANT, 1450.0)?;
    implant(studio, ALDER, WATCH, 900.0)?;
    logs(studio)?;
    odd_ends(studio)
}

fn watch(studio: &mut Studio, patient: usize, rest: f64) -> Played {
    let worn = worn(&mut Random::named(&format!("worn by {patient}")));
    let label = |name, kind, algorithm, category, measurement| Label {
        name: String::from(name),
        patient,
        device: WATCH,
        kind,
        algorithm,
        category,
        measurement,
        more: &[],
    };
    let symptoms = "ingest-strive-applewatch-md.0";
    let tremor = label("Tremor probability", "probability", symptoms, "symptom", "tremor");
    studio.record(&tremor, |rows, _, random| vitals::probability(rows, &worn, life::tremor, random))?;
    let dyskinesia = label("Dyskinesia probability", "probability", symptoms, "symptom", "dyskinesia");
    studio
        .record(&dyskinesia, |rows, _, random| vitals::probability(rows, &worn, life::dyskinesia, random))?;
    let lost = if patient == WILLOW { 0.03 } else { 0.0 };
    let vital = "ingest-strive-healthkit.1";
    let heart = label("Heart rate", "heart-rate", vital, "vital_sign", "heart_rate");
    studio.record(&heart, |rows, _, random| vitals::heart_rate(rows, &worn, rest, lost, random))?;
    let steps = label("Steps", "count", vital, "vital_sign", "step_count");
    studio.record(&steps, |rows, _, random| vitals::steps(rows, &worn, random))?;
    let wearing = label("Watch worn", "boolean", symptoms, "device", "worn");
    studio.record(&wearing, |rows, _, _| vitals::wearing(rows, &worn))?;
    if patient == SORREL {
        return Ok(());
    }
    let nights = vitals::nights(&mut people::sleep_of(patient));
    let stages = label("Sleep stages", "sleep-stage", vital, "sleep", "sleep_stage");
    studio.record(&stages, |rows, _, _| vitals::stages(rows, &nights))
}

fn accelerometry(studio: &mut Studio, long: u64) -> Played {
    let label = |name, patient, kind, measurement, more| Label {
        name: String::from(name),
        patient,
        device: WATCH,
        kind,
        algorithm: "ingest-strive-applewatch-motion.0",
        category: "motion",
        measurement,
        more,
    };
    let worn = worn(&mut Random::named("worn by 0"));
    let x =
        label("Acceleration x, 10 million rows", JUNIPER, "acceleration", "acceleration", &[("axis", "x")]);
    studio.record(&x, |rows, progress, random| movement::axis(rows, &worn, long, progress, random))?;
    if let Some(stream) = studio.catalogue.streams.last_mut().filter(|stream| stream.rows < 10_000_000) {
        // Ids and values follow from the names of streams. Cut short, it is the same stream, and says how long it is.
        stream.name = format!("Acceleration x, {} rows", stream.rows);
    }
    let half_hour = at(0, 9 * 3600)..at(0, 9 * 3600 + 1800);
    let others: [(_, &[_]); 2] = [("Acceleration y", &[("axis", "y")]), ("Acceleration z", &[("axis", "z")])];
    for (name, axis) in others {
        let label = label(name, JUNIPER, "acceleration", "acceleration", axis);
        studio.record(&label, |rows, progress, random| {
            movement::axis(rows, std::slice::from_ref(&half_hour), u64::MAX, progress, random)
        })?;
    }
    let walk = at(3, 16 * 3600)..at(3, 16 * 3600 + 1200);
    let vector = label("Acceleration, three axes", WILLOW, "acceleration-vector", "acceleration", &[]);
    studio.record(&vector, |rows, _, random| movement::vector(rows, &walk, 1.0, random))?;
    let rotation = label("Rotation, three axes", WILLOW, "rotation-vector", "rotation", &[]);
    studio.record(&rotation, |rows, _, random| movement::vector(rows, &walk, 2.4, random))
}

fn implant(studio: &mut Studio, patient: usize, device: usize, level: f64) -> Played {
    let label = |name, kind, algorithm, measurement, more| Label {
        name,
        patient,
        device,
        kind,
        algorithm,
        category: "neural",
        measurement,
        more,
    };
    let trend = "ingest-percept-trend-log.0";
    let sides: [(_, &[_]); 2] = [("left", &[("hemisphere", "left")]), ("right", &[("hemisphere", "right")])];
    for (side, more) in sides {
        let power = label(format!("LFP trend, {side}"), "power", trend, "lfp_trend_log", more);
        studio.record(&power, |rows, _, random| neural::trend(rows, level, random))?;
        let amplitude =
            label(format!("Stimulation amplitude, {side}"), "current", trend, "stimulation_amplitude", more);
        studio.record(&amplitude, |rows, _, random| neural::amplitude(rows, random))?;
        // The second patient's implant counts nanoseconds.
        let odd = if patient == ALDER { 123_456_789 } else { 0 };
        let snippets =
            label(format!("LFP snippets, {side}"), "voltage", "ingest-percept-streaming.2", "lfp", more);
        studio.record(&snippets, |rows, _, random| neural::snippets(rows, odd, random))?;
    }
    let state = label("Stimulation state".into(), "stimulation-state", trend, "stimulation_state", &[]);
    studio.record(&state, |rows, _, random| neural::states(rows, random))?;
    if patient == ALDER {
        let spectra =
            label("LFP spectra".into(), "voltage-spectrum", "ingest-percept-snapshot.0", "lfp_spectrum", &[]);
        studio.record(&spectra, |rows, _, random| neural::spectra(rows, random))?;
    }
    Ok(())
}

/// What people log themselves, as streams with a dict.
fn logs(studio: &mut Studio) -> Played {
    let label = |name, kind, measurement| Label {
        name: String::from(name),
        patient: JUNIPER,
        device: PHONE,
        kind,
        algorithm: "ingest-rune-events.3",
        category: "event",
        measurement,
        more: &[],
    };
    studio.record(&label("Medication log", "event", "medication"), |rows, _, random| doses(rows, random))?;
    studio.record(&label("Exercise", "span", "activity"), |rows, _, random| exercise(rows, random))
}

fn doses(rows: &mut Recorder, random: &mut Random) -> Played {
    const NOTES: [&str; 4] = ["", "with food, late", "said \"half a tablet\"", "nach dem Frühstück\nmüde"];
    for day in 0..DAYS {
        for dose in life::DOSES {
            let time = at(day, (dose * 3600.0) as i64 + random.whole(-600, 900)) * NS;
            let note = NOTES[random.whole(0, 4) as usize];
            let event = json!({
                "display_name": "carbidopa, levodopa",
                "dosage": { "amount": 25 * random.whole(3, 7), "unit": "mg" },
                "notes": note,
            });
            rows.push(time, [Cell::Text(event.to_string())], 0)?;
        }
    }
    Ok(())
}

fn exercise(rows: &mut Recorder, random: &mut Random) -> Played {
    for day in (1..DAYS).step_by(2) {
        let start = at(day, 16 * 3600 + random.whole(0, 7200)) * NS;
        let end = start + random.whole(10, 70) * 60 * NS;
        // The end of the last one is not known.
        let ends = if day + 2 < DAYS {
            [Cell::Time(end), Cell::Time(end + 60 * NS)]
        } else {
            [Cell::Null, Cell::Null]
        };
        let [end_cell, end_max] = ends;
        let event = json!({ "display_name": "Walking", "effort": random.whole(1, 6) }).to_string();
        let cells = [Cell::Time(start), end_cell, end_max, Cell::Text(event)];
        rows.push(start - 60 * NS, cells, end - start)?;
    }
    Ok(())
}

/// A stream that never got a row, and one with a single row.
fn odd_ends(studio: &mut Studio) -> Played {
    let label = |name, kind, measurement| Label {
        name: String::from(name),
        patient: SORREL,
        device: WATCH,
        kind,
        algorithm: "ingest-strive-healthkit.1",
        category: "vital_sign",
        measurement,
        more: &[],
    };
    studio.record(&label("Oxygen saturation (no rows)", "probability", "oxygen_saturation"), |_, _, _| {
        Ok(())
    })?;
    studio.record(&label("Resting heart rate (one row)", "heart-rate", "resting_heart_rate"), |rows, _, _| {
        rows.push((END - 5 * 86_400) * NS + 250_000_000, [Cell::Float(64.0)], 0)
    })
}
