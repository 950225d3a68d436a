//! What is looked at in the explorer, as a link says it, and times as people type them. Everything here reads what
//! strangers write, and nothing here needs a browser.

pub mod axes;
pub mod beside;
mod clocks;
pub mod display;
pub mod link;
pub mod moment;

use std::collections::BTreeSet;

use streamscope_client::clock::clock_of;
use streamscope_client::together::names;
use streamscope_client::{Clock, Clocks, Filter, TimeRange};

use axes::Axes;
use beside::{Hidden, Kept};
use display::Displays;

/// One of the three views of one selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Which data exist.
    Availability,
    /// What a typical day looks like.
    DayProfile,
    /// Every raw sample.
    #[default]
    Timeline,
}

/// How an average day is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Length of a slot, s.
    pub resolution_s: u32,
    /// Number of days; `None` for as many as the range touches.
    pub n_days: Option<u32>,
    /// Whether the days before are drawn too.
    pub compare: bool,
}

impl Default for Day {
    /// Half-hour slots over the days of the range.
    fn default() -> Self {
        Self { resolution_s: 1800, n_days: None, compare: false }
    }
}

/// What is looked at. Lives in the URL fragment, without credentials.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// The view.
    pub view: View,
    /// Key of the connection whose ids stand as its platform has them: a platform's id. Ids of others begin with their keys.
    pub platform: Option<String>,
    /// Whether they are of the demo recordings.
    pub demo: bool,
    /// The subject whose streams are listed.
    pub subject: Option<String>,
    /// Ids of the selected streams, in the order of their tracks.
    pub streams: Vec<String>,
    /// Those of the streams that stay when another subject is turned to, each with its own subject.
    pub kept: Kept,
    /// Clocks that are set right, by subject or connection.
    pub clocks: Clocks,
    /// The range in view; `None` until the streams' own span is known.
    pub range: Option<TimeRange>,
    /// Which of the subject's rows are read; all when absent.
    pub filter: Option<Filter>,
    /// Value axes that do not run by themselves, by stream.
    pub axes: Axes,
    /// What tracks are drawn through, by stream.
    pub display: Displays,
    /// Dimensions that tracks do not draw.
    pub hidden: Hidden,
    /// How the average day is made.
    pub day: Day,
    /// IANA name of the time zone on screen.
    pub zone: String,
}

impl Selection {
    /// The key of the connection that an id belongs to.
    pub fn key_of<'a>(&'a self, id: &'a str) -> &'a str {
        names::inner(self.platform.as_deref().unwrap_or_default(), id).0
    }

    /// An id as its platform has it.
    pub fn own_id<'a>(&'a self, id: &'a str) -> &'a str {
        names::inner(self.platform.as_deref().unwrap_or_default(), id).1
    }

    /// The clock of a subject, where one is set, and what it is of: the subject, else its connection.
    pub fn clock_of(&self, subject_id: &str) -> Option<(String, Clock)> {
        clock_of(&self.clocks, self.platform.as_deref().unwrap_or_default(), subject_id)
    }

    /// The name of a subject's whole connection among clocks.
    pub fn all_of(&self, subject_id: &str) -> String {
        names::all_of(self.platform.as_deref().unwrap_or_default(), subject_id)
    }

    /// Sets a clock, or takes one away that is right.
    pub fn set_clock(&mut self, of: String, clock: Clock) {
        match clock.is_right() {
            true => drop(self.clocks.remove(&of)),
            false => drop(self.clocks.insert(of, clock)),
        }
    }

    /// Keys of the connections that subject and streams belong to; the one that is home where neither is named.
    pub fn needs(&self) -> BTreeSet<&str> {
        let ids = self.subject.iter().chain(&self.streams);
        let keys: BTreeSet<_> = ids.map(|id| self.key_of(id)).collect();
        if keys.is_empty() { self.platform.as_deref().into_iter().collect() } else { keys }
    }

