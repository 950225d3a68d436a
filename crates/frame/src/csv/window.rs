//! A file that is read from any place: what its beginning shows serves every part of it.
//!
//! [`CsvFile::find`] looks at the beginning; [`CsvFile::learn`] at other parts, so that a column of whole numbers that has
//! fractions further on is one of floats everywhere; [`CsvFile::parser`] reads from any record on. Records are found by
//! their line ends: a quoted text that runs over lines, where a part happens to begin inside it, is an error or no record,
//! and never a wrong value, unless the text itself looks like a row of the table.

use super::{CsvOptions, CsvParser, Dialect, Marks, State, count};
use crate::column::{Builder, Manner};
use crate::infer::Guess;
use crate::time::TimeSpelling;
use crate::{Column, ColumnType, Layout, ParseError, ParseErrorKind, PushParser, RecordBatch};

/// How a file is written and what its columns hold, as its beginning shows.
#[derive(Debug, Clone)]
pub struct CsvFile {
    marks: Marks,
    manner: Manner,
    names: Vec<String>,
    plan: Vec<usize>,
    layout: Layout,
    guesses: Vec<Guess>,
    /// The column that somebody named as that of times.
    named_time: Option<String>,
    /// Where the first record after the header begins.
    first: u64,
    /// Lines up to and with the header.
    header_line: u64,
}

impl CsvFile {
    /// Looks at the beginning of a file, or at `whole` of it. A mebibyte is enough. What `dialect` does not say shows by
    /// itself, or is refused.
    pub fn find(head: &[u8], whole: bool, dialect: &Dialect) -> Result<Self, ParseError> {
        let named_time = dialect.time_column.clone();
        let dialect = Some(dialect.clone());
        let mut parser = CsvParser::new(CsvOptions { dialect, ..CsvOptions::default() });
        parser.push(head)?;
        if whole {
            let end = parser.finish();
            end.or_else(|error| if error.kind == ParseErrorKind::Truncated { Ok(()) } else { Err(error) })?;
        } else {
            parser.end_sample()?;
        }
        let no_header = || ParseError {
            kind: ParseErrorKind::Header("there is no line with the names of columns".into()),
            column: None,
            record: 0,
            line: 1,
            byte: 0,
        };
        let mut layout = parser.layout.take().ok_or_else(no_header)?;
        for column in &mut layout.columns {
            column.unit = unit(&column.name).map(Into::into);
        }
        let CsvParser { marks, manner, names, plan, guesses, first, header_line, .. } = parser;
        Ok(Self { marks, manner, names, plan, layout, guesses, named_time, first, header_line })
    }

    /// The columns. Units are those that stand in brackets at the end of a name.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The column of times, the one that was named or else the first; `None` where none was understood as such.
    pub fn time_column(&self) -> Option<usize> {
        let named = |column: &Column| self.named_time.as_ref().is_none_or(|name| *name == column.name);
        self.layout.columns.iter().position(|column| column.kind == ColumnType::Time && named(column))
    }

    /// Whether its times are those of a clock whose zone the file does not name.
    pub fn is_local(&self) -> bool {
        let guess = self.time_column().and_then(|column| self.guesses.get(column));
        guess.is_some_and(|guess| {
            guess.times.is_none_or(|times| times.places().is_none()) && !guess.names_zone
        })
    }

    /// Where the first record after the header begins.
    pub fn first_record(&self) -> u64 {
        self.first
    }

    /// Where a record begins in a part of the file that begins anywhere: behind its first line end. `None` where the part
    /// holds none.
    pub fn record_in(&self, part: &[u8]) -> Option<usize> {
        part.iter().position(|byte| *byte == self.marks.newline).map(|at| at + 1)
    }

    /// Where the last record that ends in a part ends.
    pub fn records_end(&self, part: &[u8]) -> usize {
        part.iter().rposition(|byte| *byte == self.marks.newline).map_or(0, |at| at + 1)
    }

    /// Some of the columns, in this order.
    pub fn columns(&self, places: &[usize]) -> Layout {
        Layout::new(places.iter().filter_map(|place| self.layout.columns.get(*place).cloned()).collect())
    }

    /// A parser of records from this place of the file on, which reads only these columns and gives them in this order.
    /// Its frames come out as they are complete.
    pub fn parser(&self, at: u64, columns: &[usize]) -> CsvParser {
        let mut parser = self.learner(at, columns);
        parser.options.layout = parser.layout.clone();
        parser
    }

