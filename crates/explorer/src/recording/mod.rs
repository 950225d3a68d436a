//! Recordings: rows fetched so far, by stream, with what is drawn of them. Fetched once: a view that asks for a range
//! makes only the missing parts of it travel.
//!
//! Nothing here works longer than a few milliseconds at a time, however many rows arrive.

pub mod breath;
pub mod bytes;
pub mod cell;
pub mod coverage;
pub mod data;
pub mod events;
pub mod live;
pub mod ranges;
mod reading;
pub mod runs;
pub mod segment;
pub mod shown;
pub mod sketch;
pub mod store;

pub use cell::Cell;
pub use coverage::{Coverage, Question, WindowState};
pub use data::{Data, Figures, Row};
pub use events::Events;
pub use live::Following;
pub use ranges::{RangeSet, intersection};
pub use runs::{Run, StateColumn, StateRuns};
pub use segment::DURATION_COLUMN;
pub use shown::{Drawing, Shown};
pub use sketch::Sketch;
pub use store::{Recording, Recordings, Status, span};
