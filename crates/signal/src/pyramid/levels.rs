//! Buckets over buckets: 32 rows make a leaf, 16 buckets the next one.

use std::ops::Range;

use crate::Values;
use crate::samples::PIECE;

/// Rows of a bucket of the lowest level.
pub(super) const LEAF: usize = PIECE;

/// Buckets of a level in one of the next.
const FACTOR: usize = 16;

/// Levels beyond this one would hold more rows than any machine: 32 · 16⁶ rows a bucket.
const MOST_LEVELS: usize = 7;

/// Figures of a bucket. Without values: `min` +∞, `max` −∞, the rest 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bucket {
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) sum: f64,
    /// Sum of squared deviations from the bucket's own mean.
    squares: f64,
}

/// What a range of rows is made of.
pub(super) enum Part<'a> {
    /// A bucket, and how many values it has.
    Bucket(&'a Bucket, u64),
    /// Raw values; NaN is missing.
    Raw(&'a [f64]),
}

/// Complete buckets of one level.
#[derive(Debug, Clone, Default)]
struct Level {
    buckets: Vec<Bucket>,
    /// Missing rows of each bucket; shorter than the buckets as long as none is missing, and 0 from there on.
    missing: Vec<u32>,
}

/// All levels, and the leaf under way.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    rows: usize,
    levels: Vec<Level>,
    open: [f64; LEAF],
}

impl Default for Levels {
    fn default() -> Self {
        Self { rows: 0, levels: vec![Level::default()], open: [f64::NAN; LEAF] }
    }
}

impl Levels {
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn bytes(&self) -> usize {
        let of =
            |level: &Level| level.buckets.capacity() * size_of::<Bucket>() + level.missing.capacity() * 4;
        self.levels.iter().map(of).sum()
    }

    /// Takes values; every leaf and every bucket that they complete is closed.
    pub(super) fn push(&mut self, values: Values<'_>) {
        let taken = ((LEAF - self.rows % LEAF) % LEAF).min(values.len());
        values.pieces(0..taken, |piece| self.take(piece));
        values.pieces(taken..values.len(), |piece| self.take(piece));
    }

    /// Takes a piece that does not reach beyond the leaf under way.
    fn take(&mut self, piece: &[f64]) {
        if let Ok(leaf) = piece.try_into() {
            self.close(leaf);
        } else {
            let place = self.rows % LEAF;
            self.open[place..place + piece.len()].copy_from_slice(piece);
            if place + piece.len() == LEAF {
                let leaf = self.open;
                self.close(&leaf);
            }
        }
        self.rows += piece.len();
    }

    fn close(&mut self, leaf: &[f64; LEAF]) {
        let (bucket, missing) = of_leaf(leaf);
        self.levels[0].add(bucket, missing);
        let mut rows = LEAF;
        for below in 0..MOST_LEVELS - 1 {
            let held = self.levels[below].buckets.len();
            if !held.is_multiple_of(FACTOR) {
                return;
            }
            let (bucket, missing) = self.levels[below].merged(held - FACTOR..held, rows);
            if self.levels.len() == below + 1 {
                self.levels.push(Level::default());
            }
            self.levels[below + 1].add(bucket, missing);
            rows *= FACTOR;
        }
    }

    /// Hands out complete leaves, as buckets as large as can be.
    pub(super) fn visit(&self, leaves: Range<usize>, mut visit: impl FnMut(Part<'_>)) {
        let (mut inner, mut rows) = (leaves, LEAF);
        for (at, level) in self.levels.iter().enumerate() {
            let above = inner.start.div_ceil(FACTOR)..inner.end / FACTOR;
            if above.is_empty() || at + 1 == self.levels.len() {
                return level.visit(inner, rows, &mut visit);
            }
            level.visit(inner.start..above.start * FACTOR, rows, &mut visit);
            level.visit(above.end * FACTOR..inner.end, rows, &mut visit);
            inner = above;
            rows *= FACTOR;
        }
    }

    /// Rows from `row` on, at most to `end`, that are known to be missing from whole buckets.
    pub(super) fn missing_from(&self, row: usize, end: usize) -> usize {
        self.wholly_missing(|size| (row.is_multiple_of(size) && row + size <= end).then(|| row / size))
    }

    /// Rows before `row`, at most back to `start`, that are known to be missing from whole buckets.
    pub(super) fn missing_until(&self, row: usize, start: usize) -> usize {
        self.wholly_missing(|size| (row.is_multiple_of(size) && row >= start + size).then(|| row / size - 1))
    }

    /// Size of the largest bucket among those that `number` names (by size in rows) without any value.
    fn wholly_missing(&self, number: impl Fn(usize) -> Option<usize>) -> usize {
        let sizes = std::iter::successors(Some(LEAF), |size| Some(size * FACTOR));
        let levels = self.levels.iter().zip(sizes);
        let missing = levels.filter(|(level, size)| {
            let held = number(*size).and_then(|bucket| level.missing.get(bucket));
            held.is_some_and(|&missing| missing as usize == *size)
        });
        missing.last().map_or(0, |(_, size)| size)
    }
}

impl Level {
    fn add(&mut self, bucket: Bucket, missing: u32) {
        if missing > 0 {
            self.missing.resize(self.buckets.len(), 0);
            self.missing.push(missing);
        }
        if self.buckets.len() == self.buckets.capacity() {
            // A quarter, where a vector by itself would double: these are what a stream costs beyond its samples.
            self.buckets.reserve_exact(self.buckets.len() / 4 + FACTOR);
        }
        self.buckets.push(bucket);
    }

