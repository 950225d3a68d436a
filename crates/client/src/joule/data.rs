//! A stream's data: read raw or decimated, and managed on the node.

mod answer;
mod bins;
mod envelope;
mod intervals;
mod read;
mod reduce;
mod rows;

pub use read::{DataQuery, DataRead, Emptiness};
