//! The selection as a URL fragment and back. Holds ids, times and a zone: no credentials, no host.
//!
//! `#view=timeline&subject=p1&stream=a&stream=b&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&zone=Europe/Paris&platform=lab`
//!
//! `demo=yes` says that they are of the demo recordings. A filter on the rows is its JSON: `filter={"greater":["a",3]}`,
//! escaped. Value axes are as [`axes`](crate::axes) says, display filters as [`display`](crate::display) does, hidden
//! dimensions and tracks that stay as [`beside`](crate::beside) does, clocks as `clocks.rs` does. Of the average day stands what is not as usual: `slots=3600`,
//! `days=3`, `compare=before`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use streamscope_client::{Clocks, TimeRange};
use streamscope_signal::TimeZone;

use crate::axes::{self, Axes};
use crate::beside::{self, Hidden, Kept};
use crate::display::{self, Displays};
use crate::{Day, Selection, View, clocks, moment};

/// The most tracks that a link opens: more would be a mistake, or malice.
const MOST_STREAMS: usize = 64;

/// The most dimensions that a link hides.
const MOST_HIDDEN: usize = 512;

/// The longest filter that a link opens: some hundreds of conditions.
const LONGEST_FILTER: usize = 32_768;

/// Lengths of a slot that a link may ask for, s.
const MIN_SLOT_S: u32 = 60;
const MAX_SLOT_S: u32 = 86_400;

/// The most days of an average that a link may ask for; the page offers as many as the platform.
const MOST_DAYS: u32 = 366;

/// A view's name in links.
pub fn view_name(view: View) -> &'static str {
    match view {
        View::Availability => "availability",
        View::DayProfile => "day",
        View::Timeline => "timeline",
    }
}

/// The fragment, without its `#`. Equal selections have equal fragments.
pub fn write(selection: &Selection) -> String {
    let mut pairs = vec![("view", view_name(selection.view).to_string())];
    pairs.extend(selection.subject.iter().map(|subject| ("subject", subject.clone())));
    pairs.extend(selection.streams.iter().map(|stream| ("stream", stream.clone())));
    if let Some(range) = selection.range {
        pairs.push(("from", moment::utc_text(range.start)));
        pairs.push(("to", moment::utc_text(range.end)));
    }
    let filter = selection.filter.as_ref().and_then(|filter| serde_json::to_string(filter).ok());
    pairs.extend(filter.map(|filter| ("filter", filter)));
    let drawn = selection.axes.iter().filter(|(stream, _)| selection.streams.contains(stream));
    pairs.extend(drawn.map(|(stream, axis)| ("axis", axes::write(stream, axis))));
    let through = selection.display.iter().filter(|(stream, _)| selection.streams.contains(stream));
    pairs.extend(through.map(|(stream, filter)| ("display", display::write(stream, filter))));
    let hidden = selection.hidden.iter().filter(|(stream, _)| selection.streams.contains(stream));
    pairs.extend(hidden.map(|(stream, dimension)| ("hide", beside::write(stream, dimension))));
    let kept = selection.kept.iter().filter(|(stream, _)| selection.streams.contains(stream));
    pairs.extend(kept.map(|(stream, subject)| ("keep", beside::write(stream, subject))));
    pairs.extend(selection.clocks.iter().map(|pair| ("clock", clocks::write(pair))));
    let (day, usual) = (selection.day, Day::default());
    if day.resolution_s != usual.resolution_s {
        pairs.push(("slots", day.resolution_s.to_string()));
    }
    pairs.extend(day.n_days.map(|days| ("days", days.to_string())));
    if day.compare {
        pairs.push(("compare", "before".into()));
    }
    pairs.push(("zone", selection.zone.clone()));
    pairs.extend(selection.platform.iter().map(|platform| ("platform", platform.clone())));
    if selection.demo {
        pairs.push(("demo", "yes".into()));
    }
    pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, ESCAPED)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The selection that a fragment names. What it does not name, or names wrongly, is as in `otherwise`, except for
