//! Stand-in sensor platforms over an embedded store.
//!
//! [`Sandbox::handle`] turns a request into a response: no runtime, socket, file or clock of its own, so that the
//! same code serves a page without any server. The `server` feature puts HTTP in front, the `sqlite` feature
//! keeps recordings in one file.
//!
//! It speaks each platform's protocol from the platform's documents alone and never uses `streamscope-client`:
//! a protocol that both misread would otherwise look right.

mod braincube;
pub mod demo;
mod hexoskin;
mod http;
mod joule;
mod pack;
mod query;
mod recording;
mod rune;
mod sandbox;
#[cfg(feature = "server")]
pub mod server;
mod store;
#[cfg(feature = "server")]
pub mod testing;
mod zone;

pub use http::{Body, Request, Response};
pub use joule::Upload;
pub use sandbox::{Options, Sandbox};
#[cfg(feature = "sqlite")]
pub use store::SqliteStore;
pub use store::{ChunkInfo, MemoryStore, Store, StoreError, Writer};
