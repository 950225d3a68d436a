//! The converting line: five-minute rows on the clock of Paris, across the night in which it was set back.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::draft::{self, datetime, discrete, numeric};
use super::wave::Wave;
use super::{DAY, MINUTE};
use crate::braincube::{Base, Cell};

const ZONE: &str = "Europe/Paris";
/// 2024-10-25 00:00 UTC, two days before the change.
const START: i64 = 1_729_814_400;
const ROWS: u64 = (4 * DAY / (5 * MINUTE)) as u64;

/// The memory base.
pub(super) fn base() -> Base {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let local = move |row: u64| {
        let instant = START + row as i64 * 5 * MINUTE;
        let offset = zone.to_offset(Timestamp::from_second(instant).unwrap_or_default());
        Cell::Time(instant + i64::from(offset.seconds()))
    };
    let wave = Wave::named("converting");
    let variables = vec![
        datetime(2_500_001, ["Date", "CV.DATE", "Date"], local),
        numeric(2_500_002, ["Sheets per minute", "CV.RATE", "Cadence"], move |row| {
            Cell::integer(410 + (40.0 * wave.drift(row, 24)) as i64 + wave.pick(row, 5) as i64)
        }),
        numeric(2_500_003, ["Waste, %", "CV.WASTE", "Déchets"], move |row| {
            Cell::rounded(2.0 + wave.drift(row, 12) + 0.3 * wave.noise(row).abs(), 2)
        }),
        discrete(2_500_004, ["Format", "CV.FORMAT", "Format"], move |row| {
            wave.choose(row / 36, &["A4", "A3", "SRA3"])
        }),
    ];
    let mut base = draft::base(25, "Converting line", ROWS, variables);
    base.time_zone = ZONE;
    base
}