/// streams, range, row filter and how tracks are drawn, which belong to the link's subject: without them there are none.
/// The average day is as usual where the link says nothing.
pub fn read(fragment: &str, otherwise: &Selection) -> Selection {
    let mut selection = Selection {
        streams: Vec::new(),
        kept: Kept::new(),
        clocks: Clocks::new(),
        range: None,
        filter: None,
        axes: Axes::new(),
        display: Displays::new(),
        hidden: Hidden::new(),
        day: Day::default(),
        ..otherwise.clone()
    };
    let (mut from, mut to) = (None, None);
    for (name, value) in fragment.trim_start_matches('#').split('&').filter_map(|pair| pair.split_once('=')) {
        let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
        match name {
            "view" => {
                let all = [View::Availability, View::DayProfile, View::Timeline];
                selection.view =
                    all.into_iter().find(|&view| view_name(view) == value).unwrap_or(selection.view);
            }
            "platform" => selection.platform = Some(value.to_lowercase()),
            "demo" => selection.demo = value == "yes",
            "subject" => selection.subject = Some(value),
            "stream" if !selection.streams.contains(&value) && selection.streams.len() < MOST_STREAMS => {
                selection.streams.push(value);
            }
            "from" => from = moment::parse(&value, &TimeZone::utc()).ok(),
            "to" => to = moment::parse(&value, &TimeZone::utc()).ok(),
            "filter" if value.len() <= LONGEST_FILTER => selection.filter = serde_json::from_str(&value).ok(),
            "axis" if selection.axes.len() < MOST_STREAMS => selection.axes.extend(axes::read(&value)),
            "display" if selection.display.len() < MOST_STREAMS => {
                selection.display.extend(display::read(&value))
            }
            "hide" if selection.hidden.len() < MOST_HIDDEN => selection.hidden.extend(beside::read(&value)),
            "keep" if selection.kept.len() < MOST_STREAMS => selection.kept.extend(beside::read(&value)),
            "clock" if selection.clocks.len() < MOST_STREAMS => selection.clocks.extend(clocks::read(&value)),
            "slots" => {
                let seconds =
                    value.parse().ok().filter(|seconds| (MIN_SLOT_S..=MAX_SLOT_S).contains(seconds));
                selection.day.resolution_s = seconds.unwrap_or(selection.day.resolution_s);
            }
            "days" => selection.day.n_days = value.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days)),
            "compare" => selection.day.compare = value == "before",
            "zone" => selection.zone = value,
            _ => {}
        }
    }
    let (streams, axes, display) = (&selection.streams, &mut selection.axes, &mut selection.display);
    axes.retain(|stream, _| streams.contains(stream));
    display.retain(|stream, _| streams.contains(stream));
    selection.hidden.retain(|(stream, _)| streams.contains(stream));
    selection.kept.retain(|stream, _| streams.contains(stream));
    if let (Some(start), Some(end)) = (from, to)
        && start < end
    {
        selection.range = Some(TimeRange { start, end });
    }
    selection
}

/// What would end a value or a link is escaped; what people read stays.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b',')
    .remove(b'@');

#[cfg(test)]
mod tests {
    use streamscope_client::filter::Value;
    use streamscope_client::{Clock, Filter};
    use streamscope_signal::DisplayFilter;

    use super::*;
    use crate::axes::Axis;

    fn selection() -> Selection {
        Selection {
            view: View::DayProfile,
            platform: Some("lab".into()),
            demo: true,
            subject: Some("patient & co #1".into()),
            streams: vec!["a1=b".into(), "é%20".into()],
            kept: [("é%20".to_string(), "plant~/a, b".to_string())].into(),
            clocks: [("plant~".to_string(), Clock { origin: 5, offset: -1, drift_ppm: 0.1 })].into(),
            range: Some(TimeRange { start: -1, end: 1_774_652_709_250_000_001 }),
            filter: Some(Filter::And(vec![
                Filter::Equals("a1=b".into(), "A & B".into()),
                Filter::Not(Box::new(Filter::Less("é%20".into(), 9_007_199_254_740_993.into()))),
                Filter::Greater("t".into(), Value::time(-1)),
            ])),
            axes: [("a1=b".to_string(), Axis { low: Some(-1.5), high: None, inverted: true })].into(),
            display: [("é%20".to_string(), DisplayFilter { notch: Some(50.0), ..DisplayFilter::default() })]
                .into(),
            hidden: [("a1=b".to_string(), "x, y".to_string())].into(),
            day: Day { resolution_s: 3600, n_days: Some(3), compare: true },
            zone: "America/Argentina/Buenos_Aires".into(),
        }
    }

    #[test]
    fn a_link_reopens_the_same_selection() {
        let written = write(&selection());
        assert_eq!(read(&written, &Selection::default()), selection());
        assert_eq!(read(&format!("#{written}"), &Selection::default()), selection());
        assert!(written.is_ascii() && written.contains("zone=America/Argentina/Buenos_Aires"));
    }

    #[test]
    fn what_a_link_does_not_name_stays_and_what_is_wrong_is_left_out() {
        let otherwise = selection();
        let read = |fragment| read(fragment, &otherwise);
        let bare = Selection {
            streams: vec![],
            kept: Kept::new(),
            clocks: Clocks::new(),
            range: None,
            filter: None,
            axes: Axes::new(),
            display: Displays::new(),
            hidden: Hidden::new(),
            day: Day::default(),
            ..otherwise.clone()
        };
        assert_eq!(read(""), bare);
        assert_eq!(read("slots=1&days=9999&compare=all").day, Day::default());
        assert_eq!(read("filter=%7B%22less%22:%5B%22a%22%5D%7D").filter, None);
        assert_eq!(read("filter=not").filter, None);
        assert_eq!(read("view=pie&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z").range, None);
        assert_eq!(read("view=pie").view, View::DayProfile);
        assert!(read("axis=0,1,up,a&display=no,50,no,a").axes.is_empty(), "a is not looked at");
        assert!(read("axis=0,1,up,a&display=no,50,no,a").display.is_empty());
        assert!(read("hide=x,a").hidden.is_empty());
        assert!(read("keep=p,a").kept.is_empty());
        assert_eq!(read("stream=a&stream=a&stream=%zz%4").streams, ["a", "%zz%4"]);
    }
}
