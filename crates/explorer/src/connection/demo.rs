//! The demo recordings: a sandbox that serves the page says where they are and how to sign in.

use serde_json::Value;
use streamscope_client::TimeRange;
use streamscope_client::joule;
use streamscope_client::rune::{self, AuthMethod};
use streamscope_signal::{Civil, DAY, TimeZone};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, Url};

use super::target::Target;
use crate::state::{Connection, Selection};

/// What a first visit shows, as words in the names of the streams, in the order of their tracks.
const RUNE_TRACKS: [&str; 3] = ["tremor", "heart rate", "three axes"];

/// The same on the Joule node, as names of streams; the range is that of the first.
const JOULE_TRACKS: [&str; 3] = ["power", "relays", "temperature"];

/// A platform's demo: where it is, with its credentials, which are public, and what to look at first.
#[derive(Clone)]
pub struct Demo {
    /// Where it is and how to sign in.
    pub target: Target,
    opening: Option<Opening>,
}

/// Asks the page's own server. Any other answer than a sandbox's means that there is none.
pub async fn find() -> Vec<Demo> {
    let Ok(Some(base)) = leptos::prelude::document().base_uri() else { return Vec::new() };
    let Some(info) = ask(&base).await else { return Vec::new() };
    [rune(&info, &base), joule(&info, &base)].into_iter().flatten().collect()
}

async fn ask(base: &str) -> Option<Value> {
    let address = Url::new_with_base("sandbox/info.json", base).ok()?.href();
    let answer = JsFuture::from(leptos::prelude::window().fetch_with_str(&address)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}

fn text(of: &Value, pointer: &str) -> Option<String> {
    of.pointer(pointer)?.as_str().map(str::to_string)
}

/// A URL of a sandbox's answer: it may be relative to the page.
fn url(of: &Value, pointer: &str, base: &str) -> Option<String> {
    Some(Url::new_with_base(&text(of, pointer)?, base).ok()?.href())
}

/// What a sandbox says of its Rune side.
fn rune(info: &Value, base: &str) -> Option<Demo> {
    let rune = info.pointer("/platforms/rune")?;
    let config = rune::Config {
        graph_url: url(rune, "/graph_url", base)?,
        stream_url: url(rune, "/stream_url", base)?,
        auth_method: Some(AuthMethod::AccessToken),
        access_token_id: text(rune, "/credentials/access_token_id"),
        access_token_secret: text(rune, "/credentials/access_token_secret"),
        ..rune::Config::default()
    };
    Some(Demo {
        target: Target::Rune(Box::new(config)),
        opening: rune_opening(rune.get("streams")?.as_array()?),
    })
}

/// What a sandbox says of its Joule side.
fn joule(info: &Value, base: &str) -> Option<Demo> {
    let joule = info.pointer("/platforms/joule")?;
    let config =
        joule::Config { url: url(joule, "/url", base)?, api_key: text(joule, "/credentials/api_key")? };
    let opening = joule_opening(joule.get("streams")?.as_array()?);
    Some(Demo { target: Target::Joule(config), opening })
}

/// What is worth looking at first.
#[derive(Debug, Clone, PartialEq)]
struct Opening {
    subject: String,
    streams: Vec<String>,
    /// What is in view: a stretch as it is, or two local days around an instant.
    view: Opened,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Opened {
    Days(i64),
    Stretch(TimeRange),
}

fn word(stream: &Value, key: &str) -> String {
    stream.get(key).and_then(Value::as_str).unwrap_or_default().to_string()
}

/// Unix seconds as ns.
fn instant(stream: &Value, key: &str) -> Option<i64> {
    Some((stream.get(key)?.as_f64()? * 1e6).round() as i64 * 1000)
}

/// The first subject that has a stream with data for every track.
fn rune_opening(streams: &[Value]) -> Option<Opening> {
    let of_subject = |subject: &str| {
        let find = |track: &&str| {
            streams.iter().find(|stream| {
                word(stream, "subject_id") == subject && word(stream, "name").to_lowercase().contains(*track)
            })
        };
        let found: Vec<&Value> = RUNE_TRACKS.iter().map(find).collect::<Option<_>>()?;
        Some(Opening {
            subject: subject.into(),
            streams: found.iter().map(|stream| word(stream, "id")).collect(),
            view: Opened::Days(instant(found.last()?, "min_time")?),
        })
    };
    streams.iter().find_map(|stream| of_subject(&word(stream, "subject_id")))
}

/// The tracks, in the top folder that holds them all.
fn joule_opening(streams: &[Value]) -> Option<Opening> {
    let find = |track: &&str| streams.iter().find(|stream| word(stream, "name") == **track);
    let found: Vec<&Value> = JOULE_TRACKS.iter().map(find).collect::<Option<_>>()?;
    let first = found.first()?;
    let top = word(first, "subject_id").split('/').nth(1).map(|folder| format!("/{folder}"))?;
    let view = TimeRange { start: instant(first, "min_time")?, end: instant(first, "max_time")? + 1 };
    Some(Opening {
        subject: top,
        streams: found.iter().map(|stream| word(stream, "id")).collect(),
        view: Opened::Stretch(view),
    })
}

impl Demo {
    /// Puts something worth looking at into a selection that names nothing. `zone_in` is the selection's zone around a
    /// year.
    pub fn open(&self, selection: &mut Selection, zone_in: impl FnOnce(i64) -> TimeZone) {
        let Some(opening) = &self.opening else { return };
        if selection.subject.is_some() || !selection.streams.is_empty() {
            return;
        }
        selection.subject = Some(opening.subject.clone());
        selection.streams = opening.streams.clone();
        selection.range = Some(match opening.view {
            Opened::Stretch(range) => range,
            Opened::Days(time) => {
                let zone = zone_in(Civil::at(time, &TimeZone::utc()).year);
                let start = zone.day_of(time.saturating_sub(DAY / 2)).start;
                TimeRange { start, end: zone.day_of(start.saturating_add(DAY * 3 / 2)).end }
            }
        });
    }

    /// What the page says of it.
    pub fn connection(&self) -> Connection {
        Connection { name: "Demo recordings".into(), demo: true, ..self.target.connection() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use streamscope_signal::SECOND;

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
        let opening = rune_opening(&streams).unwrap();
        assert_eq!((opening.subject.as_str(), opening.streams.join("")), ("p2", "edc".into()));
        assert_eq!(rune_opening(&streams[..2]), None);

        let demo = Demo { opening: Some(opening), target: Target::Joule(joule::Config::default()) };
        let mut selection = Selection::default();
        demo.open(&mut selection, |_| TimeZone::utc());
        let range = selection.range.unwrap();
        assert_eq!((range.start, range.end - range.start), (1_708_992_000 * SECOND, 2 * DAY));
        let joule = [("power", "/site A/mains"), ("relays", "/site A/hvac"), ("temperature", "/site A/hvac")];
        let joule = joule.map(|(name, folder)| json!({ "id": format!("{folder}/{name}"), "subject_id": folder, "name": name, "min_time": 1.5, "max_time": 3.25 }));
        let opening = joule_opening(&joule).unwrap();
        assert_eq!((opening.subject.as_str(), opening.streams.len()), ("/site A", 3));
        assert_eq!(opening.view, Opened::Stretch(TimeRange { start: 1_500_000_000, end: 3_250_000_001 }));

        let mut linked = Selection { subject: Some("p1".into()), ..Selection::default() };
        demo.open(&mut linked, |_| TimeZone::utc());
        assert_eq!(linked.range, None);
    }
}
