//! Drawing: pure scales, ticks and words below; frames by plotters and data on the canvas above them.

pub mod axes;
pub mod bands;
pub mod civil;
pub mod figure;
pub mod format;
pub mod frame;
pub mod hatch;
pub mod pane;
pub mod paper;
pub mod scale;
pub mod series;
pub mod surface;
pub mod theme;
pub mod ticks;
pub mod values;
