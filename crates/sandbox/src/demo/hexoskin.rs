//! The Hexoskin demo: three people whom the demo's user sees, one of them a runner with records of every kind.
//!
//! Only objects and [tapes](Tape) are stored; samples are made from them when they are asked for.

mod body;
mod objects;
mod signals;
mod tape;
mod waves;

pub(crate) use signals::Signals;
pub(crate) use tape::{Device, Tape};

use crate::hexoskin::{CATALOGUE, Catalogue};
use crate::{StoreError, Writer};

/// The record of one hour: 921,600 samples of ECG.
const LONG: i64 = 99_999;
/// Samples of its ECG that stand alone: one at the top of the scale, one at the bottom.
const KNOCK: i64 = 500_000;
const DROP: i64 = 700_001;

/// Writes the catalogue.
pub(super) fn generate(writer: &mut dyn Writer) -> Result<(), StoreError> {
    let mut catalogue = Catalogue::default();
    objects::fill(&mut catalogue);
    let bytes = serde_json::to_vec(&catalogue).map_err(|error| StoreError::Damaged(error.to_string()))?;
    writer.document(CATALOGUE, bytes)
}

/// The raw value of a sample of a demo record: its datatype and its number from the record's start. `None` for what
/// has no such sample, and for channels whose values are not regular.
pub fn sample(record: i64, datatype: i64, number: u32) -> Option<i64> {
    let signals = Signals::new(objects::tape(record)?);
    crate::hexoskin::sample(&signals, datatype, number)
}

/// The first samples of a record's datatype, so many: the signals are made once.
pub fn samples(record: i64, datatype: i64, count: u32) -> Option<Vec<i64>> {
    let signals = Signals::new(objects::tape(record)?);
    (0..count).map(|number| crate::hexoskin::sample(&signals, datatype, number)).collect()
}
