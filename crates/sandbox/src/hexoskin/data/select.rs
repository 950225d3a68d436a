//! What is asked for: datatypes, records and a window.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Series;
use crate::demo::hexoskin::Tape;
use crate::hexoskin::Hexoskin;
use crate::hexoskin::auth::Caller;
use crate::hexoskin::catalogue::{Catalogue, id_in, linked_id, number};
use crate::hexoskin::datatypes::{DATATYPES, Datatype, datatype};
use crate::hexoskin::list::{owner_in, visible};
use crate::hexoskin::reply::{Refusal, Result};
use crate::query::Query;

/// More values than this are thinned…
const CEILING: usize = 65_536;
/// …to so many.
const THINNED: usize = 65_535;

/// What a request selects.
pub(super) struct Selection {
    pub(super) datatypes: Vec<&'static Datatype>,
    /// Records in the order of time, by user.
    pub(super) records: BTreeMap<i64, Vec<Part>>,
    pub(super) flat: bool,
    pub(super) no_timestamps: bool,
    /// Times in s instead of ticks.
    pub(super) seconds: bool,
    /// Values in units, instead of raw counts.
    pub(super) scaled: bool,
    max_values: Option<usize>,
}

/// What a request selects of a record.
pub(super) struct Part {
    pub(super) record: i64,
    pub(super) series: Vec<Series>,
}

impl Selection {
    pub(super) fn new(platform: &Hexoskin, query: &Query, caller: &Caller, now: i64) -> Result<Self> {
        let datatypes = datatypes(query)?;
        let catalogue = platform.read();
        let mut records: BTreeMap<i64, Vec<Part>> = BTreeMap::new();
        let tapes = tapes(&catalogue, query, caller, now)?;
        drop(catalogue);
        for (user, tape, window) in tapes {
            let signals = platform.signals.open(tape);
            let own = datatypes.iter().filter(|datatype| signals.has(datatype.id));
            let series =
                own.map(|datatype| Series::within(signals.clone(), datatype, window.clone())).collect();
            records.entry(user).or_default().push(Part { record: signals.tape.record, series });
        }
        let flag =
            |name: &str| query.get(name).is_some_and(|value| !matches!(value, "0" | "false" | "False"));
        let max_values = query.get("max_values").map(str::parse).transpose();
        Ok(Self {
            datatypes,
            records,
            flat: flag("flat"),
            no_timestamps: flag("no_timestamps"),
            seconds: flag("seconds"),
            scaled: query.get("scaled").is_none() || flag("scaled"),
            max_values: max_values.map_err(|_| Refusal::bad("max_values is not a number"))?,
        })
    }

    /// The most values of a datatype that a text holds of so many.
    pub(super) fn most(&self, values: usize) -> usize {
        match self.max_values {
            Some(most) if most <= THINNED => most.max(1),
            _ if values > CEILING => THINNED,
            _ => CEILING,
        }
    }
}

/// The datatypes that are named; all of them where none is, as for downloads of a whole record.
fn datatypes(query: &Query) -> Result<Vec<&'static Datatype>> {
    let Some(given) = query.get("datatype__in").or(query.get("datatype")) else {
        return Ok(DATATYPES.iter().collect());
    };
    let known = |text: &str| {
        let id = id_in(text.trim()).parse().ok();
        id.and_then(datatype).ok_or_else(|| Refusal::bad(format!("the datatype {text} is not known")))
    };
    let mut all: Vec<&Datatype> = Vec::new();
    for text in given.split(',').filter(|text| !text.is_empty()) {
        let known = known(text)?;
        if !all.iter().any(|datatype| datatype.id == known.id) {
            all.push(known);
        }
    }
    Ok(all)
}

/// Which records are meant, by whom and when. All that is given must hold.
struct Wanted {
    records: Option<Vec<String>>,
    users: Option<Vec<String>>,
    /// A range's user and ticks.
    range: Option<(String, Range<i64>)>,
    window: Range<i64>,
}

