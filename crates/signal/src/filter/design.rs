//! Filters as second-order sections, from their poles.
//!
//! Sources: scipy's `butter` (analog Butterworth prototype, frequency transformed, bilinear transform with pre-warped
//! edges) and `iirnotch` (S. J. Orfanidis, "Introduction To Signal Processing", 1996). Frequencies are shares of the
//! sampling rate. A section that comes from a pole `p` of the `s` plane, with `s = (1 - q) / (1 + q)` and `q` one sample
//! later, has the denominator `|1 - p|² - 2 (1 - |p|²) q + |1 + p|² q²`.

use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};

/// A part of the settling that is left when it counts as over.
const LEFT: f64 = 0.01;

/// `(b₀ + b₁ q + b₂ q²) / (1 + a₁ q + a₂ q²)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Section {
    b: [f64; 3],
    a: [f64; 2],
    /// Gain at 0 Hz.
    at_zero: f64,
}

/// A complex number: real and imaginary part.
type Complex = (f64, f64);

impl Section {
    /// A pole and its conjugate under a numerator.
    fn of_pole((re, im): Complex, b: [f64; 3], at_zero: f64) -> Self {
        let whole = (1.0 - re) * (1.0 - re) + im * im;
        let middle = -2.0 * (1.0 - (re * re + im * im));
        let last = (1.0 + re) * (1.0 + re) + im * im;
        Self { b: b.map(|part| part / whole), a: [middle / whole, last / whole], at_zero }
    }

    pub(super) fn at_zero(&self) -> f64 {
        self.at_zero
    }

    /// The state of a section whose input has stood at a level for ever.
    pub(super) fn steady(&self, level: f64) -> [f64; 2] {
        [(self.at_zero - self.b[0]) * level, (self.b[2] - self.a[1] * self.at_zero) * level]
    }

    /// Filters a block in place: direct form II, transposed.
    pub(super) fn run(&self, state: &mut [f64; 2], block: &mut [f64]) {
        let ([b0, b1, b2], [a1, a2]) = (self.b, self.a);
        let [mut first, mut second] = *state;
        for value in block {
            let input = *value;
            let output = b0 * input + first;
            first = b1 * input - a1 * output + second;
            second = b2 * input - a2 * output;
            *value = output;
        }
        *state = [first, second];
    }

    /// Samples until what the section remembers of its beginning has faded to a hundredth.
    pub(super) fn settling(&self) -> f64 {
        let [a1, a2] = self.a;
        let apart = a1 * a1 / 4.0 - a2;
        let radius = if apart < 0.0 { a2.sqrt() } else { a1.abs() / 2.0 + apart.sqrt() };
        if radius > 0.0 && radius < 1.0 { LEFT.ln() / radius.ln() } else { 0.0 }
    }
}

/// The upper poles of the analog prototype with cutoff 1; each stands for itself and its conjugate.
fn prototype(order: u32) -> impl Iterator<Item = Complex> {
    (0..order / 2).map(move |place| {
        let angle = PI * f64::from(2 * place + 1) / f64::from(2 * order);
        (-angle.sin(), angle.cos())
    })
}

/// A frequency where the bilinear transform puts it.
fn warped(share: f64) -> f64 {
    (PI * share).tan()
}

pub(super) fn low_pass(edge: f64, order: u32) -> Vec<Section> {
    let edge = warped(edge);
    let gain = edge * edge;
    let section = |(re, im)| Section::of_pole((re * edge, im * edge), [gain, 2.0 * gain, gain], 1.0);
    prototype(order).map(section).collect()
}

/// Its poles are those of the low-pass: one over a pole of the prototype is its conjugate.
pub(super) fn high_pass(edge: f64, order: u32) -> Vec<Section> {
    let edge = warped(edge);
    prototype(order).map(|(re, im)| Section::of_pole((re * edge, im * edge), [1.0, -2.0, 1.0], 0.0)).collect()
}

/// A pole `p` of the prototype becomes the roots of `s² - p · width · s + low · high`.
pub(super) fn band_pass((low, high): (f64, f64), order: u32) -> Vec<Section> {
    let (low, high) = (warped(low), warped(high));
    let width = high - low;
    let roots = |(re, im): Complex| {
        let half = (re * width / 2.0, im * width / 2.0);
        let root = root((half.0 * half.0 - half.1 * half.1 - low * high, 2.0 * half.0 * half.1));
        [(half.0 + root.0, half.1 + root.1), (half.0 - root.0, half.1 - root.1)]
    };
    let section = |pole| Section::of_pole(pole, [width, 0.0, -width], 0.0);
    prototype(order).flat_map(roots).map(section).collect()
}

/// The square root with a real part that is not negative.
fn root((re, im): Complex) -> Complex {
    let size = re.hypot(im);
    let (real, imaginary) = (((size + re) / 2.0).max(0.0).sqrt(), ((size - re) / 2.0).max(0.0).sqrt());
    (real, imaginary.copysign(im))
}

pub(super) fn notch(centre: f64, quality: f64) -> Section {
    let angle = TAU * centre;
    let edge = FRAC_1_SQRT_2;
    let beta = ((1.0 - edge * edge).sqrt() / edge) * (angle / quality / 2.0).tan();
    let gain = 1.0 / (1.0 + beta);
    let middle = -2.0 * gain * angle.cos();
    Section { b: [gain, middle, gain], a: [middle, 2.0 * gain - 1.0], at_zero: 1.0 }
}
