//! The reels: a row for each, ordered by their number, which is not a time.

use super::draft::{self, datetime, discrete, group, numeric};
use super::wave::Wave;
use super::{MINUTE, START};
use crate::braincube::{Base, Cell, Order};

const ROWS: u64 = 900;

/// The memory base.
pub(super) fn base() -> Base {
    let size = Wave::named("reel size");
    let label = Wave::named("reel label");
    let variables = vec![
        numeric(2_100_001, ["Reel number", "REEL.NO", "Numéro de bobine"], |row| {
            Cell::integer(48_100 + row as i64)
        }),
        datetime(2_100_002, ["Finished", "REEL.END", "Fin"], |row| {
            Cell::Time(START + (row as i64 + 1) * 48 * MINUTE)
        }),
        numeric(2_100_003, ["Diameter, mm", "REEL.DIA", "Diamètre"], move |row| {
            Cell::rounded(2480.0 + 60.0 * size.drift(row, 20) + 8.0 * size.noise(row), 1)
        }),
        numeric(2_100_004, ["Length, m", "REEL.LEN", "Longueur"], move |row| {
            Cell::integer(39_000 + (900.0 * size.drift(row, 20)) as i64)
        }),
        discrete(2_100_005, ["Quality", "REEL.Q", "Qualité"], move |row| {
            size.choose(row, &["A", "A", "A", "B", "B", "C", "?"])
        }),
        // Beyond 2^53: neighbours that a double cannot tell apart.
        numeric(2_100_006, ["Label", "REEL.LABEL", "Étiquette"], move |row| {
            Cell::integer(9_007_199_254_740_993 + row as i64 * 3 + label.pick(row, 2) as i64)
        }),
        numeric(2_100_007, ["Joints", "REEL.JOINTS", "Raccords"], move |row| {
            match size.pick(row + ROWS, 12) {
                joints @ 0..=3 => Cell::integer(joints as i64),
                _ => Cell::integer(0),
            }
        }),
    ];
    let mut base = draft::base(21, "Reels", ROWS, variables);
    base.order = Order::Other(2_100_001);
    base.date = 2_100_002;
    base.groups = vec![group(10, "Size", [2_100_003, 2_100_004])];
    base
}
