//! Options by serde and serde-wasm-bindgen.

use std::fmt;

use js_sys::{Array, Object, Reflect};
use serde::de::value::StrDeserializer;
use serde::de::{self, Deserialize, DeserializeOwned, DeserializeSeed, MapAccess, Visitor};
use serde_wasm_bindgen::{Deserializer, preserve};
use wasm_bindgen::prelude::*;

use crate::error::type_error;

/// What options can be read as.
pub(crate) trait Given: DeserializeOwned {}

impl<T: DeserializeOwned> Given for T {}

/// Reads an object of options; `undefined` stands for one without any.
pub(crate) fn read<T: Given>(what: &str, given: JsValue) -> Result<T, JsValue> {
    let given = if given.is_undefined() { Object::new().into() } else { given };
    fields(&given).map_err(|cause| type_error(&sentence(what, &cause)))
}

/// The names of a type's options, as JavaScript spells them.
pub(crate) fn names<T: Given>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // Asks for the names and ends there.
    let _ = T::deserialize(Names(&mut names));
    names
}

/// An argument of any kind.
pub(crate) fn argument<T: DeserializeOwned>(name: &str, given: &JsValue) -> Result<T, JsValue> {
    plain(given).map_err(|cause| match given.is_undefined() {
        true => type_error(&format!("{name} is missing.")),
        false => type_error(&format!("{name}: {}", ended(&cause))),
    })
}

/// An argument that may be left out.
pub(crate) fn optional<T: DeserializeOwned>(name: &str, given: &JsValue) -> Result<Option<T>, JsValue> {
    plain(given).map_err(|cause| type_error(&sentence(name, cause.strip_prefix("it ").unwrap_or(&cause))))
}

/// An argument that is a list of texts.
pub(crate) fn texts(name: &str, given: &JsValue) -> Result<Vec<String>, JsValue> {
    let texts = if Array::is_array(given) { plain(given).ok() } else { None };
    texts.ok_or_else(|| type_error(&format!("{name} must be an array of strings.")))
}

/// An object among other values, of which no name may be unknown.
pub(crate) struct Strict<T>(pub(crate) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Strict<T> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: JsValue = preserve::deserialize(deserializer)?;
        let subject = |cause: String| if cause.starts_with("has ") { format!("it {cause}") } else { cause };
        fields(&value).map(Self).map_err(|cause| de::Error::custom(subject(cause)))
    }
}

/// A value as serde-wasm-bindgen reads it; unknown names in objects are not looked at.
fn plain<T: DeserializeOwned>(given: &JsValue) -> Result<T, String> {
    T::deserialize(Deserializer::from(given.clone())).map_err(cause)
}

fn fields<T: DeserializeOwned>(given: &JsValue) -> Result<T, String> {
    T::deserialize(Fields(given)).map_err(|Refusal(cause)| cause)
}

/// What is wrong with something, as a sentence.
fn sentence(what: &str, cause: &str) -> String {
    let joint = match cause {
        _ if cause.starts_with("must ") || cause.starts_with("has ") => " ",
        _ if cause.starts_with("option ") => ", ",
        _ => ": ",
    };
    format!("{what}{joint}{}", ended(cause))
}

fn ended(cause: &str) -> String {
    if cause.ends_with(['.', '?']) { cause.into() } else { format!("{cause}.") }
}

/// What serde-wasm-bindgen refuses, in this package's words.
fn cause(error: serde_wasm_bindgen::Error) -> String {
    let said = JsValue::from(error).dyn_into::<js_sys::Error>().map(|error| String::from(error.message()));
    let said = said.unwrap_or_else(|_| "cannot be read".into());
    if let Some(field) = said.strip_prefix("missing field ") {
        return format!("lacks {field}");
    }
    let expected = said.starts_with("invalid ").then(|| said.rsplit_once(", expected ")).flatten();
    match expected {
        Some((_, expected)) => format!("is not {}", wanted(expected)),
        None if said.contains("BigInt outside") => "is not an integer of 64 bits".into(),
        None => said,
    }
}

/// The name of a Rust type as JavaScript programmers say it.
fn wanted(expected: &str) -> &str {
    match expected {
        "u32" => "an integer from 0 to 4294967295",
        "i32" => "an integer from -2147483648 to 2147483647",
        "i64" => "an integer of 64 bits",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other if other.starts_with("enum ") => "one of its names",
        other => other,
    }
}

/// Why options are refused.
#[derive(Debug)]
struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(cause: T) -> Self {
        Self(cause.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self(format!("there is no option `{field}`"))
    }
}

/// Everything but a struct goes to one method, which no type of options calls.
macro_rules! structs_only {
    () => {
        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Refusal> {
            Err(Refusal("is not an object of options".into()))
        }
    };
}

/// An object of options.
struct Fields<'a>(&'a JsValue);

impl<'de> de::Deserializer<'de> for Fields<'_> {
    type Error = Refusal;

    structs_only!();

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        check(self.0, names)?;
        visitor.visit_map(Members { object: self.0, names: names.iter(), next: None })
    }
}

/// The options that are there, in the order of the type's fields. `undefined` is not there.
struct Members<'a> {
    object: &'a JsValue,
    names: std::slice::Iter<'static, &'static str>,
    next: Option<(&'static str, JsValue)>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refusal> {
        for name in self.names.by_ref() {
            let value = Reflect::get(self.object, &(*name).into());
            let value = value.map_err(|_| Refusal(format!("option `{name}`: cannot be read")))?;
            if !value.is_undefined() {
                self.next = Some((name, value));
                return seed.deserialize(StrDeserializer::new(name)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let (name, value) = self.next.take().unwrap_or_default();
        let read = seed.deserialize(Deserializer::from(value));
        read.map_err(|error| Refusal(sentence(&format!("option `{name}`"), &cause(error))))
    }
}

/// Only asks which options there are.
struct Names<'a>(&'a mut &'static [&'static str]);

impl<'de> de::Deserializer<'de> for Names<'_> {
    type Error = Refusal;

    structs_only!();

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Refusal> {
        *self.0 = names;
        Err(Refusal(String::new()))
    }
}

/// Refuses what is no object, and names that are not known.
fn check(given: &JsValue, names: &[&str]) -> Result<(), Refusal> {
    if !given.is_object() || Array::is_array(given) {
        return Err(Refusal("must be an object of options".into()));
    }
    for key in Object::keys(given.unchecked_ref::<Object>()) {
        let key = key.as_string().unwrap_or_default();
        if !names.contains(&key.as_str()) {
            return Err(Refusal(format!("has no option `{key}`: {}", hint(&key, names))));
        }
    }
    Ok(())
}

/// What may have been meant.
fn hint(key: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|name| (distance(key, name), name)).min();
    match nearest {
        Some((changes, name)) if changes * 3 <= name.len() => format!("did you mean `{name}`?"),
        _ => format!("there are {}.", known.join(", ")),
    }
}

/// How many letters must change, come or go to make one word of the other; a letter's case does not count.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in other.bytes().enumerate() {
            let kept = diagonal + usize::from(!a.eq_ignore_ascii_case(&b) && a != b'_');
            diagonal = row[j + 1];
            row[j + 1] = kept.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
