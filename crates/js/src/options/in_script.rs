//! Options as a script has checked them: no serde, for the core's sake.

use std::collections::BTreeMap;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::time::Time;

#[wasm_bindgen(module = "/src/options/checked.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn checked(what: &str, given: JsValue, options: &str) -> Result<Array, JsValue>;
}

/// What options can be read as; [`given`](macro.given.html) implements it.
pub(crate) trait Given: Sized {
    /// The names of the options, as JavaScript spells them.
    const NAMES: &'static [&'static str];

    /// Names and kinds, as `checked.js` understands them.
    const OPTIONS: &'static str;

    /// From the values of the options, in the order of their names.
    fn taken(values: &mut Values) -> Self;
}

/// Says what the options of a type are: each field with its name in JavaScript and its kind.
macro_rules! given {
    ($type:ident { $($field:ident: $name:literal $kind:literal),* $(,)? }) => {
        impl crate::options::Given for $type {
            const NAMES: &'static [&'static str] = &[$($name),*];
            const OPTIONS: &'static str = concat!($($name, ":", $kind, " "),*);

            fn taken(values: &mut crate::options::Values) -> Self {
                Self { $($field: values.next()),* }
            }
        }
    };
}

/// Says which variant each place in a list of names stands for.
macro_rules! chosen {
    ($type:ident: $first:ident $($variant:ident)*) => {
        impl crate::options::Value for $type {
            fn of(place: wasm_bindgen::JsValue) -> Self {
                let all = [Self::$first, $(Self::$variant),*];
                all.get(<u32 as crate::options::Value>::of(place) as usize).copied().unwrap_or(Self::$first)
            }
        }
    };
}

pub(crate) use {chosen, given};

/// Reads an object of options; `undefined` stands for one without any.
pub(crate) fn read<T: Given>(what: &str, given: JsValue) -> Result<T, JsValue> {
    Ok(T::taken(&mut Values(checked(what, given, T::OPTIONS)?.into_iter())))
}

/// The names of a type's options, as JavaScript spells them.
pub(crate) fn names<T: Given>() -> &'static [&'static str] {
    T::NAMES
}

/// Values that were found right, one after another; `undefined` where none was given.
pub(crate) struct Values(js_sys::ArrayIntoIter);

impl Values {
    pub(crate) fn next<T: Value>(&mut self) -> T {
        T::of(self.0.next().unwrap_or_default())
    }
}

/// What an option's value can be.
pub(crate) trait Value {
    /// The value; any value in place of one that the script should have refused.
    fn of(value: JsValue) -> Self;
}

impl Value for JsValue {
    fn of(value: JsValue) -> Self {
        value
    }
}

impl<T: Value> Value for Option<T> {
    fn of(value: JsValue) -> Self {
        (!value.is_undefined()).then(|| T::of(value))
    }
}

impl<T: Value> Value for Vec<T> {
    fn of(value: JsValue) -> Self {
        Array::from(&value).into_iter().map(T::of).collect()
    }
}

impl Value for String {
    fn of(value: JsValue) -> Self {
        value.as_string().unwrap_or_default()
    }
}

impl Value for bool {
    fn of(value: JsValue) -> Self {
        value.is_truthy()
    }
}

impl Value for u32 {
    fn of(value: JsValue) -> Self {
        value.as_f64().unwrap_or_default() as Self
    }
}

impl Value for i32 {
    fn of(value: JsValue) -> Self {
        value.as_f64().unwrap_or_default() as Self
    }
}

impl Value for i64 {
    fn of(value: JsValue) -> Self {
        value.try_into().unwrap_or_default()
    }
}

impl Value for BTreeMap<String, String> {
    fn of(value: JsValue) -> Self {
        Vec::<Values>::of(value).into_iter().map(|mut pair| (pair.next(), pair.next())).collect()
    }
}

impl Value for Time {
    fn of(value: JsValue) -> Self {
        value.as_f64().map_or_else(|| Self::Nanoseconds(i64::of(value)), Self::Seconds)
    }
}

/// Values of an inner object, in the order of its names.
impl Value for Values {
    fn of(value: JsValue) -> Self {
        Self(Array::from(&value).into_iter())
    }
}
