//! Reading a stream's data: raw, or decimated for a quick look.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Column, ColumnType, JouleFrame, JouleLayout, Layout, RecordBatch};

use super::answer::{Answer, Ask, Fineness};
use super::bins;
use super::envelope::Envelope;
use super::reduce::Reduce;
use super::rows::Rows;
use crate::joule::{Address, DataStream, Element, Joule, time};
use crate::{Error, Progress, Read, Result};

/// Which data of a stream, and how finely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataQuery {
    /// The stream.
    pub stream: Address,
    /// First instant, ns; open when absent.
    pub start_ns: Option<i64>,
    /// First instant after, ns; open when absent.
    pub end_ns: Option<i64>,
    /// About how many rows are wanted at most. Where there are more, rows come as an envelope of mean, minimum and
    /// maximum per bin; it leaves out no sample, so that there may be a few rows more.
    pub max_rows: Option<u64>,
    /// Bins of exactly so many rows, a power of 4, as the node keeps them and nothing else: what makes no bin is
    /// missing.
    pub decimation_level: Option<u64>,
}

impl DataQuery {
    /// All rows of a stream.
    pub fn new(stream: impl Into<Address>) -> Self {
        Self { stream: stream.into(), start_ns: None, end_ns: None, max_rows: None, decimation_level: None }
    }

    fn fineness(&self) -> Result<Fineness> {
        match (self.max_rows, self.decimation_level) {
            (Some(_), Some(_)) => {
                Err(Error::invalid("max_rows and decimation_level are both given: one decides the other."))
            }
            (Some(0), _) => {
                Err(Error::invalid("max_rows is 0: give at least 1, or leave it out for all rows."))
            }
            (_, Some(0)) => {
                Err(Error::invalid("decimation_level is 0: give 1 for raw rows, or a power of 4."))
            }
            (Some(rows), None) => Ok(Fineness::MostRows(rows)),
            (None, Some(level)) if level > 1 => Ok(Fineness::Level(level)),
            _ => Ok(Fineness::Raw),
        }
    }
}

/// Why a read gave no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptiness {
    /// The stream holds no data at all: it was never written, or emptied.
    NoData,
    /// The stream holds data, but none in the window.
    OutsideWindow,
    /// The node keeps no decimated data of this stream (`decimate` is off).
    NotDecimated,
    /// There are rows, but too few for a single bin of this level (or the node keeps no such level).
    TooCoarse,
}

/// Data under way. Frames never span the bounds of intervals: [`Read::begins_interval`] tells where one begins.
pub struct DataRead {
    joule: Joule,
    stream: DataStream,
    query: DataQuery,
    level: u64,
    way: Way,
    begins_interval: bool,
}

enum Way {
    Rows(Box<Rows>),
    Envelope(Box<Envelope>),
    Reduce(Box<Reduce>),
}

impl Joule {
    /// Reads a stream's data (`GET /data`). Resolves when it is known how finely they come.
    ///
    /// Columns are `time` and the stream's elements in their own types; of decimated data, for each element first the
    /// means (`V_mean`), then the minima (`V_min`), then the maxima (`V_max`), as 32-bit floats. Where there are no
    /// data, the read gives no frame: see [`DataRead::why_empty`].
    pub async fn data_read(&self, query: &DataQuery) -> Result<DataRead> {
        let fineness = query.fineness()?;
        let bounds = time::range(query.start_ns, query.end_ns)?;
        let stream = self.data_stream_get(query.stream.clone()).await?;
        let format = layout_of(&stream)?;
        let elements = columns_of(&stream.elements);
        let ask = Ask { stream: query.stream.clone(), bounds: bounds.unwrap_or_default(), fineness };
        let raw = |answer| {
            Rows::new(self, Ask { fineness: Fineness::Raw, ..ask.clone() }, format, elements.clone(), answer)
        };
        let (level, way) = match (bounds, fineness) {
            (None, _) => (1, Way::Rows(Box::new(raw(None).done()))),
            (_, Fineness::Raw) => (1, Way::Rows(Box::new(raw(None)))),
            _ => match self.ask(&ask).await? {
                None => (1, Way::Rows(Box::new(raw(None).done()))),
                Some(answer) if answer.level == 1 => (1, Way::Rows(Box::new(raw(Some(answer))))),
                Some(answer) => {
                    let level = answer.level;
                    let way = self.decimated(query, &ask, answer, format, &elements).await?;
                    (
                        level,
                        way.unwrap_or_else(|| {
                            let layout = decimated_layout(bins::columns(&elements));
                            Way::Reduce(Box::new(Reduce::new(raw(None), level, layout)))
                        }),
                    )
                }
            },
        };
        Ok(DataRead { joule: self.clone(), stream, query: query.clone(), level, way, begins_interval: false })
    }

