//! The paper machine: a row a minute for thirty days.

use super::draft::{self, Names, datetime, discrete, group, numeric};
use super::wave::Wave;
use super::{MINUTE, START, studies};
use crate::braincube::{Base, Cell, Variable};

const ROWS: u64 = 30 * 24 * 60;
/// A grade is made for six hours at least.
const CAMPAIGN: u64 = 6 * 60;
/// The web breaks at most once in so many minutes.
const RUN: u64 = 240;

/// Grades of paper, with their basis weight in g/m².
const GRADES: [(&str, f64); 4] =
    [("Kraft 80", 80.0), ("Fluting 105", 105.0), ("Kraft 110", 110.0), ("Testliner 125", 125.0)];

fn grade(row: u64) -> (&'static str, f64) {
    let place = Wave::named("grade").pick(row / CAMPAIGN, GRADES.len() as u64) as usize;
    GRADES.get(place).copied().unwrap_or(("Kraft 80", 80.0))
}

/// Whether the web is broken: in one run of seven, for 5 to 24 minutes.
fn broken(row: u64) -> bool {
    let wave = Wave::named("web breaks");
    let (run, minute) = (row / RUN, row % RUN);
    let begin = wave.pick(run * 4 + 1, RUN - 30);
    let length = 5 + wave.pick(run * 4 + 2, 20);
    wave.pick(run * 4, 7) == 0 && (begin..begin + length).contains(&minute)
}

/// The machine is washed on the tenth day, from 6 to 10.
fn washed(row: u64) -> bool {
    (10 * 1440 + 360..10 * 1440 + 600).contains(&row)
}

fn runs(row: u64) -> bool {
    !broken(row) && !washed(row)
}

/// A measurement around a mean: a slow drift, a fast one and noise, times `spread`.
fn around(name: &'static str, mean: f64, spread: f64) -> impl Fn(u64) -> f64 + Send + Sync {
    let (slow, fast) = (Wave::named(name), Wave::named(&format!("{name} fast")));
    move |row| {
        mean + spread * (0.7 * slow.drift(row, 480) + 0.25 * fast.drift(row, 15) + 0.08 * fast.noise(row))
    }
}

/// A measurement with some decimals.
fn measured(id: u32, names: Names, mean: f64, spread: f64, decimals: u8) -> Variable {
    let value = around(names[1], mean, spread);
    numeric(id, names, move |row| Cell::rounded(value(row), decimals))
}

/// A measurement of the running web: there is none while it is broken.
fn on_web(
    id: u32,
    names: Names,
    value: impl Fn(u64) -> f64 + Send + Sync + 'static,
    decimals: u8,
) -> Variable {
    numeric(
        id,
        names,
        move |row| if runs(row) { Cell::rounded(value(row), decimals) } else { Cell::text("nan") },
    )
}

fn speed() -> Variable {
    let value = around("speed", 820.0, 25.0);
    numeric(2_000_002, ["Machine speed, m/min", "PM.SPEED", "Vitesse machine"], move |row| {
        Cell::rounded(
            if washed(row) {
                0.0
            } else if broken(row) {
                240.0
            } else {
                value(row)
            },
            1,
        )
    })
}

fn weight() -> Variable {
    let value = around("weight", 0.0, 1.6);
    let spike = |row: u64| if row == 21_777 { 40.0 } else { 0.0 };
    on_web(
        2_000_003,
        ["Basis weight, g/m²", "QCS.BW", "Grammage"],
        move |row| grade(row).1 + value(row) + spike(row),
        2,
    )
}

fn refiner() -> Variable {
    let value = around("refiner", 640.0, 70.0);
    numeric(2_000_008, ["Refiner power, kW", "REF1.POW", "Puissance raffineur"], move |row| match row % 977 {
        5 => Cell::text("NaN"),
        _ => Cell::integer(value(row).round() as i64),
    })
}

/// The laboratory tests a sample every hour, when there is paper.
fn sampled(row: u64) -> Option<u64> {
    let sample = row / 60 * 60;
    runs(sample).then_some(sample)
}

