//! What a row is made of.

use std::fmt;
use std::str::FromStr;

use crate::ColumnType;

/// Elements of a row at most: nodes have some dozens; a layout that claims more would only take memory.
const MOST_ELEMENTS: usize = 4096;

/// What rows of a stream are made of, as a node writes it: `float32_3` is three elements of 32-bit floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JouleLayout {
    datatype: Datatype,
    elements: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Datatype {
    Int16,
    Int32,
    Int64,
    Float32,
    Float64,
}

const NAMES: [(&str, Datatype); 5] = [
    ("int16", Datatype::Int16),
    ("int32", Datatype::Int32),
    ("int64", Datatype::Int64),
    ("float32", Datatype::Float32),
    ("float64", Datatype::Float64),
];

impl JouleLayout {
    /// Elements of a row.
    pub fn elements(&self) -> usize {
        self.elements
    }

    /// The type that all elements have.
    pub fn column_type(&self) -> ColumnType {
        match self.datatype {
            Datatype::Int16 => ColumnType::Int16,
            Datatype::Int32 => ColumnType::Int32,
            Datatype::Int64 => ColumnType::Int,
            Datatype::Float32 => ColumnType::Float32,
            Datatype::Float64 => ColumnType::Float,
        }
    }

    /// Bytes of a row: the timestamp and the elements.
    pub fn row_bytes(&self) -> usize {
        let element = match self.datatype {
            Datatype::Int16 => 2,
            Datatype::Int32 | Datatype::Float32 => 4,
            Datatype::Int64 | Datatype::Float64 => 8,
        };
        size_of::<i64>() + self.elements * element
    }

    /// The layout of decimated rows: mean, minimum and maximum of each element, as 32-bit floats.
    pub fn decimated(&self) -> Self {
        Self { datatype: Datatype::Float32, elements: self.elements * 3 }
    }

    pub(super) fn datatype(&self) -> Datatype {
        self.datatype
    }
}

impl fmt::Display for JouleLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, datatype)| *datatype == self.datatype).map_or("", |(name, _)| name);
        write!(f, "{name}_{}", self.elements)
    }
}

/// A text that is no layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a layout: it should look like float32_3, with int16, int32, int64, float32 or float64 and 1 to {MOST_ELEMENTS} elements"
)]
pub struct JouleLayoutError(String);

impl FromStr for JouleLayout {
    type Err = JouleLayoutError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || JouleLayoutError(text.chars().take(40).collect());
        let (name, elements) = text.split_once('_').ok_or_else(refused)?;
        let datatype = NAMES.iter().find(|(known, _)| *known == name).map(|(_, datatype)| *datatype);
        let elements = elements.parse().ok().filter(|elements| (1..=MOST_ELEMENTS).contains(elements));
        Ok(Self { datatype: datatype.ok_or_else(refused)?, elements: elements.ok_or_else(refused)? })
    }
}
