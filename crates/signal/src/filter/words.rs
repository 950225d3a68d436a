//! A filter in words, as tracks, figures and links name it.

use std::fmt;

use super::{Band, DisplayFilter, Order};

/// "high-pass 0.5 Hz (order 2), notch 50 Hz, mean of 0.2 s"; "none".
impl fmt::Display for DisplayFilter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some((band, order)) = self.pass {
            let band = match band {
                Band::High(hz) => format!("high-pass {hz} Hz"),
                Band::Low(hz) => format!("low-pass {hz} Hz"),
                Band::Between(low, high) => format!("band-pass {low} to {high} Hz"),
            };
            parts.push(format!("{band} (order {})", order.number()));
        }
        parts.extend(self.notch.map(|hz| format!("notch {hz} Hz")));
        parts.extend(self.mean.map(|seconds| format!("mean of {seconds} s")));
        if parts.is_empty() {
            return out.write_str("none");
        }
        out.write_str(&parts.join(", "))
    }
}

impl DisplayFilter {
    /// The filter as links hold it: "high:0.5:2,50,0.2", "band:1:40:4,no,no".
    pub fn code(&self) -> String {
        let number =
            |number: Option<f64>| number.map_or_else(|| "no".to_string(), |number| number.to_string());
        let pass = match self.pass {
            None => "no".into(),
            Some((Band::High(hz), order)) => format!("high:{hz}:{}", order.number()),
            Some((Band::Low(hz), order)) => format!("low:{hz}:{}", order.number()),
            Some((Band::Between(low, high), order)) => format!("band:{low}:{high}:{}", order.number()),
        };
        format!("{pass},{},{}", number(self.notch), number(self.mean))
    }

    /// The filter that a code means; `None` for what is none. Whether it fits a stream, only its samples tell.
    pub fn of_code(code: &str) -> Option<Self> {
        let parts: Vec<&str> = code.split(',').collect();
        let [pass, notch, mean] = parts[..] else { return None };
        let positive =
            |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
        let optional = |text: &str| if text == "no" { Some(None) } else { positive(text).map(Some) };
        let order = |text: &str| text.parse().ok().and_then(Order::of);
        let words: Vec<&str> = pass.split(':').collect();
        let pass = match words[..] {
            ["no"] => None,
            ["high", hz, of] => Some((Band::High(positive(hz)?), order(of)?)),
            ["low", hz, of] => Some((Band::Low(positive(hz)?), order(of)?)),
            ["band", low, high, of] => Some((Band::Between(positive(low)?, positive(high)?), order(of)?)),
            _ => return None,
        };
        Some(Self { pass, notch: optional(notch)?, mean: optional(mean)? })
    }
}