    /// The complete rows of a part that begins with a record, `at` this place. Whole numbers become floats for the whole
    /// file, where this part needs it. `last`: the file ends with it.
    pub fn learn(&mut self, part: &[u8], at: u64, last: bool) -> Result<Option<RecordBatch>, ParseError> {
        let all: Vec<usize> = (0..self.layout.columns.len()).collect();
        let mut parser = self.learner(at, &all);
        parser.push(part)?;
        if last {
            let end = parser.finish();
            end.or_else(|error| if error.kind == ParseErrorKind::Truncated { Ok(()) } else { Err(error) })?;
        }
        parser.state = State::Done;
        let rows = parser.take();
        if let Some(layout) = parser.layout.take() {
            self.layout = layout;
            self.guesses = parser.guesses;
        }
        Ok(rows)
    }

    /// How it was understood: what, and how.
    pub fn understood(&self) -> Vec<(&'static str, String)> {
        let separator = match self.marks.separator {
            b'\t' => "tab",
            b';' => "semicolon",
            b'|' => "bar",
            _ => "comma",
        };
        let decimals = if self.manner.decimal_comma { "after a comma" } else { "after a point" };
        let mut said = vec![
            ("columns parted by", separator.to_string()),
            ("decimals", decimals.to_string()),
            ("header", format!("line {}", self.header_line)),
        ];
        if let Some(place) = self.time_column()
            && let (Some(column), Some(guess)) = (self.layout.columns.get(place), self.guesses.get(place))
        {
            let (form, zone) = match guess.times.unwrap_or(TimeSpelling::Iso) {
                TimeSpelling::Unix => ("seconds since 1970", None),
                TimeSpelling::UnixMs => ("milliseconds since 1970", None),
                TimeSpelling::UnixUs => ("microseconds since 1970", None),
                TimeSpelling::UnixNs => ("nanoseconds since 1970", None),
                TimeSpelling::Dmy => ("day, month, year", Some(())),
                TimeSpelling::Mdy => ("month, day, year", Some(())),
                TimeSpelling::Iso | TimeSpelling::None => ("year, month, day", Some(())),
            };
            said.push(("time", format!("column {}: {form}", column.name)));
            let where_none =
                if self.is_local() { "none is written: UTC" } else { "as written; UTC where none is" };
            said.extend(zone.map(|()| ("zone", where_none.to_string())));
        }
        said
    }

    /// A parser whose columns of whole numbers may still become floats; it keeps its rows until its end.
    fn learner(&self, at: u64, columns: &[usize]) -> CsvParser {
        let mut parser = CsvParser::new(CsvOptions::default());
        parser.marks = self.marks;
        parser.index.mark(self.marks);
        parser.manner = self.manner.clone();
        parser.names = self.names.clone();
        let place = |column: &usize| columns.iter().position(|wanted| wanted == column);
        // No builder has this place: the column is passed over.
        parser.plan = self.plan.iter().map(|column| place(column).unwrap_or(usize::MAX)).collect();
        parser.guesses = columns.iter().filter_map(|column| self.guesses.get(*column).copied()).collect();
        parser.byte = at;
        let layout = self.columns(columns);
        let builders = layout.columns.iter().zip(&parser.guesses).map(|(column, guess)| {
            let times = guess.times.unwrap_or(TimeSpelling::Iso);
            Builder::of_file(column.kind, times).inferred(guess.nan_is_null)
        });
        let builders = builders.collect();
        parser.begin_rows(layout, builders);
        parser
    }
}

impl CsvParser {
    /// Notes where the rows of a file begin.
    pub(super) fn note_header(&mut self, record: &[u8]) {
        self.first = self.byte + record.len() as u64;
        self.header_line = self.line + count(record, self.marks.newline).max(1) as u64;
    }
}

/// The unit in brackets at the end of a name: "Flow [l/s]", "acc_x (g)".
pub(crate) fn unit(name: &str) -> Option<&str> {
    let name = name.trim();
    let pairs = [('[', ']'), ('(', ')')];
    pairs.into_iter().find_map(|(open, close)| {
        let (before, unit) = name.strip_suffix(close)?.rsplit_once(open)?;
        (!before.trim().is_empty() && !unit.trim().is_empty()).then(|| unit.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_stands_in_brackets_behind_a_name() {
        let units = ["Flow [l/s]", "acc_x (g)", "(g)", "f(x) of y", "speed []"].map(unit);
        assert_eq!(units, [Some("l/s"), Some("g"), None, None, None]);
    }
}
