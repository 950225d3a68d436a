//! The discrete Fourier transform of a power of two of samples, by halves (Cooley and Tukey, 1965).

use std::f64::consts::TAU;

/// A complex number: real and imaginary part.
type Complex = (f64, f64);

/// Room and factors for transforms of one length.
#[derive(Debug, Clone)]
pub(super) struct Fft {
    /// `exp(-2πi k / n)` for `k` below `n / 2`.
    turns: Vec<Complex>,
    room: Vec<Complex>,
}

impl Fft {
    /// For a length that is a power of two, at least 2.
    pub(super) fn new(length: usize) -> Self {
        let turn = |place: usize| {
            let (sin, cos) = (-TAU * place as f64 / length as f64).sin_cos();
            (cos, sin)
        };
        Self { turns: (0..length / 2).map(turn).collect(), room: vec![(0.0, 0.0); length] }
    }

    /// The transform of real samples: its values from frequency 0 on, in order.
    pub(super) fn of_real(&mut self, samples: impl Iterator<Item = f64>) -> &[Complex] {
        let length = self.room.len();
        let unused = usize::BITS - length.trailing_zeros();
        for (place, sample) in samples.take(length).enumerate() {
            // Each sample goes where its number stands when its bits are read backwards.
            self.room[place.reverse_bits() >> unused] = (sample, 0.0);
        }
        let mut half = 1;
        while half < length {
            let stride = length / (2 * half);
            for block in self.room.chunks_exact_mut(2 * half) {
                let (even, odd) = block.split_at_mut(half);
                let turns = self.turns.iter().step_by(stride);
                for ((even, odd), (cos, sin)) in even.iter_mut().zip(odd).zip(turns) {
                    let turned = (odd.0 * cos - odd.1 * sin, odd.0 * sin + odd.1 * cos);
                    *odd = (even.0 - turned.0, even.1 - turned.1);
                    *even = (even.0 + turned.0, even.1 + turned.1);
                }
            }
            half *= 2;
        }
        &self.room
    }
}
