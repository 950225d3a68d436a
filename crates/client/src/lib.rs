//! Sensor platforms over one [`Transport`]: requests, retry, paging, progress, cancel and errors.
//!
//! [`Source`] is the one face the explorer sees; the platform modules hold everything a platform offers.

mod bins;
pub mod braincube;
mod cancel;
pub mod clock;
mod computed;
mod disk;
mod error;
pub mod file;
pub mod filter;
mod filtered;
pub mod hexoskin;
mod http;
pub mod joule;
mod lenient;
mod redact;
mod reduced;
pub mod registry;
pub mod reproduce;
pub mod rune;
mod shard;
mod source;
pub mod together;
mod transport;
mod turn;
mod url;
#[cfg(any(feature = "native", target_arch = "wasm32"))]
mod zones;

pub use cancel::CancelToken;
pub use clock::{Clock, Clocks};
pub use computed::Computed;
#[cfg(target_arch = "wasm32")]
pub use disk::BlobDisk;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub use disk::NativeDisk;
pub use disk::{Disk, MemoryDisk};
pub use error::{Error, ErrorKind, Result};
pub use filter::Filter;
pub use filtered::Filtered;
pub use http::{Auth, Policy};
pub use source::{
    About, AggregateLimits, Aggregates, Ask, ComputedBy, Device, Dimension, Display, Event, EventContent,
    EventField, EventFieldKind, EventWriter, Extent, Facet, FacetOf, Noun, Place, Platform, Progress, Read,
    Reduction, Source, StoredFilter, StreamInfo, Subject, TimeRange, aggregates, whole_span,
};
pub use together::Together;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub use transport::NativeTransport;
pub use transport::{
    Body, Canned, Header, Inflate, MemoryTransport, Method, Request, Response, Step, Transport,
    TransportError,
};
#[cfg(target_arch = "wasm32")]
pub use transport::{FetchTransport, PortTransport};
