//! The data resource: samples of records and ranges, as JSON, CSV, binary files and EDF.
//!
//! [`Hexoskin::data_list`] and its like are one request each, as the server's documents have them, and say where the server
//! thinned. [`Hexoskin::samples`] returns every sample, in as many requests as it takes.

mod binary;
mod datatype;
mod download;
mod list;
mod live;
mod placed;
mod record;
mod samples;
mod thinned;
mod unpack;
mod windows;

pub use binary::{BinaryFile, BinaryRead, Counts};
pub use datatype::{Datatype, Scale};
pub use download::{Download, Format};
pub use list::{DataList, DataResult, Series};
pub use live::LiveRead;
pub(super) use record::Span;
pub(super) use samples::Channel;
pub use samples::{SampleQuery, SampleRead, Way};
