//! The demo recordings: a sandbox says where they are and how to sign in. It serves the page, or it runs in the page
//! itself, where nobody serves one.

use serde_json::Value;
use streamscope_client::registry::{Connector, Demo, FirstView, Opening};
use streamscope_client::{Request, TimeRange, TransportError};
use streamscope_signal::{Civil, DAY, TimeZone};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Url};

use super::network;
use crate::state::Selection;

/// Where a sandbox describes itself, below its address.
const DESCRIPTION: &str = "sandbox/info.json";

/// The demos of a sandbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Demos {
    /// What it says of them, by platform.
    platforms: Value,
    /// Its address.
    base: String,
}

impl Demos {
    /// Those of the page's own server. Any other answer than a sandbox's means that there are none.
    pub async fn served() -> Option<Self> {
        let window = leptos::prelude::window();
        // A page that was opened from a disk has no server.
        window.location().protocol().ok().filter(|protocol| protocol.starts_with("http"))?;
        let base = leptos::prelude::document().base_uri().ok()??;
        let answer = JsFuture::from(window.fetch_with_str(&absolute(&base, DESCRIPTION)?)).await.ok()?;
        let answer: Response = answer.dyn_into().ok()?;
        if !answer.ok() {
            return None;
        }
        let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
        Self::read(text.as_bytes(), base)
    }

    /// Those that the page brings along. Loads them.
    pub async fn in_page() -> Result<Option<Self>, TransportError> {
        let address = format!("{}{DESCRIPTION}", network::IN_PAGE);
        let mut answer = network::transport().send(Request::get(address)).await?;
        let mut text = Vec::new();
        while answer.body.read(&mut text).await? > 0 {}
        Ok(Self::read(&text, network::IN_PAGE.into()))
    }

    fn read(text: &[u8], base: String) -> Option<Self> {
        let platforms = serde_json::from_slice::<Value>(text).ok()?.get("platforms")?.clone();
        Some(Self { platforms, base })
    }

    /// A platform's demo.
    pub fn of(&self, connector: &dyn Connector) -> Option<Demo> {
        let info = self.platforms.get(connector.platform().id)?;
        connector.demo(info, &|url| absolute(&self.base, url))
    }

    /// Whether they are in the page itself, where no other program reaches them.
    pub fn are_in_page(&self) -> bool {
        self.base == network::IN_PAGE
    }
}

/// A URL of a sandbox's answer: it may be relative.
fn absolute(base: &str, url: &str) -> Option<String> {
    Some(Url::new_with_base(url, base).ok()?.href())
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
