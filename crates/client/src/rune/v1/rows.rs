//! Rows of CSV as Arrow frames.
//!
//! The first page's header and values decide the columns, as
//! [`CsvParser`] describes, but for whole numbers: they may be a later page's fractions, so they become floats, except
//! in columns of nanoseconds (`…_ns`). Further pages must have the same columns.

use streamscope_frame::{ColumnType, CsvOptions, CsvParser, Layout, ParseError, PushParser, RecordBatch};

use super::super::open_page::malformed;
use super::CsvPages;
use crate::Result;
use crate::http::Http;

/// Frames of a CSV endpoint: one a page.
pub struct Rows {
    http: Http,
    pages: CsvPages,
    layout: Option<Layout>,
}

impl Rows {
    pub(super) fn new(http: Http, pages: CsvPages) -> Self {
        Self { http, pages, layout: None }
    }

    /// The columns of every frame; known with the first.
    pub fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    /// The next page's rows; `None` at the end. Pages without rows are passed over.
    pub async fn next_frame(&mut self) -> Result<Option<RecordBatch>> {
        while let Some((request, text)) = self.pages.next_with_request().await? {
            let frame = self.parse(&text).map_err(|error| self.http.about(malformed(error), &request))?;
            if let Some(frame) = frame.filter(|frame| frame.num_rows() > 0) {
                return Ok(Some(frame));
            }
        }
        Ok(None)
    }

    fn parse(&mut self, text: &str) -> Result<Option<RecordBatch>, ParseError> {
        if self.layout.is_none() {
            let (inferred, frame) = parse(text, None)?;
            // A page without rows shows nothing.
            if frame.is_none_or(|frame| frame.num_rows() == 0) {
                return Ok(None);
            }
            self.layout = inferred.map(widened);
        }
        parse(text, self.layout.clone()).map(|(_, frame)| frame)
    }
}

fn parse(text: &str, layout: Option<Layout>) -> Result<(Option<Layout>, Option<RecordBatch>), ParseError> {
    let mut parser = CsvParser::new(CsvOptions { layout, ..CsvOptions::default() });
    parser.push(text.as_bytes())?;
    parser.finish()?;
    Ok((parser.layout().cloned(), parser.take()))
}

fn widened(mut layout: Layout) -> Layout {
    for column in &mut layout.columns {
        if column.kind == ColumnType::Int && !column.name.ends_with("_ns") {
            column.kind = ColumnType::Float;
        }
    }
    layout
}
