//! Bases that are large, empty or silent: what they hold matters less than how much of it.

use std::sync::Arc;

use super::draft::{self, datetime, discrete, group, numeric};
use super::wave::Wave;
use super::{MINUTE, START};
use crate::braincube::{Base, Cell, Order, Variable};

/// Eleven days and a half, a row a second.
const WINDER_ROWS: u64 = 1_000_000;
const TAGS: u32 = 2_400;

/// The winder: a million rows of twenty variables.
pub(super) fn winder() -> Base {
    let sets = Wave::named("winder sets");
    let mut variables = vec![
        datetime(2_300_001, ["Date", "W.DATE", "Date"], |row| Cell::Time(START + row as i64)),
        discrete(2_300_002, ["Set", "W.SET", "Tirage"], move |row| {
            sets.choose(row / 300, &["run", "run", "run", "change"])
        }),
    ];
    variables.extend((3..=20).map(|number| {
        let wave = Wave::named(&format!("winder {number}"));
        let value = move |row: u64| {
            // Two rows that must not get lost in a picture of a million.
            let spike = if row == 500_000 + u64::from(number) { 900.0 } else { 0.0 };
            Cell::rounded(100.0 + 20.0 * wave.drift(row, 3600) + 2.0 * wave.drift(row, 7) + spike, 2)
        };
        Variable {
            id: 2_300_000 + number,
            standard: format!("Nip load {}, N/m", number - 2),
            tag: format!("W.NIP{:02}", number - 2),
            local: format!("Charge {}", number - 2),
            type_name: "NUMERIC",
            signal: Some(Arc::new(value)),
        }
    }));
    let mut base = draft::base(23, "Winder, every second", WINDER_ROWS, variables);
    base.groups = vec![group(10, "Nips", 2_300_003..=2_300_020)];
    base
}

/// Every sensor of the mill: more variables than a list fits, a row every five minutes of one day.
pub(super) fn all() -> Base {
    const AREAS: [&str; 6] = ["Stock preparation", "Wet end", "Press", "Dryers", "Reel", "Utilities"];
    const KINDS: [(&str, &str); 5] = [
        ("temperature, °C", "TI"),
        ("pressure, bar", "PI"),
        ("flow, l/s", "FI"),
        ("level, %", "LI"),
        ("motor current, A", "II"),
    ];
    let mut variables = vec![datetime(2_400_001, ["Date", "ALL.DATE", "Date"], |row| {
        Cell::Time(START + row as i64 * 5 * MINUTE)
    })];
    variables.extend((2..=TAGS).map(|number| {
        let area = AREAS.get(number as usize % AREAS.len()).unwrap_or(&"Reel");
        let (kind, letters) = KINDS.get(number as usize % KINDS.len()).unwrap_or(&("level, %", "LI"));
        let wave = Wave::named(&format!("tag {number}"));
        Variable {
            id: 2_400_000 + number,
            standard: format!("{area} {kind} {number}"),
            tag: format!("{letters}-{number:04}"),
            local: format!("Capteur {number}"),
            type_name: "NUMERIC",
            signal: Some(Arc::new(move |row| {
                Cell::rounded(50.0 + 30.0 * wave.drift(row, 48) + wave.noise(row), 1)
            })),
        }
    }));
    let mut base = draft::base(24, "All sensors", 288, variables);
    let of_area = |place: u32| (2..=TAGS).filter(move |number| number % AREAS.len() as u32 == place);
    base.groups = (0..)
        .zip(AREAS)
        .map(|(place, area)| group(10 + place, area, of_area(place).map(|number| 2_400_000 + number)))
        .collect();
    base
}

/// A base whose description does not say what orders it.
pub(super) fn archive() -> Base {
    let mut base = few(26, "Archive", 40);
    base.order = Order::Unsaid;
    base
}

/// A base without rows.
pub(super) fn empty() -> Base {
    few(1, "Trials to come", 0)
}

fn few(id: u32, name: &'static str, rows: u64) -> Base {
    let variables = vec![
        datetime(id * 100_000 + 1, ["Date", "X.DATE", "Date"], |row| Cell::Time(START + row as i64 * MINUTE)),
        numeric(id * 100_000 + 2, ["Level, %", "X.LEVEL", "Niveau"], |row| Cell::integer(row as i64 % 7)),
    ];
    draft::base(id, name, rows, variables)
}
