//! Braincube as the explorer sees it: memory bases are subjects within braincubes, variables are streams.
//!
//! Where a memory base dates its rows, that date is every stream's time. Where it does not, streams have no time, and
//! say what orders their rows instead.

use std::collections::BTreeMap;
use std::rc::Rc;

use futures_util::future::{LocalBoxFuture, ready};
use futures_util::stream::{self, LocalBoxStream};
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use percent_encoding::percent_decode_str;
use streamscope_frame::{BraincubeColumn, ColumnType};
use streamscope_signal::TimeZone;

use super::address::BaseId;
use super::connector::{ABOUT, DATA_GROUP};
use super::data::{OrderedRead, Rows, TimedRead};
use super::filter::write_filter;
use super::info::BaseInfo;
use super::model::{Item, Variable};
use super::{Braincube, DataGroup, Pages, reproduce};
use crate::reproduce::{Language, Picture};
use crate::source::{FirstRows, StoredFilter};
use crate::{
    About, Ask, Dimension, Display, Error, Event, Extent, Filter, Read, Result, Source, StreamInfo, Subject,
    TimeRange, url,
};

/// Items asked for at a time: lists of thousands come in few requests.
const PAGE: u32 = 1000;

impl BaseId {
    /// The id of the subject: both parts encoded, so that a slash in a name does not part it.
    pub(super) fn subject_id(&self) -> String {
        format!("{}/{}", url::encode(&self.braincube), url::encode(&self.id))
    }

    /// The memory base of a subject; `None` for a braincube.
    fn of_subject(subject_id: &str) -> Option<Self> {
        let (braincube, id) = subject_id.split_once('/')?;
        let decode = |text: &str| percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned());
        Some(Self { braincube: decode(braincube)?, id: decode(id)? })
    }
}

impl Source for Braincube {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn subjects(&self, within: Option<&str>) -> LocalBoxStream<'static, Result<Vec<Subject>>> {
        let braincube = self.clone();
        let Some(within) = within else {
            return stream::once(async move { braincube.top_subjects().await }).boxed_local();
        };
        if within.contains('/') {
            return stream::empty().boxed_local();
        }
        let name = percent_decode_str(within).decode_utf8_lossy().into_owned();
        let within = within.to_string();
        let pages = braincube.memory_bases(&name).map(|pages| paged(pages.with_page_size(PAGE)));
        let subject = move |base: super::MemoryBase| Subject {
            id: BaseId::new(&name, &base.id).subject_id(),
            name: base.name,
            parent: Some(within.clone()),
            has_inner: false,
            devices: Vec::new(),
        };
        flat(pages).map_ok(move |page| page.into_iter().map(&subject).collect()).boxed_local()
    }

    fn streams(&self, subject_id: &str) -> LocalBoxStream<'static, Result<Vec<StreamInfo>>> {
        // A braincube has no streams of its own.
        let Some(base) = BaseId::of_subject(subject_id) else { return stream::empty().boxed_local() };
        let braincube = self.clone();
        stream::once(async move { braincube.base_streams(base).await }).try_flatten().boxed_local()
    }

    fn events<'a>(&'a self, _: &'a str, _: TimeRange) -> LocalBoxFuture<'a, Result<Vec<Event>>> {
        // What Braincube calls events are conditions, not moments: they are stored filters.
        ready(Ok(Vec::new())).boxed_local()
    }

    fn stored_filters<'a>(
        &'a self,
        subject_id: &'a str,
    ) -> Option<LocalBoxFuture<'a, Result<Vec<StoredFilter>>>> {
        Some(
            async {
                match BaseId::of_subject(subject_id) {
                    Some(base) => self.stored(&base).await,
                    None => Ok(Vec::new()),
                }
            }
            .boxed_local(),
        )
    }

    fn check_filter(&self, subject_id: &str, filter: &Filter) -> Result<()> {
        let base = BaseId::of_subject(subject_id);
        let base = base.ok_or_else(|| Error::invalid("A braincube has no rows: choose a memory base."))?;
        // Zones differ by whole seconds, so that any shows what cannot be written.
        write_filter(filter, &base, &TimeZone::utc()).map(drop)
    }

    fn read(&self, ask: &Ask<'_>) -> Result<Box<dyn Read>> {
        let first = ask.streams.first().ok_or_else(|| Error::invalid("No stream is named: name one."))?;
        if ask.streams.iter().any(|stream| stream.subject_id != first.subject_id) {
            return Err(Error::invalid(
                "Variables of several memory bases have no rows in common: read them apart.",
            ));
        }
        let base = BaseId::of_subject(&first.subject_id);
        let base = base.ok_or_else(|| Error::invalid("The stream lies in no memory base."))?;
        let timed = first.dimensions.len() > 1;
        let columns = columns(ask.streams)?;
        let (range, filter) = (ask.range, ask.filter.cloned());
        let rows = Rows { base, columns, time_name: "time".into(), range, filter };
        let read: Box<dyn Read> = match timed {
            true => Box::new(TimedRead::new(self, rows)),
            false => Box::new(OrderedRead::new(self, rows)),
        };
        Ok(FirstRows::of(read, ask.most_rows))
    }

    fn reproduce(&self, language: Language, picture: Picture, ask: &Ask<'_>) -> Option<String> {
        let base = BaseId::of_subject(&ask.streams.first()?.subject_id)?;
        let info = self.infos.borrow().get(&base).cloned()?;
        reproduce::text(language, picture, &self.address, &base, &info, ask)
    }
}

