//! Values from bytes.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array,
    StringArray, TimestampNanosecondArray,
};

use super::kinds::Kind;
use super::malformed;
use crate::ParseError;

/// The bytes of some rows of a column.
pub(super) struct Part<'a> {
    /// The bit of the first row in the first byte, where bits are held.
    pub(super) first: usize,
    pub(super) count: usize,
    /// Bits of rows that hold values; empty where all do.
    pub(super) validity: &'a [u8],
    pub(super) values: &'a [u8],
    pub(super) texts: &'a [u8],
    /// Where it lies in the file.
    pub(super) at: u64,
}

impl Part<'_> {
    /// The values. Keys point into the dictionary.
    pub(super) fn read(&self, kind: &Kind, dictionary: Option<&StringArray>) -> Result<ArrayRef, ParseError> {
        Ok(match kind {
            Kind::Int { width: 1, signed: true } => {
                Arc::new(Int16Array::from(self.numbers::<1, i16>(|bytes| i8::from_le_bytes(bytes).into())?))
            }
            Kind::Int { width: 1, .. } => {
                Arc::new(Int16Array::from(self.numbers::<1, i16>(|[byte]| byte.into())?))
            }
            Kind::Int { width: 2, signed: true } => {
                Arc::new(Int16Array::from(self.numbers(i16::from_le_bytes)?))
            }
            Kind::Int { width: 2, .. } => {
                Arc::new(Int32Array::from(self.numbers::<2, i32>(|bytes| u16::from_le_bytes(bytes).into())?))
            }
            Kind::Int { width: 4, signed: true } => {
                Arc::new(Int32Array::from(self.numbers(i32::from_le_bytes)?))
            }
            Kind::Int { width: 4, .. } => {
                Arc::new(Int64Array::from(self.numbers::<4, i64>(|bytes| u32::from_le_bytes(bytes).into())?))
            }
            Kind::Int { signed: true, .. } => Arc::new(Int64Array::from(self.numbers(i64::from_le_bytes)?)),
            Kind::Int { .. } => Arc::new(Int64Array::from(self.unsigned()?)),
            Kind::Float { width: 2 } => Arc::new(Float32Array::from(self.numbers(half)?)),
            Kind::Float { width: 4 } => Arc::new(Float32Array::from(self.numbers(f32::from_le_bytes)?)),
            Kind::Float { .. } => Arc::new(Float64Array::from(self.numbers(f64::from_le_bytes)?)),
            Kind::Bool => Arc::new(self.truths()?),
            Kind::Text { width } => self.texts(*width)?,
            Kind::Dictionary { width, signed, .. } => self.keys(*width, *signed, dictionary)?,
            Kind::Time { width, unit } => self.times(*width, *unit)?,
            Kind::Other(what) => return Err(malformed(format!("it holds {what}"), self.at)),
        })
    }

    fn is_valid(&self, row: usize) -> bool {
        let bit = self.first + row;
        self.validity.is_empty() || self.validity.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    }

    fn numbers<const N: usize, T>(&self, read: impl Fn([u8; N]) -> T) -> Result<Vec<Option<T>>, ParseError> {
        let all = self.values.as_chunks::<N>().0;
        let found = all.iter().take(self.count).enumerate();
        let found: Vec<_> = found.map(|(row, bytes)| self.is_valid(row).then(|| read(*bytes))).collect();
        if found.len() == self.count { Ok(found) } else { Err(self.short()) }
    }

    fn unsigned(&self) -> Result<Vec<Option<i64>>, ParseError> {
        let too_large = || malformed("a whole number beyond 9,223,372,036,854,775,807 is not read", self.at);
        let all = self.numbers(u64::from_le_bytes)?.into_iter();
        all.map(|value| value.map(|value| i64::try_from(value).map_err(|_| too_large())).transpose())
            .collect()
    }

    fn times(&self, width: u64, unit: i64) -> Result<ArrayRef, ParseError> {
        let all: Vec<Option<i64>> = match width {
            4 => self.numbers::<4, i64>(|bytes| i32::from_le_bytes(bytes).into())?,
            _ => self.numbers(i64::from_le_bytes)?,
        };
        let outside = || malformed("a time lies outside the years 1677 to 2262", self.at);
        let ns = all
            .into_iter()
            .map(|time| time.map(|time| time.checked_mul(unit).ok_or_else(outside)).transpose());
        let ns = ns.collect::<Result<Vec<_>, _>>()?;
        Ok(Arc::new(TimestampNanosecondArray::from(ns).with_timezone("UTC")))
    }

    fn truths(&self) -> Result<BooleanArray, ParseError> {
        let bit = |row: usize| {
            let bit = self.first + row;
            self.values.get(bit / 8).map(|byte| byte >> (bit % 8) & 1 == 1)
        };
        if self.count > 0 && bit(self.count - 1).is_none() {
            return Err(self.short());
        }
        Ok((0..self.count).map(|row| bit(row).filter(|_| self.is_valid(row))).collect())
    }

    /// The texts, whose ends are numbers of so many bytes; `None` for rows that hold no value.
    pub(super) fn texts_of(&self, width: u64) -> Result<Vec<Option<&str>>, ParseError> {
        let ends = ends(self.values, width);
        let first = ends.first().copied().unwrap_or(0);
        let text = |row: usize, from: u64, to: u64| {
            if !self.is_valid(row) {
                return Ok(None);
            }
            let place = usize::try_from(from.wrapping_sub(first))
                .ok()
                .zip(usize::try_from(to.wrapping_sub(first)).ok());
            let bytes = place.and_then(|(from, to)| self.texts.get(from..to));
            let bytes =
                bytes.ok_or_else(|| malformed("texts end outside the bytes that hold them", self.at))?;
            std::str::from_utf8(bytes).map(Some).map_err(|_| malformed("a text is no UTF-8", self.at))
        };
        let pairs = ends.iter().zip(ends.iter().skip(1)).take(self.count).enumerate();
        let found: Vec<_> = pairs.map(|(row, (from, to))| text(row, *from, *to)).collect::<Result<_, _>>()?;
        if found.len() == self.count { Ok(found) } else { Err(self.short()) }
    }

    fn texts(&self, width: u64) -> Result<ArrayRef, ParseError> {
        let texts = self.texts_of(width)?;
        let (mut known, mut different) = (HashMap::new(), Vec::new());
        let keys = texts.into_iter().map(|text| {
            text.map(|text| {
                *known.entry(text).or_insert_with(|| {
                    different.push(text);
                    different.len() as i32 - 1
                })
            })
        });
        let keys: Int32Array = keys.collect();
        self.dictionary(keys, StringArray::from(different))
    }

    fn keys(
        &self,
        width: u64,
        signed: bool,
        dictionary: Option<&StringArray>,
    ) -> Result<ArrayRef, ParseError> {
        let keys: Vec<Option<i64>> = match (width, signed) {
            (1, true) => self.numbers::<1, i64>(|bytes| i8::from_le_bytes(bytes).into())?,
            (1, false) => self.numbers::<1, i64>(|[byte]| byte.into())?,
            (2, true) => self.numbers::<2, i64>(|bytes| i16::from_le_bytes(bytes).into())?,
            (2, false) => self.numbers::<2, i64>(|bytes| u16::from_le_bytes(bytes).into())?,
            (4, true) => self.numbers::<4, i64>(|bytes| i32::from_le_bytes(bytes).into())?,
            (4, false) => self.numbers::<4, i64>(|bytes| u32::from_le_bytes(bytes).into())?,
            _ => self.numbers(i64::from_le_bytes)?,
        };
        let texts = dictionary.cloned().unwrap_or_else(|| StringArray::new_null(0));
        let held = arrow_array::Array::len(&texts) as i64;
        let known = |key: Option<i64>| match key {
            Some(key) if (0..held).contains(&key) => Ok(Some(key as i32)),
            Some(key) => Err(malformed(
                format!("a row has the key {key}, and the dictionary holds {held} texts"),
                self.at,
            )),
            None => Ok(None),
        };
        let keys = keys.into_iter().map(known).collect::<Result<Vec<_>, _>>()?;
        self.dictionary(Int32Array::from(keys), texts)
    }

    fn dictionary(&self, keys: Int32Array, texts: StringArray) -> Result<ArrayRef, ParseError> {
        let array = DictionaryArray::<Int32Type>::try_new(keys, Arc::new(texts));
        Ok(Arc::new(array.map_err(|error| malformed(error.to_string(), self.at))?))
    }

    fn short(&self) -> ParseError {
        malformed("there are fewer values than rows", self.at)
    }
}

/// Where texts end, as numbers of so many bytes.
pub(super) fn ends(bytes: &[u8], width: u64) -> Vec<u64> {
    match width {
        8 => bytes.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect(),
        _ => bytes.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes).into()).collect(),
    }
}

/// A float of 16 bits.
fn half(bytes: [u8; 2]) -> f32 {
    let bits = u32::from(u16::from_le_bytes(bytes));
    let (sign, exponent, fraction) = (bits >> 15 << 31, bits >> 10 & 31, bits & 0x3ff);
    match exponent {
        // 2^-24 for each unit of the fraction.
        0 => (fraction as f32 / 16_777_216.0).copysign(f32::from_bits(sign)),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}
