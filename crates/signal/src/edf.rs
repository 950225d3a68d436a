//! Streams as EDF+: which samples come at an even rate, in which data records they lie, and on which scale of 16 bits.
//!
//! EDF+ holds numbers at an even rate. A stretch without a gap begins a data record of its own (EDF+D). Rows that hold no
//! number at all are gaps; rows that hold some, and infinities, are refused, as is a stream whose times are not even.
//! Where the numbers are steps of a scale, as those of a converter are, that scale is found and nothing is rounded; else
//! they are rounded to the nearest of 65,536 steps between the least and the greatest, and [`EdfScale`] says so. Times
//! are moved by no more than half a step onto the grid of the data records; [`EdfRows::moved_ns`] says by how much.
//!
//! Work is done piece by piece, so that a page can do others between: [`EdfSurvey`] looks at all rows once, [`EdfLayout`]
//! lays them into data records, [`EdfRows`] writes those. No row is copied but for the data record under way.

mod grid;
mod layout;
mod rows;
mod scale;
mod survey;
mod text;

pub use layout::{EdfHead, EdfLayout};
pub use rows::EdfRows;
pub use scale::EdfScale;
pub use survey::{EdfStream, EdfSurvey};

use streamscope_frame::WriteError;

/// A refusal, in words.
fn refuse<T>(words: String) -> Result<T, WriteError> {
    Err(WriteError::Edf(words))
}
