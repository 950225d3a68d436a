//! The Braincube demo: a small paper mill.
//!
//! Nothing of it is stored: a value is a function of its memory base, variable and row, made when it is asked for, so that
//! a base may have a million rows. The bases differ on purpose: one is ordered by a number instead of a time, one lives in
//! a zone where the clocks change, one has thousands of variables, one has every odd cell that the wire knows, one has no
//! rows, one does not say what orders it.

mod converting;
mod draft;
mod machine;
mod reels;
mod studies;
mod tags;
mod trials;
mod wave;

use std::sync::Arc;

use crate::braincube::{Base, Braincube, Site};
use draft::uuid;

/// When the recordings begin: 2024-03-01 00:00, s.
const START: i64 = 1_709_251_200;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The mill's braincubes.
pub(crate) fn site() -> Site {
    let braincube = |name, granted, bases: Vec<Base>| Braincube {
        name,
        uuid: uuid(name),
        granted,
        bases: bases.into_iter().map(Arc::new).collect(),
    };
    let mill = vec![
        machine::base(),
        reels::base(),
        trials::base(),
        tags::winder(),
        tags::all(),
        converting::base(),
        tags::archive(),
    ];
    Site {
        braincubes: vec![
            braincube("Paper mill", true, mill),
            braincube("pilot", true, vec![tags::empty()]),
            braincube("Pulp mill", false, Vec::new()),
        ],
    }
}
