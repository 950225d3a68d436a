//! JSON of the data resource.
//!
//! Three shapes: per user and datatype (`[{"user": …, "data": {"19": [[ticks, value], …]}}]`), flat
//! (`[[ticks, value], …]`), and without times (`[value, …]`). A value may be null, which reads as NaN. An answer is whole:
//! the server sends at most 65,536 values of a datatype.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::{ParseError, ParseErrorKind};

/// Times and values, in the order of the answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HexoskinPoints {
    /// Ticks; empty where the answer has no times.
    pub ticks: Vec<i64>,
    /// Values; NaN for null.
    pub values: Vec<f64>,
}

/// What one user's data are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HexoskinUser {
    /// URI of the user.
    pub user: Option<String>,
    /// Points by datatype id.
    pub data: BTreeMap<String, HexoskinPoints>,
}

/// An answer of the data resource.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HexoskinAnswer {
    /// One entry per user; none in a flat answer.
    pub users: Vec<HexoskinUser>,
    /// The points of a flat answer.
    pub flat: HexoskinPoints,
}

impl HexoskinAnswer {
    /// Reads a whole answer.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        serde_json::from_slice::<Self>(body).map_err(|cause| error(body, &cause))
    }
}

fn error(body: &[u8], cause: &serde_json::Error) -> ParseError {
    let lines = body.split_inclusive(|&byte| byte == b'\n');
    let before: usize = lines.take(cause.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let words = cause.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let (kind, byte) = match cause.is_eof() {
        true => (ParseErrorKind::Truncated, body.len()),
        false => (ParseErrorKind::Malformed(words.into()), before + cause.column().saturating_sub(1)),
    };
    ParseError { kind, column: None, record: 0, line: cause.line() as u64, byte: byte as u64 }
}

impl<'de> Deserialize<'de> for HexoskinAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> Visitor<'de> for Elements {
            type Value = HexoskinAnswer;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of users or points")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut answer = HexoskinAnswer::default();
                while list.next_element_seed(Element(&mut answer))?.is_some() {}
                answer.flat.check().map_err(A::Error::custom)?;
                Ok(answer)
            }
        }
        deserializer.deserialize_seq(Elements)
    }
}

/// A user or a point of a flat answer.
struct Element<'a>(&'a mut HexoskinAnswer);

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a user, a pair of time and value, or a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut user = HexoskinUser::default();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "user" => user.user = map.next_value::<Option<Link>>()?.and_then(|link| link.0),
                "data" => user.data = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        self.0.users.push(user);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        Point(&mut self.0.flat).visit_seq(list)
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.0.flat.values.push(value);
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_f64(f64::NAN)
    }
}

/// A URI, or an object that has one.
struct Link(Option<String>);

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Uri(String),
            Object { resource_uri: Option<String> },
            Other(IgnoredAny),
        }
        Ok(Self(match Shape::deserialize(deserializer)? {
            Shape::Uri(uri) => Some(uri),
            Shape::Object { resource_uri } => resource_uri,
            Shape::Other(_) => None,
        }))
    }
}

impl HexoskinPoints {
    /// Fails when some values have times and others have none.
    fn check(&self) -> Result<(), &'static str> {
        let even = self.ticks.is_empty() || self.ticks.len() == self.values.len();
        if even { Ok(()) } else { Err("some values have times and others have none") }
    }
}

impl<'de> Deserialize<'de> for HexoskinPoints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Points;
        impl<'de> Visitor<'de> for Points {
            type Value = HexoskinPoints;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list of points")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut points = HexoskinPoints::default();
                while list.next_element_seed(Point(&mut points))?.is_some() {}
                points.check().map_err(A::Error::custom)?;
                Ok(points)
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
                Ok(HexoskinPoints::default())
            }
        }
        deserializer.deserialize_any(Points)
    }
}

/// A pair of time and value, or a value.
struct Point<'a>(&'a mut HexoskinPoints);

impl<'de> DeserializeSeed<'de> for Point<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Point<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a pair of time and value, or a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let short = || A::Error::custom("a point is no pair of time and value");
        let ticks: i64 = list.next_element()?.ok_or_else(short)?;
        let value: Option<f64> = list.next_element()?.ok_or_else(short)?;
        if list.next_element::<IgnoredAny>()?.is_some() {
            return Err(short());
        }
        self.0.ticks.push(ticks);
        self.0.values.push(value.unwrap_or(f64::NAN));
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.0.values.push(value);
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.visit_f64(f64::NAN)
    }
}
