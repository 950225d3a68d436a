//! Demo recordings: made by a seeded generator, the same on every run and every machine.
//!
//! They look like what such devices record, and they are awkward on purpose: gaps, a stream without rows, a stream
//! with one, empty cells, isolated spikes in ten million samples, nanosecond times, text with quotes and commas,
//! thirty days across a change of clocks; integers beyond 2^53, a value beyond float32, intervals of one row.

mod braincube;
pub mod hexoskin;
mod joule;
mod random;
mod recorder;
mod rune;

use crate::{Store, StoreError};

pub(crate) use braincube::site as paper_mill;

/// Raised whenever the generator's output changes, so that older files are made anew.
const VERSION: u32 = 4;
const MARK: &str = "demo";

/// How much is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Everything; the longest stream has ten million rows.
    Full,
    /// The same people and streams, the long stream cut to its first 200,000 rows: for tests, and where it must be made
    /// while somebody waits.
    Small,
}

/// Fills a store with the demo recordings unless it holds them already. `progress` gets one line now and then.
///
/// All or nothing: when it is interrupted, the store is as it was. What visitors have changed since stays, until a
/// release that generates other recordings makes everything anew.
pub fn ensure(store: &dyn Store, size: Size, progress: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
    let mark = format!("{size:?} {VERSION}").into_bytes();
    if store.document(MARK)?.as_ref() == Some(&mark) {
        return Ok(());
    }
    store.replace(&mut |writer| {
        rune::generate(writer, size, progress)?;
        joule::generate(writer, size, progress)?;
        hexoskin::generate(writer)?;
        writer.document(MARK, mark.clone())
    })
}