fn tear() -> Variable {
    let value = around("tear", 8.4, 0.9);
    numeric(2_000_012, ["Tear index, mN·m²/g", "LAB.TEAR", "Indice de déchirement"], move |row| {
        match sampled(row) {
            Some(sample) if sample == row => Cell::rounded(value(row), 2),
            _ => Cell::text("nan"),
        }
    })
}

fn states() -> Vec<Variable> {
    let state = |row| match (washed(row), broken(row)) {
        (true, _) => "wash",
        (_, true) => "break",
        _ => "run",
    };
    let crew = |row: u64| match row / 480 % 4 {
        0 => "A",
        1 => "B",
        2 => "C",
        _ => "D",
    };
    vec![
        discrete(2_000_013, ["Grade", "PM.GRADE", "Sorte"], |row| Cell::text(grade(row).0)),
        discrete(2_000_014, ["Crew", "PM.CREW", "Équipe"], move |row| Cell::text(crew(row))),
        discrete(2_000_015, ["Machine state", "PM.STATE", "État machine"], move |row| {
            Cell::text(state(row))
        }),
        datetime(2_000_016, ["Last lab sample", "LAB.TIME", "Dernier échantillon"], |row| {
            sampled(row).map_or(Cell::text("null"), |sample| Cell::Time(START + sample as i64 * MINUTE))
        }),
    ]
}

fn variables() -> Vec<Variable> {
    let mut variables = vec![
        datetime(2_000_001, ["Date", "PM.DATE", "Date"], |row| Cell::Time(START + row as i64 * MINUTE)),
        speed(),
        weight(),
        on_web(2_000_004, ["Moisture, %", "QCS.MOIST", "Humidité"], around("moisture", 7.2, 0.7), 2),
        measured(2_000_005, ["Dryer steam pressure, bar", "DRY.P1", "Pression vapeur"], 3.1, 0.4, 2),
        measured(2_000_006, ["Headbox pressure, kPa", "HB.P", "Pression caisse"], 118.0, 6.0, 1),
        measured(2_000_007, ["Wire tension, kN/m", "WIRE.TENS", "Tension toile"], 7.5, 0.3, 2),
        refiner(),
        measured(2_000_009, ["Stock flow, l/s", "STOCK.F", "Débit pâte"], 92.0, 5.0, 1),
        numeric(2_000_010, ["Reel number", "REEL.NO", "Numéro de bobine"], |row| {
            Cell::integer(48_100 + row as i64 / 48)
        }),
        numeric(2_000_011, ["Production counter, m", "PM.COUNT", "Compteur"], |row| {
            Cell::integer(7_310_000 + row as i64 * 815)
        }),
        tear(),
    ];
    variables.extend(states());
    variables.extend([
        measured(2_000_017, ["Steam flow, t/h", "STEAM.F", "Débit vapeur"], 14.2, 1.5, 2),
        measured(2_000_018, ["Couch vacuum, kPa", "VAC.COUCH", "Vide rouleau aspirant"], -58.0, 4.0, 1),
        // Two with one name: tags tell them apart.
        measured(2_000_019, ["Dryer temperature, °C", "DRY.T1", "Temp. sécheur"], 108.0, 5.0, 1),
        measured(2_000_020, ["Dryer temperature, °C", "DRY.T2", "Temp. sécheur"], 121.0, 4.0, 1),
    ]);
    variables
}

/// The memory base.
pub(super) fn base() -> Base {
    let mut base = draft::base(20, "Paper machine", ROWS, variables());
    base.groups = vec![
        group(10, "Dryer section", [2_000_005, 2_000_017, 2_000_019, 2_000_020]),
        group(11, "Paper quality", [2_000_003, 2_000_004, 2_000_012]),
        group(12, "Wet end", [2_000_006, 2_000_007, 2_000_008, 2_000_009, 2_000_018]),
        group(13, "Nothing yet", []),
    ];
    base.events = studies::events();
    base.jobs = studies::jobs();
    base.rules = studies::rules();
    base
}
