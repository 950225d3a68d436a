//! Decimated rows: mean, minimum and maximum of four rows, of four of those, and so on.
//!
//! What is left over when an interval ends (fewer rows than a level takes) exists at no coarser level: a node drops
//! it too. The time of a decimated row is the mean of its rows' times.

use super::layout::{Layout, time};

/// Rows that one row of the next level stands for.
pub(crate) const FACTOR: u64 = 4;

/// Makes the decimated rows of a stream's rows as they come.
pub(crate) struct Decimator {
    layout: Layout,
    levels: Vec<Bin>,
    /// Time of the last row that came, µs.
    pub(crate) last_time: Option<i64>,
}

impl Decimator {
    /// For a stream of a layout.
    pub(crate) fn new(layout: Layout) -> Self {
        Self { layout, levels: Vec::new(), last_time: None }
    }

    /// Takes rows in time order and gives the decimated rows that they complete, for each level (4, 16, …).
    ///
    /// A level is listed once rows have reached it, even while it has none.
    pub(crate) fn push(&mut self, rows: &[u8]) -> Vec<Vec<u8>> {
        if let Some(row) = rows.chunks_exact(self.layout.width()).last() {
            self.last_time = Some(time(row));
        }
        let mut made: Vec<Vec<u8>> = Vec::new();
        loop {
            let (input, layout) = match made.last() {
                None => (rows, self.layout),
                Some(rows) => (rows.as_slice(), self.layout.decimated()),
            };
            if input.is_empty() {
                return made;
            }
            let level = made.len();
            if self.levels.len() == level {
                self.levels.push(Bin::new(self.layout.elements));
            }
            let Some(bin) = self.levels.get_mut(level) else { return made };
            let mut output = Vec::with_capacity(input.len() / FACTOR as usize);
            for row in input.chunks_exact(layout.width()) {
                bin.add(layout, row);
                if bin.rows == FACTOR {
                    bin.write(&mut output);
                }
            }
            made.push(output);
        }
    }

    /// Ends the interval.
    pub(crate) fn close(&mut self) {
        self.levels.iter_mut().for_each(Bin::clear);
    }
}

/// The rows that still wait for their fourth.
struct Bin {
    rows: u64,
    times: i128,
    sum: Vec<f64>,
    min: Vec<f64>,
    max: Vec<f64>,
}

impl Bin {
    fn new(elements: usize) -> Self {
        let mut bin = Self {
            rows: 0,
            times: 0,
            sum: vec![0.0; elements],
            min: vec![0.0; elements],
            max: vec![0.0; elements],
        };
        bin.clear();
        bin
    }

    fn clear(&mut self) {
        self.rows = 0;
        self.times = 0;
        self.sum.fill(0.0);
        self.min.fill(f64::INFINITY);
        self.max.fill(f64::NEG_INFINITY);
    }

    /// Adds a row: of the stream itself, or of the level before (means, minima, maxima).
    fn add(&mut self, layout: Layout, row: &[u8]) {
        let elements = self.sum.len();
        self.rows += 1;
        self.times += i128::from(time(row));
        let decimated = layout.elements > elements;
        for (index, value) in layout.values(row).enumerate() {
            let value = value.as_f64();
            let (part, element) = (index / elements, index % elements);
            if part == 0
                && let Some(sum) = self.sum.get_mut(element)
            {
                *sum += value;
            }
            if (part == 1 || !decimated)
                && let Some(min) = self.min.get_mut(element)
            {
                *min = min.min(value);
            }
            if (part == 2 || !decimated)
                && let Some(max) = self.max.get_mut(element)
            {
                *max = max.max(value);
            }
        }
    }

    /// Writes the decimated row and begins anew.
    fn write(&mut self, output: &mut Vec<u8>) {
        let time = (self.times / i128::from(FACTOR)) as i64;
        output.extend_from_slice(&time.to_le_bytes());
        let mean = self.sum.iter().map(|sum| sum / FACTOR as f64);
        for value in mean.chain(self.min.iter().copied()).chain(self.max.iter().copied()) {
            output.extend_from_slice(&(value as f32).to_le_bytes());
        }
        self.clear();
    }
}
