//! Rows as they travel and rest: an `i64` time in µs, then the elements, little-endian, without padding.

use serde::{Deserialize, Serialize};

/// The type of a stream's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DataType {
    Float32,
    Float64,
    Int16,
    Int32,
    Int64,
}

impl DataType {
    /// In the order in which the node lists them.
    pub(crate) const ALL: [(Self, &str); 5] = [
        (Self::Float64, "float64"),
        (Self::Float32, "float32"),
        (Self::Int64, "int64"),
        (Self::Int32, "int32"),
        (Self::Int16, "int16"),
    ];

    /// The type of a name in any case.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(kind, _)| *kind)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    fn bytes(self) -> usize {
        match self {
            Self::Int16 => 2,
            Self::Int32 | Self::Float32 => 4,
            Self::Int64 | Self::Float64 => 8,
        }
    }
}

/// A row's type and number of elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) datatype: DataType,
    pub(crate) elements: usize,
}

impl std::fmt::Display for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.datatype.name(), self.elements)
    }
}

/// A value of a row, exact for every type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value {
    Float(f64),
    Int(i64),
}

impl Value {
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Float(value) => value,
            Self::Int(value) => value as f64,
        }
    }
}

impl Layout {
    /// The layout of the decimated rows: means, then minima, then maxima.
    pub(crate) fn decimated(self) -> Self {
        Self { datatype: DataType::Float32, elements: 3 * self.elements }
    }

    /// Bytes of a row.
    pub(crate) fn width(self) -> usize {
        8 + self.elements * self.datatype.bytes()
    }

    /// The row that stands between two intervals.
    pub(crate) fn token(self) -> Vec<u8> {
        vec![0; self.width()]
    }

    /// The elements of a row.
    pub(crate) fn values(self, row: &[u8]) -> impl Iterator<Item = Value> {
        let cells = row.get(8..).unwrap_or_default().chunks_exact(self.datatype.bytes());
        cells.map(move |cell| match self.datatype {
            DataType::Float32 => Value::Float(f32::from_le_bytes(array(cell)).into()),
            DataType::Float64 => Value::Float(f64::from_le_bytes(array(cell))),
            DataType::Int16 => Value::Int(i16::from_le_bytes(array(cell)).into()),
            DataType::Int32 => Value::Int(i32::from_le_bytes(array(cell)).into()),
            DataType::Int64 => Value::Int(i64::from_le_bytes(array(cell))),
        })
    }
}

/// The time of a row, µs.
pub(crate) fn time(row: &[u8]) -> i64 {
    i64::from_le_bytes(array(row))
}

/// The first bytes, with zeros where there are none.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    for (to, from) in array.iter_mut().zip(bytes) {
        *to = *from;
    }
    array
}