    /// Missing rows of a bucket.
    fn missing(&self, bucket: usize) -> u32 {
        self.missing.get(bucket).copied().unwrap_or(0)
    }

    fn visit(&self, buckets: Range<usize>, rows: usize, visit: &mut impl FnMut(Part<'_>)) {
        let first = buckets.start;
        for (bucket, number) in self.buckets[buckets].iter().zip(first..) {
            visit(Part::Bucket(bucket, rows as u64 - u64::from(self.missing(number))));
        }
    }

    /// Several buckets as one.
    fn merged(&self, buckets: Range<usize>, rows: usize) -> (Bucket, u32) {
        let missing = buckets.clone().map(|bucket| self.missing(bucket)).sum();
        let mut moments = Moments::NONE;
        self.visit(buckets, rows, &mut |part| moments.add(part));
        let Moments { min, max, sum, squares, .. } = moments;
        (Bucket { min, max, sum, squares }, missing)
    }
}

/// Figures that can be joined.
pub(super) struct Moments {
    pub(super) count: u64,
    pub(super) min: f64,
    pub(super) max: f64,
    sum: f64,
    /// Sum of squared deviations from the mean.
    pub(super) squares: f64,
}

impl Moments {
    pub(super) const NONE: Self =
        Self { count: 0, min: f64::INFINITY, max: f64::NEG_INFINITY, sum: 0.0, squares: 0.0 };

    pub(super) fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }

    pub(super) fn add(&mut self, part: Part<'_>) {
        match part {
            Part::Bucket(&Bucket { min, max, sum, squares }, count) => {
                self.join(&Self { count, min, max, sum, squares });
            }
            Part::Raw(values) => self.join(&Self::of(values)),
        }
    }

    fn of(values: &[f64]) -> Self {
        let mut all = Self::NONE;
        for &value in values.iter().filter(|value| !value.is_nan()) {
            all.count += 1;
            all.min = all.min.min(value);
            all.max = all.max.max(value);
            all.sum += value;
        }
        let mean = all.mean();
        all.squares =
            values.iter().filter(|value| !value.is_nan()).map(|value| (value - mean) * (value - mean)).sum();
        all
    }

    /// Deviations from two means become deviations from one by the distance of the means.
    fn join(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count > 0 {
            let (mine, others) = (self.count as f64, other.count as f64);
            let apart = other.mean() - self.mean();
            self.squares += apart * apart * (mine * others / (mine + others));
        }
        self.squares += other.squares;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        self.count += other.count;
    }
}

/// Figures of 32 rows, and how many of them are missing.
fn of_leaf(leaf: &[f64; LEAF]) -> (Bucket, u32) {
    const LANES: usize = 8;
    let (mut min, mut max, mut sum) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES], [0.0; LANES]);
    for values in leaf.chunks_exact(LANES) {
        for (lane, &value) in values.iter().enumerate() {
            // Comparing and choosing is one vector instruction; f64::min is several.
            min[lane] = if value < min[lane] { value } else { min[lane] };
            max[lane] = if value > max[lane] { value } else { max[lane] };
            sum[lane] += value;
        }
    }
    let total: f64 = sum.iter().sum();
    // A NaN, or an infinity, makes the sum one: only then is it worth looking at each value.
    if !total.is_finite() {
        let Moments { min, max, sum, squares, count } = Moments::of(leaf);
        return (Bucket { min, max, sum, squares }, (LEAF as u64 - count) as u32);
    }
    let mean = total / LEAF as f64;
    let mut squares = [0.0; LANES];
    for values in leaf.chunks_exact(LANES) {
        for (lane, &value) in values.iter().enumerate() {
            squares[lane] += (value - mean) * (value - mean);
        }
    }
    let least = min.into_iter().fold(f64::INFINITY, f64::min);
    let most = max.into_iter().fold(f64::NEG_INFINITY, f64::max);
    (Bucket { min: least, max: most, sum: total, squares: squares.iter().sum() }, 0)
}
