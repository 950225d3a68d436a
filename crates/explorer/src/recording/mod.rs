//! Recordings: rows fetched so far, by stream, with what is drawn of them. Fetched once: a view that asks for a range
//! makes only the missing parts of it travel.
//!
//! Nothing here works longer than a few milliseconds at a time, however many rows arrive.

mod all;
pub mod breath;
pub mod bytes;
mod context;
pub mod coverage;
pub mod data;
mod demand;
pub mod events;
mod figures;
mod filtered;
mod filtering;
mod held;
pub mod live;
pub mod ranges;
mod reading;
mod room;
pub mod runs;
pub mod sample_value;
pub mod segment;
pub mod shown;
pub mod sketch;
pub mod spectra;
pub mod store;
mod tasks;

pub use all::Recordings;
pub use coverage::{Coverage, Question, WindowState};
pub use data::{Data, Row};
pub use events::Events;
pub use figures::Figures;
pub use filtered::Filtered;
pub use held::{any_of, can_tell, held_states};
pub use live::Following;
pub use ranges::{RangeSet, intersection};
pub use runs::{Run, StateColumn, StateRuns};
pub use sample_value::SampleValue;
pub use segment::DURATION_COLUMN;
pub use shown::{Drawing, Shown, expected};
pub use sketch::Sketch;
pub use spectra::{Spectra, Windows};
pub use store::{Recording, Status};
pub use tasks::Tasks;