    /// Reads decimated rows from an answer; `None` when there are rows in the window, but the node has no bins of them.
    async fn decimated(
        &self,
        query: &DataQuery,
        ask: &Ask,
        answer: Answer,
        format: JouleLayout,
        elements: &[Column],
    ) -> Result<Option<Way>> {
        let level = answer.level;
        if answer.format != format.decimated() {
            let words = format!(
                "The node decimates rows of {format} to rows of {}, not of {}.",
                answer.format,
                format.decimated()
            );
            return Err(self.http.about(Error::protocol(words), &answer.request));
        }
        let exact = matches!(ask.fineness, Fineness::Level(_));
        let ask = Ask { fineness: Fineness::Level(level), ..ask.clone() };
        let mut rows = Rows::new(self, ask.clone(), answer.format, bins::columns(elements), Some(answer));
        if exact {
            return Ok(Some(Way::Rows(Box::new(rows))));
        }
        let Some(begun) = rows.next().await? else { return Ok(None) };
        let intervals = self.data_intervals(query.stream.clone(), query.start_ns, query.end_ns).await?;
        let envelope = Envelope::new(self, ask, level, format, intervals, (begun, rows));
        Ok(Some(Way::Envelope(Box::new(envelope))))
    }
}

/// The columns of a stream's elements, by their index.
fn columns_of(elements: &[Element]) -> Vec<Column> {
    let mut ordered: Vec<_> = elements.iter().collect();
    ordered.sort_by_key(|element| element.index);
    // The type is the layout's.
    let column = |element: &&Element| Column::new(&element.name, ColumnType::Float).with_unit(&element.units);
    ordered.iter().map(column).collect()
}

fn layout_of(stream: &DataStream) -> Result<JouleLayout> {
    stream
        .layout
        .parse()
        .map_err(|error| Error::protocol(format!("The stream's layout cannot be read: {error}.")))
}

fn decimated_layout(columns: Vec<Column>) -> Layout {
    Layout::new([Column::new("time", ColumnType::Time)].into_iter().chain(columns).collect())
}

impl DataRead {
    /// The stream's metadata.
    pub fn stream(&self) -> &DataStream {
        &self.stream
    }

    /// Rows of a bin; 1 for raw rows.
    pub fn level(&self) -> u64 {
        self.level
    }

    /// Why a read that has ended gave no row. Asks the node where its answer alone does not tell.
    pub async fn why_empty(&self) -> Result<Emptiness> {
        let all = self.joule.data_intervals(self.query.stream.clone(), None, None).await?;
        if all.is_empty() {
            return Ok(Emptiness::NoData);
        }
        let DataQuery { start_ns, end_ns, .. } = self.query;
        let inside = self.joule.data_intervals(self.query.stream.clone(), start_ns, end_ns).await?;
        Ok(match (inside.is_empty(), self.stream.decimate) {
            (true, _) => Emptiness::OutsideWindow,
            (false, false) => Emptiness::NotDecimated,
            (false, true) => Emptiness::TooCoarse,
        })
    }

    async fn frame(&mut self) -> Result<Option<RecordBatch>> {
        let next = match &mut self.way {
            Way::Rows(rows) => rows.next().await,
            Way::Envelope(envelope) => envelope.next().await,
            Way::Reduce(reduce) => reduce.next().await,
        };
        Ok(next?.map(|JouleFrame { rows, begins_interval }| {
            self.begins_interval = begins_interval;
            rows
        }))
    }
}

impl Read for DataRead {
    fn layout(&self) -> &Layout {
        match &self.way {
            Way::Rows(rows) => rows.layout(),
            Way::Envelope(envelope) => envelope.layout(),
            Way::Reduce(reduce) => reduce.layout(),
        }
    }

    fn next_frame(&mut self) -> LocalBoxFuture<'_, Result<Option<RecordBatch>>> {
        self.frame().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        true
    }

    fn begins_interval(&self) -> bool {
        self.begins_interval
    }

    fn progress(&self) -> Progress {
        match &self.way {
            Way::Rows(rows) => rows.progress(),
            Way::Envelope(envelope) => envelope.progress(),
            Way::Reduce(reduce) => reduce.rows.progress(),
        }
    }
}
