//! V2 JSON pages: columns as parallel arrays, `{"cardinality": 2, "data": {"time": […], "x": […]}, …}`.
//!
//! A page is held whole until its end, for the arrays come one after the other and no row is complete before the last
//! of them; a limit bounds it. Keys may come in any order; keys beside `data` are not looked at. Numbers are read from
//! their own text, so a time keeps every digit. `null` is null. In a JSON column a cell is any value, kept as text; a
//! string there is taken for the document itself.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::column::Builder;
use crate::infer::{Guess, SAMPLE_ROWS, guess};
use crate::{Column, ColumnType, Layout, ParseError, ParseErrorKind, PushParser, RecordBatch, TimeFormat};

/// What a [`JsonParser`] is told beforehand.
#[derive(Debug, Clone)]
pub struct JsonOptions {
    /// The columns, when they are known: exactly these must be there, and `measurement_duration_ns` may come on top.
    /// Without it the types are inferred from names and values, as [`CsvParser`](crate::CsvParser) does.
    pub layout: Option<Layout>,
    /// How times are written. `None`: as the values show.
    pub time_format: Option<TimeFormat>,
    /// The longest page, in bytes. The default is 64 MiB.
    pub page_limit: usize,
}

impl Default for JsonOptions {
    fn default() -> Self {
        Self { layout: None, time_format: None, page_limit: 64 << 20 }
    }
}

/// Reads one JSON page. Its rows are there after [`finish`](PushParser::finish), all or none.
pub struct JsonParser {
    options: JsonOptions,
    page: Vec<u8>,
    layout: Option<Layout>,
    frame: Option<RecordBatch>,
    rows: u64,
    end: Option<Result<(), ParseError>>,
}

/// The part of a page that holds rows.
#[derive(serde::Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    data: Arrays<'a>,
}

/// Named arrays, in the order of the page.
struct Arrays<'a>(Vec<(String, Vec<&'a RawValue>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Arrays<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Arrays<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object of arrays")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut arrays = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    arrays.push(entry);
                }
                Ok(Arrays(arrays))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl JsonParser {
    /// A parser for one page.
    pub fn new(options: JsonOptions) -> Self {
        Self { options, page: Vec::new(), layout: None, frame: None, rows: 0, end: None }
    }

    /// The columns of the frame, known after [`finish`](PushParser::finish).
    pub fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    fn read(&mut self, page: &[u8]) -> Result<(), ParseError> {
        let page =
            str::from_utf8(page).map_err(|wrong| error(page, wrong.valid_up_to(), ParseErrorKind::Utf8))?;
        let refused = |kind| error(page.as_bytes(), 0, kind);
        if page.trim_ascii().is_empty() {
            return Ok(());
        }
        let Page { data: Arrays(arrays) } =
            serde_json::from_slice(page.as_bytes()).map_err(|error| syntax_error(page, &error))?;
        let rows = arrays.first().map_or(0, |(_, cells)| cells.len());
        if let Some((name, cells)) = arrays.iter().find(|(_, cells)| cells.len() != rows) {
            let first = arrays.first().map_or("", |(name, _)| name);
            let lengths = format!("`{name}` has {} values, `{first}` has {rows}", cells.len());
            return Err(refused(ParseErrorKind::Malformed(lengths)));
        }
        let names: Vec<String> = arrays.iter().map(|(name, _)| name.clone()).collect();
        let guesses: Vec<_> = arrays.iter().map(|(name, cells)| guess_column(name, cells)).collect();
        let mut layout = self.options.layout.clone().unwrap_or_else(|| {
            Layout::new(
                guesses.iter().zip(&names).map(|(guess, name)| Column::new(name, guess.kind)).collect(),
            )
        });
        let places = layout.places(&names).map_err(refused)?;
        let mut columns = Vec::with_capacity(places.len());
        let mut from: Vec<usize> = (0..places.len()).collect();
        from.sort_unstable_by_key(|&from| places.get(from));
        for (place, column) in layout.columns.iter().enumerate() {
            let Some(from) = from.get(place).copied() else { continue };
            let (Some((_, cells)), Some(guess)) = (arrays.get(from), guesses.get(from)) else { continue };
            let mut builder = self.builder(column.kind, guess);
            for (record, cell) in cells.iter().enumerate() {
                builder.push(text(cell).as_deref()).map_err(|kind| {
                    // The cell lies within the page.
                    let at = (cell.get().as_ptr() as usize).saturating_sub(page.as_ptr() as usize);
                    let column = Some(column.name.clone());
                    ParseError { column, record: record as u64, ..error(page.as_bytes(), at, kind) }
                })?;
            }
            columns.push(builder.take());
        }
        let columns: Result<Vec<_>, _> = columns.into_iter().collect();
        let schema = Arc::new(layout.schema());
        let frame = columns.and_then(|columns| RecordBatch::try_new(schema, columns));
        self.frame = frame.ok().filter(|frame| frame.num_rows() > 0);
        self.layout = Some(layout);
        self.rows = rows as u64;
        Ok(())
    }
}

