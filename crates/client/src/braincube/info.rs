//! What data requests need to know of a memory base: what orders its rows, and what its clock shows.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};
use streamscope_signal::TimeZone;

use super::address::{BaseId, bare_id, segment};
use super::model::{Object, text};
use super::{Braincube, PLATFORM, zone};
use crate::{Error, ErrorKind, Result};

/// A memory base as the data service describes it (`GET …/braindata/mb7/simple`).
#[derive(Debug, Clone, PartialEq)]
pub struct BaseInfo {
    /// Long id of the variable that orders its rows: the reference, or else the order.
    pub order: Option<String>,
    /// Long id of the variable that dates its rows, where there is one.
    pub reference_date: Option<String>,
    /// Name of its time zone; "UTC" where the server says none.
    pub zone_name: String,
    /// Types of its variables by their ids, as far as the server says them.
    pub types: BTreeMap<String, String>,
    /// As served.
    pub metadata: Map<String, Value>,
    zone: Option<Rc<TimeZone>>,
    /// The order as it was served, which data requests repeat.
    served_order: Option<String>,
}

impl BaseInfo {
    fn read(metadata: Object, base: &BaseId, zones: impl Fn(&str) -> Option<TimeZone>) -> Self {
        let member = |name: &str| metadata.get(name).and_then(text).filter(|text| !text.is_empty());
        // The order was seen as a long id and as a bare one.
        let long = |id: String| base.long_id(&id).unwrap_or(id);
        let zone_name = member("timezone").unwrap_or_else(|| "UTC".into());
        let zone = zone::fixed(&zone_name).or_else(|| zones(&zone_name)).map(Rc::new);
        let definitions = metadata.get("datadefs").and_then(Value::as_array).into_iter().flatten();
        let named = |definition: &Value| {
            let id = definition.get("id").and_then(text)?;
            Some((bare_id(&id).to_string(), definition.get("type").and_then(text)?))
        };
        let types = definitions.filter_map(named).collect();
        let served_order = member("reference").or_else(|| member("order"));
        let (order, reference_date) = (served_order.clone().map(long), member("referenceDate").map(long));
        Self { order, reference_date, zone_name, types, zone, served_order, metadata }
    }

    /// The variable that orders the rows, as data requests name it.
    pub(super) fn order(&self) -> Result<&str> {
        self.served_order.as_deref().ok_or_else(|| {
            Error::protocol(
                "The memory base names no variable that orders its rows (neither reference nor order).",
            )
        })
    }

    /// The time zone of its times.
    pub(super) fn zone(&self) -> Result<Rc<TimeZone>> {
        self.zone.clone().ok_or_else(|| {
            let words = format!(
                "The memory base keeps its times in {}, a time zone that is not known here: give a table of zones that \
                 has it.",
                self.zone_name
            );
            Error { platform: Some(PLATFORM), ..Error::new(ErrorKind::Configuration, words) }
        })
    }

    /// The type of a variable, where it is known.
    pub(super) fn kind(&self, variable: &str) -> Option<&str> {
        self.types.get(bare_id(variable)).map(String::as_str)
    }

    /// The variable that rows can be ordered and cut by in time: the one that dates them, or one that orders them and
    /// is a time.
    pub(super) fn time(&self) -> Option<&str> {
        let is_time = |id: &&str| self.kind(id).is_some_and(|kind| kind.eq_ignore_ascii_case("DATETIME"));
        self.reference_date.as_deref().or(self.order.as_deref().filter(is_time))
    }
}

impl Braincube {
    /// What the data service says of a memory base. Asked once a connection.
    pub async fn base_info(&self, base: &BaseId) -> Result<Rc<BaseInfo>> {
        if let Some(known) = self.infos.borrow().get(base) {
            return Ok(known.clone());
        }
        let id = segment("memory base", &base.id)?;
        let request = self.get(&base.braincube, &format!("braindata/mb{id}/simple"))?;
        let info = Rc::new(BaseInfo::read(self.json(&request).await?, base, self.zones.as_ref()));
        self.infos.borrow_mut().insert(base.clone(), info.clone());
        Ok(info)
    }
}
