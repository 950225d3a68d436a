//! Rows of CSV as points.

use super::CsvPages;
use crate::Result;

/// A cell of a [`Point`].
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// What reads as a number: `inf` and `nan` do as well.
    Number(f64),
    /// Any other text.
    Text(String),
    /// Nothing between two commas, or a row that is too short.
    Missing,
}

/// A row: its cells by the names in the header.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Name and cell, in the header's order.
    pub cells: Vec<(String, Cell)>,
    /// Cells beyond the header's, which the API does not promise to avoid.
    pub surplus: Vec<String>,
}

/// Points of a CSV endpoint.
pub struct Points {
    pages: CsvPages,
}

impl Points {
    pub(super) fn new(pages: CsvPages) -> Self {
        Self { pages }
    }

    /// The points of the next page; `None` at the end.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Point>>> {
        Ok(self.pages.next_page().await?.map(|text| points(&text)))
    }
}

fn points(text: &str) -> Vec<Point> {
    let mut records = records(text).into_iter();
    let header = records.next().unwrap_or_default();
    let point = |record: Vec<String>| {
        let mut values = record.into_iter();
        let cells = header.iter().map(|name| (name.clone(), values.next().map_or(Cell::Missing, cell)));
        let cells = cells.collect();
        Point { cells, surplus: values.collect() }
    };
    records.map(point).collect()
}

fn cell(text: String) -> Cell {
    match text.trim().parse() {
        _ if text.is_empty() => Cell::Missing,
        Ok(number) => Cell::Number(number),
        Err(_) => Cell::Text(text),
    }
}

/// Lines as cells, of any number each; blank lines are left out. In quotes, commas and newlines are text and a doubled
/// quote is one.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut blank) = (false, true);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => (quoted, blank) = (true, false),
            '\n' | '\r' if !quoted => {
                if !std::mem::replace(&mut blank, true) {
                    record.push(std::mem::take(&mut cell));
                    records.push(std::mem::take(&mut record));
                }
            }
            ',' if !quoted => {
                record.push(std::mem::take(&mut cell));
                blank = false;
            }
            other => {
                cell.push(other);
                blank = false;
            }
        }
    }
    if !blank {
        record.push(cell);
        records.push(record);
    }
    records
}