impl JsonParser {
    fn builder(&self, kind: ColumnType, guess: &Guess) -> Builder {
        let builder = Builder::new(kind, self.options.time_format.unwrap_or_else(|| guess.page_format()));
        if self.options.layout.is_none() { builder.inferred(guess.nan_is_null) } else { builder }
    }
}

impl PushParser for JsonParser {
    fn push(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        if let Some(end) = &self.end {
            return end.clone();
        }
        let limit = self.options.page_limit;
        let room = limit - self.page.len();
        self.page.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        if bytes.len() > room {
            let error = error(&self.page, limit, ParseErrorKind::TooLong { limit });
            self.end = Some(Err(error.clone()));
            return Err(error);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ParseError> {
        if let Some(end) = &self.end {
            return end.clone();
        }
        let page = std::mem::take(&mut self.page);
        let end = self.read(&page);
        self.end = Some(end.clone());
        end
    }

    fn take(&mut self) -> Option<RecordBatch> {
        self.frame.take()
    }

    fn pending_rows(&self) -> usize {
        self.frame.as_ref().map_or(0, RecordBatch::num_rows)
    }

    fn rows(&self) -> u64 {
        self.rows
    }
}

/// A column's type from its first cells.
fn guess_column(name: &str, cells: &[&RawValue]) -> Guess {
    let texts = cells.iter().take(SAMPLE_ROWS as usize).filter_map(|cell| text(cell));
    let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
    guess(name, &texts.iter().map(AsRef::as_ref).collect::<Vec<_>>())
}

#[derive(serde::Deserialize)]
struct Unescaped<'a>(#[serde(borrow)] Cow<'a, str>);

/// A cell's text: a string without its quotes and escapes, anything else as it stands; `None` for null.
fn text(cell: &RawValue) -> Option<Cow<'_, [u8]>> {
    match cell.get() {
        "null" => None,
        raw if raw.starts_with('"') => match serde_json::from_slice(raw.as_bytes()) {
            Ok(Unescaped(Cow::Borrowed(text))) => Some(Cow::Borrowed(text.as_bytes())),
            Ok(Unescaped(Cow::Owned(text))) => Some(Cow::Owned(text.into_bytes())),
            // A lone surrogate escape: valid JSON, but no text. The column decides what it makes of it.
            Err(_) => Some(Cow::Borrowed(raw.as_bytes())),
        },
        raw => Some(Cow::Borrowed(raw.as_bytes())),
    }
}

/// An error at a byte of the page. No record is complete before the page is.
fn error(page: &[u8], at: usize, kind: ParseErrorKind) -> ParseError {
    let newlines = page.iter().take(at).filter(|&&byte| byte == b'\n').count();
    ParseError { kind, column: None, record: 0, line: newlines as u64 + 1, byte: at as u64 }
}

fn syntax_error(page: &str, cause: &serde_json::Error) -> ParseError {
    if cause.is_eof() {
        return error(page.as_bytes(), page.len(), ParseErrorKind::Truncated);
    }
    let line_start: usize =
        page.split_inclusive('\n').take(cause.line().saturating_sub(1)).map(str::len).sum();
    let message = cause.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_string();
    let at = line_start + cause.column().saturating_sub(1);
    error(page.as_bytes(), at, ParseErrorKind::Malformed(message))
}
