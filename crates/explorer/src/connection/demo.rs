//! The demo recordings: a sandbox that serves the page says where they are and how to sign in.

use serde_json::Value;
use streamscope_client::rune::{AuthMethod, Config};
use streamscope_client::{Platform, TimeRange};
use streamscope_signal::{Civil, DAY, SECOND, TimeZone};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Url};

use crate::state::{Connection, Selection};

/// What a first visit shows, as words in the names of the streams, in the order of their tracks.
const TRACKS: [&str; 3] = ["tremor", "heart rate", "three axes"];

/// Where the demo is, with its credentials, which are public.
#[derive(Debug, Clone, PartialEq)]
pub struct Demo {
    opening: Option<Opening>,
    graph_url: String,
    stream_url: String,
    token_id: String,
    token_secret: String,
}

/// Asks the page's own server. Any other answer than a sandbox's means that there is none.
pub async fn find() -> Option<Demo> {
    let base = leptos::prelude::document().base_uri().ok().flatten()?;
    let address = Url::new_with_base("sandbox/info.json", &base).ok()?.href();
    let answer = JsFuture::from(leptos::prelude::window().fetch_with_str(&address)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    read(&text, &base)
}

/// What a sandbox says of its Rune side. URLs may be relative to the page.
fn read(info: &str, base: &str) -> Option<Demo> {
    let info: Value = serde_json::from_str(info).ok()?;
    let rune = info.pointer("/platforms/rune")?;
    let text = |pointer: &str| rune.pointer(pointer)?.as_str();
    let url = |pointer: &str| Some(Url::new_with_base(text(pointer)?, base).ok()?.href());
    Some(Demo {
        opening: opening(rune.get("streams")?.as_array()?),
        graph_url: url("/graph_url")?,
        stream_url: url("/stream_url")?,
        token_id: text("/credentials/access_token_id")?.into(),
        token_secret: text("/credentials/access_token_secret")?.into(),
    })
}

/// What is worth looking at first.
#[derive(Debug, Clone, PartialEq)]
struct Opening {
    subject: String,
    streams: Vec<String>,
    /// Start of the last track's data, Unix s.
    time: f64,
}

/// The first subject that has a stream with data for every track.
fn opening(streams: &[Value]) -> Option<Opening> {
    let text =
        |stream: &Value, key: &str| stream.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
    let of_subject = |subject: &str| {
        let find = |word: &str| {
            streams.iter().find(|stream| {
                text(stream, "subject_id") == subject && text(stream, "name").to_lowercase().contains(word)
            })
        };
        let found: Vec<&Value> = TRACKS.into_iter().map(find).collect::<Option<_>>()?;
        Some(Opening {
            subject: subject.into(),
            streams: found.iter().map(|stream| text(stream, "id")).collect(),
            time: found.last()?.get("min_time")?.as_f64()?,
        })
    };
    streams.iter().find_map(|stream| of_subject(&text(stream, "subject_id")))
}

impl Demo {
    /// Puts something worth looking at into a selection that names nothing: two local days. `zone_in` is the
    /// selection's zone around a year.
    pub fn open(&self, selection: &mut Selection, zone_in: impl FnOnce(i64) -> TimeZone) {
        let Some(opening) = &self.opening else { return };
        if selection.subject.is_some() || !selection.streams.is_empty() {
            return;
        }
        let time = (opening.time * SECOND as f64) as i64;
        let zone = zone_in(Civil::at(time, &TimeZone::utc()).year);
        let start = zone.day_of(time.saturating_sub(DAY / 2)).start;
        selection.subject = Some(opening.subject.clone());
        selection.streams = opening.streams.clone();
        selection.range = Some(TimeRange { start, end: zone.day_of(start.saturating_add(DAY * 3 / 2)).end });
    }

    /// How to sign in.
    pub fn config(&self) -> Config {
        Config {
            graph_url: self.graph_url.clone(),
            stream_url: self.stream_url.clone(),
            auth_method: Some(AuthMethod::AccessToken),
            access_token_id: Some(self.token_id.clone()),
            access_token_secret: Some(self.token_secret.clone()),
            ..Config::default()
        }
    }

    /// What the page says of it.
    pub fn connection(&self) -> Connection {
        Connection {
            platform: Platform::Rune,
            name: "Demo recordings".into(),
            demo: true,
            graph_url: self.graph_url.trim_end_matches('/').into(),
            stream_url: self.stream_url.trim_end_matches('/').into(),
            credentials: AuthMethod::AccessToken,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_first_visit_opens_a_subject_that_has_all_tracks() {
        let stream = |id: &str, subject: &str, name: &str| json!({ "id": id, "subject_id": subject, "name": name, "min_time": 1_709_078_400.5 });
        let streams = [
            stream("a", "p1", "Tremor probability"),
            stream("b", "p1", "Heart rate"),
            stream("c", "p2", "Acceleration, three axes"),
            stream("d", "p2", "Resting heart rate"),
            stream("e", "p2", "Tremor probability"),
        ];
        let opening = opening(&streams).unwrap();
        assert_eq!((opening.subject.as_str(), opening.streams.join("")), ("p2", "edc".into()));
        assert_eq!(super::opening(&streams[..2]), None);

        let demo = Demo {
            opening: Some(opening),
            graph_url: String::new(),
            stream_url: String::new(),
            token_id: String::new(),
            token_secret: String::new(),
        };
        let mut selection = Selection::default();
        demo.open(&mut selection, |_| TimeZone::utc());
        let range = selection.range.unwrap();
        assert_eq!((range.start, range.end - range.start), (1_708_992_000 * SECOND, 2 * DAY));
        let mut linked = Selection { subject: Some("p1".into()), ..Selection::default() };
        demo.open(&mut linked, |_| TimeZone::utc());
        assert_eq!(linked.range, None);
    }
}
