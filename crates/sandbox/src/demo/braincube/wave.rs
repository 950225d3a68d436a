//! Signals as functions of the row: smooth drifts, noise and events, without any state.

use crate::braincube::Cell;
use crate::demo::random::Random;

/// A source of numbers for places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wave(u64);

impl Wave {
    /// The source of a name.
    pub(super) fn named(name: &str) -> Self {
        Self(Random::named(name).next())
    }

    fn random(self, place: u64) -> Random {
        Random::seeded(self.0).at(place)
    }

    /// Uniform in `[0, 1)`, another number for each place.
    pub(super) fn unit(self, place: u64) -> f64 {
        self.random(place).unit()
    }

    /// A whole number in `[0, below)`.
    pub(super) fn pick(self, place: u64, below: u64) -> u64 {
        self.random(place).next() % below
    }

    /// One of some texts, by chance.
    pub(super) fn choose(self, place: u64, texts: &[&'static str]) -> Cell {
        let chosen = texts.get(self.pick(place, texts.len().max(1) as u64) as usize);
        Cell::text(chosen.copied().unwrap_or_default())
    }

    /// Nearly normal, deviation 1.
    pub(super) fn noise(self, place: u64) -> f64 {
        self.random(place).normal()
    }

    /// A drift between -1 and 1 that turns about every `period` places.
    pub(super) fn drift(self, place: u64, period: u64) -> f64 {
        let (cell, within) = (place / period, (place % period) as f64 / period as f64);
        let blend = within * within * (3.0 - 2.0 * within);
        let end = |cell| 2.0 * self.unit(cell) - 1.0;
        end(cell) * (1.0 - blend) + end(cell + 1) * blend
    }
}
