//! Options in: plain objects whose names and values are checked, so that a misspelt one is an error and not without
//! effect.

use std::collections::BTreeMap;
use std::future::Future;

use js_sys::{Array, Function, Object, Reflect};
use streamscope_client::CancelToken;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::error::{thrown, type_error};
use crate::value::camel_case;

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

/// What JavaScript may give for an option or an argument.
pub(crate) trait Given: Sized {
    /// Of an object: the names of its fields, as Rust spells them.
    const KNOWN: Option<&'static [&'static str]> = None;

    /// Reads it; the error says what is wrong with it ("is not a string").
    fn given(value: &JsValue) -> Result<Self, String>;

    /// What stands for it where it was left out, if it may be.
    fn absent() -> Option<Self> {
        None
    }
}

/// An object of options.
pub(crate) trait Options: Given {
    /// The names of its fields, as Rust spells them.
    const NAMES: &'static [&'static str];
}

/// Makes a struct an object of options, or an enum one of its names (which serde spells).
macro_rules! given {
    ($name:ident { $($(#[$there:meta])? $field:ident),* $(,)? }) => {
        impl $crate::options::Given for $name {
            const KNOWN: Option<&'static [&'static str]> = Some(<Self as $crate::options::Options>::NAMES);

            fn given(value: &wasm_bindgen::JsValue) -> Result<Self, String> {
                Ok(Self { $($(#[$there])? $field: $crate::options::field(value, stringify!($field))?),* })
            }
        }

        impl $crate::options::Options for $name {
            const NAMES: &'static [&'static str] = &[$($(#[$there])? stringify!($field)),*];
        }
    };
    (enum $name:ident) => {
        impl $crate::options::Given for $name {
            fn given(value: &wasm_bindgen::JsValue) -> Result<Self, String> {
                let text = <String as $crate::options::Given>::given(value)?;
                let text = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(&text);
                serde::Deserialize::deserialize(text).map_err(|error| error.to_string())
            }
        }
    };
}
pub(crate) use given;

/// A field of an object of options.
#[inline(never)]
pub(crate) fn field<T: Given>(object: &JsValue, name: &str) -> Result<T, String> {
    match Reflect::get(object, &camel_case(name).into()) {
        Ok(value) if !value.is_undefined() => T::given(&value).map_err(|cause| wrong(name, &cause)),
        Ok(_) => T::absent().ok_or_else(|| format!("there is no option `{}`", camel_case(name))),
        Err(_) => Err(wrong(name, "cannot be read")),
    }
}

fn wrong(name: &str, cause: &str) -> String {
    format!("option `{}`: {cause}", camel_case(name))
}

/// Reads options; `undefined` stands for none. A `TypeError` names the option that is wrong.
pub(crate) fn read<T: Options>(what: &str, given: JsValue) -> Result<T, JsValue> {
    let given = if given.is_undefined() { Object::new().into() } else { given };
    check(what, &given, T::KNOWN.unwrap_or_default())?;
    T::given(&given).map_err(|cause| {
        let joint = if cause.starts_with("option") { ", " } else { ": " };
        type_error(&format!("{what}{joint}{cause}."))
    })
}

/// Refuses what is no object, and names that are not known.
pub(crate) fn check(what: &str, given: &JsValue, names: &[&str]) -> Result<(), JsValue> {
    if !given.is_object() || given.is_instance_of::<Array>() {
        return Err(type_error(&format!("{what} must be an object of options.")));
    }
    let known: Vec<String> = names.iter().map(|name| camel_case(name)).collect();
    for key in Object::keys(given.unchecked_ref::<Object>()) {
        let key = key.as_string().unwrap_or_default();
        if !known.contains(&key) {
            return Err(type_error(&format!("{what} has no option `{key}`: {}", hint(&key, &known))));
        }
    }
    Ok(())
}

impl Given for JsValue {
    fn given(value: &JsValue) -> Result<Self, String> {
        Ok(value.clone())
    }

    fn absent() -> Option<Self> {
        Some(Self::UNDEFINED)
    }
}

impl Given for String {
    fn given(value: &JsValue) -> Result<Self, String> {
        value.as_string().ok_or_else(|| "is not a string".into())
    }
}

impl Given for bool {
    fn given(value: &JsValue) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| "is neither true nor false".into())
    }
}

impl Given for f64 {
    fn given(value: &JsValue) -> Result<Self, String> {
        value.as_f64().ok_or_else(|| "is not a number".into())
    }
}

impl Given for i64 {
    fn given(value: &JsValue) -> Result<Self, String> {
        if let Some(whole) = value.as_f64().filter(|number| is_whole(*number)) {
            return Ok(whole as i64);
        }
        let whole =
            Some(value.clone()).filter(JsValue::is_bigint).and_then(|value| i64::try_from(value).ok());
        whole.ok_or_else(|| "is not an integer of 64 bits".into())
    }
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= js_sys::Number::MAX_SAFE_INTEGER
}

macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl Given for $kind {
            fn given(value: &JsValue) -> Result<Self, String> {
                let whole = i64::given(value).ok().and_then(|whole| whole.try_into().ok());
                whole.ok_or_else(|| format!("is not an integer from {} to {}", Self::MIN, Self::MAX))
            }
        }
    )*};
}
integers!(u32, i32);

impl<T: Given> Given for Option<T> {
    const KNOWN: Option<&'static [&'static str]> = T::KNOWN;

    fn given(value: &JsValue) -> Result<Self, String> {
        if value.is_null() { Ok(None) } else { T::given(value).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Given> Given for Vec<T> {
    fn given(value: &JsValue) -> Result<Self, String> {
        let list: &Array = value.dyn_ref().ok_or("is not an array")?;
        list.iter().map(|item| T::given(&item)).collect()
    }
}

impl Given for BTreeMap<String, String> {
    fn given(value: &JsValue) -> Result<Self, String> {
        if !value.is_object() {
            return Err("is not an object of strings".into());
        }
        let mut map = Self::new();
        for entry in Object::entries(value.unchecked_ref()) {
            let entry: Array = entry.unchecked_into();
            map.insert(String::given(&entry.get(0))?, String::given(&entry.get(1))?);
        }
        Ok(map)
    }
}

/// What may have been meant.
fn hint(key: &str, known: &[String]) -> String {
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
    /// Nanoseconds; of seconds, whole microseconds, which is what a number can tell.
    #[cfg(feature = "full")]
    pub(crate) fn ns(self) -> i64 {
        match self {
            Self::Seconds(seconds) => ((seconds * 1e6).round() as i64).saturating_mul(1000),
            Self::Nanoseconds(ns) => ns,
        }
    }

    /// Unix seconds.
    pub(crate) fn seconds(self) -> f64 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Nanoseconds(ns) => ns as f64 / NANOSECONDS_A_SECOND,
        }
    }
}

impl Given for Time {
    fn given(value: &JsValue) -> Result<Self, String> {
        if let Some(seconds) = value.as_f64() {
            return Ok(Self::Seconds(seconds));
        }
        if let Some(date) =
            value.dyn_ref::<js_sys::Date>().map(js_sys::Date::get_time).filter(|ms| !ms.is_nan())
        {
            return Ok(Self::Nanoseconds((date * NANOSECONDS_A_MILLISECOND) as i64));
        }
        if value.is_bigint() {
            let ns = i64::try_from(value.clone());
            return ns.map(Self::Nanoseconds).map_err(|_| "is beyond 64 bits of nanoseconds".into());
        }
        Err("is not a time: give Unix seconds, a Date, or a bigint of nanoseconds".into())
    }
}

/// What every call takes besides its arguments.
struct CallOptions {
    signal: JsValue,
    on_progress: JsValue,
}

given!(CallOptions { signal, on_progress });

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

/// An argument of any kind.
#[cfg(feature = "full")]
pub(crate) fn argument<T: Given>(name: &str, given: &JsValue) -> Result<T, JsValue> {
    if given.is_undefined() {
        return T::absent().ok_or_else(|| type_error(&format!("{name} is missing.")));
    }
    if let Some(known) = T::KNOWN.filter(|_| !given.is_null()) {
        check(name, given, known)?;
    }
    T::given(given).map_err(|cause| type_error(&format!("{name}: {cause}.")))
}

/// An argument that is a text. What JavaScript programs pass can be anything.
pub(crate) fn text(name: &str, given: &JsValue) -> Result<String, JsValue> {
    given.as_string().ok_or_else(|| type_error(&format!("{name} must be a string.")))
}

/// An argument that is a list of texts.
#[cfg(feature = "full")]
pub(crate) fn texts(name: &str, given: &JsValue) -> Result<Vec<String>, JsValue> {
    Vec::given(given).map_err(|_| type_error(&format!("{name} must be an array of strings.")))
}

/// An argument that is any JSON; `undefined` stands for an object without members.
#[cfg(feature = "full")]
pub(crate) fn json(given: &JsValue) -> Result<serde_json::Value, JsValue> {
    if given.is_undefined() {
        return Ok(serde_json::Value::Object(Default::default()));
    }
    let text = js_sys::JSON::stringify(given)?.as_string().unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| type_error(&format!("not JSON: {error}.")))
}
