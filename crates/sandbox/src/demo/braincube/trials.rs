//! Laboratory trials: few rows, and every odd cell, type and date that the wire knows.

use super::draft::{self, Names, datetime, discrete, item, numeric, variable};
use super::wave::Wave;
use super::{HOUR, START};
use crate::braincube::{Base, Cell, Variable};

const ROWS: u64 = 300;
/// 2^53, beyond which a double skips integers.
const EDGE: i64 = 1 << 53;

/// One of some cells, by chance.
fn mixed(id: u32, names: Names, type_name: &'static str, cells: Vec<Cell>) -> Variable {
    let wave = Wave::named(names[1]);
    variable(id, names, type_name, move |row| {
        cells.get(wave.pick(row, cells.len() as u64) as usize).cloned().unwrap_or(Cell::Null)
    })
}

fn texts(texts: &[&'static str]) -> Vec<Cell> {
    texts.iter().map(|text| Cell::text(text)).collect()
}

/// A column with a missing value of every form beside numbers of every form.
fn gaps() -> Variable {
    let mut cells = texts(&["nan", "NaN", "null", "?", "", "1.5E-7", "-2.5e3", "007", "1.50"]);
    cells.push(Cell::Null);
    cells.extend((0..12).map(|step| Cell::Decimal { digits: step * 25 - 100, decimals: 2 }));
    mixed(2_200_002, ["Brightness, %", "T.BRIGHT", "Blancheur"], "NUMERIC", cells)
}

fn dates() -> Variable {
    let mut cells = texts(&["null", "?", "20240230_000000", "20240301", "2024-03-01 00:00", ""]);
    let days = [-1, 0, 1, 86_399, 86_400, START, START + HOUR, START + 36 * HOUR];
    cells.extend(days.map(Cell::Time));
    mixed(2_200_006, ["Retest", "T.RETEST", "Contre-essai"], "DATETIME", cells)
}

/// States, some of which look like missing values or need care as JSON.
const MODALITIES: [&str; 12] =
    ["A", "B", "C", "Größe \"L\"", "a,b", "NaN", "?", "null", "", "1", "1.0", "\u{202e}nope"];

fn odd() -> Vec<Variable> {
    let wave = Wave::named("trials");
    let numbers = [1.9, 2.1, -0.5, 3.0, 1e21, 0.1 + 0.2];
    vec![
        discrete(2_200_005, ["Sheet", "T.SHEET", "Feuille"], move |row| wave.choose(row, &MODALITIES)),
        dates(),
        mixed(
            2_200_007,
            ["Roughness, µm", "T.ROUGH", "Rugosité"],
            "NUMERIC",
            numbers.map(Cell::Bare).to_vec(),
        ),
        Variable {
            id: 2_200_008,
            standard: "Retired".into(),
            tag: "T.OLD".into(),
            local: "Retiré".into(),
            type_name: "NUMERIC",
            signal: None,
        },
        mixed(2_200_009, ["Operator", "T.OPER", "Opérateur"], "DISCRET", texts(&["Ana", "Béa", "Cem"])),
        mixed(
            2_200_010,
            ["Serial", "T.SERIAL", "Série"],
            "NUMERIC",
            (EDGE - 2..EDGE + 4)
                .map(Cell::integer)
                .chain([Cell::integer(i64::MAX), Cell::integer(i64::MIN)])
                .collect(),
        ),
        mixed(
            2_200_011,
            ["Freeness, ml", "T.CSF", "Égouttage"],
            "NUMERICAL",
            texts(&["410", "420.5", "nan"]),
        ),
    ]
}

/// The memory base.
pub(super) fn base() -> Base {
    let wave = Wave::named("trials");
    let mut variables = vec![
        datetime(2_200_001, ["Tested", "T.DATE", "Essai"], |row| Cell::Time(START + row as i64 * 6 * HOUR)),
        gaps(),
        numeric(2_200_003, ["Score", "T.SCORE", "Note"], move |row| match wave.pick(row + ROWS, 8) {
            7 => Cell::text("nan"),
            score => Cell::integer(score as i64 - 3),
        }),
        numeric(2_200_004, ["Offset, mm", "T.OFFSET", "Décalage"], move |row| {
            Cell::rounded(4.0 * wave.unit(row + 2 * ROWS) - 2.0, 2)
        }),
    ];
    variables.extend(odd());
    let mut base = draft::base(22, "Lab trials", ROWS, variables);
    base.groups = vec![draft::group(10, "Sheets", [2_200_002, 2_200_005, 2_200_009])];
    base.jobs = vec![item(
        "job",
        serde_json::json!("1"),
        "Untouched",
        serde_json::json!({
            "conditions": [], "modelEntries": [], "dataGroups": [],
            "events": { "positiveEvents": [], "negativeEvents": [] },
        }),
    )];
    base
}
