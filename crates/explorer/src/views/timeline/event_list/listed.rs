//! Which events a list shows, in which order, and as which text they are saved.

use std::cmp::Ordering;

use streamscope_client::Event;
use streamscope_signal::{Civil, TimeZone};

use crate::text::csv_cell;

/// What events are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// When they began.
    Start,
    /// How long they were; those whose end nobody noted come last.
    Length,
    /// Their kind.
    Category,
    /// Their name.
    Name,
}

impl Column {
    /// All, left to right, with what stands above them.
    pub const ALL: [(Self, &str); 4] = [
        (Self::Start, "Start"),
        (Self::Length, "Length"),
        (Self::Category, "Category"),
        (Self::Name, "Event"),
    ];

    fn compare(self, one: &Event, other: &Event) -> Ordering {
        let text = |event: &Event| match self {
            Self::Category => event.category.to_lowercase(),
            _ => event.name.to_lowercase(),
        };
        match self {
            Self::Start => one.start.cmp(&other.start),
            Self::Length => {
                let length = |event: &Event| length(event).unwrap_or(i64::MAX);
                length(one).cmp(&length(other))
            }
            Self::Category | Self::Name => text(one).cmp(&text(other)),
        }
    }
}

/// How long an event was, ns: 0 for a moment, `None` where nobody noted its end.
pub(super) fn length(event: &Event) -> Option<i64> {
    event.end.map(|end| end.saturating_sub(event.start).max(0))
}

/// What a list shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Words that an event must hold, each somewhere.
    pub words: String,
    /// What comes first, and whether the order is turned around.
    pub order: (Column, bool),
}

impl Default for Choice {
    /// All, in order of time.
    fn default() -> Self {
        Self { words: String::new(), order: (Column::Start, false) }
    }
}

impl Choice {
    /// The column that was clicked comes first; clicked again, it is turned around.
    pub fn sort_by(&mut self, column: Column) {
        self.order = (column, self.order == (column, false));
    }

    /// The events that are listed, in order. Events that are alike in it stay in order of time.
    pub fn of(&self, mut events: Vec<Event>) -> Vec<Event> {
        let words: Vec<_> = self.words.split_whitespace().map(str::to_lowercase).collect();
        events.retain(|event| {
            let fields = event.fields.iter().flat_map(|(name, value)| [name, value]);
            let texts = [&event.name, &event.category].into_iter().chain(fields);
            let texts: Vec<_> = texts.map(|text| text.to_lowercase()).collect();
            words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
        });
        let (column, turned) = self.order;
        events.sort_by(|one, other| {
            let order = column.compare(one, other);
            let order = if turned { order.reverse() } else { order };
            order.then(one.start.cmp(&other.start))
        });
        events
    }
}

/// The events as CSV: times exact in a zone, every field that any of them has in a column of its own.
pub(super) fn csv(events: &[Event], zone: &TimeZone) -> String {
    let mut fields: Vec<&str> =
        events.iter().flat_map(|event| event.fields.iter().map(|(name, _)| name.as_str())).collect();
    fields.sort_unstable();
    fields.dedup();
    let (start, end) = (format!("start ({})", zone.name()), format!("end ({})", zone.name()));
    let head = [start.as_str(), end.as_str(), "category", "event", "id"];
    let line = |cells: Vec<String>| cells.join(",") + "\n";
    let mut text = line(head.iter().chain(&fields).map(|name| csv_cell(name)).collect());
    for event in events {
        let time = |time: i64| Civil::at(time, zone).to_string();
        let mut cells = vec![time(event.start), event.end.map(time).unwrap_or_default()];
        cells.extend([&event.category, &event.name, &event.id].map(|text| csv_cell(text)));
        cells.extend(fields.iter().map(|field| {
            let held = event.fields.iter().find(|(name, _)| name == field);
            held.map(|(_, value)| csv_cell(value)).unwrap_or_default()
        }));
        text.push_str(&line(cells));
    }
    text
}

#[cfg(test)]
mod tests {
    use streamscope_signal::SECOND;

    use super::*;

    fn event(name: &str, category: &str, start: i64, end: Option<i64>, fields: &[(&str, &str)]) -> Event {
        let own = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        Event {
            id: format!("{name}-{start}"),
            start: start * SECOND,
            end: end.map(|end| end * SECOND),
            name: name.into(),
            category: category.into(),
            fields: fields.iter().map(own).collect(),
            place: None,
        }
    }

    fn events() -> Vec<Event> {
        vec![
            event("Walking", "activity", 10, Some(20), &[]),
            event("Levodopa", "medication", 5, Some(5), &[("dose", "100 mg, half")]),
            event("sleeping", "activity", 30, None, &[("note", "\"late\"")]),
        ]
    }

    fn names(choice: &Choice) -> Vec<String> {
        choice.of(events()).into_iter().map(|event| event.name).collect()
    }

    #[test]
    fn lists_are_sorted_by_any_column_and_turned_around() {
        let mut choice = Choice::default();
        assert_eq!(names(&choice), ["Levodopa", "Walking", "sleeping"]);
        choice.sort_by(Column::Start);
        assert_eq!(names(&choice), ["sleeping", "Walking", "Levodopa"]);
        choice.sort_by(Column::Length);
        assert_eq!(names(&choice), ["Levodopa", "Walking", "sleeping"]);
        choice.sort_by(Column::Name);
        assert_eq!(names(&choice), ["Levodopa", "sleeping", "Walking"]);
        choice.sort_by(Column::Category);
        choice.sort_by(Column::Category);
        assert_eq!(names(&choice), ["Levodopa", "Walking", "sleeping"], "those alike by time");
    }

    #[test]
    fn all_words_are_looked_for_everywhere() {
        let of = |words: &str| names(&Choice { words: words.into(), ..Choice::default() });
        assert_eq!(of(" ACTIVITY "), ["Walking", "sleeping"]);
        assert_eq!(of("activity late"), ["sleeping"]);
        assert_eq!(of("dose mg"), ["Levodopa"]);
        assert!(of("activity dose").is_empty());
    }

    #[test]
    fn saved_events_have_every_field() {
        let text = csv(&events(), &TimeZone::fixed("Asia/Kolkata", 19_800));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "start (Asia/Kolkata),end (Asia/Kolkata),category,event,id,dose,note");
        assert_eq!(
            lines[2],
            "1970-01-01 05:30:05+05:30,1970-01-01 05:30:05+05:30,medication,Levodopa,Levodopa-5,\"100 mg, half\","
        );
        assert_eq!(lines[3], "1970-01-01 05:30:30+05:30,,activity,sleeping,sleeping-30,,\"\"\"late\"\"\"");
    }
}
