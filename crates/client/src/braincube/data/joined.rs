//! A range of time as one answer: spans that are read side by side, and joined once all are there, for only then is it
//! known whether a column's numbers are all whole.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, Float64Array, RecordBatchOptions, new_null_array};
use streamscope_frame::{
    BraincubeColumn, BraincubeReport, Column, ColumnReport, ColumnType, Layout, RecordBatch,
};

use super::timed::{Rows, SpanTold, Told, begin};
use super::{DataQuery, DataRead};
use crate::braincube::Braincube;
use crate::turn::Turn;
use crate::{Error, Result, TimeRange};

/// Ids reported that nobody asked for, as of one answer.
const MOST_REPORTED: usize = 20;

impl Braincube {
    pub(super) async fn data_in_spans(
        &self,
        query: &DataQuery,
        range: TimeRange,
        long_ids: Vec<String>,
    ) -> Result<DataRead> {
        let info = self.base_info(&query.base).await?;
        let time_name = info.time().unwrap_or_default().to_string();
        // Until they are joined, columns are called by their ids, which no two share.
        let column = |id: &String| BraincubeColumn {
            id: id.clone(),
            name: id.clone(),
            unit: None,
            kind: None,
            ordered: false,
        };
        let columns = long_ids.iter().map(column).collect();
        let rows = Rows { base: query.base.clone(), columns, time_name, range, filter: query.filter.clone() };
        let told = Told::default();
        let mut spans = begin(self, &rows, told.clone()).await?;
        let mut frames = Vec::new();
        while let Some(batch) = spans.next().await? {
            frames.push(batch.rows);
        }
        let progress = crate::Progress { rows: 0, ..spans.progress() };
        told.borrow_mut().sort_by_key(|span| span.start);
        let told = told.take();
        let wanted: Vec<_> = long_ids.into_iter().zip(self.names(query).await?).collect();
        let (kept, mut report) = joined(&wanted, &told)?;
        for (column, (id, described)) in report.columns.iter_mut().zip(&kept) {
            if described.kind == ColumnType::Float {
                column.rounded += frames.iter().map(|frame| rounded(frame, id)).sum::<u64>();
            }
        }
        let layout = Layout::new(kept.iter().map(|(_, column)| column.clone()).collect());
        let schema = Arc::new(layout.schema());
        let frames = frames.into_iter().map(move |frame| {
            let columns =
                kept.iter().map(|(id, column)| as_kind(&frame, id, column.kind)).collect::<Vec<_>>();
            let rows = frame.num_rows();
            let columns = columns.into_iter().zip(schema.fields());
            let columns = columns
                .map(|(column, field)| column.unwrap_or_else(|| new_null_array(field.data_type(), rows)));
            let options = RecordBatchOptions::new().with_row_count(Some(rows));
            // Each column was made to be of its field's type, and as long as the frame.
            RecordBatch::try_new_with_options(schema.clone(), columns.collect(), &options).unwrap_or(frame)
        });
        let turn = Turn::default();
        turn.begin(self.http.transport.as_ref());
        Ok(DataRead { braincube: self.clone(), frames: Box::new(frames), report, layout, progress, turn })
    }
}

/// The columns that came in any span, each with its id, and what there is to say about all spans together.
fn joined(
    wanted: &[(String, String)],
    told: &[SpanTold],
) -> Result<(Vec<(String, Column)>, BraincubeReport)> {
    let mut whole = BraincubeReport::default();
    let mut kept = Vec::new();
    for (id, name) in wanted {
        let mut kind = None;
        let mut all = ColumnReport { id: id.clone(), ..ColumnReport::default() };
        for SpanTold { layout, report, rows, .. } in told {
            let Some(place) = layout.columns.iter().position(|column| column.name == *id) else {
                all.missing += rows;
                continue;
            };
            let (found, told) =
                (layout.columns.get(place).map(|column| column.kind), report.columns.get(place));
            kind = both(kind, found).map_err(|()| {
                Error::protocol(format!(
                    "The server says of {id} that it holds numbers, and elsewhere in the range that not."
                ))
            })?;
            if let Some(told) = told {
                all.missing += told.missing;
                all.unreadable += told.unreadable;
                all.rounded += told.rounded;
                all.example = all.example.or_else(|| told.example.clone());
                all.wire_type = if all.wire_type.is_empty() { told.wire_type.clone() } else { all.wire_type };
            }
        }
        if told.iter().any(|span| span.report.missing.contains(id)) {
            whole.missing.push(id.clone());
        }
        if let Some(kind) = kind {
            kept.push((id.clone(), Column::new(name.clone(), kind)));
            whole.columns.push(all);
        }
    }
    for SpanTold { report, .. } in told {
        whole.reordered |= report.reordered;
        for id in &report.unexpected {
            if whole.unexpected.len() < MOST_REPORTED && !whole.unexpected.contains(id) {
                whole.unexpected.push(id.clone());
            }
        }
    }
    Ok((kept, whole))
}

/// The type that holds the values of both.
fn both(one: Option<ColumnType>, other: Option<ColumnType>) -> std::result::Result<Option<ColumnType>, ()> {
    use ColumnType::{Float, Int};
    match (one, other) {
        (None, kind) | (kind, None) => Ok(kind),
        (Some(one), Some(other)) if one == other => Ok(Some(one)),
        (Some(Int), Some(Float)) | (Some(Float), Some(Int)) => Ok(Some(Float)),
        _ => Err(()),
    }
}

/// A frame's column of this id, as it is in all frames; `None` where it did not come.
fn as_kind(frame: &RecordBatch, id: &str, kind: ColumnType) -> Option<ArrayRef> {
    let column = frame.column_by_name(id)?;
    Some(match (kind, column.as_primitive_opt::<Int64Type>()) {
        (ColumnType::Float, Some(whole)) => {
            Arc::new(whole.iter().map(|value| value.map(|value| value as f64)).collect::<Float64Array>())
        }
        _ => column.clone(),
    })
}

/// Whole numbers of a column that no double is equal to.
fn rounded(frame: &RecordBatch, id: &str) -> u64 {
    let whole = frame.column_by_name(id).and_then(|column| column.as_primitive_opt::<Int64Type>());
    let lost = |value: &i64| *value as f64 as i128 != i128::from(*value);
    whole.map_or(0, |whole| whole.iter().flatten().filter(lost).count() as u64)
}
