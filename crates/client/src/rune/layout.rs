//! Columns from a stream's dimensions.

use serde_json::{Value, json};
use streamscope_frame::{Column, ColumnType, Layout};

use super::Rune;
use super::model::Dimension;
use crate::{Error, Result};

/// The column that every stream has besides its dimensions.
const DURATION: &str = "measurement_duration_ns";

/// The columns of a stream's pages: its dimensions in order, then the measurement's duration.
pub fn layout(dimensions: &[Dimension], translate_enums: bool) -> Layout {
    let own = dimensions.iter().map(|dimension| Column {
        name: dimension.id.clone(),
        kind: column_type(&dimension.data_type, translate_enums),
        unit: Some(dimension.unit_abbrev.clone()).filter(|unit| !unit.is_empty()),
        quantity: Some(dimension.quantity_name.clone()).filter(|quantity| !quantity.is_empty()),
    });
    let mut columns: Vec<Column> = own.collect();
    if !columns.iter().any(|column| column.name == DURATION) {
        columns.push(Column::new(DURATION, ColumnType::Int).with_unit("ns"));
    }
    Layout::new(columns)
}

/// The type for a data type's name. Names not seen so far are read by what they contain: `float`, `double` or `number`
/// are numbers, `int` are integers; anything else stays text, which loses nothing.
fn column_type(data_type: &str, translate_enums: bool) -> ColumnType {
    match data_type {
        "timestamp" => ColumnType::Time,
        "bool" | "boolean" => ColumnType::Bool,
        "enum" if !translate_enums => ColumnType::Int,
        "dict" => ColumnType::Json,
        "string" | "enum" => ColumnType::Text,
        other if ["float", "double", "number"].iter().any(|part| other.contains(part)) => ColumnType::Float,
        other if other.contains("int") => ColumnType::Int,
        _ => ColumnType::Text,
    }
}

impl Rune {
    /// A stream's dimensions: all that reading its rows takes to know of it.
    pub async fn dimensions(&self, stream_id: &str) -> Result<Vec<Dimension>> {
        let variables = json!({ "stream_ids": [stream_id] });
        let answer = self.graphql(include_str!("dimensions.graphql"), variables).await?;
        let Some(stream) = answer.pointer("/streamListByIds/streams/0") else {
            return Err(self.missing(&format!("stream with id {stream_id}")));
        };
        let dimensions = stream.pointer("/streamType/shape/dimensions").and_then(Value::as_array);
        let known = dimensions.map(|dimensions| dimensions.iter().map(dimension).collect());
        known.unwrap_or_else(|| Ok(Vec::new()))
    }
}

/// A dimension, read by hand: where only rows are read, nothing else of the metadata's types is needed.
fn dimension(served: &Value) -> Result<Dimension> {
    let text = |name: &str| served.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
    let id = text("identifier");
    if id.is_empty() {
        return Err(Error::protocol("The server tells of a column without a name."));
    }
    Ok(Dimension {
        id,
        data_type: text("dataType"),
        quantity_name: text("quantityName"),
        unit_name: text("unitName"),
        quantity_abbrev: text("quantityAbbrev"),
        unit_abbrev: text("unitAbbrev"),
    })
}
