//! ECG paper: boxes of 40 ms by 0.1 mV, every fifth line strong, whatever the zoom.

use super::axes::PlotBox;
use super::pane::Pane;
use super::scale::{TimeScale, ValueScale};
use super::theme::{Theme, css};

/// A small box: 1 mm at 25 mm/s.
pub const BOX_NS: i64 = 40_000_000;
/// A small box: 1 mm at 10 mm/mV.
pub const BOX_MV: f64 = 0.1;

/// Small boxes of a large one.
const LARGE: i64 = 5;
/// Lines nearer to each other than this, in CSS pixels, are a grey area.
const NEAREST: f64 = 2.5;

/// Draws the paper of a track. `millivolts` are those of one unit of its values; without them there are no lines across.
pub fn draw(
    pane: &Pane,
    plot: PlotBox,
    time: TimeScale,
    (scale, millivolts): (ValueScale, Option<f64>),
    theme: &Theme,
) {
    let nearest = NEAREST * pane.density;
    for (boxes, strength) in [(1, 0.16), (LARGE, 0.4)] {
        pane.context.set_fill_style_str(&css(theme.danger, strength));
        let step = BOX_NS * boxes;
        if step as f64 / time.per_pixel() >= nearest {
            let first = time.range.start.div_euclid(step).saturating_add(1).saturating_mul(step);
            let lines = std::iter::successors(Some(first), |time| time.checked_add(step));
            for at in lines.take_while(|at| *at < time.range.end) {
                pane.context.fill_rect(time.x(at).round(), plot.top, pane.density.round(), plot.height);
            }
        }
        let Some(millivolts) = millivolts else { continue };
        let step = BOX_MV * boxes as f64 / millivolts;
        let (low, high) = (scale.low.min(scale.high), scale.low.max(scale.high));
        if step / (high - low) * plot.height >= nearest {
            // As many lines as pixels at most.
            let count = ((high - low) / step) as usize + 1;
            let first = (low / step).ceil();
            for at in (0..count).map(|line| (first + line as f64) * step).filter(|at| *at <= high) {
                pane.context.fill_rect(plot.left, scale.y(at).round(), plot.width, pane.density.round());
            }
        }
    }
}

/// Millivolts of a unit of voltage.
pub fn millivolts(unit: &str) -> Option<f64> {
    Some(match unit.trim() {
        "mV" => 1.0,
        "µV" | "μV" | "uV" => 1e-3,
        "nV" => 1e-6,
        "V" => 1e3,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_voltage_have_boxes() {
        assert_eq!(millivolts("mV"), Some(1.0));
        // Both letters that look like a mu.
        assert_eq!((millivolts("\u{b5}V"), millivolts("\u{3bc}V")), (Some(1e-3), Some(1e-3)));
        assert_eq!((millivolts("bpm"), millivolts("")), (None, None));
    }
}
