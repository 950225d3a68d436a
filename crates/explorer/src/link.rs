//! The selection as a URL fragment and back. Holds ids, times and a zone: no credentials, no host.
//!
//! `#view=timeline&subject=p1&stream=a&stream=b&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&zone=Europe/Paris&platform=rune`

use streamscope_client::{Platform, TimeRange};
use streamscope_signal::TimeZone;

use crate::moment;
use crate::state::{Selection, View};

/// The most tracks that a link opens: more would be a mistake, or malice.
const MOST_STREAMS: usize = 64;

/// Platforms that a link may name.
const PLATFORMS: [Platform; 2] = [Platform::Rune, Platform::Joule];

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
    pairs.push(("zone", selection.zone.clone()));
    pairs.extend(selection.platform.iter().map(|platform| ("platform", platform.name().to_lowercase())));
    pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// The selection that a fragment names. What it does not name, or names wrongly, is as in `otherwise`, except for
/// streams and range, which belong to the link's subject: without them there are none.
pub fn read(fragment: &str, otherwise: &Selection) -> Selection {
    let mut selection = Selection { streams: Vec::new(), range: None, ..otherwise.clone() };
    let (mut from, mut to) = (None, None);
    for (name, value) in fragment.trim_start_matches('#').split('&').filter_map(|pair| pair.split_once('=')) {
        let value = unescape(value);
        match name {
            "view" => {
                let all = [View::Availability, View::DayProfile, View::Timeline];
                selection.view =
                    all.into_iter().find(|&view| view_name(view) == value).unwrap_or(selection.view);
            }
            "platform" => {
                selection.platform =
                    PLATFORMS.into_iter().find(|platform| platform.name().eq_ignore_ascii_case(&value));
            }
            "subject" => selection.subject = Some(value),
            "stream" if !selection.streams.contains(&value) && selection.streams.len() < MOST_STREAMS => {
                selection.streams.push(value);
            }
            "from" => from = moment::parse(&value, &TimeZone::utc()).ok(),
            "to" => to = moment::parse(&value, &TimeZone::utc()).ok(),
            "zone" => selection.zone = value,
            _ => {}
        }
    }
    if let (Some(start), Some(end)) = (from, to)
        && start < end
    {
        selection.range = Some(TimeRange { start, end });
    }
    selection
}

/// Percent-escapes what would end a value or a link; keeps what people read.
fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:,@".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = if first == b'%' { after.split_first_chunk::<2>() } else { None };
        let byte = escaped
            .and_then(|(digits, _)| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, escaped) {
            (Some(byte), Some((_, after))) => {
                bytes.push(byte);
                rest = after;
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection() -> Selection {
        Selection {
            view: View::DayProfile,
            platform: Some(Platform::Joule),
            subject: Some("patient & co #1".into()),
            streams: vec!["a1=b".into(), "é%20".into()],
            range: Some(TimeRange { start: -1, end: 1_774_652_709_250_000_001 }),
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
        assert_eq!(read(""), Selection { streams: vec![], range: None, ..otherwise.clone() });
        assert_eq!(read("view=pie&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z").range, None);
        assert_eq!(read("view=pie").view, View::DayProfile);
        assert_eq!(read("stream=a&stream=a&stream=%zz%4").streams, ["a", "%zz%4"]);
    }
}
