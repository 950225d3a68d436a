//! One signal of a file: what the header says of it, and how its samples are read.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int16Array, Int32Array};

use super::write::outward;
use crate::{Column, ColumnType, Layout};

/// A signal.
#[derive(Debug, Clone, PartialEq)]
pub struct EdfSignal {
    /// What was measured ("EEG Fpz-Cz"). Several signals may have the same label.
    pub label: String,
    /// The sensor ("AgAgCl electrode").
    pub transducer: String,
    /// Unit of the physical values ("uV").
    pub unit: String,
    /// The physical value of `digital_min`. It may lie above `physical_max`.
    pub physical_min: f64,
    /// The physical value of `digital_max`.
    pub physical_max: f64,
    /// The least raw value.
    pub digital_min: i32,
    /// The greatest raw value, above the least.
    pub digital_max: i32,
    /// What was filtered ("HP:0.1Hz LP:75Hz").
    pub prefilter: String,
    /// Samples in a data record, at least 1.
    pub samples: u32,
    /// The header's reserved field of the signal.
    pub reserved: String,
    /// Whether it holds annotations in place of samples.
    pub is_annotations: bool,
    /// Where its samples begin within a data record, in bytes.
    pub(super) place: u64,
    /// Bytes of a sample: 2 in EDF, 3 in BDF.
    pub(super) width: u64,
}

impl EdfSignal {
    /// A signal of 16 bits to be written, whose physical values are its raw ones.
    pub fn new(label: impl Into<String>, samples: u32) -> Self {
        let (least, greatest) = (i16::MIN.into(), i16::MAX.into());
        Self {
            label: label.into(),
            transducer: String::new(),
            unit: String::new(),
            physical_min: f64::from(least),
            physical_max: f64::from(greatest),
            digital_min: least,
            digital_max: greatest,
            prefilter: String::new(),
            samples,
            reserved: String::new(),
            is_annotations: false,
            place: 0,
            width: 2,
        }
    }

    /// The same signal with a physical range that holds these values: as narrow as the 8 characters allow that a header
    /// has for each end.
    pub fn with_range(self, least: f64, greatest: f64) -> Self {
        let (least, greatest) = if least < greatest { (least, greatest) } else { (least - 1.0, least + 1.0) };
        Self { physical_min: outward(least, false), physical_max: outward(greatest, true), ..self }
    }

    /// Bytes of its samples in a data record.
    pub(super) fn bytes(&self) -> u64 {
        u64::from(self.samples) * self.width
    }

    /// How many units a step of the raw value is.
    pub fn gain(&self) -> f64 {
        (self.physical_max - self.physical_min) / (f64::from(self.digital_max) - f64::from(self.digital_min))
    }

    /// What is added to a raw value before the gain.
    pub fn offset(&self) -> f64 {
        self.physical_max / self.gain() - f64::from(self.digital_max)
    }

    /// The columns of its rows: time, and the value, as an integer where raw values are read.
    pub fn layout(&self, raw: bool) -> Layout {
        let kind = match (raw, self.width) {
            (false, _) => ColumnType::Float,
            (true, 2) => ColumnType::Int16,
            (true, _) => ColumnType::Int32,
        };
        // Raw values have no unit.
        let unit = if raw { "" } else { &self.unit };
        let value = Column::new(if self.label.is_empty() { "value" } else { &self.label }, kind);
        Layout::new(vec![Column::new("time", ColumnType::Time).with_unit("ns"), value.with_unit(unit)])
    }

    /// Samples from slices of bytes that follow each other.
    pub(super) fn values<'a>(
        &self,
        slices: impl Iterator<Item = &'a [u8]>,
        count: usize,
        raw: bool,
    ) -> ArrayRef {
        let (gain, offset) = (self.gain(), self.offset());
        if self.width == 2 {
            let samples =
                slices.flat_map(|slice| slice.as_chunks::<2>().0).map(|two| i16::from_le_bytes(*two));
            if raw {
                return Arc::new(Int16Array::from(collected(count, samples)));
            }
            let physical = samples.map(|value| gain * (offset + f64::from(value)));
            return Arc::new(Float64Array::from(collected(count, physical)));
        }
        let samples = slices.flat_map(|slice| slice.as_chunks::<3>().0).map(|[a, b, c]| {
            // The sign comes from the highest byte.
            i32::from_le_bytes([0, *a, *b, *c]) >> 8
        });
        if raw {
            return Arc::new(Int32Array::from(collected(count, samples)));
        }
        let physical = samples.map(|value| gain * (offset + f64::from(value)));
        Arc::new(Float64Array::from(collected(count, physical)))
    }
}

fn collected<T>(count: usize, values: impl Iterator<Item = T>) -> Vec<T> {
    let mut all = Vec::with_capacity(count);
    all.extend(values);
    all
}
