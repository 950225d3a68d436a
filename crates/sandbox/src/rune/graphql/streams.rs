//! Stream types and stream metadata.

use async_graphql::{ComplexObject, InputObject, SimpleObject};

use super::page::{Cursor, PageInfo, page};
use super::{Context, Result, state};
use crate::rune::catalogue::{Catalogue, Stream, StreamType};

/// Small, so that paging happens with few recordings.
const STREAMS: usize = 10;
/// The platform refuses more ids in one call.
const MAX_IDS: usize = 100;

#[derive(SimpleObject)]
pub(super) struct StreamTypeList<'a> {
    pub(super) stream_types: &'a [StreamType],
}

#[derive(SimpleObject)]
pub(super) struct StreamList<'a> {
    page_info: PageInfo,
    streams: Vec<&'a Stream>,
}

#[ComplexObject]
impl Stream {
    async fn device_id(&self) -> String {
        self.device()
    }

    async fn stream_type<'a>(&self, context: &Context<'a>) -> Result<&'a StreamType> {
        let kind = state(context)?.catalogue.stream_type(&self.stream_type_id);
        kind.ok_or_else(|| "stream type not found".into())
    }
}

#[derive(InputObject)]
struct StreamParameterFilter {
    key: String,
    value: String,
}

/// What streams must match; all that is given.
#[derive(Default, InputObject)]
pub(super) struct StreamQueryFilters {
    patient_id: Option<String>,
    device_id: Option<String>,
    stream_type_id: Option<String>,
    algorithm: Option<String>,
    parameters: Option<Vec<StreamParameterFilter>>,
}

impl StreamQueryFilters {
    fn matches(&self, stream: &Stream) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        let labelled = |filter: &StreamParameterFilter| {
            stream.parameters.iter().any(|label| label.key == filter.key && label.value == filter.value)
        };
        is(&self.patient_id, &stream.patient_id)
            && is(&self.device_id, &stream.device())
            && is(&self.stream_type_id, &stream.stream_type_id)
            && is(&self.algorithm, &stream.algorithm)
            && self.parameters.iter().flatten().all(labelled)
    }
}

/// The streams with these ids; ids that are not known are left out.
pub(super) fn by_ids(catalogue: &Catalogue, ids: Vec<Option<String>>) -> Result<StreamList<'_>> {
    if ids.len() > MAX_IDS {
        return Err(format!("at most {MAX_IDS} streams can be queried by id at a time").into());
    }
    let streams = ids.iter().flatten().filter_map(|id| catalogue.stream(id)).collect();
    Ok(StreamList { page_info: PageInfo::default(), streams })
}

/// A page of the streams that match.
pub(super) fn list<'a>(
    catalogue: &'a Catalogue,
    filters: &StreamQueryFilters,
    cursor: Option<Cursor>,
) -> Result<StreamList<'a>> {
    let streams: Vec<_> = catalogue.streams.iter().filter(|stream| filters.matches(stream)).collect();
    let (streams, page_info) = page("streams", &streams, STREAMS, cursor)?;
    Ok(StreamList { page_info, streams: streams.to_vec() })
}
