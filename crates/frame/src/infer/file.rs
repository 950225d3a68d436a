//! Column types of a file that nobody describes.
//!
//! Words for null take no part, and a column of nothing else is text. First match first:
//! - every value is a date or a time, year first (see [`loose`]): time, whatever the column's name; dates of digits alone
//!   only where it is named as a time;
//! - named as a time, and of numbers that all count the same unit since 1970: time. The unit shows in the size, for the
//!   bands of s, ms, µs and ns from 1973 to 2262 do not touch each other;
//! - then as in pages.
//!
//! A column called `time`, `timestamp…`, `start_time…` or `end_time…` is a time, or an error that says why not: numbers
//! of unclear unit, and dates whose day and month may be taken for each other, are never guessed.

use super::{Guess, is_time_name, plain_kind};
use crate::column::{Manner, is_nan};
use crate::number;
use crate::time::{First, TimeSpelling, loose, scaled};
use crate::{ColumnType, ParseErrorKind};

/// Seconds after 1970 of the first instant that a number is taken for, and of the last one that nanoseconds can tell.
const BAND: std::ops::RangeInclusive<f64> = 1e8..=9.223_372e9;
/// Units of time: how many make a second, and their name.
const UNITS: [Unit; 4] = [
    (TimeSpelling::Unix, 1.0, "s"),
    (TimeSpelling::UnixMs, 1e3, "ms"),
    (TimeSpelling::UnixUs, 1e6, "µs"),
    (TimeSpelling::UnixNs, 1e9, "ns"),
];
type Unit = (TimeSpelling, f64, &'static str);
/// Names of columns that hold times where their values are times.
const WEAK_NAMES: [&str; 10] = [
    "date",
    "datetime",
    "date_time",
    "date time",
    "date/time",
    "ts",
    "epoch",
    "unixtime",
    "unix_time",
    "utc",
];
/// Words in names of columns that may hold dates.
const TIME_WORDS: [&str; 7] = ["time", "timestamp", "datetime", "date", "zeit", "datum", "fecha"];

/// A cell of the first records.
pub(crate) struct Sampled {
    pub(crate) text: Vec<u8>,
    /// Where it begins in the records, and which of them it is in.
    pub(crate) at: usize,
    pub(crate) record: u64,
}

/// Which of the cells is wrong, and what with it.
pub(crate) type Refusal = (usize, ParseErrorKind);

/// Values by their place among the cells of a column.
type Values<'a> = Vec<(usize, &'a [u8])>;

/// The type of a column, from its name and the first of its cells that are not empty. `given` and `declared` are what
/// the caller knows of its times and of its type.
pub(crate) fn guess_in_file(
    name: &str,
    cells: &[Sampled],
    manner: &Manner,
    given: Option<TimeSpelling>,
    declared: Option<ColumnType>,
) -> Result<Guess, Refusal> {
    let values = cells.iter().map(|cell| &cell.text[..]).enumerate();
    let values: Values = values.filter(|(_, text)| !manner.is_null(text)).collect();
    let must = declared == Some(ColumnType::Time) || declared.is_none() && is_time_name(name);
    let not_time = given == Some(TimeSpelling::None) || declared.is_some_and(|kind| kind != ColumnType::Time);
    if !values.is_empty()
        && !not_time
        && let Some(times) = spelling(name, &values, manner, given, must)?
    {
        let names_zone = times.places().is_none() && values.iter().any(|(_, text)| names_zone(text));
        return Ok(Guess { kind: ColumnType::Time, times: Some(times), nan_is_null: false, names_zone });
    }
    let texts: Vec<&[u8]> = values.iter().map(|(_, text)| *text).collect();
    let only_nulls = texts.is_empty() && !cells.is_empty();
    let (kind, nan_is_null) = if only_nulls { (ColumnType::Text, false) } else { plain_kind(&texts, manner) };
    Ok(Guess { kind, times: given, nan_is_null, names_zone: false })
}

/// How the times of a column are written; `None` when they are no times, and need not be (`must`).
fn spelling(
    name: &str,
    values: &Values,
    manner: &Manner,
    given: Option<TimeSpelling>,
    must: bool,
) -> Result<Option<TimeSpelling>, Refusal> {
    let may = must || may_name_times(name);
    let values: Values = values.iter().filter(|(_, text)| !is_nan(text)).copied().collect();
    let Some(&(first, text)) = values.first() else { return Ok(None) };
    let all = |holds: &dyn Fn(&[u8]) -> bool| values.iter().all(|(_, text)| holds(text));
    let is_date = |text: &[u8]| loose(text, First::Year).is_some();
    if all(&|text| if is_number(text) { may && is_bare_date(text) } else { is_date(text) }) {
        return Ok(Some(TimeSpelling::Iso));
    }
    if let Some(given) = given {
        let stray = values.iter().find(|(_, text)| !reads(text, given, manner));
        return match stray {
            None => Ok(Some(given).filter(|_| may || !all(&is_number))),
            Some((at, text)) if must => {
                Err((*at, ParseErrorKind::value("time of the format that was given", text)))
            }
            Some(_) => Ok(None),
        };
    }
    let mentions = || {
        name.to_ascii_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| TIME_WORDS.contains(&word))
    };
    if (must || mentions()) && all(&is_unclear_date) {
        return Err((first, unclear(text, "does not tell whether its day or its month comes first")));
    }
    match unit(&values, manner) {
        Ok(unit) => Ok(Some(unit).filter(|_| may)),
        Err(refusal) if must => Err(refusal),
        Err(_) => Ok(None),
    }
}

