//! Search and facets over a subject's streams. A facet counts what it would leave, given the search and the others.

use std::collections::BTreeMap;

use streamscope_client::{StreamInfo, Subject};

/// A property that streams are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// Where it was recorded.
    Device,
    /// Broad kind of data.
    Category,
    /// What is measured.
    Measurement,
    /// How it was made.
    Algorithm,
    /// Shape and quantity.
    StreamType,
}

impl Facet {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 5] =
        [Self::Device, Self::Category, Self::Measurement, Self::Algorithm, Self::StreamType];

    /// The facet's name on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Device => "Device",
            Self::Category => "Category",
            Self::Measurement => "Measurement",
            Self::Algorithm => "Algorithm",
            Self::StreamType => "Stream type",
        }
    }

    /// A stream's value; empty where it has none.
    pub fn value(self, stream: &StreamInfo) -> &str {
        let label = |name: &str| stream.labels.get(name).map(String::as_str);
        match self {
            Self::Device => stream.device_id.as_deref(),
            Self::Category => label("category"),
            Self::Measurement => label("measurement"),
            Self::Algorithm => Some(stream.algorithm.as_str()),
            Self::StreamType => Some(stream.stream_type.as_str()),
        }
        .unwrap_or_default()
    }
}

/// What the person looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Words; all must occur somewhere in a stream.
    pub search: String,
    /// The value chosen of each facet, in the order of [`Facet::ALL`].
    pub chosen: [Option<String>; 5],
}

impl Filter {
    /// Whether it leaves everything.
    pub fn is_empty(&self) -> bool {
        self.search.trim().is_empty() && self.chosen.iter().all(Option::is_none)
    }

    /// Whether it leaves a stream.
    pub fn matches(&self, stream: &StreamInfo, subject: Option<&Subject>) -> bool {
        self.found(stream, subject) && Facet::ALL.into_iter().all(|facet| self.leaves(facet, stream))
    }

    /// The values of a facet among the streams, each with how many it would leave. The chosen one is always there.
    pub fn options(
        &self,
        facet: Facet,
        streams: &[StreamInfo],
        subject: Option<&Subject>,
    ) -> Vec<(String, usize)> {
        let mut counts = BTreeMap::<String, usize>::new();
        for stream in streams {
            let others = Facet::ALL.into_iter().filter(|&other| other != facet);
            let counted =
                self.found(stream, subject) && others.into_iter().all(|other| self.leaves(other, stream));
            *counts.entry(facet.value(stream).to_string()).or_default() += usize::from(counted);
        }
        counts.remove("");
        counts.into_iter().filter(|(value, count)| *count > 0 || self.chosen(facet) == Some(value)).collect()
    }

    fn chosen(&self, facet: Facet) -> Option<&String> {
        let index = Facet::ALL.iter().position(|&other| other == facet)?;
        self.chosen.get(index)?.as_ref()
    }

    fn leaves(&self, facet: Facet, stream: &StreamInfo) -> bool {
        self.chosen(facet).is_none_or(|value| facet.value(stream) == value)
    }

    fn found(&self, stream: &StreamInfo, subject: Option<&Subject>) -> bool {
        let device = device_name(stream, subject);
        let dimensions = stream.dimensions.iter().flat_map(|one| [&one.id, &one.quantity, &one.unit]);
        let texts: Vec<String> =
            [&stream.name, &stream.id, &stream.stream_type, &stream.algorithm, &stream.description]
                .into_iter()
                .chain(stream.labels.values())
                .chain(dimensions)
                .map(|text| text.to_lowercase())
                .chain([device.to_lowercase()])
                .collect();
        let search = self.search.to_lowercase();
        search.split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
    }
}

/// The name of the device a stream comes from, else its id, else nothing.
pub fn device_name(stream: &StreamInfo, subject: Option<&Subject>) -> String {
    let Some(id) = &stream.device_id else { return String::new() };
    let known = subject.and_then(|subject| subject.devices.iter().find(|device| &device.id == id));
    known.map(|device| device.name.clone()).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone())
}

#[cfg(test)]
mod tests {
    use streamscope_client::Device;

    use super::*;

    fn stream(id: &str, device: &str, category: &str) -> StreamInfo {
        StreamInfo {
            id: id.into(),
            subject_id: "p".into(),
            device_id: Some(device.into()),
            name: format!("Name of {id}"),
            stream_type: "probability".into(),
            description: String::new(),
            algorithm: format!("{category}-maker.0"),
            dimensions: Vec::new(),
            labels: [("category".to_string(), category.to_string())].into(),
            min_time: None,
            max_time: None,
        }
    }

    fn subject() -> Subject {
        let device = Device { id: "d1".into(), name: "Left Watch".into(), kind: "watch".into() };
        Subject { id: "p".into(), name: "P".into(), parent: None, devices: vec![device] }
    }

    #[test]
    fn every_word_must_occur_somewhere() {
        let (one, subject) = (stream("tremor", "d1", "symptom"), subject());
        let finds = |search: &str| {
            Filter { search: search.into(), ..Filter::default() }.matches(&one, Some(&subject))
        };
        assert!(finds("") && finds("TREMOR") && finds("symptom watch") && finds("left prob"));
        assert!(!finds("tremor implant"));
    }

    #[test]
    fn a_facet_counts_what_it_would_leave_given_the_others() {
        let streams = [stream("a", "d1", "neural"), stream("b", "d1", "vital"), stream("c", "d2", "vital")];
        let mut filter = Filter::default();
        filter.chosen[0] = Some("d1".into());
        let options = filter.options(Facet::Device, &streams, None);
        assert_eq!(options, [("d1".to_string(), 2), ("d2".to_string(), 1)]);
        filter.chosen[1] = Some("neural".into());
        assert_eq!(filter.options(Facet::Device, &streams, None), [("d1".to_string(), 1)]);
        let left: Vec<_> =
            streams.iter().filter(|stream| filter.matches(stream, None)).map(|s| &s.id).collect();
        assert_eq!(left, ["a"]);
        assert_eq!(filter.options(Facet::Measurement, &streams, None), []);
    }
}
