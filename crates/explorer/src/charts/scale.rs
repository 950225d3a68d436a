//! From time and value to pixels and back, and how a window on time moves under the hand.

use streamscope_client::TimeRange;

use crate::recording::intersection;

/// The narrowest window, ns: a thousand of the finest time steps there are.
pub const NARROWEST: i64 = 1_000;

/// A time range laid over a stretch of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeScale {
    /// The range in view.
    pub range: TimeRange,
    /// Pixel of its start.
    pub left: f64,
    /// Pixels it covers.
    pub width: f64,
}

impl TimeScale {
    /// Pixel of an instant; outside the stretch for instants outside the range.
    pub fn x(&self, time: i64) -> f64 {
        // Differences first: an f64 holds a difference exactly enough, but not a time since 1970 in ns.
        let from_start = time.wrapping_sub(self.range.start) as f64;
        self.left + from_start / self.span() * self.width
    }

    /// The instant at a pixel.
    pub fn time(&self, x: f64) -> i64 {
        let share = if self.width > 0.0 { (x - self.left) / self.width } else { 0.0 };
        self.range.start.saturating_add((share * self.span()).round() as i64)
    }

    /// Nanoseconds that one pixel stands for.
    pub fn per_pixel(&self) -> f64 {
        self.span() / self.width.max(1.0)
    }

    fn span(&self) -> f64 {
        ((self.range.end - self.range.start) as f64).max(1.0)
    }
}

/// A value range laid over a stretch of pixels, the larger the higher.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueScale {
    /// Value at the bottom: above `high` on an inverted axis.
    pub low: f64,
    /// Value at the top.
    pub high: f64,
    /// Pixel of the top.
    pub top: f64,
    /// Pixels it covers.
    pub height: f64,
}

/// Lengths of an axis beyond which nothing is told apart: canvases take no numbers of any size.
const FAR: f64 = 1_000.0;

impl ValueScale {
    /// A scale on which every value from `low` to `high` has air above and below. No value, or only infinite ones,
    /// give 0 to 1; a single one stands in the middle.
    pub fn around(low: f64, high: f64, top: f64, height: f64) -> Self {
        let (low, high) = match low.is_finite() && high.is_finite() && low <= high {
            true => (low, high),
            false => (0.0, 1.0),
        };
        let air = match high - low {
            0.0 => low.abs().max(1.0) * 0.1,
            span => span * 0.06,
        };
        Self { low: low - air, high: high + air, top, height }
    }

    /// Pixel of a value. Infinities stick to the edges; what lies beyond a held axis lies outside, so that a line to it
    /// leaves the axis where it does.
    pub fn y(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        let (least, most) = if value.is_finite() { (-FAR, FAR) } else { (0.0, 1.0) };
        let share = share.clamp(least, most);
        self.top + (1.0 - share) * self.height
    }
}

/// `range` made `factor` times as long, with the instant `fixed` staying under the pointer.
pub fn zoomed(range: TimeRange, factor: f64, fixed: i64) -> TimeRange {
    let span = (range.end - range.start) as f64;
    let wanted = (span * factor).max(NARROWEST as f64).min(i64::MAX as f64 / 8.0);
    let share = ((fixed - range.start) as f64 / span.max(1.0)).clamp(0.0, 1.0);
    let start = fixed.saturating_sub((wanted * share).round() as i64);
    TimeRange { start, end: start.saturating_add(wanted.round() as i64) }
}

/// `range` moved by a time.
pub fn panned(range: TimeRange, by: i64) -> TimeRange {
    TimeRange { start: range.start.saturating_add(by), end: range.end.saturating_add(by) }
}

/// `range` kept where there is something to see: no longer than 1.5 times `bounds`, and never further off than half
/// of its own length.
pub fn held_near(range: TimeRange, bounds: TimeRange) -> TimeRange {
    let bounds_span = (bounds.end - bounds.start).max(NARROWEST);
    let longest = bounds_span.saturating_add(bounds_span / 2);
    let span = (range.end - range.start).clamp(NARROWEST, longest);
    let middle = range.start + (range.end - range.start) / 2;
    let middle = middle.clamp(bounds.start.min(bounds.end), bounds.end.max(bounds.start));
    let start = if range.end - range.start == span { range.start } else { middle - span / 2 };
    let lowest = bounds.start - span / 2;
    let start = start.clamp(lowest, (bounds.end - span / 2).max(lowest));
    TimeRange { start, end: start + span }
}

