//! What a filter may speak of: the subject's streams, by the names that people read, and what their values are.

use std::collections::{BTreeMap, HashMap};

use streamscope_client::StreamInfo;

use crate::catalogue::title;
use crate::recording::{Drawing, expected};

/// What the values of a stream are, for those who compare them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Number,
    /// Names of states.
    State,
    /// Instants.
    Time,
}

impl Kind {
    fn of(stream: &StreamInfo) -> Self {
        match stream.dimensions.last() {
            Some(value) if value.data_type == "timestamp" => Self::Time,
            Some(value) if expected(value) == Some(Drawing::Bands) => Self::State,
            _ => Self::Number,
        }
    }
}

/// A stream as a filter names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Id on the platform.
    pub id: String,
    /// Its title; where several have one, with the id behind it.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
}

/// The streams of a subject.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Names {
    all: Vec<Named>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
}

impl Names {
    /// Of these streams, in their order.
    pub fn of(streams: &[StreamInfo]) -> Self {
        let mut titles = BTreeMap::<String, usize>::new();
        for stream in streams {
            *titles.entry(title(stream)).or_default() += 1;
        }
        let named = |stream: &StreamInfo| {
            let title = title(stream);
            let alone = titles.get(&title).is_none_or(|count| *count < 2);
            let name = if alone { title } else { format!("{title} ({})", stream.id) };
            Named { id: stream.id.clone(), name, kind: Kind::of(stream) }
        };
        let all: Vec<_> = streams.iter().map(named).collect();
        let places = |part: fn(&Named) -> String| {
            all.iter().enumerate().map(|(place, named)| (part(named), place)).collect()
        };
        let (by_id, by_name) = (places(|named| named.id.clone()), places(|named| folded(&named.name)));
        Self { all, by_id, by_name }
    }

    /// The stream of an id.
    pub fn by_id(&self, id: &str) -> Option<&Named> {
        self.all.get(*self.by_id.get(id)?)
    }

    /// The stream that a typed name means.
    pub fn typed(&self, text: &str) -> Option<&Named> {
        self.all.get(*self.by_name.get(&folded(text))?)
    }

    /// Up to `most` names in which all typed words occur.
    pub fn matching(&self, text: &str, most: usize) -> Vec<String> {
        let text = folded(text);
        let words: Vec<_> = text.split_whitespace().collect();
        let fits = |named: &&Named| {
            let name = folded(&named.name);
            words.iter().all(|word| name.contains(word))
        };
        self.all.iter().filter(fits).take(most).map(|named| named.name.clone()).collect()
    }
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
pub(super) mod tests {
    use streamscope_client::Dimension;

    use super::*;

    /// A subject with two temperatures of one name, a grade and a date.
    pub(crate) fn names() -> Names {
        let stream = |id: &str, name: &str, data_type: &str| {
            let dimension = |id: &str, data_type: &str| Dimension {
                id: id.into(),
                data_type: data_type.into(),
                quantity: String::new(),
                unit: String::new(),
                unit_abbrev: String::new(),
                display: Default::default(),
            };
            StreamInfo {
                id: id.into(),
                name: name.into(),
                dimensions: vec![dimension("time", "timestamp"), dimension("value", data_type)],
                ..StreamInfo::default()
            }
        };
        Names::of(&[
            stream("t1", "Temperature", "float"),
            stream("t2", "Temperature", "float"),
            stream("s", "Speed", "float"),
            stream("g", "Grade", "enum"),
            stream("d", "Tested", "timestamp"),
        ])
    }

    #[test]
    fn streams_of_one_name_are_told_apart() {
        let names = names();
        assert_eq!(names.typed("temperature"), None);
        assert_eq!(names.typed(" temperature (T2) ").map(|named| named.id.as_str()), Some("t2"));
        assert_eq!(names.by_id("s").map(|named| named.name.as_str()), Some("Speed"));
        assert_eq!(names.by_id("g").map(|named| named.kind), Some(Kind::State));
        assert_eq!(names.by_id("d").map(|named| named.kind), Some(Kind::Time));
        assert_eq!(names.matching("T1 temp", 9), ["Temperature (t1)"]);
        assert_eq!(names.matching("", 2).len(), 2);
    }
}