impl Wanted {
    fn new(catalogue: &Catalogue, query: &Query, caller: &Caller) -> Result<Self> {
        let ids = |name: &str| -> Option<Vec<String>> {
            let value = query.get(&format!("{name}__in")).or(query.get(name))?;
            Some(value.split(',').map(|text| id_in(text).to_owned()).collect())
        };
        let range = query.get("range").map(|id| range(catalogue, id_in(id), caller)).transpose()?;
        let window = window(query)?;
        let mut wanted = Self { records: ids("record"), users: ids("user"), range, window };
        if wanted.records.is_none() && wanted.users.is_none() && wanted.range.is_none() {
            if wanted.window == (i64::MIN..i64::MAX) {
                return Err(Refusal::bad("one of record, range, user and start is needed"));
            }
            // A time alone means the caller's own data.
            wanted.users = Some(vec![caller.user.to_string()]);
        }
        Ok(wanted)
    }

    /// The part of a record's tape that is wanted, in ticks since its start; `None` for nothing.
    fn part(&self, tape: &Tape, user: &str) -> Option<Range<i64>> {
        let among = |ids: &Option<Vec<String>>, id: &str| {
            ids.as_ref().is_none_or(|ids| ids.iter().any(|wanted| wanted == id))
        };
        if !among(&self.records, &tape.record.to_string()) || !among(&self.users, user) {
            return None;
        }
        let (mut start, mut end) = (self.window.start, self.window.end);
        if let Some((owner, ticks)) = &self.range {
            (start, end) = (start.max(ticks.start), end.min(ticks.end));
            if owner != user {
                return None;
            }
        }
        let part = start.saturating_sub(tape.start)..end.saturating_sub(tape.start);
        let overlaps = part.start.max(0) < part.end.min(tape.seconds * tape.device.ticks());
        overlaps.then_some(part)
    }
}

type Chosen = (i64, Tape, Range<i64>);

/// The tapes that all selectors leave, with their users and windows in ticks since their start.
fn tapes(catalogue: &Catalogue, query: &Query, caller: &Caller, now: i64) -> Result<Vec<Chosen>> {
    let wanted = Wanted::new(catalogue, query, caller)?;
    let chosen = visible(catalogue, "record", caller.sees, now).into_iter().filter_map(|record| {
        let user = record.get("user").and_then(linked_id)?;
        let tape = catalogue.tape(number(&record, "id")?, now)?;
        let part = wanted.part(&tape, &user)?;
        Some((user.parse().ok()?, tape, part))
    });
    let mut chosen: Vec<Chosen> = chosen.collect();
    chosen.sort_by_key(|(_, tape, _)| tape.start);
    Ok(chosen)
}

/// User and ticks of a range.
fn range(catalogue: &Catalogue, id: &str, caller: &Caller) -> Result<(String, Range<i64>)> {
    let range = catalogue.get("range", id).filter(|range| owner_in("range", range, caller.sees));
    let range = range.ok_or_else(|| Refusal::bad(format!("the range {id} is not known")))?;
    let ticks = number(range, "start").zip(number(range, "end"));
    let user = range.get("user").and_then(linked_id);
    let (user, (start, end)) =
        user.zip(ticks).ok_or_else(|| Refusal::bad(format!("the range {id} has no end")))?;
    Ok((user, start..end.saturating_add(1)))
}

/// The window that the parameters name, both ends included, as a half-open range of ticks.
fn window(query: &Query) -> Result<Range<i64>> {
    let tick = |name: &str, text: &str| {
        let value = text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        value.map(|value| value as i64).ok_or_else(|| Refusal::bad(format!("{name} is not a number: {text}")))
    };
    let given = |name: &str| query.get(name).map(|text| tick(name, text)).transpose();
    let (mut first, mut end) = (i64::MIN, i64::MAX);
    for name in ["start", "timestamp__gte"] {
        first = given(name)?.map_or(first, |tick| first.max(tick));
    }
    for name in ["end", "timestamp__lte"] {
        end = given(name)?.map_or(end, |tick| end.min(tick.saturating_add(1)));
    }
    first = given("timestamp__gt")?.map_or(first, |tick| first.max(tick.saturating_add(1)));
    end = given("timestamp__lt")?.map_or(end, |tick| end.min(tick));
    if let Some(pair) = query.get("timestamp__range") {
        let (from, to) =
            pair.split_once(',').ok_or_else(|| Refusal::bad("timestamp__range needs two values"))?;
        first = first.max(tick("timestamp__range", from)?);
        end = end.min(tick("timestamp__range", to)?.saturating_add(1));
    }
    Ok(first..end)
}
