//! Results as plain objects, with names in camelCase.

use js_sys::{Array, BigInt, Object, Reflect};
use wasm_bindgen::JsValue;

/// What goes out as plain JavaScript. `None` is `null`; 64-bit integers are `bigint`.
pub(crate) trait Told {
    /// The value in JavaScript.
    fn told(self) -> JsValue;
}

/// Makes a struct a plain object.
macro_rules! told {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::value::Told for $name {
            fn told(self) -> wasm_bindgen::JsValue {
                $crate::value::object([
                    $((stringify!($field), $crate::value::Told::told(self.$field))),*
                ])
            }
        }
    };
}
pub(crate) use told;

/// An object with these names, spelt as JavaScript does.
pub(crate) fn object<const N: usize>(fields: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a property of a new object does not fail.
        let _ = Reflect::set(&object, &camel_case(name).into(), &value);
    }
    object.into()
}

macro_rules! simple {
    ($($kind:ty),*) => {$(
        impl Told for $kind {
            fn told(self) -> JsValue {
                self.into()
            }
        }
    )*};
}
simple!(f64, u32, u16, bool, String, &str);

impl Told for i64 {
    fn told(self) -> JsValue {
        BigInt::from(self).into()
    }
}

impl<T: Told> Told for Option<T> {
    fn told(self) -> JsValue {
        self.map_or(JsValue::NULL, Told::told)
    }
}

impl<T: Told> Told for Vec<T> {
    fn told(self) -> JsValue {
        self.into_iter().map(Told::told).collect::<Array>().into()
    }
}

/// The name of a variant, as JavaScript spells it: `InvalidInput` is `invalidInput`. The generated types do the same.
pub(crate) fn literal(variant: impl std::fmt::Debug) -> String {
    let mut name = format!("{variant:?}");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

/// `start_time` as `startTime`. Names that are Rust's own words are written `r#type`.
pub(crate) fn camel_case(name: &str) -> String {
    let name = name.trim_start_matches("r#");
    let mut upper = false;
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '_' if !out.is_empty() => upper = true,
            c if std::mem::take(&mut upper) => out.push(c.to_ascii_uppercase()),
            c => out.push(c),
        }
    }
    out
}
