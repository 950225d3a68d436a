//! The three views of one selection, and what they share.

pub mod availability;
pub mod day_profile;
pub mod export;
pub mod table_head;
pub mod timeline;
pub mod toggle;
