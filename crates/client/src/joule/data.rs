//! A stream's data: read raw or decimated, and managed on the node.

mod answer;
mod bins;
mod encode;
mod envelope;
mod intervals;
mod live;
mod look;
mod read;
mod reduce;
mod rows;
mod write;

pub(in crate::joule) use answer::{Ask, Fineness};
pub use live::LiveRead;
pub(in crate::joule) use look::Look;
pub use read::{DataQuery, DataRead, Emptiness};
pub(in crate::joule) use rows::Rows;
pub use write::DataWriter;
