//! How a file is understood, before anything of it is drawn, and what of that can be corrected.

use streamscope_frame::{Column, ColumnType, CsvFile, Decimal, Dialect, Layout, Separator, TimeSpelling};
use streamscope_signal::{Civil, TimeZone};

use super::super::recording::{Told, refused};
use super::clock::instants;
use super::{HEAD, NO_TIMES, in_form, no_time, times_of, unread};
use crate::registry::{Choice, Understanding};
use crate::{Disk, Result};

/// Columns that are named.
const NAMED: usize = 12;

pub(in crate::file) const SEPARATORS: [(&str, &str, Separator); 4] = [
    (",", "comma", Separator::Comma),
    (";", "semicolon", Separator::Semicolon),
    ("tab", "tab", Separator::Tab),
    ("|", "bar", Separator::Pipe),
];
pub(in crate::file) const DECIMALS: [(&str, &str, Decimal); 2] =
    [(".", "after a point", Decimal::Point), (",", "after a comma", Decimal::Comma)];
pub(in crate::file) const TIMES: [(&str, &str, TimeSpelling); 7] = [
    ("ymd", "year, month, day", TimeSpelling::Iso),
    ("dmy", "day, month, year", TimeSpelling::Dmy),
    ("mdy", "month, day, year", TimeSpelling::Mdy),
    ("s", "seconds since 1970", TimeSpelling::Unix),
    ("ms", "milliseconds since 1970", TimeSpelling::UnixMs),
    ("us", "microseconds since 1970", TimeSpelling::UnixUs),
    ("ns", "nanoseconds since 1970", TimeSpelling::UnixNs),
];

/// What the beginning of a file shows.
pub(in crate::file) async fn understand(disk: &dyn Disk, told: &Told) -> Result<Understanding> {
    let head = disk.read(0..HEAD).await?;
    let whole = disk.bytes() <= HEAD;
    let found = CsvFile::find(&head, whole, &told.dialect).map_err(|error| in_form(refused(disk, error)));
    let (file, problem) = match found {
        Ok(file) => (Some(file), None),
        Err(error) => {
            // The names of the columns show without their times.
            let dialect =
                Dialect { time_format: Some(TimeSpelling::None), time_column: None, ..told.dialect.clone() };
            (CsvFile::find(&head, whole, &dialect).ok(), Some(error))
        }
    };
    let mut understanding = Understanding {
        name: disk.name().into(),
        said: Vec::new(),
        choices: Vec::new(),
        problem: problem.as_ref().map(|error| error.message.clone()),
    };
    let layout = file.as_ref().map(CsvFile::layout).cloned().unwrap_or_default();
    understanding.choices = choices(file.as_ref(), problem.is_some());
    let Some(mut file) = file else { return Ok(understanding) };
    understanding.said.push(("Columns".into(), columns(&layout)));
    if problem.is_none() {
        match first_time(disk, &mut file, &head, whole, told) {
            Ok(said) => understanding.said.push(("First time".into(), said)),
            Err(error) => understanding.problem = Some(error.message),
        }
    }
    Ok(understanding)
}

/// The time of the first row, in words.
fn first_time(disk: &dyn Disk, file: &mut CsvFile, head: &[u8], whole: bool, told: &Told) -> Result<String> {
    let first = file.first_record();
    let rows = head.get(first as usize..).unwrap_or_default();
    let rows = file.learn(rows, first, whole).map_err(|error| in_form(refused(disk, error)))?;
    let column = file.time_column().ok_or_else(|| unread(disk, NO_TIMES))?;
    let Some(rows) = rows else { return Err(unread(disk, "it has no rows")) };
    let times = times_of(&rows, column).ok_or_else(|| no_time(disk, first))?;
    let zone = told.zone.clone().filter(|_| file.is_local());
    let first = instants(zone.as_deref(), times, None).first().copied().unwrap_or_default();
    let civil = Civil::at(first, zone.as_deref().unwrap_or(&TimeZone::utc()));
    let offset = if civil.offset_s == 0 { "UTC".into() } else { format!("UTC{}", civil.offset_text()) };
    Ok(format!("{} {} {offset}", civil.date_text(), civil.clock_text(civil.digits())))
}

/// The columns and what they hold.
fn columns(layout: &Layout) -> String {
    let column = |column: &Column| {
        let kind = match column.kind {
            ColumnType::Time => "times",
            ColumnType::Text | ColumnType::Json => "texts",
            ColumnType::Bool => "true or false",
            ColumnType::Int | ColumnType::Int32 | ColumnType::Int16 => "whole numbers",
            ColumnType::Float | ColumnType::Float32 => "numbers",
        };
        format!("{} ({kind})", column.name)
    };
    let mut named: Vec<_> = layout.columns.iter().take(NAMED).map(column).collect();
    let others = layout.columns.len().saturating_sub(NAMED);
    named.extend((others > 0).then(|| format!("and {others} more")));
    named.join(", ")
}

/// What can be corrected, and what holds by itself.
fn choices(file: Option<&CsvFile>, is_unclear: bool) -> Vec<Choice> {
    let said = file.map(CsvFile::understood).unwrap_or_default();
    let found = |what: &str| {
        let found = said.iter().find(|(name, _)| *name == what).map(|(_, how)| how.clone());
        found
            .filter(|_| !is_unclear || !matches!(what, "time" | "zone"))
            .unwrap_or_else(|| "not clear".into())
    };
    let words =
        |all: Vec<(&str, &str)>| all.into_iter().map(|(value, label)| (value.into(), label.into())).collect();
    let layout = file.map(CsvFile::layout);
    let names = layout.into_iter().flat_map(|layout| &layout.columns);
    let names: Vec<(String, String)> =
        names.map(|column| (column.name.clone(), column.name.clone())).collect();
    let (column, spelled) = match found("time").split_once(": ") {
        Some((column, spelled)) => (column.trim_start_matches("column ").to_string(), spelled.to_string()),
        None => ("not clear".into(), "not clear".into()),
    };
    let choice = |id, label, found: String, options| Choice { id, label, found, options };
    let mut choices = vec![
        choice(
            "separator",
            "Between two cells",
            found("columns parted by"),
            words(SEPARATORS.iter().map(|(value, label, _)| (*value, *label)).collect()),
        ),
        choice(
            "decimal",
            "Decimals",
            found("decimals"),
            words(DECIMALS.iter().map(|(value, label, _)| (*value, *label)).collect()),
        ),
        choice("time", "Column of times", column, names),
        choice(
            "times",
            "Times are written",
            spelled,
            words(TIMES.iter().map(|(value, label, _)| (*value, *label)).collect()),
        ),
    ];
    if is_unclear || file.is_some_and(CsvFile::is_local) {
        choices.push(choice("zone", "Zone of its clock", "UTC".into(), Vec::new()));
    }
    choices.push(choice("skip", "Lines before the header", skipped(&found("header")), Vec::new()));
    choices
}

/// "line 3" of the header as lines before it.
fn skipped(header: &str) -> String {
    let line = header.strip_prefix("line ").and_then(|line| line.parse::<u64>().ok());
    line.map_or_else(|| header.to_string(), |line| line.saturating_sub(1).to_string())
}