fn is_number(text: &[u8]) -> bool {
    number::float(text, 0, text.len()).is_some()
}

/// Whether a date with a time names its zone, behind the time.
fn names_zone(text: &[u8]) -> bool {
    let clock = text.iter().position(|letter| matches!(letter, b' ' | b'T' | b't' | b'_'));
    let clock = clock.and_then(|at| text.get(at + 1..)).unwrap_or_default();
    clock.iter().any(|letter| {
        matches!(letter, b'+' | b'-' | b'Z' | b'z')
            || letter.eq_ignore_ascii_case(&b'u')
            || letter.eq_ignore_ascii_case(&b'g')
    })
}

/// Whether a number is a date, perhaps with a time, of this century or the last. No unit of time fits such numbers.
fn is_bare_date(text: &[u8]) -> bool {
    let century = text.starts_with(b"19") || text.starts_with(b"20");
    century && matches!(text.len(), 8 | 14) && loose(text, First::Year).is_some()
}

fn is_unclear_date(text: &[u8]) -> bool {
    [First::Day, First::Month].into_iter().any(|first| loose(text, first).is_some())
}

fn reads(text: &[u8], spelling: TimeSpelling, manner: &Manner) -> bool {
    match (spelling, spelling.places()) {
        (_, Some(places)) => {
            manner.pointed(text).is_some_and(|text| scaled(&text, 0, text.len(), places).is_some())
        }
        (TimeSpelling::Dmy, _) => loose(text, First::Day).is_some(),
        (TimeSpelling::Mdy, _) => loose(text, First::Month).is_some(),
        _ => loose(text, First::Year).is_some(),
    }
}

/// The unit that all of these count. Zeros fit any.
fn unit(values: &Values, manner: &Manner) -> Result<TimeSpelling, Refusal> {
    let mut found: Option<(&[u8], Unit)> = None;
    for &(at, text) in values {
        let Some(size) = manner.float(text).map(f64::abs) else {
            return Err((at, unclear(text, "is no time in a form that is known")));
        };
        if size == 0.0 {
            continue;
        }
        let unit = unit_of_size(size);
        // Twelve digits may be milliseconds of the seventies, or a date without marks.
        let Some(unit) = unit.filter(|_| text.len() != 12 || loose(text, First::Year).is_none()) else {
            return Err((at, unclear(text, "may count s, ms, µs or ns, or something else")));
        };
        match found {
            Some((first, other)) if other.0 != unit.0 => {
                let first = String::from_utf8_lossy(first);
                let words = format!("seems to count {}, but `{first}` {}", unit.2, other.2);
                return Err((at, unclear(text, &words)));
            }
            Some(_) => {}
            None => found = Some((text, unit)),
        }
    }
    let &(at, text) = values.first().ok_or((0, unclear(b"", "is no time")))?;
    found.map(|(_, unit)| unit.0).ok_or_else(|| (at, unclear(text, "may count s, ms, µs or ns")))
}

/// The unit of time since 1970 that a number of this size counts: seconds, ms, µs or ns. `None` where that is not sure.
#[cfg(feature = "files")]
pub fn counted_unit(number: f64) -> Option<TimeSpelling> {
    unit_of_size(number.abs()).map(|(spelling, ..)| spelling)
}

fn unit_of_size(size: f64) -> Option<Unit> {
    UNITS.into_iter().find(|(_, a_second, _)| BAND.contains(&(size / a_second)))
}

/// Whether a column of this name holds times, where its values are numbers that count since 1970.
pub fn may_name_times(name: &str) -> bool {
    is_time_name(name) || WEAK_NAMES.contains(&name.trim().to_ascii_lowercase().as_str())
}

fn unclear(text: &[u8], what: &str) -> ParseErrorKind {
    let text = crate::error::shortened(text);
    ParseErrorKind::Unclear(format!("`{text}` {what}; the option `time_format` tells how to take it"))
}

/// Whether decimals follow a comma. Refused when some columns have points and others commas: one of them may part
/// thousands.
pub(crate) fn has_decimal_comma(columns: &[Vec<Sampled>]) -> Result<bool, ParseErrorKind> {
    let (point, comma) = (Manner::default(), Manner::with_comma());
    let shows = |manner: &Manner, mark: u8| {
        columns.iter().find_map(|cells| {
            let texts =
                || cells.iter().map(|cell| &cell.text[..]).filter(|text| !Manner::is_usual_null(text));
            let numbers = texts().all(|text| manner.float(text).is_some());
            texts().find(|text| numbers && text.contains(&mark))
        })
    };
    match (shows(&point, b'.'), shows(&comma, b',')) {
        (Some(one), Some(other)) => {
            let (one, other) = (crate::error::shortened(one), crate::error::shortened(other));
            let words = format!("`{one}` has a decimal point, `{other}` a decimal comma");
            Err(ParseErrorKind::Unclear(format!(
                "{words}; the option `decimal` tells which of them is a number"
            )))
        }
        (_, comma) => Ok(comma.is_some()),
    }
}
