//! Time zones by name.

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(not(target_arch = "wasm32"))]
mod native;

#[cfg(target_arch = "wasm32")]
pub(crate) use browser::table;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::table;
