//! Data in one answer.

use std::collections::BTreeMap;

use streamscope_frame::{HexoskinAnswer, HexoskinCsvParser, HexoskinPoints, RecordBatch, TickRate};

use super::Format;
use super::thinned;
use crate::hexoskin::Hexoskin;
use crate::hexoskin::filters::Filters;
use crate::hexoskin::object::Object;
use crate::transport::Request;
use crate::{Error, ErrorKind, Result};

/// Parameters that change an answer's shape, whatever their value, and the call that reads it, in Rust and JavaScript.
const SHAPES: [(&str, &str); 2] = [
    ("flat", "data_flat (dataFlat in JavaScript)"),
    ("no_timestamps", "data_values (dataValues in JavaScript)"),
];

/// Values of one datatype, as the server sent them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Ticks since the Unix epoch: 1/256 s, of some records 1/1000 s. Empty where no times were asked for.
    pub ticks: Vec<i64>,
    /// Values; NaN where the server has null.
    pub values: Vec<f64>,
    /// How many samples a value stands for: more than 1 where the server thinned, which it does not say itself.
    /// [`Hexoskin::samples`] returns them all.
    pub one_in: u64,
}

impl Series {
    /// Times and values, pair by pair.
    pub fn points(&self) -> impl Iterator<Item = (i64, f64)> {
        self.ticks.iter().copied().zip(self.values.iter().copied())
    }
}

/// What the data of one user are.
#[derive(Debug, Clone, PartialEq)]
pub struct DataResult {
    /// The user, where the server names one.
    pub user: Option<Object>,
    /// Values by datatype id. A datatype without values may be missing, or be there and empty.
    pub data: BTreeMap<i64, Series>,
}

/// Data of all users that a request matched; empty where it matched none.
pub type DataList = Vec<DataResult>;

impl Hexoskin {
    /// Data in one JSON answer, by user and datatype: `record=99999, datatype__in=19,33,49`. Of more than 65,535 values of
    /// a datatype the server sends a part, which shows in [`Series::one_in`].
    pub async fn data_list(&self, filters: &Filters) -> Result<DataList> {
        let answer = self.answer(&self.shaped(filters, &[])?).await?;
        let mut results = Vec::with_capacity(answer.users.len());
        for user in answer.users {
            let mut data = BTreeMap::new();
            for (id, points) in user.data {
                let id = id.parse().map_err(|_| Error::protocol(format!("\"{id}\" is no datatype's id.")))?;
                data.insert(id, self.series(Some(id), points, filters).await?);
            }
            results.push(DataResult { user: user.user.and_then(|uri| self.object_of(&uri)), data });
        }
        Ok(results)
    }

    /// Data in one JSON answer without user and datatype: for requests that match one of each. Of several, nobody can tell
    /// whose a value is.
    pub async fn data_flat(&self, filters: &Filters) -> Result<Series> {
        let filters = self.shaped(filters, &[("flat", "1")])?;
        let points = self.answer(&filters).await?.flat;
        self.series(only_datatype(&filters), points, &filters).await
    }

    /// The same without times. Without times, thinning shows by the count alone.
    pub async fn data_values(&self, filters: &Filters) -> Result<Series> {
        let filters = self.shaped(filters, &[("flat", "1"), ("no_timestamps", "1")])?;
        let HexoskinPoints { values, .. } = self.answer(&filters).await?.flat;
        let one_in = if values.len() >= ceiling(&filters) { 2 } else { 1 };
        Ok(Series { ticks: Vec::new(), values, one_in })
    }

    /// Data in one CSV answer: a column `time`, and one per datatype, named by its URI. `ticks` are those of the record.
    pub async fn data_table(&self, filters: &Filters, ticks: TickRate) -> Result<Vec<RecordBatch>> {
        let mut download = self.data_download(&self.shaped(filters, &[])?, Format::Csv).await?;
        let mut parser = HexoskinCsvParser::new(ticks);
        let mut frames = Vec::new();
        let request = download.request.clone();
        let refuse = |parse| self.unreadable(&request, parse);
        while let Some(bytes) = download.next_chunk().await? {
            parser.push(&bytes).map_err(refuse)?;
            frames.extend(parser.take().map_err(refuse)?);
        }
        parser.finish().map_err(refuse)?;
        frames.extend(parser.take().map_err(refuse)?);
        Ok(frames)
    }

    /// Filters with the parameters of a shape. The person's own are refused.
    fn shaped(&self, filters: &Filters, shape: &[(&str, &str)]) -> Result<Filters> {
        if filters.get("seconds").is_some() {
            return Err(Error::invalid("seconds would round the times: leave it out, times are exact here."));
        }
        if let Some((name, call)) = SHAPES.into_iter().find(|(name, _)| filters.has(name)) {
            return Err(Error::invalid(format!(
                "{name} makes another shape of answer, with any value: leave it out, or call {call}."
            )));
        }
        Ok(shape.iter().fold(filters.clone(), |filters, (name, value)| filters.with(*name, *value)))
    }

    async fn answer(&self, filters: &Filters) -> Result<HexoskinAnswer> {
        let request = self.data_request(filters, Format::Json).await?;
        let body = self.http.fetch_document(&request).await?;
        HexoskinAnswer::parse(&body).map_err(|parse| self.unread(&request, &body, parse))
    }

    async fn series(&self, id: Option<i64>, points: HexoskinPoints, filters: &Filters) -> Result<Series> {
        let HexoskinPoints { ticks, values } = points;
        let step = match id {
            Some(id) if ticks.len() > 2 => self.step(id).await?,
            _ => None,
        };
        let one_in = thinned::one_in(&ticks, step, ceiling(filters));
        Ok(Series { ticks, values, one_in })
    }

    /// Ticks between samples of a datatype, where the server tells.
    async fn step(&self, id: i64) -> Result<Option<i64>> {
        match self.datatype(id).await {
            Ok(datatype) => Ok(datatype.hexo_step),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The error for an answer that is another than was asked for.
    pub(super) fn unread(
        &self,
        request: &Request,
        body: &[u8],
        parse: streamscope_frame::ParseError,
    ) -> Error {
        self.http.refuse_page(request, body).err().unwrap_or_else(|| self.unreadable(request, parse))
    }

    pub(super) fn unreadable(&self, request: &Request, parse: streamscope_frame::ParseError) -> Error {
        let error = Error::new(ErrorKind::Body, format!("The body cannot be read: {parse}."));
        self.http.about(Error { parse: Some(Box::new(parse)), ..error }, request)
    }
}

/// The datatype, where one alone is asked for.
fn only_datatype(filters: &Filters) -> Option<i64> {
    filters.get("datatype").or_else(|| filters.get("datatype__in"))?.parse().ok()
}

/// From how many values on an answer may be thinned.
fn ceiling(filters: &Filters) -> usize {
    let own = filters.get("max_values").and_then(|text| text.parse().ok());
    own.map_or(thinned::CEILING, |own: usize| own.min(thinned::CEILING))
}
