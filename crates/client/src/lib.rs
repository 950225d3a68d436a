//! Sensor platforms over one [`Transport`]: requests, retry, paging, progress, cancel and errors.
//!
//! [`Source`] is the one face the explorer sees; the platform modules hold everything a platform offers.

mod cancel;
mod error;
mod http;
pub mod joule;
mod lenient;
mod redact;
pub mod rune;
mod shard;
mod source;
mod transport;
mod turn;
mod url;

pub use cancel::CancelToken;
pub use error::{Error, ErrorKind, Result};
pub use http::{Auth, Policy};
pub use source::{
    Device, Dimension, Display, Event, Field, FieldKind, Note, Notes, Place, Platform, Progress, Read,
    Source, StreamInfo, Subject, TimeRange,
};
#[cfg(target_arch = "wasm32")]
pub use transport::FetchTransport;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub use transport::NativeTransport;
pub use transport::{
    Body, Canned, Header, MemoryTransport, Method, Request, Response, Step, Transport, TransportError,
};
