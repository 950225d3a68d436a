//! A stream's data: read raw or decimated, and managed on the node.

mod answer;
mod encode;
mod envelope;
mod intervals;
mod live;
mod look;
mod read;
mod rows;
mod shard;
mod write;

pub use live::LiveRead;
pub(in crate::joule) use look::Look;
pub use read::{DataQuery, DataRead, Emptiness};
pub(in crate::joule) use shard::RawRows;
pub use write::DataWriter;
