//! The demo recordings: a sandbox that serves the page says where they are and how to sign in.

use serde_json::Value;
use streamscope_client::TimeRange;
use streamscope_client::registry::{Connector, Demo, FirstView, Opening};
use streamscope_signal::{Civil, DAY, TimeZone};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Url};

use crate::state::Selection;

/// What the page's own server says of its demos, by platform. Any other answer than a sandbox's means that there are
/// none.
pub async fn find() -> Option<Value> {
    let address = absolute("sandbox/info.json")?;
    let answer = JsFuture::from(leptos::prelude::window().fetch_with_str(&address)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    serde_json::from_str::<Value>(&text).ok()?.get("platforms").cloned()
}

/// A platform's demo among those of a server.
pub fn of(platforms: &Value, connector: &dyn Connector) -> Option<Demo> {
    connector.demo(platforms.get(connector.platform().id)?, &absolute)
}

/// A URL of a sandbox's answer: it may be relative to the page.
fn absolute(url: &str) -> Option<String> {
    let base = leptos::prelude::document().base_uri().ok()??;
    Some(Url::new_with_base(url, &base).ok()?.href())
}

/// Puts something worth looking at into a selection that names nothing. `zone_in` is the selection's zone around a year.
pub fn open(opening: &Opening, selection: &mut Selection, zone_in: impl FnOnce(i64) -> TimeZone) {
    let kept = |stream: &String| selection.kept.contains_key(stream);
    if selection.subject.is_some() || !selection.streams.iter().all(kept) {
        return;
    }
    selection.subject = Some(opening.subject.clone());
    selection.streams.extend(opening.streams.iter().cloned());
    let beside_others = !selection.kept.is_empty();
    let range = match opening.view {
        FirstView::Range(range) => range,
        FirstView::Clock(range) => {
            if !beside_others {
                selection.zone = "UTC".into();
            }
            range
        }
        FirstView::DaysAround(time) => {
            let zone = zone_in(Civil::at(time, &TimeZone::utc()).year);
            let start = zone.day_of(time.saturating_sub(DAY / 2)).start;
            TimeRange { start, end: zone.day_of(start.saturating_add(DAY * 3 / 2)).end }
        }
    };
    // Tracks that are there keep their range, unless nothing of what was just opened lies in it.
    if selection.range.is_none_or(|held| held.intersection(range).is_none()) {
        selection.range = Some(range);
    }
}

#[cfg(test)]
mod tests {
    use streamscope_signal::SECOND;

    use super::*;

    #[test]
    fn a_first_visit_opens_two_days_and_a_link_stays_as_it_is() {
        let opening = Opening {
            subject: "p2".into(),
            streams: vec!["e".into(), "d".into()],
            view: FirstView::DaysAround(1_709_078_400 * SECOND + SECOND / 2),
        };
        let mut selection = Selection::default();
        open(&opening, &mut selection, |_| TimeZone::utc());
        let range = selection.range.unwrap();
        assert_eq!((range.start, range.end - range.start), (1_708_992_000 * SECOND, 2 * DAY));
        assert_eq!(selection.streams, ["e", "d"]);

        let mut linked = Selection { subject: Some("p1".into()), ..Selection::default() };
        open(&opening, &mut linked, |_| TimeZone::utc());
        assert_eq!(linked.range, None);
    }
}