/// Two pinching fingers: the range in which both instants lie under the fingers' new pixels.
pub fn pinched(scale: &TimeScale, before: (f64, f64), now: (f64, f64)) -> TimeRange {
    let apart_before = (before.1 - before.0).abs().max(1.0);
    let apart_now = (now.1 - now.0).abs().max(1.0);
    let middle = scale.time((before.0 + before.1) / 2.0);
    let range = zoomed(scale.range, apart_before / apart_now, middle);
    let moved = TimeScale { range, ..*scale };
    panned(range, middle - moved.time((now.0 + now.1) / 2.0))
}

/// The part of a range that a stretch of pixels covers, cut to the range itself.
pub fn brushed(scale: &TimeScale, from: f64, to: f64) -> Option<TimeRange> {
    let (left, right) = (scale.time(from.min(to)), scale.time(from.max(to)));
    let brushed = intersection(TimeRange { start: left, end: right }, scale.range)?;
    (brushed.end - brushed.start >= NARROWEST).then_some(brushed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: TimeRange = TimeRange { start: 1_700_000_000_000_000_000, end: 1_700_000_100_000_000_000 };
    const SCALE: TimeScale = TimeScale { range: RANGE, left: 64.0, width: 1000.0 };

    #[test]
    fn pixels_and_instants_are_each_others_inverse() {
        for x in [64.0, 65.0, 500.0, 1064.0] {
            assert!((SCALE.x(SCALE.time(x)) - x).abs() < 1e-6);
        }
        let fine = TimeScale { range: TimeRange { start: RANGE.start, end: RANGE.start + 2_000 }, ..SCALE };
        assert_eq!(fine.time(fine.x(RANGE.start + 777)), RANGE.start + 777);
    }

    #[test]
    fn zooming_leaves_the_instant_under_the_pointer_where_it_is() {
        for factor in [0.2, 0.8, 1.25, 5.0] {
            let fixed = SCALE.time(300.0);
            let zoomed = TimeScale { range: zoomed(RANGE, factor, fixed), ..SCALE };
            assert!((zoomed.x(fixed) - 300.0).abs() < 0.01, "{factor}");
        }
        assert_eq!(
            zoomed(RANGE, 0.0, RANGE.start),
            TimeRange { start: RANGE.start, end: RANGE.start + NARROWEST }
        );
    }

    #[test]
    fn a_pinch_keeps_both_fingers_on_their_instants() {
        let (left, right) = (SCALE.time(264.0), SCALE.time(464.0));
        let pinched = TimeScale { range: pinched(&SCALE, (264.0, 464.0), (164.0, 664.0)), ..SCALE };
        assert!((pinched.x(left) - 164.0).abs() < 0.01);
        assert!((pinched.x(right) - 664.0).abs() < 0.01);
    }

    #[test]
    fn the_window_cannot_get_lost() {
        let far = panned(RANGE, 1_000_000_000_000_000);
        let held = held_near(far, RANGE);
        assert_eq!(held.end - held.start, RANGE.end - RANGE.start);
        assert!(held.start < RANGE.end);
        let wide = zoomed(RANGE, 100.0, RANGE.start);
        assert_eq!(held_near(wide, RANGE).end - held_near(wide, RANGE).start, 150_000_000_000);
        assert_eq!(held_near(RANGE, RANGE), RANGE);
    }

    #[test]
    fn a_brush_is_cut_to_the_window() {
        assert_eq!(brushed(&SCALE, 564.0, 2000.0).map(|range| range.end), Some(RANGE.end));
        assert_eq!(brushed(&SCALE, 400.0, 300.0), brushed(&SCALE, 300.0, 400.0));
        assert_eq!(brushed(&SCALE, 400.0, 400.0), None);
    }

    #[test]
    fn values_without_spread_still_get_a_scale() {
        let scale = ValueScale::around(5.0, 5.0, 0.0, 100.0);
        assert_eq!(scale.y(5.0), 50.0);
        let none = ValueScale::around(f64::INFINITY, f64::NEG_INFINITY, 0.0, 100.0);
        assert!(none.low < 0.0 && none.high > 1.0);
        assert_eq!(none.y(f64::INFINITY), 0.0);
        assert_eq!(none.y(f64::NEG_INFINITY), 100.0);
    }
}
