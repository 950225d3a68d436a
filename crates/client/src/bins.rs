//! Bins of rows: mean, minimum and maximum, made here where nobody keeps them.
//!
//! Contract: as a Joule node's own decimation. A NaN takes part in no figure; a bin without any number is NaN. Infinities
//! reach minimum and maximum. Figures have the type of their columns: 32-bit floats as nodes keep them, or doubles.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array, Float64Array, TimestampNanosecondArray};
use streamscope_frame::{Batch, Column, ColumnType, Layout, RecordBatch, floats, times};

use crate::{Error, Result};

/// The columns of bins, as Joule's nodes order them: means of all elements, then minima, then maxima.
pub(crate) fn columns(elements: &[Column], kind: ColumnType) -> Vec<Column> {
    let of = |figure: &'static str| {
        elements.iter().map(move |element| Column {
            name: format!("{}_{figure}", element.name),
            kind,
            ..element.clone()
        })
    };
    of("mean").chain(of("min")).chain(of("max")).collect()
}

/// Rows joined into one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bin {
    /// Sum of the times, ns, each as often as its row stands for rows.
    times: i128,
    rows: u64,
    elements: Vec<Figures>,
}

#[derive(Debug, Clone, Copy)]
struct Figures {
    sum: f64,
    count: f64,
    min: f64,
    max: f64,
}

impl Default for Figures {
    fn default() -> Self {
        Self { sum: 0.0, count: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

impl Figures {
    fn add(&mut self, mean: f64, min: f64, max: f64, rows: f64) {
        if !mean.is_nan() {
            self.sum += mean * rows;
            self.count += rows;
        }
        self.min = self.min.min(min);
        self.max = self.max.max(max);
    }
}

impl Bin {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds some rows of a frame: raw ones, or bins of `level` rows.
    pub(crate) fn add(&mut self, frame: &RecordBatch, rows: std::ops::Range<usize>, level: u64) {
        let values: Vec<_> = frame.columns().iter().skip(1).filter_map(|column| floats(column)).collect();
        let elements = if level > 1 { values.len() / 3 } else { values.len() };
        self.elements.resize(elements, Figures::default());
        let times = times(frame).and_then(|times| times.get(rows.clone())).unwrap_or_default();
        self.times += times.iter().map(|&time| i128::from(time)).sum::<i128>() * i128::from(level);
        self.rows += times.len() as u64 * level;
        for (element, figures) in self.elements.iter_mut().enumerate() {
            let part = |column: usize| {
                values.get(column).and_then(|values| values.get(rows.clone())).unwrap_or_default()
            };
            let mean = part(element);
            let (min, max) = match level {
                1 => (mean, mean),
                _ => (part(element + elements), part(element + 2 * elements)),
            };
            for ((&mean, &min), &max) in mean.iter().zip(min).zip(max) {
                figures.add(mean, min, max, level as f64);
            }
        }
    }
}

/// Bins as frames: one for each interval.
pub(crate) struct Bins {
    layout: Layout,
    times: Vec<i64>,
    columns: Vec<Vec<f64>>,
}

impl Bins {
    /// No bins yet, of columns as [`columns`] names them.
    pub(crate) fn new(layout: Layout) -> Self {
        let columns = vec![Vec::new(); layout.columns.len().saturating_sub(1)];
        Self { layout, times: Vec::new(), columns }
    }

    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    pub(crate) fn push(&mut self, bin: &Bin) {
        self.times.push((bin.times / i128::from(bin.rows.max(1))) as i64);
        let elements = self.columns.len() / 3;
        let (means, extremes) = self.columns.split_at_mut(elements);
        let (minima, maxima) = extremes.split_at_mut(elements);
        for (((figures, means), minima), maxima) in bin.elements.iter().zip(means).zip(minima).zip(maxima) {
            let known = figures.min <= figures.max;
            means.push(figures.sum / figures.count);
            minima.push(if known { figures.min } else { f64::NAN });
            maxima.push(if known { figures.max } else { f64::NAN });
        }
    }

    /// The bins so far, if there are any.
    pub(crate) fn take(&mut self, begins_interval: bool) -> Result<Option<Batch>> {
        if self.times.is_empty() {
            return Ok(None);
        }
        let times = TimestampNanosecondArray::from(std::mem::take(&mut self.times)).with_timezone("UTC");
        let kinds = self.layout.columns.iter().skip(1).map(|column| column.kind);
        let figures = self.columns.iter_mut().zip(kinds).map(|(values, kind)| {
            let values = std::mem::take(values).into_iter();
            match kind {
                ColumnType::Float32 => {
                    Arc::new(Float32Array::from_iter_values(values.map(|value| value as f32))) as ArrayRef
                }
                _ => Arc::new(Float64Array::from_iter_values(values)),
            }
        });
        let columns = [Arc::new(times) as ArrayRef].into_iter().chain(figures).collect();
        let rows = RecordBatch::try_new(Arc::new(self.layout.schema()), columns);
        let rows = rows.map_err(|error| Error::protocol(format!("These bins make no table: {error}.")))?;
        Ok(Some(Batch { rows, begins_interval }))
    }
}
