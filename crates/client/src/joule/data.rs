//! A stream's data: read raw or decimated, and managed on the node.

mod answer;
mod bins;
mod envelope;
mod intervals;
mod look;
mod read;
mod reduce;
mod rows;

pub(in crate::joule) use answer::{Ask, Fineness};
pub(in crate::joule) use look::Look;
pub use read::{DataQuery, DataRead, Emptiness};
pub(in crate::joule) use rows::Rows;
