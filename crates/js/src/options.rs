//! Options in: plain objects whose names and values are checked, so that a misspelt one is an error and not without
//! effect.

use std::future::Future;

use js_sys::{Array, Function, JSON, JsString, Object, Reflect};
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use streamscope_client::CancelToken;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::error::{thrown, type_error};

const NANOSECONDS_A_SECOND: f64 = 1e9;
const NANOSECONDS_A_MILLISECOND: f64 = 1e6;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A point in time: a number is Unix seconds, a `bigint` is nanoseconds since the Unix epoch, a `Date` is itself. */
export type Time = number | bigint | Date;

/** What every call that fetches takes besides its arguments. */
export interface Call {
    /** Aborts the call: its requests are cancelled, and it throws the signal's reason (an `AbortError`). */
    signal?: AbortSignal;
}

/** What a read takes besides its query. */
export interface ReadCall extends Call {
    /** Called after every frame. */
    onProgress?: (progress: Progress) => void;
}
"#;

#[wasm_bindgen(module = "/src/face.js")]
extern "C" {
    /// The object as it is; the name of the property that was read last is kept in `last.name`.
    fn watched(object: &JsValue, last: &Object) -> JsValue;
}

/// Names of a struct's fields, as options are spelt.
pub(crate) fn names<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // Never makes a `T`: it stops when it is told the names.
    let _ = T::deserialize(Names(&mut names));
    names
}

struct Names<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        Err(Self::Error::custom("only the names were asked for"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("not a struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Reads options; `undefined` stands for none. A `TypeError` names the option that is wrong.
pub(crate) fn read<T: DeserializeOwned>(what: &str, given: JsValue) -> Result<T, JsValue> {
    let given = if given.is_undefined() { Object::new().into() } else { given };
    if !given.is_object() || given.is_instance_of::<Array>() {
        return Err(type_error(&format!("{what} must be an object of options.")));
    }
    let known = names::<T>();
    for key in Object::keys(given.unchecked_ref::<Object>()) {
        let key = key.as_string().unwrap_or_default();
        if !known.contains(&key.as_str()) {
            return Err(type_error(&format!("{what} has no option `{key}`: {}", hint(&key, known))));
        }
    }
    let last = Object::new();
    serde_wasm_bindgen::from_value(watched(&given, &last)).map_err(|error| {
        // The cause is an `Error` of JavaScript's, and its text begins with the class.
        let cause = error.to_string();
        let cause = cause.strip_prefix("Error: ").unwrap_or(&cause);
        let option = Reflect::get(&last, &"name".into()).ok().and_then(|name| name.as_string());
        match option.filter(|_| !cause.starts_with("missing field")) {
            Some(name) => type_error(&format!("{what}, option `{name}`: {cause}.")),
            None => type_error(&format!("{what}: {}.", cause.replace("missing field", "there is no option"))),
        }
    })
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

/// A point in time as it was given.
#[derive(Clone, Copy)]
pub(crate) enum Time {
    Seconds(f64),
    Nanoseconds(i64),
}

impl Time {
    /// Unix seconds.
    pub(crate) fn seconds(self) -> f64 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Nanoseconds(ns) => ns as f64 / NANOSECONDS_A_SECOND,
        }
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: JsValue = serde_wasm_bindgen::preserve::deserialize(deserializer)?;
        if let Some(seconds) = value.as_f64() {
            return Ok(Self::Seconds(seconds));
        }
        if let Some(date) =
            value.dyn_ref::<js_sys::Date>().map(js_sys::Date::get_time).filter(|ms| !ms.is_nan())
        {
            return Ok(Self::Nanoseconds((date * NANOSECONDS_A_MILLISECOND) as i64));
        }
        if value.is_bigint() {
            let ns =
                i64::try_from(value).map_err(|_| D::Error::custom("is beyond 64 bits of nanoseconds"))?;
            return Ok(Self::Nanoseconds(ns));
        }
        Err(D::Error::custom("is not a time: give Unix seconds, a Date, or a bigint of nanoseconds"))
    }
}

/// What every call takes besides its arguments.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CallOptions {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    signal: JsValue,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    on_progress: JsValue,
}

/// [`CallOptions`], checked.
#[derive(Clone, Default)]
pub(crate) struct Call {
    pub(crate) signal: Option<AbortSignal>,
    pub(crate) on_progress: Option<Function>,
}

impl Call {
    pub(crate) fn read(given: JsValue) -> Result<Self, JsValue> {
        let options: CallOptions = read("the call", given)?;
        Ok(Self {
            signal: class(options.signal, "the call, option `signal`: is not an AbortSignal.")?,
            on_progress: class(options.on_progress, "the call, option `onProgress`: is not a function.")?,
        })
    }

    /// Runs a platform's call until it ends or the signal aborts it. `options` are the names of the query's options.
    pub(crate) async fn run<T>(
        &self,
        options: &[&str],
        token: &CancelToken,
        call: impl Future<Output = streamscope_client::Result<T>>,
    ) -> Result<T, JsValue> {
        let Some(signal) = &self.signal else {
            return token.run(call).await.map_err(|error| thrown(&error, options));
        };
        if signal.aborted() {
            return Err(signal.reason());
        }
        let abort = Closure::<dyn Fn()>::new({
            let token = token.clone();
            move || token.cancel()
        });
        let listener = abort.as_ref().unchecked_ref();
        signal.add_event_listener_with_callback("abort", listener)?;
        let ended = token.run(call).await;
        signal.remove_event_listener_with_callback("abort", listener)?;
        ended.map_err(|error| if signal.aborted() { signal.reason() } else { thrown(&error, options) })
    }
}

fn class<T: JsCast>(value: JsValue, refusal: &str) -> Result<Option<T>, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    value.dyn_into().map(Some).map_err(|_| type_error(refusal))
}

/// An argument that is a text. What JavaScript programs pass can be anything.
pub(crate) fn text(name: &str, given: &JsValue) -> Result<String, JsValue> {
    let text: Option<&JsString> = given.dyn_ref();
    text.map(String::from).ok_or_else(|| type_error(&format!("{name} must be a string.")))
}

/// An argument that is a list of texts.
pub(crate) fn texts(name: &str, given: &JsValue) -> Result<Vec<String>, JsValue> {
    let refusal = || type_error(&format!("{name} must be an array of strings."));
    let list: &Array = given.dyn_ref().ok_or_else(refusal)?;
    list.iter().map(|one| one.as_string().ok_or_else(refusal)).collect()
}

/// An argument that is any JSON; `undefined` stands for an object without members.
pub(crate) fn json(given: &JsValue) -> Result<serde_json::Value, JsValue> {
    if given.is_undefined() {
        return Ok(serde_json::Value::Object(Default::default()));
    }
    let text = JSON::stringify(given)?.as_string().unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| type_error(&format!("not JSON: {error}.")))
}
