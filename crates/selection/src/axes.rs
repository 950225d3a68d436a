//! Value axes of the timeline's tracks, as a link holds them.
//!
//! `-1.5,2,up,a` holds the axis of stream `a` from -1.5 to 2; `0,auto,down,a` holds its lower end, with large values at the
//! bottom.

use std::collections::BTreeMap;

/// A track's value axis.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Axis {
    /// Its lower end, in shown units; `None`: what is in view decides.
    pub low: Option<f64>,
    /// Its upper end, as well.
    pub high: Option<f64>,
    /// Whether large values stand at the bottom.
    pub inverted: bool,
}

/// The axes that are not as they are by default, by stream.
pub type Axes = BTreeMap<String, Axis>;

/// The axis of a stream as a link writes it.
pub(crate) fn write(stream: &str, axis: &Axis) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| "auto".to_string(), |end| end.to_string());
    let way = if axis.inverted { "down" } else { "up" };
    format!("{},{},{way},{stream}", end(axis.low), end(axis.high))
}

/// A stream and its axis; `None` where the text names none, or one that is as all are.
pub(crate) fn read(text: &str) -> Option<(String, Axis)> {
    let mut parts = text.splitn(4, ',');
    let (low, high, way, stream) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let end = |text: &str| match text {
        "auto" => Some(None),
        _ => text.parse().ok().filter(|end: &f64| end.is_finite()).map(Some),
    };
    let (low, high) = (end(low)?, end(high)?);
    let inverted = match way {
        "up" => false,
        "down" => true,
        _ => return None,
    };
    let axis = Axis { low, high, inverted };
    let upright = low.zip(high).is_none_or(|(low, high)| low < high);
    (upright && axis != Axis::default()).then(|| (stream.to_string(), axis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_read_as_it_was_written() {
        for axis in [
            Axis { low: Some(-1.5), high: Some(2e-9), inverted: false },
            Axis { low: Some(0.1), high: None, inverted: true },
            Axis { inverted: true, ..Axis::default() },
        ] {
            assert_eq!(read(&write("a,b=c", &axis)), Some(("a,b=c".into(), axis)));
        }
    }

    #[test]
    fn what_is_no_axis_is_left_out() {
        for text in
            ["", "1,2,up", "2,1,up,a", "1,1,up,a", "nan,1,up,a", "0,inf,up,a", "0,1,left,a", "auto,auto,up,a"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
