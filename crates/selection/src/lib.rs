//! What is looked at in the explorer, as a link says it, and times as people type them. Everything here reads what
//! strangers write, and nothing here needs a browser.

pub mod axes;
pub mod display;
pub mod hidden;
pub mod link;
pub mod moment;

use streamscope_client::{Filter, TimeRange};

use axes::Axes;
use display::Displays;
use hidden::Hidden;

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
    /// Id of the platform that subject and streams belong to.
    pub platform: Option<String>,
    /// Whether they are of the demo recordings.
    pub demo: bool,
    /// The subject whose streams are listed.
    pub subject: Option<String>,
    /// Ids of the selected streams, in the order of their tracks.
    pub streams: Vec<String>,
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
    /// Names a platform, by its id. What belongs to another one is let go.
    pub fn turn_to(&mut self, platform: &str) {
        if self.platform.replace(platform.into()).is_some_and(|before| before != platform) {
            self.let_go();
        }
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

    /// Turns to a subject. What belongs to another one is let go.
    pub fn look_at(&mut self, subject: String) {
        if self.subject.as_ref() != Some(&subject) {
            self.filter = None;
        }
        self.subject = Some(subject);
        self.streams.clear();
        self.axes.clear();
        self.display.clear();
        self.hidden.clear();
        self.range = None;
    }
}

#[cfg(test)]
mod tests {
    use streamscope_frame::civil::days_from_civil;
    use streamscope_signal::{DAY, SECOND, TimeZone};

    /// Paris in 2026: winter time until 29 March 01:00 UTC, summer time until 25 October 01:00 UTC.
    pub(crate) fn paris() -> TimeZone {
        let at_one = |month, day| days_from_civil(2026, month, day) * DAY + 3600 * SECOND;
        TimeZone::new("Europe/Paris", 3600, vec![(at_one(3, 29), 7200), (at_one(10, 25), 3600)])
    }
}