/// One column for each stream. Names that several have are told apart by the ids.
fn columns(streams: &[StreamInfo]) -> Result<Vec<BraincubeColumn>> {
    let mut columns: Vec<BraincubeColumn> = Vec::with_capacity(streams.len());
    for stream in streams {
        let value = stream.dimensions.last();
        let name = value.map_or(stream.name.as_str(), |value| value.id.as_str());
        let kind = match stream.stream_type.to_ascii_uppercase().as_str() {
            "NUMERIC" | "NUMERICAL" => ColumnType::Float,
            "DATETIME" => ColumnType::Time,
            _ => ColumnType::Text,
        };
        if columns.iter().any(|column| column.id == stream.id) {
            return Err(Error::invalid(format!("{name} is asked for twice: a column comes once.")));
        }
        let taken = name == "time" || columns.iter().any(|column| column.name == name);
        let name =
            if taken { format!("{name} ({})", super::address::bare_id(&stream.id)) } else { name.into() };
        let id = stream.id.clone();
        columns.push(BraincubeColumn { id, name, unit: None, kind: Some(kind), ordered: false });
    }
    Ok(columns)
}

/// The pages of a list, as they come.
fn paged<T: Item + 'static>(pages: Pages<T>) -> LocalBoxStream<'static, Result<Vec<T>>> {
    stream::try_unfold(
        pages,
        |mut pages| async move { Ok(pages.next_page().await?.map(|page| (page, pages))) },
    )
    .boxed_local()
}

/// A list, or why there is none.
fn flat<T: 'static>(
    pages: Result<LocalBoxStream<'static, Result<Vec<T>>>>,
) -> LocalBoxStream<'static, Result<Vec<T>>> {
    pages.unwrap_or_else(|error| stream::once(ready(Err(error))).boxed_local())
}

impl Braincube {
    async fn top_subjects(&self) -> Result<Vec<Subject>> {
        let subject = |found: super::Product| Subject {
            id: url::encode(&found.name),
            name: found.name,
            parent: None,
            has_inner: true,
            devices: Vec::new(),
        };
        Ok(self.braincubes().await?.into_iter().map(subject).collect())
    }

    async fn base_streams(&self, base: BaseId) -> Result<LocalBoxStream<'static, Result<Vec<StreamInfo>>>> {
        let dated = async {
            let info = self.base_info(&base).await?;
            let extent = self.extent(&base, &info).await?;
            Ok((info, extent))
        };
        let ((info, extent), groups) =
            futures_util::future::try_join(dated, self.groups_of_variables(&base)).await?;
        let pages = paged(self.variables(&base)?.with_page_size(PAGE));
        let describe = Describe { subject_id: base.subject_id(), info, extent, groups };
        let page = move |page: Vec<Variable>| {
            page.into_iter().filter_map(|variable| describe.stream(variable)).collect()
        };
        Ok(pages.map_ok(page).boxed_local())
    }

    /// Names of the data groups that a variable lies in, by its id. Groups are asked for side by side.
    async fn groups_of_variables(&self, base: &BaseId) -> Result<BTreeMap<String, String>> {
        let groups = self.data_groups(base)?.with_page_size(PAGE).all().await?;
        let whole = groups.into_iter().map(async |group: DataGroup| match group.variable_ids {
            Some(_) => Ok(group),
            None => self.data_group(base, &group.id).await,
        });
        let whole: Vec<DataGroup> = stream::iter(whole).buffered(self.at_once()).try_collect().await?;
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for group in whole {
            for id in group.variable_ids.unwrap_or_default() {
                let known = names.entry(id).or_default();
                *known =
                    if known.is_empty() { group.name.clone() } else { format!("{known}, {}", group.name) };
            }
        }
        Ok(names)
    }
}

/// What a variable's stream says beside the variable's own words.
struct Describe {
    subject_id: String,
    info: Rc<BaseInfo>,
    extent: Extent,
    groups: BTreeMap<String, String>,
}

impl Describe {
    /// The stream of a variable; `None` for the one that is the time of all others.
    fn stream(&self, variable: Variable) -> Option<StreamInfo> {
        let time = self.info.time();
        if time == Some(&variable.long_id) {
            return None;
        }
        let plain = |id: &str, data_type: &str, states: bool| Dimension {
            id: id.into(),
            data_type: data_type.into(),
            quantity: String::new(),
            unit: String::new(),
            unit_abbrev: String::new(),
            display: Display { states, ..Display::default() },
        };
        let is_number = variable.data_type.to_ascii_uppercase().starts_with("NUMERIC");
        let is_time = variable.data_type.eq_ignore_ascii_case("DATETIME");
        let data_type = if is_time && time.is_some() { "timestamp" } else { &variable.data_type };
        let value = plain(&variable.name, data_type, !is_number && !is_time);
        let description = match (time, self.info.order.as_deref()) {
            (Some(time), Some(order)) if time != order => format!(
                "Rows are in the order of {order}, which is not a time. On a time axis they stand at their date, {time}."
            ),
            (Some(_), _) => String::new(),
            (None, Some(order)) => format!("Rows are in the order of {order}, which is not a time."),
            (None, None) => "The memory base says of no variable that it orders the rows.".into(),
        };
        let group = self.groups.get(&variable.id).map(|group| (DATA_GROUP.to_string(), group.clone()));
        let names = ["standard", "tag", "local"].iter().filter_map(|key| {
            let name = variable.metadata.get(*key)?.as_str()?;
            Some((key.to_string(), name.to_string()))
        });
        Some(StreamInfo {
            id: variable.long_id.clone(),
            subject_id: self.subject_id.clone(),
            device_id: None,
            stream_type: variable.data_type.clone(),
            description,
            algorithm: String::new(),
            dimensions: time.map(|_| plain("time", "timestamp", false)).into_iter().chain([value]).collect(),
            labels: names.chain(group).collect(),
            extent: self.extent,
            name: variable.name,
        })
    }
}
