//! Reading a stream's data: raw, or decimated for a quick look.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use streamscope_frame::{Batch, Column, ColumnType, JouleLayout, Layout};

use super::answer::{Answer, Ask, Fineness};
use super::envelope::Envelope;
use super::rows::Rows;
use super::shard::RawRows;
use crate::bins;
use crate::joule::{Address, DataStream, Element, Joule, time};
use crate::reduced::Reduced;
use crate::{Error, Progress, Read, Reduction, Result};

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

/// Data under way. Batches never span the bounds of intervals.
pub struct DataRead {
    joule: Joule,
    stream: DataStream,
    query: DataQuery,
    level: u64,
    way: Way,
}

/// How the data come.
pub(super) enum Way {
    /// Every row, in as many answers as it takes.
    Raw(Box<RawRows>),
    /// One answer, or none.
    Rows(Box<Rows>),
    Envelope(Box<Envelope>),
    Reduced(Box<Reduced>),
}

impl Joule {
    /// Reads a stream's data (`GET /data`). Resolves when it is known how finely they come.
    ///
    /// Columns are `time` and the stream's elements in their own types; of decimated data, for each element first the
    /// means (`V_mean`), then the minima (`V_min`), then the maxima (`V_max`), as 32-bit floats. Where there are no
    /// data, the read gives no frame: see [`DataRead::why_empty`].
    pub async fn data_read(&self, query: &DataQuery) -> Result<DataRead> {
        query.fineness()?;
        time::range(query.start_ns, query.end_ns)?;
        let stream = self.data_stream_get(query.stream.clone()).await?;
        let elements = columns_of(&stream.elements);
        let (level, way) = self.way(query, layout_of(&stream)?, &elements).await?;
        Ok(DataRead { joule: self.clone(), stream, query: query.clone(), level, way })
    }

    /// The way to the data of a stream of this layout, and rows per bin.
    pub(super) async fn way(
        &self,
        query: &DataQuery,
        format: JouleLayout,
        elements: &[Column],
    ) -> Result<(u64, Way)> {
        let fineness = query.fineness()?;
        let bounds = time::range(query.start_ns, query.end_ns)?;
        let ask = Ask { stream: query.stream.clone(), bounds: bounds.unwrap_or_default(), fineness };
        let raw = |answer| {
            let ask = Ask { fineness: Fineness::Raw, ..ask.clone() };
            Rows::new(self, ask, format, elements.to_vec(), answer)
        };
        if bounds.is_none() || fineness == Fineness::Raw {
            let rows = RawRows::new(self, query.stream.clone(), bounds, format, elements.to_vec());
            return Ok((1, Way::Raw(Box::new(rows))));
        }
        let Some(answer) = self.ask(&ask).await? else {
            return Ok((1, Way::Rows(Box::new(raw(None).done()))));
        };
        let level = answer.level;
        if level == 1 {
            return Ok((1, Way::Rows(Box::new(raw(Some(answer))))));
        }
        let way = self.decimated(query, &ask, answer, format, elements).await?;
        let reduced = || {
            let (rows, layout) = (Box::new(raw(None)), decimated_layout(elements));
            Way::Reduced(Box::new(Reduced::new(rows, level, layout)))
        };
        Ok((level, way.unwrap_or_else(reduced)))
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
        let mut rows = Rows::new(
            self,
            ask.clone(),
            answer.format,
            bins::columns(elements, ColumnType::Float32),
            Some(answer),
        );
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
pub(super) fn columns_of(elements: &[Element]) -> Vec<Column> {
    let mut ordered: Vec<_> = elements.iter().collect();
    ordered.sort_by_key(|element| element.index);
    // The type is the layout's.
    let column = |element: &&Element| Column::new(&element.name, ColumnType::Float).with_unit(&element.units);
    ordered.iter().map(column).collect()
}

pub(super) fn layout_of(stream: &DataStream) -> Result<JouleLayout> {
    stream
        .layout
        .parse()
        .map_err(|error| Error::protocol(format!("The stream's layout cannot be read: {error}.")))
}

/// The columns of decimated rows of these elements.
pub(super) fn decimated_layout(elements: &[Column]) -> Layout {
    let time = Column::new("time", ColumnType::Time);
    Layout::new([time].into_iter().chain(bins::columns(elements, ColumnType::Float32)).collect())
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
}

impl Way {
    pub(super) async fn next(&mut self) -> Result<Option<Batch>> {
        match self {
            Self::Raw(rows) => rows.next().await,
            Self::Rows(rows) => rows.next().await,
            Self::Envelope(envelope) => envelope.next().await,
            Self::Reduced(reduced) => reduced.next_batch().await,
        }
    }

    pub(super) fn layout(&self) -> &Layout {
        match self {
            Self::Raw(rows) => rows.layout(),
            Self::Rows(rows) => rows.layout(),
            Self::Envelope(envelope) => envelope.layout(),
            Self::Reduced(reduced) => reduced.layout(),
        }
    }

    pub(super) fn progress(&self) -> Progress {
        match self {
            Self::Raw(rows) => rows.progress(),
            Self::Rows(rows) => rows.progress(),
            Self::Envelope(envelope) => envelope.progress(),
            Self::Reduced(reduced) => reduced.progress(),
        }
    }
}

impl Read for DataRead {
    fn layout(&self) -> &Layout {
        self.way.layout()
    }

    fn next_batch(&mut self) -> LocalBoxFuture<'_, Result<Option<Batch>>> {
        self.way.next().boxed_local()
    }

    fn declares_gaps(&self) -> bool {
        true
    }

    fn reduction(&self) -> Reduction {
        Reduction::of(self.level)
    }

    fn progress(&self) -> Progress {
        self.way.progress()
    }
}
