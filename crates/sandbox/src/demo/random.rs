//! Pseudo-random numbers that are the same everywhere (SplitMix64).

/// A sequence of numbers that its seed determines.
pub(super) struct Random(u64);

impl Random {
    /// The sequence of a name, so that adding a stream does not change the others.
    pub(super) fn named(name: &str) -> Self {
        Self(crate::query::fnv(std::iter::once(name)))
    }

    /// The sequence of a number.
    pub(super) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A sequence for each place, so that what is made there does not depend on what was made elsewhere.
    pub(super) fn at(&self, place: u64) -> Self {
        Self(self.0 ^ place.wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in `[0, 1)`.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in `[low, high)`.
    pub(super) fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number in `[low, high)`.
    pub(super) fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low).unsigned_abs()) as i64
    }

    /// Nearly normal with mean 0 and deviation 1: the sum of four uniforms, without a transcendental function whose
    /// last digit would depend on the machine.
    pub(super) fn normal(&mut self) -> f64 {
        let bits = self.next();
        let sum: u64 = [0, 16, 32, 48].iter().map(|shift| bits >> shift & 0xffff).sum();
        (sum as f64 / 65_535.0 - 2.0) * 3f64.sqrt()
    }

    /// True with a probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Hexadecimal digits, for ids.
    pub(super) fn hex(&mut self, digits: usize) -> String {
        let text: String = (0..digits.div_ceil(16)).map(|_| format!("{:016x}", self.next())).collect();
        text.chars().take(digits).collect()
    }
}