    /// Names the platform of the first connection. What belongs to others is let go, unless that one is of those that it
    /// names.
    pub fn begin_with(&mut self, platform: &str) {
        // A link without a platform is of whichever is connected to.
        let is_of_another = self.platform.is_some() && !self.needs().contains(platform);
        if is_of_another || self.platform.is_none() {
            self.platform = Some(platform.into());
        }
        if is_of_another {
            self.let_go();
        }
    }

    /// Keeps the tracks of a subject, whatever is turned to.
    pub fn keep_all(&mut self) {
        let Some(subject) = self.subject.clone() else { return };
        for stream in &self.streams {
            self.kept.entry(stream.clone()).or_insert_with(|| subject.clone());
        }
    }

    /// Takes tracks away, and how they are drawn.
    pub fn retain(&mut self, stays: impl Fn(&str) -> bool) {
        self.streams.retain(|stream| stays(stream));
        self.kept.retain(|stream, _| stays(stream));
        self.axes.retain(|stream, _| stays(stream));
        self.display.retain(|stream, _| stays(stream));
        self.hidden.retain(|(stream, _)| stays(stream));
    }

    /// Lets go of everything that belongs to subjects: what is left is how things are looked at.
    pub fn let_go(&mut self) {
        *self = Self {
            platform: self.platform.take(),
            demo: self.demo,
            zone: std::mem::take(&mut self.zone),
            view: self.view,
            day: self.day,
            ..Self::default()
        };
    }

    /// Turns to a subject. What belongs to another one is let go, but for the tracks that are kept.
    pub fn look_at(&mut self, subject: String) {
        if self.subject.as_ref() != Some(&subject) {
            self.filter = None;
        }
        self.subject = Some(subject);
        let kept = std::mem::take(&mut self.kept);
        self.retain(|stream| kept.contains_key(stream));
        if kept.is_empty() {
            self.range = None;
        }
        self.kept = kept;
    }
}

#[cfg(test)]
mod tests {
    use streamscope_frame::civil::days_from_civil;
    use streamscope_signal::{DAY, SECOND, TimeZone};

    use super::Selection;

    fn selection() -> Selection {
        Selection {
            platform: Some("lab".into()),
            subject: Some("p1".into()),
            streams: vec!["a".into(), "plant-2~b".into()],
            kept: [("plant-2~b".to_string(), "plant-2~x".to_string())].into(),
            ..Selection::default()
        }
    }

    #[test]
    fn a_selection_tells_the_connections_that_it_needs() {
        assert_eq!(Vec::from_iter(selection().needs()), ["lab", "plant-2"]);
        let mut one = selection();
        one.begin_with("lab");
        assert_eq!(one, selection(), "one of those it needs");
        let mut unnamed = Selection { platform: None, subject: Some("p1".into()), ..Selection::default() };
        unnamed.begin_with("garden");
        assert_eq!(unnamed.subject.as_deref(), Some("p1"), "a link without a platform");
        one.begin_with("garden");
        assert_eq!((one.platform.as_deref(), one.subject, one.streams.len()), (Some("garden"), None, 0));
    }

    #[test]
    fn tracks_that_are_kept_stay_when_another_subject_is_turned_to() {
        let mut one = selection();
        one.look_at("p2".into());
        assert_eq!(one.streams, ["plant-2~b"]);
        one.streams.push("c".into());
        one.keep_all();
        one.look_at("plant-2~y".into());
        assert_eq!(one.streams, ["plant-2~b", "c"]);
        assert_eq!(one.kept.get("c").map(String::as_str), Some("p2"));
        one.retain(|stream| stream != "c");
        assert_eq!((one.streams.len(), one.kept.len()), (1, 1));
    }

    /// Paris in 2026: winter time until 29 March 01:00 UTC, summer time until 25 October 01:00 UTC.
    pub(crate) fn paris() -> TimeZone {
        let at_one = |month, day| days_from_civil(2026, month, day) * DAY + 3600 * SECOND;
        TimeZone::new("Europe/Paris", 3600, vec![(at_one(3, 29), 7200), (at_one(10, 25), 3600)])
    }
}
