//! Frames out: what is written reads back as the same rows.

mod arrow;
mod csv;
mod zip;
