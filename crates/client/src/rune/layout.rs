//! Columns from a stream's dimensions.

use streamscope_frame::{Column, ColumnType, Layout};

use super::model::Dimension;

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
