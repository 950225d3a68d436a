//! A stream's rows.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::page::page;
use super::parameters::{Format, boolean, bound, format, ordered, time_style};
use super::{Call, Found, Result, render};
use crate::rune::catalogue::StreamType;
use crate::{Response, StoreError};

pub(super) fn data(call: &Call, found: &Found) -> Result<Response> {
    let format = format(&call.query)?;
    let style = time_style(&call.query)?;
    let enums = Enums::of(found.kind, boolean(&call.query, "translate_enums")?);
    let (start, end) = (bound(&call.query, "start_time")?, bound(&call.query, "end_time")?);
    ordered(start, end)?;

    let recording = &found.recording;
    let first = start.map_or(Ok(0), |start| recording.row_at(start))?;
    let last = end.map_or(Ok(recording.rows()), |end| recording.row_at(end))?;
    let page = page(call, first..last)?;
    let schema = enums.schema(found.kind.stored());
    let frames = recording.frames(page.rows.clone(), render::PIECE).map(move |frame| enums.translate(frame?));
    match format {
        Format::Csv => Ok(render::csv(&schema, frames, &style, page)),
        Format::Json => {
            let frames = frames.collect::<std::result::Result<Vec<_>, _>>()?;
            render::json("", &schema, &frames, &style, None, page)
        }
    }
}

/// The enum columns that are to be translated: index, and the names of the values 0, 1, 2, …
pub(super) struct Enums {
    columns: Vec<(usize, Vec<String>)>,
}

impl Enums {
    pub(super) fn of(kind: &StreamType, translate: bool) -> Self {
        let columns = kind.shape.dimensions.iter().enumerate();
        let columns = columns.filter(|(_, dimension)| translate && dimension.data_type == "enum");
        Self { columns: columns.map(|(index, dimension)| (index, dimension.enum_values.clone())).collect() }
    }

    pub(super) fn schema(&self, stored: SchemaRef) -> SchemaRef {
        let mut fields: Vec<_> = stored.fields().iter().cloned().collect();
        for (index, _) in &self.columns {
            if let Some(field) = fields.get_mut(*index) {
                *field = Arc::new(Field::new(field.name(), DataType::Utf8, true));
            }
        }
        Arc::new(Schema::new(fields))
    }

    pub(super) fn translate(&self, frame: RecordBatch) -> std::result::Result<RecordBatch, StoreError> {
        if self.columns.is_empty() {
            return Ok(frame);
        }
        let mut columns = frame.columns().to_vec();
        for (index, names) in &self.columns {
            if let Some(column) = columns.get_mut(*index) {
                let codes = column.as_primitive::<Int64Type>().iter();
                // A code without a name stays a number.
                let name = |code: i64| match usize::try_from(code).ok().and_then(|code| names.get(code)) {
                    Some(name) => name.clone(),
                    None => code.to_string(),
                };
                *column = Arc::new(codes.map(|code| code.map(name)).collect::<StringArray>()) as ArrayRef;
            }
        }
        Ok(RecordBatch::try_new(self.schema(frame.schema()), columns)?)
    }
}
