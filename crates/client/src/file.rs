//! Recordings opened from disk: EDF, EDF+, BDF, BDF+, WAV, Arrow IPC and CSV files. Nothing is uploaded.
//!
//! [`Files`] is the [`Source`](crate::Source): each file is a subject, its signals are the streams. It sees files through
//! a [`Disk`](crate::Disk), which reads ranges of bytes: natively a file of the system, in a browser a part of a `Blob`. A
//! file is read in windows, so that it may be longer than memory.
//!
//! Files have no time zone: their clock times are taken as UTC. A WAV has no clock time at all: it begins in 1970.

#[cfg(feature = "files")]
mod arrow;
mod connector;
#[cfg(feature = "files")]
mod csv;
mod edf;
mod overview;
mod read;
mod recording;
mod source;
#[cfg(feature = "files")]
mod table;
mod wav;

pub use connector::Connector;
pub use source::{ABOUT, Files};
