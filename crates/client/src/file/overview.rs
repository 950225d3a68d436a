//! What very many samples of a file look like: its rows are read once, and joined into bins.

use streamscope_frame::{Column, ColumnType, Layout};

use crate::Read;
use crate::bins;
use crate::reduced::Reduced;

/// Of more samples than this, bins are made.
pub(super) const MOST_UNREDUCED: u64 = 5_000_000;

/// Bins that a reading is cut into, about: some dozen for each pixel of a wide screen, so that zooming in reads nothing
/// until few enough samples are left to show each.
const BINS: u64 = 1 << 16;

/// Bins of a read of about so many samples; `None` where it has a column that is no number.
pub(super) fn overview(read: Box<dyn Read>, samples: u64) -> Option<Box<dyn Read>> {
    use ColumnType::{Float, Float32, Int, Int16, Int32};
    let values = read.layout().columns.get(1..)?;
    let is_number = |column: &Column| matches!(column.kind, Float | Float32 | Int | Int32 | Int16);
    if !values.iter().all(is_number) {
        return None;
    }
    let time = Column::new("time", ColumnType::Time);
    let columns = [time].into_iter().chain(bins::columns(values, Float));
    let layout = Layout::new(columns.collect());
    Some(Box::new(Reduced::new(read, samples.div_ceil(BINS).max(1), layout)))
}
