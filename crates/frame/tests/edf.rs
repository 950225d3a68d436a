//! EDF and BDF files, made here byte by byte from their descriptions.

mod header;
mod maker;
mod mutated;
mod notes;
mod rows;
mod write;

use streamscope_frame::{EdfFile, EdfHeader, EdfNotes, ParseError, floats, times};

/// A signal's rows: times, values, and the rows that begin an interval.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Rows {
    pub(crate) times: Vec<i64>,
    pub(crate) values: Vec<f64>,
    pub(crate) begins: Vec<usize>,
}

/// A file that is open, and its bytes.
pub(crate) struct Open<'a> {
    pub(crate) file: EdfFile,
    pub(crate) notes: EdfNotes,
    bytes: &'a [u8],
}

/// Opens a file as whoever reads one does.
pub(crate) fn open(bytes: &[u8]) -> Result<Open<'_>, ParseError> {
    let start = bytes.get(..EdfHeader::START).unwrap_or(bytes);
    let length = EdfHeader::length(start)?;
    let header = EdfHeader::read(bytes.get(..length).unwrap_or(bytes))?;
    let mut notes = EdfNotes::new();
    if header.kind.is_plus {
        for record in 0..header.records_in(bytes.len() as u64) {
            let places = EdfNotes::places(&header, record)?;
            let parts: Vec<_> =
                places.iter().map(|place| &bytes[place.start as usize..place.end as usize]).collect();
            notes.record(&header, &parts)?;
        }
    }
    let file = if header.kind.has_gaps {
        EdfFile::timed(header, &notes)?
    } else {
        EdfFile::continuous(header, bytes.len() as u64, &notes)?
    };
    Ok(Open { file, notes, bytes })
}

impl Open<'_> {
    /// All rows of a signal, read in windows of about so many bytes.
    pub(crate) fn read(&self, signal: usize, most_bytes: u64, raw: bool) -> Result<Rows, ParseError> {
        let mut rows = Rows::default();
        let mut left = 0..self.file.samples(signal);
        while let Some(window) = self.file.window(signal, left.clone(), most_bytes) {
            assert!(window.samples.start == left.start && window.samples.end > left.start);
            left.start = window.samples.end;
            let bytes = &self.bytes[window.bytes.start as usize..window.bytes.end as usize];
            let batch = self.file.rows(signal, &window, bytes, raw)?;
            assert_eq!(batch.rows.num_rows() as u64, window.samples.end - window.samples.start);
            if batch.begins_interval {
                rows.begins.push(rows.times.len());
            }
            rows.times.extend(times(&batch.rows).unwrap());
            rows.values.extend(floats(batch.rows.column(1)).unwrap().iter());
        }
        Ok(rows)
    }
}
