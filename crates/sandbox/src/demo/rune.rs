//! The Rune demo: two organizations, four patients with watches and implants, thirty days.

mod calendar;
mod life;
mod movement;
mod neural;
mod people;
mod signals;
mod types;
mod vitals;

use super::Size;
use super::random::Random;
use super::recorder::{Recorded, Recorder};
use crate::rune::{CATALOGUE, Catalogue, Parameter, Stream};
use crate::{StoreError, Writer};

/// Rows of the long stream.
const LONG: [(Size, u64); 2] = [(Size::Full, 10_000_000), (Size::Small, 200_000)];

/// Writes all recordings and the catalogue.
pub(super) fn generate(
    writer: &mut dyn Writer,
    size: Size,
    progress: &mut dyn FnMut(&str),
) -> Result<(), StoreError> {
    let mut studio = Studio { writer, progress, catalogue: people::catalogue() };
    let long = LONG.iter().find(|(wanted, _)| *wanted == size).map_or(0, |(_, rows)| *rows);
    signals::record(&mut studio, long)?;
    let bytes =
        serde_json::to_vec(&studio.catalogue).map_err(|error| StoreError::Damaged(error.to_string()))?;
    studio.writer.document(CATALOGUE, bytes)
}

/// Where streams are recorded.
struct Studio<'a> {
    writer: &'a mut dyn Writer,
    progress: &'a mut dyn FnMut(&str),
    catalogue: Catalogue,
}

/// A stream's labels.
struct Label {
    name: String,
    /// Index of the patient.
    patient: usize,
    /// Index of the patient's device.
    device: usize,
    kind: &'static str,
    algorithm: &'static str,
    category: &'static str,
    measurement: &'static str,
    more: &'static [(&'static str, &'static str)],
}

impl Studio<'_> {
    /// Records a stream: `play` pushes its rows.
    fn record(
        &mut self,
        label: &Label,
        play: impl FnOnce(&mut Recorder, &mut dyn FnMut(&str), &mut Random) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let damaged = |what: &str| StoreError::Damaged(format!("{}: no such {what}", label.name));
        let patient = self.catalogue.patients.get(label.patient).ok_or_else(|| damaged("patient"))?;
        let device = patient.devices.get(label.device).ok_or_else(|| damaged("device"))?;
        let kind = self.catalogue.stream_type(label.kind).ok_or_else(|| damaged("stream type"))?;
        let mut random = Random::named(&format!("{} {}", patient.id, label.name));
        let id = random.hex(64);
        let mut recorder = Recorder::new(self.writer, &id, kind.stored());
        play(&mut recorder, self.progress, &mut random)?;
        let Recorded { rows, times } = recorder.finish()?;
        (self.progress)(&format!("{}, {}: {rows} rows", patient.code_name, label.name));
        let fixed = [("category", label.category), ("measurement", label.measurement)];
        let parameters = fixed.iter().chain(label.more);
        let parameters =
            parameters.map(|(key, value)| Parameter { key: (*key).into(), value: (*value).into() }).collect();
        let stream = Stream {
            id,
            created_at: people::CREATED + 86_400.0,
            algorithm: label.algorithm.into(),
            patient_id: patient.id.clone(),
            parameters,
            min_time: times.map(|(first, _)| seconds(first)),
            max_time: times.map(|(_, last)| seconds(last)),
            device_short_id: device.device_short_id.clone(),
            stream_type_id: label.kind.into(),
            name: label.name.clone(),
            rows,
        };
        self.catalogue.streams.push(stream);
        Ok(())
    }
}

/// Nanoseconds as Unix seconds, rounded as a double rounds.
fn seconds(time: i64) -> f64 {
    let (whole, rest) = (time.div_euclid(1_000_000_000), time.rem_euclid(1_000_000_000));
    format!("{whole}.{rest:09}").parse().unwrap_or(whole as f64)
}

/// A value as a device gives it: `decimals` digits behind the point, never a negative zero.
fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale + 0.0
}
